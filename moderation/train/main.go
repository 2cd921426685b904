// Command train teaches the second reader from the corpus and writes its weights
// and its report. The same corpus and rules give the same bytes.
package main

import (
	"fmt"
	"log"
	"math"
	"os"
	"slices"
	"strings"

	"snowdrop/moderation"
	"snowdrop/moderation/corpus"
)

// chosen by cross-validation by family within the training part.
var chosen = settings{
	scale: [moderation.GroupCount]float64{
		moderation.GroupWord: 1, moderation.GroupStem: 1, moderation.GroupChars: 0.5, moderation.GroupClass: 1,
		moderation.GroupPair: 1.3, moderation.GroupTriple: 0.7, moderation.GroupSkip: 0.7,
		moderation.GroupRule: 2,
	},
	c: 0.3, aside: 0.05, below: 0.3, balance: 0.5, epochs: 40,
}

// mostFeatures bounds the size of the weights.
const mostFeatures = 160000

// heaviest is the whole number that the largest weight of a target becomes. Most
// words weigh a fiftieth of it.
const heaviest = 2047

func main() {
	log.SetFlags(0)
	if err := run("reader.bin", "reader.md"); err != nil {
		log.Fatalf("train: %v", err)
	}
}

func run(binFile, reportFile string) error {
	posts, err := corpus.All()
	if err != nil {
		return err
	}
	full, err := moderation.Load()
	if err != nil {
		return err
	}
	alone := full.WithWeights(nil)
	more, err := examples(alone, "testdata/breadth.tsv", "testdata/reader.tsv")
	if err != nil {
		return err
	}
	t, err := train(alone, posts, more, chosen)
	if err != nil {
		return err
	}
	data, err := t.weights.Encode()
	if err != nil {
		return err
	}
	if err := os.WriteFile(binFile, data, 0o644); err != nil {
		return fmt.Errorf("write the weights: %w", err)
	}
	report, err := t.report(len(data))
	if err != nil {
		return err
	}
	if err := os.WriteFile(reportFile, report, 0o644); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// training is what was learned and how.
type training struct {
	posts   []corpus.Post
	alone   *moderation.Engine // the rules alone
	both    *moderation.Engine // rules and second reader
	weights *moderation.Weights
	pool    []judged // training by weights that had not seen their fold, and tuning
	extra   int
}

// judged is a post with what the rules say and the reader's probabilities.
type judged struct {
	corpus.Post
	part     corpus.Part
	rules    corpus.Post // the rules' reading, as if it were a label; empty in training
	heard    []float64
	ordinary bool
}

func part(posts []corpus.Post, want corpus.Part) []corpus.Post {
	return slices.DeleteFunc(slices.Clone(posts), func(p corpus.Post) bool { return p.Part() != want })
}

// reading is what an engine says of a text, in the corpus's own terms.
func reading(e *moderation.Engine, text string) corpus.Post {
	a := e.Assess(text)
	p := corpus.Post{Text: text, Family: "example: " + text, Mind: a.Mind, Body: a.Body}
	for _, t := range a.Tags {
		p.Tags = append(p.Tags, string(t))
	}
	return p
}

// examples are texts that the rules' authors wrote: the examples of every rule,
// whose labels are what the rules read in them, and the posts of two files beside
// the tests, which bear a label.
func examples(alone *moderation.Engine, files ...string) ([]corpus.Post, error) {
	var out []corpus.Post
	for _, r := range alone.Rules() {
		if r.Weak {
			continue // what a weak rule finds is as often ordinary
		}
		for _, text := range append(slices.Clone(r.Hits), r.Misses...) {
			out = append(out, reading(alone, text))
		}
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read more examples: %w", err)
		}
		for line := range strings.Lines(string(data)) {
			name, text, ok := strings.Cut(strings.TrimSpace(line), "\t")
			if !ok || strings.HasPrefix(line, "#") {
				continue
			}
			p := corpus.Post{Text: text, Family: "example: " + text}
			switch name {
			case "ordinary":
			case "struggling":
				p.Mind = 1
			case "mind":
				p.Mind = 2
			case "danger":
				p.Mind = 3
			case "urgent":
				p.Body = 2
			case "emergency":
				p.Body = 3
			case "safeguarding":
				p.Tags = []string{string(moderation.TagCoercion)}
			default:
				if !slices.Contains(moderation.Tags, moderation.Tag(name)) {
					return nil, fmt.Errorf("%s: unknown label %q", file, name)
				}
				p.Tags = []string{name}
			}
			out = append(out, p)
		}
	}
	return out, nil
}

// greetings begin posts without saying anything.
var greetings = []string{
	"Hi everyone, first time posting. ", "hello all, sorry if this is in the wrong place. ", "Hi, I'm new here. ",
	"Hey everyone. ", "Evening all, long time reader here. ", "Sorry to post again. ", "Hello. I don't usually write in places like this. ",
	"Hi mums, bear with me. ", "Good morning, I hope it's all right to ask here. ", "Not sure where to put this. ",
}

// greeted is a quarter of posts with a greeting in front, so that politeness is
// learned to mean nothing.
func greeted(posts []corpus.Post) []corpus.Post {
	var out []corpus.Post
	for i, p := range posts {
		if i%4 == 0 {
			p.Text = greetings[i/4%len(greetings)] + p.Text
			out = append(out, p)
		}
	}
	return out
}

