package moderation

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// numeral is one group of digits of a number, written in figures or as a word:
// "07700", "nine", "double oh", "twenty-nine".
type numeral struct {
	start, end int
	digits     string
	word       bool // written as a word
	loose      bool // a word that is often something else, or a slip: ate, thre
	plus       bool // a plus in front
	apart      bool // more than a space or dash lies between it and the one before
}

// A run of numerals is cut when it is longer than any number that people write.
const mostNumerals = 24

// leastNumber is the least number of digits that anyone could be found by.
const leastNumber = 5

// numberWord is what a word says in a number that is read out.
type numberWord struct {
	digits string
	loose  bool
	times  int  // double, triple: how often the next digit stands
	join   bool // then, and: stands between two groups
}

// numberWordsSpoken are the words of numbers as people read them out, with their
// usual slips: a letter left out or doubled, two changed about, another vowel.
var numberWordsSpoken = func() map[string]numberWord {
	m := map[string]numberWord{}
	exact := map[string]string{
		"zero": "0", "oh": "0", "nought": "0", "naught": "0", "nowt": "0", "one": "1", "two": "2", "three": "3",
		"four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11",
		"twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16", "seventeen": "17",
		"eighteen": "18", "nineteen": "19", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50",
		"sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90", "hundred": "00",
		"zeros": "0", "ones": "1", "twos": "2", "threes": "3", "fours": "4", "fives": "5", "sixes": "6", "sevens": "7", "eights": "8", "nines": "9",
	}
	for w, d := range exact {
		if len(w) < 3 {
			continue
		}
		add := func(s string) {
			if _, ok := m[s]; !ok && len(s) > 2 {
				m[s] = numberWord{digits: d, loose: true}
			}
		}
		for i := 1; i < len(w); i++ {
			add(w[:i] + w[i+1:])
			add(w[:i] + w[i-1:])
			if i+1 < len(w) {
				add(w[:i] + w[i+1:i+2] + w[i:i+1] + w[i+2:])
			}
			if strings.IndexByte("aeiou", w[i]) >= 0 {
				for _, v := range []string{"a", "e", "i", "o", "u"} {
					add(w[:i] + v + w[i+1:])
				}
			}
		}
	}
	for w, d := range map[string]string{
		"o": "0", "oo": "00", "nil": "0", "ought": "0", "aught": "0", "owe": "0", "won": "1", "wun": "1", "wan": "1", "to": "2", "too": "2", "tu": "2",
		"tree": "3", "free": "3", "for": "4", "fore": "4", "fife": "5", "sicks": "6", "ate": "8", "ait": "8", "nein": "9",
		"cero": "0", "nul": "0", "hundrid": "00", "hunderd": "00", "hundrud": "00",
	} {
		m[w] = numberWord{digits: d, loose: true}
	}
	for w, d := range exact {
		m[w] = numberWord{digits: d}
	}
	for w, n := range map[string]int{"double": 2, "dubble": 2, "dbl": 2, "doubel": 2, "triple": 3, "tripple": 3, "treble": 3, "quadruple": 4} {
		m[w] = numberWord{times: n}
	}
	for w := range strings.FieldsSeq("then and space dash hyphen minus next again um er erm followed by lots") {
		m[w] = numberWord{join: true}
	}
	return m
}()

// numberLengths holds, by first letter, a bit for every length of those words.
var numberLengths = func() (lengths [32]uint32) {
	for w := range numberWordsSpoken {
		lengths[w[0]&31] |= 1 << len(w)
	}
	return lengths
}()

// numeralReader walks a text once and gathers runs of numerals.
type numeralReader struct {
	text  string
	run   [mostNumerals]numeral
	n     int
	times int // of a "double" that waits for its digit
	from  int // where that "double" began
	joins int // words such as "then" since the last numeral
	plus  int // one more than where a written "plus" began that waits for its digits
	try   func([]numeral)
}

