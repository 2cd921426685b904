package moderation

import (
	"slices"
	"strings"
)

// Words and signs of addresses that are read out.
var (
	dotWords   = newWordSet("dot punto point period fullstop")
	dashWords  = newWordSet("dash hyphen underscore underline minus plus")
	thenWords  = newWordSet("then and the word all one followed by")
	mailHosts  = newWordSet("gmail googlemail hotmail outlook yahoo icloud btinternet protonmail ymail virginmedia ntlworld gmx yandex rocketmail")
	mailEnds   = newWordSet("com net org co uk ie fr pl edu gov ac nhs sch de es nl eu info biz io app email ca au nz za ro pt sch scot wales cymru london")
	mailWords  = newWordSet("email e-mail mail emails mails emailed address inbox hotmail gmail paypal facetime contact")
	notAMember = newWordSet("look looked looking looks work works worked working people staff team guys everyone me us is was it be you log logged stare staring arrived got")
)

// emails finds addresses, also those written so that a machine should not see them:
// "jo @ example . com", "jo AT example DOT com", "j o @ e x . c o m", "jo, then at,
// then icloud, then com".
func emails(r *reader) []sighting {
	var out []sighting
	text := r.doc.text
	floor := 0 // nothing before here may belong to another address
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c != '@' && c|0x20 != 'a' && c != '(' && c != '[' && c != '{' {
			continue
		}
		if c == '@' {
			if s, e, ok := r.plainEmail(i, floor); ok {
				if e < 0 {
					e = -e
				} else {
					out = append(out, sighting{s, e, -1, -1, 1})
				}
				floor, i = e, max(i, e-1)
				continue
			}
		}
		width, sure := atSign(text, i)
		if width == 0 {
			continue
		}
		end := r.mailHost(i+width, sure, i)
		if end == 0 {
			continue
		}
		if start := localPart(text, i, floor); start < i && (sure || !notAMember.has(strings.TrimSpace(text[start:i]))) {
			out = append(out, sighting{start, end, -1, -1, 1})
			floor, i = end, max(i, end-1)
		}
	}
	return out
}

// plainEmail reads jo@example.com around the @ at i. A negative end says that the
// address belongs to no one person.
func (r *reader) plainEmail(at, floor int) (s, e int, ok bool) {
	text := r.doc.text
	s, e = at, at+1
	for s > floor && (isLetter(text[s-1]) || isDigit(text[s-1]) || strings.IndexByte("._%+-", text[s-1]) >= 0) {
		s--
	}
	for e < len(text) && (isLetter(text[e]) || isDigit(text[e]) || text[e] == '.' || text[e] == '-') {
		e++
	}
	for e > at+1 && (text[e-1] == '.' || text[e-1] == '-') {
		e--
	}
	host := text[at+1 : e]
	dot := strings.LastIndexByte(host, '.')
	switch {
	case s == at:
		return 0, 0, false
	case dot < 1 || len(host)-dot < 3:
		return s, e, mailHosts.has(host) && (e == len(text) || text[e] != ' ' || !dotFollows(text[e:]))
	}
	if r.knownAddress(host) {
		return s, -e, true
	}
	return s, e, true
}

// dotFollows reports " dot" or the like: the host goes on.
func dotFollows(s string) bool {
	s = strings.TrimLeft(s, " ")
	n := 0
	for n < len(s) && isLetter(s[n]) {
		n++
	}
	return dotWords.has(s[:n]) || strings.EqualFold(s[:n], "full")
}

