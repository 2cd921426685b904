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

// plain are actions that need no more than a reason and a content note.
var plain = []forum.Action{forum.ActionKeep, forum.ActionNote, forum.ActionHold, forum.ActionRemove, forum.ActionAskChange}

func TestOnlyModeratorsAndLeadsReview(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		p := h.Thread(h.Person("ana", forum.RoleMember), func(n *forum.NewThread) { n.Body = "GOODBYE" })
		id := h.caseOf(p.ID).ID
		before := h.snapshot(p.ID)
		for role, may := range map[forum.Role]bool{"": false, forum.RoleMember: false, forum.RoleMidwife: false, forum.RoleAdmin: false, forum.RoleModerator: true, forum.RoleLead: true} {
			var a forum.Actor
			if role != "" {
				a = h.Person("the-"+string(role), role)
			}
			_, queue := h.c.Queue(h.Context(), a, forum.QueueQuery{Limit: 10})
			_, counts := h.c.QueueCounts(h.Context(), a)
			_, signals := h.c.CaseSignals(h.Context(), a, id)
			_, page := h.c.CasePage(h.Context(), a, id)
			_, rules := h.c.RulesPage(h.Context(), a)
			_, trial := h.c.TryRules(h.Context(), a, "GOODBYE")
			all := map[string]error{"queue": queue, "counts": counts, "signals": signals, "page": page, "rules": rules, "trial": trial}
			if !may {
				all["claim"], all["release"] = h.c.Claim(h.Context(), a, id), h.c.Release(h.Context(), a, id)
				all["decide"] = h.sign(a, forum.NewDecision{CaseID: id, Action: forum.ActionKeep, Key: "k"})
			}
			for what, err := range all {
				if may && err != nil || !may && forum.KindOf(err) != forum.NotFound {
					h.Errorf("%s as %q: %v", what, role, err)
				}
			}
			if may {
				h.refused("no such case", h.c.Claim(h.Context(), a, 9999), forum.NotFound)
			}
		}
		before.Record = nil
		after := h.snapshot(p.ID)
		after.Record = nil // accounts are made meanwhile
		if diff := cmp.Diff(before, after); diff != "" {
			h.Error(diff)
		}
	})
}

func TestTheQueueIsInTheOrderToBeWorked(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, sam := h.Person("ana", forum.RoleMember), h.Person("sam", forum.RoleModerator)
		var want []int64
		for _, body := range []string{"WATCHED one", "FOLDED", "GOODBYE", "WATCHED two"} {
			want = append(want, h.Thread(ana, func(n *forum.NewThread) { n.Body = body }).ID)
			h.Clock.Move(time.Minute)
		}
		want = []int64{want[2], want[1], want[0], want[3]}
		rows, err := h.c.Queue(h.Context(), sam, forum.QueueQuery{Limit: 10})
		h.must(err)
		var got []int64
		for _, r := range rows {
			got = append(got, r.PostID)
		}
		counts, err := h.c.QueueCounts(h.Context(), sam)
		if !slices.Equal(got, want) || err != nil || !cmp.Equal(counts, map[moderation.Band]int{moderation.P0: 1, moderation.P1: 1, moderation.P3: 2}) {
			h.Errorf("%v, want %v; %v, %v", got, want, counts, err)
		}
	})
}

