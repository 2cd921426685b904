package forum

import (
	"strings"
	"testing"
)

func TestSlug(t *testing.T) {
	for title, want := range map[string]string{
		"How long were you off work?":  "how-long-were-you-off-work",
		"Zoë’s due date":               "zoes-due-date",
		"I can't, I won't":             "i-cant-i-wont",
		"ÀÉÎ ﬁrst":                     "aei-first",
		"--a--b--":                     "a-b",
		"½ a year":                     "1-2-a-year",
		"":                             "thread",
		"?!":                           "thread",
		"天使":                           "thread",
		"\xff\xfe":                     "thread",
		strings.Repeat("a", 80):        strings.Repeat("a", 60),
		strings.Repeat("a", 59) + " b": strings.Repeat("a", 59),
		"<script>alert(1)</script>":    "script-alert-1-script",
	} {
		if got := Slug(title); got != want {
			t.Errorf("Slug(%q) = %q, want %q", title, got, want)
		}
	}
}

func FuzzSlug(f *testing.F) {
	for _, seed := range []string{"", "How long?", "--", "İß½ K", "\xff", strings.Repeat("é ", 60)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, title string) {
		slug := Slug(title)
		if slug == "" || len(slug) > 60 || strings.Trim(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			t.Errorf("Slug(%q) = %q", title, slug)
		}
		if strings.HasPrefix(slug, "-") || strings.HasSuffix(slug, "-") || strings.Contains(slug, "--") {
			t.Errorf("Slug(%q) = %q: hyphens", title, slug)
		}
		if again := Slug(slug); again != slug {
			t.Errorf("Slug(%q) = %q, but Slug of that is %q", title, slug, again)
		}
	})
}

func TestTextIsTidiedAndBounded(t *testing.T) {
	for _, c := range []struct {
		what, typed string
		least, most int
		want        string
		ok          bool
	}{
		{"plain", "Words.", 1, 10, "Words.", true},
		{"white space around", " \n\tWords. \r\n", 1, 6, "Words.", true},
		{"white space inside stays", "a\n\n  b\tc", 1, 10, "a\n\n  b\tc", true},
		{"line ends of every system", "a\r\nb\rc\nd", 1, 10, "a\nb\nc\nd", true},
		{"a Windows line end is one character", "a\r\nb", 1, 3, "a\nb", true},
		{"characters, not bytes", strings.Repeat("ß", MaxBody), 1, MaxBody, strings.Repeat("ß", MaxBody), true},
		{"wide characters", strings.Repeat("👶", 5), 1, 5, strings.Repeat("👶", 5), true},
		{"joined emoji stay whole", "👩‍👧", 1, 5, "👩‍👧", true},
		{"nothing, where nothing is fine", " \n", 0, 5, "", true},
		{"nothing", " \n", 1, 5, "", false},
		{"too short", "a", 2, 5, "", false},
		{"too long", strings.Repeat("ß", MaxBody+1), 1, MaxBody, "", false},
		{"invalid UTF-8", "a\xffb", 1, 5, "", false},
		{"half a surrogate", "a\xed\xa0\x80", 1, 9, "", false},
		{"NUL", "a\x00b", 1, 5, "", false},
		{"bell", "a\ab", 1, 5, "", false},
		{"escape", "a\x1b[31m", 1, 9, "", false},
		{"C1 control", "a\u0085b", 1, 5, "", false},
		{"replacement character", "a\uFFFDb", 1, 5, "", false},
	} {
		got, err := checkText("body", "your words", c.typed, c.least, c.most)
		if (err == nil) != c.ok || c.ok && got != c.want {
			t.Errorf("%s: %.20q, %v", c.what, got, err)
		}
		if faults := Faults(err); !c.ok && (len(faults) != 1 || faults[0].Field != "body" || faults[0].Kind != Invalid) {
			t.Errorf("%s: faults %v", c.what, faults)
		}
	}
}

func TestTooLongSaysByHowMuch(t *testing.T) {
	_, err := checkText("body", "your words", strings.Repeat("a", 21_500), 1, MaxBody)
	if err == nil || !strings.Contains(err.Error(), "1,500") || !strings.Contains(err.Error(), "20,000") {
		t.Error(err)
	}
}

