package work

import (
	"context"
	"errors"
	"fmt"
	"time"

	"snowdrop/internal/forum"
)

// sweepEvery is how often what has expired is thrown away.
const sweepEvery = 10 * time.Minute

// sweepJob is the sweep of the window that starts at start. The key makes it one
// job, however many instances add it, so that nobody needs to lead.
func sweepJob(start, now time.Time) forum.Job {
	return forum.Job{
		Kind: forum.JobSweep, Key: "sweep " + start.Format(time.RFC3339),
		State: forum.JobReady, RunAt: start, CreatedAt: now,
	}
}

// clockEvery is how often the queue's clocks are looked at: the shortest of them
// warns after four minutes.
const clockEvery = 15 * time.Second

// clock looks at the queue's clocks. It is one job that comes back for ever,
// however many instances run: whoever takes it does the round for all.
func (r *round) clock(ctx context.Context, job forum.Job) next {
	if r.Tend == nil {
		return r.again(clockEvery)
	}
	if err := r.Tend(ctx); err != nil {
		r.log.ErrorContext(ctx, "looking at the queue's clocks failed", "err", err, "attempt", job.Attempts)
	}
	return r.again(clockEvery)
}

// seed adds the first sweep after a start; each sweep then adds the next. The
// clock is there once for all.
func (r *Runner) seed(ctx context.Context) error {
	if r.seeded {
		return nil
	}
	now := r.now()
	if err := r.store.AddJob(ctx, sweepJob(now.Truncate(sweepEvery), now)); err != nil {
		return fmt.Errorf("add the first sweep: %w", err)
	}
	if r.Tend != nil {
		if err := r.store.AddJob(ctx, forum.Job{Kind: forum.JobClock, Key: "clock", State: forum.JobReady, RunAt: now, CreatedAt: now}); err != nil {
			return fmt.Errorf("add the clock: %w", err)
		}
	}
	r.seeded = true
	return nil
}

// sweep adds the next one first: whatever fails after that, the chain goes on. It
// is never given up.
func (r *round) sweep(ctx context.Context, job forum.Job) (next, error) {
	now := r.now()
	if err := r.store.AddJob(ctx, sweepJob(now.Truncate(sweepEvery).Add(sweepEvery), now)); err != nil {
		return next{}, fmt.Errorf("add the next sweep: %w", err)
	}
	err := errors.Join(r.store.SweepExpired(ctx, now), r.store.CloseDelivered(ctx))
	if r.Sweep != nil {
		err = errors.Join(err, r.Sweep(ctx))
	}
	if err != nil {
		r.log.ErrorContext(ctx, "sweep failed", "err", err, "attempt", job.Attempts)
		return r.again(min(backoff(job.Attempts), sweepEvery)), nil
	}
	return r.done(), nil
}
