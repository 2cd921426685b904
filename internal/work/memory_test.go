package work

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"snowdrop/internal/forum"
)

// memory is a Store that remembers jobs and mails only, by the rules that the
// Store interface gives.
type memory struct {
	forum.Store
	mu     sync.Mutex
	jobs   []forum.Job
	mails  map[int64]forum.Mail
	swept  []time.Time
	closed int
	fault  func(method string) error // nil: none
}

func newMemory() *memory { return &memory{mails: map[int64]forum.Mail{}} }

func (s *memory) enter(method string) (leave func(), err error) {
	s.mu.Lock()
	if s.fault != nil {
		err = s.fault(method)
	}
	return s.mu.Unlock, err
}

func (s *memory) AddJob(_ context.Context, j forum.Job) error {
	leave, err := s.enter("AddJob")
	defer leave()
	for _, old := range s.jobs {
		if old.Key == j.Key {
			return err
		}
	}
	j.ID = int64(len(s.jobs) + 1)
	if err == nil {
		s.jobs = append(s.jobs, j)
	}
	return err
}

func (s *memory) TakeJobs(_ context.Context, now, until time.Time, limit int) ([]forum.Job, error) {
	leave, err := s.enter("TakeJobs")
	defer leave()
	var taken []forum.Job
	for i := range s.jobs {
		j := &s.jobs[i]
		due := j.State == forum.JobReady && !j.RunAt.After(now) || j.State == forum.JobRunning && !j.LeaseUntil.After(now)
		if err == nil && due && len(taken) < limit {
			j.State, j.LeaseUntil = forum.JobRunning, &until
			j.Attempts++
			taken = append(taken, *j)
		}
	}
	return taken, err
}

func (s *memory) FinishJob(_ context.Context, j forum.Job, to forum.JobState, runAt time.Time) error {
	leave, err := s.enter("FinishJob")
	defer leave()
	if err != nil {
		return err
	}
	old := &s.jobs[j.ID-1]
	if old.Attempts != j.Attempts || old.State != forum.JobRunning {
		return forum.ErrLost
	}
	old.State, old.RunAt, old.LeaseUntil = to, runAt, nil
	return nil
}

func (s *memory) Mail(_ context.Context, id int64) (forum.Mail, error) {
	leave, err := s.enter("Mail")
	defer leave()
	m, ok := s.mails[id]
	if err == nil && !ok {
		err = forum.ErrNoRow
	}
	return m, err
}

func (s *memory) MoveMail(_ context.Context, id int64, from, to forum.MailState, now time.Time) error {
	leave, err := s.enter("MoveMail " + string(to))
	defer leave()
	if err != nil {
		return err
	}
	m := s.mails[id]
	if m.State != from {
		return forum.ErrLost
	}
	m.State = to
	if to == forum.MailSent {
		m.SentAt = &now
	}
	s.mails[id] = m
	return nil
}

func (s *memory) SweepExpired(_ context.Context, now time.Time) error {
	leave, err := s.enter("SweepExpired")
	defer leave()
	s.swept = append(s.swept, now)
	return err
}

func (s *memory) CloseDelivered(context.Context) error {
	leave, err := s.enter("CloseDelivered")
	defer leave()
	s.closed++
	return err
}

// addMail writes down a mail and its job, as the forum does.
func (s *memory) addMail(id int64, now time.Time) {
	s.mu.Lock()
	s.mails[id] = forum.Mail{ID: id, PersonID: 100 + id, Subject: "Somebody replied", Text: "https://forum.example.org/threads/7\n", State: forum.MailWaiting, CreatedAt: now}
	s.mu.Unlock()
	_ = s.AddJob(context.Background(), forum.Job{Kind: forum.JobMail, Key: fmt.Sprint("mail:", id), SubjectID: id, State: forum.JobReady, RunAt: now, CreatedAt: now})
}

func (s *memory) state(id int64) forum.MailState {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mails[id].State
}

func (s *memory) job(i int) forum.Job {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.jobs[i]
}

// book knows everybody's address.
type book struct{ err error }

func (b book) Envelope(_ context.Context, m forum.Mail) (forum.Envelope, error) {
	return forum.Envelope{To: fmt.Sprintf("person%d@members.example.org", m.PersonID), Text: m.Text}, b.err
}

// post is a Mailer that remembers what it took. open and send, when set, decide.
type post struct {
	mu         sync.Mutex
	took       []Message
	opened     int
	closed     int
	idempotent bool
	open       func() error
	send       func(Message) error // nil error: taken
}

func (p *post) Idempotent() bool { return p.idempotent }

func (p *post) Open(context.Context) (Handover, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.opened++
	if p.open != nil {
		if err := p.open(); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *post) Send(ctx context.Context, m Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.send != nil {
		if err := p.send(m); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	p.took = append(p.took, m)
	return nil
}

func (p *post) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed++
	return nil
}

// clock is a time that stands still until it is moved.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

var noon = time.Date(2026, 11, 21, 12, 3, 4, 0, time.UTC)

// bench is a runner with everything it needs at hand.
type bench struct {
	*Runner
	store *memory
	clock *clock
	lines *bytes.Buffer
}

func newBench(m Mailer) *bench {
	b := &bench{store: newMemory(), clock: &clock{t: noon}, lines: &bytes.Buffer{}}
	b.Runner = New(b.store, book{}, m, slog.New(slog.NewTextHandler(b.lines, nil)), b.clock.now, Options{})
	return b
}

// once runs a round that must not fail.
func (b *bench) once(t *testing.T, want int) {
	t.Helper()
	if done, err := b.Once(t.Context()); done != want || err != nil {
		t.Errorf("Once = %d, %v; want %d", done, err, want)
	}
}

var errDead = errors.New("the process is dead")
