package forum

import (
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
	"time"

	"snowdrop/moderation"
)

// PostState is where a post is on its way. It changes only through
// [PostState.May]; there is no boolean beside it.
type PostState string

const (
	StateDraft     PostState = "draft"     // returned to its writer, who was asked to change something
	StateHeld      PostState = "held"      // a person reads it before readers do
	StateFolded    PostState = "folded"    // readers see one line and may open it
	StatePublic    PostState = "public"    // readers see it
	StateRemoved   PostState = "removed"   // taken down by a decision
	StateWithdrawn PostState = "withdrawn" // taken back by its writer
)

// PostStates lists all states.
var PostStates = []PostState{StateDraft, StateHeld, StateFolded, StatePublic, StateRemoved, StateWithdrawn}

var postMoves = map[PostState][]PostState{
	StateDraft:     {StateHeld, StateFolded, StatePublic, StateRemoved, StateWithdrawn},
	StateHeld:      {StatePublic, StateFolded, StateDraft, StateRemoved, StateWithdrawn},
	StateFolded:    {StatePublic, StateHeld, StateDraft, StateRemoved, StateWithdrawn},
	StatePublic:    {StateFolded, StateHeld, StateDraft, StateRemoved, StateWithdrawn},
	StateRemoved:   {StatePublic, StateFolded, StateHeld, StateDraft, StateWithdrawn}, // when a decision is overturned
	StateWithdrawn: {},                                                                // the writer's word is final
}

// May says whether a post may go from s to next. Staying put is always allowed.
func (s PostState) May(next PostState) bool { return s == next || slices.Contains(postMoves[s], next) }

// Shown says whether readers see the post, open or folded.
func (s PostState) Shown() bool { return s == StatePublic || s == StateFolded }

// Part says which part of a thread a post is.
type Part string

const (
	PartOpening Part = "opening"
	PartComment Part = "comment"
)

// Capacity is what somebody wrote as. It is fixed when the post is written: an
// answer stays a midwife's answer, because that was true then.
type Capacity string

const (
	AsParent  Capacity = "parent"
	AsMidwife Capacity = "midwife"
)

// Post is a thread's opening words or a comment, at its present revision.
type Post struct {
	ID        int64
	ThreadID  int64
	ParentID  *int64 // the comment this replies to; nil for the opening and for comments on it
	Part      Part
	AuthorID  int64
	Anonymous bool // shown as [Unnamed]; staff still know
	Capacity  Capacity
	Body      string
	Mentions  Mentions
	Suggested Matters // what triage took it to mention
	Matters   Matters // what it counts as mentioning: Mentions and Suggested
	State     PostState
	Revision  int   // 1 when written, +1 with every edit
	Care      Cards // care cards raised for the writer
	BodyLevel int   // 0 to 3: how much triage saw in it about the writer's body; from 1 it is a question for midwives
	// Correction is what the team put right in it, shown with the post.
	Correction string
	CreatedAt  time.Time
	EditedAt   *time.Time
}

// Unnamed is how somebody is shown who asked not to be named.
const Unnamed = "Someone who asked not to be named"

// Revision is an earlier wording of a post, kept when it was edited.
type Revision struct {
	ID        int64
	PostID    int64
	Number    int
	Title     string // of the thread, for an opening post
	Body      string
	Mentions  Mentions
	CreatedAt time.Time // when this wording was written
}

// Support is one person's "with you" on a post.
type Support struct {
	PersonID  int64 `gorm:"primaryKey"`
	PostID    int64 `gorm:"primaryKey"`
	CreatedAt time.Time
}

// Submission makes a form that is posted twice make one post. Key is a hash of
// who wrote what where.
type Submission struct {
	Key       string `gorm:"primaryKey"`
	PostID    int64
	CreatedAt time.Time
}

// Draft is words that are not posted yet: saved by the writer, by the page while
// they type, or by us when their session had ended.
type Draft struct {
	ID        int64
	PersonID  *int64 // nil until somebody signs in and claims it
	Claim     string // SHA-256 of the claiming token while PersonID is nil; else empty
	Path      string // the form's action, e.g. /threads or /threads/7/comments
	Fields    string // the form, JSON object of lists
	CreatedAt time.Time
	UpdatedAt time.Time
	ExpiresAt time.Time
}

// Mentions are a post's content notes, kept as words separated by spaces.
type Mentions []moderation.Tag

// Value stores the notes as text.
func (m Mentions) Value() (driver.Value, error) { return joinWords(m), nil }

// Scan reads what Value stored.
func (m *Mentions) Scan(src any) error { return scanWords(src, (*[]moderation.Tag)(m)) }

// Cards are care card slugs, kept as words separated by spaces.
type Cards []string

// Value stores the slugs as text.
func (c Cards) Value() (driver.Value, error) { return joinWords(c), nil }

// Scan reads what Value stored.
func (c *Cards) Scan(src any) error { return scanWords(src, (*[]string)(c)) }

func joinWords[S ~string](list []S) string {
	words := make([]string, len(list))
	for i, w := range list {
		words[i] = string(w)
	}
	return strings.Join(words, " ")
}

func scanWords[S ~string](src any, into *[]S) error {
	var text string
	switch v := src.(type) {
	case string:
		text = v
	case []byte:
		text = string(v)
	default:
		return fmt.Errorf("words are stored as text, not %T", src)
	}
	*into = nil
	for _, w := range strings.Fields(text) {
		*into = append(*into, S(w))
	}
	return nil
}
