package moderation

import "slices"

// hit is a phrase found: target, and the first and last token of it.
type hit struct {
	target   int32
	from, to int32
}

// symbols fills in, for every token, the symbols that begin there.
func (lex *lexicon) symbols(d *document) {
	d.first, d.places = sized(d.first, len(d.tokens)+1), sized(d.places, len(d.tokens))
	d.spans = d.spans[:0]
	for i := range d.tokens {
		d.first[i] = int32(len(d.spans))
		t, p := &d.tokens[i], &d.places[i]
		p.brk = t.brk
		sym := t.sym
		if sym < 0 {
			sym = t.stem
		}
		if sym >= 0 {
			e := &lex.entries[sym]
			p.bits = e.bits
			for _, s := range e.syms {
				d.spans = append(d.spans, symSpan{s, 1})
			}
		}
		if t.isNum {
			for _, r := range lex.ranges {
				if r.lo <= t.num && t.num <= r.hi {
					d.spans = append(d.spans, symSpan{r.sym, 1})
					p.bits.add(r.sym)
				}
			}
		}
	}
	d.first[len(d.tokens)] = int32(len(d.spans))
	lex.addPhrases(d)
}

// place is what a walk asks of a token at every step, kept small.
type place struct {
	bits    hints // of the symbols that begin there
	brk     uint8
	filler  bool // may be skipped
	negator bool // no gap may skip it
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
			d.places[i].bits.add(w.hits[h].target)
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
	trie  *trie
	doc   *document
	start int
	hits  []hit
	begin int // hits from here on began at start
	steps int // nodes asked for an edge, for the tests of linearity
}

func (w *walker) walk() {
	first := false // this token begins its clause, fillers aside
	for i := range w.doc.places {
		w.start, w.begin = i, len(w.hits)
		w.steps++
		for _, s := range w.doc.spans[w.doc.first[i]:w.doc.first[i+1]] {
			if int(s.sym) < len(w.trie.root) && w.trie.root[s.sym] != 0 {
				w.take(w.trie.root[s.sym], i, s.width)
			}
		}
		first = i == 0 || w.doc.places[i].brk != breakNone || first && w.doc.places[i-1].filler
		if first && w.trie.start != 0 {
			w.follow(w.trie.start, &w.trie.nodes[w.trie.start].begins, i)
		}
	}
}

// visit arrives at a node with pos the next token to read.
func (w *walker) visit(at int32, pos int) {
	n := &w.trie.nodes[at]
	for i := n.links; w.trie.links[i] != 0; i++ {
		if link := w.trie.links[i]; link < 0 {
			w.found(^link, pos-1)
		} else {
			w.visit(link, pos)
		}
	}
	places := w.doc.places
	if pos >= len(places) || places[pos].brk != breakNone {
		if end := w.trie.next(at, symEnd); end != 0 {
			w.accept(end, pos-1)
		}
	}
	if pos >= len(places) || pos-w.start >= maxSpan {
		return
	}
	if places[pos].brk == breakStop {
		return // a match never leaves its sentence
	}
	if n.leads != 0 {
		w.follow(at, &n.begins, pos)
		for p, k := pos, 0; k < maxFillers && places[p].filler; k++ {
			if p++; p == len(places) || places[p].brk == breakStop {
				break
			}
			w.follow(at, &n.begins, p)
		}
	}
	for i := n.gaps; w.trie.gaps[i].node != 0; i++ {
		g := &w.trie.gaps[i]
		left := g.width
		for p, end := pos, min(len(places), w.start+maxSpan); p < end && places[p].brk != breakStop; p++ {
			w.follow(g.node, &g.begins, p)
			if places[p].negator {
				break // what a gap leaves out must not turn the meaning round
			}
			if !places[p].filler {
				if left--; left < 0 {
					break
				}
			}
		}
	}
}

// accept notes what ends at a node reached by $.
func (w *walker) accept(at int32, last int) {
	for i := w.trie.nodes[at].links; w.trie.links[i] != 0; i++ {
		if link := w.trie.links[i]; link < 0 {
			w.found(^link, last)
		} else {
			w.accept(link, last)
		}
	}
}

// follow takes every edge from a node that the token at pos allows. begins is the
// node's: most tokens have no symbol that it has, and the call ends here.
func (w *walker) follow(at int32, begins *hints, pos int) {
	w.steps++
	if begins.meet(&w.doc.places[pos].bits) {
		w.edges(at, pos)
	}
}

func (w *walker) edges(at int32, pos int) {
	d := w.doc
	for _, s := range d.spans[d.first[pos]:d.first[pos+1]] {
		if w.trie.mayFollow(at, s.sym) {
			if next := w.trie.next(at, s.sym); next != 0 {
				w.take(next, pos, s.width)
			}
		}
	}
}

// take goes on to a node over width tokens; a match never leaves its sentence.
func (w *walker) take(to int32, pos int, width int32) {
	if end := pos + int(width); width == 1 || w.doc.tokens[end-1].sentence == w.doc.tokens[pos].sentence {
		w.visit(to, end)
	}
}

// found keeps a hit, the longest of each target per start. Hits of one start are
// in the order of their targets: what comes first counts, and it must not hang on
// how the trie is laid out. A rule's own words stand before those of someone else.
func (w *walker) found(target int32, last int) {
	i := len(w.hits)
	for i > w.begin && w.hits[i-1].target > target {
		i--
	}
	if i > w.begin && w.hits[i-1].target == target {
		w.hits[i-1].to = max(w.hits[i-1].to, int32(last))
		return
	}
	w.hits = append(w.hits, hit{})
	copy(w.hits[i+1:], w.hits[i:])
	w.hits[i] = hit{target, int32(w.start), int32(last)}
}
