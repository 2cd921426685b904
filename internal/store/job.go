package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"snowdrop/internal/forum"
)

// AddJob stores a job, unless its key is there.
func (s *Store) AddJob(ctx context.Context, j forum.Job) error {
	return fault("add a job", s.on(ctx).Clauses(nothing).Create(&j).Error)
}

// TakeJobs leases jobs, the longest due first. On PostgreSQL callers skip the
// rows that others are just taking; SQLite lets one at a time write anyway.
func (s *Store) TakeJobs(ctx context.Context, now, until time.Time, limit int) ([]forum.Job, error) {
	skip := ""
	if s.kind == onPostgres {
		skip = "FOR UPDATE SKIP LOCKED"
	}
	now = micro(now)
	var taken []forum.Job
	err := s.on(ctx).Raw(`WITH due AS (
			SELECT id FROM jobs
			WHERE state = 'ready' AND run_at <= ? OR state = 'running' AND lease_until <= ?
			ORDER BY run_at, id LIMIT ? `+skip+`
		)
		UPDATE jobs SET state = 'running', attempts = attempts + 1, lease_until = ?
		WHERE id IN (SELECT id FROM due)
		RETURNING `+columns[forum.Job]("jobs"), now, now, limit, micro(until)).Scan(&taken).Error
	slices.SortFunc(taken, func(a, b forum.Job) int {
		return cmp.Or(a.RunAt.Compare(b.RunAt), cmp.Compare(a.ID, b.ID))
	})
	return taken, fault("take jobs", err)
}

// FinishJob sets what became of a job that TakeJobs handed out, unless its lease
// ran out and somebody else took it.
func (s *Store) FinishJob(ctx context.Context, j forum.Job, to forum.JobState, runAt time.Time) error {
	return must("finish a job", s.on(ctx).Model(&forum.Job{}).
		Where("id = ? AND state = 'running' AND attempts = ?", j.ID, j.Attempts).
		UpdateColumns(map[string]any{"state": to, "run_at": micro(runAt), "lease_until": gorm.Expr("NULL")}), forum.ErrLost)
}
