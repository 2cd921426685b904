package forum_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/moderation"
)

// model plays random events on a few posts by several people against the real
// store, and holds after each what must always be true.
type model struct {
	*house
	r       *rand.Rand
	writers []forum.Actor
	team    []forum.Actor
	posts   []forum.Post
	forms   map[int64][]formOf        // what moderators have on their screens, by post
	seen    map[int64]forum.Case      // each case after the step before
	steps   []string                  // for the report when something breaks
	want    map[int64]forum.PostState // what readers must see
}

type formOf struct {
	by forum.Actor
	n  forum.NewDecision
}

// TestTheQueueHolds drives the queue with random interleavings. SNOWDROP_MODEL is
// how many steps, 220 without it; a failure prints its seed, which
// SNOWDROP_MODEL_SEED plays again.
func TestTheQueueHolds(t *testing.T) {
	// Not parallel: how two at once meet is to hang on the seed as far as it can.
	steps, _ := strconv.Atoi(os.Getenv("SNOWDROP_MODEL"))
	if steps == 0 {
		steps = 220
	}
	seed, _ := strconv.ParseUint(os.Getenv("SNOWDROP_MODEL_SEED"), 10, 64)
	if seed == 0 {
		seed = rand.Uint64()
	}
	each(t, func(h *house) {
		m := &model{house: h, r: rand.New(rand.NewPCG(seed, 1)), forms: map[int64][]formOf{}, seen: map[int64]forum.Case{}, want: map[int64]forum.PostState{}}
		for i := range 4 {
			m.writers = append(m.writers, h.Person(fmt.Sprint("writer ", i), forum.RoleMember))
		}
		for i, role := range []forum.Role{forum.RoleModerator, forum.RoleModerator, forum.RoleModerator, forum.RoleLead, forum.RoleLead} {
			m.team = append(m.team, h.Person(fmt.Sprint("team ", i), role))
		}
		for i := range steps {
			m.step()
			m.check(i%20 == 19 || i == steps-1)
			if h.Failed() {
				h.Fatalf("seed %d, step %d: %v", seed, i, m.steps[max(0, len(m.steps)-12):])
			}
		}
		counts := map[forum.Action]int{}
		for _, k := range m.seen {
			for _, d := range must(h.Store.Decisions(h.Context(), k.ID)) {
				counts[d.Action]++
			}
		}
		h.Logf("seed %d: %d posts, decisions %v", seed, len(m.posts), counts)
	}, func(o *forum.Options) {
		o.Reasons = append(slices.Clone(o.Reasons), forum.Reason{Code: "L1", Author: "Not lawful.", Second: forum.SecondAlways, Strike: forum.StrikeAlways})
		o.TrainedOnly = nil
	})
}

func pick[T any](m *model, list []T) T { return list[m.r.IntN(len(list))] }

// fine are errors that people meet in a busy queue; any other is a fault of ours.
func (m *model) fine(what string, err error) {
	m.Helper()
	if err != nil && forum.KindOf(err) == forum.Internal {
		m.Errorf("%s: %v", what, err)
	}
}

