package moderation

import (
	"errors"
	"slices"
)

// A trie holds every phrase of every rule. Its edges are symbols, so one walk
// over a text follows all rules at once, and a thousand more rules that begin
// with other words cost nothing.
//
// A walk from one token is bounded: phrases have at most maxSpan words, gaps at
// most maxGap, and fillers that may be skipped are counted. The work for a text
// is therefore linear in its length, whatever it says.
type trie struct {
	growing []growing      // while building
	edges   map[edge]int32 // while building

	// Once frozen. A walk visits nodes all over the trie, so they are kept small.
	nodes  []node
	accept []int32   // of all nodes in turn: targets that a phrase ending there belongs to
	joints []int32   // of all nodes in turn: nodes that are reached with them
	gaps   []gapEdge // of all nodes in turn
	table  edgeTable
}

// growing is a node of a trie that is being built.
type growing struct {
	accept []int32
	gaps   []gapEdge
	joints []int32
	// before is the node that a gap leads here from, and skip its width; 0 if no
	// gap leads here.
	before int32
	skip   int
}

// node is a node of a frozen trie. What is its own of accept, joints and gaps
// ends where the next node's begins.
type node struct {
	// begins has the bit of every symbol that an edge from here has, so that
	// most symbols that have none are known without a look at the table.
	begins               uint64
	accept, joints, gaps int32
}

type edge struct{ node, sym int32 }

func (e edge) key() uint64 { return uint64(uint32(e.node))<<32 | uint64(uint32(e.sym)) }

// edgeTable is the edges as an open-addressed hash table: a walk asks it far
// more often than anything else, nearly always in vain, and a map would take
// most of the time there is.
type edgeTable struct {
	keys  []uint64
	nodes []int32 // 0, the root, where no edge is: nothing leads back to it
	shift uint
}

// freeze turns the edges into their table. Nothing may be inserted afterwards.
func (t *trie) freeze() {
	bits := uint(3)
	for 1<<bits < 3*len(t.edges) {
		bits++
	}
	t.table = edgeTable{keys: make([]uint64, 1<<bits), nodes: make([]int32, 1<<bits), shift: 64 - bits}
	t.nodes = make([]node, len(t.growing)+1)
	for i, g := range t.growing {
		t.accept, t.joints, t.gaps = append(t.accept, g.accept...), append(t.joints, g.joints...), append(t.gaps, g.gaps...)
		n := &t.nodes[i+1]
		n.accept, n.joints, n.gaps = int32(len(t.accept)), int32(len(t.joints)), int32(len(t.gaps))
	}
	for e, to := range t.edges {
		t.nodes[e.node].begins |= bit(e.sym)
		i := t.table.slot(e.key())
		for t.table.nodes[i] != 0 {
			i = (i + 1) & (len(t.table.nodes) - 1)
		}
		t.table.keys[i], t.table.nodes[i] = e.key(), to
	}
	t.edges, t.growing = nil, nil
}

func bit(sym int32) uint64 { return 1 << (uint32(sym) * 0x9E3779B1 >> 26) }

func (t *edgeTable) slot(key uint64) int { return int(key * 0x9E3779B97F4A7C15 >> t.shift) }

// next is the node that an edge leads to.
func (t *trie) next(at, sym int32) (int32, bool) {
	if t.nodes[at].begins&bit(sym) == 0 {
		return 0, false
	}
	key := edge{at, sym}.key()
	for i := t.table.slot(key); t.table.nodes[i] != 0; i = (i + 1) & (len(t.table.nodes) - 1) {
		if t.table.keys[i] == key {
			return t.table.nodes[i], true
		}
	}
	return 0, false
}

// gapEdge leads to a node after at most width skipped words.
type gapEdge struct {
	width int
	node  int32
}

// Symbols that stand for no word.
const (
	symStart int32 = -2 // ^
	symEnd   int32 = -3 // $
)

const (
	maxSpan    = 26 // tokens from the first to the last of a match
	maxFillers = 3  // fillers skipped in a row
)

func newTrie() trie {
	return trie{growing: make([]growing, 1), edges: map[edge]int32{}}
}

// joinAbove is how many ends a pattern may have before they are joined. Below
// it, patterns share nodes with every other that begins alike; above it, they
// would multiply.
const joinAbove = 12

