package site_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/internal/secret"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
	"snowdrop/moderation"
)

// desk is a house with a post that was reported, and two who moderate.
type desk struct {
	*testkit.House
	t                     *testing.T
	writer, one, two, led forum.Actor
	post                  forum.Post
	path                  string // of the case
}

func newDesk(t *testing.T, s *store.Store, change func(*forum.Options)) *desk {
	t.Helper()
	h := testkit.NewHouse(t, s, func(o *forum.Options) {
		o.Assess = harmless
		if change != nil {
			change(o)
		}
	})
	d := &desk{House: h, t: t, writer: h.Person("writer", forum.RoleMember), one: h.Person("one", forum.RoleModerator), two: h.Person("two", forum.RoleModerator), led: h.Person("Lea", forum.RoleLead)}
	d.post = h.Thread(d.writer, nil)
	d.path = d.report(d.post, "Bea")
	return d
}

// report has somebody report a post, and says where its case is.
func (d *desk) report(p forum.Post, name string) string {
	d.t.Helper()
	by := d.Person(name, forum.RoleMember)
	if _, err := d.Community.Report(d.t.Context(), by, forum.NewReport{PostID: p.ID, Door: forum.DoorRules, Reason: "unkind", Note: "Please look."}); err != nil {
		d.t.Fatal(err)
	}
	k, err := d.Store.CaseOfPost(d.t.Context(), p.ID)
	if err != nil {
		d.t.Fatal(err)
	}
	return fmt.Sprintf("/queue/%d", k.ID)
}

func TestNextCaseIsServedByOneButton(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		d := newDesk(t, s, func(o *forum.Options) { o.ShiftLimit = forum.ShiftLimit{Cases: 1} })
		one, two := d.SignedIn(d.one), d.SignedIn(d.two)
		one.Get("/queue").Want(200).Says("Next case", "All cases").One("article", "data-case", "*")
		p := one.Post("/queue/next", nil).Want(200).Says("You have this case until", "Please look.", "Not this one for me", "I need five minutes")
		if p.URL.Path != d.path {
			t.Errorf("served %s, want %s", p.URL.Path, d.path)
		}
		one.Get("/queue").Want(200).Says("You hold 1 case")
		two.Post("/queue/next", nil).Want(200).Says("Nothing waits that you can take")
		two.Get("/queue/shift").Want(200).Says("Your shift", "Nothing. You can go whenever you like.")

		// Enough for one shift: asked, never locked.
		p.Submit(d.path + "/pass").Want(200).Says("Somebody else looks at that one")
		d.report(d.Thread(d.writer, func(n *forum.NewThread) { n.Title = "Another one" }), "Cal")
		p = one.Post("/queue/next", nil).Want(200).Says("Time to rest", "Go on with one more")
		if p.URL.Path != "/queue/rest" {
			t.Errorf("asked to rest at %s", p.URL.Path)
		}
		if p = p.Submit("/queue/next").Want(200).Says("Another one"); p.URL.Path == d.path {
			t.Error("served what was passed on")
		}
	})
}

func TestAPauseGivesEverythingBackWithANote(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		d := newDesk(t, s, nil)
		one, two := d.SignedIn(d.one), d.SignedIn(d.two)
		p := one.Post("/queue/next", nil).Want(200)
		form := p.Form(d.path + "/decisions")
		form.Set("note", "She wrote before.")
		form.Set("message", "I am sorry that")
		p = one.Post("/queue/pause", form).Want(200).Says("Take your time", "I’m back", "Before you go", "116 123")
		two.Post(d.path+"/claim", nil).Want(200).Says("Handed over.", "She wrote before.", "A message to the writer was begun", "I am sorry that")
		p.Submit("/queue/next").Want(200).Says("Nothing waits that you can take")

		two.Get("/queue/shift").Want(200).Says("In your hands", "Case ")
		two.Post("/queue/pause", url.Values{"note": {strings.Repeat("x", forum.MaxNote+1)}, "end": {"1"}}).Want(422).Says("Nothing was changed yet")
		two.Post("/queue/pause", url.Values{"note": {"Over to you."}, "end": {"1"}}).Want(200).Says("Thank you", "nothing is left in your hands", "Before you go")
		one.Get(d.path).Want(200).Says("Over to you.")

		lead := d.SignedIn(d.led)
		lead.Get("/queue/shifts").Want(200).Says("one", "two", "1 case", "At it", "Over")
		one.Get("/queue/shifts").Want(404)
	})
}

