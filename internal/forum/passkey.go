package forum

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"snowdrop/internal/secret"
)

const (
	passkeyContext = "passkey" // of its sealed name, and of what devices know an account by
	challengeLife  = 10 * time.Minute
	maxPasskeys    = 10
	maxPasskeyName = 40
)

// Passkey is a key that a device of its owner holds and uses once they have unlocked
// it: a second factor without a code to type (Web Authentication). The site knows its
// public half only.
type Passkey struct {
	ID         int64
	PersonID   int64
	NameSealed []byte // what its owner calls it
	Credential string // base64url
	PublicKey  string // base64url
	Handle     string // what the device knows the account by; says nothing of the person
	Transports string // how browsers reach the device, separated by spaces
	Signatures int64  // as the key counts them; many always say 0
	Synced     bool   // its owner's devices may share it
	CreatedAt  time.Time
	UsedAt     *time.Time // nil: not yet
}

// OwnPasskey is a passkey as its owner sees it.
type OwnPasskey struct {
	ID        int64
	Name      string
	CreatedAt time.Time
	UsedAt    *time.Time
}

// ChallengeKind is what a challenge is for.
type ChallengeKind string

const (
	ChallengeAdd   ChallengeKind = "add"   // a new passkey
	ChallengeProve ChallengeKind = "prove" // a signature by one that is known
)

// Challenge is what a passkey has to sign. A session has one of a kind, and it is
// good once: a page opened later makes the one before worthless.
type Challenge struct {
	SessionKey string        `gorm:"primaryKey"`
	Kind       ChallengeKind `gorm:"primaryKey"`
	PersonID   int64
	Text       string
	ExpiresAt  time.Time
}

// PasskeyStore holds passkeys and what they have to sign.
type PasskeyStore interface {
	HasFactor(ctx context.Context, personID int64) (bool, error) // an app that is on, or a passkey
	DropFactors(ctx context.Context, personID int64) error       // of every kind, and the recovery codes

	Passkeys(ctx context.Context, personID int64) ([]Passkey, error) // oldest first
	AddPasskey(ctx context.Context, k Passkey) error                 // ErrTaken when it is somebody's already
	// UsePasskey notes a signature; ErrLost when the passkey is gone, or has noted as
	// many or more.
	UsePasskey(ctx context.Context, id, signatures int64, at time.Time) error
	DropPasskey(ctx context.Context, personID, id int64) error // ErrNoRow when it is not theirs

	SetChallenge(ctx context.Context, h Challenge) error // instead of an earlier one
	// TakeChallenge deletes a challenge; ErrNoRow when there is none, or somebody else
	// took it.
	TakeChallenge(ctx context.Context, sessionKey string, kind ChallengeKind) (Challenge, error)
}

var (
	errPasskey  = &Error{Kind: Invalid, Field: "passkey", Message: "That passkey didn’t work here. Please try once more, or use a code."}
	errCopied   = &Error{Kind: Invalid, Field: "passkey", Message: "This passkey answered as if somebody had a copy of it, so we didn’t let it in. Please use a code, and then take this passkey off your account. We have sent you an e-mail about it."}
	errStale    = &Error{Kind: LostRace, Field: "passkey", Message: "This page was open for a while, so we ask once more. Nothing has changed."}
	errUnproven = &Error{Kind: Unproven, Message: "Please give your second step once more first."}
)

// Passkeys lists the actor's passkeys, oldest first.
func (c *Community) Passkeys(ctx context.Context, a Actor) ([]OwnPasskey, error) {
	rows, err := c.store.Passkeys(ctx, a.ID)
	if err != nil {
		return nil, fmt.Errorf("list passkeys: %w", err)
	}
	list := make([]OwnPasskey, len(rows))
	for i, k := range rows {
		list[i] = OwnPasskey{ID: k.ID, CreatedAt: k.CreatedAt, UsedAt: k.UsedAt}
		if list[i].Name, err = c.keys.Open(k.NameSealed, passkeyContext); err != nil {
			return nil, fmt.Errorf("open a passkey's name: %w", err)
		}
	}
	return list, nil
}

// TakesPasskeys says whether browsers make passkeys at the site's address.
func (c *Community) TakesPasskeys() bool { return c.passkeys != nil }

