package store

import (
	"context"
	"time"
)

// throttle counts the uses of a key in one window.
type throttle struct {
	Key     string
	StartAt time.Time
	Uses    int
}

// Throttle counts one more use. It is one statement, so that many instances
// counting at once count right.
func (s *Store) Throttle(ctx context.Context, key string, start time.Time) (int, error) {
	var uses int
	err := s.on(ctx).Raw(`INSERT INTO throttles (key, start_at, uses) VALUES (?, ?, 1)
		ON CONFLICT (key, start_at) DO UPDATE SET uses = throttles.uses + 1
		RETURNING uses`, key, micro(start)).Scan(&uses).Error
	return uses, fault("count a use", err)
}
