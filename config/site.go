package config

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

//go:embed site.yaml
var shippedSite []byte

// Site is the charity's own data: what an operator edits without touching code.
// The shipped copy is site.yaml beside this file; an operator's copy replaces it
// whole (SNOWDROP_SITE_FILE), so that no half-merged helpline can appear.
type Site struct {
	Name           string     `yaml:"name"`
	Topics         []Topic    `yaml:"topics"`
	Helplines      []Helpline `yaml:"helplines"`
	CareCards      []CareCard `yaml:"care_cards"`
	Reasons        []Reason   `yaml:"reasons"`
	TimeZone       string     `yaml:"time_zone"` // of all hours, e.g. Europe/London
	Hours          []Hours    `yaml:"hours"`
	Clocks         []Clock    `yaml:"clocks"`
	Queue          Queue      `yaml:"queue"`
	HoldFirstPosts int        `yaml:"hold_first_posts"` // how many posts of a new member a moderator reads first, 0 to 10
	MidwifeHours   string     `yaml:"midwife_hours"`    // said to people before they post
	Midwives       Midwives   `yaml:"midwives"`
	Retention      Retention  `yaml:"retention"`
	LeaveURL       string     `yaml:"leave_url"` // where "Leave this site" goes
	Contact        string     `yaml:"contact"`   // e-mail address of whoever runs the site; empty: none is shown
	LocalServices  []Local    `yaml:"local_services"`
}

// Topic is one room of the forum.
type Topic struct {
	Slug        string `yaml:"slug"`
	Title       string `yaml:"title"`
	Description string `yaml:"description"` // one line under the title
	Audience    string `yaml:"audience"`    // public or members
	Disclaimer  string `yaml:"disclaimer"`  // the health-concern disclaimer on every thread here; small Markdown
	Note        string `yaml:"note"`        // said on the topic page, e.g. that it mentions new pregnancies; may be empty
}

// Helpline is one entry of the only registry of phone numbers. Every page, mail
// and care card takes its numbers from here.
type Helpline struct {
	Slug      string   `yaml:"slug"`
	Name      string   `yaml:"name"`
	Former    string   `yaml:"former"`     // earlier name, shown so that people recognise it
	For       string   `yaml:"for"`        // who it is for, one sentence
	Phone     string   `yaml:"phone"`      // digits grouped as people say them: 116 123
	Text      string   `yaml:"text"`       // how to text: "SHOUT to 85258"
	Email     string   `yaml:"email"`      //
	Web       string   `yaml:"web"`        // host only; shown as text
	Hours     string   `yaml:"hours"`      // as found, in words; empty when no source gave them
	Nations   []string `yaml:"nations"`    // England, Wales, Scotland, Northern Ireland; empty means all four
	Crisis    bool     `yaml:"crisis"`     // shown first, re-checked every 30 days instead of 90
	Source    string   `yaml:"source"`     // where the number was found
	CheckedOn string   `yaml:"checked_on"` // YYYY-MM-DD on which a person checked it; empty: nobody has
	Conflict  string   `yaml:"conflict"`   // what sources disagree about; empty when they agree
}

// CareCard is shown to the writer of a post in the response that answers it.
type CareCard struct {
	Slug    string   `yaml:"slug"`    // body_emergency, body_urgent, movements_urgent, mind_emergency, mind_urgent, mind_support, safety_support
	Level   string   `yaml:"level"`   // emergency, urgent or support
	Heading string   `yaml:"heading"` // "Call 999 or go to A&E if"
	Opening string   `yaml:"opening"` // one or two sentences before the list
	Points  []string `yaml:"points"`  // five at most
	Lines   []string `yaml:"lines"`   // helpline slugs
	Closing string   `yaml:"closing"` // after the list
	After   string   `yaml:"after"`   // said only to somebody who has just written: what happens now
	Source  string   `yaml:"source"`  // where the thresholds come from
}

// Reason is why a moderator decided: a code with the words for author and reporter.
type Reason struct {
	Code      string `yaml:"code"`      // as in the moderation handbook: W1, C2 …
	Title     string `yaml:"title"`     // for the moderator
	Guideline string `yaml:"guideline"` // the house rule it stands on; empty: none
	Author    string `yaml:"author"`    // message to the author; a moderator may edit it before sending
	Reporter  string `yaml:"reporter"`  // message to whoever reported
	Welfare   bool   `yaml:"welfare"`   // care, never conduct: no strike, no "rules" wording
	Illegal   bool   `yaml:"illegal"`   // may be illegal content under the Online Safety Act 2023
	Strike    string `yaml:"strike"`    // counts against the writer: empty (never), repeat (not the first time) or always
	Second    string `yaml:"second"`    // who else must agree: empty, always, crisis (in P0) or midwife
}

