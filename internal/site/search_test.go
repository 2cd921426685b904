package site_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"snowdrop/internal/forum"
	"snowdrop/internal/site"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
	"snowdrop/moderation"
)

func TestSearch(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, calm)
		writer, reader := h.Person("writer", forum.RoleMember), h.Person("reader", forum.RoleMember)
		open := h.Thread(writer, func(n *forum.NewThread) {
			n.Title, n.Body = "Herons", strings.Repeat("We walked and walked. ", 40)+"Then a *heron* stood there."
		})
		quiet := h.Thread(writer, func(n *forum.NewThread) {
			n.Topic, n.Title, n.Body = "stillbirth", "Kingfishers", "A kingfisher, not a heron."
		})
		midwife := h.Comment(h.Person("Ana", forum.RoleMidwife), forum.NewComment{ThreadID: open.ThreadID, Body: "Herons are patient.", AsMidwife: true})
		graphic := h.Comment(reader, forum.NewComment{ThreadID: open.ThreadID, Body: "A heron. UNSEEN words.", Mentions: forum.Mentions{moderation.TagMentionGraphic}})
		held, err := h.Community.PostComment(t.Context(), h.Person("newcomer", forum.RoleMember), forum.NewComment{ThreadID: open.ThreadID, Body: "My first heron."})
		if err != nil {
			t.Fatal(err)
		}
		path := func(p forum.Post) string { return fmt.Sprintf("/threads/%d?post=%d#post-%d", p.ThreadID, p.ID, p.ID) }

		stranger := h.Client()
		stranger.Get("/").Want(200).One("a", "href", "/search")
		p := stranger.Get("/search").Want(200)
		if strings.Contains(p.Text(), "Nothing found") || len(p.Find("option", "value", "stillbirth")) != 0 {
			t.Error("the empty form has found nothing, or offers a topic that one cannot read")
		}
		p = stranger.Get("/search?q=heron").Want(200).Says("Herons", "Then a heron stood there.", "Answered by a midwife", "Mentions").
			Silent("Kingfisher", "kingfisher", "UNSEEN", "first heron")
		for _, post := range []forum.Post{open, midwife, graphic} {
			p.One("a", "href", path(post))
			stranger.Get(path(post)).Want(200).One("article", "data-post", fmt.Sprint(post.ID))
		}
		p.None("a", "href", path(held))
		if robots := p.Header.Get("X-Robots-Tag"); !strings.Contains(robots, "noindex") {
			t.Errorf("X-Robots-Tag is %q", robots)
		}
		for _, q := range []string{"q=kingfisher", "q=Kingfishers", "q=heron&topic=stillbirth", "q=kingfisher+heron&topic=stillbirth"} {
			if text := stranger.Get("/search?" + q).Want(200).Says("Nothing found").Text(); strings.Contains(text, path(quiet)) {
				t.Errorf("a stranger finds members' words by %s", q)
			}
		}
		member := h.SignedIn(reader)
		p = member.Get("/search?q=kingfishers&topic=stillbirth").Want(200).Says("A kingfisher, not a heron.", "Members only")
		p.One("a", "href", path(quiet))
		if title := testkit.Text(p.One("title")); strings.Contains(title, "kingfisher") {
			t.Errorf("the tab says %q", title)
		}
		member.Get("/search?q=UNSEEN").Want(200).Says("UNSEEN words.") // their own
		h.SignedIn(writer).Get("/search?q=unseen").Want(200).Silent("UNSEEN")

		if _, err := h.Community.Withdraw(t.Context(), writer, quiet.ID); err != nil {
			t.Fatal(err)
		}
		member.Get("/search?q=kingfisher").Want(200).Says("Nothing found")
	})
}

func TestSearchAnswersAnything(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, calm)
		h.Thread(h.Person("writer", forum.RoleMember), func(n *forum.NewThread) { n.Body = `"quoted" <b>bold</b> words` })
		c := h.Client()
		for _, q := range []string{
			`"`, `""`, `'`, "a OR", "NOT a", "NEAR(", "title:x", "x*", "!!!", "\x00", "a\x00b", "\xff", "😀", "👩‍👧 ❤️", "%", "_", `\`, "'; DROP TABLE posts; --",
			"<script>alert(1)</script>", strings.Repeat("x", 10_000), strings.Repeat("ab ", 3_333), strings.Repeat("(", 10_000), "   ",
		} {
			c.Get("/search?"+url.Values{"q": {q}, "topic": {q}}.Encode()).Want(200).None("script", "src", "")
		}
		c.Get("/search?q=quoted").Want(200).Says(`"quoted" <b>bold</b> words`).None("b")
		c.Get("/search?q=%zz&topic=;").Want(200)
	})
}

func TestAround(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("leaves fall and ", 30)
	for _, c := range []struct{ text, asked, want string }{
		{"A short text.", "zebra", "A short text."},
		{long + "a CAFÉ opened " + long, "cafe", "… fall and a CAFÉ opened leaves fall and leaves …"},
		{long + "she nursed him " + long, "the nurse", "… fall and she nursed him leaves fall and leaves …"},
		{long, "zebra", "leaves fall and leaves fall and leaves fall and …"},
		{strings.Repeat("x", 200), "x", strings.Repeat("x", 50) + " …"},
		{"", "x", ""},
		{strings.Repeat("ñ!", 50), "ñ", strings.Repeat("ñ!", 25) + " …"},
	} {
		if got := site.Around(c.text, c.asked, 50); got != c.want {
			t.Errorf("%.20q around %q: %q, not %q", c.text, c.asked, got, c.want)
		}
	}
}
