package work_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"

	"snowdrop/internal/forum"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
	"snowdrop/internal/work"
)

// tally counts what it was handed, by mail.
type tally struct {
	mu    sync.Mutex
	taken map[string]int
}

func (c *tally) Open(context.Context) (work.Handover, error) { return c, nil }
func (c *tally) Idempotent() bool                            { return false }
func (c *tally) Close() error                                { return nil }

func (c *tally) Send(_ context.Context, m work.Message) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.taken[m.ID]++
	return nil
}

// TestManyRunnersDeliverEachMailOnce runs four runners at once on each database.
func TestManyRunnersDeliverEachMailOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		const mails = 80
		h := testkit.NewHouse(t, s, nil)
		p := h.Person("parent", forum.RoleMember)
		now := h.Clock.Now()
		for i := range mails {
			m := forum.Mail{Key: fmt.Sprint(i), PersonID: p.ID, Subject: "You have a new reply", Text: "Hello", State: forum.MailWaiting, CreatedAt: now}
			if err := s.AddMail(t.Context(), &m); err != nil {
				t.Fatal(err)
			}
			if err := s.AddJob(t.Context(), forum.Job{Kind: forum.JobMail, Key: fmt.Sprint("mail:", m.ID), SubjectID: m.ID, State: forum.JobReady, RunAt: now, CreatedAt: now}); err != nil {
				t.Fatal(err)
			}
		}
		mailer := &tally{taken: map[string]int{}}
		var wg sync.WaitGroup
		for range 4 {
			r := work.New(s, h.Community, mailer, slog.New(slog.DiscardHandler), h.Clock.Now, work.Options{})
			wg.Go(func() {
				for {
					done, err := r.Once(t.Context())
					if err != nil {
						t.Error(err)
						return
					}
					if done == 0 {
						return
					}
				}
			})
		}
		wg.Wait()
		if len(mailer.taken) != mails {
			t.Errorf("%d mails delivered, want %d", len(mailer.taken), mails)
		}
		for id, n := range mailer.taken {
			if n != 1 {
				t.Errorf("%s was delivered %d times", id, n)
			}
		}
	})
}
