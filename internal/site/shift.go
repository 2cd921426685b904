package site

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"snowdrop/internal/forum"
	"snowdrop/web"
)

// nextCase serves the next case, or asks whether it isn't time to rest.
func (s *Server) nextCase(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	v, err := s.forum.Next(r.ctx(), r.Actor, ticked(form, "go_on"))
	if err != nil {
		return err
	}
	switch {
	case v.CaseID != 0:
		return r.redirect(casePath(v.CaseID))
	case v.Rest:
		return r.redirect("/queue/rest")
	}
	if err := r.flash("Nothing waits that you can take. A good moment for a glass of water."); err != nil {
		return err
	}
	return r.redirect("/queue")
}

func (s *Server) showRest(r *request) error {
	p, err := s.shift(r, "Time to rest")
	if err != nil {
		return err
	}
	return r.show(http.StatusOK, web.RestPage(p))
}

func (s *Server) showShift(r *request) error {
	p, err := s.shift(r, "Your shift")
	if err != nil {
		return err
	}
	p.Ended = !p.On && !p.Paused && r.query("ended") != "" && len(p.Held) == 0
	return r.show(http.StatusOK, web.ShiftPage(p))
}

func (s *Server) shift(r *request, title string) (web.Shift, error) {
	v, err := s.forum.ShiftPage(r.ctx(), r.Actor)
	if err != nil {
		return web.Shift{}, err
	}
	f, err := s.frame(r, title)
	if err != nil {
		return web.Shift{}, err
	}
	p := web.Shift{
		Frame: f, On: v.Shift.State == forum.ShiftOn, Paused: v.Shift.State == forum.ShiftPaused, BeganAt: v.Shift.BeganAt,
		Cases: v.Shift.Cases, Heavy: v.Shift.Heavy, Held: heldCases(v.Held), Rest: v.Rest,
	}
	for _, h := range s.Site.Helplines {
		if h.Slug == "samaritans" || h.Slug == "shout" {
			p.Lines = append(p.Lines, helplineView(h))
		}
	}
	return p, nil
}

// pauseShift gives back what the actor holds. Pressed on a case's page, what was
// begun there goes with the case, for whoever is next.
func (s *Server) pauseShift(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	end := ticked(form, "end")
	if err := s.forum.Pause(r.ctx(), r.Actor, begun(form.Get("note"), form.Get("message")), end); err != nil {
		status, faults, _, ok := s.rejected(r, err)
		if !ok {
			return err
		}
		p, err := s.shift(r, "Your shift")
		if err != nil {
			return err
		}
		p.Faults, p.Note = faults, shown(form.Get("note"))
		return r.show(status, web.ShiftPage(p))
	}
	if end {
		return r.redirect("/queue/shift?ended=1")
	}
	return r.redirect("/queue/shift")
}

// begun is a note with the message that was begun for the writer, as far as there
// is room.
func begun(note, message string) string {
	if strings.TrimSpace(message) == "" {
		return note
	}
	both := strings.TrimSpace(note + "\n\nA message to the writer was begun:\n" + message)
	if utf8.RuneCountInString(both) > forum.MaxNote {
		return note
	}
	return both
}

// shiftsSince is how far back leads see the team's load.
const shiftsSince = 7 * 24 * time.Hour

func (s *Server) showShifts(r *request) error {
	since := r.now.Add(-shiftsSince)
	rows, err := s.forum.Shifts(r.ctx(), r.Actor, since)
	if err != nil {
		return err
	}
	team, err := s.forum.Team(r.ctx(), r.Actor)
	if err != nil {
		return err
	}
	f, err := s.frame(r, "The team’s shifts")
	if err != nil {
		return err
	}
	p := web.Shifts{Frame: f, Since: since, Rows: rows, Team: team, Limit: s.forum.ShiftLimit}
	for _, b := range s.forum.TrainedOnly {
		p.Trained = append(p.Trained, string(b))
	}
	for _, row := range rows {
		i := slices.IndexFunc(p.Load, func(l web.Load) bool { return l.Name == row.PersonName })
		if i < 0 {
			i = len(p.Load)
			p.Load = append(p.Load, web.Load{Name: row.PersonName})
		}
		p.Load[i].Shifts, p.Load[i].Cases, p.Load[i].Heavy = p.Load[i].Shifts+1, p.Load[i].Cases+row.Cases, p.Load[i].Heavy+row.Heavy
	}
	slices.SortStableFunc(p.Load, func(a, b web.Load) int { return cmp.Compare(b.Heavy*5+b.Cases, a.Heavy*5+a.Cases) })
	return r.show(http.StatusOK, web.ShiftsPage(p))
}

// setTraining clears somebody for the bands that ask for training, or takes that
// back.
func (s *Server) setTraining(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(form.Get("person"), 10, 64)
	team, teamErr := s.forum.Team(r.ctx(), r.Actor)
	if teamErr != nil {
		return teamErr
	}
	if err != nil || !slices.ContainsFunc(team, func(a forum.Actor) bool { return a.ID == id }) {
		return &forum.Error{Kind: forum.Invalid, Field: "person", Message: "This person is not on the team. Please open the page again."}
	}
	if err := s.forum.SetTrained(r.ctx(), r.Actor, id, ticked(form, "trained")); err != nil {
		return err
	}
	return r.redirect("/queue/shifts")
}