func TestTrainingIsNotedByLeads(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		d := newDesk(t, s, func(o *forum.Options) { o.TrainedOnly = []moderation.Band{moderation.P2} })
		one, lead := d.SignedIn(d.one), d.SignedIn(d.led)
		one.Post(d.path+"/claim", nil).Want(422).Says("people who were trained")
		one.Post("/queue/next", nil).Want(200).Says("Nothing waits that you can take")
		lead.Get("/queue/shifts").Want(200).Says("Training", "P2 is for people whom a lead has cleared")
		lead.Post("/queue/training", url.Values{"person": {"x"}}).Want(422)
		lead.Post("/queue/training", url.Values{"person": {fmt.Sprint(d.writer.ID)}, "trained": {"1"}}).Want(422)
		lead.Post("/queue/training", url.Values{"person": {fmt.Sprint(d.one.ID)}, "trained": {"1"}}).Want(200).Says("Trained")
		one.Post("/queue/training", url.Values{"person": {fmt.Sprint(d.two.ID)}, "trained": {"1"}}).Want(404)
		one.Post(d.path+"/claim", nil).Want(200)
	})
}

func TestWhatWasTypedOutlivesATakeOver(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		d := newDesk(t, s, nil)
		one, two := d.SignedIn(d.one), d.SignedIn(d.two)
		mine := one.Post(d.path+"/claim", nil).Want(200)
		two.Get(d.path).Want(200).Says("one has this case", "Take it over")
		two.Post(d.path+"/take", url.Values{"why": {" "}}).Want(422).Says("One more thing")
		two.Post(d.path+"/take", url.Values{"why": {"It is late, and they went."}}).Want(200).Says("You have this case until", "Taken over from one.")

		typed := mine.Form(d.path + "/decisions")
		for name, value := range map[string]string{"action": "remove", "reason": "C2", "message": "My careful words.", "note": "For the team.", "answer": "Thank you, Bea.", "body": "How are you?"} {
			typed.Set(name, value)
		}
		p := one.Post(d.path+"/decisions", typed).Want(409).Says("two took this over at", "It is late, and they went.", "My careful words.", "For the team.", "Thank you, Bea.", "How are you?", "Take it down", "C2")
		p.None("form", "action", d.path+"/decisions")
		one.Post(d.path+"/look", typed).Want(200).Says("two took this over at", "My careful words.")

		// The other one gives it back; everything goes on where it was.
		two.Post(d.path+"/release", nil).Want(200)
		kept := p.Form(d.path + "/claim")
		p = one.Post(d.path+"/claim", kept).Want(200)
		again := p.Form(d.path + "/decisions")
		for _, name := range []string{"action", "reason", "message", "note", "answer"} {
			if again.Get(name) != typed.Get(name) {
				t.Errorf("%s is %q, want %q", name, again.Get(name), typed.Get(name))
			}
		}
		one.Post(d.path+"/decisions", again).Want(200).Says("Decided.")
		d.SignedIn(d.writer).Get("/me/notices").Want(200).Says("My careful words.")
	})
}

