package site_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"snowdrop/internal/forum"
	"snowdrop/internal/site"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
	"snowdrop/moderation"
)

// ruled is calm, with rules to show and a version of them.
func ruled(o *forum.Options) {
	calm(o)
	read := o.Assess
	o.Assess = func(text string) moderation.Assessment {
		a := read(text)
		a.Rules = "v-one"
		if at := strings.Index(text, "greyed"); at >= 0 {
			a.Findings = append(a.Findings, moderation.Finding{Category: "mind", Rule: "test.other", Start: at, End: at + 6, Quote: "greyed", Why: "Cleared.", Changed: []string{"about somebody else"}, Cancelled: true})
		}
		return a
	}
	o.Rules = []moderation.Rule{
		{ID: "test.emergency", Category: "body", Level: 3, Why: "A made-up sign.", Source: "A leaflet, 2024", Hits: []string{"a", "b"}, Misses: []string{"c"}, File: "body.yaml", Line: 3},
		{ID: "test.other", Category: "mind", Level: 2, Why: "Another.", Source: "A book", SignedOff: "Dr A, 2026-01-02", Hits: []string{"a"}, Misses: []string{"c"}, File: "mind.yaml", Line: 9},
	}
}

func TestAFalseAlarmCountsForTheRulesThatSpoke(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, ruled)
		writer, m := h.Person("writer", forum.RoleMember), h.SignedIn(h.Person("mod", forum.RoleModerator))
		m.Get("/").Want(200).One("a", "href", "/rules")
		h.SignedIn(writer).Get("/").Want(200).None("a", "href", "/rules")
		m.Get("/rules").Want(200).Says("v-one", "test.emergency", "A leaflet, 2024", "Not yet signed off by a clinician", "Signed off: Dr A, 2026-01-02", "2 examples and 1 near miss", "has not spoken in a case yet")

		decide := func(body, alarm string) *testkit.Page {
			post := h.Thread(writer, func(n *forum.NewThread) { n.Body = body })
			k, err := s.CaseOfPost(t.Context(), post.ID)
			if err != nil {
				t.Fatal(err)
			}
			path := fmt.Sprintf("/queue/%d", k.ID)
			p := m.Post(path+"/claim", nil).Want(200).Says("rules version v-one")
			p.One("input", "name", "false_alarm", "type", "checkbox")
			// A form that is not complete comes back with the box as it was.
			p = p.Submit(path+"/decisions", "action", "remove", "false_alarm", alarm).Want(422)
			if got := p.Form(path + "/decisions").Get("false_alarm"); got != alarm {
				t.Errorf("the box came back as %q, not %q", got, alarm)
			}
			p.Submit(path+"/decisions", "action", "keep", "false_alarm", alarm).Want(200)
			return m.Get(path).Want(200)
		}
		decide("An EMERGENCY, and greyed.", "").Silent("a false alarm.")
		decide("Another EMERGENCY, EMERGENCY.", "1").Says("Triage was wrong: a false alarm.")
		page := m.Get("/rules").Want(200)
		if text := testkit.Text(page.One("li", "data-rule", "test.emergency")); !strings.Contains(text, "spoke in 2 posts, a false alarm in 1") {
			t.Errorf("figures: %s", text)
		}
		if text := testkit.Text(page.One("li", "data-rule", "test.other")); !strings.Contains(text, "has not spoken") {
			t.Errorf("a cancelled finding counts: %s", text)
		}
		m.Get("/record").Want(200).Says("keep, false alarm, rules v-one", "keep, rules v-one")

		// No triage, no false alarm.
		plain := h.Thread(writer, nil)
		if _, err := h.Community.Report(t.Context(), forum.Actor{}, forum.NewReport{PostID: plain.ID, Door: forum.DoorRules, Reason: "unkind"}); err != nil {
			t.Fatal(err)
		}
		k, err := s.CaseOfPost(t.Context(), plain.ID)
		if err != nil {
			t.Fatal(err)
		}
		path := fmt.Sprintf("/queue/%d", k.ID)
		p := m.Post(path+"/claim", nil).Want(200)
		p.None("input", "name", "false_alarm")
		p.Submit(path+"/decisions", "action", "keep", "false_alarm", "1").Want(200)
		if d, err := s.Decisions(t.Context(), k.ID); err != nil || len(d) != 1 || d[0].FalseAlarm {
			t.Errorf("decisions %+v, %v", d, err)
		}
	})
}

func TestTryingATextKeepsNothing(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	h := testkit.NewHouse(t, testkit.Open(t, "sqlite"), ruled)
	server, err := site.New(site.Options{Community: h.Community, Site: h.Site, BaseURL: h.URL, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	h.URL = listener.URL
	m := h.SignedIn(h.Person("mod", forum.RoleModerator))
	count := func() int {
		t.Helper()
		rows, err := h.Store.Record(t.Context(), 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		return len(rows)
	}
	before := count()
	p := m.Post("/rules", url.Values{"text": {"  It is an EMERGENCY.\r\nNot greyed <b>words</b>. "}}).Want(200)
	if got := testkit.Text(p.One("mark")); got != "EMERGENCY" {
		t.Errorf("marked %q", got)
	}
	p.Says("looks within 5 minutes and decides within 15 minutes", "Body 3 of 3", "about somebody else", "Call 999 or go to A&E if", "Readers would not see it", "<b>words</b>")
	p.One("section", "data-tried", "P0")
	if got := p.Form("/rules").Get("text"); !strings.Contains(got, "EMERGENCY.\nNot greyed") {
		t.Errorf("given back as %q", got)
	}
	m.Post("/rules", url.Values{"text": {"An ordinary day."}}).Want(200).Says("Nothing in it asks for a moderator", "Readers would see it at once").None("mark")
	m.Post("/rules", url.Values{"text": {"UNSEEN PANIC"}}).Want(200).Says("Triage did not answer", "111, your maternity unit")
	m.Post("/rules", url.Values{"text": {strings.Repeat("é", forum.MaxBody)}}).Want(200)
	for _, bad := range []string{"", " \n", "a\x00b", "\xff", strings.Repeat("é", forum.MaxBody+1)} {
		m.Post("/rules", url.Values{"text": {bad}}).Want(422).None("section", "data-tried", "*")
	}
	h.SignedIn(h.Person("member", forum.RoleMember)).Post("/rules", url.Values{"text": {"EMERGENCY"}}).Want(404).Silent("EMERGENCY")
	if rows, err := h.Store.Queue(t.Context(), forum.QueueQuery{Limit: 10}); err != nil || len(rows) != 0 {
		t.Errorf("%d cases, %v", len(rows), err)
	}
	if n := count(); n-before > 1 { // the member's account
		t.Errorf("%d entries in the record", n-before)
	}
	if log.Len() == 0 || strings.Contains(log.String(), "EMERGENCY") || strings.Contains(log.String(), "UNSEEN") {
		t.Errorf("the log says %s", log.String())
	}
}
