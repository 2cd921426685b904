package moderation

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// maxWord bounds the bytes of one word; longer runs of letters are no word that
// a rule could know, and are cut so that no input costs more than its length.
const maxWord = 48

// Breaks between words, from what stands in front of a token.
const (
	breakNone   uint8 = iota
	breakClause       // comma, bracket, dash, line end, emoji: ends a clause
	breakStop         // full stop, ! or ?, empty line: ends a sentence
)

// token is one prepared word with the bytes of the original it came from. One
// original word may give several tokens ("can't" gives can and not), which then
// share their bytes.
type token struct {
	start, end int32   // byte offsets into the original text
	sym        int32   // the word's symbol, noSymbol if no rule knows it
	stem       int32   // the longest known beginning of an unknown word, or noSymbol
	num        float64 // value if isNum
	sentence   int32
	clause     int32
	brk        uint8
	isNum      bool
	quoted     bool
	capital    bool // begins with a capital in the original
}

const noSymbol int32 = -1

// document is a text prepared for matching.
type document struct {
	text   string
	tokens []token
	// spans holds, for all tokens in turn, every symbol that begins there.
	spans  []symSpan
	first  []int32 // first[i] is where token i begins in spans; one more than tokens
	places []place // one for each token
	// spare holds the memory of another spans and first, and of hits, for the
	// merging of phrases into them.
	spare struct {
		spans []symSpan
		first []int32
		hits  []hit
	}
}

// symSpan is a symbol that begins at a token and covers width tokens.
type symSpan struct {
	sym   int32
	width int32
}

// preparer turns one text into tokens. It walks the text once.
type preparer struct {
	lex  *lexicon
	doc  *document
	word []byte // the word being read, folded
	// start and end are the original bytes of the word being read.
	start, end int
	capital    bool
	hash       bool // the word began with #
	brk        uint8
	newlines   int
	quoteAt    int // token index where an open quotation began, -1 if none
}

// prepare makes doc the prepared text; it uses the memory that doc has.
func (lex *lexicon) prepare(doc *document, text string) {
	doc.text, doc.tokens = text, slices.Grow(doc.tokens[:0], len(text)/5+8)
	p := preparer{lex: lex, doc: doc, word: make([]byte, 0, maxWord+8), quoteAt: -1, brk: breakStop}
	var folded [64]byte
	for i := 0; i < len(text); {
		if byteKinds[text[i]]&(kindLetter|kindDigit) != 0 {
			i = p.run(i)
			continue
		}
		r, size := rune(text[i]), 1
		var out []byte
		if r < utf8.RuneSelf {
			out = foldRune(folded[:0], r)
		} else {
			if r, size = utf8.DecodeRuneInString(text[i:]); r == utf8.RuneError && size <= 1 {
				p.separate(breakClause)
				i += max(size, 1)
				continue
			}
			out = foldRune(folded[:0], r)
		}
		p.read(r, out, i, size)
		i += size
	}
	p.flush()
	doc.number()
}

// run takes letters and digits of ASCII up to the next other byte and returns
// where that is. Most of a text is such runs, so they are not read rune by rune.
func (p *preparer) run(i int) int {
	text := p.doc.text
	p.newlines = 0
	for ; i < len(text) && byteKinds[text[i]]&(kindLetter|kindDigit) != 0; i++ {
		switch {
		case len(p.word) == 0:
			p.start, p.capital = i, isCapital(text[i])
		case len(p.word) == maxWord:
			p.end = i
			p.flush()
			p.start, p.capital = i, false
		}
		c := text[i]
		if isCapital(c) {
			c |= 0x20
		}
		p.word = append(p.word, c)
	}
	p.end = i
	return i
}