// atSign is the width of an at, however it is written, at i. sure says that it is
// no mere word.
func atSign(text string, i int) (width int, sure bool) {
	if i == 0 || i+1 >= len(text) {
		return 0, false
	}
	if text[i] == '@' {
		return 1, true
	}
	rest := text[i:]
	if c := rest[0]; c == '(' || c == '[' || c == '{' {
		if len(rest) >= 4 && strings.EqualFold(rest[1:3], "at") && strings.IndexByte(")]}", rest[3]) >= 0 {
			return 4, true
		}
		if len(rest) >= 3 && rest[1] == '@' {
			return 3, true
		}
		return 0, false
	}
	if isWordByte(text[i-1]) || text[i-1] == '\'' || strings.IndexByte("tTrR ", rest[1]) < 0 {
		return 0, false // none of the words below
	}
	for _, w := range []string{"arroba", "at-sign", "at sign", "at symbol", "at-symbol", "a with the tail", "a with a tail", "a with the curly", "a in a circle", "a with the circle"} {
		if len(rest) > len(w) && strings.EqualFold(rest[:len(w)], w) && !isWordByte(rest[len(w)]) {
			return len(w), true
		}
	}
	if len(rest) > 2 && rest[1]|0x20 == 't' && !isWordByte(rest[2]) && rest[2] != '\'' {
		return 2, false
	}
	return 0, false
}

// mailHost reads the host behind an at and returns where it ends, or 0. Dots may be
// words; the letters may stand apart. at is where the at began.
func (r *reader) mailHost(from int, sure bool, at int) int {
	const reach = 72
	text := r.doc.text
	limit := min(len(text), from+reach)
	var host [reach]byte
	n, end := 0, 0
	spelled, dots, parts, single := false, 0, 0, 0
	afterDot, then, spaced := false, false, false
	for i := from; i < limit; {
		c := text[i]
		if c == ' ' || strings.IndexByte(",;()[]{}\"'", c) >= 0 {
			spaced = spaced || c == ' '
			then = then || c == ','
			i++
			continue
		}
		if c == '.' {
			if i > from && text[i-1] != ' ' && i+1 < len(text) && text[i+1] == ' ' {
				break // the end of a sentence
			}
			if n == 0 || afterDot {
				break
			}
			dots, afterDot, spelled = dots+1, true, spelled || spaced
			host[n] = '.'
			n++
			i++
			continue
		}
		j := i
		for j < limit && (isLetter(text[j]) || isDigit(text[j]) || text[j] == '-' || text[j] == '_') {
			j++
		}
		if j == i || j < len(text) && text[j] >= 0x80 || n+j-i >= len(host) {
			break
		}
		w := text[i:j]
		switch {
		case n > 0 && !afterDot && (dotWords.has(w) || strings.EqualFold(w, "full") && len(text) > j+5 && strings.EqualFold(text[j:j+5], " stop")):
			if w[0]|0x20 == 'f' && len(w) == 4 {
				j += 5
			}
			dots, afterDot, spelled = dots+1, true, true
			host[n] = '.'
			n++
		case n > 0 && dashWords.has(w):
			host[n] = '-'
			n++
			single = max(single, 1)
		case thenWords.has(w) && (n == 0 || then || len(w) > 3):
			then = true
		case afterDot:
			if !mailEnds.has(w) && !(sure && dots == 1 && spelled && len(w) <= 6) {
				if len(w) == 1 && single > 1 { // c o m
					k := i
					word := make([]byte, 0, 4)
					for k < limit && len(word) < 4 && isLetter(text[k]) && (k+1 >= len(text) || !isWordByte(text[k+1])) {
						word = append(word, text[k])
						k++
						for k < limit && text[k] == ' ' {
							k++
						}
					}
					if mailEnds.has(string(word)) {
						return r.mailEnd(text, host[:n], string(word), at, from, k, sure, true)
					}
				}
				// A host's second part: example dot nhs-trust dot uk.
				if dots > 2 || !spelled && spaced {
					return end
				}
				copy(host[n:], w)
				n, afterDot, spaced = n+len(w), false, false
				i = j
				continue
			}
			e := r.mailEnd(text, host[:n], w, at, from, j, sure, spelled)
			if e == 0 {
				return end
			}
			end = e
			copy(host[n:], w)
			n, afterDot = n+len(w), false
		case end > 0:
			return end
		case n > 0 && then && mailHosts.has(string(host[:n])) && mailEnds.has(w):
			return j // icloud, then com
		case n > 0 && (parts > 1 || len(w) > 1 || single == 0) && host[n-1] != '-' && host[n-1] != '.':
			if mailHosts.has(string(host[:n])) && dots == 0 {
				return r.bareHost(at, from, sure)
			}
			return 0 // a second word: no host
		default:
			if len(w) == 1 {
				single++
			} else {
				parts++
			}
			copy(host[n:], w)
			n += len(w)
			if mailHosts.has(w) && (dots == 0) && parts == 1 {
				if e := r.bareHost(at, from, sure); e > 0 && j == e {
					// Perhaps "dot com" follows; this far it is an address already.
					end = e
					i = j
					if e := r.moreHost(j, limit); e > 0 {
						return e
					}
					return end
				}
			}
		}
		spaced = false
		i = j
	}
	return end
}

