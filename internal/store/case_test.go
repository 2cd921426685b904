package store_test

import (
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"snowdrop/internal/forum"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
	"snowdrop/moderation"
)

func ptr[T any](v T) *T { return &v }

func TestQueueOrder(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		ctx, b := t.Context(), begin(t, s)
		th := b.thread("early-loss")
		names := map[int64]string{}
		for _, c := range []struct {
			name  string
			band  moderation.Band
			state forum.CaseState
			due   time.Duration
		}{
			{"P3", moderation.P3, forum.CaseOpen, 0}, {"P0 late", moderation.P0, forum.CaseWaiting, 2}, {"P0 soon", moderation.P0, forum.CaseOpen, 1},
			{"P1 closed", moderation.P1, forum.CaseClosed, 0}, {"P1 decided", moderation.P1, forum.CaseDecided, 1},
		} {
			k := b.kase(b.comment(th.ID, nil).ID, func(k *forum.Case) { k.Band, k.State, k.DecideBy = c.band, c.state, now.Add(c.due*time.Microsecond) })
			names[k.ID] = c.name
		}
		for _, c := range []struct {
			what string
			q    forum.QueueQuery
			want []string
		}{
			{"live", forum.QueueQuery{Limit: 9}, []string{"P0 soon", "P0 late", "P3"}},
			{"second page", forum.QueueQuery{Limit: 1, Offset: 1}, []string{"P0 late"}},
			{"a band", forum.QueueQuery{Limit: 9, Band: moderation.P3}, []string{"P3"}},
			{"states", forum.QueueQuery{Limit: 9, States: []forum.CaseState{forum.CaseClosed, forum.CaseDecided}}, []string{"P1 closed", "P1 decided"}},
		} {
			rows, err := s.Queue(ctx, c.q)
			b.must(err)
			var got []string
			for _, r := range rows {
				got = append(got, names[r.ID])
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (- want):\n%s", c.what, diff)
			}
		}
		counts, err := s.CountQueue(ctx)
		b.must(err)
		if diff := cmp.Diff(map[moderation.Band]int{moderation.P0: 2, moderation.P3: 1}, counts); diff != "" {
			t.Errorf("counts (- want):\n%s", diff)
		}
		if n, err := s.CasesAbout(ctx, b.self); err != nil || n != 5 {
			t.Errorf("%d cases: %v", n, err)
		}
	})
}

func TestCaseRowAndSave(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		ctx, b := t.Context(), begin(t, s)
		th := b.thread("early-loss")
		p := b.comment(th.ID, nil, func(p *forum.Post) { p.State, p.Anonymous, p.Care = forum.StateHeld, true, forum.Cards{"urgent"} })
		k := b.kase(p.ID)
		wants(t, "a second case", s.AddCase(ctx, &forum.Case{PostID: p.ID, Band: moderation.P0, State: forum.CaseOpen, LookBy: now, DecideBy: now, OpenedAt: now}), forum.ErrTaken)
		sam := b.people("sam")[0]
		b.must(s.ClaimCase(ctx, k.ID, forum.Claimer{ID: sam}, "lease", now, now.Add(time.Hour)))
		until := now.Add(time.Hour)
		k.State, k.Version, k.HolderID, k.Lease, k.LeaseUntil, k.LookedAt = forum.CaseClaimed, 2, &sam, "lease", &until, ptr(now)
		want := forum.CaseRow{
			Case: k, Body: p.Body, PostState: p.State, Revision: 1, Part: p.Part, ThreadID: th.ID, ThreadTitle: th.Title, Kind: th.Kind, Topic: th.Topic,
			AuthorID: b.self, AuthorName: "self", Anonymous: true, Capacity: forum.AsParent, Care: p.Care, PostedAt: now, HolderName: "sam",
		}
		got, err := s.Case(ctx, k.ID)
		b.must(err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("row (- want):\n%s", diff)
		}

		stale := k
		k.Band, k.State, k.HolderID, k.Lease, k.LeaseUntil, k.DecidedAt = moderation.P0, forum.CaseDecided, nil, "", nil, &until
		wants(t, "save", s.SaveCase(ctx, &k), nil)
		wants(t, "save a stale one", s.SaveCase(ctx, &stale), forum.ErrLost)
		if found, err := s.CaseOfPost(ctx, p.ID); err != nil || !cmp.Equal(k, found) || k.Version != 3 || stale.Version != 2 {
			t.Errorf("saved %+v, found %+v: %v", k, found, err)
		}
		_, err = s.CaseOfPost(ctx, 99)
		wants(t, "the case of nothing", err, forum.ErrNoRow)
		_, err = s.Case(ctx, 99)
		wants(t, "no case", err, forum.ErrNoRow)
	})
}

