package moderation

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// texts whose level must survive being written differently.
var robust = []string{
	"I want to die, I don't want to wake up tomorrow",
	"I have taken all my tablets and I am scared",
	"blood is pouring and I have soaked through the mattress",
	"I feel suicidal and hopeless tonight",
	"I am passing large clots and shivering, my temperature is 38.6",
	"he checks my phone and won't let me see my family",
	"my calf is hot and swollen since the section",
	"I can't go on, they would be better off without me",
}

// rewrites change how a text looks and not what it says.
var rewrites = map[string]func(string) string{
	"upper case": strings.ToUpper,
	"lower case": strings.ToLower,
	"no punctuation": func(s string) string {
		return strings.NewReplacer(",", "", ".", "", "!", "").Replace(s)
	},
	"curly":         func(s string) string { return strings.ReplaceAll(s, "'", "’") },
	"no apostrophe": func(s string) string { return strings.ReplaceAll(s, "'", "") },
	"emoji":         func(s string) string { return "😭😭 " + strings.ReplaceAll(s, ",", " 💔") + " 🕯️" },
	"greeting":      func(s string) string { return "Hi ladies, hope you don't mind me posting. " + s },
	"double space":  func(s string) string { return strings.ReplaceAll(s, " ", "  ") },
	"lines":         func(s string) string { return strings.ReplaceAll(s, ", ", ",\n") },
	"shouting":      func(s string) string { return s + "!!!!" },
	"dots":          func(s string) string { return strings.ReplaceAll(s, ", ", "... ") + "..." },
	"zero width": func(s string) string {
		return strings.NewReplacer("i", "i\u200b", "a", "a\u200d", "o", "\ufeffo").Replace(s)
	},
	"look-alikes": func(s string) string {
		return strings.NewReplacer("a", "а", "e", "е", "o", "о", "c", "с", "i", "і").Replace(s)
	},
	"full width": func(s string) string {
		return strings.Map(func(r rune) rune {
			if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
				return r + 0xFEE0
			}
			return r
		}, s)
	},
	"accents":    func(s string) string { return strings.NewReplacer("a", "á", "e", "e\u0308", "o", "ö").Replace(s) },
	"small caps": func(s string) string { return strings.NewReplacer("k", "ᴋ", "d", "ᴅ").Replace(s) },
	"stretched":  func(s string) string { return strings.NewReplacer("ie", "iiiee", "ood", "oood").Replace(s) },
}

func TestRewritesKeepTheReading(t *testing.T) {
	for _, text := range robust {
		want := Assess(text)
		if want.Band.rank() > P1.rank() {
			t.Fatalf("%q is not read at all", text)
		}
		for name, rewrite := range rewrites {
			got := Assess(rewrite(text))
			if got.Mind < want.Mind || got.Body < want.Body || got.Band.rank() > want.Band.rank() {
				t.Errorf("%s: %q is read as mind %d body %d, plain as %d and %d", name, rewrite(text), got.Mind, got.Body, want.Mind, want.Body)
			}
		}
	}
}

func TestTextSpeakAndMisspellings(t *testing.T) {
	checkReadings(t, []reading{
		{"i dnt wanna b here anymore", unchecked, unchecked, nil, nil},
		{"kms tbh", 2, 0, nil, nil},
		{"i want 2 d!e", unchecked, unchecked, nil, nil},
		{"feeling s*icidal again", 2, 0, nil, nil},
		{"s u i c i d a l again and i cant cope", 2, 0, nil, nil},
		{"#iwanttodie", 2, 0, nil, nil},
		{"i cant carry on rn", unchecked, unchecked, nil, nil},
	})
	for _, text := range []string{
		"sooo scaaared, bleedin loads, soaking threw pads", "bleeeding heavily 2day", "i think its eptopic, rly bad pain on one side",
	} {
		if got := Assess(text); got.Body < 2 {
			t.Errorf("%q: body %d", text, got.Body)
		}
	}
	if got := Assess("i cant carry on rn"); got.Mind < 1 {
		t.Errorf("mind %d", got.Mind)
	}
}

// TestTypos changes one letter inside each longer word in turn.
func TestTypos(t *testing.T) {
	kept, all := 0, 0
	for _, text := range robust {
		want := Assess(text)
		words := strings.Fields(text)
		for i, w := range words {
			if len(w) < 5 {
				continue
			}
			for _, typo := range []string{w[:2] + w[3:], w[:2] + w[2:3] + w[2:], w[:2] + w[3:4] + w[2:3] + w[4:]} {
				changed := append(append(append([]string{}, words[:i]...), typo), words[i+1:]...)
				got := Assess(strings.Join(changed, " "))
				all++
				if got.Mind >= want.Mind && got.Body >= want.Body && got.Band.rank() <= want.Band.rank() {
					kept++
				}
			}
		}
	}
	if float64(kept) < 0.85*float64(all) {
		t.Errorf("%d of %d typos keep the reading", kept, all)
	}
	t.Logf("%d of %d typos keep the reading", kept, all)
}

func FuzzAssess(f *testing.F) {
	for _, s := range robust {
		f.Add(s)
	}
	for _, s := range hostile {
		f.Add(strings.Repeat(s, 5))
	}
	f.Add("")
	f.Add("\xff\xfe I want to die \x80")
	f.Add("I saw it on facebook, something about a walk")
	f.Add("9434765919 AB12 CDE jo@x.co NN1 5BD 07700 900123 £5 “quoted” \"un")
	f.Fuzz(func(t *testing.T, text string) {
		a, again := Assess(text), Assess(text)
		if a.Band != again.Band || len(a.Findings) != len(again.Findings) {
			t.Fatal("not deterministic")
		}
		for _, x := range a.Findings {
			if x.Start < 0 || x.End > len(text) || x.Start >= x.End {
				t.Fatalf("span %d to %d of %d bytes: %s", x.Start, x.End, len(text), x.Rule)
			}
			if !boundary(text, x.Start) || !boundary(text, x.End) {
				t.Fatalf("%s: span %d to %d cuts a rune", x.Rule, x.Start, x.End)
			}
			if !utf8.ValidString(x.Quote) {
				t.Fatalf("%s: quote is not UTF-8", x.Rule)
			}
		}
	})
}

// boundary reports whether i does not fall inside a well-formed rune.
func boundary(s string, i int) bool {
	if i == len(s) || utf8.RuneStart(s[i]) {
		return true
	}
	for back := 1; back <= 3 && back <= i; back++ {
		if r, size := utf8.DecodeRuneInString(s[i-back:]); r != utf8.RuneError && size > back {
			return false
		}
	}
	return true
}