// mailEnd decides whether a host with its last part is one.
func (r *reader) mailEnd(text string, host []byte, last string, at, from, end int, sure, spelled bool) int {
	name := strings.ToLower(string(host) + last)
	if len(name) < 5 || r.knownAddress(name) {
		return 0
	}
	if !sure && !spelled && !mailWords.hasNear(text, at, at, 48, 0) {
		return 0 // "look at example.com" is a site
	}
	return end
}

// bareHost is where a mail host without its dot ends: "jo at gmail".
func (r *reader) bareHost(at, from int, sure bool) int {
	text := r.doc.text
	s := from
	for s < len(text) && !isLetter(text[s]) {
		s++
	}
	e := s
	for e < len(text) && isLetter(text[e]) {
		e++
	}
	before := strings.TrimRight(text[:at], " ,")
	w := before[strings.LastIndexAny(before, " \n")+1:]
	if !sure && (notAMember.has(w) || mailHosts.has(w)) {
		return 0
	}
	return e
}

// moreHost reads "dot com" or "dot co dot uk" behind a mail host.
func (r *reader) moreHost(i, limit int) int {
	text := r.doc.text
	end := 0
	for dot := false; i < limit; {
		c := text[i]
		if strings.IndexByte(" ,()[]{}", c) >= 0 {
			i++
			continue
		}
		if c == '.' && i+1 < len(text) && isLetter(text[i+1]) {
			dot = true
			i++
			continue
		}
		j := i
		for j < limit && isLetter(text[j]) {
			j++
		}
		switch w := text[i:j]; {
		case j == i:
			return end
		case !dot && (dotWords.has(w) || strings.EqualFold(w, "stop")):
			dot = true
		case strings.EqualFold(w, "full") || thenWords.has(w):
		case mailEnds.has(w) && (dot || end == 0):
			end, dot = j, false
		default:
			return end
		}
		i = j
	}
	return end
}

// localPart is where the name in front of an at begins: one word, or pieces that
// are held together by words for signs, or letters one by one.
func localPart(text string, at, floor int) int {
	const reach = 72
	least := max(floor, at-reach)
	start := at
	first := true
	for i := at; i > least; {
		for i > least && strings.IndexByte(" ,()[]{}\"'", text[i-1]) >= 0 {
			i--
		}
		j := i
		for i > least && text[i-1] < 0x80 && strings.IndexByte(" ,()[]{}\"'\n@", text[i-1]) < 0 {
			i--
		}
		if i == j || i == least && i > 0 && isWordByte(text[i-1]) {
			break
		}
		w := strings.Trim(text[i:j], ".:;!?")
		sign := dotWords.has(w) || dashWords.has(w) || thenWords.has(w)
		if sign {
			continue
		}
		if !first && len(w) > 1 && !signBetween(text, j, start) {
			break
		}
		if w == "" {
			if first {
				break
			}
			continue
		}
		start, first = i, false
	}
	return start
}

// signBetween reports a dot, dash or the like, written as a word, between two parts.
func signBetween(text string, from, to int) bool {
	return slices.ContainsFunc(strings.FieldsFunc(text[from:to], func(c rune) bool { return strings.ContainsRune(" ,()[]{}", c) }),
		func(w string) bool { return dotWords.has(w) || dashWords.has(w) })
}

func (r *reader) knownAddress(host string) bool {
	return r.known[strings.ToLower(host)]
}