func TestOneWinnerClaims(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		b := begin(t, s)
		k := b.kase(b.comment(b.thread("early-loss").ID, nil).ID)
		sam := b.people("sam")[0]
		won := make(chan string, 8)
		var all sync.WaitGroup
		for i := range cap(won) {
			all.Go(func() {
				lease := strconv.Itoa(i)
				switch err := s.ClaimCase(t.Context(), k.ID, forum.Claimer{ID: sam}, lease, now, now.Add(time.Minute)); {
				case err == nil:
					won <- lease
				case !errors.Is(err, forum.ErrLost):
					t.Error(err)
				}
			})
		}
		all.Wait()
		row, err := s.Case(t.Context(), k.ID)
		b.must(err)
		if len(won) != 1 || <-won != row.Lease || row.Version != 2 {
			t.Errorf("%d winners; the case is %+v", len(won), row.Case)
		}
	})
}

func TestLeases(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		ctx, b := t.Context(), begin(t, s)
		k := b.kase(b.comment(b.thread("early-loss").ID, nil).ID)
		sam := b.people("sam")[0]
		end := now.Add(time.Minute)
		claim := func(lease string, at time.Time, want error) {
			t.Helper()
			wants(t, "claim "+lease, s.ClaimCase(ctx, k.ID, forum.Claimer{ID: sam}, lease, at, at.Add(time.Minute)), want)
		}
		claim("a", now, nil)
		claim("b", end.Add(-time.Microsecond), forum.ErrLost)
		claim("b", end, nil) // a ran out
		wants(t, "renew with an old lease", s.RenewCase(ctx, k.ID, "a", end, end.Add(time.Hour)), forum.ErrLost)
		wants(t, "renew", s.RenewCase(ctx, k.ID, "b", end, end.Add(time.Hour)), nil)
		wants(t, "renew too late", s.RenewCase(ctx, k.ID, "b", end.Add(time.Hour), end.Add(2*time.Hour)), forum.ErrLost)
		claim("c", end.Add(30*time.Minute), forum.ErrLost)
		wants(t, "release with an old lease", s.ReleaseCase(ctx, k.ID, "a"), forum.ErrLost)
		wants(t, "release", s.ReleaseCase(ctx, k.ID, "b"), nil)
		wants(t, "release again", s.ReleaseCase(ctx, k.ID, "b"), forum.ErrLost)
		wants(t, "release what nobody holds", s.ReleaseCase(ctx, k.ID, ""), forum.ErrLost)
		claim("d", now, nil)
	})
}

func TestDecideIsGuarded(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		ctx, b := t.Context(), begin(t, s)
		k := b.kase(b.comment(b.thread("early-loss").ID, nil).ID)
		b.must(s.ClaimCase(ctx, k.ID, forum.Claimer{ID: b.people("sam")[0]}, "lease", now, now.Add(time.Minute)))
		for _, c := range []struct {
			what     string
			lease    string
			version  int64
			revision int
			at       time.Duration
			want     error
		}{
			{"another lease", "other", 2, 1, 0, forum.ErrLost},
			{"no lease", "", 2, 1, 0, forum.ErrLost},
			{"an old version", "lease", 1, 1, 0, forum.ErrLost},
			{"an old revision", "lease", 2, 0, 0, forum.ErrLost},
			{"a lease that ran out", "lease", 2, 1, time.Minute, forum.ErrLost},
			{"all as it was", "lease", 2, 1, time.Second, nil},
			{"once more", "lease", 2, 1, time.Second, forum.ErrLost},
			{"once more, with the version", "lease", 3, 1, time.Second, forum.ErrLost},
		} {
			wants(t, c.what, s.DecideCase(ctx, forum.Move{CaseID: k.ID, Lease: c.lease, Version: c.version, Revision: c.revision, To: forum.CaseDecided, Now: now.Add(c.at)}), c.want)
		}
		row, err := s.Case(ctx, k.ID)
		b.must(err)
		at := now.Add(time.Second)
		k.State, k.Version, k.DecidedAt, k.LookedAt = forum.CaseDecided, 3, &at, ptr(now)
		if diff := cmp.Diff(k, row.Case); diff != "" {
			t.Errorf("decided case (- want):\n%s", diff)
		}
	})
}

