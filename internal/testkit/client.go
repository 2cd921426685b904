package testkit

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"snowdrop/internal/forum"
)

// Client behaves like a browser without script: it keeps cookies, says where a
// form comes from, follows the redirect after a form and sends a form as it
// stands on the page.
type Client struct {
	t    testing.TB
	base string
	http *http.Client
}

// Client opens a new browser.
func (h *House) Client() *Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.T.Fatal(err)
	}
	return &Client{t: h.T, base: h.URL, http: &http.Client{Jar: jar}}
}

// For is the same browser, reporting to another test, such as one run of a fuzz
// target.
func (c *Client) For(t testing.TB) *Client {
	other := *c
	other.t = t
	return &other
}

// SignedIn opens a new browser in which somebody is signed in.
func (h *House) SignedIn(a forum.Actor) *Client {
	h.T.Helper()
	return h.begin(forum.NewSession{PersonID: a.ID})
}

// Proven is SignedIn with the second factor given just now.
func (h *House) Proven(a forum.Actor) *Client {
	h.T.Helper()
	return h.begin(forum.NewSession{PersonID: a.ID, Proven: true})
}

func (h *House) begin(n forum.NewSession) *Client {
	h.T.Helper()
	c := h.Client()
	if n.PersonID == 0 {
		return c
	}
	token, _, err := h.Community.BeginSession(background(), n)
	if err != nil {
		h.T.Fatal(err)
	}
	u, err := url.Parse(h.URL)
	if err != nil {
		h.T.Fatal(err)
	}
	c.http.Jar.SetCookies(u, []*http.Cookie{{Name: "snowdrop", Value: token, Path: "/"}})
	return c
}

// Page is an answer with its page taken apart.
type Page struct {
	t      testing.TB
	client *Client
	Status int
	URL    *url.URL // where the redirects led
	Header http.Header
	Body   string
	Root   *html.Node
}

// Get opens a page.
func (c *Client) Get(path string) *Page {
	c.t.Helper()
	return c.do(http.MethodGet, path, nil)
}

// Post sends a form and follows the redirect.
func (c *Client) Post(path string, form url.Values) *Page {
	c.t.Helper()
	return c.do(http.MethodPost, path, form)
}

// Once is like Post and Get, without following a redirect.
func (c *Client) Once(method, path string, form url.Values) *Page {
	c.t.Helper()
	once := *c
	h := *c.http
	h.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	once.http = &h
	return once.do(method, path, form)
}

// Send sends any request.
func (c *Client) Send(r *http.Request) *Page {
	c.t.Helper()
	answer, err := c.http.Do(r)
	if err != nil {
		c.t.Fatalf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	root, err := html.Parse(strings.NewReader(string(body)))
	if err != nil {
		c.t.Fatalf("%s %s: parse: %v", r.Method, r.URL.Path, err)
	}
	return &Page{t: c.t, client: c, Status: answer.StatusCode, URL: answer.Request.URL, Header: answer.Header, Body: string(body), Root: root}
}

func (c *Client) do(method, path string, form url.Values) *Page {
	c.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = c.base + path
	}
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(background(), method, path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Origin", c.base)
	}
	return c.Send(r)
}

// Want fails the test unless the answer has the status.
func (p *Page) Want(status int) *Page {
	p.t.Helper()
	if p.Status != status {
		p.t.Fatalf("%s answered %d, want %d: %s", p.URL.Path, p.Status, status, short(p.Text()))
	}
	return p
}

// Find lists the elements with a name (empty: any) for which all of the given
// attributes are as given; a value of "*" only asks that the attribute be there.
func (p *Page) Find(name string, attributes ...string) []*html.Node {
	var found []*html.Node
	for n := range p.Root.Descendants() {
		if n.Type != html.ElementNode || name != "" && n.Data != name {
			continue
		}
		all := true
		for i := 0; i+1 < len(attributes); i += 2 {
			value, has := Attribute(n, attributes[i])
			all = all && has && (attributes[i+1] == "*" || value == attributes[i+1])
		}
		if all {
			found = append(found, n)
		}
	}
	return found
}

