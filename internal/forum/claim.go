package forum

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"snowdrop/internal/secret"
	"snowdrop/moderation"
)

// How long a claim lasts without a sign of life. A crisis is free again sooner.
const (
	LeaseTime       = 10 * time.Minute
	CrisisLeaseTime = 3 * time.Minute
)

// LeaseFor is how long a claim on a case of this band lasts without a sign of
// life.
func LeaseFor(b moderation.Band) time.Duration {
	if b == moderation.P0 {
		return CrisisLeaseTime
	}
	return LeaseTime
}

// Claimer is somebody who takes cases, with what decides which they may take.
type Claimer struct {
	ID   int64
	Lead bool
	Not  []moderation.Band // bands they are not trained for
}

func (c *Community) claimer(a Actor) Claimer {
	by := Claimer{ID: a.ID, Lead: a.Has(RoleLead)}
	if !by.Lead && !a.Trained {
		by.Not = c.TrainedOnly
	}
	return by
}

// Bar is why somebody may not decide on a case.
type Bar string

// The bars, the plainest first.
const (
	BarNone     Bar = ""
	BarAuthor   Bar = "author"   // it is their own post
	BarReporter Bar = "reporter" // they reported it
	BarAppeal   Bar = "appeal"   // the appeal is against their own decision
	BarProposed Bar = "proposed" // they decided already; somebody else must, without seeing it
	BarBefore   Bar = "before"   // they decided last time, and something new has come
	BarLead     Bar = "lead"     // two decided differently: a lead decides
	BarTraining Bar = "training" // this band asks for training
)

var barWords = map[Bar]string{
	BarAuthor:   "This is your own post. Somebody else on the team must look at it.",
	BarReporter: "You reported this post yourself. Somebody else on the team must look at it.",
	BarAppeal:   "Somebody asked for another look at what you decided. Somebody else on the team must answer.",
	BarProposed: "You have decided already. Somebody else must decide too, without seeing what you chose.",
	BarBefore:   "You decided last time. Something new has come, so somebody else on the team looks this time.",
	BarLead:     "Two people decided differently. A safeguarding lead decides.",
	BarTraining: "This band is for people who were trained for it.",
}

// Words says a bar in a sentence; empty for [BarNone].
func (b Bar) Words() string { return barWords[b] }

// holds says whether the actor has a live claim.
func holds(a Actor, k Case, now time.Time) bool {
	return k.HolderID != nil && *k.HolderID == a.ID && k.Lease != "" && k.LeaseUntil != nil && now.Before(*k.LeaseUntil)
}

// Claim gives the case to a moderator for [LeaseFor]. Claiming it again renews
// the lease. Who is barred is told why; who is too late loses the race.
func (c *Community) Claim(ctx context.Context, a Actor, id int64) error {
	k, err := c.kase(ctx, a, id)
	if err != nil {
		return err
	}
	now := c.now()
	if holds(a, k.Case, now) {
		return c.claimLost(ctx, a, id, c.store.RenewCase(ctx, id, k.Lease, now, now.Add(LeaseFor(k.Band))))
	}
	if !k.State.Live() {
		return &Error{Kind: LostRace, Message: "This case was decided in the meantime."}
	}
	return c.claimLost(ctx, a, id, c.take(ctx, a, k.Case, now))
}

// take gives a case that nobody holds to the actor.
func (c *Community) take(ctx context.Context, a Actor, k Case, now time.Time) error {
	token, _ := secret.NewToken()
	return c.store.Tx(ctx, func(tx Store) error {
		if err := tx.ClaimCase(ctx, k.ID, c.claimer(a), token, now, now.Add(LeaseFor(k.Band))); err != nil {
			return err
		}
		if err := c.expose(ctx, tx, a, k, now); err != nil {
			return err
		}
		return c.recordCase(ctx, tx, &a.ID, k.ID, "case.claimed", "")
	})
}

