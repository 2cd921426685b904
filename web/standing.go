package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"snowdrop/internal/forum"
)

// Decided is a decision about the reader, as they are told of it.
type Decided struct {
	ID       int64
	Own      bool   // about their own post; else about something they did to another's
	Title    string // of the conversation
	Path     string // of the post
	Action   forum.Action
	Message  string   // why, in the words they were sent
	Words    string   // of the post, as it was decided on
	Covered  []string // lines of it that were covered
	EditPath string   // they were asked to change something, and still can; else empty
	CarePath string   // where they can write back; may be empty
	Two      bool     // two people decided
	Reversed bool     // an appeal took it back
	At       time.Time
	Measures []forum.Measure
	Until    time.Time // they can ask for another look up to here; zero: not
	Appeal   *forum.Appeal
	Note     string // typed so far, to be added to the appeal
	Draft    int64
	Faults   []Fault
}

// CareTalk is what the team and a writer say to each other.
type CareTalk struct {
	Frame
	CaseID   int64
	Cards    []CareCard // raised by what the reader wrote
	Messages []forum.CareRow
	Reading  *forum.Reading // when the last answer will have been read; nil: nothing waits
	Form     CareAnswer
}

// CareAnswer is what the writer has typed so far.
type CareAnswer struct {
	Key    string // makes a form sent twice one message
	Body   string
	Draft  int64
	Faults []Fault
}

// Openness is what anybody may know of one month of moderation.
type Openness struct {
	Frame
	Totals  forum.Totals
	Months  []time.Time // to choose from, newest first
	Reasons map[string]string
}

// readingWords says honestly when a person will have read something. It promises
// no time that has passed, and nobody who is not there.
func readingWords(r *forum.Reading, now time.Time) string {
	switch {
	case r == nil:
		return ""
	case r.Read:
		return "A person has looked at it and is still deciding."
	case r.Late:
		return "We said that somebody would have read it by now, and nobody has. We’re sorry. It isn’t forgotten: our team has been told."
	case !r.Staffed:
		return "Nobody from our team is here just now. A person will have read it by " + whenBy(r.By, now) + "."
	}
	return "A person will have read it by " + whenBy(r.By, now) + "."
}

// whenBy is a time that is close: "18:20 today", "09:00 tomorrow", or with the day.
func whenBy(t, now time.Time) string {
	in, here := t.In(london), now.In(london)
	switch day := in.Format(time.DateOnly); day {
	case here.Format(time.DateOnly):
		return in.Format("15:04") + " today"
	case here.AddDate(0, 0, 1).Format(time.DateOnly):
		return in.Format("15:04") + " tomorrow"
	}
	return moment(t, now)
}

// decidedTitle says what happened.
func decidedTitle(d Decided) string {
	if !d.Own {
		return "A message about a report of yours"
	}
	switch d.Action {
	case forum.ActionKeep, forum.ActionReachOut:
		return "We read your post, and it’s on the page"
	case forum.ActionNote:
		return "We put a content note on your post"
	case forum.ActionRedact:
		return "We covered some words in your post"
	case forum.ActionAskChange:
		return "We asked you to change something"
	case forum.ActionFold:
		return "We folded your post"
	case forum.ActionHold:
		return "We are holding your post for now"
	case forum.ActionRemove:
		return "We took your post down"
	case forum.ActionMove:
		return "We moved your conversation to another topic"
	case forum.ActionLock:
		return "We closed your conversation to new replies"
	case forum.ActionSlow:
		return "We slowed your conversation down"
	case forum.ActionCorrect:
		return "We added a correction to your post"
	}
	return "A message from our team"
}

// whichWords says what in the post it was about, when that is not in a list.
func whichWords(d Decided) string {
	switch d.Action {
	case forum.ActionMove, forum.ActionLock, forum.ActionSlow:
		return "None. It’s about the conversation, not about your words."
	case forum.ActionKeep, forum.ActionReachOut:
		return "None. Your words stay as they are."
	case forum.ActionNote:
		return "None of them changed. The note stands beside them."
	case forum.ActionCorrect:
		return "None of them changed. The correction stands above them."
	}
	return "All of your post."
}

// measureLine says what a decision means for the person.
func measureLine(m forum.Measure, now time.Time) string {
	until, over := "", m.EndsAt != nil && !now.Before(*m.EndsAt)
	if m.EndsAt != nil {
		until = " until " + moment(*m.EndsAt, now)
	}
	switch {
	case m.State == forum.MeasureReversed:
		return ""
	case m.Kind == forum.MeasureWarning:
		return "It is a warning. Another post like it may mean that you can’t write here for a while."
	case m.Kind == forum.MeasureStrike && !over:
		if m.EndsAt == nil {
			return "We remember it, in case something like it happens again."
		}
		return "We remember it until " + day(*m.EndsAt) + ", in case something like it happens again."
	case m.Kind == forum.MeasureNote, m.Kind == forum.MeasureStrike:
		return ""
	case over:
		return "You couldn’t write here" + until + ". That is over."
	}
	return "You can read here, but not write" + until + "."
}

