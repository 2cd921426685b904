package forum

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// GrantRequestState is where a role is that asks for a second person.
type GrantRequestState string

// The states.
const (
	GrantOpen    GrantRequestState = "open"
	GrantSigned  GrantRequestState = "signed"
	GrantRefused GrantRequestState = "refused"
)

// GrantRequest is a role that waits for a second person to sign.
type GrantRequest struct {
	ID        int64
	PersonID  int64
	Role      Role
	ExpiresAt *time.Time
	ByID      int64
	State     GrantRequestState
	SecondID  *int64
	CreatedAt time.Time
	DecidedAt *time.Time
}

// GrantRequestRow is one with names.
type GrantRequestRow struct {
	GrantRequest
	PersonName string
	ByName     string
}

// PeopleQuery picks people by a part of their alias and by a role.
type PeopleQuery struct {
	Alias  string // as typed
	Role   Role   // empty: everybody
	Limit  int
	Offset int
}

// PeoplePage is how many people stand on one page.
const PeoplePage = 50

// People lists people by alias: who they are here and what they may do, and
// nothing that is sealed. more says that there is another page.
func (c *Community) People(ctx context.Context, a Actor, q PeopleQuery) (list []Actor, more bool, err error) {
	if !a.Keeps() {
		return nil, false, errNotFound
	}
	q.Alias, q.Limit = nameKey(q.Alias), PeoplePage+1
	if q.Role != "" && !slices.Contains(Roles[1:], q.Role) {
		return nil, false, errNotFound
	}
	rows, err := c.store.FindPeople(ctx, q)
	if err != nil {
		return nil, false, fmt.Errorf("list people: %w", err)
	}
	if more = len(rows) > PeoplePage; more {
		rows = rows[:PeoplePage]
	}
	for _, p := range rows {
		one, err := c.Actor(ctx, p.ID)
		if err != nil {
			return nil, false, err
		}
		list = append(list, one)
	}
	return list, more, nil
}

// PersonView is what leads and admins see of somebody.
type PersonView struct {
	Actor        Actor
	Since        time.Time
	Grants       []Grant
	Registration *Registration // nil: never checked
	Application  int64         // its number; 0: none
	Requests     []GrantRequestRow
	Names        []EarlierName // the latest first
}

// PersonView reads one person.
func (c *Community) PersonView(ctx context.Context, a Actor, id int64) (PersonView, error) {
	var v PersonView
	if !a.Keeps() {
		return v, errNotFound
	}
	p, err := c.store.Person(ctx, id)
	if errors.Is(err, ErrNoRow) {
		return v, errNotFound
	}
	if err != nil {
		return v, fmt.Errorf("find person %d: %w", id, err)
	}
	v.Since = p.CreatedAt
	if v.Actor, err = c.Actor(ctx, id); err != nil {
		return v, err
	}
	if v.Names, err = c.store.EarlierNames(ctx, id); err != nil {
		return v, fmt.Errorf("list the earlier names of person %d: %w", id, err)
	}
	if v.Grants, err = c.store.Grants(ctx, id); err != nil {
		return v, fmt.Errorf("list the roles of person %d: %w", id, err)
	}
	r, err := c.store.Registration(ctx, id)
	if err == nil {
		v.Registration = &r
	} else if !errors.Is(err, ErrNoRow) {
		return v, fmt.Errorf("find the registration of person %d: %w", id, err)
	}
	app, err := c.store.ApplicationOf(ctx, id)
	if err == nil {
		v.Application = app.ID
	} else if !errors.Is(err, ErrNoRow) {
		return v, fmt.Errorf("find the application of person %d: %w", id, err)
	}
	all, err := c.GrantRequests(ctx, a)
	v.Requests = slices.DeleteFunc(all, func(q GrantRequestRow) bool { return q.PersonID != id })
	return v, err
}

// GrantRequests lists the roles that wait for a second person.
func (c *Community) GrantRequests(ctx context.Context, a Actor) ([]GrantRequestRow, error) {
	if !a.Keeps() {
		return nil, errNotFound
	}
	list, err := c.store.GrantRequests(ctx)
	if err != nil {
		return nil, fmt.Errorf("list roles that wait: %w", err)
	}
	return list, nil
}

