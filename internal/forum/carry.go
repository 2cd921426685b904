package forum

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Undo is what stood before a decision, for an overturn to put back.
type Undo struct {
	Post       PostState `json:"post,omitempty"`
	Mentions   Mentions  `json:"mentions,omitempty"`
	Noted      bool      `json:"noted,omitempty"` // content notes were added
	Topic      string    `json:"topic,omitempty"`
	Pace       Pace      `json:"pace,omitempty"`
	Corrected  bool      `json:"corrected,omitempty"`
	Correction string    `json:"correction,omitempty"`
	Redacted   int       `json:"redacted,omitempty"` // the revision that the covering made
}

// Value stores it as JSON.
func (u Undo) Value() (driver.Value, error) {
	text, err := json.Marshal(u)
	return string(text), err
}

// Scan reads what Value stored.
func (u *Undo) Scan(src any) error {
	switch v := src.(type) {
	case string:
		return json.Unmarshal([]byte(v), u)
	case []byte:
		return json.Unmarshal(v, u)
	}
	return fmt.Errorf("what to undo is stored as text, not %T", src)
}

// GormDataType says that the column is text.
func (Undo) GormDataType() string { return "string" }

// carryOut does what n says, on behalf of by and, where two agreed, of second.
func (c *Community) carryOut(ctx context.Context, tx Store, by int64, second *int64, r review, n NewDecision) error {
	now := c.now()
	out := effects[n.Action]
	to := Move{CaseID: r.ID, Lease: n.Lease, Version: n.Version, Revision: n.Revision, To: out.state, WaitFor: out.wait, WaitUntil: c.waitUntil(out.wait, r.Band, now), Now: now}
	if err := tx.DecideCase(ctx, to); err != nil {
		return err
	}
	row, err := tx.Post(ctx, Actor{ID: r.AuthorID}, r.PostID)
	if err != nil {
		return fmt.Errorf("read the post: %w", err)
	}
	thread, err := tx.Thread(ctx, everything, r.ThreadID)
	if err != nil {
		return fmt.Errorf("read the thread: %w", err)
	}
	spoke, versions := Spoke(r.signals, n.Revision)
	n.FalseAlarm = n.FalseAlarm && spoke
	d := Decision{
		CaseID: r.ID, CaseVersion: n.Version, Key: n.Key, Revision: n.Revision, Band: r.Band, Action: n.Action, Reason: n.Reason, Message: c.message(n), Note: n.Note,
		FalseAlarm: n.FalseAlarm, ByID: by, SecondID: second, State: DecisionStanding, OpenedAt: &r.OpenedAt, LookedAt: r.LookedAt, CreatedAt: now,
		Undo: undoOf(row, thread, n),
	}
	if err := tx.AddDecision(ctx, &d); err != nil {
		return err
	}
	if err := c.change(ctx, tx, r, row, n, out, now); err != nil {
		return err
	}
	if err := c.measure(ctx, tx, r, n, d, now); err != nil {
		return err
	}
	if out.state == CaseDecided {
		if err := c.settle(ctx, tx, r, n, d); err != nil {
			return err
		}
		if err := c.answerAppeals(ctx, tx, r, n, d); err != nil {
			return err
		}
	}
	if err := c.tellAuthor(ctx, tx, r.CaseRow, d, n); err != nil {
		return err
	}
	if err := c.careFirst(ctx, tx, r, n, d); err != nil {
		return err
	}
	after, err := tx.Post(ctx, everything, r.PostID)
	if err != nil {
		return fmt.Errorf("read the decided post: %w", err)
	}
	if err := c.announce(ctx, tx, after.Post); err != nil {
		return err
	}
	detail := strings.TrimSpace(string(n.Action) + " " + n.Reason)
	if n.FalseAlarm {
		detail += ", false alarm"
	}
	if second != nil {
		detail += fmt.Sprintf(", agreed by person %d", *second)
	}
	if len(versions) > 0 {
		detail += ", rules " + strings.Join(versions, " ")
	}
	return c.recordCase(ctx, tx, &by, r.ID, "case.decided", detail)
}

