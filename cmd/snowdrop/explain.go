package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"snowdrop/config"
	"snowdrop/internal/forum"
	"snowdrop/internal/site"
	"snowdrop/moderation"
)

var (
	mindWords = [...]string{"ordinary grief, or nothing", "struggling", "a wish to be dead, or thoughts of suicide", "a method or an intent", "a plan, a time or a farewell"}
	bodyWords = [...]string{"nothing now", "a question for a midwife", "needs care today", "an emergency"}
	readers   = map[moderation.Disposition]string{
		moderation.Publish: "readers see it at once",
		moderation.Fold:    "readers see one kind line that opens on a tap, until a person has looked",
		moderation.Hold:    "only the writer and moderators see it, until a person has looked",
	}
)

// explain prints what triage makes of one text, for people.
func explain(s *session, engine *moderation.Engine, in io.Reader) error {
	data, err := config.LoadSite(s.settings.SiteFile)
	if err != nil {
		return err
	}
	text, err := readText(in)
	if err != nil {
		return err
	}
	a, err := assess(engine, text)
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Band         %s\n", a.Band)
	fmt.Fprintf(&b, "Mind         %d of 4: %s\n", a.Mind, mindWords[a.Mind])
	fmt.Fprintf(&b, "Body         %d of 3: %s\n", a.Body, bodyWords[a.Body])
	tags := "none"
	if len(a.Tags) > 0 {
		tags = joined(a.Tags)
	}
	fmt.Fprintf(&b, "Tags         %s\n", tags)
	fmt.Fprintf(&b, "Disposition  %s: %s\n", a.Disposition, readers[a.Disposition])
	fmt.Fprintf(&b, "Rules        version %s, %d rules\n", a.Rules, len(engine.Rules()))

	b.WriteString("\nWho is told\n")
	if clock, queued := site.ForumOptions(data, nil).Clocks[a.Band]; queued {
		fmt.Fprintf(&b, "  Moderators: a case in band %s. Somebody looks within %s and decides within %s.\n", a.Band, length(clock.Look), length(clock.Decide))
	} else {
		b.WriteString("  Nobody: nothing here asks for a moderator.\n")
	}
	if data.HoldFirstPosts > 0 {
		fmt.Fprintf(&b, "  If it is one of a new member's first %d posts, it waits for a moderator in any case.\n", data.HoldFirstPosts)
	}

	b.WriteString("\nWhat its writer is shown\n")
	cards := forum.CareFor(a)
	if len(cards) == 0 {
		b.WriteString("  No care card.\n")
	}
	for _, slug := range cards {
		if i := slices.IndexFunc(data.CareCards, func(c config.CareCard) bool { return c.Slug == slug }); i >= 0 {
			fmt.Fprintf(&b, "  %s: “%s …”%s\n", slug, data.CareCards[i].Heading, numbers(data, data.CareCards[i].Lines))
		}
	}

	list(&b, "What counted", text, a.Findings, false)
	list(&b, "What was found, but cleared by its context", text, a.Findings, true)
	if _, err := io.WriteString(s.out, b.String()); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

func list(b *strings.Builder, heading, text string, found []moderation.Finding, cancelled bool) {
	some := false
	for _, f := range found {
		if f.Cancelled != cancelled {
			continue
		}
		if !some {
			fmt.Fprintf(b, "\n%s\n", heading)
		}
		some = true
		fmt.Fprintf(b, "  %s\n    rule %s, %s", inContext(text, f.Start, f.End), f.Rule, f.Category)
		if f.Level > 0 {
			fmt.Fprintf(b, ", level %d", f.Level)
		}
		fmt.Fprintf(b, "\n    %s\n", f.Why)
		for _, c := range f.Changed {
			fmt.Fprintf(b, "    context: %s\n", c)
		}
	}
	if !some && !cancelled {
		fmt.Fprintf(b, "\n%s\n  Nothing.\n", heading)
	}
}

// inContext is the words from start to end in brackets, with some before and after.
func inContext(text string, start, end int) string {
	const around = 40 // characters
	before, after := text[:start], text[end:]
	from, to := len(before), 0
	for n := 0; n < around && from > 0; n++ {
		_, size := utf8.DecodeLastRuneInString(before[:from])
		from -= size
	}
	for n := 0; n < around && to < len(after); n++ {
		_, size := utf8.DecodeRuneInString(after[to:])
		to += size
	}
	words := before[from:] + "[" + text[start:end] + "]" + after[:to]
	if from > 0 {
		words = "…" + words
	}
	if to < len(after) {
		words += "…"
	}
	// One line, and nothing that a terminal would obey.
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, words)
}

// numbers says which helplines a care card names.
func numbers(data *config.Site, slugs []string) string {
	var all []string
	for _, h := range data.Helplines {
		if slices.Contains(slugs, h.Slug) {
			how := h.Phone
			if how == "" {
				how = h.Text
			}
			all = append(all, h.Name+" ("+how+")")
		}
	}
	if len(all) == 0 {
		return ""
	}
	return " " + strings.Join(all, ", ")
}

func joined[S ~string](words []S) string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = string(w)
	}
	return strings.Join(all, " ")
}

// length says a clock's time: 30m, 2h, 1h30m.
func length(d time.Duration) string {
	text := strings.TrimSuffix(d.String(), "0s")
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
