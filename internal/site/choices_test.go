package site_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
	"snowdrop/moderation"
)

// noticed counts the notices and the waiting mails of somebody about replies.
func noticed(t *testing.T, h *testkit.House, a forum.Actor) int {
	t.Helper()
	fresh, err := h.Community.Actor(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	ns, err := h.Community.Notices(t.Context(), fresh)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, one := range ns {
		if one.Kind == forum.NoticeReply || one.Kind == forum.NoticeMidwife {
			n++
		}
	}
	return n
}

func thread(p forum.Post) string { return fmt.Sprintf("/threads/%d", p.ThreadID) }

func scans(words string) func(*forum.NewThread) {
	return func(n *forum.NewThread) {
		n.Title, n.Body, n.Mentions = words, words+" heron", forum.Mentions{moderation.TagMentionScan}
	}
}

// TestContentChoices hides and folds what posts mention, by their writers' notes and
// by what triage saw, on every path.
func TestContentChoices(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, func(o *forum.Options) {
			calm(o)
			read := o.Assess
			o.Assess = func(text string) moderation.Assessment {
				a := read(text)
				if strings.Contains(text, "pregnant again") {
					a.Tags = append(a.Tags, moderation.TagMentionPregnancy)
				}
				return a
			}
		})
		writer, reader := h.Person("writer", forum.RoleMember), h.Person("reader", forum.RoleMember)
		noted := h.Thread(writer, scans("NOTED"))
		suggested := h.Thread(writer, func(n *forum.NewThread) { n.Title, n.Body = "SUGGESTED", "heron. I am pregnant again." })
		graphic := h.Thread(writer, func(n *forum.NewThread) {
			n.Title, n.Body, n.Mentions = "GRAPHIC", "heron", forum.Mentions{moderation.TagMentionGraphic}
		})
		plain := h.Thread(reader, func(n *forum.NewThread) { n.Title, n.Body = "PLAIN", "heron, plainly." })
		said := h.Comment(writer, forum.NewComment{ThreadID: plain.ThreadID, Body: "SAID heron", Mentions: forum.Mentions{moderation.TagMentionScan}})
		under := h.Comment(reader, forum.NewComment{ThreadID: plain.ThreadID, ParentID: said.ID, Body: "UNDER"})
		lists := []string{"/", "/topics/early-loss", "/search?q=heron"}

		stranger, c := h.Client(), h.SignedIn(reader)
		for _, who := range []*testkit.Client{stranger, c} {
			for _, path := range lists {
				p := who.Get(path).Want(200).Says("NOTED", "SUGGESTED", "PLAIN")
				if fold := testkit.Text(p.One("details", "class", "fold")); !strings.Contains(fold, "This mentions medical details") || !strings.Contains(fold, "GRAPHIC") {
					t.Errorf("%s: %q", path, fold)
				}
			}
			if fold := who.Get(thread(graphic)).Find("details", "class", "fold"); len(fold) != 1 {
				t.Error("a graphic post is not folded")
			}
		}

		before := noticed(t, h, reader)
		c.Get("/me/choices").Want(200).Submit("/me/choices", "mention_scan", "hide", "mention_pregnancy", "hide", "mention_graphic", "show").Want(200).Says("Saved.")
		for _, path := range lists {
			p := c.Get(path).Want(200).Says("GRAPHIC", "PLAIN").Silent("NOTED", "SUGGESTED")
			n := map[bool]string{false: "Two posts are", true: "Three posts are"}[path == lists[2]]
			p.Says(n + " hidden by your choices.")
			p.None("details", "class", "fold")
			for _, link := range testkit.Links(p.Root, path) {
				if strings.Contains(link, "look=1") {
					looked := c.Get(link).Want(200).Says("NOTED", "SUGGESTED", "This mentions a scan.", "This mentions a new pregnancy.")
					if len(looked.Find("details", "class", "fold")) < 2 {
						t.Errorf("%s: what is looked at is not folded", link)
					}
				}
			}
			stranger.Get(path).Says("NOTED", "SUGGESTED")
		}
		for _, hidden := range []forum.Post{noted, suggested} {
			c.Get(thread(hidden)).Want(200).Says("You chose not to meet that").Silent("NOTED", "SUGGESTED", "heron")
			p := c.Get(thread(hidden) + "?look=1").Want(200).Says("heron")
			p.One("details", "class", "fold")
		}
		p := c.Get(thread(plain)).Want(200).Silent("SAID").Says("A reply that mentions a scan is hidden by your choices.", "UNDER", "One post is hidden")
		p.One("p", "id", fmt.Sprintf("post-%d", said.ID))
		c.Get(thread(plain)+"?look=1").Says("SAID", "This mentions a scan.")
		if now := noticed(t, h, reader); before != 1 || now != 0 {
			t.Errorf("%d notices before, %d now", before, now)
		}
		h.Comment(writer, forum.NewComment{ThreadID: plain.ThreadID, ParentID: under.ID, Body: "I am pregnant again."})
		if n := noticed(t, h, reader); n != 0 {
			t.Errorf("%d notices of what is hidden", n)
		}
		h.Comment(writer, forum.NewComment{ThreadID: plain.ThreadID, Body: "Thinking of you."})
		h.Comment(h.Person("Ana", forum.RoleMidwife), forum.NewComment{ThreadID: plain.ThreadID, Body: "SAFE heron", AsMidwife: true, Mentions: forum.Mentions{moderation.TagMentionScan}})
		if n := noticed(t, h, reader); n != 2 {
			t.Errorf("%d notices, want those of an open reply and of a midwife's answer", n)
		}
		if got := testkit.Text(c.Get(thread(plain)).One("details", "class", "fold")); !strings.Contains(got, "SAFE") {
			t.Errorf("a midwife's answer is not folded: %q", got)
		}

		// An edit and a moderator's note count at once; what the reader wrote is theirs.
		mine := h.Thread(reader, scans("MINE"))
		c.Get("/").Says("MINE")
		c.Get(thread(mine)).Says("MINE heron")
		if _, err := h.Community.EditPost(t.Context(), writer, forum.PostEdit{PostID: noted.ID, Title: "EDITED", Body: "nothing of it"}); err != nil {
			t.Fatal(err)
		}
		c.Get("/").Says("EDITED")
		if err := s.SetMentions(t.Context(), noted.ID, forum.Mentions{moderation.TagMentionScan}); err != nil {
			t.Fatal(err)
		}
		c.Get("/").Silent("EDITED")

		// Their work does not depend on what staff choose to meet.
		mo := h.Person("mo", forum.RoleModerator)
		m := h.SignedIn(mo)
		m.Get("/me/choices").Submit("/me/choices", "mention_scan", "hide").Want(200)
		if _, err := h.Community.Report(t.Context(), reader, forum.NewReport{PostID: noted.ID, Door: forum.DoorWorried}); err != nil {
			t.Fatal(err)
		}
		m.Get("/queue").Says("EDITED")
		m.Get("/").Silent("EDITED")
		stranger.Once("POST", "/me/choices", url.Values{"mention_scan": {"hide"}}).Want(303)
	})
}

