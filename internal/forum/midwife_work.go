package forum

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"snowdrop/internal/secret"
)

// QuestionLease is how long a question is a midwife's without a sign of life.
const QuestionLease = 30 * time.Minute

// QuestionClaim says which midwife is at a question.
type QuestionClaim struct {
	ThreadID   int64 `gorm:"primaryKey"`
	HolderID   int64
	Lease      string
	ClaimedAt  time.Time
	RenewedAt  time.Time
	LeaseUntil time.Time
}

// QuestionClaimRow is a claim with its holder's name.
type QuestionClaimRow struct {
	QuestionClaim
	HolderName string
}

// ClaimQuestion gives a question to a midwife for [QuestionLease], so that two
// don't write the same answer. Claiming it again renews the lease.
func (c *Community) ClaimQuestion(ctx context.Context, a Actor, threadID int64) error {
	if !a.Midwife() {
		return errNotFound
	}
	if err := c.mayWrite(a); err != nil {
		return err
	}
	t, err := c.thread(ctx, a, threadID)
	if err != nil {
		return err
	}
	if t.AuthorID == a.ID {
		return &Error{Kind: LostRace, Message: "You asked this yourself. Another midwife answers it."}
	}
	waits, err := c.store.WaitsForMidwife(ctx, threadID)
	if err != nil {
		return fmt.Errorf("look whether thread %d waits for a midwife: %w", threadID, err)
	}
	if !waits {
		return &Error{Kind: LostRace, Message: "Nobody waits for a midwife here now. It may have been answered in the meantime."}
	}
	now := c.now()
	token, _ := secret.NewToken()
	err = c.store.Tx(ctx, func(tx Store) error {
		if err := tx.ClaimQuestion(ctx, QuestionClaim{ThreadID: threadID, HolderID: a.ID, Lease: token, ClaimedAt: now, RenewedAt: now, LeaseUntil: now.Add(QuestionLease)}); err != nil {
			return err
		}
		return tx.AddRecord(ctx, RecordEntry{ActorID: &a.ID, Action: "question.claimed", Subject: "thread", SubjectID: threadID, CreatedAt: now})
	})
	if errors.Is(err, ErrLost) {
		return &Error{Kind: LostRace, Message: "Another midwife is writing an answer to this now. Perhaps there is another one that you can take."}
	}
	if err != nil {
		return fmt.Errorf("claim a question: %w", err)
	}
	return nil
}

// ReleaseQuestion gives a question back to the others.
func (c *Community) ReleaseQuestion(ctx context.Context, a Actor, threadID int64) error {
	if !a.Midwife() {
		return errNotFound
	}
	if err := c.store.DropQuestionClaim(ctx, threadID, a.ID); err != nil {
		return fmt.Errorf("release a question: %w", err)
	}
	return nil
}

// QuestionClaims lists the questions that somebody is at, by thread.
func (c *Community) QuestionClaims(ctx context.Context, a Actor) (map[int64]QuestionClaimRow, error) {
	if !a.Midwife() {
		return nil, errNotFound
	}
	rows, err := c.store.QuestionClaims(ctx, c.now())
	if err != nil {
		return nil, fmt.Errorf("list claims: %w", err)
	}
	claims := map[int64]QuestionClaimRow{}
	for _, r := range rows {
		claims[r.ThreadID] = r
	}
	return claims, nil
}

// AnswerBlock is a piece of an answer that a clinician has signed off, from the
// site data. Phone numbers in it come from the helplines there.
type AnswerBlock struct {
	Slug      string
	Title     string
	Version   int
	Text      string
	Source    string    // whose facts they are
	SignedOff string    // which clinician answers for it; empty: nobody yet
	ReviewBy  time.Time // from then on it must not be used
}

// Usable says whether a midwife may put the block into an answer.
func (b AnswerBlock) Usable(now time.Time) bool { return b.SignedOff != "" && now.Before(b.ReviewBy) }

// Ref names a block in its version.
func (b AnswerBlock) Ref() string { return fmt.Sprintf("%s:%d", b.Slug, b.Version) }