func TestNames(t *testing.T) {
	for _, name := range []string{"Al", "Mia's mum", "J. R.", "Li-Na", "李雷", "Zoë 2", "midwifery student", "Adminah", strings.Repeat("ö", MaxName), "می\u200cنا"} {
		if got, err := checkName(name); err != nil || got != name {
			t.Errorf("%q: %q, %v", name, got, err)
		}
	}
	for _, name := range []string{
		"", "A", " A ", strings.Repeat("ö", MaxName+1), "a@b", "a<b", "a>b", "a/b", `a\b`, "a\nb", "a\tb", "a\x00b", "\xff\xff",
		"Midwife Ana", "ana-midwives", "THE MODERATOR", "admin", "Snowdrop team", "night.staff", "ＮＨＳ", "doctor",
		"mid\u200bwife", "\u202emidwife", "\u200b\u200b\u200b", "A\u200d",
	} {
		if _, err := checkName(name); KindOf(err) != Invalid || len(Faults(err)) != 1 || Faults(err)[0].Field != "name" {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestAddresses(t *testing.T) {
	for typed, want := range map[string]string{
		"mia@example.org": "mia@example.org", " MIA+x@sub.example.co.uk\n": "MIA+x@sub.example.co.uk", "zoë@exämple.org": "zoë@exämple.org",
	} {
		if got, err := checkEmail(typed); err != nil || got != want {
			t.Errorf("%q: %q, %v", typed, got, err)
		}
	}
	for _, typed := range []string{
		"", "mia", "mia@", "@example.org", "mia@example", "mia@@example.org", "Mia <mia@example.org>", "<mia@example.org>", "mia@example.org, b@example.org",
		"mia @example.org", "mia@example.org\nBcc: b@example.org", "mia@example.org\x00", "\xff@example.org", strings.Repeat("a", 250) + "@example.org",
	} {
		if _, err := checkEmail(typed); KindOf(err) != Invalid || Faults(err)[0].Field != "email" {
			t.Errorf("%q: %v", typed, err)
		}
	}
}

func TestPasswords(t *testing.T) {
	c := &Community{}
	words := "kettle velvet harbour plum gravel teapot lamp orchard pebble wagon lantern thistle acorn ribbon marble saddle copper walnut brass"
	for _, one := range []struct {
		password string
		staff    bool
		says     string // empty: taken
	}{
		{"", false, "10 characters"}, {"é7ü9ñ2ß4ø", false, "10 characters"}, {"é7ü9ñ2ß4øw", false, ""},
		{"é7ü9ñ2ß4øw", true, "12 characters"}, {"é7ü9ñ2ß4øwæx", true, ""},
		{words[:129], false, "128 characters or fewer"}, {words[:128], false, ""}, {"👶🦋🌧🍂🕯🌊🪨🌾🐚🧵", false, ""},
		{"plum gravel", false, ""}, {"моя тихая гавань", false, ""}, {"      plum", false, ""},
		{"1234567890\xff", false, "type on a keyboard"},
		{"password2024", false, "easy to guess"}, {"SNOWDROP 2026", false, "easy to guess"}, {"Midwife!!!!", false, "easy to guess"}, {"aaaaaaaaaa", false, "easy to guess"},
		{"my willow tree", false, "your name"}, {"WILLOW and plum", false, "your name"}, {"jane.doe and plum", false, "your name"}, {"jane.doe@example.org", false, "your name"},
	} {
		err := c.checkPassword(one.password, one.staff, "Willow", "Jane.Doe@example.org")
		if (err == nil) != (one.says == "") || err != nil && !strings.Contains(err.Error(), one.says) {
			t.Errorf("%q, staff %v: %v, want %q", one.password, one.staff, err, one.says)
		}
	}
	if err := c.checkPassword("jo walks by the sea", false, "Jo", "jo@example.org"); err != nil {
		t.Errorf("a name of two letters: %v", err)
	}
}

func TestFoldMakesNamesAndAddressesComparable(t *testing.T) {
	for _, c := range [][2]string{{"Ana", "ana"}, {" Ana  MARIA ", "ana maria"}, {"ＡＮＡ", "ana"}, {"Straße", "STRASSE"}, {"Zoe\u0308", "ZOË"}} {
		if fold(c[0]) != fold(c[1]) {
			t.Errorf("%q and %q fold to %q and %q", c[0], c[1], fold(c[0]), fold(c[1]))
		}
	}
	if fold("Zoe") == fold("Zoë") {
		t.Error("an accent makes another name")
	}
}

func TestOnlyFormsWithWordsAreKept(t *testing.T) {
	for path, ok := range map[string]bool{
		"/threads": true, "/threads/7/comments": true, "/posts/123/edit": true,
		"": false, "/": false, "/threads/": false, "/threads/new": false, "/threads/0/comments": false, "/threads/07/comments": false, "/threads/-7/comments": false,
		"/threads/7/comments?x=1": false, "/posts/7/report": false, "/sign-in": false, "/posts/7/edit\n": false, "x/threads": false,
		"//evil.example/threads": false, "https://evil.example/threads": false, "/threads/1234567890123456789/comments": false,
	} {
		if draftPath.MatchString(path) != ok {
			t.Errorf("%q: want %v", path, ok)
		}
	}
}
