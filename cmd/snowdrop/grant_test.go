package main

import (
	"strings"
	"testing"

	"snowdrop/internal/testkit"
)

func TestRolesOnTheServer(t *testing.T) {
	t.Parallel()
	for _, dialect := range testkit.Databases() {
		t.Run(dialect, func(t *testing.T) {
			env := environ(t, testkit.Empty(t, dialect))
			for _, c := range []struct {
				args string
				ok   bool
			}{
				{"account create --email a@example.org --name Ada --role admin", true},
				{"account create --email m@example.org --name Mia --role member", true},
				{"account take --email a@example.org --role admin", false}, // the last one
				{"account grant --email nobody@example.org --role lead", false},
				{"account grant --email m@example.org --role midwife", false},
				{"account grant --email M@example.org --role admin", true},
				{"account take --email a@example.org --role admin", true},
				{"account take --email a@example.org --role admin", false}, // not any more
				{"record verify", true},
				{"record verify --kept 1:short", false},
				{"record verify --kept 1:" + strings.Repeat("0", 64), false},
			} {
				if _, err := command(t, env, strings.Fields(c.args)...); (err == nil) != c.ok {
					t.Errorf("%s: %v", c.args, err)
				}
			}
		})
	}
}