// Block finds a block by its slug.
func (m Midwifery) Block(slug string) (AnswerBlock, bool) {
	i := slices.IndexFunc(m.Blocks, func(b AnswerBlock) bool { return b.Slug == slug })
	if i < 0 {
		return AnswerBlock{}, false
	}
	return m.Blocks[i], true
}

// The points of the safety net: when to get help, where, and what happens next.
const (
	SafetyWhen  = "when"
	SafetyWhere = "where"
	SafetyNext  = "next"
)

// SafetyPoints lists them.
var SafetyPoints = []string{SafetyWhen, SafetyWhere, SafetyNext}

// Answer is what a midwife's answer was made of.
type Answer struct {
	PostID int64  `gorm:"primaryKey"`
	Blocks string // blocks as slug:version, separated by spaces
	Asked  bool   // the checklist was there, because triage saw a sign
	Safety string // its points that were ticked, separated by spaces
}

// Missed lists the points that were there to be ticked and were not.
func (a Answer) Missed() []string {
	if !a.Asked {
		return nil
	}
	ticked := strings.Fields(a.Safety)
	return slices.DeleteFunc(slices.Clone(SafetyPoints), func(p string) bool { return slices.Contains(ticked, p) })
}

// BlockUse is an answer that used a block.
type BlockUse struct {
	PostID    int64
	ThreadID  int64
	Title     string // of the thread
	Blocks    string
	CreatedAt time.Time
}

// Version is the version of a block that the answer used.
func (u BlockUse) Version(slug string) int {
	for _, ref := range strings.Fields(u.Blocks) {
		if name, version, ok := strings.Cut(ref, ":"); ok && name == slug {
			if n, err := strconv.Atoi(version); err == nil {
				return n
			}
		}
	}
	return 0
}

// SafetyNet says whether the checklist belongs to an answer: triage saw a sign in
// the question, or in the words that are answered.
func (c *Community) SafetyNet(ctx context.Context, a Actor, threadID, postID int64) (bool, error) {
	if !a.Midwife() {
		return false, nil
	}
	saw, err := c.store.SawSign(ctx, threadID, postID)
	if err != nil {
		return false, fmt.Errorf("look for signs in thread %d: %w", threadID, err)
	}
	return saw, nil
}

// Answers tells by post what the answers of a thread were made of.
func (c *Community) Answers(ctx context.Context, threadID int64) (map[int64]Answer, error) {
	list, err := c.store.Answers(ctx, threadID)
	if err != nil {
		return nil, fmt.Errorf("list the answers in thread %d: %w", threadID, err)
	}
	answers := map[int64]Answer{}
	for _, a := range list {
		answers[a.PostID] = a
	}
	return answers, nil
}

// BlockUses lists for midwives and leads which answers used a block.
func (c *Community) BlockUses(ctx context.Context, a Actor, slug string) ([]BlockUse, error) {
	if !a.Midwife() && !a.Has(RoleLead) {
		return nil, errNotFound
	}
	list, err := c.store.BlockUses(ctx, slug, 200)
	if err != nil {
		return nil, fmt.Errorf("list the answers with a block: %w", err)
	}
	return list, nil
}

// answered keeps what an answer was made of, and gives the question back.
func (c *Community) answered(ctx context.Context, tx Store, a Actor, n NewComment, p Post) error {
	asked, err := tx.SawSign(ctx, p.ThreadID, n.ParentID)
	if err != nil {
		return err
	}
	var blocks, safety []string
	for _, ref := range n.Blocks {
		slug, _, _ := strings.Cut(ref, ":")
		if b, known := c.Midwifery.Block(slug); known && ref == b.Ref() && !slices.Contains(blocks, ref) {
			blocks = append(blocks, ref)
		}
	}
	for _, point := range SafetyPoints {
		if slices.Contains(n.Safety, point) {
			safety = append(safety, point)
		}
	}
	if err := tx.AddAnswer(ctx, Answer{PostID: p.ID, Blocks: strings.Join(blocks, " "), Asked: asked, Safety: strings.Join(safety, " ")}); err != nil {
		return err
	}
	return tx.DropQuestionClaim(ctx, p.ThreadID, a.ID)
}

