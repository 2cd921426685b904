package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"snowdrop/moderation"
)

// fed runs a command on an input, to its end.
func fed(t *testing.T, environ []string, in io.Reader, args ...string) (out, faults string, err error) {
	t.Helper()
	var o, f output
	err = run(t.Context(), args, environ, in, &o, &f)
	return o.String(), f.String(), err
}

func TestTriageAnswersEveryLineThatItCanRead(t *testing.T) {
	const plan = "I've written the letters. Tonight I will end my life."
	in := strings.Join([]string{
		"\uFEFF" + `{"id":"one","text":"` + plan + `"}`,
		`nonsense`,
		``,
		`{"id":1.50,"text":"a quiet day \u00e9","extra":{"text":"x"},"Text":"` + plan + `"}` + "\r",
		`{"id":null,"text":"x"}`, `{"text":"x"}`, `{"id":1}`, `{"id":1,"text":null}`, `{"id":1,"text":["x"]}`, `[]`, `null`, `{"id":1,"text":"x"} {}`,
		"{\"id\":1,\"text\":\"SECRET \xff\"}",
		`{"id":"` + strings.Repeat("y", maxLine) + `","text":"x"}`,
		`{"id":"<\"é>","text":""}`,
		`{"id":-7e400,"text":"the last has no end of line"}`,
	}, "\n")
	out, faults, err := fed(t, nil, strings.NewReader(in), "triage")
	if err == nil || !strings.Contains(err.Error(), "11 lines") {
		t.Errorf("error %v, want one about 11 lines", err)
	}
	for _, n := range []int{2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14} {
		if !strings.Contains(faults, fmt.Sprintf("line %d: ", n)) {
			t.Errorf("line %d is not reported in %s", n, faults)
		}
	}
	if strings.Contains(faults, "SECRET") || strings.Count(faults, "\n") != 11 {
		t.Errorf("faults: %s", faults)
	}
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	ids := []string{`"one"`, `1.50`, `"<\"é>"`, `-7e400`}
	if len(lines) != len(ids) {
		t.Fatalf("%d answers, want %d: %s", len(lines), len(ids), out)
	}
	for i, line := range lines {
		if !strings.HasPrefix(line, `{"id":`+ids[i]+`,"band":"`) || !strings.Contains(line, `"tags":[`) || !strings.Contains(line, `"findings":[`) {
			t.Errorf("answer %d is %s", i, line)
		}
	}
	var answer struct {
		Band     string
		Mind     int
		Findings []map[string]any
	}
	if err := json.Unmarshal([]byte(lines[0]), &answer); err != nil {
		t.Fatal(err)
	}
	if answer.Band != "P0" || answer.Mind < 3 || len(answer.Findings) == 0 {
		t.Fatalf("a plan is read as %s", lines[0])
	}
	for _, f := range answer.Findings {
		start, end := int(f["start"].(float64)), int(f["end"].(float64))
		if len(f) != 6 || f["quote"] != plan[start:end] || f["rule"] == "" || f["why"] == "" || f["category"] == "" {
			t.Errorf("finding %v", f)
		}
	}
	if !strings.Contains(lines[1], `"band":"none"`) {
		t.Errorf("the last text counted: %s", lines[1])
	}
}

