package moderation

import "strings"

// The detectors here find what would let a stranger reach or recognise someone.
// They read the raw text, because shape and capitals matter.

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

// digitRun is a group of digits as people space them: 07700 900 123.
type digitRun struct {
	start, end int
	digits     string
	plus       bool
}

// digitRuns finds numbers of at least least digits, written with spaces, dots,
// dashes or brackets between their parts. Each byte is visited once.
func digitRuns(text string, least int) []digitRun {
	var out []digitRun
	const most = 20
	for i := 0; i < len(text); {
		c := text[i]
		o := (c == 'o' || c == 'O') && i+2 < len(text) && text[i+1] == '7' && isDigit(text[i+2])
		if !isDigit(c) && !o && !((c == '+' || c == '(') && i+1 < len(text) && isDigit(text[i+1])) {
			i++
			continue
		}
		if i > 0 && (isLetter(text[i-1]) || text[i-1] >= 0x80 && isDigit(c) && text[i-1] != 0xA0) && c != '+' && c != '(' {
			// Part of a word or an amount of money.
			for i < len(text) && isDigit(text[i]) {
				i++
			}
			continue
		}
		run := digitRun{start: i, plus: c == '+'}
		var digits [most]byte
		n, j, gap := 0, i, 0
		for j < len(text) && n < most {
			c := text[j]
			switch {
			case isDigit(c):
				digits[n] = c
				n++
				gap = 0
				run.end = j + 1
			case c == ' ' || c == '.' || c == '-' || c == '(' || c == ')' || c == '+' && n == 0 || c == 0xC2 || c == 0xA0:
				gap++
			case strings.HasPrefix(text[j:], keycap):
				run.end = j + len(keycap)
				j += len(keycap)
				continue
			case (c == 'o' || c == 'O') && (n > 0 || o) && (n == 0 || oForZero(text, j)):
				digits[n] = '0'
				n++
				gap = 0
				run.end = j + 1
			default:
				gap = 99
			}
			if gap > 3 {
				break
			}
			j++
		}
		run.digits = string(digits[:n])
		if n >= least {
			out = append(out, run)
		}
		i = max(run.end, i+1)
	}
	return out
}

// keycap is what turns a digit into its emoji.
const keycap = "\uFE0F\u20E3"

// oForZero reports a letter o that stands among digits: 077oo 900.
func oForZero(text string, i int) bool {
	for i < len(text) && (text[i] == 'o' || text[i] == 'O') {
		i++
	}
	return i >= len(text) || !isLetter(text[i])
}

// phones finds UK and international telephone numbers, also where the digits
// are spelled as words. Numbers of known helplines are not personal.
func phones(r *reader) []sighting {
	var out []sighting
	for _, run := range digitRuns(r.doc.text, 9) {
		d := run.digits
		if strings.HasPrefix(d, "00") {
			run.plus = true
			d = d[2:]
		}
		national := d
		if strings.HasPrefix(d, "44") && (run.plus || len(d) == 12) {
			national = "0" + strings.TrimPrefix(d[2:], "0")
		} else if run.plus && len(d) >= 9 && len(d) <= 15 {
			out = append(out, sighting{run.start, run.end, -1, -1, 1})
			continue
		}
		if !ukNumber(national) && !frenchShape(r.doc.text[run.start:run.end], d) && !americanShape(r.doc.text[run.start:run.end], d) || looksLikeDate(r.doc.text[run.start:run.end]) {
			continue
		}
		if r.known[national] {
			continue
		}
		out = append(out, sighting{run.start, run.end, -1, -1, 1})
	}
	return append(append(out, splitPhones(r)...), spelledPhones(r)...)
}

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

// frenchShape reports ten digits in pairs, 06 39 98 41 17, as in much of Europe.
func frenchShape(s, digits string) bool {
	if len(s) != 14 || len(digits) != 10 || digits[0] != '0' || digits[1] == '0' {
		return false
	}
	for i := 2; i < len(s); i += 3 {
		if s[i] != ' ' && s[i] != '.' {
			return false
		}
	}
	return true
}

