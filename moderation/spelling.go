package moderation

import (
	"bytes"
	"slices"
	"strings"
)

// speller knows how a word may be written: the closed lists of spelling.yaml.
type speller struct {
	// forms maps a written form to the words it stands for: text-speak,
	// contractions without apostrophe, misspellings, UK and US forms.
	forms map[string][]string
}

// expand returns the words that one written word of a pattern stands for.
func (s *speller) expand(w string) []string {
	var folded []byte
	for _, r := range w {
		folded = foldRune(folded, r)
	}
	w = string(folded)
	if strings.HasPrefix(w, "@") {
		return []string{w}
	}
	if out, ok := s.forms[w]; ok {
		return out
	}
	if base, tail, ok := cutApostrophe(folded); ok {
		return append(s.expand(string(base)), tail...)
	}
	var out []string
	for part := range strings.SplitSeq(w, "-") {
		if part == "" {
			continue
		}
		if form, ok := s.forms[part]; ok {
			out = append(out, form...)
		} else {
			out = append(out, part)
		}
	}
	return out
}

// ownerS is the 's of a noun. It matches "is" in a pattern ("my wife's bleeding")
// but says nothing about the tense, because it may as well own something ("my
// baby's blanket").
const ownerS = "'s"

// cutApostrophe splits don't, I'm, she's into their words.
func cutApostrophe(w []byte) (base []byte, tail []string, ok bool) {
	i := bytes.LastIndexByte(w, '\'')
	if i <= 0 {
		return nil, nil, false
	}
	switch string(w[i+1:]) {
	case "t":
		if w[i-1] == 'n' {
			if i == 1 {
				return nil, nil, false
			}
			return w[:i-1], []string{"not"}, true
		}
	case "m":
		return w[:i], []string{"am"}, true
	case "re":
		return w[:i], []string{"are"}, true
	case "ve":
		return w[:i], []string{"have"}, true
	case "ll":
		return w[:i], []string{"will"}, true
	case "d":
		return w[:i], []string{"would"}, true
	case "s":
		switch string(w[:i]) {
		case "he", "she", "it", "that", "there", "here", "what", "who", "where", "how":
			return w[:i], []string{"is"}, true
		}
		return w[:i], []string{ownerS}, true
	}
	return nil, nil, false
}

// lookup returns the symbols of a folded word, or for a word that no rule
// knows, none and its longest known beginning. The slice must not be kept.
func (lex *lexicon) lookup(w []byte) (syms []int32, stem int32) {
	if p, ok := lex.written[string(w)]; ok {
		return lex.spelt[p.from:p.to], noSymbol
	}
	if bytes.IndexByte(w, '\'') > 0 {
		base, tail, ok := cutApostrophe(w)
		if ok {
			head, stem := lex.lookup(base)
			if len(tail) > 0 && len(head) > 0 {
				if t, ok := lex.words[tail[0]]; ok {
					return append(slices.Clip(head), t), noSymbol
				}
			}
			return head, stem
		}
		plain := bytes.ReplaceAll(w, []byte{'\''}, nil)
		if len(plain) > 0 && len(plain) < len(w) {
			return lex.lookup(plain)
		}
	}
	if bytes.IndexByte(w, '*') > 0 {
		return lex.censored(w), noSymbol
	}
	if bytes.ContainsAny(w, "0123456789@$!") {
		if sym := lex.leet(w); sym >= 0 {
			return lex.spelt[sym : sym+1], noSymbol
		}
	}
	if short, ok := squeeze(w, 2); ok {
		if syms, stem = lex.lookup(short); len(syms) > 0 {
			return syms, stem
		}
	}
	if short, ok := squeeze(w, 1); ok {
		if syms, stem = lex.plain(short); len(syms) > 0 {
			return syms, stem
		}
	}
	if stem = lex.longestStem(w); stem >= 0 {
		return nil, stem
	}
	if sym := lex.repair(w); sym >= 0 {
		return lex.spelt[sym : sym+1], noSymbol
	}
	return nil, noSymbol
}

// plain looks a word up as it stands.
func (lex *lexicon) plain(w []byte) ([]int32, int32) {
	p := lex.written[string(w)]
	return lex.spelt[p.from:p.to], noSymbol
}

// squeeze shortens every run of three or more of one letter to n, and reports
// whether there was one: "soooo" is so, "helllp" is help.
func squeeze(w []byte, n int) ([]byte, bool) {
	long := false
	for i := 2; i < len(w); i++ {
		if w[i] == w[i-1] && w[i] == w[i-2] {
			long = true
			break
		}
	}
	if !long {
		return nil, false
	}
	out := make([]byte, 0, len(w))
	for i := 0; i < len(w); {
		j := i
		for j < len(w) && w[j] == w[i] {
			j++
		}
		keep := j - i
		if keep > 2 {
			keep = n
		}
		for range keep {
			out = append(out, w[i])
		}
		i = j
	}
	return out, true
}

