package moderation

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/bits"
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

// secondReader is the weights ready for use with one engine's words.
type secondReader struct {
	head WeightsHead
	// known has a bit for every feature there could be, and before the number of
	// bits set in front of each of its words: so a feature's row is counted, and of
	// one that is not known, as most are not, one word of memory is read.
	known  *[featureWords]uint64
	before *[featureWords]int32
	rows   [][16]int16 // weights; 16, so that none lies across two lines of the cache
	words  []wordUnit  // by symbol
	// version is the rules' version, a plus and a short hash of the weights.
	version string
}

const featureWords = 1 << featureBits / 64

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
	h := sha256.New()
	for _, f := range w.Features {
		h.Write(binary.LittleEndian.AppendUint32(nil, f))
	}
	for _, v := range w.Values {
		h.Write(binary.LittleEndian.AppendUint16(nil, uint16(v)))
	}
	fmt.Fprint(h, w.Head)
	version := e.version + "+" + hex.EncodeToString(h.Sum(nil))[:8]
	s := &secondReader{version: version, head: w.Head, known: new([featureWords]uint64), before: new([featureWords]int32), rows: make([][16]int16, len(w.Features))}
	for _, f := range w.Features {
		s.known[f/64%featureWords] |= 1 << (f % 64)
	}
	n := 0
	for i, word := range s.known {
		s.before[i] = int32(n)
		n += bits.OnesCount64(word)
	}
	for i, f := range w.Features {
		copy(s.row(f)[:targetCount], w.Values[i*targetCount:])
	}
	s.words = make([]wordUnit, len(e.lex.names))
	for sym, name := range e.lex.names {
		u := &s.words[sym]
		u.hash = e.lex.hashes[sym]
		wordFeatures(name, func(_ Group, h uint32) { s.add(&u.sums, h) })
		for _, other := range e.lex.entries[sym].syms {
			if other != int32(sym) {
				s.add(&u.sums, feature(GroupClass, e.lex.hashes[other], 0, 0))
			}
		}
	}
	return s
}

// row is the weights of a feature that the reader knows.
func (s *secondReader) row(f uint32) *[16]int16 {
	at := f / 64 % featureWords
	return &s.rows[int(s.before[at])+bits.OnesCount64(s.known[at]&(1<<(f%64)-1))]
}

// add adds the weights of a feature, if the reader knows it.
func (s *secondReader) add(to *sums, f uint32) {
	if s.known[f/64%featureWords]>>(f%64)&1 == 0 {
		return
	}
	row := s.row(f)
	for t := range to {
		to[t] += int32(row[t])
	}
}

// heard is what the second reader makes of a text.
type heard struct {
	passages []passage
	hashes   []uint32
	best     [targetCount]float64 // the highest probability of any window
	from, to [targetCount]int32   // that window's tokens
}

// hear weighs every passage, and every run of neighbouring ones.
func (s *secondReader) hear(r *reader, found []Finding) heard {
	t := r.doc.tokens
	r.hashes = sized(r.hashes, len(t))
	h := heard{hashes: r.hashes, passages: r.passages[:0]}
	var buf [maxWord + 16]byte
	for i := range t {
		if sym := t[i].sym; sym >= 0 {
			h.hashes[i] = s.words[sym].hash
		} else {
			h.hashes[i] = hashWord(r.readerWord(i, buf[:0]))
		}
	}
	starts := r.starts[:0]
	for from := 0; from < len(t); {
		to := from + 1
		for to < len(t) && !r.passageEnds(from, to) {
			to++
		}
		h.passages = append(h.passages, passage{from: int32(from), to: int32(to)})
		sum := &h.passages[len(h.passages)-1].sums
		r.scan(from, to, h.hashes, func(i int) { s.unit(r, i, sum) }, func(_ Group, f uint32, _, _ int) { s.add(sum, f) })
		starts = append(starts, t[from].start)
		from = to
	}
	r.passages, r.starts = h.passages, starts
	for i := range found {
		if len(h.passages) > 0 {
			s.add(&h.passages[passageAt(starts, found[i].Start)].sums, ruleFeature(&found[i]))
		}
	}
	greets := r.greets()
	for k := range s.head.Targets {
		target := &s.head.Targets[k]
		top, all := math.Inf(-1), int32(0)
		for i := range h.passages {
			all += h.passages[i].sums[k]
			sum := int32(0)
			for j := i; j < len(h.passages); j++ {
				n := h.passages[j].to - h.passages[i].from
				if j > i && n > Widest {
					break
				}
				sum += h.passages[j].sums[k]
				if v := float64(sum) / math.Sqrt(float64(n+Doubt)); v > top {
					top, h.from[k], h.to[k] = v, h.passages[i].from, h.passages[j].to
				}
			}
		}
		if len(h.passages) > 0 {
			whole := float64(all) / math.Sqrt(float64(len(t)+Doubt))
			if greets && len(h.passages) > 1 {
				first := &h.passages[0]
				whole = max(whole, float64(all-first.sums[k])/math.Sqrt(float64(len(t)-int(first.to)+Doubt)))
			}
			top = (1-WholeShare)*top + WholeShare*whole
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
	r := e.read(text)
	r.match()
	r.detect()
	h := e.second.hear(r, r.findings())
	e.done(r)
	return h.best[:]
}

// raise adds to a what the second reader hears and the rules did not, and
// returns the findings with its own.
func (s *secondReader) raise(r *reader, a *Assessment, found []Finding) []Finding {
	a.Rules = s.version
	h := s.hear(r, found)
	speaks := func(k int) bool { return len(h.passages) > 0 && h.best[k] >= s.head.Targets[k].Threshold }
	// Whether to look and how bad it is are two questions, each with targets of its
	// own: what tells a wish to be dead from ordinary grief does not tell it from a plan.
	level := func(first, worse int) int {
		switch {
		case (speaks(first+1) || speaks(first+2)) && speaks(worse):
			return 3
		case speaks(first+1) || speaks(first+2):
			return 2
		case speaks(first):
			return 1
		}
		return 0
	}
	if n := level(0, targetCount-2); n > a.Mind {
		a.Mind = n
		found = append(found, s.finding(r, &h, n-1, "mind", n))
	}
	if n := level(3, targetCount-1); n > a.Body {
		a.Body = n
		found = append(found, s.finding(r, &h, 3+n-1, "body", n))
	}
	for k := 6; k < targetCount; k++ {
		tag := Tag(Targets[k])
		switch Targets[k] {
		case TargetCoercion, TargetChildRisk, TargetMindWorse, TargetBodyWorse:
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
			a.heard = append(a.heard, tag)
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
	"medical advice", "selling or begging", "telling how", "", "",
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
