package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Midwives is how midwives are checked, and what they may put into an answer. The
// hours named midwives say when they are there.
type Midwives struct {
	Recheck    time.Duration   `yaml:"recheck"`     // between two looks at the public register
	Remind     []time.Duration `yaml:"remind"`      // how long before a registration ends people are told
	AnswerLife time.Duration   `yaml:"answer_life"` // after which an answer is shown as an older one
	Blocks     []AnswerBlock   `yaml:"blocks"`
}

// AnswerBlock is a piece of an answer. Nobody can use it until a clinician has
// signed it off, and nobody can after its review date.
type AnswerBlock struct {
	Slug      string `yaml:"slug"`
	Title     string `yaml:"title"`
	Version   int    `yaml:"version"`    // one higher with every change
	Text      string `yaml:"text"`       // phone numbers as {{helpline:nhs-111}}
	Source    string `yaml:"source"`     // whose facts they are
	SignedOff string `yaml:"signed_off"` // which clinician answers for this version; empty: nobody yet
	ReviewBy  string `yaml:"review_by"`  // YYYY-MM-DD
}

var (
	helplineToken = regexp.MustCompile(`\{\{helpline:([a-z0-9-]+)\}\}`)
	bareNumber    = regexp.MustCompile(`\d[\d ]*\d[\d ]*\d`)
)

// Fill is the text of a block with the helplines' numbers in it.
func (s *Site) Fill(b AnswerBlock) string {
	return helplineToken.ReplaceAllStringFunc(b.Text, func(token string) string {
		slug := helplineToken.FindStringSubmatch(token)[1]
		i := slices.IndexFunc(s.Helplines, func(h Helpline) bool { return h.Slug == slug })
		switch {
		case i < 0:
			return token // validate refuses it
		case s.Helplines[i].Phone == "" || strings.HasSuffix(s.Helplines[i].Name, s.Helplines[i].Phone):
			return s.Helplines[i].Name
		}
		return s.Helplines[i].Name + " on " + s.Helplines[i].Phone
	})
}

func (s *Site) checkMidwives(fault func(string, ...any)) {
	m := s.Midwives
	if m.Recheck <= 0 || m.AnswerLife <= 0 {
		fault("midwives: recheck and answer_life need a time")
	}
	seen := map[string]bool{}
	for _, b := range m.Blocks {
		if b.Slug == "" || strings.ContainsAny(b.Slug, ": ") || b.Title == "" || b.Text == "" || b.Source == "" || b.Version < 1 {
			fault("answer block %q needs a slug, a title, a text, a source and a version from 1", b.Slug)
		}
		if seen[b.Slug] {
			fault("answer block %s stands twice", b.Slug)
		}
		seen[b.Slug] = true
		if _, err := time.Parse(time.DateOnly, b.ReviewBy); err != nil {
			fault("answer block %s: review_by %q is not a date like 2026-11-01", b.Slug, b.ReviewBy)
		}
		for _, token := range helplineToken.FindAllStringSubmatch(b.Text, -1) {
			if !slices.ContainsFunc(s.Helplines, func(h Helpline) bool { return h.Slug == token[1] }) {
				fault("answer block %s names helpline %s, which is not in the registry", b.Slug, token[1])
			}
		}
		if number := bareNumber.FindString(helplineToken.ReplaceAllString(b.Text, "")); number != "" {
			fault("answer block %s has the number %s; write helplines as {{helpline:slug}}", b.Slug, number)
		}
	}
}

// MidwivesAt says in words on which days and at which hours midwives are there, as
// "Monday to Friday 9am to 5pm"; empty when there are no such hours.
func (s *Site) MidwivesAt() string {
	i := slices.IndexFunc(s.Hours, func(h Hours) bool { return h.Name == "midwives" })
	if i < 0 {
		return ""
	}
	week, err := s.Hours[i].Week()
	if err != nil {
		return ""
	}
	// Days that follow each other are said as one, Monday first.
	var parts []string
	for d := 0; d < 7; d++ {
		from := d
		if week[(d+1)%7] == [2]int{} {
			continue
		}
		for d < 6 && week[(d+2)%7] != [2]int{} {
			d++
		}
		first, last := time.Weekday((from+1)%7).String(), time.Weekday((d+1)%7).String()
		switch {
		case from == d:
			parts = append(parts, first)
		case from == 0 && d == 6:
			parts = append(parts, "every day")
		default:
			parts = append(parts, first+" to "+last)
		}
	}
	return fmt.Sprintf("%s %s to %s", strings.Join(parts, ", "), Clock12(s.Hours[i].From), Clock12(s.Hours[i].Until))
}

// Clock12 says a time like 17:00 as people do: 5pm.
func Clock12(clock string) string {
	n, err := minutes(clock)
	if err != nil {
		return clock
	}
	hour, min := n/60%24, n%60
	switch {
	case hour == 0 && min == 0:
		return "midnight"
	case hour == 12 && min == 0:
		return "midday"
	}
	half := "am"
	if hour >= 12 {
		half = "pm"
	}
	if hour = hour % 12; hour == 0 {
		hour = 12
	}
	if min == 0 {
		return fmt.Sprintf("%d%s", hour, half)
	}
	return fmt.Sprintf("%d.%02d%s", hour, min, half)
}
