package site

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzhttp"

	"snowdrop/config"
	"snowdrop/internal/forum"
)

// maxRequest is the largest request body that is read, in bytes.
const maxRequest = 256 << 10

// Options is what a Server needs to know.
type Options struct {
	Community *forum.Community
	Site      *config.Site
	BaseURL   string   // the public address; https turns on secure cookies and HSTS
	Proxies   []string // networks whose X-Forwarded-For is believed
	Demo      bool     // says on every page that the people and words are made up
	Log       *slog.Logger
	Ready     func(context.Context) error                        // whether the database answers
	Observe   func(route string, status int, took time.Duration) // is told of every request; may be nil
}

// Server answers requests.
type Server struct {
	Options
	forum    *forum.Community
	secure   bool
	origin   *http.CrossOriginProtection
	sessions *sessionStore
	bodies   *renderings
	articles map[string]forum.Article
	written  map[string]articleBody
	live     live
	handler  http.Handler
}

// New builds the server and all its routes.
func New(o Options) (*Server, error) {
	base, err := url.Parse(o.BaseURL)
	if err != nil || base.Host == "" {
		return nil, fmt.Errorf("the base URL %q is not an address", o.BaseURL)
	}
	s := &Server{
		Options: o, forum: o.Community, secure: base.Scheme == "https",
		origin: http.NewCrossOriginProtection(), bodies: newRenderings(2000),
		articles: map[string]forum.Article{}, written: map[string]articleBody{},
	}
	if err := s.origin.AddTrustedOrigin(base.Scheme + "://" + base.Host); err != nil {
		return nil, fmt.Errorf("trust the base URL: %w", err)
	}
	s.live.mark = o.Community.Mark
	s.sessions = newSessionStore(o.Community, s.secure)
	for _, a := range o.Community.Articles {
		s.articles[a.Slug] = a
		if s.written[a.Slug], err = s.renderArticle(a.Markdown); err != nil {
			return nil, fmt.Errorf("article %s: %w", a.Slug, err)
		}
	}
	engine, err := s.engine()
	if err != nil {
		return nil, err
	}
	s.handler = gzhttp.GzipHandler(engine)
	return s, nil
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

func (s *Server) engine() (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	if err := e.SetTrustedProxies(s.Proxies); err != nil {
		return nil, fmt.Errorf("trusted proxies: %w", err)
	}
	e.RedirectTrailingSlash, e.RedirectFixedPath = false, false
	e.Use(s.prepare, s.logged, s.guarded, s.headers, s.sameOrigin, s.bounded)
	for _, r := range routes {
		e.Handle(r.method, r.path, s.serve(r))
		if r.method == http.MethodGet {
			e.Handle(http.MethodHead, r.path, s.serve(r))
		}
	}
	e.NoRoute(s.serve(route{who: anyone, do: (*Server).nowhere}))
	return e, nil
}

func (s *Server) nowhere(*request) error { return errNowhere }

var errNowhere = &forum.Error{Kind: forum.NotFound}

// insidePath tells a path inside the site from anything that leads elsewhere, so that
// "next" can never send somebody away.
func insidePath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return ""
	}
	return next
}
