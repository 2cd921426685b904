package secret

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
)

//go:embed common.txt
var commonText string

var commonWords = sync.OnceValue(func() map[string]bool {
	words := map[string]bool{}
	for line := range strings.Lines(commonText) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for word := range strings.FieldsSeq(line) {
			words[word] = true
		}
	}
	return words
})

// rows are what fingers run along. Each is searched forwards and backwards.
var rows = []string{
	"01234567890123456789", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
	"qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm", "azertyuiopqsdfghjklmwxcvbn",
	"1qaz2wsx3edc4rfv5tgb6yhn7ujm", "qazwsxedcrfvtgbyhnujmikolp", "1q2w3e4r5t6y7u8i9o0p",
}

// leet undoes the usual swaps of letters for digits and signs.
var leet = []*strings.Replacer{
	strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "8", "b", "@", "a", "$", "s", "!", "i"),
	strings.NewReplacer("0", "o", "1", "l", "3", "e", "4", "a", "5", "s", "7", "t", "8", "b", "@", "a", "$", "s", "!", "l"),
}

// Common says whether a password, given in lower case, is among the first that
// somebody would try: a run of keys, one short thing again and again, or one or two
// common words with digits and signs around them.
func Common(password string) bool {
	plain := strings.Join(strings.Fields(password), "")
	if repeats(plain) || runs(plain) {
		return true
	}
	for _, swap := range leet {
		for _, core := range []string{
			letters(swap.Replace(strings.TrimFunc(plain, func(r rune) bool { return !unicode.IsLetter(r) }))),
			letters(swap.Replace(plain)),
			letters(plain),
		} {
			if core != "" && (repeats(core) && len(core) > 1 || runs(core) || listed(core)) {
				return true
			}
		}
	}
	return false
}

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, s)
}

// repeats says whether s is something of at most six characters, or a listed word,
// again and again; the last time may be cut off.
func repeats(s string) bool {
	runes := []rune(s)
	for size := 1; size <= len(runes)/2; size++ {
		unit := string(runes[:size])
		if size > 6 && !commonWords()[unit] {
			continue
		}
		if strings.HasPrefix(strings.Repeat(unit, len(runes)/size+1), s) {
			return true
		}
	}
	return false
}

func runs(s string) bool {
	back := []rune(s)
	for i, j := 0, len(back)-1; i < j; i, j = i+1, j-1 {
		back[i], back[j] = back[j], back[i]
	}
	for _, row := range rows {
		if len(s) >= 4 && (strings.Contains(row, s) || strings.Contains(row, string(back))) {
			return true
		}
	}
	return false
}

// listed says whether s is one listed word or two.
func listed(s string) bool {
	words := commonWords()
	if words[s] {
		return true
	}
	for i := range s {
		if words[s[:i]] && words[s[i:]] {
			return true
		}
	}
	return false
}
