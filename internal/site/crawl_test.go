package site_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/internal/site"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
)

// mark is a word that stands in one place only.
func mark(place string) string { return "qx" + place + "qx" }

// markedHouse is a house with a marked word in every place that not everybody may
// read. inside is what members may read and strangers may not, apart what neither
// may.
func markedHouse(t *testing.T, s *store.Store) (h *testkit.House, inside, apart []string) {
	t.Helper()
	h = testkit.NewHouse(t, s, calm)
	ctx, c := t.Context(), h.Community
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	member := func(place string) string { inside = append(inside, mark(place)); return mark(place) }
	nobody := func(place string) string { apart = append(apart, mark(place)); return mark(place) }

	// What members may read.
	ana := h.Person(member("aliasinside"), forum.RoleMember)
	in := h.Thread(ana, func(n *forum.NewThread) {
		n.Topic, n.Title, n.Body = "stillbirth", member("topictitle"), member("topicbody")
	})
	h.Comment(ana, forum.NewComment{ThreadID: in.ThreadID, Body: member("topiccomment")})
	bea := h.Person(member("aliasmembers"), forum.RoleMember)
	only := h.Thread(bea, func(n *forum.NewThread) {
		n.Audience, n.Title, n.Body = forum.AudienceMembers, member("membertitle"), member("memberbody")
	})
	h.Comment(bea, forum.NewComment{ThreadID: only.ThreadID, Body: member("membercomment")})
	kay := h.Person(member("aliasmidwife"), forum.RoleMidwife)
	h.Comment(kay, forum.NewComment{ThreadID: only.ThreadID, Body: member("memberanswer"), AsMidwife: true})

	// What neither may: who somebody is, what waits, is gone, or is the team's.
	shy := h.Person(nobody("aliasanonymous"), forum.RoleMember)
	opal := h.Person("Opal", forum.RoleMember)
	open := h.Thread(opal, func(n *forum.NewThread) { n.Title = "An open question" })
	hidden := h.Thread(shy, func(n *forum.NewThread) { n.Anonymous, n.Title = true, "Without a name" })
	h.Comment(shy, forum.NewComment{ThreadID: open.ThreadID, Body: "With you.", Anonymous: true})
	h.Comment(shy, forum.NewComment{ThreadID: hidden.ThreadID, Body: "Thank you.", Anonymous: true})
	gone := h.Person(nobody("aliasleft"), forum.RoleMember)
	h.Thread(gone, func(n *forum.NewThread) { n.Title = "Goodbye for now" })
	_, err := c.Leave(ctx, gone, forum.LeaveWords, testkit.Password)
	must(err)

	writer := h.Person(nobody("aliasheld"), forum.RoleMember)
	mod, kim := h.Person(nobody("aliasmod"), forum.RoleModerator), h.Person(nobody("aliaskim"), forum.RoleModerator)
	lead, reporter := h.Person(nobody("aliaslead"), forum.RoleLead), h.Person(nobody("aliasreporter"), forum.RoleMember)
	say := func(place string) forum.Post {
		return h.Comment(writer, forum.NewComment{ThreadID: open.ThreadID, Body: nobody(place)})
	}
	report := func(p forum.Post, place string) {
		_, err := c.Report(ctx, reporter, forum.NewReport{PostID: p.ID, Door: forum.DoorRules, Reason: "unkind", Note: nobody(place)})
		must(err)
	}
	held, err := c.PostThread(ctx, writer, forum.NewThread{Topic: "early-loss", Kind: forum.Question, Wants: forum.WantsParents, Title: nobody("heldtitle"), Body: nobody("heldbody") + " EMERGENCY"})
	must(err)
	_, err = c.PostComment(ctx, writer, forum.NewComment{ThreadID: open.ThreadID, Body: nobody("heldcomment") + " EMERGENCY"})
	must(err)
	first := h.Comment(opal, forum.NewComment{ThreadID: open.ThreadID, Body: nobody("oldwording")})
	_, err = h.Open().EditPost(ctx, opal, forum.PostEdit{PostID: first.ID, Revision: 1, Body: "I wrote this anew."})
	must(err)
	_, err = c.Withdraw(ctx, writer, say("withdrawncomment").ID)
	must(err)
	back := h.Thread(writer, func(n *forum.NewThread) { n.Title, n.Body = nobody("withdrawntitle"), nobody("withdrawnbody") })
	h.Comment(h.Person("Otto", forum.RoleMember), forum.NewComment{ThreadID: back.ThreadID, Body: "I answered this."})
	_, err = c.Withdraw(ctx, writer, back.ID)
	must(err)

	removed := say("removedcomment")
	report(removed, "reportnote")
	decide(t, h, mod, kim, removed.ID, func(d *forum.NewDecision) {
		d.Action, d.Reason, d.Message, d.Answer, d.Note = forum.ActionRemove, "C2", nobody("message"), nobody("reporteranswer"), nobody("decisionnote")
		d.Measures = []forum.NewMeasure{{PersonID: writer.ID, Kind: forum.MeasureWarning}}
	})
	mine, err := c.MyDecisions(ctx, writer)
	must(err)
	_, err = c.Appeal(ctx, writer, mine[0].Decision.ID, nobody("appealnote"))
	must(err)
	whole := h.Thread(writer, func(n *forum.NewThread) { n.Title, n.Body = nobody("removedtitle"), nobody("removedbody") })
	h.Comment(reporter, forum.NewComment{ThreadID: whole.ThreadID, Body: nobody("inremoved")})
	report(whole, "reportthread")
	decide(t, h, mod, kim, whole.ID, func(d *forum.NewDecision) { d.Action, d.Reason = forum.ActionRemove, "C2" })
	asked := say("askedchange")
	report(asked, "reportasked")
	decide(t, h, mod, kim, asked.ID, func(d *forum.NewDecision) {
		d.Action, d.Reason, d.Message = forum.ActionAskChange, "C1", nobody("askedmessage")
	})
	lines := h.Comment(opal, forum.NewComment{ThreadID: open.ThreadID, Body: "A line that stays.\n\n" + nobody("coveredline")})
	report(lines, "reportlines")
	decide(t, h, mod, kim, lines.ID, func(d *forum.NewDecision) { d.Action, d.Reason, d.Lines = forum.ActionRedact, "P2", []int{3} })
	consult := h.Comment(opal, forum.NewComment{ThreadID: open.ThreadID, Body: "Stop taking them."})
	worry(t, h, consult.ID)
	decide(t, h, mod, kim, consult.ID, func(d *forum.NewDecision) {
		d.Action, d.Question = forum.ActionMidwife, nobody("consultquestion")
	})
	list, err := c.OpenConsults(ctx, kay)
	must(err)
	must(c.AnswerConsult(ctx, kay, list[0].ID, nobody("consultanswer")))

	k, err := s.CaseOfPost(ctx, held.ID)
	must(err)
	must(c.Claim(ctx, mod, k.ID))
	must(c.WriteCare(ctx, mod, k.ID, "one", nobody("caremessage")))
	_, err = c.AnswerCare(ctx, writer, k.ID, "two", nobody("careanswer"))
	must(err)
	_, err = c.Seal(ctx, lead, k.ID, forum.SealedEmergency, nobody("sealednote"))
	must(err)
	_, err = c.AddNote(ctx, mod, forum.NewNote{PostID: open.ID, Note: nobody("staffnote")})
	must(err)
	must(c.Pause(ctx, mod, nobody("pausenote"), false))
	_, err = c.SaveDraft(ctx, writer, 0, "/threads", url.Values{"title": {nobody("drafttitle")}, "body": {nobody("draftbody")}})
	must(err)
	must(c.Apply(ctx, writer, forum.NewApplication{Name: nobody("registername"), Number: "92Z8765Y", Employer: nobody("employer"), Field: forum.FieldMidwife}))
	apart = append(apart, "92Z8765Y", "@example.org")
	return h, inside, apart
}

