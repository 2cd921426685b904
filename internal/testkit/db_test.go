package testkit_test

import (
	"testing"

	"snowdrop/internal/forum"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
)

func TestEachDatabaseIsFreshAndMigrated(t *testing.T) {
	for range 2 {
		testkit.Each(t, func(t *testing.T, s *store.Store) {
			p := forum.Person{Name: "Ana", NameKey: "ana", EmailKey: "e"}
			if err := s.AddPerson(t.Context(), &p); err != nil || p.ID == 0 {
				t.Fatalf("add a person: id %d, %v", p.ID, err)
			}
		})
	}
}

func TestEmptyHasNoSchema(t *testing.T) {
	for _, dialect := range testkit.Databases() {
		t.Run(dialect, func(t *testing.T) {
			s := testkit.Connect(t, testkit.Empty(t, dialect))
			if _, err := s.CountPeople(t.Context()); err == nil {
				t.Error("counted people in a database without tables")
			}
		})
	}
}
