package store

import (
	"context"

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
