package forum

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// MaxSuggested is how many articles stand beside a thread at the most.
const MaxSuggested = 3

// Suggest picks the articles to link beside a thread: those whose words occur in
// it weigh most, then those written for its topic, then for its kind. Articles
// past their review date are left out, and guarded ones stay out unless the
// thread's topic is one of theirs by name.
func Suggest(articles []Article, topic string, kind ThreadKind, text string, now time.Time) []Article {
	type scored struct {
		Article
		score int
	}
	words := plainWords(text)
	var found []scored
	for _, a := range articles {
		inTopic := slices.Contains(a.Topics, topic)
		if a.Overdue(now) || a.Guarded && !inTopic {
			continue
		}
		s := scored{Article: a}
		for _, w := range a.Words {
			if strings.Contains(words, plainWords(w)) {
				s.score += 4
			}
		}
		s.score = min(s.score, 12)
		if inTopic {
			s.score += 3
		}
		if s.score == 0 && len(a.Topics) > 0 {
			continue // written for other losses, and nothing in the thread calls for it
		}
		if slices.Contains(a.Kinds, kind) {
			s.score++
		}
		found = append(found, s)
	}
	slices.SortStableFunc(found, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	var picked []Article
	for _, s := range found[:min(len(found), MaxSuggested)] {
		picked = append(picked, s.Article)
	}
	return picked
}

// plainWords is the words of a text in lower case, each between spaces. A phone
// types ’ where an article's author types '.
func plainWords(text string) string {
	return " " + strings.Join(strings.FieldsFunc(strings.ReplaceAll(strings.ToLower(text), "’", "'"), func(r rune) bool {
		return !letterOrDigit(r) && r != '\''
	}), " ") + " "
}
