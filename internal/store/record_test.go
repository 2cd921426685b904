package store_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"snowdrop/internal/forum"
	"snowdrop/internal/testkit"
)

func TestTheRecordOnlyGrows(t *testing.T) {
	t.Parallel()
	for _, dialect := range testkit.Databases() {
		t.Run(dialect, func(t *testing.T) {
			address := testkit.URL(t, dialect)
			s := testkit.Connect(t, address)
			ctx, b := t.Context(), begin(t, s)
			entry := forum.RecordEntry{Action: "case.claimed", Subject: "case", SubjectID: 7, Detail: "P1 to P0", CreatedAt: now}
			b.must(s.AddRecord(ctx, entry))
			entry.ActorID = &b.self
			b.must(s.AddRecord(ctx, entry))

			refused := []string{"UPDATE record_entries SET detail = ''", "DELETE FROM record_entries", "DELETE FROM record_entries WHERE id = 1"}
			if dialect == "postgres" {
				refused = append(refused, "TRUNCATE record_entries", "TRUNCATE people CASCADE")
			}
			db := raw(t, address)
			for _, statement := range refused {
				if _, err := db.ExecContext(ctx, statement); err == nil || !strings.Contains(err.Error(), "the record is append-only") {
					t.Errorf("%s: %v", statement, err)
				}
			}

			entry.ID = 1
			first := entry
			first.ActorID = nil
			first.Hash = forum.Chain("", first)
			entry.ID = 2
			entry.Hash = forum.Chain(first.Hash, entry)
			want := []forum.RecordRow{{RecordEntry: entry, ActorName: "self"}}
			want = append(want, forum.RecordRow{RecordEntry: first})
			for _, page := range []struct {
				below int64
				limit int
				want  []forum.RecordRow
			}{{0, 9, want}, {0, 1, want[:1]}, {2, 9, want[1:]}, {1, 9, nil}} {
				got, err := s.Record(ctx, page.below, page.limit)
				b.must(err)
				if len(got) != len(page.want) || len(got) > 0 && !cmp.Equal(got, page.want) {
					t.Errorf("below %d: %+v", page.below, got)
				}
			}
		})
	}
}