// crawler opens everything that one reader can reach or guess.
type crawler struct {
	*testkit.Client
	t       *testing.T
	who     string
	marks   []string
	seen    map[string]bool
	indexed map[string]bool // paths that search engines may list
}

// mostPosts and mostOthers are up to which number ids are guessed; a marked house has
// fewer of each.
const mostPosts, mostOthers = 30, 16

var (
	listable = regexp.MustCompile(`^/(topics/[a-z-]+|threads/[0-9]+(/[^/]*)?|articles(/[a-z0-9-]+)?|help|safety|openness|privacy|accessibility)?$`)
	varying  = regexp.MustCompile(`[A-Z0-9]{12,}`)
)

// look opens one page, searches all of the answer for the marks, and goes on to
// wherever it leads.
func (c *crawler) look(method, path string) {
	c.t.Helper()
	if at := strings.IndexByte(path, '#'); at >= 0 {
		path = path[:at]
	}
	// "next" within "next" would go on for ever.
	if c.seen[method+path] || path == "/queue/live" || strings.Count(path, "next") > 1 {
		return
	}
	if len(c.seen) > 9000 {
		c.t.Fatalf("%s finds no end: %s", c.who, path)
	}
	c.seen[method+path] = true
	p := c.Once(method, path, url.Values{})
	if p.Status >= 500 {
		c.t.Errorf("%s: %s %s answered %d", c.who, method, path, p.Status)
	}
	c.search(method+" "+path, p)
	checkAnswer(c.t, fmt.Sprintf("%s: %s %s", c.who, method, path), p)
	tag := p.Header.Get("X-Robots-Tag")
	if page := strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") && method == http.MethodGet; page && p.Status != http.StatusSeeOther {
		bare, _, _ := strings.Cut(path, "?")
		if hidden := len(p.Find("meta", "name", "robots", "content", "noindex")) == 1; hidden == (tag == "all") || !hidden && (p.Status != 200 || !listable.MatchString(bare)) {
			c.t.Errorf("%s: %s %s answered %d with X-Robots-Tag %q, and its page says noindex: %v", c.who, method, path, p.Status, tag, hidden)
		} else if !hidden {
			c.indexed[bare] = true
		}
		c.follow(p)
	}
	if to := p.Header.Get("Location"); strings.HasPrefix(to, "/") && method == http.MethodGet && path != "/leave" {
		c.look(http.MethodGet, to)
	}
}

