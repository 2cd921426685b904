package site

import (
	"net/http"
	"strconv"
	"strings"

	"snowdrop/internal/forum"
	"snowdrop/moderation"
	"snowdrop/web"
)

func (s *Server) showChoices(r *request) error {
	c := r.Actor.Choices
	return s.choicesPage(r, http.StatusOK, web.Choices{Baby: c.Baby, Loss: c.Loss})
}

func (s *Server) choicesPage(r *request, status int, p web.Choices) error {
	var err error
	if p.Ties, err = s.forum.Ties(r.ctx(), r.Actor); err != nil {
		return err
	}
	if p.Frame, err = s.frame(r, "Your choices"); err != nil {
		return err
	}
	p.Topics = s.forum.Topics
	return r.show(status, web.ChoicesPage(p))
}

// chosen answers a form of choices: to its page, with what happened, or with what
// is wrong. p is what was typed.
func (s *Server) chosen(r *request, err error, done, back string, p web.Choices) error {
	if err == nil {
		if err := r.flash(done); err != nil {
			return err
		}
		return r.redirect(back)
	}
	status, faults, _, ok := s.rejected(r, err)
	if !ok {
		return err
	}
	p.Faults = faults
	return s.choicesPage(r, status, p)
}

func (s *Server) chooseMatters(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	// What the form does not speak of stays as it is.
	hides, folds := r.Actor.Chosen().Hides, r.Actor.Chosen().Folds
	for _, tag := range moderation.Mentions {
		m := forum.MattersOf([]moderation.Tag{tag})
		switch form.Get(string(tag)) {
		case "show":
			hides, folds = hides&^m, folds&^m
		case "fold":
			hides, folds = hides&^m, folds|m
		case "hide":
			hides, folds = hides|m, folds&^m
		}
	}
	return s.chosen(r, s.forum.ChooseMatters(r.ctx(), r.Actor, hides, folds), "Saved. It holds from now on, everywhere here.", "/me/choices", web.Choices{})
}

func (s *Server) chooseSpeech(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	err = s.forum.ChooseSpeech(r.ctx(), r.Actor, form.Get("baby"), form.Get("loss"))
	return s.chosen(r, err, "Saved. We’ll use your words from now on.", "/me/choices#words", web.Choices{Baby: shown(form.Get("baby")), Loss: shown(form.Get("loss"))})
}

func (s *Server) chooseTopic(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	choice, slug := form.Get("choice"), r.gin.Param("slug")
	if err := s.forum.ChooseTopic(r.ctx(), r.Actor, slug, choice == "follow", choice == "leave"); err != nil {
		return err
	}
	if form.Get("back") == "/me/choices" {
		return r.redirect("/me/choices#topics-title")
	}
	return r.redirect("/topics/" + slug)
}

const muted = "You won’t meet what they write any more, and they won’t meet yours. They’re not told. You can undo it under “You”, “Your choices”."

func (s *Server) mutePost(r *request) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	p, err := s.forum.Mute(r.ctx(), r.Actor, id)
	if err != nil {
		return err
	}
	said := muted
	if p.Anonymous {
		said = "In this conversation you won’t meet what this person writes without a name. They’re not told. You can undo it under “You”, “Your choices”."
	}
	if err := r.flash(said); err != nil {
		return err
	}
	if p.Part == forum.PartOpening {
		return r.redirect("/topics/" + p.Topic)
	}
	return r.redirect(postPath(p.ThreadID, p.ID))
}

const kept = "From now on they don’t see anything you write here. They’re not told."

func (s *Server) askKnow(r *request) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	p, err := s.forum.Post(r.ctx(), r.Actor, id)
	if err != nil {
		return err
	}
	if p.Anonymous || p.AuthorID == r.Actor.ID {
		return r.redirect("/me/choices#people")
	}
	f, err := s.frame(r, "")
	if err != nil {
		return err
	}
	return r.show(http.StatusOK, web.KnowPage(web.Know{Frame: f, PostID: id, Author: p.AuthorName, Back: postPath(p.ThreadID, id)}))
}

func (s *Server) knowPost(r *request) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	return s.chosen(r, s.forum.KnowWriter(r.ctx(), r.Actor, id, ticked(form, "mute")), kept, "/me/choices#people", web.Choices{})
}

func (s *Server) knowName(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	err = s.forum.Know(r.ctx(), r.Actor, form.Get("alias"), ticked(form, "mute"))
	return s.chosen(r, err, kept, "/me/choices#people", web.Choices{Alias: shown(form.Get("alias")), Baby: r.Actor.Choices.Baby, Loss: r.Actor.Choices.Loss})
}

func (s *Server) undoTie(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(form.Get("tie"), 10, 64)
	if err != nil {
		return r.redirect("/me/choices")
	}
	return s.chosen(r, s.forum.Untie(r.ctx(), r.Actor, id), "Done. It’s as it was before.", "/me/choices#people", web.Choices{})
}

func (s *Server) showRename(r *request) error {
	return s.renamePage(r, http.StatusOK, web.Rename{Name: r.Actor.Name})
}

func (s *Server) renamePage(r *request, status int, p web.Rename) error {
	var err error
	if p.Frame, err = s.frame(r, "The name others see"); err != nil {
		return err
	}
	return r.show(status, web.RenamePage(p))
}

func (s *Server) rename(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	keep := ticked(form, "keep_name")
	err = s.forum.ChangeName(r.ctx(), r.Actor, form.Get("name"), keep)
	if err == nil {
		if err := r.flash("This is your name now."); err != nil {
			return err
		}
		return r.redirect("/me")
	}
	status, faults, _, ok := s.rejected(r, err)
	if !ok {
		return err
	}
	return s.renamePage(r, status, web.Rename{Faults: faults, Name: shown(form.Get("name")), Keep: keep})
}

// looking says whether the reader asked to see what they hide, on this page.
func (r *request) looking() bool { return r.query("look") == "1" }

// sieve is what lists leave out on this page.
func (r *request) sieve() forum.Sieve {
	if r.looking() {
		return forum.SieveMuted
	}
	return forum.SieveListed
}

// look is the address of this page with what the reader hides.
func (r *request) look() string {
	u := *r.gin.Request.URL
	q := u.Query()
	q.Set("look", "1")
	u.RawQuery = q.Encode()
	return strings.TrimPrefix(u.String(), "//")
}

// hiddenThreads counts what choices keep out of a list of threads that shows from q
// up to the last of its rows.
func (s *Server) hiddenThreads(r *request, q forum.ThreadQuery, rows []forum.ThreadRow, more bool) (int, error) {
	if r.Actor.Chosen().Hides == 0 || r.looking() {
		return 0, nil
	}
	q.Sieve, q.Limit = forum.SieveHidden, forum.MostHidden
	if more && len(rows) > 0 {
		last := rows[len(rows)-1]
		q.After, q.AfterID = last.ActiveAt, last.ID
	}
	gone, err := s.forum.Threads(r.ctx(), r.Actor, q)
	return len(gone), err
}
