package site_test

import (
	"archive/zip"
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
)

// leaver fills a house with marked words of somebody, and marked words of others.
func leaver(t *testing.T, h *testkit.House) (hazel, robin forum.Actor, opening forum.Post) {
	t.Helper()
	ctx := t.Context()
	hazel, robin = h.Person("markname", forum.RoleMember), h.Person("othername", forum.RoleMember)
	opening = h.Thread(hazel, func(n *forum.NewThread) { n.Title, n.Body = "marktitle one", "markfirst of the body" })
	if _, err := h.Open().EditPost(ctx, hazel, forum.PostEdit{PostID: opening.ID, Revision: 1, Title: "marktitle two", Body: "marksecond of the body"}); err != nil {
		t.Fatal(err)
	}
	h.Comment(robin, forum.NewComment{ThreadID: opening.ThreadID, Body: "otherreply with you"})
	theirs := h.Thread(robin, func(n *forum.NewThread) { n.Title, n.Body = "othertitle", "otherbody" })
	said := h.Comment(hazel, forum.NewComment{ThreadID: theirs.ThreadID, Body: "markcomment here"})
	h.Comment(robin, forum.NewComment{ThreadID: theirs.ThreadID, ParentID: said.ID, Body: "otheranswer"})
	if _, err := h.Community.SaveDraft(ctx, hazel, 0, "/threads", url.Values{"title": {"markdrafttitle"}, "body": {"markdraft"}}); err != nil {
		t.Fatal(err)
	}
	for _, r := range []struct {
		by   forum.Actor
		post int64
		note string
	}{{hazel, theirs.ID, "markreport"}, {robin, opening.ID, "otherreport"}} {
		if _, err := h.Community.Report(ctx, r.by, forum.NewReport{PostID: r.post, Door: forum.DoorWorried, Note: r.note}); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Community.Apply(ctx, hazel, forum.NewApplication{Name: "Markregister Name", Number: "01A2345N", Employer: "Markemployer", Field: forum.FieldMidwife}); err != nil {
		t.Fatal(err)
	}
	return hazel, robin, opening
}

// unzip takes the files out of a zip.
func unzip(t *testing.T, body string) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader([]byte(body)), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(text)
	}
	return files
}

func TestEverythingIsThereAndNobodyElses(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, calm)
		hazel, _, _ := leaver(t, h)
		c := h.SignedIn(hazel)
		c.Get("/me/data").Want(200).None("script", "src", "http")
		c.Post("/me/data", url.Values{"password": {"not this one"}}).Want(422).Says("not your present password")
		p := c.Post("/me/data", url.Values{"password": {testkit.Password}}).Want(200)
		if p.Header.Get("Cache-Control") != "no-store" || !strings.Contains(p.Header.Get("Content-Disposition"), "my-data.zip") {
			t.Errorf("%v", p.Header)
		}
		files := unzip(t, p.Body)
		if !json.Valid([]byte(files["data.json"])) {
			t.Errorf("data.json is none: %s", files["data.json"])
		}
		for name, text := range files {
			for _, mark := range []string{"markname", "markname@example.org", "marktitle one", "marktitle two", "markfirst", "marksecond", "markcomment", "markdrafttitle", "markdraft", "markreport", "Markregister", "Markemployer", "01A2345N"} {
				if !strings.Contains(text, mark) {
					t.Errorf("%s lacks %s", name, mark)
				}
			}
			for _, other := range []string{"othername", "otherreply", "othertitle", "otherbody", "otheranswer", "otherreport", "<script", "src=", "href="} {
				if strings.Contains(text, other) {
					t.Errorf("%s has %s", name, other)
				}
			}
		}
		h.Client().Get("/privacy").Want(200).Says("14 days", "2 years", "one year")
	})
}

