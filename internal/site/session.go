package site

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gorilla/sessions"

	"snowdrop/internal/forum"
)

// sessionStore keeps sessions in the forum's database. The cookie holds a random
// token and nothing else; the database holds its hash.
type sessionStore struct {
	forum  *forum.Community
	cookie string
	secure bool
}

func newSessionStore(c *forum.Community, secure bool) *sessionStore {
	s := &sessionStore{forum: c, cookie: "snowdrop", secure: secure}
	if secure {
		s.cookie = "__Host-snowdrop"
	}
	return s
}

// The values a session carries.
const (
	valuePerson = "person" // int64
	valueRow    = "row"    // forum.Session, as loaded
	valueKept   = "kept"   // token of words kept for somebody who was not signed in
	valueFlash  = "flash"  // one sentence for the next page
)

// carried is what Session.Data holds.
type carried struct {
	Kept  string `json:"kept,omitempty"`
	Flash string `json:"flash,omitempty"`
}

// Get returns the request's session, loading it at most once.
func (s *sessionStore) Get(r *http.Request, name string) (*sessions.Session, error) {
	return sessions.GetRegistry(r).Get(s, name)
}

// New loads the session that the cookie names, or makes an empty one.
func (s *sessionStore) New(r *http.Request, name string) (*sessions.Session, error) {
	v := sessions.NewSession(s, name)
	v.IsNew = true
	v.Options = &sessions.Options{Path: "/", HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode}
	cookie, err := r.Cookie(name)
	if err != nil || cookie.Value == "" || len(cookie.Value) > 100 {
		return v, nil
	}
	row, ok, err := s.forum.Session(r.Context(), cookie.Value)
	if err != nil || !ok {
		return v, err
	}
	var c carried
	if row.Data != "" {
		if err := json.Unmarshal([]byte(row.Data), &c); err != nil {
			return v, fmt.Errorf("read a session: %w", err)
		}
	}
	v.ID, v.IsNew = cookie.Value, false
	v.Values[valueRow], v.Values[valueKept], v.Values[valueFlash] = row, c.Kept, c.Flash
	if row.PersonID != nil {
		v.Values[valuePerson] = *row.PersonID
	}
	return v, nil
}

// Save writes the session and its cookie. A negative MaxAge ends it.
func (s *sessionStore) Save(r *http.Request, w http.ResponseWriter, v *sessions.Session) error {
	if v.Options.MaxAge < 0 {
		http.SetCookie(w, sessions.NewCookie(v.Name(), "", v.Options))
		if v.ID == "" {
			return nil
		}
		return s.forum.EndSession(r.Context(), v.ID)
	}
	data, err := json.Marshal(carried{Kept: textOf(v, valueKept), Flash: textOf(v, valueFlash)})
	if err != nil {
		return fmt.Errorf("write a session: %w", err)
	}
	if row, ok := v.Values[valueRow].(forum.Session); ok && v.ID != "" {
		row.Data = string(data)
		return s.forum.SaveSession(r.Context(), row)
	}
	token, row, err := s.forum.StartSession(r.Context(), personOf(v), string(data))
	if err != nil {
		return err
	}
	v.ID, v.Values[valueRow] = token, row
	o := *v.Options
	o.MaxAge = int(row.ExpiresAt.Sub(row.CreatedAt) / time.Second)
	http.SetCookie(w, sessions.NewCookie(v.Name(), token, &o))
	return nil
}

func personOf(v *sessions.Session) int64 {
	id, _ := v.Values[valuePerson].(int64)
	return id
}

func textOf(v *sessions.Session, key string) string {
	text, _ := v.Values[key].(string)
	return text
}

// rotate ends the present session and begins one for a person under a new token,
// so that a token from before signing in is worth nothing after.
func (r *request) rotate(personID int64) error {
	if r.session.ID != "" {
		if err := r.session.Store().(*sessionStore).forum.EndSession(r.ctx(), r.session.ID); err != nil {
			return err
		}
	}
	r.session.ID = ""
	r.session.Values = map[any]any{valuePerson: personID}
	return r.saveSession()
}

func (r *request) saveSession() error { return r.session.Save(r.gin.Request, r.gin.Writer) }

// flash says one sentence on the next page.
func (r *request) flash(sentence string) error {
	r.session.Values[valueFlash] = sentence
	return r.saveSession()
}

// takeFlash reads the sentence once.
func (r *request) takeFlash() string {
	if r.session == nil {
		return ""
	}
	sentence := textOf(r.session, valueFlash)
	if sentence != "" {
		delete(r.session.Values, valueFlash)
		if err := r.saveSession(); err != nil {
			_ = r.gin.Error(errors.Join(errors.New("forget a flash"), err)) // it is shown twice at worst
		}
	}
	return sentence
}
