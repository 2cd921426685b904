package site

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"snowdrop/config"
	"snowdrop/internal/forum"
	"snowdrop/web"
)

// midwifeHours says honestly when midwives are there, for whoever is about to ask.
func (s *Server) midwifeHours(r *request) string {
	at := s.Site.MidwivesAt()
	hours := s.forum.Midwifery.Hours
	if at == "" || hours == nil {
		return s.Site.MidwifeHours
	}
	said := "Midwives are here " + at + ". "
	switch next := hours.Next(r.now); {
	case hours.Open(r.now):
		said += "That is now."
	default:
		day := next.In(hours.Zone)
		said += "Next: " + day.Format("Monday") + " " + config.Clock12(day.Format("15:04")) + "."
	}
	return strings.TrimSpace(said + " " + s.Site.MidwifeHours)
}

func (s *Server) showApply(r *request) error { return s.applyPage(r, http.StatusOK, web.Apply{}) }

func (s *Server) applyPage(r *request, status int, p web.Apply) error {
	row, ok, err := s.forum.MyApplication(r.ctx(), r.Actor)
	if err != nil {
		return err
	}
	switch {
	case ok && row.State == forum.ApplicationRefused:
		p.Refused = true
	case ok:
		p.Row = &row
		if row.ExpiresAt != nil {
			p.Expires = *row.ExpiresAt
		}
	}
	if p.Frame, err = s.frame(r, "Answering as a midwife"); err != nil {
		return err
	}
	return r.show(status, web.ApplyPage(p))
}

func (s *Server) apply(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	err = s.forum.Apply(r.ctx(), r.Actor, forum.NewApplication{Name: form.Get("name"), Number: form.Get("number"), Employer: form.Get("employer"), Field: forum.Field(form.Get("field"))})
	if err != nil {
		status, faults, _, ok := s.rejected(r, err)
		if !ok {
			return err
		}
		return s.applyPage(r, status, web.Apply{Faults: faults, Name: shown(form.Get("name")), Number: shown(form.Get("number")), Worked: shown(form.Get("employer")), Field: forum.Field(form.Get("field"))})
	}
	if err := r.flash("Thank you. We have your application."); err != nil {
		return err
	}
	return r.redirect("/me/midwife")
}

func (s *Server) showApplications(r *request) error {
	rows, err := s.forum.Applications(r.ctx(), r.Actor)
	if err != nil {
		return err
	}
	f, err := s.frame(r, "Midwives")
	if err != nil {
		return err
	}
	return r.show(http.StatusOK, web.ApplicationsPage(web.Applications{Frame: f, Rows: rows}))
}

func (s *Server) showApplication(r *request) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	return s.applicationPage(r, http.StatusOK, id, web.Application{})
}

func (s *Server) applicationPage(r *request, status int, id int64, p web.Application) error {
	var err error
	if p.Row, p.Checks, err = s.forum.Application(r.ctx(), r.Actor, id); err != nil {
		return err
	}
	p.Own = p.Row.PersonID == r.Actor.ID
	p.Checked = slices.ContainsFunc(p.Checks, func(k forum.CheckRow) bool { return k.Round == p.Row.Round && k.ByID == r.Actor.ID })
	if p.Frame, err = s.frame(r, "An application"); err != nil {
		return err
	}
	return r.show(status, web.ApplicationPage(p))
}

// openApplication shows number and name in this one answer only.
func (s *Server) openApplication(r *request) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	d, err := s.forum.OpenApplication(r.ctx(), r.Actor, id, form.Get("purpose"))
	if err != nil {
		status, faults, _, ok := s.rejected(r, err)
		if !ok {
			return err
		}
		return s.applicationPage(r, status, id, web.Application{Faults: faults})
	}
	return s.applicationPage(r, http.StatusOK, id, web.Application{Details: &d})
}

func (s *Server) checkApplication(r *request) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	round, err := strconv.Atoi(form.Get("round"))
	if err != nil {
		round = 0
	}
	n := forum.NewCheck{
		ApplicationID: id, Round: round, Seen: forum.RegistrationState(form.Get("seen")), Field: forum.Field(form.Get("field")),
		Identity: forum.Identity(form.Get("identity")), Reviewed: ticked(form, "reviewed"), Expires: form.Get("expires"),
	}
	state, err := s.forum.CheckRegister(r.ctx(), r.Actor, n)
	if err != nil {
		status, faults, _, ok := s.rejected(r, err)
		if !ok {
			return err
		}
		n.Expires = shown(n.Expires)
		return s.applicationPage(r, status, id, web.Application{Faults: faults, Form: n})
	}
	said := map[forum.ApplicationState]string{
		forum.ApplicationApproved: "Two people have seen them on the register. They are a verified midwife.",
		forum.ApplicationBlocked:  "The badge is off, and their answers have a new label.",
		forum.ApplicationRefused:  "They are told that we couldn’t confirm it, and can apply again.",
	}[state]
	row, checks, err := s.forum.Application(r.ctx(), r.Actor, id)
	if err != nil {
		return err
	}
	if said == "" || len(checks) > 0 && checks[0].Round == row.Round {
		said = "Noted. Somebody else must check too."
	}
	if err := r.flash(said); err != nil {
		return err
	}
	return r.redirect("/midwives/" + strconv.FormatInt(id, 10))
}

