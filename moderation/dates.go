package moderation

import "strings"

var monthNames = newWordSet("january february march april may june july august september october november december jan feb mar apr jun jul aug sept sep oct nov dec")

// birthDates finds the whole date on which somebody was born, beside a full name or
// beside what else is asked to prove who somebody is.
func birthDates(r *reader) []sighting {
	var out []sighting
	t := r.doc.tokens
	text := r.doc.text
	for i := range t {
		if len(r.raw(i)) != 4 || !strings.EqualFold(r.raw(i), "born") {
			continue
		}
		last, ok := r.wholeDate(i)
		if !ok {
			continue
		}
		s, e := int(t[i].start), int(t[last].end)
		named := proofWords.hasNear(text, s, e, 64, 64)
		for k := max(0, i-14); k < len(t) && k <= last+10 && !named; k++ {
			if !t[k].capital || t[k].sentence != t[i].sentence {
				continue
			}
			p, ok := r.personAt(k)
			named = ok && !p.titled && t[p.last].capital && t[p.last].sym < 0 && !r.firstName(p.last) && !r.wellKnown(p)
		}
		if named {
			out = append(out, r.spanOf(i, last, 1))
		}
	}
	return out
}

var proofWords = newWordSet("licence license passport maiden account password identity proving proof dob login")

// wholeDate reads a day, a month and a year within a few words behind token i.
func (r *reader) wholeDate(i int) (last int, ok bool) {
	t := r.doc.tokens
	day, month := false, false
	for k := i + 1; k < len(t) && k <= i+7; k++ {
		if t[k].start < t[k-1].end {
			continue
		}
		n := t[k].num
		switch {
		case monthNames.has(r.raw(k)):
			month = true
		case !t[k].isNum:
		case n >= 1900 && n <= 2099 && day && month:
			return k, true
		case n >= 1 && n <= 12 && day && !month:
			month = true
		case n >= 1 && n <= 31:
			day = true
		case n >= 0 && n <= 99 && day && month:
			return k, true
		}
	}
	return 0, false
}
