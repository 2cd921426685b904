package moderation

import "slices"

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
	d.mark()
	lex.addPhrases(d)
}

// place is what a walk asks of a token at every step, kept small.
type place struct {
	bits    uint64 // of the symbols that begin there
	brk     uint8
	filler  bool // may be skipped
	negator bool // no gap may skip it
}

// mark fills in the places.
func (d *document) mark() {
	d.places = sized(d.places, len(d.tokens))
	for i := range d.places {
		p := &d.places[i]
		p.brk = d.tokens[i].brk
		for _, s := range d.spans[d.first[i]:d.first[i+1]] {
			p.bits |= bit(s.sym)
		}
	}
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
	d.mark()
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
			w.follow(w.trie.start, i)
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
	places := w.doc.places
	if pos >= len(places) || places[pos].brk != breakNone {
		if end := w.trie.next(at, symEnd); end != 0 {
			w.accept(end, pos-1)
		}
	}
	if pos >= len(places) || pos-w.start >= maxSpan {
		return
	}
	if n.leads < after.leads {
		w.follow(at, pos)
		for p, k := pos, 0; k < maxFillers && places[p].filler && places[p].brk != breakStop; k++ {
			if p++; p == len(places) {
				break
			}
			w.follow(at, p)
		}
	}
	for _, g := range w.trie.gaps[n.gaps:after.gaps] {
		skipped := 0
		for p := pos; p < len(places) && p-w.start < maxSpan && places[p].brk != breakStop; p++ {
			w.follow(g.node, p)
			if places[p].negator {
				break // what a gap leaves out must not turn the meaning round
			}
			if !places[p].filler {
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
	w.steps++
	here := &w.doc.places[pos]
	if w.trie.nodes[at].begins&here.bits == 0 || here.brk == breakStop && pos > w.start {
		return
	}
	d := w.doc
	for _, s := range d.spans[d.first[pos]:d.first[pos+1]] {
		if w.trie.nodes[at].begins&bit(s.sym) == 0 {
			continue
		}
		if next := w.trie.next(at, s.sym); next != 0 {
			w.take(next, pos, s.width)
		}
	}
}

// take goes on to a node over width tokens; a match never leaves its sentence.
func (w *walker) take(to int32, pos int, width int32) {
	if end := pos + int(width); width == 1 || w.doc.tokens[end-1].sentence == w.doc.tokens[pos].sentence {
		w.visit(to, end)
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
