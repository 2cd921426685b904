package moderation

import "math"

// numberWords are the counts that people write as words and that the rules care
// about: pads, hours, days, degrees, weeks. "Few" and "several" are read as the
// least they can mean.
var numberWords = map[string]float64{
	"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
	"eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13,
	"fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
	"nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
	"couple": 2, "few": 3, "several": 3, "dozen": 12,
}

// parseDigits reads digits with at most one decimal point. Numbers beyond what
// a float64 holds exactly are of no use to any rule and may be rounded.
func parseDigits(b []byte) float64 {
	n, scale, frac := 0.0, 1.0, false
	for _, c := range b {
		switch {
		case c == '.':
			frac = true
		case c >= '0' && c <= '9':
			n = n*10 + float64(c-'0')
			if frac {
				scale *= 10
			}
		}
	}
	if n /= scale; math.IsInf(n, 0) || math.IsNaN(n) {
		return math.MaxFloat64
	}
	return n
}