func TestACaseHasOneHolderAtATime(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, sam, kim := h.Person("ana", forum.RoleMember), h.Person("sam", forum.RoleModerator), h.Person("kim", forum.RoleLead)
		p := h.Thread(ana, func(n *forum.NewThread) { n.Body = "FOLDED" })
		id := h.caseOf(p.ID).ID
		first := h.claim(sam, p.ID)
		claimed := h.caseOf(p.ID)
		h.refused("a second claimer", h.c.Claim(h.Context(), kim, id), forum.LostRace)
		if v, err := h.c.CasePage(h.Context(), kim, id); err != nil || v.Mine || v.Lease != "" || v.Case.HolderName != "sam" {
			h.Errorf("the other's page: %+v, %v", v.Case, err)
		}
		h.must(h.c.Release(h.Context(), kim, id)) // not hers to give back
		if !cmp.Equal(claimed, h.caseOf(p.ID)) {
			h.Error(cmp.Diff(claimed, h.caseOf(p.ID)))
		}

		h.Clock.Move(forum.LeaseTime - time.Second)
		renewed := h.claim(sam, p.ID)
		if k := h.caseOf(p.ID); renewed.Lease != first.Lease || k.Version != claimed.Version || !k.LeaseUntil.Equal(h.Clock.Now().Add(forum.LeaseTime)) {
			h.Errorf("renewed: %+v", k)
		}
		h.Clock.Move(forum.LeaseTime - time.Second)
		h.refused("before the lease ends", h.c.Claim(h.Context(), kim, id), forum.LostRace)
		h.Clock.Move(time.Second)
		h.refused("a decision after the lease ended", h.sign(sam, renewed), forum.LostRace)
		taken := h.claim(kim, p.ID)
		if k := h.caseOf(p.ID); *k.HolderID != kim.ID || taken.Lease == first.Lease || k.Version != claimed.Version+1 {
			h.Errorf("taken over: %+v", k)
		}
		h.refused("the first holder", h.c.Claim(h.Context(), sam, id), forum.LostRace)
		h.refused("the first holder's decision", h.sign(sam, renewed), forum.LostRace)
		stolen := taken
		h.refused("with the other's lease", h.sign(sam, stolen), forum.LostRace)

		h.must(h.c.Release(h.Context(), kim, id))
		h.must(h.c.Release(h.Context(), kim, id))
		if k := h.caseOf(p.ID); k.State != forum.CaseOpen || k.HolderID != nil || k.Lease != "" || k.LeaseUntil != nil || !k.DecideBy.Equal(claimed.DecideBy) {
			h.Errorf("released: %+v", k)
		}
		h.refused("a decision after giving it back", h.sign(kim, taken), forum.LostRace)
		if got := h.recorded("case", id); !slices.Equal(got, []string{"case.opened P1", "case.claimed", "case.claimed", "case.released"}) {
			h.Errorf("recorded %q", got)
		}
		h.decide(sam, p.ID, forum.ActionKeep)
		h.refused("a decided case", h.c.Claim(h.Context(), kim, id), forum.LostRace)
	})
}

func TestNobodyReviewsTheirOwnPost(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		sam, kim := h.Person("sam", forum.RoleModerator), h.Person("kim", forum.RoleModerator)
		p := h.Thread(sam, func(n *forum.NewThread) { n.Body, n.Anonymous = "GOODBYE", true })
		id := h.caseOf(p.ID).ID
		h.refused("claim", h.c.Claim(h.Context(), sam, id), forum.Invalid)
		n := h.claim(kim, p.ID)
		before := h.snapshot(p.ID, sam)
		h.refused("decide with a colleague's lease", h.sign(sam, n), forum.Invalid)
		if diff := cmp.Diff(before, h.snapshot(p.ID, sam)); diff != "" {
			h.Error(diff)
		}
	})
}

