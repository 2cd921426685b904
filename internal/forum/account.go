package forum

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"snowdrop/internal/secret"
)

// NewAccount is an account made by an operator on the server.
type NewAccount struct {
	Name  string
	Email string
	Role  Role
}

const (
	setPasswordLife = 7 * 24 * time.Hour
	firstAdminLife  = 24 * time.Hour
)

// CreateAccount makes an account with a role and returns the path of a one-time
// link that sets its password. A midwife made here counts as checked by the
// operator; the record says so.
func (c *Community) CreateAccount(ctx context.Context, n NewAccount) (path string, err error) {
	p, err := c.addAccount(ctx, n, "")
	if err != nil {
		return "", err
	}
	return c.setPasswordLink(ctx, c.store, p.ID)
}

// CreateAccountWithHash makes an account whose password is known already in
// hashed form: for the demo, whose people share one.
func (c *Community) CreateAccountWithHash(ctx context.Context, n NewAccount, hash string) (Person, error) {
	return c.addAccount(ctx, n, hash)
}

func (c *Community) addAccount(ctx context.Context, n NewAccount, hash string) (Person, error) {
	if !slices.Contains(Roles, n.Role) {
		return Person{}, invalid("role", fmt.Sprintf("There is no role %q. The roles are %v.", n.Role, Roles))
	}
	name, nameErr := checkText("name", "a name", n.Name, MinName, MaxName) // staff may be called "Midwife Ana"
	email, emailErr := checkEmail(n.Email)
	if err := errors.Join(nameErr, emailErr); err != nil {
		return Person{}, err
	}
	p, err := c.newPerson(name, email)
	if err != nil {
		return Person{}, err
	}
	p.PasswordHash = hash
	now := c.now()
	err = c.store.Tx(ctx, func(tx Store) error {
		if err := tx.AddPerson(ctx, &p); err != nil {
			return err
		}
		return c.grant(ctx, tx, p.ID, n.Role, now)
	})
	if errors.Is(err, ErrTaken) {
		return Person{}, invalid("email", "There is an account with this name or address already.")
	}
	if err != nil {
		return Person{}, fmt.Errorf("create an account: %w", err)
	}
	return p, nil
}

// grant gives a role on behalf of the operator and puts it on record.
func (c *Community) grant(ctx context.Context, tx Store, personID int64, r Role, now time.Time) error {
	if r != RoleMember {
		if err := tx.AddGrant(ctx, Grant{PersonID: personID, Role: r, CreatedAt: now}); err != nil {
			return err
		}
	}
	if r == RoleMidwife {
		if err := tx.SetRegistration(ctx, Registration{PersonID: personID, State: RegistrationCurrent, CheckedAt: now}); err != nil {
			return err
		}
	}
	return tx.AddRecord(ctx, RecordEntry{Action: "role.granted", Subject: "person", SubjectID: personID, Detail: string(r) + ", by the operator", CreatedAt: now})
}

func (c *Community) setPasswordLink(ctx context.Context, s Store, personID int64) (string, error) {
	token, key := secret.NewToken()
	now := c.now()
	l := Link{Key: key, Purpose: LinkSetPassword, PersonID: &personID, State: LinkOpen, CreatedAt: now, ExpiresAt: now.Add(setPasswordLife)}
	if err := s.AddLink(ctx, l); err != nil {
		return "", fmt.Errorf("make a one-time link: %w", err)
	}
	return "/link/" + token, nil
}

