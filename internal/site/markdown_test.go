package site_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"snowdrop/internal/site"
)

func TestRender(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ text, want string }{
		"paragraphs":  {"One.\n\nTwo.", "<p>One.</p>\n<p>Two.</p>\n"},
		"line break":  {"One\nTwo", "<p>One<br>\nTwo</p>\n"},
		"emphasis":    {"*so* **very** tired", "<p><em>so</em> <strong>very</strong> tired</p>\n"},
		"list":        {"- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"},
		"quote":       {"> she said", "<blockquote>\n<p>she said</p>\n</blockquote>\n"},
		"indented":    {"    four spaces", "<p>four spaces</p>\n"},
		"heading":     {"# 38 weeks", "<p># 38 weeks</p>\n"},
		"html":        {"<b>bold</b> <script>x</script>", "<p>&lt;b&gt;bold&lt;/b&gt; &lt;script&gt;x&lt;/script&gt;</p>\n"},
		"link":        {"[the leaflet](https://nhs.example/a)", `<p><a href="https://nhs.example/a" rel="nofollow ugc noopener">the leaflet</a> (nhs.example)</p>` + "\n"},
		"bare link":   {"see https://nhs.example/a", `<p>see <a href="https://nhs.example/a" rel="nofollow ugc noopener">https://nhs.example/a</a></p>` + "\n"},
		"script link": {"[x](javascript:alert(1))", "<p>x (javascript:alert(1))</p>\n"},
		"image":       {"![her feet](https://x.example/a.jpg)", "<p>her feet</p>\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := string(site.Render(tc.text)); got != tc.want {
				t.Errorf("got  %q\nwant %q", got, tc.want)
			}
		})
	}
}

func TestDeepQuotesStayCheap(t *testing.T) {
	t.Parallel()
	if n := len(site.Render(strings.Repeat(">", 20_000) + " deep")); n > 2_000 {
		t.Errorf("20,000 quote marks became %d bytes", n)
	}
}

var allowed = map[string]bool{"html": true, "head": true, "body": true, "p": true, "br": true, "em": true, "strong": true, "ul": true, "ol": true, "li": true, "blockquote": true, "a": true}

var letters = regexp.MustCompile(`[^\pL\pN]+`)

// FuzzRender: whatever strangers write, only harmless elements come out, and no
// letter of theirs is lost.
func FuzzRender(f *testing.F) {
	for _, seed := range []string{"hello", "<img src=x onerror=alert(1)>", "[a](javascript:x)", "- a\n     b", ">>>>>>>> x", "1. a\n2) b", "\t*a*\u200b", "[a]: http://x\n[a]", "![x](y)", "**_a_**", "http://a@b.example", "-     indented"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 5_000 || strings.ContainsRune(text, 0) {
			return
		}
		out := string(site.Render(text))
		root, err := html.Parse(strings.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		var shown strings.Builder
		for n := range root.Descendants() {
			switch n.Type {
			case html.ElementNode:
				if !allowed[n.Data] {
					t.Fatalf("%q lets <%s> out", text, n.Data)
				}
				for _, a := range n.Attr {
					ok := n.Data == "a" && (a.Key == "rel" || a.Key == "href" && (strings.HasPrefix(a.Val, "http://") || strings.HasPrefix(a.Val, "https://"))) || n.Data == "ol" && a.Key == "start"
					if !ok {
						t.Fatalf("%q lets %s=%q out", text, a.Key, a.Val)
					}
				}
			case html.TextNode:
				shown.WriteString(n.Data)
			}
		}
		if plain(text) && letters.ReplaceAllString(shown.String(), "") != letters.ReplaceAllString(text, "") {
			t.Fatalf("%q lost letters: %q", text, shown.String())
		}
	})
}

// plain says that a text has no marks whose letters are rightly not shown as
// they stand: links, entities, escapes and numbered lists.
func plain(text string) bool {
	for _, r := range text {
		if strings.ContainsRune("[]()!&\\.:/@0123456789", r) || unicode.Is(unicode.Cc, r) && r != '\n' && r != '\t' || r == unicode.ReplacementChar {
			return false
		}
	}
	return true
}
