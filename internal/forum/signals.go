package forum

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"snowdrop/moderation"
)

// reportersToReopen is how many people must report again what was decided on
// before it is looked at again.
const reportersToReopen = 3

// raise puts signals on the post's case and opens, re-opens or raises the case.
// Without a band there is no case to open; an existing one still takes the
// signals. answered says that the case stays decided: what came says nothing that
// was not decided on, and is settled with it.
func (c *Community) raise(ctx context.Context, tx Store, p Post, band moderation.Band, signals []Signal) (answered bool, err error) {
	now := c.now()
	found, err := tx.CaseOfPost(ctx, p.ID)
	for i := range signals {
		signals[i].Revision, signals[i].CreatedAt, signals[i].Outcome = p.Revision, now, OutcomeOpen
	}
	switch {
	case errors.Is(err, ErrNoRow):
		if band == moderation.None || band == "" {
			return false, nil
		}
		found = Case{PostID: p.ID, Band: band, State: CaseOpen, Version: 1, OpenedAt: now}
		c.setClock(&found, now)
		if err := tx.AddCase(ctx, &found); err != nil {
			return false, fmt.Errorf("open a case: %w", err)
		}
		if err := c.recordCase(ctx, tx, nil, found.ID, "case.opened", string(band)); err != nil {
			return false, err
		}
	case err != nil:
		return false, fmt.Errorf("look up the case of post %d: %w", p.ID, err)
	case found.State.Live():
		if err := c.joins(ctx, tx, &found, band, signals, now); err != nil {
			return false, err
		}
	default:
		if answered, err = c.reopen(ctx, tx, &found, band, signals, now); err != nil {
			return false, err
		}
	}
	if len(signals) == 0 {
		return answered, nil
	}
	for i := range signals {
		signals[i].CaseID, signals[i].CaseVersion = found.ID, found.Version
		if answered {
			signals[i] = settled(signals[i], OutcomeKept, now)
		}
	}
	if err := tx.AddSignals(ctx, signals); err != nil {
		return false, fmt.Errorf("add signals: %w", err)
	}
	return answered, nil
}

// joins raises the band of a live case that more signals come to. A deadline
// never moves later while the case is live. One that waited for the writer, for
// the team or for an answer is open again. Its version grows either way, so that
// nobody decides on what they have not seen.
func (c *Community) joins(ctx context.Context, tx Store, k *Case, band moderation.Band, signals []Signal, now time.Time) error {
	detail, action := string(k.Band), "case.signal"
	if worse(band, k.Band) != k.Band {
		detail, action = string(k.Band)+" to "+string(band), "case.raised"
		if i := slices.IndexFunc(signals, func(s Signal) bool { return s.Rules != "" }); i >= 0 {
			detail += ", rules " + signals[i].Rules
		}
		k.Band = band
		c.tighten(k, now)
		if err := c.freeUntrained(ctx, tx, k); err != nil {
			return err
		}
	}
	if edited(signals) {
		k.WaitFor = WaitNobody
	}
	if k.WaitFor != WaitSecond && k.WaitFor != WaitLead {
		k.WaitFor, k.WaitUntil = WaitNobody, nil
		if k.State == CaseWaiting {
			k.State = CaseOpen
		}
	}
	if err := tx.SaveCase(ctx, k); err != nil {
		return fmt.Errorf("add to case %d: %w", k.ID, err)
	}
	if edited(signals) {
		if err := tx.SetProposals(ctx, k.ID, ProposalOpen, ProposalVoid); err != nil {
			return err
		}
		if err := tx.SetProposals(ctx, k.ID, ProposalDiffers, ProposalVoid); err != nil {
			return err
		}
	}
	return c.recordCase(ctx, tx, nil, k.ID, action, detail)
}

// freeUntrained takes a case that became more urgent out of the hands of somebody
// who was not trained for that.
func (c *Community) freeUntrained(ctx context.Context, tx Store, k *Case) error {
	if k.State != CaseClaimed || !slices.Contains(c.TrainedOnly, k.Band) {
		return nil
	}
	holder, err := tx.Actor(ctx, *k.HolderID)
	if err != nil {
		return fmt.Errorf("look up who has case %d: %w", k.ID, err)
	}
	if slices.Contains(c.claimer(holder).Not, k.Band) {
		k.State, k.HolderID, k.Lease, k.LeaseUntil = CaseOpen, nil, "", nil
	}
	return nil
}

func edited(signals []Signal) bool {
	return slices.ContainsFunc(signals, func(s Signal) bool { return s.Kind == SignalEdit })
}

