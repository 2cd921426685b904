package web

import (
	"strings"
	"time"
)

// dial is a phone number without its spaces.
func dial(phone string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, phone)
}

// aloud is a phone number as a screen reader should say it: digit by digit, with
// a rest between the groups.
func aloud(phone string) string {
	var groups []string
	for _, group := range strings.Fields(phone) {
		groups = append(groups, strings.Join(strings.Split(group, ""), " "))
	}
	return strings.Join(groups, ", ")
}

// spoken is a number as its link is called: as it is written, so that it can be
// found by voice, then digit by digit.
func spoken(phone string) string { return phone + ": " + aloud(phone) }

// message splits "SHOUT to 85258" into the word and the number to text it to.
func message(text string) (word, to string, ok bool) {
	word, to, ok = strings.Cut(text, " to ")
	if !ok || dial(to) != to || to == "" || strings.ContainsAny(word, " ?&") {
		return "", "", false
	}
	return word, to, true
}

// checked says when a person last checked a number.
func checked(on time.Time) string {
	if on.IsZero() {
		return "Nobody has checked this number yet"
	}
	return "Checked on " + day(on)
}