// splitPhones finds a mobile number told in pieces: "07700 then 900 then 926",
// "ends 900 612 and starts 07700". Five digits that begin with 07 are rarely
// anything else; six more must stand within the next or the last few words.
func splitPhones(r *reader) []sighting {
	var out []sighting
	runs := digitRuns(r.doc.text, 3)
	for i, run := range runs {
		if len(run.digits) != 5 || run.digits[:2] != "07" {
			continue
		}
		from, to, more := run.start, run.end, 0
		for j := i + 1; j < len(runs) && j <= i+2 && runs[j].start-to < 24; j++ {
			more, to = more+len(runs[j].digits), runs[j].end
		}
		for j := i - 1; j >= 0 && j >= i-2 && more < 6 && from-runs[j].end < 24; j-- {
			more, from = more+len(runs[j].digits), runs[j].start
		}
		if more == 6 {
			out = append(out, sighting{from, to, -1, -1, 1})
		}
	}
	return out
}

// americanShape reports 555-010-1234 and (555) 010 1234.
func americanShape(s, digits string) bool {
	if len(digits) != 10 || digits[0] < '2' {
		return false
	}
	s = strings.Map(func(c rune) rune {
		switch c {
		case '(', ')':
			return -1
		case '.', ' ':
			return '-'
		}
		return c
	}, s)
	return len(s) == 12 && s[3] == '-' && s[7] == '-' && digits[3] >= '2'
}

// looksLikeDate reports 01.02.2023 and its like at the beginning.
func looksLikeDate(s string) bool {
	return len(s) >= 10 && isDigit(s[0]) && isDigit(s[1]) && s[2] == s[5] && (s[2] == '.' || s[2] == '-') &&
		isDigit(s[3]) && isDigit(s[4]) && (s[6:8] == "19" || s[6:8] == "20")
}

// spelledPhones finds "oh seven seven double oh nine …".
func spelledPhones(r *reader) []sighting {
	var out []sighting
	start, digits, words := -1, 0, 0
	end := func(i int) {
		if start >= 0 && digits >= 10 && words >= 6 {
			out = append(out, r.sight(start, i-1, 1))
		}
		start, digits, words = -1, 0, 0
	}
	for i, t := range r.doc.tokens {
		switch w := r.name(i); {
		case w == "double" || w == "treble" || w == "triple":
			if start < 0 {
				start = i
			}
			digits++
			words++
		case w == "oh" || w == "zero" || w == "nought" || w == "o" || t.isNum && t.sym >= 0 && t.num <= 9:
			if start < 0 {
				start = i
			}
			digits++
			words++
		case w == "hundred" && start >= 0:
			digits += 2
			words++
		case t.isNum && start >= 0:
			digits += int(t.end - t.start)
		default:
			end(i)
		}
	}
	end(len(r.doc.tokens))
	return out
}

// emails finds addresses, also with "at" and "dot" written out.
func emails(r *reader) []sighting {
	var out []sighting
	text := r.doc.text
	floor := 0 // nothing before here may belong to another address
	for at := strings.IndexByte(text, '@'); at >= 0; {
		s, e := at, at+1
		for s > floor && (isLetter(text[s-1]) || isDigit(text[s-1]) || strings.IndexByte("._%+-", text[s-1]) >= 0) {
			s--
		}
		for e < len(text) && (isLetter(text[e]) || isDigit(text[e]) || text[e] == '.' || text[e] == '-') {
			e++
		}
		for e > at+1 && (text[e-1] == '.' || text[e-1] == '-') {
			e--
		}
		if dot := strings.LastIndexByte(text[at:e], '.'); s < at && dot > 1 && e-at-dot >= 3 && !r.knownAddress(text[at+1:e]) {
			out = append(out, sighting{s, e, -1, -1, 1})
		}
		floor = e
		next := strings.IndexByte(text[e:], '@')
		if next < 0 {
			break
		}
		at = e + next
	}
	out = append(out, spacedEmails(r)...)
	for i := range r.doc.tokens {
		if !r.in(i, "mail_host") {
			continue
		}
		// "jo dot smith at gmail dot com": the host with an "at" in front of it.
		if i > 1 && r.name(i-1) == "at" {
			last := i
			for last+1 < len(r.doc.tokens) && last < i+4 && (r.name(last+1) == "dot" || r.in(last+1, "mail_end")) {
				last++
			}
			out = append(out, r.sight(max(0, i-2), last, 1))
		}
	}
	return out
}

