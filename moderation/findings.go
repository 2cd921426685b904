package moderation

import "slices"

// match finds every phrase and returns how many steps that took.
func (r *reader) match() int {
	for i, m := range r.marks {
		r.doc.places[i].filler = m&markFiller != 0
		r.doc.places[i].negator = m&markNegator != 0
	}
	for _, h := range r.hits { // of the last text
		r.byTarget[h.target] = r.byTarget[h.target][:0]
	}
	w := walker{trie: &r.trie, doc: &r.doc, hits: r.hits[:0]}
	w.walk()
	r.hits = w.hits
	for i, h := range r.hits {
		if r.targets[h.target].rule < 0 {
			r.byTarget[h.target] = append(r.byTarget[h.target], int32(i))
		}
	}
	return w.steps
}

// holds reports whether a condition's phrase stands near enough to a match. With
// asserted set, phrases that are themselves negated ("not dizzy") or said to the
// reader do not count.
func (r *reader) holds(c compiledCondition, from, to int32, asserted bool) bool {
	list := r.byTarget[c.target]
	if len(list) == 0 {
		return false
	}
	counts := func(h hit) bool { return !asserted || !r.negated(h) && !r.adviceToYou(h.from) }
	if c.scope == inPost {
		// The first few decide; a post that repeats itself gains nothing.
		for _, i := range list[:min(len(list), 32)] {
			// What stands anywhere in a post is its setting (a birth, weeks
			// pregnant); only a negator right before it takes that away.
			h := r.hits[i]
			if !asserted || !r.denied(h) && !r.adviceToYou(h.from) {
				return true
			}
		}
		return false
	}
	lo := from - nearWords
	if c.scope != near {
		lo = from - 2*maxSpan
	}
	i, _ := slices.BinarySearchFunc(list, lo, func(i int32, at int32) int { return int(r.hits[i].from - at) })
	for ; i < len(list); i++ {
		h := r.hits[list[i]]
		if h.from > to+2*maxSpan {
			return false
		}
		if !counts(h) {
			continue
		}
		switch c.scope {
		case inClause:
			if r.doc.tokens[h.from].clause == r.doc.tokens[from].clause || r.doc.tokens[h.from].clause == r.doc.tokens[to].clause {
				return true
			}
		case inSentence:
			if r.doc.tokens[h.from].sentence == r.doc.tokens[from].sentence {
				return true
			}
		case near:
			if h.from <= to+nearWords {
				return true
			}
		}
	}
	return false
}

// findings turns hits and detections into findings, each with its context read.
// Of overlapping or repeated hits of one rule the worst and then the first few
// are kept.
func (r *reader) findings() []Finding {
	var out []Finding
	last := map[int32]int32{} // rule: last token of its latest finding
	count := map[int32]int{}
	keep := func(rule int32, f Finding) {
		const perRule = 8
		if count[rule] >= perRule {
			// Beyond the first few only a worse one is worth showing.
			for i := range out {
				if r.causes[i] == rule && (out[i].Cancelled && !f.Cancelled || f.Level > out[i].Level) {
					out[i] = f
					return
				}
			}
			return
		}
		count[rule]++
		out = append(out, f)
		r.causes = append(r.causes, rule)
	}
	for _, h := range r.hits {
		ref := r.targets[h.target]
		if ref.rule < 0 {
			continue
		}
		if end, seen := last[ref.rule]; seen && h.from <= end {
			continue
		}
		rule := &r.rules[ref.rule]
		if !r.stands(rule, h.from, h.to) {
			continue
		}
		if ref.other && !r.someoneClose(h) {
			continue
		}
		last[ref.rule] = h.to
		start, end := int(r.doc.tokens[h.from].start), int(r.doc.tokens[h.to].end)
		f := rule.finding(r.doc.text, start, end)
		if ref.other {
			f.Changed = append(f.Changed, "said of someone else, not of the writer")
		}
		r.weigh(rule, h, &f, ref.other)
		keep(ref.rule, f)
	}
	for _, d := range r.detected {
		rule := &r.rules[d.rule]
		f := rule.finding(r.doc.text, d.start, d.end)
		if d.from >= 0 {
			h := hit{from: d.from, to: d.to}
			if !r.stands(rule, h.from, h.to) {
				continue
			}
			r.weigh(rule, h, &f, false)
		}
		keep(d.rule, f)
	}
	if out == nil {
		out = []Finding{}
	}
	return out
}

// stands reports whether a rule's with and without conditions hold for a match.
func (r *reader) stands(rule *compiledRule, from, to int32) bool {
	for _, c := range rule.with {
		if !r.holds(c, from, to, rule.Category == "body") {
			return false
		}
	}
	for _, c := range rule.without {
		if r.holds(c, from, to, false) {
			return false
		}
	}
	return true
}

// someoneClose reports whether the he, she or they of a match is likely a living
// person the writer cares for, and not the baby: one is named shortly before.
func (r *reader) someoneClose(h hit) bool {
	for i := int(h.to); i >= max(0, int(h.from)-22); i-- {
		if r.marks[i]&markClose != 0 {
			return true
		}
	}
	return false
}