// insert adds a pattern that, when found, means target.
func (t *trie) insert(steps []element, lex *lexicon, target int32) error {
	ends := []int32{0}
	for i, e := range steps {
		var next []int32
		for _, at := range ends {
			for _, seq := range e {
				end, err := t.path(at, seq, lex)
				if err != nil {
					return err
				}
				next = append(next, end)
			}
		}
		slices.Sort(next)
		ends = slices.Compact(next)
		if i > 0 && len(ends) > joinAbove && !isGap(e) {
			joint := t.newNode()
			var open []int32
			for _, at := range ends {
				if t.growing[at].skip > 0 {
					open = append(open, at) // an optional step after a gap was left out
					continue
				}
				t.growing[at].joints = append(t.growing[at].joints, joint)
			}
			ends = append(open, joint)
		}
	}
	for _, at := range ends {
		if n := t.growing[at]; n.skip > 0 {
			at = n.before // what should follow the gap is optional
		}
		if at == 0 {
			return errors.New("matches nothing at all")
		}
		if !slices.Contains(t.growing[at].accept, target) {
			t.growing[at].accept = append(t.growing[at].accept, target)
		}
	}
	return nil
}

// isGap reports a step that is a gap; ends behind one are joined a step later.
func isGap(e element) bool {
	return len(e) == 1 && len(e[0]) == 1 && e[0][0].kind == itemGap
}

// path follows a plain phrase from a node, making what is missing.
func (t *trie) path(at int32, phrase []item, lex *lexicon) (int32, error) {
	for _, it := range phrase {
		if it.kind == itemGap {
			at = t.gap(at, it.gap)
			continue
		}
		sym, err := lex.symbol(it)
		if err != nil {
			return 0, err
		}
		next, ok := t.edges[edge{at, sym}]
		if !ok {
			next = t.newNode()
			t.edges[edge{at, sym}] = next
		}
		at = next
	}
	return at, nil
}

func (t *trie) newNode() int32 {
	t.growing = append(t.growing, growing{})
	return int32(len(t.growing) - 1)
}

// gap returns the node behind a gap of at most width words. Two gaps in a row,
// which an optional step between them makes, are one wide gap.
func (t *trie) gap(at int32, width int) int32 {
	if n := t.growing[at]; n.skip > 0 {
		at, width = n.before, width+n.skip
	}
	for _, g := range t.growing[at].gaps {
		if g.width == width {
			return g.node
		}
	}
	next := t.newNode()
	t.growing[next].before, t.growing[next].skip = at, width
	t.growing[at].gaps = append(t.growing[at].gaps, gapEdge{width, next})
	return next
}

// hit is a phrase found: target, and the first and last token of it.
type hit struct {
	target   int32
	from, to int32
}

// symbols fills in, for every token, the symbols that begin there.
func (lex *lexicon) symbols(d *document) {
	d.first = sized(d.first, len(d.tokens)+1)
	d.spans = d.spans[:0]
	for i := range d.tokens {
		d.first[i] = int32(len(d.spans))
		t := &d.tokens[i]
		sym := t.sym
		if sym < 0 {
			sym = t.stem
		}
		if sym >= 0 {
			for _, s := range lex.entries[sym].syms {
				d.spans = append(d.spans, symSpan{s, 1})
			}
		}
		if t.isNum {
			for _, r := range lex.ranges {
				if r.lo <= t.num && t.num <= r.hi {
					d.spans = append(d.spans, symSpan{r.sym, 1})
				}
			}
		}
	}
	d.first[len(d.tokens)] = int32(len(d.spans))
	lex.addPhrases(d)
}

// addPhrases adds the classes whose phrases have several words. They are found
// over the one-word symbols first and merged in after, so that phrases do not
// see each other.
func (lex *lexicon) addPhrases(d *document) {
	w := walker{trie: &lex.phrases, doc: d, hits: d.spare.hits[:0]}
	w.walk()
	d.spare.hits = w.hits
	if len(w.hits) == 0 {
		return
	}
	merged, first := d.spare.spans[:0], sized(d.spare.first, len(d.first))
	h := 0
	for i := range d.tokens {
		first[i] = int32(len(merged))
		merged = append(merged, d.spans[d.first[i]:d.first[i+1]]...)
		for h < len(w.hits) && int(w.hits[h].from) == i {
			merged = append(merged, symSpan{w.hits[h].target, w.hits[h].to - w.hits[h].from + 1})
			h++
		}
	}
	first[len(d.tokens)] = int32(len(merged))
	d.spare.spans, d.spare.first = d.spans, d.first
	d.spans, d.first = merged, first
}

