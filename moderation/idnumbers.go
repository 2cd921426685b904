package moderation

import "strings"

var (
	nhsNear = newWordSet("nhs chi hcn")
	// idWords say whose numbering a number belongs to; numberOf says that one follows.
	idWords = newWordSet("hospital hosp patient case crime incident claim policy account acc file record records complaint coroner " +
		"coroners inquest court staff payroll nmc gmc badge collar unit tenancy passport licence license membership custody " +
		"log driving driver drivers wristband social visa insurance application")
	numberOf = newWordSet("number no num nmbr numbers id ref reference code pin refs nr")
	// selfWords need no "number" behind them.
	selfWords = newWordSet("mrn crn urn passport licence license crime ref reference account acc hcn")
)

// nhsNumbers finds ten digits with the NHS check digit (modulus 11; NHS Data
// Dictionary), or any ten near the words, in figures or read out. Scotland's CHI
// numbers and Northern Ireland's are told by their words.
func nhsNumbers(r *reader) []sighting {
	var out []sighting
	if !r.hasNumbers() {
		return nil
	}
	text := r.doc.text
	numerals(text, func(run []numeral) {
		for s := 0; s < len(run); s++ {
			if s > 0 && !run[s].apart || run[s].plus {
				continue
			}
			var buf [10]byte
			d, e := buf[:0], s
			for e < len(run) && (e == s || !run[e].apart || len(d) < 10) && len(d)+len(run[e].digits) <= cap(d) {
				d = append(d, run[e].digits...)
				e++
			}
			if len(d) != 10 || e < len(run) && !run[e].apart {
				continue
			}
			from, to := run[s].start, run[e-1].end
			named := nhsNear.hasNear(text, from, to, 48, 48)
			american := grouped(run[s:e], 3, 3, 4) && d[0] >= '2' && d[3] >= '2' && strings.ContainsAny(text[from:to], "()-.") && !strings.Contains(text[from:to], " ")
			if named && !looksLikeDate(text[from:to]) && !ukMobileShape(d, run[s:e]) || d[0] != '0' && nhsCheck(string(d)) && !american {
				out = append(out, sighting{from, to, -1, -1, 1})
				s = e - 1
			}
		}
	})
	return out
}

// ukMobileShape reports a telephone number that merely stands near the words.
func ukMobileShape(d []byte, run []numeral) bool {
	return d[0] == '0' && (len(run[0].digits) == 5 || len(run[0].digits) == 4) && d[1] != '0' && !run[0].word && len(run) > 1
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

// niNumbers finds National Insurance numbers, AB 12 34 56 C.
func niNumbers(r *reader) []sighting {
	var out []sighting
	text := r.doc.text
	if r.digits < leastNumber {
		return nil
	}
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

// references finds the number under which a hospital, court, bank or office keeps
// one person: "hospital number K 882 0193", "case no. is QB-2024-00417".
func references(r *reader) []sighting {
	var out []sighting
	text := r.doc.text
	if r.digits == 0 {
		return nil
	}
	id, label := -1, -1 // where the last word of each kind ended
	floor := 0
	shapes(text, func(s, e int) {
		w := text[s:e]
		if s < floor || e-s > 12 {
			if drivingLicence(w) {
				out = append(out, sighting{s, e, -1, -1, 1})
			}
			return
		}
		self := selfWords.has(w)
		switch {
		case self || numberOf.has(w) && id >= 0 && s-id <= 14:
			label = e
		case idWords.has(w):
			id = e
			return
		default:
			return
		}
		short := strings.HasPrefix(strings.ToLower(w), "licen") || id >= 0 && s-id < 3 && strings.HasPrefix(strings.ToLower(text[max(0, id-7):id]), "licen")
		if from, to, ok := codeAfter(text, label, short); ok && !strings.HasPrefix(text[label:], " like") {
			out = append(out, sighting{from, to, -1, -1, 1})
			floor = to
		}
		if idWords.has(w) {
			id = e
		}
	})
	return out
}

// codeAfter finds letters and digits with at least four digits within a few words
// of a label.
func codeAfter(text string, label int, short bool) (from, to int, ok bool) {
	const reach = 44
	limit := min(len(text), label+reach)
	i := label
	for i < limit && !isDigit(text[i]) && text[i] != '\n' && text[i] != '?' && text[i] != '!' {
		i++
	}
	if i >= limit || !isDigit(text[i]) {
		return 0, 0, false
	}
	from = i
	for from > label && (isLetter(text[from-1]) || isDigit(text[from-1]) || strings.IndexByte("-/", text[from-1]) >= 0) {
		from--
	}
	letters := from < i
	if from == i && from-2 > label && text[from-1] == ' ' && isCapital(text[from-2]) && !isWordByte(text[from-3]) {
		from -= 2 // K 882 0193
		letters = true
	}
	digits, joined := 0, false
	to = i
	for j := i; j < len(text) && j < i+28; {
		switch c := text[j]; {
		case isDigit(c):
			digits++
			to = j + 1
			j++
		case isLetter(c):
			letters = true
			to = j + 1
			j++
		case (c == '-' || c == '/' || c == '.') && j+1 < len(text) && (isDigit(text[j+1]) || isCapital(text[j+1])):
			joined = joined || c != '.'
			j++
		case c == ' ' && j+1 < len(text) && isDigit(text[j+1]):
			j++
		default:
			j = len(text)
		}
	}
	if looksLikeDate(text[from:to]) || strings.IndexByte("£$€", text[max(0, from-1)]) >= 0 {
		return 0, 0, false
	}
	if digits >= 5 || digits == 4 && (letters || joined) || short && digits > 0 && letters && to-from >= 3 {
		return from, to, true
	}
	return 0, 0, false
}

// drivingLicence reports the sixteen characters of a British driver number: five of
// the surname (filled up with 9), six digits, two initials, three more.
func drivingLicence(w string) bool {
	if len(w) != 16 {
		return false
	}
	for i := range 5 {
		if !isLetter(w[i]) && w[i] != '9' {
			return false
		}
	}
	return isLetter(w[0]) && matchesShape(w[5:11], "999999") && (isLetter(w[11])) && (isLetter(w[12]) || w[12] == '9') && isLetter(w[14]) && isLetter(w[15])
}

// bankDetails finds a sort code beside its name, and the number of a card.
func bankDetails(r *reader) []sighting {
	var out []sighting
	text := r.doc.text
	if r.digits < leastNumber {
		return nil
	}
	numerals(text, func(run []numeral) {
		var buf [20]byte
		d := digitsOf(buf[:0], run)
		from, to := run[0].start, run[len(run)-1].end
		switch {
		case len(d) == 16 && grouped(run, 4, 4, 4, 4) && luhn(d):
		case len(run) >= 3 && grouped(run[:3], 2, 2, 2) && bankWords.hasNear(text, from, to, 32, 16):
		case len(run) == 1 && (len(d) == 6 || len(d) == 8) && bankWords.hasNear(text, from, to, 32, 0):
		default:
			return
		}
		out = append(out, sighting{from, to, -1, -1, 1})
	})
	return out
}

var bankWords = newWordSet("code sortcode acc account bacs bank barclays hsbc natwest lloyds santander nationwide monzo starling halifax iban")

// luhn checks the last digit of a card's number (ISO/IEC 7812).
func luhn(d []byte) bool {
	sum := 0
	for i, c := range d {
		n := int(c - '0')
		if (len(d)-i)%2 == 0 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0
}