// TestMute keeps two people apart, silently and both ways, and never tells who
// wrote without a name.
func TestMute(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, calm)
		ana, bea, cal := h.Person("ana", forum.RoleMember), h.Person("bea", forum.RoleMember), h.Person("cal", forum.RoleMember)
		anas := h.Thread(ana, func(n *forum.NewThread) { n.Title, n.Body = "ANAS", "heron of ana" })
		beas := h.Thread(bea, func(n *forum.NewThread) { n.Title, n.Body = "BEAS", "heron of bea" })
		unnamed := h.Thread(bea, func(n *forum.NewThread) { n.Title, n.Body, n.Anonymous = "UNNAMED", "heron of nobody", true })
		cals := h.Thread(cal, func(n *forum.NewThread) { n.Title, n.Body = "CALS", "heron of cal" })
		byAna := h.Comment(ana, forum.NewComment{ThreadID: cals.ThreadID, Body: "ANASAID heron"})
		byBea := h.Comment(bea, forum.NewComment{ThreadID: cals.ThreadID, Body: "BEASAID heron"})
		h.Comment(cal, forum.NewComment{ThreadID: cals.ThreadID, ParentID: byAna.ID, Body: "CALSAID"})
		h.Comment(bea, forum.NewComment{ThreadID: anas.ThreadID, Body: "BEA TO ANA heron"})
		a, b := h.SignedIn(ana), h.SignedIn(bea)
		if noticed(t, h, ana) != 2 {
			t.Fatalf("%d notices before", noticed(t, h, ana))
		}

		a.Get(thread(cals)).Submit(fmt.Sprintf("/posts/%d/mute", byBea.ID)).Want(200).Says("They’re not told.")
		for _, path := range []string{"/", "/topics/early-loss", "/search?q=heron"} {
			a.Get(path).Says("ANAS", "UNNAMED", "CALS").Silent("BEAS", "BEASAID", "hidden by your choices")
			b.Get(path).Says("BEAS", "UNNAMED", "CALS").Silent("ANAS", "ANASAID", "hidden by your choices", "muted")
			h.Client().Get(path).Says("ANAS", "BEAS")
		}
		p := a.Get(thread(cals)).Says("A post by someone you muted.", "ANASAID", "CALSAID")
		if !strings.Contains(testkit.Text(p.One("details", "class", "fold")), "BEASAID") {
			t.Error("what a muted person wrote can't be opened")
		}
		b.Get(thread(cals)).Says("BEASAID", "CALSAID", "This answers words that aren’t shown here.").Silent("ANASAID", "muted")
		b.Get("/topics/early-loss").Says("Two replies") // of three
		if n := noticed(t, h, ana); n != 1 {
			t.Errorf("%d notices, want the one from somebody else", n)
		}
		h.Comment(bea, forum.NewComment{ThreadID: anas.ThreadID, Body: "Again."})
		h.Comment(ana, forum.NewComment{ThreadID: beas.ThreadID, Body: "From ana."})
		if noticed(t, h, ana) != 1 || noticed(t, h, bea) != 0 {
			t.Error("somebody was told of what they do not meet")
		}
		// Without a name they meet, as everybody does: else it would tell.
		h.Comment(bea, forum.NewComment{ThreadID: anas.ThreadID, Body: "Softly.", Anonymous: true})
		if noticed(t, h, ana) != 2 {
			t.Error("what is written without a name was kept away with the name")
		}
		a.Get(thread(unnamed)).Says("heron of nobody").None("details", "class", "fold")

		// Somebody without a name is muted without a name, there alone.
		stay := h.Thread(bea, func(n *forum.NewThread) { n.Title, n.Anonymous = "OTHER", true })
		c := h.SignedIn(cal)
		c.Get(thread(unnamed)).Submit(fmt.Sprintf("/posts/%d/mute", unnamed.ID)).Want(200)
		c.Get("/").Says("BEAS", "OTHER", "ANAS").Silent("UNNAMED")
		c.Get(thread(stay)).None("details", "class", "fold")
		c.Get(thread(cals)).Says("BEASAID").None("details", "class", "fold")
		b.Get("/").Says("CALS")
		c.Get("/me/choices").Says("Somebody who wrote without a name").Silent("bea")
		c.Get(fmt.Sprintf("/posts/%d/know", unnamed.ID)).Silent("bea")
		c.Once("POST", fmt.Sprintf("/posts/%d/know", unnamed.ID), url.Values{}).Want(422)

		// Answers of midwives stay; nobody mutes themselves.
		answer := h.Comment(h.Person("midge", forum.RoleMidwife), forum.NewComment{ThreadID: anas.ThreadID, Body: "See your GP.", AsMidwife: true})
		a.Once("POST", fmt.Sprintf("/posts/%d/mute", answer.ID), nil).Want(422)
		a.Once("POST", fmt.Sprintf("/posts/%d/mute", anas.ID), nil).Want(422)
		a.Get(thread(anas)).None("form", "action", fmt.Sprintf("/posts/%d/mute", answer.ID))

		// Staff who were muted still see what they work on.
		mo := h.Person("mo", forum.RoleModerator)
		byMo := h.Comment(mo, forum.NewComment{ThreadID: cals.ThreadID, Body: "MOSAID"})
		a.Get(thread(cals)).Submit(fmt.Sprintf("/posts/%d/mute", byMo.ID)).Want(200)
		h.SignedIn(mo).Get(thread(cals)).Says("ANASAID")
		h.SignedIn(mo).Get("/").Says("ANAS")

		// And back.
		rows, err := h.Community.Ties(t.Context(), ana)
		if err != nil || len(rows) != 2 || rows[1].Name != "bea" {
			t.Fatalf("%+v, %v", rows, err)
		}
		b.Once("POST", "/me/choices/undo", url.Values{"tie": {fmt.Sprint(rows[1].ID)}}).Want(303)
		a.Get("/").Silent("BEAS")
		a.Once("POST", "/me/choices/undo", url.Values{"tie": {fmt.Sprint(rows[1].ID)}}).Want(303)
		a.Get("/").Says("BEAS")
		b.Get("/").Says("ANAS")
	})
}