// AskNewPasskey is what a browser needs to make a passkey for the actor in this
// session; empty where no browser would, see [secret.NewPasskeys].
func (c *Community) AskNewPasskey(ctx context.Context, a Actor, sessionKey string) (options string, err error) {
	if c.passkeys == nil || !a.SignedIn() {
		return "", nil
	}
	known, err := c.store.Passkeys(ctx, a.ID)
	if err != nil {
		return "", fmt.Errorf("list passkeys: %w", err)
	}
	options, text, err := c.passkeys.AskNew(c.handle(a.ID, known), a.Name, asSecret(known))
	if err != nil {
		return "", err
	}
	return options, c.challenge(ctx, Challenge{SessionKey: sessionKey, Kind: ChallengeAdd, PersonID: a.ID, Text: text})
}

// handle is what devices know an account by: always the same, so that a device keeps
// one passkey for it however often it is tried.
func (c *Community) handle(personID int64, known []Passkey) string {
	if len(known) > 0 {
		return known[0].Handle // from before a change of keys
	}
	return c.keys.Index(passkeyContext, fmt.Sprint(personID))
}

func asSecret(rows []Passkey) []secret.Passkey {
	list := make([]secret.Passkey, len(rows))
	for i, k := range rows {
		list[i] = secret.Passkey{ID: k.Credential, PublicKey: k.PublicKey, Handle: k.Handle, Transports: strings.Fields(k.Transports), Signatures: uint32(k.Signatures), Synced: k.Synced}
	}
	return list
}

func (c *Community) challenge(ctx context.Context, h Challenge) error {
	h.ExpiresAt = c.now().Add(challengeLife)
	if err := c.store.SetChallenge(ctx, h); err != nil {
		return fmt.Errorf("keep a challenge: %w", err)
	}
	return nil
}

// takeChallenge is the challenge that a session's page was given. It is gone then,
// whatever becomes of the answer.
func (c *Community) takeChallenge(ctx context.Context, sessionKey string, kind ChallengeKind, personID int64) (string, error) {
	h, err := c.store.TakeChallenge(ctx, sessionKey, kind)
	if errors.Is(err, ErrNoRow) || err == nil && (h.PersonID != personID || !c.now().Before(h.ExpiresAt)) {
		return "", errStale
	}
	if err != nil {
		return "", fmt.Errorf("take a challenge: %w", err)
	}
	return h.Text, nil
}

// NewPasskey is the form that adds a passkey.
type NewPasskey struct {
	Name       string
	Password   string // for the first second factor; later ones need one that was given just now
	Answer     string // the browser's, as JSON
	SessionKey string
}

