package config

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

func shipped(t *testing.T) *Site {
	t.Helper()
	s, err := LoadSite("")
	if err != nil {
		t.Fatalf("the shipped site data must load: %v", err)
	}
	return s
}

// altered loads the shipped data with one piece of text exchanged, as an
// operator's own file.
func altered(t *testing.T, old, new string) (path string, err error) {
	t.Helper()
	text := string(shippedSite)
	if !strings.Contains(text, old) {
		t.Fatalf("the shipped site data no longer contains %q", old)
	}
	path = filepath.Join(t.TempDir(), "site.yaml")
	if err := os.WriteFile(path, []byte(strings.Replace(text, old, new, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = LoadSite(path)
	return path, err
}

func TestShippedTopics(t *testing.T) {
	want := []struct{ slug, audience string }{
		{"early-loss", "public"},
		{"late-loss", "public"},
		{"stillbirth", "members"},
		{"neonatal-death", "members"},
		{"ectopic-and-molar", "public"},
		{"ending-a-pregnancy", "members"},
		{"partners-and-dads", "public"},
		{"body-and-recovery", "public"},
		{"remembering", "members"},
		{"trying-again", "members"},
	}
	topics := shipped(t).Topics
	if len(topics) != len(want) {
		t.Fatalf("%d topics, want %d", len(topics), len(want))
	}
	for i, w := range want {
		if topics[i].Slug != w.slug || topics[i].Audience != w.audience {
			t.Errorf("topic %d is %s (%s), want %s (%s)", i, topics[i].Slug, topics[i].Audience, w.slug, w.audience)
		}
		if topics[i].Description == "" {
			t.Errorf("topic %s has no description", w.slug)
		}
	}
}

// Every thread carries its topic's disclaimer, so each must say whom to call
// and when it is an emergency, and must never say that nobody answers.
func TestDisclaimersSendPeopleToCare(t *testing.T) {
	for _, topic := range shipped(t).Topics {
		for _, piece := range []string{"general", "**If you have a health concern", "GP", "NHS 111", "999", "A&E"} {
			if !strings.Contains(topic.Disclaimer, piece) {
				t.Errorf("the disclaimer of %s does not say %q", topic.Slug, piece)
			}
		}
		for _, piece := range []string{"not answered", "monitored"} {
			if strings.Contains(topic.Disclaimer, piece) {
				t.Errorf("the disclaimer of %s says %q, which the midwives' answers beneath it contradict", topic.Slug, piece)
			}
		}
		if n := len(regexp.MustCompile(`[.]\*{0,2}(\s|$)`).FindAllString(topic.Disclaimer, -1)); n < 2 || n > 4 {
			t.Errorf("the disclaimer of %s has %d sentences; two to four", topic.Slug, n)
		}
		if strings.Count(topic.Disclaimer, "**")%2 != 0 {
			t.Errorf("the disclaimer of %s leaves bold open", topic.Slug)
		}
	}
}

func TestCrisisLines(t *testing.T) {
	var crisis []string
	for _, h := range shipped(t).Helplines {
		if h.Crisis {
			crisis = append(crisis, h.Slug)
			if h.Phone == "" && h.Text == "" {
				t.Errorf("crisis line %s can be neither called nor texted", h.Slug)
			}
		}
		if h.For == "" {
			t.Errorf("helpline %s does not say who it is for", h.Slug)
		}
	}
	want := []string{"emergency-999", "nhs-111", "samaritans", "shout", "lifeline-ni"}
	if !slices.Equal(crisis, want) {
		t.Errorf("crisis lines are %v, want %v", crisis, want)
	}
}

// A number that is not in the registry is never re-checked, so it would go stale
// unseen. Clocks, years and temperatures have fewer than three digits or stand
// in fields that nobody dials from.
func TestEveryNumberIsInTheRegistry(t *testing.T) {
	s := shipped(t)
	digits := func(text string) string { return strings.ReplaceAll(text, " ", "") }
	number := regexp.MustCompile(`\d(?: ?\d){2,}`)

	registry := map[string]bool{}
	for _, h := range s.Helplines {
		for _, n := range number.FindAllString(h.Phone+"\n"+h.Text, -1) {
			registry[digits(n)] = true
		}
	}
	check := func(where string, texts ...string) {
		for _, n := range number.FindAllString(strings.Join(texts, "\n"), -1) {
			if !registry[digits(n)] {
				t.Errorf("%s gives the number %s, which is not in the registry", where, n)
			}
		}
	}
	for _, topic := range s.Topics {
		check("topic "+topic.Slug, topic.Description, topic.Disclaimer, topic.Note)
	}
	for _, card := range s.CareCards {
		check("care card "+card.Slug, append([]string{card.Heading, card.Opening, card.Closing}, card.Points...)...)
	}
	for _, reason := range s.Reasons {
		check("reason "+reason.Code, reason.Author, reason.Reporter)
	}
	for _, h := range s.Helplines {
		check("helpline "+h.Slug, h.For, h.Hours)
	}
	check("midwife_hours", s.MidwifeHours)
}

func TestCareCards(t *testing.T) {
	level := map[string]string{
		"body_emergency":   "emergency",
		"mind_emergency":   "emergency",
		"body_urgent":      "urgent",
		"movements_urgent": "urgent",
		"mind_urgent":      "urgent",
		"mind_support":     "support",
		"safety_support":   "support",
	}
	for _, card := range shipped(t).CareCards {
		if card.Level != level[card.Slug] {
			t.Errorf("care card %s is %s, want %s", card.Slug, card.Level, level[card.Slug])
		}
		if card.Level == "emergency" && card.Heading != "Call 999 or go to A&E if" {
			t.Errorf("care card %s is headed %q", card.Slug, card.Heading)
		}
		if card.Level == "emergency" && (len(card.Lines) == 0 || card.Lines[0] != "emergency-999") {
			t.Errorf("care card %s does not offer 999 first", card.Slug)
		}
		if strings.HasPrefix(card.Slug, "mind_") && !strings.HasPrefix(card.Opening, "We're glad you told someone.") {
			t.Errorf("care card %s opens with %q, not with warmth", card.Slug, card.Opening)
		}
		if !strings.Contains(strings.ToLower(card.Source), "sign-off") {
			t.Errorf("care card %s does not say where its sign-off stands", card.Slug)
		}
		if text := strings.Join(card.Points, " ") + card.Opening + card.Closing; strings.Contains(text, "](") || strings.Contains(text, "://") {
			t.Errorf("care card %s has a link; only numbers belong on it", card.Slug)
		}
	}
}

func TestReasons(t *testing.T) {
	want := strings.Fields("W1 W2 W3 W4 M1 M2 H1 H2 P1 P2 P3 S1 S2 S3 C1 C2 C3 C4 C5 C6 L1 X1 X2 O1")
	var got []string
	for _, r := range shipped(t).Reasons {
		got = append(got, r.Code)
		if r.Welfare != strings.HasPrefix(r.Code, "W") {
			t.Errorf("reason %s: welfare is %v", r.Code, r.Welfare)
		}
		if r.Reporter == "" {
			t.Errorf("reason %s has no words for whoever reported", r.Code)
		}
		if !r.Welfare {
			continue
		}
		if !strings.HasPrefix(r.Author, "We read your post and wanted to check how you are") {
			t.Errorf("reason %s opens with %.40q, not with care", r.Code, r.Author)
		}
		for _, word := range []string{"rule", "violat", "guideline", "took your post down", "warning"} {
			if strings.Contains(strings.ToLower(r.Author), word) {
				t.Errorf("reason %s is about care, but its words say %q", r.Code, word)
			}
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("reasons are %v, want %v", got, want)
	}
}

func TestClocks(t *testing.T) {
	want := []Clock{
		{"P0", 5 * time.Minute, 15 * time.Minute, ""},
		{"P1", 30 * time.Minute, 2 * time.Hour, ""},
		{"P2", time.Hour, 4 * time.Hour, "staffed"},
		{"P3", 8 * time.Hour, 24 * time.Hour, "staffed"},
		{"P4", 2 * time.Hour, 12 * time.Hour, "staffed"},
		{"PA", 8 * time.Hour, 40 * time.Hour, "office"},
	}
	if got := shipped(t).Clocks; !slices.Equal(got, want) {
		t.Errorf("clocks are %v, want %v", got, want)
	}
}

// The whole file is read by grieving people, so its voice is held by a test.
// The comments are left out: they speak to operators.
func TestVoice(t *testing.T) {
	for i, line := range strings.Split(string(shippedSite), "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		for _, word := range []string{"!", "at least", "foetus", "fetus", "products of", "perinatal"} {
			if strings.Contains(strings.ToLower(line), word) {
				t.Errorf("site.yaml line %d says %q: %s", i+1, word, strings.TrimSpace(line))
			}
		}
	}
}

func TestOperatorsFile(t *testing.T) {
	if _, err := altered(t, "name: Snowdrop", "name: Aconite"); err != nil {
		t.Errorf("a sound file of an operator's own must load: %v", err)
	}
	if _, err := LoadSite(filepath.Join(t.TempDir(), "absent.yaml")); err == nil {
		t.Error("a file that is not there must be an error, never the shipped copy")
	}
}

func TestUnknownKeyNamesFileAndLine(t *testing.T) {
	path, err := altered(t, "name: Snowdrop\n", "name: Snowdrop\nhelp_lines: []\n")
	if err == nil {
		t.Fatal("an unknown key must be an error")
	}
	before, _, _ := strings.Cut(string(shippedSite), "name: Snowdrop\n")
	line := regexp.MustCompile(`(?m)^>?\s*(\d+) \| help_lines`).FindStringSubmatch(err.Error())
	if want := strings.Count(before, "\n") + 2; line == nil || line[1] != strconv.Itoa(want) {
		t.Errorf("the error must name line %d: %v", want, err)
	}
	if !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "help_lines") {
		t.Errorf("the error must name the file and the key: %v", err)
	}
}

func TestFaultsAreFound(t *testing.T) {
	tests := []struct{ name, old, new, want string }{
		{"care card with an unknown helpline", "lines: [nhs-111]", "lines: [nhs-112]", "body_urgent names helpline nhs-112"},
		{"care card gone", "slug: mind_support", "slug: mind_other", "care card mind_support is missing"},
		{"care card with an unknown level", "level: urgent", "level: high", `level "high"`},
		{"care card with six points", "      - you have hurt yourself or taken something\n", "      - one\n      - two\n      - three\n", "6 points"},
		{"topic twice", "slug: late-loss", "slug: early-loss", "early-loss stands twice"},
		{"topic for nobody", "audience: members", "audience: friends", `audience "friends"`},
		{"helpline twice", "slug: shout", "slug: samaritans", "samaritans stands twice"},
		{"helpline without a source", "source: Public lists of podcasts", `source: ""`, "dad-still-standing"},
		{"date that is none", `checked_on: ""`, "checked_on: last week", "not a date"},
		{"band without a clock", "band: P3", "band: P9", "band P3"},
		{"clock that decides before it looks", "look: 30m, decide: 2h", "look: 3h, decide: 2h", "band P1"},
		{"duration that is none", "look: 5m", "look: soon", "soon"},
		{"too many held posts", "hold_first_posts: 2", "hold_first_posts: 11", "hold_first_posts is 11"},
		{"hours without a time", `from: "07:00"`, `from: "early"`, "not a time like"},
		{"hours on no day", "days: [mon, tue, wed, thu, fri]", "days: [monday]", `"monday"`},
		{"a clock in hours that are none", "hours: office }", "hours: weekends }", `"weekends"`},
		{"a zone that is none", "time_zone: Europe/London", "time_zone: Europe/Nowhere", "time_zone"},
		{"care that counts against somebody", "    second: crisis\n", "    strike: always\n", "reason W1: strike"},
		{"a reserved band that is none", "reserve_bands: [P3, PA]", "reserve_bands: [P7]", `"P7" is no band`},
		{"no name", "name: Snowdrop", `name: ""`, "name is empty"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := altered(t, test.old, test.new)
			if err == nil {
				t.Fatal("the fault went unseen")
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error does not say %q: %v", test.want, err)
			}
		})
	}
}

// The articles are the other place that speaks for the charity: what they point
// to must be in the site data, and they must not contradict the care cards.
func TestArticlesAgreeWithSiteData(t *testing.T) {
	s := shipped(t)
	files, err := filepath.Glob("../web/articles/*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("no articles found: %v", err)
	}
	known := map[string]bool{}
	for _, h := range s.Helplines {
		known["{{helpline:"+h.Slug+"}}"] = true
	}
	for _, topic := range s.Topics {
		known["topic "+topic.Slug] = true
	}
	for _, f := range files {
		known["/articles/"+strings.TrimSuffix(filepath.Base(f), ".md")] = true
	}
	// 999 and 111 are names that people know; every other number is a token.
	number := regexp.MustCompile(`\b\d(?: ?\d){5,}\b|\b116 ?123\b|\b85258\b`)
	reference := regexp.MustCompile(`\{\{[^}]*\}\}|/articles/[a-z0-9-]*`)

	for _, f := range files {
		name := filepath.Base(f)
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		parts := strings.SplitN(string(data), "---\n", 3)
		if len(parts) != 3 || parts[0] != "" {
			t.Errorf("%s does not open with front matter", name)
			continue
		}
		var front struct {
			Title        string   `yaml:"title"`
			Summary      string   `yaml:"summary"`
			Topics       []string `yaml:"topics"`
			Kinds        []string `yaml:"kinds"`
			Words        []string `yaml:"words"`
			Sources      []string `yaml:"sources"`
			LastReviewed string   `yaml:"last_reviewed"`
			NextReview   string   `yaml:"next_review"`
			Clinician    string   `yaml:"clinician"`
			Guarded      bool     `yaml:"guarded"`
			Minutes      int      `yaml:"minutes"`
		}
		if err := yaml.UnmarshalWithOptions([]byte(parts[1]), &front, yaml.Strict()); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if front.Title == "" || front.Summary == "" || len(front.Sources) == 0 || front.Minutes < 1 {
			t.Errorf("%s needs a title, a summary, sources and minutes", name)
		}
		for _, topic := range front.Topics {
			if !known["topic "+topic] {
				t.Errorf("%s suits topic %s, which is not there", name, topic)
			}
		}
		for _, word := range front.Words {
			if word != strings.ToLower(word) {
				t.Errorf("%s: word %q is not in lower case", name, word)
			}
		}
		last, err1 := time.Parse(time.DateOnly, front.LastReviewed)
		next, err2 := time.Parse(time.DateOnly, front.NextReview)
		if err1 != nil || err2 != nil || !next.After(last) {
			t.Errorf("%s: review dates %q and %q", name, front.LastReviewed, front.NextReview)
		}
		for _, ref := range reference.FindAllString(parts[2], -1) {
			if !known[ref] {
				t.Errorf("%s points to %s, which is not there", name, ref)
			}
		}
		if n := number.FindString(parts[2]); n != "" {
			t.Errorf("%s types the number %s; use a helpline token", name, n)
		}
		for _, word := range []string{"!", "at least", "foetus", "fetus", "products", "perinatal"} {
			if strings.Contains(strings.ToLower(parts[2]), word) {
				t.Errorf("%s says %q", name, word)
			}
		}
	}

	body, err := os.ReadFile("../web/articles/what-your-body-may-do.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, card := range s.CareCards {
		if !strings.HasPrefix(card.Slug, "body_") {
			continue
		}
		for _, line := range append([]string{"## " + card.Heading}, card.Points...) {
			if !strings.Contains(string(body), line+"\n") {
				t.Errorf("what-your-body-may-do.md does not repeat care card %s word for word: %s", card.Slug, line)
			}
		}
	}
}

func TestWordsOfOnesOwnInCareCards(t *testing.T) {
	for text, fine := range map[string]bool{"about {{loss}} and {{Baby}}": true, "about {{name}}": false} {
		s := shipped(t)
		s.CareCards[0].Closing = text
		if err := s.validate(); (err == nil) != fine {
			t.Errorf("%q: %v", text, err)
		}
	}
}
