package testkit

// Shape is how the browser takes a page apart, without its words: the tags in
// their order and depth with the names of their attributes.
type Shape struct {
	Status int
	Tree   []string
	Free   []string // what there is inside the elements that were left out of the tree
}

// Shapes fetches pages and takes them apart with the browser's own parser. What is
// inside an element that free matches is not in the tree: there, each tag that occurs
// is listed once, with its attributes and, of a link, where to.
func (b *Browser) Shapes(paths []string, free string) []Shape {
	b.t.Helper()
	return ask[[]Shape](b, `async (paths, free) => {
		const shape = async (path) => {
			const answer = await fetch(path, { redirect: "manual" });
			const page = new DOMParser().parseFromString(await answer.text(), "text/html");
			const tree = [], inside = new Set();
			const name = (e) => e.localName + (e.namespaceURI === "http://www.w3.org/1999/xhtml" ? "" : "!") + [...e.attributes].map((a) => " " + a.name).sort().join("");
			const walk = (e, depth) => {
				tree.push(depth + " " + name(e));
				if (e.matches(free)) {
					for (const x of e.querySelectorAll("*")) inside.add(name(x) + (x.href === undefined ? "" : " -> " + new URL(x.href, location.href).protocol));
					return;
				}
				for (const x of e.children) walk(x, depth + 1);
				if (e instanceof HTMLTemplateElement) for (const x of e.content.children) walk(x, depth + 1);
			};
			walk(page.documentElement, 0);
			return { Status: answer.status, Tree: tree, Free: [...inside] };
		};
		const all = [];
		for (let i = 0; i < paths.length; i += 6) all.push(...await Promise.all(paths.slice(i, i + 6).map(shape)));
		return all;
	}`, paths, free)
}
