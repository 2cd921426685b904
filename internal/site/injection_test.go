package site_test

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"snowdrop/internal/forum"
	"snowdrop/internal/testkit"
	"snowdrop/moderation"
)

// injections reads testdata/injection.txt: the strings that may be kept, and those
// with characters that no text here may have.
func injections(t *testing.T) (kept, refused []string) {
	t.Helper()
	text, err := os.ReadFile("testdata/injection.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		if strings.HasPrefix(line, `"`) {
			if s, err := strconv.Unquote(line); err == nil {
				line = s
			}
		}
		bad := strings.ContainsFunc(line, func(r rune) bool { return unicode.Is(unicode.Cc, r) && r != '\n' && r != '\r' && r != '\t' })
		line = strings.NewReplacer("\r\n", " ", "\n", " ").Replace(line)
		if bad {
			refused = append(refused, line)
		} else if line = strings.TrimSpace(line); !slices.Contains(kept, line) { // the same words twice would be one post
			kept = append(kept, line)
		}
	}
	if len(kept) < 500 || len(refused) < 10 {
		t.Fatalf("%d and %d strings", len(kept), len(refused))
	}
	return kept, refused
}

// stage is a house in which lines stand in every field that is stored.
type stage struct {
	*testkit.House
	t      *testing.T
	people map[forum.Role]forum.Actor
	writer forum.Actor
	named  []bool // whether a line was taken as a name
	pages  map[string][]string
}

func (g *stage) must(err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatal(err)
	}
}

func cut(line string, most int) string {
	if r := []rune(line); len(r) > most {
		return string(r[:most])
	}
	return line
}

// pieces joins lines into texts of at most most characters.
func pieces(lines []string, most int) []string {
	var all []string
	text := ""
	for _, l := range lines {
		if text != "" && utf8.RuneCountInString(text)+utf8.RuneCountInString(l)+1 > most {
			all = append(all, text)
			text = ""
		}
		text = strings.TrimPrefix(text+"\n"+l, "\n")
	}
	return append(all, text)
}

// newStage fills a house. groups says how the lines go together, and named which
// of them are names, so that a house of harmless lines gets the very same pages.
func newStage(t *testing.T, lines []string, groups []int, named []bool) *stage {
	t.Helper()
	h := testkit.NewHouse(t, testkit.Open(t, "sqlite"), func(o *forum.Options) {
		o.Assess = func(string) moderation.Assessment {
			return moderation.Assessment{Band: moderation.None, Disposition: moderation.Publish}
		}
		o.HoldFirstPosts = 0
	})
	g := &stage{House: h, t: t, people: map[forum.Role]forum.Actor{}, pages: map[string][]string{}}
	ctx, c := t.Context(), h.Community
	for _, r := range forum.Roles {
		g.people[r] = h.Person("a "+string(r), r)
	}
	mod, lead, kay := g.people[forum.RoleModerator], g.people[forum.RoleLead], g.people[forum.RoleMidwife]
	reporter, kim := g.people[forum.RoleMember], h.Person("kim", forum.RoleModerator)
	g.writer = h.Person("writer", forum.RoleMember)
	for _, r := range []string{"stranger", "member", "writer", "midwife", "moderator", "lead", "admin"} {
		g.pages[r] = []string{"/", "/topics/early-loss", "/topics/late-loss", "/articles", "/help"}
	}
	add := func(path string, who ...string) {
		for _, w := range who {
			g.pages[w] = append(g.pages[w], path)
		}
	}

	// Titles and first words: one line each.
	for _, l := range lines {
		p := h.Thread(g.writer, func(n *forum.NewThread) { n.Topic, n.Title, n.Body = "late-loss", cut(l, forum.MaxTitle), l })
		if p.ID%24 == 0 {
			add(fmt.Sprintf("/threads/%d", p.ThreadID), "stranger", "writer")
			add(fmt.Sprintf("/posts/%d/report", p.ID), "member")
			add(fmt.Sprintf("/posts/%d/edit", p.ID), "writer")
			add(fmt.Sprintf("/posts/%d/withdraw", p.ID), "writer")
		}
	}
	for list := "/topics/late-loss"; list != ""; {
		older := testkit.Links(h.Client().Get(list).Want(200).Root, "/topics/late-loss?after=")
		if list = ""; len(older) > 0 {
			list = older[0]
			add(list, "stranger")
		}
	}
	// Comments, twenty lines each; each line is a paragraph, and then they are all one.
	threads := []forum.Post{h.Thread(g.writer, nil)}
	var before forum.Actor
	for _, between := range []string{"\n\n", "\n"} {
		for part := range slices.Chunk(lines, 20) {
			h.Comment(reporter, forum.NewComment{ThreadID: threads[0].ThreadID, Body: cut(strings.Join(part, between), forum.MaxBody)})
		}
	}
	// Names, each with a comment.
	for i, l := range lines {
		if named != nil && !named[i] {
			g.named = append(g.named, false)
			continue
		}
		p, err := c.CreateAccountWithHash(ctx, forum.NewAccount{Name: l, Email: fmt.Sprintf("n%d@example.org", i), Role: forum.RoleMember}, "")
		var told *forum.Error
		if errors.As(err, &told) && named == nil {
			g.named = append(g.named, false)
			continue
		}
		g.must(err)
		g.named = append(g.named, true)
		a := forum.Actor{ID: p.ID, Name: l}
		if i%40 == 0 {
			threads = append(threads, h.Thread(a, func(n *forum.NewThread) { n.Title = fmt.Sprint("Names ", i) }))
			add(fmt.Sprintf("/people/%d", p.ID), "admin", "lead")
		} else if i%5 == 0 { // for the list
			h.Thread(a, func(n *forum.NewThread) { n.Title = fmt.Sprint("A name ", i) })
		}
		said := h.Comment(a, forum.NewComment{ThreadID: threads[len(threads)-1].ThreadID, Body: "With you."})
		if i%30 == 1 && before.ID != 0 {
			_, err := c.Report(ctx, before, forum.NewReport{PostID: said.ID, Door: forum.DoorRules, Reason: "unkind"})
			g.must(err)
			k, err := h.Store.CaseOfPost(ctx, said.ID)
			g.must(err)
			add(fmt.Sprintf("/queue/%d", k.ID), "moderator")
			add(fmt.Sprintf("/posts/%d/note", said.ID), "moderator")
			add(fmt.Sprintf("/posts/%d/report", said.ID), "member")
		}
		if i%90 == 3 {
			_, err := c.Mute(ctx, reporter, said.ID)
			g.must(err)
		}
		before = a
		if i%60 == 0 {
			name, employer := cut(lines[(i+7)%len(lines)]+"...", 120), cut(lines[(i+8)%len(lines)]+"..", 120)
			g.must(c.Apply(ctx, a, forum.NewApplication{Name: name, Number: fmt.Sprintf("%02dA2345N", i%90), Employer: employer, Field: forum.FieldMidwife}))
		}
	}
	waiting, err := c.Applications(ctx, lead)
	g.must(err)
	for _, a := range waiting {
		add(fmt.Sprintf("/midwives/%d", a.ID), "lead", "admin")
	}
	for _, p := range threads {
		add(fmt.Sprintf("/threads/%d", p.ThreadID), "stranger", "member", "writer", "midwife", "moderator")
	}
	add(fmt.Sprintf("/threads/%d?page=2", threads[0].ThreadID), "stranger")
	// Everything about a case: as many lines together as a note may hold.
	at := 0
	for i, n := range groups {
		note := strings.Join(lines[at:at+n], "\n")
		at += n
		h.Clock.Move(time.Minute) // so that lists have one order
		post := h.Comment(g.writer, forum.NewComment{ThreadID: threads[0].ThreadID, Body: "Words " + fmt.Sprint(i)})
		_, err := c.Report(ctx, reporter, forum.NewReport{PostID: post.ID, Door: forum.DoorRules, Reason: "unkind", Note: note})
		g.must(err)
		_, err = c.AddNote(ctx, kim, forum.NewNote{PostID: post.ID, Note: note})
		g.must(err)
		k, err := h.Store.CaseOfPost(ctx, post.ID)
		g.must(err)
		g.must(c.Claim(ctx, mod, k.ID))
		g.must(c.WriteCare(ctx, mod, k.ID, fmt.Sprint("care", i), note))
		_, err = c.AnswerCare(ctx, g.writer, k.ID, fmt.Sprint("answer", i), note)
		g.must(err)
		if i == 0 {
			g.must(c.Pause(ctx, mod, note, false))
		}
		decide(t, h, mod, kim, post.ID, func(d *forum.NewDecision) {
			switch i % 4 {
			case 0:
				d.Action, d.Question = forum.ActionMidwife, note
			case 1:
				d.Action, d.Reason, d.Correction, d.Message, d.Note = forum.ActionCorrect, "M1", note, note, note
			case 2:
				d.Action, d.Reason, d.Message, d.Answer, d.Note = forum.ActionRemove, "C2", note, note, note
			default:
				d.Action, d.Reason, d.Message, d.Note = forum.ActionAskChange, "C1", note, note
			}
		})
		if i%4 == 2 {
			mine, err := c.MyDecisions(ctx, g.writer)
			g.must(err)
			_, err = c.Appeal(ctx, g.writer, mine[0].Decision.ID, note)
			g.must(err)
		}
		if i%8 == 0 {
			list, err := c.OpenConsults(ctx, kay)
			g.must(err)
			g.must(c.AnswerConsult(ctx, kay, list[0].ID, note))
		}
		if i%5 == 0 {
			_, err = c.Seal(ctx, lead, k.ID, forum.SealedEmergency, note)
			g.must(err)
			add(fmt.Sprintf("/queue/%d/sealed", k.ID), "lead")
		}
		draft, err := c.SaveDraft(ctx, g.writer, 0, "/threads", url.Values{"title": {cut(note, 150)}, "body": {note}, "topic": {lines[at-1]}, "mentions": {lines[at-1]}})
		g.must(err)
		add(fmt.Sprintf("/threads/new?draft=%d", draft), "writer")
		add(fmt.Sprintf("/care/%d", k.ID), "writer")
		add(fmt.Sprintf("/queue/%d", k.ID), "moderator")
		if i%5 == 0 {
			add(fmt.Sprintf("/queue/%d", k.ID), "lead")
			add(fmt.Sprintf("/posts/%d/note", post.ID), "moderator")
		}
	}
	g.must(c.ChooseSpeech(ctx, kay, cut(lines[0], forum.MaxSpeech), cut(lines[7], forum.MaxSpeech)))
	add("/me/choices", "member", "midwife")
	add("/me", "member", "writer", "midwife")
	add("/me/drafts", "writer")
	add("/questions", "midwife")
	for _, path := range []string{"/queue", "/queue?state=closed", "/queue/shift", "/record", "/queue/adverts"} {
		add(path, "moderator")
	}
	for _, path := range []string{"/people", "/midwives", "/record"} {
		add(path, "admin")
	}
	// What comes back from the address.
	for i, l := range lines {
		if _, err := url.Parse("/" + l); i%16 == 0 && err == nil && !strings.ContainsAny(l, "\t\\") { // others are no way back at all
			q := url.QueryEscape(cut(l, 150))
			add("/search?topic=ectopic-and-molar&q=%7E"+q, "stranger")
			add("/sign-in?next=/"+q, "stranger")
			add("/threads/new?topic="+q, "writer")
		}
	}
	return g
}

// within is all that a person's words may become: the small Markdown.
var within = map[string]bool{
	"p": true, "br": true, "em": true, "strong": true, "ul": true, "ol": true, "ol start": true, "li": true, "blockquote": true,
	"a href rel -> http:": true, "a href rel -> https:": true,
}

// answers are forms that come back with what was typed, or with what is sealed.
var answers = []func(g *stage, line string) *testkit.Page{
	func(g *stage, line string) *testkit.Page {
		return g.Client().Once("POST", "/join", url.Values{"name": {strings.Repeat("x", forum.MaxName+1) + line}, "email": {line}, "next": {"/x"}})
	},
	func(g *stage, line string) *testkit.Page {
		return g.SignedIn(g.writer).Once("POST", "/threads", url.Values{"title": {line}, "body": {line}, "topic": {line}, "kind": {line}, "wants": {line}, "mentions": {line}})
	},
	func(g *stage, line string) *testkit.Page {
		return g.SignedIn(g.writer).Once("POST", "/me/midwife", url.Values{"name": {line}, "number": {line}, "employer": {line}, "field": {line}})
	},
	func(g *stage, line string) *testkit.Page {
		return g.Client().Once("POST", "/posts/1/report", url.Values{"door": {line}, "reason": {line}, "note": {line}})
	},
	func(g *stage, line string) *testkit.Page {
		return g.SignedIn(g.people[forum.RoleModerator]).Once("POST", "/rules", url.Values{"text": {line}})
	},
	func(g *stage, line string) *testkit.Page {
		return g.SignedIn(g.people[forum.RoleLead]).Once("POST", "/queue/1/sealed", url.Values{"do": {"seal"}, "kind": {line}, "words": {line}})
	},
	func(g *stage, _ string) *testkit.Page {
		return g.SignedIn(g.people[forum.RoleLead]).Once("POST", "/queue/1/sealed", url.Values{"do": {"read"}, "id": {"1"}, "purpose": {forum.SealPurposes[0]}})
	},
}

// outline is the shape of a page that is no browser's: tags and names of attributes.
func outline(p *testkit.Page) string {
	var b strings.Builder
	for _, n := range p.Find("") {
		b.WriteString("<" + n.Data)
		for _, a := range n.Attr {
			b.WriteString(" " + a.Key)
		}
	}
	return b.String()
}

// TestWordsStayWords stores hundreds of strings that try to become script in every
// field and reads them as every role in a real browser: each page must have the
// very shape that it has with harmless words, and nothing may run or be fetched.
func TestWordsStayWords(t *testing.T) {
	t.Parallel()
	lines, refused := injections(t)
	var groups []int
	for _, p := range pieces(lines, forum.MaxNote-100) {
		groups = append(groups, strings.Count(p, "\n")+1)
	}
	bad := newStage(t, lines, groups, nil)
	harmless := make([]string, len(lines))
	for i := range harmless {
		harmless[i] = fmt.Sprintf("Harmless %d", i)
	}
	good := newStage(t, harmless, groups, bad.named)
	for _, l := range refused {
		if _, err := bad.Community.PostThread(t.Context(), bad.writer, forum.NewThread{Topic: "late-loss", Kind: forum.Question, Wants: forum.WantsParents, Title: "x", Body: l}); forum.KindOf(err) != forum.Invalid {
			t.Errorf("%q was kept: %v", l, err)
		}
	}
	if n := len(slices.DeleteFunc(slices.Clone(bad.named), func(b bool) bool { return !b })); n < 150 {
		t.Errorf("only %d lines became names", n)
	}
	looked := 0
	browsers := [2]*testkit.Browser{bad.Browser(), good.Browser()}
	for who, paths := range bad.pages {
		paths = append(paths, "/me/notices")
		var shapes [2][]testkit.Shape
		for i, g := range []*stage{bad, good} {
			b := browsers[i].Forget()
			a, signed := g.people[forum.Role(who)]
			if who == "writer" {
				a, signed = g.writer, true
			}
			if signed {
				b.SignIn(a)
			}
			b.Visit("/")
			// Opening the notices changes the badge in the menu, so they come last.
			shapes[i] = append(b.Shapes(bad.pages[who], ".prose"), b.Shapes([]string{"/me/notices"}, ".prose")...)
			if i == 0 { // and with scripts running
				for _, path := range paths[5:min(len(paths), 10)] {
					b.Visit(path)
				}
			}
		}
		for i, path := range paths {
			was, is := shapes[1][i], shapes[0][i]
			looked++
			if was.Status != is.Status {
				t.Errorf("%s as %s answers %d, and %d with harmless words", path, who, is.Status, was.Status)
				continue
			}
			for n := range max(len(was.Tree), len(is.Tree)) {
				if n >= len(was.Tree) || n >= len(is.Tree) || was.Tree[n] != is.Tree[n] {
					t.Errorf("%s as %s has another shape from element %d on: %v, and %v with harmless words", path, who, n, is.Tree[min(n, len(is.Tree)-1):min(n+4, len(is.Tree))], was.Tree[min(n, len(was.Tree)-1):min(n+4, len(was.Tree))])
					break
				}
			}
			for _, x := range is.Free {
				if !within[x] {
					t.Errorf("%s as %s: somebody's words became <%s>", path, who, x)
				}
			}
		}
	}
	// Pages that answer a form.
	for i := range lines {
		if i%24 != 0 {
			continue
		}
		for n, f := range answers {
			was, is := f(good, harmless[i]), f(bad, lines[i])
			looked++
			if a, b := outline(was), outline(is); was.Status != is.Status || a != b {
				t.Errorf("form %d with %q answers %d and another shape than with harmless words, %d", n, lines[i], is.Status, was.Status)
			}
		}
	}
	t.Logf("%d strings, %d pages", len(lines)+len(refused), looked)
}