func TestAnEditWhileClaimedIsShownSideBySide(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		d := newDesk(t, s, nil)
		one := d.SignedIn(d.one)
		p := one.Post(d.path+"/claim", nil).Want(200)
		d.SignedIn(d.writer).Get(fmt.Sprintf("/posts/%d/edit", d.post.ID)).Want(200).Submit(fmt.Sprintf("/posts/%d/edit", d.post.ID), "body", "We lost our baby three weeks ago and I do not know when to go back.").Want(200)
		p = p.Submit(d.path+"/decisions", "action", "fold", "reason", "S2", "message", "Kept words.").Want(409).
			Says("The writer changed their words", "What you saw", "What stands there now", "Kept words.", "ready to send again")
		if marks := p.Find("mark"); len(marks) != 2 || strings.TrimSpace(testkit.Text(marks[0])) != "two" || strings.TrimSpace(testkit.Text(marks[1])) != "three" {
			t.Errorf("%d stretches are marked, want the one word that differs on each side", len(marks))
		}
		p.Submit(d.path + "/decisions").Want(200).Says("Decided.") // as it was typed
	})
}

func TestAPreviewDecidesNothing(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		d := newDesk(t, s, nil)
		one := d.SignedIn(d.one)
		p := one.Post(d.path+"/claim", nil).Want(200)
		form := p.Form(d.path + "/decisions")
		form.Set("action", "keep")
		one.Post(d.path+"/look", form).Want(200).Says("What people will read", "Nothing. Nothing changes for them.", "1 person who reported it")
		form.Set("action", "ask_change")
		form.Set("reason", "C1")
		form.Set("measures", "read_only")
		form.Set("days", "3")
		form.Set("answer", "We asked them.")
		p = one.Post(d.path+"/look", form).Want(200).Says("They measure one loss", "You can read here", "We asked them.")
		form.Set("measures", "ban")
		form.Set("days", "")
		one.Post(d.path+"/look", form).Want(200).Says("Nobody is banned by one person alone")
		if list, err := s.Decisions(t.Context(), 1); err != nil || len(list) != 0 {
			t.Errorf("%d decisions, %v", len(list), err)
		}
		p.Submit(d.path+"/decisions", "days", "31").Want(422).Says("1 to 30 days")
		p.Submit(d.path+"/decisions", "days", "soon").Want(422)
		p.Submit(d.path+"/decisions", "reason", "W1").Want(422).Says("Care is never a measure")
		p.Submit(d.path + "/decisions").Want(200).Says("Decided.")
	})
}

func TestLinesAreCovered(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		d := newDesk(t, s, nil)
		post := d.Thread(d.writer, func(n *forum.NewThread) {
			n.Title, n.Body = "Three lines", "One kept line.\n\nA line with a name.\nThe last line."
		})
		path := d.report(post, "Cal")
		p := d.SignedIn(d.one).Post(path+"/claim", nil).Want(200)
		p.Submit(path+"/decisions", "action", "redact", "reason", "P2").Want(422).Says("choose the lines to cover")
		p.Submit(path+"/decisions", "action", "redact", "reason", "P2", "lines", "line-3").Want(200)
		d.Client().Get(fmt.Sprintf("/threads/%d", post.ThreadID)).Want(200).Says("One kept line.", "The last line.", "has covered this line").Silent("A line with a name")
	})
}

func TestCareAndNotesStandApart(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		d := newDesk(t, s, nil)
		one, writer := d.SignedIn(d.one), d.SignedIn(d.writer)
		p := one.Post(d.path+"/claim", nil).Want(200)
		form := p.Form(d.path + "/decisions")
		key, _ := testkit.Attribute(p.One("input", "name", "care_key"), "value")
		form.Set("care_key", key)
		form.Set("message", "A message that is not finished")
		form.Set("staff_note", "A note that is not finished")
		one.Post(d.path+"/care", form).Want(422).Says("Nothing was sent yet", "A message that is not finished")
		form.Set("body", "We are thinking of you.")
		for range 2 { // the same tap again
			one.Post(d.path+"/care", form).Want(200).Says("We are thinking of you.", "one, for the team", "A message that is not finished", "A note that is not finished")
		}
		if n := strings.Count(writer.Get("/me/notices").Want(200).Body, "We are thinking of you."); n != 1 {
			t.Errorf("told %d times", n)
		}
		form.Set("body", "Half a care message")
		one.Post(d.path+"/note", form).Want(200).Says("A note by the team.", "A note that is not finished", "Half a care message", "A message that is not finished")
		form.Set("staff_note", "")
		one.Post(d.path+"/note", form).Want(422).Says("Nothing was kept yet")
		writer.Get("/me/notices").Want(200).Silent("not finished")

		// On a post without a case.
		other := d.Thread(d.writer, func(n *forum.NewThread) { n.Title = "Quiet" })
		note := fmt.Sprintf("/posts/%d/note", other.ID)
		d.SignedIn(d.writer).Get(note).Want(404)
		p = one.Get(note).Want(200).Says("A note for the team")
		p.Submit(note, "note", "").Want(422)
		p.Submit(note, "note", "She has been away for long.", "band", "P3").Want(200).Says("She has been away for long.", "Quiet", "Care")
	})
}

