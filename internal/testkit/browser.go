package testkit

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"snowdrop/internal/forum"
)

// Browser is somebody at a real Chromium, with cookies of their own. Its methods
// say what a person does and sees; whatever can't be done or seen fails the test.
// So does, when the test ends, an error in the page's console, a breach of its
// content policy, or a request to anyone but the house.
type Browser struct {
	*tab
	within string // a selector: only this part of the page is looked at
}

type tab struct {
	t     testing.TB
	house *House
	ctx   context.Context
	name  string // who sits here, for messages

	width, height int64
	dark, still   bool // still: without scripts

	hurt bool // something failed here

	mu     sync.Mutex
	faults []string
	status int64 // of the last page
}

// How long a browser may take: for one thing to be done, and for a page's script
// to bring what is looked for.
const (
	browserLimit = 30 * time.Second
	scriptLimit  = 10 * time.Second
	glance       = 40 * time.Millisecond
)

// Browser opens a new browser in a window of its own. Without a Chromium the test
// is skipped, or fails when SNOWDROP_TEST_REQUIRE names browser.
func (h *House) Browser() *Browser {
	h.T.Helper()
	return open(h.T, h)
}

func open(t testing.TB, h *House) *Browser {
	t.Helper()
	root, err := chromium()
	if err != nil {
		if Requires("browser") {
			t.Fatalf("no browser to test with: %v", err)
		}
		t.Skipf("no browser to test with: %v", err)
	}
	ctx, done := chromedp.NewContext(root, chromedp.WithNewBrowserContext())
	b := &Browser{tab: &tab{t: t, house: h, ctx: ctx, name: "a stranger"}}
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		done()
		t.Fatalf("open a browser: %v", err)
	}
	t.Cleanup(func() {
		b.leave()
		done()
	})
	b.call("have the focus", func(ctx context.Context) error { // also while another browser is at work
		_, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return err
	})
	return b.Size(1280, 900)
}

// leave says what went wrong while the browser was open.
func (b *Browser) leave() {
	// The answer to a last command comes after the events before it.
	_, _ = look[bool](b, `() => true`)
	b.mu.Lock()
	faults := b.faults
	b.faults = nil
	b.mu.Unlock()
	for _, f := range faults {
		b.errorf("%s: %s", b.name, f)
	}
	if !b.hurt || !b.t.Failed() {
		return
	}
	at, _ := look[string](b, `() => location.href`)
	folder := os.TempDir()
	if keep := flag.Lookup("test.artifacts"); keep != nil && keep.Value.String() == "true" {
		folder = b.t.ArtifactDir()
	}
	file, err := os.CreateTemp(folder, "snowdrop-*.png")
	if err != nil {
		b.t.Logf("%s was at %s; no picture: %v", b.name, at, err)
		return
	}
	_ = file.Close()
	if err := b.Screenshot(file.Name()); err != nil {
		b.t.Logf("%s was at %s; no picture: %v", b.name, at, err)
		return
	}
	b.t.Logf("%s was at %s; a picture of it: %s", b.name, at, file.Name())
}

// SignIn makes the browser somebody's, as if they had signed in.
func (b *Browser) SignIn(a forum.Actor) *Browser {
	b.t.Helper()
	token, _, err := b.house.Community.StartSession(background(), a.ID, "")
	if err != nil {
		b.t.Fatal(err)
	}
	b.name = a.Name
	b.call("sign in", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, network.SetCookies, network.SetCookiesParams{Cookies: []*network.CookieParam{{
			Name: "snowdrop", Value: token, URL: b.house.URL, Path: "/", HTTPOnly: true, SameSite: network.CookieSameSiteLax,
		}}})
		return err
	})
	return b
}

// Forget drops all cookies, as when a session ends.
func (b *Browser) Forget() *Browser {
	b.t.Helper()
	b.call("drop the cookies", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, network.ClearBrowserCookies, cdp.Empty{})
		return err
	})
	return b
}

// Size makes the window so large, in CSS pixels.
func (b *Browser) Size(width, height int64) *Browser {
	b.t.Helper()
	b.width, b.height = width, height
	b.call("change the size", func(ctx context.Context) error {
		return chromedp.Do(ctx, chromedp.EmulateViewport(width, height))
	})
	return b.media()
}

// Dark says whether the person likes dark pages.
func (b *Browser) Dark(on bool) *Browser {
	b.t.Helper()
	b.dark = on
	return b.media()
}

func (b *Browser) media() *Browser {
	b.t.Helper()
	scheme := "light"
	if b.dark {
		scheme = "dark"
	}
	b.call("change the colours", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}})
		return err
	})
	return b
}

