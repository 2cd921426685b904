package site_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"snowdrop/internal/forum"
	"snowdrop/internal/site"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
	"snowdrop/moderation"
)

// threadForm is a thread as a browser would send it.
func threadForm(changes ...string) url.Values {
	f := url.Values{
		"topic": {"body-and-recovery"}, "kind": {"question"}, "wants": {"midwife"},
		"title": {"How long does it take"}, "body": {"It has been two weeks since we lost our baby. I am tired all the time."},
	}
	for i := 0; i+1 < len(changes); i += 2 {
		f.Set(changes[i], changes[i+1])
	}
	return f
}

// calm is an assessment that finds nothing; marked words raise something.
func calm(o *forum.Options) {
	o.Assess = func(text string) moderation.Assessment {
		a := moderation.Assessment{Band: moderation.None, Disposition: moderation.Publish}
		if strings.Contains(text, "EMERGENCY") {
			a.Body, a.Band, a.Disposition = 3, moderation.P0, moderation.Hold
			at := strings.Index(text, "EMERGENCY")
			a.Findings = []moderation.Finding{{Category: "body", Rule: "test.emergency", Start: at, End: at + 9, Quote: "EMERGENCY", Why: "A made-up sign."}}
		}
		if strings.Contains(text, "PANIC") {
			panic("a fault in triage")
		}
		if at := strings.Index(text, "07700 900123"); at >= 0 {
			a.Tags, a.Band, a.Disposition = []moderation.Tag{moderation.TagPersonalData}, moderation.P2, moderation.Hold
			a.Findings = []moderation.Finding{{Category: "personal_data", Rule: "test.phone", Start: at, End: at + 12, Quote: "07700 900123", Why: "A phone number."}}
		}
		return a
	}
}

func TestANewMembersFirstPostWaitsAndIsKept(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, calm)
		c := h.Client()
		c.Get("/join").Want(200)
		p := c.Post("/join", url.Values{"name": {"snowy"}, "email": {"snowy@example.org"}, "password": {"a quiet long one"}, "adult": {"1"}, "consent": {"1"}}).Want(200)
		if p.URL.Path != "/" {
			t.Errorf("joining led to %s, want the front page", p.URL.Path)
		}
		p = c.Post("/threads", threadForm()).Want(200)
		article := p.One("article", "data-post", "*")
		if state, _ := testkit.Attribute(article, "data-state"); state != "held" {
			t.Errorf("the post says data-state=%q, want held", state)
		}
		id, _ := testkit.Attribute(article, "data-post")
		if anchor, _ := testkit.Attribute(article, "id"); anchor != "post-"+id {
			t.Errorf("id is %q, want post-%s", anchor, id)
		}
		p.One("section", "data-disclaimer", "*")
		if n := len(testkit.Links(p.One("aside", "data-articles", "*"), "/articles/")); n < 1 || n > 3 {
			t.Errorf("%d linked articles, want one to three", n)
		}
		p.Says("It has been two weeks")
		h.Client().Get(p.URL.Path).Want(404).Silent("two weeks")
		h.SignedIn(h.Person("other", forum.RoleMember)).Get(p.URL.Path).Want(404)
		h.SignedIn(h.Person("mod", forum.RoleModerator)).Get(p.URL.Path).Want(200).Says("two weeks")
	})
}

func TestTheDisclaimerStandsBeforeTheFirstPostInEveryTopic(t *testing.T) {
	t.Parallel()
	h := testkit.NewHouse(t, testkit.Open(t, "sqlite"), calm)
	a := h.Person("writer", forum.RoleMember)
	for _, topic := range h.Community.Topics {
		post := h.Thread(a, func(n *forum.NewThread) { n.Topic = topic.Slug })
		p := h.SignedIn(a).Get("/threads/" + strconv.FormatInt(post.ThreadID, 10)).Want(200)
		p.One("section", "data-disclaimer", "*")
		if strings.Index(p.Body, "data-disclaimer") > strings.Index(p.Body, "data-post=") {
			t.Errorf("%s: the disclaimer stands after the first post", topic.Slug)
		}
	}
}