// leet reads digits and signs that stand for letters, if a rule knows the word.
func (lex *lexicon) leet(w []byte) int32 {
	if len(w) < 3 {
		return noSymbol
	}
	var buf [maxWord]byte
	out := buf[:0]
	changed, letters := false, 0
	for _, c := range w {
		switch c {
		case '0':
			c, changed = 'o', true
		case '1', '!':
			c, changed = 'i', true
		case '3':
			c, changed = 'e', true
		case '4', '@':
			c, changed = 'a', true
		case '5', '$':
			c, changed = 's', true
		case '7':
			c, changed = 't', true
		default:
			letters++
		}
		out = append(out, c)
	}
	if !changed || letters < 2 {
		return noSymbol
	}
	if sym, ok := lex.words[string(out)]; ok {
		return sym
	}
	return noSymbol
}

// censored reads s*icide and f**k: a closed list of words that people star.
func (lex *lexicon) censored(w []byte) []int32 {
	for _, word := range lex.starred {
		if len(word) != len(w) {
			continue
		}
		same := true
		for i := range w {
			if w[i] != '*' && w[i] != word[i] {
				same = false
				break
			}
		}
		if same {
			syms, _ := lex.plain([]byte(word))
			return syms
		}
	}
	return nil
}

// longestStem returns the longest stem (a word* of some pattern) that w begins
// with.
func (lex *lexicon) longestStem(w []byte) int32 {
	for n := min(len(w), lex.maxStem); n >= lex.minStem; n-- {
		if sym, ok := lex.stems[string(w[:n])]; ok {
			return sym
		}
	}
	return noSymbol
}

// repair finds the one word of the closed list in spelling.yaml that w is a
// single slip away from: a letter left out, added, changed or swapped. Words
// shorter than five letters are never guessed, and words on the list of real
// neighbours ("breeding") are left alone.
func (lex *lexicon) repair(w []byte) int32 {
	if len(w) < 5 || len(w) > 20 {
		return noSymbol
	}
	if _, real := lex.real[string(w)]; real {
		return noSymbol
	}
	if sym := lex.slip(hashWithout(w, -1), w); sym >= 0 {
		return sym
	}
	for i := range w {
		if sym := lex.slip(hashWithout(w, i), w); sym >= 0 {
			return sym
		}
	}
	return noSymbol
}

// slip checks the listed words that share this hash with w.
func (lex *lexicon) slip(hash uint64, w []byte) int32 {
	for _, cand := range lex.slips[hash] {
		if oneSlip(w, lex.names[cand]) {
			return cand
		}
	}
	return noSymbol
}

// hashWithout is FNV-1a of w with the byte at skip left out.
func hashWithout[T ~string | ~[]byte](w T, skip int) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(w); i++ {
		if i == skip {
			continue
		}
		h = (h ^ uint64(w[i])) * 1099511628211
	}
	return h
}

// oneSlip reports whether a is b with one letter changed, added, left out, or
// two neighbours swapped.
func oneSlip(a []byte, b string) bool {
	if len(a) > len(b)+1 || len(b) > len(a)+1 {
		return false
	}
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	ra, rb := string(a[i:]), b[i:]
	switch {
	case len(a) == len(b):
		if len(ra) == 0 {
			return true
		}
		if ra[1:] == rb[1:] {
			return true
		}
		return len(ra) > 1 && ra[0] == rb[1] && ra[1] == rb[0] && ra[2:] == rb[2:]
	case len(a) > len(b):
		return ra[1:] == rb
	default:
		return ra == rb[1:]
	}
}

// split reads a hashtag as words that rules know, if it can be read so without
// a rest; it prefers long words.
func (lex *lexicon) split(w []byte, push func(int32)) bool {
	if _, whole := lex.words[string(w)]; whole || len(w) < 4 {
		return false
	}
	n := len(w)
	var best [maxWord + 1]int8 // best[i]: length of the word that ends at i, 0 if none
	var score [maxWord + 1]int
	if n > maxWord {
		return false
	}
	for i := 1; i <= n; i++ {
		for j := max(0, i-14); j < i; j++ {
			if j > 0 && best[j] == 0 {
				continue
			}
			if _, ok := lex.words[string(w[j:i])]; ok {
				if s := score[j] + (i-j)*(i-j); s > score[i] {
					score[i], best[i] = s, int8(i-j)
				}
			}
		}
	}
	if best[n] == 0 {
		return false
	}
	var parts []int32
	for i := n; i > 0; i -= int(best[i]) {
		syms, _ := lex.plain(w[i-int(best[i]) : i])
		for _, s := range slices.Backward(syms) {
			parts = append(parts, s)
		}
	}
	slices.Reverse(parts)
	for _, s := range parts {
		push(s)
	}
	return true
}