// TakeOver gives a case that somebody else holds to the actor, who says why. The
// other one's token is dead from then on; their page says who took it.
func (c *Community) TakeOver(ctx context.Context, a Actor, id int64, why string) error {
	k, err := c.kase(ctx, a, id)
	if err != nil {
		return err
	}
	if why, err = checkText("why", "a reason", why, 1, MaxNote); err != nil {
		return err
	}
	now := c.now()
	switch {
	case holds(a, k.Case, now):
		return nil
	case k.State != CaseClaimed:
		return c.Claim(ctx, a, id)
	}
	token, _ := secret.NewToken()
	return c.claimLost(ctx, a, id, c.store.Tx(ctx, func(tx Store) error {
		if err := tx.TakeCase(ctx, id, k.Lease, c.claimer(a), token, now, now.Add(LeaseFor(k.Band))); err != nil {
			return err
		}
		s := Signal{CaseID: id, CaseVersion: k.Version + 1, Kind: SignalNote, Band: moderation.None, Revision: k.Revision, Category: NoteTakeover, Why: "Taken over from " + k.HolderName + ".", PersonID: &a.ID, Note: why, CreatedAt: now}
		if err := tx.AddSignals(ctx, []Signal{settled(s, OutcomeKept, now)}); err != nil {
			return err
		}
		if err := c.expose(ctx, tx, a, k.Case, now); err != nil {
			return err
		}
		return c.recordCase(ctx, tx, &a.ID, id, "case.taken_over", fmt.Sprintf("from person %d", *k.HolderID))
	}))
}

// settled is a signal that asks for nothing.
func settled(s Signal, as Outcome, now time.Time) Signal {
	s.Outcome, s.OutcomeAt = as, &now
	return s
}

// Renew makes a lease that the actor still holds last for another [LeaseFor]. A
// lease that is gone is a [*Conflict], which says who has the case now.
func (c *Community) Renew(ctx context.Context, a Actor, id int64, lease string) error {
	k, err := c.kase(ctx, a, id)
	if err != nil {
		return err
	}
	now := c.now()
	if !holds(a, k.Case, now) || k.Lease != lease {
		return c.conflict(ctx, a, NewDecision{CaseID: id, Lease: lease, Version: k.Version, Revision: k.Revision}, "You no longer have this case. What you typed is still on the page.")
	}
	return c.claimLost(ctx, a, id, c.store.RenewCase(ctx, id, lease, now, now.Add(LeaseFor(k.Band))))
}

// claimLost tells somebody who did not get a case why.
func (c *Community) claimLost(ctx context.Context, a Actor, id int64, err error) error {
	if err == nil {
		return nil
	}
	if !errors.Is(err, ErrLost) {
		return fmt.Errorf("claim a case: %w", err)
	}
	bar, err := c.bar(ctx, a, id)
	if err != nil {
		return err
	}
	if bar != BarNone {
		return invalid("", bar.Words())
	}
	return &Error{Kind: LostRace, Message: "Somebody else on the team has this case now."}
}

// bar says why the actor may not decide on a case.
func (c *Community) bar(ctx context.Context, a Actor, id int64) (Bar, error) {
	bar, err := c.store.Bar(ctx, id, c.claimer(a))
	if err != nil {
		return "", fmt.Errorf("ask whether somebody may decide: %w", err)
	}
	return bar, nil
}

// Release gives a claimed case back. Giving back what one no longer holds is no
// error.
func (c *Community) Release(ctx context.Context, a Actor, id int64) error {
	return c.giveBack(ctx, a, id, "case.released", nil)
}

// Pass gives a claimed case back and is not served it again before it re-opens.
// Nobody has to say why.
func (c *Community) Pass(ctx context.Context, a Actor, id int64) error {
	return c.giveBack(ctx, a, id, "case.passed", func(tx Store, now time.Time) error {
		return tx.AddPass(ctx, Pass{CaseID: id, PersonID: a.ID, CreatedAt: now})
	})
}

