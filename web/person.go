package web

import (
	"time"

	"snowdrop/internal/forum"
)

// Join is the page on which an account is made.
type Join struct {
	Frame
	Faults []Fault
	Name   string
	// KeepName: although it looks like a full name.
	KeepName bool
	Email    string
	Adult    bool
	Consent  bool
	Shared   bool // on a device that others use
	Next     string
}

// SignIn is the page on which one signs in.
type SignIn struct {
	Frame
	Faults  []Fault
	Email   string
	AskCode bool // a second factor is wanted
	Kept    bool // words wait to be posted after signing in
	Shared  bool // on a device that others use
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
	Consent bool
	// AskPassword: the link confirms an address, and its owner is not signed in here.
	AskPassword bool
}

// Me is a member's own page.
type Me struct {
	Frame
	Posts     []OwnPost
	Drafts    int
	Since     time.Time
	Decisions []Decided // newest first
	Earlier   []Decided // those that are over: nothing can be asked any more
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
	EditPath  string         // when it can be changed; else empty
	Reading   *forum.Reading // of a post that waits: when a person will have read it; may be nil
}

// Notices is what a member is told inside the site, newest first.
type Notices struct {
	Frame
	Notices []forum.Notice
	Ask     map[int64]time.Time // decisions by ID that can be looked at again, and until when
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
