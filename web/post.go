package web

import (
	"strconv"
	"strings"
	"time"

	"snowdrop/internal/forum"
)

// folded says whether the reader opens the post with a tap. Writers see their own
// words open.
func folded(p Post) bool { return !p.Mine && (p.Fold || p.State == forum.StateFolded) }

// replyPath opens the form under a thread for an answer to a post. An answer to
// the opening needs no parent.
func replyPath(t Thread, p Post) string {
	if p.Part == forum.PartOpening {
		return "#reply"
	}
	query := "?reply=" + strconv.FormatInt(p.ID, 10)
	if t.Pager.Page > 1 {
		query = "?page=" + strconv.Itoa(t.Pager.Page) + "&reply=" + strconv.FormatInt(p.ID, 10)
	}
	return t.URL + query + "#reply"
}

// withYou tells a writer how many are with them.
func withYou(n int) string {
	if n == 1 {
		return "One person is with you."
	}
	return capital(number(n)) + " people are with you."
}

// foldLine is what readers see in place of a folded post.
func foldLine(p Post) string {
	switch {
	case p.FoldLine != "":
		return p.FoldLine
	case p.State == forum.StateFolded:
		return "Folded for now while our team checks in with the person who wrote this."
	case p.Matters != 0:
		return "This mentions " + matterWords(p.Matters) + "."
	case len(p.Mentions) > 0:
		return "This mentions " + list(mentionWords(p.Mentions)) + "."
	}
	return "Folded for now."
}

// stateWords tells the writer where their post is, and what that means.
func stateWords(p Post, now time.Time) (label, sentence string) {
	if !p.Mine {
		switch p.State {
		case forum.StateHeld:
			return "Held", "Readers don’t see this. Only the writer and moderators do."
		case forum.StateFolded:
			return "Folded", ""
		case forum.StateRemoved:
			return "Taken down", "Readers don’t see this any more."
		case forum.StateWithdrawn:
			return "Taken back", "The person who wrote this took it back. Readers don’t see it."
		case forum.StateDraft:
			return "Back with the writer", "They were asked to change something."
		}
		return "", ""
	}
	switch p.State {
	case forum.StateHeld:
		return "Only you can see this yet", strings.TrimSpace("Your words are safe. A moderator reads them first. Until then nobody else sees them but our team. " + readingWords(p.Reading, now))
	case forum.StateFolded:
		return "Folded for now", strings.TrimSpace("Your words are here. Readers see one line and can open it, until someone from our team has read it. You’ve done nothing wrong. " + readingWords(p.Reading, now))
	case forum.StateRemoved:
		return "Taken down", "Only you and our moderators can see this now."
	case forum.StateWithdrawn:
		return "You took this back", "Other people don’t see it any more."
	case forum.StateDraft:
		return "Back with you", "A moderator asked you to change something. Your words are all here. Nobody else sees them until you post again."
	}
	return "", ""
}

// stateForStaff is a post's state in a list of somebody else's posts.
func stateForStaff(s forum.PostState) string {
	label, _ := stateWords(Post{State: s}, time.Time{})
	return label
}

// stateWord is a post's state in a list of one's own.
func stateWord(s forum.PostState) string {
	switch s {
	case forum.StateDraft:
		return "Back with you to change"
	case forum.StateHeld:
		return "A moderator reads it first"
	case forum.StateFolded:
		return "Folded for now"
	case forum.StateRemoved:
		return "Taken down"
	case forum.StateWithdrawn:
		return "You took it back"
	}
	return ""
}