// spacedEmails finds addresses that are written so that a machine should not see
// them: "jo @ example . com", "jo AT example DOT com", "j o @ e x . c o m".
func spacedEmails(r *reader) []sighting {
	var out []sighting
	text := r.doc.text
	const reach = 48 // bytes looked at on either side of an "at"
	for i := 0; i < len(text); i++ {
		width := atSign(text, i)
		if width == 0 {
			continue
		}
		after := text[i+width : min(len(text), i+width+reach)]
		if text[i] == 'a' && !dotSpelled(after) {
			continue // "look at example.com" is a site, "at rest" is neither
		}
		host, end := packedHost(after)
		dot := strings.IndexByte(host, '.')
		if dot < 2 || !topLevel(host[dot+1:]) || r.knownAddress(host) {
			continue
		}
		start := i
		for start > 0 && i-start < reach && text[start-1] == ' ' {
			start--
		}
		for start > 0 && i-start < reach && text[start-1] != ' ' && text[start-1] != '\n' && text[start-1] < 0x80 {
			start--
		}
		if start < i {
			out = append(out, sighting{start, i + width + end, -1, -1, 1})
		}
		i += width + end - 1
	}
	return out
}

// dotSpelled reports a dot that is written as a word.
func dotSpelled(s string) bool {
	for i := range s {
		if i > 0 && (s[i]|0x20 == 'd' && len(s) >= i+3 && strings.EqualFold(s[i:i+3], "dot") ||
			s[i]|0x20 == 'p' && len(s) >= i+5 && (strings.EqualFold(s[i:i+5], "punto") || strings.EqualFold(s[i:i+5], "point"))) {
			return true
		}
	}
	return false
}

// atSign is the width of an at, however it is written, that stands alone at i.
func atSign(text string, i int) int {
	if i == 0 || i+1 >= len(text) || text[i-1] != ' ' && (text[i] != '@' || text[i+1] != ' ') {
		return 0
	}
	switch {
	case text[i] == '@':
		return 1
	case i+3 > len(text) || strings.IndexByte("aA([{", text[i]) < 0:
		return 0
	}
	for _, w := range []string{"arroba ", "at ", "(at)", "[at]", "{at}"} {
		if len(text) >= i+len(w) && strings.EqualFold(text[i:i+len(w)], w) {
			return len(w)
		}
	}
	return 0
}

// packedHost reads a host with its spaces taken out and "dot" as a dot, up to and
// with its end of two to four letters; end is how far that goes.
func packedHost(s string) (host string, end int) {
	var b strings.Builder
	dots, single := 0, 0
	for i := 0; i < len(s); {
		if s[i] == ' ' {
			i++
			continue
		}
		j := i
		for j < len(s) && s[j] != ' ' && s[j] != '.' && s[j] < 0x80 {
			j++
		}
		word := strings.ToLower(s[i:j])
		switch trimmed := strings.Trim(word, ",;:!?()[]{}"); {
		case j == i && s[i] == '.' && i+1 < len(s) && s[i+1] == ' ' && (i == 0 || s[i-1] != ' '):
			return b.String(), end // the end of a sentence
		case j == i && s[i] == '.':
			b.WriteByte('.')
			dots, j = dots+1, i+1
		case j == i:
			return b.String(), end
		case trimmed == "dot" || trimmed == "punto" || trimmed == "point":
			b.WriteByte('.')
			dots++
		default:
			if dots == 0 && b.Len() > 0 && (len(word) > 1 || single == 0) {
				return "", 0 // a second word: no host
			}
			if len(word) == 1 {
				single++
			}
			b.WriteString(trimmed)
			end = j
			if host := b.String(); dots > 0 && topLevel(host[strings.IndexByte(host, '.')+1:]) {
				return host, end
			}
		}
		i = j
	}
	return b.String(), end
}

