package main

import (
	"hash/fnv"
	"math"
	"runtime"
	"slices"
	"sync"

	"snowdrop/moderation"
	"snowdrop/moderation/corpus"
)

// example is one post as the learner sees it.
type example struct {
	corpus.Post
	passages []vector
	words    []int
	whole    vector
	greets   bool // its first passage begins with a greeting
	fold     int
	labels   []bool
	ordinary bool // nothing in it asks for a moderator
}

// vector is a sparse vector, sorted by index.
type vector []entry

type entry struct {
	index int32
	value float64
}

const folds = 5

// settings are what cross-validation within the training part chose.
type settings struct {
	scale   [moderation.GroupCount]float64 // weight of each group of features; 0 leaves it out
	c       float64                        // how much a mistake costs
	aside   float64                        // how much of it for a post that asks for a moderator otherwise
	below   float64                        // how much of it for a post that asks for less of the same
	balance float64                        // 1: both sides of a target cost the same in sum
	epochs  int
}

// vocabulary numbers the features that at least two families share.
type vocabulary struct {
	hashes []uint32
	groups []moderation.Group
	scale  []float64 // what one occurrence of a feature counts
}

func foldOf(family string) int {
	h := fnv.New32a()
	h.Write([]byte("fold " + family)) // never fails
	return int(h.Sum32() / 7 % folds)
}

func hasTag(p corpus.Post, tags ...moderation.Tag) bool {
	return slices.ContainsFunc(p.Tags, func(have string) bool { return slices.Contains(tags, moderation.Tag(have)) })
}

func label(p corpus.Post, target string) bool {
	switch target {
	case moderation.TargetMind1:
		return p.Mind >= 1
	case moderation.TargetMind2:
		return p.Mind >= 2
	case moderation.TargetMind3, moderation.TargetMindWorse:
		return p.Mind >= 3
	case moderation.TargetBody1:
		return p.Body >= 1
	case moderation.TargetBody2:
		return p.Body >= 2
	case moderation.TargetBody3, moderation.TargetBodyWorse:
		return p.Body >= 3
	case moderation.TargetSafeguarding:
		return hasTag(p, moderation.TagCoercion, moderation.TagChildRisk)
	}
	return hasTag(p, moderation.Tag(target))
}

// asked reports whether a target can be asked of a post: how bad it is, only of one
// that is bad.
func asked(p corpus.Post, target string) bool {
	switch target {
	case moderation.TargetMindWorse:
		return p.Mind >= 2
	case moderation.TargetBodyWorse:
		return p.Body >= 2
	}
	return true
}

func ordinary(p corpus.Post) bool {
	return p.Mind == 0 && p.Body == 0 && !slices.ContainsFunc(p.Tags, func(t string) bool {
		return !slices.Contains(moderation.Mentions, moderation.Tag(t))
	})
}

// prepare turns posts into examples and finds their vocabulary.
func prepare(e *moderation.Engine, posts []corpus.Post, set settings) ([]example, *vocabulary) {
	type seen struct {
		family string
		group  moderation.Group
		many   bool
	}
	raw := make([][]moderation.Passage, len(posts))
	known := map[uint32]*seen{}
	for i, p := range posts {
		raw[i] = e.Passages(p.Text)
		for _, pass := range raw[i] {
			for k, f := range pass.Features {
				if set.scale[pass.Groups[k]] == 0 {
					continue
				}
				s := known[f]
				if s == nil {
					s = &seen{family: p.Family, group: pass.Groups[k]}
					known[f] = s
				} else if s.family != p.Family {
					s.many = true
				}
			}
		}
	}
	voc := &vocabulary{}
	for f, s := range known {
		if s.many {
			voc.hashes = append(voc.hashes, f)
		}
	}
	slices.Sort(voc.hashes)
	for _, f := range voc.hashes {
		s := known[f]
		voc.groups = append(voc.groups, s.group)
		voc.scale = append(voc.scale, set.scale[s.group])
	}
	index := make(map[uint32]int32, len(voc.hashes))
	for i, f := range voc.hashes {
		index[f] = int32(i)
	}
	out := make([]example, len(posts))
	for i, p := range posts {
		x := &out[i]
		x.Post, x.fold, x.ordinary = p, foldOf(p.Family), ordinary(p)
		x.labels = make([]bool, len(moderation.Targets))
		for t, name := range moderation.Targets {
			x.labels[t] = label(p, name)
		}
		var all []int32
		words := 0
		for _, pass := range raw[i] {
			var one []int32
			for _, f := range pass.Features {
				if at, ok := index[f]; ok {
					one = append(one, at)
				}
			}
			x.passages = append(x.passages, count(one, voc, set))
			x.words = append(x.words, pass.Words)
			x.greets = x.greets || pass.Greets
			all = append(all, one...)
			words += pass.Words
		}
		x.whole = scaled(count(all, voc, set), 1/math.Sqrt(float64(words)+moderation.Doubt))
	}
	return out, voc
}

func count(at []int32, voc *vocabulary, set settings) vector {
	slices.Sort(at)
	var v vector
	for _, i := range at {
		if n := len(v); n > 0 && v[n-1].index == i {
			v[n-1].value += voc.scale[i]
		} else {
			v = append(v, entry{i, voc.scale[i]})
		}
	}
	return v
}

func scaled(v vector, by float64) vector {
	for i := range v {
		v[i].value *= by
	}
	return v
}

func dot(w []float64, v vector) float64 {
	s := 0.0
	for _, e := range v {
		s += w[e.index] * e.value
	}
	return s
}

