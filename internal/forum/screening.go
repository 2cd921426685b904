package forum

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"snowdrop/moderation"
)

// Screening is what was found out about a text before it is stored: the state it
// starts in, the signals for its case, and the care cards for its writer.
type Screening struct {
	Assessment moderation.Assessment
	Failed     bool // triage did not answer: the post is held for human eyes
	State      PostState
	Band       moderation.Band // None: no case is opened
	Signals    []Signal
	Care       Cards
}

// failedCare is shown when triage could not read a post: the writer still sees
// where to get help.
var failedCare = Cards{"body_urgent", "mind_support"}

// screen reads title and body together and decides. newcomer says that the
// writer's first posts are still read before others see them. What a midwife
// answers is about the person who asked, so only its tags count.
func (c *Community) screen(ctx context.Context, title, body string, as Capacity, newcomer bool) Screening {
	text, offset := body, 0
	if title != "" {
		text, offset = title+"\n\n"+body, len(title)+2
	}
	a, ok := c.assess(ctx, text)
	if as == AsMidwife {
		a = a.Tagged()
	}
	s := Screening{Assessment: a, Failed: !ok, State: StatePublic, Band: moderation.None}
	if s.Failed {
		s.State, s.Band, s.Care = StateHeld, moderation.P2, failedCare
		s.Signals = []Signal{{Kind: SignalHold, Band: moderation.P2, Category: "triage_failed", Why: "Triage could not read this post, so a person must."}}
		return s
	}
	s.Band, s.Care = a.Band, CareFor(a)
	switch a.Disposition {
	case moderation.Hold:
		s.State = StateHeld
	case moderation.Fold:
		s.State = StateFolded
	}
	s.State = c.unattended(s.Band, s.State)
	for _, f := range a.Findings {
		sig := Signal{Kind: SignalFinding, Band: a.Band, Category: f.Category, Rule: f.Rule, Rules: a.Rules, Start: f.Start - offset, End: f.End - offset, Cancelled: f.Cancelled, Why: f.Why}
		if f.Start < offset {
			sig.InTitle, sig.Start, sig.End = true, f.Start, min(f.End, len(title))
		}
		s.Signals = append(s.Signals, sig)
	}
	if newcomer {
		s.State = StateHeld
		s.Band = worse(s.Band, moderation.P4)
		s.Signals = append(s.Signals, Signal{Kind: SignalHold, Band: moderation.P4, Category: "first_posts", Why: "One of this member's first posts. A person reads it before others do."})
	}
	return s
}

// matters is what a post counts as mentioning: its writer's notes and what triage
// took it to mention.
func (s Screening) matters(notes Mentions) Matters {
	return MattersOf(notes) | MattersOf(s.Assessment.Tags)
}

// assess reads a text within TriageLimit. ok is false when triage panicked or
// took too long; the caller then holds the post.
func (c *Community) assess(ctx context.Context, text string) (a moderation.Assessment, ok bool) {
	type answer struct {
		a  moderation.Assessment
		ok bool
	}
	answered := make(chan answer, 1)
	go func() {
		var got answer
		defer func() {
			if fault := recover(); fault != nil {
				// The panic's value may quote the text; only that it happened is logged.
				c.log.ErrorContext(ctx, "triage panicked; the post is held")
				got = answer{}
			}
			answered <- got
		}()
		got = answer{c.Assess(text), true}
	}()
	limit := time.NewTimer(c.TriageLimit)
	defer limit.Stop()
	select {
	case got := <-answered:
		return got.a, got.ok
	case <-limit.C:
		c.log.ErrorContext(ctx, "triage took too long; the post is held", slog.Duration("limit", c.TriageLimit), slog.Int("bytes", len(text)))
		return moderation.Assessment{}, false
	}
}

