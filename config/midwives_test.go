package config

import (
	"strings"
	"testing"
)

func TestWhenMidwivesAreThere(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		days        []string
		from, until string
		want        string
	}{
		{[]string{"mon", "tue", "wed", "thu", "fri"}, "09:00", "17:00", "Monday to Friday 9am to 5pm"},
		{[]string{"tue"}, "12:00", "13:30", "Tuesday midday to 1.30pm"},
		{[]string{"sun", "mon", "sat"}, "00:00", "24:00", "Monday, Saturday to Sunday midnight to midnight"},
		{[]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}, "12:30", "20:15", "every day 12.30pm to 8.15pm"},
	} {
		s := Site{Hours: []Hours{{Name: "midwives", Days: c.days, From: c.from, Until: c.until}}}
		if got := s.MidwivesAt(); got != c.want {
			t.Errorf("%v %s to %s: %q, want %q", c.days, c.from, c.until, got, c.want)
		}
	}
	if got := (&Site{}).MidwivesAt(); got != "" {
		t.Errorf("without hours: %q", got)
	}
}

func TestAnswerBlocks(t *testing.T) {
	t.Parallel()
	shipped, err := LoadSite("")
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range shipped.Midwives.Blocks {
		if text := shipped.Fill(b); strings.Contains(text, "{{") {
			t.Errorf("%s: %s", b.Slug, text)
		}
		if b.SignedOff != "" {
			t.Errorf("%s is shipped as signed off: only the charity's own clinician can do that", b.Slug)
		}
	}
	for text, want := range map[string]string{
		"Call {{helpline:nhs-111}}.":            "",
		"Call {{helpline:nobody}}.":             "not in the registry",
		"Call 111.":                             "has the number 111",
		"Call 0808 164 3332.":                   "has the number",
		"After 2 weeks, or 24 hours, see a GP.": "",
	} {
		s := *shipped
		s.Midwives.Blocks = []AnswerBlock{{Slug: "b", Title: "B", Version: 1, Text: text, Source: "NHS", ReviewBy: "2027-01-01"}}
		err := s.validate()
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
