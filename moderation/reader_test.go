package moderation

import (
	"slices"
	"strings"
	"testing"

	"snowdrop/moderation/corpus"
)

func corpusPosts(t testing.TB, parts ...corpus.Part) []corpus.Post {
	t.Helper()
	posts, err := corpus.All()
	if err != nil {
		t.Fatal(err)
	}
	if len(parts) == 0 {
		return posts
	}
	return slices.DeleteFunc(posts, func(p corpus.Post) bool { return !slices.Contains(parts, p.Part()) })
}

func TestReaderWasTrainedOnThisCorpus(t *testing.T) {
	w, err := DecodeWeights(shippedReader)
	if err != nil {
		t.Fatal(err)
	}
	hash, err := corpus.Hash(corpusPosts(t))
	if err != nil {
		t.Fatal(err)
	}
	if w.Head.Corpus != hash {
		t.Errorf("the second reader learned from corpus %.12s and the corpus is %.12s: run go generate ./moderation", w.Head.Corpus, hash)
	}
	t.Logf("trained beside rules %s; the rules are %s", w.Head.Rules, shippedEngine().version)
	if len(shippedReader) > 3_200_000 {
		t.Errorf("reader.bin has %d bytes", len(shippedReader))
	}
}

func TestWeightsSurviveEncoding(t *testing.T) {
	w, err := DecodeWeights(shippedReader)
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if string(again) != string(shippedReader) {
		t.Error("encoded differently")
	}
	for _, n := range []int{0, 10, 1000, 5000, len(shippedReader) - 1} {
		if _, err := DecodeWeights(shippedReader[:n]); err == nil {
			t.Errorf("%d bytes of the weights were taken for all", n)
		}
	}
}

// TestReaderOnlyRaises: on every fourth post of the corpus, what counted by the
// rules alone still counts, and every axis and tag is at least as high.
func TestReaderOnlyRaises(t *testing.T) {
	both := shippedEngine()
	alone := both.WithWeights(nil)
	for i, p := range corpusPosts(t) {
		if i%4 != 0 {
			continue
		}
		a, b := alone.Assess(p.Text), both.Assess(p.Text)
		if b.Mind < a.Mind || b.Body < a.Body || a.Band.worse(b.Band) || b.Disposition != b.Disposition.stricter(a.Disposition) {
			t.Errorf("%s: lowered from mind %d body %d %s to mind %d body %d %s", p.ID, a.Mind, a.Body, a.Band, b.Mind, b.Body, b.Band)
		}
		for _, tag := range a.Tags {
			if !slices.Contains(b.Tags, tag) {
				t.Errorf("%s: lost %s", p.ID, tag)
			}
		}
		if !slices.IsSorted(b.Tags) || len(slices.Compact(slices.Clone(b.Tags))) != len(b.Tags) {
			t.Errorf("%s: tags %v", p.ID, b.Tags)
		}
		if len(b.Findings) < maxFindings {
			for _, f := range a.Findings {
				if !f.Cancelled && !slices.ContainsFunc(b.Findings, func(g Finding) bool {
					return f.Rule == g.Rule && f.Start == g.Start && f.End == g.End && !g.Cancelled && g.Level >= f.Level
				}) {
					t.Errorf("%s: the finding of %s at %q is lost or lowered", p.ID, f.Rule, f.Quote)
				}
			}
		}
		for _, f := range b.Findings {
			if !strings.HasPrefix(f.Rule, "reader.") {
				continue
			}
			if f.Start < 0 || f.Start >= f.End || f.End > len(p.Text) || !boundary(p.Text, f.Start) || !boundary(p.Text, f.End) ||
				f.Quote != p.Text[f.Start:f.End] || f.Cancelled || !strings.HasSuffix(f.Why, ".") {
				t.Errorf("%s: bad finding %+v", p.ID, f)
			}
		}
	}
}

// TestReaderOnHostileText holds its spans on texts made to break them.
func TestReaderOnHostileText(t *testing.T) {
	e := shippedEngine()
	w, err := DecodeWeights(shippedReader)
	if err != nil {
		t.Fatal(err)
	}
	for i := range w.Head.Targets {
		w.Head.Targets[i].Threshold = 0
	}
	e = e.WithWeights(w) // speaks always
	for name, unit := range hostile {
		text := strings.Repeat(unit, 40) + robust[0]
		for _, f := range e.Assess(text).Findings {
			if f.Start < 0 || f.Start >= f.End || f.End > len(text) || !boundary(text, f.Start) || !boundary(text, f.End) {
				t.Errorf("%s: %+v", name, f)
			}
		}
	}
	if got := e.Assess(""); len(got.Findings) != 0 {
		t.Errorf("an empty text has %+v", got.Findings)
	}
}

// TestReaderIsRobust rewrites posts of the corpus that ask for people, and asks
// that what was read stays.
func TestReaderIsRobust(t *testing.T) {
	posts := corpusPosts(t, corpus.Training)
	strict := []string{"upper case", "lower case", "curly", "emoji", "greeting", "double space", "shouting"}
	loose := []string{"zero width", "look-alikes", "full width", "accents"}
	for _, c := range []struct {
		names []string
		least float64
	}{{strict, 0.99}, {loose, 0.95}} {
		kept, all := 0, 0
		for i := 0; i < len(posts); i += 5 {
			want := Assess(posts[i].Text)
			if want.Band == None && want.Body == 0 || slices.Contains(want.Tags, TagPersonalData) {
				continue
			}
			for _, name := range c.names {
				all++
				got := Assess(rewrites[name](posts[i].Text))
				if got.Mind >= want.Mind && got.Body >= want.Body && !want.Band.worse(got.Band) {
					kept++
				} else {
					t.Logf("%s: mind %d body %d %v becomes %d %d %v: %q", name, want.Mind, want.Body, want.Tags, got.Mind, got.Body, got.Tags, posts[i].Text)
				}
			}
		}
		t.Logf("%v: %d of %d keep the reading", c.names, kept, all)
		if float64(kept) < c.least*float64(all) {
			t.Errorf("%v: %d of %d keep the reading, want %.0f%%", c.names, kept, all, 100*c.least)
		}
	}
}

func BenchmarkReaderOnly1k(b *testing.B) {
	e := shippedEngine()
	s := e.second
	r := e.read(strings.Repeat(benchText+" ", 2)[:1000])
	b.ReportAllocs()
	for b.Loop() {
		s.hear(r, nil)
	}
}
