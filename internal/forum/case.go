package forum

import (
	"slices"
	"time"

	"snowdrop/moderation"
)

// CaseState is where a case is. A case is never deleted; a decided one re-opens.
type CaseState string

const (
	CaseOpen    CaseState = "open"    // waits for a moderator
	CaseClaimed CaseState = "claimed" // one moderator holds the lease
	CaseWaiting CaseState = "waiting" // on hold, or the writer was asked to change something
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

// LeaseTime is how long a claim lasts without a sign of life.
const LeaseTime = 10 * time.Minute

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
	HolderID   *int64    // who claimed it
	Lease      string    // the claim's token; empty when nobody holds it
	LeaseUntil *time.Time
	OpenedAt   time.Time // when it was opened, or last re-opened
	DecidedAt  *time.Time
}

// SignalKind is what drew attention to a post.
type SignalKind string

const (
	SignalReport  SignalKind = "report"  // somebody pressed report
	SignalFinding SignalKind = "finding" // triage found something
	SignalHold    SignalKind = "hold"    // a hold rule: a new member's first posts, or triage failed
	SignalEdit    SignalKind = "edit"    // the writer changed the post after a decision
)

// Door is which of the two ways a report came in by.
type Door string

const (
	DoorWorried Door = "worried" // "I'm worried about this person": care, never conduct
	DoorRules   Door = "rules"   // "this breaks the rules"
)

// Signal is one reason why a case exists. Signals are added, never changed.
type Signal struct {
	ID        int64
	CaseID    int64
	Kind      SignalKind
	Band      moderation.Band
	Revision  int    // of the post, when the signal came
	Category  string // of a finding; the hold rule's name; the report's reason
	Rule      string // the finding's rule
	Rules     string // which version of the rules made the finding
	Start     int    // byte span in the body, for a finding; in the title when InTitle
	End       int
	InTitle   bool
	Cancelled bool   // matched but cleared by its context: shown greyed
	Why       string // one plain sentence
	Door      Door   // of a report
	PersonID  *int64 // who reported; nil for a stranger and for the machine
	Note      string // the reporter's words
	CreatedAt time.Time
}

// Action is what a moderator decides.
type Action string

const (
	ActionKeep      Action = "keep"
	ActionNote      Action = "keep_with_note" // keep, with a content note
	ActionHold      Action = "hold"
	ActionRemove    Action = "remove"
	ActionAskChange Action = "ask_change"
)

// Actions lists all actions, mildest first.
var Actions = []Action{ActionKeep, ActionNote, ActionAskChange, ActionHold, ActionRemove}

// Decision is one moderator's decision on one revision of a post.
type Decision struct {
	ID          int64
	CaseID      int64
	CaseVersion int64  // the version it was made on; at most one decision each
	Key         string // chosen by the form; the same key again is the same decision
	Revision    int
	Action      Action
	Reason      string // code from the site data
	Message     string // what the author was told
	Note        string // for moderators only
	FalseAlarm  bool   // triage was wrong about that wording
	ByID        int64
	CreatedAt   time.Time
}

// Reason is a reason code with its words, from the site data.
type Reason struct {
	Code     string
	Title    string
	Author   string
	Reporter string
	Welfare  bool
}

// Clock is how long a band may wait, in wall time.
type Clock struct{ Look, Decide time.Duration }

// RecordEntry is one line of the append-only record. Detail never holds a
// person's words.
type RecordEntry struct {
	ID        int64
	ActorID   *int64 // nil: the program itself
	Action    string // e.g. case.claimed, post.held, role.granted
	Subject   string // e.g. case, post, person
	SubjectID int64
	Detail    string // short facts: "P1 to P0", "keep C1"
	CreatedAt time.Time
}
