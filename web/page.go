package web

import (
	"time"

	"snowdrop/internal/forum"
)

// Frame is what stands around every page. Each page's struct embeds it.
type Frame struct {
	Title       string      // tab title; empty: the page chooses, and stays neutral where only members may read
	Description string      // for search engines; used only with Index
	Path        string      // of this page with its query; signing in leads back to it
	Section     Section     // the entry of the menu that is current; empty: the page chooses
	Actor       forum.Actor // who is looking; the zero Actor is a stranger
	Unread      int         // notices not read yet
	Waiting     int         // live cases; shown to those who moderate
	Demo        bool        // the people and the words are made up, and every page says so
	Index       bool        // search engines may list the page
	Canonical   string      // full address of the page, with Index; may be empty
	Flash       string      // one sentence about what has just happened
	LeaveURL    string      // where "Leave this site" ends; the script goes there at once
	Neutral     bool        // others use this device: the tab says nothing
	Search      bool        // there is a search page to lead to
	Data        bool        // there is a page with everything kept about a member
	People      bool        // the actor may open the list of people
	Now         time.Time   // the moment the page is made
}

// Section is an entry of the menu.
type Section string

// The entries of the menu.
const (
	SectionTalk      Section = "talk"
	SectionRead      Section = "read"
	SectionSearch    Section = "search"
	SectionHelp      Section = "help"
	SectionMe        Section = "me"
	SectionNotices   Section = "notices"
	SectionQueue     Section = "queue"
	SectionQuestions Section = "questions"
	SectionRecord    Section = "record"
	SectionRules     Section = "rules"
	SectionPeople    Section = "people"
)

// Fault is one thing in a form that can't be taken as it is. Field is the name of
// the form field; empty for the form as a whole.
type Fault struct{ Field, Message string }

// Pager says which of how many pages is shown. Path is the first page's path
// without a query; later ones are asked for with ?page=.
type Pager struct {
	Page, Pages int
	Path        string
}

// Problem is the page for what went wrong.
type Problem struct {
	Frame
	Status    int    // 403, 404, 409, 413, 429, 500 or 503
	Message   string // safe to show; empty: the page's own words
	Safe      bool   // what was typed has been kept
	Words     string // what was typed, given back; may be empty
	Retry     time.Duration
	RequestID string
}
