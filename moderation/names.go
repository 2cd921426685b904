package moderation

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// person is a name that the text tells in full.
type person struct {
	from, to int // tokens
	last     int // where the last name begins
	titled   bool
	initial  bool // J. Honeychurch, Mrs D. Postlethwaite
	listed   bool // the first name is a common one
	two      bool // Michael and Deborah Stannard, baby Stannard
}

// fullNames finds a first and last name together where the words around make a
// person findable: "my name is …", "midwife …", a school, ward or workplace nearby,
// or an accusation. A first name alone is how people speak here and is never a
// finding; nor is a doctor's surname in a kind sentence.
//
// value is 2 where the writer names themselves or a title says so, 1 where only
// the shape of the name and what stands nearby do.
func fullNames(r *reader) []sighting {
	var out []sighting
	t := r.doc.tokens
	for i := 0; i+1 < len(t); i++ {
		if maidenWords.has(r.raw(i)) {
			if k := r.maidenName(i); k > 0 {
				out = append(out, r.spanOf(i, k, 2))
				i = k
				continue
			}
		}
		if w := r.raw(i); !t[i].capital && !firstNames.has(w) && !titles.has(w) {
			continue
		}
		p, ok := r.personAt(i)
		if !ok {
			continue
		}
		if value := r.findable(p); value > 0 {
			out = append(out, r.spanOf(p.from, p.to, value))
			i = p.to
		}
	}
	return out
}

// notLast are things that are called after a person.
var notLast = newWordSet("shield cup trophy fund trust foundation award prize garden bench tree choices suite room wing centre center unit appeal walk run memorial charity cafe court house street street's day hospital's plaster united city rovers town fc")

// things are given names too.
var things = newWordSet("rose roses dahlia clematis peony tree rosebush shrub rhododendron plant bulb bulbs variety paint horse pony boat narrowboat tractor teddy")

var maidenWords = newWordSet("surname maiden née nee")

// maidenName reads "maiden name is Crannoch", "Surname Oyelaran-Finch".
func (r *reader) maidenName(i int) int {
	t := r.doc.tokens
	for k := i + 1; k < len(t) && k <= i+3 && t[k].brk != breakStop; k++ {
		if t[k].capital && t[k].sym < 0 && r.lastName(k) {
			for k+1 < len(t) && r.between(k+1) == "-" {
				k++
			}
			return k
		}
	}
	return 0
}

// personAt reads a name from token i.
func (r *reader) personAt(i int) (p person, ok bool) {
	t := r.doc.tokens
	p.from = i
	j := i
	if titles.has(r.raw(i)) || r.in(i, "title_of_person") {
		p.titled = true
		j++
		if j < len(t) && r.raw(j) == "&" || strings.EqualFold(r.raw(j), "and") && titles.has(r.raw(j+1)) {
			j += 2
		}
		if j >= len(t) || t[j].brk != breakNone && !strings.HasPrefix(r.between(j), ". ") {
			return p, false
		}
	}
	// A first name, an initial, or a couple.
	baby := strings.EqualFold(r.raw(j), "baby") && t[j].capital
	switch {
	case j+1 < len(t) && r.initialAt(j):
		p.initial = true
		j++
		if j+1 < len(t) && r.initialAt(j) {
			j++
		}
	case r.firstName(j):
		p.listed = true
		j++
		if w := r.raw(j); j+1 < len(t) && (strings.EqualFold(w, "and") || w == "&") && (r.firstName(j + 1)) && t[j+1].brk == breakNone {
			p.two = true
			j += 2
		}
	case baby:
		p.two = true
		j++
		if r.firstName(j) && j+1 < len(t) && r.nextOf(j+1) && r.lastName(j+1) {
			j++
		}
	case r.likelyName(j):
		j++
	case p.titled && j > i && r.lastName(j) && !r.firstName(j):
		// Dr Harding
	default:
		return p, false
	}
	for j < len(t) && r.between(j) == "-" && t[j].capital && j > i && j < i+4 && !p.initial {
		j++ // Elsie-Mae
	}
	if j >= len(t) || j == i || j > i+1 && t[j].isNum {
		return p, false
	}
	if j > i && !r.nextOf(j) && !p.initial {
		return p, false
	}
	if p.listed && r.firstName(j) && j+1 < len(t) && t[j+1].capital && r.nextOf(j+1) && r.lastName(j+1) {
		j++ // a middle name
	}
	for k := 0; k < 2 && j+1 < len(t) && particles.has(r.raw(j)) && t[j+1].capital && r.nextOf(j+1); k++ {
		j++
	}
	if !r.lastName(j) || t[j].isNum {
		return p, false
	}
	p.last, p.to = j, j
	for p.to+1 < len(t) && r.between(p.to+1) == "-" && !t[p.to+1].isNum && p.to < j+3 {
		p.to++
	}
	return p, true
}

// nextOf reports that only a space lies between a word and the one before it.
func (r *reader) nextOf(j int) bool {
	return r.doc.tokens[j].brk == breakNone && strings.TrimSpace(r.between(j)) == ""
}

