package store

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"snowdrop/internal/forum"
)

// doubted are the registrations that no longer vouch for an answer: what
// forum.RegistrationState.Doubted says.
const doubted = "('suspended', 'interim', 'conditions', 'removed', 'not_found')"

// vouched says of a midwife's post under an alias that the register does not doubt
// its writer.
func vouched(post string) string {
	return "NOT EXISTS (SELECT 1 FROM registrations vr WHERE vr.person_id = " + post + ".author_id AND vr.state IN " + doubted + ")"
}

// AddApplication stores a and gives it its ID.
func (s *Store) AddApplication(ctx context.Context, a *forum.Application) error {
	return must("add an application", s.on(ctx).Clauses(nothing).Create(a), forum.ErrTaken)
}

func (s *Store) applications(ctx context.Context) *gorm.DB {
	return s.on(ctx).Table("applications AS a").Select(columns[forum.Application]("a") + `, p.name AS person_name,
		COALESCE(r.state, '') AS registration, r.expires_at, r.recheck_at,
		(SELECT count(*) FROM register_checks k WHERE k.application_id = a.id AND k.round = a.round) AS checks,
		EXISTS (SELECT 1 FROM applications o WHERE o.number_key = a.number_key AND o.person_id <> a.person_id) AS twin`).
		Joins("JOIN people p ON p.id = a.person_id").Joins("LEFT JOIN registrations r ON r.person_id = a.person_id")
}

// Application finds an application.
func (s *Store) Application(ctx context.Context, id int64) (forum.ApplicationRow, error) {
	var row forum.ApplicationRow
	err := s.applications(ctx).Where("a.id = ?", id).Take(&row).Error
	return row, fault("find an application", err)
}

// ApplicationOf finds a person's newest application.
func (s *Store) ApplicationOf(ctx context.Context, personID int64) (forum.ApplicationRow, error) {
	var row forum.ApplicationRow
	err := s.applications(ctx).Where("a.person_id = ?", personID).Order("a.id DESC").Limit(1).Take(&row).Error
	return row, fault("find a person's application", err)
}

// Applications lists the open ones first, then those to be looked at again.
func (s *Store) Applications(ctx context.Context, now time.Time, limit int) ([]forum.ApplicationRow, error) {
	var rows []forum.ApplicationRow
	err := s.applications(ctx).Clauses(clause.OrderBy{Expression: clause.Expr{
		SQL:  "CASE WHEN a.state = 'open' THEN 0 WHEN a.state = 'approved' AND r.recheck_at <= ? THEN 1 WHEN a.state = 'refused' THEN 3 ELSE 2 END, a.id",
		Vars: []any{micro(now)},
	}}).Limit(limit).Find(&rows).Error
	return rows, fault("list applications", err)
}

// HoldApplication locks an application in its round until the transaction ends.
func (s *Store) HoldApplication(ctx context.Context, id int64, round int) error {
	return must("hold an application", s.on(ctx).Model(&forum.Application{}).Where("id = ? AND round = ?", id, round).
		UpdateColumn("round", round), forum.ErrLost)
}

// MoveApplication ends an application's round.
func (s *Store) MoveApplication(ctx context.Context, id int64, round int, to forum.ApplicationState, now time.Time) error {
	return must("move an application", s.on(ctx).Model(&forum.Application{}).Where("id = ? AND round = ?", id, round).
		UpdateColumns(map[string]any{"state": to, "round": round + 1, "decided_at": micro(now)}), forum.ErrLost)
}

// AddRegisterCheck stores k and gives it its ID.
func (s *Store) AddRegisterCheck(ctx context.Context, k *forum.RegisterCheck) error {
	return must("add a register check", s.on(ctx).Clauses(nothing).Create(k), forum.ErrTaken)
}

// RegisterChecks lists what was seen, the newest first.
func (s *Store) RegisterChecks(ctx context.Context, applicationID int64) ([]forum.CheckRow, error) {
	var rows []forum.CheckRow
	err := s.on(ctx).Table("register_checks AS k").Select(columns[forum.RegisterCheck]("k")+", p.name AS by_name").
		Joins("JOIN people p ON p.id = k.by_id").Where("k.application_id = ?", applicationID).Order("k.id DESC").Find(&rows).Error
	return rows, fault("list register checks", err)
}

