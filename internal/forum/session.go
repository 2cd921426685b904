package forum

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"snowdrop/internal/secret"
)

// How long a session lasts. Staff read what others do not, so theirs end sooner;
// one on a device that others use ends sooner still.
const (
	memberIdle     = 7 * 24 * time.Hour
	memberAbsolute = 30 * 24 * time.Hour
	staffIdle      = 2 * time.Hour
	staffAbsolute  = 12 * time.Hour
	sharedIdle     = 30 * time.Minute
	sharedAbsolute = 2 * time.Hour
	strangerLife   = 24 * time.Hour
)

// NewSession is a session that begins. The zero PersonID is a stranger's.
type NewSession struct {
	PersonID int64
	Data     string
	Device   string
	Shared   bool
	Proven   bool // the second factor was given
}

// StartSession begins a session and returns its token, which only the cookie
// holds. A personID of 0 is a stranger's session.
func (c *Community) StartSession(ctx context.Context, personID int64, data string) (token string, s Session, err error) {
	return c.BeginSession(ctx, NewSession{PersonID: personID, Data: data})
}

// BeginSession is StartSession with all that a session may carry.
func (c *Community) BeginSession(ctx context.Context, n NewSession) (token string, s Session, err error) {
	token, key := secret.NewToken()
	now := c.now()
	s = Session{Key: key, Data: n.Data, Idle: strangerLife, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(strangerLife), Device: n.Device, Shared: n.Shared}
	if n.PersonID != 0 {
		a, err := c.Actor(ctx, n.PersonID)
		if err == nil && !a.SignedIn() {
			err = ErrNoRow
		}
		if err != nil {
			return "", Session{}, fmt.Errorf("load who signs in: %w", err)
		}
		s.PersonID, s.ExpiresAt = &n.PersonID, now.Add(memberAbsolute)
		s.fit(a, now)
		if n.Proven {
			s.ProvenAt = &now
		}
	}
	if err := c.store.AddSession(ctx, s); err != nil {
		return "", Session{}, fmt.Errorf("begin a session: %w", err)
	}
	return token, s, nil
}

// fit gives a session the lifetimes of whoever it belongs to. It never makes one
// last longer than it would have.
func (s *Session) fit(a Actor, now time.Time) {
	idle, end := memberIdle, now.Add(memberAbsolute)
	if a.Staff() {
		idle, end = staffIdle, now.Add(staffAbsolute)
	}
	if s.Shared {
		idle, end = min(idle, sharedIdle), sooner(end, now.Add(sharedAbsolute))
	}
	s.Idle, s.ExpiresAt, s.Roles = idle, sooner(s.ExpiresAt, end), rolesOf(a)
}