// train learns from the training part and more examples, and chooses thresholds on
// the tuning part. It does not look at the frozen part.
func train(alone *moderation.Engine, posts, more []corpus.Post, set settings) (*training, error) {
	hash, err := corpus.Hash(posts)
	if err != nil {
		return nil, err
	}
	t := &training{posts: posts, alone: alone}
	learning := part(posts, corpus.Training)
	own := len(learning)
	learning = append(learning, more...)
	learning = append(learning, greeted(learning[:own])...)
	t.extra = len(more)
	xs, voc := prepare(alone, learning, set)
	for i := own; i < own+len(more); i++ {
		xs[i].fold = -1 // learned from, never measured
	}
	targets := make([]int, len(moderation.Targets))
	size := len(voc.hashes)
	all := make([][]float64, len(targets))
	for k := range targets {
		targets[k] = k
	}
	each(targets, func(k int) { all[k] = set.learnTarget(xs, k, size) })
	scores := crossValidate(xs, set, size, targets)
	w := pack(all, voc, set)
	w.Head.Corpus, w.Head.Rules = hash, alone.Assess("").Rules
	units := make([]float64, len(targets))
	for k := range targets {
		units[k] = w.Head.Targets[k].Slope
		var yes, no []float64
		for i := range own {
			if !asked(xs[i].Post, moderation.Targets[k]) {
				continue
			}
			if xs[i].labels[k] {
				yes = append(yes, scores[i][k])
			} else {
				no = append(no, scores[i][k])
			}
		}
		a, b := calibrate(yes, no)
		h := &w.Head.Targets[k]
		h.Slope, h.Offset, h.Threshold = round(a*units[k]), round(b+a*all[k][size]), 2
		for i := range own {
			scores[i][k] = 1 / (1 + math.Exp(-a*scores[i][k]-b))
		}
	}
	t.weights = w
	unheard := alone.WithWeights(w)
	for i := range own {
		// The rules were written on these posts and miss next to none of them,
		// which says nothing of other posts: here the reader is judged alone.
		t.pool = append(t.pool, judged{Post: xs[i].Post, part: corpus.Training, heard: scores[i], ordinary: xs[i].ordinary})
	}
	for _, p := range part(posts, corpus.Tuning) {
		t.pool = append(t.pool, judged{Post: p, part: corpus.Tuning, rules: reading(alone, p.Text), heard: unheard.Heard(p.Text), ordinary: ordinary(p)})
	}
	t.threshold()
	t.both = alone.WithWeights(w)
	return t, nil
}

// round keeps what JSON shows short and the same everywhere.
func round(v float64) float64 { return math.Round(v*1e6) / 1e6 }

// pack keeps the features that weigh most and makes their weights whole numbers.
// Slope holds, until it is calibrated, what a whole number stands for.
func pack(all [][]float64, voc *vocabulary, set settings) *moderation.Weights {
	n := len(all)
	w := &moderation.Weights{Head: moderation.WeightsHead{Version: 2}}
	units := make([]float64, n)
	for k, name := range moderation.Targets {
		top := 0.0
		for i, by := range voc.scale {
			top = max(top, math.Abs(all[k][i])*by)
		}
		units[k] = max(top, 1e-9) / heaviest
		w.Head.Targets = append(w.Head.Targets, moderation.WeightsTarget{Name: name, Slope: units[k]})
	}
	type kept struct {
		at   int
		size int
	}
	var rows []kept
	values := make([]int16, len(voc.hashes)*n)
	for i, by := range voc.scale {
		size := 0
		for k := range n {
			v := int(math.Round(all[k][i] * by / units[k]))
			values[i*n+k] = int16(v)
			size += v * v
		}
		if size > 0 {
			rows = append(rows, kept{i, size})
		}
	}
	slices.SortStableFunc(rows, func(a, b kept) int { return b.size - a.size })
	rows = rows[:min(len(rows), mostFeatures)]
	slices.SortFunc(rows, func(a, b kept) int { return a.at - b.at })
	for _, r := range rows {
		w.Features = append(w.Features, voc.hashes[r.at])
		w.Values = append(w.Values, values[r.at*n:(r.at+1)*n]...)
	}
	return w
}

// calibrate fits a and b of 1/(1+exp(-a·score-b)) to scores, after Platt.
func calibrate(yes, no []float64) (a, b float64) {
	high, low := (float64(len(yes))+1)/(float64(len(yes))+2), 1/(float64(len(no))+2)
	a, b = 1, 0
	for range 200 {
		var ga, gb, haa, hab, hbb float64
		sum := func(scores []float64, goal float64) {
			for _, s := range scores {
				p := 1 / (1 + math.Exp(-a*s-b))
				d, v := goal-p, p*(1-p)
				ga, gb = ga+d*s, gb+d
				haa, hab, hbb = haa+v*s*s, hab+v*s, hbb+v
			}
		}
		sum(yes, high)
		sum(no, low)
		haa, hbb = haa+1e-6, hbb+1e-6
		det := haa*hbb - hab*hab
		if det < 1e-12 {
			break
		}
		da, db := (hbb*ga-hab*gb)/det, (haa*gb-hab*ga)/det
		step := min(1, 0.5/max(math.Abs(da), math.Abs(db), 1e-9))
		a, b = a+step*da, b+step*db
	}
	return a, b
}