// TestSomebodyIKnow keeps everything that somebody wrote from one person, on every
// path, from the next request on.
func TestSomebodyIKnow(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, calm)
		ana, ex, cal := h.Person("ana", forum.RoleMember), h.Person("the ex", forum.RoleMember), h.Person("cal", forum.RoleMember)
		anas := h.Thread(ana, func(n *forum.NewThread) { n.Title, n.Body = "ANAS", "heron of ana" })
		unnamed := h.Thread(ana, func(n *forum.NewThread) { n.Title, n.Body, n.Anonymous = "UNNAMED", "heron", true })
		cals := h.Thread(cal, func(n *forum.NewThread) { n.Title, n.Body = "CALS", "heron of cal" })
		byAna := h.Comment(ana, forum.NewComment{ThreadID: cals.ThreadID, Body: "ANASAID heron"})
		own := h.Comment(ex, forum.NewComment{ThreadID: anas.ThreadID, Body: "EXSAID heron"})
		h.Comment(ana, forum.NewComment{ThreadID: anas.ThreadID, ParentID: own.ID, Body: "ANA TO EX"})
		h.Comment(cal, forum.NewComment{ThreadID: anas.ThreadID, ParentID: own.ID, Body: "CAL TO EX"})
		x := h.SignedIn(ex)
		x.Get("/").Says("ANAS", "UNNAMED")
		if noticed(t, h, ex) != 2 {
			t.Fatalf("%d notices before", noticed(t, h, ex))
		}
		a := h.SignedIn(ana)
		a.Get("/me/choices").Submit("/me/choices/know", "alias", "Nobody such").Want(422).Says("Nobody here uses this name")
		a.Get("/me/choices").Submit("/me/choices/know", "alias", "ana").Want(422)
		a.Get(fmt.Sprintf("/posts/%d/know", own.ID)).Want(200).Says("the ex")
		a.Get("/me/choices").Submit("/me/choices/know", "alias", "THE EX").Want(200).Says("the ex, whom you know")

		for id := int64(1); ; id++ {
			m, err := s.Mail(t.Context(), id)
			if err != nil {
				break
			}
			// cal's reply stands in ana's conversation, so its mail stops too.
			if m.PersonID == ex.ID && m.State != forum.MailFailed {
				t.Errorf("the mail %q is %s", m.Key, m.State)
			}
		}
		for _, path := range []string{"/", "/topics/early-loss", "/search?q=heron", "/search?q=heron&look=1", "/?look=1"} {
			x.Get(path).Want(200).Says("CALS").Silent("ANAS", "UNNAMED", "ANASAID", "heron of ana")
		}
		x.Get(thread(cals)).Want(200).Silent("ANASAID", "muted", "hidden by")
		for _, gone := range []forum.Post{anas, unnamed} {
			x.Get(thread(gone)).Want(404).Silent("ANAS", "UNNAMED")
			x.Get(thread(gone) + "?look=1").Want(404)
			x.Once("POST", thread(gone)+"/comments", url.Values{"body": {"Hello?"}}).Want(404)
		}
		for _, p := range []forum.Post{anas, unnamed, byAna} {
			for _, what := range []string{"report", "know", "edit"} {
				x.Get(fmt.Sprintf("/posts/%d/%s", p.ID, what)).Want(404)
			}
			for _, what := range []string{"support", "report", "mute", "know"} {
				x.Once("POST", fmt.Sprintf("/posts/%d/%s", p.ID, what), url.Values{"door": {"worried"}}).Want(404)
			}
		}
		x.Once("POST", thread(cals)+"/comments", url.Values{"body": {"Hello?"}, "parent": {fmt.Sprint(byAna.ID)}}).Want(404)
		x.Get("/me").Want(200).Says("EXSAID").Silent("ANAS")
		x.Get("/me/notices").Want(200).Silent("ANAS")
		if noticed(t, h, ex) != 0 {
			t.Error("notices from a conversation that is gone")
		}
		later := h.Comment(ana, forum.NewComment{ThreadID: cals.ThreadID, Body: "LATER heron"})
		x.Get(thread(cals)).Silent("LATER")
		x.Get("/search?q=later").Silent(fmt.Sprintf("post-%d", later.ID))
		fresh := h.Thread(ana, func(n *forum.NewThread) { n.Title = "FRESH" })
		x.Get("/").Silent("FRESH")
		x.Get(thread(fresh)).Want(404)
		exs := h.Thread(ex, func(n *forum.NewThread) { n.Title = "EXS" })
		h.Comment(ana, forum.NewComment{ThreadID: exs.ThreadID, Body: "ANA THERE"})
		x.Get(thread(exs)).Silent("ANA THERE")
		if noticed(t, h, ex) != 0 {
			t.Error("told of a reply that is not there")
		}
		h.Client().Get("/").Says("FRESH")
		if err := s.AddGrant(t.Context(), forum.Grant{PersonID: ex.ID, Role: forum.RoleModerator, CreatedAt: h.Clock.Now()}); err != nil {
			t.Fatal(err)
		}
		h.SignedIn(ex).Get(thread(anas)).Want(200).Says("heron of ana") // staff still see, in their work
	})
}

