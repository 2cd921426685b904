package forum

import "slices"

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
	ID         int64
	Name       string
	Roles      []Role
	Registered bool // a midwife whose register check stands today
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
