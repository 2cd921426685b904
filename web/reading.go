package web

import (
	"html/template"
	"time"

	"snowdrop/internal/forum"
)

// Articles lists our own pages.
type Articles struct {
	Frame
	Articles []ArticleLine
}

// ArticleLine is an article in a list.
type ArticleLine struct {
	Slug      string
	Title     string
	Summary   string
	Minutes   int
	Reviewed  time.Time
	Clinician string // who reviewed it; empty: no clinician has yet
	Overdue   bool
	Guarded   bool
}

// Article is one of our own pages.
type Article struct {
	Frame
	Article forum.Article
	Body    template.HTML
	Open    bool // a guarded article whose extra tap was made: ?open=1
	More    []ArticleLine
}

// Help is the page of care cards and helplines.
type Help struct {
	Frame
	Weeks  *int // of the pregnancy, as asked for; nil: not told
	Faults []Fault
	Cards  []CareCard // most serious first
	Lines  []Helpline
	Local  []LocalService
}

// CareCard says whom to call, and when.
type CareCard struct {
	Slug    string
	Level   string // emergency, urgent or support
	Heading string
	Opening string // said only to a person who has just written
	Points  []string
	Lines   []Helpline
	Closing string // true on the help page too
	After   string // said only to a person who has just written, at the end
}

// Helpline is an entry of the registry of phone numbers.
type Helpline struct {
	Slug      string
	Name      string
	Former    string
	For       string
	Phone     string // grouped as people say it: 116 123
	Text      string // "SHOUT to 85258"
	Email     string
	Web       string // host only
	Hours     string // empty: no source gave them
	Nations   []string
	Crisis    bool
	CheckedOn time.Time // zero: nobody has checked it
	Conflict  string
}

// LocalService is a service of one area.
type LocalService struct {
	Area      string
	Name      string
	Phone     string
	When      string
	CheckedOn time.Time // zero: nobody has checked it
}

// Safety says how the place is kept safe.
type Safety struct {
	Frame
	Clocks     []BandClock
	FirstPosts int    // how many of a new member's posts a moderator reads first
	Hours      string // of the midwives
}

// BandClock is how long a band may wait.
type BandClock struct {
	Band string
	forum.Clock
}

// Privacy says what is kept about people.
type Privacy struct {
	Frame
	Contact string // e-mail address; may be empty
	Keeping Keeping
}

// Accessibility says how well the site can be used, and by whom to be told when
// it can't.
type Accessibility struct {
	Frame
	Contact string // e-mail address; may be empty
}

// Leaving explains "Leave this site".
type Leaving struct{ Frame }
