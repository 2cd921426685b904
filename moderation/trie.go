package moderation

import (
	"encoding/binary"
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

	// Once frozen. A walk visits nodes all over the trie, so they are kept small:
	// each lies in one line of the processor's cache.
	nodes []node
	links []int32   // of all nodes in turn: see node
	gaps  []gapEdge // of all nodes in turn, a gap that leads nowhere behind each node's
	leads []lead    // of all nodes in turn, each node's a table: see next
	seen  []uint64  // see mayFollow
	root  []int32   // by symbol: the node that a phrase beginning with it leads to, or 0
	start int32     // the node that ^ leads to, or 0
}

// growing is a node of a trie that is being built.
type growing struct {
	accept []int32
	gaps   []gapEdge
	joints []int32
	// before is the node that a gap leads here from, and skip its width; 0 if no
	// gap leads here.
	before int32
	skip   int32
}

// node is a node of a frozen trie. links, gaps and leads say where its own begin;
// 0 where it has none.
type node struct {
	// begins has every symbol that an edge from here has, so that most symbols
	// that have none are known without a look at the edges.
	begins hints
	// A link is a node that is reached with this one, or below zero the complement
	// of a target that a phrase ending here belongs to. The last is followed by 0.
	links, gaps, leads int32
	mask               uint32 // one less than the size of the table of leads
}

type edge struct{ node, sym int32 }

// lead is an edge of a frozen trie: a symbol, and the node that it leads to; 0 in
// a free place of the node's table.
type lead struct{ sym, node int32 }

// freeze lays the trie out for walks. Nothing may be inserted afterwards. Nodes
// from which the same phrases lead to the same ends become one: a walk then visits
// a small part of the memory, which stays in the processor's cache.
func (t *trie) freeze() {
	f := freezer{trie: t, leads: make([][]lead, len(t.growing)), done: make([]int32, len(t.growing)), same: map[string]int32{}}
	for e, to := range t.edges {
		f.leads[e.node] = append(f.leads[e.node], lead{e.sym, to})
	}
	// Nothing of any node has the number 0.
	t.nodes, t.links, t.gaps, t.leads = make([]node, 1), make([]int32, 1), make([]gapEdge, 1), make([]lead, 1)
	for _, l := range f.leads[0] {
		to := f.freeze(l.node)
		if l.sym == symStart {
			t.start = to
			continue
		}
		if n := int(l.sym) + 1; n > len(t.root) {
			t.root = append(t.root, make([]int32, n-len(t.root))...)
		}
		t.root[l.sym] = to
	}
	t.seen = make([]uint64, len(t.nodes)+7)
	for at, n := range t.nodes {
		for _, l := range t.leads[n.leads:][:n.mask+1] {
			if l.node != 0 {
				h := scatter(l.sym)
				t.seen[uint32(at)+h>>29] |= 1 << (h >> 23 & 63)
			}
		}
	}
	t.edges, t.growing = nil, nil
}

// mayFollow says of nearly all symbols without an edge from a node that they have
// none. A node's edges have each a bit in eight words of seen, of which neighbours
// share seven: as most nodes have few edges and some have hundreds, few bits are
// set. A walk asks about a dozen symbols for each that it follows, and a look at the
// table of edges for every one of them would cost it as much as all the rest.
func (t *trie) mayFollow(at, sym int32) bool {
	h := scatter(sym)
	return t.seen[uint32(at)+h>>29]>>(h>>23&63)&1 != 0
}

type freezer struct {
	*trie
	leads [][]lead         // of the growing nodes
	done  []int32          // the node that a growing one became; 0: none yet
	same  map[string]int32 // nodes by all that they hold
	key   []byte
}

