package forum_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"snowdrop/internal/forum"
	"snowdrop/moderation"
)

func thread(change ...func(*forum.NewThread)) forum.NewThread {
	n := forum.NewThread{Topic: "early-loss", Kind: forum.Question, Wants: forum.WantsParents, Title: "How long were you off work", Body: "We lost our baby two weeks ago."}
	for _, c := range change {
		c(&n)
	}
	return n
}

func TestPostingTellsAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana := h.Person("ana", forum.RoleMember)
		_, err := h.c.PostThread(h.Context(), ana, forum.NewThread{Topic: "none", Body: "a\x00b", Mentions: forum.Mentions{"abuse"}, Audience: "friends"})
		if got := fields(err); got != "title body mentions topic kind wants audience" {
			h.Errorf("thread: faults in %q", got)
		}
		p := h.Thread(ana, nil)
		_, err = h.c.PostComment(h.Context(), ana, forum.NewComment{ThreadID: p.ThreadID, Body: " ", Mentions: forum.Mentions{"x"}, AsMidwife: true, Anonymous: true})
		if got := fields(err); got != "body mentions as_midwife anonymous" {
			h.Errorf("comment: faults in %q", got)
		}
		for what, body := range map[string]string{"too long": strings.Repeat("ß", forum.MaxBody+1), "invalid UTF-8": "\xff", "NUL": "a\x00"} {
			if _, err := h.c.PostThread(h.Context(), ana, thread(func(n *forum.NewThread) { n.Body = body })); fields(err) != "body" {
				h.Errorf("%s: %v", what, err)
			}
			if _, err := h.c.PostComment(h.Context(), ana, forum.NewComment{ThreadID: p.ThreadID, Body: body}); fields(err) != "body" {
				h.Errorf("comment %s: %v", what, err)
			}
		}
		if n := len(h.written(ana)); n != 1 {
			h.Errorf("%d posts are stored", n)
		}
	})
}

func TestLongWordsInEveryScriptAreKeptWhole(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana := h.Person("ana", forum.RoleMember)
		title, body := strings.Repeat("命", forum.MaxTitle), strings.Repeat("👶", forum.MaxBody)
		p, err := h.c.PostThread(h.Context(), ana, thread(func(n *forum.NewThread) { n.Title, n.Body = title, body }))
		h.must(err)
		if row := h.row(p.ID); row.Body != body || row.ThreadTitle != title {
			h.Error("words were lost")
		}
		p, err = h.c.PostThread(h.Context(), ana, thread(func(n *forum.NewThread) { n.Title = " Two\nlines\t of  it " }))
		h.must(err)
		if row := h.row(p.ID); row.ThreadTitle != "Two lines of it" {
			h.Errorf("title %q", row.ThreadTitle)
		}
	})
}

func TestStrangersPostNothing(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		p := h.Thread(h.Person("ana", forum.RoleMember), nil)
		before := h.snapshot(p.ID)
		_, err := h.c.PostThread(h.Context(), forum.Actor{}, thread())
		h.refused("thread", err, forum.SignedOut)
		_, err = h.c.PostComment(h.Context(), forum.Actor{}, forum.NewComment{ThreadID: p.ThreadID, Body: "Hello"})
		h.refused("comment", err, forum.SignedOut)
		_, err = h.c.EditPost(h.Context(), forum.Actor{}, forum.PostEdit{PostID: p.ID, Title: "x", Body: "x"})
		h.refused("edit", err, forum.SignedOut)
		_, err = h.c.Withdraw(h.Context(), forum.Actor{}, p.ID)
		h.refused("withdraw", err, forum.SignedOut)
		_, err = h.c.SetSupport(h.Context(), forum.Actor{}, p.ID, true)
		h.refused("support", err, forum.SignedOut)
		if diff := cmp.Diff(before, h.snapshot(p.ID)); diff != "" {
			h.Error(diff)
		}
	})
}

