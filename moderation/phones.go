package moderation

import "strings"

// Words that say that a number is one to be called. They stand near it.
var (
	callWords = newWordSet("ring call text txt texting phone fone fon mobile mob moby mobi tel tele telephone number numbers numba numbr nmbr " +
		"nbr no num whatsapp whatsap wa cell cellphone cellular landline bell buzz dial extension ext handset facetime imessage viber signal " +
		"telegram sms contact voicemail line caller digits reach ringing calling bleep pager")
	// notCallWords say that it is a number of another kind.
	notCallWords = newWordSet("case ref reference nhs chi hospital order passport account acc policy crime incident hcn urn crn mrn " +
		"tracking isbn lottery score scores bpm hcg weeks grams sort licence charity registered invoice barcode parcel")
	// publicShort are numbers of helplines abroad that are written as bare digits.
	publicShort = newWordSet("741741 686868 131114 116000 116006 116111 116117 116123 6868 999999")
)

// phones finds telephone numbers of the UK and abroad, in figures, in words and in
// a mix of both. Numbers of known helplines are not personal. The shapes are those
// of the public numbering plans: Ofcom's for the UK, ComReg's for Ireland, ACMA's for
// Australia, and the North American Numbering Plan.
func phones(r *reader) []sighting {
	var out []sighting
	if !r.hasNumbers() {
		return nil
	}
	numerals(r.doc.text, func(run []numeral) {
		out = r.startsAndEnds(out, run)
		for s := 0; s < len(run); {
			e := r.phoneFrom(run, s)
			if e == s {
				s++
				continue
			}
			out = append(out, sighting{run[s].start, run[e-1].end, -1, -1, 1})
			s = e
		}
	})
	return out
}

// startsAndEnds finds a mobile number told back to front: "ends 900 612 and starts
// 07700". Five digits that begin with 07 are rarely anything else.
func (r *reader) startsAndEnds(out []sighting, run []numeral) []sighting {
	if len(run) != 1 || len(run[0].digits) != 5 || run[0].digits[:2] != "07" {
		return out
	}
	from, n := run[0].start, 0
	for i := from - 1; i >= 0 && i > from-32 && n < 6; i-- {
		if isDigit(r.doc.text[i]) {
			n++
			if n == 6 && (i == 0 || !isDigit(r.doc.text[i-1])) {
				return append(out, sighting{i, run[0].end, -1, -1, 1})
			}
		}
	}
	return out
}

// phoneFrom returns the end of the telephone number that begins at group s of a
// run, or s if none does.
func (r *reader) phoneFrom(run []numeral, s int) int {
	var buf [16]byte
	d := buf[:0]
	first := run[s].digits
	begins := s == 0 || run[s].apart || run[s].plus || len(first) >= 3 && first[0] == '0'
	if !begins {
		return s
	}
	end := s
	for e := s; e < len(run); e++ {
		if len(d)+len(run[e].digits) > cap(d) || e > s && run[e].plus {
			break
		}
		d = append(d, run[e].digits...)
		ends := e+1 == len(run) || run[e+1].apart || run[e+1].plus
		if len(d) < 9 || !ends && (len(d) != 11 || len(first) < 3) {
			continue
		}
		if r.dialable(d, run[s:e+1]) {
			end = e + 1
		}
	}
	if end > s {
		return end
	}
	// Nothing that a plan knows: only where the words around say that it is one.
	return r.localNumber(run, s)
}

// dialable reports digits that a numbering plan knows, grouped as its people do.
func (r *reader) dialable(d []byte, run []numeral) bool {
	n := len(d)
	from, to := run[0].start, run[len(run)-1].end
	if looksLikeDate(r.doc.text[from:to]) || datesInRow(run) {
		return false
	}
	plus := run[0].plus
	if !plus && d[0] == '0' && d[1] == '0' && n >= 11 && d[2] != '0' {
		d, plus = d[2:], true
		n -= 2
	}
	if plus {
		if n >= 11 && d[0] == '4' && d[1] == '4' {
			national := string(d[2:])
			if national[0] != '0' {
				national = "0" + national
			}
			return !r.known[national]
		}
		return n >= 8 && n <= 15 && d[0] != '0' && !tollFree(d)
	}
	words := 0
	for i := range run {
		if run[i].word {
			words++
		}
	}
	context := func() bool { return r.calls(from, to) }
	switch {
	case d[0] == '0' && (n == 10 || n == 11):
		if r.known[string(d)] {
			return false
		}
		return ukNumber(string(d)) || inPairs(r.doc.text[from:to], run) || grouped(run, 4, 3, 3) || grouped(run, 3, 3, 4) ||
			grouped(run, 2, 4, 4) || context()
	case d[0] == '4' && d[1] == '4' && n == 12:
		national := "0" + string(d[2:])
		return ukNumber(national) && !r.known[national]
	case d[0] == '3' && d[1] == '5' && d[2] == '3' && (n == 11 || n == 12):
		return d[3] != '0' && (d[3] == '8' || len(run) > 1 || context())
	case d[0] == '6' && d[1] == '1' && d[2] == '4' && n == 11:
		return true
	case d[0] == '1' && n == 11 && d[1] >= '2' && d[4] >= '2' && words == 0:
		return (grouped(run, 1, 3, 3, 4) || context()) && !tollFree(d)
	case d[0] == '7' && d[1] >= '1' && n == 10 && !r.known["0"+string(d)]:
		return words >= 2 || len(run) > 1 && !grouped(run, 3, 3, 4) || context()
	case n == 10 && grouped(run, 3, 3, 4) && d[0] >= '2' && d[3] >= '2' && words == 0:
		return !tollFree(d) && !nhsNear.hasNear(r.doc.text, from, to, 24, 24)
	case n == 10 && d[0] >= '6' && grouped(run, 5, 5) && words == 0:
		return true
	}
	// What no plan here knows is a number where someone asks to be called on it.
	long := false
	for i := range run {
		long = long || len(run[i].digits) >= 3
	}
	whole := (long || words > 0) && n <= 13 && words < len(run) && (len(run) > 1 || n <= 12)
	return whole && context() && !tollFree(d) && !r.known[string(d)]
}

