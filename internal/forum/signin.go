package forum

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode"

	"snowdrop/internal/secret"
)

func letterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// errNoEntry is the one answer to a wrong address and to a wrong password.
var errNoEntry = &Error{Kind: Invalid, Field: "email", Message: "We don't know this address and password together. Please check both and try again."}

// SignIn finds who somebody is by address and password. It takes as long and
// says the same whether or not the address is known.
func (c *Community) SignIn(ctx context.Context, email, password, address string) (Person, error) {
	if err := c.throttle(ctx, "sign-in-address", address, limitSignInAddress); err != nil {
		return Person{}, err
	}
	if err := c.throttle(ctx, "sign-in-account", c.emailKeys(email)[0], limitSignInAccount); err != nil {
		return Person{}, err
	}
	if len(password) > 4*MaxPassword {
		password = "" // cannot be right, and must not cost more than any other
	}
	// Whoever confirmed the address, and whoever has yet to: both are tried, always,
	// so that neither the answer nor its delay tells which of them there are.
	var found Person
	for _, find := range []func(context.Context, string) (Person, error){c.personByEmail, c.personByClaim} {
		p, err := find(ctx, email)
		if err != nil && !errors.Is(err, ErrNoRow) {
			return Person{}, fmt.Errorf("look up an account: %w", err)
		}
		ok, err := c.hasher.Verify(ctx, p.PasswordHash, password)
		if err != nil {
			return Person{}, busy(err)
		}
		if ok && p.ID != 0 && found.ID == 0 {
			found = p
		}
	}
	if found.ID == 0 {
		return Person{}, errNoEntry
	}
	return found, nil
}

func (c *Community) hash(ctx context.Context, password string) (string, error) {
	hash, err := c.hasher.Hash(ctx, password)
	if err != nil {
		return "", busy(err)
	}
	return hash, nil
}

func busy(err error) error {
	if errors.Is(err, secret.ErrBusy) {
		return &Error{Kind: Busy, Retry: 5 * time.Second, Message: "Many people are signing in at this moment. Your words are safe. Please try again in a few seconds."}
	}
	return fmt.Errorf("hash a password: %w", err)
}

// Session finds the session of a token. ok is false when there is none, it was
// revoked, was unused for too long, or is past its end.
func (c *Community) Session(ctx context.Context, token string) (s Session, ok bool, err error) {
	s, err = c.store.Session(ctx, secret.TokenKey(token))
	if errors.Is(err, ErrNoRow) {
		return Session{}, false, nil
	}
	if err != nil {
		return Session{}, false, fmt.Errorf("load a session: %w", err)
	}
	now := c.now()
	if !now.Before(s.ExpiresAt) || !now.Before(s.SeenAt.Add(s.Idle)) {
		return Session{}, false, nil
	}
	if now.Sub(s.SeenAt) >= time.Minute {
		s.SeenAt = now
		if err := c.store.SeeSession(ctx, s.Key, now); errors.Is(err, ErrNoRow) {
			return Session{}, false, nil
		} else if err != nil {
			return Session{}, false, fmt.Errorf("note that a session was used: %w", err)
		}
	}
	return s, true, nil
}

// SaveSession keeps changed data of a session.
func (c *Community) SaveSession(ctx context.Context, s Session) error {
	if err := c.store.SaveSession(ctx, s); err != nil && !errors.Is(err, ErrNoRow) {
		return fmt.Errorf("save a session: %w", err)
	}
	return nil
}

// EndSession revokes the session of a token.
func (c *Community) EndSession(ctx context.Context, token string) error {
	if err := c.store.EndSession(ctx, secret.TokenKey(token)); err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	return nil
}

// Actor loads who a person is today. Somebody who is gone is a stranger.
func (c *Community) Actor(ctx context.Context, personID int64) (Actor, error) {
	a, err := c.store.Actor(ctx, personID)
	if errors.Is(err, ErrNoRow) {
		return Actor{}, nil
	}
	if err != nil {
		return Actor{}, fmt.Errorf("load an actor: %w", err)
	}
	now := c.now()
	a = a.at(now)
	a.Restrictions = slices.DeleteFunc(a.Restrictions, func(l Restriction) bool { return l.Until != nil && !now.Before(*l.Until) })
	return a, nil
}
