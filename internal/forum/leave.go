package forum

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// LeaveMode is what becomes of somebody's words when they leave.
type LeaveMode string

const (
	LeaveWords  LeaveMode = "stay"   // they stay, without the name
	RemoveWords LeaveMode = "remove" // they go
)

// LeaveModes lists them.
var LeaveModes = []LeaveMode{LeaveWords, RemoveWords}

// Left stands in place of the name of somebody who leaves, at once.
const Left = "Someone who left"

// TakenBack stands in place of the title of a conversation whose beginning is gone.
const TakenBack = "A conversation"

const keptContext = "kept copy"

// Departure is somebody's wish to leave. Until EndsAt they can come back.
type Departure struct {
	PersonID int64 `gorm:"primaryKey"`
	Mode     LeaveMode
	Name     string // to give back; empty once it is done
	AskedAt  time.Time
	EndsAt   time.Time
	DoneAt   *time.Time
}

// KeptCopy is what a safety case demands of somebody who has left.
type KeptCopy struct {
	ID        int64
	PersonID  int64
	CaseID    int64
	Body      []byte // sealed
	EndsAt    time.Time
	CreatedAt time.Time
}

// Retention is how long things are kept; zero keeps what is there.
type Retention struct {
	Leave     time.Duration // in which somebody who leaves can come back
	Safety    time.Duration // locked copies of what a safety case demands
	Notices   time.Duration
	Revisions time.Duration // earlier wordings
	Devices   time.Duration
	Reports   time.Duration // their words, once the case is closed
	// Unconfirmed is after how long an account goes whose address was never
	// confirmed, unless its owner wrote something.
	Unconfirmed time.Duration
}

// LeaveStore holds what is about leaving and forgetting.
type LeaveStore interface {
	// AddDeparture also takes the name away from others' sight; ErrTaken when the
	// person is leaving already.
	AddDeparture(ctx context.Context, d Departure) error
	// Departure finds one that is not over; ErrNoRow otherwise.
	Departure(ctx context.Context, personID int64) (Departure, error)
	// DropDeparture gives the name back; ErrNoRow when there is none, or it is over.
	DropDeparture(ctx context.Context, personID int64) error
	DueDepartures(ctx context.Context, now time.Time, limit int) ([]Departure, error)
	// SafetyCases lists the cases on somebody's posts in the two upper bands, or
	// with a sealed note.
	SafetyCases(ctx context.Context, personID int64) ([]Case, error)
	AddKeptCopy(ctx context.Context, k KeptCopy) error
	KeptCopies(ctx context.Context, personID int64) ([]KeptCopy, error)
	// Erase does what a departure asks for; ErrLost when somebody did or it was
	// taken back. Call it in a transaction.
	Erase(ctx context.Context, d Departure, now time.Time) error
	// Forget deletes what is past its time.
	Forget(ctx context.Context, r Retention, now time.Time) error
	// Compact takes what was deleted out of indexes and files too.
	Compact(ctx context.Context) error
	// Holdings reads everything that is stored about a person.
	Holdings(ctx context.Context, personID int64) (Holdings, error)
}

// Leaving says whether the actor is leaving, and what would be kept for a while.
func (c *Community) Leaving(ctx context.Context, a Actor) (d Departure, ok bool, err error) {
	d, err = c.store.Departure(ctx, a.ID)
	if errors.Is(err, ErrNoRow) {
		return d, false, nil
	}
	if err != nil {
		return d, false, fmt.Errorf("look up a departure: %w", err)
	}
	return d, true, nil
}

// SafetyKept says until when a locked copy would be kept if the actor's words were
// erased at that time; zero when nothing would be.
func (c *Community) SafetyKept(ctx context.Context, a Actor, from time.Time) (time.Time, error) {
	cases, err := c.store.SafetyCases(ctx, a.ID)
	if err != nil || len(cases) == 0 {
		return time.Time{}, err
	}
	return from.Add(c.Retention.Safety), nil
}

// Leave notes that the actor wants to go. Their name is hidden and they are signed
// out at once; everything else waits until EndsAt.
func (c *Community) Leave(ctx context.Context, a Actor, mode LeaveMode, password string) (Departure, error) {
	if !a.SignedIn() {
		return Departure{}, errSignedOut
	}
	if mode != LeaveWords && mode != RemoveWords {
		return Departure{}, invalid("mode", "Please choose what happens to your words.")
	}
	grants, err := c.store.Grants(ctx, a.ID)
	if err != nil {
		return Departure{}, fmt.Errorf("list roles: %w", err)
	}
	if len(grants) > 0 { // somebody may count on them, and there must always be an admin
		return Departure{}, invalid("mode", "You have a role in the team. Please ask a lead to take it back first, so that nobody counts on you.")
	}
	p, err := c.checkOwn(ctx, a, "password", password)
	if err != nil {
		return Departure{}, err
	}
	now := c.now()
	d := Departure{PersonID: a.ID, Mode: mode, Name: p.Name, AskedAt: now, EndsAt: now.Add(c.Retention.Leave)}
	err = c.store.Tx(ctx, func(tx Store) error {
		if err := tx.AddDeparture(ctx, d); err != nil {
			return err
		}
		if err := tx.EndSessions(ctx, a.ID, ""); err != nil {
			return err
		}
		return tx.AddRecord(ctx, RecordEntry{ActorID: &a.ID, Action: "person.leaves", Subject: "person", SubjectID: a.ID, Detail: string(mode), CreatedAt: now})
	})
	if errors.Is(err, ErrTaken) {
		return Departure{}, &Error{Kind: LostRace, Message: "You have asked for this already."}
	}
	if err != nil {
		return Departure{}, fmt.Errorf("note a departure: %w", err)
	}
	return d, nil
}

