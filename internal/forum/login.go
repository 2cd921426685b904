package forum

import (
	"context"
	"time"
)

// EmailState is whether the owner of an account's address has confirmed it.
type EmailState string

const (
	EmailUnconfirmed EmailState = "unconfirmed" // may read and write; what is posted is held
	EmailConfirmed   EmailState = "confirmed"
)

// PendingAddress is an address that somebody says is theirs. Several people may
// say so of the same one: it becomes the account's own when a link sent to it is
// followed, and until then it tells nobody whether others have it.
type PendingAddress struct {
	PersonID    int64 `gorm:"primaryKey"`
	EmailKey    string
	EmailSealed []byte
	CreatedAt   time.Time
}

// LetterKind is what a letter is for.
type LetterKind string

const (
	LetterConfirm LetterKind = "confirm" // to a pending address
	LetterForgot  LetterKind = "forgot"  // to somebody who cannot sign in
)

// Letter is a mail that somebody asked for. Whether the address is known is looked
// up after the request was answered, so that the answer cannot tell.
type Letter struct {
	ID        int64
	Kind      LetterKind
	PersonID  *int64 // with LetterConfirm: whose pending address it is
	Sealed    []byte // the address
	CreatedAt time.Time
}

// Device is a kind of browser that a person has signed in with.
type Device struct {
	PersonID int64  `gorm:"primaryKey"`
	Name     string `gorm:"primaryKey"` // such as "Firefox on Android"
	SeenAt   time.Time
}

// FactorState is how far setting up a second factor has come.
type FactorState string

const (
	FactorProposed FactorState = "proposed" // shown, not yet proven to work
	FactorOn       FactorState = "on"
)

// SecondFactor is the secret that a person's app makes codes from (RFC 6238).
type SecondFactor struct {
	PersonID     int64 `gorm:"primaryKey"`
	SecretSealed []byte
	State        FactorState
	LastStep     int64 // the latest 30 seconds whose code was used: a code works once
	CreatedAt    time.Time
}

// CodeState is whether a recovery code still works.
type CodeState string

const (
	CodeOpen CodeState = "open"
	CodeUsed CodeState = "used"
)

// RecoveryCode is one of the codes that stand in for a lost app or passkey. Only its hash is
// kept.
type RecoveryCode struct {
	PersonID int64  `gorm:"primaryKey"`
	Key      string `gorm:"primaryKey"`
	State    CodeState
}

// SealedColumn is a column of sealed values. Index, if any, is the column beside it
// by which the value is found.
type SealedColumn struct {
	Table, ID, Column, Index string
	Purpose                  string
}

// SealedColumns is every sealed column there is: what a change of keys walks
// through. A test holds it against the schema.
var SealedColumns = []SealedColumn{
	{Table: "people", ID: "id", Column: "email_sealed", Index: "email_key", Purpose: "email"},
	{Table: "pending_addresses", ID: "person_id", Column: "email_sealed", Index: "email_key", Purpose: "email"},
	{Table: "letters", ID: "id", Column: "sealed", Purpose: "email"},
	{Table: "mails", ID: "id", Column: "sealed", Purpose: mailContext},
	{Table: "second_factors", ID: "person_id", Column: "secret_sealed", Purpose: factorContext},
	{Table: "passkeys", ID: "id", Column: "name_sealed", Purpose: passkeyContext},
	{Table: "sealed_notes", ID: "id", Column: "body", Purpose: sealedContext},
	{Table: "kept_copies", ID: "id", Column: "body", Purpose: keptContext},
	{Table: "applications", ID: "id", Column: "number_sealed", Index: "number_key", Purpose: registerNumber},
	{Table: "applications", ID: "id", Column: "name_sealed", Purpose: registeredName},
	{Table: "applications", ID: "id", Column: "employer_sealed", Purpose: employerName},
}

// SealedRow is one value of a [SealedColumn].
type SealedRow struct {
	ID    int64
	Value []byte
	Key   string // of the index; empty when the column has none
}

// AccountStore holds what signing in needs.
type AccountStore interface {
	// SetAddress gives a person a confirmed address; ErrTaken when somebody else
	// has confirmed it. Call it in a transaction of its own.
	SetAddress(ctx context.Context, personID int64, key string, sealed []byte) error
	SetPending(ctx context.Context, p PendingAddress) error // instead of an earlier one
	Pending(ctx context.Context, personID int64) (PendingAddress, error)
	DropPending(ctx context.Context, personID int64) error
	// PersonByPending finds the latest unconfirmed account with a pending address.
	PersonByPending(ctx context.Context, emailKey string) (Person, error)

	AddLetter(ctx context.Context, l Letter) error
	Letters(ctx context.Context, limit int) ([]Letter, error) // oldest first
	TakeLetter(ctx context.Context, id int64) error           // deletes it; ErrNoRow when somebody else did

	Sessions(ctx context.Context, personID int64) ([]Session, error) // latest used first
	// RenewSession gives a session another key and other lifetimes; ErrNoRow when
	// it was revoked.
	RenewSession(ctx context.Context, old string, s Session) error
	// SeeDevice notes a device and says whether it was known, and whether any was.
	SeeDevice(ctx context.Context, d Device) (known, some bool, err error)
	// DropLinks makes a person's open links of some purposes useless.
	DropLinks(ctx context.Context, personID int64, purposes ...LinkPurpose) error

	SecondFactor(ctx context.Context, personID int64) (SecondFactor, error)
	SetSecondFactor(ctx context.Context, f SecondFactor) error
	DropSecondFactor(ctx context.Context, personID int64) error
	// UseStep notes that the code of a step was used; ErrNoRow when that one, or a
	// later one, was used before.
	UseStep(ctx context.Context, personID, step int64) error
	SetRecoveryCodes(ctx context.Context, personID int64, keys []string) error
	UseRecoveryCode(ctx context.Context, personID int64, key string) error // once; ErrNoRow otherwise
	CountRecoveryCodes(ctx context.Context, personID int64) (int, error)

	// Pause reads how often in a row key went over its limit, and until when it is
	// paused; zero values when it never did.
	Pause(ctx context.Context, key string) (strikes int, until time.Time, err error)
	SetPause(ctx context.Context, key string, strikes int, until time.Time) error

	// SealedRows lists values that do not begin with mark, by ID from after on.
	SealedRows(ctx context.Context, c SealedColumn, mark []byte, after int64, limit int) ([]SealedRow, error)
	// Reseal replaces a value, if it is still was; ErrLost otherwise.
	Reseal(ctx context.Context, c SealedColumn, was, is SealedRow) error
}