// AddPasskey adds a passkey to the actor's account. With the first second factor come
// recovery codes, which are never shown again.
func (c *Community) AddPasskey(ctx context.Context, a Actor, n NewPasskey) (codes []string, err error) {
	if !a.SignedIn() {
		return nil, errSignedOut
	}
	if c.passkeys == nil {
		return nil, invalid("", "Passkeys don’t work at this address. An app that makes codes does.")
	}
	if err := c.throttle(ctx, "code", fmt.Sprint(a.ID), limitCode); err != nil {
		return nil, err
	}
	on, err := c.HasFactor(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	if on && !c.Recent(a) {
		return nil, errUnproven
	}
	name, err := checkText("name", "a name", n.Name, 1, maxPasskeyName)
	if err != nil {
		return nil, err
	}
	if !on {
		if _, err := c.checkOwn(ctx, a, "password", n.Password); err != nil {
			return nil, err
		}
	}
	known, err := c.store.Passkeys(ctx, a.ID)
	if err != nil {
		return nil, fmt.Errorf("list passkeys: %w", err)
	}
	if len(known) >= maxPasskeys {
		return nil, invalid("passkey", "You have as many passkeys as we can keep. Please take one away first.")
	}
	text, err := c.takeChallenge(ctx, n.SessionKey, ChallengeAdd, a.ID)
	if err != nil {
		return nil, err
	}
	made, err := c.passkeys.CheckNew(c.handle(a.ID, known), text, n.Answer)
	if err != nil {
		return nil, c.badPasskey(ctx, err)
	}
	k := Passkey{
		PersonID: a.ID, Credential: made.ID, PublicKey: made.PublicKey, Handle: made.Handle, Transports: strings.Join(made.Transports, " "),
		Signatures: int64(made.Signatures), Synced: made.Synced, CreatedAt: c.now(),
	}
	if k.NameSealed, err = c.keys.Seal(name, passkeyContext); err != nil {
		return nil, fmt.Errorf("seal a passkey's name: %w", err)
	}
	err = c.store.Tx(ctx, func(tx Store) error {
		if err := tx.AddPasskey(ctx, k); err != nil {
			return err
		}
		if !on {
			if codes, err = newRecoveryCodes(ctx, tx, a.ID); err != nil {
				return err
			}
		}
		return c.tellAbout(ctx, tx, a.ID, "passkey.added", letterPasskey(c.BaseURL, true))
	})
	if errors.Is(err, ErrTaken) {
		return nil, errPasskey
	}
	if err != nil {
		return nil, fmt.Errorf("add a passkey: %w", err)
	}
	c.Nudge()
	return codes, nil
}

// badPasskey answers the person, and tells the log why: a site at another address than
// its settings say is found there.
func (c *Community) badPasskey(ctx context.Context, err error) error {
	if !errors.Is(err, secret.ErrPasskey) {
		return fmt.Errorf("check a passkey: %w", err)
	}
	c.log.InfoContext(ctx, "passkey refused", "why", err)
	return errPasskey
}

// AskPasskey is what a browser needs for a signature by one of a person's passkeys in
// this session; empty when they have none.
func (c *Community) AskPasskey(ctx context.Context, personID int64, sessionKey string) (options string, err error) {
	if c.passkeys == nil {
		return "", nil
	}
	known, err := c.store.Passkeys(ctx, personID)
	if err != nil {
		return "", fmt.Errorf("list passkeys: %w", err)
	}
	if len(known) == 0 {
		return "", nil
	}
	options, text, err := c.passkeys.Ask(asSecret(known))
	if err != nil {
		return "", err
	}
	return options, c.challenge(ctx, Challenge{SessionKey: sessionKey, Kind: ChallengeProve, PersonID: personID, Text: text})
}

// ProveByPasskey takes the answer of one of a person's passkeys. It counts against
// the same limit as codes.
func (c *Community) ProveByPasskey(ctx context.Context, personID int64, sessionKey, answer string) error {
	if err := c.throttle(ctx, "code", fmt.Sprint(personID), limitCode); err != nil {
		return err
	}
	if c.passkeys == nil {
		return errPasskey
	}
	text, err := c.takeChallenge(ctx, sessionKey, ChallengeProve, personID)
	if err != nil {
		return err
	}
	known, err := c.store.Passkeys(ctx, personID)
	if err != nil {
		return fmt.Errorf("list passkeys: %w", err)
	}
	used, err := c.passkeys.Check(asSecret(known), text, answer)
	if errors.Is(err, secret.ErrCopied) {
		return c.refuseCopied(ctx, personID)
	}
	if err != nil {
		return c.badPasskey(ctx, err)
	}
	for _, k := range known {
		if k.Credential == used.ID {
			err = c.store.UsePasskey(ctx, k.ID, int64(used.Signatures), c.now())
		}
	}
	if errors.Is(err, ErrLost) {
		return errPasskey
	}
	if err != nil {
		return fmt.Errorf("note a passkey's use: %w", err)
	}
	return nil
}

// refuseCopied is for a right signature whose count went back. The passkey stays,
// for its owner may still have the real one; they are told.
func (c *Community) refuseCopied(ctx context.Context, personID int64) error {
	err := c.store.Tx(ctx, func(tx Store) error {
		return c.tellAbout(ctx, tx, personID, "passkey.refused", letterCopied(c.BaseURL))
	})
	if err != nil {
		return fmt.Errorf("tell of a copied passkey: %w", err)
	}
	c.Nudge()
	return errCopied
}

// RemovePasskey takes one of the actor's passkeys away. It asks for a second factor
// that was given just now. Staff keep one way where it is asked of them.
func (c *Community) RemovePasskey(ctx context.Context, a Actor, id int64) error {
	known, err := c.store.Passkeys(ctx, a.ID)
	if err != nil {
		return fmt.Errorf("list passkeys: %w", err)
	}
	theirs := false
	for _, k := range known {
		theirs = theirs || k.ID == id
	}
	if !theirs {
		return errNotFound
	}
	if !c.Recent(a) {
		return errUnproven
	}
	app, err := c.HasApp(ctx, a.ID)
	if err != nil {
		return err
	}
	last := len(known) == 1 && !app
	if last {
		if err := c.mayGoWithout(ctx, a, ""); err != nil {
			return err
		}
	}
	err = c.store.Tx(ctx, func(tx Store) error {
		if err := tx.DropPasskey(ctx, a.ID, id); err != nil {
			return err
		}
		if last {
			if err := tx.DropFactors(ctx, a.ID); err != nil {
				return err
			}
		}
		return c.tellAbout(ctx, tx, a.ID, "passkey.removed", letterPasskey(c.BaseURL, false))
	})
	if errors.Is(err, ErrNoRow) {
		return errNotFound
	}
	if err != nil {
		return fmt.Errorf("remove a passkey: %w", err)
	}
	c.Nudge()
	return nil
}
