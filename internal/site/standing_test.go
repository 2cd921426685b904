package site_test

import (
	"fmt"
	"maps"
	"net/url"
	"strings"
	"testing"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
	"snowdrop/moderation"
)

// worry puts a post into the queue.
func worry(t *testing.T, h *testkit.House, postID int64) {
	t.Helper()
	if _, err := h.Community.Report(t.Context(), forum.Actor{}, forum.NewReport{PostID: postID, Door: forum.DoorWorried}); err != nil {
		t.Fatal(err)
	}
}

func fresh(t *testing.T, h *testkit.House, a forum.Actor) forum.Actor {
	t.Helper()
	a, err := h.Community.Actor(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// officeHours has the team there from 9 to 17, every day.
func officeHours(o *forum.Options) {
	calm(o)
	o.Staffed = &forum.Hours{Zone: time.UTC}
	for i := range o.Staffed.Days {
		o.Staffed.Days[i] = forum.Span{From: 9 * 60, Until: 17 * 60}
	}
	o.Clocks = maps.Clone(o.Clocks)
	for b, c := range o.Clocks {
		c.Hours = o.Staffed
		o.Clocks[b] = c
	}
}

// A writer whose post waits is told when a person will have read it, and nothing
// that nobody keeps.
func TestAWriterIsToldHonestlyWhenAPersonReads(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, officeHours) // it is three at night
		writer, other := h.Person("writer", forum.RoleMember), h.Person("other", forum.RoleMember)
		c := h.SignedIn(writer)
		p := c.Post("/threads", threadForm()).Want(200).Says("Only you can see this yet", "Your words are safe", "Nobody from our team is here just now. A person will have read it by 11:00 today.")
		path := p.URL.Path
		thread := h.Thread(other, nil)
		folded := h.Comment(writer, forum.NewComment{ThreadID: thread.ThreadID, Body: "With you."})
		if err := s.MovePost(t.Context(), folded.ID, forum.StatePublic, forum.StateFolded, h.Clock.Now()); err != nil {
			t.Fatal(err)
		}
		worry(t, h, folded.ID)
		place := fmt.Sprintf("/threads/%d", thread.ThreadID)
		c.Get(place).Want(200).Says("Folded for now", "A person will have read it by")
		h.SignedIn(other).Get(place).Want(200).Says("Folded for now while our team checks in").Silent("will have read it")
		c.Get("/me").Want(200).Says("A person will have read it by 11:00 today.")

		h.Clock.Move(7 * time.Hour) // ten in the morning
		c.Get(path).Want(200).Says("A person will have read it by 11:00 today.").Silent("Nobody from our team is here")
		h.Clock.Move(2 * time.Hour)
		c.Get(path).Want(200).Says("nobody has. We’re sorry").Silent("will have read it by")
		id, _ := testkit.Attribute(c.Get(path).One("article", "data-post", "*"), "data-post")
		var postID int64
		if _, err := fmt.Sscan(id, &postID); err != nil {
			t.Fatal(err)
		}
		k, err := s.CaseOfPost(t.Context(), postID)
		if err != nil {
			t.Fatal(err)
		}
		mod := h.Person("mod", forum.RoleModerator)
		if err := h.Community.Claim(t.Context(), mod, k.ID); err != nil {
			t.Fatal(err)
		}
		c.Get(path).Want(200).Says("A person has looked at it and is still deciding.").Silent("We’re sorry")
	})
}

// What was decided is told whole, can be asked about in one tap under every
// restriction, and is told to nobody else.
func TestADecisionIsToldAndAppealedInOneTap(t *testing.T) {
	t.Parallel()
	for _, kind := range []forum.MeasureKind{forum.MeasureReadOnly, forum.MeasureSuspension, forum.MeasureBan} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			testkit.Each(t, func(t *testing.T, s *store.Store) { appealUnder(t, s, kind) })
		})
	}
}

