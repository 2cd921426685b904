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
	t.Parallel()
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

// acts says of every route that changes something what it is to somebody whose
// account is limited: "writes" puts words before others and is closed to all of
// them, "joins" is open to who may still take part without writing, and "own" is
// everybody's own things, ways in and out, asking for help and the team's work.
// Every route needs an entry.
var acts = map[string]string{
	"/threads": "writes", "/threads/:id/comments": "writes", "/posts/:id/edit": "writes", "/me/midwife": "writes",
	"/questions/:id/answer": "writes", "/questions/:id/claim": "writes", "/posts/:id/second": "writes", "/threads/:id/blocks": "writes",
	"/posts/:id/support": "joins", "/posts/:id/report": "joins",

	"/posts/:id/withdraw": "own", "/me/decisions/:id/appeal": "own", "/me/decisions/:id/note": "own", "/care/:case": "own",
	"/join": "own", "/sign-in": "own", "/sign-in/code": "own", "/sign-out": "own", "/link/:token": "own", "/forgot": "own",
	"/me/security/email": "own", "/me/security/letter": "own", "/me/security/password": "own", "/me/security/sessions": "own",
	"/me/second-step": "own", "/me/second-step/prove": "own", "/me/second-step/codes": "own", "/me/second-step/off": "own",
	"/me/second-step/passkeys": "own", "/me/second-step/passkeys/:id/remove": "own",
	"/topics/:slug/choice": "own", "/posts/:id/mute": "own", "/posts/:id/know": "own", "/me/name": "own",
	"/me/choices": "own", "/me/choices/words": "own", "/me/choices/know": "own", "/me/choices/undo": "own",
	"/me/data": "own", "/me/leave": "own", "/me/stay": "own", "/me/drafts": "own", "/me/drafts/:id/drop": "own",
	"/queue/next": "own", "/queue/adverts": "own", "/queue/pause": "own", "/queue/training": "own",
	"/queue/:case/claim": "own", "/queue/:case/release": "own", "/queue/:case/take": "own", "/queue/:case/pass": "own",
	"/queue/:case/look": "own", "/queue/:case/care": "own", "/queue/:case/note": "own", "/queue/:case/sealed": "own",
	"/queue/:case/decisions": "own", "/posts/:id/note": "own", "/rules": "own",
	"/questions/:id/release": "own",
	"/midwives/:id/open":     "own", "/midwives/:id/check": "own", "/people/:id/roles": "own", "/people/:id/take": "own",
	"/people/:id/midwife": "own", "/people/:id/address": "own", "/roles/:id": "own",
}

// visitor is somebody who tries every route.
type visitor struct {
	forum.Actor             // as the site takes them
	whole       forum.Actor // with the roles that wait for a second factor
	limit       forum.MeasureKind
	post        forum.Post // what they may change, if they wrote anything
	client      *testkit.Client
}

