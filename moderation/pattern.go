package moderation

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// A pattern is a phrase over prepared words. It is written the way people
// write, because it goes through the same preparation as a post does: "can't"
// in a pattern also matches "cannot" and "cant" in a text.
//
//	word        that word
//	word*       any word beginning so
//	a|b|c       any of these words
//	(a b|c)     any of these phrases
//	x?          x or nothing, where x is a word, alternatives or a group
//	@name       any phrase of the class called name, from words.yaml
//	[38-42.9]   a number in that range, both ends included; [n] is any number
//	..          up to three words of any kind; ..5 is up to five
//	^ and $     the beginning and the end of a clause
//
// A pattern matches within one sentence. Words of the class "filler" (really,
// just, so, …) may stand between any two words of a match without being named.

// maxExpansion bounds how many plain phrases one group of a pattern may stand
// for, so that a mistyped rule is an error and not a slow start.
const maxExpansion = 4000

// maxGap is the widest gap a pattern may have, in words.
const maxGap = 14

type itemKind uint8

const (
	itemWord itemKind = iota
	itemPrefix
	itemClass
	itemRange
	itemGap
	itemStart // only first
	itemEnd   // only last
)

// item is one step of an expanded pattern.
type item struct {
	kind   itemKind
	text   string  // word, prefix or class name
	lo, hi float64 // for itemRange
	gap    int     // for itemGap: most words that may be skipped
}

type patternParser struct {
	in     string
	pos    int
	depth  int // open parentheses
	spell  *speller
	person bool // rewrite the first person into the third
}

// element is one step of a pattern: the phrases any of which may stand there. An
// empty phrase makes the step optional.
type element [][]item

// parsePattern reads a pattern as the steps that follow one another. With third
// set, what the writer says of themselves becomes what someone says of another.
func parsePattern(pattern string, spell *speller, third bool) ([]element, error) {
	p := &patternParser{in: pattern, spell: spell, person: third}
	fail := func(why string, args ...any) ([]element, error) {
		return nil, fmt.Errorf(why, args...)
	}
	var out []element
	for p.spaces(); p.pos < len(p.in); p.spaces() {
		switch p.in[p.pos] {
		case '|':
			return fail("| between groups needs parentheses around both")
		case ')':
			return fail("a ) has no (")
		}
		e, err := p.element()
		if err != nil {
			return fail("%w", err)
		}
		out = append(out, e)
	}
	if len(out) == 0 {
		return fail("is empty")
	}
	for i, e := range out {
		for _, seq := range e {
			for j, it := range seq {
				if it.kind == itemStart && (i > 0 || j > 0) || it.kind == itemEnd && (i < len(out)-1 || j < len(seq)-1) {
					return fail("^ stands first and $ last")
				}
				if it.kind == itemGap && (i == 0 && j == 0 || i == len(out)-1 && j == len(seq)-1) {
					return fail("a gap must stand between words")
				}
			}
		}
	}
	return out, nil
}

// phrases multiplies the steps out into plain phrases.
func phrases(steps []element) ([][]item, error) {
	out := [][]item{nil}
	for _, e := range steps {
		if len(out)*len(e) > maxExpansion {
			return nil, fmt.Errorf("stands for more than %d phrases", maxExpansion)
		}
		out = product(out, e)
	}
	return out, nil
}

func product(heads, tails [][]item) [][]item {
	next := make([][]item, 0, len(heads)*len(tails))
	for _, head := range heads {
		for _, tail := range tails {
			seq := make([]item, 0, len(head)+len(tail))
			next = append(next, append(append(seq, head...), tail...))
		}
	}
	return next
}

func (p *patternParser) spaces() {
	for p.pos < len(p.in) && p.in[p.pos] == ' ' {
		p.pos++
	}
}

// alternatives reads phrases separated by | until ) or the end.
func (p *patternParser) alternatives() ([][]item, error) {
	var all [][]item
	for {
		seq, err := p.phrase()
		if err != nil {
			return nil, err
		}
		all = append(all, seq...)
		if len(all) > maxExpansion {
			return nil, fmt.Errorf("stands for more than %d phrases", maxExpansion)
		}
		if p.pos < len(p.in) && p.in[p.pos] == '|' {
			p.pos++
			continue
		}
		return all, nil
	}
}

// phrase reads elements until |, ) or the end.
func (p *patternParser) phrase() ([][]item, error) {
	out := [][]item{nil}
	for {
		p.spaces()
		if p.pos >= len(p.in) || p.in[p.pos] == ')' {
			return out, nil
		}
		if p.in[p.pos] == '|' {
			return out, nil
		}
		elem, err := p.element()
		if err != nil {
			return nil, err
		}
		if len(out)*len(elem) > maxExpansion {
			return nil, fmt.Errorf("stands for more than %d phrases", maxExpansion)
		}
		out = product(out, elem)
	}
}

