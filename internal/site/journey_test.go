package site_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/internal/site"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
	"snowdrop/moderation"
)

// harmless is what triage says in journeys that are not about triage.
func harmless(string) moderation.Assessment {
	return moderation.Assessment{Band: moderation.None, Tags: []moderation.Tag{}, Disposition: moderation.Publish, Findings: []moderation.Finding{}}
}

// journeyHouse is a house whose clock shows what the browser's clock shows.
func journeyHouse(t *testing.T, s *store.Store, assess func(string) moderation.Assessment, change ...func(*forum.Options)) *testkit.House {
	t.Helper()
	h := testkit.NewHouse(t, s, func(o *forum.Options) {
		o.Assess = assess
		for _, c := range change {
			c(o)
		}
	})
	h.Clock.Move(time.Since(h.Clock.Now()))
	return h
}

// elsewhere is where "Leave this site" leads in a journey.
func elsewhere(t *testing.T, h *testkit.House) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprint(w, `<!DOCTYPE html><title>Weather</title><link rel="icon" href="data:,"><h1>Rain later</h1>`)
	}))
	t.Cleanup(server.Close)
	h.Site.LeaveURL = server.URL + "/weather"
	return h.Site.LeaveURL
}

// The whole way of a question: from a stranger who reads to a midwife's answer,
// and of an unkind reply that is reported and taken down.
func TestJourneyOfAQuestion(t *testing.T) {
	t.Parallel()
	testkit.EachLong(t, func(t *testing.T, s *store.Store) {
		h := journeyHouse(t, s, harmless)
		bea, cal := h.Person("Bea", forum.RoleMember), h.Person("Cal", forum.RoleMember)
		h.Thread(bea, nil)

		// Somebody reads, and then joins.
		asker := h.Browser().Visit("/").SeesText("You don’t have to carry this on your own").Accessible()
		asker.Press("Early loss").SeesText("Anyone can read this topic").Accessible()
		asker.Press("How long were you off work").SeesText("Before you read", "I do not know when to go back", "Would you like to reply?").Accessible()
		asker.In("main").Press("Join")
		asker.SeesText("Your consent, asked on its own").Accessible()
		asker.Fill("The name others see", "Willow").Fill("E-mail address", "willow@example.org").Fill("Password", "short")
		asker.Choose("I am 18 or older").Choose("I agree that Snowdrop keeps what I write about my health")
		asker.In("main").Press("Join")
		asker.Answered(422).SeesText("Nearly there. Please look at this again").Holds("The name others see", "Willow").Accessible()
		asker.Fill("Password", "three small snowdrops")
		asker.In("main").Press("Join")
		asker.Arrives("/threads/").SeesText("I do not know when to go back", "You")

		// She asks, having read who can read it.
		asker.Visit("/").Press("Ask or share something")
		asker.SeesText("Everything else can be read by anyone", "nobody without an account can read it", "NHS 111").Accessible()
		asker.Choose("Early loss").Choose("A question").Choose("A midwife’s answer")
		asker.Fill("A short heading", "When will my period come back").Fill("Your words", "It has been five weeks.\n\nIs that still all right?")
		asker.Press("Post this")
		asker.SeesText("Only you can see this yet", "Your words are safe. A moderator reads them first", "Is that still all right?").Accessible()
		question, _, _ := strings.Cut(asker.Path(), "#")

		stranger := h.Browser().Visit(question).Answered(404).SeesText("We can’t find that page").DoesNotSee("five weeks", "period").Accessible()

		// A moderator takes the case, looks at all of it, and keeps the post.
		moderator := h.Browser().SignIn(h.Person("Mo", forum.RoleModerator)).Visit("/").Press("Queue").SeesText("First posts", "To be looked at").Accessible()
		moderator.In("[data-case]").Press("Take this case")
		moderator.SeesText("When will my period come back", "It has been five weeks.", "Why it is here", "One of this member's first posts", "You have this case until")
		moderator.Accessible().SeesText("Is that still all right?")
		moderator.Choose("Keep it").Press("Decide")
		moderator.Arrives("/queue").SeesText("Nothing waits here").Accessible()

		asker.Visit("/").Press("Notices").SeesText("Your post is on the page").Accessible()
		asker.Press("Go there")
		asker.SeesText("It has been five weeks.").DoesNotSee("Only you can see this yet")
		stranger.Visit(question).Answered(200).SeesText("It has been five weeks.", "Hoping for a midwife’s answer").Accessible()

		// A midwife finds the question and answers as a midwife.
		midwife := h.Browser().SignIn(h.Person("Kay", forum.RoleMidwife)).Visit("/").Press("Questions").SeesText("When will my period come back", "Waiting").Accessible()
		midwife.Press("Read and answer").Choose("Answer as a midwife").Accessible()
		midwife.Fill("Your words", "Four to six weeks is usual. Call your GP if it has not come after eight.").Press("Post reply")
		midwife.SeesText("Midwife answer", "Four to six weeks is usual").Accessible()
		midwife.Visit("/questions").SeesText("Nobody waits for an answer now").Accessible()

		for range 6 { // so that the answer is not in view at once
			h.Comment(bea, forum.NewComment{ThreadID: threadID(t, question), Body: "I’m so sorry. " + strings.Repeat("It was the same for me, and I waited and waited. ", 20)})
		}
		asker.Visit("/").Press("Notices").SeesText("A midwife has answered")
		asker.Visit(question).SeesText("Answered by a midwife").Press("Go to the midwife’s answer")
		asker.HasInView("article[data-midwife]").Accessible()
		answer := asker.In("article[data-midwife]").SeesText("A registered midwife", "Four to six weeks is usual")
		if first := answer.Text(); !strings.HasPrefix(first, "Midwife answer") {
			t.Errorf("a midwife's answer does not begin by saying so: %s", first)
		}
		answer.Finds(".midwife-label svg")

		// A reply beside it is unkind. Another member reports it; it is taken down.
		unkind := h.Comment(cal, forum.NewComment{ThreadID: threadID(t, question), Body: "At least it was early. My sister had it much worse."})
		reporter := h.Browser().SignIn(bea).Visit(question).SeesText("My sister had it much worse")
		reporter.Press("Report what Cal wrote").SeesText("A person reads this. Cal is not told who you are.").Accessible()
		reporter.Choose("This breaks the rules").Choose("It is unkind, or compares or blames").Accessible()
		reporter.Fill("Anything we should know", "She has just lost her baby.").Press("Send to a moderator")
		reporter.SeesText("Thank you", "A moderator will read it").Accessible()

		moderator.Visit("/queue").SeesText("Reported", "My sister had it much worse").Accessible()
		moderator.In("[data-case]").Press("Take this case")
		moderator.SeesText("A reader says this breaks the rules", "She has just lost her baby.", "Readers see it")
		moderator.Press("Decide")
		moderator.Answered(422).SeesText("Nothing was decided yet. One more thing").Accessible()
		moderator.Choose("Take it down").Choose("C1 Compares or ranks losses, or blames").Press("Decide")
		moderator.Arrives("/queue").Press("Record").SeesText("Case decided", "Mo").DoesNotSee("My sister").Accessible()

		writer := h.Browser().SignIn(cal).Visit("/me/notices").SeesText("We have taken your post down").DoesNotSee("Bea", "Mo").Accessible()
		writer.Press("Your words").SeesText("My sister had it much worse").Accessible()
		writer.Visit("/me").SeesText("At least it was early. My sister had it much worse.", "Taken down").Accessible()
		reporter.Visit("/me/notices").SeesText("We looked at what you told us about").Accessible()
		stranger.Visit(question).SeesText("Four to six weeks is usual").DoesNotSee("My sister had it much worse")
		stranger.FindsNo(fmt.Sprintf("#post-%d", unkind.ID))
	})
}

