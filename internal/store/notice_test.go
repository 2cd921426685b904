package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"snowdrop/internal/forum"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
)

func TestNotices(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		ctx, b := t.Context(), begin(t, s)
		first := forum.Notice{Key: "1", PersonID: b.self, Kind: forum.NoticeReply, Title: "t", Body: "b", Words: "w", Path: "/p", State: forum.NoticeUnread, CreatedAt: now}
		second := first
		second.Key, second.Kind = "2", forum.NoticeReport
		b.must(s.AddNotice(ctx, &first))
		b.must(s.AddNotice(ctx, &second))
		again := second
		again.ID = 0
		b.must(s.AddNotice(ctx, &again))
		if first.ID == 0 || second.ID == 0 || again.ID != 0 {
			t.Errorf("ids %d, %d, and %d for a key that was there", first.ID, second.ID, again.ID)
		}
		if list, err := s.Notices(ctx, forum.Actor{ID: b.self}, 9); err != nil || !cmp.Equal(list, []forum.Notice{second, first}) {
			t.Errorf("notices %+v: %v", list, err)
		}
		for _, want := range []int{2, 0} {
			if n, err := s.CountUnread(ctx, forum.Actor{ID: b.self}); err != nil || n != want {
				t.Errorf("%d unread, not %d: %v", n, want, err)
			}
			b.must(s.ReadNotices(ctx, b.self))
		}
	})
}

func TestMail(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		ctx, b := t.Context(), begin(t, s)
		m := forum.Mail{Key: "1", PersonID: b.self, Subject: "s", Text: "t", State: forum.MailWaiting, CreatedAt: now}
		again := m
		b.must(s.AddMail(ctx, &m))
		b.must(s.AddMail(ctx, &again))
		if m.ID == 0 || again.ID != 0 {
			t.Errorf("id %d, and %d for a key that was there", m.ID, again.ID)
		}
		wants(t, "take", s.MoveMail(ctx, m.ID, forum.MailWaiting, forum.MailSending, now), nil)
		wants(t, "take again", s.MoveMail(ctx, m.ID, forum.MailWaiting, forum.MailSending, now), forum.ErrLost)
		if got, err := s.Mail(ctx, m.ID); err != nil || got.State != forum.MailSending || got.SentAt != nil {
			t.Errorf("mail %+v: %v", got, err)
		}
		wants(t, "send", s.MoveMail(ctx, m.ID, forum.MailSending, forum.MailSent, now), nil)
		if got, err := s.Mail(ctx, m.ID); err != nil || got.SentAt == nil || !got.SentAt.Equal(now) {
			t.Errorf("mail %+v: %v", got, err)
		}
		_, err := s.Mail(ctx, 99)
		wants(t, "no mail", err, forum.ErrNoRow)
	})
}
