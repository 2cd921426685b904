// Package forum is the domain of Snowdrop: people, topics, threads, posts,
// cases, decisions, midwives, articles, notices and mail; the rules that say who
// may do and see what; and the use cases that change them.
//
// It knows no HTTP and no database. What it needs to remember it asks of a
// [Store]; the time comes from a clock that is handed in. It never sends
// anything: mail and notices are written in the transaction that causes them and
// leave by internal/work.
package forum
