package forum

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"snowdrop/moderation"
)

// What the screens of the team ask for beside the use cases: whether something
// has changed, what a decision would say to whom, and who is on the team.

// Mark grows with everything that is put on record, and so with whatever changes
// a queue. It is one row's number, cheap enough to be asked for every second.
func (c *Community) Mark(ctx context.Context) (int64, error) {
	head, err := c.store.RecordHead(ctx)
	if err != nil {
		return 0, fmt.Errorf("read the end of the record: %w", err)
	}
	return head.EntryID, nil
}

// CaseMark says which version of a case and of its post stands now, and whether
// the actor holds it. It carries nobody's words.
type CaseMark struct {
	ID       int64
	Version  int64
	Revision int
	Mine     bool
	PostID   int64
	AuthorID int64
}

// CaseMark reads the mark of a case.
func (c *Community) CaseMark(ctx context.Context, a Actor, id int64) (CaseMark, error) {
	k, err := c.kase(ctx, a, id)
	if err != nil {
		return CaseMark{}, err
	}
	return CaseMark{ID: id, Version: k.Version, Revision: k.Revision, Mine: holds(a, k.Case, c.now()), PostID: k.PostID, AuthorID: k.AuthorID}, nil
}

// Changes says what changed since the actor saw a case: a [*Conflict], or why
// that cannot be said.
func (c *Community) Changes(ctx context.Context, a Actor, n NewDecision) error {
	return c.conflict(ctx, a, n, "This case has changed since you opened it. What you typed is still on the page.")
}

// Preview is what a decision would say to people, before it is taken.
type Preview struct {
	Told     bool   // the writer hears of it
	Writer   string // what they read
	Measure  string // what it means for them, said with it
	Reports  int    // open reports by members, who each hear what came of it
	Reporter string // what they read, unless their report has an outcome of its own
	Second   string // why a second person is needed; empty: none is
}

// Preview says what a decision would tell whom. It changes nothing and checks
// nothing.
func (c *Community) Preview(ctx context.Context, a Actor, n NewDecision) (Preview, error) {
	k, err := c.kase(ctx, a, n.CaseID)
	if err != nil {
		return Preview{}, err
	}
	r, err := c.review(ctx, k)
	if err != nil {
		return Preview{}, err
	}
	n.Message = strings.TrimSpace(n.Message)
	now := c.now()
	v := Preview{Writer: c.message(n), Measure: c.measureWords(k.AuthorID, n, now), Second: c.NeedsSecond(k, r.appealed(), n)}
	v.Told = c.tells(k, n)
	for _, s := range r.signals {
		if s.Kind != SignalReport || s.Outcome != OutcomeOpen || s.PersonID == nil {
			continue
		}
		v.Reports++
		if _, chosen := n.Outcomes[s.ID]; !chosen && v.Reporter == "" {
			v.Reporter = c.reporterWords(s.Door, c.outcome(s, n), n)
		}
	}
	return v, nil
}

// Contexts says, for each finding that was cancelled, which words around it made
// it count for nothing. Signals don't keep that, so the text is read again.
func (c *Community) Contexts(ctx context.Context, v CasePage) map[int64]string {
	title := ""
	if v.Case.Part == PartOpening {
		title = v.Case.ThreadTitle
	}
	text, offset := v.Case.Body, 0
	if title != "" {
		text, offset = title+"\n\n"+text, len(title)+2
	}
	if !slices.ContainsFunc(v.Signals, func(s SignalRow) bool { return s.Cancelled && s.Revision == v.Case.Revision }) {
		return nil
	}
	a, ok := c.assess(ctx, text)
	if !ok {
		return nil
	}
	found := map[int64]string{}
	for _, s := range v.Signals {
		start := s.Start + offset
		if s.InTitle {
			start = s.Start
		}
		i := slices.IndexFunc(a.Findings, func(f moderation.Finding) bool { return f.Rule == s.Rule && f.Start == start && f.Cancelled })
		if s.Cancelled && s.Revision == v.Case.Revision && i >= 0 {
			found[s.ID] = strings.Join(a.Findings[i].Changed, ", ")
		}
	}
	return found
}

// PastDecisions lists what was decided about somebody's posts, newest first, for
// those who moderate.
func (c *Community) PastDecisions(ctx context.Context, a Actor, personID int64) ([]MyDecision, error) {
	if !a.Moderates() {
		return nil, errNotFound
	}
	list, err := c.store.DecisionsAbout(ctx, personID)
	if err != nil {
		return nil, fmt.Errorf("list decisions about person %d: %w", personID, err)
	}
	return list, nil
}

// Team lists those who moderate, by name, for leads.
func (c *Community) Team(ctx context.Context, a Actor) ([]Actor, error) {
	if !a.Has(RoleLead) {
		return nil, errNotFound
	}
	var ids []int64
	for _, role := range []Role{RoleModerator, RoleLead} {
		some, err := c.store.People(ctx, role)
		if err != nil {
			return nil, fmt.Errorf("list the team: %w", err)
		}
		ids = append(ids, some...)
	}
	slices.Sort(ids)
	var team []Actor
	for _, id := range slices.Compact(ids) {
		one, err := c.store.Actor(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("look up person %d: %w", id, err)
		}
		team = append(team, one)
	}
	slices.SortFunc(team, func(x, y Actor) int { return cmp.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name)) })
	return team, nil
}
