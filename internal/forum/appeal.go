package forum

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// AppealState is what came of an appeal.
type AppealState string

// The states.
const (
	AppealOpen       AppealState = "open"
	AppealUpheld     AppealState = "upheld"     // what was decided stands
	AppealPartly     AppealState = "partly"     // something else was decided instead
	AppealOverturned AppealState = "overturned" // everything that was done was taken back
)

// AppealStates lists them.
var AppealStates = []AppealState{AppealOpen, AppealUpheld, AppealPartly, AppealOverturned}

// Appeal is somebody who asks for another person to look at a decision about
// them again.
type Appeal struct {
	ID         int64
	CaseID     int64
	DecisionID int64
	PersonID   int64
	Note       string // may be empty: nobody has to argue
	State      AppealState
	Answer     string
	AnsweredBy *int64
	DueAt      time.Time
	CreatedAt  time.Time
	AnsweredAt *time.Time
}

// AppealWindow is how long after a decision somebody may ask again.
const AppealWindow = 28 * 24 * time.Hour

// MyDecision is a decision about somebody, as they may see it.
type MyDecision struct {
	Decision Decision // without what is for the team
	PostID   int64
	ThreadID int64
	Title    string    // of the thread
	Own      bool      // about their own post; else only about what they did to it
	Words    string    // of their post, as it was decided on
	Covered  []string  // the lines that were covered, with [ActionRedact]
	Two      bool      // two people decided, each without knowing the other's choice
	Measures []Measure // on them
	Appeal   *Appeal
	Until    time.Time // they may appeal up to here; zero: not (any more)
}

// MyDecisions lists the decisions that the actor was told of, newest first, with
// what became of their appeals. What changed nothing for them stays unsaid: it
// would tell them that somebody reported them.
func (c *Community) MyDecisions(ctx context.Context, a Actor) ([]MyDecision, error) {
	if !a.SignedIn() {
		return nil, errSignedOut
	}
	list, err := c.store.DecisionsAbout(ctx, a.ID)
	if err != nil {
		return nil, fmt.Errorf("list decisions about somebody: %w", err)
	}
	measures, err := c.store.Measures(ctx, a.ID)
	if err != nil {
		return nil, fmt.Errorf("list measures: %w", err)
	}
	appeals, err := c.store.AppealsBy(ctx, a.ID)
	if err != nil {
		return nil, fmt.Errorf("list appeals: %w", err)
	}
	now := c.now()
	for i := range list {
		d := &list[i].Decision
		for _, m := range measures {
			if m.DecisionID == d.ID {
				list[i].Measures = append(list[i].Measures, m)
			}
		}
		for j, one := range appeals {
			if one.DecisionID == d.ID {
				list[i].Appeal = &appeals[j]
			}
		}
		if until := d.CreatedAt.Add(AppealWindow); d.State == DecisionStanding && list[i].Appeal == nil && now.Before(until) && appealable(*d, list[i].Measures) {
			list[i].Until = until
		}
		list[i].Two = d.SecondID != nil
		d.Note, d.ByID, d.SecondID, d.FalseAlarm, d.Undo = "", 0, nil, false, Undo{}
		if !list[i].Own { // what the writer was told is not for them
			d.Message, d.Reason, d.Action = "", "", ""
		}
	}
	return list, nil
}

// appealable says whether a decision did something that could be taken back.
func appealable(d Decision, measures []Measure) bool {
	return len(measures) > 0 || !slices.Contains([]Action{ActionKeep, ActionReachOut, ActionMidwife, ActionSafeguarding, ActionUphold, ActionOverturn}, d.Action)
}

