package forum

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// MeasureKind is a rung of the ladder from a kind word to the door. None of them
// removes what somebody wrote, or what others answered; under all of them people
// may read and ask for another look.
type MeasureKind string

const (
	MeasureNote       MeasureKind = "note"       // a word in private; counts for nothing
	MeasureStrike     MeasureKind = "strike"     // counted, by the reason of a decision
	MeasureWarning    MeasureKind = "warning"    //
	MeasureReadOnly   MeasureKind = "read_only"  // reads, supports and reports, writes nothing
	MeasureSuspension MeasureKind = "suspension" // reads, and tells us when worried about somebody
	MeasureBan        MeasureKind = "ban"        // the same, without an end unless one is set
)

// MeasureKinds lists them, mildest first.
var MeasureKinds = []MeasureKind{MeasureNote, MeasureStrike, MeasureWarning, MeasureReadOnly, MeasureSuspension, MeasureBan}

// MeasureState is whether a measure stands. That its time has passed is read from
// the clock.
type MeasureState string

// The states.
const (
	MeasureStanding MeasureState = "standing"
	MeasureReversed MeasureState = "reversed" // an appeal took it back
)

// Measure is what a decision meant for a person.
type Measure struct {
	ID         int64
	PersonID   int64
	Kind       MeasureKind
	CaseID     int64
	DecisionID int64
	Reason     string
	State      MeasureState
	StartsAt   time.Time
	EndsAt     *time.Time // nil: without an end, for a ban only
}

// NewMeasure is a measure as a moderator chooses it.
type NewMeasure struct {
	PersonID int64
	Kind     MeasureKind
	Days     int // how long: 1 to 30 for read-only, 1 to 90 for a suspension, 0 (no end) to 365 for a ban
}

func (m NewMeasure) check() error {
	most, leastDays := 0, 0
	switch m.Kind {
	case MeasureNote, MeasureWarning:
	case MeasureReadOnly:
		leastDays, most = 1, 30
	case MeasureSuspension:
		leastDays, most = 1, 90
	case MeasureBan:
		most = 365
	default:
		return invalid("measures", "Please choose a measure from the list.")
	}
	if m.Days < leastDays || m.Days > most {
		return invalid("days", fmt.Sprintf("Please choose %d to %d days.", leastDays, most))
	}
	return nil
}

// ends is when a measure ends; nil for a ban without an end.
func (c *Community) ends(m NewMeasure, now time.Time) *time.Time {
	if m.Kind == MeasureBan && m.Days == 0 {
		return nil
	}
	at := now.Add(time.Duration(m.Days) * 24 * time.Hour)
	if m.Days == 0 {
		at = now.Add(c.StrikeLife)
	}
	return &at
}

// measure puts the measures of a decision in place, and counts a strike where the
// reason says so. Care never counts.
func (c *Community) measure(ctx context.Context, tx Store, r review, n NewDecision, d Decision, now time.Time) error {
	strike, err := c.strikes(ctx, tx, r, n)
	if err != nil {
		return err
	}
	all := slices.Clone(n.Measures)
	if strike {
		all = append(all, NewMeasure{PersonID: r.AuthorID, Kind: MeasureStrike})
	}
	for _, m := range all {
		if err := tx.AddMeasure(ctx, &Measure{PersonID: m.PersonID, Kind: m.Kind, CaseID: r.ID, DecisionID: d.ID, Reason: n.Reason, State: MeasureStanding, StartsAt: now, EndsAt: c.ends(m, now)}); err != nil {
			return err
		}
		if err := tx.AddRecord(ctx, RecordEntry{ActorID: &d.ByID, Action: "measure." + string(m.Kind), Subject: "person", SubjectID: m.PersonID, Detail: fmt.Sprintf("case %d, %s, %d days", r.ID, n.Reason, m.Days), CreatedAt: now}); err != nil {
			return err
		}
		if m.PersonID == r.AuthorID {
			continue // told with the decision
		}
		told := Notice{Key: fmt.Sprintf("measure:%d:%d", d.ID, m.PersonID), PersonID: m.PersonID, Kind: NoticeDecision, Title: "A message from our team", Body: c.measureWords(m.PersonID, n, now), Path: "/me"}
		if err := c.tell(ctx, tx, told, subjectMessage, &r.ID); err != nil {
			return err
		}
	}
	return nil
}

func (c *Community) strikes(ctx context.Context, tx Store, r review, n NewDecision) (bool, error) {
	reason, _ := c.reason(n.Reason)
	if reason.Welfare || !effects[n.Action].acts {
		return false, nil
	}
	switch reason.Strike {
	case StrikeAlways:
		return true, nil
	case StrikeRepeat:
		before, err := tx.CountActed(ctx, r.AuthorID, n.Reason, r.ID)
		if err != nil {
			return false, fmt.Errorf("count earlier decisions: %w", err)
		}
		return before > 0, nil
	}
	return false, nil
}

// measureWords says to a person what a decision means for them; empty for
// nothing.
func (c *Community) measureWords(personID int64, n NewDecision, now time.Time) string {
	words := ""
	for _, m := range n.Measures {
		if m.PersonID != personID {
			continue
		}
		until := ""
		if at := c.ends(m, now); at != nil {
			until = " until " + at.In(c.zone()).Format("2 January 2006, 15:04")
		}
		switch m.Kind {
		case MeasureWarning:
			words = "Please see this as a warning: another post like it may mean that you cannot write here for a while."
		case MeasureReadOnly:
			words = "You can read here and say “with you”, but not write" + until + "."
		case MeasureSuspension, MeasureBan:
			words = "You cannot write here" + until + ". You can still read."
		}
		if words != "" {
			words += " What you wrote stays yours. You can ask for somebody else to look at this again, also now."
		}
	}
	return words
}

func (c *Community) zone() *time.Location {
	if c.Staffed != nil {
		return c.Staffed.Zone
	}
	return time.UTC
}

// Restriction is what somebody may not do at present.
type Restriction struct {
	Kind  MeasureKind
	Until *time.Time // nil: without an end
}

// Restricted is the narrowest restriction on the actor; ok is false when there is
// none.
func (a Actor) Restricted() (l Restriction, ok bool) {
	for _, one := range a.Restrictions {
		if !ok || slices.Index(MeasureKinds, one.Kind) > slices.Index(MeasureKinds, l.Kind) {
			l, ok = one, true
		}
	}
	return l, ok
}

// mayWrite refuses somebody who may only read at present. Their words are given
// back to them by the page.
func (c *Community) mayWrite(a Actor) error {
	l, limited := a.Restricted()
	if !limited {
		return nil
	}
	until := ""
	if l.Until != nil {
		until = " until " + l.Until.In(c.zone()).Format("2 January 2006, 15:04")
	}
	return invalid("", "You can read here, but not write"+until+". Your words are still on this page. If you think this is wrong, you can ask for somebody else to look at it, under “You”.")
}

// mayJoinIn refuses somebody who may do nothing but read at present.
func (c *Community) mayJoinIn(a Actor) error {
	if l, limited := a.Restricted(); limited && l.Kind != MeasureReadOnly {
		return c.mayWrite(a)
	}
	return nil
}

// Measures lists the measures on a person, newest first: their own, or anybody's
// for those who moderate.
func (c *Community) Measures(ctx context.Context, a Actor, personID int64) ([]Measure, error) {
	if !a.SignedIn() || a.ID != personID && !a.Moderates() {
		return nil, errNotFound
	}
	list, err := c.store.Measures(ctx, personID)
	if err != nil {
		return nil, fmt.Errorf("list measures: %w", err)
	}
	return list, nil
}