// everything is an actor who sees every state, for use cases that act on all.
var everything = Actor{ID: -1, Roles: []Role{RoleModerator}}

func undoOf(p PostRow, t ThreadRow, n NewDecision) Undo {
	u := Undo{Post: p.State}
	switch n.Action {
	case ActionNote:
		u.Noted, u.Mentions = true, p.Mentions
	case ActionMove:
		u.Topic = t.Topic
	case ActionLock, ActionSlow:
		u.Pace = t.Pace
	case ActionCorrect:
		u.Corrected, u.Correction = true, p.Correction
	case ActionRedact:
		u.Redacted = p.Revision + 1
	}
	return u
}

// change does to the post and its thread what the action says. A post that its
// writer took back stays so: their word stands.
func (c *Community) change(ctx context.Context, tx Store, r review, row PostRow, n NewDecision, out effect, now time.Time) error {
	if out.post != "" && row.State != StateWithdrawn {
		if err := move(ctx, tx, r.PostID, r.PostState, out.post, now); err != nil {
			return err
		}
	}
	switch n.Action {
	case ActionNote:
		all := slices.Clone(row.Mentions)
		for _, m := range n.Mentions {
			if !slices.Contains(all, m) {
				all = append(all, m)
			}
		}
		return tx.SetMentions(ctx, r.PostID, all)
	case ActionRedact:
		p := row.Post
		p.Body, p.EditedAt = coverLines(row.Body, n.Lines), &now
		return tx.EditPost(ctx, p, row.Revision, "")
	case ActionMove:
		return tx.SetTopic(ctx, r.ThreadID, n.Topic)
	case ActionLock:
		return tx.SetPace(ctx, r.ThreadID, PaceLocked)
	case ActionSlow:
		return tx.SetPace(ctx, r.ThreadID, PaceSlow)
	case ActionCorrect:
		return tx.SetCorrection(ctx, r.PostID, n.Correction)
	case ActionMidwife:
		return c.askMidwives(ctx, tx, r, n, now)
	case ActionSafeguarding, ActionEmergency:
		return c.tellTeam(ctx, tx, r.Case, fmt.Sprintf("safeguarding:%d:%d", r.ID, n.Version), fmt.Sprintf("A case waits for a safeguarding lead (%s)", r.Band), "Please look as soon as you can.", true)
	}
	return nil
}

// settle gives every open signal its outcome, and tells each person who reported
// what came of it: once, in general terms.
func (c *Community) settle(ctx context.Context, tx Store, r review, n NewDecision, d Decision) error {
	told := map[int64]bool{r.AuthorID: true}
	for _, s := range r.signals {
		if s.Outcome != OutcomeOpen {
			continue
		}
		o, chosen := n.Outcomes[s.ID]
		if !chosen {
			o = c.outcome(s, n)
		}
		if err := tx.SettleSignal(ctx, s.ID, o, d.ID, d.CreatedAt); err != nil {
			return err
		}
		if s.Kind != SignalReport || s.PersonID == nil || told[*s.PersonID] {
			continue
		}
		told[*s.PersonID] = true
		answer := Notice{
			Key: fmt.Sprintf("outcome:%d:%d", d.ID, *s.PersonID), PersonID: *s.PersonID, Kind: NoticeReport,
			Title: "We looked at what you told us about", Body: c.reporterWords(s.Door, o, n), Path: "/me/notices",
		}
		if err := c.tell(ctx, tx, answer, subjectMessage, &r.ID); err != nil {
			return err
		}
	}
	return nil
}

// outcome is what came of a signal when the moderator did not say.
func (c *Community) outcome(s SignalRow, n NewDecision) Outcome {
	kept := n.Action == ActionKeep || n.Action == ActionUphold
	reason, _ := c.reason(n.Reason)
	switch {
	case n.FalseAlarm && s.Kind != SignalReport:
		return OutcomeFalseAlarm
	case s.Door == DoorWorried, reason.Welfare:
		return OutcomeCare
	case kept:
		return OutcomeKept
	}
	return OutcomeActed
}

