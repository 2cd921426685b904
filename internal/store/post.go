package store

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"snowdrop/internal/forum"
)

var postRow = columns[forum.Post]("p") + `, a.name AS author_name, t.topic, t.title AS thread_title,
	t.author_id AS thread_author, t.state AS thread_state, t.anonymous AS thread_anonymous, t.matters AS thread_matters, t.audience,
	CASE WHEN p.capacity = 'midwife' THEN COALESCE((SELECT r.state FROM registrations r WHERE r.person_id = p.author_id), '') ELSE '' END AS registration,
	CASE WHEN p.capacity = 'midwife' THEN (SELECT r.checked_at FROM registrations r WHERE r.person_id = p.author_id) END AS checked_at,
	EXISTS (SELECT 1 FROM supports s WHERE s.post_id = p.id AND s.person_id = ?) AS supported,
	CASE WHEN p.author_id = ? THEN (SELECT count(*) FROM supports s WHERE s.post_id = p.id) ELSE 0 END AS supports`

// posts is the query that every post comes from, before anybody's scope. Who
// asks decides what Supported and Supports say.
func (s *Store) posts(ctx context.Context, asking int64) *gorm.DB {
	return s.on(ctx).Table("posts AS p").Select(postRow, asking, asking).
		Joins("JOIN threads t ON t.id = p.thread_id").
		Joins("JOIN people a ON a.id = p.author_id")
}

// AddPost stores p and gives it its ID.
func (s *Store) AddPost(ctx context.Context, p *forum.Post) error {
	return fault("add a post", s.on(ctx).Create(p).Error)
}

// Post finds a post that the actor may read.
func (s *Store) Post(ctx context.Context, a forum.Actor, id int64) (forum.PostRow, error) {
	var row forum.PostRow
	err := s.posts(ctx, a.ID).Scopes(s.visibleTo(a)).Where("p.id = ?", id).Take(&row).Error
	return row, fault("find a post", err)
}

// Opening finds a thread's opening post, if the actor may read it.
func (s *Store) Opening(ctx context.Context, a forum.Actor, threadID int64) (forum.PostRow, error) {
	var row forum.PostRow
	err := s.posts(ctx, a.ID).Scopes(s.visibleTo(a)).
		Where("p.thread_id = ? AND p.part = 'opening'", threadID).Take(&row).Error
	return row, fault("find an opening post", err)
}

// PostsBy lists a person's posts for that person, newest first.
func (s *Store) PostsBy(ctx context.Context, personID int64, limit int) ([]forum.PostRow, error) {
	var rows []forum.PostRow
	err := s.posts(ctx, personID).Where("p.author_id = ?", personID).
		Order("p.id DESC").Limit(limit).Find(&rows).Error
	return rows, fault("list a person's posts", err)
}

// BodyQuestions lists the shown posts about the writer's body that no midwife has
// answered, oldest first.
func (s *Store) BodyQuestions(ctx context.Context, a forum.Actor, since time.Time, limit int) ([]forum.PostRow, error) {
	var rows []forum.PostRow
	err := s.posts(ctx, a.ID).Scopes(s.visibleTo(a)).
		Where("p.body_level > 0 AND p.created_at >= ? AND p.author_id <> ? AND "+shownPost+" AND "+shownThread, micro(since), a.ID).
		Where("NOT EXISTS (SELECT 1 FROM posts m WHERE m.thread_id = p.thread_id AND m.id > p.id AND " + answering + ")").
		Order("p.created_at, p.id").Limit(limit).Find(&rows).Error
	return rows, fault("list questions about the body", err)
}

// CountShown counts a person's posts that readers see.
func (s *Store) CountShown(ctx context.Context, personID int64) (int, error) {
	var n int64
	err := s.on(ctx).Table("posts AS p").Where("p.author_id = ? AND "+shownPost, personID).Count(&n).Error
	return int(n), fault("count a person's posts", err)
}