func TestTheCareCardComesWithTheAnswerToThePost(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, calm)
		a := h.Person("writer", forum.RoleMember)
		c := h.SignedIn(a)
		p := c.Post("/threads", threadForm("body", "EMERGENCY and I feel faint")).Want(200)
		p.One("section", "data-care", "emergency")
		p.Says("EMERGENCY and I feel faint", "999")
		if strings.Index(p.Body, `data-care="emergency"`) > strings.Index(p.Body, "data-disclaimer") {
			t.Error("the emergency card stands below the thread")
		}
		h.SignedIn(h.Person("mod", forum.RoleModerator)).Get("/queue").Want(200).One("article", "data-band", "P0")
		p = c.Post("/threads", threadForm("body", "PANIC in the machine")).Want(200)
		p.Says("PANIC in the machine")
		if n := len(p.Find("section", "data-care", "*")); n == 0 {
			t.Error("triage failed and the writer is not told where to get help")
		}
		h.Client().Get(p.URL.Path).Want(404)
	})
}

func TestBadInputComesBackWithTheWordsInIt(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, calm)
		c := h.SignedIn(h.Person("writer", forum.RoleMember))
		long := strings.Repeat("é", forum.MaxBody)
		for name, tc := range map[string]struct {
			form url.Values
			says string
		}{
			"no topic":         {threadForm("topic", ""), "choose where this belongs"},
			"unknown topic":    {threadForm("topic", "weather"), "choose where this belongs"},
			"no title":         {threadForm("title", " "), "Please write a title"},
			"long title":       {threadForm("title", strings.Repeat("x", 151)), "1 characters too long"},
			"no words":         {threadForm("body", "\n \t"), "Please write your words"},
			"one over":         {threadForm("body", long+"é"), "1 characters too long"},
			"NUL":              {threadForm("body", "my words\x00here"), "characters in it that we can't keep"},
			"invalid UTF-8":    {threadForm("body", "my words\xff\xfe here"), "characters in it that we can't keep"},
			"NUL in topic":     {threadForm("topic", "early\x00loss"), "choose where this belongs"},
			"unknown mention":  {threadForm("mentions", "weather"), "content notes"},
			"NUL in mention":   {threadForm("mentions", "a\x00b"), "content notes"},
			"unknown kind":     {threadForm("kind", "poll"), "question"},
			"unknown audience": {threadForm("audience", "friends"), "who can read"},
		} {
			t.Run(name, func(t *testing.T) {
				p := c.Post("/threads", tc.form).Want(422)
				if !strings.Contains(strings.ToLower(p.Text()), strings.ToLower(tc.says)) {
					t.Errorf("the page does not say %q", tc.says)
				}
				p.One("", "role", "alert")
				if words := strings.TrimSpace(p.Form("/threads").Get("body")); strings.Contains(tc.form.Get("body"), "my words") && !strings.Contains(words, "my words") {
					t.Errorf("the words came back as %q", words)
				}
			})
		}
		c.Post("/threads", threadForm("body", long)).Want(200)
		c.Post("/threads", threadForm("body", strings.Repeat("x", 256<<10))).Want(413)
	})
}

func TestPersonalDetailsAreShownAndMayBeHidden(t *testing.T) {
	t.Parallel()
	h := testkit.NewHouse(t, testkit.Open(t, "sqlite"), calm)
	c := h.SignedIn(h.Person("writer", forum.RoleMember))
	p := c.Post("/threads", threadForm("body", "Call me on 07700 900123 please")).Want(422).Says("07700 900123")
	p = p.Submit("/threads", "acknowledged", "hide").Want(200).Silent("900123")
	p.Says("Call me on", "please")
}

func TestAFormSentTwiceMakesOnePost(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, calm)
		a := h.Person("writer", forum.RoleMember)
		seen := make(chan string, 8)
		var wg sync.WaitGroup
		for range 8 {
			c := h.SignedIn(a)
			wg.Go(func() { seen <- c.Once("POST", "/threads", threadForm()).Header.Get("Location") })
		}
		wg.Wait()
		close(seen)
		places := map[string]bool{}
		for place := range seen {
			places[place] = true
		}
		if len(places) != 1 || places[""] {
			t.Errorf("eight taps led to %v, want one place", places)
		}
	})
}

func TestWordsOutliveTheSession(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, calm)
		a := h.Person("writer", forum.RoleMember)
		post := h.Thread(a, nil)
		thread := "/threads/" + strconv.FormatInt(post.ThreadID, 10)
		for path, form := range map[string]url.Values{
			"/threads":           threadForm("body", "Words that took me an hour"),
			thread + "/comments": {"body": {"Words that took me an hour"}},
			"/posts/" + strconv.FormatInt(post.ID, 10) + "/edit": {"body": {"Words that took me an hour"}, "title": {"New title"}},
		} {
			t.Run(path, func(t *testing.T) {
				c := h.Client() // the session is gone
				p := c.Post(path, form).Want(200)
				if p.URL.Path != "/sign-in" {
					t.Fatalf("led to %s, want /sign-in", p.URL.Path)
				}
				p = p.Submit("/sign-in", "email", "writer@example.org", "password", testkit.Password).Want(200)
				if got := p.Form(path).Get("body"); got != "Words that took me an hour" {
					t.Errorf("after signing in the form at %s holds %q", p.URL, got)
				}
			})
		}
	})
}

