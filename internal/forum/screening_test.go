package forum

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"snowdrop/moderation"
)

func TestCareCards(t *testing.T) {
	for _, c := range []struct {
		mind, body int
		found      []moderation.Finding
		want       string
	}{
		{0, 0, nil, ""},
		{0, 1, nil, ""},
		{1, 0, nil, "mind_support"},
		{2, 0, nil, "mind_urgent"},
		{3, 0, nil, "mind_emergency"},
		{4, 0, nil, "mind_emergency"},
		{0, 2, nil, "body_urgent"},
		{0, 3, nil, "body_emergency"},
		{4, 3, nil, "body_emergency mind_emergency"},
		{1, 2, nil, "body_urgent mind_support"},
		{2, 3, []moderation.Finding{{Category: "abuse", Rule: "abuse.partner"}}, "body_emergency mind_urgent safety_support"},
		{0, 0, []moderation.Finding{{Category: "coercion"}}, "safety_support"},
		{0, 0, []moderation.Finding{{Category: "child_risk"}}, "safety_support"},
		{0, 0, []moderation.Finding{{Category: "coercion", Cancelled: true}, {Category: "abuse", Rule: "abuse.x", Cancelled: true}}, ""},
		{0, 0, []moderation.Finding{{Category: "abuse", Rule: "cruelty.x"}}, ""}, // its writer is not the one in danger
		{1, 0, []moderation.Finding{{Category: "spam"}, {Category: "conflict"}}, "mind_support"},
	} {
		if got := joinWords(CareFor(moderation.Assessment{Mind: c.mind, Body: c.body, Findings: c.found})); got != c.want {
			t.Errorf("mind %d, body %d, %v: %q, want %q", c.mind, c.body, c.found, got, c.want)
		}
	}
}

func TestWorse(t *testing.T) {
	order := []moderation.Band{moderation.P0, moderation.P1, moderation.P2, moderation.P3, moderation.P4, moderation.None}
	for i, a := range order {
		for j, b := range order {
			if got := worse(a, b); got != order[min(i, j)] {
				t.Errorf("worse(%s, %s) = %s", a, b, got)
			}
		}
		if worse(a, "") != a && a != moderation.None || worse("", a) != a {
			t.Errorf("no band beats %s", a)
		}
	}
}

func TestAnEditNeverMakesAPostMoreVisibleThanItWasLeft(t *testing.T) {
	for _, c := range []struct{ was, screened, want PostState }{
		{StateDraft, StatePublic, StateHeld}, {StateDraft, StateFolded, StateHeld}, {StateDraft, StateHeld, StateHeld},
		{StateHeld, StatePublic, StateHeld}, {StateHeld, StateFolded, StateHeld}, {StateHeld, StateHeld, StateHeld},
		{StateFolded, StatePublic, StateFolded}, {StateFolded, StateFolded, StateFolded}, {StateFolded, StateHeld, StateHeld},
		{StatePublic, StatePublic, StatePublic}, {StatePublic, StateFolded, StateFolded}, {StatePublic, StateHeld, StateHeld},
	} {
		if got := stateAfterEdit(c.was, c.screened); got != c.want {
			t.Errorf("%s, screened %s: %s, want %s", c.was, c.screened, got, c.want)
		}
	}
}

// details marks every word as found, and those in brackets as cancelled.
func details(text string, words ...string) moderation.Assessment {
	a := moderation.Assessment{Band: moderation.P2, Tags: []moderation.Tag{moderation.TagPersonalData}}
	for _, w := range words {
		bare := strings.Trim(w, "()")
		i := strings.Index(text, bare)
		a.Findings = append(a.Findings, moderation.Finding{Category: "personal_data", Start: i, End: i + len(bare), Quote: bare, Cancelled: bare != w})
	}
	return a
}