func TestFirstPostsAreHeldUntilTwoWereKept(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, sam := h.Person("ana", forum.RoleMember), h.Person("sam", forum.RoleModerator)
		p := h.Thread(sam, nil)
		comment := func(a forum.Actor, body string) forum.Post {
			h.Helper()
			made, err := h.c.PostComment(h.Context(), a, forum.NewComment{ThreadID: p.ThreadID, Body: body})
			h.must(err)
			return made
		}
		first, second := comment(ana, "one"), comment(ana, "two")
		for _, p := range []forum.Post{first, second} {
			k := h.caseOf(p.ID)
			signals, err := h.Store.Signals(h.Context(), k.ID)
			if p.State != forum.StateHeld || k.Band != moderation.P4 || err != nil || len(signals) != 1 || signals[0].Kind != forum.SignalHold || signals[0].Category != "first_posts" {
				h.Errorf("%s, %+v, %+v, %v", p.State, k, signals, err)
			}
		}
		h.decide(sam, first.ID, forum.ActionKeep)
		third := comment(ana, "three")
		if third.State != forum.StateHeld {
			h.Error("after one kept post the next was not held")
		}
		h.decide(sam, second.ID, forum.ActionRemove)
		if p := comment(ana, "four"); p.State != forum.StateHeld {
			h.Error("a removed post counted as kept")
		}
		h.decide(sam, third.ID, forum.ActionKeep)
		if p := comment(ana, "five"); p.State != forum.StatePublic {
			h.Errorf("after two kept posts the next was %s", p.State)
		}
		for _, role := range forum.Roles[1:] {
			if p := comment(h.Person("new-"+string(role), role), "one"); p.State != forum.StatePublic {
				h.Errorf("a new %s was %s", role, p.State)
			}
		}
	}, func(o *forum.Options) { o.HoldFirstPosts = 2 })
}

func TestTriageThatFailsHoldsThePost(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, reader := h.Person("ana", forum.RoleMember), h.Person("reader", forum.RoleMember)
		p := h.Thread(ana, nil)
		for _, word := range []string{"PANIC", "SLOW"} {
			made, err := h.c.PostComment(h.Context(), ana, forum.NewComment{ThreadID: p.ThreadID, Body: word + " words"})
			h.must(err)
			row, k := h.row(made.ID), h.caseOf(made.ID)
			signals, err := h.Store.Signals(h.Context(), k.ID)
			h.must(err)
			if made.State != forum.StateHeld || row.State != forum.StateHeld || row.Body != word+" words" || k.Band != moderation.P2 || len(signals) != 1 || signals[0].Kind != forum.SignalHold || signals[0].Category != "triage_failed" {
				h.Errorf("%s: %+v, %+v, %+v", word, row, k, signals)
			}
			if !slices.Equal(made.Care, row.Care) || !slices.Equal(row.Care, forum.Cards{"body_urgent", "mind_support"}) {
				h.Errorf("%s: care %v", word, row.Care)
			}
			_, err = h.c.Post(h.Context(), reader, made.ID)
			h.refused(word, err, forum.NotFound)
		}
	}, func(o *forum.Options) { o.TriageLimit = 100 * time.Millisecond })
}

func TestTriageDecidesTheStateBeforeItIsStored(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana := h.Person("ana", forum.RoleMember)
		for _, c := range []struct {
			title, body string
			state       forum.PostState
			band        moderation.Band // none: no case
			care        string
			where       string // of the finding
		}{
			{"Plain", "Plain.", forum.StatePublic, moderation.None, "", ""},
			{"Plain", "I am WATCHED.", forum.StatePublic, moderation.P3, "mind_support", "body 5"},
			{"Plain", "I am FOLDED.", forum.StateFolded, moderation.P1, "safety_support", "body 5"},
			{"A FOLDED title", "Plain.", forum.StateFolded, moderation.P1, "safety_support", "title 2"},
			{"Plain", "GOODBYE.", forum.StateHeld, moderation.P0, "mind_emergency", "body 0"},
		} {
			p, err := h.c.PostThread(h.Context(), ana, thread(func(n *forum.NewThread) { n.Title, n.Body = c.title, c.body }))
			h.must(err)
			row := h.row(p.ID)
			if p.State != c.state || row.State != c.state || row.ThreadState != c.state || fmt.Sprint(row.Care) != "["+c.care+"]" {
				h.Errorf("%s %s: %s, stored %s in %s, care %v", c.title, c.body, p.State, row.State, row.ThreadState, row.Care)
			}
			k, err := h.Store.CaseOfPost(h.Context(), p.ID)
			if c.band == moderation.None {
				if !errors.Is(err, forum.ErrNoRow) {
					h.Errorf("%s: a case %+v, %v", c.body, k, err)
				}
				continue
			}
			h.must(err)
			signals, err := h.Store.Signals(h.Context(), k.ID)
			h.must(err)
			clock := h.c.Clocks[c.band]
			if k.Band != c.band || k.State != forum.CaseOpen || !k.LookBy.Equal(p.CreatedAt.Add(clock.Look)) || !k.DecideBy.Equal(p.CreatedAt.Add(clock.Decide)) || len(signals) != 1 {
				h.Fatalf("%s: %+v with %d signals", c.body, k, len(signals))
			}
			where := fmt.Sprint(map[bool]string{true: "title ", false: "body "}[signals[0].InTitle], signals[0].Start)
			if where != c.where || signals[0].Revision != 1 {
				h.Errorf("%s %s: found in %s", c.title, c.body, where)
			}
			if got := h.recorded("post", p.ID); !slices.Equal(got, []string{"post." + string(c.state) + " " + string(c.band)}) {
				h.Errorf("recorded %q", got)
			}
		}
	})
}