// measureLines lists what measures mean, the narrowest first, without those that
// mean nothing now.
func measureLines(list []forum.Measure, now time.Time) []string {
	var lines []string
	list = slices.SortedStableFunc(slices.Values(list), func(a, b forum.Measure) int {
		return slices.Index(forum.MeasureKinds, b.Kind) - slices.Index(forum.MeasureKinds, a.Kind)
	})
	for _, m := range list {
		if line := measureLine(m, now); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// limitedWords says what somebody may not do, and until when.
func limitedWords(r forum.Restriction, now time.Time) string {
	if r.Until == nil {
		return "You can read here, but not write."
	}
	return "You can read here, but not write, until " + moment(*r.Until, now) + "."
}

// stillPossible lists what a restriction leaves.
func stillPossible(r forum.Restriction) string {
	if r.Kind == forum.MeasureReadOnly {
		return "You can still say “with you”, report a post, and write back when our team has written to you."
	}
	return "You can still tell us when you’re worried about somebody, and write back when our team has written to you."
}

// appealHeading says how an appeal ended.
func appealHeading(s forum.AppealState) string {
	switch s {
	case forum.AppealUpheld:
		return "Somebody else looked again: it stands"
	case forum.AppealPartly:
		return "Somebody else looked again: a part of it has changed"
	case forum.AppealOverturned:
		return "Somebody else looked again: you were right to ask"
	}
	return "You asked for another look"
}

// toPlace is a link with its words.
type toPlace struct{ Path, Words string }

// noticeLinks lists where a notice leads.
func noticeLinks(n forum.Notice) []toPlace {
	var links []toPlace
	own, _, _ := strings.Cut(n.Path, "?")
	switch {
	case n.Path == "" || own == "/me/notices" || n.Kind == forum.NoticeAppeal:
	case strings.HasPrefix(own, "/care/"):
		links = append(links, toPlace{n.Path, "Read it and write back"})
	case strings.HasSuffix(own, "/edit"):
		links = append(links, toPlace{n.Path, "Change your words"})
	case strings.HasPrefix(own, "/queue/"):
		links = append(links, toPlace{n.Path, "Open the case"})
	case own == "/questions":
		links = append(links, toPlace{n.Path, "See the question"})
	case own == "/me":
	default:
		links = append(links, toPlace{n.Path, "Go there"})
	}
	switch id := decisionOf(n); {
	case id != 0:
		links = append(links, toPlace{"/me#decision-" + strconv.FormatInt(id, 10), "Why, and what you can do now"})
	case n.Kind == forum.NoticeAppeal, own == "/me":
		links = append(links, toPlace{"/me#decisions", "See it on your page"})
	}
	return links
}

// decisionOf is the decision that a notice tells of; 0 for none.
func decisionOf(n forum.Notice) int64 {
	text, ok := strings.CutPrefix(n.Key, "decision:")
	if !ok {
		return 0
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return id
}

// countOf says a public number in words.
func countOf(c forum.Count) string {
	switch {
	case c.Hidden:
		return "few"
	case c.N == 0:
		return "none"
	}
	return thousands(c.N)
}

// monthOf is a month as the address has it.
func monthOf(t time.Time) string { return t.UTC().Format("2006-01") }

// monthWords is a month in words.
func monthWords(t time.Time) string { return t.UTC().Format("January 2006") }

// paceWords says to readers how fast a conversation goes; empty when as always.
func paceWords(p forum.Pace) string {
	switch p {
	case forum.PaceSlow:
		return "Replies come more slowly here for now"
	case forum.PaceLocked:
		return "Closed to new replies"
	}
	return ""
}

// reasonOf names a reason for the public.
func reasonOf(titles map[string]string, code string) string {
	switch {
	case code == "":
		return "Nothing was wrong, or something was only asked"
	case titles[code] != "":
		return titles[code]
	}
	return code
}

func decisionsLine(t forum.Totals) string {
	switch {
	case t.Decisions.Hidden:
		return "There were fewer than five decisions, so we show no more about them."
	case t.Decisions.N == 1:
		return "There was 1 decision."
	}
	return "There were " + thousands(t.Decisions.N) + " decisions."
}

func appealsLine(t forum.Totals) string {
	switch {
	case t.Appeals.Hidden:
		return "A few people asked for another look. Each of them gets an answer in writing."
	case t.Appeals.N == 0:
		return "Nobody asked for another look."
	}
	return capital(several(t.Appeals.N, "time")) + " somebody asked for another look. Taken back, all of it or in part: " + countOf(t.Overturned) + "."
}

// carePath is where a care thread stands.
func carePath(caseID int64) string { return "/care/" + strconv.FormatInt(caseID, 10) }