func topLevel(s string) bool {
	switch s {
	case "com", "net", "org", "co", "co.uk", "uk", "org.uk", "ac.uk", "nhs.uk", "ie", "fr", "pl", "edu":
		return true
	}
	return false
}

func (r *reader) knownAddress(host string) bool {
	return r.known[strings.ToLower(host)]
}

// postcodes finds full UK postcodes: AB1 2CD, in capitals or not.
func postcodes(r *reader) []sighting {
	var out []sighting
	text := r.doc.text
	for i := 0; i+4 < len(text); i++ {
		if i > 0 && (isLetter(text[i-1]) || isDigit(text[i-1]) || text[i-1] >= 0x80) || !isLetter(text[i]) {
			continue
		}
		if end, ok := postcodeAt(text, i); ok {
			out = append(out, sighting{i, end, -1, -1, 1})
			i = end
		}
	}
	return out
}

func postcodeAt(text string, i int) (int, bool) {
	j := i
	for j < len(text) && j < i+3 && isLetter(text[j]) {
		j++
	}
	letters := j - i
	if letters < 1 || letters > 2 || j >= len(text) || !isDigit(text[j]) || strings.IndexByte("QVX", upper(text[i])) >= 0 {
		return 0, false
	}
	for _, outward := range []int{2, 1} {
		k := j + outward
		if outward == 2 && (k > len(text) || !isDigit(text[j+1]) && !isLetter(text[j+1])) {
			continue
		}
		space := 0
		for k < len(text) && text[k] == ' ' && space < 2 {
			k++
			space++
		}
		if k+3 > len(text) || !isDigit(text[k]) || !isLetter(text[k+1]) || !isLetter(text[k+2]) {
			continue
		}
		if k+3 < len(text) && (isLetter(text[k+3]) || isDigit(text[k+3])) {
			continue
		}
		inward := string([]byte{upper(text[k+1]), upper(text[k+2])})
		if strings.ContainsAny(inward, "CIKMOV") {
			continue
		}
		small := text[k+1] >= 'a'
		switch inward {
		case "ST", "ND", "RD", "TH", "AM", "PM":
			if small {
				continue // "room A1 2nd floor"
			}
		}
		if small && space == 0 && text[i] >= 'a' && outward == 1 && letters == 1 {
			continue // "b12st": too short to be sure of in small letters
		}
		return k + 3, true
	}
	return 0, false
}

// nhsNumbers finds ten digits with the NHS check digit (modulus 11; NHS Data
// Dictionary), or any ten right after the words.
func nhsNumbers(r *reader) []sighting {
	var out []sighting
	for _, run := range digitRuns(r.doc.text, 10) {
		if len(run.digits) != 10 || run.plus {
			continue
		}
		named := strings.Contains(strings.ToLower(r.doc.text[max(0, run.start-24):run.start]), "nhs")
		if named || run.digits[0] != '0' && nhsCheck(run.digits) && !americanShape(r.doc.text[run.start:run.end], run.digits) {
			out = append(out, sighting{run.start, run.end, -1, -1, 1})
		}
	}
	return out
}

func nhsCheck(d string) bool {
	sum := 0
	for i := range 9 {
		sum += int(d[i]-'0') * (10 - i)
	}
	check := 11 - sum%11
	if check == 11 {
		check = 0
	}
	return check == int(d[9]-'0')
}