func TestHiddenDetails(t *testing.T) {
	for _, c := range []struct {
		text  string
		found []string
		want  string
	}{
		{"I am Mia from Hull.", nil, "I am Mia from Hull."},
		{"I am Mia from Hull.", []string{"Mia", "Hull"}, "I am [detail hidden] from [detail hidden]."},
		{"I am Mia from Hull.", []string{"Hull", "Mia"}, "I am [detail hidden] from [detail hidden]."},
		{"I am Mia from Hull.", []string{"(Mia)", "Hull"}, "I am Mia from [detail hidden]."},
		{"Zoë, 7 Elm Rd", []string{"Zoë", "7 Elm Rd"}, "[detail hidden], [detail hidden]"},
		{"at 7 Elm Rd, Hull", []string{"7 Elm Rd", "Elm"}, "at [detail hidden], Hull"},
		{"at 7 Elm Rd, Hull", []string{"7 Elm", "7 Elm Rd"}, "at [detail hidden], Hull"},
		{"at 7 Elm Rd, Hull", []string{"7 Elm Rd", "Rd, Hull"}, "at [detail hidden]"},
	} {
		if got := hideDetails(c.text, 0, details(c.text, c.found...)); got != c.want {
			t.Errorf("%q without %q: %q, want %q", c.text, c.found, got, c.want)
		}
	}
}

func TestHidingADetailNeverMovesWordsBetweenTitleAndBody(t *testing.T) {
	const title, body = "My name is", "Mia Smith, and this is about Ben."
	text := title + "\n\n" + body
	found := details(text, "name is\n\nMia Smith", "Ben")
	gotTitle, gotBody := hideDetails(title, 0, found), hideDetails(body, len(title)+2, found)
	if gotTitle != "My [detail hidden]" || gotBody != "[detail hidden], and this is about [detail hidden]." {
		t.Errorf("%q, %q", gotTitle, gotBody)
	}
}

func TestNudge(t *testing.T) {
	const title, body = "Born in Hull", "I am Mia and he is Ben."
	text := title + "\n\n" + body
	found := details(text, "Hull", "Mia", "(Ben)")
	n, ok := nudge(found, len(title), "").(*Nudge)
	if !ok || len(n.Title) != 1 || len(n.Body) != 1 {
		t.Fatalf("%+v", n)
	}
	if f := n.Title[0]; title[f.Start:f.End] != "Hull" {
		t.Errorf("title %d to %d", f.Start, f.End)
	}
	if f := n.Body[0]; body[f.Start:f.End] != "Mia" {
		t.Errorf("body %d to %d", f.Start, f.End)
	}
	if n, ok := nudge(details(body, "Mia"), 0, "").(*Nudge); !ok || len(n.Title) != 0 || body[n.Body[0].Start:n.Body[0].End] != "Mia" {
		t.Errorf("a comment: %+v", n)
	}
	urgent := found
	for _, urgent.Band = range []moderation.Band{moderation.P0, moderation.P1} {
		if err := nudge(urgent, len(title), ""); err != nil {
			t.Errorf("asked at %s: %v", urgent.Band, err)
		}
	}
	for _, answer := range []string{"hide", "keep", "anything"} {
		if err := nudge(found, len(title), answer); err != nil {
			t.Errorf("asked again after %q", answer)
		}
	}
	if err := nudge(moderation.Assessment{Findings: found.Findings}, len(title), ""); err != nil {
		t.Error("asked without the tag")
	}
}

func screener(o Options) *Community {
	return New(nil, nil, nil, slog.New(slog.NewTextHandler(io.Discard, nil)), o)
}

func TestSignalsSayWhereInTitleAndBody(t *testing.T) {
	const title, body = "Born in Hull", "I am Mia."
	c := screener(Options{Assess: func(text string) moderation.Assessment {
		a := details(text, "Hull", "(Mia)", "Hull\n\nI am")
		a.Disposition = moderation.Hold
		return a
	}})
	s := c.screen(t.Context(), title, body, AsParent, true)
	if s.State != StateHeld || s.Band != moderation.P2 || len(s.Signals) != 4 {
		t.Fatalf("%+v", s)
	}
	for i, want := range []string{"Hull", "Mia", "Hull"} {
		sig := s.Signals[i]
		text := body
		if sig.InTitle {
			text = title
		}
		if got := text[sig.Start:sig.End]; got != want || sig.InTitle != (want == "Hull") || sig.Cancelled != (want == "Mia") {
			t.Errorf("signal %d: %q %+v", i, got, sig)
		}
	}
	if last := s.Signals[3]; last.Kind != SignalHold || last.Category != "first_posts" || last.Band != moderation.P4 {
		t.Errorf("%+v", last)
	}
}

