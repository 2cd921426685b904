package forum

import (
	"context"
	"errors"
	"fmt"
	"time"

	"snowdrop/moderation"
)

// Side is who speaks in a care thread.
type Side string

// The sides.
const (
	SideTeam   Side = "team"
	SideWriter Side = "writer"
)

// CareMessage is one message between the team and the writer of a post. It
// belongs to no decision: looking after somebody is never on record as punishing
// them.
type CareMessage struct {
	ID        int64
	Key       string // unique: the same key is one message
	CaseID    int64
	PersonID  int64 // the writer of the post
	ByID      int64
	Side      Side
	Body      string
	CreatedAt time.Time
}

// CareRow is a message with the name of whoever wrote it. Only the team sees the
// team's names.
type CareRow struct {
	CareMessage
	ByName string
}

// CareThread reads the messages of a case, oldest first, for its writer and for
// those who moderate.
func (c *Community) CareThread(ctx context.Context, a Actor, caseID int64) ([]CareRow, error) {
	k, err := c.careCase(ctx, a, caseID)
	if err != nil {
		return nil, err
	}
	rows, err := c.store.CareThread(ctx, caseID)
	if err != nil {
		return nil, fmt.Errorf("read a care thread: %w", err)
	}
	if a.ID != k.AuthorID {
		return rows, nil
	}
	if len(rows) == 0 {
		return nil, errNotFound // a writer does not learn that there is a case
	}
	for i := range rows {
		if rows[i].Side == SideTeam {
			rows[i].ByName, rows[i].ByID = "", 0
		}
	}
	return rows, nil
}

func (c *Community) careCase(ctx context.Context, a Actor, id int64) (CaseRow, error) {
	k, err := c.store.Case(ctx, id)
	if errors.Is(err, ErrNoRow) || err == nil && !a.Moderates() && (!a.SignedIn() || a.ID != k.AuthorID) {
		return CaseRow{}, errNotFound
	}
	if err != nil {
		return CaseRow{}, fmt.Errorf("read case %d: %w", id, err)
	}
	return k, nil
}

// WriteCare writes to the writer of a case's post. key makes a form sent twice one
// message. The case need not be claimed: a kind word is no decision.
func (c *Community) WriteCare(ctx context.Context, a Actor, caseID int64, key, typed string) error {
	k, err := c.kase(ctx, a, caseID)
	if err != nil {
		return err
	}
	if k.AuthorID == a.ID {
		return invalid("", BarAuthor.Words())
	}
	body, err := checkText("body", "your message", typed, 1, MaxNote)
	if err != nil {
		return err
	}
	if !decisionKey.MatchString(key) {
		return invalid("key", "This form is incomplete. Please open the case again.")
	}
	err = c.store.Tx(ctx, func(tx Store) error { return c.writeCare(ctx, tx, k, a.ID, key, body) })
	if err != nil {
		return fmt.Errorf("write to somebody: %w", err)
	}
	c.Nudge()
	return nil
}

func (c *Community) writeCare(ctx context.Context, tx Store, k CaseRow, by int64, key, body string) error {
	m := CareMessage{Key: fmt.Sprintf("%d:%s", k.ID, key), CaseID: k.ID, PersonID: k.AuthorID, ByID: by, Side: SideTeam, Body: body, CreatedAt: c.now()}
	if err := tx.AddCare(ctx, &m); err != nil || m.ID == 0 {
		return err
	}
	n := Notice{Key: fmt.Sprintf("care:%d", m.ID), PersonID: k.AuthorID, Kind: NoticeCare, Title: "Somebody from our team wrote to you", Body: body, Path: fmt.Sprintf("/care/%d", k.ID)}
	if err := c.tell(ctx, tx, n, subjectMessage, nil); err != nil {
		return err
	}
	return c.recordCase(ctx, tx, &by, k.ID, "care.written", "")
}

// careFirst opens the care thread with what the moderator wrote, when a decision
// is about care.
func (c *Community) careFirst(ctx context.Context, tx Store, r review, n NewDecision, d Decision) error {
	reason, _ := c.reason(n.Reason)
	if n.Action != ActionReachOut && !reason.Welfare || d.Message == "" {
		return nil
	}
	m := CareMessage{Key: fmt.Sprintf("%d:decision-%d", r.ID, d.ID), CaseID: r.ID, PersonID: r.AuthorID, ByID: d.ByID, Side: SideTeam, Body: d.Message, CreatedAt: d.CreatedAt}
	return tx.AddCare(ctx, &m) // the decision's own notice tells the writer
}

