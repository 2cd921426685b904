package web

import (
	"strings"
	"time"

	"snowdrop/internal/forum"
)

// People is the list of people, for leads and admins.
type People struct {
	Frame
	Alias    string // asked for
	Role     forum.Role
	List     []forum.Actor
	Older    string // path of the next page; empty on the last
	Requests []forum.GrantRequestRow
}

// PersonPage is one person as leads and admins see them.
type Person struct {
	Frame
	View    forum.PersonView
	Address string       // opened in this very answer; empty: sealed
	Self    bool         // it is the reader
	May     []forum.Role // the reader can give
	Faults  []Fault
	Role    forum.Role
	Expires string
}

// rolesWords lists what somebody is, without their member's role.
func rolesWords(roles []forum.Role) string {
	var words []string
	for _, r := range roles {
		words = append(words, strings.TrimPrefix(strings.TrimPrefix(forum.RoleWords(r), "an "), "a "))
	}
	if len(words) == 0 {
		return "Member"
	}
	return capital(list(words))
}

// standingWords says in a few words what somebody may not do.
func standingWords(a forum.Actor, now time.Time) string {
	if l, limited := a.Restricted(); limited {
		if l.Until == nil {
			return "Can read, but not write"
		}
		return "Can read, but not write, until " + moment(*l.Until, now)
	}
	if a.Unconfirmed {
		return "Address not confirmed yet: what they post waits"
	}
	return "Can read and write"
}

var whyWords = map[string]string{
	"register": "To look them up on the register", "emergency": "Somebody’s life may be at risk", "request": "They asked for it, or a court or an authority did", "review": "To look into something that went wrong",
}
