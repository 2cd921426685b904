package moderation

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"snowdrop/moderation/corpus"
)

// TestEveryRuleKeepsItsExamples is the gate for every change of a rule: what its
// author said it must find, it finds, and the near misses stay misses.
func TestEveryRuleKeepsItsExamples(t *testing.T) {
	e := shippedEngine()
	for i := range e.rules {
		r := &e.rules[i].Rule
		for _, text := range r.Hits {
			if !e.speaks(r, text) {
				t.Errorf("%s:%d: %s does not find %q", r.File, r.Line, r.ID, text)
			}
		}
		for _, text := range r.Misses {
			if e.speaks(r, text) {
				t.Errorf("%s:%d: %s finds %q", r.File, r.Line, r.ID, text)
			}
		}
	}
}

func TestNoRuleClaimsASignOff(t *testing.T) {
	for _, r := range shippedEngine().Rules() {
		if r.SignedOff != "" {
			t.Errorf("%s says it is signed off by %q; that needs a named clinician and a date in the hazard log", r.ID, r.SignedOff)
		}
	}
}

func TestBandsAndDispositions(t *testing.T) {
	for _, c := range []struct {
		mind, body  int
		tags        []Tag
		band        Band
		disposition Disposition
	}{
		{0, 0, nil, None, Publish},
		{1, 0, nil, P3, Publish},
		{2, 0, nil, P1, Fold},
		{3, 0, nil, P0, Hold},
		{4, 0, nil, P0, Hold},
		{0, 1, nil, None, Publish},
		{0, 2, nil, P1, Publish},
		{0, 3, nil, P0, Hold},
		{2, 2, nil, P1, Fold},
		{0, 0, []Tag{TagAbuse}, P1, Fold},
		{0, 0, []Tag{TagCoercion}, P1, Fold},
		{0, 0, []Tag{TagChildRisk}, P1, Fold},
		{0, 0, []Tag{TagPersonalData}, P2, Hold},
		{0, 0, []Tag{TagMethodDetail}, P2, Hold},
		{0, 0, []Tag{TagMedicalAdvice}, P2, Publish},
		{0, 0, []Tag{TagUnder18}, P2, Publish},
		{0, 0, []Tag{TagConflict}, P2, Publish},
		{0, 0, []Tag{TagSpam}, P4, Hold},
		{0, 0, []Tag{TagMentionScan}, None, Publish},
		{1, 2, []Tag{TagSpam}, P1, Hold},
	} {
		a := Assessment{Mind: c.mind, Body: c.body, Tags: c.tags}
		a.settle(nil)
		if a.Band != c.band || a.Disposition != c.disposition {
			t.Errorf("mind %d body %d %v: %s %s, want %s %s", c.mind, c.body, c.tags, a.Band, a.Disposition, c.band, c.disposition)
		}
	}
}

// An insult among members waits longer than violence at home, though both are
// abuse; together the more urgent one counts.
func TestARuleMayHaveItsOwnBand(t *testing.T) {
	const insult, violence = "People like you should never have children.", "He punched me in the stomach again."
	for text, band := range map[string]Band{insult: P2, violence: P1, insult + "\n\n" + violence: P1} {
		if a := Assess(text); a.Band != band || a.Disposition != Fold || !slices.Contains(a.Tags, TagAbuse) {
			t.Errorf("%q: %s %s %v, want %s, folded, abuse", text, a.Band, a.Disposition, a.Tags, band)
		}
	}
}

func TestAssessmentAsJSON(t *testing.T) {
	b, err := json.Marshal(Assess("Thank you all, it helps to read this."))
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"band":"none","mind":0,"body":0,"tags":[],"disposition":"publish","findings":[]}`; string(b) != want {
		t.Errorf("got  %s\nwant %s", b, want)
	}
}

func TestAssessIsDeterministicAndSafeForConcurrentUse(t *testing.T) {
	want, _ := json.Marshal(Assess(benchText))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 10 {
				if got, _ := json.Marshal(Assess(benchText)); string(got) != string(want) {
					t.Error("the same text was read differently")
				}
			}
		})
	}
	wg.Wait()
}

// TestEveryLoadReadsAlike: a post is not read otherwise after a restart. Rules are
// gathered in maps, which Go walks in another order each time.
func TestEveryLoadReadsAlike(t *testing.T) {
	again, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range corpusPosts(t, corpus.Training) {
		if i%10 != 0 {
			continue
		}
		if a, b := Assess(p.Text), again.Assess(p.Text); !reflect.DeepEqual(a, b) {
			t.Errorf("%s: %+v\nin another load %+v", p.ID, a, b)
		}
	}
}

// TestManyFindingsKeepTheWorst repeats an ordinary mention far beyond what a
// moderator is shown and puts the one thing that matters last.
func TestManyFindingsKeepTheWorst(t *testing.T) {
	a := Assess(strings.Repeat("We had a scan. My toddler drew a picture. I prayed. ", 200) + "I've taken all my tablets.")
	if a.Mind != 4 || !slices.ContainsFunc(a.Findings, func(f Finding) bool { return f.Rule == "mind.taken" }) {
		t.Errorf("mind %d, %d findings", a.Mind, len(a.Findings))
	}
	if len(a.Findings) > maxFindings {
		t.Errorf("%d findings", len(a.Findings))
	}
}
