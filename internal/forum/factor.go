package forum

import (
	"context"
	"errors"
	"fmt"
	"time"

	"snowdrop/internal/secret"
)

const (
	factorContext = "second factor"
	// proposedLife is how long a secret that is shown may wait to be proven.
	proposedLife = time.Hour
	// provenLife is how long after a second factor what is sealed may be opened.
	provenLife = 15 * time.Minute
	// recoveryCodes is how many codes for a lost app are made at once.
	recoveryCodes = 10
)

// FactorProposal is a second factor to be set up: the secret to put into an app, by hand or by
// picture.
type FactorProposal struct {
	Secret  string   // base32
	URL     string   // otpauth://…
	Picture [][]bool // of URL, for a camera: rows of dark and light
}

func proposal(text, name string) FactorProposal {
	address := secret.TOTPAddress(text, name)
	return FactorProposal{text, address, secret.Picture(address)}
}

// ProposeFactor makes a secret for the actor's app, or shows again the one that
// waits to be proven.
func (c *Community) ProposeFactor(ctx context.Context, a Actor) (FactorProposal, error) {
	if !a.SignedIn() {
		return FactorProposal{}, errSignedOut
	}
	f, err := c.store.SecondFactor(ctx, a.ID)
	if err != nil && !errors.Is(err, ErrNoRow) {
		return FactorProposal{}, fmt.Errorf("look up a second factor: %w", err)
	}
	if err == nil && f.State == FactorOn {
		return FactorProposal{}, &Error{Kind: LostRace, Message: "Your app is set up already."}
	}
	now := c.now()
	if err == nil && now.Sub(f.CreatedAt) < proposedLife {
		text, err := c.keys.Open(f.SecretSealed, factorContext)
		return proposal(text, a.Name), err
	}
	text := secret.NewTOTP()
	f = SecondFactor{PersonID: a.ID, State: FactorProposed, CreatedAt: now}
	if f.SecretSealed, err = c.keys.Seal(text, factorContext); err != nil {
		return FactorProposal{}, fmt.Errorf("seal a second factor: %w", err)
	}
	if err := c.store.SetSecondFactor(ctx, f); err != nil {
		return FactorProposal{}, fmt.Errorf("store a second factor: %w", err)
	}
	return proposal(text, a.Name), nil
}

// TurnOnFactor turns the proposed factor on with a first code from the app. With the
// first second factor come recovery codes, which are never shown again; beside a
// passkey, one has to be given just before. The first one asks for the password:
// somebody who only has the session must not lock its owner out.
func (c *Community) TurnOnFactor(ctx context.Context, a Actor, password, code string) ([]string, error) {
	if !a.SignedIn() {
		return nil, errSignedOut
	}
	if err := c.throttle(ctx, "code", fmt.Sprint(a.ID), limitCode); err != nil {
		return nil, err
	}
	on, err := c.HasFactor(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	f, err := c.store.SecondFactor(ctx, a.ID)
	if errors.Is(err, ErrNoRow) || err == nil && (f.State != FactorProposed || c.now().Sub(f.CreatedAt) >= proposedLife) {
		return nil, &Error{Kind: LostRace, Message: "This page was open for a while, so we start again with a new key. Nothing else has changed."}
	}
	if err != nil {
		return nil, fmt.Errorf("look up a second factor: %w", err)
	}
	if on && !c.Recent(a) {
		return nil, errUnproven
	}
	if !on {
		if _, err := c.checkOwn(ctx, a, "present", password); err != nil {
			return nil, err
		}
	}
	step, err := c.step(f, code)
	if err != nil {
		return nil, err
	}
	f.State, f.LastStep = FactorOn, step
	var codes []string
	err = c.store.Tx(ctx, func(tx Store) error {
		if err := tx.SetSecondFactor(ctx, f); err != nil {
			return err
		}
		if !on {
			if codes, err = newRecoveryCodes(ctx, tx, a.ID); err != nil {
				return err
			}
		}
		return c.tellAbout(ctx, tx, a.ID, "factor.on", letterFactor(c.BaseURL, true))
	})
	if err != nil {
		return nil, fmt.Errorf("turn a second factor on: %w", err)
	}
	c.Nudge()
	return codes, nil
}

func newRecoveryCodes(ctx context.Context, tx Store, personID int64) ([]string, error) {
	codes, keys := make([]string, recoveryCodes), make([]string, recoveryCodes)
	for i := range codes {
		codes[i], keys[i] = secret.NewRecoveryCode()
	}
	return codes, tx.SetRecoveryCodes(ctx, personID, keys)
}

// errCode is the one answer to a wrong code, an old one and a used one.
var errCode = &Error{Kind: Invalid, Field: "code", Message: "This code doesn’t work, or not any more. Please type the newest one from your app, or a recovery code that you haven’t used."}

// step finds the 30 seconds that a code is of, and refuses one that was used.
func (c *Community) step(f SecondFactor, code string) (int64, error) {
	text, err := c.keys.Open(f.SecretSealed, factorContext)
	if err != nil {
		return 0, fmt.Errorf("open a second factor: %w", err)
	}
	step, ok := secret.MatchTOTP(text, code, c.now())
	if !ok || step <= f.LastStep {
		return 0, errCode
	}
	return step, nil
}

// HasFactor says whether somebody has to give a second factor to sign in: a code or a
// passkey.
func (c *Community) HasFactor(ctx context.Context, personID int64) (bool, error) {
	has, err := c.store.HasFactor(ctx, personID)
	if err != nil {
		return false, fmt.Errorf("look for a second factor: %w", err)
	}
	return has, nil
}

// HasApp says whether the actor has an app that makes codes.
func (c *Community) HasApp(ctx context.Context, personID int64) (bool, error) {
	f, err := c.store.SecondFactor(ctx, personID)
	if errors.Is(err, ErrNoRow) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look up a second factor: %w", err)
	}
	return f.State == FactorOn, nil
}