// Registration finds what staff know of a person's registration.
func (s *Store) Registration(ctx context.Context, personID int64) (forum.Registration, error) {
	var r forum.Registration
	err := s.on(ctx).Where("person_id = ?", personID).Take(&r).Error
	return r, fault("find a registration", err)
}

// DueRegistrations lists those about which somebody must be told something.
func (s *Store) DueRegistrations(ctx context.Context, now time.Time, limit int) ([]forum.Registration, error) {
	var list []forum.Registration
	err := s.on(ctx).Where("due_at IS NOT NULL AND due_at <= ? AND state = ?", micro(now), forum.RegistrationCurrent).Order("due_at, person_id").Limit(limit).Find(&list).Error
	return list, fault("find registrations that are due", err)
}

// SetDue sets when a registration is due next, if nobody else has.
func (s *Store) SetDue(ctx context.Context, personID int64, was time.Time, next *time.Time) error {
	var at any = gorm.Expr("NULL")
	if next != nil {
		at = micro(*next)
	}
	return must("set when a registration is due", s.on(ctx).Model(&forum.Registration{}).Where("person_id = ? AND due_at = ?", personID, micro(was)).
		UpdateColumn("due_at", at), forum.ErrLost)
}

// Grants lists a person's roles.
func (s *Store) Grants(ctx context.Context, personID int64) ([]forum.Grant, error) {
	var list []forum.Grant
	err := s.on(ctx).Where("person_id = ?", personID).Order("role").Find(&list).Error
	return list, fault("list a person's roles", err)
}

// DropGrant takes a role back.
func (s *Store) DropGrant(ctx context.Context, personID int64, r forum.Role) error {
	return must("take a role back", s.on(ctx).Where("person_id = ? AND role = ?", personID, r).Delete(&forum.Grant{}), forum.ErrNoRow)
}

// EndedGrants lists the roles that have ended by themselves.
func (s *Store) EndedGrants(ctx context.Context, now time.Time, limit int) ([]forum.Grant, error) {
	var list []forum.Grant
	err := s.on(ctx).Where("expires_at IS NOT NULL AND expires_at <= ?", micro(now)).Order("person_id, role").Limit(limit).Find(&list).Error
	return list, fault("list roles that have ended", err)
}

// HoldAdmins locks the admins' grants by writing them as they are, which both
// databases understand, and counts those that stay.
func (s *Store) HoldAdmins(ctx context.Context, without int64) (int, error) {
	if err := s.on(ctx).Model(&forum.Grant{}).Where("role = ?", forum.RoleAdmin).UpdateColumn("role", forum.RoleAdmin).Error; err != nil {
		return 0, fault("hold the admins", err)
	}
	var n int64
	err := s.on(ctx).Model(&forum.Grant{}).Where("role = ? AND person_id <> ? AND expires_at IS NULL", forum.RoleAdmin, without).Count(&n).Error
	return int(n), fault("count admins", err)
}

// AddGrantRequest stores q and gives it its ID.
func (s *Store) AddGrantRequest(ctx context.Context, q *forum.GrantRequest) error {
	return must("add a role that waits", s.on(ctx).Clauses(nothing).Create(q), forum.ErrTaken)
}

// GrantRequest finds a role that waited for a second person.
func (s *Store) GrantRequest(ctx context.Context, id int64) (forum.GrantRequest, error) {
	var q forum.GrantRequest
	err := s.on(ctx).Where("id = ?", id).Take(&q).Error
	return q, fault("find a role that waits", err)
}

// GrantRequests lists the roles that wait, oldest first.
func (s *Store) GrantRequests(ctx context.Context) ([]forum.GrantRequestRow, error) {
	var rows []forum.GrantRequestRow
	err := s.on(ctx).Table("grant_requests AS q").Select(columns[forum.GrantRequest]("q") + ", p.name AS person_name, b.name AS by_name").
		Joins("JOIN people p ON p.id = q.person_id").Joins("JOIN people b ON b.id = q.by_id").
		Where("q.state = 'open'").Order("q.id").Limit(200).Find(&rows).Error
	return rows, fault("list roles that wait", err)
}

