package moderation

import (
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

// loader gathers files before they are compiled.
type loader struct {
	spell   *speller
	hash    hash.Hash
	rules   []loadedRule
	classes []loadedClass
	repair  []string
	real    []string
	starred []string
	known   map[string]bool
	added   map[string]bool // ids from outside the program
}

type loadedRule struct {
	ruleYAML
	category, file string
}

type loadedClass struct {
	name, file string
	phrases    []line
}

func (l *loader) read(fsys fs.FS, outside bool) error {
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return fmt.Errorf("list rule files: %w", err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return fmt.Errorf("read rule file: %w", err)
		}
		fmt.Fprintf(l.hash, "%s %d\n", name, len(data))
		l.hash.Write(data)
		var f ruleFile
		if err := yaml.UnmarshalWithOptions(data, &f, yaml.Strict()); err != nil {
			var at yaml.Error
			if errors.As(err, &at) && at.GetToken() != nil {
				return fmt.Errorf("%s:%d: %s", name, at.GetToken().Position.Line, at.GetMessage())
			}
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := l.add(name, f, outside); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) add(name string, f ruleFile, outside bool) error {
	for _, written := range slices.Sorted(maps.Keys(f.Forms)) {
		for alias := range strings.FieldsSeq(f.Forms[written]) {
			l.spell.forms[alias] = strings.Fields(written)
		}
	}
	l.repair = append(l.repair, strings.Fields(f.Repair)...)
	l.real = append(l.real, strings.Fields(f.Real)...)
	l.starred = append(l.starred, strings.Fields(f.Starred)...)
	for _, k := range f.Known {
		l.known[strings.ReplaceAll(strings.ToLower(k), " ", "")] = true
	}
	for _, c := range slices.Sorted(maps.Keys(f.Classes)) {
		l.classes = append(l.classes, loadedClass{c, name, f.Classes[c]})
	}
	for _, off := range f.Off {
		n := len(l.rules)
		l.rules = slices.DeleteFunc(l.rules, func(r loadedRule) bool { return r.ID.text == off.text })
		if len(l.rules) == n {
			return fmt.Errorf("%s:%d: there is no rule %q to switch off", name, off.at, off.text)
		}
	}
	for _, r := range f.Rules {
		lr := loadedRule{ruleYAML: r, category: f.Category, file: name}
		if lr.Source == "" {
			lr.Source = f.Source
		}
		if err := lr.valid(); err != nil {
			return fmt.Errorf("%s:%d: rule %q: %w", name, r.ID.at, r.ID.text, err)
		}
		if i := slices.IndexFunc(l.rules, func(have loadedRule) bool { return have.ID.text == r.ID.text }); i >= 0 {
			if l.rules[i].file == name || !outside {
				return fmt.Errorf("%s:%d: rule %q is there twice", name, r.ID.at, r.ID.text)
			}
			l.rules[i] = lr
		} else {
			l.rules = append(l.rules, lr)
		}
		if outside {
			l.added[r.ID.text] = true
		}
	}
	return nil
}

// ignorable are the kinds of context that a rule may choose not to hear.
var ignorable = []string{"negation", "past", "quote", "you", "condition", "resolved", "protective", "now", "said"}

func (r *loadedRule) valid() error {
	switch {
	case r.ID.text == "":
		return errors.New("has no id")
	case r.Why == "":
		return errors.New("has no why")
	case r.Source == "":
		return errors.New("has no source")
	case len(r.Patterns) == 0 && r.Detector == "":
		return errors.New("has neither patterns nor a detector")
	case r.Detector != "" && detectors[r.Detector] == nil:
		return fmt.Errorf("there is no detector %q", r.Detector)
	case len(r.Hits) == 0 || len(r.Misses) == 0:
		return errors.New("needs examples: at least one under hits and one under misses")
	}
	switch r.category {
	case "mind":
		if r.Level < 1 || r.Level > 4 {
			return errors.New("a mind rule's level is 1 to 4")
		}
	case "body":
		if r.Level < 1 || r.Level > 3 {
			return errors.New("a body rule's level is 1 to 3")
		}
	case "tags":
		if len(r.Tags) == 0 || r.Level != 0 {
			return errors.New("a rule in this file needs tags and no level")
		}
	default:
		return fmt.Errorf("the file's category is %q, not mind, body or tags", r.category)
	}
	for _, t := range r.Tags {
		if !slices.Contains(Tags, t) {
			return fmt.Errorf("there is no tag %q", t)
		}
	}
	switch r.Action {
	case "", Publish, Fold, Hold:
	default:
		return fmt.Errorf("action is %q, not publish, fold or hold", r.Action)
	}
	switch r.Band {
	case "":
	case P0, P1, P2, P3, P4:
		if r.category != "tags" {
			return errors.New("only a rule of tags has a band; elsewhere the level decides")
		}
	default:
		return fmt.Errorf("band is %q, not P0 to P4", r.Band)
	}
	if r.Person != "" && r.Person != "both" {
		return fmt.Errorf("person is %q, not both", r.Person)
	}
	for _, ig := range r.Ignore {
		if !slices.Contains(ignorable, ig) {
			return fmt.Errorf("cannot ignore %q; there is %s", ig, strings.Join(ignorable, ", "))
		}
	}
	for _, c := range append(slices.Clone(r.With), r.Without...) {
		if _, ok := scopes[c.Within]; !ok {
			return fmt.Errorf("within is %q, not clause, sentence, near or post", c.Within)
		}
	}
	return nil
}

// compiledRule is a rule with its targets in the trie.
type compiledRule struct {
	Rule
	both          bool
	own, other    int32 // targets: in the first person; said of someone else
	ignore        map[string]bool
	with, without []compiledCondition
	min, max      float64
}

type compiledCondition struct {
	scope  scope
	target int32
}

type targetRef struct {
	rule  int32 // index of the rule, -1 for a condition
	other bool
}

func (l *loader) compile() (*Engine, error) {
	e := &Engine{lex: newLexicon(), trie: newTrie(), known: l.known, readers: new(sync.Pool), version: hex.EncodeToString(l.hash.Sum(nil))[:12]}
	// In order, so that every load numbers the symbols alike and every process
	// reads a text alike.
	for _, w := range slices.Sorted(maps.Keys(numberWords)) {
		e.lex.word(w)
	}
	for w := range strings.FieldsSeq("and is " + ownerS + " " + detectorWords) {
		e.lex.word(w)
	}
	members, err := l.compileClasses(e.lex)
	if err != nil {
		return nil, err
	}
	for _, r := range l.rules {
		if err := l.compileRule(e, r); err != nil {
			return nil, err
		}
	}
	e.useDetectors()
	for _, alias := range slices.Sorted(maps.Keys(l.spell.forms)) {
		form := l.spell.forms[alias]
		syms := make([]int32, 0, len(form))
		for _, w := range form {
			syms = append(syms, e.lex.word(w))
		}
		e.lex.forms[alias] = syms
	}
	e.lex.starred = l.starred
	for _, w := range l.real {
		e.lex.real[w] = struct{}{}
	}
	e.lex.seal(members, l.repair)
	e.trie.freeze()
	e.lex.phrases.freeze()
	return e, e.context.resolve(e.lex)
}

// emptyChoice is a word with a ? that is all of a choice in a group, (a|words?):
// the ? makes a whole word optional and no letter, so the choice is nothing and
// the group may be missing.
var emptyChoice = regexp.MustCompile(`[(|] *[^ ()|\[\]]+\? *[|)]`)

func parse(pattern string, spell *speller, third bool) ([]element, error) {
	if at := emptyChoice.FindString(pattern); at != "" {
		return nil, fmt.Errorf("%q lets the whole choice be missing: write both words, or (…)? around them", at)
	}
	return parsePattern(pattern, spell, third)
}

// compileClasses gives every class its symbol and its phrases: single words as
// members, longer phrases in the lexicon's own trie.
func (l *loader) compileClasses(lex *lexicon) (map[int32][]int32, error) {
	members := map[int32][]int32{}
	for _, c := range l.classes {
		if _, ok := lex.classes[c.name]; !ok {
			lex.classes[c.name] = lex.newSymbol("@" + c.name)
		}
	}
	for _, c := range l.classes {
		class := lex.classes[c.name]
		for _, p := range c.phrases {
			steps, err := parse(p.text, l.spell, false)
			if err != nil {
				return nil, fmt.Errorf("%s:%d: class %s: %w", c.file, p.at, c.name, err)
			}
			seqs, err := phrases(steps)
			if err != nil {
				return nil, fmt.Errorf("%s:%d: class %s: %w", c.file, p.at, c.name, err)
			}
			for _, seq := range seqs {
				if len(seq) == 1 {
					sym, err := lex.symbol(seq[0])
					if err != nil || seq[0].kind == itemClass || seq[0].kind == itemRange {
						return nil, fmt.Errorf("%s:%d: class %s: %q: only words here", c.file, p.at, c.name, p.text)
					}
					if !slices.Contains(members[sym], class) {
						members[sym] = append(members[sym], class)
					}
					continue
				}
				if err := lex.phrases.insert([]element{{seq}}, lex, class); err != nil {
					return nil, fmt.Errorf("%s:%d: class %s: %w", c.file, p.at, c.name, err)
				}
			}
		}
	}
	return members, nil
}

func (l *loader) compileRule(e *Engine, r loadedRule) error {
	index := int32(len(e.rules))
	cr := compiledRule{
		Rule: Rule{
			ID: r.ID.text, Category: r.category, Level: r.Level, Tags: r.Tags, Weak: r.Weak,
			Action: r.Action, Band: r.Band, Why: r.Why, Source: r.Source, SignedOff: r.SignedOff,
			Detector: r.Detector, Hits: r.Hits, Misses: r.Misses,
			File: path.Base(r.file), Line: r.ID.at,
		},
		both: r.Person == "both", ignore: map[string]bool{}, min: r.Min, max: r.Max,
	}
	if r.category == "tags" {
		cr.Category = string(r.Tags[0])
	}
	for _, ig := range r.Ignore {
		cr.ignore[ig] = true
	}
	add := func(phrases []line, ref targetRef, third bool) (int32, error) {
		target := int32(len(e.targets))
		e.targets = append(e.targets, ref)
		for _, p := range phrases {
			steps, err := parse(p.text, l.spell, third)
			if err == nil {
				err = e.trie.insert(steps, e.lex, target)
			}
			if err != nil {
				return 0, fmt.Errorf("%s:%d: rule %q: pattern %q: %w", r.file, p.at, cr.ID, p.text, err)
			}
		}
		return target, nil
	}
	for _, p := range r.Patterns {
		cr.Patterns = append(cr.Patterns, p.text)
	}
	var err error
	if cr.own, err = add(r.Patterns, targetRef{rule: index}, false); err != nil {
		return err
	}
	cr.other = noSymbol
	if cr.both {
		if cr.other, err = add(r.Patterns, targetRef{rule: index, other: true}, true); err != nil {
			return err
		}
	}
	for _, c := range r.With {
		target, err := add(c.Any, targetRef{rule: -1}, false)
		if err != nil {
			return err
		}
		cr.with = append(cr.with, compiledCondition{scopes[c.Within], target})
	}
	for _, c := range r.Without {
		target, err := add(c.Any, targetRef{rule: -1}, false)
		if err != nil {
			return err
		}
		cr.without = append(cr.without, compiledCondition{scopes[c.Within], target})
	}
	e.rules = append(e.rules, cr)
	return nil
}
