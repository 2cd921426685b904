package forum

import (
	"context"
	"errors"
	"fmt"
	"time"

	"snowdrop/moderation"
)

// ShiftState is where a moderator's turn at the queue is.
type ShiftState string

// The states.
const (
	ShiftOn     ShiftState = "on"
	ShiftPaused ShiftState = "paused"
	ShiftOver   ShiftState = "over"
)

// Shift is one moderator's turn at the queue. It begins with the first case and
// ends when they say so, or hours after the last.
type Shift struct {
	ID        int64
	PersonID  int64
	State     ShiftState
	Served    int // cases served by the button
	SinceCare int // of them, since the last one of a reserved band
	BeganAt   time.Time
	SeenAt    time.Time // the latest case
	EndedAt   *time.Time
}

// Exposure is that somebody had a case before them in a shift.
type Exposure struct {
	ShiftID   int64 `gorm:"primaryKey"`
	CaseID    int64 `gorm:"primaryKey"`
	Band      moderation.Band
	CreatedAt time.Time
}

// ShiftRow is a shift with what its moderator had before them in it.
type ShiftRow struct {
	Shift
	PersonName string
	Cases      int
	Heavy      int // of them, cases of bands P0 and P1
}

// ShiftLimit is after how much a moderator is asked to rest. Zero values set no
// limit. The stop is gentle: who wants to go on may.
type ShiftLimit struct{ Cases, Heavy int }

func (l ShiftLimit) reached(s ShiftRow) bool {
	return l.Cases > 0 && s.Cases >= l.Cases || l.Heavy > 0 && s.Heavy >= l.Heavy
}

// Reserve is the share of every shift that is kept for some bands: one case in
// Every. ReachOut's tool for forum moderators made answers to crisis, red and
// green posts more frequent and those to amber posts rarer by five points
// (Milne and others, 2019).
type Reserve struct {
	Every int
	Bands []moderation.Band
}

// shiftGap is after how long without a case a shift is over.
const shiftGap = 4 * time.Hour

// onShift finds the actor's shift or begins one.
func (c *Community) onShift(ctx context.Context, a Actor, now time.Time) (ShiftRow, error) {
	for range 3 {
		s, err := c.store.OpenShift(ctx, a.ID)
		if err == nil && now.Sub(s.SeenAt) < shiftGap {
			if s.State == ShiftPaused {
				s.State = ShiftOn
				err = c.store.SetShift(ctx, s.ID, ShiftOn, now)
			}
			return s, err
		}
		if err == nil {
			err = c.store.SetShift(ctx, s.ID, ShiftOver, now)
		} else if errors.Is(err, ErrNoRow) {
			err = nil
		}
		if err == nil {
			err = c.store.AddShift(ctx, &Shift{PersonID: a.ID, State: ShiftOn, BeganAt: now, SeenAt: now})
		}
		if err != nil {
			return ShiftRow{}, fmt.Errorf("begin a shift: %w", err)
		}
	}
	return ShiftRow{}, errors.New("begin a shift: another instance keeps ending it")
}

// expose counts a case that the actor now has before them.
func (c *Community) expose(ctx context.Context, tx Store, a Actor, k Case, now time.Time) error {
	on := c.With(tx, c.Options)
	s, err := on.onShift(ctx, a, now)
	if err != nil {
		return err
	}
	return tx.AddExposure(ctx, Exposure{ShiftID: s.ID, CaseID: k.ID, Band: k.Band, CreatedAt: now})
}