func threadID(t *testing.T, path string) (id int64) {
	t.Helper()
	if _, err := fmt.Sscanf(path, "/threads/%d", &id); err != nil {
		t.Fatalf("there is no thread in %q: %v", path, err)
	}
	return id
}

// Whoever writes of an emergency sees whom to call before anything else.
func TestJourneyOfAnEmergency(t *testing.T) {
	t.Parallel()
	h := journeyHouse(t, testkit.Open(t, "sqlite"), func(text string) moderation.Assessment {
		a := harmless(text)
		if i := strings.Index(text, "soaked three pads"); i >= 0 {
			a.Band, a.Body = moderation.P0, 3
			a.Findings = []moderation.Finding{{Category: "body", Rule: "test", Start: i, End: i + 17, Quote: text[i : i+17], Why: "Heavy bleeding.", Level: 3}}
		}
		return a
	})
	thread := h.Thread(h.Person("Bea", forum.RoleMember), nil)
	b := h.Browser().SignIn(h.Person("Dee", forum.RoleMember)).Size(360, 740)
	b.Visit(fmt.Sprintf("/threads/%d", thread.ThreadID)).FindsNo("[data-care]")
	b.Fill("Your words", "I have soaked three pads in an hour and I feel faint.").Press("Post reply").Answered(200)
	b.In("[data-care=emergency]").SeesText("999", "A&E")
	b.HasInView("[data-care=emergency] h2") // though the address leads to the post
	b.In("main").SeesText("soaked three pads")
	b.Accessible()

	moderator := h.Browser().SignIn(h.Person("Mo", forum.RoleModerator)).Visit("/queue")
	moderator.Finds("[data-case][data-band=P0]")
	moderator.DoesNotSee("soaked three pads")
	moderator.Accessible().Press("Show the words").SeesText("soaked three pads").Accessible()
	moderator.In("[data-case]").Press("Take this case")
	moderator.SeesText("The writer was shown", "Heavy bleeding.").Accessible()
	h.Browser().Visit(fmt.Sprintf("/threads/%d", thread.ThreadID)).FindsNo("[data-care]")
}

