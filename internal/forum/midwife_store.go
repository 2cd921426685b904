package forum

import (
	"context"
	"time"
)

// MidwifeStore holds applications, register checks, roles and midwives' work.
type MidwifeStore interface {
	// AddApplication answers ErrTaken when the person has a live one.
	AddApplication(ctx context.Context, a *Application) error
	Application(ctx context.Context, id int64) (ApplicationRow, error)
	ApplicationOf(ctx context.Context, personID int64) (ApplicationRow, error) // the newest
	// Applications lists the open ones, then those whose re-check is due, then the
	// others, the oldest first.
	Applications(ctx context.Context, now time.Time, limit int) ([]ApplicationRow, error)
	// HoldApplication locks an application until the transaction ends, if it is
	// still in this round; ErrLost otherwise.
	HoldApplication(ctx context.Context, id int64, round int) error
	// MoveApplication ends the round; ErrLost when it is over, ErrTaken when
	// another account's number is the same.
	MoveApplication(ctx context.Context, id int64, round int, to ApplicationState, now time.Time) error
	AddRegisterCheck(ctx context.Context, k *RegisterCheck) error // ErrTaken: this person has checked in this round
	RegisterChecks(ctx context.Context, applicationID int64) ([]CheckRow, error)

	Registration(ctx context.Context, personID int64) (Registration, error)
	DueRegistrations(ctx context.Context, now time.Time, limit int) ([]Registration, error)
	// SetDue sets when a registration is due next, if it is still was; ErrLost otherwise.
	SetDue(ctx context.Context, personID int64, was time.Time, next *time.Time) error

	Grants(ctx context.Context, personID int64) ([]Grant, error)
	DropGrant(ctx context.Context, personID int64, r Role) error // ErrNoRow when there is none
	EndedGrants(ctx context.Context, now time.Time, limit int) ([]Grant, error)
	// HoldAdmins locks who is an admin until the transaction ends, and counts those
	// whose role does not end by itself, leaving one person out.
	HoldAdmins(ctx context.Context, without int64) (int, error)
	AddGrantRequest(ctx context.Context, q *GrantRequest) error // ErrTaken when one is open
	GrantRequest(ctx context.Context, id int64) (GrantRequest, error)
	GrantRequests(ctx context.Context) ([]GrantRequestRow, error) // the open ones
	// SettleGrantRequest closes an open one; ErrLost when it is not open.
	SettleGrantRequest(ctx context.Context, id, by int64, to GrantRequestState, now time.Time) error
	FindPeople(ctx context.Context, q PeopleQuery) ([]Person, error)

	// ClaimQuestion gives a question to a midwife, or renews it, if nobody else
	// holds it; ErrLost otherwise.
	ClaimQuestion(ctx context.Context, q QuestionClaim) error
	QuestionClaims(ctx context.Context, now time.Time) ([]QuestionClaimRow, error) // the live ones
	DropQuestionClaim(ctx context.Context, threadID, personID int64) error
	DropQuestionClaims(ctx context.Context, personID int64) error
	// WaitsForMidwife says whether a thread asks for a midwife, by its writer's wish
	// or by what triage saw, and has no answer after that.
	WaitsForMidwife(ctx context.Context, threadID int64) (bool, error)
	// SawSign says whether triage saw a sign in what readers see of a thread's
	// opening or in one post of it.
	SawSign(ctx context.Context, threadID, postID int64) (bool, error)
	AddAnswer(ctx context.Context, a Answer) error
	Answers(ctx context.Context, threadID int64) ([]Answer, error)
	// BlockUses lists the answers that readers see and that used a block.
	BlockUses(ctx context.Context, slug string, limit int) ([]BlockUse, error)
	AddOpinion(ctx context.Context, o *SecondOpinion) error // ErrTaken: they have agreed already
	// Opinions lists those whose words readers see and whose midwife the register
	// does not doubt, oldest first.
	Opinions(ctx context.Context, threadID int64) ([]OpinionRow, error)
	// RecountAnswers counts anew in every thread where somebody answered as a midwife.
	RecountAnswers(ctx context.Context, personID int64, now time.Time) error
	CountAnswersBy(ctx context.Context, personID int64) (int, error)
}
