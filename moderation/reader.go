package moderation

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// The second reader is a small linear model over the words of a post. The rules
// know what they were told; it has read the corpus and hears posts that are put
// in words of their own. It can only raise attention: it adds findings and never
// lowers, cancels or hides one of the rules'. reader.md beside it says how well it
// does. go generate trains it anew.

//go:generate go run ./train

//go:embed reader.bin
var shippedReader []byte

// Weights are what the second reader has learned, as train writes them.
type Weights struct {
	Head WeightsHead
	// Features holds the hashes of the features it knows, in order.
	Features []uint32
	// Values holds, for each feature in turn, its weight for each target.
	Values []int8
}

// WeightsHead says what the weights were learned from and when they speak.
type WeightsHead struct {
	Version int             `json:"version"`
	Corpus  string          `json:"corpus"` // SHA-256 of the corpus
	Rules   string          `json:"rules"`  // of the rules at the time
	Targets []WeightsTarget `json:"targets"`
}

// WeightsTarget is one question that the reader answers with a number from 0 to 1.
type WeightsTarget struct {
	Name string `json:"name"`
	// Slope and Offset turn the sum of the weights into a calibrated probability.
	Slope  float64 `json:"slope"`
	Offset float64 `json:"offset"`
	// Threshold is the probability from which the reader speaks; above 1, never.
	Threshold float64 `json:"threshold"`
}

const weightsVersion = 1

// Names of targets. A number is the level from which a post counts.
const (
	TargetMind1        = "mind1"
	TargetMind2        = "mind2"
	TargetMind3        = "mind3"
	TargetBody1        = "body1"
	TargetBody2        = "body2"
	TargetBody3        = "body3"
	TargetSafeguarding = "safeguarding" // coercion or child_risk
	TargetCoercion     = "coercion"     // which of the two: these only choose the tag
	TargetChildRisk    = "child_risk"
	TargetUnder18      = "under_18"
	TargetAbuse        = "abuse"
	TargetAdvice       = "medical_advice"
	TargetSpam         = "spam"
)

// Targets are the questions in the order of the weights.
var Targets = []string{
	TargetMind1, TargetMind2, TargetMind3, TargetBody1, TargetBody2, TargetBody3, TargetSafeguarding,
	TargetCoercion, TargetChildRisk, TargetUnder18, TargetAbuse, TargetAdvice, TargetSpam,
}

const targetCount = 13

// sums holds one number for each target.
type sums [targetCount]int32

// Encode writes w as reader.bin holds it: a line of JSON, then the features as
// differences, then the weights.
func (w *Weights) Encode() ([]byte, error) {
	head, err := json.Marshal(w.Head)
	if err != nil {
		return nil, fmt.Errorf("encode the head of the weights: %w", err)
	}
	out := append(head, '\n')
	out = binary.AppendUvarint(out, uint64(len(w.Features)))
	last := uint32(0)
	for _, f := range w.Features {
		out = binary.AppendUvarint(out, uint64(f-last))
		last = f
	}
	for _, v := range w.Values {
		out = append(out, byte(v))
	}
	return out, nil
}

// DecodeWeights reads what [Weights.Encode] wrote.
func DecodeWeights(data []byte) (*Weights, error) {
	head, rest, ok := bytes.Cut(data, []byte{'\n'})
	if !ok {
		return nil, errors.New("weights: no head")
	}
	var w Weights
	if err := json.Unmarshal(head, &w.Head); err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	if w.Head.Version != weightsVersion || len(w.Head.Targets) != targetCount {
		return nil, fmt.Errorf("weights: version %d with %d targets", w.Head.Version, len(w.Head.Targets))
	}
	for i, t := range w.Head.Targets {
		if t.Name != Targets[i] {
			return nil, fmt.Errorf("weights: target %d is %q, not %q", i, t.Name, Targets[i])
		}
	}
	next := func() (uint64, error) {
		v, n := binary.Uvarint(rest)
		if n <= 0 {
			return 0, errors.New("weights: cut short")
		}
		rest = rest[n:]
		return v, nil
	}
	n, err := next()
	if err != nil || n > uint64(len(rest)) {
		return nil, errors.New("weights: cut short")
	}
	w.Features = make([]uint32, n)
	last := uint32(0)
	for i := range w.Features {
		d, err := next()
		if err != nil {
			return nil, err
		}
		last += uint32(d)
		w.Features[i] = last
	}
	if uint64(len(rest)) != n*targetCount {
		return nil, fmt.Errorf("weights: %d bytes for %d features", len(rest), n)
	}
	w.Values = make([]int8, len(rest))
	for i, b := range rest {
		w.Values[i] = int8(b)
	}
	return &w, nil
}