// read takes one rune of the original and what it folds to.
func (p *preparer) read(r rune, out []byte, at, size int) {
	if len(out) == 0 {
		if len(p.word) > 0 {
			p.end = at + size
		}
		return
	}
	if r == '\n' {
		p.flush()
		if p.newlines++; p.newlines > 1 {
			p.separate(breakStop)
		} else {
			p.separate(breakClause)
		}
		return
	}
	if out[0] < utf8.RuneSelf {
		for _, c := range out {
			p.readASCII(c, r, at, size)
		}
		return
	}
	if unicode.IsLetter(r) {
		p.add(out, r, at, size)
		return
	}
	p.flush()
	switch {
	case r == '“' || r == '«' || r == '„':
		p.quoteAt = len(p.doc.tokens)
		p.separate(breakClause)
	case r == '”' || r == '»':
		p.closeQuote()
	case unicode.IsSpace(r) || r == '£' || r == '°' || r == '€':
	case r == '…' || r == '–' || r == '—':
		p.separate(breakClause)
	default:
		p.symbol(r, at, size)
		p.separate(breakClause)
	}
}

func (p *preparer) readASCII(c byte, r rune, at, size int) {
	switch {
	case 'a' <= c && c <= 'z' || '0' <= c && c <= '9':
		p.newlines = 0
		one := [1]byte{c}
		p.add(one[:], r, at, size)
	case c == '\'' || c == '&' || c == '*' || c == '@' || c == '$' || c == '!' && len(p.word) > 0 && p.letterAt(at+size):
		// Inside a word these belong to it: don't, A&E, s*icide, d!e.
		if len(p.word) > 0 && p.letterAt(at+size) {
			one := [1]byte{c}
			p.add(one[:], r, at, size)
			return
		}
		p.flush()
		if c == '&' {
			p.push(p.lex.and, at, at+size)
		}
	case (c == '.' || c == ',') && p.digitBefore() && p.digitAt(at+size):
		if c == '.' {
			p.add([]byte{'.'}, r, at, size)
		}
	case c == '.':
		p.flush()
		// Three dots are a pause, not the end of a sentence.
		if p.byteAt(at+size) == '.' || at > 0 && p.doc.text[at-1] == '.' {
			p.separate(breakClause)
			if p.brk == breakStop && at > 0 && p.doc.text[at-1] == '.' {
				p.brk = breakClause
			}
			return
		}
		p.separate(breakStop)
	case c == '!' || c == '?':
		p.flush()
		p.separate(breakStop)
	case c == ',' || c == ';' || c == ':' || c == '(' || c == ')' || c == '[' || c == ']':
		p.flush()
		p.separate(breakClause)
	case c == '-':
		p.flush()
		if p.byteAt(at+size) == ' ' || at > 0 && p.doc.text[at-1] == ' ' {
			p.separate(breakClause)
		}
	case c == '"':
		p.flush()
		if p.quoteAt >= 0 {
			p.closeQuote()
		} else {
			p.quoteAt = len(p.doc.tokens)
			p.separate(breakClause)
		}
	case c == '#':
		p.flush()
		p.hash = true
	default:
		p.flush()
	}
}

func (p *preparer) byteAt(i int) byte {
	if i < len(p.doc.text) {
		return p.doc.text[i]
	}
	return 0
}

// letterAt reports a letter or the first byte of one beyond ASCII.
func (p *preparer) letterAt(i int) bool {
	c := p.byteAt(i)
	return 'a' <= c|0x20 && c|0x20 <= 'z' || c >= utf8.RuneSelf
}

func (p *preparer) digitAt(i int) bool {
	c := p.byteAt(i)
	return '0' <= c && c <= '9'
}

func (p *preparer) digitBefore() bool {
	n := len(p.word)
	return n > 0 && '0' <= p.word[n-1] && p.word[n-1] <= '9'
}

// add appends folded bytes to the word being read.
func (p *preparer) add(b []byte, r rune, at, size int) {
	if len(p.word) == 0 {
		p.start = at
		p.capital = unicode.IsUpper(r)
	}
	if len(p.word)+len(b) > maxWord {
		p.flush()
		p.start = at
		p.capital = false
	}
	p.word = append(p.word, b...)
	p.end = at + size
	p.newlines = 0
}

// separate notes a break in front of the next token.
func (p *preparer) separate(brk uint8) {
	p.flush()
	if brk > p.brk {
		p.brk = brk
	}
}

func (p *preparer) closeQuote() {
	if p.quoteAt >= 0 {
		for i := p.quoteAt; i < len(p.doc.tokens); i++ {
			p.doc.tokens[i].quoted = true
		}
		p.quoteAt = -1
	}
	p.separate(breakClause)
}