// Whoever is signed out while they write finds their words again.
func TestJourneyOfASessionThatEnds(t *testing.T) {
	t.Parallel()
	h := journeyHouse(t, testkit.Open(t, "sqlite"), harmless)
	eve := h.Person("Eve", forum.RoleMember)
	b := h.Browser().SignIn(eve).Visit("/threads/new")
	b.Choose("Stillbirth").Choose("Remembering A name").Choose("Just listen").Fill("A short heading", "For Iris")
	b.Fill("Your words", "She would be one today.\n\nI miss her.")
	b.Forget()
	b.Press("Post this")
	b.Arrives("/sign-in").SeesText("Your words are safe").Accessible()
	b.Fill("E-mail address", "Eve@example.org").Fill("Password", "not my password")
	b.In("main").Press("Sign in")
	b.Answered(422).SeesText("We couldn’t sign you in").Accessible()
	b.Fill("Password", testkit.Password)
	b.In("main").Press("Sign in")
	b.Arrives("/threads/new").Holds("A short heading", "For Iris").Holds("Your words", "She would be one today.\n\nI miss her.").Accessible()
	b.Press("Post this").SeesText("For Iris", "I miss her.", "Only members can read this")
	b.Visit("/me/drafts").SeesText("There are none")

	thread := h.Thread(h.Person("Bea", forum.RoleMember), nil)
	b.Visit(fmt.Sprintf("/threads/%d", thread.ThreadID)).Fill("Your words", "I went back after a month.")
	b.Forget()
	b.Press("Post reply").Arrives("/sign-in").SeesText("Your words are safe")
	b.Fill("E-mail address", "Eve@example.org").Fill("Password", testkit.Password)
	b.In("main").Press("Sign in")
	b.Arrives(fmt.Sprintf("/threads/%d", thread.ThreadID)).Holds("Your words", "I went back after a month.").HasInView("#reply")
}