// Appeal asks for another look at a decision about the actor: one tap, no reason
// needed, also while they may not write. The same again is the same appeal.
func (c *Community) Appeal(ctx context.Context, a Actor, decisionID int64, note string) (Appeal, error) {
	mine, err := c.MyDecisions(ctx, a)
	if err != nil {
		return Appeal{}, err
	}
	i := slices.IndexFunc(mine, func(m MyDecision) bool { return m.Decision.ID == decisionID })
	if i < 0 {
		return Appeal{}, errNotFound
	}
	if mine[i].Appeal != nil {
		return *mine[i].Appeal, nil
	}
	if mine[i].Until.IsZero() {
		return Appeal{}, invalid("", "This can't be looked at again: either nothing was changed, or more than four weeks have passed. You can still write to our team.")
	}
	if note, err = checkText("note", "your note", note, 0, MaxNote); err != nil {
		return Appeal{}, err
	}
	now, clock := c.now(), c.Clocks[BandAppeal]
	ap := Appeal{CaseID: mine[i].Decision.CaseID, DecisionID: decisionID, PersonID: a.ID, Note: note, State: AppealOpen, DueAt: clock.Hours.Add(now, clock.Decide), CreatedAt: now}
	err = c.again(ctx, func(tx Store) error {
		post, err := tx.Post(ctx, everything, mine[i].PostID)
		if err != nil {
			return err
		}
		s := Signal{Kind: SignalAppeal, Band: BandAppeal, Category: "appeal", Why: "Somebody asks for another look at a decision.", PersonID: &a.ID, Note: note}
		if _, err := c.raise(ctx, tx, post.Post, BandAppeal, []Signal{s}); err != nil {
			return err
		}
		ap.ID = 0
		if err := tx.AddAppeal(ctx, &ap); err != nil {
			return err
		}
		if err := tx.AddRecord(ctx, RecordEntry{ActorID: &a.ID, Action: "appeal.filed", Subject: "case", SubjectID: ap.CaseID, Detail: fmt.Sprintf("decision %d", decisionID), CreatedAt: now}); err != nil {
			return err
		}
		return c.tell(ctx, tx, Notice{
			Key: fmt.Sprintf("appeal:%d:%d", decisionID, a.ID), PersonID: a.ID, Kind: NoticeAppeal, Title: "Somebody else will look at this again", Path: "/me/notices",
			Body: "Thank you for asking. Somebody from our team who did not decide the first time will look, and will write to you by " + ap.DueAt.In(c.zone()).Format("Monday 2 January") + ".",
		}, "", nil)
	})
	if errors.Is(err, ErrTaken) { // the other of two taps was first
		return c.Appeal(ctx, a, decisionID, note)
	}
	if err != nil {
		return Appeal{}, fmt.Errorf("file an appeal: %w", err)
	}
	c.Nudge()
	return ap, nil
}

// AddToAppeal adds a note to an open appeal of the actor's that has none yet.
func (c *Community) AddToAppeal(ctx context.Context, a Actor, decisionID int64, note string) error {
	mine, err := c.MyDecisions(ctx, a)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(mine, func(m MyDecision) bool { return m.Decision.ID == decisionID && m.Appeal != nil })
	if i < 0 {
		return errNotFound
	}
	if note, err = checkText("note", "your note", note, 1, MaxNote); err != nil {
		return err
	}
	ap := *mine[i].Appeal
	if ap.Note == note {
		return nil // the same tap again
	}
	err = c.again(ctx, func(tx Store) error {
		if err := tx.SetAppealNote(ctx, ap.ID, note); err != nil {
			return err
		}
		post, err := tx.Post(ctx, everything, mine[i].PostID)
		if err != nil {
			return err
		}
		s := Signal{Kind: SignalAppeal, Band: BandAppeal, Category: "appeal", Why: "Whoever asks for another look has added something.", PersonID: &a.ID, Note: note}
		_, err = c.raise(ctx, tx, post.Post, BandAppeal, []Signal{s})
		return err
	})
	if errors.Is(err, ErrNoRow) {
		return &Error{Kind: LostRace, Field: "note", Message: "This was answered in the meantime, or has a note already."}
	}
	if err != nil {
		return fmt.Errorf("add to an appeal: %w", err)
	}
	c.Nudge()
	return nil
}

