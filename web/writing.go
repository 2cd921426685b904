package web

import (
	"html/template"

	"snowdrop/internal/forum"
)

// CommentForm is the form under a thread.
type CommentForm struct {
	Action       string // /threads/7/comments
	Faults       []Fault
	Body         string
	Parent       int64  // the comment it answers; 0: the thread
	Answering    *Quote // with Parent
	Mentions     forum.Mentions
	Anonymous    bool
	MayAnswer    bool // a midwife, who may choose to answer as one
	AsMidwife    bool
	Tools        *AnswerTools // with MayAnswer
	Found        []string     // personal details found in the words; the writer is asked what to do
	Acknowledged bool
	Draft        int64 // the draft these words were saved as; 0: none yet
}

// NewThread is the page on which a thread is written.
type NewThread struct {
	Frame
	Topics []forum.Topic
	Hours  string // of the midwives
	Form   ThreadForm
}

// ThreadForm is what has been typed so far.
type ThreadForm struct {
	Faults       []Fault
	Topic        string
	Kind         forum.ThreadKind
	Wants        forum.Wants
	Title        string
	Body         string
	Mentions     forum.Mentions
	Anonymous    bool
	Audience     forum.Audience // members: narrowed by the writer
	Draft        int64          // the draft these words were saved as; 0: none yet
	Found        []string
	Acknowledged bool
}

// EditPost is the page on which a post is changed.
type EditPost struct {
	Frame
	PostID    int64
	Part      forum.Part
	State     forum.PostState
	Asked     string // what a moderator asked the writer to change; may be empty
	CanNarrow bool   // anyone can read the thread, and its writer may keep it to members
	Back      string // path of the post
	Form      EditForm
}

// EditForm is what has been typed so far. Its hidden field revision says which
// wording it started from.
type EditForm struct {
	Faults       []Fault
	Title        string // of the thread, for an opening post
	Body         string
	Mentions     forum.Mentions
	Audience     forum.Audience // members: narrowed by the writer
	Draft        int64          // the draft these words were saved as; 0: none yet
	Revision     int
	Found        []string
	Acknowledged bool
}

// Withdraw asks before a post is taken back.
type Withdraw struct {
	Frame
	PostID  int64
	Part    forum.Part
	Words   template.HTML
	Replies int // by other people, which stay
	Back    string
}

// Report is the page with the two doors.
type Report struct {
	Frame
	PostID int64
	Author string
	Words  template.HTML
	Back   string
	Faults []Fault
	Door   forum.Door
	Reason string // unkind, personal, advice, spam or other
	Note   string
}

// Reported thanks whoever reported.
type Reported struct {
	Frame
	Door  forum.Door
	Back  string
	Lines []Helpline // for the worried door
}
