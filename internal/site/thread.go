package site

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"snowdrop/config"
	"snowdrop/internal/forum"
	"snowdrop/web"
)

func (s *Server) showThread(r *request) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	var form *web.CommentForm
	if r.Actor.SignedIn() {
		if form, err = s.commentForm(r, id); err != nil {
			return err
		}
	}
	return s.threadPage(r, http.StatusOK, id, form)
}

// threadPage shows a thread with a form under it; a nil form lets nobody reply.
func (s *Server) threadPage(r *request, status int, id int64, form *web.CommentForm) error {
	v, err := s.forum.ThreadPage(r.ctx(), r.Actor, id, int(min(r.queryNumber("page"), 1<<20)), r.queryNumber("post"))
	if err != nil {
		return err
	}
	t := v.Thread
	topic, _ := s.forum.Topics.Find(t.Topic)
	f, err := s.frame(r, "")
	if err != nil {
		return err
	}
	p := web.Thread{
		Frame: f, Topic: topic, Thread: t.Thread, URL: s.threadPath(t.Thread), Audience: s.audience(t.Thread),
		Disclaimer: render(topic.Disclaimer), Pager: web.Pager{Page: v.Page, Pages: v.Pages, Path: fmt.Sprintf("/threads/%d", t.ID)},
	}
	if p.Audience == forum.AudiencePublic && t.State.Shown() {
		p.Title = t.Title
		r.indexed(&p.Frame, s)
		p.Canonical = s.BaseURL + p.URL
	}
	p.Look = r.look()
	text := t.Title
	var care forum.Cards
	if v.Opening != nil {
		text += " " + v.Opening.Body
		opening := s.postView(r, t.Thread, *v.Opening)
		if opening.Reading, err = s.reading(r, *v.Opening); err != nil {
			return err
		}
		p.Opening = &opening
		care = s.careFor(r, *v.Opening, care)
	}
	for _, c := range v.Comments {
		view := s.postView(r, t.Thread, c)
		if view.Reading, err = s.reading(r, c); err != nil {
			return err
		}
		if view.Hidden {
			p.Hidden++
		}
		p.Comments = append(p.Comments, view)
		care = s.careFor(r, c, care)
	}
	s.placeReplies(r, &p, v)
	if err := s.answersOf(r, &p); err != nil {
		return err
	}
	p.Cards = s.cards(care, r.Actor.Speech())
	s.gate(r, &p, v, form)
	p.Articles = s.articleLines(forum.Suggest(s.forum.Articles, t.Topic, t.Kind, text, r.now), r)
	if v.Answer != 0 {
		p.Answer = postPath(t.ID, v.Answer)
		if slices.ContainsFunc(v.Comments, func(c forum.PostRow) bool { return c.ID == v.Answer }) {
			p.Answer = fmt.Sprintf("#post-%d", v.Answer)
		}
	}
	if form != nil {
		if err := s.answerTools(r, t.ID, form); err != nil {
			return err
		}
		p.Reply = form
		p.Closed = s.closed(r, t.Thread, form.Body != "")
	}
	return r.show(status, web.ThreadPage(p))
}

// gate asks a reader who comes to a thread by a link whether they want to read what
// they hide. It never stands between them and their own words, a form that was
// sent back, or care cards.
func (s *Server) gate(r *request, p *web.Thread, v forum.ThreadPage, form *web.CommentForm) {
	mine := func(c forum.PostRow) bool { return r.Actor.SignedIn() && c.AuthorID == r.Actor.ID }
	if v.Thread.Meeting == forum.MeetHidden && !r.looking() && (form == nil || form.Body == "" && len(form.Faults) == 0) && !slices.ContainsFunc(v.Comments, mine) {
		p.Gate = v.Thread.Matters & r.Actor.Chosen().Hides
		p.Title, p.Canonical, p.Index = "", "", false
	}
}