// Script switches the scripts of the pages that are opened from now on, on or off.
func (b *Browser) Script(on bool) *Browser {
	b.t.Helper()
	b.still = !on
	b.call("switch scripts", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err
	})
	return b
}

// Visit opens a page by its address.
func (b *Browser) Visit(path string) *Browser {
	b.t.Helper()
	if strings.HasPrefix(path, "/") && b.house != nil {
		path = b.house.URL + path
	}
	b.call("open "+path, func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.Navigate(path)) })
	return b
}

// Back goes back one page, and waits until nothing moves any more.
func (b *Browser) Back() *Browser {
	b.t.Helper()
	b.call("go back", func(ctx context.Context) error {
		at, err := chromedp.Run(ctx, chromedp.NavigationEntries())
		if err != nil {
			return err
		}
		if at.CurrentIndex == 0 {
			return errors.New("there is no page before this one")
		}
		_, err = chromedp.Call(ctx, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: at.Entries[at.CurrentIndex-1].ID})
		return err
	})
	where, since := "", time.Now()
	for began := time.Now(); time.Since(began) < browserLimit && time.Since(since) < time.Second; time.Sleep(glance) {
		if now, err := look[string](b, `() => document.readyState === "complete" ? location.href : ""`); err != nil || now == "" || now != where {
			where, since = now, time.Now()
		}
	}
	return b
}

// In looks at one part of the page only: the first that the selector finds.
func (b *Browser) In(selector string) *Browser {
	return &Browser{tab: b.tab, within: selector}
}

// Path is the address of the page without the site's own.
func (b *Browser) Path() string {
	b.t.Helper()
	return b.inside(ask[string](b, `() => location.href`))
}

func (b *Browser) inside(address string) string {
	if path, ours := strings.CutPrefix(address, b.house.URL+"/"); ours {
		return "/" + path
	}
	return address
}

// Arrives waits until the page's path, or its whole address elsewhere, begins like this.
func (b *Browser) Arrives(path string) *Browser {
	b.t.Helper()
	b.until(func() string {
		at, err := look[string](b, `() => document.readyState === "complete" ? location.href : ""`)
		if err == nil && strings.HasPrefix(b.inside(at), path) {
			return ""
		}
		return fmt.Sprintf("is at %s, not at %s", at, path)
	})
	return b
}

// Answered fails the test unless the page came with this status.
func (b *Browser) Answered(status int64) *Browser {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.status != status {
		b.errorf("%s: the page answered %d, want %d", b.name, b.status, status)
	}
	return b
}

// SeesText waits until the page shows all of these words.
func (b *Browser) SeesText(words ...string) *Browser {
	b.t.Helper()
	for _, w := range words {
		b.until(func() string {
			text, err := b.text()
			if err == nil && strings.Contains(text, w) {
				return ""
			}
			return fmt.Sprintf("does not see %q (%v): %s", w, err, short(text))
		})
	}
	return b
}

// DoesNotSee fails the test if the page shows any of these words.
func (b *Browser) DoesNotSee(words ...string) *Browser {
	b.t.Helper()
	text := b.Text()
	for _, w := range words {
		if strings.Contains(text, w) {
			b.errorf("%s sees %q: %s", b.name, w, short(text))
		}
	}
	return b
}

// Text is what the page shows, with even spaces.
func (b *Browser) Text() string {
	b.t.Helper()
	var text string
	b.until(func() string {
		var err error
		if text, err = b.text(); err != nil {
			return fmt.Sprintf("can't read the page: %v", err)
		}
		return ""
	})
	return text
}

// text is what a page shows that is all there: before that its scripts don't run, and
// keys pressed are lost.
func (b *Browser) text() (string, error) {
	page, err := look[struct {
		State string
		Text  *string
	}](b, `(within) => ({ State: document.readyState, Text: document.querySelector(within || "body")?.innerText ?? null })`, b.within)
	switch {
	case err != nil:
		return "", err
	case page.State != "complete":
		return "", errors.New("it is " + page.State)
	case page.Text == nil:
		return "", errors.New("there is no " + b.within)
	}
	return strings.Join(strings.Fields(*page.Text), " "), nil
}

// Finds fails the test unless there is something of this kind to be seen, and
// returns how many there are.
func (b *Browser) Finds(selector string) int {
	b.t.Helper()
	var n int
	b.until(func() string {
		var err error
		n, err = look[int](b, `(within, what) => [...(document.querySelector(within || "body")?.querySelectorAll(what) ?? [])].filter((e) => e.checkVisibility()).length`, b.within, selector)
		if err == nil && n > 0 {
			return ""
		}
		return fmt.Sprintf("finds no %s (%v)", selector, err)
	})
	return n
}