// Prove takes a code from the app or a recovery code. Each works once.
func (c *Community) Prove(ctx context.Context, personID int64, code string) error {
	if err := c.throttle(ctx, "code", fmt.Sprint(personID), limitCode); err != nil {
		return err
	}
	var err error
	if key, ok := secret.RecoveryKey(code); ok {
		err = c.store.Tx(ctx, func(tx Store) error {
			if err := tx.UseRecoveryCode(ctx, personID, key); err != nil {
				return err
			}
			return tx.AddRecord(ctx, RecordEntry{ActorID: &personID, Action: "factor.recovered", Subject: "person", SubjectID: personID, CreatedAt: c.now()})
		})
	} else {
		err = c.useCode(ctx, personID, code)
	}
	if errors.Is(err, ErrNoRow) {
		return errCode
	}
	if err != nil && KindOf(err) == Internal {
		return fmt.Errorf("check a code: %w", err)
	}
	return err
}

// useCode takes a code from the app; ErrNoRow when there is no app.
func (c *Community) useCode(ctx context.Context, personID int64, code string) error {
	f, err := c.store.SecondFactor(ctx, personID)
	if err != nil {
		return err
	}
	if f.State != FactorOn {
		return ErrNoRow
	}
	step, err := c.step(f, code)
	if err != nil {
		return err
	}
	return c.store.UseStep(ctx, personID, step)
}

// confirm asks for a code before something about the second factor is changed. Somebody
// with a passkey has used that just before instead.
func (c *Community) confirm(ctx context.Context, a Actor, code string) error {
	if code == "" && c.Recent(a) {
		known, err := c.store.Passkeys(ctx, a.ID)
		if err != nil {
			return fmt.Errorf("list passkeys: %w", err)
		}
		if len(known) > 0 {
			return nil
		}
	}
	return c.Prove(ctx, a.ID, code)
}

// mayGoWithout refuses to take the last second factor from staff, where it is asked
// of them.
func (c *Community) mayGoWithout(ctx context.Context, a Actor, field string) error {
	whole, err := c.Actor(ctx, a.ID) // a may be without its roles
	if err != nil {
		return err
	}
	if c.StaffFactor && whole.Staff() {
		return invalid(field, "Your work here needs the second step, so it stays on.")
	}
	return nil
}

// TurnOffFactor takes the app that makes codes away, with a code. Staff keep one second
// factor where it is asked of them.
func (c *Community) TurnOffFactor(ctx context.Context, a Actor, code string) error {
	known, err := c.store.Passkeys(ctx, a.ID)
	if err != nil {
		return fmt.Errorf("list passkeys: %w", err)
	}
	drop := Store.DropSecondFactor
	if len(known) == 0 {
		drop = Store.DropFactors
		if err := c.mayGoWithout(ctx, a, "code"); err != nil {
			return err
		}
	}
	if err := c.confirm(ctx, a, code); err != nil {
		return err
	}
	err = c.store.Tx(ctx, func(tx Store) error {
		return errors.Join(drop(tx, ctx, a.ID), c.tellAbout(ctx, tx, a.ID, "factor.off", letterFactor(c.BaseURL, false)))
	})
	if err != nil {
		return fmt.Errorf("turn a second factor off: %w", err)
	}
	c.Nudge()
	return nil
}

// RenewRecoveryCodes makes new recovery codes instead of all old ones.
func (c *Community) RenewRecoveryCodes(ctx context.Context, a Actor, code string) ([]string, error) {
	if err := c.confirm(ctx, a, code); err != nil {
		return nil, err
	}
	codes, err := newRecoveryCodes(ctx, c.store, a.ID)
	if err != nil {
		return nil, fmt.Errorf("make recovery codes: %w", err)
	}
	return codes, nil
}

// CountRecoveryCodes counts the recovery codes that the actor has left.
func (c *Community) CountRecoveryCodes(ctx context.Context, a Actor) (int, error) {
	n, err := c.store.CountRecoveryCodes(ctx, a.ID)
	if err != nil {
		return 0, fmt.Errorf("count recovery codes: %w", err)
	}
	return n, nil
}

// tellAbout puts a change of somebody's second factor on record and tells its owner.
func (c *Community) tellAbout(ctx context.Context, tx Store, personID int64, action, letter string) error {
	if err := tx.AddRecord(ctx, RecordEntry{ActorID: &personID, Action: action, Subject: "person", SubjectID: personID, CreatedAt: c.now()}); err != nil {
		return err
	}
	p, err := tx.Person(ctx, personID)
	if err != nil || p.EmailState != EmailConfirmed {
		return err
	}
	return c.write(ctx, tx, fmt.Sprintf("%s:%d:%d", action, personID, c.now().UnixMicro()), personID, subjectAccount, Envelope{Text: letter})
}

// Recent says whether the actor's second factor was given within the last quarter of
// an hour.
func (c *Community) Recent(a Actor) bool { return c.now().Sub(a.ProvenAt) < provenLife }

// fresh asks for the second factor again, if it was not given within the last
// quarter of an hour, before something sealed is opened.
func (c *Community) fresh(a Actor) error {
	if c.StaffFactor && !c.Recent(a) {
		return &Error{Kind: Unproven, Message: "This is sealed. Please give your second step once more."}
	}
	return nil
}