func TestWhatADecisionDoes(t *testing.T) {
	t.Parallel()
	const gentle = "Please put it more gently."
	each(t, func(h *house) {
		sam := h.Person("sam", forum.RoleModerator)
		for i, c := range []struct {
			what, body    string
			action        forum.Action
			reason        string
			message       string
			post          forum.PostState
			state         forum.CaseState
			title, notice string // to the author; empty: not told
			words         bool   // given back
			reporter      string // empty: not told
		}{
			{"keep what was reported", "Plain", forum.ActionKeep, "", "", forum.StatePublic, forum.CaseDecided, "", "", false, "Thank you for telling us."},
			{"keep, with a message", "Plain", forum.ActionKeep, "", "All well?", forum.StatePublic, forum.CaseDecided, "Your post is on the page", "All well?", false, "Thank you for telling us."},
			{"keep what was held", "GOODBYE", forum.ActionKeep, "", "", forum.StatePublic, forum.CaseDecided, "Your post is on the page", "Thank you for waiting.", false, ""},
			{"keep what was folded", "FOLDED", forum.ActionKeep, "W1", "", forum.StatePublic, forum.CaseDecided, "Your post is on the page", "We wanted to check how you are.", false, "Somebody is looking after this."},
			{"keep with a note", "Plain", forum.ActionNote, "C1", "", forum.StatePublic, forum.CaseDecided, "Your post is on the page, with a content note", gentle, false, "Thank you for telling us."},
			{"hold", "Plain", forum.ActionHold, "C1", "", forum.StateHeld, forum.CaseWaiting, "We are holding your post for now", gentle, true, ""},
			{"remove", "Plain", forum.ActionRemove, "C1", "Because.", forum.StateRemoved, forum.CaseDecided, "We have taken your post down", "Because.", true, "Thank you for telling us."},
			{"remove what was held", "GOODBYE", forum.ActionRemove, "C1", "", forum.StateRemoved, forum.CaseDecided, "We have taken your post down", gentle, true, ""},
			{"ask to change", "Plain", forum.ActionAskChange, "C1", "", forum.StateDraft, forum.CaseWaiting, "Could you change something in your post?", gentle, true, ""},
		} {
			h.Run(c.what, func(t *testing.T) {
				h := &house{T: t, House: h.House, c: h.c}
				ana, bo := h.Person(fmt.Sprint("ana", i), forum.RoleMember), h.Person(fmt.Sprint("bo", i), forum.RoleMember)
				p := h.Thread(ana, func(n *forum.NewThread) { n.Body, n.Mentions = c.body, forum.Mentions{moderation.TagMentionBirth} })
				if p.State.Shown() {
					h.report(bo, p.ID, forum.DoorRules, "unkind")
				}
				n := h.claim(sam, p.ID)
				n.Action, n.Reason, n.Message, n.Note = c.action, c.reason, c.message, "NoteWord"
				if c.action == forum.ActionNote {
					n.Mentions = forum.Mentions{moderation.TagMentionScan, moderation.TagMentionBirth}
				}
				told, nudged := len(h.notices(bo)), len(h.mails())
				h.must(h.sign(sam, n))

				k, row := h.caseOf(p.ID), h.row(p.ID)
				if row.State != c.post || row.ThreadState != c.post || k.State != c.state || (k.DecidedAt != nil) != (c.state == forum.CaseDecided) || k.HolderID != nil || k.Lease != "" || k.Version != n.Version+1 {
					h.Errorf("post %s in %s, case %+v", row.State, row.ThreadState, k)
				}
				want := "[mention_birth]"
				if c.action == forum.ActionNote {
					want = "[mention_birth mention_scan]"
				}
				if v, err := h.c.ThreadPage(h.Context(), ana, p.ThreadID, 1, 0); err != nil || fmt.Sprint(row.Mentions) != want || fmt.Sprint(v.Thread.Mentions) != want {
					h.Errorf("content notes %v and %v, %v", row.Mentions, v.Thread.Mentions, err)
				}
				mails := 0
				got := h.notices(ana)
				if c.title == "" {
					if len(got) != 0 {
						h.Errorf("the author was told %+v", got)
					}
				} else if mails++; len(got) != 1 || got[0].Kind != forum.NoticeDecision || got[0].Title != c.title || !strings.HasPrefix(got[0].Body, c.notice) || got[0].Words != map[bool]string{true: c.body}[c.words] {
					h.Errorf("the author was told %+v", got)
				}
				if c.action == forum.ActionAskChange && got[0].Path != fmt.Sprintf("/posts/%d/edit", p.ID) {
					h.Errorf("asked to change at %s", got[0].Path)
				}
				after := h.notices(bo)[told:]
				if c.reporter == "" {
					if len(after) != 0 {
						h.Errorf("the reporter was told %+v", after)
					}
				} else if p.State.Shown() {
					if mails++; len(after) != 1 || !strings.HasPrefix(after[0].Body, c.reporter) || after[0].Words != "" {
						h.Errorf("the reporter was told %+v", after)
					}
				}
				all := h.mails()[nudged:]
				if len(all) != mails {
					h.Errorf("%d mails, want %d", len(all), mails)
				}
				for _, m := range all {
					if m.CaseID == nil || *m.CaseID != k.ID {
						h.Errorf("a mail that the case does not wait for: %+v", m)
					}
				}
				for _, told := range append(h.notices(ana), h.notices(bo)...) {
					if strings.Contains(told.Body+told.Words+told.Title, "NoteWord") {
						h.Error("a note for the team was passed on")
					}
				}
				decisions, err := h.Store.Decisions(h.Context(), k.ID)
				if err != nil || len(decisions) != 1 || decisions[0].Action != c.action || decisions[0].ByName != "sam" || decisions[0].CaseVersion != n.Version || decisions[0].Revision != 1 || decisions[0].Note != "NoteWord" {
					h.Errorf("%+v, %v", decisions, err)
				}
				if got := h.recorded("case", k.ID); got[len(got)-1] != strings.TrimSpace(fmt.Sprintf("case.decided %s %s", c.action, c.reason)) {
					h.Errorf("recorded %q", got)
				}
				if v, err := h.c.ThreadPage(h.Context(), bo, p.ThreadID, 1, 0); (err == nil) != c.post.Shown() {
					h.Errorf("a reader gets %+v, %v", v.Opening, err)
				}
			})
		}
	})
}