// answerAppeals answers every open appeal of a decided case in writing: with
// “uphold” and “overturn” as they say, and with any other decision in part.
func (c *Community) answerAppeals(ctx context.Context, tx Store, r review, n NewDecision, d Decision) error {
	if len(r.appeals) == 0 {
		return nil
	}
	to, title, body := AppealPartly, "We have changed what we decided", "Somebody else from our team has looked at it again and decided differently on a part of it. You find what holds now in the message beside this one."
	switch n.Action {
	case ActionUphold:
		to, title, body = AppealUpheld, "We have looked at it again", "Somebody else from our team has read everything again. What we decided stands. We know that this is hard to read, and thank you for asking."
	case ActionOverturn:
		to, title, body = AppealOverturned, "You were right to ask, and we are sorry", "Somebody else from our team has looked at it again, and we got it wrong. What we did has been taken back, and nothing of it counts against you."
	}
	if n.Message != "" {
		body = n.Message
	}
	appealed := r.appealed()
	slices.Reverse(appealed) // the latest is taken back first
	for _, old := range appealed {
		if to == AppealUpheld {
			continue
		}
		if err := c.reverse(ctx, tx, r, old, to == AppealOverturned, d.CreatedAt); err != nil {
			return err
		}
	}
	for _, ap := range r.appeals {
		ap.State, ap.Answer, ap.AnsweredBy, ap.AnsweredAt = to, body, &d.ByID, &d.CreatedAt
		if err := tx.AnswerAppeal(ctx, ap); err != nil {
			return err
		}
		told := Notice{Key: fmt.Sprintf("appeal-answer:%d", ap.ID), PersonID: ap.PersonID, Kind: NoticeAppeal, Title: title, Body: body, Path: "/me/notices"}
		if err := c.tell(ctx, tx, told, subjectMessage, &r.ID); err != nil {
			return err
		}
	}
	return c.recordCase(ctx, tx, &d.ByID, r.ID, "appeal."+string(to), "")
}

// reverse takes back what a decision did: its measures always, and what it did to
// the post and the thread when all of it was wrong. A post that was hidden then is
// shown: a person has read it now. What was changed again since stays as it is.
func (c *Community) reverse(ctx context.Context, tx Store, r review, old Decision, whole bool, now time.Time) error {
	if err := tx.ReverseDecision(ctx, old.ID); err != nil {
		return err
	}
	if !whole {
		return nil
	}
	row, err := tx.Post(ctx, everything, r.PostID)
	if err != nil {
		return fmt.Errorf("read the post: %w", err)
	}
	hiddenSince := slices.ContainsFunc(r.decisions, func(d DecisionRow) bool {
		to := effects[d.Action].post
		asked := slices.ContainsFunc(r.appeals, func(a Appeal) bool { return a.DecisionID == d.ID })
		return d.ID > old.ID && d.State == DecisionStanding && to != "" && !to.Shown() && !asked
	})
	if row.State != StateWithdrawn && !hiddenSince {
		to := StatePublic
		if old.Undo.Post == StateFolded {
			to = StateFolded
		}
		if err := move(ctx, tx, row.ID, row.State, to, now); err != nil {
			return err
		}
	}
	u := old.Undo
	if u.Redacted == row.Revision {
		revisions, err := tx.Revisions(ctx, row.ID)
		if err != nil {
			return fmt.Errorf("read the revisions: %w", err)
		}
		i := slices.IndexFunc(revisions, func(v Revision) bool { return v.Number == u.Redacted-1 })
		if i >= 0 {
			p := row.Post
			p.Body, p.EditedAt = revisions[i].Body, &now
			if err := tx.EditPost(ctx, p, row.Revision, ""); err != nil {
				return err
			}
		}
	}
	if u.Noted {
		if err := tx.SetMentions(ctx, row.ID, u.Mentions); err != nil {
			return err
		}
	}
	if u.Topic != "" {
		if err := tx.SetTopic(ctx, row.ThreadID, u.Topic); err != nil {
			return err
		}
	}
	if u.Pace != "" {
		if err := tx.SetPace(ctx, row.ThreadID, u.Pace); err != nil {
			return err
		}
	}
	if u.Corrected {
		return tx.SetCorrection(ctx, row.ID, u.Correction)
	}
	return nil
}
