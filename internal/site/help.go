package site

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"snowdrop/config"
	"snowdrop/internal/forum"
	"snowdrop/moderation"
	"snowdrop/web"
)

func date(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{} // empty: nobody has checked it; others are refused when the site data is loaded
	}
	return t
}

func helplineView(h config.Helpline) web.Helpline {
	return web.Helpline{
		Slug: h.Slug, Name: h.Name, Former: h.Former, For: h.For, Phone: h.Phone, Text: h.Text, Email: h.Email, Web: h.Web,
		Hours: h.Hours, Nations: h.Nations, Crisis: h.Crisis, CheckedOn: date(h.CheckedOn), Conflict: h.Conflict,
	}
}

func (s *Server) showHelp(r *request) error {
	f, err := s.frame(r, "Get help now")
	if err != nil {
		return err
	}
	r.indexed(&f, s)
	f.Description = "Who to call now, and who to talk to after a loss."
	p := web.Help{Frame: f}
	if typed := r.query("weeks"); typed != "" {
		if weeks, err := strconv.Atoi(typed); err == nil && weeks >= 0 && weeks <= 45 {
			p.Weeks = &weeks
		} else {
			p.Faults = []web.Fault{{Field: "weeks", Message: "Please write the weeks as a number from 0 to 45. Everything on this page is here without it too."}}
		}
	}
	// Not the card about a baby's movements: most who open this page have lost theirs.
	p.Cards = s.cards([]string{"body_emergency", "mind_emergency", "body_urgent", "mind_support", "safety_support"}, r.Actor.Speech())
	for _, h := range s.Site.Helplines {
		p.Lines = append(p.Lines, helplineView(h))
	}
	for _, l := range s.Site.LocalServices {
		p.Local = append(p.Local, web.LocalService{Area: l.Area, Name: l.Name, Phone: l.Phone, When: l.When, CheckedOn: date(l.CheckedOn)})
	}
	return r.show(http.StatusOK, web.HelpPage(p))
}

// leave takes somebody away at once, and asks the browser to forget what it kept
// of us. It can't erase the browser's history; the page about leaving says so.
func (s *Server) leave(r *request) error {
	r.gin.Header("Clear-Site-Data", `"cache"`)
	r.gin.Redirect(http.StatusSeeOther, s.Site.LeaveURL)
	return nil
}

func (s *Server) showLeaving(r *request) error {
	f, err := s.frame(r, "Leaving this site")
	if err != nil {
		return err
	}
	return r.show(http.StatusOK, web.LeavingPage(web.Leaving{Frame: f}))
}

func (s *Server) showSafety(r *request) error {
	f, err := s.frame(r, "How we keep this place safe")
	if err != nil {
		return err
	}
	r.indexed(&f, s)
	p := web.Safety{Frame: f, FirstPosts: s.forum.HoldFirstPosts, Hours: s.midwifeHours(r)}
	for _, band := range []moderation.Band{moderation.P0, moderation.P1, moderation.P2, moderation.P3, moderation.P4} {
		p.Clocks = append(p.Clocks, web.BandClock{Band: string(band), Clock: s.forum.Clocks[band]})
	}
	return r.show(http.StatusOK, web.SafetyPage(p))
}

func (s *Server) showPrivacy(r *request) error {
	f, err := s.frame(r, "Your data")
	if err != nil {
		return err
	}
	r.indexed(&f, s)
	return r.show(http.StatusOK, web.PrivacyPage(web.Privacy{Frame: f, Contact: s.Site.Contact, Keeping: web.Keeping(s.Site.Retention)}))
}

func (s *Server) showAccessibility(r *request) error {
	f, err := s.frame(r, "Accessibility")
	if err != nil {
		return err
	}
	r.indexed(&f, s)
	return r.show(http.StatusOK, web.AccessibilityPage(web.Accessibility{Frame: f, Contact: s.Site.Contact}))
}

func (s *Server) showRobots(r *request) error {
	r.gin.String(http.StatusOK, "User-agent: *\nDisallow: /me\nDisallow: /care/\nDisallow: /posts/\nDisallow: /sign-in\nDisallow: /join\nDisallow: /link/\nDisallow: /leave\nDisallow: /search\n")
	return nil
}

// showHealth says that the program runs.
func (s *Server) showHealth(r *request) error {
	r.gin.String(http.StatusOK, "ok\n")
	return nil
}

// showReady says that it can serve: the database answers.
func (s *Server) showReady(r *request) error {
	ctx, cancel := context.WithTimeout(r.ctx(), 2*time.Second)
	defer cancel()
	if err := s.Ready(ctx); err != nil {
		s.Log.ErrorContext(r.ctx(), "not ready", "error", err)
		r.gin.String(http.StatusServiceUnavailable, "the database does not answer\n")
		return nil
	}
	r.gin.String(http.StatusOK, "ready\n")
	return nil
}

func (s *Server) showRecord(r *request) error {
	rows, err := s.forum.Record(r.ctx(), r.Actor, r.queryNumber("below"))
	if err != nil {
		return err
	}
	f, err := s.frame(r, "Record")
	if err != nil {
		return err
	}
	p := web.Record{Frame: f, Entries: rows}
	if len(rows) == forum.RecordPage {
		p.Older = "/record?below=" + itoa(rows[len(rows)-1].ID)
	}
	return r.show(http.StatusOK, web.RecordPage(p))
}
