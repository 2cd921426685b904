package store

import (
	"context"
	"time"

	"snowdrop/internal/forum"
)

// AddNotice stores n and gives it its ID, unless its key is there.
func (s *Store) AddNotice(ctx context.Context, n *forum.Notice) error {
	return fault("add a notice", s.on(ctx).Clauses(nothing).Create(n).Error)
}

// Notices lists the actor's notices, newest first, without those about posts that
// they do not meet any more.
func (s *Store) Notices(ctx context.Context, a forum.Actor, limit int) ([]forum.Notice, error) {
	var list []forum.Notice
	err := s.on(ctx).Where("person_id = ?", a.ID).Scopes(s.told(ctx, a)).Order("id DESC").Limit(limit).Find(&list).Error
	return list, fault("list notices", err)
}

// CountUnread counts the unread ones of them.
func (s *Store) CountUnread(ctx context.Context, a forum.Actor) (int, error) {
	var n int64
	err := s.on(ctx).Model(&forum.Notice{}).Where("person_id = ? AND state = 'unread'", a.ID).Scopes(s.told(ctx, a)).Count(&n).Error
	return int(n), fault("count unread notices", err)
}

// ReadNotices marks all of a person's notices as read.
func (s *Store) ReadNotices(ctx context.Context, personID int64) error {
	return fault("mark notices as read", s.on(ctx).Model(&forum.Notice{}).
		Where("person_id = ? AND state = 'unread'", personID).UpdateColumn("state", forum.NoticeRead).Error)
}

// AddMail stores m and gives it its ID, unless its key is there.
func (s *Store) AddMail(ctx context.Context, m *forum.Mail) error {
	if m.Sealed == nil {
		m.Sealed = []byte{} // nil would be NULL
	}
	return fault("add a mail", s.on(ctx).Clauses(nothing).Create(m).Error)
}

// Mail finds a mail.
func (s *Store) Mail(ctx context.Context, id int64) (forum.Mail, error) {
	var m forum.Mail
	err := s.on(ctx).Where("id = ?", id).Take(&m).Error
	return m, fault("find a mail", err)
}

// MoveMail sets a mail's state, if it is still from.
func (s *Store) MoveMail(ctx context.Context, id int64, from, to forum.MailState, now time.Time) error {
	changes := map[string]any{"state": to}
	if to == forum.MailSent {
		changes["sent_at"] = micro(now)
	}
	if to == forum.MailSent || to == forum.MailFailed || to == forum.MailDoubtful {
		changes["sealed"] = []byte{} // nobody needs the link or the address any more
	}
	return must("move a mail", s.on(ctx).Model(&forum.Mail{}).Where("id = ? AND state = ?", id, from).
		UpdateColumns(changes), forum.ErrLost)
}