// What is being written is saved without a key pressed.
func TestJourneyOfADraft(t *testing.T) {
	t.Parallel()
	h := journeyHouse(t, testkit.Open(t, "sqlite"), harmless)
	b := h.Browser().SignIn(h.Person("Fay", forum.RoleMember)).Visit("/threads/new")
	b.Choose("Early loss").Choose("My story").Choose("Just listen").Fill("A short heading", "Not finished").Fill("Your words", "It began on a Monday.")
	b.SeesText("Saved. You can close this page.")
	b.Visit("/me").SeesText("Saved drafts (1)").Visit("/me/drafts").SeesText("Not finished", "It began on a Monday.").Accessible()
	b.Press("Go on writing").Holds("Your words", "It began on a Monday.").Holds("A short heading", "Not finished")
	b.Visit("/me/drafts").Press("Throw away").Arrives("/me/drafts").SeesText("There are none").Accessible()
}

// Everything works without JavaScript.
func TestJourneyWithoutScript(t *testing.T) {
	t.Parallel()
	h := journeyHouse(t, testkit.Open(t, "sqlite"), harmless)
	away := elsewhere(t, h)
	bea := h.Person("Bea", forum.RoleMember)
	h.Person("Gil", forum.RoleMember)
	thread := h.Thread(bea, nil)
	b := h.Browser().Script(false).Visit("/").Press("Sign in")
	b.Fill("E-mail address", "Gil@example.org").Fill("Password", testkit.Password)
	b.In("main").Press("Sign in")
	b.Arrives("/").Press("Ask or share something")
	b.Choose("Partners and dads").Choose("A question").Choose("Other parents’ experience")
	b.Fill("A short heading", "How do I help her").Fill("Your words", "She does not want to talk.").Press("Post this")
	b.SeesText("Only you can see this yet", "She does not want to talk.").Accessible()
	b.Press("Edit your words").Fill("Your words", "She does not want to talk, and nor do I.").Press("Save changes").SeesText("and nor do I")

	b.Visit(fmt.Sprintf("/threads/%d", thread.ThreadID)).Fill("Your words", "Six weeks, and it was too soon.").Press("Save as draft")
	b.Arrives("/me/drafts").SeesText("Six weeks, and it was too soon.").Press("Go on writing").Press("Post reply").SeesText("Six weeks, and it was too soon.")
	b.Press("With you").SeesText("You’re with them")
	b.Press("Report what Bea wrote").Choose("I’m worried about this person").Press("Send to a moderator")
	b.SeesText("Thank you", "Someone on our team will look after this", "116 123").Accessible()
	b.Press("Back to the conversation").Press("Leave this site").Arrives(away).SeesText("Rain later")
}

// Everything that matters can be reached by keys alone, and Shift pressed three
// times leaves for good.
func TestJourneyByKeyboard(t *testing.T) {
	t.Parallel()
	h := journeyHouse(t, testkit.Open(t, "sqlite"), harmless)
	away := elsewhere(t, h)
	h.Person("Hal", forum.RoleMember)
	thread := h.Thread(h.Person("Bea", forum.RoleMember), nil)
	b := h.Browser().Visit("/").TabTo("Skip to the page").Press("Enter").HasInView("main h1")
	b.TabTo("Ask or share something").Press("Enter").Arrives("/sign-in")
	b.TabTo("E-mail address").Type("Hal@example.org").TabTo("Password").Type(testkit.Password).Press("Enter")
	b.Arrives("/threads/new").SeesText("Ask or share something")
	b.Visit(fmt.Sprintf("/threads/%d", thread.ThreadID)).TabTo("Skip to the page").Press("Enter")
	b.TabTo("Your words").Type("A month.").TabTo("Add a content note").Press("Enter").TabTo("A scan").Press("Space")
	b.TabTo("Post reply").Press("Enter").SeesText("A month.", "Mentions a scan")

	b.Press("Shift").Press("Tab").Press("Shift").Press("Shift").SeesText("A month.") // something else in between: stays
	b.Press("Escape").Press("Shift").Press("Shift").Press("Shift").Arrives(away).SeesText("Rain later")
	b.Back().DoesNotSee("A month.", "Snowdrop").Arrives(away)
}

