package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"snowdrop/internal/forum"
)

// EditPost writes p's body, mentions, matters, care cards, body level and EditedAt as the revision
// after from, and keeps what stood there. The title is the thread's new one, for
// an opening post; empty leaves it.
func (s *Store) EditPost(ctx context.Context, p forum.Post, from int, title string) error {
	return s.tx(ctx, func(in *Store) error {
		// First the guard, which also locks the row; only then are the old words safe to copy.
		err := must("edit a post", in.on(ctx).Model(&forum.Post{}).Where("id = ? AND revision = ?", p.ID, from).
			UpdateColumn("revision", gorm.Expr("revision + 1")), forum.ErrLost)
		if err != nil {
			return err
		}
		err = in.on(ctx).Exec(`INSERT INTO revisions (post_id, number, title, body, mentions, created_at)
			SELECT p.id, p.revision - 1, CASE WHEN p.part = 'opening' THEN t.title ELSE '' END,
				p.body, p.mentions, COALESCE(p.edited_at, p.created_at)
			FROM posts p JOIN threads t ON t.id = p.thread_id WHERE p.id = ?`, p.ID).Error
		if err != nil {
			return fault("keep the earlier wording", err)
		}
		err = in.on(ctx).Model(&forum.Post{}).Where("id = ?", p.ID).UpdateColumns(map[string]any{
			"body": p.Body, "mentions": p.Mentions, "suggested": p.Suggested, "matters": p.Matters, "care": p.Care, "body_level": p.BodyLevel, "edited_at": microOrNil(p.EditedAt),
		}).Error
		if err != nil {
			return fault("write the new wording", err)
		}
		at, err := in.place(ctx, p.ID)
		if err != nil {
			return err
		}
		changes := map[string]any{"mentions": p.Mentions, "matters": p.Matters}
		if title != "" {
			changes["title"] = title
		}
		return in.mirror(ctx, at, changes)
	})
}

// Revisions lists a post's earlier wordings, oldest first.
func (s *Store) Revisions(ctx context.Context, postID int64) ([]forum.Revision, error) {
	var list []forum.Revision
	err := s.on(ctx).Where("post_id = ?", postID).Order("number").Find(&list).Error
	return list, fault("list revisions", err)
}

// AddSubmission claims a form's key for a post. A claim made at since or before
// is taken over.
func (s *Store) AddSubmission(ctx context.Context, key string, postID int64, now, since time.Time) (int64, error) {
	done := s.on(ctx).Exec(`INSERT INTO submissions (key, post_id, created_at) VALUES (?, ?, ?)
		ON CONFLICT (key) DO UPDATE SET post_id = excluded.post_id, created_at = excluded.created_at
		WHERE submissions.created_at <= ?`, key, postID, micro(now), micro(since))
	if done.Error != nil || done.RowsAffected > 0 {
		return 0, fault("claim a submission", done.Error)
	}
	var held forum.Submission
	err := s.on(ctx).Where("key = ?", key).Take(&held).Error
	return held.PostID, fault("find a submission", err)
}

// DropSubmissions forgets the keys of a post, so that its words can be sent again.
func (s *Store) DropSubmissions(ctx context.Context, postID int64) error {
	return fault("drop submissions", s.on(ctx).Where("post_id = ?", postID).Delete(&forum.Submission{}).Error)
}
