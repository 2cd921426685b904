package store_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"snowdrop/internal/forum"
	"snowdrop/internal/secret"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
)

// verify walks the record as the command does.
func (b *builder) verify() forum.RecordCheck {
	b.Helper()
	v, err := forum.New(b.s, nil, nil, nil, forum.Options{}).VerifyRecord(b.Context())
	b.must(err)
	return v
}

// TestTheChainIsOne appends from many transactions at once, some of which fail,
// through two programs on one database.
func TestTheChainIsOne(t *testing.T) {
	t.Parallel()
	for _, dialect := range testkit.Databases() {
		t.Run(dialect, func(t *testing.T) {
			address := testkit.URL(t, dialect)
			programs := []*store.Store{testkit.Connect(t, address), testkit.Connect(t, address)}
			b := begin(t, programs[0])
			failed := errors.New("it failed")
			var all sync.WaitGroup
			for i := range 20 {
				all.Go(func() {
					err := programs[i%2].Tx(t.Context(), func(tx forum.Store) error {
						for n := range 3 {
							err := tx.Tx(t.Context(), func(inner forum.Store) error { // the middle one is rolled back alone
								if err := inner.AddRecord(t.Context(), forum.RecordEntry{Action: "test", Subject: fmt.Sprint(i), SubjectID: int64(n), CreatedAt: now}); err != nil {
									return err
								}
								return map[int]error{1: failed}[n]
							})
							if err != nil && !errors.Is(err, failed) {
								return err
							}
						}
						return map[bool]error{true: failed}[i%5 == 4]
					})
					if err != nil && !errors.Is(err, failed) {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if v := b.verify(); v.Broken != 0 || v.Entries != 16*2 || v.Last != 32 || len(v.Hash) != 64 {
				t.Errorf("%+v", v)
			}
		})
	}
}

// TestABrokenLinkIsNamed changes the record behind the program's back, as
// somebody could who runs the database.
func TestABrokenLinkIsNamed(t *testing.T) {
	t.Parallel()
	for _, dialect := range testkit.Databases() {
		t.Run(dialect, func(t *testing.T) {
			for _, c := range []struct {
				what, change string
				broken       int64
			}{
				{"nothing", "UPDATE people SET name = name", 0},
				{"a word", "UPDATE record_entries SET detail = 'other' WHERE id = 6", 6},
				{"a time", "UPDATE record_entries SET created_at = '2020-01-01 00:00:00+00:00' WHERE id = 7", 7},
				{"a hash", "UPDATE record_entries SET hash = '' WHERE id = 5", 5},
				{"one is gone", "DELETE FROM record_entries WHERE id = 6", 6},
				{"the last is gone", "DELETE FROM record_entries WHERE id = 8", 8},
				{"one from before the chain", "UPDATE record_entries SET detail = 'other' WHERE id = 2", 4},
				{"the end", "UPDATE record_heads SET hash = 'other'", 8},
			} {
				address := testkit.URL(t, dialect)
				b := begin(t, testkit.Connect(t, address))
				db := raw(t, address)
				exec := func(statement string) {
					t.Helper()
					if _, err := db.ExecContext(t.Context(), statement); err != nil {
						t.Fatalf("%s: %v", statement, err)
					}
				}
				for i := range 3 { // from before there was a chain
					exec(fmt.Sprintf("INSERT INTO record_entries (action, subject, subject_id, detail, created_at) VALUES ('old', 'case', %d, '', '2026-01-01 00:00:00+00:00')", i))
				}
				exec("UPDATE record_heads SET entry_id = 3, began = 3")
				for range 5 {
					b.must(b.s.AddRecord(t.Context(), forum.RecordEntry{Action: "new", Subject: "case", SubjectID: 1, CreatedAt: now}))
				}
				if dialect == "postgres" {
					exec("ALTER TABLE record_entries DISABLE TRIGGER USER")
				} else {
					exec("DROP TRIGGER record_no_update")
					exec("DROP TRIGGER record_no_delete")
				}
				exec(c.change)
				if v := b.verify(); v.Broken != c.broken || (v.Why == "") != (c.broken == 0) {
					t.Errorf("%s: %+v", c.what, v)
				}
			}
		})
	}
}

// TestTheProgramsRoleCannotChangeTheRecord signs in as the role that operating.md
// describes.
func TestTheProgramsRoleCannotChangeTheRecord(t *testing.T) {
	t.Parallel()
	address := testkit.URL(t, "postgres")
	db := raw(t, address)
	role := fmt.Sprintf("snowdrop_role_%d", time.Now().UnixNano())
	for _, statement := range []string{"CREATE ROLE " + role, "SELECT guard_record('" + role + "')"} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	t.Cleanup(func() {
		for _, statement := range []string{"DROP OWNED BY " + role, "DROP ROLE " + role} {
			if _, err := db.Exec(statement); err != nil {
				t.Errorf("%s: %v", statement, err)
			}
		}
	})
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	try := func(statement string) error {
		_, err := conn.ExecContext(t.Context(), statement)
		return err
	}
	if err := try("SET ROLE " + role); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		"INSERT INTO record_entries (id, action, subject, subject_id, detail, created_at) VALUES (1, 'a', 'b', 1, '', now())",
		"UPDATE record_heads SET entry_id = 1", "SELECT * FROM record_entries", "INSERT INTO submissions SELECT '', 1, now() WHERE false",
	} {
		if err := try(statement); err != nil {
			t.Errorf("%s: %v", statement, err)
		}
	}
	for _, statement := range []string{"UPDATE record_entries SET detail = ''", "DELETE FROM record_entries", "TRUNCATE record_entries", "ALTER TABLE record_entries DISABLE TRIGGER USER", "DROP TABLE record_entries"} {
		if err := try(statement); err == nil || !strings.Contains(err.Error(), "42501") {
			t.Errorf("%s: %v", statement, err)
		}
	}
	if err := try("RESET ROLE"); err != nil {
		t.Error(err)
	}
}

// TestSealedNotesTakeTwo keeps, signs and reads a sealed note.
func TestSealedNotesTakeTwo(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		ctx, b := t.Context(), begin(t, s)
		keys, err := secret.NewKeys(make([]byte, 32))
		b.must(err)
		c := forum.New(s, keys, nil, nil, forum.Options{})
		k := b.kase(b.comment(b.thread("early-loss").ID, nil).ID)
		team := b.people("lea", "lou", "sam")
		lead := func(i int) forum.Actor { return forum.Actor{ID: team[i], Roles: []forum.Role{forum.RoleLead}} }
		id, err := c.Seal(ctx, lead(0), k.ID, forum.SealedEmergency, "We called the police.")
		b.must(err)
		for what, err := range map[string]error{
			"the first lead signs": c.SignSealed(ctx, lead(0), id),
			"a moderator signs":    c.SignSealed(ctx, forum.Actor{ID: team[2], Roles: []forum.Role{forum.RoleModerator}}, id),
		} {
			if err == nil {
				t.Error(what)
			}
		}
		b.must(c.SignSealed(ctx, lead(1), id))
		if _, err := c.ReadSealed(ctx, lead(1), id, "curious"); forum.KindOf(err) != forum.Invalid {
			t.Error(err)
		}
		text, err := c.ReadSealed(ctx, lead(1), id, "review")
		if err != nil || text != "We called the police." {
			t.Errorf("%q, %v", text, err)
		}
		stored, err := s.Sealed(ctx, id)
		if err != nil || strings.Contains(string(stored.Body), "police") || stored.State != forum.SealedSigned {
			t.Errorf("%+v, %v", stored, err)
		}
		rows, err := s.Record(ctx, 0, 9)
		b.must(err)
		var said []string
		for _, r := range rows {
			said = append(said, r.Action+" "+r.Detail)
		}
		if diff := cmp.Diff([]string{"sealed.read note 1, review", "sealed.signed note 1, emergency", "sealed.proposed note 1, emergency"}, said); diff != "" {
			t.Error(diff)
		}
	})
}
