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
		for _, fault := range engine.Check(r) {
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

// wanted is what a line should reach at least.
var wanted = map[string]string{
	"self-harm, now": "93%", "self-harm, ideation": "87%", "body, emergency": "93%", "body, urgent": "86%",
	"safeguarding": "83%", "spam": "82%", "personal data": "86%", "abuse": "75%", "medical advice": "69%",
}

// borne is what a line of false alarms should be at most.
var borne = map[string]string{"any risk": "15%", "self-harm": "5%", "body, emergency": "4%"}

var safeguarding = []moderation.Tag{moderation.TagCoercion, moderation.TagChildRisk, moderation.TagUnder18, moderation.TagAbuse}

// alarms are what an ordinary post must not set off.
func alarms() []measured {
	ordinary := func(p corpus.Post) bool {
		return slices.Contains([]string{"grief", "mention", "body_past", "third_person"}, p.Category) && p.Mind == 0 && p.Body == 0 && !risky(p.Tags)
	}
	past := func(p corpus.Post) bool { return p.Category == "body_past" && ordinary(p) }
	tagged := func(name string, tags ...moderation.Tag) measured {
		return measured{name, ordinary, func(_ corpus.Post, r reading) bool { return anyOf(r.tags, tags) }}
	}
	return []measured{
		{"any risk", ordinary, func(_ corpus.Post, r reading) bool { return r.mind > 0 || r.body > 0 || risky(r.tags) }},
		{"self-harm", ordinary, func(_ corpus.Post, r reading) bool { return r.mind > 0 }},
		{"body", ordinary, func(_ corpus.Post, r reading) bool { return r.body > 0 }},
		{"body, emergency", ordinary, func(_ corpus.Post, r reading) bool { return r.body == 3 }},
		tagged("safeguarding", moderation.TagCoercion, moderation.TagChildRisk, moderation.TagUnder18),
		tagged("abuse or conflict", moderation.TagAbuse, moderation.TagConflict),
		tagged("medical advice", moderation.TagMedicalAdvice),
		tagged("method detail", moderation.TagMethodDetail),
		tagged("personal data", moderation.TagPersonalData),
		tagged("spam", moderation.TagSpam),
		{"body, in posts about the past", past, func(_ corpus.Post, r reading) bool { return r.body > 0 }},
	}
}

// risky reports a tag that asks for somebody, as a mention does not.
func risky(tags []string) bool {
	return slices.ContainsFunc(tags, func(t string) bool { return !slices.Contains(moderation.Mentions, moderation.Tag(t)) })
}

func anyOf(have []string, want []moderation.Tag) bool {
	return slices.ContainsFunc(have, func(t string) bool { return slices.Contains(want, moderation.Tag(t)) })
}

// columns are the parts of the corpus, which are measured apart.
var columns = []corpus.Part{corpus.Training, corpus.Tuning, corpus.Frozen}

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
	fmt.Fprintf(s.out, "corpus: %d posts; intervals are 95%% (Wilson). Triage learned from the training part, which flatters it there:\nmoderation/reader.md has those figures cross-validated. Nothing was chosen on the frozen part.\n\n", len(posts))
	figures(s.out, "found", recalls(), posts, readings, "at least", wanted)
	fmt.Fprintln(s.out)
	figures(s.out, "false alarms on ordinary posts", alarms(), posts, readings, "at most", borne)
	return nil
}

func figures(out io.Writer, heading string, lines []measured, posts []corpus.Post, readings []reading, goal string, goals map[string]string) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, heading)
	for _, c := range columns {
		fmt.Fprintf(w, "\t%s", c)
	}
	fmt.Fprintf(w, "\t%s\n", goal)
	for _, m := range lines {
		fmt.Fprint(w, m.name)
		for _, c := range columns {
			n, hits := 0, 0
			for i, p := range posts {
				if p.Part() != c || !m.of(p) {
					continue
				}
				n++
				if m.found(p, readings[i]) {
					hits++
				}
			}
			fmt.Fprintf(w, "\t%s", share(hits, n))
		}
		fmt.Fprintf(w, "\t%s\n", goals[m.name])
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
