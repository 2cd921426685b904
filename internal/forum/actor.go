package forum

import (
	"slices"
	"time"
)

// Role is what somebody is trusted with. Everyone with an account is a member.
type Role string

const (
	RoleMember    Role = "member"
	RoleMidwife   Role = "midwife"   // registration checked by staff
	RoleModerator Role = "moderator" // reviews cases
	RoleLead      Role = "lead"      // safeguarding lead; also moderates
	RoleAdmin     Role = "admin"     // looks after accounts and settings; does not read held posts
)

// Roles lists every role, from the widest to the narrowest trust.
var Roles = []Role{RoleMember, RoleMidwife, RoleModerator, RoleLead, RoleAdmin}

// Actor is whoever makes a request, loaded fresh for each one, so that a change
// of role or registration holds from the next request on. The zero Actor is a
// stranger.
type Actor struct {
	ID           int64
	Name         string
	Roles        []Role
	Registered   bool          // a midwife whose register check stands today
	Trained      bool          // cleared for the bands that ask for training
	Restrictions []Restriction // measures that stand today
	Unconfirmed  bool          // the address is not confirmed: what they post is held
	Factor       bool          // has a second factor of either kind
	ProvenAt     time.Time     // when it was given in this session; zero: not
	Endings      []Ending      // of roles that end by themselves
	Choices      Choices       // what they chose; see [Actor.Chosen]
	Ties         Ties
}

// Ending is when a role ends by itself; a midwife's ends with the registration.
type Ending struct {
	Role Role
	At   time.Time
}

// at is the actor as of a moment: without the roles that have ended by then.
func (a Actor) at(now time.Time) Actor {
	for _, e := range a.Endings {
		if now.Before(e.At) {
			continue
		}
		if e.Role == RoleMidwife {
			a.Registered = false
		}
		a.Roles = slices.DeleteFunc(slices.Clone(a.Roles), func(r Role) bool { return r == e.Role })
	}
	return a
}

// SignedIn says whether this is a member rather than a stranger.
func (a Actor) SignedIn() bool { return a.ID != 0 }

// Has says whether the actor was granted the role.
func (a Actor) Has(r Role) bool {
	if r == RoleMember {
		return a.SignedIn()
	}
	return slices.Contains(a.Roles, r)
}

// Moderates says whether the actor reviews cases: moderators and leads.
func (a Actor) Moderates() bool { return a.Has(RoleModerator) || a.Has(RoleLead) }

// Midwife says whether the actor may answer as a midwife now.
func (a Actor) Midwife() bool { return a.Has(RoleMidwife) && a.Registered }

// Staff says whether the actor holds any role beyond member.
func (a Actor) Staff() bool { return len(a.Roles) > 0 }
