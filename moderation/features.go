package moderation

import (
	"math"
	"slices"
)

// Group says what kind of thing a feature is.
type Group uint8

const (
	GroupWord   Group = iota // one word
	GroupStem                // a word without its ending
	GroupChars               // three to five letters of a word
	GroupClass               // a class of words.yaml, or a known beginning
	GroupPair                // two words in a row
	GroupTriple              // three words in a row
	GroupSkip                // two words with one or two between
	GroupRule                // a rule that found something, or that its context cancelled
	GroupCount
)

const featureBits = 22

// feature is the hash of up to three parts of one group; never 0.
func feature(g Group, a, b, c uint32) uint32 {
	h := uint64(a)*0x9E3779B97F4A7C15 ^ uint64(b)*0xC2B2AE3D27D4EB4F ^ uint64(c)*0x165667B19E3779F9 ^ uint64(g+1)*0x27D4EB2F165667C5
	h ^= h >> 29
	h *= 0xBF58476D1CE4E5B9
	return uint32(h>>(64-featureBits)) | 1<<featureBits
}

func hashWord[T ~string | ~[]byte](w T) uint32 {
	h := uint32(2166136261)
	for i := 0; i < len(w); i++ {
		h = (h ^ uint32(w[i])) * 16777619
	}
	return h
}

// wordFeatures emits what a single word says, whatever stands around it.
func wordFeatures[T ~string | ~[]byte](w T, emit func(Group, uint32)) {
	emit(GroupWord, feature(GroupWord, hashWord(w), 0, 0))
	emit(GroupStem, feature(GroupStem, hashWord(w[:stemLen(w)]), 0, 0))
	if len(w) < 3 || w[0] == '#' {
		return
	}
	var buf [maxWord + 16]byte
	b := append(append(append(buf[:0], '<'), w...), '>')
	for n := 3; n <= 5; n++ {
		for i := 0; i+n <= len(b); i++ {
			emit(GroupChars, feature(GroupChars, hashWord(b[i:i+n]), 0, 0))
		}
	}
}

// stemLen is how much of a word is left without a common ending.
func stemLen[T ~string | ~[]byte](w T) int {
	n := len(w)
	for _, end := range [...]string{"ings", "ing", "edly", "ed", "ies", "es", "s", "ly", "er", "e", "y"} {
		if n-len(end) >= 3 && string(w[n-len(end):]) == end {
			return n - len(end)
		}
	}
	return n
}

// A passage is a few sentences: what the reader weighs at a time, so that one
// sentence that matters is not lost in a long letter.
type passage struct {
	from, to int32 // tokens
	sums     sums
}

const (
	shortPassage = 8  // tokens below which the next sentence joins
	longPassage  = 40 // tokens at which a sentence is cut
)

// How the passages of a text are weighed together. Training uses the same.
const (
	Widest = 64 // tokens of neighbouring passages weighed as one window
	Doubt  = 20 // a sum counts by the root of its words and these
	// WholeShare is what the whole text counts; the rest is its strongest window,
	// so that one sentence that matters is not lost in a long letter.
	WholeShare = 0.75
)

// passageEnds reports whether token i begins a new passage when the last began
// at from.
func (r *reader) passageEnds(from, i int) bool {
	n := i - from
	if from == 0 && r.doc.tokens[i].brk == breakStop && r.greets() {
		return true
	}
	return n >= longPassage || n >= shortPassage && r.doc.tokens[i].brk == breakStop
}

// greetings are words that a post may open with and say nothing.
var greetings = newWordSet("hi hiya hello hey hullo dear good morning afternoon evening")

// greets reports a text that opens with a greeting. What the opening sentence says
// counts, but it must not thin what follows.
func (r *reader) greets() bool {
	if len(r.doc.tokens) == 0 {
		return false
	}
	word := r.name(0)
	if word == "" {
		var buf [maxWord + 16]byte
		word = string(r.readerWord(0, buf[:0]))
	}
	return greetings.has(word)
}

// readerWord is the folded word of a token that no rule knows.
func (r *reader) readerWord(i int, buf []byte) []byte {
	t := &r.doc.tokens[i]
	if t.isNum {
		return append(buf, numberName(t.num)...)
	}
	buf = buf[:0]
	for _, c := range r.doc.text[t.start:t.end] {
		if len(buf) > maxWord-8 {
			break
		}
		buf = foldRune(buf, c)
	}
	if short, ok := squeeze(buf, 1); ok {
		return short
	}
	return buf
}