// RescueAccount is for somebody who lost the way in, and for whom an operator
// vouches on the server: every second factor is taken away, every session ends, and
// the path of a one-time link comes back that sets a new password.
func (c *Community) RescueAccount(ctx context.Context, email string) (path string, err error) {
	p, err := c.personByEmail(ctx, email)
	if errors.Is(err, ErrNoRow) {
		return "", invalid("email", "Nobody has this address.")
	}
	if err != nil {
		return "", fmt.Errorf("look up an account: %w", err)
	}
	err = c.store.Tx(ctx, func(tx Store) error {
		if err := errors.Join(tx.DropFactors(ctx, p.ID), tx.EndSessions(ctx, p.ID, ""), tx.DropLinks(ctx, p.ID, LinkReset, LinkSetPassword)); err != nil {
			return err
		}
		if err := tx.AddRecord(ctx, RecordEntry{Action: "person.rescued", Subject: "person", SubjectID: p.ID, Detail: "by the operator", CreatedAt: c.now()}); err != nil {
			return err
		}
		path, err = c.setPasswordLink(ctx, tx, p.ID)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("rescue an account: %w", err)
	}
	return path, nil
}

// FirstAdminLink returns the path of a one-time link that makes the first
// administrator; empty when the forum has people already.
func (c *Community) FirstAdminLink(ctx context.Context) (string, error) {
	n, err := c.store.CountPeople(ctx)
	if err != nil || n > 0 {
		return "", err
	}
	token, key := secret.NewToken()
	now := c.now()
	l := Link{Key: key, Purpose: LinkFirstAdmin, State: LinkOpen, CreatedAt: now, ExpiresAt: now.Add(firstAdminLife)}
	if err := c.store.AddLink(ctx, l); err != nil {
		return "", fmt.Errorf("make a one-time link: %w", err)
	}
	return "/link/" + token, nil
}

// Link looks at a one-time link without using it. One that was used, has ended
// or never was is not found.
func (c *Community) Link(ctx context.Context, token string) (Link, error) {
	l, err := c.store.Link(ctx, secret.TokenKey(token))
	if errors.Is(err, ErrNoRow) || err == nil && (l.State != LinkOpen || !c.now().Before(l.ExpiresAt)) {
		return Link{}, errNotFound
	}
	if err != nil {
		return Link{}, fmt.Errorf("look up a one-time link: %w", err)
	}
	if l.Purpose == LinkFirstAdmin {
		// Every start on an empty database printed a link; only one makes the first.
		if n, err := c.store.CountPeople(ctx); err != nil {
			return Link{}, fmt.Errorf("count people: %w", err)
		} else if n > 0 {
			return Link{}, errNotFound
		}
	}
	return l, nil
}

// FollowLink uses a one-time link: it sets the password of the account it was
// made for, or makes the first administrator. Either way every older session of
// that person ends.
func (c *Community) FollowLink(ctx context.Context, token string, n NewPerson) (Person, error) {
	l, err := c.Link(ctx, token)
	if err != nil {
		return Person{}, err
	}
	var name, email string
	var faults []error
	staff := true
	switch l.Purpose {
	case LinkFirstAdmin:
		var nameErr, emailErr error
		name, nameErr = checkText("name", "a name", n.Name, MinName, MaxName)
		email, emailErr = checkEmail(n.Email)
		faults = append(faults, nameErr, emailErr)
	case LinkSetPassword, LinkReset:
		if name, email, staff, err = c.about(ctx, *l.PersonID); err != nil {
			return Person{}, err
		}
	default:
		return Person{}, errNotFound
	}
	faults = append(faults, c.checkPassword(n.Password, staff, name, email))
	if !n.Consent && l.Purpose != LinkReset { // who had the account before has consented
		faults = append(faults, invalid("consent", "We need your consent to keep what you write about your health."))
	}
	if err := errors.Join(faults...); err != nil {
		return Person{}, err
	}
	hash, err := c.hash(ctx, n.Password)
	if err != nil {
		return Person{}, err
	}
	var p Person
	now := c.now()
	err = c.store.Tx(ctx, func(tx Store) error {
		if err := tx.UseLink(ctx, l.Key, now); errors.Is(err, ErrNoRow) {
			return errNotFound
		} else if err != nil {
			return err
		}
		if l.Purpose == LinkFirstAdmin {
			if p, err = c.newPerson(name, email); err != nil {
				return err
			}
			if err := tx.AddPerson(ctx, &p); err != nil {
				return err
			}
			if err := c.grant(ctx, tx, p.ID, RoleAdmin, now); err != nil {
				return err
			}
		} else if p, err = tx.Person(ctx, *l.PersonID); err != nil {
			return err
		}
		if err := tx.SetPassword(ctx, p.ID, hash); err != nil {
			return err
		}
		if l.Purpose == LinkReset {
			if err := c.afterReset(ctx, tx, p); err != nil {
				return err
			}
		} else if err := tx.SetConsent(ctx, p.ID, now); err != nil {
			return err
		}
		if err := tx.EndSessions(ctx, p.ID, ""); err != nil {
			return err
		}
		return tx.AddRecord(ctx, RecordEntry{ActorID: &p.ID, Action: "person.set_password", Subject: "person", SubjectID: p.ID, Detail: string(l.Purpose), CreatedAt: now})
	})
	if errors.Is(err, ErrTaken) {
		return Person{}, invalid("email", "There is an account with this name or address already.")
	}
	if err != nil {
		return Person{}, fmt.Errorf("follow a one-time link: %w", err)
	}
	c.Nudge()
	return p, nil
}

// about is what a new password of somebody is checked against.
func (c *Community) about(ctx context.Context, personID int64) (name, email string, staff bool, err error) {
	a, err := c.Actor(ctx, personID)
	if err != nil {
		return "", "", false, err
	}
	email, err = c.anyAddress(ctx, personID)
	return a.Name, email, a.Staff(), err
}

// afterReset ends what a forgotten password leaves behind. Who followed the link
// has the letter box, so an address that was not confirmed is now.
func (c *Community) afterReset(ctx context.Context, tx Store, p Person) error {
	if err := tx.DropLinks(ctx, p.ID, LinkReset, LinkConfirm, LinkSetPassword); err != nil {
		return err
	}
	if p.EmailState == EmailUnconfirmed {
		return c.settleAddress(ctx, tx, p.ID)
	}
	return c.tellPassword(ctx, tx, p)
}