// initialAt reports "J." or "J" in front of a word with a capital.
func (r *reader) initialAt(j int) bool {
	w := r.raw(j)
	if len(w) != 1 || !isCapital(w[0]) || w == "I" || w == "A" {
		return false
	}
	t := r.doc.tokens
	gap := r.between(j + 1)
	if j > 0 && len(r.raw(j-1)) == 3 && strings.EqualFold(r.raw(j-1), "and") {
		return false // a D and C
	}
	return t[j+1].capital && (gap == ". " || gap == "." || gap == " ") && (len(r.raw(j+1)) > 2 || r.initialPair(j+1))
}

func (r *reader) initialPair(j int) bool { return len(r.raw(j)) == 1 && r.between(j+1) != "" }

// findable reports, as a value, whether the words around a name make its bearer
// findable.
func (r *reader) findable(p person) float64 {
	t := r.doc.tokens
	text := r.doc.text
	s, e := int(t[p.from].start), int(t[p.to].end)
	full := p.last > p.from+1 || !p.titled
	if r.wellKnown(p) {
		return 0
	}
	hyphened := p.to > p.last
	switch {
	case p.initial:
		if !p.titled && !(hyphened || t[p.last].sym < 0) {
			return 0
		}
		if p.titled && (hyphened || t[p.last].sym < 0) && letterWords.hasNear(text, s, e, 48, 60) || r.placeNear(p.to) || byName.hasNear(text, s, e, 64, 0) || blame.hasNear(text, s, e, 40, 48) {
			return 1
		}
		return 0
	case p.titled && !full:
		// A surname behind a title: by the place of work or an accusation.
		if r.firstName(p.last) || !workTitles.has(r.raw(p.from)) && !blame.hasNear(text, s, e, 24, 40) {
			return 0
		}
		if r.worksThere(p.to) || r.placeInClause(p.to) && blame.hasNear(text, s, e, 40, 48) {
			return 2
		}
		return 0
	case p.two && !p.listed:
		// Baby Stannard
		if t[p.last].sym < 0 && !r.firstName(p.last) && !r.inQuotes(p) && (r.placeNear(p.to) || findable.hasNear(text, s, e, 40, 40)) {
			return 1
		}
		return 0
	case r.firstName(p.last) && !p.titled && !hyphened && !r.in(p.from-1, "title_of_person") && r.introducesChild(p.from):
		return 0 // "his name is Ethan James"
	case !p.titled && r.calledAfter(p.from) && things.hasNear(text, s, e, 20, 0):
		return 0 // a rose called Amber Queen
	case p.titled || r.in(p.from-1, "title_of_person") || r.introduces(p.from):
		return 2
	case !t[p.from].capital && !r.placeNear(p.to):
		return 0
	case r.firstName(p.last) && !hyphened && !byName.hasNear(text, s, e, 24, 0) || middleNames.has(r.raw(p.last)):
		return 0 // Ruth Anne, Orla Grace: a child's two names
	case r.placeNear(p.to):
		if !hyphened && worksOf.hasNear(text, s, e, 28, 0) || !p.listed && !hyphened && r.inQuotes(p) {
			return 0
		}
		return 1
	}
	// Shape and the words around it.
	rare := t[p.last].sym < 0 && !r.firstName(p.last)
	if !t[p.last].capital || !rare && !hyphened || worksOf.hasNear(text, s, e, 28, 12) {
		return 0
	}
	if !p.listed && !hyphened && !byName.hasNear(text, s, e, 28, 0) {
		return 0
	}
	switch {
	case p.two:
		return 1
	case byName.hasNear(text, s, e, 44, 0), findable.hasNear(text, s, e, 48, 44), blame.hasNear(text, s, e, 40, 48):
		return 1
	case callWords.hasNear(text, s, e, 20, 28) && (p.listed || hyphened):
		return 1
	}
	return 0
}

// wellKnown reports the name of somebody whom everybody knows.
func (r *reader) wellKnown(p person) bool {
	t := r.doc.tokens
	n := p.last
	if p.to == p.from {
		return false
	}
	var small [48]byte
	b := small[:0]
	first := p.from
	if p.titled && p.last > p.from+1 {
		first++
	}
	for _, k := range []int{first, n} {
		w := r.doc.text[t[k].start:t[k].end]
		if len(b)+len(w)+1 > cap(b) {
			return false
		}
		if len(b) > 0 {
			b = append(b, ' ')
		}
		w = strings.TrimSuffix(strings.TrimSuffix(w, "'s"), "’s")
		for i := range len(w) {
			c := w[i]
			if isCapital(c) {
				c |= 0x20
			}
			b = append(b, c)
		}
	}
	_, ok := knownPeople[string(b)]
	return ok
}

// firstName reports a common first name.
func (r *reader) firstName(i int) bool {
	if i < 0 || i >= len(r.doc.tokens) {
		return false
	}
	w := r.raw(i)
	return len(w) >= 2 && len(w) <= 12 && firstNames.has(w)
}

