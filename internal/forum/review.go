package forum

import (
	"context"
	"errors"
	"fmt"
	"time"

	"snowdrop/moderation"
)

// CasePage is a case as a moderator sees it.
type CasePage struct {
	Case      CaseRow
	Signals   []SignalRow
	Decisions []DecisionRow
	Revisions []Revision // earlier wordings
	Around    ThreadPage // the post in its thread
	Written   int        // posts by the same person that readers see
	Cases     int        // cases on posts by the same person, this one included
	Mine      bool       // the asking moderator holds a live claim
	Lease     string     // its token, when Mine
	Recent    []PostRow  // the latest posts by the same person
	Since     time.Time  // when that person joined

	Bar       Bar // why the actor may not decide; [BarNone]: they may
	Reads     Reading
	Care      []CareRow     // messages between the team and the writer
	Consults  []Consult     // questions to midwives, with their answers
	Appeals   []Appeal      // open ones
	Appealed  []Decision    // what they are about, the oldest first
	Measures  []Measure     // on the writer, newest first
	Second    bool          // somebody has decided already; the actor decides without seeing it
	Proposals []ProposalRow // for a lead, when two decided differently
}

// ProposalRow is a decision that waits, as a lead may see it.
type ProposalRow struct {
	Proposal
	Chosen NewDecision
	ByName string
}

// Queue lists cases by band, then by deadline.
func (c *Community) Queue(ctx context.Context, a Actor, q QueueQuery) ([]CaseRow, error) {
	if !a.Moderates() {
		return nil, errNotFound
	}
	rows, err := c.store.Queue(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("list the queue: %w", err)
	}
	return rows, nil
}

// QueueCounts counts the live cases by band.
func (c *Community) QueueCounts(ctx context.Context, a Actor) (map[moderation.Band]int, error) {
	if !a.Moderates() {
		return nil, errNotFound
	}
	counts, err := c.store.CountQueue(ctx)
	if err != nil {
		return nil, fmt.Errorf("count the queue: %w", err)
	}
	return counts, nil
}

// CaseSignals lists why a case exists.
func (c *Community) CaseSignals(ctx context.Context, a Actor, id int64) ([]SignalRow, error) {
	if !a.Moderates() {
		return nil, errNotFound
	}
	signals, err := c.store.Signals(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read the signals of case %d: %w", id, err)
	}
	return signals, nil
}

// CasePage reads a case with all that a moderator needs to decide.
func (c *Community) CasePage(ctx context.Context, a Actor, id int64) (CasePage, error) {
	k, err := c.kase(ctx, a, id)
	if err != nil {
		return CasePage{}, err
	}
	r, err := c.review(ctx, k)
	if err != nil {
		return CasePage{}, err
	}
	v := CasePage{Case: k, Signals: r.signals, Decisions: r.decisions, Consults: r.consults, Appeals: r.appeals, Appealed: r.appealed(), Reads: c.Reads(k.Case)}
	if err := c.twoSigners(ctx, a, &v, r); err != nil {
		return CasePage{}, err
	}
	if v.Bar, err = c.bar(ctx, a, id); err != nil {
		return CasePage{}, err
	}
	if v.Care, err = c.store.CareThread(ctx, id); err != nil {
		return CasePage{}, fmt.Errorf("read the care thread of case %d: %w", id, err)
	}
	if v.Measures, err = c.store.Measures(ctx, k.AuthorID); err != nil {
		return CasePage{}, fmt.Errorf("list the measures on person %d: %w", k.AuthorID, err)
	}
	if v.Revisions, err = c.store.Revisions(ctx, k.PostID); err != nil {
		return CasePage{}, fmt.Errorf("read the revisions of post %d: %w", k.PostID, err)
	}
	if v.Around, err = c.ThreadPage(ctx, a, k.ThreadID, 0, k.PostID); err != nil {
		return CasePage{}, err
	}
	if v.Written, err = c.store.CountShown(ctx, k.AuthorID); err != nil {
		return CasePage{}, fmt.Errorf("count a person's posts: %w", err)
	}
	if v.Cases, err = c.store.CasesAbout(ctx, k.AuthorID); err != nil {
		return CasePage{}, fmt.Errorf("count a person's cases: %w", err)
	}
	if v.Recent, err = c.store.PostsBy(ctx, k.AuthorID, 5); err != nil {
		return CasePage{}, fmt.Errorf("list a person's posts: %w", err)
	}
	author, err := c.store.Person(ctx, k.AuthorID)
	if err != nil {
		return CasePage{}, fmt.Errorf("look up a writer: %w", err)
	}
	v.Since = author.CreatedAt
	if v.Mine = holds(a, k.Case, c.now()); v.Mine {
		v.Lease = k.Lease
	}
	return v, nil
}

// twoSigners says whether the actor decides second, and shows what two chose to
// the lead who decides between them. Nobody else sees a first choice.
func (c *Community) twoSigners(ctx context.Context, a Actor, v *CasePage, r review) error {
	for _, p := range r.proposals {
		if p.State == ProposalOpen && p.Revision == r.Revision && p.ByID != a.ID {
			v.Second = true
		}
		if p.State != ProposalDiffers || !a.Has(RoleLead) {
			continue
		}
		row := ProposalRow{Proposal: p}
		var err error
		if row.Chosen, err = p.Decision(); err != nil {
			return fmt.Errorf("read proposal %d: %w", p.ID, err)
		}
		by, err := c.store.Person(ctx, p.ByID)
		if err != nil {
			return fmt.Errorf("look up who proposed: %w", err)
		}
		row.ByName = by.Name
		v.Proposals = append(v.Proposals, row)
	}
	return nil
}

func (c *Community) kase(ctx context.Context, a Actor, id int64) (CaseRow, error) {
	if !a.Moderates() {
		return CaseRow{}, errNotFound
	}
	k, err := c.store.Case(ctx, id)
	if errors.Is(err, ErrNoRow) {
		return CaseRow{}, errNotFound
	}
	if err != nil {
		return CaseRow{}, fmt.Errorf("read case %d: %w", id, err)
	}
	return k, nil
}
