package web

import (
	"fmt"
	"strings"
	"time"

	"snowdrop/internal/forum"
)

// DataForm is the page where a member gets everything that is kept about them.
type DataForm struct {
	Frame
	Faults []Fault
}

// Departure is the page where a member leaves, or comes back.
type Departure struct {
	Frame
	Faults    []Fault
	Leaving   bool
	Mode      forum.LeaveMode
	EndsAt    time.Time // until when they can come back
	KeptUntil time.Time // of the locked copies; zero: none are kept
}

// Keeping is how long things are kept, for the privacy page.
type Keeping struct {
	Leave, Safety, Notices, Revisions, Devices, Reports, Unconfirmed time.Duration
}

// spell says a time of whole days in words.
func spell(d time.Duration) string {
	days := int(d / (24 * time.Hour))
	n, unit := days, "day"
	switch {
	case days%365 == 0 && days > 0:
		n, unit = days/365, "year"
	case days%7 == 0 && days > 0 && days <= 56 && days != 14:
		n, unit = days/7, "week"
	}
	if n == 1 {
		return "one " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}

// factName is a name of data.json as a person says it.
func factName(name string) string {
	words := strings.ReplaceAll(name, "_", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}

func factValue(v any) string {
	switch v := v.(type) {
	case time.Time:
		return v.Format("2 January 2006, 15:04 MST")
	case bool:
		if v {
			return "Yes"
		}
		return "No"
	}
	return fmt.Sprint(v)
}