// TestTopicsOfTheFrontPage follows topics and leaves some out.
func TestTopicsOfTheFrontPage(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, calm)
		writer, reader := h.Person("writer", forum.RoleMember), h.Person("reader", forum.RoleMember)
		for _, topic := range []string{"early-loss", "late-loss", "trying-again"} {
			h.Thread(writer, func(n *forum.NewThread) { n.Topic, n.Title = topic, "IN "+strings.ToUpper(topic) })
		}
		c := h.SignedIn(reader)
		c.Get("/").Says("IN EARLY-LOSS", "IN LATE-LOSS").Silent("IN TRYING-AGAIN")
		c.Get("/topics/late-loss").Submit("/topics/late-loss/choice", "choice", "leave").Want(200).Says("Not on your front page")
		p := c.Get("/").Says("IN EARLY-LOSS", "You left out").Silent("IN LATE-LOSS")
		if len(p.Find("a", "href", "/topics/late-loss")) != 1 {
			t.Error("a topic that was left out can't be reached from the front page, or stands there still")
		}
		c.Get("/topics/late-loss").Says("IN LATE-LOSS")
		c.Get("/me/choices").Submit("/topics/trying-again/choice", "choice", "follow").Want(200)
		c.Get("/").Says("IN TRYING-AGAIN").Silent("IN EARLY-LOSS", "IN LATE-LOSS")
		c.Get("/topics/trying-again").Submit("/topics/trying-again/choice", "choice", "none")
		c.Get("/topics/late-loss").Submit("/topics/late-loss/choice", "choice", "none")
		c.Get("/").Says("IN EARLY-LOSS", "IN LATE-LOSS").Silent("IN TRYING-AGAIN", "You left out")
		c.Once("POST", "/topics/nowhere/choice", nil).Want(404)
		h.Client().Get("/topics/late-loss").None("form", "action", "/topics/late-loss/choice")
	})
}

