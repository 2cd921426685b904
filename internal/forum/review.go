package forum

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"snowdrop/internal/secret"
	"snowdrop/moderation"
)

// CasePage is a case as a moderator sees it.
type CasePage struct {
	Case      CaseRow
	Signals   []SignalRow
	Decisions []DecisionRow
	Revisions []Revision // earlier wordings
	Around    ThreadPage // the post in its thread
	Written   int        // posts by the same person that readers see
	Cases     int        // cases on posts by the same person, this one included
	Mine      bool       // the asking moderator holds a live claim
	Lease     string     // its token, when Mine
	Recent    []PostRow  // the latest posts by the same person
	Since     time.Time  // when that person joined
}

// Queue lists cases by band, then by deadline.
func (c *Community) Queue(ctx context.Context, a Actor, q QueueQuery) ([]CaseRow, error) {
	if !a.Moderates() {
		return nil, errNotFound
	}
	rows, err := c.store.Queue(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("list the queue: %w", err)
	}
	return rows, nil
}

// QueueCounts counts the live cases by band.
func (c *Community) QueueCounts(ctx context.Context, a Actor) (map[moderation.Band]int, error) {
	if !a.Moderates() {
		return nil, errNotFound
	}
	counts, err := c.store.CountQueue(ctx)
	if err != nil {
		return nil, fmt.Errorf("count the queue: %w", err)
	}
	return counts, nil
}

// CaseSignals lists why a case exists.
func (c *Community) CaseSignals(ctx context.Context, a Actor, id int64) ([]SignalRow, error) {
	if !a.Moderates() {
		return nil, errNotFound
	}
	signals, err := c.store.Signals(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read the signals of case %d: %w", id, err)
	}
	return signals, nil
}

// CasePage reads a case with all that a moderator needs to decide.
func (c *Community) CasePage(ctx context.Context, a Actor, id int64) (CasePage, error) {
	k, err := c.kase(ctx, a, id)
	if err != nil {
		return CasePage{}, err
	}
	v := CasePage{Case: k}
	if v.Signals, err = c.store.Signals(ctx, id); err != nil {
		return CasePage{}, fmt.Errorf("read the signals of case %d: %w", id, err)
	}
	if v.Decisions, err = c.store.Decisions(ctx, id); err != nil {
		return CasePage{}, fmt.Errorf("read the decisions of case %d: %w", id, err)
	}
	if v.Revisions, err = c.store.Revisions(ctx, k.PostID); err != nil {
		return CasePage{}, fmt.Errorf("read the revisions of post %d: %w", k.PostID, err)
	}
	if v.Around, err = c.ThreadPage(ctx, a, k.ThreadID, 0, k.PostID); err != nil {
		return CasePage{}, err
	}
	if v.Written, err = c.store.CountShown(ctx, k.AuthorID); err != nil {
		return CasePage{}, fmt.Errorf("count a person's posts: %w", err)
	}
	if v.Cases, err = c.store.CasesAbout(ctx, k.AuthorID); err != nil {
		return CasePage{}, fmt.Errorf("count a person's cases: %w", err)
	}
	if v.Recent, err = c.store.PostsBy(ctx, k.AuthorID, 5); err != nil {
		return CasePage{}, fmt.Errorf("list a person's posts: %w", err)
	}
	author, err := c.store.Person(ctx, k.AuthorID)
	if err != nil {
		return CasePage{}, fmt.Errorf("look up a writer: %w", err)
	}
	v.Since = author.CreatedAt
	if v.Mine = holds(a, k.Case, c.now()); v.Mine {
		v.Lease = k.Lease
	}
	return v, nil
}

func (c *Community) kase(ctx context.Context, a Actor, id int64) (CaseRow, error) {
	if !a.Moderates() {
		return CaseRow{}, errNotFound
	}
	k, err := c.store.Case(ctx, id)
	if errors.Is(err, ErrNoRow) {
		return CaseRow{}, errNotFound
	}
	if err != nil {
		return CaseRow{}, fmt.Errorf("read case %d: %w", id, err)
	}
	return k, nil
}

func holds(a Actor, k Case, now time.Time) bool {
	return k.HolderID != nil && *k.HolderID == a.ID && k.Lease != "" && k.LeaseUntil != nil && now.Before(*k.LeaseUntil)
}