// Pause gives back every case that the actor holds, each with the note for
// whoever is next, if there is one. end also ends the shift. Nothing else
// changes: the clocks run on, and others are served the cases.
func (c *Community) Pause(ctx context.Context, a Actor, note string, end bool) error {
	if !a.Moderates() {
		return errNotFound
	}
	note, err := checkText("note", "the note", note, 0, MaxNote)
	if err != nil {
		return err
	}
	now := c.now()
	return c.store.Tx(ctx, func(tx Store) error {
		held, err := tx.HeldCases(ctx, a.ID, now)
		if err != nil {
			return fmt.Errorf("list the cases in hand: %w", err)
		}
		for _, k := range held {
			switch err := tx.ReleaseCase(ctx, k.ID, k.Lease); {
			case errors.Is(err, ErrLost):
				continue // somebody took it over meanwhile
			case err != nil:
				return err
			}
			if note != "" {
				row, err := tx.Case(ctx, k.ID)
				if err != nil {
					return err
				}
				s := Signal{CaseID: k.ID, CaseVersion: row.Version, Kind: SignalNote, Band: moderation.None, Revision: row.Revision, Category: NoteHandover, Why: "Handed over.", PersonID: &a.ID, Note: note, CreatedAt: now}
				if err := tx.AddSignals(ctx, []Signal{settled(s, OutcomeKept, now)}); err != nil {
					return err
				}
			}
			if err := c.recordCase(ctx, tx, &a.ID, k.ID, "case.released", "pause"); err != nil {
				return err
			}
		}
		s, err := tx.OpenShift(ctx, a.ID)
		if errors.Is(err, ErrNoRow) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("find the shift: %w", err)
		}
		to := ShiftPaused
		if end {
			to = ShiftOver
		}
		return tx.SetShift(ctx, s.ID, to, now)
	})
}

// ShiftPage is a moderator's own shift.
type ShiftPage struct {
	Shift ShiftRow // ID 0: none is open
	Held  []Case   // in their hands
	Limit ShiftLimit
	Rest  bool // it would be good to stop
}

// ShiftPage reads the actor's shift and what they hold.
func (c *Community) ShiftPage(ctx context.Context, a Actor) (ShiftPage, error) {
	if !a.Moderates() {
		return ShiftPage{}, errNotFound
	}
	v := ShiftPage{Limit: c.ShiftLimit}
	var err error
	if v.Shift, err = c.store.OpenShift(ctx, a.ID); err != nil && !errors.Is(err, ErrNoRow) {
		return ShiftPage{}, fmt.Errorf("find the shift: %w", err)
	}
	if v.Held, err = c.store.HeldCases(ctx, a.ID, c.now()); err != nil {
		return ShiftPage{}, fmt.Errorf("list the cases in hand: %w", err)
	}
	v.Rest = v.Shift.ID != 0 && c.ShiftLimit.reached(v.Shift)
	return v, nil
}

// Shifts lists the shifts since a moment, newest first, for leads alone: what the
// work asks of each person is nobody else's business.
func (c *Community) Shifts(ctx context.Context, a Actor, since time.Time) ([]ShiftRow, error) {
	if !a.Has(RoleLead) {
		return nil, errNotFound
	}
	rows, err := c.store.Shifts(ctx, since)
	if err != nil {
		return nil, fmt.Errorf("list shifts: %w", err)
	}
	return rows, nil
}

// SetTrained clears a moderator for the bands that ask for training, or takes
// that back. Leads do.
func (c *Community) SetTrained(ctx context.Context, a Actor, personID int64, on bool) error {
	if !a.Has(RoleLead) {
		return errNotFound
	}
	now, action := c.now(), "training.granted"
	if !on {
		action = "training.withdrawn"
	}
	err := c.store.Tx(ctx, func(tx Store) error {
		if err := tx.SetTraining(ctx, Training{PersonID: personID, GrantedBy: a.ID, CreatedAt: now}, on); err != nil {
			return err
		}
		return tx.AddRecord(ctx, RecordEntry{ActorID: &a.ID, Action: action, Subject: "person", SubjectID: personID, CreatedAt: now})
	})
	if err != nil {
		return fmt.Errorf("note training: %w", err)
	}
	return nil
}

// Training says that somebody was cleared for the bands that ask for it.
type Training struct {
	PersonID  int64 `gorm:"primaryKey"`
	GrantedBy int64
	CreatedAt time.Time
}
