package moderation

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

const goodRule = `category: tags
source: "a test"
rules:
  - id: own.rule
    tags: [spam]
    why: "Says the word."
    patterns: ["wibble wobble"]
    hits: ["a wibble wobble"]
    misses: ["a wibble"]
`

func folder(yaml string) fstest.MapFS {
	return fstest.MapFS{"own.yaml": &fstest.MapFile{Data: []byte(yaml)}}
}

func TestOperatorsAddReplaceAndSwitchOffRules(t *testing.T) {
	e, err := Load(folder(goodRule))
	if err != nil {
		t.Fatal(err)
	}
	if a := e.Assess("what a wibble wobble"); !slices.Contains(a.Tags, TagSpam) {
		t.Error("an added rule does not speak")
	}
	if e.version == shippedEngine().version {
		t.Error("the version does not tell the rules apart")
	}
	if e, err = Load(folder("off: [mention.faith]\n")); err != nil {
		t.Fatal(err)
	}
	if a := e.Assess("I pray every night"); slices.Contains(a.Tags, TagMentionFaith) {
		t.Error("a rule that is off still speaks")
	}
	replaced := strings.Replace(goodRule, "own.rule", "mention.faith", 1)
	if e, err = Load(folder(replaced)); err != nil {
		t.Fatal(err)
	}
	if a := e.Assess("I pray every night"); slices.Contains(a.Tags, TagMentionFaith) {
		t.Error("a rule that is replaced still speaks")
	}
}

func TestBadRulesNameFileAndLine(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"unknown field":      {"why:", "wherefore:", "own.yaml:6"},
		"no why":             {`why: "Says the word."`, `why: ""`, "own.yaml:4"},
		"no example":         {`hits: ["a wibble wobble"]`, "hits: []", "own.yaml:4"},
		"unknown tag":        {"[spam]", "[spma]", "own.yaml:4"},
		"open group":         {"wibble wobble\"]\n    hits", "(wibble wobble\"]\n    hits", "own.yaml:7"},
		"dangling gap":       {"wibble wobble\"]\n    hits", "wibble wobble ..3\"]\n    hits", "own.yaml:7"},
		"matches nothing":    {"wibble wobble\"]\n    hits", "wibble?\"]\n    hits", "own.yaml:7"},
		"unknown class":      {"wibble wobble\"]\n    hits", "@wibble\"]\n    hits", "own.yaml:7"},
		"example not found":  {`hits: ["a wibble wobble"]`, `hits: ["a wobble"]`, "own.yaml:4"},
		"near miss is found": {`misses: ["a wibble"]`, `misses: ["wibble wobble"]`, "own.yaml:4"},
		"unknown category":   {"category: tags", "category: tag", "own.yaml:4"},
		"not YAML":           {"rules:", "rules: [", "own.yaml:"},
		"switch off nothing": {"category: tags", "off: [no.such]\ncategory: tags", "own.yaml:1"},
	} {
		_, err := Load(folder(strings.Replace(goodRule, c.from, c.to, 1)))
		if err == nil {
			t.Errorf("%s: loads", name)
		} else if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %q does not say %s", name, err, c.want)
		}
	}
}

// manyRules is n made-up rules, to show that their number costs nothing.
func manyRules(n int) fstest.MapFS {
	var b strings.Builder
	b.WriteString("category: tags\nsource: \"a test\"\nrules:\n")
	for i := range n {
		w := fmt.Sprintf("zz%sz", strings.Map(func(r rune) rune { return r - '0' + 'a' }, fmt.Sprint(i)))
		fmt.Fprintf(&b, "  - id: many.%d\n    tags: [spam]\n    why: \"x\"\n    patterns: [\"my %s .. (house|garden)\", \"%s of the end\"]\n    hits: [\"my %s house\"]\n    misses: [\"house\"]\n", i, w, w, w)
	}
	return folder(b.String())
}

func BenchmarkAssess1kTenTimesTheRules(b *testing.B) {
	e, err := Load(manyRules(10 * len(shippedEngine().rules)))
	if err != nil {
		b.Fatal(err)
	}
	text := strings.Repeat(benchText+" ", 2)[:1000]
	b.ReportAllocs()
	for b.Loop() {
		e.Assess(text)
	}
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Load(); err != nil {
			b.Fatal(err)
		}
	}
}
