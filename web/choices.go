package web

import (
	"strconv"
	"strings"

	"snowdrop/internal/forum"
)

// Choices is the page on which a member chooses what they meet.
type Choices struct {
	Frame
	Faults []Fault
	Ties   []forum.TieRow
	Topics []forum.Topic
	Alias  string // typed: somebody they know
	Baby   string
	Loss   string
}

// Know asks whether all that one writes is to be kept from somebody.
type Know struct {
	Frame
	PostID int64
	Author string
	Back   string
}

// Rename is the page on which a member changes their name.
type Rename struct {
	Frame
	Faults []Fault
	Name   string
	Keep   bool // although it looks like a full name
}

// Hidden is a line about what choices keep out of a list.
type Hidden struct {
	N    int
	Path string // shows them
}

// matterWords names what posts mention.
func matterWords(m forum.Matters) string { return list(mentionWords(m.Tags())) }

// hiddenWords says how much choices keep out of a list.
func hiddenWords(n int) string {
	switch {
	case n >= forum.MostHidden:
		return "Many posts are hidden by your choices."
	case n == 1:
		return "One post is hidden by your choices."
	}
	return capital(number(n)) + " posts are hidden by your choices."
}

func lookWords(n int) string {
	if n == 1 {
		return "Show it folded"
	}
	return "Show them folded"
}

// say puts the reader's own words for their baby and their loss into one of the
// site's sentences.
func (f Frame) say(sentence string) string { return f.Actor.Speech().Say(sentence) }

// tieWords says what a member said about somebody.
func tieWords(t forum.TieRow) string {
	switch {
	case t.ThreadID != 0:
		return "Somebody who wrote without a name"
	case t.Kind == forum.TieKnow:
		return t.Name + ", whom you know"
	}
	return t.Name
}

func tieID(t forum.TieRow) string { return strconv.FormatInt(t.ID, 10) }

// hiddenReply is what stands in place of a comment that its reader hides.
func hiddenReply(p Post) string {
	return "A reply that mentions " + matterWords(p.Matters) + " is hidden by your choices."
}

// listOr joins things as people offer them: "a, b or c".
func listOr(things []string) string {
	n := len(things)
	if n < 2 {
		return list(things)
	}
	return strings.Join(things[:n-1], ", ") + " or " + things[n-1]
}