// visitors makes everybody: each role, with and without the second factor, and each
// state that an account can be in.
func visitors(t *testing.T, h *testkit.House) map[string]visitor {
	t.Helper()
	all := map[string]visitor{"stranger": {client: h.Client()}}
	for _, r := range forum.Roles {
		a := h.Person("a-"+string(r), r)
		all[string(r)] = visitor{Actor: a, whole: a, client: h.Proven(a)}
		if r != forum.RoleMember {
			half := a
			half.Roles, half.Registered, half.Trained = nil, false, false
			all[string(r)+" without the second factor"] = visitor{Actor: half, whole: a, client: h.SignedIn(a)}
		}
	}
	struck := h.Person("suspended", forum.RoleMidwife)
	if err := h.Store.SetRegistration(t.Context(), forum.Registration{PersonID: struck.ID, State: forum.RegistrationSuspended, CheckedAt: h.Clock.Now()}); err != nil {
		t.Fatal(err)
	}
	if struck = fresh(t, h, struck); struck.Midwife() {
		t.Fatal("a midwife whose registration is suspended is still one")
	}
	all["midwife whose registration is suspended"] = visitor{Actor: struck, whole: struck, client: h.Proven(struck)}
	joined, err := h.Community.Join(t.Context(), forum.NewPerson{Name: "unconfirmed", Email: "joined@example.org", Password: "plum gravel teapot", Adult: true, Consent: true})
	if err != nil {
		t.Fatal(err)
	}
	waits := fresh(t, h, forum.Actor{ID: joined.ID})
	if !waits.Unconfirmed {
		t.Fatal("a new address is confirmed")
	}
	all["unconfirmed"] = visitor{Actor: waits, whole: waits, client: h.SignedIn(waits)}
	leaver := h.Person("leaver", forum.RoleMember)
	gone := h.Thread(leaver, nil)
	if _, err := h.Community.Leave(t.Context(), leaver, forum.LeaveWords, testkit.Password); err != nil {
		t.Fatal(err)
	}
	all["leaving"] = visitor{Actor: leaver, whole: leaver, post: gone, client: h.SignedIn(leaver)}

	first, second := h.Person("first", forum.RoleModerator), h.Person("second", forum.RoleModerator)
	for name, m := range map[string]forum.NewMeasure{
		"reads only": {Kind: forum.MeasureReadOnly, Days: 7}, "suspended": {Kind: forum.MeasureSuspension, Days: 7},
		"banned": {Kind: forum.MeasureBan}, "banned midwife": {Kind: forum.MeasureBan},
	} {
		role := forum.RoleMember
		if name == "banned midwife" {
			role = forum.RoleMidwife
		}
		a := h.Person("limited "+name, role)
		kept, bad := h.Thread(a, nil), h.Thread(a, func(n *forum.NewThread) { n.Title = "Something else" })
		worry(t, h, bad.ID)
		m.PersonID = a.ID
		decide(t, h, first, second, bad.ID, func(d *forum.NewDecision) {
			d.Action, d.Reason, d.Message, d.Measures = forum.ActionRemove, "C2", "It hurts somebody by name.", []forum.NewMeasure{m}
		})
		a = fresh(t, h, a)
		if l, ok := a.Restricted(); !ok || l.Kind != m.Kind {
			t.Fatalf("%s: %+v", name, l)
		}
		all[name] = visitor{Actor: a, whole: a, limit: m.Kind, post: kept, client: h.Proven(a)}
	}
	return all
}

// TestAccess tries every route as everybody, in every state of an account.
func TestAccess(t *testing.T) {
	t.Parallel()
	for _, r := range site.Routes() {
		if kind := acts[r.Path]; r.Method == http.MethodPost && kind != "writes" && kind != "joins" && kind != "own" {
			t.Errorf("POST %s: nobody said what it is to somebody whose account is limited", r.Path)
		}
	}
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, func(o *forum.Options) { calm(o); o.StaffFactor = true })
		author := h.Person("author", forum.RoleMember)
		people := visitors(t, h)
		member := people["member"].Actor
		post := h.Thread(author, nil)
		people["author"] = visitor{Actor: author, whole: author, post: post, client: h.SignedIn(author)}
		h.Comment(member, forum.NewComment{ThreadID: post.ThreadID, Body: "With you."})
		if _, err := h.Community.Report(t.Context(), member, forum.NewReport{PostID: post.ID, Door: forum.DoorWorried}); err != nil {
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
		waiting, err := h.Community.Applications(t.Context(), people["admin"].Actor)
		if err != nil || len(waiting) != 1 {
			t.Fatalf("%d applications, %v", len(waiting), err)
		}
		if _, err := h.Community.GrantRole(t.Context(), people["admin"].Actor, forum.NewGrant{PersonID: member.ID, Role: forum.RoleLead}); err != nil {
			t.Fatal(err)
		}
		asked, err := h.Community.GrantRequests(t.Context(), people["admin"].Actor)
		if err != nil || len(asked) != 1 {
			t.Fatalf("%d requests, %v", len(asked), err)
		}
		ids := map[string]int64{"/midwives/": waiting[0].ID, "/roles/": asked[0].ID, "/people/": member.ID}
		// The author comes last: they withdraw the post that the others look for.
		names := append(slices.DeleteFunc(slices.Sorted(maps.Keys(people)), func(n string) bool { return n == "author" }), "author")
		for _, name := range names {
			v := people[name]
			for _, r := range site.Routes() {
				if r.Path == "/sign-out" || r.Path == "/leave" {
					continue // they end the session, or lead away; they have tests of their own
				}
				at := post
				if v.post.ID != 0 && owned(r) {
					at = v.post
				}
				path := fill(r.Path, at, k, link)
				for prefix, id := range ids {
					if strings.HasPrefix(r.Path, prefix+":id") {
						path = strings.Replace(r.Path, ":id", fmt.Sprint(id), 1)
					}
				}
				page := v.client.Once(r.Method, path, url.Values{})
				t.Run(fmt.Sprintf("%s %s as %s", r.Method, r.Path, name), func(t *testing.T) {
					judge(t, page, r, v)
				})
			}
		}
	})
}