func (c *Community) reporterWords(door Door, o Outcome, n NewDecision) string {
	switch r, known := c.reason(n.Reason); {
	case o == OutcomeMisuse:
		return "We read the post that you told us about. It may stay, and we think your report was not meant to keep somebody safe. Please use reports only for that."
	case n.Answer != "" && o != OutcomeDuplicate:
		return n.Answer
	case known && r.Reporter != "" && (o == OutcomeActed || o == OutcomeCare || o == OutcomeKept):
		return r.Reporter
	case door == DoorWorried:
		return "Thank you for looking out for somebody here. A person from our team has read the post and is looking after this. You do not have to."
	}
	return "Thank you for telling us. A person from our team has read the post and decided what is right for it. We don't share details about other people."
}

// message is what the author is told: the moderator's words, or the reason's.
func (c *Community) message(n NewDecision) string {
	if n.Message != "" {
		return n.Message
	}
	if r, known := c.reason(n.Reason); known {
		return r.Author
	}
	if effects[n.Action].silent {
		return ""
	}
	return "Thank you for waiting. Somebody from our team has read your post, and it is on the page now."
}

// tells says whether the writer hears of a decision.
func (c *Community) tells(k CaseRow, n NewDecision) bool {
	unchanged := n.Action == ActionKeep && (k.PostState == StatePublic || k.PostState == StateWithdrawn)
	appeal := n.Action == ActionUphold || n.Action == ActionOverturn
	return n.Message != "" || len(n.Measures) > 0 || appeal || !unchanged && !effects[n.Action].silent
}

// tellAuthor says what happened, why, and gives the words back. When nothing
// changed for the author, because a reported post stays as it was, they are not
// told that somebody reported them, unless the moderator wrote to them.
func (c *Community) tellAuthor(ctx context.Context, tx Store, k CaseRow, d Decision, form NewDecision) error {
	if !c.tells(k, form) || d.Action == ActionUphold || d.Action == ActionOverturn { // an appeal has an answer of its own
		return nil
	}
	n := Notice{
		Key: fmt.Sprintf("decision:%d", d.ID), PersonID: k.AuthorID, Kind: NoticeDecision,
		Body: d.Message, Path: fmt.Sprintf("/threads/%d?post=%d#post-%d", k.ThreadID, k.PostID, k.PostID),
	}
	if said := c.measureWords(k.AuthorID, form, d.CreatedAt); said != "" {
		n.Body += "\n\n" + said
	}
	switch d.Action {
	case ActionKeep, ActionReachOut:
		n.Title = "Your post is on the page"
	case ActionNote:
		n.Title = "Your post is on the page, with a content note"
	case ActionRedact:
		n.Title, n.Words = "We have covered some words in your post", k.Body
	case ActionFold:
		n.Title = "Your post is folded now"
	case ActionHold:
		n.Title, n.Words = "We are holding your post for now", k.Body
	case ActionRemove:
		n.Title, n.Words, n.Path = "We have taken your post down", k.Body, "/me"
		if k.Part == PartComment {
			n.Path = fmt.Sprintf("/threads/%d", k.ThreadID)
		}
	case ActionAskChange:
		n.Title, n.Words, n.Path = "Could you change something in your post?", k.Body, fmt.Sprintf("/posts/%d/edit", k.PostID)
	case ActionMove:
		n.Title = "Your conversation stands in another topic now"
	case ActionLock:
		n.Title = "Your conversation is closed to new replies"
	case ActionSlow:
		n.Title = "Replies in this conversation come more slowly now"
	case ActionCorrect:
		n.Title = "We have added a correction to your post"
	default:
		n.Title = "A message from our team"
	}
	if r, _ := c.reason(d.Reason); d.Action == ActionReachOut || r.Welfare && d.Message != "" {
		n.Path = fmt.Sprintf("/care/%d", k.ID) // where they can write back
	}
	return c.tell(ctx, tx, n, subjectMessage, &k.ID)
}
