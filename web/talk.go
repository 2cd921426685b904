package web

import (
	"html/template"
	"time"

	"snowdrop/internal/forum"
)

// Home is the front page.
type Home struct {
	Frame
	Topics []TopicCard
	Recent []ThreadLine // newest activity first
	Hidden Hidden
	Left   []forum.Topic // that the reader left out
	Hours  string        // of the midwives, one sentence; may be empty
}

// TopicCard is a topic with when readers last saw something new in it; the zero
// time when nothing is there yet.
type TopicCard struct {
	forum.Topic
	Active time.Time
}

// ThreadLine is a thread in a list.
type ThreadLine struct {
	ID       int64
	Path     string // of its page
	Topic    string // title of its topic; empty where the topic is plain from the page
	Title    string
	Author   string // as shown to readers
	Kind     forum.ThreadKind
	Wants    forum.Wants
	Audience forum.Audience // who may read it, the topic's audience included
	Mentions forum.Mentions
	State    forum.PostState
	Comments int
	Answers  int // midwife answers
	Excerpt  string
	ActiveAt time.Time
	Matters  forum.Matters // what it is folded for; 0: it is not
	Found    bool          // stands for one post of the thread, written at ActiveAt: Comments is not told
}

// Topic is a topic's page.
type Topic struct {
	Frame
	Topic   forum.Topic
	Threads []ThreadLine
	Hidden  Hidden
	Older   string // path of the next page; empty on the last
	Newest  string // path of the first page; empty on it
}

// Search is the search page.
type Search struct {
	Frame
	Query   string
	Topic   string // slug; empty: all topics
	Topics  []forum.Topic
	Results []ThreadLine
	Hidden  Hidden
	Asked   bool // there was a question to answer
	Faults  []Fault
}

// Thread is a thread's page.
type Thread struct {
	Frame
	Topic      forum.Topic
	Thread     forum.Thread
	URL        string         // path of its first page
	Audience   forum.Audience // who may read it, the topic's audience included
	Disclaimer template.HTML
	Cards      []CareCard    // raised for the person who is looking, most serious first
	Gate       forum.Matters // the reader hides what it mentions: they are asked before they read; 0: they need not be
	Look       string        // path of this page with what the reader hides
	Hidden     int           // comments that the reader hides
	Opening    *Post         // nil when it may not be shown: a line stands in its place
	Comments   []Post        // each followed by its replies
	Articles   []ArticleLine
	Answer     string // where the first midwife answer stands, e.g. /threads/7#post-9; empty: none
	Pager      Pager
	Reply      *CommentForm // nil: this person can't reply
	Closed     string       // why this person can't reply; what they typed in Reply is given back. Empty: a stranger is asked to sign in
}

// Post is a post as one reader sees it.
type Post struct {
	ID         int64
	Author     string // as shown to this reader
	Mine       bool   // the reader wrote it
	Starter    bool   // by whoever started the thread
	Reply      bool   // an answer to another comment
	Parent     *Quote // set on a reply that does not stand right under what it answers
	Part       forum.Part
	Midwife    bool      // written as a midwife
	Checked    time.Time // when staff last saw the midwife on the register; zero: not told
	Lapsed     bool      // that registration doesn't stand today
	Old        bool      // the answer is past its review date
	Past       string    // written as a midwife by somebody who is none today: how it is labelled; Midwife is then false
	Made       []string  // blocks of the answer: "Where to turn now, version 1, signed off by …"
	Missed     []string  // points of the safety net that a midwife left out; told to midwives and staff
	Opinions   []Opinion // of other midwives
	SecondPath string    // where another midwife agrees, adds or corrects; empty: not for this reader
	State      forum.PostState
	Reading    *forum.Reading // for the writer of a post that waits: when a person will have read it; may be nil
	Correction string         // by our team, plain text; may be empty
	Body       template.HTML
	Mentions   forum.Mentions
	Matters    forum.Matters // what it counts as mentioning
	Hidden     bool          // the reader hides that: one line stands in its place
	CanMute    bool
	Named      bool   // it carries its writer's name
	Fold       bool   // readers open it with one tap; always so in state folded
	FoldLine   string // the line they see; empty: chosen from state and mentions
	CreatedAt  time.Time
	EditedAt   *time.Time
	Supported  bool // the reader is "with" the writer
	Supports   int  // shown to the writer alone
	CanSupport bool
	CanReply   bool
	CanEdit    bool
	CanTake    bool // withdraw it
	CanReport  bool
	NotePath   string // where the team writes a note about it; empty: not for this reader
	CasePath   string // its case, for those who moderate; empty: none
}

// Quote is the words that somebody answers. Words empty: they are not shown to
// this reader, and a line says so.
type Quote struct {
	ID     int64
	Author string
	Words  string // plain text, shortened
	Path   string // where they stand
}
