package store

import (
	"context"

	"gorm.io/gorm"

	"snowdrop/internal/forum"
)

// readingOrder puts each comment before its replies. An index holds it.
const readingOrder = "COALESCE(p.parent_id, p.id), p.id"

// commentsOf narrows a query over posts p to the comments of one thread.
func commentsOf(threadID int64) scope {
	return func(db *gorm.DB) *gorm.DB {
		return db.Where("p.thread_id = ? AND p.part = 'comment'", threadID)
	}
}

// Comments lists a thread's comments that the actor may read and meets, each followed by
// its replies.
func (s *Store) Comments(ctx context.Context, a forum.Actor, threadID int64, offset, limit int) ([]forum.PostRow, error) {
	var rows []forum.PostRow
	err := s.posts(ctx, a.ID).Scopes(s.visibleTo(a), present(a), commentsOf(threadID)).
		Order(readingOrder).Offset(offset).Limit(limit).Find(&rows).Error
	return rows, fault("list comments", err)
}

// bare is the least query that visibleTo can narrow.
func (s *Store) bare(ctx context.Context, a forum.Actor, threadID int64) *gorm.DB {
	return s.on(ctx).Table("posts AS p").Joins("JOIN threads t ON t.id = p.thread_id").
		Scopes(s.visibleTo(a), present(a), commentsOf(threadID))
}

// CountComments counts a thread's comments that the actor may read.
func (s *Store) CountComments(ctx context.Context, a forum.Actor, threadID int64) (int, error) {
	var n int64
	err := s.bare(ctx, a, threadID).Count(&n).Error
	return int(n), fault("count comments", err)
}

// CommentOffset says how many comments stand before the post in reading order;
// forum.ErrNoRow when the actor cannot read it or it is no comment there.
func (s *Store) CommentOffset(ctx context.Context, a forum.Actor, threadID, postID int64) (int, error) {
	var at struct{ Root int64 }
	err := s.bare(ctx, a, threadID).Select("COALESCE(p.parent_id, p.id) AS root").
		Where("p.id = ?", postID).Take(&at).Error
	if err != nil {
		return 0, fault("find a comment", err)
	}
	var n int64
	err = s.bare(ctx, a, threadID).Where("("+readingOrder+") < (?, ?)", at.Root, postID).Count(&n).Error
	return int(n), fault("count the comments before one", err)
}

// FirstAnswer finds the first midwife answer that readers, and the actor, see.
func (s *Store) FirstAnswer(ctx context.Context, a forum.Actor, threadID int64) (int64, error) {
	var ids []int64
	err := s.bare(ctx, a, threadID).Where("p.capacity = 'midwife' AND "+shownPost+" AND "+vouched("p")).
		Order("p.id").Limit(1).Pluck("p.id", &ids).Error
	if err != nil || len(ids) == 0 {
		return 0, fault("find the first answer", err)
	}
	return ids[0], nil
}
