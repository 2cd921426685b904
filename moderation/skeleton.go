package moderation

import (
	"strings"
	"unicode"
)

// looksLike makes one letter of those that the eye takes for each other in a short
// name, after look-alikes of other scripts have been folded. Both sides of every
// comparison go through it.
var looksLike = strings.NewReplacer("0", "o", "1", "l", "i", "l", "|", "l", "!", "l", "3", "e", "4", "a", "5", "s", "$", "s", "7", "t", "8", "b", "rn", "m", "vv", "w", "cl", "d")

// Look is a name as the eye takes it: two names with the same look can be taken for
// each other. Spaces and signs between letters count for nothing, nor does a letter
// that is doubled.
func Look(name string) string {
	var folded []byte
	for _, r := range name {
		folded = foldRune(folded, r)
	}
	var b strings.Builder
	last := rune(-1)
	for _, r := range looksLike.Replace(string(folded)) {
		if (unicode.IsLetter(r) || unicode.IsNumber(r)) && r != last {
			b.WriteRune(r)
			last = r
		}
	}
	return b.String()
}

// Contact says whether a short text has a way to reach somebody in it: an address
// of any kind, or digits enough for a phone number.
func Contact(text string) bool {
	digits := 0
	for _, r := range text {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	if digits >= 7 || strings.Contains(text, "@") || strings.Contains(text, "://") {
		return true
	}
	for w := range strings.FieldsSeq(strings.ToLower(text)) {
		if w = strings.Trim(w, "().,;:!?\"'<>[]"); isLink(w) || strings.HasPrefix(w, "www.") {
			return true
		}
	}
	return false
}

// notSurnames are words that stand behind a first name in an alias without being a
// last name.
var notSurnames = newWordSet("mum mam mom mummy mama dad daddy papa nan nana gran granny grandma grandad and of in from with the mumma mammy bear moon star sky rain sea tree bird the's her his our my two three")

// FullName says whether an alias looks like a first name and a surname.
func FullName(alias string) bool {
	words := strings.Fields(alias)
	if len(words) < 2 || len(words) > 3 || !firstNames.has(words[0]) {
		return false
	}
	for _, w := range words[1:] {
		if notSurnames.has(w) || strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && r != '-' && r != '\'' && r != '’' }) {
			return false
		}
	}
	last := words[len(words)-1]
	return len([]rune(last)) >= 3 && !ordinary(last)
}
