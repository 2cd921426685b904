package corpus

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

var tags = []string{
	"abuse", "coercion", "child_risk", "under_18", "personal_data", "medical_advice", "method_detail", "conflict", "spam",
	"mention_pregnancy", "mention_living_child", "mention_birth", "mention_scan", "mention_graphic", "mention_faith",
}

func TestEveryPostIsWellFormed(t *testing.T) {
	posts, err := All()
	if err != nil {
		t.Fatal(err)
	}
	byID, texts := map[string]Post{}, map[string]string{}
	for _, p := range posts {
		if _, twice := byID[p.ID]; twice || p.ID == "" {
			t.Errorf("id %q stands twice, or is empty", p.ID)
		}
		byID[p.ID] = p
		if other, twice := texts[p.Text]; twice {
			t.Errorf("%s has the words of %s", p.ID, other)
		}
		texts[p.Text] = p.ID
		if p.Mind < 0 || p.Mind > 4 || p.Body < 0 || p.Body > 3 || strings.TrimSpace(p.Text) == "" || !utf8.ValidString(p.Text) {
			t.Errorf("%s: mind %d, body %d, text %q", p.ID, p.Mind, p.Body, p.Text)
		}
		for _, tag := range p.Tags {
			if !slices.Contains(tags, tag) {
				t.Errorf("%s has the unknown tag %q", p.ID, tag)
			}
		}
	}
	for _, p := range posts {
		if original, known := byID[p.Family]; !known || original.Family != original.ID {
			t.Errorf("%s is of family %q, which is no original", p.ID, p.Family)
		}
	}
}

// TestTheCorpusIsLargeEnough holds it to its size: enough posts, enough pairs,
// and enough ordinary grief to see false alarms.
func TestTheCorpusIsLargeEnough(t *testing.T) {
	posts, err := All()
	if err != nil {
		t.Fatal(err)
	}
	variants, grief := 0, 0
	parts := map[Part]int{}
	for _, p := range posts {
		parts[p.Part()]++
		if p.Family != p.ID {
			variants++
		}
		if p.Category == "grief" && p.Mind == 0 && p.Body == 0 {
			grief++
		}
	}
	if len(posts) < 2000 || variants < 600 || grief < 600 {
		t.Errorf("%d posts, %d variants, %d of ordinary grief; want 2000, 600 and 600", len(posts), variants, grief)
	}
	for part, least := range map[Part]int{Training: 10000, Tuning: 1000, Frozen: 2000} {
		if parts[part] < least {
			t.Errorf("%s holds %d posts, want %d at least", part, parts[part], least)
		}
	}
}