func TestCloseDelivered(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		ctx, b := t.Context(), begin(t, s)
		th := b.thread("early-loss")
		cases := map[forum.MailState]forum.Case{}
		for _, state := range []forum.MailState{forum.MailWaiting, forum.MailSending, forum.MailSent, forum.MailFailed, forum.MailDoubtful, ""} {
			k := b.kase(b.comment(th.ID, nil).ID, func(k *forum.Case) { k.State = forum.CaseDecided })
			cases[state] = k
			if state != "" {
				b.must(s.AddMail(ctx, &forum.Mail{Key: string(state), PersonID: b.self, CaseID: &k.ID, State: state, CreatedAt: now}))
				b.must(s.AddMail(ctx, &forum.Mail{Key: "sent too " + string(state), PersonID: b.self, CaseID: &k.ID, State: forum.MailSent, CreatedAt: now}))
			}
		}
		b.must(s.CloseDelivered(ctx))
		for state, k := range cases {
			want := forum.CaseClosed
			if state == forum.MailWaiting || state == forum.MailSending {
				want = forum.CaseDecided
			}
			if row, err := s.Case(ctx, k.ID); err != nil || row.State != want {
				t.Errorf("with a mail %q the case is %s: %v", state, row.State, err)
			}
		}
	})
}

func TestSignalsAndDecisions(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		ctx, b := t.Context(), begin(t, s)
		k := b.kase(b.comment(b.thread("early-loss").ID, nil).ID)
		signals := []forum.Signal{
			{CaseID: k.ID, Kind: forum.SignalFinding, Band: moderation.None, Revision: 1, Category: "mind", Rule: "r", Rules: "v1", Start: 3, End: 9, InTitle: true, Cancelled: true, Why: "why", Outcome: forum.OutcomeOpen, CreatedAt: now.Add(time.Nanosecond)},
			{CaseID: k.ID, Kind: forum.SignalReport, Band: moderation.P1, Revision: 1, Door: forum.DoorWorried, PersonID: &b.self, Note: "note", Outcome: forum.OutcomeOpen, CreatedAt: now},
		}
		b.must(s.AddSignals(ctx, signals))
		b.must(s.AddSignals(ctx, nil))
		got, err := s.Signals(ctx, k.ID)
		b.must(err)
		if diff := cmp.Diff([]forum.SignalRow{{Signal: signals[0]}, {Signal: signals[1], PersonName: "self"}}, got); diff != "" || !got[0].CreatedAt.Equal(now) {
			t.Errorf("signals (- want):\n%s", diff)
		}

		first := forum.Decision{CaseID: k.ID, CaseVersion: 2, Key: "form", Revision: 1, Band: moderation.P1, State: forum.DecisionStanding, Action: forum.ActionHold, Reason: "C1", Message: "m", Note: "n", FalseAlarm: true, ByID: b.self, CreatedAt: now}
		b.must(s.AddDecision(ctx, &first))
		for what, d := range map[string]forum.Decision{
			"the same key":     {CaseID: k.ID, CaseVersion: 3, Key: "form", Revision: 1, Band: moderation.P1, State: forum.DecisionStanding, Action: forum.ActionKeep, ByID: b.self, CreatedAt: now},
			"the same version": {CaseID: k.ID, CaseVersion: 2, Key: "other", Revision: 1, Band: moderation.P1, State: forum.DecisionStanding, Action: forum.ActionKeep, ByID: b.self, CreatedAt: now},
		} {
			b.must(s.Tx(ctx, func(tx forum.Store) error {
				wants(t, what, tx.AddDecision(ctx, &d), forum.ErrTaken)
				held, err := tx.DecisionByKey(ctx, k.ID, "form") // the transaction goes on
				if !cmp.Equal(first, held) {
					t.Errorf("%s: found %+v", what, held)
				}
				return err
			}))
		}
		_, err = s.DecisionByKey(ctx, k.ID, "other")
		wants(t, "a key that lost", err, forum.ErrNoRow)
		if list, err := s.Decisions(ctx, k.ID); err != nil || !cmp.Equal(list, []forum.DecisionRow{{Decision: first, ByName: "self"}}) {
			t.Errorf("decisions %+v: %v", list, err)
		}
	})
}

