package forum

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"snowdrop/moderation"
)

// NewThread is the form of somebody who starts a thread.
type NewThread struct {
	Topic        string
	Kind         ThreadKind
	Wants        Wants
	Audience     Audience // empty or public: the topic's own; members: narrowed
	Title        string
	Body         string
	Mentions     Mentions
	Anonymous    bool
	Acknowledged string // the answer to a [Nudge]
}

// NewComment is the form of somebody who replies.
type NewComment struct {
	ThreadID     int64
	ParentID     int64 // 0: to the opening post
	Body         string
	Mentions     Mentions
	Anonymous    bool
	AsMidwife    bool
	Blocks       []string // with AsMidwife: blocks in the answer, as slug:version
	Safety       []string // with AsMidwife: points of the safety net that it has
	Acknowledged string
}

// repeatWindow is how long the same words in the same place by the same person
// count as one form sent twice.
const repeatWindow = 24 * time.Hour

// PostThread starts a thread and returns its opening post, in its true state.
func (c *Community) PostThread(ctx context.Context, a Actor, n NewThread) (Post, error) {
	if !a.SignedIn() {
		return Post{}, errSignedOut
	}
	if err := c.mayWrite(a); err != nil {
		return Post{}, err
	}
	topic, known := c.Topics.Find(n.Topic)
	title, titleErr := checkText("title", "a title", n.Title, 1, MaxTitle)
	title = strings.Join(strings.Fields(title), " ")
	body, bodyErr := checkText("body", "your words", n.Body, 1, MaxBody)
	faults := []error{titleErr, bodyErr, checkMentions(n.Mentions)}
	if !known {
		faults = append(faults, invalid("topic", "Please choose where this belongs."))
	}
	if !slices.Contains(ThreadKinds, n.Kind) {
		faults = append(faults, invalid("kind", "Please choose whether this is a question, your story or a remembrance."))
	}
	if !slices.Contains(AllWants, n.Wants) {
		faults = append(faults, invalid("wants", "Please choose what you would like from replies."))
	}
	if n.Audience != "" && n.Audience != AudiencePublic && n.Audience != AudienceMembers {
		faults = append(faults, invalid("audience", "Please choose who can read this."))
	}
	if err := errors.Join(faults...); err != nil {
		return Post{}, err
	}
	if err := c.throttle(ctx, "post", fmt.Sprint(a.ID), limitPost); err != nil {
		return Post{}, err
	}
	newcomer, err := c.newcomer(ctx, a)
	if err != nil {
		return Post{}, err
	}
	s := c.screen(ctx, title, body, AsParent, newcomer)
	if err := nudge(s.Assessment, len(title), n.Acknowledged); err != nil {
		return Post{}, err
	}
	if n.Acknowledged == AcknowledgedHide && !s.Failed {
		title, body = hideDetails(title, 0, s.Assessment), hideDetails(body, len(title)+2, s.Assessment)
		s = c.screen(ctx, title, body, AsParent, newcomer)
	}
	now := c.now()
	audience := topic.Audience
	if n.Audience == AudienceMembers {
		audience = AudienceMembers
	}
	t := Thread{
		Topic: n.Topic, Kind: n.Kind, Wants: n.Wants, Audience: audience, Title: title, AuthorID: a.ID, Pace: PaceOpen,
		Anonymous: n.Anonymous, State: s.State, Mentions: n.Mentions, Matters: s.matters(n.Mentions), Version: 1, CreatedAt: now, ActiveAt: now,
	}
	p := Post{
		Part: PartOpening, AuthorID: a.ID, Anonymous: n.Anonymous, Capacity: AsParent, Body: body, Mentions: n.Mentions,
		Suggested: s.matters(nil), Matters: s.matters(n.Mentions), State: s.State, Revision: 1, Care: s.Care, BodyLevel: s.Assessment.Body, CreatedAt: now,
	}
	key := submissionKey(a.ID, "thread", n.Topic, string(audience), fmt.Sprint(n.Anonymous), title, body)
	return c.add(ctx, a, key, p, s, func(tx Store, p *Post) error {
		if err := tx.AddThread(ctx, &t); err != nil {
			return err
		}
		p.ThreadID = t.ID
		return nil
	}, nil)
}

