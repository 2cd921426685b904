package articles

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestAllArticlesAreComplete(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 6 {
		t.Fatalf("%d articles, want six or more", len(all))
	}
	for _, a := range all {
		if !a.NextReview.After(a.LastReviewed) {
			t.Errorf("%s: the next review, %v, is not after the last, %v", a.Slug, a.NextReview, a.LastReviewed)
		}
		if strings.TrimSpace(a.Markdown) == "" {
			t.Errorf("%s has no words", a.Slug)
		}
	}
}

func TestFaultyArticlesAreRefusedByName(t *testing.T) {
	const good = "title: T\nsummary: S\nsources: [x]\nlast_reviewed: 2026-01-01\nnext_review: 2026-07-01\nminutes: 1\n"
	for name, text := range map[string]string{
		"no heading":  "Just words",
		"unknown key": "---\n" + good + "colour: red\n---\nWords",
		"no sources":  "---\n" + strings.Replace(good, "sources: [x]\n", "", 1) + "---\nWords",
		"no date":     "---\n" + strings.Replace(good, "2026-01-01", "soon", 1) + "---\nWords",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(fstest.MapFS{"sad.md": {Data: []byte(text)}})
			if err == nil || !strings.Contains(err.Error(), "sad.md") {
				t.Errorf("got %v, want an error that names sad.md", err)
			}
		})
	}
}