func TestRuleFigures(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		ctx, b := t.Context(), begin(t, s)
		if none, err := s.RuleFigures(ctx); err != nil || len(none) != 0 {
			t.Errorf("of nothing: %+v, %v", none, err)
		}
		thread := b.thread("early-loss").ID
		one, two := b.kase(b.comment(thread, nil).ID), b.kase(b.comment(thread, nil).ID)
		found := func(k forum.Case, revision int, rule string, change ...func(*forum.Signal)) forum.Signal {
			sig := forum.Signal{CaseID: k.ID, Kind: forum.SignalFinding, Band: moderation.P1, Revision: revision, Rule: rule, Rules: "v1", Outcome: forum.OutcomeOpen, CreatedAt: now}
			for _, c := range change {
				c(&sig)
			}
			return sig
		}
		b.must(s.AddSignals(ctx, []forum.Signal{
			found(one, 1, "a"), found(one, 1, "a"), found(one, 2, "a"), found(two, 1, "a"),
			found(one, 1, "b"), found(two, 1, "c"),
			found(one, 1, "d", func(s *forum.Signal) { s.Cancelled = true }),
			found(one, 1, "e", func(s *forum.Signal) { s.Kind = forum.SignalHold }), found(one, 1, ""),
		}))
		for i, d := range []forum.Decision{
			{CaseID: one.ID, Revision: 1, FalseAlarm: true}, {CaseID: one.ID, Revision: 1, FalseAlarm: true},
			{CaseID: one.ID, Revision: 2}, {CaseID: two.ID, Revision: 2, FalseAlarm: true},
		} {
			d.CaseVersion, d.Key, d.Action, d.ByID, d.CreatedAt = int64(i), string(rune('a'+i)), forum.ActionKeep, b.self, now
			d.Band, d.State = moderation.P1, forum.DecisionStanding
			b.must(s.AddDecision(ctx, &d))
		}
		got, err := s.RuleFigures(ctx)
		b.must(err)
		if diff := cmp.Diff([]forum.RuleFigure{{Rule: "a", Spoke: 3, FalseAlarms: 1}, {Rule: "b", Spoke: 1, FalseAlarms: 1}, {Rule: "c", Spoke: 1}}, got); diff != "" {
			t.Errorf("figures (- want):\n%s", diff)
		}
	})
}

// TestDeadlockIsALostRace has an edit hold the post and want the case, and a
// decision hold the case and want the post. SQLite lets only one of them begin.
func TestDeadlockIsALostRace(t *testing.T) {
	t.Parallel()
	s := testkit.Open(t, "postgres")
	ctx, b := t.Context(), begin(t, s)
	p, sam := b.comment(b.thread("early-loss").ID, nil), b.people("sam")[0]
	k := b.kase(p.ID)
	var bothHold, both sync.WaitGroup
	bothHold.Add(2)
	errs := make([]error, 2)
	run := func(i int, first, second func(forum.Store) error) {
		both.Go(func() {
			errs[i] = s.Tx(ctx, func(tx forum.Store) error {
				err := first(tx)
				bothHold.Done()
				bothHold.Wait()
				if err != nil {
					return err
				}
				return second(tx)
			})
		})
	}
	edit := func(tx forum.Store) error { return tx.EditPost(ctx, p, 1, "") }
	claim := func(tx forum.Store) error {
		return tx.ClaimCase(ctx, k.ID, forum.Claimer{ID: sam}, "lease", now, now.Add(time.Hour))
	}
	run(0, edit, claim)
	run(1, claim, edit)
	both.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("not one winner: %v; %v", errs[0], errs[1])
	}
	wants(t, "the loser", errors.Join(errs...), forum.ErrLost)
}
