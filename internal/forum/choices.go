package forum

import (
	"database/sql/driver"
	"slices"
	"time"

	"snowdrop/moderation"
)

// Matters is a set of what posts mention: one bit for each of moderation.Mentions,
// in order. It is stored so.
type Matters int

// AllMatters is everything that a post can mention.
var AllMatters = MattersOf(moderation.Mentions)

// MattersOf is what a list of tags mentions; other tags count for nothing.
func MattersOf(tags []moderation.Tag) Matters {
	var m Matters
	for i, tag := range moderation.Mentions {
		if slices.Contains(tags, tag) {
			m |= 1 << i
		}
	}
	return m
}

// Tags lists what is in the set.
func (m Matters) Tags() Mentions {
	var tags Mentions
	for i, tag := range moderation.Mentions {
		if m&(1<<i) != 0 {
			tags = append(tags, tag)
		}
	}
	return tags
}

// Slugs are topics, kept as words separated by spaces.
type Slugs []string

// Value stores the slugs as text.
func (s Slugs) Value() (driver.Value, error) { return joinWords(s), nil }

// Scan reads what Value stored.
func (s *Slugs) Scan(src any) error { return scanWords(src, (*[]string)(s)) }

// Choices is what somebody chose about what they meet, and how the site speaks to
// them.
type Choices struct {
	PersonID  int64   `gorm:"primaryKey"`
	Hides     Matters // not in lists at all
	Folds     Matters // behind a line that names it
	Follows   Slugs   // topics of the front page; empty: all but those left out
	Leaves    Slugs   // topics left out of the front page
	Baby      string  // see [Speech]
	Loss      string
	UpdatedAt time.Time
}

// DefaultChoices hold for everybody who has chosen nothing, strangers too.
var DefaultChoices = Choices{Folds: MattersOf([]moderation.Tag{moderation.TagMentionGraphic})}

// Chosen is the actor's choices, or the defaults.
func (a Actor) Chosen() Choices {
	if a.Choices.PersonID == 0 {
		return DefaultChoices
	}
	return a.Choices
}

// Of is what somebody chose about one matter: show, fold or hide.
func (c Choices) Of(tag string) string {
	m := MattersOf([]moderation.Tag{moderation.Tag(tag)})
	switch {
	case c.Hides&m != 0:
		return "hide"
	case c.Folds&m != 0:
		return "fold"
	}
	return "show"
}

// Follows says whether the actor put a topic on their front page by name.
func (a Actor) Follows(topic string) bool { return slices.Contains(a.Choices.Follows, topic) }

// LeavesOut says whether the actor left a topic out of their front page.
func (a Actor) LeavesOut(topic string) bool { return slices.Contains(a.Choices.Leaves, topic) }

// TieKind is what somebody said about somebody else. It is never told to them.
type TieKind string

const (
	TieMute TieKind = "mute" // the two no longer meet each other's posts
	TieKnow TieKind = "know" // known from life: sees none of the posts of whoever said so
)

// TieKinds lists them.
var TieKinds = []TieKind{TieMute, TieKnow}

// Tie is one of them. ThreadID is the conversation in which the other one wrote
// without a name; 0 when it is about a name. What is muted without a name is
// what they write without a name in that conversation, and nothing else: if posts
// with a name, or elsewhere, went with it, it would say who wrote.
type Tie struct {
	ID        int64
	ByID      int64
	ToID      int64
	Kind      TieKind
	ThreadID  int64
	CreatedAt time.Time
}

// TieRow is a tie as its maker sees it.
type TieRow struct {
	Tie
	Name string // [Unnamed] when it is about somebody without a name
}

// Ties is what the ties by and about an actor come to.
type Ties struct {
	Muted   []int64 // whose posts they do not meet
	Unnamed []Nook  // the same, of people without a name
	MutedBy []int64 // who do not want to meet them, nor be met by them
	KnownBy []int64 // whose posts they do not see
}

// Nook is somebody without a name in one conversation.
type Nook struct{ ThreadID, PersonID int64 }

// Meeting is how an actor meets a post that they can see.
type Meeting string

const (
	MeetOpen   Meeting = ""
	MeetFolded Meeting = "folded" // behind a line that names what it mentions
	MeetHidden Meeting = "hidden" // mentions what they hide: in no list; in its conversation one line
	MeetMuted  Meeting = "muted"  // by somebody they muted: in no list; folded in its conversation
	MeetAbsent Meeting = "absent" // by somebody who muted them: in no list and not among comments, without a trace
)

// Listed says whether the post stands in lists, is found, and is told of.
func (m Meeting) Listed() bool { return m == MeetOpen || m == MeetFolded }

// Meet says how an actor meets a post that they can see. It is the one rule;
// internal/store holds it as a query scope, and a test holds the two together.
//
// Nobody's own words are kept from them. What somebody wrote as a midwife is the
// team's work and may be what keeps a reader safe: it is folded at the most. A mute
// by name reaches what is written with the name alone, for the same reason as in
// [Tie]; and being muted weighs less than having muted, or the fold that goes would
// tell. Whoever moderates meets people who muted them: it is their work.
func Meet(a Actor, p Post) Meeting {
	if a.SignedIn() && p.AuthorID == a.ID {
		return MeetOpen
	}
	chosen := a.Chosen()
	if p.Capacity != AsMidwife {
		switch {
		case !p.Anonymous && slices.Contains(a.Ties.Muted, p.AuthorID),
			p.Anonymous && slices.Contains(a.Ties.Unnamed, Nook{p.ThreadID, p.AuthorID}):
			return MeetMuted
		case !p.Anonymous && !a.Moderates() && slices.Contains(a.Ties.MutedBy, p.AuthorID):
			return MeetAbsent
		case p.Matters&chosen.Hides != 0:
			return MeetHidden
		}
	}
	if p.Matters&(chosen.Hides|chosen.Folds) != 0 {
		return MeetFolded
	}
	return MeetOpen
}

// MeetThread says how an actor meets a thread in a list: as they meet its opening.
func MeetThread(a Actor, t Thread) Meeting {
	return Meet(a, Post{ThreadID: t.ID, AuthorID: t.AuthorID, Anonymous: t.Anonymous, Capacity: AsParent, Matters: t.Matters})
}

// tells says whether somebody is told of a post in thread t.
func tells(a Actor, ts Topics, t Thread, p Post) bool {
	return CanSee(a, ts, t, p) && (p.Capacity == AsMidwife || Meet(a, p).Listed() && MeetThread(a, t).Listed())
}

// Sieve is what a list leaves out.
type Sieve int

const (
	SieveListed Sieve = iota // what the actor's choices keep out of lists
	SieveMuted               // only what mutes keep out: the actor asked to see what they hide
	SieveHidden              // everything but what they hide: to be counted
)

// MostHidden is up to where hidden posts are counted.
const MostHidden = 100
