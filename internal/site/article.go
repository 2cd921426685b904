package site

import (
	"bytes"
	"fmt"
	"html"
	"html/template"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"

	"snowdrop/config"
	"snowdrop/internal/forum"
	"snowdrop/web"
)

type articleBody template.HTML

// helplineToken stands in an article for an entry of the registry, so that a
// number is written in one place only.
var helplineToken = regexp.MustCompile(`\{\{helpline:([a-z0-9-]+)\}\}`)

// renderArticle turns an article's Markdown into HTML. Articles are ours, so all
// of Markdown may be used; a token that names no helpline is an error.
func (s *Server) renderArticle(markdown string) (articleBody, error) {
	var buf bytes.Buffer
	if err := goldmark.Convert([]byte(markdown), &buf); err != nil {
		return "", fmt.Errorf("render: %w", err)
	}
	var missing error
	body := helplineToken.ReplaceAllStringFunc(buf.String(), func(token string) string {
		slug := helplineToken.FindStringSubmatch(token)[1]
		for _, h := range s.Site.Helplines {
			if h.Slug == slug {
				return helplineInText(h)
			}
		}
		missing = fmt.Errorf("there is no helpline %q", slug)
		return ""
	})
	return articleBody(body), missing
}

// helplineInText is a helpline inside a sentence or a list.
func helplineInText(h config.Helpline) string {
	text := "<strong>" + html.EscapeString(h.Name) + "</strong>"
	if h.Phone != "" {
		text += ` <a href="tel:` + strings.ReplaceAll(h.Phone, " ", "") + `">` + html.EscapeString(h.Phone) + "</a>"
	}
	if h.Text != "" {
		text += ", text " + html.EscapeString(h.Text)
	}
	if h.Hours != "" {
		text += " (" + html.EscapeString(h.Hours) + ")"
	}
	return text
}

func (s *Server) articleLine(a forum.Article, r *request) web.ArticleLine {
	return web.ArticleLine{
		Slug: a.Slug, Title: a.Title, Summary: a.Summary, Minutes: a.Minutes,
		Reviewed: a.LastReviewed, Clinician: a.Clinician, Overdue: a.Overdue(r.now), Guarded: a.Guarded,
	}
}

func (s *Server) articleLines(as []forum.Article, r *request) []web.ArticleLine {
	var lines []web.ArticleLine
	for _, a := range as {
		lines = append(lines, s.articleLine(a, r))
	}
	return lines
}

func (s *Server) showArticles(r *request) error {
	f, err := s.frame(r, "Read")
	if err != nil {
		return err
	}
	r.indexed(&f, s)
	return r.show(200, web.ArticlesPage(web.Articles{Frame: f, Articles: s.articleLines(s.forum.Articles, r)}))
}

func (s *Server) showArticle(r *request) error {
	a, ok := s.articles[r.gin.Param("slug")]
	if !ok {
		return errNowhere
	}
	f, err := s.frame(r, a.Title)
	if err != nil {
		return err
	}
	f.Description = a.Summary
	r.indexed(&f, s)
	var more []forum.Article
	for _, other := range s.forum.Articles {
		if other.Slug != a.Slug && !other.Guarded && len(more) < forum.MaxSuggested {
			more = append(more, other)
		}
	}
	return r.show(200, web.ArticlePage(web.Article{
		Frame: f, Article: a, Body: template.HTML(s.written[a.Slug]), // #nosec G203 -- our own words
		Open: !a.Guarded || r.query("open") == "1", More: s.articleLines(more, r),
	}))
}