func TestASecondPersonDecidesBlind(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		d := newDesk(t, s, nil)
		one, two, lead := d.SignedIn(d.one), d.SignedIn(d.two), d.SignedIn(d.led)
		p := one.Post(d.path+"/claim", nil).Want(200)
		p.Submit(d.path+"/decisions", "action", "fold", "reason", "S2", "message", "The first one's words.", "note", "A first note.", "not_sure", "1").Want(200).Says("Somebody else on the team decides too")
		one.Get(d.path).Want(200).Says("You have decided already")
		one.Post(d.path+"/claim", nil).Want(422).Says("You have decided already")
		p = two.Post(d.path+"/claim", nil).Want(200).Says("You are the second person")
		p.Silent("The first one's words", "A first note", "S2 Birth or medical detail needs a fold</b>")
		if f := p.Form(d.path + "/decisions"); f.Get("action") != "" || f.Get("message") != "" || f.Get("reason") != "" {
			t.Errorf("the second form is not empty: %v", f)
		}
		lead.Get(d.path).Want(200).Silent("The first one's words")
		p.Submit(d.path+"/decisions", "action", "keep").Want(200).Says("decided differently")
		two.Get(d.path).Want(200).Silent("The first one's words").Says("waits for a lead")
		p = lead.Post(d.path+"/claim", nil).Want(200).Says("Two people decided differently", "The first one's words.", "A first note.", "Kept", "Folded")
		p.Submit(d.path+"/decisions", "action", "fold", "reason", "S2").Want(200).Says("Decided.")
	})
}

func TestAnAppealIsAnsweredBySomebodyElse(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		d := newDesk(t, s, nil)
		one, two := d.SignedIn(d.one), d.SignedIn(d.two)
		p := one.Post(d.path+"/claim", nil).Want(200)
		p.Submit(d.path+"/decisions", "action", "ask_change", "reason", "C1", "message", "Please change it.", "measures", "warning").Want(200)
		list, err := s.Decisions(t.Context(), 1)
		if err != nil || len(list) != 1 {
			t.Fatalf("%d decisions: %v", len(list), err)
		}
		if _, err := d.Community.Appeal(t.Context(), d.writer, list[0].ID, "I compared nothing."); err != nil {
			t.Fatal(err)
		}
		one.Get(d.path).Want(200).Says("Somebody asked for another look at what you decided", "I compared nothing.")
		one.Post(d.path+"/claim", nil).Want(422)
		p = two.Post(d.path+"/claim", nil).Want(200).Says("Answer the appeal", "What was decided", "Please change it.", "I compared nothing.", "A warning, C1", "What we decided stands", "We were wrong")
		p.Submit(d.path+"/decisions", "action", "overturn", "message", "We are sorry. You were right.").Want(200).Says("Decided.")
		d.SignedIn(d.writer).Get("/me/notices").Want(200).Says("We are sorry. You were right.")
		d.Client().Get(fmt.Sprintf("/threads/%d", d.post.ThreadID)).Want(200).Says("I do not know when to go back")
		two.Get(d.path).Want(200).Says("Taken back after an appeal")
	})
}