// AnswerCare is the writer who answers the team. The words are read by triage
// like a post, and always by a person: the case opens again. It returns the care
// cards to show at once.
func (c *Community) AnswerCare(ctx context.Context, a Actor, caseID int64, key, typed string) (Cards, error) {
	k, err := c.careCase(ctx, a, caseID)
	if err != nil {
		return nil, err
	}
	if rows, err := c.store.CareThread(ctx, caseID); err != nil {
		return nil, fmt.Errorf("read a care thread: %w", err)
	} else if a.ID != k.AuthorID || len(rows) == 0 {
		return nil, errNotFound
	}
	body, err := checkText("body", "your message", typed, 1, MaxNote)
	if err != nil {
		return nil, err
	}
	if !decisionKey.MatchString(key) {
		return nil, invalid("key", "This form is incomplete. Please open the page again.")
	}
	s := c.screen(ctx, "", body, AsParent, false)
	band := worse(s.Band, moderation.P3)
	if Heavy(k.Band) {
		band = worse(band, moderation.P1)
	}
	err = c.again(ctx, func(tx Store) error {
		m := CareMessage{Key: fmt.Sprintf("%d:%s", caseID, key), CaseID: caseID, PersonID: a.ID, ByID: a.ID, Side: SideWriter, Body: body, CreatedAt: c.now()}
		if err := tx.AddCare(ctx, &m); err != nil || m.ID == 0 {
			return err
		}
		post, err := tx.Post(ctx, everything, k.PostID)
		if err != nil {
			return err
		}
		sig := Signal{Kind: SignalCare, Band: band, Category: "care_answer", Why: "The writer has answered the team.", PersonID: &a.ID}
		if _, err := c.raise(ctx, tx, post.Post, band, []Signal{sig}); err != nil {
			return err
		}
		return c.recordCase(ctx, tx, &a.ID, caseID, "care.answered", string(band))
	})
	if err != nil {
		return nil, fmt.Errorf("answer the team: %w", err)
	}
	return s.Care, nil
}

// CareReading says when a person will have read what the writer answered. ok is
// false when nothing waits to be read.
func (c *Community) CareReading(ctx context.Context, a Actor, caseID int64) (r Reading, ok bool, err error) {
	k, err := c.careCase(ctx, a, caseID)
	if err != nil || !k.State.Live() {
		return Reading{}, false, err
	}
	return c.Reads(k.Case), true, nil
}

// CardsFor picks the care cards that a text calls for, as if it were posted now.
func (c *Community) CardsFor(ctx context.Context, text string) Cards {
	return c.screen(ctx, "", text, AsParent, false).Care
}

// ConsultState is whether a midwife has answered.
type ConsultState string

// The states.
const (
	ConsultOpen     ConsultState = "open"
	ConsultAnswered ConsultState = "answered"
)

// Consult is a question by a moderator to the midwives about a post.
type Consult struct {
	ID         int64
	CaseID     int64
	Revision   int
	Question   string
	AskedBy    int64
	State      ConsultState
	Answer     string
	AnsweredBy *int64
	CreatedAt  time.Time
	AnsweredAt *time.Time
}

// ConsultRow is a question with the words it is about.
type ConsultRow struct {
	Consult
	Body        string
	ThreadTitle string
}

func (c *Community) askMidwives(ctx context.Context, tx Store, r review, n NewDecision, now time.Time) error {
	q := Consult{CaseID: r.ID, Revision: r.Revision, Question: n.Question, AskedBy: *r.HolderID, State: ConsultOpen, CreatedAt: now}
	if err := tx.AddConsult(ctx, &q); err != nil {
		return err
	}
	team, err := tx.People(ctx, RoleMidwife)
	if err != nil {
		return fmt.Errorf("list the midwives: %w", err)
	}
	for _, id := range team {
		if id == r.AuthorID {
			continue
		}
		told := Notice{Key: fmt.Sprintf("consult:%d:%d", q.ID, id), PersonID: id, Kind: NoticeStaff, Title: "A moderator asks for a midwife's eye", Body: "Please read the post and say what you think.", Path: "/questions"}
		if err := c.tell(ctx, tx, told, subjectStaff, nil); err != nil {
			return err
		}
	}
	return nil
}

// OpenConsults lists what moderators ask the midwives, oldest first.
func (c *Community) OpenConsults(ctx context.Context, a Actor) ([]ConsultRow, error) {
	if !a.Midwife() {
		return nil, errNotFound
	}
	rows, err := c.store.OpenConsults(ctx, a.ID)
	if err != nil {
		return nil, fmt.Errorf("list questions to midwives: %w", err)
	}
	return rows, nil
}

// AnswerConsult is a midwife's answer; the case is open again with it. The first
// answer counts.
func (c *Community) AnswerConsult(ctx context.Context, a Actor, id int64, typed string) error {
	rows, err := c.OpenConsults(ctx, a)
	if err != nil {
		return err
	}
	if err := c.mayWrite(a); err != nil {
		return err
	}
	answer, err := checkText("answer", "your answer", typed, 1, MaxNote)
	if err != nil {
		return err
	}
	for _, q := range rows {
		if q.ID != id {
			continue
		}
		err := c.again(ctx, func(tx Store) error {
			k, err := tx.Case(ctx, q.CaseID)
			if err != nil {
				return err
			}
			if err := tx.AnswerConsult(ctx, id, a.ID, answer, c.now()); err != nil {
				return err
			}
			post, err := tx.Post(ctx, everything, k.PostID)
			if err != nil {
				return err
			}
			s := Signal{Kind: SignalNote, Band: moderation.None, Category: "midwife", Why: "A midwife has answered.", PersonID: &a.ID, Note: answer}
			if _, err := c.raise(ctx, tx, post.Post, k.Band, []Signal{s}); err != nil {
				return err
			}
			return c.recordCase(ctx, tx, &a.ID, k.ID, "case.consulted", "")
		})
		if errors.Is(err, ErrNoRow) {
			return &Error{Kind: LostRace, Message: "Somebody else has answered this already. Thank you."}
		}
		if err != nil {
			return fmt.Errorf("answer a question: %w", err)
		}
		return nil
	}
	return errNotFound
}
