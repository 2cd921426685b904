package store_test

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
)

// bulkSize is small, so that the test is quick; SNOWDROP_TEST_BULK sets the
// number of comments for a measurement.
func bulkSize(t *testing.T) int {
	n, err := strconv.Atoi(os.Getenv("SNOWDROP_TEST_BULK"))
	if err != nil {
		return 3000
	}
	return n
}

func TestBulkLeavesTheCountersRight(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		b := begin(t, s)
		before := b.thread("early-loss") // IDs are taken already
		word := strings.Repeat("we lost our daughter at twenty weeks and ", 5)
		n := bulkSize(t)
		got, err := s.Bulk(t.Context(), store.BulkPlan{
			Threads: 1 + n/20, Comments: n,
			Authors: b.people("a", "b", "c", "d"), Midwives: b.people("m"),
			Topics: testkit.Public, Bodies: []string{word, word + word, word + word + word + word},
			From: now.AddDate(-1, 0, 0), Until: now, Seed: 1,
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d comments in %v: %.0f a second, largest thread %d", got.Comments, got.Took, got.Rate(), got.LargestSize)
		if got.FirstThread <= before.ID || got.LargestSize < 100 {
			t.Errorf("first thread %d, largest has %d comments", got.FirstThread, got.LargestSize)
		}
		for id := got.FirstThread; id < got.FirstThread+int64(min(got.Threads, 60)); id++ {
			row := b.see(id)
			count, err := s.CountComments(t.Context(), forum.Actor{}, id)
			if err != nil || count != row.Comments {
				t.Fatalf("thread %d has %d comments and says %d (%v)", id, count, row.Comments, err)
			}
			was := row
			if err := s.TouchThread(t.Context(), id, now.Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			if row = b.see(id); row.Comments != was.Comments || row.Answers != was.Answers || !row.ActiveAt.Equal(was.ActiveAt) {
				t.Fatalf("recounting thread %d changed %+v to %+v", id, was, row)
			}
		}
		last, err := s.Comments(t.Context(), forum.Actor{}, got.Largest, got.LargestSize-1, 10)
		if err != nil || len(last) != 1 || last[0].CreatedAt.After(now) {
			t.Fatalf("the last comment of the largest thread: %+v, %v", last, err)
		}
		b.comment(before.ID, nil) // ordinary posting goes on

		began := time.Now()
		rows, err := s.Search(t.Context(), forum.Actor{}, forum.SearchQuery{Words: "twenty weeks, daughters", Limit: 50})
		t.Logf("searched for words of every post in %v", time.Since(began))
		if err != nil || len(rows) != 50 {
			t.Errorf("found %d of the posts: %v", len(rows), err)
		}
		heron := b.comment(before.ID, nil, body("A heron."))
		b.finds(forum.Actor{}, "heron", heron.ID)
	})
}