// CareFor picks the care cards an assessment calls for, most urgent first.
func CareFor(a moderation.Assessment) Cards {
	var cards Cards
	if a.Body >= 3 {
		cards = append(cards, "body_emergency")
	}
	if a.Mind >= 3 {
		cards = append(cards, "mind_emergency")
	}
	if a.Body == 2 {
		cards = append(cards, bodyCard(a.Findings))
	}
	if a.Mind == 2 {
		cards = append(cards, "mind_urgent")
	}
	if slices.ContainsFunc(a.Findings, endangered) {
		cards = append(cards, "safety_support")
	}
	if a.Mind == 1 {
		cards = append(cards, "mind_support")
	}
	return cards
}

// bodyCard picks the urgent card for the body: one of its own when all that was
// found is a baby who moves less, since the other must not speak of that to
// parents whose baby has died.
func bodyCard(found []moderation.Finding) string {
	card := "body_urgent"
	for _, f := range found {
		if f.Cancelled || f.Category != "body" || f.Level < 2 {
			continue
		}
		if f.Rule != "body.movements" {
			return "body_urgent"
		}
		card = "movements_urgent"
	}
	return card
}

// endangered says whether a finding is about somebody who may not be safe with the
// people around them. Cruelty in a post has the tag abuse too, but its writer is
// not the one in danger.
func endangered(f moderation.Finding) bool {
	return !f.Cancelled && (f.Category == string(moderation.TagCoercion) || f.Category == string(moderation.TagChildRisk) || strings.HasPrefix(f.Rule, "abuse."))
}

// worse returns the more urgent of two bands. None is the least urgent.
func worse(a, b moderation.Band) moderation.Band {
	if a == moderation.None || a == "" {
		return b
	}
	if b == moderation.None || b == "" {
		return a
	}
	return min(a, b)
}

// Nudge is not a refusal: triage found details in a text by which somebody could
// be recognised, and its writer is asked what to do about them.
type Nudge struct {
	Title, Body []moderation.Finding // spans in each of the two, in order, none overlapping
}

// Error says for the log what was found, and none of it.
func (n *Nudge) Error() string { return "personal details found" }

// What a writer answers to a Nudge, in the form field "acknowledged".
const AcknowledgedHide = "hide" // hide the details; any other answer keeps them, and a moderator looks first

// nudge asks about personal details, unless the writer has answered already or
// the post is too urgent to ask anything.
func nudge(a moderation.Assessment, titleLen int, acknowledged string) error {
	if acknowledged != "" || !slices.Contains(a.Tags, moderation.TagPersonalData) || a.Band == moderation.P0 || a.Band == moderation.P1 {
		return nil
	}
	n := &Nudge{}
	offset := 0
	if titleLen > 0 {
		offset = titleLen + 2
	}
	for _, f := range a.Findings {
		if f.Category != string(moderation.TagPersonalData) || f.Cancelled {
			continue
		}
		if f.Start < offset {
			f.End = min(f.End, titleLen)
			n.Title = append(n.Title, f)
		} else {
			f.Start, f.End = f.Start-offset, f.End-offset
			n.Body = append(n.Body, f)
		}
	}
	return n
}

const hiddenDetail = "[detail hidden]"

// hideDetails replaces the personal details that an assessment found. The text
// stood at offset in what was assessed: a detail that reaches out of it is hidden
// as far as it goes, and those that overlap are hidden as one.
func hideDetails(text string, offset int, a moderation.Assessment) string {
	found := slices.Clone(a.Findings)
	slices.SortFunc(found, func(x, y moderation.Finding) int { return x.Start - y.Start })
	var b strings.Builder
	at := 0 // up to here text is written or hidden
	for _, f := range found {
		start, end := max(f.Start-offset, 0), min(f.End-offset, len(text))
		if f.Category != string(moderation.TagPersonalData) || f.Cancelled || start >= end {
			continue
		}
		if start >= at {
			b.WriteString(text[at:start] + hiddenDetail)
		}
		at = max(at, end)
	}
	return b.String() + text[at:]
}
