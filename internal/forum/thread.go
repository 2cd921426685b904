package forum

import "time"

// ThreadKind is what sort of thread it is.
type ThreadKind string

const (
	Question    ThreadKind = "question"
	Story       ThreadKind = "story"
	Remembrance ThreadKind = "remembrance"
)

// ThreadKinds lists the kinds in the order they are offered.
var ThreadKinds = []ThreadKind{Question, Story, Remembrance}

// Wants is what the writer hopes for from replies.
type Wants string

const (
	WantsListen  Wants = "listen"  // just listen, no advice
	WantsParents Wants = "parents" // other parents' experience
	WantsMidwife Wants = "midwife" // a midwife's answer
)

// AllWants lists what a writer can ask for, in the order offered.
var AllWants = []Wants{WantsListen, WantsParents, WantsMidwife}

// Thread is a conversation. Its opening words are a Post; State, AuthorID and
// Anonymous mirror that post and change in the same transaction.
type Thread struct {
	ID        int64
	Topic     string
	Kind      ThreadKind
	Wants     Wants
	Audience  Audience // public, or narrowed to members by the writer; the topic's own audience narrows it further
	Title     string
	AuthorID  int64
	Anonymous bool
	State     PostState
	Mentions  Mentions // of the opening post
	Matters   Matters  // of the opening post
	Comments  int      // comments that readers see
	Answers   int      // midwife answers that readers see
	Version   int64    // grows with every change to anything on the thread's page
	Pace      Pace
	CreatedAt time.Time
	ActiveAt  time.Time // when readers last saw something new
}

// Pace is how fast a thread may grow.
type Pace string

// The paces.
const (
	PaceOpen   Pace = "open"
	PaceSlow   Pace = "slow"   // each person now and then
	PaceLocked Pace = "locked" // nobody adds to it; all of it stays
)

// slowPace is how long somebody waits between two comments in a slow thread.
const slowPace = time.Hour

// Limits on what people type, in characters (Unicode code points).
const (
	MaxBody  = 20_000
	MaxTitle = 150
	MinName  = 2
	MaxName  = 40
	MaxNote  = 2_000 // a report's note, a moderator's note
)
