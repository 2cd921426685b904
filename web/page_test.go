package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// TestPages renders every page and holds it against what every page owes its
// readers. With SNOWDROP_PAGES set to a folder, the pages and their static files
// are written there, to be looked at.
func TestPages(t *testing.T) {
	for _, p := range pages() {
		t.Run(p.Name, func(t *testing.T) {
			var out bytes.Buffer
			if err := p.Page.Render(context.Background(), &out); err != nil {
				t.Fatal(err)
			}
			if dir := os.Getenv("SNOWDROP_PAGES"); dir != "" {
				write(t, filepath.Join(dir, p.Name+".html"), out.Bytes())
			}
			root, err := html.Parse(bytes.NewReader(out.Bytes()))
			if err != nil {
				t.Fatal(err)
			}
			checkPage(t, root)
		})
	}
	if dir := os.Getenv("SNOWDROP_PAGES"); dir != "" {
		for path, f := range Static() {
			write(t, filepath.Join(dir, path), f.Bytes)
		}
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func checkPage(t *testing.T, root *html.Node) {
	ids, names := map[string]bool{}, map[string]int{}
	var labelled []string
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		names[n.Data]++
		if id := attr(n, "id"); id != "" {
			if ids[id] {
				t.Errorf("two elements have the id %q", id)
			}
			ids[id] = true
		}
		if n.Data == "label" {
			labelled = append(labelled, attr(n, "for"))
		}
	}
	for _, once := range []string{"h1", "main", "header", "footer", "title"} {
		// Posts have headers and footers of their own.
		if n := names[once]; n == 0 || n > 1 && once != "header" && once != "footer" {
			t.Errorf("%d <%s>", n, once)
		}
	}
	if names["style"] > 0 {
		t.Error("an inline style sheet")
	}
	level := 0
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			if !slices.Contains([]string{"script", "style"}, n.Parent.Data) && strings.Contains(n.Data, "!") {
				t.Errorf("an exclamation mark in %q", n.Data)
			}
			continue
		}
		if n.Type != html.ElementNode {
			continue
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") && a.Key != "on" {
				t.Errorf("<%s> has an inline %s", n.Data, a.Key)
			}
		}
		for _, key := range []string{"aria-labelledby", "aria-describedby"} {
			for _, id := range strings.Fields(attr(n, key)) {
				if !ids[id] {
					t.Errorf("<%s %s> points at %q, which isn't there", n.Data, key, id)
				}
			}
		}
		switch n.Data {
		case "h1", "h2", "h3", "h4":
			at := int(n.Data[1] - '0')
			if at > level+1 && level > 0 {
				t.Errorf("heading %q jumps from h%d to %s", text(n), level, n.Data)
			}
			level = at
		case "input", "select", "textarea":
			if kind := attr(n, "type"); kind == "hidden" {
				break
			}
			if !slices.Contains(labelled, attr(n, "id")) {
				t.Errorf("<%s name=%q> has no label", n.Data, attr(n, "name"))
			}
		case "a":
			href := attr(n, "href")
			if href == "" {
				t.Errorf("link %q goes nowhere", text(n))
			}
			if id, local := strings.CutPrefix(href, "#"); local && !ids[id] && id != "reply" {
				t.Errorf("link %q goes to #%s, which isn't there", text(n), id)
			}
			if strings.TrimSpace(text(n)) == "" {
				t.Errorf("link to %s has no words", href)
			}
		case "button":
			if strings.TrimSpace(text(n)) == "" {
				t.Error("a button without words")
			}
		case "form":
			if m := attr(n, "method"); m != "post" && m != "get" {
				t.Errorf("form %s has method %q", attr(n, "action"), m)
			}
		case "script":
			if attr(n, "src") == "" {
				t.Error("an inline script")
			}
		}
	}
	leave := find(root, func(n *html.Node) bool { return attr(n, "href") == "/leave" })
	if leave == nil || text(leave) != "Leave this site" {
		t.Error("no way to leave")
	}
	if find(root, func(n *html.Node) bool { return attr(n, "href") == "/help" }) == nil {
		t.Error("no way to help")
	}
}

