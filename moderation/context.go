package moderation

import (
	"fmt"
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
	markThatWas   // "that was": says when the sentence before happened
	markAsk       // would you, help, should I: the sentence asks readers
	markTonight   // tonight, right now, any minute: close enough to raise a wish
	markOutcome   // turned out, got me in, all clear: the end of it is known
	markNotice    // poster, leaflet, course: what a text tells people at large
	markRecent    // yesterday, last night, on Friday: as good as now for a body
	markTold      // I remember, from 2018, a couple of years behind me: past for a body
	markSettled   // fine three weeks now: the end of it is known and has lasted
	markRepeats   // and now again, same as then: what was past is not
	markElsewhere // in a book, a film, a course
	markWork      // at work in a hospital
	markLooksOn   // see, ask about, read: what a first person at work does
)

var markClasses = []string{
	"filler", "negator", "not_negating", "now", "past", "past_weeks", "present", "past_tense",
	"resolved", "resumed", "worse", "protective", "close_person", "you", "first_person",
	"if", "advice", "said", "but", "that_was", "ask", "tonight",
	"outcome", "notice", "recent", "told", "settled", "repeats", "elsewhere", "work", "looks_on",
}

// contextSymbols holds the marks of the classes that context is read from.
type contextSymbols struct {
	marks []mark // by symbol; every span of a text is asked
}

func (c *contextSymbols) resolve(lex *lexicon) error {
	c.marks = make([]mark, len(lex.names))
	for i, name := range markClasses {
		sym, ok := lex.classes[name]
		if !ok {
			return fmt.Errorf("the class %q, from which context is read, is missing", name)
		}
		c.marks[sym] = 1 << i
	}
	return nil
}

// reader reads one document with one engine. Readers are used again: what a
// reading returns must not share their memory.
type reader struct {
	*Engine
	doc       document
	marks     []mark // per token, of the classes that begin there
	sentences []mark // per sentence, all its marks
	pastFrame []bool // per sentence: told as something long past
	bodyFrame []bool // per sentence: told as over for a body, if not for a mind
	hits      []hit
	byTarget  [][]int32 // condition targets: indexes of hits, in order
	hashes    []uint32  // of words, for the second reader
	passages  []passage // for the second reader, as are the bytes at which they begin
	starts    []int32
	digits    int          // in the text
	seen      [][]sighting // by detector of the engine
	detected  []detection
	causes    []int32 // for each finding, the index of its rule
}

// read prepares text and finds the context of its words. The reader goes back
// by [Engine.done].
func (e *Engine) read(text string) *reader {
	r, used := e.readers.Get().(*reader)
	if !used {
		r = &reader{byTarget: make([][]int32, len(e.targets))}
	}
	r.Engine = e
	doc := &r.doc
	e.lex.prepare(doc, text)
	e.lex.symbols(doc)
	r.marks = sized(r.marks, len(doc.tokens))
	n := 0
	if len(doc.tokens) > 0 {
		n = int(doc.tokens[len(doc.tokens)-1].sentence) + 1
	}
	r.sentences = sized(r.sentences, n)
	r.pastFrame = sized(r.pastFrame, n)
	r.bodyFrame = sized(r.bodyFrame, n)
	remote := 0 // the token behind the last remote time or settled end: "I am 41 now" is no now
	for i := range doc.tokens {
		for _, s := range doc.spans[doc.first[i]:doc.first[i+1]] {
			m := e.context.marks[s.sym]
			if m&(markPast|markTold|markSettled) != 0 {
				remote = max(remote, i+int(s.width))
			}
			if m == markFiller {
				for k := range int(s.width) {
					r.marks[i+k] |= m
				}
			}
			r.marks[i] |= m
		}
		if i < remote {
			r.marks[i] &^= markNow | markRecent
		} else if r.marks[i]&markNow != 0 && r.stillThen(i) {
			r.marks[i] &^= markNow
		}
		r.sentences[doc.tokens[i].sentence] |= r.marks[i]
	}
	r.frames()
	return r
}

// done gives a reader back for the next text, without this one's words. A reader
// that panicked is never given back.
func (e *Engine) done(r *reader) {
	r.doc.text = ""
	r.detected, r.causes = r.detected[:0], r.causes[:0]
	e.readers.Put(r)
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
		switch why, ok := r.longPast(h, rule.Category == "body"); {
		case ok && other:
			clear(why) // what somebody else came through long ago is a story
		case ok:
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
		if hears("condition") && r.elsewhere(h) {
			clear("what stands in a book or film, or is somebody's work")
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
	if (rule.Category == string(TagAbuse) || rule.Category == string(TagCoercion)) && !f.Cancelled && r.elsewhere(h) {
		clear("what stands in a book or film, or is somebody's work")
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

// elsewhere reports what a book or film tells or a day's work holds: "I work in A&E
// so I see bleeding all day". What is said of the writer or of someone close stays.
func (r *reader) elsewhere(h hit) bool {
	s := r.doc.tokens[h.from].sentence
	if m := r.sentences[s]; m&(markElsewhere|markWork) == 0 || m&markAsk != 0 {
		return false
	}
	for i := h.from; i <= h.to; i++ {
		if r.marks[i]&(markFirst|markClose) != 0 {
			return false
		}
	}
	there, looksOn := false, false
	for i := int(h.from) - 1; i >= 0 && r.doc.tokens[i].sentence == s; i-- {
		m := r.marks[i]
		there = there || m&markElsewhere != 0 || m&markWork != 0 && looksOn
		switch {
		case m&markClose != 0, !there && m&markNow != 0:
			return false
		case !there && m&markFirst != 0:
			if r.marks[i+1]&markLooksOn == 0 {
				return false
			}
			looksOn = true
		}
	}
	return there
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