func appealUnder(t *testing.T, s *store.Store, kind forum.MeasureKind) {
	h := testkit.NewHouse(t, s, calm)
	writer, other := h.Person("writer", forum.RoleMember), h.Person("other", forum.RoleMember)
	mod, kim := h.Person("mod", forum.RoleModerator), h.Person("kim", forum.RoleModerator)
	post := h.Thread(writer, nil)
	worry(t, h, post.ID)
	days := 7
	if kind == forum.MeasureBan {
		days = 0
	}
	change := func(d *forum.NewDecision) {
		d.Action, d.Reason, d.Message = forum.ActionRemove, "C2", "It hurts somebody by name."
		d.Measures = []forum.NewMeasure{{PersonID: writer.ID, Kind: kind, Days: days}}
	}
	decide(t, h, mod, kim, post.ID, change)

	// Also by signing in anew.
	c := h.Client()
	c.Get("/sign-in").Submit("/sign-in", "email", "writer@example.org", "password", testkit.Password).Want(200)
	c.Get("/").Want(200).Says("You can read here, but not write", "Why, and how to ask again")
	c.Get("/help").Want(200).Silent("but not write")
	me := c.Get("/me").Want(200).Says("We took your post down", "All of your post.", "It hurts somebody by name.", "Your text is here", "We lost our baby two weeks ago", "Ask somebody else to look again", "moderator")
	me.Silent("kim", "mod@")
	if kind != forum.MeasureBan {
		me.Says("until Thursday 22 January, 03:00")
	}
	c.Get("/me/notices").Want(200).Says("We have taken your post down", "Ask somebody else to look again")
	list, err := h.Community.MyDecisions(t.Context(), writer)
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	path := fmt.Sprintf("/me/decisions/%d", list[0].Decision.ID)

	// Writing is refused kindly, and nothing is lost.
	there := h.Thread(other, nil)
	place := fmt.Sprintf("/threads/%d", there.ThreadID)
	c.Get(place).Want(200).Says("not reply for now").None("form", "action", place+"/comments")
	kept := c.Post(place+"/comments", url.Values{"body": {"Words that took me an hour"}}).Want(422).Says("Your words are safe")
	if got := kept.Form("/me/drafts").Get("body"); got != "Words that took me an hour" {
		t.Errorf("the words came back as %q", got)
	}
	kept.Submit("/me/drafts").Want(200).Says("Words that took me an hour")
	if got := c.Post("/threads", threadForm("body", "An hour of words")).Want(422).Form("/threads").Get("body"); got != "An hour of words" {
		t.Errorf("the words came back as %q", got)
	}

	h.Client().Once("POST", path+"/appeal", nil).Want(303)
	h.SignedIn(other).Post(path+"/appeal", nil).Want(404)
	h.SignedIn(mod).Post(path+"/appeal", nil).Want(404)
	c.Post("/me/decisions/999/appeal", nil).Want(404)
	p := me.Submit(path+"/appeal").Want(200).Says("Thank you for asking", "writes to you by")
	p.None("form", "action", path+"/appeal")
	c.Post(path+"/appeal", nil).Want(200) // the same tap again

	// A note, if they like.
	long := strings.Repeat("x", forum.MaxNote+1)
	if got := p.Submit(path+"/note", "body", long).Want(422).Says("Your words are safe").Form(path + "/note").Get("body"); got != long {
		t.Errorf("a note that is too long came back with %d characters", len(got))
	}
	gone := h.Client()
	in := gone.Post(path+"/note", url.Values{"body": {"I meant it kindly."}}).Want(200).Submit("/sign-in", "email", "writer@example.org", "password", testkit.Password).Want(200)
	if got := in.Form(path + "/note").Get("body"); got != "I meant it kindly." {
		t.Errorf("after signing in the note holds %q", got)
	}
	in.Submit(path+"/note").Want(200).Says("Added. Whoever looks again reads it.", "You added: I meant it kindly.")
	c.Post(path+"/note", url.Values{"body": {"Another."}}).Want(409).Says("Another.")
	h.SignedIn(other).Post(path+"/note", url.Values{"body": {"Mine"}}).Want(404)

	h.Clock.Move(9 * 24 * time.Hour)
	c = h.SignedIn(writer) // the session is long over
	c.Get("/me").Want(200).Says("it is late. We’re sorry")
	lea := h.Person("lea", forum.RoleLead)
	decide(t, h, lea, h.Person("cy", forum.RoleModerator), post.ID, func(d *forum.NewDecision) { d.Action = forum.ActionOverturn })
	c.Get("/me").Want(200).Says("Taken back", "you were right to ask", "we got it wrong").Silent("but not write")
	c.Get("/me/notices").Want(200).Says("You were right to ask, and we are sorry", "See it on your page")
	h.Client().Get(fmt.Sprintf("/threads/%d", post.ThreadID)).Want(200).Says("We lost our baby two weeks ago")
	c.Post(place+"/comments", url.Values{"body": {"I can write again."}}).Want(200).Says("I can write again.")
}