// One finds exactly one element.
func (p *Page) One(name string, attributes ...string) *html.Node {
	p.t.Helper()
	found := p.Find(name, attributes...)
	if len(found) != 1 {
		p.t.Fatalf("%s: %d elements <%s %s>, want one: %s", p.URL.Path, len(found), name, strings.Join(attributes, " "), short(p.Text()))
	}
	return found[0]
}

// None fails the test if there is such an element.
func (p *Page) None(name string, attributes ...string) {
	p.t.Helper()
	if n := len(p.Find(name, attributes...)); n > 0 {
		p.t.Errorf("%s: %d elements <%s %s>, want none", p.URL.Path, n, name, strings.Join(attributes, " "))
	}
}

// Says fails the test unless the page's text has all the words.
func (p *Page) Says(words ...string) *Page {
	p.t.Helper()
	text := p.Text()
	for _, w := range words {
		if !strings.Contains(text, w) {
			p.t.Errorf("%s does not say %q: %s", p.URL.Path, w, short(text))
		}
	}
	return p
}

// Silent fails the test if the answer has any of the words, anywhere.
func (p *Page) Silent(words ...string) *Page {
	p.t.Helper()
	for _, w := range words {
		if strings.Contains(p.Body, w) {
			p.t.Errorf("%s says %q", p.URL.Path, w)
		}
	}
	return p
}

// Text is the page's text with even spaces.
func (p *Page) Text() string { return Text(p.Root) }

// Form is the form that is sent to action, filled as it stands on the page.
func (p *Page) Form(action string) url.Values {
	p.t.Helper()
	form := url.Values{}
	for n := range p.One("form", "action", action).Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		name, _ := Attribute(n, "name")
		if _, off := Attribute(n, "disabled"); name == "" || off {
			continue
		}
		value, _ := Attribute(n, "value")
		kind, _ := Attribute(n, "type")
		switch {
		case n.Data == "textarea":
			form.Add(name, strings.TrimPrefix(rawText(n), "\n"))
		case n.Data == "select":
			for o := range n.Descendants() {
				if _, chosen := Attribute(o, "selected"); o.Data == "option" && chosen {
					v, _ := Attribute(o, "value")
					form.Add(name, v)
				}
			}
		case n.Data == "input" && (kind == "checkbox" || kind == "radio"):
			if _, on := Attribute(n, "checked"); on {
				form.Add(name, value)
			}
		case n.Data == "input":
			form.Add(name, value)
		}
	}
	return form
}

// Submit sends the form with this action, with some fields changed: name, value,
// name, value …
func (p *Page) Submit(action string, fields ...string) *Page {
	p.t.Helper()
	form := p.Form(action)
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return p.client.Post(action, form)
}

// Attribute reads an attribute of an element.
func Attribute(n *html.Node, name string) (value string, has bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// Text is the text in an element with even spaces.
func Text(n *html.Node) string { return strings.Join(strings.Fields(rawText(n)), " ") }

func rawText(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && (d.Parent == nil || d.Parent.Data != "script" && d.Parent.Data != "style") {
			b.WriteString(d.Data)
			if d.Parent != nil && d.Parent != n {
				b.WriteByte(' ')
			}
		}
	}
	return b.String()
}

func short(text string) string {
	if len(text) > 400 {
		return text[:400] + " …"
	}
	return text
}

// Links lists where the links in an element lead, of those that begin with
// prefix.
func Links(n *html.Node, prefix string) []string {
	var found []string
	for d := range n.Descendants() {
		if href, has := Attribute(d, "href"); has && d.Data == "a" && strings.HasPrefix(href, prefix) {
			found = append(found, href)
		}
	}
	return found
}

// Browse opens a new browser on a site that runs elsewhere, such as one that a
// command serves.
func Browse(t testing.TB, address string) *Client {
	return (&House{T: t, URL: address}).Client()
}
