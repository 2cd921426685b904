package work

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"snowdrop/internal/forum"
)

func TestMailIsSent(t *testing.T) {
	p := &post{}
	b := newBench(p)
	b.store.addMail(1, noon)
	b.store.addMail(2, noon)
	b.store.addMail(3, noon.Add(time.Hour)) // not due
	b.once(t, 2)
	b.once(t, 0)
	if len(p.took) != 2 || p.opened != 1 || p.closed != 1 || b.store.closed != 1 {
		t.Errorf("%d mails over %d connections, %d closed; cases closed %d times", len(p.took), p.opened, p.closed, b.store.closed)
	}
	if got := p.took[0]; got.To != "person101@members.example.org" || got.Subject != "Somebody replied" || validID(got.ID) != nil || got.ID == p.took[1].ID {
		t.Errorf("took %+v", got)
	}
	if b.store.state(1) != forum.MailSent || b.store.mails[1].SentAt == nil || b.store.job(0).State != forum.JobDone || b.store.state(3) != forum.MailWaiting {
		t.Errorf("states: %v", b.store.mails)
	}
	if text := b.lines.String(); strings.Contains(text, "members.example.org") || strings.Contains(text, "replied") || !strings.Contains(text, "mail=1 person=101") {
		t.Errorf("log: %s", text)
	}
}

func TestBackoffAndGivingUp(t *testing.T) {
	for name, p := range map[string]*post{
		"connecting": {open: func() error { return &Refusal{Stage: "connect", Temporary: true} }},
		"handing over": {send: func(Message) error {
			return &Refusal{Stage: "recipient", Code: 451, Temporary: true}
		}},
	} {
		b := newBench(p)
		b.store.addMail(1, noon)
		for i, wait := range []time.Duration{1, 5, 15, 60, 360, 360, 360} {
			b.once(t, 1)
			if got := b.store.job(0); b.store.state(1) != forum.MailWaiting || got.RunAt.Sub(b.clock.now()) != wait*time.Minute {
				t.Errorf("%s: after try %d: mail %s, job %+v", name, i+1, b.store.state(1), got)
			}
			b.clock.add(wait*time.Minute - time.Microsecond)
			b.once(t, 0)
			b.clock.add(time.Microsecond)
		}
		b.once(t, 1)
		if b.store.state(1) != forum.MailFailed || b.store.job(0).State != forum.JobDone || p.opened != 8 || b.store.closed == 0 {
			t.Errorf("%s: at last: mail %s, job %+v, %d connections", name, b.store.state(1), b.store.job(0), p.opened)
		}
	}
}

func TestServerDownIsFoundOutOnce(t *testing.T) {
	p := &post{open: func() error { return &Refusal{Stage: "connect", Temporary: true} }}
	b := newBench(p)
	for id := range int64(5) {
		b.store.addMail(id+1, noon)
	}
	b.once(t, 5)
	if p.opened != 1 {
		t.Errorf("connected %d times", p.opened)
	}
}

func TestEndings(t *testing.T) {
	for name, c := range map[string]struct {
		send error
		want forum.MailState
	}{
		"refused for good": {&Refusal{Stage: "recipient", Code: 550}, forum.MailFailed},
		"refused for now":  {&Refusal{Stage: "recipient", Code: 451, Temporary: true}, forum.MailWaiting},
		"nobody knows":     {errInDoubt, forum.MailDoubtful},
	} {
		p := &post{send: func(Message) error { return c.send }}
		b := newBench(p)
		b.store.addMail(1, noon)
		b.store.addMail(2, noon)
		b.once(t, 2)
		if b.store.state(1) != c.want || b.store.state(2) != c.want || p.opened != 2 {
			t.Errorf("%s: %s and %s over %d connections", name, b.store.state(1), b.store.state(2), p.opened)
		}
		b.clock.add(24 * time.Hour)
		if c.want != forum.MailWaiting {
			b.once(t, 0)
		}
	}
}

func TestAddressTrouble(t *testing.T) {
	for _, c := range []struct {
		err  error
		want forum.MailState
	}{{forum.ErrNoRow, forum.MailFailed}, {errors.New("cannot open person101@members.example.org"), forum.MailWaiting}} {
		p := &post{}
		b := newBench(p)
		b.addresses = book{c.err}
		b.store.addMail(1, noon)
		b.once(t, 1)
		if b.store.state(1) != c.want || p.opened != 0 || strings.Contains(b.lines.String(), "@") {
			t.Errorf("%v: mail %s, %d connections, log %s", c.err, b.store.state(1), p.opened, b.lines)
		}
	}
}