// NewGrant is the form of somebody who gives a role.
type NewGrant struct {
	PersonID int64
	Role     Role
	Expires  string // YYYY-MM-DD, the last day; empty: until it is taken back
}

// MayGrant says why an actor can't give or take a role; empty when they can.
func MayGrant(a Actor, r Role) string {
	switch {
	case r == RoleMidwife:
		return "A midwife's badge comes from two looks at the register, never from here."
	case !slices.Contains([]Role{RoleModerator, RoleLead, RoleAdmin}, r):
		return "Please choose a role from the list."
	case r == RoleAdmin && !a.Has(RoleAdmin), !a.Keeps():
		return "Only an admin can do this."
	}
	return ""
}

// GrantRole gives a role. Moderators need one person; a lead or an admin is made
// by two: then granted is false, and somebody else signs.
func (c *Community) GrantRole(ctx context.Context, a Actor, n NewGrant) (granted bool, err error) {
	if !a.Keeps() {
		return false, errNotFound
	}
	p, err := c.PersonView(ctx, a, n.PersonID)
	if err != nil {
		return false, err
	}
	if why := MayGrant(a, n.Role); why != "" {
		return false, invalid("role", why)
	}
	switch {
	case n.PersonID == a.ID:
		return false, invalid("role", "Nobody gives a role to themselves.")
	case slices.ContainsFunc(p.Grants, func(g Grant) bool { return g.Role == n.Role }) && p.Actor.Has(n.Role):
		return false, &Error{Kind: LostRace, Message: "They have this role already."}
	}
	var ends *time.Time
	if n.Expires != "" {
		at, err := c.expiry(n.Expires)
		if err != nil {
			return false, err
		}
		ends = &at
	}
	now := c.now()
	if n.Role == RoleModerator {
		err = c.store.Tx(ctx, func(tx Store) error {
			return c.giveRole(ctx, tx, Grant{PersonID: n.PersonID, Role: n.Role, GrantedBy: &a.ID, CreatedAt: now, ExpiresAt: ends}, "")
		})
		if err != nil {
			return false, fmt.Errorf("give a role: %w", err)
		}
		c.Nudge()
		return true, nil
	}
	q := GrantRequest{PersonID: n.PersonID, Role: n.Role, ExpiresAt: ends, ByID: a.ID, State: GrantOpen, CreatedAt: now}
	err = c.store.Tx(ctx, func(tx Store) error {
		if err := tx.AddGrantRequest(ctx, &q); err != nil {
			return err
		}
		if err := c.recordMidwife(ctx, tx, &a.ID, n.PersonID, "role.proposed", string(n.Role)); err != nil {
			return err
		}
		return c.tellKeepers(ctx, tx, a.ID, fmt.Sprintf("role:%d", q.ID), "A role waits for a second person", "Somebody is to be made "+RoleWords(n.Role)+".", "/people")
	})
	if errors.Is(err, ErrTaken) {
		return false, &Error{Kind: LostRace, Message: "This waits for a second person already."}
	}
	if err != nil {
		return false, fmt.Errorf("propose a role: %w", err)
	}
	c.Nudge()
	return false, nil
}

// RoleWords says a role in a sentence.
func RoleWords(r Role) string {
	switch r {
	case RoleAdmin:
		return "an admin"
	case RoleLead:
		return "a safeguarding lead"
	case RoleMember:
		return "a member"
	}
	return "a " + string(r)
}

