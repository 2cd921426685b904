package web

import (
	"html/template"
	"time"

	"snowdrop/internal/forum"
)

// Queue is the moderators' list of cases, in the order to be worked.
type Queue struct {
	Frame
	Mark   int64 // the queue's, as this page shows it
	Tabs   []Tab
	Cases  []QueueItem
	More   string     // path of the next page; empty on the last
	Held   []HeldCase // what the actor holds now
	Paused bool       // the actor is having a rest
	Spam   bool       // adverts may be taken down together
}

// Spam is the list of adverts that are decided on together.
type Spam struct {
	Frame
	Cases  []QueueItem
	Most   int
	Key    string // of the form
	Done   []SpamDone
	Faults []Fault
}

// SpamDone is what came of one of them.
type SpamDone struct {
	ID   int64
	Path string // of the case
	Said string
	Left bool // nothing was decided
}

// HeldCase is a case in the actor's hands.
type HeldCase struct {
	ID       int64
	Path     string
	Band     string
	DecideBy time.Time
}

// Tab is one choice above a list, with how many there are behind it.
type Tab struct {
	Label   string
	Means   string // the label in words; may be empty
	Path    string
	Count   int // [forum.CountMost] and more are not told apart
	Current bool
}

// QueueItem is one case in the queue.
type QueueItem struct {
	ID         int64
	Version    int64
	Revision   int    // of the post
	Path       string // of the case
	Band       string // P0 to P4, PA for an appeal
	State      forum.CaseState
	LookBy     time.Time
	DecideBy   time.Time
	Looked     bool   // somebody has looked; the clock for deciding runs
	Holder     string // who holds the lease now; empty: nobody
	Mine       bool   // the actor holds it
	LeaseUntil *time.Time
	WaitFor    forum.WaitFor
	WaitUntil  *time.Time
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
	Lines     []string  // the post by lines, to cover some
	Edited    bool      // the wording is not the first
	Earlier   []Wording // earlier wordings, the first one first
	Before    []Post    // what stands just before the post in its thread
	After     []Post    // … and just after it
	Signals   []CaseSignal
	Weak      []CaseSignal // small signs that count only together
	Past      Past
	Decisions []PastDecision
	Reasons   []ReasonChoice
	Topics    []forum.Topic
	Consults  []forum.Consult
	Care      []forum.CareRow
	CareForm  CareForm
	Note      StaffNote
	Appeals   []forum.Appeal // open ones
	Appealed  []PastDecision // what they are about
	Second    bool           // somebody has decided already, and the actor does not see what
	Proposals []Proposal     // for the lead who decides between two
	Choices   []ActionGroup
	Form      *DecisionForm // nil: the actor doesn't hold the case
	Kept      *DecisionForm // typed by somebody who doesn't hold the case any more
	Preview   *forum.Preview
	CanClaim  bool
	CanTake   bool     // somebody else holds it; it may be taken over
	Why       string   // typed reason to take it over
	Faults    []Fault  // of taking over
	Barred    string   // why this person can't claim it, e.g. they wrote it
	Changed   *Changed // what changed since the actor looked
}

// Changed is what changed under somebody's hands.
type Changed struct {
	Title     string
	Lines     []string // in sentences, the most important first
	Ready     bool     // what was typed can be sent again as it is
	Seen, Now []Segment
	SeenTitle []Segment // of the thread, for an opening post
	NowTitle  []Segment
	Signals   []CaseSignal
	Decisions []PastDecision
}

// ActionGroup is some of the actions, under a heading.
type ActionGroup struct {
	Title   string
	Actions []ActionChoice
	Rare    bool // folded: few decisions need it
}

// ActionChoice is one action to choose.
type ActionChoice struct {
	Action forum.Action
	Key    string // the key that chooses it; may be empty
	Second bool   // by itself it asks for a second person
}

// ReasonChoice is one reason to choose.
type ReasonChoice struct {
	forum.Reason
	Pair bool // it asks for a second person in this case
}