func TestWhatOneMayNotKnowOfIsTheSame404(t *testing.T) {
	t.Parallel()
	h := testkit.NewHouse(t, testkit.Open(t, "sqlite"), calm)
	a := h.Person("writer", forum.RoleMember)
	members := h.Thread(a, func(n *forum.NewThread) { n.Topic = "stillbirth" })
	held, err := h.Community.PostThread(t.Context(), h.Person("newcomer", forum.RoleMember), forum.NewThread{Topic: "early-loss", Kind: forum.Story, Wants: forum.WantsListen, Title: "First", Body: "My first words here."})
	if err != nil {
		t.Fatal(err)
	}
	c := h.Client()
	varies := regexp.MustCompile(`[A-Z0-9]{12}|/threads/\d+|%2Fthreads%2F\d+`)
	plain := varies.ReplaceAllString(c.Get("/threads/999999").Want(404).Body, "")
	for _, id := range []int64{members.ThreadID, held.ThreadID} {
		if other := varies.ReplaceAllString(c.Get("/threads/"+strconv.FormatInt(id, 10)).Want(404).Body, ""); other != plain {
			t.Errorf("thread %d answers differently from a thread that never was", id)
		}
	}
	for _, path := range []string{"/threads/0", "/threads/-1", "/threads/99999999999999999999", "/threads/x", "/nowhere", "/queue/1", "/threads/%00", "/topics/%00", "/articles/..%2f", "/static/x", "/threads/1%27"} {
		c.Get(path).Want(404)
	}
}

func TestTwoModeratorsCannotBothDecide(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, calm)
		author := h.Person("writer", forum.RoleMember)
		post := h.Thread(author, nil)
		if _, err := h.Community.Report(t.Context(), forum.Actor{}, forum.NewReport{PostID: post.ID, Door: forum.DoorRules, Reason: "unkind"}); err != nil {
			t.Fatal(err)
		}
		one, two := h.SignedIn(h.Person("one", forum.RoleModerator)), h.SignedIn(h.Person("two", forum.RoleModerator))
		k, err := s.CaseOfPost(t.Context(), post.ID)
		if err != nil {
			t.Fatal(err)
		}
		path := "/queue/" + strconv.FormatInt(k.ID, 10)
		p := one.Post(path+"/claim", nil).Want(200)
		two.Post(path+"/claim", nil).Want(409)
		form := p.Form(path + "/decisions")
		for _, field := range []string{"lease", "version", "revision", "key"} {
			if form.Get(field) == "" {
				t.Errorf("the form has no %s", field)
			}
		}
		form.Set("action", "remove")
		one.Post(path+"/decisions", form).Want(422) // no reason yet
		form.Set("reason", "C2")
		form.Set("message", "Please be gentle with each other.")
		two.Post(path+"/decisions", form).Want(409).Says("Please be gentle")
		one.Post(path+"/decisions", form).Want(200)
		one.Post(path+"/decisions", form).Want(200) // the same tap again
		decisions, err := s.Decisions(t.Context(), k.ID)
		if err != nil || len(decisions) != 1 {
			t.Errorf("%d decisions (%v), want one", len(decisions), err)
		}
		h.Client().Get("/threads/" + strconv.FormatInt(post.ThreadID, 10)).Want(404)
		h.SignedIn(author).Get("/me/notices").Want(200).Says("Please be gentle", "We lost our baby two weeks ago")
	})
}

