package moderation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Engine is a compiled set of rules. It does not change and may be used by any
// number of goroutines.
type Engine struct {
	lex     *lexicon
	trie    trie
	rules   []compiledRule
	targets []targetRef
	// detectors are those that rules name; detecting the rules that name them.
	detectors []string
	detecting []detecting
	context   contextSymbols
	known     map[string]bool // numbers and hosts that belong to no one person
	version   string
	second    *secondReader // nil: the rules alone
	readers   *sync.Pool    // of *reader
}

var shippedEngine = sync.OnceValue(func() *Engine {
	e, err := Load()
	if err != nil {
		// The shipped rules are checked by this package's tests; a binary in
		// which they do not load must not run.
		panic(fmt.Sprintf("moderation: shipped rules: %v", err))
	}
	return e
})

// Assess reads text with the rules that ship with the program.
func Assess(text string) Assessment { return shippedEngine().Assess(text) }

// Rules returns every rule in use, in the order of their files.
func (e *Engine) Rules() []Rule {
	out := make([]Rule, len(e.rules))
	for i := range e.rules {
		out[i] = e.rules[i].Rule
	}
	return out
}

// maxFindings bounds what one post shows a moderator. A post that repeats itself
// is no clearer for the hundredth mark. The worst findings are kept.
const maxFindings = 60

// aloneOrdinary is what a weak finding says when nothing else bears it out.
const aloneOrdinary = "by itself this is ordinary"

// says reports whether a reads in the text what a rule is about, as badly or one
// level less.
func (a *Assessment) says(rule *compiledRule) bool {
	switch rule.Category {
	case "mind":
		return a.Mind > 0 && a.Mind >= rule.Level-1
	case "body":
		return a.Body > 0 && a.Body >= rule.Level-1
	}
	return slices.ContainsFunc(rule.Tags, func(t Tag) bool { return slices.Contains(a.Tags, t) })
}

// Assess reads text. It accepts any bytes, and takes time linear in their number.
func (e *Engine) Assess(text string) Assessment {
	r := e.read(text)
	r.match()
	r.detect()
	found := r.findings()
	a := Assessment{Tags: []Tag{}, Findings: found, Rules: e.version}
	asked := map[Tag]Band{}
	action := Publish
	count := func(rule *compiledRule, f *Finding) {
		switch rule.Category {
		case "mind":
			a.Mind = max(a.Mind, f.Level)
		case "body":
			a.Body = max(a.Body, f.Level)
		}
		for _, t := range rule.Tags {
			if !slices.Contains(a.Tags, t) {
				a.Tags = append(a.Tags, t)
			}
			a.heard = slices.DeleteFunc(a.heard, func(h Tag) bool { return h == t })
			if b := rule.bandOf(t); asked[t] == "" || b.worse(asked[t]) {
				asked[t] = b
			}
		}
		if rule.Action != "" {
			action = action.stricter(rule.Action)
		}
	}
	for i, c := range r.causes {
		if rule := &e.rules[c]; !found[i].Cancelled && !rule.Weak {
			count(rule, &found[i])
		}
	}
	if e.second != nil {
		found = e.second.raise(r, &a, found)
	}
	heard := a
	for i, c := range r.causes {
		f, rule := &found[i], &e.rules[c]
		if f.Cancelled || !rule.Weak {
			continue
		}
		if heard.says(rule) {
			count(rule, f)
			continue
		}
		f.Cancelled, f.Level = true, 0
		f.Changed = append(f.Changed, aloneOrdinary)
	}
	slices.Sort(a.Tags)
	a.settle(asked)
	a.Disposition = a.Disposition.stricter(action)
	a.Findings = inOrder(found)
	e.done(r)
	return a
}

// inOrder keeps the worst findings and sorts them by their place in the text.
func inOrder(found []Finding) []Finding {
	if len(found) > maxFindings {
		slices.SortStableFunc(found, func(a, b Finding) int {
			if a.Cancelled != b.Cancelled {
				if a.Cancelled {
					return 1
				}
				return -1
			}
			return cmp.Compare(b.Level, a.Level)
		})
		found = slices.Clone(found[:maxFindings])
	}
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End), strings.Compare(a.Rule, b.Rule))
	})
	return found
}

// Check runs a rule's examples and says, a line each, which it does not find and
// which near misses it finds.
func (e *Engine) Check(r Rule) []string {
	var faults []string
	for _, text := range r.Hits {
		if !e.speaks(&r, text) {
			faults = append(faults, fmt.Sprintf("%s:%d: rule %q does not find its own example %q", r.File, r.Line, r.ID, text))
		}
	}
	for _, text := range r.Misses {
		if e.speaks(&r, text) {
			faults = append(faults, fmt.Sprintf("%s:%d: rule %q finds the near miss %q", r.File, r.Line, r.ID, text))
		}
	}
	return faults
}

// speaks reports whether a rule has a finding in text that counts. A weak rule
// counts even where nothing bears it out.
func (e *Engine) speaks(r *Rule, text string) bool {
	return slices.ContainsFunc(e.Assess(text).Findings, func(f Finding) bool {
		return f.Rule == r.ID && (!f.Cancelled || r.Weak && slices.Equal(f.Changed, []string{aloneOrdinary}))
	})
}

// finding makes the finding of a rule over bytes start to end.
func (r *Rule) finding(text string, start, end int) Finding {
	quote := text[start:end]
	if !utf8.ValidString(quote) {
		quote = strings.ToValidUTF8(quote, "\uFFFD")
	}
	return Finding{Category: r.Category, Rule: r.ID, Start: start, End: end, Quote: quote, Why: r.Why, Level: r.Level}
}