func (c *crawler) search(what string, p *testkit.Page) {
	c.t.Helper()
	all := p.Body
	for name, values := range p.Header {
		all += "\n" + name + ": " + strings.Join(values, ", ")
	}
	for _, m := range c.marks {
		if at := strings.Index(all, m); at >= 0 {
			c.t.Errorf("%s: %s gives away %s: …%s…", c.who, what, m, all[max(0, at-60):min(len(all), at+40)])
		}
	}
}

// follow looks wherever a page leads: links, forms that only ask, and whatever it loads.
func (c *crawler) follow(p *testkit.Page) {
	c.t.Helper()
	for _, n := range p.Find("") {
		for _, attribute := range []string{"href", "src"} {
			if to, has := testkit.Attribute(n, attribute); has && strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "/leave") {
				c.look(http.MethodGet, to)
			}
		}
		if how, _ := testkit.Attribute(n, "method"); n.Data == "form" && how != "post" {
			action, _ := testkit.Attribute(n, "action")
			c.look(http.MethodGet, action+"?"+p.Form(action).Encode())
		}
	}
}

// guess tries every address that has a number in it, and every one that sites
// commonly have.
func (c *crawler) guess(h *testkit.House) {
	c.t.Helper()
	for _, path := range []string{"/sitemap.xml", "/feed", "/rss", "/atom.xml", "/feed.xml", "/.well-known/security.txt", "/api", "/index.json", "/threads", "/posts", "/nowhere?q=1"} {
		c.look(http.MethodGet, path)
	}
	// Forms come last: some change what the member sees.
	routes := slices.SortedStableFunc(slices.Values(site.Routes()), func(a, b site.Route) int { return strings.Compare(a.Method, b.Method) })
	for _, r := range routes {
		if r.Path == "/sign-out" || r.Path == "/leave" || r.Path == "/static/:name" {
			continue
		}
		path := strings.NewReplacer(":slug", "some-words", ":token", "nothing").Replace(r.Path)
		switch {
		case strings.HasPrefix(path, "/topics/"):
			for _, topic := range h.Community.Topics {
				c.look(r.Method, "/topics/"+topic.Slug)
			}
		case strings.ContainsRune(path, ':'):
			most := mostOthers
			if strings.HasPrefix(path, "/posts/") {
				most = mostPosts
			}
			for id := range most {
				at := strings.NewReplacer(":id", fmt.Sprint(id+1), ":case", fmt.Sprint(id+1)).Replace(path)
				c.look(r.Method, at)
				if r.Path == "/threads/:id" {
					for _, with := range []string{"?page=2", "?page=1", fmt.Sprintf("?post=%d", id+1), fmt.Sprintf("?post=%d", id+1+mostOthers), fmt.Sprintf("?reply=%d", id+1), fmt.Sprintf("?draft=%d", id+1)} {
						c.look(r.Method, at+with)
					}
				}
			}
		default:
			c.look(r.Method, path)
		}
	}
	for _, list := range []string{"/?after=9999999999999999_99", "/topics/early-loss?after=4000000000000000_99", "/topics/stillbirth?after=4000000000000000_99", "/record?below=99", "/people?q=qx"} {
		c.look(http.MethodGet, list)
	}
}

