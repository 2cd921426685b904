package web

import (
	"strings"
	"time"

	"snowdrop/internal/forum"
)

// Opinion is what another midwife said of an answer.
type Opinion struct {
	Name string // "Midwife Kay", or "Kay, a midwife then,"
	Kind forum.OpinionKind
	Path string // of their words; empty: they agree
	At   time.Time
}

// AnswerTools help a midwife write.
type AnswerTools struct {
	Safety []string // points ticked so far
	Ask    bool     // triage saw a sign: the safety net is asked for
	Blocks []forum.AnswerBlock
	Used   []string // blocks in the words, as slug:version
	Action string   // puts a block into the words
	Holder string   // another midwife is at this question; empty: nobody
}

// Apply is where a member asks for a midwife's badge.
type Apply struct {
	Frame
	Faults               []Fault
	Name, Number, Worked string
	Field                forum.Field
	Row                  *forum.ApplicationRow // their application; nil: none, or it is over
	Refused              bool                  // the last one is over, and they may try again
	Expires              time.Time             // of a registration that stands; zero: not told
}

// Applications is the list of those who apply and those who were checked.
type Applications struct {
	Frame
	Rows []forum.ApplicationRow
}

// Application is one of them, for somebody who checks.
type Application struct {
	Frame
	Row     forum.ApplicationRow
	Checks  []forum.CheckRow
	Details *forum.Details // opened in this very answer; nil: sealed
	Checked bool           // the reader has, in this round
	Own     bool           // it is the reader's own
	Faults  []Fault
	Form    forum.NewCheck
}

// Second is where another midwife agrees with an answer, adds to it or corrects it.
type Second struct {
	Frame
	PostID int64
	Thread int64
	Author string
	Back   string
	Words  string // of the answer, shortened
	Form   CommentForm
	Kind   forum.OpinionKind
}

// Blocks lists the pieces of answers and where they were used.
type Blocks struct {
	Frame
	Blocks []BlockLine
}

// BlockLine is one of them.
type BlockLine struct {
	forum.AnswerBlock
	Uses []forum.BlockUse
}

var fieldWords = map[forum.Field]string{forum.FieldMidwife: "Midwife", forum.FieldBoth: "Nurse and midwife", forum.FieldOther: "Something else, without midwife in it"}

var identityWords = map[forum.Identity]string{
	forum.IdentityPhoto: "Photo identity, seen in a video call", forum.IdentityWork: "Confirmed through their employer", forum.IdentityMet: "I know them in person",
}

var seenWords = map[forum.RegistrationState]string{
	forum.RegistrationCurrent: "Registered, with nothing against it", forum.RegistrationConditions: "Registered, with conditions of practice",
	forum.RegistrationInterim: "An interim order", forum.RegistrationSuspended: "Suspended", forum.RegistrationLapsed: "Lapsed", forum.RegistrationRemoved: "Removed or struck off",
	forum.RegistrationNotFound: "Not found",
}

var safetyWords = map[string]string{
	forum.SafetyWhen: "When to get help: the signs that can’t wait", forum.SafetyWhere: "Where: whom to call, or where to go", forum.SafetyNext: "What happens next, and what is usual",
}

// missedWords says in a sentence what a safety net lacks.
func missedWords(points []string) string {
	var words []string
	for _, p := range points {
		before, _, _ := strings.Cut(safetyWords[p], ":")
		words = append(words, strings.ToLower(before[:1])+before[1:])
	}
	return list(words)
}

// PastLabel is what stands in place of the badge on an answer by somebody who is
// not a midwife here today; empty for one who is.
func PastLabel(s forum.RegistrationState) string {
	switch {
	case s == forum.RegistrationCurrent:
		return ""
	case s == forum.RegistrationLapsed, s == forum.RegistrationEnded:
		return "Was a verified midwife when this was written"
	}
	return "No longer verified"
}

// applicationState says where an application is, for staff.
func applicationState(r forum.ApplicationRow, now time.Time) string {
	switch r.State {
	case forum.ApplicationOpen:
		return "Waits for " + []string{"two checks", "one more check"}[min(r.Checks, 1)]
	case forum.ApplicationApproved:
		if r.RecheckAt != nil && !r.RecheckAt.After(now) {
			return "To be looked at again"
		}
		return "Verified"
	case forum.ApplicationBlocked:
		return "Not a midwife here now: " + forum.RegistrationWords(r.Registration)
	}
	return "Not confirmed"
}

// opinionWords says what another midwife did.
func opinionWords(k forum.OpinionKind) string {
	switch k {
	case forum.OpinionAdd:
		return "adds something to this"
	case forum.OpinionCorrect:
		return "corrects this"
	}
	return "agrees with this"
}
