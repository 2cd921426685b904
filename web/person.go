package web

import (
	"time"

	"snowdrop/internal/forum"
)

// Join is the page on which an account is made.
type Join struct {
	Frame
	Faults  []Fault
	Name    string
	Email   string
	Adult   bool
	Consent bool
	Next    string
}

// SignIn is the page on which one signs in.
type SignIn struct {
	Frame
	Faults  []Fault
	Email   string
	AskCode bool // a second factor is wanted
	Kept    bool // words wait to be posted after signing in
	Next    string
}

// SetPassword is where a one-time link leads.
type SetPassword struct {
	Frame
	Faults  []Fault
	Action  string // where the form posts to
	Purpose forum.LinkPurpose
	Name    string // the account's; typed by whoever follows a first_admin link
	Email   string // with first_admin only
	Dead    bool   // the link was used or is too old
}

// Me is a member's own page.
type Me struct {
	Frame
	Posts  []OwnPost
	Drafts int
	Since  time.Time
}

// OwnPost is one of somebody's posts in a list.
type OwnPost struct {
	ID        int64
	Path      string
	Thread    string // title
	Part      forum.Part
	State     forum.PostState
	Words     string // plain text, shortened
	Supports  int
	CreatedAt time.Time
	EditPath  string // when it can be changed; else empty
}

// Notices is what a member is told inside the site, newest first.
type Notices struct {
	Frame
	Notices []forum.Notice
}

// Drafts is a member's saved words.
type Drafts struct {
	Frame
	Drafts []DraftLine
}

// DraftLine is one draft.
type DraftLine struct {
	ID        int64
	Path      string // opens the form with the words in it
	Where     string // "A new conversation" or the thread's title
	Words     string // plain text, shortened
	UpdatedAt time.Time
	ExpiresAt time.Time
}
