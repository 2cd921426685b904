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
	valueHalf   = "half"   // half, of somebody who still has to give a code
	valueBegin  = "begin"  // forum.NewSession, until the session is saved
)

// carried is what Session.Data holds.
type carried struct {
	Kept  string `json:"kept,omitempty"`
	Flash string `json:"flash,omitempty"`
	Half  *half  `json:"half,omitempty"`
}

// half is somebody whose password was right and who still has to give a code.
type half struct {
	Person int64     `json:"person"`
	At     time.Time `json:"at"`
	Next   string    `json:"next,omitempty"`
	Shared bool      `json:"shared,omitempty"`
}

// halfLife is how long a code may take.
const halfLife = 10 * time.Minute

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
	if c.Half != nil {
		v.Values[valueHalf] = *c.Half
	}
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
	c := carried{Kept: textOf(v, valueKept), Flash: textOf(v, valueFlash)}
	if h, ok := v.Values[valueHalf].(half); ok {
		c.Half = &h
	}
	data, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("write a session: %w", err)
	}
	if row, ok := v.Values[valueRow].(forum.Session); ok && v.ID != "" {
		row.Data = string(data)
		return s.forum.SaveSession(r.Context(), row)
	}
	n, _ := v.Values[valueBegin].(forum.NewSession)
	n.PersonID, n.Data = personOf(v), string(data)
	token, row, err := s.forum.BeginSession(r.Context(), n)
	if err != nil {
		return err
	}
	s.hand(w, v, token, row)
	return nil
}

// hand gives the browser the token of a session. On a device that others use the
// cookie goes with the browser.
func (s *sessionStore) hand(w http.ResponseWriter, v *sessions.Session, token string, row forum.Session) {
	v.ID, v.Values[valueRow] = token, row
	o := *v.Options
	if !row.Shared {
		o.MaxAge = int(row.ExpiresAt.Sub(row.SeenAt) / time.Second)
	}
	http.SetCookie(w, sessions.NewCookie(v.Name(), token, &o))
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
func (r *request) rotate(n forum.NewSession) error {
	if r.session.ID != "" {
		if err := r.session.Store().(*sessionStore).forum.EndSession(r.ctx(), r.session.ID); err != nil {
			return err
		}
	}
	r.session.ID = ""
	r.session.Values = map[any]any{valuePerson: n.PersonID, valueBegin: n}
	return r.saveSession()
}

// row is the session as it is stored; the zero one when there is none yet.
func (r *request) row() forum.Session {
	row, _ := r.session.Values[valueRow].(forum.Session)
	return row
}

// renew gives the present session a new token; proven when a second factor was just
// given.
func (r *request) renew(a forum.Actor, proven bool) error {
	store := r.session.Store().(*sessionStore)
	token, row, ok, err := store.forum.RenewSession(r.ctx(), r.row(), a, proven)
	if err != nil {
		return err
	}
	if !ok {
		return &forum.Error{Kind: forum.SignedOut}
	}
	store.hand(r.gin.Writer, r.session, token, row)
	return nil
}

func (r *request) saveSession() error { return r.session.Save(r.gin.Request, r.gin.Writer) }

// flash says one sentence on the next page.
func (r *request) flash(sentence string) error {
	r.session.Values[valueFlash] = sentence
	return r.saveSession()
}

// takeFlash reads the sentence once. A page that a script fetches to look something
// up is read by nobody: it leaves the sentence for the page that somebody opens.
func (r *request) takeFlash() string {
	if to := r.gin.GetHeader("Sec-Fetch-Dest"); r.session == nil || to != "" && to != "document" {
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
