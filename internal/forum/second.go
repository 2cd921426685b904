package forum

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"

	"snowdrop/moderation"
)

// ProposalState is where a decision that needs a second person is.
type ProposalState string

// The states.
const (
	ProposalOpen    ProposalState = "open"    // nobody else has decided yet
	ProposalAgreed  ProposalState = "agreed"  // two decided the same
	ProposalDiffers ProposalState = "differs" // two decided differently; a lead decides
	ProposalSettled ProposalState = "settled" // a lead did; the pair is kept to learn from
	ProposalVoid    ProposalState = "void"    // the words changed meanwhile
)

// ProposalStates lists them.
var ProposalStates = []ProposalState{ProposalOpen, ProposalAgreed, ProposalDiffers, ProposalSettled, ProposalVoid}

// Proposal is a decision that waits for somebody else to decide without having
// seen it.
type Proposal struct {
	ID          int64
	CaseID      int64
	CaseVersion int64
	Key         string
	Revision    int
	Form        string // the [NewDecision], JSON
	ByID        int64
	State       ProposalState
	CreatedAt   time.Time
}

// Decision reads what was proposed.
func (p Proposal) Decision() (n NewDecision, err error) {
	err = json.Unmarshal([]byte(p.Form), &n)
	return n, err
}

// NeedsSecond says in a sentence why a decision needs a second person; empty when
// it does not. What only protects for now never waits.
func (c *Community) NeedsSecond(k CaseRow, appealed []Decision, n NewDecision) string {
	r, _ := c.reason(n.Reason)
	protects := n.Action == ActionHold || n.Action.asks()
	switch {
	case slices.ContainsFunc(n.Measures, func(m NewMeasure) bool { return m.Kind == MeasureBan }):
		return "Nobody is banned by one person alone."
	case n.NotSure:
		return "You asked for a second person."
	case protects:
		return ""
	case n.Action == ActionEmergency:
		return "Two people agree before anybody outside is told."
	case n.Action == ActionRemove && k.Part == PartOpening && k.Kind != Question:
		return "A parent's own story is not taken down by one person alone."
	case r.Second == SecondAlways, r.Second == SecondCrisis && k.Band == moderation.P0:
		return "This reason asks for a second person."
	case n.Action == ActionOverturn && slices.ContainsFunc(appealed, func(d Decision) bool { return Heavy(d.Band) }):
		return "This was a case of band P0 or P1, so two people agree."
	}
	return ""
}

// appealed lists the decisions that the open appeals are about.
func (r review) appealed() []Decision {
	var list []Decision
	for _, d := range r.decisions {
		if slices.ContainsFunc(r.appeals, func(a Appeal) bool { return a.DecisionID == d.ID }) {
			list = append(list, d.Decision)
		}
	}
	return list
}

// sign carries a decision out, or keeps it for a second person, or holds it
// against the first one's.
func (c *Community) sign(ctx context.Context, tx Store, a Actor, r review, n NewDecision) (Verdict, error) {
	var first *Proposal
	for i, p := range r.proposals {
		switch {
		case p.State == ProposalOpen && p.Revision == r.Revision && p.ByID != a.ID:
			first = &r.proposals[i]
		case p.State == ProposalDiffers:
			if n.Action.asks() {
				continue
			}
			if err := c.carryOut(ctx, tx, a.ID, nil, r, n); err != nil {
				return "", err
			}
			return VerdictDecided, tx.SetProposals(ctx, r.ID, ProposalDiffers, ProposalSettled)
		}
	}
	if n.Action.asks() || first == nil && c.NeedsSecond(r.CaseRow, r.appealed(), n) == "" {
		return VerdictDecided, c.carryOut(ctx, tx, a.ID, nil, r, n)
	}
	if first == nil {
		return VerdictProposed, c.propose(ctx, tx, a, r, n)
	}
	chosen, err := first.Decision()
	if err != nil {
		return "", fmt.Errorf("read proposal %d: %w", first.ID, err)
	}
	if !same(chosen, n) {
		return VerdictDiffers, c.differ(ctx, tx, a, r, n)
	}
	chosen.Lease, chosen.Version, chosen.Key = n.Lease, n.Version, n.Key
	if err := c.carryOut(ctx, tx, first.ByID, &a.ID, r, chosen); err != nil {
		return "", err
	}
	return VerdictDecided, tx.SetProposals(ctx, r.ID, ProposalOpen, ProposalAgreed)
}