// reopen brings a decided case back, if what came says something new: a change by
// the writer or a word from them, a worry, another category, a higher band, or
// the third person who reports the same again. Unless it was the writer who
// moved, somebody else than last time must look.
func (c *Community) reopen(ctx context.Context, tx Store, k *Case, band moderation.Band, signals []Signal, now time.Time) (answered bool, err error) {
	decisions, err := tx.Decisions(ctx, k.ID)
	if err != nil {
		return false, fmt.Errorf("read the decisions of case %d: %w", k.ID, err)
	}
	known, err := tx.Signals(ctx, k.ID)
	if err != nil {
		return false, fmt.Errorf("read the signals of case %d: %w", k.ID, err)
	}
	if worse(band, k.Band) == k.Band && !newTo(*k, known, signals) {
		return true, c.recordCase(ctx, tx, nil, k.ID, "case.signal", string(k.Band)+", nothing new")
	}
	k.State, k.Band, k.OpenedAt, k.LookedAt, k.DecidedAt = CaseOpen, worse(band, moderation.P4), now, nil, nil
	k.HolderID, k.Lease, k.LeaseUntil, k.WaitFor, k.WaitUntil, k.ExceptID = nil, "", nil, WaitNobody, nil, nil
	byWriter := slices.ContainsFunc(signals, func(s Signal) bool {
		return s.Kind == SignalEdit || s.Kind == SignalCare || s.Kind == SignalAppeal
	})
	if len(decisions) > 0 && !byWriter {
		k.ExceptID = &decisions[len(decisions)-1].ByID
	}
	if band == BandAppeal {
		k.Band = BandAppeal
	}
	c.setClock(k, now)
	if err := tx.SaveCase(ctx, k); err != nil {
		return false, fmt.Errorf("re-open case %d: %w", k.ID, err)
	}
	return false, c.recordCase(ctx, tx, nil, k.ID, "case.reopened", string(k.Band))
}

// newTo says whether signals tell something that a decision has not seen.
func newTo(k Case, known []SignalRow, signals []Signal) bool {
	again := 0 // people who reported since the decision, this one included
	for _, s := range known {
		if s.Kind == SignalReport && answered(k, s) {
			again++
		}
	}
	for _, s := range signals {
		switch {
		case s.Kind != SignalReport && s.Kind != SignalFinding, s.Door == DoorWorried:
			return true
		case !s.Cancelled && !slices.ContainsFunc(known, func(o SignalRow) bool { return o.Category == s.Category && !o.Cancelled }):
			return true
		case s.Kind == SignalReport:
			again++
		}
	}
	return again >= reportersToReopen
}

// answered says whether a signal came after the decision that still holds and was
// settled with it.
func answered(k Case, s SignalRow) bool {
	return s.Outcome == OutcomeKept && s.DecisionID == nil && k.DecidedAt != nil && !s.CreatedAt.Before(*k.DecidedAt)
}

// NewNote is a note by somebody on the team.
type NewNote struct {
	PostID int64
	Band   moderation.Band // opens a case on a post that has none; empty: P4
	Note   string
}

// AddNote puts a note on the case of a post, and opens one if there is none. A
// note by whoever holds the case leaves what they see as it is.
func (c *Community) AddNote(ctx context.Context, a Actor, n NewNote) (caseID int64, err error) {
	if !a.Moderates() {
		return 0, errNotFound
	}
	p, err := c.post(ctx, a, n.PostID)
	if err != nil {
		return 0, err
	}
	if n.Note, err = checkText("note", "the note", n.Note, 1, MaxNote); err != nil {
		return 0, err
	}
	if n.Band == "" {
		n.Band = moderation.P4
	}
	if !slices.Contains(Bands, n.Band) || n.Band == BandAppeal {
		return 0, invalid("band", "Please choose how urgent it is.")
	}
	now := c.now()
	s := Signal{Kind: SignalNote, Band: n.Band, Category: NoteStaff, Why: "A note by the team.", PersonID: &a.ID, Note: n.Note}
	err = c.again(ctx, func(tx Store) error {
		k, err := tx.CaseOfPost(ctx, p.ID)
		if err == nil && holds(a, k, now) {
			s.CaseID, s.CaseVersion, s.Revision, s.CreatedAt = k.ID, k.Version, p.Revision, now
			caseID = k.ID
			return tx.AddSignals(ctx, []Signal{settled(s, OutcomeKept, now)})
		}
		if err != nil && !errors.Is(err, ErrNoRow) {
			return err
		}
		if _, err := c.raise(ctx, tx, p.Post, n.Band, []Signal{s}); err != nil {
			return err
		}
		k, err = tx.CaseOfPost(ctx, p.ID)
		caseID = k.ID
		return errors.Join(err, c.recordCase(ctx, tx, &a.ID, k.ID, "case.noted", ""))
	})
	if err != nil {
		return 0, fmt.Errorf("note something on a case: %w", err)
	}
	return caseID, nil
}

// again runs a transaction up to four times while it loses races: whoever tells
// us something must not be told to try again because a moderator was at work.
func (c *Community) again(ctx context.Context, do func(Store) error) error {
	for tries := 1; ; tries++ {
		err := c.store.Tx(ctx, do)
		if err == nil || tries == 4 || !errors.Is(err, ErrLost) && !errors.Is(err, ErrTaken) {
			return err
		}
	}
}

func (c *Community) recordCase(ctx context.Context, tx Store, actor *int64, id int64, action, detail string) error {
	if err := tx.AddRecord(ctx, RecordEntry{ActorID: actor, Action: action, Subject: "case", SubjectID: id, Detail: detail, CreatedAt: c.now()}); err != nil {
		return fmt.Errorf("record %s: %w", action, err)
	}
	return nil
}