func TestLeavingByTheButtonCoversThePageForGood(t *testing.T) {
	t.Parallel()
	h := journeyHouse(t, testkit.Open(t, "sqlite"), harmless)
	away := elsewhere(t, h)
	b := h.Browser().Visit("/").Visit("/help").Press("Leave this site").Arrives(away).SeesText("Rain later")
	b.Back().DoesNotSee("Snowdrop").Arrives(away)
	b.Visit("/help").SeesText("Get help now") // whoever comes by the address is let in
}

// routed says whether there is a route for this.
func routed(method, path string) bool {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(path, "/")
	return slices.ContainsFunc(site.Routes(), func(r site.Route) bool {
		pattern := strings.Split(r.Path, "/")
		if r.Method != method || len(pattern) != len(parts) {
			return false
		}
		for i, p := range pattern {
			if p != parts[i] && !strings.HasPrefix(p, ":") {
				return false
			}
		}
		return true
	})
}

// Every page is accessible at 320 and 1280 pixels, light and dark, and its links
// and forms lead somewhere.
func TestEveryPageIsAccessible(t *testing.T) {
	t.Parallel()
	h := journeyHouse(t, testkit.Open(t, "sqlite"), func(text string) moderation.Assessment {
		a := harmless(text)
		if i := strings.Index(text, "want to be with her"); i >= 0 {
			a.Band, a.Mind, a.Disposition = moderation.P1, 2, moderation.Fold
			a.Findings = []moderation.Finding{
				{Category: "mind", Rule: "test", Start: i, End: i + 19, Quote: text[i : i+19], Why: "Wishes to be with their baby.", Level: 2},
				{Category: "body", Rule: "test", Start: 0, End: 1, Quote: text[:1], Why: "A sign of the body.", Cancelled: true},
			}
		}
		return a
	}, named)
	bea, cal, kay := h.Person("Bea", forum.RoleMember), h.Person("Cal", forum.RoleMember), h.Person("Kay", forum.RoleMidwife)
	mo, lea, ada := h.Person("Mo", forum.RoleModerator), h.Person("Lea", forum.RoleLead), h.Person("Ada", forum.RoleAdmin)
	public := h.Thread(bea, func(n *forum.NewThread) {
		n.Wants, n.Mentions = forum.WantsMidwife, forum.Mentions{moderation.TagMentionScan}
	})
	waiting := h.Thread(cal, func(n *forum.NewThread) { n.Wants, n.Title = forum.WantsMidwife, "Is it usual to be so tired" })
	inside := h.Thread(cal, func(n *forum.NewThread) {
		n.Topic, n.Kind, n.Wants, n.Title, n.Anonymous = "stillbirth", forum.Remembrance, forum.WantsListen, "Iris", true
	})
	first := h.Comment(cal, forum.NewComment{ThreadID: public.ThreadID, Body: "> I do not know\n\nNobody does. *Truly.* See https://www.example.org/a/very/long/address/that/does/not/break/anywhere/at/all\n\n- one\n- two"})
	h.Comment(kay, forum.NewComment{ThreadID: public.ThreadID, Body: "See your GP. They can sign you off.", AsMidwife: true})
	h.Comment(bea, forum.NewComment{ThreadID: public.ThreadID, ParentID: first.ID, Body: "Thank you."})
	h.Comment(cal, forum.NewComment{ThreadID: public.ThreadID, Body: "It bled for a week.", Mentions: forum.Mentions{moderation.TagMentionGraphic}, Anonymous: true})
	low := h.Comment(cal, forum.NewComment{ThreadID: public.ThreadID, Body: "I only want to be with her."})
	gone := h.Comment(bea, forum.NewComment{ThreadID: public.ThreadID, Body: "I said too much."})
	if _, err := h.Community.Withdraw(t.Context(), bea, gone.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Community.Report(t.Context(), bea, forum.NewReport{PostID: first.ID, Door: forum.DoorRules, Reason: "other", Note: "Is the address all right?"}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Community.SaveDraft(t.Context(), bea, 0, "/threads", url.Values{"title": {"Not yet"}, "body": {"One day."}}); err != nil {
		t.Fatal(err)
	}
	ned := h.Person("Ned", forum.RoleMember)
	held, err := h.Community.PostComment(t.Context(), ned, forum.NewComment{ThreadID: public.ThreadID, Body: "This one waits."})
	if err != nil {
		t.Fatal(err)
	}
	options, err := h.Community.AskNewPasskey(t.Context(), cal, "a session")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Community.AddPasskey(t.Context(), cal, forum.NewPasskey{Name: "phone", Password: testkit.Password, Answer: testkit.NewDevice(t, h.URL).Make(options), SessionKey: "a session"}); err != nil {
		t.Fatal(err)
	}
	cases, err := h.Community.Queue(t.Context(), mo, forum.QueueQuery{Limit: 10})
	if err != nil || len(cases) < 3 {
		t.Fatalf("%d cases, want 3 or more: %v", len(cases), err)
	}
	if err := h.Community.Claim(t.Context(), mo, cases[0].ID); err != nil {
		t.Fatal(err)
	}

	guarded := ""
	for _, a := range h.Community.Articles {
		if a.Guarded {
			guarded = a.Slug
		}
	}
	post := func(p forum.Post, what string) string { return fmt.Sprintf("/posts/%d/%s", p.ID, what) }
	thread := func(p forum.Post) string { return fmt.Sprintf("/threads/%d", p.ThreadID) }
	for _, sweep := range []struct {
		who   forum.Actor
		paths []string
	}{
		{forum.Actor{}, []string{
			"/", "/topics/early-loss", "/topics/stillbirth", "/topics/partners-and-dads", thread(public), thread(inside), post(first, "report"), post(first, "report?door=rules"),
			post(first, "reported?door=worried"), post(first, "reported?door=rules"), "/join", "/sign-in", "/articles",
			"/articles/" + h.Community.Articles[0].Slug, "/articles/" + guarded, "/articles/" + guarded + "?open=1",
			"/help", "/help?weeks=9", "/help?weeks=many", "/safety", "/privacy", "/accessibility", "/leaving", "/nowhere", "/link/nothing",
		}},
		{bea, []string{
			"/", "/topics/stillbirth", thread(public), thread(public) + "?reply=" + fmt.Sprint(first.ID), thread(inside), "/threads/new?topic=early-loss",
			post(public, "edit"), post(public, "withdraw"), post(first, "report"), post(first, "reported?door=rules"), "/me", "/me/notices", "/me/drafts", "/me/choices", "/me/name", post(first, "know"), "/nowhere", "/queue", "/me/security", "/me/second-step",
		}},
		{cal, []string{thread(public), thread(waiting), "/me", "/me/notices", "/me/drafts", "/me/second-step"}},
		{ned, []string{thread(public), post(held, "edit"), post(held, "withdraw"), "/me"}},
		{kay, []string{"/questions", thread(waiting), thread(public)}},
		{mo, []string{"/", "/queue", "/queue?band=P1", "/queue?state=closed", fmt.Sprintf("/queue/%d", cases[0].ID), fmt.Sprintf("/queue/%d", cases[1].ID), "/record", "/rules", thread(public), "/queue/shift", "/queue/rest", post(first, "note")}},
		{lea, []string{"/queue", "/queue/shifts", fmt.Sprintf("/queue/%d", cases[0].ID), "/rules"}},
		{ada, []string{"/record"}},
	} {
		b, client := h.Browser(), h.SignedIn(sweep.who)
		if sweep.who.SignedIn() {
			b.SignIn(sweep.who)
		}
		led := map[string]bool{"GET /leave": true}
		for _, path := range sweep.paths {
			for _, to := range b.Visit(path).Accessible().Links() {
				if led[to] {
					continue
				}
				led[to] = true
				if method, path, _ := strings.Cut(to, " "); !routed(method, path) {
					t.Errorf("%s: there is no %s, but %s leads there", sweep.who.Name, to, b.Path())
				} else if method == http.MethodGet {
					if p := client.Get(path); p.Status >= 400 {
						t.Errorf("%s: %s leads to %s, which answers %d", sweep.who.Name, b.Path(), path, p.Status)
					}
				}
			}
		}
	}
	if low.State != forum.StateFolded {
		t.Errorf("the low post is %s, want folded", low.State)
	}
}
