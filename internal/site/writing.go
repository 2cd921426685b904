package site

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"snowdrop/internal/forum"
	"snowdrop/moderation"
	"snowdrop/web"
)

func mentionsOf(form url.Values) forum.Mentions {
	var ms forum.Mentions
	for _, m := range form["mentions"] {
		ms = append(ms, moderation.Tag(m))
	}
	return ms
}

func draftID(form url.Values) int64 {
	id, err := strconv.ParseInt(form.Get("draft"), 10, 64)
	if err != nil {
		return 0
	}
	return id
}

// shown makes typed text fit to be put back on a page.
func shown(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "")
}

// rejected turns the error of a form into the status and the faults to show with
// the same form again. ok is false for errors that have a page of their own.
func (s *Server) rejected(r *request, err error) (status int, faults []web.Fault, found []string, ok bool) {
	var n *forum.Nudge
	if errors.As(err, &n) {
		for _, f := range append(n.Title, n.Body...) {
			found = append(found, f.Quote)
		}
		return http.StatusUnprocessableEntity, nil, found, true
	}
	kind := forum.KindOf(err)
	switch kind {
	case forum.Invalid, forum.LostRace, forum.TooMany, forum.Busy:
	default:
		return 0, nil, nil, false
	}
	for _, e := range forum.Faults(err) {
		faults = append(faults, web.Fault{Field: e.Field, Message: e.Message})
		if e.Retry > 0 {
			r.gin.Header("Retry-After", strconv.Itoa(int(math.Ceil(e.Retry.Seconds()))))
		}
	}
	return statuses[kind], faults, nil, true
}

// keepWords keeps the form of somebody who is not signed in, and asks them to
// sign in. back is the page that shows the form.
func (s *Server) keepWords(r *request, form url.Values, back string) error {
	return s.keepWordsOf(r, r.gin.Request.URL.Path, form, back)
}

// keepWordsOf is keepWords for words that belong to another form.
func (s *Server) keepWordsOf(r *request, path string, form url.Values, back string) error {
	token, err := s.forum.KeepWords(r.ctx(), path, form, r.gin.ClientIP())
	if err != nil {
		return err
	}
	r.session.Values[valueKept] = token
	if err := r.saveSession(); err != nil {
		return err
	}
	return r.redirect("/sign-in?next=" + url.QueryEscape(back))
}

// written is where a post leads once it is stored: to itself, or, when a care card
// was raised, to the top of its page, where the card stands.
func written(p forum.Post) string {
	if len(p.Care) > 0 {
		return fmt.Sprintf("/threads/%d?post=%d", p.ThreadID, p.ID)
	}
	return postPath(p.ThreadID, p.ID)
}

// posted throws away the draft that words were saved as, once they are posted. A
// draft that stays behind is a nuisance, not a loss, so its error is only logged.
func (s *Server) posted(r *request, form url.Values) {
	if id := draftID(form); id != 0 {
		if err := s.forum.DropDraft(r.ctx(), r.Actor, id); err != nil {
			s.Log.ErrorContext(r.ctx(), "drop a posted draft", "request", r.id, "error", err)
		}
	}
}

func (s *Server) newThread(r *request) error {
	f := web.ThreadForm{Topic: r.query("topic")}
	if id := r.queryNumber("draft"); id != 0 {
		d, err := s.forum.Draft(r.ctx(), r.Actor, id)
		if err != nil {
			return err
		}
		if d.Path == "/threads" {
			form, err := d.Form()
			if err != nil {
				return err
			}
			f = threadForm(form)
			f.Draft = id
		}
	}
	return s.newThreadPage(r, http.StatusOK, f)
}

func (s *Server) newThreadPage(r *request, status int, form web.ThreadForm) error {
	f, err := s.frame(r, "Ask or share something")
	if err != nil {
		return err
	}
	return r.show(status, web.NewThreadPage(web.NewThread{Frame: f, Topics: s.forum.Topics, Hours: s.midwifeHours(r), Form: form}))
}

func threadForm(form url.Values) web.ThreadForm {
	return web.ThreadForm{
		Topic: shown(form.Get("topic")), Kind: forum.ThreadKind(form.Get("kind")), Wants: forum.Wants(form.Get("wants")),
		Title: shown(form.Get("title")), Body: shown(form.Get("body")), Mentions: mentionsOf(form),
		Anonymous: ticked(form, "anonymous"), Audience: forum.Audience(form.Get("audience")), Draft: draftID(form),
	}
}

func (s *Server) postThread(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	p, err := s.forum.PostThread(r.ctx(), r.Actor, forum.NewThread{
		Topic: form.Get("topic"), Kind: forum.ThreadKind(form.Get("kind")), Wants: forum.Wants(form.Get("wants")),
		Audience: forum.Audience(form.Get("audience")), Title: form.Get("title"), Body: form.Get("body"),
		Mentions: mentionsOf(form), Anonymous: ticked(form, "anonymous"), Acknowledged: form.Get("acknowledged"),
	})
	if forum.KindOf(err) == forum.SignedOut && err != nil {
		err = s.keepWords(r, form, "/threads/new")
		if err == nil {
			return nil
		}
	}
	if err == nil {
		s.posted(r, form)
		return r.redirect(written(p))
	}
	status, faults, found, ok := s.rejected(r, err)
	if !ok {
		return err
	}
	again := threadForm(form)
	again.Faults, again.Found = faults, found
	return s.newThreadPage(r, status, again)
}