// Proposal is what one of two people chose who differ.
type Proposal struct {
	By       string
	At       time.Time
	Action   forum.Action
	Reason   string // in words
	Message  string
	Note     string
	Measures []forum.NewMeasure
}

// CareForm is a message to the writer that is being written.
type CareForm struct {
	Faults []Fault
	Body   string
	Key    string
}

// StaffNote is a note for the team that is being written.
type StaffNote struct {
	Faults []Fault
	Words  string
	Band   string
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
	ID        int64
	Kind      forum.SignalKind
	Band      string
	Category  string // in words
	Rule      string
	Rules     string // the version of the rules
	Why       string
	Cancelled bool
	Context   string // what made it count for nothing, when it is known
	Outcome   forum.Outcome
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

	Measures []forum.Measure
	Earlier  []PastCase // cases about other posts of theirs
}

// PastCase is a decision about another post of the same writer.
type PastCase struct {
	Path   string
	Title  string
	Action forum.Action
	Reason string // in words
	At     time.Time
	Undone bool // an appeal took it back
}

// PastDecision is a decision made earlier.
type PastDecision struct {
	Action     forum.Action
	FalseAlarm bool
	Reason     string // in words
	Message    string
	Note       string
	By         string
	Second     bool // two people agreed
	Undone     bool // an appeal took it back
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
	Answer     string // to those who reported
	Mentions   forum.Mentions
	Spoke      bool // triage found something in this wording
	FalseAlarm bool
	NotSure    bool
	Lines      []int
	Topic      string
	Correction string
	Question   string
	Measure    string // on the writer
	Days       string
	Misuse     string // measure on those whose report was misuse
	MisuseDays string
	Outcomes   map[int64]forum.Outcome
}

// Shift is a moderator's own turn at the queue.
type Shift struct {
	Frame
	On, Paused bool
	Ended      bool // has just ended
	BeganAt    time.Time
	Cases      int
	Heavy      int
	Held       []HeldCase
	Rest       bool // it would be good to stop
	Lines      []Helpline
	Faults     []Fault
	Note       string
}

// Sealed is the sealed notes on a case, without their words.
type Sealed struct {
	Frame
	CaseID   int64
	Path     string // of the case
	Notes    []forum.SealedNote
	Purposes []string
	Read     int64  // the note that was opened just now …
	Words    string // … and what it says
	Address  string // opened just now
	Faults   []Fault
	Kind     forum.SealedKind
	Typed    string
}

// Shifts is what the work asks of each person, for leads.
type Shifts struct {
	Frame
	Since   time.Time
	Rows    []forum.ShiftRow
	Load    []Load
	Team    []forum.Actor
	Limit   forum.ShiftLimit
	Trained []string // bands that ask for training
}

// Load is what somebody had before them in a week.
type Load struct {
	Name   string
	Shifts int
	Cases  int
	Heavy  int
}

// PostNote is the page on which somebody on the team writes down something about
// a post.
type PostNote struct {
	Frame
	PostID int64
	Author string
	Words  template.HTML
	Back   string
	Form   StaffNote
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
	Consults []Consult // what moderators ask, oldest first
	Kept     string    // an answer that came too late, given back
	Late     string    // why it did
	Waiting  []Question
	Body     []Question // nobody asked for a midwife there, but it may be about the body
	Hours    string
}

// Question is one of them.
type Question struct {
	ThreadLine
	Since time.Time
	Body  bool // nobody asked for a midwife, but it is about the body
	Reply bool // it stands in a comment, not at the start

	Holder string    // the midwife who is at it; empty: nobody
	Mine   bool      // that is the reader
	Until  time.Time // when it is free again, with Holder
}

// Consult is what a moderator asks the midwives about somebody's words.
type Consult struct {
	ID     int64
	Asked  string
	Thread string // title
	Words  template.HTML
	Since  time.Time
	Answer string // typed so far
	Draft  int64
	Faults []Fault
}

// Record is the append-only record, newest first.
type Record struct {
	Frame
	Entries []forum.RecordRow
	Older   string // path of the next page; empty on the last
}