// calls reports words around a number that say it is to be called.
func (r *reader) calls(from, to int) bool {
	text := r.doc.text
	return callWords.hasNear(text, from, to, 48, 28) && !notCallWords.hasNear(text, from, to, 28, 24) && !nhsNear.hasNear(text, from, to, 48, 48)
}

// localNumber finds a number without its area code, where a call is asked for right
// in front of it: "ring me on 496 035".
func (r *reader) localNumber(run []numeral, s int) int {
	if s > 0 || run[0].word {
		return s
	}
	var buf [8]byte
	n, e := 0, 0
	for ; e < len(run) && (e == 0 || !run[e].apart); e++ {
		if n+len(run[e].digits) > len(buf) || len(run[e].digits) < 2 {
			return s
		}
		n += copy(buf[n:], run[e].digits)
	}
	text, from, to := r.doc.text, run[0].start, run[e-1].end
	if n < 6 || r.known[string(buf[:n])] || publicShort.has(string(buf[:n])) || looksLikeDate(text[from:to]) || text[from] == '1' && n == 6 && text[from+1] == '1' {
		return s
	}
	before := strings.TrimRight(text[max(0, from-32):from], " :-")
	before = strings.TrimRight(strings.TrimSuffix(before, " is"), " ")
	cut := strings.LastIndexAny(before, " :,.")
	last := before[cut+1:]
	switch {
	case strings.EqualFold(last, "on") && cut > 0 && askWords.hasNear(before, cut, cut, 24, 0):
	case dialWords.has(last):
	default:
		return s
	}
	if notCallWords.hasNear(text, from, to, 28, 0) {
		return s
	}
	return e
}

var (
	askWords  = newWordSet("ring call text txt phone telephone dial fone me us her him bell buzz")
	dialWords = newWordSet("mobile mob tel telephone landline phone dial")
)

// ukNumber reports the national form of a UK number: ten or eleven digits from
// 01, 02, 03, 08 or 09, eleven from 07.
func ukNumber(d string) bool {
	if len(d) < 10 || len(d) > 11 || d[0] != '0' {
		return false
	}
	switch d[1] {
	case '1', '2', '3', '8', '9':
		return true
	case '7':
		return len(d) == 11
	}
	return false
}

// tollFree reports a North American number that its owner pays for: a company's or
// a helpline's.
func tollFree(d []byte) bool {
	if len(d) == 11 && d[0] == '1' {
		d = d[1:]
	}
	return len(d) == 10 && d[0] == '8' && d[1] == d[2] && d[1] != '1' && d[1] != '9'
}

// inPairs reports ten digits in pairs, 06 39 98 41 17, as in much of Europe.
func inPairs(s string, run []numeral) bool {
	return grouped(run, 2, 2, 2, 2, 2) && len(s) == 14 && run[0].digits[1] != '0' &&
		(strings.Count(s, " ") == 4 || strings.Count(s, ".") == 4)
}

// looksLikeDate reports 01.02.2023 and its like at the beginning.
func looksLikeDate(s string) bool {
	return len(s) >= 10 && isDigit(s[0]) && isDigit(s[1]) && s[2] == s[5] && (s[2] == '.' || s[2] == '-' || s[2] == ' ') &&
		isDigit(s[3]) && isDigit(s[4]) && (s[6:8] == "19" || s[6:8] == "20") && (len(s) == 10 || !isDigit(s[10]))
}

// datesInRow reports a date or times of day in front of other numbers: 2020 01 02,
// 06.30 08.30 10.45.
func datesInRow(run []numeral) bool {
	if len(run) >= 3 && len(run[0].digits) == 4 && len(run[1].digits) <= 2 && len(run[2].digits) <= 2 {
		return run[0].digits[:2] == "19" || run[0].digits[:2] == "20"
	}
	return false
}