func TestErasedMailAndUnknownJob(t *testing.T) {
	b := newBench(&post{})
	b.store.addMail(1, noon)
	delete(b.store.mails, 1)
	_ = b.store.AddJob(t.Context(), forum.Job{Kind: "dance", Key: "x", State: forum.JobReady, RunAt: noon})
	b.once(t, 2)
	if b.store.job(0).State != forum.JobDone || b.store.job(1).State != forum.JobFailed {
		t.Errorf("jobs %+v", b.store.jobs)
	}
}

func TestDatabaseBlinksAfterSending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &post{}
		b := newBench(p)
		b.store.addMail(1, noon)
		left := 2
		b.store.fault = func(method string) error {
			if method == "MoveMail sent" && left > 0 {
				left--
				return errors.New("connection reset")
			}
			return nil
		}
		b.once(t, 1)
		if b.store.state(1) != forum.MailSent || len(p.took) != 1 {
			t.Errorf("mail %s, sent %d times", b.store.state(1), len(p.took))
		}
	})
}

// setUnheard lets the first step to a state happen, by us or by another
// instance, while we are told that it failed.
func setUnheard(s *memory, to forum.MailState) {
	told := false
	s.fault = func(method string) error {
		if method != "MoveMail "+string(to) || told {
			return nil
		}
		told = true
		m := s.mails[1]
		m.State = to
		s.mails[1] = m
		return errors.New("connection reset")
	}
}

func TestSentUnheardIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(&post{})
		b.store.addMail(1, noon)
		setUnheard(b.store, forum.MailSent)
		b.once(t, 1)
		if b.store.state(1) != forum.MailSent || !strings.Contains(b.lines.String(), "mail sent") {
			t.Errorf("mail %s, log %s", b.store.state(1), b.lines)
		}
	})
}

// If we cannot be sure that it was we who marked the mail, we do not send it.
func TestSendingUnheardIsNotSent(t *testing.T) {
	p := &post{}
	b := newBench(p)
	b.store.addMail(1, noon)
	setUnheard(b.store, forum.MailSending)
	if _, err := b.Once(t.Context()); err == nil {
		t.Error("no error")
	}
	b.clock.add(3 * time.Minute)
	b.once(t, 1)
	if len(p.took) != 0 || b.store.state(1) != forum.MailDoubtful {
		t.Errorf("mail %s, sent %d times", b.store.state(1), len(p.took))
	}
}

func TestPanicEndsTheRoundOnly(t *testing.T) {
	p := &post{send: func(m Message) error { panic(m.To) }}
	b := newBench(p)
	b.store.addMail(1, noon)
	_, err := b.Once(t.Context())
	if err == nil || strings.Contains(err.Error(), "@members") {
		t.Errorf("error is %v", err)
	}
	b.clock.add(3 * time.Minute)
	b.once(t, 1)
	if b.store.state(1) != forum.MailDoubtful {
		t.Errorf("mail is %s", b.store.state(1))
	}
}

func TestSweep(t *testing.T) {
	b := newBench(&post{})
	if err := b.seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.once(t, 1)
	b.once(t, 0)
	if len(b.store.swept) != 1 || b.store.closed != 1 || len(b.store.jobs) != 2 {
		t.Fatalf("swept %v, jobs %+v", b.store.swept, b.store.jobs)
	}
	if want := noon.Truncate(10 * time.Minute).Add(10 * time.Minute); b.store.job(1).RunAt != want {
		t.Errorf("next at %v, want %v", b.store.job(1).RunAt, want)
	}
	b.clock.add(35 * time.Minute) // asleep for a while: one sweep makes up for all
	b.once(t, 1)
	b.once(t, 0)
	b.store.fault = func(method string) error {
		if method == "SweepExpired" {
			return errors.New("disk full")
		}
		return nil
	}
	b.clock.add(10 * time.Minute)
	b.once(t, 1)
	b.store.fault = nil
	b.clock.add(time.Minute)
	b.once(t, 1)
	if len(b.store.swept) != 4 || len(b.store.jobs) != 4 {
		t.Errorf("swept %v, jobs %+v", b.store.swept, b.store.jobs)
	}
}