// same says whether two people decided the same: all that happens to somebody,
// not the words that go with it.
func same(a, b NewDecision) bool {
	bare := func(n NewDecision) NewDecision {
		n.Lines, n.Mentions = slices.Clone(n.Lines), slices.Clone(n.Mentions)
		n.Measures = slices.Clone(n.Measures)
		slices.Sort(n.Lines)
		slices.Sort(n.Mentions)
		slices.SortFunc(n.Measures, func(x, y NewMeasure) int {
			return cmp.Or(cmp.Compare(x.PersonID, y.PersonID), cmp.Compare(x.Kind, y.Kind))
		})
		n = NewDecision{Action: n.Action, Reason: n.Reason, FalseAlarm: n.FalseAlarm, Mentions: n.Mentions, Lines: n.Lines, Topic: n.Topic, Measures: n.Measures}
		if len(n.Mentions) == 0 {
			n.Mentions = nil
		}
		if len(n.Lines) == 0 {
			n.Lines = nil
		}
		if len(n.Measures) == 0 {
			n.Measures = nil
		}
		return n
	}
	return reflect.DeepEqual(bare(a), bare(b))
}

// propose keeps a decision for a second person. What protects happens first: in
// the bands where waiting could hurt somebody, a post that is to go is held
// meanwhile.
func (c *Community) propose(ctx context.Context, tx Store, a Actor, r review, n NewDecision) error {
	if err := c.keepProposal(ctx, tx, a, r, n, ProposalOpen, WaitSecond); err != nil {
		return err
	}
	to := effects[n.Action].post
	hides := r.PostState.Shown() && to != "" && (!to.Shown() || to == StateFolded && r.PostState == StatePublic)
	if hides && (Heavy(r.Band) || r.Band == moderation.P2) {
		protect := StateHeld
		if to == StateFolded {
			protect = StateFolded
		}
		if err := move(ctx, tx, r.PostID, r.PostState, protect, c.now()); err != nil {
			return err
		}
	}
	if err := c.recordCase(ctx, tx, &a.ID, r.ID, "case.proposed", ""); err != nil { // what, nobody may read before the second has decided
		return err
	}
	return c.tellTeam(ctx, tx, r.Case, fmt.Sprintf("second:%d:%d", r.ID, n.Version), fmt.Sprintf("A case needs a second person (%s)", r.Band), "Please decide without asking what the first one chose.", !Heavy(r.Band))
}

// differ hands a case on which two decided differently to a lead.
func (c *Community) differ(ctx context.Context, tx Store, a Actor, r review, n NewDecision) error {
	if err := c.keepProposal(ctx, tx, a, r, n, ProposalDiffers, WaitLead); err != nil {
		return err
	}
	if err := tx.SetProposals(ctx, r.ID, ProposalOpen, ProposalDiffers); err != nil {
		return err
	}
	if err := c.recordCase(ctx, tx, &a.ID, r.ID, "case.differs", ""); err != nil {
		return err
	}
	return c.tellTeam(ctx, tx, r.Case, fmt.Sprintf("differs:%d:%d", r.ID, n.Version), fmt.Sprintf("Two people decided differently (%s)", r.Band), "A lead who is neither of them decides.", true)
}

func (c *Community) keepProposal(ctx context.Context, tx Store, a Actor, r review, n NewDecision, as ProposalState, wait WaitFor) error {
	now := c.now()
	to := Move{CaseID: r.ID, Lease: n.Lease, Version: n.Version, Revision: n.Revision, To: CaseWaiting, WaitFor: wait, WaitUntil: c.waitUntil(wait, r.Band, now), Now: now}
	if err := tx.DecideCase(ctx, to); err != nil {
		return err
	}
	form, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("keep a decision: %w", err)
	}
	p := Proposal{CaseID: r.ID, CaseVersion: n.Version, Key: n.Key, Revision: n.Revision, Form: string(form), ByID: a.ID, State: as, CreatedAt: now}
	return tx.AddProposal(ctx, &p)
}
