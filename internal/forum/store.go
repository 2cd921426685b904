package forum

import (
	"context"
	"time"

	"snowdrop/moderation"
)

// Store is what the forum remembers. Methods answer [ErrNoRow], [ErrTaken] and
// [ErrLost] where they say so or where a single row is missing; every other error
// is a fault of the database. Times are UTC with microsecond precision.
//
// Reads that take an [Actor] return only what that actor may see: they go
// through one query scope that says the same as [CanSee].
type Store interface {
	// Tx runs do in one transaction; all of it happens or nothing. A Tx inside a
	// Tx is a savepoint.
	Tx(ctx context.Context, do func(Store) error) error

	PeopleStore
	TalkStore
	CaseStore
	NoticeStore
	JobStore
}

// PeopleStore holds people, what they were granted, and their sessions.
type PeopleStore interface {
	AddPerson(ctx context.Context, p *Person) error // ErrTaken when the name or address is taken
	Person(ctx context.Context, id int64) (Person, error)
	PersonByEmail(ctx context.Context, emailKey string) (Person, error)
	PersonByName(ctx context.Context, nameKey string) (Person, error)
	CountPeople(ctx context.Context) (int64, error)
	SetPassword(ctx context.Context, personID int64, hash string) error
	SetConsent(ctx context.Context, personID int64, at time.Time) error

	AddGrant(ctx context.Context, g Grant) error // no error when it is there already
	SetRegistration(ctx context.Context, r Registration) error
	// Actor loads who a person is today, in one query.
	Actor(ctx context.Context, personID int64) (Actor, error)

	AddSession(ctx context.Context, s Session) error
	Session(ctx context.Context, key string) (Session, error)
	// SaveSession updates data and SeenAt of a session that exists; ErrNoRow when
	// it was revoked, so that a revoked session never comes back.
	SaveSession(ctx context.Context, s Session) error
	EndSession(ctx context.Context, key string) error
	// EndSessions ends every session of a person except the one with key keep.
	EndSessions(ctx context.Context, personID int64, keep string) error
	// SweepExpired deletes sessions, links, throttles, submissions older than a
	// day, and drafts that are past their time; of what is over, jobs after 30
	// days (sweeps after one) and mails after 90.
	SweepExpired(ctx context.Context, now time.Time) error

	AddLink(ctx context.Context, l Link) error
	Link(ctx context.Context, key string) (Link, error)
	// UseLink marks an open, unexpired link as used, once; ErrNoRow otherwise.
	UseLink(ctx context.Context, key string, now time.Time) error

	// Throttle counts one more use of key in the window that starts at start and
	// returns the count, in one statement that is safe across instances.
	Throttle(ctx context.Context, key string, start time.Time) (int, error)
}

// ThreadRow is a thread with what its heading shows.
type ThreadRow struct {
	Thread
	AuthorName string
}

// PostRow is a post with what a page shows beside it.
type PostRow struct {
	Post
	AuthorName   string
	Topic        string
	ThreadTitle  string
	ThreadAuthor int64
	ThreadState  PostState
	Audience     Audience // of the thread
	Supported    bool     // by the asking actor
	Supports     int      // how many are "with you"; shown to the post's writer alone
}

// ThreadQuery picks threads for a list, newest activity first.
type ThreadQuery struct {
	Topic    string    // empty: all topics
	Without  []string  // topics left out
	Before   time.Time // cursor: active before this …
	BeforeID int64     // … or at it with a smaller id; zero values: from the start
	Limit    int
}

// SearchQuery asks for posts that hold all of the words.
type SearchQuery struct {
	Words         string // as typed
	Topic         string // empty: all topics
	Limit, Offset int
}