// secondReader is the weights ready for use with one engine's words.
type secondReader struct {
	head   WeightsHead
	hashes []uint32 // open-addressed table: hash, 0 if free
	rows   []int32
	values []int8
	words  []wordUnit // by symbol
	// version is the rules' version, a plus and a short hash of the weights.
	version string
}

// wordUnit is what a known word says by itself, worked out once.
type wordUnit struct {
	hash uint32
	sums sums
}

// shippedSecond is the second reader that ships with the program. An empty file
// is none: so train can begin where there are no weights of this version.
func (e *Engine) shippedSecond() (*secondReader, error) {
	if len(shippedReader) == 0 {
		return nil, nil
	}
	w, err := DecodeWeights(shippedReader)
	if err != nil {
		return nil, fmt.Errorf("reader.bin: %w", err)
	}
	return e.newSecond(w), nil
}

// WithWeights is e with another second reader; with nil, e that reads by its
// rules alone.
func (e *Engine) WithWeights(w *Weights) *Engine {
	other := *e
	if other.second = nil; w != nil {
		other.second = e.newSecond(w)
	}
	return &other
}

func (e *Engine) newSecond(w *Weights) *secondReader {
	size := 8
	for size < 3*len(w.Features) {
		size *= 2
	}
	h := sha256.New()
	for _, f := range w.Features {
		h.Write(binary.LittleEndian.AppendUint32(nil, f))
	}
	for _, v := range w.Values {
		h.Write([]byte{byte(v)})
	}
	fmt.Fprint(h, w.Head)
	version := e.version + "+" + hex.EncodeToString(h.Sum(nil))[:8]
	s := &secondReader{version: version, head: w.Head, hashes: make([]uint32, size), rows: make([]int32, size), values: w.Values}
	for i, h := range w.Features {
		at := int(h*0x9E3779B1>>3) & (size - 1)
		for s.hashes[at] != 0 {
			at = (at + 1) & (size - 1)
		}
		s.hashes[at], s.rows[at] = h, int32(i)
	}
	s.words = make([]wordUnit, len(e.lex.names))
	for sym, name := range e.lex.names {
		u := &s.words[sym]
		u.hash = hashWord(name)
		wordFeatures(name, func(_ Group, h uint32) { s.add(&u.sums, h) })
		for _, other := range e.lex.entries[sym].syms {
			if other != int32(sym) {
				s.add(&u.sums, feature(GroupClass, hashWord(e.lex.names[other]), 0, 0))
			}
		}
	}
	return s
}

// add adds the weights of a feature, if the reader knows it.
func (s *secondReader) add(to *sums, h uint32) {
	mask := len(s.hashes) - 1
	for at := int(h*0x9E3779B1>>3) & mask; s.hashes[at] != 0; at = (at + 1) & mask {
		if s.hashes[at] == h {
			row := s.values[int(s.rows[at])*targetCount:][:targetCount]
			for t := range to {
				to[t] += int32(row[t])
			}
			return
		}
	}
}

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
	widest       = 64 // tokens of neighbouring passages weighed together
	doubt        = 20 // a sum counts by the root of its words and these
)

// passageEnds reports whether token i begins a new passage when the last began
// at from.
func (r *reader) passageEnds(from, i int) bool {
	n := i - from
	return n >= longPassage || n >= shortPassage && r.doc.tokens[i].brk == breakStop
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
		emit(feature(GroupClass, hashWord(r.lex.names[s.sym]), 0, 0))
	}
}