// shapes walks the words of a text (letters and digits, at most most bytes) and
// calls try with each. It visits every byte once.
func shapes(text string, try func(start, end int)) {
	for i := 0; i < len(text); {
		if !isLetter(text[i]) && !isDigit(text[i]) {
			i++
			continue
		}
		j := i
		for j < len(text) && (isLetter(text[j]) || isDigit(text[j])) {
			j++
		}
		try(i, j)
		i = j
	}
}

// matchesShape compares with a shape in which A is a letter and 9 a digit.
func matchesShape(s, shape string) bool {
	if len(s) != len(shape) {
		return false
	}
	for i := range shape {
		if shape[i] == 'A' && !isLetter(s[i]) || shape[i] == '9' && !isDigit(s[i]) {
			return false
		}
	}
	return true
}

// niNumbers finds National Insurance numbers, AB 12 34 56 C.
func niNumbers(r *reader) []sighting {
	var out []sighting
	text := r.doc.text
	shapes(text, func(s, e int) {
		if e-s != 2 && e-s != 9 || !isLetter(text[s]) || !isLetter(text[s+1]) {
			return
		}
		var compact [9]byte
		n, j := 0, s
		for j < len(text) && n < 9 && j < s+14 {
			if text[j] != ' ' {
				compact[n] = text[j]
				n++
			}
			j++
		}
		if n == 9 && matchesShape(string(compact[:]), "AA999999A") && (j >= len(text) || !isLetter(text[j]) && !isDigit(text[j])) {
			out = append(out, sighting{s, j, -1, -1, 1})
		}
	})
	return out
}

// vehiclePlates finds current-style plates (AB12 CDE), in capitals, or in any
// case after words such as reg or plate.
func vehiclePlates(r *reader) []sighting {
	var out []sighting
	text := r.doc.text
	shapes(text, func(s, e int) {
		end := e
		switch {
		case matchesShape(text[s:e], "AA99AAA"):
		case matchesShape(text[s:e], "AA99") && e+4 <= len(text) && text[e] == ' ' && matchesShape(text[e+1:e+4], "AAA") &&
			(e+4 == len(text) || !isLetter(text[e+4]) && !isDigit(text[e+4])):
			end = e + 4
		default:
			return
		}
		plate := text[s:end]
		before := strings.ToLower(text[max(0, s-30):s])
		if plate == strings.ToUpper(plate) || strings.Contains(before, "reg") || strings.Contains(before, "plate") || strings.Contains(before, "car") {
			out = append(out, sighting{s, end, -1, -1, 1})
		}
	})
	return append(out, namedPlates(r)...)
}

// namedPlates finds a plate of any style right after a word that says so:
// "my plate is NOA 11H".
func namedPlates(r *reader) []sighting {
	var out []sighting
	text := r.doc.text
	armed := 0 // words that may still follow "plate" or "reg"
	shapes(text, func(s, e int) {
		for _, w := range []string{"plate", "reg", "registration", "numberplate"} {
			if strings.EqualFold(text[s:e], w) {
				armed = 4
				return
			}
		}
		if armed == 0 {
			return
		}
		armed--
		if end, ok := plateAt(text, s, e); ok {
			out = append(out, sighting{s, end, -1, -1, 1})
			armed = 0
		}
	})
	return out
}

// plateAt reports letters and digits in capitals, four to seven, in one word or two.
func plateAt(text string, s, e int) (int, bool) {
	try := func(end int) bool {
		letters, digits := 0, 0
		for i := s; i < end; i++ {
			switch {
			case isDigit(text[i]):
				digits++
			case 'A' <= text[i] && text[i] <= 'Z':
				letters++
			case text[i] != ' ':
				return false
			}
		}
		return letters > 0 && digits > 0 && letters+digits >= 4 && letters+digits <= 7
	}
	if try(e) {
		return e, true
	}
	if e < len(text) && text[e] == ' ' {
		end := e + 1
		for end < len(text) && (isLetter(text[end]) || isDigit(text[end])) {
			end++
		}
		return end, try(end)
	}
	return 0, false
}

