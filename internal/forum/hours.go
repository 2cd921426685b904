package forum

import "time"

// Hours is when somebody is there, week by week. The nil Hours is always.
type Hours struct {
	Zone *time.Location
	Days [7]Span // by weekday, Sunday first
}

// Span is a stretch of one day on the wall clock, in minutes since midnight.
// From equal to Until is a day off.
type Span struct{ From, Until int }

// on is the stretch that belongs to the day of t. A wall clock is read, so that a
// day on which the clocks change is as long as it really is.
func (h *Hours) on(t time.Time) (from, until time.Time) {
	y, m, d := t.Date()
	s := h.Days[t.Weekday()]
	return time.Date(y, m, d, 0, s.From, 0, 0, h.Zone), time.Date(y, m, d, 0, s.Until, 0, 0, h.Zone)
}

// Open says whether somebody is there at t.
func (h *Hours) Open(t time.Time) bool { return h.Next(t).Equal(t) }

// Next is the first moment from t on at which somebody is there.
func (h *Hours) Next(t time.Time) time.Time {
	if h == nil {
		return t
	}
	day := t.In(h.Zone)
	for range 8 {
		switch from, until := h.on(day); {
		case t.Before(from) && from.Before(until):
			return from.UTC()
		case t.Before(until) && from.Before(until):
			return t
		}
		y, m, d := day.Date()
		day = time.Date(y, m, d+1, 12, 0, 0, 0, h.Zone)
	}
	return t // nobody ever is: the clock runs through
}

// Add is when somebody has been there for d since t.
func (h *Hours) Add(t time.Time, d time.Duration) time.Time {
	if h == nil {
		return t.Add(d)
	}
	for range 1000 {
		t = h.Next(t)
		_, until := h.on(t.In(h.Zone))
		left := until.Sub(t)
		if d <= left || left <= 0 {
			break
		}
		d -= left
		t = until
	}
	return t.Add(d).UTC()
}