// numerals calls try with every run of groups of digits that follow one another,
// figures or words. A run begins and ends where other words or signs stand. Every
// byte is visited a bounded number of times.
func numerals(text string, try func(run []numeral)) {
	p := numeralReader{text: text, try: try}
	for i := 0; i < len(text); {
		kind := byteKinds[text[i]]
		if kind&(kindDigit|kindLetter|kindHigh) == 0 {
			if p.n > 0 && p.parts(i) {
				p.flush()
			}
			i++
			continue
		}
		j, kinds := i, kind
		for j < len(text) && byteKinds[text[j]]&(kindDigit|kindLetter) != 0 {
			kinds |= byteKinds[text[j]]
			j++
		}
		if j == len(text) || text[j] < 0x80 {
			// The common case: ASCII alone.
			switch {
			case kinds == kindLetter:
				p.word(i, j)
			case kinds == kindDigit:
				p.figures(i, j, text[i:j])
			default:
				if d, ok := plainDigits(text[i:j]); ok {
					p.figures(i, j, d)
				} else {
					p.flush()
				}
			}
			i = j
			continue
		}
		j = i
		figures, letters, strange := 0, 0, false
		for j < len(text) {
			c := text[j]
			if c >= 0x80 {
				size, kind := strangeRune(text[j:])
				if kind == runeOther {
					break
				}
				if kind == runeDigit {
					figures++
				} else if kind == runeLetter {
					letters += maxWord // no word of ours
				}
				strange = true
				j += size
				continue
			}
			if isDigit(c) {
				figures++
			} else if isLetter(c) {
				letters++
			} else {
				break
			}
			j++
		}
		if j == i { // a sign beyond ASCII
			_, size := utf8.DecodeRuneInString(text[i:])
			i += size
			continue
		}
		switch {
		case figures > 0 && letters == 0 && !strange:
			p.figures(i, j, text[i:j])
		case figures > 0:
			if d, ok := plainDigits(text[i:j]); ok {
				p.figures(i, j, d)
			} else {
				p.flush()
			}
		case letters > 0 && !strange:
			p.word(i, j)
		case letters > 0:
			p.flush()
		}
		i = j
	}
	p.flush()
}

type runeKind uint8

const (
	runeOther runeKind = iota
	runeLetter
	runeDigit
	runeHidden
)

// strangeRune says what the rune beyond ASCII at the start of s is: the key caps of
// emoji digits and what nobody sees count as part of what stands in front of them.
func strangeRune(s string) (size int, kind runeKind) {
	c, size := utf8.DecodeRuneInString(s)
	switch {
	case c == utf8.RuneError:
		return size, runeOther
	case c == 0x20E3 || invisible(c):
		return size, runeHidden
	}
	var buf [64]byte
	if f := foldRune(buf[:0], c); len(f) == 1 && isDigit(f[0]) {
		return size, runeDigit
	}
	if unicode.IsLetter(c) {
		return size, runeLetter
	}
	return size, runeOther
}

// plainDigits reads digits in any dress, and the letter o among them: 9oo, ０７.
func plainDigits(s string) (string, bool) {
	var digits [24]byte
	n := 0
	for _, c := range s {
		var buf [64]byte
		f := foldRune(buf[:0], c)
		switch {
		case c == 0x20E3 || len(f) == 0:
		case n == len(digits) || len(f) != 1:
			return "", false
		case f[0] == 'o':
			digits[n] = '0'
			n++
		case isDigit(f[0]):
			digits[n] = f[0]
			n++
		default:
			return "", false
		}
	}
	return string(digits[:n]), n > 0
}

// parts reports whether the sign at i ends a number.
func (p *numeralReader) parts(i int) bool {
	if i-p.run[p.n-1].end > 40 {
		return true
	}
	switch p.text[i] {
	case '/':
		return i+1 == len(p.text) || !isDigit(p.text[i+1])
	case ' ', '-', '.', '(', ')', ',', '*', '~', '_', '|', '"', '\'', '\n', '\r', '\t', '+':
		return false
	}
	return true
}

// figures takes a group of digits.
func (p *numeralReader) figures(i, j int, digits string) {
	if i > 0 {
		switch before, _ := utf8.DecodeLastRuneInString(p.text[:i]); before {
		case '$', '£', '€':
			p.flush()
			return
		case '/':
			if p.n > 0 && p.text[i-1] == '/' && p.run[p.n-1].end == i-1 && p.run[p.n-1].digits[0] == '0' && len(p.run[p.n-1].digits) >= 4 && len(digits) >= 5 {
				break // an area's code: 01632/960...
			}
			p.flush()
			if i > 1 && isDigit(p.text[i-2]) {
				return // a date or a fraction
			}
		case '.', ',':
			if i > 1 && !isDigit(p.text[i-2]) && p.text[i-2] != ' ' && p.n == 0 && before == '.' {
				return // part of an address on the web
			}
		}
	}
	plus := i > 0 && (p.text[i-1] == '+' || i > 1 && p.text[i-1] == '(' && p.text[i-2] == '+')
	if plus {
		p.flush()
		i--
	}
	if p.plus > 0 {
		plus, i = true, p.plus-1
	}
	p.push(numeral{start: i, end: j, digits: digits, plus: plus})
}

