package moderation

import (
	"fmt"
	"slices"
)

// scope says how near two phrases must stand.
type scope uint8

const (
	inClause scope = iota
	inSentence
	near   // within nearWords either way, whatever stands between
	inPost // anywhere
)

const nearWords = 30

var scopes = map[string]scope{"clause": inClause, "sentence": inSentence, "near": near, "post": inPost}

// mark is a set of the kinds of word that context is read from. Each is a class
// of the same name in words.yaml.
type mark uint32

const (
	markFiller mark = 1 << iota
	markNegator
	markNotNegating // after a negator: "not only", "won't stop"
	markNow
	markPast      // years ago, last time, back then
	markPastWeeks // weeks ago: past for a body, not for a mind
	markPresent   // am, is, keep
	markPastTense // was, had, wanted
	markResolved  // stopped, gone, back to normal
	markResumed   // again, came back
	markWorse     // heavier, up, worse: "gone heavier" is not gone
	markProtective
	markClose // husband, sister, friend: someone living the writer cares for
	markYou
	markFirst
	markIf
	markAdvice // told me, advised, come back in
	markSaid
	markBut
	markThatWas // "that was": says when the sentence before happened
	markAsk     // would you, help, should I: the sentence asks readers
	markTonight // tonight, right now, any minute: close enough to raise a wish
	markOutcome // turned out, got me in, all clear: the end of it is known
	markNotice  // poster, leaflet, course: what a text tells people at large
	markRecent  // yesterday, last night, on Friday: as good as now for a body
)

var markClasses = []string{
	"filler", "negator", "not_negating", "now", "past", "past_weeks", "present", "past_tense",
	"resolved", "resumed", "worse", "protective", "close_person", "you", "first_person",
	"if", "advice", "said", "but", "that_was", "ask", "tonight",
	"outcome", "notice", "recent",
}

// contextSymbols maps the classes that context is read from to their marks.
type contextSymbols struct {
	marks map[int32]mark
}

func (c *contextSymbols) resolve(lex *lexicon) error {
	c.marks = make(map[int32]mark, len(markClasses))
	for i, name := range markClasses {
		sym, ok := lex.classes[name]
		if !ok {
			return fmt.Errorf("words.yaml: the class %q is missing", name)
		}
		c.marks[sym] = 1 << i
	}
	return nil
}

// reader reads one document with one engine.
type reader struct {
	*Engine
	doc       *document
	marks     []mark // per token, of the classes that begin there
	sentences []mark // per sentence, all its marks
	pastFrame []bool // per sentence: told as something long past
	bodyFrame []bool // per sentence: told as over for a body, if not for a mind
	hits      []hit
	byTarget  map[int32][]int32 // condition targets: indexes of hits, in order
	detected  []detection
	causes    []int32 // for each finding, the index of its rule
}

func (e *Engine) newReader(doc *document) *reader {
	r := &reader{Engine: e, doc: doc, marks: make([]mark, len(doc.tokens))}
	n := 0
	if len(doc.tokens) > 0 {
		n = int(doc.tokens[len(doc.tokens)-1].sentence) + 1
	}
	r.sentences = make([]mark, n)
	r.pastFrame = make([]bool, n)
	r.bodyFrame = make([]bool, n)
	remote := 0 // the token behind the last remote time: "I am 41 now" is no now
	for i := range doc.tokens {
		for _, s := range doc.spans[doc.first[i]:doc.first[i+1]] {
			m := e.context.marks[s.sym]
			if m == markPast {
				remote = max(remote, i+int(s.width))
			}
			if m == markFiller {
				for k := range int(s.width) {
					r.marks[i+k] |= m
				}
			}
			r.marks[i] |= m
		}
		if r.marks[i]&markNow != 0 && (i < remote || r.stillThen(i)) {
			r.marks[i] &^= markNow
		}
		r.sentences[doc.tokens[i].sentence] |= r.marks[i]
	}
	r.frames()
	return r
}

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
		case m&(markPast|markPastWeeks|markOutcome) != 0 && m&(markNow|markRecent) == 0:
			in = m&markPastTense != 0 || m&markPresent == 0
		case m&(markNow|markRecent|markPresent) != 0 || m&markPastTense == 0:
			in = false
		}
		r.bodyFrame[s] = r.bodyFrame[s] || in
	}
	closed := false
	for s := len(r.sentences) - 1; s >= 0; s-- {
		m := r.sentences[s]
		if closed = closed && m&(markNow|markRecent) == 0; closed && r.told(m) {
			r.bodyFrame[s] = true
		}
		if m&(markNow|markRecent) == 0 && (m&markOutcome != 0 && m&markPastTense != 0 || m&markPast != 0 && (m&markThatWas != 0 || m&(markPresent|markPastTense|markFirst) == 0)) {
			// "That was in 2019", or no more than "Two years ago next week."
			closed = true
		}
	}
}

