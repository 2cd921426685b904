package forum

import (
	"errors"
	"time"
)

// ErrorKind says what sort of thing went wrong, so that the edge can pick a
// status and a page. The zero value is a fault of ours.
type ErrorKind int

const (
	Internal  ErrorKind = iota // a fault of ours; details only in the log
	Invalid                    // what was typed cannot be taken as it is
	NotFound                   // not there, or not for this person to know of
	SignedOut                  // only for people who are signed in
	LostRace                   // somebody else was first, or the post changed meanwhile
	TooMany                    // throttled
	Busy                       // the machine is full; try again in a moment
	Unproven                   // the second factor has to be given first
)

// Error carries a sentence that is safe and kind to show to the person who
// caused it. Field names the form field it belongs to, empty for the whole form.
type Error struct {
	Kind    ErrorKind
	Field   string
	Message string
	Retry   time.Duration // with TooMany and Busy: when to try again
}

// Error is the sentence to show.
func (e *Error) Error() string { return e.Message }

// KindOf finds the kind of the first Error in err's tree; Internal if there is none.
func KindOf(err error) ErrorKind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Faults lists every field error in err's tree, in the order they were found.
func Faults(err error) []*Error {
	if e, ok := err.(*Error); ok {
		return []*Error{e}
	}
	switch e := err.(type) {
	case interface{ Unwrap() []error }:
		var all []*Error
		for _, one := range e.Unwrap() {
			all = append(all, Faults(one)...)
		}
		return all
	case interface{ Unwrap() error }:
		return Faults(e.Unwrap())
	}
	return nil
}

// errNotFound is one value on purpose: what does not exist and what one may not
// know of must be told in the same words.
var errNotFound = &Error{Kind: NotFound, Message: "We can't find that page. It may have been moved, or it may be for members only."}

func invalid(field, message string) *Error {
	return &Error{Kind: Invalid, Field: field, Message: message}
}

// What a Store answers when a row stands in the way or is missing.
var (
	ErrNoRow = errors.New("no such row")
	ErrTaken = errors.New("already taken")
	ErrLost  = errors.New("changed meanwhile")
)
