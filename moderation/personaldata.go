package moderation

import "strings"

// The detectors of personal data find what would let a stranger reach or recognise
// someone. They read the raw text, because shape and capitals matter. Each kind has
// its file: phones.go, mails.go, addresses.go, idnumbers.go, plates.go, handles.go
// and names.go; numerals.go reads numbers as people write them.

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isCapital(c byte) bool {
	return 'A' <= c && c <= 'Z'
}

// isWordByte reports a letter or a digit, also the bytes of letters beyond ASCII.
func isWordByte(c byte) bool { return isLetter(c) || isDigit(c) || c >= 0x80 }

func upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

// shapes walks the words of a text (letters and digits) and calls try with each.
// It visits every byte once.
func shapes(text string, try func(start, end int)) {
	for i := 0; i < len(text); {
		if byteKinds[text[i]]&(kindLetter|kindDigit) == 0 {
			i++
			continue
		}
		j := i + 1
		for j < len(text) && byteKinds[text[j]]&(kindLetter|kindDigit) != 0 {
			j++
		}
		try(i, j)
		i = j
	}
}

// The kinds of byte that the detectors tell apart.
const (
	kindDigit uint8 = 1 << iota
	kindLetter
	kindHigh // of a rune beyond ASCII
	kindSign // stands inside names on networks: _ . - #
)

var byteKinds = func() (kinds [256]uint8) {
	for c := range 256 {
		switch b := byte(c); {
		case b >= 0x80:
			kinds[c] = kindHigh
		case isDigit(b):
			kinds[c] = kindDigit
		case isLetter(b):
			kinds[c] = kindLetter
		case b == '_', b == '.', b == '-', b == '#':
			kinds[c] = kindSign
		}
	}
	return kinds
}()

// digitsIn counts the digits of a text. Most posts have few, and so no number that
// anyone could be found by.
func digitsIn(text string) int {
	n := 0
	for i := range len(text) {
		n += int(byteKinds[text[i]] & kindDigit) // which is 1
	}
	return n
}

// matchesShape compares with a shape in which A is a letter and 9 a digit.
func matchesShape(s, shape string) bool {
	if len(s) != len(shape) {
		return false
	}
	for i := range shape {
		switch shape[i] {
		case 'A':
			if !isLetter(s[i]) {
				return false
			}
		case '9':
			if !isDigit(s[i]) {
				return false
			}
		default:
			if s[i] != shape[i] {
				return false
			}
		}
	}
	return true
}

// wordSet is a closed list of words in small letters, without accents.
type wordSet struct {
	words map[string]struct{}
	// By first letter, a bit for every length that a word has and for every letter
	// that one ends with. Most words that are asked about are not in the set, and
	// this says so at once.
	shapes [32]struct{ lengths, ends uint32 }
}

func newWordSet(words string) *wordSet {
	set := &wordSet{words: map[string]struct{}{}}
	for w := range strings.FieldsSeq(words) {
		set.words[w] = struct{}{}
		shape := &set.shapes[w[0]&31]
		shape.lengths |= 1 << len(w)
		shape.ends |= 1 << (w[len(w)-1] & 31)
	}
	return set
}

// has reports whether a word is in the set, in whatever case. It does not allocate.
func (set *wordSet) has(w string) bool {
	if len(w) == 0 {
		return false
	}
	shape := &set.shapes[w[0]&31]
	return shape.lengths>>len(w)&(shape.ends>>(w[len(w)-1]&31))&1 != 0 && set.holds(w)
}

func (set *wordSet) holds(w string) bool {
	var small [20]byte
	if len(w) > len(small) {
		return false
	}
	for i := range len(w) {
		c := w[i]
		if isCapital(c) {
			c |= 0x20
		}
		small[i] = c
	}
	_, ok := set.words[string(small[:len(w)])]
	return ok
}

// hasNear reports a word of the set that stands within some bytes in front of start
// or behind end. Callers pass small distances, so that the cost stays in proportion
// to the number of places asked about.
func (set *wordSet) hasNear(text string, start, end, before, after int) bool {
	found := false
	look := func(s string) {
		shapes(s, func(i, j int) { found = found || set.has(s[i:j]) })
	}
	look(text[max(0, start-before):start])
	if !found {
		look(text[end:min(len(text), end+after)])
	}
	return found
}

// raw is the word of token i as it was written.
func (r *reader) raw(i int) string {
	if i < 0 || i >= len(r.doc.tokens) {
		return ""
	}
	t := &r.doc.tokens[i]
	return r.doc.text[t.start:t.end]
}

// between is what stands in front of token i, behind the token before it.
func (r *reader) between(i int) string {
	if i <= 0 || i >= len(r.doc.tokens) {
		return ""
	}
	t := r.doc.tokens
	if t[i].start < t[i-1].end {
		return ""
	}
	return r.doc.text[t[i-1].end:t[i].start]
}

// spanOf is a sighting from one token to another to which no context applies: an
// address is one whether somebody lives there now or not.
func (r *reader) spanOf(from, to int, value float64) sighting {
	return sighting{int(r.doc.tokens[from].start), int(r.doc.tokens[to].end), -1, -1, value}
}