// owned says whether only a post's writer may use a route.
func owned(r site.Route) bool {
	return strings.HasSuffix(r.Path, "/edit") || strings.HasSuffix(r.Path, "/withdraw")
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
		return strings.Replace(path, ":slug", "early-loss", 1)
	case strings.HasPrefix(path, "/articles/:"):
		return "/articles/feelings-after-a-loss"
	}
	return strings.Replace(path, ":slug", "some-words", 1)
}

// judge compares an answer with what the route's "who" and the state of somebody's
// account promise.
func judge(t *testing.T, p *testkit.Page, r site.Route, v visitor) {
	t.Helper()
	to := p.Header.Get("Location")
	toSignIn := p.Status == http.StatusSeeOther && strings.HasPrefix(to, "/sign-in")
	may := mayUse(r, v.Actor)
	kind := acts[r.Path]
	closed := r.Method == http.MethodPost && v.limit != "" && (kind == "writes" || kind == "joins" && v.limit != forum.MeasureReadOnly)
	// What one alone may know of is not there for anybody else; tests of their own
	// have it.
	unknown := strings.HasPrefix(r.Path, "/me/decisions/") || strings.HasPrefix(r.Path, "/me/second-step/passkeys/:id") || r.Path == "/care/:case" && !(v.Moderates() && r.Method == http.MethodGet) || r.Path == "/questions/:id/answer"
	switch {
	case !may && mayUse(r, v.whole):
		if p.Status != http.StatusSeeOther || !strings.HasPrefix(to, "/me/second-step?next=") {
			t.Errorf("answered %d (%s), want a way to the second step", p.Status, to)
		}
	case may && (unknown || owned(r) && v.post.ID == 0):
		if p.Status != http.StatusNotFound {
			t.Errorf("answered %d to somebody who did not write the post, want 404", p.Status)
		}
	case may && closed:
		if p.Status != http.StatusUnprocessableEntity || !saysClosed(p) {
			t.Errorf("answered %d (%s), want to be told that the account is limited", p.Status, to)
		}
	case may:
		if p.Status == http.StatusNotFound && r.Path != "/me/drafts" || p.Status == http.StatusForbidden || p.Status >= 500 || toSignIn || r.Method == http.MethodPost && saysClosed(p) {
			t.Errorf("answered %d (%s), want to be let in", p.Status, to)
		}
	case r.Who == "members" || r.Who == "writers" || r.Who == "answerers" && !v.SignedIn():
		if !toSignIn && r.Path != "/me/drafts" {
			t.Errorf("answered %d (%s), want a way to sign in", p.Status, to)
		}
	default:
		if p.Status != http.StatusNotFound {
			t.Errorf("answered %d, want 404", p.Status)
		}
	}
}

// saysClosed says whether a form was refused because the account is limited.
func saysClosed(p *testkit.Page) bool {
	return strings.Contains(p.Text(), "Your words are still on this page. If you think this is wrong") || strings.Contains(p.Text(), "You can read here, but not reply for now")
}

func mayUse(r site.Route, a forum.Actor) bool {
	return map[string]bool{
		"anyone": true, "members": a.SignedIn(), "writers": a.SignedIn(), "moderators": a.Moderates(), "leads": a.Has(forum.RoleLead),
		"midwives": a.Midwife(), "answerers": a.Midwife(), "recorders": a.Moderates() || a.Has(forum.RoleAdmin), "keepers": a.Keeps(),
	}[r.Who]
}
