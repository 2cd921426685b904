package web

import (
	"strings"
	"time"
	_ "time/tzdata" // the clock is London's, whatever the machine has installed
)

var london = func() *time.Location {
	l, err := time.LoadLocation("Europe/London")
	if err != nil {
		return time.UTC
	}
	return l
}()

// moment says when in words: "Tuesday 17 November, 21:04". The year is said when
// it is not this one.
func moment(t, now time.Time) string {
	t = t.In(london)
	if !now.IsZero() && t.Year() != now.In(london).Year() {
		return t.Format("Monday 2 January 2006, 15:04")
	}
	return t.Format("Monday 2 January, 15:04")
}

// day is a date in words: "17 November 2026".
func day(t time.Time) string { return t.In(london).Format("2 January 2006") }

// instant is a time as machines read it.
func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// span says a length of time in words, coarser as it grows: "12 minutes",
// "3 hours 10 minutes", "2 days 3 hours".
func span(d time.Duration) string {
	d = d.Abs()
	days, hours, minutes := int(d/(24*time.Hour)), int(d/time.Hour)%24, int(d/time.Minute)%60
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < time.Hour:
		return several(minutes, "minute")
	case d < 24*time.Hour:
		return strings.TrimSpace(several(hours, "hour") + " " + some(minutes, "minute"))
	default:
		return strings.TrimSpace(several(days, "day") + " " + some(hours, "hour"))
	}
}

// left says how long is left until t, or how long it is over.
func left(t, now time.Time) string {
	if d := t.Sub(now); d >= 0 {
		return span(d) + " left"
	}
	return span(now.Sub(t)) + " over"
}
