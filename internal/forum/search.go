package forum

import (
	"context"
	"fmt"
	"strings"
	"unicode"
)

// MaxSearch is how many characters of a question are looked at.
const MaxSearch = 200

// SearchWords is what is looked for when somebody typed this: without the space
// around it and without characters that cannot be typed, cut at MaxSearch.
func SearchWords(typed string) string {
	words := strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case forbidden(r):
			return -1
		}
		return r
	}, typed))
	if runes := []rune(words); len(runes) > MaxSearch {
		words = strings.TrimSpace(string(runes[:MaxSearch]))
	}
	return words
}

// Search finds posts by their words, the best first, then the newest. It refuses
// nothing: an unknown topic is any topic, and what has no words in it finds
// nothing.
func (c *Community) Search(ctx context.Context, a Actor, q SearchQuery) ([]PostRow, error) {
	q.Words = SearchWords(q.Words)
	if _, known := c.Topics.Find(q.Topic); !known {
		q.Topic = ""
	}
	if q.Words == "" {
		return nil, nil
	}
	rows, err := c.store.Search(ctx, a, q)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	for i := range rows {
		hide(a, &rows[i])
	}
	return rows, nil
}