// giveRole stores a grant with a record of it and word to the person. Their
// sessions are renewed at their next request, as with every change of role.
func (c *Community) giveRole(ctx context.Context, tx Store, g Grant, how string) error {
	// One that has ended by itself may not have been swept away yet.
	if err := tx.DropGrant(ctx, g.PersonID, g.Role); err != nil && !errors.Is(err, ErrNoRow) {
		return err
	}
	if err := tx.AddGrant(ctx, g); err != nil {
		return err
	}
	detail := string(g.Role) + how
	if g.ExpiresAt != nil {
		detail += ", until " + g.ExpiresAt.Format(time.DateOnly)
	}
	if err := c.recordMidwife(ctx, tx, g.GrantedBy, g.PersonID, "role.granted", detail); err != nil {
		return err
	}
	return c.tell(ctx, tx, Notice{
		Key: fmt.Sprintf("granted:%d:%s:%d", g.PersonID, g.Role, g.CreatedAt.UnixMicro()), PersonID: g.PersonID, Kind: NoticeStaff,
		Title: "You are " + RoleWords(g.Role) + " now", Body: "Thank you for doing this.", Path: "/me",
	}, subjectMessage, nil)
}

// SignRole is the second person's word on a role: never the one who proposed it,
// never the one who gets it.
func (c *Community) SignRole(ctx context.Context, a Actor, id int64, agree bool) error {
	if !a.Keeps() {
		return errNotFound
	}
	q, err := c.store.GrantRequest(ctx, id)
	if errors.Is(err, ErrNoRow) {
		return errNotFound
	}
	if err != nil {
		return fmt.Errorf("find a role that waits: %w", err)
	}
	if q.PersonID == a.ID || q.ByID == a.ID && agree {
		return invalid("", "This needs somebody else: not the one who proposed it, and not the one it is about.")
	}
	now := c.now()
	to := GrantRefused
	if agree {
		to = GrantSigned
	}
	err = c.store.Tx(ctx, func(tx Store) error {
		if err := tx.SettleGrantRequest(ctx, id, a.ID, to, now); err != nil {
			return err
		}
		if !agree {
			return c.recordMidwife(ctx, tx, &a.ID, q.PersonID, "role.refused", string(q.Role))
		}
		by, err := tx.Actor(ctx, q.ByID)
		if err != nil {
			return err
		}
		if why := MayGrant(by.at(now), q.Role); why != "" {
			return &Error{Kind: LostRace, Message: "Whoever proposed this may not give the role any more. Please propose it again."}
		}
		if q.ExpiresAt != nil && !now.Before(*q.ExpiresAt) {
			return &Error{Kind: LostRace, Message: "The role would have ended by now. Please propose it again."}
		}
		return c.giveRole(ctx, tx, Grant{PersonID: q.PersonID, Role: q.Role, GrantedBy: &q.ByID, CreatedAt: now, ExpiresAt: q.ExpiresAt}, fmt.Sprintf(", signed by person %d", a.ID))
	})
	if errors.Is(err, ErrLost) {
		return &Error{Kind: LostRace, Message: "Somebody else has answered this already."}
	}
	if err != nil {
		return fmt.Errorf("sign a role: %w", err)
	}
	c.Nudge()
	return nil
}

// errLastAdmin keeps the house from locking itself out. Only an admin whose role
// does not end by itself counts.
var errLastAdmin = &Error{Kind: LostRace, Message: "This is the last admin. Please make somebody else an admin first."}

// TakeRole takes a role back, from the next request on. One person is enough: what is urgent here is to take trust away.
func (c *Community) TakeRole(ctx context.Context, a Actor, personID int64, r Role) error {
	if !a.Keeps() {
		return errNotFound
	}
	if r == RoleMidwife {
		return c.RevokeMidwife(ctx, a, personID, RegistrationEnded)
	}
	if _, err := c.PersonView(ctx, a, personID); err != nil {
		return err
	}
	if why := MayGrant(a, r); why != "" {
		return invalid("role", why)
	}
	if r == RoleLead && !a.Has(RoleAdmin) && personID != a.ID {
		return invalid("role", "Only an admin can do this.")
	}
	return c.takeRole(ctx, &a.ID, personID, r)
}

