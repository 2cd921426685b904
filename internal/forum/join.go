package forum

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"snowdrop/internal/secret"
	"snowdrop/moderation"
)

// NewPerson is the form of somebody who joins.
type NewPerson struct {
	Name     string
	KeepName bool // although it looks like a full name
	Email    string
	Password string
	Adult    bool   // says they are 18 or over
	Consent  bool   // explicit consent to keep what they write about their health
	Address  string // the network address they come from, for throttling only
}

// Join makes an account and returns it. Its address is not confirmed, and whether
// somebody else has it is not even looked up: see [Community.WriteLetters].
func (c *Community) Join(ctx context.Context, n NewPerson) (Person, error) {
	if err := c.throttle(ctx, "join", n.Address, limitJoin); err != nil {
		return Person{}, err
	}
	name, nameErr := c.checkAlias(ctx, n.Name, n.KeepName, 0)
	if KindOf(nameErr) == Internal && nameErr != nil {
		return Person{}, nameErr
	}
	email, emailErr := checkEmail(n.Email)
	faults := []error{nameErr, emailErr, c.checkPassword(n.Password, false, name, email)}
	if !n.Adult {
		faults = append(faults, invalid("adult", "Snowdrop is for people who are 18 or over. If you are younger, the help page lists people you can talk to now."))
	}
	if !n.Consent {
		faults = append(faults, invalid("consent", "We need your consent to keep what you write about your health. Without it we can't make an account; you can still read."))
	}
	if err := errors.Join(faults...); err != nil {
		return Person{}, err
	}
	hash, err := c.hash(ctx, n.Password)
	if err != nil {
		return Person{}, err
	}
	now := c.now()
	_, stand := secret.NewToken()
	p := Person{
		Name: name, NameKey: nameKey(name), Look: moderation.Look(name), EmailKey: "unconfirmed " + stand, EmailState: EmailUnconfirmed,
		PasswordHash: hash, ConsentAt: &now, CreatedAt: now,
	}
	err = c.store.Tx(ctx, func(tx Store) error {
		if err := tx.AddPerson(ctx, &p); err != nil {
			return err
		}
		if err := c.claimAddress(ctx, tx, p.ID, email); err != nil {
			return err
		}
		return tx.AddRecord(ctx, RecordEntry{ActorID: &p.ID, Action: "person.joined", Subject: "person", SubjectID: p.ID, Detail: "consent to health data", CreatedAt: now})
	})
	if errors.Is(err, ErrTaken) {
		return c.taken(ctx, p, email, n.Password)
	}
	if err != nil {
		return Person{}, fmt.Errorf("join: %w", err)
	}
	c.Nudge()
	return p, nil
}

// taken answers somebody who joins with a name that is in use. If everything else
// is that account's too, and it is not confirmed yet, it is the same person
// pressing the button twice, and they are let in. That a name is in use is public
// anyway; it takes as long whoever's it is.
func (c *Community) taken(ctx context.Context, p Person, email, password string) (Person, error) {
	if err := c.throttle(ctx, "sign-in-account", c.emailKeys(email)[0], limitSignInAccount); err != nil {
		return Person{}, err
	}
	known, err := c.store.PersonByName(ctx, p.NameKey)
	if err != nil && !errors.Is(err, ErrNoRow) {
		return Person{}, fmt.Errorf("look up an account: %w", err)
	}
	claimed, err := c.store.Pending(ctx, known.ID)
	if err != nil && !errors.Is(err, ErrNoRow) {
		return Person{}, fmt.Errorf("look up an account: %w", err)
	}
	same := known.EmailState == EmailUnconfirmed && slices.Contains(c.emailKeys(email), claimed.EmailKey)
	if !same {
		known.PasswordHash = ""
	}
	ok, err := c.hasher.Verify(ctx, known.PasswordHash, password)
	if err != nil {
		return Person{}, busy(err)
	}
	if !ok || !same {
		return Person{}, invalid("name", "Somebody here already uses this name. Please choose another one.")
	}
	return known, nil
}

func (c *Community) newPerson(name, email string) (Person, error) {
	sealed, err := c.keys.Seal(email, "email")
	if err != nil {
		return Person{}, fmt.Errorf("seal an address: %w", err)
	}
	return Person{
		Name: name, NameKey: nameKey(name), Look: moderation.Look(name),
		EmailKey: c.emailKeys(email)[0], EmailSealed: sealed, EmailState: EmailConfirmed,
		CreatedAt: c.now(),
	}, nil
}

func checkEmail(typed string) (string, error) {
	email, err := checkText("email", "your e-mail address", typed, 1, 254)
	if err != nil {
		return email, err
	}
	parsed, err := mail.ParseAddress(email)
	if err != nil || parsed.Address != email || !strings.Contains(email[strings.LastIndex(email, "@"):], ".") {
		return email, invalid("email", "Please write an e-mail address like name@example.com.")
	}
	return email, nil
}
