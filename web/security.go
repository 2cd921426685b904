package web

import (
	"fmt"
	"strings"
	"time"

	"snowdrop/internal/forum"
)

// Code asks for the second step of signing in.
type Code struct {
	Frame
	Faults  []Fault
	Action  string
	Passkey string // what a browser needs for a passkey, as JSON; empty: there is none
	App     bool   // there is an app that makes codes
}

// Forgot is the page for a forgotten password.
type Forgot struct {
	Frame
	Faults []Fault
	Email  string
	Sent   bool // it was asked for; whether anybody has the address is not said
}

// Security is a member's page about signing in.
type Security struct {
	Frame
	Faults   []Fault
	Part     string // the form that the faults are in: email or password
	Pending  string // an address that is not confirmed yet; may be empty
	Sessions []OwnSession
	Staff    bool
}

// faultsOf are the faults of one of the page's forms.
func (p Security) faultsOf(part string) []Fault {
	if p.Part != part {
		return nil
	}
	return p.Faults
}

// OwnSession is a device on which a member is signed in.
type OwnSession struct {
	Handle            string
	Device            string // such as "Firefox on Android"; empty: it does not say
	Shared, Here      bool
	SeenAt, CreatedAt time.Time
}

func (s OwnSession) name() string {
	if s.Device == "" {
		return "A device that doesn’t say what it is"
	}
	return s.Device
}

// Factor is the page about the second step.
type Factor struct {
	Frame
	Faults     []Fault
	On         bool
	Proven     bool // it was given in this session
	Must       bool // the member's work needs it
	Asked      bool // some page could not be opened without it
	Left       int  // recovery codes
	App        bool // there is an app that makes codes
	Passkeys   []forum.OwnPasskey
	Passkey    string // what a browser needs to use one, as JSON; empty: there is none
	Takes      bool   // passkeys work at the site's address
	NewPasskey string // what a browser needs to make one, as JSON; empty: not now
	Name       string // of a new passkey
	Secret     string
	URL        string
	Picture    [][]bool
	Next       string
}

// ways says what signing in asks for.
func (p Factor) ways() string {
	switch {
	case len(p.Passkeys) == 0:
		return "a code from your app"
	case p.App:
		return "a passkey or a code from your app"
	}
	return "a passkey"
}

// mayRemove says whether a passkey can be taken away: the last second step stays
// where the work needs it.
func (p Factor) mayRemove() bool { return !p.Must || p.App || len(p.Passkeys) > 1 }

// asksCode says whether a change takes a code. Somebody with a passkey has used that
// just before the page opened.
func (p Factor) asksCode() bool { return len(p.Passkeys) == 0 }

// Recovery shows recovery codes, once.
type Recovery struct {
	Frame
	Codes []string
	Next  string
}

// inFours is a secret as people can type it.
func inFours(secret string) string {
	var b strings.Builder
	for i, r := range secret {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// quiet is the empty border that cameras need around a picture, in squares.
const quiet = 4

// squares draws the dark squares of a picture as one path.
func squares(rows [][]bool) string {
	var b strings.Builder
	for y, row := range rows {
		for x, dark := range row {
			if dark {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	return b.String()
}

func pictureBox(rows [][]bool) string {
	size := len(rows) + 2*quiet
	return fmt.Sprintf("0 0 %d %d", size, size)
}

func nextOr(next, other string) string {
	if next == "" {
		return other
	}
	return next
}