// FindsNo fails the test if there is anything of this kind, seen or not.
func (b *Browser) FindsNo(selector string) *Browser {
	b.t.Helper()
	if n := ask[int](b, `(within, what) => document.querySelector(within || "body")?.querySelectorAll(what).length ?? 0`, b.within, selector); n > 0 {
		b.errorf("%s finds %d %s, want none", b.name, n, selector)
	}
	return b
}

// Links lists where the page's links and forms lead inside the house, as "GET
// /path" or "POST /path", but not to the page itself. It fails the test if a link into the page leads nowhere.
func (b *Browser) Links() []string {
	b.t.Helper()
	found := ask[struct{ Links, Broken []string }](b, `() => {
		const Links = new Set(), Broken = [];
		const add = (method, address) => {
			const to = new URL(address, location.href);
			if (to.origin !== location.origin) return;
			if (method === "GET" && to.pathname + to.search === location.pathname + location.search) {
				if (to.hash && !document.getElementById(to.hash.slice(1))) Broken.push(to.hash);
				return;
			}
			Links.add(method + " " + to.pathname + to.search);
		};
		for (const a of document.querySelectorAll("a[href]")) add("GET", a.getAttribute("href"));
		for (const f of document.querySelectorAll("form[action]")) add(f.method.toUpperCase(), f.getAttribute("action"));
		for (const x of document.querySelectorAll("[formaction]")) add("POST", x.getAttribute("formaction"));
		return { Links: [...Links], Broken };
	}`)
	for _, hash := range found.Broken {
		b.errorf("%s: %s has a link to %s, which is not there", b.name, b.Path(), hash)
	}
	return found.Links
}

// HasInView fails the test unless the beginning of something stands on the
// screen, without scrolling.
func (b *Browser) HasInView(selector string) *Browser {
	b.t.Helper()
	b.until(func() string {
		where, err := look[string](b, `(what) => {
			const e = document.querySelector(what);
			if (!e) return "is not there";
			const r = e.getBoundingClientRect();
			return r.top > -2 && r.top < innerHeight ? "" : "stands at " + Math.round(r.top) + " of " + innerHeight;
		}`, selector)
		if err != nil {
			return err.Error()
		}
		if where == "" {
			return ""
		}
		return "does not have " + selector + " in view: it " + where
	})
	return b
}

// Holds fails the test unless a field holds this text.
func (b *Browser) Holds(label, text string) *Browser {
	b.t.Helper()
	b.until(func() string {
		held, err := look[*string](b, finder+`(within, what) => find(within, "fill", what).element?.value ?? null`, b.within, label)
		if err == nil && held != nil && *held == text {
			return ""
		}
		if held == nil {
			return fmt.Sprintf("finds no field %q (%v)", label, err)
		}
		return fmt.Sprintf("finds %q in the field %q, want %q", *held, label, text)
	})
	return b
}

// Fill writes into the field with this label or name, in place of what is there.
func (b *Browser) Fill(label, text string) *Browser {
	b.t.Helper()
	b.reach("fill", label)
	ask[bool](b, `() => { document.activeElement.select(); return true; }`)
	return b.Type(text)
}

// Type writes where the focus is.
func (b *Browser) Type(text string) *Browser {
	b.t.Helper()
	b.call("write", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, input.InsertText, input.InsertTextParams{Text: text})
		return err
	})
	return b
}

// Choose ticks or picks what has this label, or the entry of a list.
func (b *Browser) Choose(label string) *Browser {
	b.t.Helper()
	b.reach("choose", label)
	return b
}

// keyboard is the keys that Press knows by name; a single character is its own.
var keyboard = map[string]string{"Tab": kb.Tab, "Enter": kb.Enter, "Shift": kb.Shift, "Escape": kb.Escape, "Space": " "}

// Press presses a key, or the button, link or summary with these words. If that
// leads to another page, it waits for it.
func (b *Browser) Press(what string) *Browser {
	b.t.Helper()
	key, ok := keyboard[what]
	if !ok && utf8.RuneCountInString(what) == 1 {
		key, ok = what, true
	}
	if !ok {
		b.reach("press", what)
		return b
	}
	press := chromedp.KeyEvent(key)
	if utf8.RuneCountInString(what) == 1 { // as one event, so that a page that uses the key itself keeps it from a field
		b.call("press "+what, func(ctx context.Context) error {
			for _, kind := range []input.DispatchKeyEventType{"keyDown", "keyUp"} {
				p := input.DispatchKeyEventParams{Type: kind, Key: what}
				if kind == "keyDown" {
					p.Text = what
				}
				if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, p); err != nil {
					return err
				}
			}
			return nil
		})
		return b
	}
	leads := (what == "Enter" || what == "Space") && ask[bool](b, finder+`(key) => {
		const e = document.activeElement;
		return key === "Enter" ? Boolean(leads(e)) : e.matches("button, input[type=submit]") && leads(e);
	}`, what)
	b.call("press "+what, func(ctx context.Context) error {
		if leads {
			_, err := chromedp.Run(ctx, chromedp.WaitEvent(page.LoadEventFired, nil, press))
			return err
		}
		return chromedp.Do(ctx, press)
	})
	return b
}