func TestOutcomesOfSingleReports(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		d := newDesk(t, s, nil)
		p := d.SignedIn(d.one).Post(d.path+"/claim", nil).Want(200).Says("Report 1, by Bea")
		form := p.Form(d.path + "/decisions")
		outcome := ""
		for name := range form {
			if strings.HasPrefix(name, "outcome_") {
				outcome = name
			}
		}
		if outcome == "" { // a list with nothing chosen sends nothing in this test's browser
			signals, err := s.Signals(t.Context(), 1)
			if err != nil || len(signals) != 1 {
				t.Fatal(len(signals), err)
			}
			outcome = fmt.Sprintf("outcome_%d", signals[0].ID)
		}
		p.Submit(d.path+"/decisions", "action", "keep", "reason", "X1", outcome, "nonsense").Want(422).Says("what came of each signal")
		p.Submit(d.path+"/decisions", "action", "keep", "reason", "C2", outcome, "misuse", "misuse", "warning").Want(200)
		signals, err := s.Signals(t.Context(), 1)
		if err != nil || signals[0].Outcome != forum.OutcomeMisuse {
			t.Errorf("%+v, %v", signals, err)
		}
		if list, err := s.Measures(t.Context(), *signals[0].PersonID); err != nil || len(list) != 1 || list[0].Kind != forum.MeasureWarning {
			t.Errorf("measures %+v, %v", list, err)
		}
	})
}

func TestHeavyWordsAreCovered(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.Open(t, "sqlite"), func(o *forum.Options) {
		o.Assess = func(text string) moderation.Assessment {
			a := harmless(text)
			if i := strings.Index(text, "a dark line"); i >= 0 {
				a.Band, a.Mind, a.Disposition = moderation.P1, 2, moderation.Fold
				a.Findings = []moderation.Finding{
					{Category: "mind", Rule: "dark", Start: i, End: i + 11, Quote: "a dark line", Why: "Dark.", Level: 2},
					{Category: "mind", Rule: "small.one", Start: i, End: i + 1, Why: "A small sign.", Level: 1}, {Category: "mind", Rule: "small.two", Start: i, End: i + 2, Why: "Another small sign.", Level: 1},
					{Category: "body", Rule: "old", Start: i + 2, End: i + 6, Why: "Bleeding.", Cancelled: true, Changed: []string{"said of last week"}},
				}
			}
			return a
		}
		o.Rules = []moderation.Rule{{ID: "small.one", Weak: true}, {ID: "small.two", Weak: true}}
	})
	post := d.Comment(d.writer, forum.NewComment{ThreadID: d.post.ThreadID, Body: "This is a dark line."})
	k, err := d.Store.CaseOfPost(t.Context(), post.ID)
	if err != nil {
		t.Fatal(err)
	}
	path := fmt.Sprintf("/queue/%d", k.ID)
	p := d.SignedIn(d.one).Post(path+"/claim", nil).Want(200).Says("This is hard to read", "What changed it: said of last week", "Two small signs, which count only together", "What stands before it", "I do not know when to go back")
	for n := range p.One("details", "class", "fold").Descendants() {
		if _, open := testkit.Attribute(n.Parent, "open"); open && n.Parent.Data == "details" {
			t.Error("heavy words stand open")
		}
	}
}