// everyText reads every value of every table as text.
func everyText(t *testing.T, address string) string {
	t.Helper()
	driver, list := "pgx", "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
	if path, isFile := strings.CutPrefix(address, "sqlite:"); isFile {
		driver, address, list = "sqlite", path, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'post_search'"
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	read := func(query string) (all []string) {
		rows, err := db.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = rows.Close() }()
		names, _ := rows.Columns()
		for rows.Next() {
			cells := make([]any, len(names))
			into := make([]any, len(names))
			for i := range cells {
				into[i] = &cells[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			for _, cell := range cells {
				if b, ok := cell.([]byte); ok {
					cell = string(b)
				}
				all = append(all, fmt.Sprint(cell))
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return all
	}
	var text strings.Builder
	for _, table := range read(list) {
		text.WriteString(strings.Join(read(`SELECT * FROM "`+table+`"`), "\n") + "\n")
	}
	return text.String()
}

func TestLeavingReallyErases(t *testing.T) {
	t.Parallel()
	for _, dialect := range testkit.Databases() {
		t.Run(dialect, func(t *testing.T) {
			address := testkit.URL(t, dialect)
			s := testkit.Connect(t, address)
			h := testkit.NewHouse(t, s, calm)
			hazel, robin, opening := leaver(t, h)
			c := h.SignedIn(hazel)
			c.Get("/me/leave").Want(200).Says("29 January", "locked copy")
			c.Post("/me/leave", url.Values{"password": {testkit.Password}}).Want(422).Says("choose what happens")
			c.Post("/me/leave", url.Values{"mode": {"remove"}, "password": {"wrong"}}).Want(422)
			c.Post("/me/leave", url.Values{"mode": {"remove"}, "password": {testkit.Password}}).Want(200).Says("You’re signed out")
			if p := c.Once("GET", "/me", nil); p.Status != 303 {
				t.Errorf("still signed in: %d", p.Status)
			}
			thread := fmt.Sprintf("/threads/%d", opening.ThreadID)
			h.SignedIn(h.Person("reader", forum.RoleModerator)).Get(thread).Want(200).Says("marktitle two", forum.Left).Silent("markname")

			// The time is not over: nothing happens, and signing in leads to the way back.
			if err := h.Community.Forget(t.Context()); err != nil {
				t.Fatal(err)
			}
			back := h.Client().Post("/sign-in", url.Values{"email": {"markname@example.org"}, "password": {testkit.Password}}).Want(200).Says("Stay after all")
			if back.URL.Path != "/me/leave" {
				t.Errorf("signing in led to %s", back.URL.Path)
			}
			c = h.SignedIn(hazel)
			c.Post("/me/stay", nil).Want(200).Says("You’re back", "markname")
			h.Clock.Move(15 * 24 * time.Hour)
			if err := h.Community.Forget(t.Context()); err != nil {
				t.Fatal(err)
			}
			h.SignedIn(robin).Get(thread).Want(200).Says("markname")

			h.SignedIn(hazel).Post("/me/leave", url.Values{"mode": {"remove"}, "password": {testkit.Password}}).Want(200)
			h.Clock.Move(14*24*time.Hour + time.Minute)
			other := h.Community.With(testkit.Connect(t, address), h.Community.Options)
			var all sync.WaitGroup
			for _, community := range []*forum.Community{h.Community, other, h.Community, other} {
				all.Go(func() {
					if err := community.Forget(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if err := h.Community.Forget(t.Context()); err != nil {
				t.Fatal(err)
			}
			text := strings.ToLower(everyText(t, address))
			if at := strings.Index(text, "mark"); at >= 0 {
				t.Errorf("still there: %q", text[max(0, at-80):min(len(text), at+80)])
			}
			if path, isFile := strings.CutPrefix(address, "sqlite:"); isFile {
				for _, end := range []string{"", "-wal"} {
					raw, err := os.ReadFile(path + end)
					if err != nil && !os.IsNotExist(err) {
						t.Fatal(err)
					}
					if at := bytes.Index(bytes.ToLower(raw), []byte("mark")); at >= 0 {
						t.Errorf("the file%s still has %q", end, raw[max(0, at-20):min(len(raw), at+40)])
					}
				}
			}
			for _, word := range []string{"othertitle", "otherbody", "otherreply", "otheranswer"} {
				if !strings.Contains(text, word) {
					t.Errorf("somebody else's %s is gone", word)
				}
			}
			reader := h.SignedIn(robin)
			reader.Get(thread).Want(200).Says("Withdrawn by its writer", "otherreply")
			reader.Get("/search?q=marksecond").Want(200).None("a", "href", thread)
			kept, err := s.KeptCopies(t.Context(), hazel.ID)
			if err != nil || len(kept) != 1 || !kept[0].EndsAt.After(h.Clock.Now().Add(700*24*time.Hour)) {
				t.Errorf("%d copies kept (%v), want the one that a safety case demands", len(kept), err)
			}
			if v, err := h.Community.VerifyRecord(t.Context()); err != nil || v.Broken != 0 {
				t.Errorf("the record is broken: %+v %v", v, err)
			}
			h.Clock.Move(731 * 24 * time.Hour)
			if err := h.Community.Forget(t.Context()); err != nil {
				t.Fatal(err)
			}
			if kept, err := s.KeptCopies(t.Context(), hazel.ID); err != nil || len(kept) != 0 {
				t.Errorf("%d copies are kept past their end (%v)", len(kept), err)
			}
		})
	}
}

func TestWordsMayStayWithoutTheName(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, calm)
		hazel, robin, opening := leaver(t, h)
		if _, err := h.Community.Leave(t.Context(), hazel, forum.LeaveWords, testkit.Password); err != nil {
			t.Fatal(err)
		}
		h.Clock.Move(15 * 24 * time.Hour)
		if err := h.Community.Forget(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.SignedIn(robin).Get(fmt.Sprintf("/threads/%d", opening.ThreadID)).Want(200).Says("marktitle two", "marksecond", forum.Left).Silent("markname")
		if _, err := h.Community.SignIn(t.Context(), "markname@example.org", testkit.Password, "192.0.2.1"); err == nil {
			t.Error("somebody who left can sign in")
		}
		lead := h.Person("lead", forum.RoleLead)
		if _, err := h.Community.Leave(t.Context(), lead, forum.LeaveWords, testkit.Password); forum.KindOf(err) != forum.Invalid {
			t.Errorf("somebody with a role left: %v", err)
		}
	})
}