// word takes a word that may be part of a number.
func (p *numeralReader) word(i, j int) {
	w := p.text[i:j]
	if len(w) > 9 || numberLengths[w[0]&31]&(1<<len(w)) == 0 {
		p.flush()
		if len(w) == 4 && strings.EqualFold(w, "plus") {
			p.plus = i + 1
		}
		return
	}
	var small [9]byte
	for k := range len(w) {
		small[k] = w[k] | 0x20
	}
	it, ok := numberWordsSpoken[string(small[:len(w)])]
	switch {
	case !ok:
		p.flush()
	case it.join:
		p.joins++
		if p.n == 0 || p.joins > 2 {
			p.flush()
		}
	case it.times > 0:
		p.times, p.from = it.times, i
	case it.digits == "00" && len(w) > 2: // hundred
		if p.n == 0 || len(p.run[p.n-1].digits) > 1 && p.run[p.n-1].word {
			p.flush()
			return
		}
		p.push(numeral{start: i, end: j, digits: it.digits, word: true, loose: it.loose})
	default:
		p.push(numeral{start: i, end: j, digits: it.digits, word: true, loose: it.loose})
	}
}

func (p *numeralReader) push(x numeral) {
	if p.times > 0 {
		if len(x.digits) == 1 {
			x.digits, x.start, x.word = strings.Repeat(x.digits, p.times), p.from, true
		}
		p.times = 0
	}
	if p.n > 0 {
		last := &p.run[p.n-1]
		gap := p.text[last.end:x.start]
		x.apart = p.joins > 0 || strings.IndexByte(gap, ',') >= 0 || strings.IndexByte(gap, '\n') >= 0 || strings.Contains(gap, ". ") || len(gap) > 4
		switch {
		case x.word && len(x.digits) == 1 && x.digits != "0" && last.word && !x.apart && last.digits[0] >= '2' && len(last.digits) == 2 && last.digits[1] == '0' && last.end-last.start > 4:
			// twenty-nine
			last.digits, last.end = last.digits[:1]+x.digits, x.end
			p.joins = 0
			return
		case p.joins == 1 && last.digits == "00" && last.word && len(gap) == 5 && x.word && len(x.digits) == 1:
			// nine hundred and two
			last.digits, last.end = "0"+x.digits, x.end
			p.joins = 0
			return
		}
	}
	p.joins, p.plus = 0, 0
	if p.n == mostNumerals {
		p.flush()
	}
	p.run[p.n] = x
	p.n++
}

func (p *numeralReader) flush() {
	if p.n > 1 || p.n == 1 && len(p.run[0].digits) >= leastNumber {
		p.try(p.run[:p.n])
	}
	p.n, p.times, p.joins, p.plus = 0, 0, 0, 0
}

// hasNumbers reports whether a text can hold a number that is told in figures or
// in words. Most posts cannot.
func (r *reader) hasNumbers() bool {
	if r.digits >= leastNumber {
		return true
	}
	n := 0
	for i := range r.doc.tokens {
		if r.doc.tokens[i].isNum {
			if n++; n > 1 {
				return true
			}
		}
	}
	return false
}

// digitsOf writes the digits of a run one after another; none if they are more
// than dst holds.
func digitsOf(dst []byte, run []numeral) []byte {
	dst = dst[:0]
	for i := range run {
		if len(dst)+len(run[i].digits) > cap(dst) {
			return nil
		}
		dst = append(dst, run[i].digits...)
	}
	return dst
}

// grouped reports whether a run is grouped as said: 3 3 4. Single digits and words
// have no groups.
func grouped(run []numeral, sizes ...int) bool {
	if len(run) != len(sizes) {
		return false
	}
	for i, n := range sizes {
		if len(run[i].digits) != n {
			return false
		}
	}
	return true
}
