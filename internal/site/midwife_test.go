package site_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
	"snowdrop/moderation"
)

// TestJourneyOfAMidwife goes the whole way: she applies, two people check, her
// answer has the badge; the badge comes off, the answer is relabelled, and her
// next request is refused.
func TestJourneyOfAMidwife(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := journeyHouse(t, s, harmless)
		mia, lea, ada := h.Person("Mia", forum.RoleMember), h.Person("Lea", forum.RoleLead), h.Person("Ada", forum.RoleAdmin)
		q := h.Thread(h.Person("Bea", forum.RoleMember), func(n *forum.NewThread) { n.Wants = forum.WantsMidwife })
		thread := fmt.Sprintf("/threads/%d", q.ThreadID)

		midwife := h.Browser().SignIn(mia).Visit("/me/midwife").SeesText("For registered midwives").Accessible()
		midwife.Fill("Your name, as it is on the register", "Mia Realname").Fill("Your NMC PIN", "12345").Fill("Where you work", "St Elsewhere").Choose("Nurse and midwife").Press("Send my application")
		midwife.Answered(422).SeesText("two digits, a letter, four digits and a letter").Holds("Your NMC PIN", "12345").Holds("Where you work", "St Elsewhere").Accessible()
		midwife.Fill("Your NMC PIN", "12x 3456y").Press("Send my application")
		midwife.Arrives("/me/midwife").SeesText("We have your application").DoesNotSee("12X3456Y", "Realname").Accessible()

		last := time.Now().AddDate(1, 0, 0).Format(time.DateOnly)
		for i, who := range []forum.Actor{lea, ada} {
			b := h.Browser().SignIn(who).Visit("/").Press("People").Accessible().Press("Midwives: applications and checks")
			b.SeesText("Mia", []string{"Waits for two checks", "Waits for one more check"}[i]).DoesNotSee("Realname").Accessible().Press("Mia")
			b.DoesNotSee("Realname", "12X3456Y").Accessible()
			chooseOption(t, h, who, b.Path())
			b.Choose("Registered, with nothing against it").Choose("Photo identity, seen in a video call").Fill("Last day of the registration", last).Press("Note what I saw")
			b.Answered(422).SeesText("Nothing was noted yet", "Please choose the field of practice").Accessible()
			b.Choose("Nurse and midwife").Press("Note what I saw")
			b.SeesText([]string{"Somebody else must check too", "Two people have seen them on the register"}[i]).Accessible()
		}

		midwife.Visit("/me/midwife").SeesText("You can answer as a midwife here", "There is no private message").Accessible()
		midwife.Visit("/questions").SeesText("How long were you off work").Press("I’ll answer this")
		midwife.Arrives(thread).Choose("Answer as a midwife").Fill("Your words", "See your GP. They can sign you off.").Press("Post reply")
		midwife.In("article[data-midwife]").SeesText("Midwife answer", "We checked the register on")
		midwife.Visit(thread).Fill("Your words", "I lost one too.").Press("Post reply").SeesText("I lost one too.")
		reader := h.Browser().Visit(thread).Accessible()
		if n := reader.Finds("article[data-midwife]"); n != 1 {
			t.Errorf("%d posts have the badge, want one: what she wrote as a parent has none", n)
		}

		midwife.Visit(thread).Choose("Answer as a midwife").Fill("Your words", "And rest.")
		lead := h.SignedIn(lea)
		lead.Get(fmt.Sprintf("/people/%d", mia.ID)).Want(200).Submit(fmt.Sprintf("/people/%d/midwife", mia.ID), "why", "suspended").Want(200).Says("The badge is off")
		h.Browser().SignIn(lea).Visit(fmt.Sprintf("/people/%d", mia.ID)).SeesText("We noted: suspended").Accessible()
		midwife.Press("Post reply").Answered(422).SeesText("Only midwives whose registration we have checked").DoesNotSee("Answer as a midwife")
		midwife.Holds("Your words", "And rest.").Accessible()
		midwife.Visit("/questions").Answered(404)
		midwife.Visit("/me/midwife").SeesText("You can’t answer as a midwife for now", "suspended").Accessible()
		reader.Visit(thread).FindsNo("article[data-midwife]").SeesText("No longer verified", "See your GP").DoesNotSee("Midwife answer", "Answered by a midwife").Accessible()
		h.Browser().SignIn(ada).Visit("/me/notices").SeesText("Mia is no longer a midwife here (suspended)").Accessible()
	})
}