// SettleGrantRequest closes a role that waits.
func (s *Store) SettleGrantRequest(ctx context.Context, id, by int64, to forum.GrantRequestState, now time.Time) error {
	return must("settle a role that waits", s.on(ctx).Model(&forum.GrantRequest{}).Where("id = ? AND state = 'open'", id).
		UpdateColumns(map[string]any{"state": to, "second_id": by, "decided_at": micro(now)}), forum.ErrLost)
}

// literal makes typed text stand for itself in LIKE.
var literal = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

// FindPeople lists people by alias.
func (s *Store) FindPeople(ctx context.Context, q forum.PeopleQuery) ([]forum.Person, error) {
	query := s.on(ctx).Model(&forum.Person{}).Select("id, name, created_at")
	if q.Alias != "" {
		query = query.Where(`name_key LIKE ? ESCAPE '\'`, "%"+literal.Replace(q.Alias)+"%")
	}
	if q.Role != "" {
		query = query.Where("id IN (?)", s.on(ctx).Model(&forum.Grant{}).Select("person_id").Where("role = ?", q.Role))
	}
	var list []forum.Person
	err := query.Order("name_key, id").Offset(q.Offset).Limit(q.Limit).Find(&list).Error
	return list, fault("list people", err)
}

// ClaimQuestion is one statement: whoever is second finds the row taken.
func (s *Store) ClaimQuestion(ctx context.Context, q forum.QuestionClaim) error {
	mine := "question_claims.holder_id = excluded.holder_id AND question_claims.lease_until > excluded.renewed_at"
	take := clause.OnConflict{
		Columns: []clause.Column{{Name: "thread_id"}},
		Where: clause.Where{Exprs: []clause.Expression{
			clause.Expr{SQL: "question_claims.holder_id = excluded.holder_id OR question_claims.lease_until <= excluded.renewed_at"},
		}},
		DoUpdates: clause.Assignments(map[string]any{
			"holder_id":   gorm.Expr("excluded.holder_id"),
			"lease":       gorm.Expr("CASE WHEN " + mine + " THEN question_claims.lease ELSE excluded.lease END"),
			"claimed_at":  gorm.Expr("CASE WHEN " + mine + " THEN question_claims.claimed_at ELSE excluded.claimed_at END"),
			"renewed_at":  gorm.Expr("excluded.renewed_at"),
			"lease_until": gorm.Expr("excluded.lease_until"),
		}),
	}
	return must("claim a question", s.on(ctx).Clauses(take).Create(&q), forum.ErrLost)
}

// QuestionClaims lists the live claims.
func (s *Store) QuestionClaims(ctx context.Context, now time.Time) ([]forum.QuestionClaimRow, error) {
	var rows []forum.QuestionClaimRow
	err := s.on(ctx).Table("question_claims AS q").Select(columns[forum.QuestionClaim]("q")+", p.name AS holder_name").
		Joins("JOIN people p ON p.id = q.holder_id").Where("q.lease_until > ?", micro(now)).Find(&rows).Error
	return rows, fault("list claims", err)
}

// DropQuestionClaim gives a question back; one that isn't theirs stays.
func (s *Store) DropQuestionClaim(ctx context.Context, threadID, personID int64) error {
	return fault("release a question", s.on(ctx).Where("thread_id = ? AND holder_id = ?", threadID, personID).Delete(&forum.QuestionClaim{}).Error)
}

// DropQuestionClaims gives back everything somebody holds.
func (s *Store) DropQuestionClaims(ctx context.Context, personID int64) error {
	return fault("release a midwife's questions", s.on(ctx).Where("holder_id = ?", personID).Delete(&forum.QuestionClaim{}).Error)
}

// WaitsForMidwife says whether a thread that readers see hopes for a midwife.
func (s *Store) WaitsForMidwife(ctx context.Context, threadID int64) (bool, error) {
	var n int64
	err := s.on(ctx).Table("threads AS t").Where("t.id = ? AND "+shownThread, threadID).
		Where("(t.wants = 'midwife' AND t.answers = 0 OR EXISTS (SELECT 1 FROM posts p WHERE p.thread_id = t.id AND p.body_level > 0 AND p.capacity = 'parent' AND " + shownPost +
			" AND NOT EXISTS (SELECT 1 FROM posts m WHERE m.thread_id = t.id AND m.id > p.id AND " + answering + ")))").Count(&n).Error
	return n > 0, fault("look whether a thread waits for a midwife", err)
}