// told reports a sentence that may belong to a story: past tense, or a fragment
// without any, and no word for now.
func (r *reader) told(m mark) bool {
	return m&(markNow|markRecent) == 0 && (m&markPastTense != 0 || m&markPresent == 0)
}

// match finds every phrase and returns how many steps that took.
func (r *reader) match() int {
	flags := make([]bool, 2*len(r.marks))
	filler, negator := flags[:len(r.marks)], flags[len(r.marks):]
	for i, m := range r.marks {
		filler[i] = m&markFiller != 0
		negator[i] = m&markNegator != 0
	}
	w := walker{trie: &r.trie, doc: r.doc, filler: filler, negator: negator}
	w.walk()
	r.hits = w.hits
	r.byTarget = map[int32][]int32{}
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

// weigh reads the context of one match and changes the finding's level for it.
//
// A statement about harming oneself is never cleared by negation, quotation,
// protective words or the past: it is lowered, and at least one level remains.
// A sign of the body is cleared by them, and when unsure it counts as now.
func (r *reader) weigh(rule *compiledRule, h hit, f *Finding, other bool) {
	floor := 0
	if rule.Category == "mind" && rule.Level >= 2 {
		floor = 1
	}
	lower := func(why string) {
		f.Changed = append(f.Changed, why)
		f.Level = max(f.Level-1, floor)
		if f.Level == 0 {
			f.Cancelled = true
		}
	}
	clear := func(why string) {
		f.Changed = append(f.Changed, why)
		f.Level, f.Cancelled = 0, true
	}
	// cut is what a kind of context does to this category.
	cut := clear
	if rule.Category == "mind" {
		cut = lower
	}
	hears := func(kind string) bool { return !rule.ignore[kind] && !f.Cancelled }

	if hears("negation") && r.negated(h) {
		cut("said with a negation in front")
	}
	if hears("past") {
		if why, ok := r.longPast(h, rule.Category == "body"); ok {
			cut(why)
		}
	}
	if rule.Category == "body" {
		if hears("resolved") && r.resolved(h) {
			clear("said to have stopped or gone")
		}
		if hears("condition") && r.advised(h) {
			clear("advice about what to do if it happens")
		}
		if hears("condition") && r.noticed(h) {
			clear("what a notice or leaflet says")
		}
	}
	if hears("you") && (r.toYou(h, rule.Category == "body") || rule.Category == "body" && r.adviceToYou(h.from)) {
		clear("said to or about the reader, not of the writer")
	}
	if hears("quote") && r.doc.tokens[h.from].quoted && r.doc.tokens[h.to].quoted {
		switch rule.Category {
		case "mind", "body":
			lower("inside quotation marks")
		default:
			clear("inside quotation marks")
		}
	}
	if rule.Category == string(TagAbuse) || rule.Category == string(TagConflict) || rule.Category == string(TagMedicalAdvice) {
		if hears("said") && r.reported(h) {
			clear("reports what someone else said")
		}
	}
	if rule.Category != "mind" || f.Cancelled {
		return
	}
	if hears("now") && f.Level == 2 && rule.Level == 2 && !other && r.says(h, markTonight) {
		f.Changed = append(f.Changed, "a word for tonight or right now stands with it")
		f.Level = 3
	}
	if hears("protective") && f.Level >= 2 && r.protected(h) {
		lower("something that keeps them safe is named")
	}
}

// says reports a mark in the clause of a match.
func (r *reader) says(h hit, m mark) bool {
	a, b := r.doc.tokens[h.from].clause, r.doc.tokens[h.to].clause
	for i := int(h.from); i >= 0 && r.doc.tokens[i].clause >= a && int(h.from)-i < maxSpan; i-- {
		if r.marks[i]&m != 0 {
			return true
		}
	}
	for i := int(h.from); i < len(r.marks) && r.doc.tokens[i].clause <= b && i-int(h.to) < maxSpan; i++ {
		if r.marks[i]&m != 0 {
			return true
		}
	}
	return false
}

// negated reports a negator shortly before a match in its clause. A list
// ("no fever, chills or pain") is negated as a whole.
func (r *reader) negated(h hit) bool {
	const reach = 6
	for i := int(h.from); i > 0 && int(h.from)-i < reach; i-- {
		switch r.doc.tokens[i].brk {
		case breakStop:
			return false
		case breakClause:
			if r.listed(i) {
				continue
			}
			return false
		}
		prev := i - 1
		if r.marks[prev]&markBut != 0 {
			return false
		}
		if r.marks[prev]&markNegator != 0 {
			return r.marks[i]&markNotNegating == 0
		}
	}
	return false
}

// denied reports a negator within the two words before a match.
func (r *reader) denied(h hit) bool {
	for i := int(h.from); i > max(0, int(h.from)-2); i-- {
		if r.doc.tokens[i].brk != 0 {
			return false
		}
		if r.marks[i-1]&markNegator != 0 {
			return r.marks[i]&markNotNegating == 0
		}
	}
	return false
}

// listed reports whether the comma before token i stands in a list that began
// with a negator, such as "no pain, fever or smell".
func (r *reader) listed(i int) bool {
	for j := i - 1; j >= max(0, i-3); j-- {
		if r.marks[j]&markNegator != 0 && r.marks[min(j+1, len(r.marks)-1)]&markNotNegating == 0 {
			return i-j <= 3
		}
		if r.doc.tokens[j].brk == breakStop {
			return false
		}
	}
	return false
}

// longPast reports a match that is told as something long over.
func (r *reader) longPast(h hit, body bool) (string, bool) {
	s := r.doc.tokens[h.from].sentence
	m := r.sentences[s]
	tense := r.tense(h)
	if tense == markPresent {
		return "", false
	}
	if m&markPast != 0 && (tense == markPastTense || !r.says(h, markNow)) {
		return "told of a time long past", true
	}
	if body && m&(markPastWeeks|markOutcome) != 0 && tense == markPastTense && m&(markNow|markRecent) == 0 {
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

// advised reports "they told me to come back if I …".
func (r *reader) advised(h hit) bool {
	s := r.doc.tokens[h.from].sentence
	if r.sentences[s]&markAdvice == 0 || r.sentences[s]&markAsk != 0 {
		return false
	}
	for i := int(h.from); i >= 0 && int(h.from)-i <= 12; i-- {
		if r.doc.tokens[i].sentence != s {
			return false
		}
		if r.marks[i]&markIf != 0 {
			return i == 0 || r.marks[i-1]&markNotNegating == 0
		}
	}
	return false
}

// noticed reports what a poster, leaflet or course says, told by no one of
// themselves: "a poster said to ring if soaking a pad an hour".
func (r *reader) noticed(h hit) bool {
	s := r.doc.tokens[h.from].sentence
	if r.doc.tokens[h.from].quoted && int(s)+1 < len(r.sentences) && (r.sentences[s]|r.sentences[s+1])&markNotice != 0 {
		return true // "…" First line of the novel.
	}
	if r.sentences[s]&markNotice == 0 {
		return false
	}
	for i := int(h.from) - 1; i >= max(0, int(h.from)-8); i-- {
		if r.doc.tokens[i].sentence != s || r.marks[i]&markNotice != 0 {
			break
		}
		if r.marks[i]&(markFirst|markClose) != 0 {
			return false
		}
	}
	for i := h.from; i <= h.to; i++ {
		if r.marks[i]&markFirst != 0 {
			return false
		}
	}
	return true
}

// toYou reports a match whose nearest person before it is "you", in a sentence
// that does not ask the reader something.
func (r *reader) toYou(h hit, body bool) bool {
	s := r.doc.tokens[h.from].sentence
	if r.sentences[s]&markAsk != 0 {
		return false
	}
	last := h.from
	if body {
		last = h.to // "pain in your shoulder"
	}
	for i := int(last); i >= 0 && int(h.from)-i <= 6; i-- {
		if r.doc.tokens[i].sentence != s {
			return false
		}
		switch {
		case r.marks[i]&markFirst != 0:
			return false
		case r.marks[i]&markYou != 0:
			return true
		}
	}
	// "a pain under your ribs is a bug"
	if body && r.sentences[s]&markFirst == 0 {
		for i := int(h.to) + 1; i < len(r.marks) && i <= int(h.to)+3 && r.doc.tokens[i].clause == r.doc.tokens[h.to].clause; i++ {
			if r.marks[i]&markYou != 0 {
				return true
			}
		}
	}
	return false
}

// adviceToYou reports a sentence that speaks to the reader and not of the writer:
// "a temperature or heavy bleeding means you should call your unit".
func (r *reader) adviceToYou(i int32) bool {
	m := r.sentences[r.doc.tokens[i].sentence]
	return m&markYou != 0 && m&(markIf|markAdvice) != 0 && m&(markFirst|markClose|markAsk) == 0
}

// reported reports words that someone is said to have said.
func (r *reader) reported(h hit) bool {
	s := r.doc.tokens[h.from].sentence
	for i := int(h.from); i >= 0 && int(h.from)-i <= 9; i-- {
		if r.doc.tokens[i].sentence != s {
			return false
		}
		if r.marks[i]&markSaid != 0 {
			return i == 0 || r.marks[i-1]&markFirst == 0 || i > 1 && r.marks[i-2]&markSaid != 0
		}
	}
	// "…, my dad said"
	for i := int(h.to) + 2; i < len(r.marks) && i <= int(h.to)+6; i++ {
		if r.doc.tokens[i].sentence != s {
			return false
		}
		if r.marks[i]&markSaid != 0 {
			return r.marks[i-1]&markClose != 0 || r.in(i-1, "they")
		}
	}
	return false
}

// protected reports a protective fact in the sentence of a match or next to it.
func (r *reader) protected(h hit) bool {
	s := int(r.doc.tokens[h.from].sentence)
	for i := max(0, s-1); i <= min(len(r.sentences)-1, s+1); i++ {
		if r.sentences[i]&markProtective != 0 {
			return true
		}
	}
	return false
}
