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

// seed adds the first sweep after a start; each sweep then adds the next.
func (r *Runner) seed(ctx context.Context) error {
	if r.seeded {
		return nil
	}
	now := r.now()
	if err := r.store.AddJob(ctx, sweepJob(now.Truncate(sweepEvery), now)); err != nil {
		return fmt.Errorf("add the first sweep: %w", err)
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
	if err := errors.Join(r.store.SweepExpired(ctx, now), r.store.CloseDelivered(ctx)); err != nil {
		r.log.ErrorContext(ctx, "sweep failed", "err", err, "attempt", job.Attempts)
		return r.again(min(backoff(job.Attempts), sweepEvery)), nil
	}
	return r.done(), nil
}
