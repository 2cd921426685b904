package forum

import (
	"context"
	"fmt"
	"slices"

	"snowdrop/moderation"
)

// reasonSpam is the reason code of adverts.
const reasonSpam = "C4"

// SpamCase names a case as a moderator saw it in the list of adverts.
type SpamCase struct {
	ID, Version int64
	Revision    int
}

// SpamResult is what came of one case: a verdict, or why it was left.
type SpamResult struct {
	SpamCase
	Verdict Verdict
	Err     error
}

// SpamCases lists routine cases about adverts that the actor may decide and that
// nobody has in their hands, as many as may be decided together.
func (c *Community) SpamCases(ctx context.Context, a Actor) ([]CaseRow, error) {
	// Some are barred or held; enough is read that they seldom shorten the list.
	rows, err := c.Queue(ctx, a, QueueQuery{Band: moderation.P4, Category: string(moderation.TagSpam), Limit: 4 * c.MostSpam})
	if err != nil {
		return nil, err
	}
	now := c.now()
	var list []CaseRow
	for _, k := range rows {
		if len(list) == c.MostSpam {
			break
		}
		bar, err := c.bar(ctx, a, k.ID)
		if err != nil {
			return nil, err
		}
		held := k.LeaseUntil != nil && now.Before(*k.LeaseUntil)
		if bar == BarNone && !held && k.PostState != StateWithdrawn {
			list = append(list, k)
		}
	}
	return list, nil
}

// RemoveSpam takes down the posts of several cases as adverts. Each is a claim and
// a decision of its own, with its own record and its own message; only cases of
// band P4 that triage or a reader called spam are taken, and only as they were
// seen. It says what came of each, in order; key makes a form sent twice one.
func (c *Community) RemoveSpam(ctx context.Context, a Actor, cases []SpamCase, key string) ([]SpamResult, error) {
	if !a.Moderates() {
		return nil, errNotFound
	}
	if len(cases) == 0 {
		return nil, invalid("cases", "Please tick the posts that are adverts.")
	}
	if len(cases) > c.MostSpam {
		return nil, invalid("cases", fmt.Sprintf("Please tick %d at the most. Each of them deserves a look.", c.MostSpam))
	}
	results := make([]SpamResult, len(cases))
	for i, k := range cases {
		v, err := c.removeSpam(ctx, a, k, key)
		if err != nil && KindOf(err) == Internal {
			return nil, err
		}
		results[i] = SpamResult{k, v, err}
	}
	return results, nil
}

func (c *Community) removeSpam(ctx context.Context, a Actor, seen SpamCase, key string) (Verdict, error) {
	n := NewDecision{CaseID: seen.ID, Revision: seen.Revision, Key: fmt.Sprintf("%s-%d", key, seen.ID), Action: ActionRemove, Reason: reasonSpam}
	if v, err := c.decided(ctx, n); err != nil || v != "" {
		return v, err
	}
	k, err := c.kase(ctx, a, seen.ID)
	if err != nil {
		return "", err
	}
	if err := c.asSeen(k, seen, seen.Version); err != nil {
		return "", err
	}
	signals, err := c.CaseSignals(ctx, a, seen.ID)
	if err != nil {
		return "", err
	}
	advert := func(s SignalRow) bool {
		return s.Category == string(moderation.TagSpam) && !s.Cancelled && s.Outcome == OutcomeOpen
	}
	if k.Band != moderation.P4 || !slices.ContainsFunc(signals, advert) {
		return "", invalid("cases", "Only routine cases about adverts can be decided together.")
	}
	if err := c.Claim(ctx, a, seen.ID); err != nil {
		return "", err
	}
	if k, err = c.kase(ctx, a, seen.ID); err == nil {
		err = c.asSeen(k, seen, seen.Version+1) // the claim is one step
	}
	var v Verdict
	if err == nil {
		n.Lease, n.Version = k.Lease, k.Version
		v, err = c.Decide(ctx, a, n)
	}
	if err != nil {
		_ = c.Release(ctx, a, seen.ID) // its lease would run out anyway
	}
	return v, err
}

// asSeen refuses a case that is not as somebody saw it, and says what changed.
func (c *Community) asSeen(k CaseRow, seen SpamCase, version int64) error {
	said := ""
	switch {
	case !k.State.Live():
		said = "It was decided in the meantime."
	case k.PostState == StateWithdrawn:
		said = "The writer took the post back."
	case k.Revision != seen.Revision:
		said = "The writer changed their words."
	case k.Version != version && k.LeaseUntil != nil && c.now().Before(*k.LeaseUntil):
		said = "Somebody has taken this case."
	case k.Version != version:
		said = "Something new came in for it."
	default:
		return nil
	}
	return &Error{Kind: LostRace, Message: said + " It was left as it is."}
}
