package forum

import (
	"slices"
	"time"

	"snowdrop/moderation"
)

// BandAppeal is the band of a case that is back because of an appeal and nothing
// more urgent. It sorts after P4; a share of every shift is kept for it.
const BandAppeal moderation.Band = "PA"

// Bands lists the bands of cases, the most urgent first.
var Bands = []moderation.Band{moderation.P0, moderation.P1, moderation.P2, moderation.P3, moderation.P4, BandAppeal}

// Heavy says whether a case of this band is hard to read, so that its words are
// covered until somebody asks for them.
func Heavy(b moderation.Band) bool { return b == moderation.P0 || b == moderation.P1 }

// CaseState is where a case is. A case is never deleted; a decided one re-opens.
type CaseState string

const (
	CaseOpen    CaseState = "open"    // waits for a moderator
	CaseClaimed CaseState = "claimed" // one moderator holds the lease
	CaseWaiting CaseState = "waiting" // for whom, and until when, say WaitFor and WaitUntil
	CaseDecided CaseState = "decided" // decided, its notices not all delivered yet
	CaseClosed  CaseState = "closed"  // decided and everybody told
)

// CaseStates lists all states.
var CaseStates = []CaseState{CaseOpen, CaseClaimed, CaseWaiting, CaseDecided, CaseClosed}

var caseMoves = map[CaseState][]CaseState{
	CaseOpen:    {CaseClaimed},
	CaseClaimed: {CaseOpen, CaseWaiting, CaseDecided},
	CaseWaiting: {CaseOpen, CaseClaimed},
	CaseDecided: {CaseClosed, CaseOpen},
	CaseClosed:  {CaseOpen},
}

// May says whether a case may go from s to next. Staying put is always allowed.
func (s CaseState) May(next CaseState) bool { return s == next || slices.Contains(caseMoves[s], next) }

// Live says whether the case still wants a moderator.
func (s CaseState) Live() bool { return s == CaseOpen || s == CaseClaimed || s == CaseWaiting }

// WaitFor is whom a case waits for. It outlasts a claim, until the next decision
// or until what was waited for has come.
type WaitFor string

const (
	WaitNobody       WaitFor = ""
	WaitAuthor       WaitFor = "author"       // was asked to change something
	WaitTeam         WaitFor = "team"         // the post is held and comes back to the team
	WaitMidwife      WaitFor = "midwife"      // was asked a question
	WaitSafeguarding WaitFor = "safeguarding" // a safeguarding lead looks
	WaitSecond       WaitFor = "second"       // another person decides without seeing the first decision
	WaitLead         WaitFor = "lead"         // two decided differently: a third, who is a lead, decides
)

// WaitFors lists them.
var WaitFors = []WaitFor{WaitNobody, WaitAuthor, WaitTeam, WaitMidwife, WaitSafeguarding, WaitSecond, WaitLead}

// Case is what moderators know of one post: every signal, and one decision at a
// time. There is one case a post.
type Case struct {
	ID         int64
	PostID     int64
	Band       moderation.Band
	State      CaseState
	Version    int64     // grows with every change; a decision names the version it saw
	LookBy     time.Time // when a person must first have looked
	DecideBy   time.Time // when it must be decided
	ClockAt    time.Time // when the present clocks began to run
	AlarmAt    *time.Time
	HolderID   *int64 // who claimed it
	Lease      string // the claim's token; empty when nobody holds it
	LeaseUntil *time.Time
	WaitFor    WaitFor
	WaitUntil  *time.Time // then it is open again, whoever it waited for
	ExceptID   *int64     // who decided last, when somebody else must look this time
	OpenedAt   time.Time  // when it was opened, or last re-opened
	LookedAt   *time.Time // when a person first looked, since OpenedAt
	DecidedAt  *time.Time
}

// SignalKind is what drew attention to a post.
type SignalKind string