// decide settles a case, with a second person where the reason asks for one.
func decide(t *testing.T, h *testkit.House, a, b forum.Actor, postID int64, change func(*forum.NewDecision)) {
	t.Helper()
	k, err := h.Store.CaseOfPost(t.Context(), postID)
	if err != nil {
		t.Fatal(err)
	}
	for i, who := range []forum.Actor{a, b} {
		if err := h.Community.Claim(t.Context(), who, k.ID); err != nil {
			t.Fatal(err)
		}
		v, err := h.Community.CasePage(t.Context(), who, k.ID)
		if err != nil {
			t.Fatal(err)
		}
		n := forum.NewDecision{CaseID: k.ID, Lease: v.Lease, Version: v.Case.Version, Revision: v.Case.Revision, Key: fmt.Sprintf("k%d-%d", i, v.Case.Version)}
		change(&n)
		verdict, err := h.Community.Decide(t.Context(), who, n)
		if err != nil {
			t.Fatal(err)
		}
		if verdict == forum.VerdictDecided {
			return
		}
	}
	t.Fatal("two people agreed and nothing was decided")
}

// The care thread is between the team and the writer, and loses no word.
func TestTheCareThreadIsForTheWriterAlone(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, calm)
		writer, other, mod := h.Person("writer", forum.RoleMember), h.Person("other", forum.RoleMember), h.Person("mod", forum.RoleModerator)
		post := h.Thread(writer, nil)
		worry(t, h, post.ID)
		k, err := s.CaseOfPost(t.Context(), post.ID)
		if err != nil {
			t.Fatal(err)
		}
		path := fmt.Sprintf("/care/%d", k.ID)
		c := h.SignedIn(writer)
		c.Get(path).Want(404) // nobody wrote: they don't learn of the case
		decide(t, h, mod, mod, post.ID, func(n *forum.NewDecision) {
			n.Action, n.Reason, n.Message = forum.ActionReachOut, "W2", "How are you tonight?"
		})
		p := c.Get("/me/notices").Want(200).Says("How are you tonight?")
		if len(testkit.Links(p.Root, path)) != 1 {
			t.Error("the notice does not lead to where they can write back")
		}
		p = c.Get(path).Want(200).Says("How are you tonight?", "Somebody from our team", "never counts against you").Silent("mod@", ">mod<", "violation", "decid")
		c.Get("/me").Want(200).Says("Write back to our team").Silent("Ask somebody else to look again")

		for who, status := range map[*testkit.Client]int{h.SignedIn(other): 404, h.SignedIn(h.Person("midwife", forum.RoleMidwife)): 404, h.SignedIn(h.Person("admin", forum.RoleAdmin)): 404} {
			who.Get(path).Want(status).Silent("How are you tonight?")
			who.Post(path, url.Values{"body": {"Hello"}, "key": {"k"}}).Want(status)
		}
		h.Client().Once("GET", path, nil).Want(303)
		if got := h.SignedIn(mod).Once("GET", path, nil).Want(303).Header.Get("Location"); got != fmt.Sprintf("/queue/%d", k.ID) {
			t.Errorf("a moderator is led to %s", got)
		}
		h.SignedIn(mod).Post(path, url.Values{"body": {"Hello"}, "key": {"k"}}).Want(404)

		for name, body := range map[string]string{"empty": " ", "too long": strings.Repeat("é", forum.MaxNote+1), "NUL": "my words\x00here"} {
			back := p.Submit(path, "body", body).Want(422).Says("Your words are safe")
			if got := back.Form(path).Get("body"); name == "too long" && got != body || name == "NUL" && !strings.Contains(got, "my words") {
				t.Errorf("%s: the words came back as %.40q", name, got)
			}
		}
		c.Post(path, url.Values{"body": {"Without a key"}}).Want(422).Says("Without a key")

		// Signed out while they wrote.
		in := h.Client().Post(path, url.Values{"body": {"Not so good, to be honest."}, "key": {"once"}}).Want(200)
		in = in.Submit("/sign-in", "email", "writer@example.org", "password", testkit.Password).Want(200)
		if got := in.Form(path).Get("body"); got != "Not so good, to be honest." {
			t.Errorf("after signing in the form holds %q", got)
		}
		form := in.Form(path)
		for range 2 { // two taps
			in = c.Post(path, form).Want(200).Says("Your words are with our team", "Your answer is with us. A person will have read it by")
		}
		if n := strings.Count(in.Text(), "Not so good, to be honest."); n != 1 {
			t.Errorf("two taps made %d messages", n)
		}
		in.None("section", "data-care", "*")
		in = in.Submit(path, "body", "EMERGENCY and I feel faint").Want(200)
		in.One("section", "data-care", "emergency")
		if strings.Index(in.Body, "data-care") > strings.Index(in.Body, "<h1") {
			t.Error("whom to call stands below the conversation")
		}
		if now, err := s.CaseOfPost(t.Context(), post.ID); err != nil || now.State != forum.CaseOpen || now.Band != "P0" {
			t.Errorf("nobody is called: %+v, %v", now, err)
		}
	})
}

