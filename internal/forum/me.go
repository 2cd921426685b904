package forum

import (
	"context"
	"fmt"
)

// Notices lists a person's notices, newest first.
func (c *Community) Notices(ctx context.Context, a Actor) ([]Notice, error) {
	ns, err := c.store.Notices(ctx, a, 100)
	if err != nil {
		return nil, fmt.Errorf("list notices: %w", err)
	}
	return ns, nil
}

// ReadNotices marks a person's notices as read.
func (c *Community) ReadNotices(ctx context.Context, a Actor) error {
	if err := c.store.ReadNotices(ctx, a.ID); err != nil {
		return fmt.Errorf("mark notices as read: %w", err)
	}
	return nil
}

// CountUnread counts a person's unread notices.
func (c *Community) CountUnread(ctx context.Context, a Actor) (int, error) {
	n, err := c.store.CountUnread(ctx, a)
	if err != nil {
		return 0, fmt.Errorf("count notices: %w", err)
	}
	return n, nil
}

// RecordPage is how many entries of the record stand on one page.
const RecordPage = 100

// Record lists the record, newest first, for moderators, leads and admins.
func (c *Community) Record(ctx context.Context, a Actor, below int64) ([]RecordRow, error) {
	if !a.Moderates() && !a.Has(RoleAdmin) {
		return nil, errNotFound
	}
	rows, err := c.store.Record(ctx, below, RecordPage)
	if err != nil {
		return nil, fmt.Errorf("list the record: %w", err)
	}
	return rows, nil
}