func (s *Server) claimQuestion(r *request) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	if err := s.forum.ClaimQuestion(r.ctx(), r.Actor, id); err != nil {
		return err
	}
	return r.redirect(fmt.Sprintf("/threads/%d#reply", id))
}

func (s *Server) releaseQuestion(r *request) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	if err := s.forum.ReleaseQuestion(r.ctx(), r.Actor, id); err != nil {
		return err
	}
	return r.redirect("/questions")
}

// claimed marks the questions that somebody is at.
func (s *Server) claimed(r *request, lists ...[]web.Question) error {
	claims, err := s.forum.QuestionClaims(r.ctx(), r.Actor)
	if err != nil {
		return err
	}
	for _, list := range lists {
		for i := range list {
			if c, held := claims[list[i].ID]; held {
				list[i].Holder, list[i].Mine, list[i].Until = c.HolderName, c.HolderID == r.Actor.ID, c.LeaseUntil
			}
		}
	}
	return nil
}

// answerTools are what a midwife has beside the form under a thread.
func (s *Server) answerTools(r *request, threadID int64, f *web.CommentForm) error {
	if !f.MayAnswer {
		return nil
	}
	if f.Tools == nil {
		f.Tools = &web.AnswerTools{}
	}
	f.Tools.Action = fmt.Sprintf("/threads/%d/blocks", threadID)
	for _, b := range s.forum.Midwifery.Blocks {
		if b.Usable(r.now) {
			f.Tools.Blocks = append(f.Tools.Blocks, b)
		}
	}
	var err error
	if f.Tools.Ask, err = s.forum.SafetyNet(r.ctx(), r.Actor, threadID, f.Parent); err != nil {
		return err
	}
	claims, err := s.forum.QuestionClaims(r.ctx(), r.Actor)
	if err != nil {
		return err
	}
	if c, held := claims[threadID]; held && c.HolderID != r.Actor.ID {
		f.Tools.Holder = c.HolderName
	}
	return nil
}

// insertBlock puts a part that is ready into a midwife's words. Nothing is posted.
func (s *Server) insertBlock(r *request) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	f := &web.CommentForm{Action: fmt.Sprintf("/threads/%d/comments", id), MayAnswer: true, Tools: &web.AnswerTools{Safety: form["safety"], Used: form["blocks"]}}
	s.fillComment(r, f, form)
	f.AsMidwife = true
	status := http.StatusOK
	b, known := s.forum.Midwifery.Block(form.Get("insert"))
	if known && b.Usable(r.now) {
		f.Body = strings.TrimSpace(f.Body + "\n\n" + b.Text)
		if !slices.Contains(f.Tools.Used, b.Ref()) {
			f.Tools.Used = append(f.Tools.Used, b.Ref())
		}
	} else {
		status = http.StatusUnprocessableEntity
		f.Faults = []web.Fault{{Field: "body", Message: "This part can’t be used any more. Please open the page again to see which ones can."}}
	}
	if err := s.answering(r, f); err != nil {
		return err
	}
	return s.threadPage(r, status, id, f)
}

// markAnswer says of what was written as a midwife how it stands today.
func (s *Server) markAnswer(r *request, v *web.Post, p forum.PostRow) {
	if p.Capacity != forum.AsMidwife {
		return
	}
	v.Past, v.Old = web.PastLabel(p.Registration), s.forum.Midwifery.Old(p.CreatedAt, r.now)
	if v.Midwife && p.CheckedAt != nil {
		v.Checked = *p.CheckedAt
	}
}