func TestMidwifeAnswersStandOut(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, calm)
		asker, midwife := h.Person("asker", forum.RoleMember), h.Person("Midwife Ana", forum.RoleMidwife)
		post := h.Thread(asker, func(n *forum.NewThread) { n.Wants = forum.WantsMidwife })
		thread := "/threads/" + strconv.FormatInt(post.ThreadID, 10)
		m := h.SignedIn(midwife)
		m.Get("/questions").Want(200).Says("How long were you off work")
		m.Post(thread+"/comments", url.Values{"body": {"It can take a while."}, "as_midwife": {"1"}}).Want(200)
		m.Get("/questions").Want(200).Silent("How long were you off work")
		p := h.Client().Get(thread).Want(200)
		answer := p.One("article", "data-midwife", "*")
		if !strings.HasPrefix(testkit.Text(answer), "Midwife answer") {
			t.Errorf("the answer begins %.40q, want its label first", testkit.Text(answer))
		}
		id, _ := testkit.Attribute(answer, "id")
		if len(p.Find("a", "href", "#"+id)) == 0 {
			t.Error("no link leads to the midwife's answer")
		}
		h.SignedIn(asker).Get("/me/notices").Want(200).Says("A midwife has answered")
		h.SignedIn(asker).Post(thread+"/comments", url.Values{"body": {"I say so too."}, "as_midwife": {"1"}}).Want(422)
	})
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	h := testkit.NewHouse(t, testkit.Open(t, "sqlite"), calm)
	p := h.Client().Get("/").Want(200)
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY",
		"Cross-Origin-Opener-Policy": "same-origin", "Cache-Control": "no-store", "X-Robots-Tag": "all",
	} {
		if got := p.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if csp := p.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("Content-Security-Policy is %q", csp)
	}
	if got := h.Client().Get("/topics/stillbirth").Header.Get("X-Robots-Tag"); !strings.Contains(got, "noindex") {
		t.Errorf("a members' topic says X-Robots-Tag %q", got)
	}
	h.Client().Once("HEAD", "/help", nil).Want(200)
	for _, path := range []string{"/healthz", "/readyz", "/robots.txt"} {
		h.Client().Get(path).Want(200)
	}
}

func TestFormsFromOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	h := testkit.NewHouse(t, testkit.Open(t, "sqlite"), calm)
	a := h.Person("writer", forum.RoleMember)
	for _, site := range []string{"cross-site", "same-site"} {
		r, err := http.NewRequestWithContext(t.Context(), "POST", h.URL+"/threads", strings.NewReader(threadForm().Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", site)
		h.SignedIn(a).Send(r).Want(403)
	}
}

func TestNextNeverLeadsAway(t *testing.T) {
	t.Parallel()
	for next, want := range map[string]string{
		"/threads/1?page=2": "/threads/1?page=2", "": "", "//evil.example": "", "https://evil.example": "", "/\\evil.example": "",
		"javascript:alert(1)": "", "/\tevil": "", "threads": "", "/%0d%0aX:1": "/%0d%0aX:1",
	} {
		if got := site.InsidePath(next); got != want {
			t.Errorf("next %q leads to %q, want %q", next, got, want)
		}
	}
}

func TestThrottledFormsSayWhenToTryAgain(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, func(o *forum.Options) { calm(o); o.Throttled = true })
		c := h.SignedIn(h.Person("writer", forum.RoleMember))
		for i := range 30 {
			c.Post("/threads", threadForm("body", "Number "+strconv.Itoa(i))).Want(200)
		}
		p := c.Post("/threads", threadForm("body", "One too many")).Want(429).Says("Your words are safe")
		if after, err := strconv.Atoi(p.Header.Get("Retry-After")); err != nil || after < 1 || after > 600 {
			t.Errorf("Retry-After is %q", p.Header.Get("Retry-After"))
		}
		if p.Form("/threads").Get("body") != "One too many" {
			t.Error("the words are gone")
		}
		h.Client().Get("/help").Want(200)
	})
}

func TestPagingKeepsAnswersWithWhatTheyAnswer(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, calm)
		a, b := h.Person("asker", forum.RoleMember), h.Person("other", forum.RoleMember)
		post := h.Thread(a, nil)
		var parent forum.Post
		for i := range forum.PageSize - 1 {
			parent = h.Comment(b, forum.NewComment{ThreadID: post.ThreadID, Body: "Comment number " + strconv.Itoa(i)})
		}
		for i := range 3 {
			h.Comment(a, forum.NewComment{ThreadID: post.ThreadID, ParentID: parent.ID, Body: "Reply number " + strconv.Itoa(i)})
		}
		path := "/threads/" + strconv.FormatInt(post.ThreadID, 10)
		h.Client().Get(path).Want(200).Says("Comment number 48", "Reply number 0").Silent("Reply number 1")
		h.Client().Get(path+"?page=2").Want(200).Says("Comment number 48", "Reply number 1", "Reply number 2", "We lost our baby two weeks ago")
		h.Client().Get(path + "?page=3").Want(404)
		h.Client().Get(path + "?post=" + strconv.FormatInt(parent.ID+3, 10)).Want(200).Says("Reply number 2")
	})
}