func (m *model) step() {
	ctx := m.Context()
	if len(m.posts) < 3 || len(m.posts) < 12 && m.r.IntN(12) == 0 {
		p := m.house.post(pick(m, m.writers), pick(m, []string{"Plain", "GOODBYE", "FOLDED", "WATCHED"}))
		m.posts = append(m.posts, p)
		m.want[p.ID] = p.State
		m.steps = append(m.steps, fmt.Sprint("post ", p.ID))
		return
	}
	p, a := pick(m, m.posts), pick(m, m.team)
	k, err := m.Store.CaseOfPost(ctx, p.ID)
	open := err == nil
	kind := m.r.IntN(24)
	m.steps = append(m.steps, fmt.Sprintf("%d on %d by %s", kind, p.ID, a.Name))
	switch {
	case kind == 0:
		by := pick(m, append(slices.Clone(m.writers), m.team...))
		_, err := m.c.Report(ctx, by, forum.NewReport{PostID: p.ID, Door: pick(m, []forum.Door{forum.DoorRules, forum.DoorWorried}), Reason: pick(m, []string{"unkind", "spam"})})
		m.fine("report", err)
	case kind == 1:
		w := m.writer(p)
		row := m.row(p.ID)
		edited, err := m.c.EditPost(ctx, w, forum.PostEdit{PostID: p.ID, Title: "New", Body: pick(m, []string{"Plain", "GOODBYE", "FOLDED"}) + fmt.Sprint(len(m.steps))})
		if m.fine("edit", err); err == nil {
			m.want[p.ID] = edited.State
			if (row.State == forum.StateHeld || row.State == forum.StateDraft) && edited.State != forum.StateHeld {
				m.Errorf("an edit made %s into %s", row.State, edited.State)
			}
		}
	case kind == 2 && m.r.IntN(6) == 0:
		_, err := m.c.Withdraw(ctx, m.writer(p), p.ID)
		if m.fine("withdraw", err); err == nil {
			m.want[p.ID] = forum.StateWithdrawn
		}
	case kind == 3 || kind == 23:
		w := m.writer(p)
		mine, err := m.c.MyDecisions(ctx, w)
		m.must(err)
		if len(mine) > 0 {
			_, err = m.c.Appeal(ctx, w, pick(m, mine).Decision.ID, "")
			m.fine("appeal", err)
		}
	case kind == 4:
		m.Clock.Move(time.Duration(m.r.IntN(200)) * time.Minute)
		m.must(m.c.Tend(ctx))
	case kind == 5:
		m.Clock.Move(time.Duration(m.r.IntN(60)) * time.Second)
		m.must(m.Store.CloseDelivered(ctx))
	case kind == 6 && open:
		m.fine("pass", m.c.Pass(ctx, a, k.ID))
	case kind == 7 && open:
		m.fine("release", m.c.Release(ctx, a, k.ID))
	case kind == 8 && open:
		m.fine("take over", m.c.TakeOver(ctx, a, k.ID, "Because."))
		m.look(a, k.ID)
	case kind == 9:
		m.fine("pause", m.c.Pause(ctx, a, pick(m, []string{"", "Over to you."}), m.r.IntN(2) == 0))
	case kind == 10 && open:
		_, err := m.c.AddNote(ctx, a, forum.NewNote{PostID: p.ID, Note: "A note."})
		m.fine("note", err)
	case kind == 11:
		v, err := m.c.Next(ctx, a, true)
		if m.fine("next", err); v.CaseID != 0 {
			m.look(a, v.CaseID)
		}
	case kind == 12 && open:
		m.fine("claim", m.c.Claim(ctx, a, k.ID))
		m.look(a, k.ID)
	case open:
		if m.r.IntN(4) > 0 { // mostly on what they see now, at times on what is long gone
			m.fine("claim", m.c.Claim(ctx, a, k.ID))
			m.look(a, k.ID)
		}
		if len(m.forms[p.ID]) > 0 {
			m.decide(p)
		}
	}
}

func (m *model) writer(p forum.Post) forum.Actor {
	return must(m.c.Actor(m.Context(), p.AuthorID)) // fresh: they may be restricted by now
}

// look keeps a form as somebody has it on the screen now, if they hold the case.
func (m *model) look(a forum.Actor, id int64) {
	v := must(m.c.CasePage(m.Context(), a, id))
	if v.Mine {
		n := forum.NewDecision{CaseID: id, Lease: v.Lease, Version: v.Case.Version, Revision: v.Case.Revision}
		m.forms[v.Case.PostID] = append(m.forms[v.Case.PostID], formOf{a, n})
	}
}

