package forum

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"snowdrop/moderation"
)

// PostEdit is the form of somebody who changes their own words.
type PostEdit struct {
	PostID       int64
	Revision     int    // the wording they started from; 0: whichever is present
	Title        string // for an opening post
	Body         string
	Mentions     Mentions
	Audience     Audience // for an opening post: members narrows it; anything else leaves it
	Acknowledged string
}

// errChanged tells a writer that the post moved on while they typed.
var errChanged = &Error{Kind: LostRace, Message: "This post changed while you were writing. Your words are safe: they are below, beside what is there now."}

// Own reads one's own post for editing or withdrawing.
func (c *Community) Own(ctx context.Context, a Actor, id int64) (PostRow, error) {
	if !a.SignedIn() {
		return PostRow{}, errSignedOut
	}
	p, err := c.post(ctx, a, id)
	if err != nil {
		return PostRow{}, err
	}
	if p.AuthorID != a.ID || p.State == StateWithdrawn {
		return PostRow{}, errNotFound
	}
	return p, nil
}

// Asked is what a moderator asked the writer to change in a post that came back
// to them; empty for a post in any other state.
func (c *Community) Asked(ctx context.Context, p PostRow) (string, error) {
	if p.State != StateDraft {
		return "", nil
	}
	k, err := c.store.CaseOfPost(ctx, p.ID)
	if err != nil {
		return "", fmt.Errorf("look up the case of post %d: %w", p.ID, err)
	}
	decisions, err := c.store.Decisions(ctx, k.ID)
	if err != nil {
		return "", fmt.Errorf("read the decisions of case %d: %w", k.ID, err)
	}
	asked := Decision{}
	for _, d := range decisions {
		if d.Action == ActionAskChange && d.ID > asked.ID {
			asked = d.Decision
		}
	}
	return asked.Message, nil
}

// EditPost changes a post's words. The wording before is kept. The new wording is
// read by triage like a new post; a post that waits for a moderator keeps
// waiting, and one that was decided on goes back to them.
func (c *Community) EditPost(ctx context.Context, a Actor, e PostEdit) (Post, error) {
	row, err := c.Own(ctx, a, e.PostID)
	if err != nil {
		return Post{}, err
	}
	if row.State == StateRemoved {
		return Post{}, errNotFound
	}
	if row.State != StateDraft { // what we asked to be changed may be
		if err := c.mayWrite(a); err != nil {
			return Post{}, err
		}
	}
	if row.Capacity == AsMidwife && !a.Midwife() {
		return Post{}, invalid("", "You wrote this as a midwife, and can't answer as one now. You can take it back, or write something new as a parent. Your words are still on this page.")
	}
	title := ""
	body, bodyErr := checkText("body", "your words", e.Body, 1, MaxBody)
	faults := []error{bodyErr, checkMentions(e.Mentions)}
	if row.Part == PartOpening {
		var titleErr error
		title, titleErr = checkText("title", "a title", e.Title, 1, MaxTitle)
		title = strings.Join(strings.Fields(title), " ")
		faults = append(faults, titleErr)
	}
	if err := errors.Join(faults...); err != nil {
		return Post{}, err
	}
	if e.Revision != 0 && e.Revision != row.Revision {
		return Post{}, errChanged
	}
	if err := c.throttle(ctx, "post", fmt.Sprint(a.ID), limitPost); err != nil {
		return Post{}, err
	}
	s := c.screen(ctx, title, body, row.Capacity, a.Unconfirmed)
	if err := nudge(s.Assessment, len(title), e.Acknowledged); err != nil {
		return Post{}, err
	}
	if e.Acknowledged == AcknowledgedHide && !s.Failed {
		if title == "" {
			body = hideDetails(body, 0, s.Assessment)
		} else {
			title, body = hideDetails(title, 0, s.Assessment), hideDetails(body, len(title)+2, s.Assessment)
		}
		s = c.screen(ctx, title, body, row.Capacity, a.Unconfirmed)
	}
	now := c.now()
	p := row.Post
	p.Body, p.Mentions, p.Revision, p.EditedAt, p.Care, p.BodyLevel = body, e.Mentions, row.Revision+1, &now, s.Care, s.Assessment.Body
	p.Suggested, p.Matters = s.matters(nil), s.matters(e.Mentions)
	to := stateAfterEdit(row.State, s.State)
	band, signals := s.Band, s.Signals
	if band == moderation.None || band == "" {
		band = moderation.P4
	}
	signals = append(signals, Signal{Kind: SignalEdit, Band: band, Category: "edited", Why: "The writer changed the post."})
	err = c.store.Tx(ctx, func(tx Store) error {
		if err := tx.EditPost(ctx, p, row.Revision, title); err != nil {
			return err
		}
		if row.Part == PartOpening && e.Audience == AudienceMembers {
			if err := tx.SetAudience(ctx, row.ThreadID, AudienceMembers); err != nil {
				return err
			}
		}
		if err := move(ctx, tx, p.ID, row.State, to, now); err != nil {
			return err
		}
		if err := c.raiseEdited(ctx, tx, p, s.Band, band, signals); err != nil {
			return err
		}
		return tx.AddRecord(ctx, RecordEntry{ActorID: &a.ID, Action: "post.edited", Subject: "post", SubjectID: p.ID, Detail: fmt.Sprintf("revision %d, %s", p.Revision, to), CreatedAt: now})
	})
	if errors.Is(err, ErrLost) {
		return Post{}, errChanged
	}
	if err != nil {
		return Post{}, fmt.Errorf("edit a post: %w", err)
	}
	p.State = to
	return p, nil
}

