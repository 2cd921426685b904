package site

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/web"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func (s *Server) showMe(r *request) error {
	note, err := s.noteDraft(r)
	if err != nil {
		return err
	}
	return s.mePage(r, http.StatusOK, note)
}

// mePage is a member's own page. note is a note to an appeal that is not sent yet.
func (s *Server) mePage(r *request, status int, note noteTyped) error {
	rows, err := s.forum.Mine(r.ctx(), r.Actor)
	if err != nil {
		return err
	}
	drafts, err := s.forum.Drafts(r.ctx(), r.Actor)
	if err != nil {
		return err
	}
	f, err := s.frame(r, "You")
	if err != nil {
		return err
	}
	p := web.Me{Frame: f, Posts: ownPosts(rows), Drafts: len(drafts)}
	for i, row := range rows {
		if p.Posts[i].Reading, err = s.reading(r, row); err != nil {
			return err
		}
		if _, limited := r.Actor.Restricted(); limited && row.State != forum.StateDraft {
			p.Posts[i].EditPath = ""
		}
	}
	if p.Decisions, p.Earlier, err = s.decided(r, rows); err != nil {
		return err
	}
	note.into(p.Decisions)
	return r.show(status, web.MePage(p))
}

func ownPosts(rows []forum.PostRow) []web.OwnPost {
	var own []web.OwnPost
	for _, p := range rows {
		o := web.OwnPost{
			ID: p.ID, Path: postPath(p.ThreadID, p.ID), Thread: p.ThreadTitle, Part: p.Part, State: p.State,
			Words: excerpt(p.Body, 200), Supports: p.Supports, CreatedAt: p.CreatedAt,
		}
		if p.State != forum.StateRemoved && p.State != forum.StateWithdrawn {
			o.EditPath = fmt.Sprintf("/posts/%d/edit", p.ID)
		} else {
			o.Words = p.Body // the only place where they still stand: whole
		}
		own = append(own, o)
	}
	return own
}

func (s *Server) showNotices(r *request) error {
	ns, err := s.forum.Notices(r.ctx(), r.Actor)
	if err != nil {
		return err
	}
	f, err := s.frame(r, "Your notices")
	if err != nil {
		return err
	}
	p := web.Notices{Frame: f, Notices: ns, Ask: map[int64]time.Time{}}
	decisions, err := s.forum.MyDecisions(r.ctx(), r.Actor)
	if err != nil {
		return err
	}
	for _, d := range decisions {
		if !d.Until.IsZero() {
			p.Ask[d.Decision.ID] = d.Until
		}
	}
	if err := r.show(http.StatusOK, web.NoticesPage(p)); err != nil {
		return err
	}
	if r.gin.Request.Method == http.MethodHead {
		return nil
	}
	if err := s.forum.ReadNotices(r.ctx(), r.Actor); err != nil {
		s.Log.ErrorContext(r.ctx(), "mark notices as read", "request", r.id, "error", err)
	}
	return nil
}

func (s *Server) showDrafts(r *request) error {
	ds, err := s.forum.Drafts(r.ctx(), r.Actor)
	if err != nil {
		return err
	}
	mine, err := s.forum.Mine(r.ctx(), r.Actor)
	if err != nil {
		return err
	}
	f, err := s.frame(r, "Your drafts")
	if err != nil {
		return err
	}
	p := web.Drafts{Frame: f}
	for _, d := range ds {
		form, err := d.Form()
		if err != nil {
			return err
		}
		p.Drafts = append(p.Drafts, web.DraftLine{
			ID: d.ID, Path: formPath(d), Where: draftWhere(d, form), Words: excerpt(shown(form.Get("body")), 200),
			UpdatedAt: d.UpdatedAt, ExpiresAt: d.ExpiresAt,
		})
	}
	for _, row := range mine {
		if row.State == forum.StateDraft { // returned by a moderator
			p.Drafts = append(p.Drafts, web.DraftLine{
				Path: fmt.Sprintf("/posts/%d/edit", row.ID), Where: row.ThreadTitle, Words: excerpt(row.Body, 200), UpdatedAt: row.CreatedAt,
			})
		}
	}
	return r.show(http.StatusOK, web.DraftsPage(p))
}

func draftWhere(d forum.Draft, form url.Values) string {
	switch {
	case d.Path == "/threads" && strings.TrimSpace(form.Get("title")) != "":
		return shown(form.Get("title"))
	case d.Path == "/threads":
		return "A new conversation"
	case strings.HasPrefix(d.Path, "/threads/"):
		return "A reply"
	case strings.HasPrefix(d.Path, "/care/"):
		return "Words to our team"
	case strings.HasPrefix(d.Path, "/me/"):
		return "A note for whoever looks again"
	case strings.HasPrefix(d.Path, "/questions/"):
		return "An answer to a moderator"
	}
	return "A change to your words"
}

// saveDraft saves a form that is not posted yet. The page's script asks for the
// draft's number back; a person without script is led to the drafts.
func (s *Server) saveDraft(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	path := form.Get("path")
	form.Del("path")
	id, err := s.forum.SaveDraft(r.ctx(), r.Actor, draftID(form), path, form)
	if err != nil && forum.KindOf(err) == forum.SignedOut && r.gin.GetHeader("Accept") != "application/json" {
		token, err := s.forum.KeepWords(r.ctx(), path, form, r.gin.ClientIP())
		if err != nil {
			return err
		}
		r.session.Values[valueKept] = token
		if err := r.saveSession(); err != nil {
			return err
		}
		return r.redirect("/sign-in?next=" + url.QueryEscape("/me/drafts"))
	}
	if r.gin.GetHeader("Accept") == "application/json" {
		if err != nil {
			r.gin.AbortWithStatus(statuses[forum.KindOf(err)])
			return nil
		}
		r.gin.JSON(http.StatusOK, map[string]int64{"id": id})
		return nil
	}
	if err != nil {
		return err
	}
	if err := r.flash("Saved. Your words are here, and only you can see them."); err != nil {
		return err
	}
	return r.redirect("/me/drafts")
}

func (s *Server) dropDraft(r *request) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	if err := s.forum.DropDraft(r.ctx(), r.Actor, id); err != nil {
		return err
	}
	return r.redirect("/me/drafts")
}