// Passage is the features of one passage, for training.
type Passage struct {
	Words    int
	Features []uint32
	Groups   []Group
}

// Passages lists the features of a text, for training: the same that scoring
// adds up.
func (e *Engine) Passages(text string) []Passage {
	r := e.read(text)
	var out []Passage
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
		p := Passage{Words: to - from}
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
		out = append(out, p)
		from = to
	}
	return out
}

// read prepares a text and finds the context of its words.
func (e *Engine) read(text string) *reader {
	doc := e.lex.prepare(text)
	e.lex.symbols(doc)
	return e.newReader(doc)
}

// heard is what the second reader makes of a text.
type heard struct {
	passages []passage
	hashes   []uint32
	best     [targetCount]float64 // the highest probability of any window
	from, to [targetCount]int32   // that window's tokens
}

// hear weighs every passage, and every run of neighbouring ones.
func (s *secondReader) hear(r *reader) heard {
	t := r.doc.tokens
	h := heard{hashes: make([]uint32, len(t)), passages: make([]passage, 0, len(t)/shortPassage+1)}
	var buf [maxWord + 16]byte
	for i := range t {
		if sym := t[i].sym; sym >= 0 {
			h.hashes[i] = s.words[sym].hash
		} else {
			h.hashes[i] = hashWord(r.readerWord(i, buf[:0]))
		}
	}
	for from := 0; from < len(t); {
		to := from + 1
		for to < len(t) && !r.passageEnds(from, to) {
			to++
		}
		h.passages = append(h.passages, passage{from: int32(from), to: int32(to)})
		sum := &h.passages[len(h.passages)-1].sums
		r.scan(from, to, h.hashes, func(i int) { s.unit(r, i, sum) }, func(_ Group, f uint32, _, _ int) { s.add(sum, f) })
		from = to
	}
	for k := range s.head.Targets {
		target := &s.head.Targets[k]
		top := math.Inf(-1)
		for i := range h.passages {
			sum := int32(0)
			for j := i; j < len(h.passages); j++ {
				n := h.passages[j].to - h.passages[i].from
				if j > i && n > widest {
					break
				}
				sum += h.passages[j].sums[k]
				if v := float64(sum) / math.Sqrt(float64(n+doubt)); v > top {
					top, h.from[k], h.to[k] = v, h.passages[i].from, h.passages[j].to
				}
			}
		}
		if len(h.passages) > 0 {
			h.best[k] = 1 / (1 + math.Exp(-target.Slope*top-target.Offset))
		}
	}
	return h
}

// unit adds what the word at token i says by itself.
func (s *secondReader) unit(r *reader, i int, to *sums) {
	if sym := r.doc.tokens[i].sym; sym >= 0 {
		u := &s.words[sym].sums
		for k := range to {
			to[k] += u[k]
		}
	} else {
		var buf [maxWord + 16]byte
		wordFeatures(r.readerWord(i, buf[:0]), func(_ Group, f uint32) { s.add(to, f) })
	}
	r.extra(i, func(f uint32) { s.add(to, f) })
}

// Heard returns the second reader's probability for each of [Targets].
func (e *Engine) Heard(text string) []float64 {
	if e.second == nil {
		return make([]float64, targetCount)
	}
	h := e.second.hear(e.read(text))
	return h.best[:]
}

