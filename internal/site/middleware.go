package site

import (
	"crypto/rand"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"snowdrop/web"
)

// prepare gives the request its id.
func (s *Server) prepare(c *gin.Context) {
	c.Set(requestKey, &request{gin: c, id: rand.Text()[:12], now: s.forum.Now()})
}

// logged writes the access log: never a query, a body, a header or an address.
func (s *Server) logged(c *gin.Context) {
	began := time.Now()
	c.Next()
	r := c.MustGet(requestKey).(*request)
	took := time.Since(began)
	s.Log.InfoContext(c.Request.Context(), "request",
		"request", r.id, "method", c.Request.Method, "route", c.FullPath(),
		"status", c.Writer.Status(), "bytes", c.Writer.Size(), "took", took)
	if s.Observe != nil {
		s.Observe(c.FullPath(), c.Writer.Status(), took)
	}
}

// guarded turns a panic into a problem page. The panic's value may hold words, so
// only the stack is logged.
func (s *Server) guarded(c *gin.Context) {
	defer func() {
		if fault := recover(); fault != nil {
			r := c.MustGet(requestKey).(*request)
			s.Log.ErrorContext(c.Request.Context(), "request panicked", "request", r.id, "route", c.FullPath(), "stack", string(debug.Stack()))
			if !c.Writer.Written() {
				s.problem(r, http.StatusInternalServerError, web.Problem{})
			}
			c.Abort()
		}
	}()
	c.Next()
}

const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func (s *Server) headers(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), browsing-topics=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Robots-Tag", "noindex, nofollow") // pages for everyone take it back
	// Nothing that somebody read or wrote stays behind on a shared phone.
	h.Set("Cache-Control", "no-store")
	if s.secure {
		h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	}
	c.Next()
}

// sameOrigin refuses forms that another site sent.
func (s *Server) sameOrigin(c *gin.Context) {
	if err := s.origin.Check(c.Request); err != nil {
		r := c.MustGet(requestKey).(*request)
		s.problem(r, http.StatusForbidden, web.Problem{Message: "This form came from another site, so we did not use it. Please open the page here and send it again."})
		c.Abort()
		return
	}
	c.Next()
}

// bounded caps what is read of a body.
func (s *Server) bounded(c *gin.Context) {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxRequest)
	c.Next()
}

func (s *Server) serveStatic(r *request) error {
	f, ok := web.Static()[r.gin.Request.URL.Path]
	if !ok || strings.Contains(r.gin.Param("name"), "/") {
		return errNowhere
	}
	r.gin.Header("Cache-Control", "public, max-age=31536000, immutable")
	r.gin.Data(http.StatusOK, f.Type, f.Bytes)
	return nil
}