// decide sends a form that may be long out of date, sometimes twice at once.
func (m *model) decide(p forum.Post) {
	ctx := m.Context()
	forms := m.forms[p.ID]
	f := forms[len(forms)-1]
	if m.r.IntN(4) == 0 {
		f = pick(m, forms)
	}
	n := f.n
	n.Key = fmt.Sprint("k", m.r.IntN(1_000_000))
	n.Action, n.Reason = pick(m, append([]forum.Action{forum.ActionFold, forum.ActionUphold, forum.ActionOverturn, forum.ActionLock, forum.ActionSafeguarding}, plain...)), pick(m, []string{"C1", "C1", "L1", "W1"})
	n.Mentions = forum.Mentions{moderation.TagMentionScan}
	if n.Reason != "W1" && m.r.IntN(4) == 0 {
		n.Measures = []forum.NewMeasure{{PersonID: p.AuthorID, Kind: pick(m, []forum.MeasureKind{forum.MeasureWarning, forum.MeasureReadOnly}), Days: 0}}
		if n.Measures[0].Kind == forum.MeasureReadOnly {
			n.Measures[0].Days = 2
		}
	}
	if m.r.IntN(2) == 0 {
		if len(must(m.Store.OpenAppeals(ctx, n.CaseID))) > 0 {
			n.Action = pick(m, []forum.Action{forum.ActionUphold, forum.ActionOverturn})
		}
		for _, first := range must(m.Store.Proposals(ctx, n.CaseID)) { // the second one thinks the same
			key, lease, version := n.Key, n.Lease, n.Version
			n = must(first.Decision())
			n.CaseID, n.Key, n.Lease, n.Version, n.Revision = first.CaseID, key, lease, version, f.n.Revision
		}
	}
	before, row := m.caseOf(p.ID), m.row(p.ID)
	had := len(must(m.Store.Decisions(ctx, n.CaseID)))
	type answer struct {
		v   forum.Verdict
		err error
	}
	answers := make([]answer, 1+m.r.IntN(2))
	together(len(answers), func(i int) error {
		answers[i].v, answers[i].err = m.c.Decide(ctx, f.by, n)
		return nil
	})
	for _, got := range answers {
		m.fine("decide", got.err)
		if got.err == nil && (before.Version != n.Version || row.Revision != n.Revision || before.Lease != n.Lease) {
			m.Errorf("decided on version %d, revision %d; the case was at %d, %d", n.Version, n.Revision, before.Version, row.Revision)
		}
		if got.err == nil && got.v != answers[0].v {
			m.Errorf("the same form gave %v", answers)
		}
	}
	decisions := must(m.Store.Decisions(ctx, n.CaseID))
	if len(decisions) > had+1 {
		m.Errorf("one form made %d decisions", len(decisions)-had)
	}
	now := m.row(p.ID).State
	if len(decisions) == had {
		if now != row.State && (answers[0].v != forum.VerdictProposed || now.Shown() && now != forum.StateFolded) {
			m.Errorf("nothing was decided, but %s became %s", row.State, now)
		}
		m.want[p.ID] = now
		return
	}
	d := decisions[len(decisions)-1]
	if want, ok := map[forum.Action]forum.PostState{
		forum.ActionKeep: forum.StatePublic, forum.ActionNote: forum.StatePublic, forum.ActionLock: forum.StatePublic, forum.ActionFold: forum.StateFolded,
		forum.ActionHold: forum.StateHeld, forum.ActionRemove: forum.StateRemoved, forum.ActionAskChange: forum.StateDraft, forum.ActionUphold: row.State, forum.ActionSafeguarding: row.State,
	}[d.Action]; ok && now != want && row.State != forum.StateWithdrawn {
		m.Errorf("%s made %s into %s", d.Action, row.State, now)
	}
	m.want[p.ID] = now
}