// Claim gives the case to a moderator for LeaseTime. Claiming it again renews
// the lease. Nobody claims a case on their own post.
func (c *Community) Claim(ctx context.Context, a Actor, id int64) error {
	k, err := c.kase(ctx, a, id)
	if err != nil {
		return err
	}
	if k.AuthorID == a.ID {
		return invalid("", "This is your own post. Somebody else on the team must look at it.")
	}
	now := c.now()
	if holds(a, k.Case, now) {
		return claimLost(c.store.RenewCase(ctx, id, k.Lease, now, now.Add(LeaseTime)))
	}
	if !k.State.Live() {
		return &Error{Kind: LostRace, Message: "This case was decided in the meantime."}
	}
	token, _ := secret.NewToken()
	return claimLost(c.store.Tx(ctx, func(tx Store) error {
		if err := tx.ClaimCase(ctx, id, a.ID, token, now, now.Add(LeaseTime)); err != nil {
			return err
		}
		return c.recordCase(ctx, tx, &a.ID, id, "case.claimed", "")
	}))
}

// Renew makes a lease that the actor still holds last for another LeaseTime.
func (c *Community) Renew(ctx context.Context, a Actor, id int64, lease string) error {
	k, err := c.kase(ctx, a, id)
	if err != nil {
		return err
	}
	now := c.now()
	if !holds(a, k.Case, now) || k.Lease != lease {
		return &Error{Kind: LostRace, Message: "You no longer have this case. What you typed is still on the page."}
	}
	return claimLost(c.store.RenewCase(ctx, id, lease, now, now.Add(LeaseTime)))
}

func claimLost(err error) error {
	if errors.Is(err, ErrLost) {
		return &Error{Kind: LostRace, Message: "Somebody else on the team has this case now."}
	}
	if err != nil {
		return fmt.Errorf("claim a case: %w", err)
	}
	return nil
}

// Release gives a claimed case back. Giving back what one no longer holds is no
// error.
func (c *Community) Release(ctx context.Context, a Actor, id int64) error {
	k, err := c.kase(ctx, a, id)
	if err != nil {
		return err
	}
	if !holds(a, k.Case, c.now()) {
		return nil
	}
	err = c.store.Tx(ctx, func(tx Store) error {
		if err := tx.ReleaseCase(ctx, id, k.Lease); err != nil {
			return err
		}
		return c.recordCase(ctx, tx, &a.ID, id, "case.released", "")
	})
	if err != nil && !errors.Is(err, ErrLost) {
		return fmt.Errorf("release a case: %w", err)
	}
	return nil
}

// NewDecision is the form of a moderator who decides. Lease, Version and
// Revision say what they saw; Key makes a form sent twice one decision.
type NewDecision struct {
	CaseID   int64
	Lease    string
	Version  int64
	Revision int
	Key      string
	Action   Action
	Reason   string
	Message  string // to the author; empty: the reason's own words
	Note     string // for the team only
	Mentions Mentions
	// FalseAlarm says that triage was wrong about this wording. It counts against
	// every rule that spoke there.
	FalseAlarm bool
}

var errDecisionLost = &Error{Kind: LostRace, Message: "This case changed while you were looking at it, so nothing was decided. What you typed is still below, beside what changed."}

// Decide carries out a decision: post, case, record, and what the author and the
// reporters are told, all in one transaction, if nothing has changed since the
// moderator looked. Otherwise nothing happens and the answer is a lost race.
func (c *Community) Decide(ctx context.Context, a Actor, n NewDecision) error {
	k, err := c.kase(ctx, a, n.CaseID)
	if err != nil {
		return err
	}
	if err := c.checkDecision(&n); err != nil {
		return err
	}
	if done, err := c.decided(ctx, n); err != nil || done {
		return err
	}
	if k.AuthorID == a.ID {
		return invalid("", "This is your own post. Somebody else on the team must decide.")
	}
	if !holds(a, k.Case, c.now()) || k.Lease != n.Lease || k.Version != n.Version || k.Revision != n.Revision {
		return errDecisionLost
	}
	if k.PostState == StateWithdrawn && n.Action != ActionKeep {
		return invalid("action", "The writer took this post back. “Keep it” closes the case and changes nothing.")
	}
	err = c.store.Tx(ctx, func(tx Store) error { return c.carryOut(ctx, tx, a, k, n) })
	if errors.Is(err, ErrLost) || errors.Is(err, ErrTaken) {
		if done, again := c.decided(ctx, n); again != nil || done {
			return again
		}
		return errDecisionLost
	}
	if err != nil {
		return fmt.Errorf("decide case %d: %w", n.CaseID, err)
	}
	c.Nudge()
	return nil
}

