package site

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/web"
)

// offFrontPage are topics whose threads stay off the front page: news of another
// pregnancy is looked for, not met.
var offFrontPage = []string{"trying-again"}

func (s *Server) showHome(r *request) error {
	active, err := s.forum.LastActive(r.ctx(), r.Actor)
	if err != nil {
		return err
	}
	q := s.frontPage(r)
	recent, err := s.forum.Threads(r.ctx(), r.Actor, q)
	if err != nil {
		return err
	}
	hidden, err := s.hiddenThreads(r, q, recent, len(recent) == q.Limit)
	if err != nil {
		return err
	}
	f, err := s.frame(r, "")
	if err != nil {
		return err
	}
	f.Description = "A quiet place for parents whose baby has died, at any stage. Moderated, with verified midwives."
	r.indexed(&f, s)
	p := web.Home{Frame: f, Recent: s.threadLines(recent, true), Hidden: web.Hidden{N: hidden, Path: r.look()}, Hours: s.midwifeHours(r)}
	for _, t := range s.forum.Topics {
		if r.Actor.LeavesOut(t.Slug) {
			p.Left = append(p.Left, t)
			continue
		}
		p.Topics = append(p.Topics, web.TopicCard{Topic: t, Active: active[t.Slug]})
	}
	return r.show(http.StatusOK, web.HomePage(p))
}

// frontPage is which threads stand on somebody's front page: of the topics that they
// follow, or of all but those that they left out.
func (s *Server) frontPage(r *request) forum.ThreadQuery {
	q := forum.ThreadQuery{Limit: 6, Sieve: r.sieve()}
	for _, t := range s.forum.Topics { // those that are there still
		if r.Actor.Follows(t.Slug) {
			q.Within = append(q.Within, t.Slug)
		}
	}
	if len(q.Within) == 0 {
		q.Without = append(slices.Clone(offFrontPage), r.Actor.Choices.Leaves...)
	}
	return q
}

const topicPage = 30

func (s *Server) showTopic(r *request) error {
	topic, ok := s.forum.Topics.Find(r.gin.Param("slug"))
	if !ok {
		return errNowhere
	}
	q := forum.ThreadQuery{Topic: topic.Slug, Limit: topicPage + 1, Sieve: r.sieve()}
	after := r.query("after")
	if after != "" {
		if q.Before, q.BeforeID, ok = readCursor(after); !ok {
			return errNowhere
		}
	}
	var threads []forum.ThreadRow
	if topic.Audience == forum.AudiencePublic || r.Actor.SignedIn() {
		var err error
		if threads, err = s.forum.Threads(r.ctx(), r.Actor, q); err != nil {
			return err
		}
	}
	f, err := s.frame(r, topic.Title)
	if err != nil {
		return err
	}
	if topic.Audience == forum.AudiencePublic {
		f.Description = topic.Description
		r.indexed(&f, s)
	}
	p := web.Topic{Frame: f, Topic: topic}
	if len(threads) > topicPage {
		threads = threads[:topicPage]
		last := threads[topicPage-1]
		p.Older = "/topics/" + topic.Slug + "?after=" + writeCursor(last.ActiveAt, last.ID)
	}
	if after != "" {
		p.Newest = "/topics/" + topic.Slug
	}
	if topic.Audience == forum.AudiencePublic || r.Actor.SignedIn() {
		if p.Hidden.N, err = s.hiddenThreads(r, q, threads, p.Older != ""); err != nil {
			return err
		}
		p.Hidden.Path = r.look()
	}
	p.Threads = s.threadLines(threads, false)
	return r.show(http.StatusOK, web.TopicPage(p))
}

// A cursor names the last thread of a page: when it was active, and its id.
func writeCursor(at time.Time, id int64) string { return fmt.Sprintf("%d_%d", at.UnixMicro(), id) }

func readCursor(text string) (at time.Time, id int64, ok bool) {
	micro, rest, found := strings.Cut(text, "_")
	m, err := strconv.ParseInt(micro, 10, 64)
	if !found || err != nil || m <= 0 || m > 1<<52 {
		return time.Time{}, 0, false
	}
	if id, err = strconv.ParseInt(rest, 10, 64); err != nil || id <= 0 {
		return time.Time{}, 0, false
	}
	return time.UnixMicro(m).UTC(), id, true
}

func (s *Server) threadLines(rows []forum.ThreadRow, named bool) []web.ThreadLine {
	var lines []web.ThreadLine
	for _, t := range rows {
		topic, _ := s.forum.Topics.Find(t.Topic)
		line := web.ThreadLine{
			ID: t.ID, Path: s.threadPath(t.Thread), Title: t.Title, Author: t.AuthorName, Kind: t.Kind, Wants: t.Wants,
			Audience: s.audience(t.Thread), Mentions: t.Mentions, State: t.State, Comments: t.Comments, Answers: t.Answers, ActiveAt: t.ActiveAt,
		}
		if t.Meeting != forum.MeetOpen {
			line.Matters = t.Matters
		}
		if named {
			line.Topic = topic.Title
		}
		lines = append(lines, line)
	}
	return lines
}

// audience is who may read a thread: the narrower of its own and its topic's.
func (s *Server) audience(t forum.Thread) forum.Audience {
	if topic, ok := s.forum.Topics.Find(t.Topic); ok && topic.Audience == forum.AudiencePublic && t.Audience == forum.AudiencePublic {
		return forum.AudiencePublic
	}
	return forum.AudienceMembers
}

// threadPath is a thread's address. Only a public thread carries its title there:
// an address stays behind in a phone's history.
func (s *Server) threadPath(t forum.Thread) string {
	if s.audience(t) == forum.AudiencePublic && t.State.Shown() {
		return fmt.Sprintf("/threads/%d/%s", t.ID, forum.Slug(t.Title))
	}
	return fmt.Sprintf("/threads/%d", t.ID)
}

// postPath is where a post stands, whichever page that is.
func postPath(threadID, postID int64) string {
	return fmt.Sprintf("/threads/%d?post=%d#post-%d", threadID, postID, postID)
}
