// Package work is what happens without a request: it delivers the mails that the
// forum has written down, and throws away what has expired.
//
// A [Runner] takes jobs from the database, so nothing is lost when a process
// ends, and several instances share the work. A mail is handed over once or, if
// we crash in just that moment, marked doubtful; it never arrives twice.
//
// The room decides nothing about people and posts, and no log line of it holds
// an address, a subject or a word of a mail: only ids and reply codes.
package work