// TabTo presses Tab until the focus is on what has these words, and fails the
// test if it never gets there or can't be seen on its way.
func (b *Browser) TabTo(words string) *Browser {
	b.t.Helper()
	for range 120 {
		b.Press("Tab")
		at := ask[struct {
			Name, Kind string
			Shown      bool
		}](b, finder+`() => {
			const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
			const marked = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== "none";
			return { Name: named(e), Kind: e.localName, Shown: e === document.body || marked && r.bottom > 0 && r.top < innerHeight };
		}`)
		if !at.Shown {
			b.errorf("%s: the focus on %s %q can't be seen", b.name, at.Kind, at.Name)
		}
		if at.Kind != "body" && strings.HasPrefix(at.Name, words) {
			return b
		}
	}
	b.fatalf("%s: Tab never gets to %q", b.name, words)
	return b
}

// reach scrolls to something, makes sure that nothing covers it, and clicks.
func (b *Browser) reach(how, what string) {
	b.t.Helper()
	var at struct {
		X, Y        float64
		Leads, Done bool
		Problem     string
	}
	b.until(func() string {
		var err error
		at, err = look[struct {
			X, Y        float64
			Leads, Done bool
			Problem     string
		}](b, finder+reacher, b.within, how, what)
		if err != nil {
			return fmt.Sprintf("can't %s %q: %v", how, what, err)
		}
		if at.Problem != "" {
			return fmt.Sprintf("can't %s %q: %s", how, what, at.Problem)
		}
		return ""
	})
	if at.Done {
		return
	}
	click := chromedp.MouseClickXY(at.X, at.Y)
	b.call(how+" "+what, func(ctx context.Context) error {
		if at.Leads {
			_, err := chromedp.Run(ctx, chromedp.WaitEvent(page.LoadEventFired, nil, click))
			return err
		}
		return chromedp.Do(ctx, click)
	})
}

// Screenshot writes a picture of the whole page to a file.
func (b *Browser) Screenshot(file string) error {
	ctx, cancel := context.WithTimeout(b.ctx, browserLimit)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		return fmt.Errorf("take a picture: %w", err)
	}
	return os.WriteFile(file, picture, 0o600)
}

func (t *tab) errorf(format string, arguments ...any) {
	t.t.Helper()
	t.hurt = true
	t.t.Errorf(format, arguments...)
}

func (t *tab) fatalf(format string, arguments ...any) {
	t.t.Helper()
	t.hurt = true
	t.t.Fatalf(format, arguments...)
}

// call does something in the browser; an error ends the test.
func (b *Browser) call(what string, do func(context.Context) error) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, browserLimit)
	defer cancel()
	if err := do(ctx); err != nil {
		b.fatalf("%s: %s: %v", b.name, what, err)
	}
}

// until looks again and again until there is no problem, for as long as a page's
// script may take.
func (b *Browser) until(problem func() string) {
	b.t.Helper()
	for began := time.Now(); ; time.Sleep(glance) {
		p := problem()
		if p == "" {
			return
		}
		if time.Since(began) > scriptLimit {
			at, _ := look[string](b, `() => location.href`)
			b.fatalf("%s at %s %s", b.name, at, p)
		}
	}
}

// ask runs a function in the page and takes its answer; an error ends the test.
func ask[T any](b *Browser, function string, arguments ...any) T {
	b.t.Helper()
	answer, err := look[T](b, function, arguments...)
	if err != nil {
		b.fatalf("%s: ask the page: %v", b.name, err)
	}
	return answer
}

// look is ask for when the page may be on the move. Declarations may stand before
// the function.
func look[T any](b *Browser, function string, arguments ...any) (T, error) {
	ctx, cancel := context.WithTimeout(b.ctx, browserLimit)
	defer cancel()
	list, err := json.Marshal(append([]any{}, arguments...))
	if err != nil {
		var none T
		return none, fmt.Errorf("write the arguments: %w", err)
	}
	before := ""
	if rest, found := strings.CutPrefix(function, finder); found {
		before, function = finder, rest
	}
	expression := fmt.Sprintf("(() => {%s return (%s)(...%s); })()", before, function, list)
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}