func TestEveryReporterIsToldOnceOfTheirOwnRound(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, bo, cy, sam := h.Person("ana", forum.RoleMember), h.Person("bo", forum.RoleMember), h.Person("cy", forum.RoleMember), h.Person("sam", forum.RoleModerator)
		kim := h.Person("kim", forum.RoleModerator)
		p := h.Thread(ana, nil)
		h.report(ana, p.ID, forum.DoorWorried, "") // her own post
		h.report(bo, p.ID, forum.DoorRules, "unkind")
		h.report(bo, p.ID, forum.DoorWorried, "")
		h.report(forum.Actor{}, p.ID, forum.DoorWorried, "")
		told := func() string {
			return fmt.Sprint(h.mailsTo(ana), h.mailsTo(bo), h.mailsTo(cy))
		}
		h.decide(sam, p.ID, forum.ActionKeep)
		if got := told(); got != "0 1 0" {
			h.Errorf("told %s", got)
		}
		h.Clock.Move(time.Minute)
		h.report(cy, p.ID, forum.DoorWorried, "")
		h.decide(kim, p.ID, forum.ActionHold)
		if got := told(); got != "1 1 0" {
			h.Errorf("while it waits: told %s", got)
		}
		h.decide(kim, p.ID, forum.ActionRemove)
		if got := told(); got != "2 1 1" {
			h.Errorf("in the end: told %s", got)
		}
	})
}

func TestADecisionTellsAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		sam := h.Person("sam", forum.RoleModerator)
		p := h.Thread(h.Person("ana", forum.RoleMember), func(n *forum.NewThread) { n.Body = "GOODBYE" })
		seen := h.claim(sam, p.ID)
		before := h.snapshot(p.ID)
		long := strings.Repeat("n", forum.MaxNote+1)
		for want, change := range map[string]func(*forum.NewDecision){
			"action key reason message note mentions": func(n *forum.NewDecision) {
				n.Action, n.Key, n.Reason, n.Message, n.Note, n.Mentions = "ban", "a b", "Z9", long, long, forum.Mentions{"x"}
			},
			"reason":          func(n *forum.NewDecision) { n.Action = forum.ActionRemove },
			"key":             func(n *forum.NewDecision) { n.Key = "" },
			"reason mentions": func(n *forum.NewDecision) { n.Action = forum.ActionNote },
		} {
			n := seen
			change(&n)
			if err := h.sign(sam, n); fields(err) != want {
				h.Errorf("faults in %q, want %q", fields(err), want)
			}
		}
		if diff := cmp.Diff(before, h.snapshot(p.ID)); diff != "" {
			h.Error(diff)
		}
	})
}

