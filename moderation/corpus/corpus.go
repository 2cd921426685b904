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

// Part is one of the three parts of the corpus. A file, and with it a family of
// variants and a writer, belongs to one part as a whole.
type Part string

const (
	Training Part = "training" // rules are written and the second reader is trained on it
	Tuning   Part = "tuning"   // strangers' posts: thresholds are chosen on it
	Frozen   Part = "frozen"   // strangers' posts that nothing is ever tuned on
)

// Part says which part a post belongs to, by the name of its original's file.
func (p Post) Part() Part {
	switch {
	case strings.HasPrefix(p.Family, "exam"):
		return Frozen
	case strings.HasPrefix(p.Family, "trial"), strings.HasPrefix(p.Family, "calm"):
		return Tuning
	}
	return Training
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
