package forum

import (
	"context"
	"fmt"
	"slices"

	"snowdrop/moderation"
)

// RuleFigure is how one triage rule has done in cases.
type RuleFigure struct {
	Rule        string
	Spoke       int // wordings of posts in cases that it found something in
	FalseAlarms int // those of them that a moderator called a false alarm
}

// RuleRow is a triage rule with its figures.
type RuleRow struct {
	moderation.Rule
	Spoke, FalseAlarms int
}

// RulesPage is what staff see of triage.
type RulesPage struct {
	Version string // of all rules together; empty when triage does not answer
	Rules   []RuleRow
	Retired []RuleFigure // of rules that spoke once and are not in use any more
}

// RulesPage lists the triage rules in use with their figures.
func (c *Community) RulesPage(ctx context.Context, a Actor) (RulesPage, error) {
	if !a.Moderates() {
		return RulesPage{}, errNotFound
	}
	figures, err := c.store.RuleFigures(ctx)
	if err != nil {
		return RulesPage{}, fmt.Errorf("count what rules found: %w", err)
	}
	read, _ := c.assess(ctx, "")
	v := RulesPage{Version: read.Rules}
	for _, r := range c.Rules {
		row := RuleRow{Rule: r}
		if i := slices.IndexFunc(figures, func(f RuleFigure) bool { return f.Rule == r.ID }); i >= 0 {
			row.Spoke, row.FalseAlarms = figures[i].Spoke, figures[i].FalseAlarms
			figures = slices.Delete(figures, i, i+1)
		}
		v.Rules = append(v.Rules, row)
	}
	v.Retired = figures
	return v, nil
}

// Trial is what triage makes of a text that nobody posted.
type Trial struct {
	Text       string // tidied as a post would be; the findings' spans are in it
	Assessment moderation.Assessment
	Failed     bool // triage did not answer: a post would be held
	Care       Cards
}

// TryRules reads a text as if it were posted. It is kept nowhere.
func (c *Community) TryRules(ctx context.Context, a Actor, typed string) (Trial, error) {
	if !a.Moderates() {
		return Trial{}, errNotFound
	}
	text, err := checkText("text", "the text", typed, 1, MaxBody)
	if err != nil {
		return Trial{}, err
	}
	read, ok := c.assess(ctx, text)
	t := Trial{Text: text, Assessment: read, Failed: !ok, Care: CareFor(read)}
	if t.Failed {
		t.Care = failedCare
	}
	return t, nil
}

// Spoke says whether triage found anything that counts in one wording of a case's
// post, and with which versions of the rules.
func Spoke(signals []SignalRow, revision int) (spoke bool, versions []string) {
	for _, s := range signals {
		if s.Kind != SignalFinding || s.Cancelled || s.Revision != revision {
			continue
		}
		spoke = true
		if s.Rules != "" && !slices.Contains(versions, s.Rules) {
			versions = append(versions, s.Rules)
		}
	}
	return spoke, versions
}