// PostComment adds a comment to a thread and returns it, in its true state.
func (c *Community) PostComment(ctx context.Context, a Actor, n NewComment) (Post, error) {
	return c.postComment(ctx, a, n, nil)
}

// postComment is PostComment with something more to keep in the same transaction.
func (c *Community) postComment(ctx context.Context, a Actor, n NewComment, more func(Store, Post) error) (Post, error) {
	if !a.SignedIn() {
		return Post{}, errSignedOut
	}
	t, err := c.thread(ctx, a, n.ThreadID)
	if err != nil {
		return Post{}, err
	}
	if err := CanComment(a, t.Thread); err != nil {
		return Post{}, err
	}
	if err := c.mayWrite(a); err != nil {
		return Post{}, err
	}
	if err := c.inPace(ctx, a, t.Thread); err != nil {
		return Post{}, err
	}
	body, bodyErr := checkText("body", "your words", n.Body, 1, MaxBody)
	faults := []error{bodyErr, checkMentions(n.Mentions)}
	if n.AsMidwife && !a.Midwife() {
		faults = append(faults, invalid("as_midwife", "Only midwives whose registration we have checked can answer as a midwife."))
	}
	if n.AsMidwife && n.Anonymous {
		faults = append(faults, invalid("anonymous", "A midwife's answer always carries a name. Please choose one or the other."))
	}
	if err := errors.Join(faults...); err != nil {
		return Post{}, err
	}
	p := Post{
		ThreadID: t.ID, Part: PartComment, AuthorID: a.ID, Anonymous: n.Anonymous, Capacity: AsParent,
		Body: body, Mentions: n.Mentions, Revision: 1, CreatedAt: c.now(),
	}
	if n.AsMidwife {
		p.Capacity = AsMidwife
	}
	if p.ParentID, err = c.parent(ctx, a, n); err != nil {
		return Post{}, err
	}
	if err := c.throttle(ctx, "post", fmt.Sprint(a.ID), limitPost); err != nil {
		return Post{}, err
	}
	newcomer, err := c.newcomer(ctx, a)
	if err != nil {
		return Post{}, err
	}
	s := c.screen(ctx, "", body, p.Capacity, newcomer)
	if err := nudge(s.Assessment, 0, n.Acknowledged); err != nil {
		return Post{}, err
	}
	if n.Acknowledged == AcknowledgedHide && !s.Failed {
		p.Body = hideDetails(body, 0, s.Assessment)
		s = c.screen(ctx, "", p.Body, p.Capacity, newcomer)
	}
	p.State, p.Care, p.BodyLevel = s.State, s.Care, s.Assessment.Body
	p.Suggested, p.Matters = s.matters(nil), s.matters(n.Mentions)
	key := submissionKey(a.ID, "comment", fmt.Sprint(n.ThreadID), fmt.Sprint(n.ParentID), fmt.Sprint(n.Anonymous, n.AsMidwife), p.Body)
	return c.add(ctx, a, key, p, s, func(Store, *Post) error { return nil }, func(tx Store, p Post) error {
		if n.AsMidwife {
			if err := c.answered(ctx, tx, a, n, p); err != nil {
				return err
			}
		}
		if more != nil {
			return more(tx, p)
		}
		return nil
	})
}

// CanComment says whether the actor may add a comment to a thread they can see.
func CanComment(a Actor, t Thread) error {
	if !a.SignedIn() {
		return errSignedOut
	}
	if !t.State.Shown() && t.AuthorID != a.ID && t.State != StateWithdrawn {
		return &Error{Kind: LostRace, Message: "This thread is waiting for a moderator, so nobody can reply to it yet. Your words are safe."}
	}
	if t.Pace == PaceLocked && !a.Moderates() {
		return &Error{Kind: LostRace, Message: "This conversation is closed to new replies. Everything in it stays. Your words are safe."}
	}
	return nil
}

