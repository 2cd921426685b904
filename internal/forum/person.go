package forum

import "time"

// Person is somebody with an account. The e-mail address is sealed; EmailKey is
// a keyed hash by which it is found. Until the address is confirmed it stands in a
// [PendingAddress] instead, and EmailKey is a random stand-in.
type Person struct {
	ID           int64
	Name         string     // the alias shown to others, 2 to 40 characters
	NameKey      string     // the alias folded for comparison; unique
	Look         string     // the alias as the eye takes it; empty until it was worked out
	EmailKey     string     // keyed hash of the folded address; unique
	EmailSealed  []byte     // authenticated encryption of the address; empty while it is not confirmed
	EmailState   EmailState // an empty one is stored as confirmed
	PasswordHash string     // argon2id in PHC form; empty until a password is set
	ConsentAt    *time.Time // when explicit consent to process health data was given (UK GDPR article 9(2)(a)); nil for accounts made by staff until first sign-in
	CreatedAt    time.Time
}

// Grant is one role beyond member, given to a person.
type Grant struct {
	PersonID  int64  `gorm:"primaryKey"`
	Role      Role   `gorm:"primaryKey"`
	GrantedBy *int64 // nil: on the server's command line
	CreatedAt time.Time
	ExpiresAt *time.Time // nil: until it is taken back
}

// RegistrationState is what staff last saw on the nurses' and midwives' register.
type RegistrationState string

const (
	RegistrationCurrent    RegistrationState = "current"
	RegistrationSuspended  RegistrationState = "suspended"
	RegistrationInterim    RegistrationState = "interim"    // under an interim order
	RegistrationConditions RegistrationState = "conditions" // of practice, not reviewed
	RegistrationLapsed     RegistrationState = "lapsed"
	RegistrationRemoved    RegistrationState = "removed"
	RegistrationNotFound   RegistrationState = "not_found" // or not as a midwife
	RegistrationEnded      RegistrationState = "ended"     // they stopped answering as a midwife here
)

// Registration is the outcome of checking a midwife against the register.
type Registration struct {
	PersonID  int64 `gorm:"primaryKey"`
	State     RegistrationState
	CheckedBy *int64 // nil: vouched for on the server's command line
	CheckedAt time.Time
	ExpiresAt *time.Time // nil: not told
	RecheckAt *time.Time // when the register is looked at again
	DueAt     *time.Time // when somebody is told next, or it ends
}

// Session is one signed-in (or not yet signed-in) browser. Key is the SHA-256 of
// the cookie's token, so that a copy of the database opens no session.
type Session struct {
	Key       string `gorm:"primaryKey"`
	PersonID  *int64
	Data      string        // small values carried between requests, JSON
	Idle      time.Duration // ends when unused for so long
	CreatedAt time.Time
	SeenAt    time.Time  // written at most once a minute
	ExpiresAt time.Time  // ends then, used or not
	Device    string     // such as "Firefox on Android"; may be empty
	Roles     string     // the person's when it began: it is renewed when they change
	Shared    bool       // on a device that others use
	ProvenAt  *time.Time // when the second factor was last given in it
}

// Link is a one-time link. Only its hash is kept.
type Link struct {
	Key       string `gorm:"primaryKey"` // SHA-256 of the link's token
	Purpose   LinkPurpose
	PersonID  *int64
	State     LinkState
	ExpiresAt time.Time
	CreatedAt time.Time
}

// LinkPurpose is what following a one-time link does.
type LinkPurpose string

const (
	LinkSetPassword LinkPurpose = "set_password"
	LinkFirstAdmin  LinkPurpose = "first_admin"
	LinkConfirm     LinkPurpose = "confirm_email"
	LinkReset       LinkPurpose = "reset_password"
)

// LinkState is whether a one-time link still works.
type LinkState string

const (
	LinkOpen LinkState = "open"
	LinkUsed LinkState = "used"
)