// TestOwnWordsAndNames has the site use a person's words, and a person another name.
func TestOwnWordsAndNames(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, calm)
		ana := h.Person("ana", forum.RoleMember)
		c := h.SignedIn(ana)
		c.Get("/threads/new").Says("a few words for your baby")
		c.Get("/me/choices").Submit("/me/choices/words", "baby", "Rowan <b>", "loss", "stillbirth").Want(200).Says("This is about Rowan <b>, and about your stillbirth.").Silent("Rowan <b>,")
		c.Get("/threads/new").Says("a few words for Rowan <b>")
		h.Client().Get("/help").Silent("{{")
		c.Get("/help").Silent("{{")
		for _, bad := range []string{"a\x01b", "www.rowan.org", "07700 900123", "rowan@example.org", strings.Repeat("a", 41)} {
			c.Get("/me/choices").Submit("/me/choices/words", "baby", bad).Want(422)
		}
		c.Get("/me/choices").Submit("/me/choices/words", "baby", "", "loss", "").Want(200)
		c.Get("/threads/new").Says("a few words for your baby")

		h.Person("willow", forum.RoleMember)
		c.Get("/me/name").Submit("/me/name", "name", "vvillow").Want(422).Says("looks the same")
		c.Get("/me/name").Submit("/me/name", "name", "Amy Beavis").Want(422).Says("looks like a full name").Submit("/me/name", "name", "Amy Beavis", "keep_name", "1").Want(200).Says("Amy Beavis")
		c.Get("/me/name").Submit("/me/name", "name", "hazel").Want(429)
		h.Clock.Move(31 * 24 * time.Hour)
		c = h.SignedIn(ana)
		c.Get("/me/name").Submit("/me/name", "name", "hazel").Want(200)
		h.SignedIn(h.Person("lea", forum.RoleLead)).Get(fmt.Sprintf("/people/%d", ana.ID)).Says("hazel", "Was called Amy Beavis until", "Was called ana until")
		h.Client().Get("/join").Want(200).Submit("/join", "name", "Lucy Hazelwood", "email", "l@example.org", "password", "plum gravel teapot", "adult", "1", "consent", "1").
			Want(422).Says("Keep this name").Submit("/join", "password", "plum gravel teapot", "adult", "1", "consent", "1", "keep_name", "1").Want(200)
	})
}

