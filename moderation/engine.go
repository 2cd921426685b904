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
	context contextSymbols
	known   map[string]bool // numbers and hosts that belong to no one person
	version string
	second  *secondReader // nil: the rules alone
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

// aloneOrdinary is what a weak finding says when no other stands with it.
const aloneOrdinary = "one such sign alone is ordinary grief"

// Assess reads text. It accepts any bytes, and takes time linear in their number.
func (e *Engine) Assess(text string) Assessment {
	doc := e.lex.prepare(text)
	e.lex.symbols(doc)
	r := e.newReader(doc)
	r.match()
	r.detect()
	found := r.findings()
	a := Assessment{Tags: []Tag{}, Findings: found, Rules: e.version}
	weak := map[string]bool{}
	tags := map[Tag]bool{}
	asked := map[Tag]Band{}
	action := Publish
	for i, c := range r.causes {
		f := &found[i]
		if f.Cancelled {
			continue
		}
		rule := &e.rules[c]
		if rule.Weak {
			weak[rule.ID] = true
			continue
		}
		switch rule.Category {
		case "mind":
			a.Mind = max(a.Mind, f.Level)
		case "body":
			a.Body = max(a.Body, f.Level)
		}
		for _, t := range rule.Tags {
			tags[t] = true
			if b := rule.bandOf(t); asked[t] == "" || b.worse(asked[t]) {
				asked[t] = b
			}
		}
		if rule.Action != "" {
			action = action.stricter(rule.Action)
		}
	}
	for i, c := range r.causes {
		f := &found[i]
		if rule := &e.rules[c]; rule.Weak && !f.Cancelled {
			if len(weak) < 2 {
				f.Cancelled = true
				f.Changed = append(f.Changed, aloneOrdinary)
				f.Level = 0
			} else {
				a.Mind = max(a.Mind, 1)
			}
		}
	}
	for t := range tags {
		a.Tags = append(a.Tags, t)
	}
	if e.second != nil {
		found = e.second.raise(r, &a, found)
	}
	slices.Sort(a.Tags)
	a.settle(asked)
	a.Disposition = a.Disposition.stricter(action)
	a.Findings = inOrder(found)
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

// check runs the examples of the rules that want picks.
func (e *Engine) check(want func(*Rule) bool) error {
	for i := range e.rules {
		r := &e.rules[i].Rule
		if !want(r) {
			continue
		}
		for _, text := range r.Hits {
			if !e.speaks(r, text) {
				return fmt.Errorf("%s:%d: rule %q does not find its own example %q", r.File, r.Line, r.ID, text)
			}
		}
		for _, text := range r.Misses {
			if e.speaks(r, text) {
				return fmt.Errorf("%s:%d: rule %q finds the near miss %q", r.File, r.Line, r.ID, text)
			}
		}
	}
	return nil
}

// speaks reports whether a rule has a finding in text that counts. A weak rule
// counts even where it stands alone.
func (e *Engine) speaks(r *Rule, text string) bool {
	for _, f := range e.Assess(text).Findings {
		if f.Rule != r.ID {
			continue
		}
		if !f.Cancelled || r.Weak && slices.Equal(f.Changed, []string{aloneOrdinary}) {
			return true
		}
	}
	return false
}

// finding makes the finding of a rule over bytes start to end.
func (r *Rule) finding(text string, start, end int) Finding {
	quote := text[start:end]
	if !utf8.ValidString(quote) {
		quote = strings.ToValidUTF8(quote, "\uFFFD")
	}
	return Finding{Category: r.Category, Rule: r.ID, Start: start, End: end, Quote: quote, Why: r.Why, Level: r.Level}
}
