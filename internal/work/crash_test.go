package work

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"snowdrop/internal/forum"
)

// life ends a pretended process at its n-th call to the world outside, either
// before the call has its effect or after it, unheard.
type life struct {
	calls, at int
	after     bool
	dead      bool
}

func (l *life) call(effect func() error) error {
	if l.dead {
		return errDead
	}
	l.calls++
	if l.calls != l.at {
		return effect()
	}
	l.dead = true
	if l.after {
		_ = effect()
	}
	return errDead
}

// mortal is a Store as a process sees it that dies.
type mortal struct {
	*memory
	*life
}

func (s mortal) TakeJobs(ctx context.Context, now, until time.Time, limit int) (jobs []forum.Job, err error) {
	err = s.call(func() error { jobs, err = s.memory.TakeJobs(ctx, now, until, limit); return err })
	return jobs, err
}

func (s mortal) FinishJob(ctx context.Context, j forum.Job, to forum.JobState, at time.Time) error {
	return s.call(func() error { return s.memory.FinishJob(ctx, j, to, at) })
}

func (s mortal) Mail(ctx context.Context, id int64) (m forum.Mail, err error) {
	err = s.call(func() error { m, err = s.memory.Mail(ctx, id); return err })
	return m, err
}

func (s mortal) MoveMail(ctx context.Context, id int64, from, to forum.MailState, now time.Time) error {
	return s.call(func() error { return s.memory.MoveMail(ctx, id, from, to, now) })
}

func (s mortal) CloseDelivered(ctx context.Context) error {
	return s.call(func() error { return s.memory.CloseDelivered(ctx) })
}

// mortalMailer is a Mailer as that process sees it.
type mortalMailer struct {
	Mailer
	*life
	hand Handover
}

func (m *mortalMailer) Open(ctx context.Context) (Handover, error) {
	err := m.call(func() (err error) { m.hand, err = m.Mailer.Open(ctx); return err })
	return m, err
}

func (m *mortalMailer) Send(ctx context.Context, msg Message) error {
	return m.call(func() error { return m.hand.Send(ctx, msg) })
}

func (m *mortalMailer) Close() error { return nil }

// crash lets a process die at its n-th call and another one carry on until
// nothing is left to do. It says whether the first one got that far.
func crash(t *testing.T, mailer Mailer, store *memory, at int, after bool) bool {
	t.Helper()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	c := &clock{t: noon}
	l := &life{at: at, after: after}
	store.addMail(1, noon)
	first := New(mortal{store, l}, book{}, &mortalMailer{Mailer: mailer, life: l}, log, c.now, Options{})
	_, _ = first.Once(t.Context())
	second := New(store, book{}, mailer, log, c.now, Options{})
	for range 10 {
		if _, err := second.Once(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.add(3 * time.Minute)
	}
	if job := store.job(0); job.State != forum.JobDone {
		t.Errorf("dead at call %d (after: %v): job %+v", at, after, job)
	}
	return l.dead
}

// Whatever the moment we crash in: sent and arrived once, or doubtful and
// arrived once at the most.
func TestCrashAtEveryStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, after := range []bool{false, true} {
			for at := 1; ; at++ {
				p, store := &post{}, newMemory()
				died := crash(t, p, store, at, after)
				switch state := store.state(1); {
				case state == forum.MailSent && len(p.took) == 1:
				case state == forum.MailDoubtful && len(p.took) <= 1 && died:
				default:
					t.Errorf("dead at call %d (after: %v): mail %s, arrived %d times", at, after, state, len(p.took))
				}
				if !died {
					if at < 8 {
						t.Errorf("only %d calls", at)
					}
					break
				}
			}
		}
	})
}

// Files can be written twice without harm: always sent, always one file.
func TestCrashAtEveryStepWithFiles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, after := range []bool{false, true} {
			for at := 1; ; at++ {
				dir, store := t.TempDir(), newMemory()
				died := crash(t, Files(dir), store, at, after)
				files, _ := filepath.Glob(filepath.Join(dir, "*"))
				hidden, _ := os.ReadDir(dir)
				if store.state(1) != forum.MailSent || len(files) != 1 || len(hidden) != 1 {
					t.Errorf("dead at call %d (after: %v): mail %s, files %v", at, after, store.state(1), hidden)
				}
				if !died {
					break
				}
			}
		}
	})
}