// answersOf marks the midwives' answers on a thread's page.
func (s *Server) answersOf(r *request, p *web.Thread) error {
	if !slices.ContainsFunc(p.Comments, func(c web.Post) bool { return c.Midwife || c.Past != "" }) {
		return nil
	}
	made, err := s.forum.Answers(r.ctx(), p.Thread.ID)
	if err != nil {
		return err
	}
	opinions, err := s.forum.Opinions(r.ctx(), p.Thread.ID)
	if err != nil {
		return err
	}
	for i := range p.Comments {
		c := &p.Comments[i]
		if !c.Midwife && c.Past == "" || !c.State.Shown() && !c.Mine && !r.Actor.Moderates() {
			continue
		}
		for _, ref := range strings.Fields(made[c.ID].Blocks) {
			c.Made = append(c.Made, s.blockWords(ref))
		}
		if r.Actor.Midwife() || r.Actor.Moderates() {
			c.Missed = made[c.ID].Missed()
		}
		for _, o := range opinions[c.ID] {
			line := web.Opinion{Name: "Midwife " + o.Name, Kind: o.Kind, At: o.CreatedAt}
			if o.Past {
				line.Name = o.Name + ", a midwife then,"
			}
			if o.ReplyID != nil {
				line.Path = postPath(p.Thread.ID, *o.ReplyID)
			}
			c.Opinions = append(c.Opinions, line)
		}
		if r.Actor.Midwife() && !c.Mine && c.State.Shown() {
			c.SecondPath = fmt.Sprintf("/posts/%d/second", c.ID)
		}
	}
	return nil
}

// blockWords says which part an answer has, and whether it has changed since.
func (s *Server) blockWords(ref string) string {
	slug, version, _ := strings.Cut(ref, ":")
	b, known := s.forum.Midwifery.Block(slug)
	switch {
	case !known:
		return "one that we don’t use any more."
	case ref != b.Ref():
		return fmt.Sprintf("“%s”, version %s. It has changed since.", b.Title, version)
	}
	return fmt.Sprintf("“%s”, version %d, signed off by %s.", b.Title, b.Version, b.SignedOff)
}

func (s *Server) showBlocks(r *request) error {
	f, err := s.frame(r, "Parts of answers")
	if err != nil {
		return err
	}
	p := web.Blocks{Frame: f}
	for _, b := range s.forum.Midwifery.Blocks {
		uses, err := s.forum.BlockUses(r.ctx(), r.Actor, b.Slug)
		if err != nil {
			return err
		}
		p.Blocks = append(p.Blocks, web.BlockLine{AnswerBlock: b, Uses: uses})
	}
	return r.show(http.StatusOK, web.BlocksPage(p))
}

func (s *Server) askSecond(r *request) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	return s.secondPage(r, http.StatusOK, id, web.Second{Kind: forum.OpinionKind(r.query("kind"))})
}

func secondForm(form url.Values) web.Second {
	return web.Second{Kind: forum.OpinionKind(form.Get("kind")), Form: web.CommentForm{Body: shown(form.Get("body")), Draft: draftID(form)}}
}

func (s *Server) secondPage(r *request, status int, id int64, p web.Second) error {
	row, err := s.forum.Post(r.ctx(), r.Actor, id)
	if err != nil {
		return err
	}
	if row.Capacity != forum.AsMidwife || !row.State.Shown() {
		return &forum.Error{Kind: forum.LostRace, Message: "This is not a midwife’s answer that readers see."}
	}
	p.PostID, p.Thread, p.Author, p.Back, p.Words = id, row.ThreadID, row.AuthorName, postPath(row.ThreadID, id), excerpt(row.Body, 600)
	if p.Frame, err = s.frame(r, "A second midwife"); err != nil {
		return err
	}
	return r.show(status, web.SecondPage(p))
}

func (s *Server) giveSecond(r *request) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	if !r.Actor.SignedIn() {
		// Kept as a reply: where it goes is plain when they are back.
		thread, err := strconv.ParseInt(form.Get("thread"), 10, 64)
		if err != nil {
			return &forum.Error{Kind: forum.SignedOut}
		}
		return s.keepWordsOf(r, fmt.Sprintf("/threads/%d/comments", thread), form, fmt.Sprintf("/threads/%d", thread))
	}
	err = s.forum.GiveOpinion(r.ctx(), r.Actor, forum.NewOpinion{PostID: id, Kind: forum.OpinionKind(form.Get("kind")), Body: form.Get("body"), Acknowledged: form.Get("acknowledged")})
	if err == nil {
		s.posted(r, form)
		row, err := s.forum.Post(r.ctx(), r.Actor, id)
		if err != nil {
			return err
		}
		return r.redirect(postPath(row.ThreadID, id))
	}
	status, faults, found, ok := s.rejected(r, err)
	if !ok {
		return err
	}
	p := secondForm(form)
	p.Form.Faults, p.Form.Found = faults, found
	if again := s.secondPage(r, status, id, p); again != nil {
		return errors.Join(err, again)
	}
	return nil
}