// OpinionKind is what a second midwife says of an answer.
type OpinionKind string

// The kinds.
const (
	OpinionAgree   OpinionKind = "agree"
	OpinionAdd     OpinionKind = "add"
	OpinionCorrect OpinionKind = "correct"
)

// OpinionKinds lists them.
var OpinionKinds = []OpinionKind{OpinionAgree, OpinionAdd, OpinionCorrect}

// SecondOpinion is what a second midwife said of an answer, for all to see.
type SecondOpinion struct {
	ID        int64
	PostID    int64 // the answer
	PersonID  int64
	Kind      OpinionKind
	ReplyID   *int64 // their words; nil: they agree
	CreatedAt time.Time
}

// OpinionRow is a second opinion with the midwife's name.
type OpinionRow struct {
	SecondOpinion
	Name string
	Past bool // they are no midwife today
}

// NewOpinion is the form of a second midwife.
type NewOpinion struct {
	PostID       int64
	Kind         OpinionKind
	Body         string // with add and correct
	Acknowledged string
}

// GiveOpinion lets a second midwife agree with an answer, add to it or correct it.
// Words go the way of any answer, with the same checks.
func (c *Community) GiveOpinion(ctx context.Context, a Actor, n NewOpinion) error {
	if !a.Midwife() {
		return errNotFound
	}
	if err := c.mayWrite(a); err != nil {
		return err
	}
	row, err := c.post(ctx, a, n.PostID)
	if err != nil {
		return err
	}
	switch {
	case row.Capacity != AsMidwife || !row.State.Shown():
		return &Error{Kind: LostRace, Message: "This is not a midwife's answer that readers see. Your words are safe."}
	case row.AuthorID == a.ID:
		return &Error{Kind: LostRace, Message: "This is your own answer. You can edit it, or reply."}
	case !slices.Contains(OpinionKinds, n.Kind):
		return invalid("kind", "Please choose whether you agree, add something or correct something.")
	}
	now := c.now()
	o := SecondOpinion{PostID: row.ID, PersonID: a.ID, Kind: n.Kind, CreatedAt: now}
	keep := func(tx Store) error {
		if err := tx.AddOpinion(ctx, &o); err != nil {
			return err
		}
		return tx.AddRecord(ctx, RecordEntry{ActorID: &a.ID, Action: "answer." + string(n.Kind), Subject: "post", SubjectID: row.ID, CreatedAt: now})
	}
	if n.Kind == OpinionAgree {
		if err := c.store.Tx(ctx, keep); err != nil && !errors.Is(err, ErrTaken) { // agreeing twice is agreeing
			return fmt.Errorf("agree with an answer: %w", err)
		}
		return nil
	}
	_, err = c.postComment(ctx, a, NewComment{ThreadID: row.ThreadID, ParentID: row.ID, Body: n.Body, AsMidwife: true, Acknowledged: n.Acknowledged}, func(tx Store, p Post) error {
		o.ReplyID = &p.ID
		if err := keep(tx); err != nil || n.Kind != OpinionCorrect {
			return err
		}
		return c.tellKeepers(ctx, tx, a.ID, fmt.Sprintf("corrected:%d", p.ID), "A midwife has corrected another's answer", "Please look whether more has to be done.", fmt.Sprintf("/threads/%d?post=%d#post-%d", p.ThreadID, p.ID, p.ID))
	})
	return err
}

// Opinions tells by answer what other midwives said of it.
func (c *Community) Opinions(ctx context.Context, threadID int64) (map[int64][]OpinionRow, error) {
	rows, err := c.store.Opinions(ctx, threadID)
	if err != nil {
		return nil, fmt.Errorf("list second opinions in thread %d: %w", threadID, err)
	}
	opinions := map[int64][]OpinionRow{}
	for _, o := range rows {
		opinions[o.PostID] = append(opinions[o.PostID], o)
	}
	return opinions, nil
}
