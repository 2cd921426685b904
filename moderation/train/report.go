package main

import (
	"bytes"
	"fmt"
	"math"
	"slices"

	"snowdrop/moderation"
	"snowdrop/moderation/corpus"
)

// measure is one line of the tables: the posts it looks at and what counts.
type measure struct {
	name  string
	among func(corpus.Post) bool
	found func(corpus.Post) bool
}

func category(names ...string) func(corpus.Post) bool {
	return func(p corpus.Post) bool { return slices.Contains(names, p.Category) }
}

func needs(target string) func(corpus.Post) bool {
	return func(p corpus.Post) bool { return label(p, target) }
}

var measures = []measure{
	{"mind now: any mind reading", category("mind_now"), needs(moderation.TargetMind1)},
	{"mind ideation: any mind reading", category("mind_ideation"), needs(moderation.TargetMind1)},
	{"mind struggling: any mind reading", category("mind_amber"), needs(moderation.TargetMind1)},
	{"mind 2 or more: mind 2 or more", needs(moderation.TargetMind2), needs(moderation.TargetMind2)},
	{"mind 3 or more: mind 3 or more", needs(moderation.TargetMind3), needs(moderation.TargetMind3)},
	{"body emergency: any body reading", category("body_emergency"), needs(moderation.TargetBody1)},
	{"body urgent: any body reading", category("body_urgent"), needs(moderation.TargetBody1)},
	{"body 3: body 3", needs(moderation.TargetBody3), needs(moderation.TargetBody3)},
	{"safeguarding", needs(moderation.TargetSafeguarding), needs(moderation.TargetSafeguarding)},
	{"under 18", needs(moderation.TargetUnder18), needs(moderation.TargetUnder18)},
	{"abuse", needs(moderation.TargetAbuse), needs(moderation.TargetAbuse)},
	{"medical advice", needs(moderation.TargetAdvice), needs(moderation.TargetAdvice)},
	{"spam", needs(moderation.TargetSpam), needs(moderation.TargetSpam)},
	{"false alarm: ordinary grief, any risk", griefOnly, risky},
	{"false alarm: ordinary grief, mind", griefOnly, needs(moderation.TargetMind1)},
	{"false alarm: ordinary grief, body 3", griefOnly, needs(moderation.TargetBody3)},
	{"false alarm: all ordinary, any risk", ordinary, risky},
	{"false alarm: all ordinary, mind", ordinary, needs(moderation.TargetMind1)},
	{"false alarm: all ordinary, body 3", ordinary, needs(moderation.TargetBody3)},
}

func griefOnly(p corpus.Post) bool { return p.Category == "grief" && ordinary(p) }
func risky(p corpus.Post) bool     { return !ordinary(p) }

