package store_test

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"snowdrop/internal/forum"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
)

var (
	large  = flag.Bool("large", false, "run the tests that fill a database with a hundred thousand cases")
	update = flag.Bool("update", false, "with -large: write the query plans anew")
)

// manyCases fills a PostgreSQL with open cases of every band, one in twenty of
// them in somebody's hands, and returns a moderator who has decided on none.
func manyCases(t testing.TB, n int) (*store.Store, *sql.DB, int64) {
	t.Helper()
	address := testkit.URL(t, "postgres")
	db, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	for _, statement := range []string{
		`INSERT INTO people (name, name_key, email_key, email_sealed, password_hash, created_at)
			SELECT 'person ' || i, 'person ' || i, 'key ' || i, '', '', now() FROM generate_series(1, 500) i`,
		`INSERT INTO threads (topic, kind, wants, audience, title, author_id, anonymous, state, mentions, comments, answers, version, created_at, active_at)
			SELECT 'early-loss', 'question', 'parents', 'public', 'A title', i, false, 'public', '', 0, 0, 1, now(), now() FROM generate_series(1, 500) i`,
		fmt.Sprintf(`INSERT INTO posts (thread_id, part, author_id, anonymous, capacity, body, mentions, state, revision, care, created_at)
			SELECT 1 + i %% 500, 'comment', 1 + i %% 499, false, 'parent', 'Words of a post.', '', 'public', 1, '', now() FROM generate_series(1, %d) i`, n),
		`INSERT INTO cases (post_id, band, state, version, look_by, decide_by, clock_at, holder_id, lease, lease_until, opened_at)
			SELECT id, (ARRAY['P0', 'P1', 'P1', 'P2', 'P2', 'P3', 'P3', 'P3', 'P4', 'P4', 'P4', 'P4', 'P4', 'P4', 'PA'])[1 + id % 15],
				CASE WHEN id % 20 = 0 THEN 'claimed' ELSE 'open' END, 1, now(), now() + id * interval '1 second', now(),
				CASE WHEN id % 20 = 0 THEN 2 END, CASE WHEN id % 20 = 0 THEN 'l' || id ELSE '' END, CASE WHEN id % 20 = 0 THEN now() + interval '1 day' END, now()
			FROM posts`,
		`INSERT INTO signals (case_id, kind, band, revision, category, rule, start, "end", in_title, cancelled, why, door, person_id, note, created_at)
			SELECT id, 'report', 'P2', 1, 'unkind', '', 0, 0, false, false, '', 'rules', 3, '', now() FROM cases`,
		"VACUUM ANALYZE",
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%v: %.60s", err, statement)
		}
	}
	return testkit.Connect(t, address), db, 500
}

var firstPage = forum.QueueQuery{Limit: 51}

func nextFor(id int64) forum.NextQuery {
	return forum.NextQuery{By: forum.Claimer{ID: id}, Now: time.Now(), Limit: 10}
}

// BenchmarkQueue measures the next case, the list's first page and the counts
// above it with a thousand and with a hundred thousand open cases.
func BenchmarkQueue(b *testing.B) {
	for _, n := range []int{1000, 100_000} {
		s, _, sam := manyCases(b, n)
		for what, do := range map[string]func(context.Context) (int, error){
			"next":   func(ctx context.Context) (int, error) { l, err := s.NextCases(ctx, nextFor(sam)); return len(l), err },
			"list":   func(ctx context.Context) (int, error) { l, err := s.Queue(ctx, firstPage); return len(l), err },
			"counts": func(ctx context.Context) (int, error) { l, err := s.CountQueue(ctx); return len(l), err },
		} {
			b.Run(fmt.Sprintf("%s/%d", what, n), func(b *testing.B) {
				for b.Loop() {
					if found, err := do(b.Context()); err != nil || found == 0 {
						b.Fatal(found, err)
					}
				}
			})
		}
	}
}

// TestQueuePlans holds the plans of the two queries that every moderator waits
// for: at two sizes they walk the index of live cases, and at the large one they
// are those kept beside this file. Among a thousand cases several orders of the
// joins cost the same, and the server's sample of the rows decides.
func TestQueuePlans(t *testing.T) {
	if !*large {
		t.Skip("takes some seconds; ask for it with -large")
	}
	for _, n := range []int{1000, 100_000} {
		s, db, sam := manyCases(t, n)
		for what, text := range map[string]string{"next": s.NextSQL(t.Context(), nextFor(sam)), "list": s.QueueSQL(t.Context(), firstPage)} {
			var plan []string
			for _, line := range query(t, db, "EXPLAIN (COSTS OFF) "+text) {
				plan = append(plan, normal(line[0]))
			}
			got := strings.Join(plan, "\n") + "\n"
			file := filepath.Join("testdata", "plans", fmt.Sprintf("%s-%d.txt", what, n))
			if !strings.Contains(got, "Index Scan using cases_live") || strings.Contains(got, "Seq Scan on cases") {
				t.Errorf("%s of %d cases does not walk the index of live cases:\n%s", what, n, got)
			}
			if n < 100_000 {
				continue
			}
			if *update {
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (- kept):\n%s", file, diff)
			}
		}
	}
}

var moments = regexp.MustCompile(`'\d{4}-\d\d-\d\d [^']*'`)

// normal takes out of a plan what differs from run to run.
func normal(line string) string { return moments.ReplaceAllString(line, "'…'") }
