package moderation

import "testing"

func TestShippedRulesLoad(t *testing.T) {
	e, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rules, %d nodes, %d edges, %d symbols", len(e.rules), len(e.trie.nodes), len(e.trie.edges), len(e.lex.names))
	for i := range e.rules {
		r := &e.rules[i].Rule
		for _, text := range r.Hits {
			if !e.speaks(r, text) {
				t.Errorf("%s:%d: %s does not find %q", r.File, r.Line, r.ID, text)
			}
		}
		for _, text := range r.Misses {
			if e.speaks(r, text) {
				t.Errorf("%s:%d: %s finds %q: %+v", r.File, r.Line, r.ID, text, e.Assess(text).Findings)
			}
		}
	}
}