func TestTriageThatFailsHoldsThePostAndLogsNoWords(t *testing.T) {
	for name, assess := range map[string]func(string) moderation.Assessment{
		"panics": func(text string) moderation.Assessment { panic(text) },
		"slow": func(string) moderation.Assessment {
			time.Sleep(time.Hour)
			return moderation.Assessment{Band: moderation.None, Disposition: moderation.Publish}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var logged strings.Builder
				c := New(nil, nil, nil, slog.New(slog.NewTextHandler(&logged, nil)), Options{Assess: assess})
				start := time.Now()
				s := c.screen(context.Background(), "Title", "secret words", AsParent, false)
				if !s.Failed || s.State != StateHeld || s.Band != moderation.P2 || len(s.Signals) != 1 || s.Signals[0].Category != "triage_failed" || !slices.Equal(s.Care, failedCare) {
					t.Errorf("%+v", s)
				}
				if took := time.Since(start); took > 50*time.Millisecond {
					t.Errorf("took %v", took)
				}
				if logged.Len() == 0 || strings.Contains(logged.String(), "secret") {
					t.Errorf("logged %q", logged.String())
				}
				time.Sleep(2 * time.Hour) // the slow one ends within its bubble
			})
		})
	}
}

func TestAQuietBabyHasACardOfItsOwn(t *testing.T) {
	movements := moderation.Finding{Category: "body", Rule: "body.movements", Level: 2}
	fever := moderation.Finding{Category: "body", Rule: "body.fever", Level: 2}
	cleared := fever
	cleared.Cancelled = true
	for name, tc := range map[string]struct {
		found []moderation.Finding
		want  string
	}{
		"movements":                  {[]moderation.Finding{movements}, "movements_urgent"},
		"movements and a past fever": {[]moderation.Finding{movements, cleared}, "movements_urgent"},
		"movements and a fever":      {[]moderation.Finding{movements, fever}, "body_urgent"},
		"a fever":                    {[]moderation.Finding{fever}, "body_urgent"},
	} {
		if got := bodyCard(tc.found); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
}

// TestAMidwifesAnswerIsAboutSomebodyElse: saying when to call 999 is what a
// midwife is there for; it must not be held, and raises no card. Advice that could
// hurt is still seen.
func TestAMidwifesAnswerIsAboutSomebodyElse(t *testing.T) {
	c := New(nil, nil, nil, slog.New(slog.NewTextHandler(io.Discard, nil)), Options{TriageLimit: time.Minute, Assess: func(text string) moderation.Assessment {
		a := moderation.Assessment{Body: 3, Band: moderation.P0, Disposition: moderation.Hold, Findings: []moderation.Finding{{Category: "body", Rule: "body.pad_an_hour", End: 3, Quote: text[:3], Level: 3}}}
		if strings.Contains(text, "herbs") {
			a.Tags = []moderation.Tag{moderation.TagMedicalAdvice}
			a.Findings = append(a.Findings, moderation.Finding{Category: "medical_advice", Rule: "advice.remedy", End: 3, Quote: text[:3]})
		}
		return a
	}})
	const answer = "If you soak through a pad in an hour, call 999 or go to A&E."
	if s := c.screen(t.Context(), "", answer, AsParent, false); s.State != StateHeld || s.Band != moderation.P0 {
		t.Errorf("as a parent: %s, %s; want held, P0", s.State, s.Band)
	}
	if s := c.screen(t.Context(), "", answer, AsMidwife, false); s.State != StatePublic || s.Band != moderation.None || len(s.Care) > 0 || len(s.Signals) > 0 {
		t.Errorf("as a midwife: %s, %s, %v, %d signals; want it public and nothing else", s.State, s.Band, s.Care, len(s.Signals))
	}
	if s := c.screen(t.Context(), "", "Some herbs. "+answer, AsMidwife, false); s.Band != moderation.P2 || len(s.Signals) != 1 {
		t.Errorf("advice that could hurt, as a midwife: %s with %d signals, want P2 with one", s.Band, len(s.Signals))
	}
}