// TalkStore holds threads, posts and what belongs to them.
type TalkStore interface {
	AddThread(ctx context.Context, t *Thread) error
	AddPost(ctx context.Context, p *Post) error
	// AddSubmission claims the key for postID. It returns the post that holds the
	// key already, if one does and it was claimed after since; else 0.
	AddSubmission(ctx context.Context, key string, postID int64, now, since time.Time) (int64, error)
	DropSubmissions(ctx context.Context, postID int64) error
	// EditPost keeps the present wording as a Revision and writes the new one, if
	// the post is still at revision from; ErrLost otherwise.
	EditPost(ctx context.Context, p Post, from int, title string) error
	// MovePost sets the state of a post (and of its thread, for an opening), if
	// it is still in state from; ErrLost otherwise. It recounts the thread's
	// Comments and Answers, raises its Version and, when readers see something
	// new, sets ActiveAt.
	MovePost(ctx context.Context, postID int64, from, to PostState, now time.Time) error
	SetMentions(ctx context.Context, postID int64, m Mentions) error
	SetAudience(ctx context.Context, threadID int64, a Audience) error
	// TouchThread recounts a thread after a new post and raises its Version.
	TouchThread(ctx context.Context, threadID int64, now time.Time) error
	Revisions(ctx context.Context, postID int64) ([]Revision, error)

	SetSupport(ctx context.Context, s Support, on bool) error

	Thread(ctx context.Context, a Actor, id int64) (ThreadRow, error)
	Threads(ctx context.Context, a Actor, q ThreadQuery) ([]ThreadRow, error)
	// LastActive says when each topic last saw something the actor may read.
	LastActive(ctx context.Context, a Actor) (map[string]time.Time, error)
	Post(ctx context.Context, a Actor, id int64) (PostRow, error)
	Opening(ctx context.Context, a Actor, threadID int64) (PostRow, error)
	// Comments lists a thread's comments, each followed by its replies.
	Comments(ctx context.Context, a Actor, threadID int64, offset, limit int) ([]PostRow, error)
	CountComments(ctx context.Context, a Actor, threadID int64) (int, error)
	// CommentOffset says how many comments stand before the post in that order.
	CommentOffset(ctx context.Context, a Actor, threadID, postID int64) (int, error)
	// FirstAnswer finds the first midwife answer that readers see; 0 when none.
	FirstAnswer(ctx context.Context, a Actor, threadID int64) (int64, error)
	// PostsBy lists a person's own posts, newest first, in every state.
	PostsBy(ctx context.Context, personID int64, limit int) ([]PostRow, error)
	// CountShown counts a person's posts that readers see.
	CountShown(ctx context.Context, personID int64) (int, error)
	// Search finds posts by their present words and their threads' titles, the
	// best first, then the newest. No words, however odd, are an error.
	Search(ctx context.Context, a Actor, q SearchQuery) ([]PostRow, error)
	// Questions lists threads that want a midwife and have no answer, oldest first.
	Questions(ctx context.Context, a Actor, limit int) ([]ThreadRow, error)

	AddDraft(ctx context.Context, d *Draft) error
	SaveDraft(ctx context.Context, d Draft) error // by ID and PersonID; ErrNoRow when it is not theirs
	Draft(ctx context.Context, personID, id int64) (Draft, error)
	Drafts(ctx context.Context, personID int64) ([]Draft, error)
	DropDraft(ctx context.Context, personID, id int64) error
	// ClaimDraft gives an unowned draft to a person; ErrNoRow when there is none.
	ClaimDraft(ctx context.Context, claim string, personID int64, expires time.Time) (Draft, error)
}

// CaseRow is a case with its post and what the queue shows.
type CaseRow struct {
	Case
	Body        string
	PostState   PostState
	Revision    int
	Part        Part
	ThreadID    int64
	ThreadTitle string
	Topic       string
	AuthorID    int64
	AuthorName  string
	Anonymous   bool
	Capacity    Capacity
	Care        Cards
	PostedAt    time.Time
	HolderName  string
}

// QueueQuery picks cases. They come by band, then by deadline.
type QueueQuery struct {
	Band   moderation.Band // empty: all
	States []CaseState     // empty: the live ones
	Limit  int
	Offset int
}

// SignalRow is a signal with the name of whoever reported.
type SignalRow struct {
	Signal
	PersonName string
}

// DecisionRow is a decision with the name of whoever decided.
type DecisionRow struct {
	Decision
	ByName string
}