// check holds what must be true after every step; whole also walks the chain and
// counts every notice.
func (m *model) check(whole bool) {
	m.Helper()
	ctx := m.Context()
	for _, p := range m.posts {
		k, err := m.Store.CaseOfPost(ctx, p.ID)
		if errors.Is(err, forum.ErrNoRow) {
			if _, had := m.seen[p.ID]; had || p.State != forum.StatePublic {
				m.Errorf("the case of post %d is lost", p.ID)
			}
			continue
		}
		m.must(err)
		was, had := m.seen[p.ID]
		m.seen[p.ID] = k
		if got := m.row(p.ID).State; got != m.want[p.ID] {
			m.Errorf("post %d is %s, want %s", p.ID, got, m.want[p.ID])
		}
		if had && (k.Version < was.Version || !k.State.Live() && k.Band != was.Band) {
			m.Errorf("%+v after %+v", k, was)
		}
		if had && k.State.Live() && was.State.Live() && k.OpenedAt.Equal(was.OpenedAt) && (k.LookBy.After(was.LookBy) || k.DecideBy.After(was.DecideBy) || k.Band > was.Band) {
			m.Errorf("a deadline moved later: %+v after %+v", k, was)
		}
		if k.State == forum.CaseWaiting && k.WaitUntil == nil && k.WaitFor != forum.WaitLead || k.State.Live() && k.AlarmAt == nil && k.DecideBy.After(m.Clock.Now()) {
			m.Errorf("nothing ever wakes %+v", k)
		}
		if k.State.Live() != (k.DecidedAt == nil) {
			m.Errorf("%+v", k)
		}
		m.settled(k)
	}
	if whole {
		if v, err := m.c.VerifyRecord(ctx); err != nil || v.Broken != 0 {
			m.Errorf("the record: %+v, %v", v, err)
		}
		m.everybodyTold()
	}
}

// settled holds that a decided case leaves no signal without an outcome, no
// proposal in the air and no appeal unanswered, and that each version has one
// decision.
func (m *model) settled(k forum.Case) {
	m.Helper()
	versions := map[int64]bool{}
	for _, d := range must(m.Store.Decisions(m.Context(), k.ID)) {
		if versions[d.CaseVersion] {
			m.Errorf("two decisions on version %d of case %d", d.CaseVersion, k.ID)
		}
		versions[d.CaseVersion] = true
	}
	if k.State.Live() {
		return
	}
	for _, s := range must(m.Store.Signals(m.Context(), k.ID)) {
		if s.Outcome == forum.OutcomeOpen {
			m.Errorf("decided, but nothing came of %+v", s)
		}
	}
	if list := must(m.Store.OpenAppeals(m.Context(), k.ID)); len(list) > 0 {
		m.Errorf("decided without an answer to %+v", list)
	}
	if list := must(m.Store.Proposals(m.Context(), k.ID)); len(list) > 0 {
		m.Errorf("decided beside %+v", list)
	}
}

// everybodyTold holds that whoever reported and was answered, and whoever asked
// for another look, has exactly one notice of each.
func (m *model) everybodyTold() {
	m.Helper()
	keys := map[string]int{}
	for _, a := range append(slices.Clone(m.writers), m.team...) {
		for _, n := range must(m.c.Notices(m.Context(), a)) {
			keys[n.Key]++
		}
	}
	for key, n := range keys {
		if n != 1 {
			m.Errorf("%d notices %s", n, key)
		}
	}
	for _, p := range m.posts {
		k, err := m.Store.CaseOfPost(m.Context(), p.ID)
		if err != nil {
			continue
		}
		for _, s := range must(m.Store.Signals(m.Context(), k.ID)) {
			if s.Kind == forum.SignalReport && s.PersonID != nil && s.DecisionID != nil && *s.PersonID != p.AuthorID && keys[fmt.Sprintf("outcome:%d:%d", *s.DecisionID, *s.PersonID)] != 1 {
				m.Errorf("person %d never heard what came of %+v", *s.PersonID, s)
			}
		}
	}
}