// element reads one word, alternatives of words, class, range, gap or group,
// and the ? after it.
func (p *patternParser) element() ([][]item, error) {
	var out [][]item
	var err error
	switch c := p.in[p.pos]; {
	case c == '(':
		p.pos++
		p.depth++
		if out, err = p.alternatives(); err != nil {
			return nil, err
		}
		p.depth--
		if p.pos >= len(p.in) || p.in[p.pos] != ')' {
			return nil, fmt.Errorf("a ( is not closed")
		}
		p.pos++
	case c == '[':
		end := strings.IndexByte(p.in[p.pos:], ']')
		if end < 0 {
			return nil, fmt.Errorf("a [ is not closed")
		}
		it, err := parseRange(p.in[p.pos+1 : p.pos+end])
		if err != nil {
			return nil, err
		}
		p.pos += end + 1
		out = [][]item{{it}}
	case strings.HasPrefix(p.in[p.pos:], ".."):
		p.pos += 2
		n := 3
		start := p.pos
		for p.pos < len(p.in) && p.in[p.pos] >= '0' && p.in[p.pos] <= '9' {
			p.pos++
		}
		if p.pos > start {
			n, _ = strconv.Atoi(p.in[start:p.pos])
		}
		if n < 1 || n > maxGap {
			return nil, fmt.Errorf("a gap is 1 to %d words, not %d", maxGap, n)
		}
		return [][]item{{{kind: itemGap, gap: n}}}, nil
	case c == '^':
		p.pos++
		return [][]item{{{kind: itemStart}}}, nil
	case c == '$':
		p.pos++
		return [][]item{{{kind: itemEnd}}}, nil
	default:
		out, err = p.words()
		if err != nil {
			return nil, err
		}
	}
	if p.pos < len(p.in) && p.in[p.pos] == '?' {
		p.pos++
		out = append(out, nil)
	}
	return out, nil
}

// words reads word|word|word.
func (p *patternParser) words() ([][]item, error) {
	var out [][]item
	for {
		start := p.pos
		for p.pos < len(p.in) && !strings.ContainsRune(" |()?[", rune(p.in[p.pos])) {
			p.pos++
		}
		w := p.in[start:p.pos]
		if w == "" {
			return nil, fmt.Errorf("an alternative is empty at %d", start)
		}
		if !readable(w) {
			return nil, fmt.Errorf("%q has signs that no prepared text contains", w)
		}
		out = append(out, p.word(w))
		// Inside a group | separates whole phrases; outside it separates words.
		if p.depth == 0 && p.pos < len(p.in) && p.in[p.pos] == '|' {
			p.pos++
			continue
		}
		return out, nil
	}
}

// readable reports whether a word of a pattern can ever be found: preparation
// leaves letters, digits, known emoji and little else.
func readable(w string) bool {
	for _, r := range strings.TrimPrefix(strings.TrimSuffix(w, "*"), "@") {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '\'', r == '’', r == '-', r == '&', r == '_', r >= 0x2190:
		default:
			return false
		}
	}
	return true
}

func (p *patternParser) word(w string) []item {
	if name, ok := strings.CutPrefix(w, "@"); ok {
		if third, ok := thirdClasses[name]; p.person && ok {
			name = third
		}
		return []item{{kind: itemClass, text: name}}
	}
	if stem, ok := strings.CutSuffix(w, "*"); ok {
		return []item{{kind: itemPrefix, text: stem}}
	}
	var seq []item
	for _, part := range p.spell.expand(w) {
		if p.person {
			part = thirdPerson(part)
		}
		if name, ok := strings.CutPrefix(part, "@"); ok {
			seq = append(seq, item{kind: itemClass, text: name})
			continue
		}
		seq = append(seq, item{kind: itemWord, text: part})
	}
	return seq
}

func parseRange(s string) (item, error) {
	if s == "n" {
		return item{kind: itemRange, lo: 0, hi: 1e12}, nil
	}
	lo, hi, ok := strings.Cut(s, "-")
	if !ok {
		hi = lo
	}
	a, err1 := strconv.ParseFloat(lo, 64)
	b, err2 := strconv.ParseFloat(hi, 64)
	if err1 != nil || err2 != nil || a > b {
		return item{}, fmt.Errorf("[%s] is not a range of numbers", s)
	}
	return item{kind: itemRange, lo: a, hi: b}, nil
}

// thirdPerson turns one word of a sentence about oneself into the word that a
// worried relative would use. "@they" and its like are classes in words.yaml
// that hold he, she and they.
func thirdPerson(w string) string {
	if t, ok := thirdPersons[w]; ok {
		return t
	}
	return w
}

// thirdClasses does the same for classes.
var thirdClasses = map[string]string{"i": "they", "self_kill": "self_kill_them"}

var thirdPersons = map[string]string{
	"i": "@they", "me": "@them", "my": "@their", "myself": "@themself",
	"am": "is", "have": "has", "do": "does", "want": "wants", "wish": "wishes",
	"need": "needs", "keep": "keeps", "feel": "feels", "think": "thinks",
	"know": "knows", "hope": "hopes", "plan": "plans", "see": "sees",
}