// raiseEdited brings the post's case back. A post that never had one gets one
// only if triage found something in the new wording.
func (c *Community) raiseEdited(ctx context.Context, tx Store, p Post, found, band moderation.Band, signals []Signal) error {
	_, err := tx.CaseOfPost(ctx, p.ID)
	if errors.Is(err, ErrNoRow) {
		band = found
	} else if err != nil {
		return fmt.Errorf("look up the case of post %d: %w", p.ID, err)
	}
	_, err = c.raise(ctx, tx, p, band, signals)
	return err
}

// stateAfterEdit never makes a post more visible than a moderator left it.
func stateAfterEdit(was, screened PostState) PostState {
	switch was {
	case StateHeld, StateDraft:
		return StateHeld
	case StateFolded:
		if screened == StateHeld {
			return StateHeld
		}
		return StateFolded
	}
	return screened
}

// Withdraw takes a post back. Its writer keeps the words; replies by others stay.
func (c *Community) Withdraw(ctx context.Context, a Actor, id int64) (PostRow, error) {
	row, err := c.Own(ctx, a, id)
	if err != nil {
		return PostRow{}, err
	}
	now := c.now()
	err = c.store.Tx(ctx, func(tx Store) error {
		if err := move(ctx, tx, id, row.State, StateWithdrawn, now); err != nil {
			return err
		}
		if err := tx.DropSubmissions(ctx, id); err != nil {
			return err
		}
		if err := c.noteWithdrawal(ctx, tx, id); err != nil {
			return err
		}
		return tx.AddRecord(ctx, RecordEntry{ActorID: &a.ID, Action: "post.withdrawn", Subject: "post", SubjectID: id, Detail: "was " + string(row.State), CreatedAt: now})
	})
	if errors.Is(err, ErrLost) {
		return PostRow{}, errChanged
	}
	if err != nil {
		return PostRow{}, fmt.Errorf("withdraw a post: %w", err)
	}
	return row, nil
}

// noteWithdrawal raises the version of the post's case, so that nobody decides on
// words that were taken back without having been told.
func (c *Community) noteWithdrawal(ctx context.Context, tx Store, postID int64) error {
	k, err := tx.CaseOfPost(ctx, postID)
	if errors.Is(err, ErrNoRow) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look up the case of post %d: %w", postID, err)
	}
	if k.WaitFor != WaitNobody {
		k.WaitFor, k.WaitUntil = WaitNobody, nil
		if k.State == CaseWaiting {
			k.State = CaseOpen
		}
	}
	if err := tx.SaveCase(ctx, &k); err != nil {
		return err
	}
	for _, s := range []ProposalState{ProposalOpen, ProposalDiffers} {
		if err := tx.SetProposals(ctx, k.ID, s, ProposalVoid); err != nil {
			return err
		}
	}
	return c.recordCase(ctx, tx, nil, k.ID, "case.signal", "withdrawn")
}

// SetSupport says "with you" on somebody else's post, or takes it back.
func (c *Community) SetSupport(ctx context.Context, a Actor, id int64, on bool) (PostRow, error) {
	if !a.SignedIn() {
		return PostRow{}, errSignedOut
	}
	p, err := c.post(ctx, a, id)
	if err != nil {
		return PostRow{}, err
	}
	if p.AuthorID == a.ID || !p.State.Shown() {
		return p, nil
	}
	if err := c.mayJoinIn(a); err != nil {
		return PostRow{}, err
	}
	if err := c.store.SetSupport(ctx, Support{PersonID: a.ID, PostID: id, CreatedAt: c.now()}, on); err != nil {
		return PostRow{}, fmt.Errorf("note support: %w", err)
	}
	return p, nil
}

// move changes a post's state if the way there is allowed. A way that is not is
// told like a lost race: whoever asked saw an older state.
func move(ctx context.Context, tx Store, postID int64, from, to PostState, now time.Time) error {
	if !from.May(to) {
		return ErrLost
	}
	return tx.MovePost(ctx, postID, from, to, now)
}
