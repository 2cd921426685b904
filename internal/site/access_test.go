package site_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"snowdrop/internal/forum"
	"snowdrop/internal/site"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
	"snowdrop/web"
)

// TestEveryRouteSaysWhoMayUseIt holds the engine and the route table together:
// nothing is served that the table does not list.
func TestEveryRouteSaysWhoMayUseIt(t *testing.T) {
	h := testkit.NewHouse(t, testkit.Open(t, "sqlite"), calm)
	server, err := site.New(site.Options{Community: h.Community, Site: h.Site, BaseURL: h.URL})
	if err != nil {
		t.Fatal(err)
	}
	served, err := server.Engine()
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, r := range site.Routes() {
		switch r.Who {
		case "anyone", "members", "writers", "moderators", "leads", "midwives", "answerers", "recorders", "keepers":
		default:
			t.Errorf("%s %s: nobody said who may use it (%q)", r.Method, r.Path, r.Who)
		}
		listed[r.Method+" "+r.Path] = true
	}
	for _, r := range served {
		if !listed[strings.Replace(r, "HEAD ", "GET ", 1)] {
			t.Errorf("%s is served but not in the table", r)
		}
	}
}

// TestAccess tries every route as everybody.
func TestAccess(t *testing.T) {
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, calm)
		author := h.Person("author", forum.RoleMember)
		people := map[string]forum.Actor{"stranger": {}, "author": author}
		for _, r := range forum.Roles {
			people[string(r)] = h.Person("a-"+string(r), r)
		}
		suspended := h.Person("suspended", forum.RoleMidwife)
		if err := s.SetRegistration(t.Context(), forum.Registration{PersonID: suspended.ID, State: forum.RegistrationSuspended, CheckedAt: h.Clock.Now()}); err != nil {
			t.Fatal(err)
		}
		if suspended, err := h.Community.Actor(t.Context(), suspended.ID); err != nil || suspended.Midwife() {
			t.Fatalf("a suspended midwife is still one (%v)", err)
		} else {
			people["suspended midwife"] = suspended
		}
		joined, err := h.Community.Join(t.Context(), forum.NewPerson{Name: "unconfirmed", Email: "joined@example.org", Password: "plum gravel teapot", Adult: true, Consent: true})
		if err != nil {
			t.Fatal(err)
		}
		if people["unconfirmed"], err = h.Community.Actor(t.Context(), joined.ID); err != nil || !people["unconfirmed"].Unconfirmed {
			t.Fatalf("%+v, %v", people["unconfirmed"], err)
		}
		post := h.Thread(author, nil)
		h.Comment(people["member"], forum.NewComment{ThreadID: post.ThreadID, Body: "With you."})
		if _, err := h.Community.Report(t.Context(), people["member"], forum.NewReport{PostID: post.ID, Door: forum.DoorWorried}); err != nil {
			t.Fatal(err)
		}
		k, err := s.CaseOfPost(t.Context(), post.ID)
		if err != nil {
			t.Fatal(err)
		}
		link, err := h.Community.CreateAccount(t.Context(), forum.NewAccount{Name: "Linked", Email: "linked@example.org", Role: forum.RoleMember})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Community.Apply(t.Context(), author, forum.NewApplication{Name: "Ann Other", Number: "01A2345N", Employer: "A hospital", Field: forum.FieldMidwife}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Community.GrantRole(t.Context(), people["admin"], forum.NewGrant{PersonID: people["member"].ID, Role: forum.RoleLead}); err != nil {
			t.Fatal(err)
		}
		// The author comes last: they withdraw the post that the others look for.
		names := append(slices.DeleteFunc(slices.Sorted(maps.Keys(people)), func(n string) bool { return n == "author" }), "author")
		for _, name := range names {
			actor := people[name]
			c := h.SignedIn(actor)
			for _, r := range site.Routes() {
				if r.Path == "/sign-out" || r.Path == "/leave" {
					continue // they end the session, or lead away; they have tests of their own
				}
				path := fill(r.Path, post, k, link)
				page := c.Once(r.Method, path, url.Values{})
				t.Run(fmt.Sprintf("%s %s as %s", r.Method, r.Path, name), func(t *testing.T) {
					judge(t, page, r, actor, author)
				})
			}
		}
	})
}

func fill(path string, post forum.Post, k forum.Case, link string) string {
	if strings.HasPrefix(path, "/link/") {
		return link
	}
	id := post.ID
	if strings.HasPrefix(path, "/threads/") {
		id = post.ThreadID
	}
	path = strings.NewReplacer(":id", fmt.Sprint(id), ":case", fmt.Sprint(k.ID), ":name", strings.TrimPrefix(web.Asset("site.css"), "/static/")).Replace(path)
	switch {
	case strings.HasPrefix(path, "/topics/"):
		return "/topics/early-loss"
	case strings.HasPrefix(path, "/articles/:"):
		return "/articles/feelings-after-a-loss"
	}
	return strings.Replace(path, ":slug", "some-words", 1)
}

// judge compares an answer with what the route's "who" promises.
func judge(t *testing.T, p *testkit.Page, r site.Route, a, author forum.Actor) {
	t.Helper()
	toSignIn := p.Status == http.StatusSeeOther && strings.HasPrefix(p.Header.Get("Location"), "/sign-in")
	may := map[string]bool{
		"anyone": true, "members": a.SignedIn(), "writers": a.SignedIn(), "moderators": a.Moderates(), "leads": a.Has(forum.RoleLead),
		"midwives": a.Midwife(), "answerers": a.Midwife(), "recorders": a.Moderates() || a.Has(forum.RoleAdmin), "keepers": a.Keeps(),
	}[r.Who]
	owned := strings.HasSuffix(r.Path, "/edit") || strings.HasSuffix(r.Path, "/withdraw")
	// What one alone may know of is not there for anybody else; tests of their own
	// have it.
	unknown := strings.HasPrefix(r.Path, "/me/decisions/") || r.Path == "/care/:case" && !(a.Moderates() && r.Method == http.MethodGet) || r.Path == "/questions/:id/answer"
	switch {
	case may && (unknown || owned && a.ID != author.ID):
		if p.Status != http.StatusNotFound {
			t.Errorf("answered %d to somebody who did not write the post, want 404", p.Status)
		}
	case may:
		if p.Status == http.StatusNotFound && r.Path != "/me/drafts" || p.Status == http.StatusForbidden || p.Status >= 500 || toSignIn {
			t.Errorf("answered %d (%s), want to be let in", p.Status, p.Header.Get("Location"))
		}
	case r.Who == "members" || r.Who == "writers" || r.Who == "answerers" && !a.SignedIn():
		if !toSignIn && r.Path != "/me/drafts" {
			t.Errorf("answered %d (%s), want a way to sign in", p.Status, p.Header.Get("Location"))
		}
	default:
		if p.Status != http.StatusNotFound {
			t.Errorf("answered %d, want 404", p.Status)
		}
	}
}
