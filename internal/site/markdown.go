package site

import (
	"bytes"
	"fmt"
	"html"
	"html/template"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	ghtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// words is the small Markdown that people may use: paragraphs, emphasis, lists,
// quotes and links. Everything else stays as it was typed. The code block parser
// must stay: without it indented lines vanish. Its blocks are shown as
// paragraphs.
var words = goldmark.New(
	goldmark.WithParser(parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewListParser(), 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewBlockquoteParser(), 800),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(parser.NewLinkParser(), 200),
			util.Prioritized(parser.NewEmphasisParser(), 500),
			util.Prioritized(extension.NewLinkifyParser(extension.WithLinkifyAllowedProtocols([][]byte{[]byte("http:"), []byte("https:")})), 999),
		),
	)),
	goldmark.WithRenderer(renderer.NewRenderer(renderer.WithNodeRenderers(
		util.Prioritized(wordsRenderer{}, 100),
		util.Prioritized(ghtml.NewRenderer(ghtml.WithHardWraps()), 1000),
	))),
)

// wordsRenderer shows links as text with their host, images as their words, and
// indented lines as a paragraph.
type wordsRenderer struct{}

func (wordsRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindLink, renderLink)
	r.Register(ast.KindAutoLink, renderAutoLink)
	r.Register(ast.KindImage, func(_ util.BufWriter, _ []byte, _ ast.Node, _ bool) (ast.WalkStatus, error) {
		return ast.WalkContinue, nil
	})
	r.Register(ast.KindCodeBlock, renderIndented)
}

// outside is the address of a link that may be followed, and its host.
func outside(address string) (href, host string, ok bool) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return "", "", false
	}
	return u.String(), u.Hostname(), true
}

func renderLink(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	href, host, ok := outside(string(node.(*ast.Link).Destination))
	switch {
	case !ok && entering:
	case !ok:
		// The address is no link, but it is somebody's words.
		fmt.Fprintf(w, " (%s)", html.EscapeString(string(node.(*ast.Link).Destination)))
	case entering:
		fmt.Fprintf(w, `<a href="%s" rel="nofollow ugc noopener">`, html.EscapeString(href))
	default:
		fmt.Fprintf(w, "</a> (%s)", html.EscapeString(host))
	}
	return ast.WalkContinue, nil
}

func renderAutoLink(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	n := node.(*ast.AutoLink)
	label := html.EscapeString(string(n.Label(source)))
	if href, _, ok := outside(string(n.URL(source))); ok {
		fmt.Fprintf(w, `<a href="%s" rel="nofollow ugc noopener">%s</a>`, html.EscapeString(href), label)
	} else {
		_, _ = w.WriteString(label)
	}
	return ast.WalkContinue, nil
}

func renderIndented(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	lines := node.Lines()
	_, _ = w.WriteString("<p>")
	for i := range lines.Len() {
		if i > 0 {
			_, _ = w.WriteString("<br>\n")
		}
		line := lines.At(i)
		_, _ = w.WriteString(html.EscapeString(strings.TrimSpace(string(line.Value(source)))))
	}
	_, _ = w.WriteString("</p>\n")
	return ast.WalkSkipChildren, nil
}

// clean is the second lock: whatever the renderer did, only these elements get
// out.
var clean = func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "em", "strong", "ul", "ol", "li", "blockquote")
	p.AllowAttrs("start").Matching(regexp.MustCompile(`^[0-9]{1,9}$`)).OnElements("ol")
	p.AllowAttrs("href", "rel").OnElements("a")
	p.AllowURLSchemes("http", "https")
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(false)
	return p
}()

// deepQuotes finds quotes nested more than five deep. Deeper ones cost more than
// they say.
var deepQuotes = regexp.MustCompile(`(?m)^((?:[ \t]{0,3}>[ \t]?){5})(?:[ \t]*>)+`)

// render turns a person's words into HTML that is safe to show.
func render(text string) template.HTML {
	text = deepQuotes.ReplaceAllString(text, "$1")
	var buf bytes.Buffer
	if err := words.Convert([]byte(text), &buf); err != nil {
		return template.HTML("<p>" + html.EscapeString(text) + "</p>") // #nosec G203 -- escaped just here
	}
	return template.HTML(clean.SanitizeBytes(buf.Bytes())) // #nosec G203 -- sanitised just here
}

// renderings remembers what render made. A key names one wording for ever, so
// nothing in it can be out of date. When full, the older half is forgotten.
type renderings struct {
	mu         sync.Mutex
	size       int
	young, old map[renderingKey]template.HTML
}

type renderingKey struct {
	post     int64
	revision int
}

func newRenderings(size int) *renderings {
	return &renderings{size: size, young: map[renderingKey]template.HTML{}}
}

func (c *renderings) get(post int64, revision int, text string) template.HTML {
	key := renderingKey{post, revision}
	c.mu.Lock()
	body, ok := c.young[key]
	if !ok {
		body, ok = c.old[key]
	}
	c.mu.Unlock()
	if ok {
		return body
	}
	body = render(text)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.young) >= c.size {
		c.old, c.young = c.young, make(map[renderingKey]template.HTML, c.size)
	}
	c.young[key] = body
	return body
}
