package forum

import "time"

// NoticeState is whether its reader has seen a notice.
type NoticeState string

const (
	NoticeUnread NoticeState = "unread"
	NoticeRead   NoticeState = "read"
)

// NoticeKind is what a notice is about.
type NoticeKind string

const (
	NoticeReply    NoticeKind = "reply"    // somebody replied
	NoticeMidwife  NoticeKind = "midwife"  // a midwife answered
	NoticeDecision NoticeKind = "decision" // a moderator decided on your post
	NoticeReport   NoticeKind = "report"   // what became of your report
	NoticeCare     NoticeKind = "care"     // the team wrote to you
	NoticeAppeal   NoticeKind = "appeal"   // what became of your asking for another look
	NoticeStaff    NoticeKind = "staff"    // the queue needs somebody
)

// Notice is something a member is told inside the site.
type Notice struct {
	ID        int64
	Key       string // unique: the same key is one notice
	PersonID  int64
	Kind      NoticeKind
	Title     string
	Body      string // plain text, paragraphs separated by blank lines
	Words     string // the person's own words given back; may be empty
	Path      string // the page it leads to, e.g. /threads/7#post-9
	State     NoticeState
	PostID    *int64 // the post that it tells of; nil for what our team says
	CreatedAt time.Time
}

// MailState is how far a mail has come.
type MailState string

const (
	MailWaiting  MailState = "waiting"
	MailSending  MailState = "sending" // handed to the mail server, answer not yet recorded
	MailSent     MailState = "sent"
	MailFailed   MailState = "failed"   // refused for good
	MailDoubtful MailState = "doubtful" // we crashed while it was being handed over; not sent again, lest it arrive twice
)

// Mail is one message to a member. The address is looked up and unsealed only
// when it is sent; subject and text never hold words from the forum. A text with a
// one-time link, and an address that is not the person's own, are in Sealed.
type Mail struct {
	ID        int64
	Key       string // unique: the same key is one mail
	PersonID  int64
	CaseID    *int64 // the case whose notices must be delivered before it closes
	Subject   string
	Text      string
	State     MailState
	CreatedAt time.Time
	SentAt    *time.Time
	Sealed    []byte // an envelope, sealed; emptied once the mail is over
}

// JobState is how far a job has come.
type JobState string

const (
	JobReady   JobState = "ready"
	JobRunning JobState = "running"
	JobDone    JobState = "done"
	JobFailed  JobState = "failed"
)

// JobKind is what a job does.
type JobKind string

const (
	JobMail  JobKind = "mail"  // deliver mail SubjectID
	JobClock JobKind = "clock" // warn of cases that wait too long; one job that comes back for ever
	JobSweep JobKind = "sweep" // throw away what has expired; close cases whose notices are delivered
)

// Job is work that happens without a request. It is leased while it runs;
// Attempts fences a late finish.
type Job struct {
	ID         int64
	Kind       JobKind
	Key        string // unique: the same key is one job
	SubjectID  int64
	State      JobState
	Attempts   int
	RunAt      time.Time
	LeaseUntil *time.Time
	CreatedAt  time.Time
}
