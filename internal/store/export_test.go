package store

import (
	"context"

	"gorm.io/gorm"

	"snowdrop/internal/forum"
)

// Visible lists every post that visibleTo lets the actor see, for a test that
// compares all of them with the rule.
func (s *Store) Visible(ctx context.Context, a forum.Actor) ([]int64, error) {
	var ids []int64
	err := s.on(ctx).Table("posts AS p").Joins("JOIN threads t ON t.id = p.thread_id").
		Scopes(s.visibleTo(a)).Pluck("p.id", &ids).Error
	return ids, err
}

// NextSQL and QueueSQL are the statements that find the next case and the first
// page of the list, with their values, for a test that asks how they are run.
func (s *Store) NextSQL(ctx context.Context, q forum.NextQuery) string {
	return s.dry(func(in *Store) *gorm.DB { return in.next(ctx, q).Find(&[]forum.Case{}) })
}

// QueueSQL is described with NextSQL.
func (s *Store) QueueSQL(ctx context.Context, q forum.QueueQuery) string {
	return s.dry(func(in *Store) *gorm.DB { return in.queue(ctx, q).Find(&[]forum.CaseRow{}) })
}

func (s *Store) dry(do func(*Store) *gorm.DB) string {
	in := *s
	in.db = s.db.Session(&gorm.Session{DryRun: true})
	done := do(&in).Statement
	return in.db.Explain(done.SQL.String(), done.Vars...)
}