func (c *Community) giveBack(ctx context.Context, a Actor, id int64, action string, also func(Store, time.Time) error) error {
	k, err := c.kase(ctx, a, id)
	if err != nil {
		return err
	}
	now := c.now()
	held := holds(a, k.Case, now)
	if !held && also == nil {
		return nil
	}
	err = c.store.Tx(ctx, func(tx Store) error {
		if held {
			if err := tx.ReleaseCase(ctx, id, k.Lease); err != nil {
				return err
			}
		}
		if also != nil {
			if err := also(tx, now); err != nil {
				return err
			}
		}
		return c.recordCase(ctx, tx, &a.ID, id, action, "")
	})
	if err != nil && !errors.Is(err, ErrLost) {
		return fmt.Errorf("give a case back: %w", err)
	}
	return nil
}

// Pass says that somebody does not want to be served a case.
type Pass struct {
	CaseID    int64 `gorm:"primaryKey"`
	PersonID  int64 `gorm:"primaryKey"`
	CreatedAt time.Time
}

// NextQuery picks the cases that somebody may be served, in order.
type NextQuery struct {
	By    Claimer
	Bands []moderation.Band // empty: all
	Now   time.Time
	Limit int
}

// Served is what the button "next case" gives.
type Served struct {
	CaseID int64 // 0: nothing waits that this person may take, or Rest
	Rest   bool  // enough for this shift: the page asks whether to go on
	Shift  ShiftRow
}

// Next takes the lease on the first case in order that the actor may take: the
// one in their hands already, else by band and deadline, leaving out what they
// are barred from and have passed on. Every so often, unless a life is at risk, a
// case of the reserved bands comes first: a queue that always works the most
// urgent leaves those who are quietly unwell behind. goOn says that the
// moderator was asked to rest and wants to go on.
func (c *Community) Next(ctx context.Context, a Actor, goOn bool) (Served, error) {
	if !a.Moderates() {
		return Served{}, errNotFound
	}
	now := c.now()
	shift, err := c.onShift(ctx, a, now)
	if err != nil {
		return Served{}, err
	}
	v := Served{Shift: shift}
	held, err := c.store.HeldCases(ctx, a.ID, now)
	if err != nil {
		return Served{}, fmt.Errorf("list the cases in hand: %w", err)
	}
	if len(held) > 0 {
		v.CaseID = held[0].ID
		return v, nil
	}
	if v.Rest = !goOn && c.ShiftLimit.reached(shift); v.Rest {
		return v, nil
	}
	for range 5 { // every try that loses a race means that somebody else won one
		list, err := c.candidates(ctx, a, shift.Shift, now)
		if err != nil || len(list) == 0 {
			return v, err
		}
		for _, k := range list {
			err := c.take(ctx, a, k, now)
			if errors.Is(err, ErrLost) {
				continue
			}
			if err != nil {
				return v, fmt.Errorf("take the next case: %w", err)
			}
			since := shift.SinceCare + 1
			if slices.Contains(c.Reserve.Bands, k.Band) {
				since = 0
			}
			if err := c.store.CountServed(ctx, shift.ID, since, now); err != nil {
				return v, fmt.Errorf("count a case: %w", err)
			}
			v.CaseID = k.ID
			return v, nil
		}
	}
	return v, nil
}

// candidates lists the cases to try, the first one first.
func (c *Community) candidates(ctx context.Context, a Actor, shift Shift, now time.Time) ([]Case, error) {
	q := NextQuery{By: c.claimer(a), Now: now, Limit: 10}
	list, err := c.store.NextCases(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("find the next case: %w", err)
	}
	if len(list) == 0 || Heavy(list[0].Band) || c.Reserve.Every <= 0 || shift.SinceCare < c.Reserve.Every-1 {
		return list, nil
	}
	q.Bands = c.Reserve.Bands
	reserved, err := c.store.NextCases(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("find the next reserved case: %w", err)
	}
	return append(reserved, list...), nil
}
