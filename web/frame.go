package web

// crumb is a step on the way to a page.
type crumb struct{ Path, Name string }

// tabTitle is the title in the browser's tab and history.
func tabTitle(f Frame, title string) string {
	if f.Neutral {
		return "Home"
	}
	if f.Title != "" {
		title = f.Title
	}
	if title == "" || title == "Snowdrop" {
		return "Snowdrop"
	}
	return title + " – Snowdrop"
}

// current is the entry of the menu to mark.
func current(f Frame, section Section) Section {
	if f.Section != "" {
		return f.Section
	}
	return section
}
