package forum

import "time"

// Article is one of our own pages on grief and recovery.
type Article struct {
	Slug         string
	Title        string
	Summary      string
	Topics       []string     // topics it suits; empty: all
	Kinds        []ThreadKind // kinds of thread it suits; empty: all
	Words        []string     // lower-case words in a thread that call for it
	Sources      []string
	LastReviewed time.Time
	NextReview   time.Time
	Clinician    string // who reviewed it; empty: nobody has yet
	Guarded      bool   // sits behind one extra deliberate tap
	Minutes      int    // reading time
	Markdown     string
}

// Overdue says whether the review date has passed. An overdue article says so
// and is no longer suggested.
func (a Article) Overdue(now time.Time) bool { return now.After(a.NextReview) }
