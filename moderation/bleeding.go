package moderation

import "strings"

// padsPerHour reads how fast pads are soaked: "a pad an hour", "3 pads since
// lunch", "changing my pad every 20 minutes". Numbers beat adjectives: "not that
// heavy, about a pad an hour" is a pad an hour.
//
// Where only a part of the day is named, the shortest time it is likely to be is
// taken, so that doubt raises the rate.
func padsPerHour(r *reader) []sighting {
	var out []sighting
	pad, known := r.lex.classes["pad"]
	if !known {
		return nil
	}
	for i := range r.doc.tokens {
		if !r.begins(i, pad) {
			continue
		}
		count, first, ok := r.padCount(i)
		if !ok {
			continue
		}
		hours, last, ok := r.hoursNear(i)
		if !ok {
			continue
		}
		if n := len(out); n > 0 && int(out[n-1].to) >= first {
			if rate := count / hours; rate > out[n-1].value {
				out[n-1].value = rate
			}
			continue
		}
		out = append(out, r.sight(min(first, last), max(i, last), count/hours))
	}
	return out
}

// padCount is the number in front of a pad, one if none is said.
func (r *reader) padCount(i int) (count float64, first int, ok bool) {
	count, first = 1, i
	for j := i - 1; j >= max(0, i-4); j-- {
		if r.doc.tokens[j+1].brk == breakStop {
			break
		}
		switch r.name(j) {
		case "pack", "packs", "packet", "packets", "knee", "bought", "buy", "buying", "order", "ordered", "less", "under", "quarter":
			return 0, 0, false
		case "half":
			return 0.5, j, true
		}
		if t := r.doc.tokens[j]; t.isNum {
			if r.timeAt(j + 1) {
				break // "five days, ordinary pads", "every 2 hours a pad"
			}
			count, first = t.num, j
			break
		}
	}
	if count == 1 {
		// "changed my pad 4 times"
		for j := i + 1; j < len(r.doc.tokens) && j <= i+4; j++ {
			if w := r.name(j); (w == "times" || w == "x") && r.doc.tokens[j-1].isNum {
				count = r.doc.tokens[j-1].num
			} else if w == "twice" {
				count = 2
			}
		}
	}
	for j := first - 1; j >= max(0, first-3); j-- {
		switch r.name(j) {
		case "less", "under", "half", "quarter":
			return 0, 0, false
		}
	}
	return count, first, count > 0 && count < 100
}

// timeAt reports a word that makes the number before it a time.
func (r *reader) timeAt(i int) bool {
	switch r.name(i) {
	case "minute", "minutes", "hour", "hours", "day", "days", "week", "weeks", "months", "years", "am":
		return true
	}
	return false
}

// hoursNear is the time in hours that is named near a pad, after it or before.
func (r *reader) hoursNear(i int) (hours float64, last int, ok bool) {
	const after, before = 10, 9
	for j := i + 1; j < len(r.doc.tokens) && j <= i+after; j++ {
		if r.doc.tokens[j].brk == breakStop {
			break
		}
		if h, ok := r.hoursAt(j); ok {
			return h, j, true
		}
	}
	for j := i - 1; j >= max(0, i-before); j-- {
		if r.doc.tokens[j+1].brk == breakStop {
			break
		}
		if h, ok := r.hoursAt(j); ok {
			return h, j, true
		}
	}
	return 0, 0, false
}

// hoursAt reads a length of time that ends at token j.
func (r *reader) hoursAt(j int) (float64, bool) {
	switch w := r.name(j); w {
	case "hourly":
		return 1, true
	case "hour", "hours":
		switch prev := r.name(j - 1); prev {
		case "half":
			return 0.5, true
		case "an", "a", "every", "per", "each", "the", "last", "past", "within", "and":
			if (prev == "an" || prev == "a") && r.name(j-2) == "half" {
				return 0.5, true
			}
			return 1, true
		case "of":
			return 2, true // a couple of hours
		}
		if t := r.doc.tokens[max(0, j-1)]; j > 0 && t.isNum && t.num > 0 {
			return t.num, true
		}
		return 1, w == "hour"
	case "minute", "minutes":
		if t := r.doc.tokens[max(0, j-1)]; j > 0 && t.isNum && t.num > 0 {
			return t.num / 60, true
		}
	case "lunch", "lunchtime", "tea", "teatime", "dinner", "midday", "noon":
		if r.name(j-1) == "since" || r.name(j-1) == "after" {
			return 3, true
		}
	case "breakfast", "waking", "woke", "up", "morning":
		if r.name(j-1) == "since" || r.name(j-2) == "since" {
			return 4, true
		}
	case "night", "overnight":
		return 10, true
	case "today", "day":
		return 12, true
	}
	return 0, false
}

// celsius finds a temperature of a body, in degrees Celsius: a number between 34
// and 43 that is said of a temperature or has a degree sign or C, or 94 to 110
// with Fahrenheit.
func celsius(r *reader) []sighting {
	var out []sighting
	for i, t := range r.doc.tokens {
		if !t.isNum {
			continue
		}
		switch {
		case t.num >= 34 && t.num < 43.5:
			unit := r.name(i+1) == "c" || r.name(i+1) == "degrees" || r.name(i+1) == "celsius" || r.degreeSign(i)
			// 38.6 with its decimal is said of little else.
			unit = unit || t.num >= 37.9 && t.num < 42 && r.decimal(i) && !r.measureAfter(i)
			if !unit && !r.temperatureNear(i) || r.weeksAfter(i) {
				continue
			}
			out = append(out, r.sight(i, i, t.num))
		case t.num >= 100 && t.num <= 110:
			if r.name(i+1) == "f" || r.name(i+1) == "fahrenheit" || r.name(i+1) == "degrees" || r.temperatureNear(i) {
				out = append(out, r.sight(i, i, (t.num-32)*5/9))
			}
		}
	}
	return out
}

func (r *reader) decimal(i int) bool {
	t := r.doc.tokens[i]
	return strings.IndexByte(r.doc.text[t.start:t.end], '.') > 0
}

// measureAfter tells 38.5 kg or cm from a temperature.
func (r *reader) measureAfter(i int) bool {
	switch r.name(i + 1) {
	case "kg", "lb", "lbs", "centimetre", "percent", "miles", "weeks", "week", "pounds", "k", "mm", "grams", "size":
		return true
	}
	return false
}

func (r *reader) degreeSign(i int) bool {
	end := int(r.doc.tokens[i].end)
	const sign = "°"
	return len(r.doc.text) >= end+len(sign) && r.doc.text[end:end+len(sign)] == sign
}

// weeksAfter tells 38 weeks, 36+2 and 38 years from 38 degrees.
func (r *reader) weeksAfter(i int) bool {
	end := int(r.doc.tokens[i].end)
	if end < len(r.doc.text) && r.doc.text[end] == '+' {
		return true
	}
	switch r.name(i + 1) {
	case "week", "weeks", "w", "wk", "year", "years", "days", "day", "hours", "hour", "months", "minutes", "bpm", "percent":
		return true
	}
	switch r.name(i - 1) {
	case "am", "turned", "aged", "age", "at":
		// "I am 38", "lost her at 38": an age or weeks unless a temperature is named
		// right here.
		return !r.temperatureNear(i)
	}
	return false
}

func (r *reader) temperatureNear(i int) bool {
	for j := max(0, i-7); j <= i+3 && j < len(r.doc.tokens); j++ {
		if r.doc.tokens[j].sentence == r.doc.tokens[i].sentence && r.in(j, "temperature") {
			return true
		}
	}
	return false
}