// Hours is when somebody is there, by name. The name staffed is when people are
// there for what is urgent; outside it P0 and P1 are held. The name mail is when
// mail is sent that can wait.
type Hours struct {
	Name  string   `yaml:"name"`
	Days  []string `yaml:"days"`  // mon, tue, wed, thu, fri, sat, sun
	From  string   `yaml:"from"`  // 07:00
	Until string   `yaml:"until"` // 23:00; 24:00 is midnight
}

// Clock says how long a band may wait.
type Clock struct {
	Band   string        `yaml:"band"`   // P0 to P4, PA for appeals
	Look   time.Duration `yaml:"look"`   // until a person first looks
	Decide time.Duration `yaml:"decide"` // until a decision or contact
	Hours  string        `yaml:"hours"`  // in which it runs; empty: always
}

// Queue is how the work is shared out.
type Queue struct {
	ReserveEvery int           `yaml:"reserve_every"` // one case in so many is of the reserved bands; 0: none
	ReserveBands []string      `yaml:"reserve_bands"`
	RestCases    int           `yaml:"rest_cases"`   // after so many cases in a shift a moderator is asked to rest; 0: never
	RestHeavy    int           `yaml:"rest_heavy"`   // after so many of P0 and P1
	MostSpam     int           `yaml:"most_spam"`    // how many adverts may be decided on together, 0 to 50; 0: none
	TrainedOnly  []string      `yaml:"trained_only"` // bands for people whom a lead has cleared
	StrikeLife   time.Duration `yaml:"strike_life"`  // how long a strike, a note or a warning counts
}

// Week is the minutes of each day on which somebody is there, Sunday first.
func (h Hours) Week() (week [7][2]int, err error) {
	names := []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	from, err := minutes(h.From)
	if err != nil {
		return week, err
	}
	until, err := minutes(h.Until)
	if err != nil {
		return week, err
	}
	if until <= from || len(h.Days) == 0 {
		return week, fmt.Errorf("hours %s: nobody is ever there", h.Name)
	}
	for _, day := range h.Days {
		i := slices.Index(names, day)
		if i < 0 {
			return week, fmt.Errorf("hours %s: %q is none of %v", h.Name, day, names)
		}
		week[i] = [2]int{from, until}
	}
	return week, nil
}

func minutes(clock string) (int, error) {
	if clock == "24:00" {
		return 24 * 60, nil
	}
	t, err := time.Parse("15:04", clock)
	if err != nil {
		return 0, fmt.Errorf("%q is not a time like 07:00", clock)
	}
	return t.Hour()*60 + t.Minute(), nil
}

// Local is a service for one area, such as a maternity unit's own line.
type Local struct {
	Area      string `yaml:"area"`
	Name      string `yaml:"name"`
	Phone     string `yaml:"phone"`
	When      string `yaml:"when"`
	Source    string `yaml:"source"`
	CheckedOn string `yaml:"checked_on"`
}

// LoadSite reads the site data from path, or the shipped copy when path is empty.
// Unknown keys, missing pieces and references to nothing are errors that name the
// file and, for YAML faults, the line.
func LoadSite(path string) (*Site, error) {
	data, name := shippedSite, "site.yaml (shipped)"
	if path != "" {
		var err error
		if data, err = os.ReadFile(path); err != nil {
			return nil, fmt.Errorf("read site data: %w", err)
		}
		name = path
	}
	var s Site
	if err := yaml.UnmarshalWithOptions(data, &s, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("site data %s: %w", name, err)
	}
	if err := s.validate(); err != nil {
		return nil, fmt.Errorf("site data %s: %w", name, err)
	}
	return &s, nil
}