func TestManyInstancesSweepOnce(t *testing.T) {
	b := newBench(&post{})
	for range 3 {
		other := New(b.store, book{}, &post{}, slog.New(slog.NewTextHandler(io.Discard, nil)), b.clock.now, Options{})
		if err := other.seed(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := other.Once(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(b.store.swept) != 1 {
		t.Errorf("swept %d times", len(b.store.swept))
	}
}

func TestTwoRunnersSendOnce(t *testing.T) {
	p := &post{}
	b := newBench(p)
	for id := range int64(200) {
		b.store.addMail(id+1, noon)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			r := New(b.store, book{}, p, slog.New(slog.NewTextHandler(io.Discard, nil)), b.clock.now, Options{})
			if _, err := r.Once(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	seen := map[string]int{}
	for _, m := range p.took {
		seen[m.ID]++
	}
	if len(p.took) != 200 || len(seen) != 200 {
		t.Errorf("%d mails sent, %d different", len(p.took), len(seen))
	}
}

// A runner that was stopped for longer than its lease, here before it marks the
// mail, finds that somebody else has sent it.
func TestStalledRunnerDoesNotSend(t *testing.T) {
	p := &post{}
	b := newBench(p)
	b.store.addMail(1, noon)
	slow := &post{}
	slow.open = func() error {
		b.clock.add(3 * time.Minute)
		b.once(t, 1)
		return nil
	}
	stalled := New(b.store, book{}, slow, slog.New(slog.NewTextHandler(io.Discard, nil)), b.clock.now, Options{})
	if _, err := stalled.Once(t.Context()); err != nil {
		t.Error(err)
	}
	if len(p.took) != 1 || len(slow.took) != 0 || b.store.state(1) != forum.MailSent || b.store.job(0).State != forum.JobDone {
		t.Errorf("sent %d and %d times, mail %s", len(p.took), len(slow.took), b.store.state(1))
	}
}

func TestRunPollsNudgesAndDrains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &post{}
		store := newMemory()
		r := New(store, book{}, p, slog.New(slog.NewTextHandler(io.Discard, nil)), time.Now, Options{Poll: time.Hour})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- r.Run(ctx) }()
		synctest.Wait()
		if len(store.swept) != 1 {
			t.Errorf("swept %d times at the start", len(store.swept))
		}
		store.addMail(1, time.Now())
		synctest.Wait()
		if len(p.took) != 0 {
			t.Error("sent without a poll or a nudge")
		}
		r.Nudge()
		r.Nudge()
		synctest.Wait()
		if len(p.took) != 1 {
			t.Error("a nudge sent nothing")
		}
		store.addMail(2, time.Now())
		time.Sleep(time.Hour + time.Second)
		synctest.Wait()
		if len(p.took) != 2 {
			t.Error("a poll sent nothing")
		}

		// Shutdown while a mail is being handed over: it is finished, the next is not begun.
		p.send = func(Message) error { cancel(); time.Sleep(30 * time.Second); return nil }
		store.addMail(3, time.Now())
		store.addMail(4, time.Now())
		r.Nudge()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if store.state(3) != forum.MailSent || store.state(4) != forum.MailWaiting {
			t.Errorf("mails %s and %s", store.state(3), store.state(4))
		}
	})
}

func TestShutdownWhileConnecting(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p := &post{open: func() error { cancel(); return context.Canceled }}
	b := newBench(p)
	b.store.addMail(1, noon)
	if _, err := b.Once(ctx); err != nil {
		t.Error(err)
	}
	if got := b.store.job(0); got.State != forum.JobReady || got.RunAt != noon || b.store.state(1) != forum.MailWaiting {
		t.Errorf("job %+v, mail %s", got, b.store.state(1))
	}
}

func TestRunSurvivesTheDatabase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		store.fault = func(string) error { return errDead }
		p := &post{}
		r := New(store, book{}, p, slog.New(slog.NewTextHandler(io.Discard, nil)), time.Now, Options{})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- r.Run(ctx) }()
		time.Sleep(time.Hour)
		store.mu.Lock()
		store.fault = nil
		store.mu.Unlock()
		store.addMail(1, time.Now())
		time.Sleep(time.Minute)
		if store.state(1) != forum.MailSent {
			t.Errorf("mail is %s", store.state(1))
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