// met puts on a post how the reader meets it.
func (s *Server) met(r *request, v *web.Post, p forum.PostRow) {
	chosen := r.Actor.Chosen()
	v.Named, v.CanMute = !p.Anonymous, r.Actor.SignedIn() && !v.Mine && p.Capacity != forum.AsMidwife && p.State.Shown()
	switch p.Meeting {
	case forum.MeetFolded, forum.MeetHidden:
		v.Matters = p.Matters & (chosen.Folds | chosen.Hides)
		v.Fold = true
		v.Hidden = p.Meeting == forum.MeetHidden && !r.looking() && p.Part == forum.PartComment
	case forum.MeetMuted:
		v.FoldLine, v.Fold = "A post by someone you muted.", true
		v.CanMute, v.CanSupport, v.CanReply = false, false, false
	}
}

// closed says why the actor can't reply; empty when they can. typed says that they
// have written something already.
func (s *Server) closed(r *request, t forum.Thread, typed bool) string {
	if err := forum.CanComment(r.Actor, t); err != nil {
		if t.Pace == forum.PaceLocked && !typed {
			return "This conversation is closed to new replies. Everything in it stays."
		}
		return err.Error()
	}
	if _, limited := r.Actor.Restricted(); limited {
		return "You can read here, but not reply for now. The top of the page says why, and how to ask somebody else to look again."
	}
	return ""
}

// placeReplies shows each reply with what it answers: right under it, or with the
// words quoted where that comment is on the page before or may not be shown.
func (s *Server) placeReplies(r *request, p *web.Thread, v forum.ThreadPage) {
	above := map[int64]bool{}
	for i, c := range v.Comments {
		if c.ParentID == nil {
			above[c.ID] = true
			continue
		}
		if above[*c.ParentID] {
			continue
		}
		above[*c.ParentID] = true // quoted once, then its other replies stand right under
		q := &web.Quote{ID: *c.ParentID}
		if v.Above != nil && v.Above.ID == *c.ParentID {
			q = quote(*v.Above)
		}
		p.Comments[i].Parent = q
	}
}

func quote(c forum.PostRow) *web.Quote {
	q := &web.Quote{ID: c.ID, Author: c.AuthorName, Path: postPath(c.ThreadID, c.ID)}
	if c.State.Shown() && c.Meeting == forum.MeetOpen {
		q.Words = excerpt(c.Body, 280)
	}
	return q
}

// carePeriod is how long a care card stays above a thread for the person who
// wrote: until the worst of what called for it should have been answered.
const carePeriod = 3 * 24 // hours

// careFor adds the care cards of a post that the reader wrote lately.
func (s *Server) careFor(r *request, p forum.PostRow, cards forum.Cards) forum.Cards {
	if !r.Actor.SignedIn() || p.AuthorID != r.Actor.ID {
		return cards
	}
	written := p.CreatedAt
	if p.EditedAt != nil {
		written = *p.EditedAt
	}
	if r.now.Sub(written).Hours() > carePeriod {
		return cards
	}
	for _, slug := range p.Care {
		if !slices.Contains(cards, slug) {
			cards = append(cards, slug)
		}
	}
	return cards
}

// cards turns slugs into care cards, the most serious first.
func (s *Server) cards(slugs []string, speech forum.Speech) []web.CareCard {
	var cards []web.CareCard
	for _, level := range []string{"emergency", "urgent", "support"} {
		for _, c := range s.Site.CareCards {
			if c.Level == level && slices.Contains(slugs, c.Slug) {
				cards = append(cards, s.card(c, speech))
			}
		}
	}
	return cards
}

func (s *Server) card(c config.CareCard, speech forum.Speech) web.CareCard {
	card := web.CareCard{Slug: c.Slug, Level: c.Level, Heading: c.Heading, Opening: speech.Say(c.Opening), Closing: speech.Say(c.Closing), After: speech.Say(c.After)}
	for _, point := range c.Points {
		card.Points = append(card.Points, speech.Say(point))
	}
	for _, slug := range c.Lines {
		for _, h := range s.Site.Helplines {
			if h.Slug == slug {
				card.Lines = append(card.Lines, helplineView(h))
			}
		}
	}
	return card
}