func (t *training) report(size int) ([]byte, error) {
	var b bytes.Buffer
	head := t.weights.Head
	fmt.Fprintf(&b, "# The second reader's report\n\nWritten by `go generate ./moderation`; do not edit.\n\n")
	fmt.Fprintf(&b, "A linear support vector machine for each target over words, stems, letters within words, the classes of `words.yaml`, pairs, triples and skipped pairs of the prepared text, calibrated after Platt. Whether to look and how bad it is are learned apart: each target is told from ordinary posts, and those that ask for a moderator otherwise count little; the last two targets choose between the levels. ")
	fmt.Fprintf(&b, "It weighs a post by %.0f%% as a whole and by %.0f%% by its strongest passages, so that a long letter does not dilute one sentence. It learned from the training part, a quarter of it again with a greeting in front, and from the rules' own examples and the posts of `testdata/breadth.tsv` and `testdata/reader.tsv`. What the rules find in a post, and what their context cancels, it weighs with the words.\n\n", 100*moderation.WholeShare, 100*(1-moderation.WholeShare))
	fmt.Fprintf(&b, "It can only raise, and it never says mind 4 by itself. It speaks from the probability that no more ordinary posts reach than people can bear to look at for nothing; `train/threshold.go` says how many.\n\n")
	fmt.Fprintf(&b, "| | |\n|---|---|\n| corpus, SHA-256 | `%s` |\n| rules when trained | `%s` |\n", head.Corpus, head.Rules)
	fmt.Fprintf(&b, "| posts: training, tuning, frozen | %d, %d, %d |\n| further examples learned from | %d |\n",
		len(part(t.posts, corpus.Training)), len(part(t.posts, corpus.Tuning)), len(part(t.posts, corpus.Frozen)), t.extra)
	fmt.Fprintf(&b, "| features kept | %d |\n| size of reader.bin | %d bytes |\n", len(t.weights.Features), size)

	fmt.Fprintf(&b, "\n## By target, cross-validated\n\nFive folds by family within the training part; the reader by itself, without the rules. False alarms are among ordinary posts. The column before the last is of the posts of the tuning part that the rules alone miss. A threshold of “never” means that the reader does not speak for that target.\n\n")
	fmt.Fprintf(&b, "| target | posts | AUC | threshold | recall | missed by the rules | false alarms |\n|---|---|---|---|---|---|---|\n")
	for k, name := range moderation.Targets {
		var yes, no []float64
		var caught, missed, rescued, calm, alarms int
		at := head.Targets[k].Threshold
		for i := range t.pool {
			j := &t.pool[i]
			if !asked(j.Post, name) {
				continue
			}
			speaks := j.heard[k] >= at
			if j.part != corpus.Training {
				if label(j.Post, name) && !label(j.rules, name) {
					missed++
					rescued += int(one(speaks))
				}
				continue
			}
			if label(j.Post, name) {
				yes = append(yes, j.heard[k])
				caught += int(one(speaks))
			} else {
				no = append(no, j.heard[k])
			}
			if j.ordinary {
				calm++
				alarms += int(one(speaks))
			}
		}
		threshold := "never"
		if at <= 1 {
			threshold = fmt.Sprintf("%.3f", at)
		}
		if name == moderation.TargetCoercion || name == moderation.TargetChildRisk {
			fmt.Fprintf(&b, "| %s | %d | %.2f | only chooses the tag | | | |\n", name, len(yes), area(yes, no))
			continue
		}
		if name == moderation.TargetMindWorse || name == moderation.TargetBodyWorse {
			raised := len(no) - len(slices.DeleteFunc(slices.Clone(no), func(p float64) bool { return p >= at }))
			fmt.Fprintf(&b, "| %s | %d | %.2f | %s | %s | | %s of the lower level |\n", name, len(yes), area(yes, no), threshold, share(caught, len(yes)), share(raised, len(no)))
			continue
		}
		fmt.Fprintf(&b, "| %s | %d | %.2f | %s | %s | %s | %s |\n", name, len(yes), area(yes, no), threshold,
			share(caught, len(yes)), share(rescued, missed), share(alarms, calm))
	}

	fmt.Fprintf(&b, "\n## Calibration\n\nOf all probabilities that the reader gave (cross-validated training and tuning), how many were right.\n\n| said | training | right | tuning | right |\n|---|---|---|---|---|\n")
	edges := []float64{0, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.01}
	for i := range len(edges) - 1 {
		fmt.Fprintf(&b, "| %.2f–%.2f |", edges[i], min(edges[i+1], 1))
		for _, in := range []corpus.Part{corpus.Training, corpus.Tuning} {
			right, all := 0, 0
			for n := range t.pool {
				j := &t.pool[n]
				if j.part != in {
					continue
				}
				for k, p := range j.heard {
					if asked(j.Post, moderation.Targets[k]) && p >= edges[i] && p < edges[i+1] {
						all++
						right += int(one(label(j.Post, moderation.Targets[k])))
					}
				}
			}
			fmt.Fprintf(&b, " %d | %.1f%% |", all, 100*float64(right)/max(float64(all), 1))
		}
		fmt.Fprintln(&b)
	}
	for _, in := range []corpus.Part{corpus.Training, corpus.Tuning, corpus.Frozen} {
		fmt.Fprintf(&b, "\n## Rules and reader: %s\n\n%s Shares with 95%% Wilson intervals.\n\n| | posts | rules alone | rules and reader |\n|---|---|---|---|\n", in, notes[in])
		var posts, alone, both []corpus.Post
		if in == corpus.Training {
			for i := range t.pool {
				if j := &t.pool[i]; j.part == in {
					rules := reading(t.alone, j.Text)
					posts, alone, both = append(posts, j.Post), append(alone, rules), append(both, t.raised(rules, j.heard))
				}
			}
		} else {
			posts = part(t.posts, in)
			for _, p := range posts {
				alone, both = append(alone, reading(t.alone, p.Text)), append(both, reading(t.both, p.Text))
			}
		}
		for _, m := range measures {
			n, a, r := 0, 0, 0
			for i, p := range posts {
				if m.among(p) {
					n++
					a += int(one(m.found(alone[i])))
					r += int(one(m.found(both[i])))
				}
			}
			fmt.Fprintf(&b, "| %s | %d | %s | %s |\n", m.name, n, share(a, n), share(r, n))
		}
	}
	return b.Bytes(), nil
}

var notes = map[corpus.Part]string{
	corpus.Training: "Cross-validated: the reader had not seen the fifth of these posts that each stands in; some rules were written with it in view. Most of these posts were written to be hard.",
	corpus.Tuning:   "Thresholds were chosen on these posts.",
	corpus.Frozen:   "Nothing was chosen on these posts; they were only measured.",
}

// raised is what the rules read, raised by what a reader heard as the engine does
// it, but for weak rules that it may bear out: they could name a higher level.
func (t *training) raised(p corpus.Post, heard []float64) corpus.Post {
	speaks := func(target string) bool {
		k := slices.Index(moderation.Targets, target)
		return heard[k] >= t.weights.Head.Targets[k].Threshold
	}
	level := func(first, second, third, worse string) int {
		switch look := speaks(second) || speaks(third); {
		case look && speaks(worse):
			return 3
		case look:
			return 2
		case speaks(first):
			return 1
		}
		return 0
	}
	p.Mind = max(p.Mind, level(moderation.TargetMind1, moderation.TargetMind2, moderation.TargetMind3, moderation.TargetMindWorse))
	p.Body = max(p.Body, level(moderation.TargetBody1, moderation.TargetBody2, moderation.TargetBody3, moderation.TargetBodyWorse))
	p.Tags = slices.Clone(p.Tags)
	if speaks(moderation.TargetSafeguarding) {
		p.Tags = append(p.Tags, string(moderation.TagCoercion))
	}
	for _, tag := range []string{moderation.TargetUnder18, moderation.TargetAbuse, moderation.TargetAdvice, moderation.TargetSpam, moderation.TargetMethod} {
		if speaks(tag) {
			p.Tags = append(p.Tags, tag)
		}
	}
	return p
}

// share is a part of a whole with its 95% Wilson interval.
func share(k, n int) string {
	if n == 0 {
		return "–"
	}
	const z = 1.959964
	p, m := float64(k)/float64(n), float64(n)
	mid := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return fmt.Sprintf("%d (%.0f%%, %.0f–%.0f)", k, 100*p, 100*max(mid-half, 0), 100*min(mid+half, 1))
}
