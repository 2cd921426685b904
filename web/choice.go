package web

import (
	"snowdrop/internal/forum"
)

// kindWord names a kind of thread.
func kindWord(k forum.ThreadKind) string {
	switch k {
	case forum.Question:
		return "Question"
	case forum.Story:
		return "Story"
	case forum.Remembrance:
		return "Remembrance"
	}
	return ""
}

// kindChoice says what a writer chooses.
func kindChoice(k forum.ThreadKind) (label, hint string) {
	switch k {
	case forum.Question:
		return "A question", "Something you want to ask"
	case forum.Story:
		return "My story", "What happened, or how it is today"
	case forum.Remembrance:
		return "Remembering", "A name, a special day, a few words for {{baby}}"
	}
	return string(k), ""
}

// wantsWord says what a writer hopes for.
func wantsWord(w forum.Wants) string {
	switch w {
	case forum.WantsListen:
		return "Just listen, please"
	case forum.WantsParents:
		return "Hoping for other parents’ experience"
	case forum.WantsMidwife:
		return "Hoping for a midwife’s answer"
	}
	return ""
}

func wantsChoice(w forum.Wants) (label, hint string) {
	switch w {
	case forum.WantsListen:
		return "Just listen", "No advice, please"
	case forum.WantsParents:
		return "Other parents’ experience", "What it was like for them"
	case forum.WantsMidwife:
		return "A midwife’s answer", ""
	}
	return string(w), ""
}

// noted is the content notes a writer can put on a post, in the order offered.
var noted = []struct{ Tag, Words string }{
	{"mention_pregnancy", "a new pregnancy"},
	{"mention_living_child", "a living child"},
	{"mention_birth", "a birth"},
	{"mention_scan", "a scan"},
	{"mention_graphic", "medical details that are hard to read"},
	{"mention_faith", "faith"},
}

// mentionWords lists content notes in words.
func mentionWords(m forum.Mentions) []string {
	var words []string
	for _, n := range noted {
		if mentions(m, n.Tag) {
			words = append(words, n.Words)
		}
	}
	return words
}

func mentions(m forum.Mentions, tag string) bool {
	for _, have := range m {
		if string(have) == tag {
			return true
		}
	}
	return false
}
