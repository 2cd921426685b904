package forum_test

import (
	"strings"
	"testing"

	"snowdrop/internal/forum"
)

func TestSearchHidesNamesAndRefusesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		writer, reader, mod := h.Person("writer", forum.RoleMember), h.Person("reader", forum.RoleMember), h.Person("mod", forum.RoleModerator)
		post := h.Thread(writer, func(n *forum.NewThread) { n.Anonymous, n.Topic, n.Title = true, "trying-again", "A kingfisher" })
		find := func(a forum.Actor, q forum.SearchQuery) []forum.PostRow {
			h.Helper()
			q.Limit = 10
			rows, err := h.c.Search(h.Context(), a, q)
			h.must(err)
			return rows
		}
		for _, c := range []struct {
			a    forum.Actor
			name string
		}{{reader, forum.Unnamed}, {writer, "writer"}, {mod, "writer"}} {
			rows := find(c.a, forum.SearchQuery{Words: "kingfishers"})
			if len(rows) != 1 || rows[0].ID != post.ID || rows[0].AuthorName != c.name || (rows[0].AuthorID == 0) != (c.a.ID == reader.ID) {
				h.Errorf("%s found %+v", c.a.Name, rows)
			}
		}
		for _, topic := range []string{"trying-again", "", "no-such-topic"} {
			if rows := find(reader, forum.SearchQuery{Words: " \tkingfisher\x00\n", Topic: topic}); len(rows) != 1 {
				h.Errorf("in topic %q: %+v", topic, rows)
			}
		}
		if rows := find(reader, forum.SearchQuery{Words: "kingfisher", Topic: "early-loss"}); len(rows) != 0 {
			h.Errorf("in another topic: %+v", rows)
		}
		for _, odd := range []string{"", "   ", "\x00", "!?", "\xff", strings.Repeat("x", 10_000), strings.Repeat("y ", 10_000)} {
			find(forum.Actor{}, forum.SearchQuery{Words: odd})
		}

		// A withdrawn opening takes its title along; comments stay, without it.
		comment := h.Comment(reader, forum.NewComment{ThreadID: post.ThreadID, Body: "With you, and an owl."})
		_, err := h.c.Withdraw(h.Context(), writer, post.ID)
		h.must(err)
		rows := find(reader, forum.SearchQuery{Words: "owl"})
		if len(rows) != 1 || rows[0].ID != comment.ID || strings.Contains(rows[0].ThreadTitle, "kingfisher") {
			h.Errorf("after the opening was withdrawn: %+v", rows)
		}
		for _, a := range []forum.Actor{reader, writer, mod} {
			if rows := find(a, forum.SearchQuery{Words: "kingfisher"}); len(rows) != 0 {
				h.Errorf("%s still finds what was withdrawn: %+v", a.Name, rows)
			}
		}
	})
}

func TestSearchWords(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"  a quiet\tplace\r\n": "a quiet place", "a\x00b\x1b": "ab", "\xff": "", "": "", "café 😀": "café 😀",
		strings.Repeat("é", 201): strings.Repeat("é", 200),
	} {
		if got := forum.SearchWords(typed); got != want {
			t.Errorf("%q: %q, not %q", typed, got, want)
		}
	}
}