func (s *Server) fillComment(r *request, f *web.CommentForm, form url.Values) {
	f.Body, f.Mentions = shown(form.Get("body")), mentionsOf(form)
	f.Anonymous, f.AsMidwife, f.Draft = ticked(form, "anonymous"), ticked(form, "as_midwife") && r.Actor.Midwife(), draftID(form)
	if id, err := strconv.ParseInt(form.Get("parent"), 10, 64); err == nil && id > 0 {
		f.Parent = id
	}
}

func (s *Server) postComment(r *request) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	again := &web.CommentForm{Action: fmt.Sprintf("/threads/%d/comments", id), MayAnswer: r.Actor.Midwife(), Tools: &web.AnswerTools{Safety: form["safety"], Used: form["blocks"]}}
	s.fillComment(r, again, form)
	p, err := s.forum.PostComment(r.ctx(), r.Actor, forum.NewComment{
		ThreadID: id, ParentID: again.Parent, Body: form.Get("body"), Mentions: mentionsOf(form),
		Anonymous: ticked(form, "anonymous"), AsMidwife: ticked(form, "as_midwife"), Blocks: form["blocks"], Safety: form["safety"], Acknowledged: form.Get("acknowledged"),
	})
	if forum.KindOf(err) == forum.SignedOut && err != nil {
		err = s.keepWords(r, form, fmt.Sprintf("/threads/%d", id))
		if err == nil {
			return nil
		}
	}
	if err == nil {
		s.posted(r, form)
		return r.redirect(written(p))
	}
	status, faults, found, ok := s.rejected(r, err)
	if !ok {
		return err
	}
	again.Faults, again.Found = faults, found
	if err := s.answering(r, again); err != nil {
		return err
	}
	return s.threadPage(r, status, id, again)
}

func (s *Server) editPost(r *request) error {
	row, err := s.ownPost(r)
	if err != nil {
		return err
	}
	f := web.EditForm{Title: row.ThreadTitle, Body: row.Body, Mentions: row.Mentions, Revision: row.Revision}
	if id := r.queryNumber("draft"); id != 0 {
		d, err := s.forum.Draft(r.ctx(), r.Actor, id)
		if err != nil {
			return err
		}
		if d.Path == fmt.Sprintf("/posts/%d/edit", row.ID) {
			form, err := d.Form()
			if err != nil {
				return err
			}
			f = editForm(form)
			f.Draft = id
		}
	}
	return s.editPage(r, http.StatusOK, row, f)
}

func (s *Server) ownPost(r *request) (forum.PostRow, error) {
	id, err := r.number("id")
	if err != nil {
		return forum.PostRow{}, err
	}
	return s.forum.Own(r.ctx(), r.Actor, id)
}

func editForm(form url.Values) web.EditForm {
	revision, err := strconv.Atoi(form.Get("revision"))
	if err != nil {
		revision = 0
	}
	return web.EditForm{
		Title: shown(form.Get("title")), Body: shown(form.Get("body")), Mentions: mentionsOf(form), Revision: revision,
		Audience: forum.Audience(form.Get("audience")), Draft: draftID(form),
	}
}

func (s *Server) editPage(r *request, status int, row forum.PostRow, form web.EditForm) error {
	if row.State == forum.StateRemoved {
		return errNowhere
	}
	f, err := s.frame(r, "Change your words")
	if err != nil {
		return err
	}
	asked, err := s.forum.Asked(r.ctx(), row)
	if err != nil {
		return err
	}
	return r.show(status, web.EditPostPage(web.EditPost{
		Frame: f, PostID: row.ID, Part: row.Part, State: row.State, Back: postPath(row.ThreadID, row.ID), Form: form, Asked: asked,
		CanNarrow: row.Part == forum.PartOpening && s.audience(forum.Thread{Topic: row.Topic, Audience: row.Audience}) == forum.AudiencePublic,
	}))
}

func (s *Server) saveEdit(r *request) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	again := editForm(form)
	p, err := s.forum.EditPost(r.ctx(), r.Actor, forum.PostEdit{
		PostID: id, Revision: again.Revision, Title: form.Get("title"), Body: form.Get("body"),
		Mentions: mentionsOf(form), Audience: forum.Audience(form.Get("audience")), Acknowledged: form.Get("acknowledged"),
	})
	if err == nil {
		s.posted(r, form)
		return r.redirect(written(p))
	}
	if forum.KindOf(err) == forum.SignedOut {
		return s.keepWords(r, form, fmt.Sprintf("/posts/%d/edit", id))
	}
	status, faults, found, ok := s.rejected(r, err)
	if !ok {
		return err
	}
	row, ownErr := s.forum.Own(r.ctx(), r.Actor, id)
	if ownErr != nil {
		return ownErr
	}
	again.Faults, again.Found = faults, found
	if status == http.StatusConflict {
		again.Revision = row.Revision // the next try is made on what is there now
	}
	return s.editPage(r, status, row, again)
}
