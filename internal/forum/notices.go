package forum

import (
	"context"
	"fmt"
	"slices"
)

// Subjects of mail are neutral: they may show on a locked screen.
const (
	subjectReply   = "You have a new reply"
	subjectMessage = "You have a new message"
	subjectStaff   = "The queue needs somebody"
)

// patient are the kinds of notice whose mail waits for [Options.MailHours]: news
// that should not wake anybody. A midwife's answer may say to call somebody now,
// and the team's alarms are about others, so neither waits.
var patient = []NoticeKind{NoticeReply, NoticeDecision, NoticeReport, NoticeCare, NoticeAppeal}

// tell writes a notice and, unless subject is empty, a mail that says only that
// there is one, with the job that sends it.
func (c *Community) tell(ctx context.Context, tx Store, n Notice, subject string, caseID *int64) error {
	n.State, n.CreatedAt = NoticeUnread, c.now()
	if err := tx.AddNotice(ctx, &n); err != nil {
		return fmt.Errorf("add a notice: %w", err)
	}
	if n.ID == 0 || subject == "" {
		return nil
	}
	m := Mail{
		Key: n.Key, PersonID: n.PersonID, CaseID: caseID, Subject: subject, State: MailWaiting, CreatedAt: n.CreatedAt,
		Text: "Hello,\n\nThere is something new for you on our site. To read it, sign in here:\n\n" + c.BaseURL + "/me/notices\n\nWe keep e-mails short and plain on purpose, in case somebody else sees them.\n",
	}
	if err := tx.AddMail(ctx, &m); err != nil {
		return fmt.Errorf("add a mail: %w", err)
	}
	if m.ID == 0 {
		return nil
	}
	at := n.CreatedAt
	if slices.Contains(patient, n.Kind) {
		at = c.MailHours.Next(at)
	}
	if err := tx.AddJob(ctx, Job{Kind: JobMail, Key: fmt.Sprintf("mail:%d", m.ID), SubjectID: m.ID, State: JobReady, RunAt: at, CreatedAt: n.CreatedAt}); err != nil {
		return fmt.Errorf("queue a mail: %w", err)
	}
	return nil
}

// announce tells the people whom a post answers, once, when readers can see it:
// the thread's writer, and the writer of the comment it replies to.
func (c *Community) announce(ctx context.Context, tx Store, p Post) error {
	if p.Part == PartOpening || p.State != StatePublic {
		return nil
	}
	everything := Actor{ID: p.AuthorID, Roles: []Role{RoleModerator}}
	t, err := tx.Thread(ctx, everything, p.ThreadID)
	if err != nil {
		return fmt.Errorf("look up thread %d: %w", p.ThreadID, err)
	}
	if !t.State.Shown() && t.State != StateWithdrawn {
		return nil // nobody but its writer can read the thread
	}
	kind, title := NoticeReply, "Somebody replied to you"
	if p.Capacity == AsMidwife {
		kind, title = NoticeMidwife, "A midwife has answered"
	}
	path := fmt.Sprintf("/threads/%d?post=%d#post-%d", p.ThreadID, p.ID, p.ID)
	told := map[int64]bool{p.AuthorID: true}
	send := func(personID int64) error {
		if told[personID] {
			return nil
		}
		told[personID] = true
		who, err := tx.Actor(ctx, personID)
		if err != nil {
			return fmt.Errorf("look up person %d: %w", personID, err)
		}
		if !tells(who.at(c.now()), c.Topics, t.Thread, p) {
			return nil
		}
		seen := t
		hideThread(Actor{ID: personID}, &seen)
		return c.tell(ctx, tx, Notice{
			Key: fmt.Sprintf("post:%d:%d", p.ID, personID), PersonID: personID, PostID: &p.ID, Kind: kind, Title: title,
			Body: "In “" + seen.Title + "”.", Path: path,
		}, subjectReply, nil)
	}
	if p.ParentID != nil {
		parent, err := tx.Post(ctx, everything, *p.ParentID)
		if err != nil {
			return fmt.Errorf("look up post %d: %w", *p.ParentID, err)
		}
		if err := send(parent.AuthorID); err != nil {
			return err
		}
	}
	return send(t.AuthorID)
}
