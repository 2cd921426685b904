package forum

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// NewDecision is the form of a moderator who decides. Lease, Version and
// Revision say what they saw; Key makes a form sent twice one decision.
type NewDecision struct {
	CaseID   int64
	Lease    string `json:"-"`
	Version  int64  `json:"-"`
	Revision int
	Key      string `json:"-"`
	Action   Action
	Reason   string
	Message  string // to the author; empty: the reason's own words
	Answer   string // to whoever reported; empty: the reason's own words
	Note     string // for the team only
	Mentions Mentions
	// FalseAlarm says that triage was wrong about this wording. It counts against
	// every rule that spoke there.
	FalseAlarm bool
	NotSure    bool              // the moderator asks for a second person
	Lines      []int             // with ActionRedact: lines of the body to cover, from 1
	Topic      string            // with ActionMove
	Correction string            // with ActionCorrect: stands with the post
	Question   string            // with ActionMidwife
	Measures   []NewMeasure      // what it means for a person
	Outcomes   map[int64]Outcome // of signals by ID; the others follow from the action
}

// Verdict is what came of a decision.
type Verdict string

const (
	VerdictDecided  Verdict = "decided"
	VerdictProposed Verdict = "proposed" // it waits for a second person
	VerdictDiffers  Verdict = "differs"  // the two differ: a lead decides
)

const decisionLost = "This case changed while you were looking at it, so nothing was decided. What you typed is still below, beside what changed."

// Decide carries out a decision: post, case, record, and what the author and the
// reporters are told, all in one transaction, if nothing has changed since the
// moderator looked. Otherwise nothing happens and the answer is a [*Conflict]. A
// decision that asks for a second person is kept until somebody else has decided
// without seeing it.
func (c *Community) Decide(ctx context.Context, a Actor, n NewDecision) (Verdict, error) {
	k, err := c.kase(ctx, a, n.CaseID)
	if err != nil {
		return "", err
	}
	if err := c.checkDecision(&n); err != nil {
		return "", err
	}
	if v, err := c.decided(ctx, n); err != nil || v != "" {
		return v, err
	}
	v, err := c.decideOnce(ctx, a, k, n)
	if err != nil {
		// The same form, sent twice, may have decided in between.
		if v, again := c.decided(ctx, n); again == nil && v != "" {
			return v, nil
		}
	}
	return v, err
}

func (c *Community) decideOnce(ctx context.Context, a Actor, k CaseRow, n NewDecision) (Verdict, error) {
	bar, err := c.bar(ctx, a, k.ID)
	if err != nil {
		return "", err
	}
	if bar != BarNone && bar != BarTraining && bar != BarProposed {
		return "", invalid("", bar.Words())
	}
	if !holds(a, k.Case, c.now()) || k.Lease != n.Lease || k.Version != n.Version || k.Revision != n.Revision {
		return "", c.conflict(ctx, a, n, decisionLost)
	}
	r, err := c.review(ctx, k)
	if err != nil {
		return "", err
	}
	if err := c.fits(r, n); err != nil {
		return "", err
	}
	var v Verdict
	err = c.store.Tx(ctx, func(tx Store) (err error) {
		v, err = c.sign(ctx, tx, a, r, n)
		return err
	})
	if errors.Is(err, ErrLost) || errors.Is(err, ErrTaken) {
		return "", c.conflict(ctx, a, n, decisionLost)
	}
	if err != nil {
		return "", fmt.Errorf("decide case %d: %w", n.CaseID, err)
	}
	c.Nudge()
	return v, nil
}

// review is a case with what a decision on it has to look at.
type review struct {
	CaseRow
	signals   []SignalRow
	appeals   []Appeal // open ones
	decisions []DecisionRow
	proposals []Proposal
	consults  []Consult
}

func (c *Community) review(ctx context.Context, k CaseRow) (r review, err error) {
	r.CaseRow = k
	if r.signals, err = c.store.Signals(ctx, k.ID); err != nil {
		return r, fmt.Errorf("read the signals of case %d: %w", k.ID, err)
	}
	if r.appeals, err = c.store.OpenAppeals(ctx, k.ID); err != nil {
		return r, fmt.Errorf("read the appeals of case %d: %w", k.ID, err)
	}
	if r.decisions, err = c.store.Decisions(ctx, k.ID); err != nil {
		return r, fmt.Errorf("read the decisions of case %d: %w", k.ID, err)
	}
	if r.proposals, err = c.store.Proposals(ctx, k.ID); err != nil {
		return r, fmt.Errorf("read the proposals of case %d: %w", k.ID, err)
	}
	if r.consults, err = c.store.Consults(ctx, k.ID); err != nil {
		return r, fmt.Errorf("read the questions of case %d: %w", k.ID, err)
	}
	return r, nil
}

// decisionKey is what a form may use to name itself.
var decisionKey = regexp.MustCompile(`^[A-Za-z0-9_-]{1,100}$`)

