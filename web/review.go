package web

import (
	"time"

	"snowdrop/internal/forum"
)

// Queue is the moderators' list of cases, in the order to be worked.
type Queue struct {
	Frame
	Tabs  []Tab
	Cases []QueueItem
	More  string // path of the next page; empty on the last
	Held  int    // how many of them the actor holds now
}

// Tab is one choice above a list, with how many there are behind it.
type Tab struct {
	Label   string
	Path    string
	Count   int
	Current bool
}

// QueueItem is one case in the queue.
type QueueItem struct {
	ID         int64
	Path       string // of the case
	Band       string // P0 to P4
	State      forum.CaseState
	LookBy     time.Time
	DecideBy   time.Time
	Looked     bool   // somebody has looked; the clock for deciding runs
	Holder     string // who holds the lease now; empty: nobody
	Mine       bool   // the actor holds it
	LeaseUntil *time.Time
	Labels     []string // what it is about, in words: "May not be safe"
	Why        []string // one plain sentence for each signal
	Words      []Segment
	Covered    bool // heavy: opened with one tap
	Part       forum.Part
	PostState  forum.PostState
	Midwife    bool
	Thread     string // title
	ThreadPath string // to the post itself
	Topic      string // title
	Author     string // the writer's own name: moderators know
	Anonymous  bool   // readers don't see that name
	Shown      []string
	PostedAt   time.Time
}

// Segment is a stretch of a post as moderators see it.
type Segment struct {
	Text string
	Mark Mark
	Why  string // said with a marked stretch
}

// Mark says what triage made of a stretch of words.
type Mark string

// The marks.
const (
	MarkNone      Mark = ""
	MarkMatched   Mark = "matched"
	MarkCancelled Mark = "cancelled" // matched, but cleared by its context
)

// Case is one case's page.
type Case struct {
	Frame
	Item      QueueItem
	Heading   []Segment // the thread's title with its marks, for an opening post
	Words     []Segment // the post, whole
	Edited    bool      // the wording is not the first
	Earlier   []Wording // earlier wordings, the first one first
	Around    []Post    // the thread around it, in order
	Signals   []CaseSignal
	Past      Past
	Decisions []PastDecision
	Reasons   []forum.Reason
	Form      *DecisionForm // nil: the actor doesn't hold the case
	CanClaim  bool
	Barred    string   // why this person can't claim it, e.g. they wrote it
	Changed   []string // a lost race: what changed meanwhile, in sentences
}

// Wording is an earlier wording of a post.
type Wording struct {
	Number    int
	Title     string // of the thread, for an opening post
	Words     string
	CreatedAt time.Time
}

// CaseSignal is one reason why the case exists.
type CaseSignal struct {
	Kind      forum.SignalKind
	Band      string
	Category  string // in words
	Rule      string
	Rules     string // the version of the rules
	Why       string
	Cancelled bool
	Door      forum.Door
	By        string // who reported; empty: a stranger, or the machine
	Note      string
	Revision  int
	CreatedAt time.Time
}

// Past is what is known of a writer.
type Past struct {
	Name   string
	Since  time.Time
	Posts  int
	Cases  int // this one included
	Recent []OwnPost
}

// PastDecision is a decision made earlier.
type PastDecision struct {
	Action     forum.Action
	FalseAlarm bool
	Reason     string // in words
	Message    string
	Note       string
	By         string
	Revision   int
	CreatedAt  time.Time
}

// DecisionForm is what has been typed so far. The hidden fields say what the
// moderator saw.
type DecisionForm struct {
	Faults     []Fault
	Lease      string
	Version    int64
	Revision   int
	Key        string
	Action     forum.Action
	Reason     string
	Message    string
	Note       string
	Mentions   forum.Mentions
	Spoke      bool // triage found something in this wording
	FalseAlarm bool
}

// Rules is the page about the triage rules.
type Rules struct {
	Frame
	Version string // of all rules together
	Groups  []RuleGroup
	Retired []forum.RuleFigure
	Faults  []Fault
	Text    string // typed to be tried
	Tried   *Tried // what triage makes of it; nil: nothing was tried
}

// RuleGroup is the rules of one category.
type RuleGroup struct {
	Title string
	Rules []forum.RuleRow
}

// Tried is what triage makes of a text.
type Tried struct {
	forum.Trial
	Words  []Segment
	Clock  forum.Clock // of the band, if it has one
	Queued bool
	Cards  []string // headings of what the writer would be shown
}

// Questions lists the threads that wait for a midwife, oldest first.
type Questions struct {
	Frame
	Waiting []Question
	Hours   string
}

// Question is one of them.
type Question struct {
	ThreadLine
	Since time.Time
}

// Record is the append-only record, newest first.
type Record struct {
	Frame
	Entries []forum.RecordRow
	Older   string // path of the next page; empty on the last
}
