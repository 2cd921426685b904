package moderation

// stillThen reports a "still" or "again" that a past tense stands right before:
// "it was still pouring" says nothing of now.
func (r *reader) stillThen(i int) bool {
	if w := r.name(i); w != "still" && w != "again" {
		return false
	}
	for j := i - 1; j >= max(0, i-3) && r.doc.tokens[j].clause == r.doc.tokens[i].clause; j-- {
		if r.marks[j]&markPresent != 0 {
			return false
		}
		if r.marks[j]&markPastTense != 0 {
			return true
		}
	}
	return false
}

// frames decides which sentences are told as long past. A remote time ("two
// years ago", "with my first") opens the past; sentences that go on in the past
// tense stay in it; a present tense or a word for now ends it.
func (r *reader) frames() {
	in := false
	for s, m := range r.sentences {
		switch {
		case m&markPast != 0 && m&markNow == 0:
			in = true
		case m&(markNow|markPresent) != 0 || m&markPastTense == 0:
			in = false
		}
		r.pastFrame[s] = in
	}
	for s := len(r.sentences) - 2; s >= 0; s-- {
		// "I passed out on the bathroom floor. That was in 2019."
		next := r.sentences[s+1]
		if next&markThatWas != 0 && next&(markPast) != 0 && r.sentences[s]&(markNow) == 0 {
			r.pastFrame[s] = true
		}
	}
	r.bodyFrames()
}

// bodyFrames decides which sentences tell of a body as it once was. Besides a
// remote time, a known outcome ("it turned out", "they got me in") closes the
// story before it and the one after, as long as that goes on in the past tense.
func (r *reader) bodyFrames() {
	copy(r.bodyFrame, r.pastFrame)
	in := false
	for s, m := range r.sentences {
		switch {
		case m&markSettled != 0 && m&(markNow|markRecent|markRepeats) == 0:
			in = false // what comes behind an end may be new
			r.bodyFrame[s] = true
		case m&(markPast|markTold|markPastWeeks|markOutcome) != 0 && m&(markNow|markRecent|markRepeats) == 0:
			in = m&markPastTense != 0 || m&markPresent == 0
		case m&(markNow|markRecent|markRepeats|markPresent) != 0 || m&markPastTense == 0:
			in = false
		}
		r.bodyFrame[s] = r.bodyFrame[s] || in
	}
	closed := false
	for s := len(r.sentences) - 1; s >= 0; s-- {
		m := r.sentences[s]
		if closed = closed && m&(markNow|markRecent|markRepeats) == 0; closed && r.told(m) {
			r.bodyFrame[s] = true
		}
		if m&(markNow|markRecent|markRepeats) == 0 && r.ends(m) {
			closed = true
		}
	}
}

// ends reports a sentence that ends the story before it.
func (r *reader) ends(m mark) bool {
	switch {
	case m&markOutcome != 0 && m&markPastTense != 0, m&markSettled != 0:
		return true
	case m&(markPast|markTold) != 0:
		// "That was in 2019", or no more than "Two years ago next week."
		return m&markThatWas != 0 || m&(markPresent|markPastTense|markFirst) == 0
	}
	return false
}

// told reports a sentence that may belong to a story: past tense, or a fragment
// without any, and no word for now.
func (r *reader) told(m mark) bool {
	return m&(markNow|markRecent) == 0 && (m&markPastTense != 0 || m&markPresent == 0)
}

// longPast reports a match that is told as something long over.
func (r *reader) longPast(h hit, body bool) (string, bool) {
	s := r.doc.tokens[h.from].sentence
	m := r.sentences[s]
	tense := r.tense(h)
	if r.stillSo(h) || tense == markPresent || body && (m&markRepeats != 0 || r.behindBut(h)) {
		return "", false
	}
	remote := m & markPast
	if body {
		remote |= m & markTold
	}
	if remote != 0 && (tense == markPastTense || !r.says(h, markNow)) {
		return "told of a time long past", true
	}
	if body && m&(markPastWeeks|markOutcome|markSettled) != 0 && tense == markPastTense && m&(markNow|markRecent) == 0 {
		return "told of a time weeks past", true
	}
	if body && r.bodyFrame[s] && (tense == markPastTense || m&markPresent == 0) {
		return "told within a story of something over", true
	}
	if r.pastFrame[s] && tense == markPastTense {
		return "told within a story of a time long past", true
	}
	return "", false
}

// stillSo reports a word for now in the match or right before it: "two years on, I
// still wish I was dead".
func (r *reader) stillSo(h hit) bool {
	for i := h.from; i <= h.to; i++ {
		if r.marks[i]&markNow != 0 {
			return true
		}
	}
	return h.from > 0 && r.marks[h.from-1]&markNow != 0
}

// behindBut reports a match that an ending stands before, and a but between:
// "all healed but bleeding heavily".
func (r *reader) behindBut(h hit) bool {
	but := false
	for i := int(h.from) - 1; i >= 0 && r.doc.tokens[i].sentence == r.doc.tokens[h.from].sentence; i-- {
		switch w := r.name(i); {
		case w == "but" || w == "however" || w == "yet" || w == "then" || w == "until":
			but = true
		case r.marks[i]&(markOutcome|markSettled) != 0:
			return but
		}
	}
	return false
}

// tense is the last tense heard in the clause up to the end of the match.
func (r *reader) tense(h hit) mark {
	clause := r.doc.tokens[h.from].clause
	for i := int(h.to); i >= 0 && int(h.to)-i < maxSpan; i-- {
		if i < int(h.from) && r.doc.tokens[i].clause != clause {
			break
		}
		switch {
		case r.marks[i]&markPresent != 0:
			if i > 0 && r.marks[i-1]&markPastTense != 0 {
				return markPastTense // "was going", "kept getting"
			}
			return markPresent
		case r.marks[i]&markPastTense != 0:
			return markPastTense
		}
	}
	return 0
}

// resolved reports "has stopped" and its like shortly after a match, unless it
// is said not to have, to have got worse, or to have begun again.
func (r *reader) resolved(h hit) bool {
	const reach = 7
	s := r.doc.tokens[h.from].sentence
	for i := int(h.to); i < len(r.marks) && i <= int(h.to)+reach; i++ {
		if r.doc.tokens[i].sentence != s {
			return false
		}
		if i > int(h.to) && r.marks[i]&markBut != 0 && !r.sameThing(i+1) {
			return false
		}
		if r.marks[i]&markResolved == 0 {
			continue
		}
		for j := i - 1; j >= max(0, i-4); j-- {
			if r.marks[j]&markNegator != 0 {
				return false
			}
		}
		for j := i; j < len(r.marks) && j <= i+2; j++ {
			if r.marks[j]&markWorse != 0 {
				return false
			}
		}
		for j := i; j < len(r.marks) && j <= i+12; j++ {
			if r.marks[j]&markResumed != 0 {
				return false
			}
		}
		return true
	}
	return false
}

// sameThing reports whether the clause that begins at token i goes on about what
// was just named: "it was pouring but it has stopped".
func (r *reader) sameThing(i int) bool {
	switch r.name(i) {
	case "it", "that", "now", "has", "finally", "thankfully", "luckily":
		return true
	}
	return false
}