// numberName puts a number in words coarse enough to be met again.
func numberName(v float64) string {
	switch {
	case v < 1:
		return "#0"
	case v <= 3:
		return "#few"
	case v < 12:
		return "#some"
	case v < 18:
		return "#teen"
	case v >= 37.5 && v <= 42 && v != math.Trunc(v):
		return "#fever"
	case v < 45:
		return "#tens"
	case v < 1000:
		return "#hundreds"
	case v >= 1990 && v < 2040:
		return "#year"
	}
	return "#many"
}

// scan walks the tokens from from to to and emits every feature with the last
// token it covers and how many before it. hashes holds the hash of every word;
// unit is called for each word's own features.
func (r *reader) scan(from, to int, hashes []uint32, unit func(i int), emit func(g Group, h uint32, i, back int)) {
	t := r.doc.tokens
	for i := from; i < to; i++ {
		unit(i)
		if i == from || t[i].brk == breakStop {
			continue
		}
		h := hashes[i]
		emit(GroupPair, feature(GroupPair, hashes[i-1], h, 0), i, 1)
		if i-2 < from || t[i-1].brk == breakStop {
			continue
		}
		emit(GroupTriple, feature(GroupTriple, hashes[i-2], hashes[i-1], h), i, 2)
		emit(GroupSkip, feature(GroupSkip, hashes[i-2], h, 0), i, 2)
		if i-3 >= from && t[i-2].brk != breakStop {
			emit(GroupSkip, feature(GroupSkip, hashes[i-3], h, 0), i, 3)
		}
	}
}

// extra emits the classes that begin at a token and are not its word's alone.
func (r *reader) extra(i int, emit func(uint32)) {
	spans := r.doc.spans[r.doc.first[i]:r.doc.first[i+1]]
	t := &r.doc.tokens[i]
	if t.sym >= 0 {
		spans = spans[min(len(r.lex.entries[t.sym].syms), len(spans)):]
	}
	for _, s := range spans {
		emit(feature(GroupClass, r.lex.hashes[s.sym], 0, 0))
	}
}

// Passage is the features of one passage, for training.
type Passage struct {
	Words    int
	Greets   bool // the opening of a text, and it begins with a greeting
	Features []uint32
	Groups   []Group
}

// Passages lists the features of a text, for training: the same that scoring
// adds up.
func (e *Engine) Passages(text string) []Passage {
	r := e.read(text)
	r.match()
	r.detect()
	found := r.findings()
	var out []Passage
	var starts []int32
	var buf [maxWord + 16]byte
	hashes := make([]uint32, len(r.doc.tokens))
	word := func(i int) []byte {
		if sym := r.doc.tokens[i].sym; sym >= 0 {
			return []byte(e.lex.names[sym])
		}
		return r.readerWord(i, buf[:0])
	}
	for i := range hashes {
		hashes[i] = hashWord(word(i))
	}
	for from := 0; from < len(hashes); {
		to := from + 1
		for to < len(hashes) && !r.passageEnds(from, to) {
			to++
		}
		p := Passage{Words: to - from, Greets: from == 0 && r.greets()}
		add := func(g Group, h uint32) { p.Groups, p.Features = append(p.Groups, g), append(p.Features, h) }
		r.scan(from, to, hashes, func(i int) {
			wordFeatures(word(i), add)
			if sym := r.doc.tokens[i].sym; sym >= 0 {
				for _, other := range e.lex.entries[sym].syms {
					if other != sym {
						add(GroupClass, feature(GroupClass, hashWord(e.lex.names[other]), 0, 0))
					}
				}
			}
			r.extra(i, func(h uint32) { add(GroupClass, h) })
		}, func(g Group, h uint32, _, _ int) { add(g, h) })
		starts = append(starts, r.doc.tokens[from].start)
		out = append(out, p)
		from = to
	}
	for i := range found {
		if len(out) > 0 {
			p := &out[passageAt(starts, found[i].Start)]
			p.Groups, p.Features = append(p.Groups, GroupRule), append(p.Features, ruleFeature(&found[i]))
		}
	}
	e.done(r)
	return out
}

// passageAt is the passage, of those that begin at the bytes starts, in which a
// finding begins.
func passageAt(starts []int32, start int) int {
	i, exact := slices.BinarySearch(starts, int32(start))
	if exact {
		return i
	}
	return max(0, i-1)
}

// ruleFeature is what a finding says by its rule, another if it was cancelled.
func ruleFeature(f *Finding) uint32 {
	cancelled := uint32(0)
	if f.Cancelled {
		cancelled = 1
	}
	return feature(GroupRule, hashWord(f.Rule), cancelled, 0)
}