// inPace refuses somebody who has just written in a slow thread.
func (c *Community) inPace(ctx context.Context, a Actor, t Thread) error {
	if t.Pace != PaceSlow || a.Moderates() {
		return nil
	}
	last, err := c.store.LastComment(ctx, t.ID, a.ID)
	if err != nil {
		return fmt.Errorf("find somebody's last comment: %w", err)
	}
	if wait := last.Add(slowPace).Sub(c.now()); wait > 0 {
		return &Error{Kind: TooMany, Retry: wait, Message: "Replies in this conversation come more slowly for now. Your words are safe. Please send them a little later."}
	}
	return nil
}

// parent finds what a reply belongs to. A reply to a reply stands beside it,
// under the same comment: there is one level.
func (c *Community) parent(ctx context.Context, a Actor, n NewComment) (*int64, error) {
	if n.ParentID == 0 {
		return nil, nil
	}
	p, err := c.post(ctx, a, n.ParentID)
	if err != nil {
		return nil, err
	}
	switch {
	case p.ThreadID != n.ThreadID:
		return nil, errNotFound
	case p.Part == PartOpening:
		return nil, nil
	case p.ParentID != nil:
		return p.ParentID, nil
	}
	return &p.ID, nil
}

// add stores a post with everything that belongs to it, in one transaction:
// thread, post, case with its signals, record and notices. A form that was sent
// before answers with the post it made then.
func (c *Community) add(ctx context.Context, a Actor, key string, p Post, s Screening, before func(Store, *Post) error, after func(Store, Post) error) (Post, error) {
	now := p.CreatedAt
	var first int64
	errRepeat := errors.New("sent before")
	err := c.store.Tx(ctx, func(tx Store) error {
		if err := before(tx, &p); err != nil {
			return err
		}
		if err := tx.AddPost(ctx, &p); err != nil {
			return err
		}
		var err error
		if first, err = tx.AddSubmission(ctx, key, p.ID, now, now.Add(-repeatWindow)); err != nil {
			return err
		}
		if first != 0 {
			return errRepeat
		}
		if err := tx.TouchThread(ctx, p.ThreadID, now); err != nil {
			return err
		}
		if _, err := c.raise(ctx, tx, p, s.Band, s.Signals); err != nil {
			return err
		}
		if err := tx.AddRecord(ctx, RecordEntry{ActorID: &a.ID, Action: "post." + string(p.State), Subject: "post", SubjectID: p.ID, Detail: string(s.Band), CreatedAt: now}); err != nil {
			return err
		}
		if after != nil {
			if err := after(tx, p); err != nil {
				return err
			}
		}
		return c.announce(ctx, tx, p)
	})
	if errors.Is(err, errRepeat) {
		row, err := c.post(ctx, a, first)
		return row.Post, err
	}
	if err != nil {
		return Post{}, fmt.Errorf("store a post: %w", err)
	}
	c.Nudge()
	return p, nil
}

// newcomer says whether a person's posts are still read before others see them:
// the first ones, and all until the e-mail address is confirmed.
func (c *Community) newcomer(ctx context.Context, a Actor) (bool, error) {
	if a.Unconfirmed {
		return true, nil
	}
	if a.Staff() || c.HoldFirstPosts == 0 {
		return false, nil
	}
	n, err := c.store.CountShown(ctx, a.ID)
	if err != nil {
		return false, fmt.Errorf("count a person's posts: %w", err)
	}
	return n < c.HoldFirstPosts, nil
}

var errSignedOut = &Error{Kind: SignedOut, Message: "Please sign in first. Your words are safe."}

func checkMentions(ms Mentions) error {
	for _, m := range ms {
		if !slices.Contains(moderation.Mentions, m) {
			return invalid("mentions", "Please choose content notes from the list.")
		}
	}
	return nil
}

func submissionKey(author int64, parts ...string) string {
	h := sha256.New()
	fmt.Fprintf(h, "%d", author)
	for _, part := range parts {
		fmt.Fprintf(h, "\x00%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil))
}