// postView is a post as this reader sees it.
func (s *Server) postView(r *request, t forum.Thread, p forum.PostRow) web.Post {
	mine := r.Actor.SignedIn() && p.AuthorID == r.Actor.ID
	limit, limited := r.Actor.Restricted()
	open := r.Actor.SignedIn() && p.State.Shown()
	v := web.Post{
		ID: p.ID, Author: p.AuthorName, Mine: mine, Starter: p.Part == forum.PartComment && p.AuthorID != 0 && p.AuthorID == t.AuthorID && p.Anonymous == t.Anonymous,
		Reply: p.ParentID != nil, Part: p.Part, Midwife: p.Capacity == forum.AsMidwife && p.Registration == forum.RegistrationCurrent, State: p.State,
		Body: s.bodies.get(p.ID, p.Revision, p.Body), Mentions: p.Mentions,
		Fold:      folded(r.Actor, p),
		CreatedAt: p.CreatedAt, EditedAt: p.EditedAt, Supported: p.Supported, Supports: p.Supports,
		Correction: p.Correction,
		CanSupport: open && !mine && (!limited || limit.Kind == forum.MeasureReadOnly), CanReply: open && !limited && p.Part == forum.PartComment && forum.CanComment(r.Actor, t) == nil,
		CanEdit: mine && (!limited || p.State == forum.StateDraft) && p.State != forum.StateRemoved && p.State != forum.StateWithdrawn, CanTake: mine && p.State != forum.StateWithdrawn,
		CanReport: !mine && p.State.Shown(),
	}
	s.met(r, &v, p)
	if !mine && r.Actor.Moderates() {
		v.NotePath = fmt.Sprintf("/posts/%d/note", p.ID)
	}
	s.markAnswer(r, &v, p)
	return v
}

// commentForm prepares the form under a thread: empty, as a reply to ?reply=, or
// with the words of ?draft=.
func (s *Server) commentForm(r *request, threadID int64) (*web.CommentForm, error) {
	f := &web.CommentForm{Action: fmt.Sprintf("/threads/%d/comments", threadID), MayAnswer: r.Actor.Midwife()}
	if id := r.queryNumber("draft"); id != 0 {
		d, err := s.forum.Draft(r.ctx(), r.Actor, id)
		switch {
		case err == nil && d.Path == f.Action:
			form, err := d.Form()
			if err != nil {
				return nil, err
			}
			s.fillComment(r, f, form)
			f.Draft = id
		case forum.KindOf(err) == forum.Internal && err != nil:
			return nil, err
		}
	}
	if id := r.queryNumber("reply"); id != 0 && f.Parent == 0 {
		f.Parent = id
	}
	return f, s.answering(r, f)
}

// answering puts the words that are being answered beside the form.
func (s *Server) answering(r *request, f *web.CommentForm) error {
	if f.Parent == 0 {
		return nil
	}
	p, err := s.forum.Post(r.ctx(), r.Actor, f.Parent)
	if err != nil || p.Part == forum.PartOpening {
		f.Parent = 0
		if forum.KindOf(err) != forum.NotFound {
			return err
		}
		return nil
	}
	f.Answering = quote(p)
	return nil
}

var tags = regexp.MustCompile(`<[^>]*>`)

// excerpt is the beginning of somebody's words as plain text, cut at a word, of
// at most most characters.
func excerpt(body string, most int) string { return shorten(plain(body), most) }

// plain is somebody's words as plain text on one line.
func plain(body string) string {
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(string(render(body)), " "))), " ")
}

// shorten cuts a text at a word.
func shorten(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	cut := string([]rune(text)[:most])
	if i := strings.LastIndexByte(cut, ' '); i > most/2 {
		cut = cut[:i]
	}
	return cut + " …"
}