// symbol keeps an emoji that a rule knows and drops every other.
func (p *preparer) symbol(r rune, at, size int) {
	if sym, ok := p.lex.words[string(r)]; ok {
		p.push(sym, at, at+size)
	}
}

// push appends one token.
func (p *preparer) push(sym int32, start, end int) {
	t := token{start: int32(start), end: int32(end), sym: sym, stem: noSymbol, brk: p.brk, capital: p.capital}
	if sym >= 0 {
		if n := p.lex.entries[sym].num; n > 0 {
			t.num, t.isNum = n, true
		}
	}
	p.doc.tokens = append(p.doc.tokens, t)
	p.brk = breakNone
}

// flush ends the word being read.
func (p *preparer) flush() {
	w := p.word
	if len(w) == 0 {
		return
	}
	start, end := p.start, p.end
	hash := p.hash
	p.word, p.hash = w[:0], false
	if c := w[0]; '0' <= c && c <= '9' {
		p.flushNumber(w, start, end)
		return
	}
	if hash && p.lex.split(w, func(sym int32) { p.push(sym, start, end) }) {
		return
	}
	p.resolve(w, start, end)
}

// flushNumber reads 38, 38.4, 38c, 50p, 2nite: the whole word if a rule knows
// it, otherwise the number and whatever follows it as its own word.
func (p *preparer) flushNumber(w []byte, start, end int) {
	if form, ok := p.lex.forms[string(w)]; ok {
		for _, sym := range form {
			p.push(sym, start, end)
		}
		return
	}
	if sym, ok := p.lex.words[string(w)]; ok {
		p.push(sym, start, end)
		t := &p.doc.tokens[len(p.doc.tokens)-1]
		t.num, t.isNum = parseDigits(w), w[len(w)-1] <= '9'
		return
	}
	n := 0
	for n < len(w) && ('0' <= w[n] && w[n] <= '9' || w[n] == '.') {
		n++
	}
	for n > 0 && w[n-1] == '.' {
		n--
	}
	if n < len(w) {
		if sym := p.lex.leet(w); sym >= 0 {
			p.push(sym, start, end)
			return
		}
	}
	p.push(noSymbol, start, end)
	t := &p.doc.tokens[len(p.doc.tokens)-1]
	t.num, t.isNum = parseDigits(w[:n]), true
	if n < len(w) {
		p.resolve(w[n:], start, end)
	}
}

// resolve pushes the tokens that a folded word stands for.
func (p *preparer) resolve(w []byte, start, end int) {
	syms, stem := p.lex.lookup(w)
	if len(syms) == 0 {
		p.push(noSymbol, start, end)
		p.doc.tokens[len(p.doc.tokens)-1].stem = stem
		p.joinSpelled(w)
		return
	}
	for _, sym := range syms {
		p.push(sym, start, end)
	}
	if len(w) == 1 {
		p.joinSpelled(w)
	}
}

// joinSpelled reads "s u i c i d e": when the last tokens are single letters
// that together make a word a rule knows, they become that word.
func (p *preparer) joinSpelled(w []byte) {
	const most, least = 12, 4
	if len(w) != 1 {
		return
	}
	var letters [most]byte
	t := p.doc.tokens
	n := 0
	for n < most && n < len(t) {
		one := t[len(t)-1-n]
		if one.end-one.start != 1 || n > 0 && t[len(t)-n].brk != breakNone {
			break
		}
		c := p.doc.text[one.start] | 0x20
		if c < 'a' || c > 'z' {
			break
		}
		n++
		letters[most-n] = c
		if n < least {
			continue
		}
		if sym, ok := p.lex.words[string(letters[most-n:])]; ok {
			at := len(t) - n
			t[at].end, t[at].sym, t[at].stem = t[len(t)-1].end, sym, noSymbol
			p.doc.tokens = t[:at+1]
			return
		}
	}
}

// number gives every token its sentence and clause.
func (d *document) number() {
	var sentence, clause int32
	for i := range d.tokens {
		t := &d.tokens[i]
		if i > 0 && t.brk == breakStop {
			sentence++
		}
		if i > 0 && t.brk != breakNone {
			clause++
		}
		t.sentence, t.clause = sentence, clause
	}
}
