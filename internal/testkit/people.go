package testkit

import (
	"context"
	"fmt"
	"strings"

	"snowdrop/internal/forum"
)

func background() context.Context { return context.Background() }

// Person makes somebody with a role, whose posts need not wait, and returns who
// they are. Their address is name@example.org, with dots for spaces, their password Password.
func (h *House) Person(name string, role forum.Role) forum.Actor {
	h.T.Helper()
	h.mu.Lock()
	h.people++
	h.mu.Unlock()
	p, err := h.Community.CreateAccountWithHash(background(), forum.NewAccount{Name: name, Email: strings.ReplaceAll(name, " ", ".") + "@example.org", Role: role}, h.hash)
	if err != nil {
		h.T.Fatal(err)
	}
	a, err := h.Community.Actor(background(), p.ID)
	if err != nil {
		h.T.Fatal(err)
	}
	return a
}

// Open is the same community without the hold on first posts.
func (h *House) Open() *forum.Community {
	o := h.Community.Options
	o.HoldFirstPosts = 0
	return h.Community.With(h.Store, o)
}

// Thread has somebody start a thread that everybody sees at once.
func (h *House) Thread(a forum.Actor, change func(*forum.NewThread)) forum.Post {
	h.T.Helper()
	n := forum.NewThread{Topic: "early-loss", Kind: forum.Question, Wants: forum.WantsParents, Title: "How long were you off work", Body: "We lost our baby two weeks ago and I do not know when to go back."}
	if change != nil {
		change(&n)
	}
	p, err := h.Open().PostThread(background(), a, n)
	if err != nil {
		h.T.Fatal(err)
	}
	return p
}

// Comment has somebody write a comment that everybody sees at once.
func (h *House) Comment(a forum.Actor, n forum.NewComment) forum.Post {
	h.T.Helper()
	p, err := h.Open().PostComment(background(), a, n)
	if err != nil {
		h.T.Fatal(fmt.Errorf("comment: %w", err))
	}
	return p
}
