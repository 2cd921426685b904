package forum

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"snowdrop/internal/secret"
)

// Password lengths in characters. Length is what protects; there are no rules
// about digits or capitals (NIST SP 800-63B).
const (
	MinPassword      = 10
	MinStaffPassword = 12
	MaxPassword      = 128
)

// minInside is from how many characters on an alias or an address counts as being
// inside a password; "Jo" is inside too many good ones.
const minInside = 4

// checkPassword refuses what is short, or what somebody who knows the site or the
// person would try first.
func (c *Community) checkPassword(password string, staff bool, name, email string) error {
	least := MinPassword
	if staff {
		least = MinStaffPassword
	}
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password):
		return invalid("password", "Please choose a password that you can type on a keyboard.")
	case n < least:
		return invalid("password", fmt.Sprintf("Please choose a password of %d characters or more. Three words you will remember work well.", least))
	case n > MaxPassword:
		return invalid("password", fmt.Sprintf("Please choose a password of %d characters or fewer.", MaxPassword))
	}
	typed := fold(password)
	local, _, _ := strings.Cut(email, "@")
	for _, own := range []string{nameKey(name), fold(email), fold(local)} {
		if utf8.RuneCountInString(own) >= minInside && strings.Contains(typed, own) {
			return invalid("password", "This password has your name or your e-mail address in it. Somebody who knows them could guess it, so please choose another one.")
		}
	}
	if secret.Common(typed) {
		return invalid("password", "Many people use this password, or one very like it, so it is easy to guess. Three words that have nothing to do with each other are much harder.")
	}
	return nil
}