// TestTriageIsTheServersReading holds the command against the library, cancelled
// findings left out.
func TestTriageIsTheServersReading(t *testing.T) {
	texts := []string{
		"I don't want to die, I just want to sleep", "he said he would kill himself last year and he is fine now",
		"I was soaking pads last year", "soaked two pads since lunch", "call me on 07700 900123", "My baby died on a Tuesday.",
	}
	engine, err := moderation.Load()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "texts.jsonl")
	var in strings.Builder
	cancelled := 0
	for i, text := range texts {
		fmt.Fprintf(&in, "{\"id\":%d,\"text\":%q}\n", i, text)
	}
	if err := os.WriteFile(path, []byte(in.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	out, faults, err := fed(t, nil, strings.NewReader("not read"), "triage", path)
	if err != nil || faults != "" {
		t.Fatal(err, faults)
	}
	for i, line := range strings.Split(strings.TrimSpace(out), "\n") {
		a := engine.Assess(texts[i])
		want := []moderation.Finding{}
		for _, f := range a.Findings {
			if f.Cancelled {
				cancelled++
				continue
			}
			f.Changed = nil
			want = append(want, f)
		}
		a.Findings = want
		body, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := decoded(t, line), decoded(t, fmt.Sprintf(`{"id":%d,%s`, i, body[1:])); got != want {
			t.Errorf("%q:\n%s\nwant\n%s", texts[i], got, want)
		}
	}
	if cancelled == 0 {
		t.Error("no text here has a cancelled finding: the test shows less than it should")
	}
}

// decoded is JSON with its keys in order.
func decoded(t *testing.T, text string) string {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	again, _ := json.Marshal(v)
	return string(again)
}

// TestTriageAnswersWhileItReads: a program may write a text and wait for its answer.
func TestTriageAnswersWhileItReads(t *testing.T) {
	in, feed := io.Pipe()
	answers, out := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(t.Context(), []string{"triage"}, nil, in, out, io.Discard)
		out.Close()
		ended <- err
	}()
	from := json.NewDecoder(answers)
	for i := range 3 {
		fmt.Fprintf(feed, "{\"id\":%d,\"text\":\"%s\"}\n\n{\"id\"", i, strings.Repeat("we miss her ", 50_000))
		var a struct{ ID int }
		if err := from.Decode(&a); err != nil || a.ID != i {
			t.Fatalf("answer %d: %+v, %v", i, a, err)
		}
		fmt.Fprintln(feed, ":7,\"text\":\"and again\"}")
		if err := from.Decode(&a); err != nil || a.ID != 7 {
			t.Fatalf("answer after %d: %+v, %v", i, a, err)
		}
	}
	feed.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestTriageExplains(t *testing.T) {
	out, _, err := fed(t, nil, strings.NewReader("We buried her in May.\nI don't want to be here any more, I want to end my life tonight.\x1b[2J\n"), "triage", "--explain")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Band         P0", "hold: only the writer and moderators", "within 5m and decides within 15m",
		"mind_emergency: “Call 999 or go to A&E if …”", "Samaritans (116 123)", "What counted", "[", "rule mind.", "version ",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("does not say %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "\x1b") {
		t.Error("passes on what a terminal would obey")
	}
	out, _, err = fed(t, nil, strings.NewReader("the kettle broke"), "triage", "--explain", "-")
	if err != nil || !strings.Contains(out, "Nobody: nothing here asks for a moderator") || !strings.Contains(out, "No care card") {
		t.Errorf("%v: %s", err, out)
	}
	for name, text := range map[string]string{"nothing": " \n", "no UTF-8": "a\xff", "too much": strings.Repeat("a ", maxLine)} {
		if out, _, err := fed(t, nil, strings.NewReader(text), "triage", "--explain"); err == nil || out != "" {
			t.Errorf("%s: %v %s", name, err, out)
		}
	}
}

func TestInContext(t *testing.T) {
	long := strings.Repeat("é", 50)
	for _, c := range []struct {
		text       string
		start, end int
		want       string
	}{
		{"a b c", 2, 3, "a [b] c"},
		{long + "x" + long, 100, 101, "…" + strings.Repeat("é", 40) + "[x]" + strings.Repeat("é", 40) + "…"},
		{"a\n\tb\x1b", 3, 4, "a  [b]\uFFFD"},
		{"", 0, 0, "[]"},
	} {
		if got := inContext(c.text, c.start, c.end); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

func TestTriageTest(t *testing.T) {
	out, _, err := fed(t, nil, strings.NewReader(""), "triage", "test")
	if err != nil {
		t.Errorf("%v: %s", err, out)
	}
	for _, want := range []string{"0 examples fail", "training", "tuning", "frozen", "self-harm, now", "safeguarding", "personal data", "false alarms on ordinary posts", "any risk"} {
		if !strings.Contains(out, want) {
			t.Errorf("does not say %q:\n%s", want, out)
		}
	}
}

func TestAnExampleThatFailsIsNamed(t *testing.T) {
	engine, err := moderation.Load()
	if err != nil {
		t.Fatal(err)
	}
	r := engine.Rules()[0]
	if got := engine.Check(r); got != nil {
		t.Errorf("%s", got)
	}
	r.Hits, r.Misses = []string{"the kettle broke"}, r.Hits[:1]
	if got := engine.Check(r); len(got) != 2 || !strings.Contains(got[0], "the kettle broke") || !strings.HasPrefix(got[0], fmt.Sprintf("%s:%d: ", r.File, r.Line)) {
		t.Errorf("%q", got)
	}
}

func TestWilson(t *testing.T) {
	for _, c := range []struct {
		k, n      int
		low, high float64
	}{{0, 10, 0, 0.2775}, {10, 10, 0.7225, 1}, {28, 30, 0.7868, 0.9815}, {1, 2, 0.0945, 0.9055}} {
		low, high := wilson(c.k, c.n)
		if math.Abs(low-c.low) > 1e-3 || math.Abs(high-c.high) > 1e-3 {
			t.Errorf("%d of %d: %.4f to %.4f, want %.4f to %.4f", c.k, c.n, low, high, c.low, c.high)
		}
	}
	if got := share(0, 0); got != "–" {
		t.Errorf("of none: %s", got)
	}
}

const ownRule = `category: tags
source: "Our own team, 2026"
rules:
  - id: own.kettle
    tags: [spam]
    why: "Sells kettles."
    patterns: ["buy my kettle"]
    hits: ["please buy my kettle"]
    misses: ["%s"]
`

func TestOwnRulesLieOverTheShippedOnes(t *testing.T) {
	folder := t.TempDir()
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, "own.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := append(environ(t, "sqlite:"+t.TempDir()+"/own.db"), "SNOWDROP_RULES_DIR="+folder)
	write(fmt.Sprintf(ownRule, "the kettle broke"))
	out, _, err := fed(t, env, strings.NewReader(`{"id":1,"text":"Buy my kettle"}`), "triage")
	if err != nil || !strings.Contains(out, `"tags":["spam"]`) || !strings.Contains(out, "own.kettle") {
		t.Errorf("%v: %s", err, out)
	}
	start(t, env, "serve")

	// A bad one stops every start, and says where it is.
	for name, c := range map[string]struct{ text, want string }{
		"near miss": {fmt.Sprintf(ownRule, "do buy my kettle"), "own.yaml:4"},
		"no YAML":   {"rules: [", "own.yaml"},
		"typo":      {strings.Replace(ownRule, "patterns", "paterns", 1), "own.yaml:7"},
	} {
		write(c.text)
		for _, args := range [][]string{{"serve"}, {"demo", "--addr", "127.0.0.1:0"}, {"triage"}, {"triage", "test"}, {"triage", "--explain"}} {
			if _, err := command(t, env, args...); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), folder) {
				t.Errorf("%s: %v: %v, want it to name %s", name, args, err, c.want)
			}
		}
	}
	for name, folder := range map[string]string{"none": folder + "/none", "empty": t.TempDir(), "a file": filepath.Join(folder, "own.yaml")} {
		if _, err := command(t, []string{"SNOWDROP_RULES_DIR=" + folder}, "triage"); err == nil || !strings.Contains(err.Error(), "SNOWDROP_RULES_DIR") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnInterruptEndsTriage(t *testing.T) {
	in, feed := io.Pipe() // nothing ever comes
	defer feed.Close()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := run(ctx, []string{"triage"}, nil, in, io.Discard, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}
