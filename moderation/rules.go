package moderation

import (
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

//go:embed rules/*.yaml
var shipped embed.FS

// Rule is one rule as it stands in its file, for staff to read.
type Rule struct {
	ID       string
	Category string // "mind", "body" or the first of Tags
	Level    int    // 1–4 for mind, 1–3 for body, 0 for tags
	Tags     []Tag
	// Weak rules find what is often ordinary. They count only where another rule
	// or the second reader, which weighs them too, hears the same matter.
	Weak bool
	// Action is what readers see if this rule asks for more than its band does;
	// empty for the band's own.
	Action Disposition
	// Band is how soon a person looks, where the rule's tags ask for another band
	// than it deserves; empty for the tags' own.
	Band      Band
	Why       string
	Source    string // public source and its date
	SignedOff string // who signed it off and when; empty: not yet by a clinician
	Patterns  []string
	Detector  string // the Go detector that finds it, if not patterns
	Hits      []string
	Misses    []string
	File      string
	Line      int
}

// ruleFile is one YAML file. A file holds rules, or classes and spellings, or
// any of them.
type ruleFile struct {
	Category string     `yaml:"category"`
	Source   string     `yaml:"source"`
	Rules    []ruleYAML `yaml:"rules"`
	// Off names rules of earlier files that are not to be used.
	Off []line `yaml:"off"`
	// Classes are named lists of phrases, for @name in patterns.
	Classes map[string][]line `yaml:"classes"`
	// Forms maps words to the ways they are also written.
	Forms map[string]string `yaml:"forms"`
	// Repair lists the words that a single slip of the finger may not hide.
	Repair string `yaml:"repair"`
	// Real lists true words that look like a slip of another.
	Real string `yaml:"real"`
	// Starred lists words that people write with stars in them.
	Starred string `yaml:"starred"`
	// Known lists telephone numbers (digits only) and hosts that belong to
	// helplines, charities and public bodies, and so to no one person.
	Known []string `yaml:"known"`
}

type ruleYAML struct {
	ID        line        `yaml:"id"`
	Level     int         `yaml:"level"`
	Tags      []Tag       `yaml:"tags"`
	Weak      bool        `yaml:"weak"`
	Action    Disposition `yaml:"action"`
	Band      Band        `yaml:"band"`
	Why       string      `yaml:"why"`
	Source    string      `yaml:"source"`
	SignedOff string      `yaml:"signed_off"`
	// Person "both" lets the rule also hear a relative say it of someone.
	Person   string      `yaml:"person"`
	Ignore   []string    `yaml:"ignore"`
	Patterns []line      `yaml:"patterns"`
	With     []condition `yaml:"with"`
	Without  []condition `yaml:"without"`
	Detector string      `yaml:"detector"`
	Min      float64     `yaml:"min"`
	Max      float64     `yaml:"max"`
	Hits     []string    `yaml:"hits"`
	Misses   []string    `yaml:"misses"`
}

// condition asks for (with) or forbids (without) other phrases near the match.
type condition struct {
	// Within is clause, sentence, near (30 words either way) or post.
	Within string `yaml:"within"`
	Any    []line `yaml:"any"`
}

// line is a string that remembers where in its file it stands.
type line struct {
	text string
	at   int
}

func (l *line) UnmarshalYAML(n ast.Node) error {
	l.at = n.GetToken().Position.Line
	return yaml.NodeToValue(n, &l.text)
}

// Load compiles the rules that ship with the program and, after them, every
// *.yaml at the top of each file system given, in order. A rule with an id seen
// before replaces the earlier one; a file's "off" list drops earlier rules.
//
// Everything is checked: an error names the file and line. Rules from the file
// systems given must also pass their own examples.
func Load(fsys ...fs.FS) (*Engine, error) {
	base, err := fs.Sub(shipped, "rules")
	if err != nil {
		return nil, fmt.Errorf("open shipped rules: %w", err)
	}
	l := loader{
		spell: &speller{forms: map[string][]string{}}, hash: sha256.New(),
		known: map[string]bool{}, added: map[string]bool{},
	}
	for i, f := range append([]fs.FS{base}, fsys...) {
		if err := l.read(f, i > 0); err != nil {
			return nil, err
		}
	}
	e, err := l.compile()
	if err != nil {
		return nil, err
	}
	if e.second, err = e.shippedSecond(); err != nil {
		return nil, err
	}
	// The shipped rules' examples are run by this package's tests.
	for _, r := range e.Rules() {
		if !l.added[r.ID] {
			continue
		}
		if faults := e.Check(r); len(faults) > 0 {
			return nil, errors.New(strings.Join(faults, "\n"))
		}
	}
	return e, nil
}
