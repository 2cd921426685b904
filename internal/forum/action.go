package forum

import (
	"time"

	"snowdrop/moderation"
)

// Action is what a moderator decides about a post. What it means for a person is
// a [Measure], what it means for each signal an [Outcome]: a reporter is thanked
// with OutcomeKept, a doubled report is OutcomeDuplicate, misuse OutcomeMisuse.
type Action string

const (
	ActionKeep         Action = "keep"
	ActionNote         Action = "keep_with_note"   // keep, with a content note
	ActionReachOut     Action = "reach_out"        // keep, and write to the writer in the care thread
	ActionRedact       Action = "redact"           // cover some lines
	ActionAskChange    Action = "ask_change"       // goes back to its writer
	ActionFold         Action = "fold"             // readers open it with one tap
	ActionHold         Action = "hold"             // nobody reads it until the team has come back to it
	ActionRemove       Action = "remove"           //
	ActionMove         Action = "move"             // the thread goes to another topic
	ActionLock         Action = "lock"             // nobody adds to the thread
	ActionSlow         Action = "slow"             // each person adds to the thread now and then only
	ActionCorrect      Action = "correct"          // a correction stands with the post
	ActionMidwife      Action = "ask_midwife"      // a question to the midwives
	ActionSafeguarding Action = "ask_safeguarding" // a safeguarding lead looks
	ActionEmergency    Action = "emergency"        // somebody outside is told: two people agree, a lead carries it out
	ActionUphold       Action = "uphold"           // an appeal: what was decided stands
	ActionOverturn     Action = "overturn"         // an appeal: everything that was done is taken back
)

// Actions lists all actions, mildest first.
var Actions = []Action{
	ActionKeep, ActionNote, ActionReachOut, ActionCorrect, ActionMove, ActionFold, ActionRedact, ActionAskChange, ActionHold, ActionRemove,
	ActionSlow, ActionLock, ActionMidwife, ActionSafeguarding, ActionEmergency, ActionUphold, ActionOverturn,
}

// effect is what an action does to the post and to the case.
type effect struct {
	post   PostState // empty: as it is
	state  CaseState
	wait   WaitFor
	bare   bool // needs no reason
	silent bool // the writer is told only what the moderator writes to them
	acts   bool // it is about conduct, so that it may count against the writer
}

var effects = map[Action]effect{
	ActionKeep:         {post: StatePublic, state: CaseDecided, bare: true},
	ActionNote:         {post: StatePublic, state: CaseDecided},
	ActionReachOut:     {post: StatePublic, state: CaseDecided},
	ActionRedact:       {post: StatePublic, state: CaseDecided, acts: true},
	ActionAskChange:    {post: StateDraft, state: CaseWaiting, wait: WaitAuthor, acts: true},
	ActionFold:         {post: StateFolded, state: CaseDecided},
	ActionHold:         {post: StateHeld, state: CaseWaiting, wait: WaitTeam},
	ActionRemove:       {post: StateRemoved, state: CaseDecided, acts: true},
	ActionMove:         {post: StatePublic, state: CaseDecided},
	ActionLock:         {post: StatePublic, state: CaseDecided},
	ActionSlow:         {post: StatePublic, state: CaseDecided},
	ActionCorrect:      {post: StatePublic, state: CaseDecided},
	ActionMidwife:      {state: CaseWaiting, wait: WaitMidwife, bare: true, silent: true},
	ActionSafeguarding: {state: CaseWaiting, wait: WaitSafeguarding, bare: true, silent: true},
	ActionEmergency:    {post: StateHeld, state: CaseWaiting, wait: WaitSafeguarding, silent: true},
	ActionUphold:       {state: CaseDecided, bare: true, silent: true},
	ActionOverturn:     {state: CaseDecided, bare: true, silent: true},
}

// asks says whether an action only asks somebody, and so judges nothing.
func (a Action) asks() bool { return a == ActionMidwife || a == ActionSafeguarding }

// authorWait is how long a post that went back to its writer waits for them.
// Then the team looks again, so that nobody is forgotten.
const authorWait = 7 * 24 * time.Hour

// waitUntil is when a case that waits is open again whatever happens.
func (c *Community) waitUntil(w WaitFor, b moderation.Band, now time.Time) *time.Time {
	clock := c.Clocks[b]
	var at time.Time
	switch w {
	case WaitNobody, WaitLead:
		return nil
	case WaitAuthor:
		at = now.Add(authorWait)
	case WaitTeam:
		at = clock.Hours.Add(now, clock.Decide)
	default:
		at = clock.Hours.Add(now, clock.Look)
	}
	return &at
}

// DecisionState is whether a decision still stands.
type DecisionState string

// The states.
const (
	DecisionStanding DecisionState = "standing"
	DecisionReversed DecisionState = "reversed" // an appeal took it back
)

// Decision is one moderator's decision on one revision of a post.
type Decision struct {
	ID          int64
	CaseID      int64
	CaseVersion int64  // the version it was made on; at most one decision each
	Key         string // chosen by the form; the same key again is the same decision
	Revision    int
	Band        moderation.Band // of the case, then
	Action      Action
	Reason      string // code from the site data
	Message     string // what the author was told
	Note        string // for moderators only
	FalseAlarm  bool   // triage was wrong about that wording
	ByID        int64
	SecondID    *int64 // who decided the same without having seen it
	State       DecisionState
	Undo        Undo
	OpenedAt    *time.Time // the case, then
	LookedAt    *time.Time // when a person first looked
	CreatedAt   time.Time
}
