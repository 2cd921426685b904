// Package corpus holds the posts that the triage rules and the second reader are
// trained and measured on. README.md beside it says what its fields mean. None of
// the posts is, or is drawn from, a real person's words.
package corpus

import (
	"bufio"
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io/fs"
	"strings"
)

//go:embed *.jsonl
var files embed.FS

// Post is one labelled post.
type Post struct {
	ID       string   `json:"id"`
	Family   string   `json:"family"` // the original's id; its own for an original
	Text     string   `json:"text"`
	Mind     int      `json:"mind"` // 0 to 4
	Body     int      `json:"body"` // 0 to 3
	Tags     []string `json:"tags"`
	Category string   `json:"category"` // what it was written for
	Voice    string   `json:"voice"`
	Change   string   `json:"change"` // of a variant: the one thing that changed
}

// Part is one of the three parts of the corpus. A family of variants is never
// split between parts.
type Part string

const (
	Training Part = "training" // rules are written and the second reader is trained on it
	Tuning   Part = "tuning"   // thresholds are chosen on it
	Frozen   Part = "frozen"   // measured, and nothing is ever tuned on it
)

// Exam reports a post of an examination: its writer wrote nothing else here and
// had read nothing of it, so it says how well a post by a stranger is read. It is
// frozen as a whole.
func (p Post) Exam() bool { return p.Set() == "exam" || p.Set() == "exam2" || p.LastExam() }

// LastExam reports a post of an examination that was opened when nothing was left to
// choose: its figures have swayed nothing.
func (p Post) LastExam() bool { return p.Set() == "exam3" || p.Set() == "exam4" }

// Set is the name of the file that a post's original stands in.
func (p Post) Set() string {
	name, _, _ := strings.Cut(p.Family, "-")
	return name
}

// Part says which part a post belongs to. The examinations are frozen and the
// strangers' trials are for tuning, each as a whole; of all else a hash of the
// family's name puts eight in ten into training and two into the frozen part.
func (p Post) Part() Part {
	if p.Exam() {
		return Frozen
	}
	switch p.Set() {
	case "triala", "trialb", "trialc", "triald", "triale", "calm", "calmb", "calmc":
		return Tuning
	}
	h := fnv.New32a()
	h.Write([]byte(p.Family)) // never fails
	if h.Sum32()%10 < 8 {
		return Training
	}
	return Frozen
}

// All reads every post, in the order of the files' names. A malformed line is an
// error that names file and line.
func All() ([]Post, error) {
	names, err := fs.Glob(files, "*.jsonl")
	if err != nil {
		return nil, fmt.Errorf("list the corpus: %w", err)
	}
	var posts []Post
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		lines := bufio.NewScanner(bytes.NewReader(data))
		lines.Buffer(nil, 1<<20)
		for n := 1; lines.Scan(); n++ {
			if len(bytes.TrimSpace(lines.Bytes())) == 0 {
				continue
			}
			var p Post
			d := json.NewDecoder(bytes.NewReader(lines.Bytes()))
			d.DisallowUnknownFields()
			if err := d.Decode(&p); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", name, n, err)
			}
			posts = append(posts, p)
		}
		if err := lines.Err(); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
	}
	return posts, nil
}
