package forum

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// checkText takes what somebody typed into a field, tidies line ends and the
// white space around it, and refuses what cannot be kept: invalid UTF-8, control
// characters, nothing at all when least is above 0, or more than most characters.
func checkText(field, called, typed string, least, most int) (string, error) {
	if !utf8.ValidString(typed) || strings.ContainsFunc(typed, forbidden) {
		return "", invalid(field, "Your words are safe, but "+called+" has characters in it that we can't keep. Please type that part again.")
	}
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(typed)
	text = strings.TrimSpace(text)
	n := utf8.RuneCountInString(text)
	switch {
	case n == 0 && least > 0:
		return "", invalid(field, "Please write "+called+".")
	case n < least:
		return text, invalid(field, fmt.Sprintf("Please make %s %d characters or more.", called, least))
	case n > most:
		return text, invalid(field, fmt.Sprintf("Your words are safe, but %s is %s characters too long. It can be up to %s.", called, thousands(n-most), thousands(most)))
	}
	return text, nil
}

func forbidden(r rune) bool {
	return r != '\n' && r != '\r' && r != '\t' && unicode.Is(unicode.Cc, r) || r == utf8.RuneError
}

func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}

// fold makes names and addresses comparable: compatibility forms, letter case
// and inner spaces are evened out.
func fold(s string) string {
	s = cases.Fold().String(norm.NFKC.String(s))
	return strings.Join(strings.Fields(s), " ")
}

// Slug makes the readable part of a thread's address from its title: ASCII
// letters, digits and single hyphens, 60 bytes at most, never empty.
func Slug(title string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(strings.ToLower(title)) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r), r == '\'', r == '’':
		default:
			gap = true
		}
		if b.Len() >= 60 {
			break
		}
	}
	slug := b.String()
	if len(slug) > 60 {
		slug = slug[:60]
	}
	if slug = strings.Trim(slug, "-"); slug == "" {
		return "thread"
	}
	return slug
}
