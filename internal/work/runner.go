package work

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"snowdrop/internal/forum"
)

// Addresses finds where a person's mail goes.
type Addresses interface {
	// Envelope unseals where a mail goes and what it says; [forum.ErrNoRow] when
	// the person, or the address, is gone.
	Envelope(ctx context.Context, m forum.Mail) (forum.Envelope, error)
}

// Options are the times a Runner keeps. Zero values are replaced by the defaults.
type Options struct {
	Poll  time.Duration // between two looks for jobs; default 1 s
	Lease time.Duration // how long a job is ours; default 2 min, which outlasts connecting and handing over
	// Tend does what time asks for in the queue: warnings, alarms, waits that are
	// over. nil: nothing does.
	Tend func(context.Context) error
	// Sweep does what else every sweep is the time for. nil: nothing does.
	Sweep func(context.Context) error
}

// Runner works through the jobs. Several may run on one database.
type Runner struct {
	store     forum.Store
	addresses Addresses
	mailer    Mailer
	log       *slog.Logger
	now       func() time.Time
	Options

	nudge  chan struct{}
	seeded bool // the first sweep and the clock are in the table
}

// New makes a Runner; now is the clock that jobs are due by.
func New(store forum.Store, addresses Addresses, mailer Mailer, log *slog.Logger, now func() time.Time, o Options) *Runner {
	if o.Poll <= 0 {
		o.Poll = time.Second
	}
	if o.Lease <= 0 {
		o.Lease = 2 * time.Minute
	}
	return &Runner{
		store: store, addresses: addresses, mailer: mailer, log: log, Options: o,
		// The databases agree on UTC and microseconds only.
		now:   func() time.Time { return now().UTC().Truncate(time.Microsecond) },
		nudge: make(chan struct{}, 1),
	}
}

// Nudge makes Run look at once. It never waits.
func (r *Runner) Nudge() {
	select {
	case r.nudge <- struct{}{}:
	default: // it is going to look anyway
	}
}

// Run works until ctx ends, then finishes the job in hand (two minutes at the
// most) and returns nil. Faults of the database are logged and waited out.
func (r *Runner) Run(ctx context.Context) error {
	faults := 0
	for {
		err := r.seed(ctx)
		if err == nil {
			_, err = r.Once(ctx)
		}
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			faults++
			r.log.ErrorContext(ctx, "a round of work failed", "err", err, "in_a_row", faults)
		} else {
			faults = 0
		}
		pause := time.NewTimer(r.Poll << min(faults, 5))
		select {
		case <-ctx.Done():
		case <-r.nudge:
		case <-pause.C:
		}
		pause.Stop()
		if ctx.Err() != nil {
			return nil
		}
	}
}

// Once works through everything that is due now and says how many jobs it dealt
// with, those that are to be tried again included. A mail that is refused is no
// error; a database that does not answer is.
func (r *Runner) Once(ctx context.Context) (done int, err error) {
	round := &round{Runner: r}
	defer round.end()
	for ctx.Err() == nil {
		now := r.now()
		// One at a time, so that no lease runs out while a job waits its turn.
		jobs, err := r.store.TakeJobs(ctx, now, now.Add(r.Lease), 1)
		if err != nil {
			return done, fmt.Errorf("take a job: %w", err)
		}
		if len(jobs) == 0 {
			break
		}
		if err := round.do(ctx, jobs[0]); err != nil {
			return done, fmt.Errorf("%s job %d: %w", jobs[0].Kind, jobs[0].ID, err)
		}
		done++
	}
	if round.settled {
		if err := r.store.CloseDelivered(context.WithoutCancel(ctx)); err != nil {
			return done, fmt.Errorf("close delivered cases: %w", err)
		}
	}
	return done, nil
}

// round is one pass over the due jobs. Its mails share a connection.
type round struct {
	*Runner
	hand    Handover // open connection, or nil
	down    error    // why connecting failed; not tried again in this round
	settled bool     // some mail came to its end
}

// next says what becomes of a job.
type next struct {
	state forum.JobState
	at    time.Time
}

func (r *round) done() next                  { return next{forum.JobDone, r.now()} }
func (r *round) again(in time.Duration) next { return next{forum.JobReady, r.now().Add(in)} }

// do runs one job to its end, even if ctx ends meanwhile: what is started is
// finished. Only connecting, which has no effect yet, is given up.
func (r *round) do(ctx context.Context, job forum.Job) (err error) {
	defer func() {
		// A fault in one job must not take the forum down. Its lease runs out and it
		// is tried again. The value may hold anything, so it is not logged.
		if v := recover(); v != nil {
			err = fmt.Errorf("panic of type %T\n%s", v, debug.Stack())
		}
	}()
	kept, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.Lease-r.Lease/12)
	defer cancel()
	var n next
	switch job.Kind {
	case forum.JobMail:
		n, err = r.mail(ctx, kept, job)
	case forum.JobSweep:
		n, err = r.sweep(kept, job)
	case forum.JobClock:
		n = r.clock(kept, job)
	default:
		r.log.ErrorContext(ctx, "a job of unknown kind", "job", job.ID)
		n = next{forum.JobFailed, r.now()}
	}
	if err != nil {
		return err
	}
	err = r.store.FinishJob(kept, job, n.state, n.at)
	if errors.Is(err, forum.ErrLost) {
		return nil // our lease ran out; whoever has it now goes on
	}
	return err
}

// end closes the connection that the round's mails shared.
func (r *round) end() {
	if r.hand != nil {
		_ = r.hand.Close() // what was taken is taken
		r.hand = nil
	}
}

// backoff is how long to wait after so many attempts.
func backoff(attempts int) time.Duration {
	steps := []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 6 * time.Hour}
	return steps[max(0, min(attempts-1, len(steps)-1))]
}
