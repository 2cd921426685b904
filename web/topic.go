package web

import "snowdrop/internal/forum"

// neutral is the tab's title: what only members may read says nothing in a
// browser's history.
func neutral(a forum.Audience, title string) string {
	if a == forum.AudienceMembers {
		return "Snowdrop"
	}
	return title
}

// threadTitle is the tab's title of a thread. It does not tell what its reader
// hides.
func threadTitle(p Thread) string {
	if p.Gate != 0 {
		return "Snowdrop"
	}
	return neutral(p.Audience, p.Thread.Title)
}

func neutralSearch(p Search) string {
	if p.Actor.SignedIn() {
		return "Snowdrop"
	}
	return "Search"
}

// ownState names a state in a list that holds one's own threads among others'.
func ownState(s forum.PostState) string {
	if s == forum.StateFolded {
		return "Folded for now"
	}
	return stateWord(s)
}
