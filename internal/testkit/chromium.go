package testkit

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// listen takes note of what no page of ours may do. It must not wait.
func (t *tab) listen(event any) {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if !t.allowed(e.Request.URL, e.DocumentURL) {
			t.fault("the page %s asked somebody else for %s", e.DocumentURL, e.Request.URL)
		}
	case *network.EventResponseReceived:
		if e.Type == network.ResourceTypeDocument {
			t.mu.Lock()
			t.status = e.Response.Status
			t.mu.Unlock()
		} else if e.Response.Status >= 400 {
			t.fault("%s answered %d", e.Response.URL, e.Response.Status)
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			t.fault("console.%s: %s", e.Type, said(e.Args))
		}
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
		t.fault("the page's script failed: %s (%s)", text, e.ExceptionDetails.URL)
	case *log.EventEntryAdded:
		// What was not found or not taken is counted above; a page may answer 404.
		if e.Entry.Level == log.EntryLevelError && e.Entry.Source != log.EntrySourceNetwork || e.Entry.Source == log.EntrySourceSecurity {
			t.fault("the browser says: %s (%s)", e.Entry.Text, e.Entry.URL)
		}
	}
}

func (t *tab) fault(format string, arguments ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if text := fmt.Sprintf(format, arguments...); !slices.Contains(t.faults, text) {
		t.faults = append(t.faults, text)
	}
}

// allowed says whether a page may ask for something: the house's pages only the
// house, and anybody may go where "Leave this site" leads.
func (t *tab) allowed(address, document string) bool {
	if t.house == nil {
		return true
	}
	for _, inside := range []string{"data:", "blob:", "about:"} {
		if strings.HasPrefix(address, inside) {
			return true
		}
	}
	return sameOrigin(address, t.house.URL) || sameOrigin(address, t.house.Site.LeaveURL) && sameOrigin(document, t.house.Site.LeaveURL)
}

func sameOrigin(address, other string) bool {
	a, err := url.Parse(address)
	b, otherErr := url.Parse(other)
	return err == nil && otherErr == nil && a.Scheme == b.Scheme && a.Host == b.Host
}

func said(arguments []*runtime.RemoteObject) string {
	var words []string
	for _, a := range arguments {
		words = append(words, string(a.Value)+a.Description)
	}
	return strings.Join(words, " ")
}

// chromium is the one Chromium of this process. It dies with us; the shell beside
// it then throws its folder away.
var chromium = sync.OnceValues(func() (context.Context, error) {
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	if program == "" {
		return nil, errors.New("install chromium, chromium-browser or google-chrome")
	}
	folder, err := os.MkdirTemp("", "snowdrop-chromium-")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	minder := exec.Command("/bin/sh", "-c", `trap "" INT HUP TERM; cat >/dev/null; sleep 1; rm -rf "$1"`, "sh", folder)
	if keepChromium, err = minder.StdinPipe(); err != nil {
		return nil, fmt.Errorf("mind a folder: %w", err)
	}
	if err := minder.Start(); err != nil {
		return nil, fmt.Errorf("mind a folder: %w", err)
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(program), chromedp.UserDataDir(filepath.Join(folder, "profile")), chromedp.Headless, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
	}
	for _, on := range []string{
		"disable-gpu", "disable-background-networking", "disable-component-update", "disable-sync", "disable-extensions", "disable-breakpad",
		"disable-dev-shm-usage", "disable-renderer-backgrounding", "disable-background-timer-throttling", "disable-backgrounding-occluded-windows",
	} {
		options = append(options, chromedp.Flag(on, true))
	}
	// Each browser context has processes of its own, none of which lives long enough for
	// its scripts to be worth optimising.
	options = append(options, chromedp.Flag("js-flags", "--max-lazy --no-opt --no-maglev --min-semi-space-size=16"))
	// It would hold one more process ready for every page that is opened.
	options = append(options, chromedp.Flag("disable-features", "SpareRendererForSitePerProcess"))
	if os.Geteuid() == 0 { // as root it refuses to start in its sandbox
		options = append(options, chromedp.NoSandbox)
	}
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, _ = chromedp.NewContext(ctx)
	if err := chromedp.Do(ctx); err != nil {
		stop()
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	return ctx, nil
})

// keepChromium is held open while this process lives.
//
//lint:ignore U1000 held open on purpose, never read
var keepChromium interface{ Close() error }