// learn finds the weights of a linear support vector machine with squared hinge
// loss by dual coordinate descent, in a fixed order from a fixed seed. A mistake in
// a post costs in proportion to counts. The last weight is the offset.
func learn(xs []vector, ys []bool, counts []float64, set settings, size int) []float64 {
	const offset = 0.3
	yes, no := 0.0, 0.0
	for i, y := range ys {
		if y {
			yes += counts[i]
		} else {
			no += counts[i]
		}
	}
	w := make([]float64, size+1)
	if yes == 0 {
		return w
	}
	ratio := math.Pow(no/yes, set.balance)
	diag := make([]float64, len(xs))
	sign := make([]float64, len(xs))
	norm := make([]float64, len(xs))
	for i, x := range xs {
		c := set.c * counts[i]
		sign[i] = -1
		if ys[i] {
			c *= ratio
			sign[i] = 1
		}
		diag[i] = 1 / (2 * c)
		norm[i] = offset*offset + diag[i]
		for _, e := range x {
			norm[i] += e.value * e.value
		}
	}
	alpha := make([]float64, len(xs))
	order := make([]int, len(xs))
	for i := range order {
		order[i] = i
	}
	random := uint64(20261121)
	for range set.epochs {
		for i := len(order) - 1; i > 0; i-- {
			random = random*6364136223846793005 + 1442695040888963407
			j := int(random>>33) % (i + 1)
			order[i], order[j] = order[j], order[i]
		}
		for _, i := range order {
			g := sign[i]*(dot(w, xs[i])+w[size]*offset) - 1 + diag[i]*alpha[i]
			next := max(alpha[i]-g/norm[i], 0)
			if d := (next - alpha[i]) * sign[i]; d != 0 {
				for _, e := range xs[i] {
					w[e.index] += d * e.value
				}
				w[size] += d * offset
				alpha[i] = next
			}
		}
	}
	w[size] *= offset
	return w
}

// hear is the score of x: of its strongest window and of all of it.
func (x *example) hear(w []float64) float64 {
	if len(x.passages) == 0 {
		return -5 // nothing to read
	}
	best, all, words := math.Inf(-1), 0.0, 0
	sums := make([]float64, len(x.passages))
	for i, p := range x.passages {
		sums[i] = dot(w, p)
		all += sums[i]
		words += x.words[i]
	}
	for i := range sums {
		sum, n := 0.0, 0
		for j := i; j < len(sums); j++ {
			if n += x.words[j]; j > i && n > moderation.Widest {
				break
			}
			sum += sums[j]
			best = max(best, sum/math.Sqrt(float64(n)+moderation.Doubt))
		}
	}
	whole := all / math.Sqrt(float64(words)+moderation.Doubt)
	if x.greets && len(sums) > 1 {
		whole = max(whole, (all-sums[0])/math.Sqrt(float64(words-x.words[0])+moderation.Doubt))
	}
	return (1-moderation.WholeShare)*best + moderation.WholeShare*whole + w[len(w)-1]
}

// learnTarget learns one target from whole posts.
func (set settings) learnTarget(xs []example, target, size int) []float64 {
	var vs []vector
	var ys []bool
	var counts []float64
	for i := range xs {
		if yes, counted := set.teaches(&xs[i], target); counted > 0 {
			vs, ys, counts = append(vs, xs[i].whole), append(ys, yes), append(counts, counted)
		}
	}
	return learn(vs, ys, counts, set, size)
}

// teaches reports whether a post is one of a target's, and how much it counts in
// learning it; 0 leaves it out.
//
// A target is told from ordinary posts. Those that ask for a moderator otherwise
// count little: somebody looks at them anyway, and who is hurt at home often sounds
// like who wants to be dead. A wish to be dead is learned apart from the posts that
// say more, whose words would drown it. How bad it is, is learned among the posts of
// which it can be asked.
func (set settings) teaches(x *example, target int) (yes bool, counted float64) {
	yes = x.labels[target]
	name := moderation.Targets[target]
	switch name {
	case moderation.TargetMind2:
		yes = x.Mind == 2
	case moderation.TargetMindWorse, moderation.TargetBodyWorse:
		return yes, one(asked(x.Post, name))
	}
	switch {
	case yes || x.ordinary:
		return yes, 1
	case x.Mind == 1 && (name == moderation.TargetMind2 || name == moderation.TargetMind3),
		x.Body == 1 && (name == moderation.TargetBody2 || name == moderation.TargetBody3):
		return false, set.below
	}
	return false, set.aside
}

// each calls do for every target, as many at a time as there are processors.
func each(targets []int, do func(target int)) {
	var all sync.WaitGroup
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	for _, t := range targets {
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			do(t)
		})
	}
	all.Wait()
}

// crossValidate returns, for every example and target, the score by weights that
// were learned without its fold.
func crossValidate(xs []example, set settings, size int, targets []int) [][]float64 {
	out := make([][]float64, len(xs))
	for i := range out {
		out[i] = make([]float64, len(moderation.Targets))
	}
	for f := range folds {
		var rest []example
		for _, x := range xs {
			if x.fold != f {
				rest = append(rest, x)
			}
		}
		each(targets, func(t int) {
			w := set.learnTarget(rest, t, size)
			for i := range xs {
				if xs[i].fold == f {
					out[i][t] = xs[i].hear(w)
				}
			}
		})
	}
	return out
}

// area is the area under the ROC curve of scores between yes and no.
func area(yes, no []float64) float64 {
	if len(yes) == 0 || len(no) == 0 {
		return math.NaN()
	}
	slices.Sort(no)
	sum := 0.0
	for _, s := range yes {
		lo, _ := slices.BinarySearch(no, s)
		hi := lo
		for hi < len(no) && no[hi] == s {
			hi++
		}
		sum += float64(lo+hi) / 2
	}
	return sum / float64(len(yes)) / float64(len(no))
}