// decisionKey is what a form may use to name itself.
var decisionKey = regexp.MustCompile(`^[A-Za-z0-9_-]{1,100}$`)

func (c *Community) checkDecision(n *NewDecision) error {
	var faults []error
	if !slices.Contains(Actions, n.Action) {
		faults = append(faults, invalid("action", "Please choose what should happen to the post."))
	}
	if !decisionKey.MatchString(n.Key) {
		faults = append(faults, invalid("key", "This form is incomplete. Please open the case again."))
	}
	if n.Reason != "" || n.Action != ActionKeep {
		if _, known := c.reason(n.Reason); !known {
			faults = append(faults, invalid("reason", "Please choose a reason. The author is told why."))
		}
	}
	var err error
	if n.Message, err = checkText("message", "the message", n.Message, 0, MaxNote); err != nil {
		faults = append(faults, err)
	}
	if n.Note, err = checkText("note", "the note", n.Note, 0, MaxNote); err != nil {
		faults = append(faults, err)
	}
	if err := checkMentions(n.Mentions); err != nil {
		faults = append(faults, err)
	}
	if n.Action == ActionNote && len(n.Mentions) == 0 {
		faults = append(faults, invalid("mentions", "Please choose the content note to put on the post."))
	}
	return errors.Join(faults...)
}

// decided says whether this very form was carried out already.
func (c *Community) decided(ctx context.Context, n NewDecision) (bool, error) {
	_, err := c.store.DecisionByKey(ctx, n.CaseID, n.Key)
	if errors.Is(err, ErrNoRow) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look up a decision: %w", err)
	}
	return true, nil
}

// outcome is what an action does to the post and to the case.
var outcomes = map[Action]struct {
	post  PostState
	state CaseState
}{
	ActionKeep:      {StatePublic, CaseDecided},
	ActionNote:      {StatePublic, CaseDecided},
	ActionHold:      {StateHeld, CaseWaiting},
	ActionRemove:    {StateRemoved, CaseDecided},
	ActionAskChange: {StateDraft, CaseWaiting},
}

func (c *Community) carryOut(ctx context.Context, tx Store, a Actor, k CaseRow, n NewDecision) error {
	now := c.now()
	out := outcomes[n.Action]
	if k.PostState == StateWithdrawn {
		out.post = StateWithdrawn // the case ends; the writer's word stands
	}
	if err := tx.DecideCase(ctx, k.ID, n.Lease, n.Version, n.Revision, out.state, now); err != nil {
		return err
	}
	signals, err := tx.Signals(ctx, k.ID)
	if err != nil {
		return fmt.Errorf("read why the case exists: %w", err)
	}
	spoke, versions := Spoke(signals, n.Revision)
	n.FalseAlarm = n.FalseAlarm && spoke
	d := Decision{CaseID: k.ID, CaseVersion: n.Version, Key: n.Key, Revision: n.Revision, Action: n.Action, Reason: n.Reason, Message: c.message(n), Note: n.Note, FalseAlarm: n.FalseAlarm, ByID: a.ID, CreatedAt: now}
	if err := tx.AddDecision(ctx, &d); err != nil {
		return err
	}
	if err := move(ctx, tx, k.PostID, k.PostState, out.post, now); err != nil {
		return err
	}
	if n.Action == ActionNote {
		if err := c.addMentions(ctx, tx, k, n.Mentions); err != nil {
			return err
		}
	}
	if err := c.tellAuthor(ctx, tx, k, d, n.Message != ""); err != nil {
		return err
	}
	if out.state == CaseDecided {
		if err := c.tellReporters(ctx, tx, k, d); err != nil {
			return err
		}
	}
	if out.post == StatePublic {
		row, err := tx.Post(ctx, a, k.PostID)
		if err != nil {
			return fmt.Errorf("read the decided post: %w", err)
		}
		if err := c.announce(ctx, tx, row.Post); err != nil {
			return err
		}
	}
	detail := strings.TrimSpace(string(n.Action) + " " + n.Reason)
	if n.FalseAlarm {
		detail += ", false alarm"
	}
	if len(versions) > 0 {
		detail += ", rules " + strings.Join(versions, " ")
	}
	return c.recordCase(ctx, tx, &a.ID, k.ID, "case.decided", detail)
}