// freeze lays out a growing node and all that it leads to.
func (f *freezer) freeze(at int32) int32 {
	if f.done[at] != 0 {
		return f.done[at]
	}
	g, leads := f.growing[at], f.leads[at]
	for i := range g.joints {
		g.joints[i] = f.freeze(g.joints[i])
	}
	for i := range g.gaps {
		g.gaps[i].node = f.freeze(g.gaps[i].node)
	}
	for i := range leads {
		leads[i].node = f.freeze(leads[i].node)
	}
	slices.Sort(g.joints)
	slices.SortFunc(leads, func(a, b lead) int { return int(a.sym - b.sym) })
	if len(g.joints) == 1 && len(g.accept)+len(g.gaps)+len(leads) == 0 {
		f.done[at] = g.joints[0] // nothing but a way there
		return f.done[at]
	}
	key := f.key[:0]
	for _, list := range [][]int32{g.accept, g.joints} {
		key = binary.AppendUvarint(key, uint64(len(list)))
		for _, n := range list {
			key = binary.AppendUvarint(key, uint64(n))
		}
	}
	key = binary.AppendUvarint(key, uint64(len(g.gaps)))
	for _, e := range g.gaps {
		key = binary.AppendUvarint(binary.AppendUvarint(key, uint64(e.width)), uint64(e.node))
	}
	for _, l := range leads {
		key = binary.AppendUvarint(binary.AppendVarint(key, int64(l.sym)), uint64(l.node))
	}
	f.key = key
	if n, ok := f.same[string(key)]; ok {
		f.done[at] = n
		return n
	}
	t := f.trie
	id := int32(len(t.nodes))
	f.same[string(key)], f.done[at] = id, id
	var n node
	if len(g.accept)+len(g.joints) > 0 {
		n.links = int32(len(t.links))
		for _, target := range g.accept {
			t.links = append(t.links, ^target)
		}
		t.links = append(append(t.links, g.joints...), 0)
	}
	if len(g.gaps) > 0 {
		n.gaps = int32(len(t.gaps))
		for _, e := range g.gaps {
			e.begins = t.nodes[e.node].begins
			t.gaps = append(t.gaps, e)
		}
		t.gaps = append(t.gaps, gapEdge{})
	}
	if len(leads) > 0 {
		t.addLeads(&n, leads)
	}
	t.nodes = append(t.nodes, n)
	return id
}

// addLeads lays out the edges of a node: an open-addressed table whose size is a
// power of two, with a free place at least, so that a symbol is found or missed at
// the first look however many edges there are.
func (t *trie) addLeads(n *node, leads []lead) {
	size := 2
	for size <= len(leads) {
		size *= 2
	}
	n.leads, n.mask = int32(len(t.leads)), uint32(size-1)
	t.leads = append(t.leads, make([]lead, size)...)
	table := t.leads[n.leads:]
	for _, l := range leads {
		at := scatter(l.sym) >> 12 & n.mask
		for table[at].node != 0 {
			at = (at + 1) & n.mask
		}
		table[at] = l
		n.begins.add(l.sym)
	}
}

// next is the node that an edge leads to; 0 where no edge is.
func (t *trie) next(at, sym int32) int32 {
	n := &t.nodes[at]
	table := t.leads[n.leads:]
	for i := scatter(sym) >> 12 & n.mask; table[i].node != 0; i = (i + 1) & n.mask {
		if table[i].sym == sym {
			return table[i].node
		}
	}
	return 0
}

// scatter spreads neighbouring symbols; its highest bits are the best spread.
func scatter(sym int32) uint32 { return uint32(sym) * 0x9E3779B1 }

// hints has a bit for every symbol of a set. Different symbols may share one, so
// it says for certain only what is not there.
type hints [2]uint64

func (h *hints) add(sym int32) {
	n := scatter(sym) >> 25
	h[n>>6] |= 1 << (n & 63)
}

// meet reports whether two sets may have a symbol in common.
func (h *hints) meet(other *hints) bool { return h[0]&other[0]|h[1]&other[1] != 0 }

// gapEdge leads to a node after at most width skipped words.
type gapEdge struct {
	begins hints // of the node, once frozen: a look over a gap's words needs no more
	node   int32
	width  int32
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
	const room = 1 << 18 // what the shipped rules take; growing there by doubling costs a sixth of loading them
	return trie{growing: make([]growing, 1, room), edges: make(map[edge]int32, room)}
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
			at = t.gap(at, int32(it.gap))
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
func (t *trie) gap(at, width int32) int32 {
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
	t.growing[at].gaps = append(t.growing[at].gaps, gapEdge{node: next, width: width})
	return next
}
