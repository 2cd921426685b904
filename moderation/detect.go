package moderation

import "slices"

// detection is something found by a Go detector and claimed by a rule. from and
// to are tokens, or -1 where the detector read the raw text and context does not
// apply.
type detection struct {
	rule       int32
	start, end int
	from, to   int32
}

// sighting is what a detector saw; value is what a rule's min and max compare.
type sighting struct {
	start, end int
	from, to   int32
	value      float64
}

// detectors find what a phrase cannot say: rates, check digits, shapes of
// numbers. A rule names one with "detector".
var detectors = map[string]func(*reader) []sighting{
	"pads_per_hour":  padsPerHour,
	"celsius":        celsius,
	"phone":          phones,
	"email":          emails,
	"postcode":       postcodes,
	"street_address": streetAddresses,
	"nhs_number":     nhsNumbers,
	"ni_number":      niNumbers,
	"vehicle_plate":  vehiclePlates,
	"full_name":      fullNames,
	"handle":         handles,
	"link":           links,
	"reference":      references,
	"bank_details":   bankDetails,
	"birth_date":     birthDates,
}

// detectorWords are the words that detectors compare tokens with.
const detectorWords = "hour hours hourly minute minutes half a an every per each the last past within and of since after " +
	"lunch lunchtime tea teatime dinner midday noon breakfast waking woke up morning night overnight today day days " +
	"less under quarter pack packs packet packets knee bought buy buying order ordered times twice x kg lb lbs centimetre miles pounds k mm grams size c f degrees celsius fahrenheit week weeks w wk year years months bpm percent " +
	"am turned aged age at from in dot double treble triple hundred oh zero nought o it that now has finally thankfully luckily"

// detect runs every detector that a rule names, once.
func (r *reader) detect() {
	r.digits = digitsIn(r.doc.text)
	r.seen = sized(r.seen, len(r.detectors))
	for i, name := range r.detectors {
		r.seen[i] = detectors[name](r)
	}
	for _, by := range r.detecting {
		rule := &r.rules[by.rule]
		for _, s := range r.seen[by.detector] {
			if s.value >= rule.min && (rule.max == 0 || s.value < rule.max) {
				r.detected = append(r.detected, detection{by.rule, s.start, s.end, s.from, s.to})
			}
		}
	}
}

// detecting is a rule that a detector finds.
type detecting struct {
	rule     int32
	detector int // index into the engine's detectors
}

// useDetectors lists the detectors that rules name, so that a reading need not go
// through all rules for the few that have one.
func (e *Engine) useDetectors() {
	for i := range e.rules {
		name := e.rules[i].Detector
		if name == "" {
			continue
		}
		at := slices.Index(e.detectors, name)
		if at < 0 {
			at = len(e.detectors)
			e.detectors = append(e.detectors, name)
		}
		e.detecting = append(e.detecting, detecting{int32(i), at})
	}
}

// in reports whether a phrase of the class begins at token i.
func (r *reader) in(i int, class string) bool {
	if i < 0 || i >= len(r.doc.tokens) {
		return false
	}
	for _, s := range r.doc.spans[r.doc.first[i]:r.doc.first[i+1]] {
		if name := r.lex.names[s.sym]; name[0] == '@' && name[1:] == class {
			return true
		}
	}
	return false
}

// begins is in for a class known by its symbol, for those who ask about every token.
func (r *reader) begins(i int, class int32) bool {
	for _, s := range r.doc.spans[r.doc.first[i]:r.doc.first[i+1]] {
		if s.sym == class {
			return true
		}
	}
	return false
}

// name is the prepared word of token i, empty if no rule knows it.
func (r *reader) name(i int) string {
	if i < 0 || i >= len(r.doc.tokens) || r.doc.tokens[i].sym < 0 {
		return ""
	}
	return r.lex.names[r.doc.tokens[i].sym]
}

func (r *reader) sight(from, to int, value float64) sighting {
	return sighting{int(r.doc.tokens[from].start), int(r.doc.tokens[to].end), int32(from), int32(to), value}
}