func TestSealedNotesTakeTwoLeads(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		d := newDesk(t, s, nil)
		path := d.path + "/sealed"
		d.SignedIn(d.one).Get(path).Want(404)
		lea, ruth := d.SignedIn(d.led), d.SignedIn(d.Person("Ruth", forum.RoleLead))
		lea.Get("/queue/99/sealed").Want(404)
		lea.Get(path).Want(200).Says("Sealed notes")
		lea.Post(path, url.Values{"do": {"seal"}, "kind": {"emergency"}}).Want(422)
		lea.Post(path, url.Values{"do": {"seal"}, "kind": {"other"}, "words": {"Kept words."}}).Want(422).Says("Kept words.")
		lea.Post(path, url.Values{"do": {"seal"}, "kind": {"emergency"}, "words": {"Told the ambulance at 3."}}).Want(200).Silent("Told the ambulance").Says("Waits for a second lead")
		lea.Post(path, url.Values{"do": {"sign"}, "id": {"1"}}).Want(409).Says("another lead must sign")
		ruth.Post(path, url.Values{"do": {"sign"}, "id": {"1"}}).Want(200).Says("Signed by two leads")
		ruth.Post(path, url.Values{"do": {"read"}, "id": {"1"}}).Want(422).Silent("Told the ambulance")
		ruth.Post(path, url.Values{"do": {"read"}, "id": {"1"}, "purpose": {forum.SealPurposes[0]}}).Want(200).Says("Told the ambulance at 3.")
		ruth.Post(path, url.Values{"do": {"read"}, "id": {"7"}, "purpose": {forum.SealPurposes[0]}}).Want(404)
		ruth.Post(path, url.Values{"do": {"address"}, "purpose": {forum.SealPurposes[0]}}).Want(200).Says("writer@example.org")
		ruth.Post(path, url.Values{"do": {"nothing"}}).Want(422)
		ruth.Get("/record").Want(200).Says("Sealed read", "Address read").Silent("ambulance", "writer@example.org")
	})
}

func TestDeskRefuses(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		d := newDesk(t, s, nil)
		one, member := d.SignedIn(d.one), d.SignedIn(d.writer)
		for _, what := range []string{"claim", "take", "pass", "look", "care", "note", "decisions", "release"} {
			one.Post("/queue/99/"+what, url.Values{"why": {"x"}, "body": {"x"}, "staff_note": {"x"}, "action": {"keep"}, "key": {"k"}}).Want(404)
			member.Post(d.path+"/"+what, nil).Want(404)
		}
		for _, path := range []string{"/queue/live", "/queue/rest", "/queue/shift", "/queue/shifts", "/queue/0", "/queue/x"} {
			member.Get(path).Want(404)
		}
		member.Post("/queue/next", nil).Want(404)
		member.Post("/queue/pause", nil).Want(404)
		// Who reported it may not decide on it.
		if _, err := d.Community.Report(t.Context(), d.two, forum.NewReport{PostID: d.post.ID, Door: forum.DoorRules, Reason: "unkind"}); err != nil {
			t.Fatal(err)
		}
		d.SignedIn(d.two).Get(d.path).Want(200).Says("You reported this post yourself").None("form", "action", d.path+"/claim")
		d.SignedIn(d.two).Post(d.path+"/claim", nil).Want(422).Says("You reported this post yourself")
		d.SignedIn(d.two).Post("/queue/next", nil).Want(200).Says("Nothing waits that you can take")
	})
}