func TestTheSameDecisionTwiceIsOne(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, sam, kim := h.Person("ana", forum.RoleMember), h.Person("sam", forum.RoleModerator), h.Person("kim", forum.RoleModerator)
		p := h.Thread(ana, func(n *forum.NewThread) { n.Body = "GOODBYE" })
		n := h.claim(sam, p.ID)
		n.Action, n.Reason = forum.ActionHold, "C1"
		for _, err := range together(6, func(int) error { return h.sign(sam, n) }) {
			h.must(err)
		}
		before := h.snapshot(p.ID, ana)
		if len(before.Decisions) != 1 || len(before.Notices) != 1 || before.Mails != 1 {
			h.Errorf("%d decisions, %d notices, %d mails", len(before.Decisions), len(before.Notices), before.Mails)
		}
		h.Clock.Move(time.Hour)
		h.must(h.sign(sam, n))
		if diff := cmp.Diff(before, h.snapshot(p.ID, ana)); diff != "" {
			h.Error(diff)
		}
		other := h.claim(kim, p.ID) // the same key in another case's form would be another decision
		other.Key = "key-2"
		h.must(h.sign(kim, other))
		if row := h.row(p.ID); row.State != forum.StatePublic {
			h.Errorf("decided again: %s", row.State)
		}
	})
}

func TestADecisionOnWhatWasNotSeenIsLostAndChangesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		sam := h.Person("sam", forum.RoleModerator)
		for i, c := range []struct {
			what string
			do   func(ana forum.Actor, p forum.Post, n *forum.NewDecision)
		}{
			{"stale version", func(_ forum.Actor, _ forum.Post, n *forum.NewDecision) { n.Version-- }},
			{"version to come", func(_ forum.Actor, _ forum.Post, n *forum.NewDecision) { n.Version++ }},
			{"stale revision", func(_ forum.Actor, _ forum.Post, n *forum.NewDecision) { n.Revision-- }},
			{"another lease", func(_ forum.Actor, _ forum.Post, n *forum.NewDecision) { n.Lease = "x" + n.Lease[1:] }},
			{"no lease", func(_ forum.Actor, _ forum.Post, n *forum.NewDecision) { n.Lease = "" }},
			{"lease ran out", func(forum.Actor, forum.Post, *forum.NewDecision) { h.Clock.Move(forum.LeaseTime) }},
			{"withdrawn meanwhile", func(ana forum.Actor, p forum.Post, _ *forum.NewDecision) {
				_, err := h.c.Withdraw(h.Context(), ana, p.ID)
				h.must(err)
			}},
			{"edited meanwhile", func(ana forum.Actor, p forum.Post, _ *forum.NewDecision) {
				_, err := h.c.EditPost(h.Context(), ana, forum.PostEdit{PostID: p.ID, Title: "New", Body: "New"})
				h.must(err)
			}},
			{"edited meanwhile, revision guessed", func(ana forum.Actor, p forum.Post, n *forum.NewDecision) {
				_, err := h.c.EditPost(h.Context(), ana, forum.PostEdit{PostID: p.ID, Title: "New", Body: "New"})
				h.must(err)
				n.Revision++
			}},
			{"reported meanwhile", func(_ forum.Actor, p forum.Post, _ *forum.NewDecision) {
				h.report(forum.Actor{}, p.ID, forum.DoorWorried, "")
			}},
		} {
			ana := h.Person(fmt.Sprint("ana", i), forum.RoleMember)
			p := h.Thread(ana, func(n *forum.NewThread) { n.Body = "FOLDED" })
			n := h.claim(sam, p.ID)
			c.do(ana, p, &n)
			before := h.snapshot(p.ID, ana)
			for _, action := range plain {
				n.Action, n.Reason, n.Mentions = action, "C1", forum.Mentions{moderation.TagMentionScan}
				h.refused(c.what+", "+string(action), h.sign(sam, n), forum.LostRace)
			}
			if diff := cmp.Diff(before, h.snapshot(p.ID, ana)); diff != "" {
				h.Errorf("%s: %s", c.what, diff)
			}
		}
	})
}