func (c *Community) addMentions(ctx context.Context, tx Store, k CaseRow, more Mentions) error {
	row, err := tx.Post(ctx, Actor{ID: k.AuthorID}, k.PostID)
	if err != nil {
		return fmt.Errorf("read the content notes: %w", err)
	}
	all := slices.Clone(row.Mentions)
	for _, m := range more {
		if !slices.Contains(all, m) {
			all = append(all, m)
		}
	}
	return tx.SetMentions(ctx, k.PostID, all)
}

// message is what the author is told: the moderator's words, or the reason's.
func (c *Community) message(n NewDecision) string {
	if n.Message != "" {
		return n.Message
	}
	if r, known := c.reason(n.Reason); known {
		return r.Author
	}
	return "Thank you for waiting. Somebody from our team has read your post, and it is on the page now."
}

// tellAuthor says what happened, why, and gives the words back. When nothing
// changed for the author, because a reported post stays as it was, they are not
// told that somebody reported them, unless the moderator wrote to them.
func (c *Community) tellAuthor(ctx context.Context, tx Store, k CaseRow, d Decision, wrote bool) error {
	if d.Action == ActionKeep && (k.PostState == StatePublic || k.PostState == StateWithdrawn) && !wrote {
		return nil
	}
	n := Notice{
		Key: fmt.Sprintf("decision:%d", d.ID), PersonID: k.AuthorID, Kind: NoticeDecision,
		Body: d.Message, Path: fmt.Sprintf("/threads/%d?post=%d#post-%d", k.ThreadID, k.PostID, k.PostID),
	}
	switch d.Action {
	case ActionKeep:
		n.Title = "Your post is on the page"
	case ActionNote:
		n.Title = "Your post is on the page, with a content note"
	case ActionHold:
		n.Title, n.Words = "We are holding your post for now", k.Body
	case ActionRemove:
		n.Title, n.Words, n.Path = "We have taken your post down", k.Body, "/me"
		if k.Part == PartComment {
			n.Path = fmt.Sprintf("/threads/%d", k.ThreadID)
		}
	case ActionAskChange:
		n.Title, n.Words, n.Path = "Could you change something in your post?", k.Body, fmt.Sprintf("/posts/%d/edit", k.PostID)
	}
	return c.tell(ctx, tx, n, subjectMessage, &k.ID)
}

// tellReporters answers everybody whose report stands since the case was opened.
func (c *Community) tellReporters(ctx context.Context, tx Store, k CaseRow, d Decision) error {
	signals, err := tx.Signals(ctx, k.ID)
	if err != nil {
		return fmt.Errorf("read the reports: %w", err)
	}
	told := map[int64]bool{k.AuthorID: true}
	for _, s := range signals {
		if s.Kind != SignalReport || s.PersonID == nil || told[*s.PersonID] || s.CreatedAt.Before(k.OpenedAt) {
			continue
		}
		told[*s.PersonID] = true
		n := Notice{
			Key: fmt.Sprintf("outcome:%d:%d", d.ID, *s.PersonID), PersonID: *s.PersonID, Kind: NoticeReport,
			Title: "We looked at what you told us about", Body: c.reporterWords(s.Door, d), Path: "/me/notices",
		}
		if err := c.tell(ctx, tx, n, subjectMessage, &k.ID); err != nil {
			return err
		}
	}
	return nil
}

func (c *Community) reporterWords(door Door, d Decision) string {
	if r, known := c.reason(d.Reason); known && r.Reporter != "" {
		return r.Reporter
	}
	if door == DoorWorried {
		return "Thank you for looking out for somebody here. A person from our team has read the post and is looking after this. You do not have to."
	}
	return "Thank you for telling us. A person from our team has read the post and decided what is right for it. We don't share details about other people."
}