// Adverts are ticked on one page and taken down together; what changed since the
// page was opened is left, and said.
func TestAdvertsTogether(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		d := newDesk(t, s, nil)
		by := d.Person("Cy", forum.RoleMember)
		advert := func(title string) forum.Post {
			p := d.Thread(d.writer, func(n *forum.NewThread) { n.Title = title })
			if _, err := d.Community.Report(t.Context(), by, forum.NewReport{PostID: p.ID, Door: forum.DoorRules, Reason: "spam"}); err != nil {
				t.Fatal(err)
			}
			return p
		}
		first, second := advert("Buy this"), advert("Buy that")
		const path = "/queue/adverts"
		d.SignedIn(by).Get(path).Want(404)
		one := d.SignedIn(d.one)
		one.Get("/queue").One("a", "href", path)
		p := one.Get(path).Want(200).Silent("How long were you off work")
		boxes := p.Find("input", "name", "case")
		if len(boxes) != 2 {
			t.Fatalf("%d boxes", len(boxes))
		}
		form := url.Values{"key": {p.Form(path).Get("key")}}
		for _, b := range boxes {
			if _, ticked := testkit.Attribute(b, "checked"); ticked {
				t.Error("one is ticked already")
			}
			value, _ := testkit.Attribute(b, "value")
			form.Add("case", value)
		}
		one.Post(path, url.Values{"key": form["key"]}).Want(422).Says("Please tick the posts that are adverts")
		one.Post(path, url.Values{"key": form["key"], "case": {"nonsense"}}).Want(422)
		if _, err := d.Community.EditPost(t.Context(), d.writer, forum.PostEdit{PostID: second.ID, Title: "Buy that", Body: "I take that back."}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			one.Post(path, form).Want(409).Says("Taken down.", "The writer changed their words. It was left as it is.", "I take that back.")
		}
		for id, want := range map[int64]forum.PostState{first.ID: forum.StateRemoved, second.ID: forum.StatePublic} {
			row, err := d.Store.Post(t.Context(), d.one, id)
			if err != nil || row.State != want {
				t.Errorf("post %d is %s, want %s (%v)", id, row.State, want, err)
			}
		}
		d.SignedIn(d.writer).Get("/me/notices").Want(200).Says("We have taken your post down")
		p = one.Get(path)
		value, _ := testkit.Attribute(p.One("input", "name", "case"), "value")
		one.Post(path, url.Values{"key": {"another"}, "case": {value}}).Want(200).Says("Taken down.", "No adverts wait here")
	})
}

// The team's way to a note stands at every post but their own, and for nobody else.
func TestTheTeamNotesFromAPost(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		d := newDesk(t, s, nil)
		thread, note := fmt.Sprintf("/threads/%d", d.post.ThreadID), fmt.Sprintf("/posts/%d/note", d.post.ID)
		d.SignedIn(d.one).Get(thread).Says("A note for the team").One("a", "href", note)
		d.SignedIn(d.one).Get(note).Want(200).Says("A note for the team")
		for _, a := range []forum.Actor{{}, d.writer, d.Person("mia", forum.RoleMidwife)} {
			d.SignedIn(a).Get(thread).Want(200).Silent("A note for the team")
		}
		own := d.Thread(d.one, nil)
		d.SignedIn(d.one).Get(fmt.Sprintf("/threads/%d", own.ThreadID)).Silent("A note for the team")
	})
}

// Opening an address or an application leads to the second step when the last one
// was a while ago.
func TestWhatIsSealedLeadsToTheSecondStep(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		d := newDesk(t, s, func(o *forum.Options) { o.StaffFactor = true })
		if err := d.Community.Apply(t.Context(), d.writer, forum.NewApplication{Name: "Ann Other", Number: "01A2345N", Employer: "A hospital", Field: forum.FieldMidwife}); err != nil {
			t.Fatal(err)
		}
		rows, err := d.Community.Applications(t.Context(), d.led)
		if err != nil {
			t.Fatal(err)
		}
		c := d.Client()
		c.Post("/sign-in", url.Values{"email": {"Lea@example.org"}, "password": {testkit.Password}}).Want(200)
		text := typedKey.FindStringSubmatch(c.Get("/queue").Want(200).Body)[1]
		code, err := secret.TOTP(text, d.Clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		c.Post("/me/second-step", url.Values{"present": {testkit.Password}, "code": {code}}).Want(200)
		why := url.Values{"purpose": {forum.SealPurposes[0]}}
		person, application := fmt.Sprintf("/people/%d/address", d.writer.ID), fmt.Sprintf("/midwives/%d/open", rows[0].ID)
		c.Post(person, why).Want(200).Says("writer@example.org")
		c.Post(application, why).Want(200).Says("Ann Other")
		d.Clock.Move(16 * time.Minute)
		for _, path := range []string{person, application, d.path + "/sealed"} {
			form := url.Values{"purpose": why["purpose"], "do": {"address"}}
			if p := c.Once("POST", path, form); p.Status != 303 || !strings.HasPrefix(p.Header.Get("Location"), "/me/second-step") {
				t.Errorf("%s: %d %s", path, p.Status, p.Header.Get("Location"))
			}
		}
	})
}