// answering is a midwife's answer m that counts.
var answering = "m.capacity = 'midwife' AND m.state IN ('public', 'folded') AND " + vouched("m")

// SawSign looks at the opening and at one post.
func (s *Store) SawSign(ctx context.Context, threadID, postID int64) (bool, error) {
	var n int64
	err := s.on(ctx).Table("posts AS p").Where("p.thread_id = ? AND (p.part = 'opening' OR p.id = ?)", threadID, postID).
		Where("(p.body_level > 0 OR p.care <> '') AND p.capacity = 'parent' AND " + shownPost).Count(&n).Error
	return n > 0, fault("look for signs", err)
}

// AddAnswer stores what an answer was made of.
func (s *Store) AddAnswer(ctx context.Context, a forum.Answer) error {
	return fault("keep what an answer was made of", s.on(ctx).Create(&a).Error)
}

// Answers lists what the answers in a thread were made of.
func (s *Store) Answers(ctx context.Context, threadID int64) ([]forum.Answer, error) {
	var list []forum.Answer
	err := s.on(ctx).Table("answers AS n").Select(columns[forum.Answer]("n")).
		Joins("JOIN posts p ON p.id = n.post_id").Where("p.thread_id = ?", threadID).Order("n.post_id").Find(&list).Error
	return list, fault("list answers", err)
}

// BlockUses lists answers with a block, the newest first.
func (s *Store) BlockUses(ctx context.Context, slug string, limit int) ([]forum.BlockUse, error) {
	var list []forum.BlockUse
	err := s.on(ctx).Table("answers AS n").Select("n.post_id, n.blocks, p.thread_id, p.created_at, t.title").
		Joins("JOIN posts p ON p.id = n.post_id").Joins("JOIN threads t ON t.id = p.thread_id").
		Where(`' ' || n.blocks LIKE ? ESCAPE '\' AND `+shownPost+" AND "+shownThread, "% "+literal.Replace(slug)+":%").
		Order("n.post_id DESC").Limit(limit).Find(&list).Error
	return list, fault("list answers with a block", err)
}

// AddOpinion stores o and gives it its ID.
func (s *Store) AddOpinion(ctx context.Context, o *forum.SecondOpinion) error {
	return must("add a second opinion", s.on(ctx).Clauses(nothing).Create(o), forum.ErrTaken)
}

// Opinions lists the second opinions in a thread.
func (s *Store) Opinions(ctx context.Context, threadID int64) ([]forum.OpinionRow, error) {
	var rows []forum.OpinionRow
	err := s.on(ctx).Table("second_opinions AS o").Select(columns[forum.SecondOpinion]("o")+", a.name, COALESCE(r.state, '') <> 'current' AS past").
		Joins("JOIN posts p ON p.id = o.post_id").Joins("JOIN people a ON a.id = o.person_id").
		Joins("LEFT JOIN registrations r ON r.person_id = o.person_id").Joins("LEFT JOIN posts w ON w.id = o.reply_id").
		Where("p.thread_id = ? AND (o.reply_id IS NULL OR w.state IN ('public', 'folded'))", threadID).
		Where("COALESCE(r.state, '') NOT IN " + doubted).
		Order("o.id").Find(&rows).Error
	return rows, fault("list second opinions", err)
}

// RecountAnswers counts anew in the threads where somebody answered as a midwife.
func (s *Store) RecountAnswers(ctx context.Context, personID int64, now time.Time) error {
	return s.tx(ctx, func(in *Store) error {
		var threads []int64
		err := in.on(ctx).Table("posts").Distinct("thread_id").Where("author_id = ? AND capacity = 'midwife'", personID).Order("thread_id").Pluck("thread_id", &threads).Error
		if err != nil {
			return fault("list a midwife's threads", err)
		}
		for _, id := range threads {
			if err := in.raiseVersion(ctx, id); err != nil {
				return err
			}
			if err := in.recount(ctx, id, false, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// CountAnswersBy counts what somebody wrote as a midwife.
func (s *Store) CountAnswersBy(ctx context.Context, personID int64) (int, error) {
	var n int64
	err := s.on(ctx).Model(&forum.Post{}).Where("author_id = ? AND capacity = ?", personID, forum.AsMidwife).Count(&n).Error
	return int(n), fault("count a midwife's answers", err)
}