// sized is a slice of n zero values in the memory of s, or in new memory.
func sized[T any](s []T, n int) []T {
	s = slices.Grow(s[:0], n)[:n]
	clear(s)
	return s
}

// walker follows a trie over a document.
type walker struct {
	trie   *trie
	doc    *document
	filler []bool // per token; nil if none may be skipped
	// negator marks tokens that no gap may skip; nil if there are none.
	negator []bool
	start   int
	hits    []hit
	begin   int // hits from here on began at start
	steps   int // nodes asked for an edge, for the tests of linearity
}

func (w *walker) walk() {
	first := false // this token begins its clause, fillers aside
	for i := range w.doc.tokens {
		w.start, w.begin = i, len(w.hits)
		w.follow(0, i)
		first = i == 0 || w.doc.tokens[i].brk != breakNone || first && w.filler != nil && w.filler[i-1]
		if first {
			if next, ok := w.trie.next(0, symStart); ok {
				w.follow(next, i)
			}
		}
	}
}

// visit arrives at a node with pos the next token to read.
func (w *walker) visit(at int32, pos int) {
	n, after := &w.trie.nodes[at], &w.trie.nodes[at+1]
	for _, joint := range w.trie.joints[n.joints:after.joints] {
		w.visit(joint, pos)
	}
	for _, target := range w.trie.accept[n.accept:after.accept] {
		w.found(target, pos-1)
	}
	if pos >= len(w.doc.tokens) || w.doc.tokens[pos].brk != breakNone {
		if end, ok := w.trie.next(at, symEnd); ok {
			w.accept(end, pos-1)
		}
	}
	if pos >= len(w.doc.tokens) || pos-w.start >= maxSpan {
		return
	}
	w.follow(at, pos)
	if w.filler != nil {
		for p, k := pos, 0; k < maxFillers && p < len(w.doc.tokens) && w.filler[p] && w.doc.tokens[p].brk != breakStop; k++ {
			p++
			if p < len(w.doc.tokens) {
				w.follow(at, p)
			}
		}
	}
	for _, g := range w.trie.gaps[n.gaps:after.gaps] {
		skipped := 0
		for p := pos; p < len(w.doc.tokens) && p-w.start < maxSpan; p++ {
			if w.doc.tokens[p].brk == breakStop {
				break
			}
			w.follow(g.node, p)
			if w.negator != nil && w.negator[p] {
				break // what a gap leaves out must not turn the meaning round
			}
			if w.filler == nil || !w.filler[p] {
				if skipped++; skipped > g.width {
					break
				}
			}
		}
	}
}

// accept notes what ends at a node reached by $.
func (w *walker) accept(at int32, last int) {
	n, after := &w.trie.nodes[at], &w.trie.nodes[at+1]
	for _, target := range w.trie.accept[n.accept:after.accept] {
		w.found(target, last)
	}
	for _, joint := range w.trie.joints[n.joints:after.joints] {
		w.accept(joint, last)
	}
}

// follow takes every edge from a node that the token at pos allows.
func (w *walker) follow(at int32, pos int) {
	d := w.doc
	w.steps++
	if pos > w.start && d.tokens[pos].brk == breakStop {
		return
	}
	for _, s := range d.spans[d.first[pos]:d.first[pos+1]] {
		next, ok := w.trie.next(at, s.sym)
		if !ok {
			continue
		}
		if s.width > 1 && d.tokens[pos+int(s.width)-1].sentence != d.tokens[pos].sentence {
			continue
		}
		w.visit(next, pos+int(s.width))
	}
}

// found keeps a hit, the longest of each target per start.
func (w *walker) found(target int32, last int) {
	for i := w.begin; i < len(w.hits); i++ {
		if w.hits[i].target == target {
			w.hits[i].to = max(w.hits[i].to, int32(last))
			return
		}
	}
	w.hits = append(w.hits, hit{target, int32(w.start), int32(last)})
}
