package store

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"snowdrop/internal/forum"
	"snowdrop/moderation"
)

const liveCase = "c.state IN ('open', 'claimed', 'waiting')"

var caseRow = columns[forum.Case]("c") + `, p.body, p.state AS post_state, p.revision, p.part, p.thread_id,
	t.title AS thread_title, t.kind, t.topic, p.author_id, a.name AS author_name, p.anonymous, p.capacity, p.care,
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
	var rows []forum.CaseRow
	err := s.queue(ctx, q).Find(&rows).Error
	return rows, fault("list the queue", err)
}

func (s *Store) queue(ctx context.Context, q forum.QueueQuery) *gorm.DB {
	query := s.cases(ctx)
	if q.Band != "" {
		query = query.Where("c.band = ?", q.Band)
	}
	if len(q.States) > 0 {
		query = query.Where("c.state IN ?", q.States)
	} else {
		query = query.Where(liveCase)
	}
	if q.Category != "" {
		query = query.Where("EXISTS (SELECT 1 FROM signals s WHERE s.case_id = c.id AND s.category = ? AND NOT s.cancelled AND s.outcome = 'open')", q.Category)
	}
	return query.Order("c.band, c.decide_by, c.id").Limit(q.Limit).Offset(q.Offset)
}

// CountQueue counts the live cases by band, up to forum.CountMost of each. Bands
// without any are left out.
func (s *Store) CountQueue(ctx context.Context) (map[moderation.Band]int, error) {
	counts := make(map[moderation.Band]int, len(forum.Bands))
	for _, b := range forum.Bands {
		var n int
		err := s.on(ctx).Raw("SELECT count(*) FROM (SELECT 1 FROM cases AS c WHERE c.band = ? AND "+liveCase+" LIMIT ?) AS counted", b, forum.CountMost).Scan(&n).Error
		if err != nil {
			return nil, fault("count the queue", err)
		}
		if n > 0 {
			counts[b] = n
		}
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
			"clock_at":    micro(c.ClockAt),
			"alarm_at":    microOrNil(c.AlarmAt),
			"wait_for":    c.WaitFor,
			"wait_until":  microOrNil(c.WaitUntil),
			"except_id":   c.ExceptID,
			"opened_at":   micro(c.OpenedAt),
			"looked_at":   microOrNil(c.LookedAt),
			"decided_at":  microOrNil(c.DecidedAt),
		}), forum.ErrLost)
	if err == nil {
		c.Version++
	}
	return err
}

// DueCases lists the live cases with an alarm that is due or a wait that is over.
// Two queries, so that each has its index.
func (s *Store) DueCases(ctx context.Context, now time.Time, limit int) ([]forum.Case, error) {
	var due, over []forum.Case
	err := s.on(ctx).Table("cases AS c").Where("c.alarm_at <= ? AND "+liveCase, micro(now)).Order("c.alarm_at").Limit(limit).Find(&due).Error
	if err != nil {
		return nil, fault("find cases with an alarm", err)
	}
	err = s.on(ctx).Table("cases AS c").Where("c.wait_until <= ? AND c.state = 'waiting'", micro(now)).Order("c.wait_until").Limit(limit).Find(&over).Error
	for _, k := range over {
		if !slices.ContainsFunc(due, func(d forum.Case) bool { return d.ID == k.ID }) {
			due = append(due, k)
		}
	}
	return due, fault("find cases that waited", err)
}

// SetAlarm sets the next alarm of a live case.
func (s *Store) SetAlarm(ctx context.Context, id int64, was time.Time, next *time.Time) error {
	return must("set an alarm", s.on(ctx).Model(&forum.Case{}).
		Where("id = ? AND alarm_at = ? AND state IN ('open', 'claimed', 'waiting')", id, micro(was)).
		UpdateColumn("alarm_at", microOrNil(next)), forum.ErrLost)
}

// CloseDelivered closes the decided cases that have no mail left to send.
func (s *Store) CloseDelivered(ctx context.Context) error {
	return fault("close delivered cases", s.on(ctx).Exec(`UPDATE cases SET state = 'closed', version = version + 1
		WHERE state = 'decided' AND NOT EXISTS (
			SELECT 1 FROM mails m WHERE m.case_id = cases.id AND m.state IN ('waiting', 'sending'))`).Error)
}
