package store

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"snowdrop/internal/forum"
)

// barred is what keeps a person from deciding on a case, as conditions over cases
// c with @person for who it is: nobody decides on their own post, on what they
// reported, on an appeal against themselves, twice on what needs two, or again on
// what somebody new must look at. It is part of the very statements that give a
// case to somebody and decide it.
var barred = []struct {
	bar  forum.Bar
	when string
}{
	{forum.BarAuthor, "EXISTS (SELECT 1 FROM posts p WHERE p.id = c.post_id AND p.author_id = @person)"},
	{forum.BarReporter, "EXISTS (SELECT 1 FROM signals s WHERE s.case_id = c.id AND s.kind = 'report' AND s.person_id = @person)"},
	{forum.BarAppeal, `EXISTS (SELECT 1 FROM appeals ap JOIN decisions d ON d.id = ap.decision_id
		WHERE ap.case_id = c.id AND ap.state = 'open' AND (d.by_id = @person OR d.second_id = @person OR ap.person_id = @person))`},
	{forum.BarProposed, "EXISTS (SELECT 1 FROM proposals o WHERE o.case_id = c.id AND o.state IN ('open', 'differs') AND o.by_id = @person)"},
	{forum.BarBefore, "COALESCE(c.except_id, 0) = @person"},
}

// free is that none of them holds, for the person that a column or a mark names.
func free(person string) string {
	var all []string
	for _, b := range barred {
		all = append(all, "NOT "+strings.ReplaceAll(b.when, "@person", person))
	}
	return strings.Join(all, " AND ")
}

// mayTake narrows a query over cases c to those that somebody may take.
func mayTake(by forum.Claimer) scope {
	return func(db *gorm.DB) *gorm.DB {
		db = db.Where(free("@person"), map[string]any{"person": by.ID})
		if !by.Lead {
			db = db.Where("c.wait_for <> 'lead'")
		}
		if len(by.Not) > 0 {
			db = db.Where("c.band NOT IN ?", by.Not)
		}
		return db
	}
}

// Bar says why somebody may not take a case.
func (s *Store) Bar(ctx context.Context, id int64, by forum.Claimer) (forum.Bar, error) {
	var words []string
	for _, b := range barred {
		words = append(words, "WHEN "+b.when+" THEN '"+string(b.bar)+"'")
	}
	var row struct {
		Bar     forum.Bar
		WaitFor forum.WaitFor
		Band    string
	}
	err := s.on(ctx).Raw("SELECT CASE "+strings.Join(words, " ")+" ELSE '' END AS bar, c.wait_for, c.band FROM cases AS c WHERE c.id = @id",
		map[string]any{"person": by.ID, "id": id}).Scan(&row).Error
	switch {
	case err != nil || row.Bar != forum.BarNone:
	case row.WaitFor == forum.WaitLead && !by.Lead:
		row.Bar = forum.BarLead
	default:
		for _, band := range by.Not {
			if string(band) == row.Band {
				row.Bar = forum.BarTraining
			}
		}
	}
	return row.Bar, fault("ask who may take a case", err)
}

// change runs one guarded statement on cases c.
func (s *Store) change(ctx context.Context) *gorm.DB { return s.on(ctx).Table("cases AS c") }

// ClaimCase gives the lease to somebody. A live lease, even their own, stands in
// the way; one that ran out does not.
func (s *Store) ClaimCase(ctx context.Context, id int64, by forum.Claimer, lease string, now, until time.Time) error {
	return must("claim a case", s.change(ctx).
		Where("c.id = ? AND (c.state IN ('open', 'waiting') OR c.state = 'claimed' AND c.lease_until <= ?)", id, micro(now)).
		Scopes(mayTake(by)).UpdateColumns(held(by, lease, now, until)), forum.ErrLost)
}

// TakeCase gives a case from one holder to another.
func (s *Store) TakeCase(ctx context.Context, id int64, old string, by forum.Claimer, lease string, now, until time.Time) error {
	return must("take a case over", s.change(ctx).
		Where("c.id = ? AND c.state = 'claimed' AND c.lease = ?", id, old).
		Scopes(mayTake(by)).UpdateColumns(held(by, lease, now, until)), forum.ErrLost)
}

func held(by forum.Claimer, lease string, now, until time.Time) map[string]any {
	return map[string]any{
		"state": forum.CaseClaimed, "holder_id": by.ID, "lease": lease, "lease_until": micro(until),
		"looked_at": gorm.Expr("COALESCE(looked_at, ?)", micro(now)), "version": gorm.Expr("version + 1"),
	}
}