// chooseOption opens the sealed data of an application, and sees that it is in this
// one answer only.
func chooseOption(t *testing.T, h *testkit.House, who forum.Actor, path string) {
	t.Helper()
	c := h.SignedIn(who)
	page := c.Get(path).Want(200).Silent("Realname", "12X3456Y", "Elsewhere")
	page.Submit(path+"/open", "purpose", "").Want(422).Says("Please choose why you need to read this").Silent("Realname")
	page.Submit(path+"/open", "purpose", "register").Want(200).Says("Mia Realname", "12X3456Y", "St Elsewhere", "That you opened this is on record")
	c.Get(path).Silent("Realname", "12X3456Y", "Elsewhere")
	c.Get("/record").Silent("Realname", "12X3456Y", "Elsewhere").Says("Midwife opened")
}

func TestPeopleAndTheirRoles(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, calm)
		lea, ada, mia := h.Person("Lea", forum.RoleLead), h.Person("Ada", forum.RoleAdmin), h.Person("Mia", forum.RoleMember)
		admin, lead := h.SignedIn(ada), h.SignedIn(lea)
		page := admin.Get("/people?q=mi").Want(200).Says("Mia").Silent("example.org", ">Lea<")
		page.One("tr", "data-person", fmt.Sprint(mia.ID))
		admin.Get("/people?role=other").Want(404)
		admin.Get("/people/999").Want(404)
		path := fmt.Sprintf("/people/%d", mia.ID)

		p := admin.Get(path).Want(200).Silent("example.org")
		p.Submit(path+"/address", "purpose", "").Want(422).Silent("example.org")
		p.Submit(path+"/address", "purpose", "request").Want(200).Says("Mia@example.org")
		admin.Get(path).Silent("example.org")
		admin.Get("/record").Says("Address read", "request").Silent("example.org")

		p.Submit(path+"/roles", "role", "lead", "expires", "31.3.2027").Want(422).Says("year, month and day").Says("Nothing was changed yet")
		p.Submit(path+"/roles", "role", "lead").Want(200).Says("Somebody else has to agree", "Mia is to be made a safeguarding lead")
		p.Submit(path+"/roles", "role", "lead").Want(409)
		admin.Post("/roles/1", url.Values{"agree": {"1"}}).Want(422)
		h.SignedIn(mia).Post("/roles/1", url.Values{"agree": {"1"}}).Want(404)
		lead.Get("/people").Says("Ada proposed it").Submit("/roles/1", "agree", "1").Want(200).Says("They have the role now")
		lead.Post("/roles/1", url.Values{"agree": {"1"}}).Want(409)
		h.SignedIn(mia).Get("/people").Want(200)
		admin.Post(path+"/take", url.Values{"role": {"lead"}}).Want(200)
		h.SignedIn(mia).Get("/people").Want(404)
		self := fmt.Sprintf("/people/%d", ada.ID)
		admin.Post(self+"/take", url.Values{"role": {"admin"}}).Want(409).Says("This is the last admin")
		lead.Post(self+"/take", url.Values{"role": {"admin"}}).Want(422)
		lead.Post(path+"/midwife", url.Values{"why": {"suspended"}}).Want(404)
	})
}