// CaseStore holds cases and the record.
type CaseStore interface {
	AddCase(ctx context.Context, c *Case) error
	// CaseOfPost finds the case of a post; ErrNoRow when there is none.
	CaseOfPost(ctx context.Context, postID int64) (Case, error)
	Case(ctx context.Context, id int64) (CaseRow, error)
	Queue(ctx context.Context, q QueueQuery) ([]CaseRow, error)
	// CountQueue counts the live cases by band.
	CountQueue(ctx context.Context) (map[moderation.Band]int, error)
	// SaveCase writes every field of c, with Version one higher, if the stored
	// case is still at c.Version; ErrLost otherwise.
	SaveCase(ctx context.Context, c *Case) error
	// ClaimCase gives the lease to a holder if nobody holds a live one; one
	// guarded statement; ErrLost otherwise.
	ClaimCase(ctx context.Context, id, holder int64, lease string, now, until time.Time) error
	// RenewCase makes a live lease last until the given time; ErrLost otherwise.
	// It does not change the version.
	RenewCase(ctx context.Context, id int64, lease string, now, until time.Time) error
	// ReleaseCase gives the lease back, if it is this one; ErrLost otherwise.
	ReleaseCase(ctx context.Context, id int64, lease string) error
	// DecideCase moves the case to a decided or waiting state and drops the
	// lease, in one guarded statement on lease, lease time, version and the
	// post's revision; ErrLost when any of them no longer holds.
	DecideCase(ctx context.Context, id int64, lease string, version int64, revision int, to CaseState, now time.Time) error
	// CloseDelivered closes decided cases whose mails have all left or failed.
	CloseDelivered(ctx context.Context) error

	AddSignals(ctx context.Context, s []Signal) error
	Signals(ctx context.Context, caseID int64) ([]SignalRow, error)
	// AddDecision stores d; ErrTaken when its key or its case version is taken.
	AddDecision(ctx context.Context, d *Decision) error
	DecisionByKey(ctx context.Context, caseID int64, key string) (Decision, error)
	Decisions(ctx context.Context, caseID int64) ([]DecisionRow, error)
	// RuleFigures counts by rule the wordings in cases that it had a finding in,
	// cancelled ones left out, and those of them that were called a false alarm.
	RuleFigures(ctx context.Context) ([]RuleFigure, error)
	// CasesAbout counts the cases on posts of a person, this one included.
	CasesAbout(ctx context.Context, personID int64) (int, error)

	AddRecord(ctx context.Context, e RecordEntry) error
	// Record lists the record, newest first, with the actors' names, below the
	// given id (0: from the newest).
	Record(ctx context.Context, below int64, limit int) ([]RecordRow, error)
}

// RecordRow is a record entry with its actor's name.
type RecordRow struct {
	RecordEntry
	ActorName string
}

// NoticeStore holds notices and mail.
type NoticeStore interface {
	// AddNotice leaves n.ID at 0, without error, when the key is there already.
	AddNotice(ctx context.Context, n *Notice) error
	Notices(ctx context.Context, personID int64, limit int) ([]Notice, error)
	CountUnread(ctx context.Context, personID int64) (int, error)
	ReadNotices(ctx context.Context, personID int64) error

	// AddMail leaves m.ID at 0, without error, when the key is there already.
	AddMail(ctx context.Context, m *Mail) error
	Mail(ctx context.Context, id int64) (Mail, error)
	// MoveMail sets the state, if it is still from; ErrLost otherwise. SentAt is
	// set when to is MailSent.
	MoveMail(ctx context.Context, id int64, from, to MailState, now time.Time) error
}

// JobStore is the jobs table: at least once, leased, fenced by attempts.
type JobStore interface {
	AddJob(ctx context.Context, j Job) error // no error when the key is there already
	// TakeJobs leases up to limit jobs that are due, or whose lease ran out, and
	// counts the attempt. Two callers never get the same job.
	TakeJobs(ctx context.Context, now, until time.Time, limit int) ([]Job, error)
	// FinishJob sets the state and next run of a job, if attempts is still the
	// one that was taken; ErrLost otherwise.
	FinishJob(ctx context.Context, j Job, to JobState, runAt time.Time) error
}
