package testkit

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"snowdrop/config"
)

// notebook is a test that takes down what would have failed it.
type notebook struct {
	testing.TB
	failed []string
}

func (n *notebook) Errorf(format string, arguments ...any) {
	n.failed = append(n.failed, fmt.Sprintf(format, arguments...))
}
func (n *notebook) Failed() bool { return false } // no pictures of faults that we planted

// planted serves one page under the house's own content policy.
func planted(t *testing.T, body string) *House {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src *")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, `<!DOCTYPE html><html lang="en"><head><title>Planted</title><meta name="viewport" content="width=device-width"><link rel="icon" href="/icon.png"><link rel="stylesheet" href="/s.css"></head><body><main><h1>Planted</h1>%s</main></body></html>`, body)
	})
	mux.HandleFunc("/s.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		_, _ = fmt.Fprint(w, `body { background: #fff; color: #111; } .wide { width: 40rem; } .dim { color: #111; }
			a { color: inherit } @media (prefers-color-scheme: dark) { body { background: #000; color: #eee; } }`)
	})
	mux.HandleFunc("/icon.png", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/bad.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = fmt.Fprint(w, `console.error("a planted error"); throw new Error("a planted fault");`)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return &House{T: t, URL: server.URL, Site: &config.Site{LeaveURL: "https://leave.example/"}}
}

// Negative control: what Accessible and the browser must find, they find.
func TestBrowserFindsPlantedFaults(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"picture without words":   {`<img src="/icon.png">`, "image-alt (critical) img"},
		"field without label":     {`<input name="x">`, "label (critical) input"},
		"unreadable in the dark":  {`<p class="dim">Words</p>`, "at 320 px dark"},
		"scrolls sideways":        {`<p class="wide">Words</p>`, "at 320 px: it must be scrolled sideways"},
		"link that says nothing":  {`<a href="/"></a>`, "link-name (serious) a"},
		"heading that is skipped": {`<h4>Words</h4>`, "heading-order (moderate) h4"},
		"console error":           {`<script src="/bad.js"></script>`, "a planted error"},
		"script error":            {`<script src="/bad.js"></script>`, "a planted fault"},
		"breach of the policy":    {`<script>1</script>`, "Content Security Policy"},
		"somebody else is asked":  {`<img alt="" src="http://elsewhere.invalid/x.png">`, "asked somebody else for http://elsewhere.invalid/x.png"},
		"something is missing":    {`<img alt="" src="/none.png">`, "/none.png answered 404"},
	} {
		t.Run(name, func(t *testing.T) {
			h := planted(t, c.body)
			n := &notebook{TB: t}
			b := open(n, h)
			b.Visit("/").SeesText("Planted").Accessible()
			b.leave()
			if all := strings.Join(n.failed, "\n"); !strings.Contains(all, c.want) {
				t.Errorf("nothing found like %q in: %s", c.want, all)
			}
		})
	}
}

func TestBrowserFindsNothingWrongWithAGoodPage(t *testing.T) {
	b := planted(t, `<p>Words <a href="#x">to press</a></p><label>Name <input name="n"></label><p id="x"></p>`).Browser()
	b.Visit("/").Accessible().Fill("Name", "Ana").Holds("Name", "Ana").Press("to press").Answered(200)
	if b.Path() != "/#x" {
		t.Errorf("is at %s", b.Path())
	}
}
