// Package articles holds the site's own pages on grief and recovery, as Markdown
// with a heading of facts about each: what it suits, where its facts come from,
// and when it was and will be reviewed.
package articles

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"snowdrop/internal/forum"
)

//go:embed *.md
var files embed.FS

type heading struct {
	Title        string             `yaml:"title"`
	Summary      string             `yaml:"summary"`
	Topics       []string           `yaml:"topics"`
	Kinds        []forum.ThreadKind `yaml:"kinds"`
	Words        []string           `yaml:"words"`
	Sources      []string           `yaml:"sources"`
	LastReviewed string             `yaml:"last_reviewed"`
	NextReview   string             `yaml:"next_review"`
	Clinician    string             `yaml:"clinician"`
	Guarded      bool               `yaml:"guarded"`
	Minutes      int                `yaml:"minutes"`
}

// All reads the articles that ship with the program, by name. A heading that is
// incomplete is an error that names the file.
func All() ([]forum.Article, error) { return read(files) }

func read(fsys fs.FS) ([]forum.Article, error) {
	names, err := fs.Glob(fsys, "*.md")
	if err != nil {
		return nil, fmt.Errorf("list articles: %w", err)
	}
	var all []forum.Article
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read article %s: %w", name, err)
		}
		a, err := parse(string(data))
		if err != nil {
			return nil, fmt.Errorf("article %s: %w", name, err)
		}
		a.Slug = strings.TrimSuffix(name, ".md")
		all = append(all, a)
	}
	return all, nil
}

func parse(text string) (forum.Article, error) {
	rest, ok := strings.CutPrefix(text, "---\n")
	front, body, found := strings.Cut(rest, "\n---\n")
	if !ok || !found {
		return forum.Article{}, errors.New("it has no heading between --- lines")
	}
	var h heading
	if err := yaml.UnmarshalWithOptions([]byte(front), &h, yaml.Strict()); err != nil {
		return forum.Article{}, err
	}
	last, lastErr := time.Parse(time.DateOnly, h.LastReviewed)
	next, nextErr := time.Parse(time.DateOnly, h.NextReview)
	err := errors.Join(lastErr, nextErr)
	if h.Title == "" || h.Summary == "" || len(h.Sources) == 0 || h.Minutes < 1 {
		err = errors.Join(err, errors.New("it needs a title, a summary, sources and minutes"))
	}
	return forum.Article{
		Title: h.Title, Summary: h.Summary, Topics: h.Topics, Kinds: h.Kinds, Words: h.Words, Sources: h.Sources,
		LastReviewed: last, NextReview: next, Clinician: h.Clinician, Guarded: h.Guarded, Minutes: h.Minutes, Markdown: body,
	}, err
}
