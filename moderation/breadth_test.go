package moderation

import (
	_ "embed"
	"slices"
	"strings"
	"testing"
)

//go:embed testdata/breadth.tsv
var breadth string

// TestBreadth holds the share of made-up posts that are read as they should be.
// Rules and second reader learned from these posts, so the figures are a floor
// against regressions and no estimate of how unseen posts fare.
func TestBreadth(t *testing.T) {
	floor := map[string]float64{
		"mind": 0.88, "emergency": 0.90, "urgent": 0.92, "safeguarding": 0.90, "personal_data": 0.94,
		"abuse": 0.85, "medical_advice": 0.90, "spam": 0.90, "ordinary": 0.93,
	}
	right, all := map[string]int{}, map[string]int{}
	for line := range strings.Lines(breadth) {
		label, text, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		a := Assess(text)
		all[label]++
		if readAs(a, label) {
			right[label]++
		} else {
			t.Logf("%s: mind %d body %d %v: %s", label, a.Mind, a.Body, a.Tags, text)
		}
	}
	for label, want := range floor {
		if got := float64(right[label]) / float64(all[label]); got < want {
			t.Errorf("%s: %d of %d, want at least %.0f%%", label, right[label], all[label], 100*want)
		}
	}
}

func readAs(a Assessment, label string) bool {
	switch label {
	case "mind":
		return a.Mind >= 2
	case "emergency":
		return a.Body == 3
	case "urgent":
		return a.Body >= 2
	case "safeguarding":
		return slices.ContainsFunc(a.Tags, func(t Tag) bool {
			return t == TagAbuse || t == TagCoercion || t == TagChildRisk || t == TagUnder18
		})
	case "ordinary":
		return a.Mind == 0 && a.Body == 0 && !slices.ContainsFunc(a.Tags, func(t Tag) bool { return !slices.Contains(Mentions, t) })
	default:
		return slices.Contains(a.Tags, Tag(label))
	}
}
