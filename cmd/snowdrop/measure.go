package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"snowdrop/moderation"
	"snowdrop/moderation/corpus"
)

type triageTest struct{}

// Run runs the examples of every rule, and reads the corpus. Only a rule that
// fails its own example is an error: how good is good enough is for people to say.
func (triageTest) Run(s *session) error {
	engine, err := loadRules(s.settings.RulesDir)
	if err != nil {
		return err
	}
	examples, failed := 0, 0
	for _, r := range engine.Rules() {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		for _, fault := range wrongExamples(engine, r) {
			failed++
			fmt.Fprintln(s.out, fault)
		}
		examples += len(r.Hits) + len(r.Misses)
	}
	fmt.Fprintf(s.out, "rules: %d, with %d examples; %d examples fail\n\n", len(engine.Rules()), examples, failed)
	posts, err := corpus.All()
	if err != nil {
		return err
	}
	if err := measure(s, engine, posts); err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("%d examples of rules fail", failed)
	}
	return nil
}

// aloneOrdinary is what the engine says of a weak sign that stands alone. Such a
// finding still shows that its rule hears the example.
const aloneOrdinary = "one such sign alone is ordinary grief"

func wrongExamples(engine *moderation.Engine, r moderation.Rule) []string {
	speaks := func(text string) bool {
		return slices.ContainsFunc(engine.Assess(text).Findings, func(f moderation.Finding) bool {
			return f.Rule == r.ID && (!f.Cancelled || r.Weak && slices.Equal(f.Changed, []string{aloneOrdinary}))
		})
	}
	var faults []string
	for _, text := range r.Hits {
		if !speaks(text) {
			faults = append(faults, fmt.Sprintf("%s:%d: rule %s does not find its example %q", r.File, r.Line, r.ID, text))
		}
	}
	for _, text := range r.Misses {
		if speaks(text) {
			faults = append(faults, fmt.Sprintf("%s:%d: rule %s finds its near miss %q", r.File, r.Line, r.ID, text))
		}
	}
	return faults
}

// reading is what an assessment says in the terms of a measure.
type reading struct {
	mind, body int
	tags       []string
}

// measured is one line of the figures: the posts it is about, and whether a
// reading of one finds what it was written for.
type measured struct {
	name  string
	of    func(corpus.Post) bool
	found func(corpus.Post, reading) bool
}

// recalls are the categories with what counts as found: any reading of the kind,
// since any brings the post before a person.
func recalls() []measured {
	mind := func(_ corpus.Post, r reading) bool { return r.mind > 0 }
	body := func(_ corpus.Post, r reading) bool { return r.body > 0 }
	tagged := func(category string, tags ...moderation.Tag) measured {
		return measured{
			strings.ReplaceAll(category, "_", " "),
			func(p corpus.Post) bool { return p.Category == category && anyOf(p.Tags, tags) },
			func(_ corpus.Post, r reading) bool { return anyOf(r.tags, tags) },
		}
	}
	in := func(category string) func(corpus.Post) bool {
		return func(p corpus.Post) bool { return p.Category == category }
	}
	all := []measured{
		{"self-harm, now", in("mind_now"), mind},
		{"self-harm, now, as 3 or 4", in("mind_now"), func(_ corpus.Post, r reading) bool { return r.mind >= 3 }},
		{"self-harm, ideation", in("mind_ideation"), mind},
		{"self-harm, ideation, as 2 or more", in("mind_ideation"), func(_ corpus.Post, r reading) bool { return r.mind >= 2 }},
		{"struggling", in("mind_amber"), mind},
		{"about somebody else", func(p corpus.Post) bool { return p.Category == "third_person" && p.Mind > 0 }, mind},
		{"body, emergency", in("body_emergency"), body},
		{"body, emergency, as 3", in("body_emergency"), func(_ corpus.Post, r reading) bool { return r.body == 3 }},
		{"body, urgent", in("body_urgent"), body},
		{"body, urgent, as 2 or more", in("body_urgent"), func(_ corpus.Post, r reading) bool { return r.body >= 2 }},
		{"body, a question", in("body_question"), body},
		tagged("safeguarding", safeguarding...),
		tagged("abuse", moderation.TagAbuse, moderation.TagConflict),
		tagged("medical_advice", moderation.TagMedicalAdvice),
		tagged("method_detail", moderation.TagMethodDetail),
		tagged("personal_data", moderation.TagPersonalData),
		tagged("spam", moderation.TagSpam),
	}
	for _, m := range moderation.Mentions {
		all = append(all, measured{
			strings.ReplaceAll(string(m), "_", " "),
			func(p corpus.Post) bool { return p.Category == "mention" && slices.Contains(p.Tags, string(m)) },
			func(_ corpus.Post, r reading) bool { return slices.Contains(r.tags, string(m)) },
		})
	}
	return all
}