func TestQuestionsAreTakenByOne(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, calm)
		kay, mia, bea := h.Person("Kay", forum.RoleMidwife), h.Person("Mia", forum.RoleMidwife), h.Person("Bea", forum.RoleMember)
		q := h.Thread(bea, func(n *forum.NewThread) { n.Wants = forum.WantsMidwife })
		quiet := h.Thread(bea, func(n *forum.NewThread) { n.Title = "For parents" })
		own := h.Thread(kay, func(n *forum.NewThread) { n.Wants, n.Title = forum.WantsMidwife, "My own" })
		claim := fmt.Sprintf("/questions/%d/claim", q.ThreadID)
		first, second := h.SignedIn(kay), h.SignedIn(mia)
		h.Client().Once(http.MethodPost, claim, nil).Want(404)
		h.SignedIn(bea).Post(claim, nil).Want(404)
		h.SignedIn(h.Person("Mo", forum.RoleModerator)).Post(claim, nil).Want(404)
		first.Post("/questions/999/claim", nil).Want(404)
		first.Post(fmt.Sprintf("/questions/%d/claim", quiet.ThreadID), nil).Want(409)
		first.Post(fmt.Sprintf("/questions/%d/claim", own.ThreadID), nil).Want(409).Says("You asked this yourself")
		if got := first.Once(http.MethodPost, claim, nil).Want(303).Header.Get("Location"); got != fmt.Sprintf("/threads/%d#reply", q.ThreadID) {
			t.Errorf("leads to %s", got)
		}
		second.Post(claim, nil).Want(409).Says("Another midwife is writing an answer")
		second.Get("/questions").Says("Kay is answering this")
		second.Get(fmt.Sprintf("/threads/%d", q.ThreadID)).Says("Kay is writing an answer to this")
		h.SignedIn(bea).Get(fmt.Sprintf("/threads/%d", q.ThreadID)).Silent("is writing an answer")
		h.Clock.Move(20 * time.Minute)
		first.Once(http.MethodPost, claim, nil).Want(303) // renews
		h.Clock.Move(20 * time.Minute)
		second.Post(claim, nil).Want(409)
		h.Clock.Move(10 * time.Minute)
		second.Once(http.MethodPost, claim, nil).Want(303)
		first.Post(claim, nil).Want(409)
		first.Post(fmt.Sprintf("/questions/%d/release", q.ThreadID), nil).Want(200) // not theirs: nothing happens
		first.Post(claim, nil).Want(409)
		second.Get("/questions").Says("You are answering this").Submit(fmt.Sprintf("/questions/%d/release", q.ThreadID)).Want(200)
		first.Once(http.MethodPost, claim, nil).Want(303)
		h.Comment(kay, forum.NewComment{ThreadID: q.ThreadID, Body: "See your GP.", AsMidwife: true})
		claims, err := s.QuestionClaims(t.Context(), h.Clock.Now())
		if err != nil || len(claims) != 0 {
			t.Errorf("still claimed after the answer: %v, %v", claims, err)
		}
		second.Post(claim, nil).Want(409).Says("answered in the meantime")
	})
}

// seesSign is triage that sees a sign of the body in a word, and a number that is
// no helpline's in another.
func seesSign(text string) moderation.Assessment {
	a := harmless(text)
	if i := strings.Index(text, "bleeding"); i >= 0 {
		a.Band, a.Body = moderation.P3, 1
		a.Findings = append(a.Findings, moderation.Finding{Category: "body", Rule: "test", Start: i, End: i + 8, Quote: "bleeding", Why: "A sign.", Level: 1})
	}
	return a
}

