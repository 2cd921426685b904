package testkit

// finder finds controls by the words that a person reads on them: those that are
// the whole, the beginning or a part of the name, in this order.
const finder = `
const tidy = (s) => (s ?? "").replace(/\s+/g, " ").trim();
const words = (e) => tidy(e.innerText) || tidy(e.textContent);
const named = (e) => tidy(e.getAttribute("aria-label")) || [...(e.labels ?? [])].map(words).join(" ") || words(e) || tidy(e.value);
const kinds = {
	press: "a[href], button, summary, input[type=submit]",
	fill: "textarea, input:not([type=hidden], [type=checkbox], [type=radio], [type=submit])",
	choose: "input[type=checkbox], input[type=radio], option",
};
const shown = (e) => e.localName === "option" ? shown(e.closest("select")) : (e.labels?.[0] ?? e).checkVisibility({ visibilityProperty: true });
function find(within, how, what) {
	const root = document.querySelector(within || "body");
	if (!root) return { problem: "there is no " + within };
	const all = [...root.querySelectorAll(kinds[how])];
	const tests = [(n) => n === what, (n) => n.startsWith(what), (n) => n.includes(what)];
	for (const test of tests) {
		const these = all.filter((e) => test(named(e)) || e.name === what && how === "fill");
		const element = these.find(shown);
		if (element) return { element };
		if (these.length) return { problem: "it is hidden" };
	}
	return { problem: "there is none; there are: " + all.filter(shown).map(named).join(" | ").slice(0, 600) };
}
function leads(e) {
	const link = e.closest("a[href]");
	if (link) return /^https?:/.test(link.protocol) && !(link.hash && link.href.split("#")[0] === location.href.split("#")[0]);
	const button = e.closest("button, input[type=submit]");
	const form = e.matches(kinds.fill) && e.localName === "input" ? e.form : button?.type === "submit" ? button.form : null;
	return Boolean(form) && (form.noValidate || Boolean(button?.formNoValidate) || form.checkValidity());
}
`

const reacher = `(within, how, what) => {
	const { element: e, problem } = find(within, how, what);
	if (!e) return { Problem: problem };
	if (e.localName === "option") {
		const list = e.closest("select");
		list.value = e.value;
		for (const kind of ["input", "change"]) list.dispatchEvent(new Event(kind, { bubbles: true }));
		return { Done: true };
	}
	if (e.disabled) return { Problem: "it is disabled" };
	e.scrollIntoView({ block: "center", behavior: "instant" });
	const r = [...e.getClientRects()].find((r) => r.width > 0 && r.height > 0);
	if (!r) return { Problem: "it has no size" };
	const x = r.left + r.width / 2, y = r.top + r.height / 2;
	const top = document.elementFromPoint(x, y);
	if (!top) return { Problem: "it is off the screen" };
	if (!e.contains(top) && !top.contains(e) && ![...(e.labels ?? [])].some((l) => l.contains(top))) return { Problem: "it is covered by " + top.outerHTML.slice(0, 120) };
	return { X: x, Y: y, Leads: how === "press" && Boolean(leads(e)) };
}`
