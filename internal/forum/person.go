package forum

import "time"

// Person is somebody with an account. The e-mail address is sealed; EmailKey is
// a keyed hash by which it is found.
type Person struct {
	ID           int64
	Name         string     // the alias shown to others, 2 to 40 characters
	NameKey      string     // the alias folded for comparison; unique
	EmailKey     string     // keyed hash of the folded address; unique
	EmailSealed  []byte     // authenticated encryption of the address
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
}

// RegistrationState is what staff last saw on the nurses' and midwives' register.
type RegistrationState string

const (
	RegistrationCurrent   RegistrationState = "current"
	RegistrationSuspended RegistrationState = "suspended"
	RegistrationLapsed    RegistrationState = "lapsed"
	RegistrationRemoved   RegistrationState = "removed"
)

// Registration is the outcome of checking a midwife against the register.
type Registration struct {
	PersonID  int64 `gorm:"primaryKey"`
	State     RegistrationState
	CheckedBy *int64 // nil: vouched for on the server's command line
	CheckedAt time.Time
}

// Session is one signed-in (or not yet signed-in) browser. Key is the SHA-256 of
// the cookie's token, so that a copy of the database opens no session.
type Session struct {
	Key       string `gorm:"primaryKey"`
	PersonID  *int64
	Data      string        // small values carried between requests, JSON
	Idle      time.Duration // ends when unused for so long
	CreatedAt time.Time
	SeenAt    time.Time // written at most once a minute
	ExpiresAt time.Time // ends then, used or not
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
)

// LinkState is whether a one-time link still works.
type LinkState string

const (
	LinkOpen LinkState = "open"
	LinkUsed LinkState = "used"
)