// RenewCase makes a live lease last longer.
func (s *Store) RenewCase(ctx context.Context, id int64, lease string, now, until time.Time) error {
	return must("renew a claim", s.on(ctx).Model(&forum.Case{}).
		Where("id = ? AND state = 'claimed' AND lease = ? AND lease_until > ?", id, lease, micro(now)).
		UpdateColumn("lease_until", micro(until)), forum.ErrLost)
}

// ReleaseCase gives the lease back. What the case waited for, it waits for again,
// unless that wait is over.
func (s *Store) ReleaseCase(ctx context.Context, id int64, lease string) error {
	return must("release a case", s.on(ctx).Model(&forum.Case{}).
		Where("id = ? AND state = 'claimed' AND lease = ?", id, lease).
		UpdateColumns(map[string]any{
			"state":     gorm.Expr("CASE WHEN wait_for = 'lead' OR wait_until IS NOT NULL THEN 'waiting' ELSE 'open' END"),
			"holder_id": nil, "lease": "", "lease_until": nil, "version": gorm.Expr("version + 1"),
		}), forum.ErrLost)
}

// DecideCase moves a case out of its holder's hands.
func (s *Store) DecideCase(ctx context.Context, m forum.Move) error {
	changes := map[string]any{
		"state": m.To, "holder_id": nil, "lease": "", "lease_until": nil, "version": gorm.Expr("version + 1"),
		"wait_for": m.WaitFor, "wait_until": microOrNil(m.WaitUntil),
	}
	if m.To == forum.CaseDecided {
		changes["decided_at"], changes["alarm_at"], changes["except_id"] = micro(m.Now), nil, nil
	}
	return must("decide a case", s.change(ctx).
		Where("c.id = ? AND c.state = 'claimed' AND c.lease = ? AND c.lease_until > ? AND c.version = ?", m.CaseID, m.Lease, micro(m.Now), m.Version).
		Where("EXISTS (SELECT 1 FROM posts p WHERE p.id = c.post_id AND p.revision = ?)", m.Revision).
		Where(free("c.holder_id")).UpdateColumns(changes), forum.ErrLost)
}

// NextCases lists the cases that somebody may be served. It walks the index of
// live cases in order and stops at the limit.
func (s *Store) NextCases(ctx context.Context, q forum.NextQuery) ([]forum.Case, error) {
	var list []forum.Case
	err := s.next(ctx, q).Find(&list).Error
	return list, fault("find the next case", err)
}

func (s *Store) next(ctx context.Context, q forum.NextQuery) *gorm.DB {
	now := micro(q.Now)
	second := "c.wait_for = 'second'"
	if q.By.Lead {
		second = "c.wait_for IN ('second', 'lead', 'safeguarding')"
	}
	db := s.on(ctx).Table("cases AS c").Select(columns[forum.Case]("c")).Where(liveCase).
		Where("(c.state = 'open' OR c.state = 'claimed' AND c.lease_until <= ? OR c.state = 'waiting' AND (c.wait_until <= ? OR "+second+"))", now, now).
		Where("NOT EXISTS (SELECT 1 FROM passes x WHERE x.case_id = c.id AND x.person_id = ? AND x.created_at >= c.opened_at)", q.By.ID).
		Scopes(mayTake(q.By))
	if len(q.Bands) > 0 {
		db = db.Where("c.band IN ?", q.Bands)
	}
	return db.Order("c.band, c.decide_by, c.id").Limit(q.Limit)
}

// HeldCases lists the cases in somebody's hands, the most urgent first.
func (s *Store) HeldCases(ctx context.Context, personID int64, now time.Time) ([]forum.Case, error) {
	var list []forum.Case
	err := s.on(ctx).Where("holder_id = ? AND lease_until > ?", personID, micro(now)).Order("band, decide_by, id").Find(&list).Error
	return list, fault("list the cases in hand", err)
}

// AddPass notes that somebody does not want to be served a case.
func (s *Store) AddPass(ctx context.Context, p forum.Pass) error {
	again := clause.OnConflict{Columns: []clause.Column{{Name: "case_id"}, {Name: "person_id"}}, DoUpdates: clause.AssignmentColumns([]string{"created_at"})}
	return fault("pass on a case", s.on(ctx).Clauses(again).Create(&p).Error)
}