const (
	SignalReport  SignalKind = "report"  // somebody pressed report
	SignalFinding SignalKind = "finding" // triage found something
	SignalHold    SignalKind = "hold"    // a hold rule: a new member's first posts, or triage failed
	SignalEdit    SignalKind = "edit"    // the writer changed the post after a decision
	SignalNote    SignalKind = "note"    // somebody on the team wrote something down; Category says what
	SignalCare    SignalKind = "care"    // the writer answered the team
	SignalAppeal  SignalKind = "appeal"  // somebody asked to look again
)

// SignalKinds lists them.
var SignalKinds = []SignalKind{SignalReport, SignalFinding, SignalHold, SignalEdit, SignalNote, SignalCare, SignalAppeal}

// Categories of notes by the team.
const (
	NoteStaff    = "staff"    // about the post
	NoteTakeover = "takeover" // why a case was taken from whoever held it
	NoteHandover = "handover" // for whoever is next
)

// Door is which of the two ways a report came in by.
type Door string

const (
	DoorWorried Door = "worried" // "I'm worried about this person": care, never conduct
	DoorRules   Door = "rules"   // "this breaks the rules"
)

// Outcome is what became of a signal.
type Outcome string

const (
	OutcomeOpen       Outcome = "open"        // not settled yet
	OutcomeActed      Outcome = "acted"       // something was done about it
	OutcomeKept       Outcome = "kept"        // looked at; the post may stay
	OutcomeCare       Outcome = "care"        // somebody looks after the writer
	OutcomeDuplicate  Outcome = "duplicate"   // says what another one says
	OutcomeMisuse     Outcome = "misuse"      // a report made to hurt or to annoy
	OutcomeFalseAlarm Outcome = "false_alarm" // a finding or a hold that was wrong
)

// Outcomes lists them.
var Outcomes = []Outcome{OutcomeOpen, OutcomeActed, OutcomeKept, OutcomeCare, OutcomeDuplicate, OutcomeMisuse, OutcomeFalseAlarm}

// Signal is one reason why a case exists. Signals are added; all that ever
// changes is the outcome, once.
type Signal struct {
	ID          int64
	CaseID      int64
	CaseVersion int64 // of the case, with this signal on it
	Kind        SignalKind
	Band        moderation.Band
	Revision    int    // of the post, when the signal came
	Category    string // of a finding; the hold rule's name; the report's reason
	Rule        string // the finding's rule
	Rules       string // which version of the rules made the finding
	Start       int    // byte span in the body, for a finding; in the title when InTitle
	End         int
	InTitle     bool
	Cancelled   bool   // matched but cleared by its context: shown greyed
	Why         string // one plain sentence
	Door        Door   // of a report
	PersonID    *int64 // who reported or wrote; nil for a stranger and for the machine
	Note        string // their words
	Outcome     Outcome
	OutcomeAt   *time.Time
	DecisionID  *int64 // that settled it
	CreatedAt   time.Time
}

// Reason is a reason code with its words, from the site data.
type Reason struct {
	Code      string
	Title     string
	Guideline string // of the house rules that it stands on
	Author    string
	Reporter  string
	Welfare   bool   // care, never conduct: no strike, no measure
	Illegal   bool   // may be illegal content under the Online Safety Act 2023
	Strike    Strike // whether acting on it counts against the writer
	Second    Second // who else must agree
}

// Strike says whether a decision with a reason counts against the writer.
type Strike string

const (
	StrikeNever  Strike = ""       // it does not
	StrikeRepeat Strike = "repeat" // not the first time
	StrikeAlways Strike = "always"
)

// Second says when a reason needs a second person.
type Second string

const (
	SecondNever   Second = ""
	SecondAlways  Second = "always"
	SecondCrisis  Second = "crisis"  // in band P0
	SecondMidwife Second = "midwife" // a midwife must have answered first
)

// RecordEntry is one line of the append-only record. Detail never holds a
// person's words.
type RecordEntry struct {
	ID        int64
	ActorID   *int64 // nil: the program itself
	Action    string // e.g. case.claimed, post.held, role.granted
	Subject   string // e.g. case, post, person
	SubjectID int64
	Detail    string // short facts: "P1 to P0", "keep C1"
	Hash      string // SHA-256 in hex over the entry before and this one; empty before the chain began
	CreatedAt time.Time
}