// TestUnconfirmedAccountsGo removes accounts that nobody confirmed or used.
func TestUnconfirmedAccountsGo(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, calm)
		join := func(name string) forum.Actor {
			p, err := h.Community.Join(t.Context(), forum.NewPerson{Name: name, Email: name + "@example.org", Password: "plum gravel teapot", Adult: true, Consent: true, Address: name})
			if err != nil {
				t.Fatal(err)
			}
			a, err := h.Community.Actor(t.Context(), p.ID)
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		idle, wrote := join("idle"), join("wrote")
		known := h.Person("known", forum.RoleMember)
		post := h.Thread(known, nil)
		if p, err := h.Community.PostComment(t.Context(), wrote, forum.NewComment{ThreadID: post.ThreadID, Body: "This waits."}); err != nil || p.State != forum.StateHeld {
			t.Fatalf("%+v, %v", p, err)
		}
		names := func() (list []string) {
			for _, a := range []forum.Actor{idle, wrote, known} {
				p, err := s.Person(t.Context(), a.ID)
				if err != nil {
					t.Fatal(err)
				}
				list = append(list, p.Name)
			}
			return list
		}
		h.Clock.Move(29 * 24 * time.Hour)
		late := join("late")
		for range 2 {
			if err := h.Community.Forget(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(names()); got != map[bool]string{true: "[idle wrote known]", false: "[Someone who left wrote known]"}[h.Clock.Now().Sub(time.Date(2026, 1, 15, 3, 0, 0, 0, time.UTC)) < 30*24*time.Hour] {
				t.Errorf("%s", got)
			}
			h.Clock.Move(2 * 24 * time.Hour)
		}
		if p, err := s.Person(t.Context(), late.ID); err != nil || p.Name != "late" {
			t.Errorf("%+v, %v", p, err)
		}
		if p, err := s.Person(t.Context(), idle.ID); err != nil || p.PasswordHash != "" || p.Look == "idle" {
			t.Errorf("%+v, %v", p, err)
		}
		join("idle") // the name is free again
		h.Client().Get("/privacy").Says("30 days after it was made")
	})
}