var safeguarding = []moderation.Tag{moderation.TagCoercion, moderation.TagChildRisk, moderation.TagUnder18, moderation.TagAbuse}

// alarms are what an ordinary post must not set off.
func alarms() []measured {
	grief := func(p corpus.Post) bool { return p.Category == "grief" }
	past := func(p corpus.Post) bool { return p.Category == "body_past" }
	tagged := func(name string, tags ...moderation.Tag) measured {
		return measured{name, grief, func(_ corpus.Post, r reading) bool { return anyOf(r.tags, tags) }}
	}
	return []measured{
		{"any risk", grief, func(_ corpus.Post, r reading) bool {
			return r.mind > 0 || r.body > 0 || slices.ContainsFunc(r.tags, func(t string) bool { return !slices.Contains(moderation.Mentions, moderation.Tag(t)) })
		}},
		{"self-harm", grief, func(_ corpus.Post, r reading) bool { return r.mind > 0 }},
		{"body", grief, func(_ corpus.Post, r reading) bool { return r.body > 0 }},
		{"body, emergency", grief, func(_ corpus.Post, r reading) bool { return r.body == 3 }},
		tagged("safeguarding", moderation.TagCoercion, moderation.TagChildRisk, moderation.TagUnder18),
		tagged("abuse or conflict", moderation.TagAbuse, moderation.TagConflict),
		tagged("medical advice", moderation.TagMedicalAdvice),
		tagged("method detail", moderation.TagMethodDetail),
		tagged("personal data", moderation.TagPersonalData),
		tagged("spam", moderation.TagSpam),
		{"body, in posts about the past", past, func(_ corpus.Post, r reading) bool { return r.body > 0 }},
	}
}

func anyOf(have []string, want []moderation.Tag) bool {
	return slices.ContainsFunc(have, func(t string) bool { return slices.Contains(want, moderation.Tag(t)) })
}

var parts = []corpus.Part{corpus.Training, corpus.Tuning, corpus.Frozen}

// measure reads every post once and prints the figures.
func measure(s *session, engine *moderation.Engine, posts []corpus.Post) error {
	readings := make([]reading, len(posts))
	for i, p := range posts {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		a := engine.Assess(p.Text)
		readings[i] = reading{mind: a.Mind, body: a.Body}
		for _, t := range a.Tags {
			readings[i].tags = append(readings[i].tags, string(t))
		}
	}
	fmt.Fprintf(s.out, "corpus: %d posts; intervals are 95%% (Wilson)\n\n", len(posts))
	figures(s.out, "found", recalls(), posts, readings)
	fmt.Fprintln(s.out)
	figures(s.out, "false alarms on ordinary grief", alarms(), posts, readings)
	return nil
}

func figures(out io.Writer, heading string, lines []measured, posts []corpus.Post, readings []reading) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, heading)
	for _, part := range parts {
		fmt.Fprintf(w, "\t%s", part)
	}
	fmt.Fprintln(w)
	for _, m := range lines {
		fmt.Fprint(w, m.name)
		for _, part := range parts {
			n, hits := 0, 0
			for i, p := range posts {
				if p.Part() != part || !m.of(p) {
					continue
				}
				n++
				if m.found(p, readings[i]) {
					hits++
				}
			}
			fmt.Fprintf(w, "\t%s", share(hits, n))
		}
		fmt.Fprintln(w)
	}
	_ = w.Flush() // nobody reads it any more; the exit status still tells
}

// share says k of n with its interval: 28/30  93% (79–98).
func share(k, n int) string {
	if n == 0 {
		return "–"
	}
	low, high := wilson(k, n)
	return fmt.Sprintf("%d/%d  %.0f%% (%.0f–%.0f)", k, n, 100*float64(k)/float64(n), 100*low, 100*high)
}

// wilson is the 95% score interval of a proportion.
func wilson(k, n int) (low, high float64) {
	const z = 1.959964
	p, m := float64(k)/float64(n), float64(n)
	middle := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return max(0, middle-half), min(1, middle+half)
}
