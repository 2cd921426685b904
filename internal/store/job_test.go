package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
)

func job(key string, run time.Time) forum.Job {
	return forum.Job{Kind: forum.JobMail, Key: key, SubjectID: 7, State: forum.JobReady, RunAt: run, CreatedAt: now}
}

func TestJobs(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		ctx, b := t.Context(), begin(t, s)
		for _, j := range []forum.Job{job("second", now), job("first", now.Add(-time.Hour)), job("second", now.Add(-time.Hour)), job("later", now.Add(time.Hour))} {
			b.must(s.AddJob(ctx, j))
		}
		take := func(at time.Time, limit int, want ...string) []forum.Job {
			t.Helper()
			jobs, err := s.TakeJobs(ctx, at, at.Add(time.Minute), limit)
			b.must(err)
			var got []string
			for _, j := range jobs {
				got = append(got, j.Key)
				if j.State != forum.JobRunning || !j.LeaseUntil.Equal(at.Add(time.Minute)) || j.SubjectID != 7 {
					t.Errorf("taken %+v", j)
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("took %v, not %v", got, want)
			}
			return jobs
		}
		first := take(now, 1, "first")[0]
		second := take(now, 5, "second")[0]
		take(now, 5)
		b.must(s.FinishJob(ctx, second, forum.JobDone, now))
		wants(t, "finish twice", s.FinishJob(ctx, second, forum.JobDone, now), forum.ErrLost)

		late := now.Add(time.Minute) // the lease of first has run out
		retaken := take(late, 5, "first")[0]
		if retaken.Attempts != 2 {
			t.Errorf("attempt %d", retaken.Attempts)
		}
		wants(t, "finish what another has", s.FinishJob(ctx, first, forum.JobDone, now), forum.ErrLost)
		b.must(s.FinishJob(ctx, retaken, forum.JobReady, late.Add(time.Second)))
		take(late, 5)
		take(late.Add(time.Second), 5, "first")
		take(late.Add(time.Hour), 5, "first", "later")
	})
}

func TestNoJobIsTakenTwice(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		b := begin(t, s)
		const jobs = 60
		for i := range jobs {
			b.must(s.AddJob(t.Context(), job(fmt.Sprint(i), now)))
		}
		var mutex sync.Mutex
		taken := map[int64]int{}
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for empty := 0; empty < 2; { // others may hold the rows for a moment
					got, err := s.TakeJobs(t.Context(), now, now.Add(time.Hour), 4)
					if err != nil || len(got) > 4 {
						t.Errorf("took %d jobs: %v", len(got), err)
						return
					}
					if len(got) == 0 {
						empty++
					}
					mutex.Lock()
					for _, j := range got {
						taken[j.ID]++
					}
					mutex.Unlock()
				}
			})
		}
		all.Wait()
		for id, times := range taken {
			if times != 1 {
				t.Errorf("job %d was taken %d times", id, times)
			}
		}
		if len(taken) != jobs {
			t.Errorf("%d of %d jobs were taken", len(taken), jobs)
		}
	})
}