// Readers are told how fast a conversation goes and what the team put right.
func TestReadersSeePaceAndCorrection(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, calm)
		writer, other := h.Person("writer", forum.RoleMember), h.Person("other", forum.RoleMember)
		post := h.Thread(writer, nil)
		place := fmt.Sprintf("/threads/%d", post.ThreadID)
		if err := s.SetCorrection(t.Context(), post.ID, "Please don’t stop taking them.\n\nCall your GP first."); err != nil {
			t.Fatal(err)
		}
		p := h.Client().Get(place).Want(200).Says("A correction from our team", "Please don’t stop taking them.", "Call your GP first.")
		if strings.Index(p.Body, "Call your GP first.") > strings.Index(p.Body, "We lost our baby") {
			t.Error("the correction stands below the words")
		}

		if err := s.SetPace(t.Context(), post.ThreadID, forum.PaceSlow); err != nil {
			t.Fatal(err)
		}
		c := h.SignedIn(other)
		c.Get(place).Want(200).Says("Replies come more slowly here for now", "one an hour")
		c.Post(place+"/comments", url.Values{"body": {"First"}}).Want(200)
		p = c.Post(place+"/comments", url.Values{"body": {"Second"}}).Want(429).Says("Your words are safe", "more slowly")
		if p.Form(place+"/comments").Get("body") != "Second" || p.Header.Get("Retry-After") == "" {
			t.Error("the words are gone, or nobody says until when")
		}
		if err := s.SetPace(t.Context(), post.ThreadID, forum.PaceLocked); err != nil {
			t.Fatal(err)
		}
		for _, who := range []*testkit.Client{c, h.Client()} {
			who.Get(place).Want(200).Says("Closed to new replies", "This conversation is closed to new replies. Everything in it stays.").None("form", "action", place+"/comments")
		}
		p = c.Post(place+"/comments", url.Values{"body": {"Third"}}).Want(409).Says("Your words are safe")
		if p.Form("/me/drafts").Get("body") != "Third" {
			t.Error("the words are gone")
		}
	})
}

// Midwives answer moderators; whoever is later keeps their words.
func TestAConsultIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, calm)
		writer, mod := h.Person("writer", forum.RoleMember), h.Person("mod", forum.RoleModerator)
		one, two := h.SignedIn(h.Person("midwife one", forum.RoleMidwife)), h.SignedIn(h.Person("midwife two", forum.RoleMidwife))
		post := h.Thread(writer, func(n *forum.NewThread) { n.Body = "Stop taking them at once, I say." })
		worry(t, h, post.ID)
		decide(t, h, mod, mod, post.ID, func(n *forum.NewDecision) {
			n.Action, n.Question = forum.ActionMidwife, "Is that safe to say?"
		})
		one.Get("/me/notices").Want(200).Says("A moderator asks for a midwife's eye", "See the question")
		p := one.Get("/questions").Want(200).Says("Moderators ask", "Is that safe to say?", "Stop taking them at once, I say.").Silent(">writer<")
		if strings.Index(p.Body, "Is that safe to say?") > strings.Index(p.Body, "Parents ask") {
			t.Error("what moderators ask stands below")
		}
		list, err := h.Community.OpenConsults(t.Context(), fresh(t, h, h.Person("midwife three", forum.RoleMidwife)))
		if err != nil || len(list) != 1 {
			t.Fatalf("%+v, %v", list, err)
		}
		path := fmt.Sprintf("/questions/%d/answer", list[0].ID)
		for _, who := range []forum.Actor{writer, mod, h.Person("member", forum.RoleMember), h.Person("admin", forum.RoleAdmin)} {
			h.SignedIn(who).Post(path, url.Values{"body": {"Yes"}}).Want(404)
		}
		banned := h.Person("midwife four", forum.RoleMidwife)
		made, err := s.Decisions(t.Context(), list[0].CaseID)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.AddMeasure(t.Context(), &forum.Measure{PersonID: banned.ID, Kind: forum.MeasureBan, CaseID: list[0].CaseID, DecisionID: made[0].ID, Reason: "C2", State: forum.MeasureStanding, StartsAt: h.Clock.Now()}); err != nil {
			t.Fatal(err)
		}
		h.SignedIn(banned).Post(path, url.Values{"body": {"Yes"}}).Want(422).Says("You can read here, but not write")
		long := strings.Repeat("x", forum.MaxNote+1)
		if got := p.Submit(path, "body", long).Want(422).Says("Your words are safe").Form(path).Get("body"); got != long {
			t.Errorf("%d characters came back", len(got))
		}
		in := h.Client().Post(path, url.Values{"body": {"It took me an hour"}}).Want(200)
		in = in.Submit("/sign-in", "email", "midwife.one@example.org", "password", testkit.Password).Want(200)
		if got := in.Form(path).Get("body"); got != "It took me an hour" {
			t.Errorf("after signing in the form holds %q", got)
		}
		later := two.Get("/questions").Want(200)
		p.Submit(path, "body", "No. Call the GP first.").Want(200).Says("The moderators have your answer").Silent("Is that safe to say?")
		later.Submit(path, "body", "My other answer").Want(409).Says("Somebody else has answered this already", "My other answer")
		if k, err := s.CaseOfPost(t.Context(), post.ID); err != nil || k.State != forum.CaseOpen {
			t.Errorf("the case is %s, %v", k.State, err)
		}
	})
}