// streetAddresses finds "14 Maple Road": a house number, one to three words and
// a kind of street.
func streetAddresses(r *reader) []sighting {
	var out []sighting
	t := r.doc.tokens
	for i := range t {
		if !t[i].isNum || t[i].num < 1 || t[i].num > 2999 || t[i].num != float64(int(t[i].num)) || t[i].sym >= 0 {
			continue
		}
		for j := i + 2; j < len(t) && j <= i+4; j++ {
			if t[j].brk != breakNone {
				break
			}
			if t[j].isNum {
				break
			}
			if !r.in(j, "street") {
				continue
			}
			// The words between must not be ordinary ones: "2 weeks down the road".
			plain := false
			for k := i + 1; k < j; k++ {
				if t[k].brk != breakNone || t[k].sym >= 0 && !t[k].capital && !r.in(k, "street_word") {
					plain = true
				}
			}
			if !plain {
				out = append(out, r.sight(i, j, 1))
			}
			break
		}
	}
	return out
}

// handles finds ways to be reached elsewhere: "insta @name", "my snap is x".
func handles(r *reader) []sighting {
	var out []sighting
	text := r.doc.text
	for at := 0; at < len(text); at++ {
		if text[at] != '@' || at > 0 && (isLetter(text[at-1]) || isDigit(text[at-1])) {
			continue
		}
		e := at + 1
		for e < len(text) && (isLetter(text[e]) || isDigit(text[e]) || text[e] == '_' || text[e] == '.') {
			e++
		}
		if e-at >= 4 && r.socialBefore(at) {
			out = append(out, sighting{at, e, -1, -1, 1})
		}
		at = e - 1
	}
	return out
}

func (r *reader) socialBefore(at int) bool {
	before := strings.ToLower(r.doc.text[max(0, at-48):at])
	for _, w := range []string{"insta", "snap", "facebook", "fb", "tiktok", "twitter", "telegram", "whatsapp", "find me", "add me", "dm me", "message me", "follow", "handle", "my "} {
		if strings.Contains(before, w) {
			return true
		}
	}
	return false
}

// links finds web addresses. Those of known charities and public bodies have
// value 0, others 1.
func links(r *reader) []sighting {
	var out []sighting
	text := r.doc.text
	for i := 0; i < len(text); {
		// Words of an address run to the next space.
		j := i
		for j < len(text) && text[j] != ' ' && text[j] != '\n' && text[j] != '\t' {
			j++
		}
		if w := strings.ToLower(strings.Trim(text[i:j], "().,;:!?\"'<>[]")); len(w) > 5 && isLink(w) {
			value := 1.0
			if r.knownHost(w) {
				value = 0
			}
			s := i + strings.Index(strings.ToLower(text[i:j]), w)
			if s >= i && s+len(w) <= j {
				out = append(out, sighting{s, s + len(w), -1, -1, value})
			}
		}
		i = j + 1
	}
	return out
}

func isLink(w string) bool {
	if strings.Contains(w, "@") {
		return false
	}
	if strings.HasPrefix(w, "http://") || strings.HasPrefix(w, "https://") || strings.HasPrefix(w, "www.") {
		return true
	}
	host, _, _ := strings.Cut(w, "/")
	dot := strings.LastIndexByte(host, '.')
	if dot < 3 {
		return false
	}
	switch host[dot+1:] {
	case "com", "net", "org", "info", "biz", "shop", "store", "online", "xyz", "ly", "me", "site", "co", "uk", "io", "link", "club", "top":
	default:
		return false
	}
	for i := range dot {
		if !isLetter(host[i]) && !isDigit(host[i]) && host[i] != '-' && host[i] != '.' {
			return false
		}
	}
	return true
}

func (r *reader) knownHost(w string) bool {
	w = strings.TrimPrefix(strings.TrimPrefix(w, "https://"), "http://")
	host, _, _ := strings.Cut(w, "/")
	for host != "" {
		if r.known[host] {
			return true
		}
		_, rest, ok := strings.Cut(host, ".")
		if !ok {
			return false
		}
		host = rest
	}
	return false
}
