package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"snowdrop/internal/forum"
)

var threadRow = columns[forum.Thread]("t") + ", a.name AS author_name"

// threads is the query that every thread heading comes from.
func (s *Store) threads(ctx context.Context, a forum.Actor) *gorm.DB {
	return s.on(ctx).Table("threads AS t").Select(threadRow).
		Joins("JOIN people a ON a.id = t.author_id").Scopes(s.openTo(a))
}

// AddThread stores t and gives it its ID.
func (s *Store) AddThread(ctx context.Context, t *forum.Thread) error {
	return fault("add a thread", s.on(ctx).Create(t).Error)
}

// Thread finds a thread whose page the actor may open.
func (s *Store) Thread(ctx context.Context, a forum.Actor, id int64) (forum.ThreadRow, error) {
	var row forum.ThreadRow
	err := s.threads(ctx, a).Where("t.id = ?", id).Take(&row).Error
	if err != nil {
		return row, fault("find a thread", err)
	}
	rows := []forum.ThreadRow{row}
	err = s.discount(ctx, a, rows)
	return rows[0], err
}

// Threads lists threads that the actor may open, newest activity first.
func (s *Store) Threads(ctx context.Context, a forum.Actor, q forum.ThreadQuery) ([]forum.ThreadRow, error) {
	query := s.threads(ctx, a).Scopes(listed(a, q.Sieve, "t"))
	if q.Topic != "" {
		query = query.Where("t.topic = ?", q.Topic)
	}
	if len(q.Within) > 0 {
		query = query.Where("t.topic IN ?", q.Within)
	}
	if len(q.Without) > 0 {
		query = query.Where("t.topic NOT IN ?", q.Without)
	}
	if !q.Before.IsZero() {
		query = query.Where("(t.active_at, t.id) < (?, ?)", micro(q.Before), q.BeforeID)
	}
	if !q.After.IsZero() {
		query = query.Where("(t.active_at, t.id) > (?, ?)", micro(q.After), q.AfterID)
	}
	var rows []forum.ThreadRow
	err := query.Order("t.active_at DESC, t.id DESC").Limit(q.Limit).Find(&rows).Error
	if err != nil {
		return nil, fault("list threads", err)
	}
	return rows, s.discount(ctx, a, rows)
}

// LastActive says when each topic last saw something the actor may read. It
// hops from topic to topic along an index instead of reading every thread.
func (s *Store) LastActive(ctx context.Context, a forum.Actor) (map[string]time.Time, error) {
	newest := s.on(ctx).Table("threads AS t").Select("t.active_at").
		Where("t.topic = names.topic").Scopes(s.openTo(a)).
		Order("t.active_at DESC, t.id DESC").Limit(1)
	var rows []struct {
		Topic    string
		ActiveAt *time.Time
	}
	err := s.on(ctx).Raw(`WITH RECURSIVE names (topic) AS (
			SELECT min(topic) FROM threads
			UNION ALL
			SELECT (SELECT min(n.topic) FROM threads n WHERE n.topic > names.topic) FROM names WHERE names.topic IS NOT NULL
		)
		SELECT topic, (?) AS active_at FROM names WHERE topic IS NOT NULL`, newest).Scan(&rows).Error
	if err != nil {
		return nil, fault("read the topics' last activity", err)
	}
	last := make(map[string]time.Time, len(rows))
	for _, r := range rows {
		if r.ActiveAt != nil {
			last[r.Topic] = *r.ActiveAt
		}
	}
	return last, nil
}

// Questions lists the shown threads that want a midwife and have no answer,
// oldest first.
func (s *Store) Questions(ctx context.Context, a forum.Actor, limit int) ([]forum.ThreadRow, error) {
	var rows []forum.ThreadRow
	err := s.threads(ctx, a).Where("t.wants = 'midwife' AND t.answers = 0 AND " + shownThread).
		Order("t.created_at, t.id").Limit(limit).Find(&rows).Error
	return rows, fault("list questions", err)
}

// SetAudience narrows or widens who may read a thread.
func (s *Store) SetAudience(ctx context.Context, threadID int64, a forum.Audience) error {
	return must("set a thread's audience", s.on(ctx).Model(&forum.Thread{}).Where("id = ?", threadID).
		UpdateColumns(map[string]any{"audience": a, "version": gorm.Expr("version + 1")}), forum.ErrNoRow)
}

// SetTopic moves a thread to another topic.
func (s *Store) SetTopic(ctx context.Context, threadID int64, topic string) error {
	return must("move a thread", s.on(ctx).Model(&forum.Thread{}).Where("id = ?", threadID).
		UpdateColumns(map[string]any{"topic": topic, "version": gorm.Expr("version + 1")}), forum.ErrNoRow)
}

// SetPace says how fast a thread may grow.
func (s *Store) SetPace(ctx context.Context, threadID int64, p forum.Pace) error {
	return must("set a thread's pace", s.on(ctx).Model(&forum.Thread{}).Where("id = ?", threadID).
		UpdateColumns(map[string]any{"pace": p, "version": gorm.Expr("version + 1")}), forum.ErrNoRow)
}

// LastComment is when a person last commented in a thread; zero when never.
func (s *Store) LastComment(ctx context.Context, threadID, personID int64) (time.Time, error) {
	var at []time.Time
	err := s.on(ctx).Table("posts AS p").Where("p.thread_id = ? AND p.author_id = ? AND p.part = 'comment'", threadID, personID).
		Order("p.id DESC").Limit(1).Pluck("p.created_at", &at).Error
	if err != nil || len(at) == 0 {
		return time.Time{}, fault("find a person's last comment", err)
	}
	return at[0].UTC(), nil
}

// TouchThread recounts a thread after a new post. ActiveAt moves only when
// readers see more than before: a held comment is nothing new to them.
func (s *Store) TouchThread(ctx context.Context, threadID int64, now time.Time) error {
	return s.tx(ctx, func(in *Store) error {
		if err := in.raiseVersion(ctx, threadID); err != nil {
			return err
		}
		return in.recount(ctx, threadID, false, now)
	})
}

// raiseVersion also locks the thread's row until the transaction ends.
func (s *Store) raiseVersion(ctx context.Context, threadID int64) error {
	return must("raise a thread's version", s.on(ctx).Model(&forum.Thread{}).Where("id = ?", threadID).
		UpdateColumn("version", gorm.Expr("version + 1")), forum.ErrNoRow)
}

// recount counts what readers see. It comes after raiseVersion, as a statement
// of its own: PostgreSQL gives each statement the state of the moment it began,
// and one that had waited for the row would count without the comment that it
// waited for.
func (s *Store) recount(ctx context.Context, threadID int64, fresh bool, now time.Time) error {
	const comments = "(SELECT count(*) FROM posts p WHERE p.thread_id = threads.id AND p.part = 'comment' AND " + shownPost
	return fault("recount a thread", s.on(ctx).Exec(`UPDATE threads SET
			active_at = CASE WHEN ? OR `+comments+`) > comments THEN ? ELSE active_at END,
			comments = `+comments+`),
			answers = `+comments+` AND p.capacity = 'midwife' AND `+vouched("p")+`)
		WHERE id = ?`, fresh, micro(now), threadID).Error)
}