func (s *Site) validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if s.Name == "" {
		fault("name is empty")
	}
	s.checkRetention(fault)
	if len(s.Topics) == 0 {
		fault("there are no topics")
	}
	seen := map[string]bool{}
	for _, t := range s.Topics {
		if t.Slug == "" || t.Title == "" || t.Disclaimer == "" {
			fault("topic %q needs a slug, a title and a disclaimer", t.Slug)
		}
		if t.Audience != "public" && t.Audience != "members" {
			fault("topic %s: audience %q is neither public nor members", t.Slug, t.Audience)
		}
		if seen["topic "+t.Slug] {
			fault("topic %s stands twice", t.Slug)
		}
		seen["topic "+t.Slug] = true
	}
	for _, h := range s.Helplines {
		if h.Slug == "" || h.Name == "" || h.Source == "" {
			fault("helpline %q needs a slug, a name and a source", h.Slug)
		}
		if seen["helpline "+h.Slug] {
			fault("helpline %s stands twice", h.Slug)
		}
		seen["helpline "+h.Slug] = true
		if h.CheckedOn != "" {
			if _, err := time.Parse(time.DateOnly, h.CheckedOn); err != nil {
				fault("helpline %s: checked_on %q is not a date like 2026-11-01", h.Slug, h.CheckedOn)
			}
		}
	}
	for _, slug := range []string{"body_emergency", "body_urgent", "movements_urgent", "mind_emergency", "mind_urgent", "mind_support", "safety_support"} {
		if !slices.ContainsFunc(s.CareCards, func(c CareCard) bool { return c.Slug == slug }) {
			fault("care card %s is missing", slug)
		}
	}
	for _, c := range s.CareCards {
		// {{baby}} and {{loss}} stand for the reader's own words.
		said := strings.NewReplacer("{{baby}}", "", "{{loss}}", "", "{{Baby}}", "", "{{Loss}}", "").Replace(strings.Join(append([]string{c.Opening, c.Closing, c.After}, c.Points...), " "))
		if strings.Contains(c.Heading+said, "{{") {
			fault("care card %s: only {{baby}} and {{loss}} can be put in, and not in its heading", c.Slug)
		}
		if len(c.Points) > 5 {
			fault("care card %s has %d points; five at most", c.Slug, len(c.Points))
		}
		if c.Level != "emergency" && c.Level != "urgent" && c.Level != "support" {
			fault("care card %s: level %q", c.Slug, c.Level)
		}
		for _, line := range c.Lines {
			if !seen["helpline "+line] {
				fault("care card %s names helpline %s, which is not in the registry", c.Slug, line)
			}
		}
	}
	for _, r := range s.Reasons {
		if r.Code == "" || r.Title == "" || r.Author == "" {
			fault("reason %q needs a code, a title and words for the author", r.Code)
		}
		if !slices.Contains([]string{"", "repeat", "always"}, r.Strike) || r.Welfare && r.Strike != "" {
			fault("reason %s: strike %q", r.Code, r.Strike)
		}
		if !slices.Contains([]string{"", "always", "crisis", "midwife"}, r.Second) {
			fault("reason %s: second %q", r.Code, r.Second)
		}
	}
	if _, err := time.LoadLocation(s.TimeZone); err != nil || s.TimeZone == "" {
		fault("time_zone %q is none", s.TimeZone)
	}
	named := map[string]bool{"": true}
	for _, h := range s.Hours {
		if _, err := h.Week(); err != nil {
			faults = append(faults, err)
		}
		named[h.Name] = true
	}
	for _, c := range s.Clocks {
		if !named[c.Hours] {
			fault("band %s: there are no hours %q", c.Band, c.Hours)
		}
	}
	bands := []string{"P0", "P1", "P2", "P3", "P4", "PA"}
	for _, b := range slices.Concat(s.Queue.ReserveBands, s.Queue.TrainedOnly) {
		if !slices.Contains(bands, b) {
			fault("queue: %q is no band", b)
		}
	}
	if s.Queue.MostSpam < 0 || s.Queue.MostSpam > 50 {
		fault("queue: most_spam is %d; 0 to 50", s.Queue.MostSpam)
	}
	for _, band := range bands {
		i := slices.IndexFunc(s.Clocks, func(c Clock) bool { return c.Band == band })
		if i < 0 || s.Clocks[i].Look <= 0 || s.Clocks[i].Decide < s.Clocks[i].Look {
			fault("band %s needs a clock with look > 0 and decide >= look", band)
		}
	}
	s.checkMidwives(fault)
	if s.HoldFirstPosts < 0 || s.HoldFirstPosts > 10 {
		fault("hold_first_posts is %d; 0 to 10", s.HoldFirstPosts)
	}
	return errors.Join(faults...)
}