func TestPersonalDetailsAreAskedAboutFirst(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana := h.Person("ana", forum.RoleMember)
		open := h.Thread(ana, nil)
		n := thread(func(n *forum.NewThread) { n.Title, n.Body = "In DETAIL", "DETAIL one.\n\nDETAIL two." })
		comment := forum.NewComment{ThreadID: open.ThreadID, Body: "My DETAIL."}
		_, threadErr := h.c.PostThread(h.Context(), ana, n)
		_, commentErr := h.c.PostComment(h.Context(), ana, comment)
		var asked *forum.Nudge
		if !errors.As(threadErr, &asked) || len(asked.Title) != 1 || len(asked.Body) != 2 || asked.Body[1].Start != 13 {
			h.Errorf("thread: %+v, %v", asked, threadErr)
		}
		if !errors.As(commentErr, &asked) || len(asked.Body) != 1 || asked.Body[0].Start != 3 {
			h.Errorf("comment: %+v, %v", asked, commentErr)
		}
		if len(h.written(ana)) != 1 {
			h.Fatal("stored before the answer")
		}
		n.Acknowledged, comment.Acknowledged = forum.AcknowledgedHide, forum.AcknowledgedHide
		p, err := h.c.PostThread(h.Context(), ana, n)
		h.must(err)
		if row := h.row(p.ID); row.ThreadTitle != "In [detail hidden]" || row.Body != "[detail hidden] one.\n\n[detail hidden] two." || row.State != forum.StatePublic {
			h.Errorf("%s: %q, %q", row.State, row.ThreadTitle, row.Body)
		}
		p, err = h.c.PostComment(h.Context(), ana, comment)
		h.must(err)
		if row := h.row(p.ID); row.Body != "My [detail hidden]." || row.State != forum.StatePublic {
			h.Errorf("%s: %q", row.State, row.Body)
		}
		comment.Acknowledged = "keep"
		p, err = h.c.PostComment(h.Context(), ana, comment)
		h.must(err)
		if row := h.row(p.ID); row.Body != "My DETAIL." || row.State != forum.StateHeld || h.caseOf(p.ID).Band != moderation.P2 {
			h.Errorf("kept: %s: %q", row.State, row.Body)
		}
	})
}