// ComeBack takes a departure back.
func (c *Community) ComeBack(ctx context.Context, a Actor) error {
	if !a.SignedIn() {
		return errSignedOut
	}
	err := c.store.Tx(ctx, func(tx Store) error {
		if err := tx.DropDeparture(ctx, a.ID); err != nil {
			return err
		}
		return tx.AddRecord(ctx, RecordEntry{ActorID: &a.ID, Action: "person.came_back", Subject: "person", SubjectID: a.ID, CreatedAt: c.now()})
	})
	if err != nil && !errors.Is(err, ErrNoRow) {
		return fmt.Errorf("take a departure back: %w", err)
	}
	return nil
}

// forgetAtOnce is how many people one round erases.
const forgetAtOnce = 50

// Forget erases people whose time to come back is over, and what is past its time.
// Several instances may call it at once, and it can be stopped at any point: each
// person is one transaction that only one of them wins.
func (c *Community) Forget(ctx context.Context) error {
	now := c.now()
	if err := c.store.Forget(ctx, c.Retention, now); err != nil {
		return fmt.Errorf("delete what is past its time: %w", err)
	}
	due, err := c.store.DueDepartures(ctx, now, forgetAtOnce)
	if err != nil {
		return fmt.Errorf("list departures: %w", err)
	}
	var failed error
	for _, d := range due {
		if err := c.erase(ctx, d, now); err != nil && !errors.Is(err, ErrLost) && !errors.Is(err, ErrTaken) {
			failed = errors.Join(failed, fmt.Errorf("erase person %d: %w", d.PersonID, err)) // the others' turn comes
		}
	}
	if len(due) > 0 {
		failed = errors.Join(failed, c.store.Compact(ctx))
	}
	return errors.Join(failed, c.expire(ctx, now), c.fillLooks(ctx))
}

func (c *Community) erase(ctx context.Context, d Departure, now time.Time) error {
	return c.store.Tx(ctx, func(tx Store) error {
		cases, err := tx.SafetyCases(ctx, d.PersonID)
		if err != nil {
			return err
		}
		for _, k := range cases {
			if err := c.keepCopy(ctx, tx, d, k, now); err != nil {
				return err
			}
		}
		if err := tx.Erase(ctx, d, now); err != nil {
			return err
		}
		return tx.AddRecord(ctx, RecordEntry{Action: "person.erased", Subject: "person", SubjectID: d.PersonID, Detail: fmt.Sprintf("%s, %d kept", d.Mode, len(cases)), CreatedAt: now})
	})
}

// keepCopy seals what a safety case is about: whom, their words then, and what was
// said to them.
func (c *Community) keepCopy(ctx context.Context, tx Store, d Departure, k Case, now time.Time) error {
	row, err := tx.Case(ctx, k.ID)
	if err != nil {
		return err
	}
	p, err := tx.Person(ctx, d.PersonID)
	if err != nil {
		return err
	}
	address := ""
	if len(p.EmailSealed) > 0 {
		if address, err = c.keys.Open(p.EmailSealed, "email"); err != nil {
			return fmt.Errorf("open an address: %w", err)
		}
	}
	earlier, err := tx.Revisions(ctx, k.PostID)
	if err != nil {
		return err
	}
	talk, err := tx.CareThread(ctx, k.ID)
	if err != nil {
		return err
	}
	kept := map[string]any{"name": d.Name, "address": address, "title": row.ThreadTitle, "words": row.Body, "written": row.PostedAt, "earlier": earlier, "talk": talk}
	text, err := json.Marshal(kept)
	if err != nil {
		return fmt.Errorf("write a kept copy: %w", err)
	}
	sealed, err := c.keys.Seal(string(text), keptContext)
	if err != nil {
		return fmt.Errorf("seal a kept copy: %w", err)
	}
	return tx.AddKeptCopy(ctx, KeptCopy{PersonID: d.PersonID, CaseID: k.ID, Body: sealed, EndsAt: now.Add(c.Retention.Safety), CreatedAt: now})
}
