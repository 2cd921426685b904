package forum

import (
	"context"
	"fmt"
	"time"
)

// Conflict says that a case is not as a moderator saw it, so that what they asked
// for was not done, and carries what changed for a page that shows both side by
// side. It is an [Error] of kind [LostRace].
type Conflict struct {
	Lost   *Error  // what to say
	Case   CaseRow // as it is now
	Mine   bool    // the lease still holds; only the case changed
	Holder string  // who has the case now, when that is somebody else
	Taken  *Signal // the takeover, with its reason, when that is how the lease was lost
	Seen   Wording // what the moderator saw …
	Now    Wording // … and what stands there now; the same when the writer changed nothing

	Edited    bool
	Withdrawn bool
	Expired   bool        // the lease ran out and nobody has it
	Signals   []SignalRow // that came since
	Decisions []DecisionRow
}

// Wording is a post's words at one revision.
type Wording struct {
	Revision    int
	Title, Body string // no title for a comment
	At          time.Time
}

// Unwrap makes a Conflict known by its kind.
func (c *Conflict) Unwrap() error { return c.Lost }

// Error is the sentence to show.
func (c *Conflict) Error() string { return c.Lost.Message }

// conflict finds what changed since the moderator saw n.Version and n.Revision.
func (c *Community) conflict(ctx context.Context, a Actor, n NewDecision, message string) error {
	k, err := c.kase(ctx, a, n.CaseID)
	if err != nil {
		return err
	}
	v := &Conflict{
		Lost: &Error{Kind: LostRace, Message: message}, Case: k, Edited: k.Revision != n.Revision, Withdrawn: k.PostState == StateWithdrawn,
		Mine: holds(a, k.Case, c.now()) && k.Lease == n.Lease,
	}
	live := k.LeaseUntil != nil && c.now().Before(*k.LeaseUntil)
	if live && *k.HolderID != a.ID {
		v.Holder = k.HolderName
	}
	v.Expired = !v.Mine && k.State.Live() && !live
	signals, err := c.store.Signals(ctx, k.ID)
	if err != nil {
		return fmt.Errorf("read the signals of case %d: %w", k.ID, err)
	}
	for i, s := range signals {
		if s.CaseVersion <= n.Version {
			continue
		}
		v.Signals = append(v.Signals, s)
		if s.Kind == SignalNote && s.Category == NoteTakeover && !v.Mine {
			v.Taken = &signals[i].Signal
		}
	}
	decisions, err := c.store.Decisions(ctx, k.ID)
	if err != nil {
		return fmt.Errorf("read the decisions of case %d: %w", k.ID, err)
	}
	for _, d := range decisions {
		if d.CaseVersion >= n.Version {
			v.Decisions = append(v.Decisions, d)
		}
	}
	return c.sideBySide(ctx, v, n.Revision)
}

func (c *Community) sideBySide(ctx context.Context, v *Conflict, seen int) error {
	v.Now = Wording{Revision: v.Case.Revision, Body: v.Case.Body, At: v.Case.PostedAt}
	if v.Case.Part == PartOpening {
		v.Now.Title = v.Case.ThreadTitle
	}
	v.Seen = v.Now
	if v.Edited {
		old, err := c.store.Revisions(ctx, v.Case.PostID)
		if err != nil {
			return fmt.Errorf("read the revisions of post %d: %w", v.Case.PostID, err)
		}
		for _, r := range old {
			if r.Number == seen {
				v.Seen = Wording{Revision: r.Number, Title: r.Title, Body: r.Body, At: r.CreatedAt}
			}
		}
	}
	return v
}
