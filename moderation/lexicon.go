package moderation

import (
	"fmt"
	"slices"
)

// lexicon is every word, word beginning, class and number range that the rules
// mention, each as a symbol, and the closed lists that lead to them. It does
// not change once built.
type lexicon struct {
	words map[string]int32   // known words
	forms map[string][]int32 // written forms and the words they stand for
	// written says, of every word and form, where in spelt its symbols stand: one
	// look finds most words. spelt begins with every symbol in turn.
	written map[string]part
	spelt   []int32
	stems   map[string]int32 // word* of some pattern
	classes map[string]int32
	ranges  []numberRange
	entries []entry  // by symbol; filled for words and stems
	names   []string // by symbol
	hashes  []uint32 // of the names, for the second reader

	slips   map[uint64][]int32 // see repair
	real    map[string]struct{}
	starred []string

	minStem, maxStem int
	and              int32
	phrases          trie // classes' phrases of more than one word
}

// entry is what a word or a stem brings with it.
type entry struct {
	syms []int32 // the symbol, the stems that begin it, and their classes
	num  float64 // the count that the word says, 0 if none
	bits hints   // of syms
}

// part is a part of a slice.
type part struct{ from, to int32 }

type numberRange struct {
	lo, hi float64
	sym    int32
}

func newLexicon() *lexicon {
	return &lexicon{
		words: map[string]int32{}, forms: map[string][]int32{}, stems: map[string]int32{},
		classes: map[string]int32{}, slips: map[uint64][]int32{}, real: map[string]struct{}{},
		phrases: newTrie(),
	}
}

func (lex *lexicon) newSymbol(name string) int32 {
	sym := int32(len(lex.names))
	lex.names = append(lex.names, name)
	lex.entries = append(lex.entries, entry{})
	return sym
}

// word returns the symbol of a word, making it known.
func (lex *lexicon) word(w string) int32 {
	sym, ok := lex.words[w]
	if !ok {
		sym = lex.newSymbol(w)
		lex.words[w] = sym
		lex.entries[sym].num = numberWords[w]
	}
	return sym
}

// symbol returns the symbol of one step of a pattern that is not a gap.
func (lex *lexicon) symbol(it item) (int32, error) {
	switch it.kind {
	case itemStart:
		return symStart, nil
	case itemEnd:
		return symEnd, nil
	case itemWord:
		return lex.word(it.text), nil
	case itemPrefix:
		if len(it.text) < 3 {
			return 0, fmt.Errorf("%s* is too short to mean anything", it.text)
		}
		sym, ok := lex.stems[it.text]
		if !ok {
			sym = lex.newSymbol(it.text + "*")
			lex.stems[it.text] = sym
		}
		return sym, nil
	case itemClass:
		sym, ok := lex.classes[it.text]
		if !ok {
			return 0, fmt.Errorf("there is no class @%s", it.text)
		}
		return sym, nil
	default:
		for _, r := range lex.ranges {
			if r.lo == it.lo && r.hi == it.hi {
				return r.sym, nil
			}
		}
		sym := lex.newSymbol(fmt.Sprintf("[%g-%g]", it.lo, it.hi))
		lex.ranges = append(lex.ranges, numberRange{it.lo, it.hi, sym})
		return sym, nil
	}
}

// seal works out, once every pattern is in, what each word brings with it.
// members holds, for each word or stem symbol, the classes it belongs to alone.
func (lex *lexicon) seal(members map[int32][]int32, repair []string) {
	for stem := range lex.stems {
		if lex.minStem == 0 || len(stem) < lex.minStem {
			lex.minStem = len(stem)
		}
		lex.maxStem = max(lex.maxStem, len(stem))
	}
	fill := func(sym int32, text string) {
		syms := []int32{sym}
		syms = append(syms, members[sym]...)
		for n := lex.minStem; n > 0 && n <= len(text); n++ {
			if stem, ok := lex.stems[text[:n]]; ok && stem != sym {
				syms = append(syms, stem)
				syms = append(syms, members[stem]...)
			}
		}
		slices.Sort(syms[1:])
		lex.entries[sym].syms = slices.Compact(syms)
	}
	for text, sym := range lex.words {
		fill(sym, text)
	}
	for text, sym := range lex.stems {
		fill(sym, text)
	}
	owner := lex.words[ownerS]
	lex.entries[owner].syms = []int32{owner, lex.words["is"]}
	lex.hashes = make([]uint32, len(lex.names))
	n := 0
	for i := range lex.entries {
		n += len(lex.entries[i].syms)
	}
	all := make([]int32, 0, n) // of all entries in turn: what stands together is read faster
	for i := range lex.entries {
		lex.hashes[i] = hashWord(lex.names[i])
		e, from := &lex.entries[i], len(all)
		for _, sym := range e.syms {
			e.bits.add(sym)
		}
		all = append(all, e.syms...)
		e.syms = all[from:len(all):len(all)]
	}
	lex.and = lex.words["and"]
	lex.written = make(map[string]part, len(lex.words)+len(lex.forms))
	for sym := range int32(len(lex.names)) {
		lex.spelt = append(lex.spelt, sym)
	}
	for w, sym := range lex.words {
		lex.written[w] = part{sym, sym + 1}
	}
	for w, form := range lex.forms {
		from := int32(len(lex.spelt))
		lex.spelt = append(lex.spelt, form...)
		lex.written[w] = part{from, int32(len(lex.spelt))}
	}
	for _, w := range repair {
		sym, ok := lex.words[w]
		if !ok || len(w) < 5 {
			continue
		}
		seen := map[uint64]bool{}
		for i := -1; i < len(w); i++ {
			if h := hashWithout(w, i); !seen[h] {
				seen[h] = true
				lex.slips[h] = append(lex.slips[h], sym)
			}
		}
	}
}