// checkDecision finds what is wrong with a form on its own.
func (c *Community) checkDecision(n *NewDecision) error {
	var faults []error
	fault := func(field, message string) { faults = append(faults, invalid(field, message)) }
	out, known := effects[n.Action]
	if !known {
		fault("action", "Please choose what should happen to the post.")
	}
	if !decisionKey.MatchString(n.Key) {
		fault("key", "This form is incomplete. Please open the case again.")
	}
	r, named := c.reason(n.Reason)
	if !named && (n.Reason != "" || !out.bare || len(n.Measures) > 0) {
		fault("reason", "Please choose a reason. The author is told why.")
	}
	for _, text := range []struct {
		in            *string
		field, called string
		least         int
	}{
		{&n.Message, "message", "the message", 0}, {&n.Answer, "answer", "the answer", 0}, {&n.Note, "note", "the note", 0},
		{&n.Correction, "correction", "the correction", least(n.Action == ActionCorrect)}, {&n.Question, "question", "the question", least(n.Action == ActionMidwife)},
	} {
		var err error
		if *text.in, err = checkText(text.field, text.called, *text.in, text.least, MaxNote); err != nil {
			faults = append(faults, err)
		}
	}
	if err := checkMentions(n.Mentions); err != nil {
		faults = append(faults, err)
	}
	if n.Action == ActionNote && len(n.Mentions) == 0 {
		fault("mentions", "Please choose the content note to put on the post.")
	}
	if _, known := c.Topics.Find(n.Topic); n.Action == ActionMove && !known {
		fault("topic", "Please choose the topic that it belongs in.")
	}
	for id, o := range n.Outcomes {
		if id <= 0 || o == OutcomeOpen || !slices.Contains(Outcomes, o) {
			fault("outcomes", "Please choose from the list what came of each signal.")
			break
		}
	}
	if len(n.Measures) > 0 && named && r.Welfare {
		fault("measures", "This reason is about care. Care is never a measure against somebody.")
	}
	for _, m := range n.Measures {
		if err := m.check(); err != nil {
			faults = append(faults, err)
		}
	}
	return errors.Join(faults...)
}

func least(needed bool) int {
	if needed {
		return 1
	}
	return 0
}

// fits finds what a form asks for that this case has no place for.
func (c *Community) fits(r review, n NewDecision) error {
	withdrawn := r.PostState == StateWithdrawn
	verdict := n.Action == ActionUphold || n.Action == ActionOverturn
	switch {
	case withdrawn && n.Action != ActionKeep && !verdict:
		return invalid("action", "The writer took this post back. “Keep it” closes the case and changes nothing.")
	case verdict && len(r.appeals) == 0:
		return invalid("action", "Nobody has asked for another look at this case.")
	case n.Action == ActionMove && r.Part != PartOpening:
		return invalid("action", "Only a whole conversation can move to another topic.")
	case n.Action == ActionMove && n.Topic == r.Topic:
		return invalid("topic", "It is in this topic already.")
	case n.Action == ActionRedact && (len(n.Lines) == 0 || coverLines(r.Body, n.Lines) == r.Body):
		return invalid("lines", "Please choose the lines to cover.")
	}
	reason, _ := c.reason(n.Reason)
	if reason.Second == SecondMidwife && effects[n.Action].state == CaseDecided && !slices.ContainsFunc(r.consults, func(q Consult) bool {
		return q.State == ConsultAnswered && q.Revision == r.Revision
	}) {
		return invalid("reason", "A midwife has to look at this first. Please choose “ask a midwife”.")
	}
	for _, m := range n.Measures {
		misused := slices.ContainsFunc(r.signals, func(s SignalRow) bool {
			return s.PersonID != nil && *s.PersonID == m.PersonID && n.Outcomes[s.ID] == OutcomeMisuse
		})
		if m.PersonID != r.AuthorID && !misused {
			return invalid("measures", "A measure is for the writer, or for somebody whose report was misuse.")
		}
	}
	return nil
}

// decided says what came of this very form, if it was carried out already.
func (c *Community) decided(ctx context.Context, n NewDecision) (Verdict, error) {
	_, err := c.store.DecisionByKey(ctx, n.CaseID, n.Key)
	if err == nil {
		return VerdictDecided, nil
	}
	if !errors.Is(err, ErrNoRow) {
		return "", fmt.Errorf("look up a decision: %w", err)
	}
	p, err := c.store.ProposalByKey(ctx, n.CaseID, n.Key)
	switch {
	case errors.Is(err, ErrNoRow):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("look up a proposal: %w", err)
	case p.State == ProposalDiffers || p.State == ProposalSettled:
		return VerdictDiffers, nil
	}
	return VerdictProposed, nil
}

// coverLines hides lines of a text, counted from 1.
func coverLines(text string, lines []int) string {
	all := strings.Split(text, "\n")
	for _, n := range lines {
		if n >= 1 && n <= len(all) && strings.TrimSpace(all[n-1]) != "" {
			all[n-1] = coveredLine
		}
	}
	return strings.Join(all, "\n")
}

const coveredLine = "[Our team has covered this line.]"

// Move is the guarded step of a case out of its holder's hands.
type Move struct {
	CaseID    int64
	Lease     string
	Version   int64
	Revision  int
	To        CaseState
	WaitFor   WaitFor
	WaitUntil *time.Time
	Now       time.Time
}
