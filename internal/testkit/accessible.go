package testkit

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"sync"

	"github.com/chromedp/chromedp"
)

//go:embed axe/axe.min.js
var axe string

// axeTags are the rules that every page keeps.
var axeTags = []string{"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"}

// axeColours are the rules that depend on the colours. The others say the same of
// a dark page as of a light one.
var axeColours = []string{"color-contrast", "link-in-text-block"}

// accessible remembers the pages that were found good, by their hash.
var accessible sync.Map

type violation struct {
	ID, Impact, Help string
	Nodes            []struct{ Target, Summary string }
}

// Accessible fails the test with everything that axe-core finds wrong with the
// page, 320 pixels wide and in the gate 1280 too, light and dark, and if it must be scrolled
// sideways. A page that has passed is not looked at twice.
func (b *Browser) Accessible() *Browser {
	b.t.Helper()
	// Pages that differ only in numbers and tokens are the same page, unless an id
	// stands there twice.
	html := ask[string](b, `() => {
		const ids = [...document.querySelectorAll("[id]")].map((e) => e.id), chosen = [...document.querySelectorAll(":checked")].map((e) => e.id);
		return (ids.length === new Set(ids).size) + chosen.join() + document.documentElement.outerHTML;
	}`)
	sum := sha256.Sum256([]byte(randomParts.ReplaceAllString(html, "")))
	if _, known := accessible.Load(sum); known {
		return b
	}
	width, height, dark, still := b.width, b.height, b.dark, b.still
	b.Script(true) // axe needs it; the page's own scripts were not loaded and stay away
	type fault struct{ text, where string }
	var found []fault
	add := func(text, where string) {
		if i := slices.IndexFunc(found, func(f fault) bool { return f.text == text }); i >= 0 {
			found[i].where += ", " + where
			return
		}
		found = append(found, fault{text, where})
	}
	scroll := ask[float64](b, `() => scrollY`)
	// What sticks to an edge covers whatever is on its way past; scrolling brings it
	// out again.
	ask[bool](b, `() => {
		for (const e of document.querySelectorAll("body *")) if (getComputedStyle(e).position === "sticky") { e.dataset.stuck = ""; e.style.position = "static"; }
		return true;
	}`)
	widths := []int64{320}
	if Requires("browser") {
		widths = append(widths, 1280) // in the gate; on a phone most is to go wrong
	}
	for _, w := range widths {
		b.Size(w, 900)
		for _, night := range []bool{false, true} {
			b.Dark(night)
			where := fmt.Sprintf("%d px", w)
			only := map[string]any{"type": "tag", "values": axeTags}
			if night {
				where += " dark"
				only = map[string]any{"type": "rule", "values": axeColours}
			} else if over := ask[string](b, sideways); over != "" {
				add("it must be scrolled sideways: "+over, where)
			}
			for _, v := range b.axe(only) {
				for _, n := range v.Nodes {
					add(fmt.Sprintf("%s (%s) %s: %s: %s", v.ID, v.Impact, n.Target, v.Help, n.Summary), where)
				}
			}
		}
	}
	b.Size(width, height).Dark(dark).Script(!still)
	ask[bool](b, `(y) => {
		for (const e of document.querySelectorAll("[data-stuck]")) { e.style.position = ""; delete e.dataset.stuck; if (!e.getAttribute("style")) e.removeAttribute("style"); }
		scrollTo({ top: y, behavior: "instant" });
		return true;
	}`, scroll)
	path := ask[string](b, `() => location.pathname + location.search`)
	for _, f := range found {
		b.errorf("%s: %s: at %s: %s", b.name, path, f.where, f.text)
	}
	if len(found) == 0 {
		accessible.Store(sum, true)
	}
	return b
}

const sideways = `() => {
	const wide = document.documentElement.scrollWidth;
	if (wide <= innerWidth) return "";
	const text = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange(), over = [];
	for (let n; (n = text.nextNode());) {
		range.selectNodeContents(n);
		const r = range.getBoundingClientRect();
		if (r.right > innerWidth + 1) over.push([r.width, n.parentElement]);
	}
	const who = over.sort((a, b) => b[0] - a[0]).slice(0, 2).map((o) => o[1]);
	return wide + " px in " + innerWidth + " px: " + who.map((e) => e.outerHTML.replace(/\s+/g, " ").slice(0, 160)).join(" … ");
}`

// axe runs some of axe-core's rules over the page.
func (b *Browser) axe(only map[string]any) []violation {
	b.t.Helper()
	b.call("bring axe", func(ctx context.Context) error {
		has, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`typeof axe === "object"`))
		if err != nil || has {
			return err
		}
		return chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](axe+";undefined"))
	})
	return ask[[]violation](b, `async (only) => {
		const { violations } = await axe.run(document, { runOnly: only, resultTypes: ["violations"] });
		return violations.map((v) => ({
			ID: v.id, Impact: v.impact, Help: v.help,
			Nodes: v.nodes.slice(0, 5).map((n) => ({ Target: n.target.flat().join(" "), Summary: n.failureSummary.replace(/\s+/g, " ") })),
		}));
	}`, only)
}

var randomParts = regexp.MustCompile(`name="(lease|key)" value="[^"]*"|[0-9]+`)