func TestOfTwentyDecisionsAtOnceOneIsCarriedOut(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, sam := h.Person("ana", forum.RoleMember), h.Person("sam", forum.RoleModerator)
		p := h.Thread(ana, func(n *forum.NewThread) { n.Body = "GOODBYE" })
		n := h.claim(sam, p.ID)
		won := -1
		for i, err := range together(20, func(i int) error {
			d := n
			d.Key, d.Reason, d.Action, d.Mentions = fmt.Sprint("key-", i), "C1", plain[i%len(plain)], forum.Mentions{moderation.TagMentionScan}
			return h.sign(sam, d)
		}) {
			if err != nil {
				h.refused(fmt.Sprint(i), err, forum.LostRace)
			} else if won >= 0 {
				h.Errorf("%d and %d both won", won, i)
			} else {
				won = i
			}
		}
		s := h.snapshot(p.ID, ana)
		if won < 0 || len(s.Decisions) != 1 || len(s.Notices) != 1 || s.Mails != 1 || s.Decisions[0].Key != fmt.Sprint("key-", won) {
			h.Fatalf("%d won; %d decisions, %d notices, %d mails", won, len(s.Decisions), len(s.Notices), s.Mails)
		}
		if got := len(h.recorded("case", s.Case.ID)); got != 3 {
			h.Errorf("%d record entries", got)
		}
		want := map[forum.Action]forum.PostState{forum.ActionKeep: forum.StatePublic, forum.ActionNote: forum.StatePublic, forum.ActionHold: forum.StateHeld, forum.ActionRemove: forum.StateRemoved, forum.ActionAskChange: forum.StateDraft}[s.Decisions[0].Action]
		if s.Post.State != want {
			h.Errorf("%s made the post %s", s.Decisions[0].Action, s.Post.State)
		}
	})
}

func TestADecisionAndAnEditAtOnceNeverBothWinUnseen(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		sam := h.Person("sam", forum.RoleModerator)
		for i := range 4 {
			ana := h.Person(fmt.Sprint("ana", i), forum.RoleMember)
			p := h.Thread(ana, func(n *forum.NewThread) { n.Body = "GOODBYE" })
			n := h.claim(sam, p.ID)
			errs := together(2, func(i int) error {
				if i == 0 {
					return h.sign(sam, n)
				}
				_, err := h.c.EditPost(h.Context(), ana, forum.PostEdit{PostID: p.ID, Revision: 1, Title: "New", Body: "New GOODBYE"})
				return err
			})
			row, k := h.row(p.ID), h.caseOf(p.ID)
			for _, err := range errs {
				if err != nil {
					h.refused("one of both", err, forum.LostRace)
				}
			}
			decided, edited := errs[0] == nil, errs[1] == nil
			switch {
			case edited && (row.Revision != 2 || row.State != forum.StateHeld || !k.State.Live()):
				h.Errorf("edited (decided: %v): %s, revision %d, case %s", decided, row.State, row.Revision, k.State)
			case decided && !edited && (row.Revision != 1 || row.State != forum.StatePublic || k.State != forum.CaseDecided):
				h.Errorf("decided: %s, revision %d, case %s", row.State, row.Revision, k.State)
			case !decided && !edited:
				h.Error(errors.Join(errs...))
			}
		}
	})
}
