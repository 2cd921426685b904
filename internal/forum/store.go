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
	AccountStore
	PasskeyStore
	MidwifeStore
	LeaveStore
	ChoiceStore
	TalkStore
	CaseStore
	CareStore
	RecordStore
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
	People(ctx context.Context, r Role) ([]int64, error) // who was granted a role
	SetPassword(ctx context.Context, personID int64, hash string) error
	SetConsent(ctx context.Context, personID int64, at time.Time) error

	AddGrant(ctx context.Context, g Grant) error // no error when it is there already
	SetRegistration(ctx context.Context, r Registration) error
	// Actor loads who a person is today, in one query. Restrictions that have
	// ended by themselves are still among them.
	Actor(ctx context.Context, personID int64) (Actor, error)

	AddSession(ctx context.Context, s Session) error
	Session(ctx context.Context, key string) (Session, error)
	// SaveSession updates data and SeenAt of a session that exists; ErrNoRow when
	// it was revoked, so that a revoked session never comes back.
	SaveSession(ctx context.Context, s Session) error
	// SeeSession updates SeenAt alone, since a request at the same moment may save
	// data; ErrNoRow when the session was revoked.
	SeeSession(ctx context.Context, key string, at time.Time) error
	EndSession(ctx context.Context, key string) error
	// EndSessions ends every session of a person except the one with key keep.
	EndSessions(ctx context.Context, personID int64, keep string) error
	// SweepExpired deletes sessions, links, challenges, throttles, submissions older than a
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
	Meeting    Meeting `gorm:"-"` // how the asking actor meets it
}

// PostRow is a post with what a page shows beside it.
type PostRow struct {
	Post
	AuthorName   string
	Topic        string
	ThreadTitle  string
	ThreadAuthor int64
	ThreadState  PostState
	// ThreadAnonymous and ThreadMatters are of the thread's opening.
	ThreadAnonymous bool
	ThreadMatters   Matters
	Meeting         Meeting  `gorm:"-"` // how the asking actor meets the post …
	ThreadMeeting   Meeting  `gorm:"-"` // … and its thread
	Audience        Audience // of the thread
	Supported       bool     // by the asking actor
	Supports        int      // how many are "with you"; shown to the post's writer alone
	// Of whoever wrote as a midwife, as the register says today; empty otherwise.
	Registration RegistrationState
	CheckedAt    *time.Time
}

// ThreadQuery picks threads for a list, newest activity first.
type ThreadQuery struct {
	Topic    string    // empty: all topics
	Within   []string  // topics taken in; empty: all
	Without  []string  // topics left out
	Before   time.Time // cursor: active before this …
	BeforeID int64     // … or at it with a smaller id; zero values: from the start
	After    time.Time // where the list ends: active after this …
	AfterID  int64     // … or at it with a larger id; zero values: at the oldest
	Sieve    Sieve
	Limit    int
}

// SearchQuery asks for posts that hold all of the words.
type SearchQuery struct {
	Words         string // as typed
	Topic         string // empty: all topics
	Limit, Offset int
	Sieve         Sieve
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
	SetTopic(ctx context.Context, threadID int64, topic string) error
	SetPace(ctx context.Context, threadID int64, p Pace) error
	SetCorrection(ctx context.Context, postID int64, text string) error
	// LastComment is when a person last commented in a thread; zero: never.
	LastComment(ctx context.Context, threadID, personID int64) (time.Time, error)
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
	// BodyQuestions lists shown posts since a moment with a body level of 1 or
	// more, by others, without a midwife's answer after them, oldest first.
	BodyQuestions(ctx context.Context, a Actor, since time.Time, limit int) ([]PostRow, error)

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
	Kind        ThreadKind
	Topic       string
	AuthorID    int64
	AuthorName  string
	Anonymous   bool
	Capacity    Capacity
	Care        Cards
	PostedAt    time.Time
	HolderName  string
}

// CountMost is up to where the queue is counted: beyond it nobody needs the
// number, and counting would take the longer the more there is.
const CountMost = 1000

