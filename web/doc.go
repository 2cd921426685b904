// Package web is everything a browser gets: one templ component and one typed
// struct for each page, the style sheet, the scripts, the font and the articles.
//
// It holds no rules. Who may see, do or be told what is decided before a struct
// is filled; a page shows what it was given. Words that people wrote arrive as
// sanitised HTML or as plain text, never as Markdown. Only times become words
// here, on a London clock.
//
// Every page works without its scripts, and there is no inline script or style,
// so that the content security policy can forbid both.
package web
