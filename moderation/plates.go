package moderation

import "strings"

// vehiclePlates finds current-style plates (AB12 CDE), in capitals, or in any
// case after words such as reg or plate, and plates of other styles where a vehicle
// is spoken of.
func vehiclePlates(r *reader) []sighting {
	var out []sighting
	text := r.doc.text
	if r.digits == 0 {
		return nil
	}
	armed := 0 // words that may still follow "plate" or "reg"
	shapes(text, func(s, e int) {
		end, ok := 0, false
		switch n := e - s; {
		case n > 12:
		case n == 4 || n == 7:
			if end, ok = currentPlate(text, s, e); ok && text[s:end] != strings.ToUpper(text[s:end]) {
				ok = vehicleWords.hasNear(text, s, end, 30, 0)
			}
			fallthrough
		default:
			if !ok && n <= 4 {
				end, ok = olderPlate(text, s, e)
			}
		}
		switch {
		case ok:
		case plateWords.has(text[s:e]):
			armed = 4
			return
		case armed == 0:
			return
		default:
			armed--
			if end, ok = plateAt(text, s, e); !ok {
				return
			}
		}
		out = append(out, sighting{s, end, -1, -1, 1})
		armed = 0
	})
	return out
}

// currentPlate reads AB12 CDE, with or without its space.
func currentPlate(text string, s, e int) (end int, ok bool) {
	switch {
	case matchesShape(text[s:e], "AA99AAA"):
		return e, true
	case matchesShape(text[s:e], "AA99") && e+4 <= len(text) && text[e] == ' ' && matchesShape(text[e+1:e+4], "AAA") &&
		(e+4 == len(text) || !isWordByte(text[e+4])):
		return e + 4, true
	}
	return 0, false
}

var plateWords = newWordSet("plate reg registration numberplate rego regn")

var vehicleWords = newWordSet("reg rego registration regn plate plates numberplate car van vehicle drives driving parked taxi cab lorry truck motorbike motorcycle " +
	"bmw audi fiesta corsa astra golf focus polo volvo transit minibus camper jeep tesla kia nissan toyota vauxhall ford merc mercedes vw mini")

// olderPlate reads plates of other series in capitals: A123 BCD and ABC 123D where
// a vehicle is spoken of, and Ireland's 191-D-12345 anywhere.
func olderPlate(text string, s, e int) (end int, ok bool) {
	switch n := e - s; {
	case (n == 2 || n == 3) && e+2 < len(text) && text[e] == '-' && isDigit(text[s]) && isCapital(text[e+1]):
		end = e + 1
		for end < len(text) && end < e+3 && isCapital(text[end]) {
			end++
		}
		digits := end + 1
		for digits < len(text) && isDigit(text[digits]) {
			digits++
		}
		return digits, end < len(text) && text[end] == '-' && digits >= end+3 && digits <= end+7 && matchesShape(text[s:e], "999"[:n])
	case n >= 2 && n <= 4 && isCapital(text[s]) && matchesShape(text[s+1:e], "999"[:n-1]) && e+4 <= len(text) && text[e] == ' ':
		end = e + 4
		if !capitals(text[e+1 : end]) {
			return 0, false
		}
	case n == 3 && capitals(text[s:e]) && e+3 <= len(text) && text[e] == ' ' && isDigit(text[e+1]):
		end = e + 1
		for end < len(text) && isDigit(text[end]) {
			end++
		}
		if end < len(text) && isCapital(text[end]) {
			end++
		}
		if end-e > 5 {
			return 0, false
		}
	default:
		return 0, false
	}
	return end, (end == len(text) || !isWordByte(text[end])) && vehicleWords.hasNear(text, s, end, 30, 0)
}

func capitals(s string) bool {
	for i := range len(s) {
		if !isCapital(s[i]) {
			return false
		}
	}
	return true
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