// QueueQuery picks cases. They come by band, then by deadline.
type QueueQuery struct {
	Band   moderation.Band // empty: all
	States []CaseState     // empty: the live ones
	// Category, if set, is of an open signal of the case that counts.
	Category string
	Limit    int
	Offset   int
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

// CaseStore holds cases, decisions and appeals.
type CaseStore interface {
	AddCase(ctx context.Context, c *Case) error
	// CaseOfPost finds the case of a post; ErrNoRow when there is none.
	CaseOfPost(ctx context.Context, postID int64) (Case, error)
	Case(ctx context.Context, id int64) (CaseRow, error)
	Queue(ctx context.Context, q QueueQuery) ([]CaseRow, error)
	// CountQueue counts the live cases by band, up to CountMost of each.
	CountQueue(ctx context.Context) (map[moderation.Band]int, error)
	// SaveCase writes every field of c, with Version one higher, if the stored
	// case is still at c.Version; ErrLost otherwise.
	SaveCase(ctx context.Context, c *Case) error
	// ClaimCase gives the lease to somebody who may take the case, if nobody holds
	// a live one; one guarded statement; ErrLost otherwise. It notes the first look.
	ClaimCase(ctx context.Context, id int64, by Claimer, lease string, now, until time.Time) error
	// TakeCase gives a case that is held with the lease old to somebody else who
	// may take it; ErrLost otherwise.
	TakeCase(ctx context.Context, id int64, old string, by Claimer, lease string, now, until time.Time) error
	// RenewCase makes a live lease last until the given time; ErrLost otherwise.
	// It does not change the version.
	RenewCase(ctx context.Context, id int64, lease string, now, until time.Time) error
	// ReleaseCase gives the lease back, if it is this one; ErrLost otherwise.
	ReleaseCase(ctx context.Context, id int64, lease string) error
	// DecideCase moves the case to a decided or waiting state and drops the
	// lease, in one guarded statement on lease, lease time, version, the post's
	// revision and whether the holder may decide; ErrLost otherwise.
	DecideCase(ctx context.Context, m Move) error
	// Bar says why somebody may not take a case; BarNone when they may.
	Bar(ctx context.Context, id int64, by Claimer) (Bar, error)
	// NextCases lists cases that somebody may be served, by band, then by deadline.
	NextCases(ctx context.Context, q NextQuery) ([]Case, error)
	// HeldCases lists the cases that somebody holds a live lease on.
	HeldCases(ctx context.Context, personID int64, now time.Time) ([]Case, error)
	AddPass(ctx context.Context, p Pass) error // the same again renews it
	// DueCases lists live cases with an alarm, or with a wait that is over.
	DueCases(ctx context.Context, now time.Time, limit int) ([]Case, error)
	// SetAlarm sets the next alarm of a live case, if it is still was; ErrLost
	// otherwise. It does not change the version.
	SetAlarm(ctx context.Context, id int64, was time.Time, next *time.Time) error
	// CloseDelivered closes decided cases whose mails have all left or failed.
	CloseDelivered(ctx context.Context) error

	AddSignals(ctx context.Context, s []Signal) error
	Signals(ctx context.Context, caseID int64) ([]SignalRow, error)
	// SettleSignal gives an open signal its outcome; ErrLost when it has one.
	SettleSignal(ctx context.Context, id int64, o Outcome, decisionID int64, now time.Time) error
	// AddDecision stores d; ErrTaken when its key or its case version is taken.
	AddDecision(ctx context.Context, d *Decision) error
	DecisionByKey(ctx context.Context, caseID int64, key string) (Decision, error)
	Decisions(ctx context.Context, caseID int64) ([]DecisionRow, error)
	// RuleFigures counts by rule the wordings in cases that it had a finding in,
	// cancelled ones left out, and those of them that were called a false alarm.
	RuleFigures(ctx context.Context) ([]RuleFigure, error)
	// CasesAbout counts the cases on posts of a person, this one included.
	CasesAbout(ctx context.Context, personID int64) (int, error)

	// ReverseDecision marks a decision and its measures as taken back.
	ReverseDecision(ctx context.Context, id int64) error
	// CountActed counts the standing decisions that acted on a person's posts for a
	// reason, leaving one case out.
	CountActed(ctx context.Context, personID int64, reason string, without int64) (int, error)
	// DecisionsAbout lists the decisions on a person's posts and those with a
	// measure on them, newest first.
	DecisionsAbout(ctx context.Context, personID int64) ([]MyDecision, error)
	DecisionsBetween(ctx context.Context, from, until time.Time) ([]TotalsRow, error)

	AddProposal(ctx context.Context, p *Proposal) error // ErrTaken when its key is taken
	ProposalByKey(ctx context.Context, caseID int64, key string) (Proposal, error)
	// Proposals lists the open and the differing proposals of a case, oldest first.
	Proposals(ctx context.Context, caseID int64) ([]Proposal, error)
	SetProposals(ctx context.Context, caseID int64, from, to ProposalState) error

	AddAppeal(ctx context.Context, a *Appeal) error // ErrTaken when there is one
	OpenAppeals(ctx context.Context, caseID int64) ([]Appeal, error)
	AppealsBy(ctx context.Context, personID int64) ([]Appeal, error)
	AnswerAppeal(ctx context.Context, a Appeal) error               // ErrLost when it is answered
	SetAppealNote(ctx context.Context, id int64, note string) error // ErrNoRow when it is answered or has one
	AppealsBetween(ctx context.Context, from, until time.Time) ([]AppealState, error)
}

// CareStore holds what is about people rather than posts: measures, care threads,
// questions to midwives, shifts, sealed notes.
type CareStore interface {
	AddMeasure(ctx context.Context, m *Measure) error
	Measures(ctx context.Context, personID int64) ([]Measure, error) // newest first

	// AddCare leaves m.ID at 0, without error, when the key is there already.
	AddCare(ctx context.Context, m *CareMessage) error
	CareThread(ctx context.Context, caseID int64) ([]CareRow, error)

	AddConsult(ctx context.Context, q *Consult) error
	Consults(ctx context.Context, caseID int64) ([]Consult, error)
	// OpenConsults lists the open ones on posts that are not the person's own.
	OpenConsults(ctx context.Context, personID int64) ([]ConsultRow, error)
	AnswerConsult(ctx context.Context, id, by int64, answer string, now time.Time) error // ErrNoRow when it is not open

	AddShift(ctx context.Context, s *Shift) error // no error when one is open
	OpenShift(ctx context.Context, personID int64) (ShiftRow, error)
	SetShift(ctx context.Context, id int64, to ShiftState, now time.Time) error
	// CountServed counts one more case of a shift and notes how many since the
	// last of a reserved band.
	CountServed(ctx context.Context, id int64, sinceCare int, now time.Time) error
	AddExposure(ctx context.Context, e Exposure) error // no error when it is there
	Shifts(ctx context.Context, since time.Time) ([]ShiftRow, error)
	SetTraining(ctx context.Context, t Training, on bool) error

	AddSealed(ctx context.Context, n *SealedNote) error
	Sealed(ctx context.Context, id int64) (SealedNote, error)
	SealedNotes(ctx context.Context, caseID int64) ([]SealedNote, error)
	// SignSealed signs a note that is proposed by somebody else; ErrLost otherwise.
	SignSealed(ctx context.Context, id, by int64, now time.Time) error
}

// RecordStore holds the append-only record.
type RecordStore interface {
	// AddRecord appends to the record. Inside a Tx entries are chained when it
	// ends, so that the end of the chain, which all share, is held only for a moment.
	AddRecord(ctx context.Context, e RecordEntry) error
	// Record lists the record, newest first, with the actors' names, below the
	// given id (0: from the newest).
	Record(ctx context.Context, below int64, limit int) ([]RecordRow, error)
	RecordHead(ctx context.Context) (RecordHead, error)
	// RecordAfter lists the record, oldest first, above the given id.
	RecordAfter(ctx context.Context, above int64, limit int) ([]RecordEntry, error)
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
	// Notices lists the actor's, newest first, without those about posts that they
	// do not meet any more; CountUnread counts the unread ones of them.
	Notices(ctx context.Context, a Actor, limit int) ([]Notice, error)
	CountUnread(ctx context.Context, a Actor) (int, error)
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

// ChoiceStore holds what people choose about what they meet, and their names.
type ChoiceStore interface {
	// SetChoices stores these columns of a person's choices. The others are taken
	// from c only when the person had none.
	SetChoices(ctx context.Context, c Choices, columns ...string) error
	// AddTie also stops the mails that wait about posts it is about; no error when
	// it is there.
	AddTie(ctx context.Context, t Tie) error
	DropTie(ctx context.Context, byID, id int64) error            // ErrNoRow when it is not theirs
	TiesBy(ctx context.Context, personID int64) ([]TieRow, error) // the latest first

	// PersonByLook finds somebody else with a name of this look; ErrNoRow otherwise.
	PersonByLook(ctx context.Context, look string, but int64) (Person, error)
	WithoutLook(ctx context.Context, limit int) ([]Person, error)
	SetLook(ctx context.Context, p Person) error
	// SetName gives p its name and keeps the earlier one; ErrTaken when somebody has it.
	SetName(ctx context.Context, p Person, earlier EarlierName) error
	EarlierNames(ctx context.Context, personID int64) ([]EarlierName, error) // the latest first

	// Unconfirmed lists people who joined before a moment, never confirmed their
	// address and wrote nothing.
	Unconfirmed(ctx context.Context, before time.Time, limit int) ([]Person, error)
}
