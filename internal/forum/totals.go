package forum

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"snowdrop/moderation"
)

// FewerThan is the count below which the public totals say only that it is
// small: in a small community a one or a two points to a person.
const FewerThan = 5

// Count is a number on the public page.
type Count struct {
	Label  string
	N      int
	Hidden bool // fewer than [FewerThan], or left out so that another one cannot be worked out; N is 0 then
}

// FirstLook is how long cases of a band waited until a person looked.
type FirstLook struct {
	Band   moderation.Band
	Cases  Count
	Median time.Duration // zero when Cases is hidden
}

// Totals is what the public may know of one month's moderation.
type Totals struct {
	Month      time.Time // its first moment, UTC
	Decisions  Count
	Reasons    []Count // by reason code; Label is the code
	Actions    []Count
	Looks      []FirstLook
	Appeals    Count
	Overturned Count
}

// TotalsRow is a decision as far as the totals look at it.
type TotalsRow struct {
	Band      moderation.Band
	Action    Action
	Reason    string
	OpenedAt  *time.Time
	LookedAt  *time.Time
	CreatedAt time.Time
}

// Totals counts one month that is over. Anybody may see it. A month that is still
// running is not found: counting it day by day would tell of single people.
func (c *Community) Totals(ctx context.Context, year int, month time.Month) (Totals, error) {
	from := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
	until := from.AddDate(0, 1, 0)
	if year < 2000 || year > 9999 || c.now().Before(until) {
		return Totals{}, errNotFound
	}
	rows, err := c.store.DecisionsBetween(ctx, from, until)
	if err != nil {
		return Totals{}, fmt.Errorf("count decisions: %w", err)
	}
	appeals, err := c.store.AppealsBetween(ctx, from, until)
	if err != nil {
		return Totals{}, fmt.Errorf("count appeals: %w", err)
	}
	t := Totals{Month: from, Decisions: counted("", len(rows)), Appeals: counted("", len(appeals))}
	reasons, actions, waits := map[string]int{}, map[string]int{}, map[moderation.Band][]time.Duration{}
	for _, r := range rows {
		reasons[r.Reason]++
		actions[string(r.Action)]++
		if r.OpenedAt != nil && r.LookedAt != nil {
			waits[r.Band] = append(waits[r.Band], r.LookedAt.Sub(*r.OpenedAt))
		}
	}
	overturned := 0
	for _, s := range appeals {
		if s == AppealOverturned || s == AppealPartly {
			overturned++
		}
	}
	t.Overturned = counted("", overturned)
	t.Reasons, t.Actions = table(reasons), table(actions)
	looks := map[string]int{}
	for _, b := range Bands {
		if len(waits[b]) > 0 {
			looks[string(b)] = len(waits[b])
		}
	}
	for _, n := range table(looks) {
		l := FirstLook{Band: moderation.Band(n.Label), Cases: n}
		if !n.Hidden {
			all := waits[l.Band]
			slices.Sort(all)
			l.Median = all[len(all)/2].Round(time.Minute)
		}
		t.Looks = append(t.Looks, l)
	}
	return t, nil
}

func counted(label string, n int) Count {
	if n > 0 && n < FewerThan {
		return Count{Label: label, Hidden: true}
	}
	return Count{Label: label, N: n}
}

// table hides the small counts of a table, and the next larger one with a single
// small one: the sum would give it away.
func table(counts map[string]int) []Count {
	var labels []string
	for label := range counts {
		labels = append(labels, label)
	}
	slices.SortFunc(labels, func(a, b string) int { return cmp.Or(counts[a]-counts[b], cmp.Compare(a, b)) })
	var list []Count
	hidden := 0
	for _, label := range labels {
		n := counted(label, counts[label])
		if !n.Hidden && hidden == 1 {
			n = Count{Label: label, Hidden: true}
		}
		if n.Hidden {
			hidden++
		}
		list = append(list, n)
	}
	slices.SortFunc(list, func(a, b Count) int { return cmp.Compare(a.Label, b.Label) })
	return list
}
