package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"snowdrop/internal/forum"
	"snowdrop/moderation"
)

const liveCase = "c.state IN ('open', 'claimed', 'waiting')"

var caseRow = columns[forum.Case]("c") + `, p.body, p.state AS post_state, p.revision, p.part, p.thread_id,
	t.title AS thread_title, t.topic, p.author_id, a.name AS author_name, p.anonymous, p.capacity, p.care,
	p.created_at AS posted_at, COALESCE(h.name, '') AS holder_name`

func (s *Store) cases(ctx context.Context) *gorm.DB {
	return s.on(ctx).Table("cases AS c").Select(caseRow).
		Joins("JOIN posts p ON p.id = c.post_id").
		Joins("JOIN threads t ON t.id = p.thread_id").
		Joins("JOIN people a ON a.id = p.author_id").
		Joins("LEFT JOIN people h ON h.id = c.holder_id")
}

// AddCase stores c and gives it its ID; forum.ErrTaken when its post has one.
func (s *Store) AddCase(ctx context.Context, c *forum.Case) error {
	return must("add a case", s.on(ctx).Clauses(nothing).Create(c), forum.ErrTaken)
}

// CaseOfPost finds the case of a post.
func (s *Store) CaseOfPost(ctx context.Context, postID int64) (forum.Case, error) {
	var c forum.Case
	err := s.on(ctx).Where("post_id = ?", postID).Take(&c).Error
	return c, fault("find the case of a post", err)
}

// Case finds a case with its post.
func (s *Store) Case(ctx context.Context, id int64) (forum.CaseRow, error) {
	var row forum.CaseRow
	err := s.cases(ctx).Where("c.id = ?", id).Take(&row).Error
	return row, fault("find a case", err)
}

// Queue lists cases by band, then by the time they must be decided.
func (s *Store) Queue(ctx context.Context, q forum.QueueQuery) ([]forum.CaseRow, error) {
	query := s.cases(ctx)
	if q.Band != "" {
		query = query.Where("c.band = ?", q.Band)
	}
	if len(q.States) > 0 {
		query = query.Where("c.state IN ?", q.States)
	} else {
		query = query.Where(liveCase)
	}
	var rows []forum.CaseRow
	err := query.Order("c.band, c.decide_by, c.id").Limit(q.Limit).Offset(q.Offset).Find(&rows).Error
	return rows, fault("list the queue", err)
}

// CountQueue counts the live cases by band. Bands without any are left out.
func (s *Store) CountQueue(ctx context.Context) (map[moderation.Band]int, error) {
	var rows []struct {
		Band  moderation.Band
		Cases int
	}
	err := s.on(ctx).Table("cases AS c").Select("c.band, count(*) AS cases").
		Where(liveCase).Group("c.band").Find(&rows).Error
	if err != nil {
		return nil, fault("count the queue", err)
	}
	counts := make(map[moderation.Band]int, len(rows))
	for _, r := range rows {
		counts[r.Band] = r.Cases
	}
	return counts, nil
}

// CasesAbout counts the cases on a person's posts.
func (s *Store) CasesAbout(ctx context.Context, personID int64) (int, error) {
	var n int64
	err := s.on(ctx).Table("cases AS c").Joins("JOIN posts p ON p.id = c.post_id").
		Where("p.author_id = ?", personID).Count(&n).Error
	return int(n), fault("count the cases about a person", err)
}

// SaveCase writes every field of c but its ID, if nobody changed the case since
// c was read; c.Version is raised to match.
func (s *Store) SaveCase(ctx context.Context, c *forum.Case) error {
	err := must("save a case", s.on(ctx).Model(&forum.Case{}).Where("id = ? AND version = ?", c.ID, c.Version).
		UpdateColumns(map[string]any{
			"post_id":     c.PostID,
			"band":        c.Band,
			"state":       c.State,
			"version":     c.Version + 1,
			"look_by":     micro(c.LookBy),
			"decide_by":   micro(c.DecideBy),
			"holder_id":   c.HolderID,
			"lease":       c.Lease,
			"lease_until": microOrNil(c.LeaseUntil),
			"opened_at":   micro(c.OpenedAt),
			"decided_at":  microOrNil(c.DecidedAt),
		}), forum.ErrLost)
	if err == nil {
		c.Version++
	}
	return err
}

// unclaimed is what a case's columns hold when nobody holds the case.
func unclaimed(to forum.CaseState) map[string]any {
	return map[string]any{
		"state": to, "holder_id": nil, "lease": "", "lease_until": nil,
		"version": gorm.Expr("version + 1"),
	}
}

// ClaimCase gives the lease to a holder. A live lease, even the holder's own,
// stands in the way; one that ran out does not.
func (s *Store) ClaimCase(ctx context.Context, id, holder int64, lease string, now, until time.Time) error {
	return must("claim a case", s.on(ctx).Model(&forum.Case{}).
		Where("id = ? AND (state IN ('open', 'waiting') OR state = 'claimed' AND lease_until <= ?)", id, micro(now)).
		UpdateColumns(map[string]any{
			"state": forum.CaseClaimed, "holder_id": holder, "lease": lease, "lease_until": micro(until),
			"version": gorm.Expr("version + 1"),
		}), forum.ErrLost)
}

// RenewCase makes a live lease last longer.
func (s *Store) RenewCase(ctx context.Context, id int64, lease string, now, until time.Time) error {
	return must("renew a claim", s.on(ctx).Model(&forum.Case{}).
		Where("id = ? AND state = 'claimed' AND lease = ? AND lease_until > ?", id, lease, micro(now)).
		UpdateColumn("lease_until", micro(until)), forum.ErrLost)
}

// ReleaseCase gives the lease back.
func (s *Store) ReleaseCase(ctx context.Context, id int64, lease string) error {
	return must("release a case", s.on(ctx).Model(&forum.Case{}).
		Where("id = ? AND state = 'claimed' AND lease = ?", id, lease).
		UpdateColumns(unclaimed(forum.CaseOpen)), forum.ErrLost)
}

// DecideCase moves a case out of its holder's hands.
func (s *Store) DecideCase(ctx context.Context, id int64, lease string, version int64, revision int, to forum.CaseState, now time.Time) error {
	changes := unclaimed(to)
	if to == forum.CaseDecided {
		changes["decided_at"] = micro(now)
	}
	return must("decide a case", s.on(ctx).Model(&forum.Case{}).
		Where("id = ? AND state = 'claimed' AND lease = ? AND lease_until > ? AND version = ?", id, lease, micro(now), version).
		Where("EXISTS (SELECT 1 FROM posts p WHERE p.id = cases.post_id AND p.revision = ?)", revision).
		UpdateColumns(changes), forum.ErrLost)
}

// CloseDelivered closes the decided cases that have no mail left to send.
func (s *Store) CloseDelivered(ctx context.Context) error {
	return fault("close delivered cases", s.on(ctx).Exec(`UPDATE cases SET state = 'closed', version = version + 1
		WHERE state = 'decided' AND NOT EXISTS (
			SELECT 1 FROM mails m WHERE m.case_id = cases.id AND m.state IN ('waiting', 'sending'))`).Error)
}