func sooner(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// rolesOf names an actor's roles in one word.
func rolesOf(a Actor) string {
	words := make([]string, len(a.Roles))
	for i, r := range a.Roles {
		words[i] = string(r)
	}
	return strings.Join(words, " ")
}

// Changed says whether the roles of a session's owner are others than they were
// when it was last renewed.
func (s Session) Changed(a Actor) bool { return s.PersonID != nil && s.Roles != rolesOf(a) }

// RenewSession gives a session a new token: after a second factor, a new password or a
// change of role. The old one is worth nothing from then on. With another role the
// second factor has to be given again. ok is false when the session was revoked.
func (c *Community) RenewSession(ctx context.Context, s Session, a Actor, proven bool) (token string, renewed Session, ok bool, err error) {
	token, key := secret.NewToken()
	now := c.now()
	old := s.Key
	if s.Changed(a) {
		s.ProvenAt = nil
	}
	if proven {
		s.ProvenAt = &now
	}
	s.Key, s.SeenAt = key, now
	s.fit(a, now)
	err = c.store.RenewSession(ctx, old, s)
	if errors.Is(err, ErrNoRow) {
		return "", Session{}, false, nil
	}
	if err != nil {
		return "", Session{}, false, fmt.Errorf("renew a session: %w", err)
	}
	return token, s, true, nil
}

// Within is the actor as far as a session goes. Where a second factor is asked of
// staff, a session without it is a plain member's; locked says that it would open
// more.
func (c *Community) Within(a Actor, s Session) (as Actor, locked bool) {
	if s.ProvenAt != nil {
		a.ProvenAt = *s.ProvenAt
	}
	if c.StaffFactor && a.Staff() && a.ProvenAt.IsZero() {
		a.Roles, a.Registered, a.Trained = nil, false, false
		return a, true
	}
	return a, false
}

// Sessions lists the actor's sessions that still work, the latest used first.
func (c *Community) Sessions(ctx context.Context, a Actor) ([]Session, error) {
	all, err := c.store.Sessions(ctx, a.ID)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	now := c.now()
	var live []Session
	for _, s := range all {
		if now.Before(s.ExpiresAt) && now.Before(s.SeenAt.Add(s.Idle)) {
			live = append(live, s)
		}
	}
	return live, nil
}

// Handle names a session on its owner's page. It is the beginning of a hash, by
// which nobody signs in.
func (s Session) Handle() string { return s.Key[:min(16, len(s.Key))] }

// EndOwnSession revokes one of the actor's sessions by its handle; one that is gone
// already is no error.
func (c *Community) EndOwnSession(ctx context.Context, a Actor, handle string) error {
	all, err := c.store.Sessions(ctx, a.ID)
	if err != nil {
		return fmt.Errorf("list sessions: %w", err)
	}
	for _, s := range all {
		if s.Handle() == handle {
			if err := c.store.EndSession(ctx, s.Key); err != nil {
				return fmt.Errorf("end a session: %w", err)
			}
		}
	}
	return nil
}

// EndOtherSessions revokes all of the actor's sessions except the one given.
func (c *Community) EndOtherSessions(ctx context.Context, a Actor, keep Session) error {
	if err := c.store.EndSessions(ctx, a.ID, keep.Key); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

// Arrived notes the kind of device that somebody signed in with, and asks them
// whether it was they when it is a new one. What the browser says of itself is all
// there is to go by: nothing is kept on the device to know it again.
func (c *Community) Arrived(ctx context.Context, personID int64, device string) error {
	if device == "" {
		device = "a device that does not say what it is"
	}
	now := c.now()
	err := c.store.Tx(ctx, func(tx Store) error {
		known, some, err := tx.SeeDevice(ctx, Device{PersonID: personID, Name: device, SeenAt: now})
		if err != nil || known || !some {
			return err
		}
		p, err := tx.Person(ctx, personID)
		if err != nil || p.EmailState != EmailConfirmed {
			return err
		}
		when := now.Format("2 January 2006 at 15:04 UTC")
		return c.write(ctx, tx, fmt.Sprintf("device:%d:%d", personID, now.UnixMicro()), personID, subjectSignIn, Envelope{Text: letterNewDevice(c.BaseURL, device, when)})
	})
	if err != nil {
		return fmt.Errorf("note a device: %w", err)
	}
	c.Nudge()
	return nil
}

// ChangePassword sets a new password for somebody who knows the present one, and
// ends every other session.
func (c *Community) ChangePassword(ctx context.Context, a Actor, keep Session, present, password string) error {
	p, err := c.checkOwn(ctx, a, "present", present)
	if err != nil {
		return err
	}
	whole, err := c.Actor(ctx, a.ID) // a may be without its roles
	if err != nil {
		return err
	}
	email, err := c.anyAddress(ctx, a.ID)
	if err != nil {
		return err
	}
	if err := c.checkPassword(password, whole.Staff(), p.Name, email); err != nil {
		return err
	}
	hash, err := c.hash(ctx, password)
	if err != nil {
		return err
	}
	err = c.store.Tx(ctx, func(tx Store) error {
		return errors.Join(
			tx.SetPassword(ctx, a.ID, hash),
			tx.EndSessions(ctx, a.ID, keep.Key),
			tx.DropLinks(ctx, a.ID, LinkReset, LinkSetPassword),
			c.tellPassword(ctx, tx, p),
			tx.AddRecord(ctx, RecordEntry{ActorID: &a.ID, Action: "person.set_password", Subject: "person", SubjectID: a.ID, Detail: "by the present one", CreatedAt: c.now()}),
		)
	})
	if err != nil {
		return fmt.Errorf("change a password: %w", err)
	}
	c.Nudge()
	return nil
}

// tellPassword tells the owner of an account that its password was changed.
func (c *Community) tellPassword(ctx context.Context, tx Store, p Person) error {
	if p.EmailState != EmailConfirmed {
		return nil
	}
	return c.write(ctx, tx, fmt.Sprintf("password:%d:%d", p.ID, c.now().UnixMicro()), p.ID, subjectAccount, Envelope{Text: letterPassword(c.BaseURL)})
}
