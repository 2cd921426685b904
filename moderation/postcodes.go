package moderation

import "strings"

// postcodes finds full postcodes: the UK's in the forms of Royal Mail's Postcode
// Address File (A9 9AA to AA9A 9AA), in capitals or not and with any last letters,
// BFPO numbers, Ireland's Eircodes, Canada's, and the state and ZIP of an address
// in the United States or Australia.
func postcodes(r *reader) []sighting {
	var out []sighting
	text := r.doc.text
	for i := 0; i+4 < len(text); i++ {
		if byteKinds[text[i]] != kindLetter || i > 0 && isWordByte(text[i-1]) {
			continue
		}
		// A digit stands second to fifth: in BFPO 5, behind a space.
		if byteKinds[text[i+1]]|byteKinds[text[i+2]]|byteKinds[text[i+3]] == kindLetter && upper(text[i]) != 'B' {
			continue
		}
		end, ok := postcodeAt(text, i)
		if !ok {
			end, ok = foreignPostcode(text, i)
		}
		if ok {
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
		if k+3 < len(text) && isWordByte(text[k+3]) {
			continue
		}
		small := text[k+1] >= 'a'
		switch string([]byte{upper(text[k+1]), upper(text[k+2])}) {
		case "ST", "ND", "RD", "TH", "AM", "PM", "LB", "HR":
			if small {
				continue // "room A1 2nd floor"
			}
		case "MG", "ML", "MM", "CM", "KM", "KG", "OZ", "MO", "IV", "IU":
			continue // vitamin B12 5mg
		}
		if small && (text[i] < 'a' && letters == 1 && space > 0 || space == 0 && outward == 1 && letters == 1) {
			continue // "b12st", "A1 2be": too short to be sure of in small letters
		}
		return k + 3, true
	}
	return 0, false
}

// foreignPostcode reads the codes that are not made like the UK's.
func foreignPostcode(text string, i int) (int, bool) {
	rest := text[i:]
	at := func(n int) byte {
		if n < len(rest) {
			return rest[n]
		}
		return 0
	}
	ends := func(n int) bool { return n >= len(rest) || !isWordByte(rest[n]) }
	switch {
	case len(rest) > 5 && strings.EqualFold(rest[:4], "bfpo"):
		n := 4
		for at(n) == ' ' && n < 6 {
			n++
		}
		s := n
		for isDigit(at(n)) {
			n++
		}
		return i + n, n > s && n-s <= 4 && ends(n)
	case isCapital(at(0)) && isDigit(at(1)) && isCapital(at(2)) && at(3) == ' ' && isDigit(at(4)) && isCapital(at(5)) && isDigit(at(6)):
		return i + 7, ends(7)
	case isCapital(at(0)) && isDigit(at(1)) && (isDigit(at(2)) || at(2) == 'W'):
		// Eircode: a routing key and four letters and digits.
		n := 3
		if at(n) == ' ' {
			n++
		}
		digits, letters := 0, 0
		for k := n; k < n+4; k++ {
			switch {
			case isDigit(at(k)):
				digits++
			case isCapital(at(k)):
				letters++
			default:
				return 0, false
			}
		}
		return i + n + 4, digits > 0 && letters > 1 && ends(n+4)
	case isCapital(at(0)) && isCapital(at(1)) && (i > 1 && text[i-1] == ' '):
		n := 2
		for isCapital(at(n)) && n < 3 {
			n++
		}
		if at(n) != ' ' || !isDigit(at(n+1)) {
			return 0, false
		}
		digits := 0
		for isDigit(at(n + 1 + digits)) {
			digits++
		}
		set := states
		if digits == 4 {
			set = statesAU
		} else if digits != 5 || n != 2 || text[i-2] != ',' {
			return 0, false
		}
		return i + n + 1 + digits, set.has(rest[:n]) && ends(n+1+digits)
	}
	return 0, false
}

var (
	states = newWordSet("al ak az ar ca co ct de dc fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa " +
		"ri sc sd tn tx ut vt va wa wv wi wy")
	statesAU = newWordSet("nsw vic qld act tas")
)
