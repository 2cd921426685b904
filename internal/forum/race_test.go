package forum_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/moderation"
)

// conflict says that err has to be one that a page can show side by side.
func (h *house) conflict(what string, err error) *forum.Conflict {
	h.Helper()
	var c *forum.Conflict
	if !errors.As(err, &c) || forum.KindOf(err) != forum.LostRace {
		h.Fatalf("%s: %v is no conflict", what, err)
	}
	return c
}

// post starts a thread of its own: the same words again would be the same post.
func (h *house) post(a forum.Actor, body string) forum.Post {
	h.Helper()
	return h.Thread(a, func(n *forum.NewThread) { n.Body, n.Title = body, fmt.Sprint("Thread ", threads.Add(1)) })
}

var threads atomic.Int64

// TestRaces plays the races that a queue can lose, one by one.
func TestRaces(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, bo := h.Person("ana", forum.RoleMember), h.Person("bo", forum.RoleMember)
		sam, kim, lea := h.Person("sam", forum.RoleModerator), h.Person("kim", forum.RoleModerator), h.Person("lea", forum.RoleLead)
		run := func(what string, do func(h *house)) {
			h.Run(what, func(t *testing.T) { do(&house{T: t, House: h.House, c: h.c}) })
		}
		run("two claims at once", func(h *house) {
			id := h.caseOf(h.post(ana, "FOLDED").ID).ID
			errs := together(2, func(i int) error { return h.c.Claim(h.Context(), []forum.Actor{sam, kim}[i], id) })
			if (errs[0] == nil) == (errs[1] == nil) {
				h.Error(errs)
			}
			h.refused("the loser", errors.Join(errs...), forum.LostRace)
		})
		run("decide with an expired lease", func(h *house) {
			p := h.post(ana, "FOLDED")
			n := h.claim(sam, p.ID)
			h.Clock.Move(forum.LeaseTime)
			c := h.conflict("too late", h.sign(sam, n))
			if !c.Expired || c.Mine || c.Holder != "" || h.caseOf(p.ID).Version != n.Version {
				h.Errorf("%+v", c)
			}
		})
		run("decide after an edit", func(h *house) {
			p := h.post(ana, "FOLDED one")
			n := h.claim(sam, p.ID)
			_, err := h.c.EditPost(h.Context(), ana, forum.PostEdit{PostID: p.ID, Title: "New", Body: "FOLDED two"})
			h.must(err)
			c := h.conflict("edited", h.sign(sam, n))
			if !c.Edited || c.Seen.Body != "FOLDED one" || c.Now.Body != "FOLDED two" || c.Seen.Title == c.Now.Title || !c.Mine || len(c.Signals) == 0 {
				h.Errorf("%+v", c)
			}
		})
		run("decide after it was taken back", func(h *house) {
			p := h.post(ana, "FOLDED")
			n := h.claim(sam, p.ID)
			_, err := h.c.Withdraw(h.Context(), ana, p.ID)
			h.must(err)
			if c := h.conflict("withdrawn", h.sign(sam, n)); !c.Withdrawn || !c.Mine {
				h.Errorf("%+v", c)
			}
			n = h.claim(sam, p.ID)
			h.must(h.sign(sam, n)) // keep closes the case
			if k := h.caseOf(p.ID); k.State != forum.CaseDecided || h.row(p.ID).State != forum.StateWithdrawn {
				h.Errorf("%+v", k)
			}
		})
		run("edit while held", func(h *house) {
			p := h.post(ana, "GOODBYE")
			_, err := h.c.EditPost(h.Context(), ana, forum.PostEdit{PostID: p.ID, Title: "New", Body: "All is well now."})
			h.must(err)
			if k := h.caseOf(p.ID); h.row(p.ID).State != forum.StateHeld || k.Band != moderation.P0 || k.State != forum.CaseOpen {
				h.Errorf("%+v", k)
			}
		})
		run("the second signer times out", func(h *house) {
			p := h.post(ana, "GOODBYE")
			n := h.claim(sam, p.ID)
			n.NotSure = true
			if v, err := h.c.Decide(h.Context(), sam, n); v != forum.VerdictProposed || err != nil {
				h.Fatal(v, err)
			}
			told := len(h.notices(lea, forum.NoticeStaff))
			h.Clock.Move(h.c.Clocks[moderation.P0].Look)
			for range 2 {
				h.must(h.c.Tend(h.Context()))
			}
			k := h.caseOf(p.ID)
			if k.State != forum.CaseOpen || k.WaitFor != forum.WaitSecond || len(h.notices(lea, forum.NoticeStaff)) <= told || h.row(p.ID).State != forum.StateHeld {
				h.Errorf("%+v", k)
			}
			h.refused("the first one again", h.c.Claim(h.Context(), sam, k.ID), forum.Invalid)
			h.must(h.sign(kim, h.claim(kim, p.ID)))
		})
		run("taken over while somebody types", func(h *house) {
			p := h.post(ana, "FOLDED")
			n := h.claim(sam, p.ID)
			h.refused("without a reason", h.c.TakeOver(h.Context(), kim, n.CaseID, " "), forum.Invalid)
			h.must(h.c.TakeOver(h.Context(), kim, n.CaseID, "Sam asked me to."))
			for what, err := range map[string]error{"decide": h.sign(sam, n), "renew": h.c.Renew(h.Context(), sam, n.CaseID, n.Lease)} {
				c := h.conflict(what, err)
				if c.Holder != "kim" || c.Mine || what == "decide" && (c.Taken == nil || c.Taken.Note != "Sam asked me to.") {
					h.Errorf("%s: %+v", what, c)
				}
			}
			h.must(h.sign(kim, h.claim(kim, p.ID)))
		})
		run("an appeal while the case opens again", func(h *house) {
			p := h.post(ana, "Plain")
			h.report(bo, p.ID, forum.DoorRules, "unkind")
			h.decide(sam, p.ID, forum.ActionHold)
			mine, err := h.c.MyDecisions(h.Context(), ana)
			h.must(err)
			errs := together(3, func(i int) error {
				if i == 0 {
					_, err := h.c.EditPost(h.Context(), ana, forum.PostEdit{PostID: p.ID, Title: "New", Body: "New"})
					return err
				}
				_, err := h.c.Appeal(h.Context(), ana, mine[0].Decision.ID, "")
				return err
			})
			if errs[1] != nil || errs[2] != nil || errs[0] != nil && forum.KindOf(errs[0]) != forum.LostRace {
				h.Error(errs)
			}
			k := h.caseOf(p.ID)
			appeals, err := h.Store.OpenAppeals(h.Context(), k.ID)
			if err != nil || len(appeals) != 1 || !k.State.Live() || len(h.notices(ana, forum.NoticeAppeal)) != 1 {
				h.Errorf("%+v, %d appeals, %v", k, len(appeals), err)
			}
			h.refused("whoever decided", h.c.Claim(h.Context(), sam, k.ID), forum.Invalid)
		})
		run("a report in the same moment as the decision", func(h *house) {
			for range 4 {
				p := h.post(ana, "FOLDED")
				n := h.claim(sam, p.ID)
				errs := together(2, func(i int) error {
					if i == 0 {
						return h.sign(sam, n)
					}
					_, err := h.c.Report(h.Context(), bo, forum.NewReport{PostID: p.ID, Door: forum.DoorWorried})
					return err
				})
				if errs[1] != nil {
					h.Errorf("the reporter was refused: %v", errs[1])
				}
				if k := h.caseOf(p.ID); !k.State.Live() {
					h.Errorf("the worry is lost: %+v (decided: %v)", k, errs[0])
				}
			}
		})
		run("two tabs of one moderator", func(h *house) {
			p := h.post(ana, "FOLDED")
			one, two := h.claim(sam, p.ID), h.claim(sam, p.ID)
			if one.Lease != two.Lease {
				h.Error("the second tab ended the first one's lease")
			}
			one.Key, two.Key = "tab-1", "tab-2"
			h.must(h.sign(sam, one))
			if c := h.conflict("the other tab", h.sign(sam, two)); len(c.Decisions) != 1 {
				h.Errorf("%+v", c)
			}
		})
		run("the same request again", func(h *house) {
			p := h.post(ana, "GOODBYE")
			n := h.claim(sam, p.ID)
			n.Action, n.Reason, n.Measures = forum.ActionRemove, "C1", []forum.NewMeasure{{PersonID: ana.ID, Kind: forum.MeasureBan}}
			for range 3 {
				if v, err := h.c.Decide(h.Context(), sam, n); v != forum.VerdictProposed || err != nil {
					h.Error(v, err)
				}
			}
			if list, err := h.Store.Proposals(h.Context(), n.CaseID); err != nil || len(list) != 1 {
				h.Error(list, err)
			}
		})
		run("a band raised over somebody not trained for it", func(h *house) {
			o := h.c.Options
			o.TrainedOnly = []moderation.Band{moderation.P1}
			c := h.c.With(h.Store, o)
			p := h.post(ana, "WATCHED")
			n := h.claim(sam, p.ID)
			_, err := c.Report(h.Context(), bo, forum.NewReport{PostID: p.ID, Door: forum.DoorWorried})
			h.must(err)
			if k := h.caseOf(p.ID); k.Band != moderation.P1 || k.State != forum.CaseOpen {
				h.Errorf("%+v", k)
			}
			_, err = c.Decide(h.Context(), sam, n)
			h.conflict("whoever had it", err)
			h.refused("claim again", c.Claim(h.Context(), sam, n.CaseID), forum.Invalid)
			h.must(c.SetTrained(h.Context(), lea, sam.ID, true))
			trained, err := c.Actor(h.Context(), sam.ID)
			h.must(err)
			h.must(c.Claim(h.Context(), trained, n.CaseID))
		})
	})
}