// likelyName reports two words in capitals in a row that no rule knows and that are
// not the name of a place: a first name that is not on the list, and a last one.
func (r *reader) likelyName(i int) bool {
	t := r.doc.tokens
	if i+1 >= len(t) || !r.nextOf(i+1) && r.between(i+1) != "-" {
		return false
	}
	for _, n := range []int{i, i + 1} {
		w := r.raw(n)
		if !t[n].capital || t[n].sym >= 0 || t[n].isNum || len(w) < 3 || w == strings.ToUpper(w) || r.in(n, "not_a_name") || titles.has(w) ||
			homes.has(w) || findable.has(w) || roads.has(w) || roadsToo.has(w) {
			return false
		}
	}
	switch r.name(i - 1) {
	case "in", "at", "from", "to", "near":
		return false
	}
	next := i + 2
	return !r.in(i+1, "place") && !r.in(next, "place") && !r.in(next, "street") &&
		!(next < len(t) && t[next].capital && r.nextOf(next) && (findable.has(r.raw(next)) || homes.has(r.raw(next)) || roadsToo.has(r.raw(next))))
}

// lastName reports a word that is no word of ours: a capital in front, or in a
// post without capitals, one that no rule knows.
func (r *reader) lastName(i int) bool {
	if i < 0 || i >= len(r.doc.tokens) {
		return false
	}
	t := r.doc.tokens[i]
	w := r.raw(i)
	first, _ := utf8.DecodeRuneInString(w)
	if len(w) < 3 || !unicode.IsLetter(first) {
		return false
	}
	for j := range len(w) {
		if isDigit(w[j]) {
			return false
		}
	}
	if r.in(i, "not_a_name") || roads.has(w) || findable.has(w) || titles.has(w) || notLast.has(w) {
		return false
	}
	if t.capital && t.sym >= 0 && w == strings.ToUpper(w) {
		return false // a word of ours, shouted
	}
	return t.capital || t.sym < 0 && t.stem < 0 && !ordinary(w)
}

// ordinary are endings of common words that no rule happens to know, for posts
// written without capitals.
func ordinary(w string) bool {
	w = strings.ToLower(w)
	for _, tail := range []string{"ing", "ed", "ly", "tion", "ness", "ment", "ful", "less", "able", "ous"} {
		if strings.HasSuffix(w, tail) {
			return true
		}
	}
	return len(w) < 4
}

// introduces reports "my name is", "called", "I am" in front of a name.
func (r *reader) introduces(i int) bool {
	for j := i - 1; j >= max(0, i-3); j-- {
		if r.in(j, "introduces") {
			return true
		}
	}
	return false
}

// calledAfter reports "called" or "named" right before a name.
func (r *reader) calledAfter(i int) bool {
	return i > 0 && (strings.EqualFold(r.raw(i-1), "called") || strings.EqualFold(r.raw(i-1), "named"))
}

// introducesChild reports "his name is" and the like: what parents say of a child.
func (r *reader) introducesChild(i int) bool {
	for j := i - 1; j >= max(0, i-4); j-- {
		switch strings.ToLower(r.raw(j)) {
		case "his", "her", "their", "baby", "son", "daughter", "called", "named", "him":
			return true
		}
	}
	return false
}

// inQuotes reports a name in quotation marks: a title.
func (r *reader) inQuotes(p person) bool {
	s, e := int(r.doc.tokens[p.from].start), int(r.doc.tokens[p.to].end)
	text := r.doc.text
	return r.doc.tokens[p.from].quoted || s > 0 && e < len(text) && text[s-1] == '\'' && text[e] == '\''
}

var middleNames = newWordSet("grace rose hope faith joy mae may louise jane marie ann anne lee lou elizabeth james john")

// placeNear reports a hospital, ward, school, employer or "from X" after a name.
func (r *reader) placeNear(i int) bool {
	t := r.doc.tokens
	for j := i + 1; j < len(t) && j <= i+8 && t[j].brk != breakStop; j++ {
		if r.in(j, "place") {
			return true
		}
		if (r.name(j) == "from" || r.name(j) == "in" || r.name(j) == "at") && j+1 < len(t) && t[j+1].capital {
			return true
		}
	}
	for j := i - 2; j >= max(0, i-6); j-- {
		if r.in(j, "place") {
			return true
		}
	}
	return false
}

// placeInClause reports a place of work in the same sentence as a name.
func (r *reader) placeInClause(i int) bool {
	t := r.doc.tokens
	for j := max(0, i-10); j < len(t) && j <= i+10; j++ {
		if t[j].sentence == t[i].sentence && r.in(j, "place") {
			return true
		}
	}
	return false
}

// worksThere reports "at the Royal" or ", Princess Anne's" right behind a surname
// with a title.
func (r *reader) worksThere(i int) bool {
	t := r.doc.tokens
	j := i + 1
	if j+1 >= len(t) || t[j].brk == breakStop {
		return false
	}
	if w := r.raw(j); !strings.EqualFold(w, "at") && !strings.EqualFold(w, "from") && !strings.EqualFold(w, "on") {
		return false
	}
	for k := j + 1; k < len(t) && k <= j+5 && t[k].brk == breakNone; k++ {
		if r.in(k, "place") || t[k].capital {
			return true
		}
	}
	return false
}