func TestWhatAnAnswerIsMadeOf(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, func(o *forum.Options) {
			calm(o)
			o.Assess = seesSign
			until := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
			o.Midwifery.Blocks = []forum.AnswerBlock{
				{Slug: "call", Title: "Whom to call", Version: 3, Text: "Call NHS 111.", Source: "NHS", SignedOff: "Dr Test", ReviewBy: until},
				{Slug: "open", Title: "Not signed", Version: 1, Text: "Unsigned words.", Source: "NHS", ReviewBy: until},
				{Slug: "over", Title: "Too old", Version: 1, Text: "Old words.", Source: "NHS", SignedOff: "Dr Test", ReviewBy: until.AddDate(-1, 0, 0)},
			}
		})
		kay, mia, bea := h.Person("Kay", forum.RoleMidwife), h.Person("Mia", forum.RoleMidwife), h.Person("Bea", forum.RoleMember)
		calmly := h.Thread(bea, func(n *forum.NewThread) { n.Wants = forum.WantsMidwife })
		q := h.Thread(bea, func(n *forum.NewThread) {
			n.Wants, n.Title, n.Body = forum.WantsMidwife, "Is this all right", "I am still bleeding."
		})
		thread := fmt.Sprintf("/threads/%d", q.ThreadID)
		midwife := h.SignedIn(kay)
		midwife.Get(fmt.Sprintf("/threads/%d", calmly.ThreadID)).Silent("The safety net")
		h.SignedIn(bea).Get(thread).Silent("The safety net", "Put in a part")
		page := midwife.Get(thread).Says("The safety net", "Whom to call", "Version 3. Signed off by Dr Test").Silent("Unsigned words", "Old words")

		form := page.Form(thread + "/comments")
		form.Set("body", "I am sorry.")
		form["safety"] = []string{"when"}
		insert := func(slug string) *testkit.Page {
			form.Set("insert", slug)
			return midwife.Post(thread+"/blocks", form)
		}
		insert("open").Want(422).Says("can’t be used any more", "I am sorry.")
		h.SignedIn(bea).Post(thread+"/blocks", form).Want(404)
		page = insert("call").Want(200)
		form = page.Form(thread + "/comments")
		if form.Get("body") != "I am sorry.\n\nCall NHS 111." || !slices.Equal(form["blocks"], []string{"call:3"}) || !slices.Equal(form["safety"], []string{"when"}) || form.Get("as_midwife") == "" {
			t.Fatalf("the form has %v", form)
		}
		form.Add("blocks", "open:9")
		page = midwife.Post(thread+"/comments", form).Want(200).Says("“Whom to call”, version 3, signed off by Dr Test", "not ticked: where and what happens next")
		answer := page.One("article", "data-midwife", "*")
		id, _ := testkit.Attribute(answer, "data-post")
		h.Client().Get(thread).Says("“Whom to call”, version 3").Silent("Only our team sees this")
		midwife.Get("/questions/parts").Want(200).Says("Is this all right", "Not yet signed off")

		// A second midwife.
		second, path := h.SignedIn(mia), "/posts/"+id+"/second"
		if got := h.Client().Once(http.MethodPost, path, url.Values{"kind": {"add"}, "body": {"Kept."}, "thread": {fmt.Sprint(q.ThreadID)}, "parent": {id}, "as_midwife": {"1"}}).Want(303).Header.Get("Location"); !strings.HasPrefix(got, "/sign-in") {
			t.Errorf("a stranger is led to %s", got)
		}
		h.SignedIn(bea).Post(path, url.Values{"kind": {"agree"}}).Want(404)
		midwife.Post(path, url.Values{"kind": {"agree"}}).Want(409)
		second.Get(path).Want(200).Submit(path, "kind", "").Want(422)
		second.Post(path, url.Values{"kind": {"add"}}).Want(422).Says("Your words are safe")
		second.Post(path, url.Values{"kind": {"agree"}}).Want(200)
		second.Post(path, url.Values{"kind": {"agree"}}).Want(200)
		second.Post(path, url.Values{"kind": {"correct"}, "body": {"Not quite so."}}).Want(200)
		page = h.Client().Get(thread).Says("Midwife Mia agrees with this", "Midwife Mia corrects this", "Not quite so.")
		if n := len(page.Find("li", "data-opinion", "agree")); n != 1 {
			t.Errorf("agreed %d times", n)
		}

		// Older answers say so.
		page.Silent("This is an older answer")
		h.Clock.Move(365 * 24 * time.Hour)
		h.Client().Get(thread).Says("This is an older answer")

		// Whoever the register doubts has no say about others either.
		lea := h.Person("Lea", forum.RoleLead)
		if err := h.Community.RevokeMidwife(t.Context(), lea, mia.ID, forum.RegistrationLapsed); err != nil {
			t.Fatal(err)
		}
		h.Client().Get(thread).Silent("Midwife Mia").Says("Mia, a midwife then, agrees with this", "Was a verified midwife when this was written")
		if err := h.Community.RevokeMidwife(t.Context(), lea, mia.ID, forum.RegistrationRemoved); err != nil {
			t.Fatal(err)
		}
		h.Client().Get(thread).Silent("Midwife Mia").Says("No longer verified", "Not quite so.")
	})
}

// A midwife's words are read by the same rules as everybody's: with the real ones.
func TestMidwivesAreCheckedToo(t *testing.T) {
	t.Parallel()
	testkit.EachLong(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, nil)
		kay := h.Person("Kay", forum.RoleMidwife)
		q := h.Thread(h.Person("Bea", forum.RoleMember), nil)
		path := fmt.Sprintf("/threads/%d/comments", q.ThreadID)
		c := h.SignedIn(kay)
		for what, body := range map[string]string{
			"a number that is no helpline's": "Please call our ward on 01632 960 123, they know me.",
			"a personal address":             "Write to me at kay.ward@example.org and I will help.",
		} {
			c.Post(path, url.Values{"body": {body}, "as_midwife": {"1"}}).Want(422).Says("This looks like something personal")
			page := c.Post(path, url.Values{"body": {body}, "as_midwife": {"1"}, "acknowledged": {"1"}}).Want(200)
			if n := len(page.Find("article", "data-state", "held")); n == 0 {
				t.Errorf("%s is before readers at once", what)
			}
		}
		c.Post(path, url.Values{"body": {"If you can't keep yourself safe, call Samaritans on 116 123."}, "as_midwife": {"1"}}).Want(200).None("section", "data-care", "*")
		c.Post(path, url.Values{"body": {"You dirty liar, shut up you stupid bitch."}, "as_midwife": {"1"}}).Want(200)
		h.Client().Get(fmt.Sprintf("/threads/%d", q.ThreadID)).Says("call Samaritans on 116 123").Silent("960 123", "kay.ward")
	})
}