// A question about the body is in the midwives' list although it was put to
// nobody.
func TestQuestionsAboutTheBodyAreListed(t *testing.T) {
	t.Parallel()
	h := testkit.NewHouse(t, testkit.Open(t, "sqlite"), func(o *forum.Options) {
		calm(o)
		finds := o.Assess
		o.Assess = func(text string) moderation.Assessment {
			a := finds(text)
			if strings.Contains(text, "BODILY") {
				a.Body = 1
			}
			return a
		}
	})
	writer := h.Person("writer", forum.RoleMember)
	thread := h.Thread(writer, func(n *forum.NewThread) { n.Wants, n.Title = forum.WantsListen, "Only listen" })
	h.Clock.Move(time.Hour)
	reply := h.Comment(writer, forum.NewComment{ThreadID: thread.ThreadID, Body: "And I feel BODILY odd."})
	p := h.SignedIn(h.Person("midwife", forum.RoleMidwife)).Get("/questions").Want(200).Says("Only listen", "Words about the body", "Nobody waits for an answer now", "And I feel BODILY odd.")
	if len(testkit.Links(p.Root, fmt.Sprintf("/threads/%d?post=%d", thread.ThreadID, reply.ID))) == 0 {
		t.Error("no link leads to the words")
	}
}

// The public sees totals of months that are over, and nothing that points to
// somebody.
func TestOpennessPointsToNobody(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, calm)
		mod := h.Person("mod", forum.RoleModerator)
		for i := range 8 {
			post := h.Thread(h.Person(fmt.Sprint("writer ", i), forum.RoleMember), nil)
			worry(t, h, post.ID)
			h.Clock.Move(10 * time.Minute)
			reason := "C6"
			if i > 6 {
				reason = "S2"
			}
			decide(t, h, mod, mod, post.ID, func(n *forum.NewDecision) { n.Action, n.Reason = forum.ActionFold, reason })
		}
		c := h.Client()
		c.Get("/openness?month=2026-01").Want(404) // it still runs
		h.Clock.Move(20 * 24 * time.Hour)
		p := c.Get("/openness").Want(200).Says("January 2026", "There were 8 decisions.", "few", "Folded", "10 minutes").Silent("writer ", "We lost our baby")
		if got := p.Form("/openness").Get("month"); got != "2026-01" {
			t.Errorf("the month chosen is %q", got)
		}
		c.Get("/openness?month=2025-12").Want(200).Says("December 2025", "Nothing was decided in this month", "Nobody asked for another look")
		for _, month := range []string{"2026-02", "2030-01", "x", "0001-01", "2026-13"} {
			c.Get("/openness?month=" + month).Want(404)
		}
		if len(testkit.Links(c.Get("/").Root, "/openness")) != 1 {
			t.Error("no page leads there")
		}
	})
}
