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

	// Once frozen. A walk visits nodes all over the trie, so they are kept small.
	nodes  []node
	accept []int32   // of all nodes in turn: targets that a phrase ending there belongs to
	joints []int32   // of all nodes in turn: nodes that are reached with them
	gaps   []gapEdge // of all nodes in turn
	leads  []lead    // of all nodes in turn, by symbol
	root   []int32   // by symbol: the node that a phrase beginning with it leads to, or 0
	start  int32     // the node that ^ leads to, or 0
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

// node is a node of a frozen trie. What is its own of accept, joints, gaps and
// leads ends where the next node's begins.
type node struct {
	// begins has the bit of every symbol that an edge from here has, so that
	// most symbols that have none are known without a look at the edges.
	begins                      uint64
	accept, joints, gaps, leads int32
}

type edge struct{ node, sym int32 }

// lead is an edge of a frozen trie: a symbol, and the node that it leads to.
type lead struct{ sym, node int32 }

// freeze lays the trie out for walks. Nothing may be inserted afterwards. Nodes
// from which the same phrases lead to the same ends become one: a walk then visits
// a small part of the memory, which stays in the processor's cache.
func (t *trie) freeze() {
	f := freezer{trie: t, leads: make([][]lead, len(t.growing)), done: make([]int32, len(t.growing)), same: map[string]int32{}}
	for e, to := range t.edges {
		f.leads[e.node] = append(f.leads[e.node], lead{e.sym, to})
	}
	t.nodes = make([]node, 2) // no node has the number 0
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
	t.edges, t.growing = nil, nil
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
	id := int32(len(t.nodes) - 1)
	f.same[string(key)], f.done[at] = id, id
	t.accept, t.joints, t.gaps, t.leads = append(t.accept, g.accept...), append(t.joints, g.joints...), append(t.gaps, g.gaps...), append(t.leads, leads...)
	for _, l := range leads {
		t.nodes[id].begins |= bit(l.sym)
	}
	t.nodes = append(t.nodes, node{accept: int32(len(t.accept)), joints: int32(len(t.joints)), gaps: int32(len(t.gaps)), leads: int32(len(t.leads))})
	return id
}

func bit(sym int32) uint64 { return 1 << (uint32(sym) * 0x9E3779B1 >> 26) }

// next is the node that an edge leads to; 0 where no edge is.
func (t *trie) next(at, sym int32) int32 {
	leads := t.leads[t.nodes[at].leads:t.nodes[at+1].leads]
	for len(leads) > 8 { // halve what is long, read what is short
		half := len(leads) / 2
		if leads[half].sym <= sym {
			leads = leads[half:]
		} else {
			leads = leads[:half]
		}
	}
	for _, l := range leads {
		if l.sym == sym {
			return l.node
		}
	}
	return 0
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
