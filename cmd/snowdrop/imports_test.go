package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// arrows says which rooms may import which. cmd/snowdrop knows everyone, and
// internal/testkit, which only tests import, may too.
var arrows = map[string][]string{
	"moderation":        {},
	"moderation/corpus": {},
	"moderation/train":  {"moderation", "moderation/corpus"},
	"config":            {},
	"migrations":        {},
	"internal/secret":   {},
	"internal/forum":    {"moderation", "internal/secret"},
	"web":               {"internal/forum"},
	"web/articles":      {"internal/forum"},
	"internal/store":    {"internal/forum", "migrations", "moderation"},
	"internal/site":     {"internal/forum", "web", "config", "moderation"},
	"internal/work":     {"internal/forum", "config"},
	"internal/testkit":  {"internal/forum", "internal/site", "internal/store", "internal/secret", "config", "web", "web/articles", "migrations", "moderation"},
}

// owners says which rooms alone may import a library.
var owners = map[string][]string{
	"gorm.io/":                    {"internal/store"},
	"github.com/pressly/goose":    {"internal/store"},
	"modernc.org/sqlite":          {"internal/store"},
	"github.com/jackc/pgx":        {"internal/store", "internal/testkit"},
	"github.com/gin-gonic/gin":    {"internal/site"},
	"github.com/gorilla/sessions": {"internal/site"},
	"github.com/yuin/goldmark":    {"internal/site"},
	"github.com/microcosm-cc":     {"internal/site"},
	"github.com/wneessen/go-mail": {"internal/work"},
	"golang.org/x/crypto":         {"internal/secret"},
	"github.com/pquerna/otp":      {"internal/secret"},
	"github.com/boombuler":        {"internal/secret"},
	"github.com/go-webauthn":      {"internal/secret"},
	"github.com/alecthomas/kong":  {"cmd/snowdrop"},
	"github.com/caarlos0/env":     {"config"},
	"github.com/chromedp":         {"internal/testkit"},
	"snowdrop/internal/testkit":   {},
	"net/http":                    {"internal/site", "cmd/snowdrop", "internal/testkit"},
	"database/sql":                {"internal/store", "internal/testkit"},
}

func TestRoomsImportOnlyWhatTheyMay(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "snowdrop/...").Output()
	if err != nil {
		t.Fatalf("list packages: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		room := strings.TrimPrefix(words[0], "snowdrop/")
		if room == "cmd/snowdrop" {
			continue
		}
		may, known := arrows[room]
		if !known {
			t.Errorf("room %s is not in the plan of the house", room)
			continue
		}
		for _, imported := range words[1:] {
			if other, ours := strings.CutPrefix(imported, "snowdrop/"); ours && !slices.Contains(may, other) {
				t.Errorf("%s imports %s, which it may not", room, other)
			}
			for library, rooms := range owners {
				if strings.HasPrefix(imported+"/", strings.TrimSuffix(library, "/")+"/") && imported != "database/sql/driver" && !slices.Contains(rooms, room) {
					t.Errorf("%s imports %s, which belongs to %v", room, imported, rooms)
				}
			}
		}
	}
}

// What is cheap in tests asks for the test; a program without package testing has none.
func TestTheProgramHoldsNoTests(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatalf("list what the program is made of: %v", err)
	}
	all := strings.Fields(string(out))
	if !slices.Contains(all, "snowdrop/internal/secret") {
		t.Fatal("the list does not hold the room of passwords")
	}
	for _, banned := range []string{"testing", "snowdrop/internal/testkit"} {
		if slices.Contains(all, banned) {
			t.Errorf("the program is made of %s too", banned)
		}
	}
}
