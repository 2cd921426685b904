// Package site serves the forum over HTTP: one table of routes, middleware,
// forms and pages. It is the only room that knows HTTP, Gin and sessions. It
// decides nothing about people or posts: a handler binds a form, calls
// internal/forum and answers.
package site