// hunt searches for the marks themselves: the answer must be that of a word that is
// nowhere.
func (c *crawler) hunt() {
	c.t.Helper()
	for _, words := range []string{"%s", `"%s"`, "%s -nothing", "%s question"} {
		for _, topic := range []string{"", "&topic=stillbirth"} {
			if topic != "" && words != "%s" {
				continue
			}
			const nowhere = "qxnowhereqx"
			plain := func(word string) (int, string) {
				q := url.QueryEscape(fmt.Sprintf(words, word))
				p := c.Get("/search?q=" + q + topic)
				all := strings.NewReplacer(q, "", url.QueryEscape(q), "", word, "").Replace(p.Body)
				return p.Status, varying.ReplaceAllString(all, "")
			}
			status, want := plain(nowhere)
			for _, m := range c.marks {
				if strings.ContainsAny(m, "@0") {
					continue
				}
				if got, page := plain(m); got != status || page != want {
					c.t.Errorf("%s: searching %s%s for %s differs from searching for nothing", c.who, words, topic, m)
				}
			}
		}
	}
}

// TestNothingIsGivenAway crawls a house with marked words as a stranger and as an
// ordinary member, and reads every mail.
func TestNothingIsGivenAway(t *testing.T) {
	t.Parallel()
	testkit.EachLong(t, func(t *testing.T, s *store.Store) {
		h, inside, apart := markedHouse(t, s)
		if p := h.SignedIn(h.Person("Someone", forum.RoleModerator)).Get("/search?q=" + mark("topicbody")); !strings.Contains(p.Body, mark("topictitle")) {
			t.Error("a moderator does not find a marked word: the test proves nothing")
		}
		stranger := crawler{Client: h.Client(), t: t, who: "a stranger", marks: slices.Concat(inside, apart), seen: map[string]bool{}, indexed: map[string]bool{}}
		member := crawler{Client: h.SignedIn(h.Person("Nobody Special", forum.RoleMember)), t: t, who: "a member", marks: apart, seen: map[string]bool{}, indexed: map[string]bool{}}
		members := member.Get("/topics/stillbirth")
		if !strings.Contains(members.Body, mark("topictitle")) {
			t.Error("a member does not read what members may: the test proves nothing")
		}
		for _, c := range []*crawler{&stranger, &member} {
			c.look(http.MethodGet, "/")
			c.look(http.MethodGet, "/robots.txt")
			c.hunt()
			c.guess(h)
			if len(c.seen) < 400 {
				t.Errorf("%s saw only %d pages", c.who, len(c.seen))
			}
		}
		if !stranger.seen["GET/threads/3"] || len(stranger.indexed) < 10 {
			t.Errorf("a stranger's pages for search engines: %v", stranger.indexed)
		}
		for path := range member.indexed {
			if !stranger.indexed[path] {
				t.Errorf("%s may be listed, as a member sees it", path)
			}
		}
		if err := h.Community.WriteLetters(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.Clock.Move(48 * time.Hour)
		jobs, err := s.TakeJobs(t.Context(), h.Clock.Now(), h.Clock.Now(), 1000)
		if err != nil {
			t.Fatal(err)
		}
		mails := 0
		for _, j := range jobs {
			if j.Kind != forum.JobMail {
				continue
			}
			m, err := s.Mail(t.Context(), j.SubjectID)
			if err != nil {
				t.Fatal(err)
			}
			e, err := h.Community.Envelope(t.Context(), m)
			if err != nil {
				t.Fatal(err)
			}
			mails++
			for _, w := range slices.Concat(inside, apart) {
				if strings.Contains(m.Subject+"\n"+e.Text, w) {
					t.Errorf("a mail says %s: %s", w, e.Text)
				}
			}
		}
		if mails < 5 {
			t.Errorf("only %d mails were written", mails)
		}
	})
}