func TestHoursAreSaidBeforePosting(t *testing.T) {
	t.Parallel()
	h := testkit.NewHouse(t, testkit.Open(t, "sqlite"), calm)
	for at, want := range map[string]string{
		"2026-01-16T03:00:00Z": "Midwives are here Monday to Friday 9am to 5pm. Next: Friday 9am.",
		"2026-01-16T10:00:00Z": "Midwives are here Monday to Friday 9am to 5pm. That is now.",
		"2026-01-16T17:00:00Z": "Midwives are here Monday to Friday 9am to 5pm. Next: Monday 9am.",
		"2026-06-12T16:30:00Z": "Midwives are here Monday to Friday 9am to 5pm. Next: Monday 9am.", // 17:30 in summer
	} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		h.Clock.Move(now.Sub(h.Clock.Now()))
		h.SignedIn(forum.Actor{}).Get("/").Says(want)
		c := h.SignedIn(h.Person("Bea "+at[5:13], forum.RoleMember))
		c.Get("/threads/new").Want(200).Says(want)
	}
}

// The pages that the other journey does not pass.
func TestMidwivesPagesAreAccessible(t *testing.T) {
	t.Parallel()
	h := testkit.NewHouse(t, testkit.Open(t, "sqlite"), func(o *forum.Options) {
		calm(o)
		o.Assess = seesSign
		o.Midwifery.Blocks = []forum.AnswerBlock{{Slug: "call", Title: "Whom to call", Version: 3, Text: "Call NHS 111.", Source: "NHS", SignedOff: "Dr Test", ReviewBy: time.Now().AddDate(1, 0, 0)}}
	})
	h.Clock.Move(time.Since(h.Clock.Now()))
	kay, mia, bea := h.Person("Kay", forum.RoleMidwife), h.Person("Mia", forum.RoleMidwife), h.Person("Bea", forum.RoleMember)
	ada, lea := h.Person("Ada", forum.RoleAdmin), h.Person("Lea", forum.RoleLead)
	q := h.Thread(bea, func(n *forum.NewThread) { n.Wants, n.Body = forum.WantsMidwife, "I am still bleeding." })
	thread := fmt.Sprintf("/threads/%d", q.ThreadID)
	h.Comment(kay, forum.NewComment{ThreadID: q.ThreadID, Body: "See your GP.", AsMidwife: true, Blocks: []string{"call:3"}})

	midwife := h.Browser().SignIn(mia).Script(false).Visit(thread).SeesText("The safety net", "Put in a part that is ready").Accessible()
	midwife.Fill("Your words", "I am sorry.").Press("Put in a part that is ready").Press("Put it in").Answered(200).Holds("Your words", "I am sorry.\n\nCall NHS 111.").Accessible()
	midwife.Visit(thread).Press("Agree, add or correct").Accessible()
	midwife.Choose("I add something").Fill("Your words", "And rest.").Press("Send").SeesText("Midwife Mia adds something to this", "And rest.").Accessible()
	midwife.Visit("/questions/parts").SeesText("Whom to call").Accessible()
	midwife.Visit("/me").Press("Answering as a midwife").Accessible()

	admin := h.Browser().SignIn(ada).Size(360, 740).Visit("/people").Accessible().Press("Bea").SeesText("Member", "Nobody has checked a registration").Accessible()
	admin.Choose("Safeguarding lead").Press("Give this role").SeesText("Somebody else has to agree").Accessible()
	h.Browser().SignIn(lea).Script(false).Visit("/people").SeesText("Roles that wait for a second person").Accessible().Press("I agree").SeesText("They have the role now").Accessible()
	admin.Visit(fmt.Sprintf("/people/%d", kay.ID)).SeesText("We noted: current").Accessible()
}