func TestTheSameFormTwiceIsOnePost(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, bo := h.Person("ana", forum.RoleMember), h.Person("bo", forum.RoleMember)
		open := h.Thread(bo, nil)
		top := h.Comment(bo, forum.NewComment{ThreadID: open.ThreadID, Body: "top"})
		for what, post := range map[string]func(a forum.Actor) (forum.Post, error){
			"thread": func(a forum.Actor) (forum.Post, error) { return h.c.PostThread(h.Context(), a, thread()) },
			"comment": func(a forum.Actor) (forum.Post, error) {
				return h.c.PostComment(h.Context(), a, forum.NewComment{ThreadID: open.ThreadID, Body: "So sorry."})
			},
		} {
			count := len(h.written(ana))
			first, err := post(ana)
			h.must(err)
			before := h.snapshot(first.ID, ana, bo)
			h.Clock.Move(24*time.Hour - time.Second)
			again, err := post(ana)
			h.must(err)
			if again.ID != first.ID || again.State != first.State || len(h.written(ana)) != count+1 {
				h.Errorf("%s: %d, then %d", what, first.ID, again.ID)
			}
			if diff := cmp.Diff(before, h.snapshot(first.ID, ana, bo)); diff != "" {
				h.Errorf("%s: sending again changed %s", what, diff)
			}
			if other, err := post(bo); err != nil || other.ID == first.ID {
				h.Errorf("%s: the same words by somebody else: %d, %v", what, other.ID, err)
			}
			h.Clock.Move(time.Second)
			if later, err := post(ana); err != nil || later.ID == first.ID {
				h.Errorf("%s: a day later: %d, %v", what, later.ID, err)
			} else if _, err := h.c.Withdraw(h.Context(), ana, later.ID); err != nil {
				h.Error(err)
			} else if anew, err := post(ana); err != nil || anew.ID == later.ID || anew.State != forum.StatePublic {
				h.Errorf("%s: after it was withdrawn: %d, %v", what, anew.ID, err)
			}
		}
		elsewhere, err := h.c.PostComment(h.Context(), ana, forum.NewComment{ThreadID: open.ThreadID, ParentID: top.ID, Body: "So sorry."})
		if err != nil || elsewhere.ParentID == nil {
			h.Errorf("the same words as a reply: %+v, %v", elsewhere, err)
		}
	})
}

func TestTheSameFormEightTimesAtOnceIsOnePost(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, bo := h.Person("ana", forum.RoleMember), h.Person("bo", forum.RoleMember)
		open := h.Thread(bo, nil)
		for what, post := range map[string]func() (forum.Post, error){
			"thread": func() (forum.Post, error) { return h.c.PostThread(h.Context(), ana, thread()) },
			"comment": func() (forum.Post, error) {
				return h.c.PostComment(h.Context(), ana, forum.NewComment{ThreadID: open.ThreadID, Body: "I am FOLDED."})
			},
		} {
			before := len(h.written(ana))
			ids := make([]int64, 8)
			for i, err := range together(8, func(i int) error {
				p, err := post()
				ids[i] = p.ID
				return err
			}) {
				if err != nil || ids[i] == 0 || ids[i] != ids[0] {
					h.Errorf("%s: post %d, %v", what, ids[i], err)
				}
			}
			if n := len(h.written(ana)); n != before+1 {
				h.Errorf("%s: %d posts", what, n-before)
			}
			if got := h.recorded("post", ids[0]); len(got) != 1 {
				h.Errorf("%s: recorded %q", what, got)
			}
		}
		if row, err := h.Store.Thread(h.Context(), bo, open.ThreadID); err != nil || row.Comments != 1 {
			h.Errorf("the thread counts %d comments, %v", row.Comments, err)
		}
	})
}

func TestAReplyToAReplyHangsUnderTheSameComment(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, bo := h.Person("ana", forum.RoleMember), h.Person("bo", forum.RoleMember)
		p, other := h.Thread(ana, nil), h.Thread(bo, nil)
		top := h.Comment(bo, forum.NewComment{ThreadID: p.ThreadID, Body: "top"})
		reply := h.Comment(ana, forum.NewComment{ThreadID: p.ThreadID, ParentID: top.ID, Body: "reply"})
		deeper := h.Comment(bo, forum.NewComment{ThreadID: p.ThreadID, ParentID: reply.ID, Body: "deeper"})
		opening := h.Comment(bo, forum.NewComment{ThreadID: p.ThreadID, ParentID: p.ID, Body: "to the opening"})
		for what, c := range map[string]struct {
			post forum.Post
			want *int64
		}{"top": {top, nil}, "reply": {reply, &top.ID}, "deeper": {deeper, &top.ID}, "to the opening": {opening, nil}} {
			if diff := cmp.Diff(c.want, h.row(c.post.ID).ParentID); diff != "" {
				h.Errorf("%s: %s", what, diff)
			}
		}
		held := h.Comment(ana, forum.NewComment{ThreadID: p.ThreadID, Body: "GOODBYE"})
		before := h.snapshot(p.ID, ana, bo)
		for what, parent := range map[string]int64{"another thread's comment": h.Comment(bo, forum.NewComment{ThreadID: other.ThreadID, Body: "x"}).ID,
			"another thread's opening": other.ID, "a held comment": held.ID, "nothing": 9999} {
			_, err := h.c.PostComment(h.Context(), bo, forum.NewComment{ThreadID: p.ThreadID, ParentID: parent, Body: "astray"})
			h.refused(what, err, forum.NotFound)
		}
		if got := h.snapshot(p.ID, ana, bo).Posts; !cmp.Equal(before.Posts, got) {
			h.Error(cmp.Diff(before.Posts, got))
		}
		_, err := h.c.PostComment(h.Context(), bo, forum.NewComment{ThreadID: 9999, Body: "astray"})
		h.refused("no such thread", err, forum.NotFound)
	})
}