// raise adds to a what the second reader hears and the rules did not, and
// returns the findings with its own.
func (s *secondReader) raise(r *reader, a *Assessment, found []Finding) []Finding {
	a.Rules = s.version
	h := s.hear(r)
	speaks := func(k int) bool { return len(h.passages) > 0 && h.best[k] >= s.head.Targets[k].Threshold }
	for level := 3; level > a.Mind; level-- {
		if k := level - 1; speaks(k) {
			a.Mind = level
			found = append(found, s.finding(r, &h, k, "mind", level))
		}
	}
	// What the rules heard about a body and their context cleared ("has stopped",
	// "call if you") sounds alarming to one who hears no context.
	cleared := slices.ContainsFunc(found, func(f Finding) bool { return f.Category == "body" && f.Cancelled })
	for level := 3; level > a.Body; level-- {
		if k := 3 + level - 1; speaks(k) && !cleared {
			a.Body = level
			found = append(found, s.finding(r, &h, k, "body", level))
		}
	}
	for k := 6; k < targetCount; k++ {
		tag := Tag(Targets[k])
		switch Targets[k] {
		case TargetCoercion, TargetChildRisk:
			continue // these only choose
		case TargetSafeguarding:
			if slices.Contains(a.Tags, TagCoercion) || slices.Contains(a.Tags, TagChildRisk) {
				continue
			}
			tag = TagCoercion
			if h.best[k+2] > h.best[k+1] {
				tag = TagChildRisk
			}
		}
		if speaks(k) && !slices.Contains(a.Tags, tag) {
			a.Tags = append(a.Tags, tag)
			found = append(found, s.finding(r, &h, k, string(tag), 0))
		}
	}
	return found
}

// likeness says what the posts were like that taught the reader a target.
var likeness = [targetCount]string{
	"someone struggling", "someone who wishes to be dead", "someone who may act on it",
	"a question for a midwife", "a body that needs care today", "an emergency",
	"someone or a child who is not safe", "", "", "a writer under 18", "words meant to hurt",
	"medical advice", "selling or begging",
}

// finding says which words weighed most for target k.
func (s *secondReader) finding(r *reader, h *heard, k int, category string, level int) Finding {
	from, to := int(h.from[k]), int(h.to[k])
	t := r.doc.tokens[from:to]
	weight := make([]float64, len(t))
	one := func(i int, f uint32, back int) {
		var sum sums
		s.add(&sum, f)
		for j := i - back; j <= i; j++ {
			weight[j-from] += float64(sum[k]) / float64(back+1)
		}
	}
	r.scan(from, to, h.hashes, func(i int) {
		var sum sums
		s.unit(r, i, &sum)
		weight[i-from] += float64(sum[k])
	}, func(_ Group, f uint32, i, back int) { one(i, f, back) })
	const most = 12
	first, last, top := 0, 0, math.Inf(-1)
	for i := range weight {
		sum := 0.0
		for j := i; j < len(weight) && j < i+most; j++ {
			if sum += weight[j]; sum > top {
				first, last, top = i, j, sum
			}
		}
	}
	start, end := t[first].start, t[first].end
	for _, w := range t[first : last+1] {
		start, end = min(start, w.start), max(end, w.end)
	}
	quote := strings.ToValidUTF8(r.doc.text[start:end], "\uFFFD")
	return Finding{
		Category: category, Rule: "reader." + s.head.Targets[k].Name, Start: int(start), End: int(end), Quote: quote, Level: level,
		Why: "This reads like " + likeness[k] + " to the second reader, which learned from our corpus; these words weighed most: " +
			strings.Join(r.heaviest(t[first:last+1], weight[first:last+1]), ", ") + ".",
	}
}

// heaviest names up to four words in the order of the text.
func (r *reader) heaviest(t []token, weight []float64) []string {
	order := make([]int, len(t))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(weight[b], weight[a]) })
	var chosen []int
	for _, i := range order {
		// Digits may be someone's number: they are in the quote, not here.
		word := r.doc.text[t[i].start:t[i].end]
		if len(chosen) == 4 || weight[i] <= 0 || t[i].isNum || utf8.RuneCountInString(word) < 2 ||
			slices.ContainsFunc(chosen, func(c int) bool { return t[c].start == t[i].start }) {
			continue
		}
		chosen = append(chosen, i)
	}
	slices.Sort(chosen)
	words := make([]string, 0, len(chosen))
	for _, i := range chosen {
		words = append(words, "“"+strings.ToValidUTF8(r.doc.text[t[i].start:t[i].end], "\uFFFD")+"”")
	}
	if len(words) == 0 {
		return []string{"those marked"}
	}
	return words
}