// MovePost sets a post's state, if it is still in state from, and with it what
// hangs on it: the thread's own state for an opening, and its counters.
func (s *Store) MovePost(ctx context.Context, postID int64, from, to forum.PostState, now time.Time) error {
	return s.tx(ctx, func(in *Store) error {
		err := must("move a post", in.on(ctx).Model(&forum.Post{}).Where("id = ? AND state = ?", postID, from).
			UpdateColumn("state", to), forum.ErrLost)
		if err != nil {
			return err
		}
		at, err := in.place(ctx, postID)
		if err != nil {
			return err
		}
		if err := in.raiseVersion(ctx, at.ThreadID); err != nil {
			return err
		}
		if at.Part == forum.PartOpening {
			err := in.on(ctx).Model(&forum.Thread{}).Where("id = ?", at.ThreadID).UpdateColumn("state", to).Error
			if err != nil {
				return fault("move a thread", err)
			}
		}
		return in.recount(ctx, at.ThreadID, to.Shown() && !from.Shown(), now)
	})
}

// SetMentions replaces a post's content notes, and its thread's for an opening.
func (s *Store) SetMentions(ctx context.Context, postID int64, m forum.Mentions) error {
	return s.tx(ctx, func(in *Store) error {
		err := must("set content notes", in.on(ctx).Model(&forum.Post{}).Where("id = ?", postID).
			UpdateColumns(map[string]any{"mentions": m, "matters": gorm.Expr("suggested | ?", int(forum.MattersOf(m)))}), forum.ErrNoRow)
		if err != nil {
			return err
		}
		at, err := in.place(ctx, postID)
		if err != nil {
			return err
		}
		return in.mirror(ctx, at, map[string]any{"mentions": m, "matters": gorm.Expr("(SELECT p.matters FROM posts p WHERE p.id = ?)", postID)})
	})
}

// SetCorrection replaces what the team put right in a post.
func (s *Store) SetCorrection(ctx context.Context, postID int64, text string) error {
	return s.tx(ctx, func(in *Store) error {
		err := must("set a correction", in.on(ctx).Model(&forum.Post{}).Where("id = ?", postID).UpdateColumn("correction", text), forum.ErrNoRow)
		if err != nil {
			return err
		}
		at, err := in.place(ctx, postID)
		if err != nil {
			return err
		}
		return in.raiseVersion(ctx, at.ThreadID)
	})
}

// mirror raises the version of a post's thread, and writes changes into it when
// the post is its opening.
func (s *Store) mirror(ctx context.Context, at place, changes map[string]any) error {
	if at.Part != forum.PartOpening {
		return s.raiseVersion(ctx, at.ThreadID)
	}
	changes["version"] = gorm.Expr("version + 1")
	return must("change a thread", s.on(ctx).Model(&forum.Thread{}).Where("id = ?", at.ThreadID).
		UpdateColumns(changes), forum.ErrNoRow)
}

// place is where a post stands.
type place struct {
	ThreadID int64
	Part     forum.Part
}

func (s *Store) place(ctx context.Context, postID int64) (place, error) {
	var at place
	err := s.on(ctx).Table("posts").Select("thread_id, part").Where("id = ?", postID).Take(&at).Error
	return at, fault("find a post's place", err)
}

// SetSupport adds or takes back one "with you". The thread's version grows only
// when something changed.
func (s *Store) SetSupport(ctx context.Context, sup forum.Support, on bool) error {
	return s.tx(ctx, func(in *Store) error {
		var done *gorm.DB
		if on {
			done = in.on(ctx).Clauses(nothing).Create(&sup)
		} else {
			done = in.on(ctx).Where("post_id = ? AND person_id = ?", sup.PostID, sup.PersonID).Delete(&forum.Support{})
		}
		if errors.Is(done.Error, gorm.ErrForeignKeyViolated) {
			return fault("support a post", forum.ErrNoRow)
		}
		if done.Error != nil || done.RowsAffected == 0 {
			return fault("support a post", done.Error)
		}
		at, err := in.place(ctx, sup.PostID)
		if err != nil {
			return err
		}
		return in.raiseVersion(ctx, at.ThreadID)
	})
}