// TestMarks checks the hooks that other programs rely on.
func TestMarks(t *testing.T) {
	page := render(t, "thread-member")
	order := []string{`data-care="urgent"`, `data-care="emergency"`, "<h1", "data-disclaimer", `id="post-11" class="post" data-post="11"`, "data-articles", `data-post="12" data-midwife`, `data-post="15" data-state="folded"`, `data-post="19" data-state="held"`}
	at := 0
	for _, mark := range order {
		i := strings.Index(page[at:], mark)
		if i < 0 {
			t.Fatalf("%s is missing, or stands too early", mark)
		}
		at += i
	}
	for _, name := range []string{"thread", "thread-later", "thread-gone"} {
		if n := strings.Count(render(t, name), "data-disclaimer"); n != 1 {
			t.Errorf("%s has %d disclaimers", name, n)
		}
	}
	if p := render(t, "thread"); strings.Contains(p, `data-post="11" data-state`) || strings.Contains(p, "data-care") {
		t.Error("a plainly visible post bears a state, or a stranger a care card")
	}
	if p := render(t, "thread"); !strings.Contains(p, "Midwife answer") {
		t.Error("a midwife's answer is not called one")
	}
	queue := render(t, "queue")
	for _, mark := range []string{`data-case="41" data-band="P0"`, `data-case="42" data-band="P1"`, `data-case="43" data-band="P2"`, `data-case="44" data-band="P4"`} {
		i := strings.Index(queue, mark)
		if i < 0 {
			t.Fatalf("%s is missing or out of order", mark)
		}
		queue = queue[i:]
	}
	if p := render(t, "thread-gone"); !strings.Contains(p, "<title>Snowdrop</title>") {
		t.Error("a members' thread tells its title to the browser's history")
	}
	if p := render(t, "article-guarded"); strings.Contains(p, "Hidden") || !strings.Contains(p, "?open=1") {
		t.Error("a guarded article stands open")
	}
}

// TestWeight holds the first view of a public page, as it goes over the wire,
// against what a phone on a weak signal can bear.
func TestWeight(t *testing.T) {
	static, scripts := 0, 0
	for path, f := range Static() {
		switch {
		case strings.HasSuffix(path, ".woff2"):
			static += len(f.Bytes)
		case strings.HasSuffix(path, ".js"):
			scripts += zipped(f.Bytes)
		case strings.HasSuffix(path, ".css"), strings.HasSuffix(path, ".svg"):
			static += zipped(f.Bytes)
		}
	}
	t.Logf("style sheet, font and icon %d bytes, scripts %d bytes", static, scripts)
	if scripts > 12_000 {
		t.Errorf("the scripts weigh %d bytes; 12,000 at most", scripts)
	}
	for _, p := range pages() {
		page := render(t, p.Name)
		if n := static + scripts + zipped([]byte(page)); n > 60_000 {
			t.Errorf("the first view of %s weighs %d bytes; 60,000 at most", p.Name, n)
		}
		if p.Name == "help" && len(page) > 20_000 {
			t.Errorf("the help page weighs %d bytes; 20,000 at most", len(page))
		}
	}
}

// TestWordsOfTime checks how moments and lengths of time are said.
func TestWordsOfTime(t *testing.T) {
	summer := time.Date(2026, 6, 1, 20, 4, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{moment(summer, now), "Monday 1 June, 21:04"},
		{moment(time.Date(2025, 11, 17, 21, 4, 0, 0, time.UTC), now), "Monday 17 November 2025, 21:04"},
		{span(40 * time.Second), "less than a minute"},
		{span(61 * time.Second), "1 minute"},
		{span(190 * time.Minute), "3 hours 10 minutes"},
		{span(51 * time.Hour), "2 days 3 hours"},
		{span(48 * time.Hour), "2 days"},
		{left(now.Add(12*time.Minute), now), "12 minutes left"},
		{left(now.Add(-8*time.Minute), now), "8 minutes over"},
		{withYou(1), "One person is with you."},
		{withYou(7), "Seven people are with you."},
		{aloud("116 123"), "1 1 6, 1 2 3"},
		{dial("0808 164 3332"), "08081643332"},
		{list([]string{"a birth", "a scan", "faith"}), "a birth, a scan and faith"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func render(t *testing.T, name string) string {
	t.Helper()
	for _, p := range pages() {
		if p.Name == name {
			var out bytes.Buffer
			if err := p.Page.Render(context.Background(), &out); err != nil {
				t.Fatal(err)
			}
			return out.String()
		}
	}
	t.Fatalf("no page %s", name)
	return ""
}

func zipped(data []byte) int {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write(data)
	z.Close()
	return out.Len()
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func text(n *html.Node) string {
	var s strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			s.WriteString(c.Data)
		}
	}
	return strings.TrimSpace(s.String())
}

func find(root *html.Node, is func(*html.Node) bool) *html.Node {
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && is(n) {
			return n
		}
	}
	return nil
}