func (c *Community) takeRole(ctx context.Context, by *int64, personID int64, r Role) error {
	now := c.now()
	err := c.store.Tx(ctx, func(tx Store) error {
		if r == RoleAdmin {
			if others, err := tx.HoldAdmins(ctx, personID); err != nil {
				return err
			} else if others == 0 {
				return errLastAdmin
			}
		}
		if err := tx.DropGrant(ctx, personID, r); err != nil {
			return err
		}
		detail := string(r)
		if by == nil {
			detail += ", by the operator"
		}
		if err := c.recordMidwife(ctx, tx, by, personID, "role.taken", detail); err != nil {
			return err
		}
		if r != RoleModerator {
			p, err := tx.Person(ctx, personID)
			if err != nil {
				return err
			}
			if err := c.tellKeepers(ctx, tx, personID, fmt.Sprintf("taken:%d:%s:%d", personID, r, now.UnixMicro()), p.Name+" is not "+RoleWords(r)+" any more", "Somebody on the team, or whoever runs the server, took the role back.", fmt.Sprintf("/people/%d", personID)); err != nil {
				return err
			}
		}
		return c.tell(ctx, tx, Notice{
			Key: fmt.Sprintf("taken:%d:%s:%d:self", personID, r, now.UnixMicro()), PersonID: personID, Kind: NoticeStaff,
			Title: "You are not " + RoleWords(r) + " any more", Body: "Everything else here is as before.", Path: "/me",
		}, subjectMessage, nil)
	})
	if errors.Is(err, ErrNoRow) {
		return &Error{Kind: LostRace, Message: "They don't have this role any more."}
	}
	if err != nil {
		return fmt.Errorf("take a role back: %w", err)
	}
	c.Nudge()
	return nil
}

// OpenAddress unseals somebody's e-mail address for one of [SealPurposes]. That it
// was read, by whom and why is on record first.
func (c *Community) OpenAddress(ctx context.Context, a Actor, personID int64, purpose string) (string, error) {
	if _, err := c.PersonView(ctx, a, personID); err != nil {
		return "", err
	}
	if err := c.fresh(a); err != nil {
		return "", err
	}
	if !slices.Contains(SealPurposes, purpose) {
		return "", invalid("purpose", "Please choose why you need to read this.")
	}
	if err := c.recordMidwife(ctx, c.store, &a.ID, personID, "address.read", purpose); err != nil {
		return "", err
	}
	return c.Address(ctx, personID)
}

// ServerGrant gives a role on the server's command line, without a second person:
// the way in when nobody else is left. It is on record.
func (c *Community) ServerGrant(ctx context.Context, email string, r Role) error {
	id, err := c.byEmail(ctx, email)
	if err != nil {
		return err
	}
	if r == RoleMidwife || !slices.Contains(Roles[1:], r) {
		return invalid("role", fmt.Sprintf("%q can't be given here. A role is one of moderator, lead and admin.", r))
	}
	err = c.store.Tx(ctx, func(tx Store) error {
		if err := c.giveRole(ctx, tx, Grant{PersonID: id, Role: r, CreatedAt: c.now()}, ", by the operator"); err != nil {
			return err
		}
		return c.tellKeepers(ctx, tx, id, fmt.Sprintf("server:%d:%s:%d", id, r, c.now().UnixMicro()), "A role was given on the server", "Whoever runs the server made somebody "+RoleWords(r)+", without a second person.", fmt.Sprintf("/people/%d", id))
	})
	if err != nil {
		return fmt.Errorf("give a role: %w", err)
	}
	return nil
}

// ServerTake takes a role back on the server's command line. The last admin stays
// one there too.
func (c *Community) ServerTake(ctx context.Context, email string, r Role) error {
	id, err := c.byEmail(ctx, email)
	if err != nil {
		return err
	}
	if r == RoleMidwife {
		err := c.store.Tx(ctx, func(tx Store) error { return c.block(ctx, tx, nil, id, RegistrationEnded) })
		if err != nil {
			return fmt.Errorf("revoke a midwife: %w", err)
		}
		return nil
	}
	return c.takeRole(ctx, nil, id, r)
}

func (c *Community) byEmail(ctx context.Context, email string) (int64, error) {
	p, err := c.personByEmail(ctx, email)
	if errors.Is(err, ErrNoRow) {
		return 0, invalid("email", "There is no account with this address.")
	}
	if err != nil {
		return 0, fmt.Errorf("look up an account: %w", err)
	}
	return p.ID, nil
}