// TestClocksOnTheDayTheClocksChange holds hours against the nights on which the
// wall clock jumps.
func TestClocksOnTheDayTheClocksChange(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	h := &forum.Hours{Zone: zone}
	for i := range h.Days {
		h.Days[i] = forum.Span{From: 0, Until: 24 * 60}
	}
	day := &forum.Hours{Zone: zone}
	for i := 1; i <= 5; i++ {
		day.Days[i] = forum.Span{From: 9 * 60, Until: 17 * 60}
	}
	at := func(text string) time.Time {
		when, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for _, c := range []struct {
		hours      *forum.Hours
		from, want string
		add        time.Duration
	}{
		{nil, "2026-03-28T23:30:00Z", "2026-03-29T05:30:00Z", 6 * time.Hour},
		{h, "2026-03-28T23:30:00Z", "2026-03-29T05:30:00Z", 6 * time.Hour},   // an hour of the wall clock is left out
		{h, "2026-10-24T22:30:00Z", "2026-10-25T04:30:00Z", 6 * time.Hour},   // an hour comes twice
		{day, "2026-03-27T16:00:00Z", "2026-03-30T09:00:00Z", 2 * time.Hour}, // Friday GMT to Monday BST: 09:00 is 08:00Z
		{day, "2026-10-23T15:00:00Z", "2026-10-26T10:00:00Z", 2 * time.Hour}, // and back
		{day, "2026-11-21T12:00:00Z", "2026-11-30T17:00:00Z", 48 * time.Hour},
		{day, "2026-11-20T17:00:00Z", "2026-11-23T09:00:01Z", time.Second},
	} {
		if got := c.hours.Add(at(c.from), c.add); !got.Equal(at(c.want)) {
			t.Errorf("%s + %s: %s, want %s", c.from, c.add, got.UTC().Format(time.RFC3339), c.want)
		}
	}
	if h.Open(at("2026-03-29T01:30:00Z")) != true || day.Open(at("2026-11-21T12:00:00Z")) || !day.Next(at("2026-11-21T12:00:00Z")).Equal(at("2026-11-23T09:00:00Z")) {
		t.Error("open at the wrong time")
	}
}

// TestFiftyAtOnce has fifty people claim each of twenty cases, and each winner's
// form sent fifty times under different names: one winner each, and every loser
// is told of a lost race.
func TestFiftyAtOnce(t *testing.T) {
	t.Parallel()
	const people, cases = 50, 20
	each(t, func(h *house) {
		ana := h.Person("ana", forum.RoleMember)
		team := make([]forum.Actor, people)
		for i := range team {
			team[i] = h.Person(fmt.Sprint("mod ", i), forum.RoleModerator)
		}
		for range cases {
			p := h.post(ana, "FOLDED")
			id, winner := h.caseOf(p.ID).ID, -1
			for i, err := range together(people, func(i int) error { return h.c.Claim(h.Context(), team[i], id) }) {
				switch {
				case err != nil:
					h.refused("a claim", err, forum.LostRace)
				case winner >= 0:
					h.Errorf("%d and %d both have it", winner, i)
				default:
					winner = i
				}
			}
			n, won := h.claim(team[winner], p.ID), 0
			for _, err := range together(people, func(i int) error {
				d := n
				d.Key, d.Reason, d.Action, d.Mentions = fmt.Sprint("key-", i), "C1", plain[i%len(plain)], forum.Mentions{moderation.TagMentionScan}
				return h.sign(team[winner], d)
			}) {
				if err == nil {
					won++
				} else {
					h.conflict("a decision", err)
				}
			}
			if decisions, err := h.Store.Decisions(h.Context(), id); won != 1 || len(decisions) != 1 || err != nil {
				h.Errorf("%d won, %d decisions, %v", won, len(decisions), err)
			}
		}
		if v, err := h.c.VerifyRecord(h.Context()); err != nil || v.Broken != 0 || v.Entries == 0 {
			h.Errorf("%+v, %v", v, err)
		}
	})
}