func TestNobodyRepliesInAThreadThatWaits(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, bo, sam := h.Person("ana", forum.RoleMember), h.Person("bo", forum.RoleMember), h.Person("sam", forum.RoleModerator)
		p := h.Thread(ana, func(n *forum.NewThread) { n.Body = "GOODBYE" })
		before := h.snapshot(p.ID, ana, bo, sam)
		_, err := h.c.PostComment(h.Context(), sam, forum.NewComment{ThreadID: p.ThreadID, Body: "Hello"})
		h.refused("a moderator, who sees it", err, forum.LostRace)
		_, err = h.c.PostComment(h.Context(), bo, forum.NewComment{ThreadID: p.ThreadID, Body: "Hello"})
		h.refused("a member, who does not", err, forum.NotFound)
		if diff := cmp.Diff(before, h.snapshot(p.ID, ana, bo, sam)); diff != "" {
			h.Error(diff)
		}
		if _, err := h.c.PostComment(h.Context(), ana, forum.NewComment{ThreadID: p.ThreadID, Body: "I'm still here"}); err != nil {
			h.Errorf("its writer: %v", err)
		}
	})
}

func TestOnlyARegisteredMidwifeAnswersAsOne(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, mw := h.Person("ana", forum.RoleMember), h.Person("mw", forum.RoleMidwife)
		p := h.Thread(ana, func(n *forum.NewThread) { n.Wants = forum.WantsMidwife })
		asked := func() int {
			rows, err := h.c.Questions(h.Context(), mw)
			h.must(err)
			return len(rows)
		}
		if asked() != 1 {
			h.Error("the question is not listed")
		}
		_, err := h.c.Questions(h.Context(), ana)
		h.refused("a member lists questions", err, forum.NotFound)
		answer := h.Comment(mw, forum.NewComment{ThreadID: p.ThreadID, Body: "An answer.", AsMidwife: true})
		if row := h.row(answer.ID); row.Capacity != forum.AsMidwife || asked() != 0 {
			h.Errorf("%+v, %d questions", row, asked())
		}
		if plain := h.Comment(mw, forum.NewComment{ThreadID: p.ThreadID, Body: "As a parent."}); plain.Capacity != forum.AsParent {
			h.Error("a midwife cannot write as a parent")
		}
		if v, err := h.c.ThreadPage(h.Context(), ana, p.ThreadID, 1, 0); err != nil || v.Answer != answer.ID {
			h.Errorf("the answer is %d, %v", v.Answer, err)
		}
		for _, state := range []forum.RegistrationState{forum.RegistrationSuspended, forum.RegistrationLapsed, forum.RegistrationRemoved} {
			h.must(h.Store.SetRegistration(h.Context(), forum.Registration{PersonID: mw.ID, State: state, CheckedAt: h.Clock.Now()}))
			now, err := h.c.Actor(h.Context(), mw.ID)
			h.must(err)
			if _, err := h.c.PostComment(h.Context(), now, forum.NewComment{ThreadID: p.ThreadID, Body: "Another.", AsMidwife: true}); fields(err) != "as_midwife" {
				h.Errorf("%s: %v", state, err)
			}
			_, err = h.c.Questions(h.Context(), now)
			h.refused(string(state), err, forum.NotFound)
		}
		if row := h.row(answer.ID); row.Capacity != forum.AsMidwife {
			h.Error("an answer stopped being what it was when it was written")
		}
	})
}
