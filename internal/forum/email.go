package forum

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"snowdrop/internal/secret"
)

const (
	letterLife  = time.Hour // of a link in a letter
	mailContext = "mail"
)

// Subjects of letters say nothing about what this site is.
const (
	subjectConfirm  = "Please confirm your e-mail address"
	subjectAccount  = "About your account"
	subjectPassword = "Choose a new password"
	subjectSignIn   = "Was this you?"
	subjectRecord   = "Please keep this letter"
)

// Envelope is what a mail needs to leave: where to, and the words.
type Envelope struct {
	To   string `json:"to,omitempty"` // empty: the person's own address
	Text string `json:"text"`
}

// Envelope opens what is sealed of a mail. It answers [ErrNoRow] when there is no
// confirmed address to send it to.
func (c *Community) Envelope(ctx context.Context, m Mail) (Envelope, error) {
	e := Envelope{Text: m.Text}
	if len(m.Sealed) > 0 {
		plain, err := c.keys.Open(m.Sealed, mailContext)
		if err != nil {
			return Envelope{}, fmt.Errorf("open mail %d: %w", m.ID, err)
		}
		if err := json.Unmarshal([]byte(plain), &e); err != nil {
			return Envelope{}, fmt.Errorf("read mail %d", m.ID) // the cause would quote it
		}
	}
	if e.To != "" {
		return e, nil
	}
	var err error
	e.To, err = c.Address(ctx, m.PersonID)
	return e, err
}

// Address unseals where a person's mail goes; [ErrNoRow] while they have not
// confirmed one.
func (c *Community) Address(ctx context.Context, personID int64) (string, error) {
	p, err := c.store.Person(ctx, personID)
	if err == nil && p.EmailState == EmailUnconfirmed {
		err = ErrNoRow
	}
	if err != nil {
		return "", fmt.Errorf("look up person %d: %w", personID, err)
	}
	return c.keys.Open(p.EmailSealed, "email")
}

// claimed is the address that a person is to confirm; empty when there is none.
func (c *Community) claimed(ctx context.Context, personID int64) (string, error) {
	p, err := c.store.Pending(ctx, personID)
	if errors.Is(err, ErrNoRow) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("look up an address to confirm: %w", err)
	}
	return c.keys.Open(p.EmailSealed, "email")
}

// anyAddress is the address of somebody in danger, confirmed or not.
func (c *Community) anyAddress(ctx context.Context, personID int64) (string, error) {
	address, err := c.Address(ctx, personID)
	if !errors.Is(err, ErrNoRow) {
		return address, err
	}
	return c.claimed(ctx, personID)
}

// emailKeys are the keyed hashes that an address may be stored under.
func (c *Community) emailKeys(email string) []string { return c.keys.Indexes("email", fold(email)) }

// personByEmail finds who has confirmed an address.
func (c *Community) personByEmail(ctx context.Context, email string) (Person, error) {
	return firstOf(c.emailKeys(email), func(key string) (Person, error) { return c.store.PersonByEmail(ctx, key) })
}

// personByClaim finds who has yet to confirm an address, the latest of them.
func (c *Community) personByClaim(ctx context.Context, email string) (Person, error) {
	return firstOf(c.emailKeys(email), func(key string) (Person, error) { return c.store.PersonByPending(ctx, key) })
}

// firstOf looks under each key. There is more than one only while keys change.
func firstOf(keys []string, find func(string) (Person, error)) (p Person, err error) {
	for _, key := range keys {
		if p, err = find(key); !errors.Is(err, ErrNoRow) {
			return p, err
		}
	}
	return Person{}, err
}

// claimAddress notes an address that a person is to confirm, and asks for the
// letter that lets them. Links to an earlier address stop working.
func (c *Community) claimAddress(ctx context.Context, tx Store, personID int64, email string) error {
	sealed, err := c.keys.Seal(email, "email")
	if err != nil {
		return fmt.Errorf("seal an address: %w", err)
	}
	now := c.now()
	return errors.Join(
		tx.DropLinks(ctx, personID, LinkConfirm, LinkReset),
		tx.SetPending(ctx, PendingAddress{PersonID: personID, EmailKey: c.emailKeys(email)[0], EmailSealed: sealed, CreatedAt: now}),
		tx.AddLetter(ctx, Letter{Kind: LetterConfirm, PersonID: &personID, Sealed: sealed, CreatedAt: now}),
	)
}

// AskConfirm sends the letter to a pending address once more.
func (c *Community) AskConfirm(ctx context.Context, a Actor) error {
	if !a.SignedIn() {
		return errSignedOut
	}
	if err := c.throttle(ctx, "letter-account", fmt.Sprint(a.ID), limitLetterAccount); err != nil {
		return err
	}
	email, err := c.claimed(ctx, a.ID)
	if err != nil || email == "" {
		return err
	}
	if err := c.store.Tx(ctx, func(tx Store) error { return c.claimAddress(ctx, tx, a.ID, email) }); err != nil {
		return fmt.Errorf("ask for a letter: %w", err)
	}
	c.Nudge()
	return nil
}

// ChangeEmail begins a change of address: it counts once the new one is confirmed.
// The old one is told at once, so that somebody else's change does not go unseen.
func (c *Community) ChangeEmail(ctx context.Context, a Actor, email, password string) error {
	if !a.SignedIn() {
		return errSignedOut
	}
	email, err := checkEmail(email)
	if err != nil {
		return err
	}
	if err := c.throttle(ctx, "letter-account", fmt.Sprint(a.ID), limitLetterAccount); err != nil {
		return err
	}
	p, err := c.checkOwn(ctx, a, "password", password)
	if err != nil {
		return err
	}
	err = c.store.Tx(ctx, func(tx Store) error {
		if err := c.claimAddress(ctx, tx, a.ID, email); err != nil {
			return err
		}
		if p.EmailState == EmailConfirmed {
			if err := c.write(ctx, tx, fmt.Sprintf("email-asked:%d:%d", p.ID, c.now().UnixMicro()), p.ID, subjectAccount, Envelope{Text: letterEmailAsked(c.BaseURL)}); err != nil {
				return err
			}
		}
		return tx.AddRecord(ctx, RecordEntry{ActorID: &a.ID, Action: "email.asked", Subject: "person", SubjectID: a.ID, CreatedAt: c.now()})
	})
	if err != nil {
		return fmt.Errorf("change an address: %w", err)
	}
	c.Nudge()
	return nil
}

// PendingEmail is the address that the actor is to confirm; empty: none.
func (c *Community) PendingEmail(ctx context.Context, a Actor) (string, error) {
	return c.claimed(ctx, a.ID)
}

// checkOwn asks for the actor's own password before something that a thief of the
// session must not do.
func (c *Community) checkOwn(ctx context.Context, a Actor, field, password string) (Person, error) {
	if err := c.throttle(ctx, "own-password", fmt.Sprint(a.ID), limitSignInAccount); err != nil {
		return Person{}, err
	}
	p, err := c.store.Person(ctx, a.ID)
	if err != nil {
		return Person{}, fmt.Errorf("look up person %d: %w", a.ID, err)
	}
	if len(password) > 4*MaxPassword {
		password = ""
	}
	ok, err := c.hasher.Verify(ctx, p.PasswordHash, password)
	if err != nil {
		return Person{}, busy(err)
	}
	if !ok {
		return Person{}, invalid(field, "This is not your present password. Please try again.")
	}
	return p, nil
}

// ConfirmEmail follows a link that was sent to a pending address. Whoever is not
// signed in as its owner gives the password: a link alone must not make somebody
// else's account theirs, nor theirs somebody else's.
func (c *Community) ConfirmEmail(ctx context.Context, a Actor, token, password string) error {
	l, err := c.Link(ctx, token)
	if err != nil {
		return err
	}
	if l.Purpose != LinkConfirm || l.PersonID == nil {
		return errNotFound
	}
	if a.ID != *l.PersonID {
		if _, err := c.checkOwn(ctx, Actor{ID: *l.PersonID}, "password", password); err != nil {
			return err
		}
	}
	now := c.now()
	err = c.store.Tx(ctx, func(tx Store) error {
		if err := tx.UseLink(ctx, l.Key, now); errors.Is(err, ErrNoRow) {
			return errNotFound
		} else if err != nil {
			return err
		}
		return c.settleAddress(ctx, tx, *l.PersonID)
	})
	if err != nil {
		return fmt.Errorf("confirm an address: %w", err)
	}
	c.Nudge()
	return nil
}

// settleAddress makes the pending address the person's own, and tells the old one.
func (c *Community) settleAddress(ctx context.Context, tx Store, personID int64) error {
	p, err := tx.Person(ctx, personID)
	if err != nil {
		return err
	}
	pending, err := tx.Pending(ctx, personID)
	if errors.Is(err, ErrNoRow) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	if p.EmailState == EmailConfirmed {
		old, err := c.keys.Open(p.EmailSealed, "email")
		if err != nil {
			return fmt.Errorf("open an old address: %w", err)
		}
		key := fmt.Sprintf("email-changed:%d:%d", p.ID, c.now().UnixMicro())
		if err := c.write(ctx, tx, key, p.ID, subjectAccount, Envelope{To: old, Text: letterEmailChanged()}); err != nil {
			return err
		}
	}
	err = tx.Tx(ctx, func(inner Store) error {
		return inner.SetAddress(ctx, personID, pending.EmailKey, pending.EmailSealed)
	})
	if errors.Is(err, ErrTaken) {
		return errNotFound // somebody else confirmed it first
	}
	if err != nil {
		return err
	}
	if err := tx.DropPending(ctx, personID); err != nil {
		return err
	}
	return tx.AddRecord(ctx, RecordEntry{ActorID: &personID, Action: "email.confirmed", Subject: "person", SubjectID: personID, CreatedAt: c.now()})
}

// Forgot asks for a link by which a new password is set. It only notes the wish:
// whether anybody has the address is found out after the answer.
func (c *Community) Forgot(ctx context.Context, email, address string) error {
	if err := c.throttle(ctx, "forgot", address, limitForgot); err != nil {
		return err
	}
	email, err := checkEmail(email)
	if err != nil {
		return err
	}
	sealed, err := c.keys.Seal(email, "email")
	if err != nil {
		return fmt.Errorf("seal an address: %w", err)
	}
	if err := c.store.AddLetter(ctx, Letter{Kind: LetterForgot, Sealed: sealed, CreatedAt: c.now()}); err != nil {
		return fmt.Errorf("ask for a letter: %w", err)
	}
	return nil
}

// WriteLetters writes the letters that were asked for since it last ran. Any number
// of instances may do it at once: each letter is written once.
func (c *Community) WriteLetters(ctx context.Context) error {
	for {
		letters, err := c.store.Letters(ctx, 50)
		if err != nil {
			return fmt.Errorf("list the letters: %w", err)
		}
		if len(letters) == 0 {
			return nil
		}
		for _, l := range letters {
			if err := c.writeLetter(ctx, l); err != nil {
				return fmt.Errorf("write letter %d: %w", l.ID, err)
			}
		}
		c.Nudge()
	}
}

func (c *Community) writeLetter(ctx context.Context, l Letter) error {
	email, err := c.keys.Open(l.Sealed, "email")
	if err == nil && c.now().Sub(l.CreatedAt) < letterLife {
		// Nobody's letter box is filled by somebody else's pressing of a button.
		err = c.throttle(ctx, "letter", c.emailKeys(email)[0], limitLetter)
	} else {
		err = errNotFound
	}
	unwanted := KindOf(err) == TooMany || KindOf(err) == NotFound
	if err != nil && !unwanted {
		return err
	}
	err = c.store.Tx(ctx, func(tx Store) error {
		if err := tx.TakeLetter(ctx, l.ID); err != nil || unwanted {
			return err
		}
		within := c.With(tx, c.Options)
		if l.Kind == LetterForgot {
			return within.writeForgot(ctx, tx, l, email)
		}
		return within.writeConfirm(ctx, tx, l, email)
	})
	if errors.Is(err, ErrNoRow) {
		return nil // another instance was first
	}
	return err
}

// writeConfirm sends the link, or tells the owner of an address that somebody tried
// to use it.
func (c *Community) writeConfirm(ctx context.Context, tx Store, l Letter, email string) error {
	key := fmt.Sprintf("letter:%d", l.ID)
	owner, err := c.personByEmail(ctx, email)
	if err != nil && !errors.Is(err, ErrNoRow) {
		return err
	}
	if err == nil && owner.ID != *l.PersonID {
		return c.write(ctx, tx, key, owner.ID, subjectAccount, Envelope{Text: letterHaveAccount(c.BaseURL)})
	}
	pending, err := tx.Pending(ctx, *l.PersonID)
	if errors.Is(err, ErrNoRow) || err == nil && !slices.Contains(c.emailKeys(email), pending.EmailKey) {
		return nil // confirmed, or changed again meanwhile
	}
	if err != nil {
		return err
	}
	path, err := c.letterLink(ctx, tx, *l.PersonID, LinkConfirm)
	if err != nil {
		return err
	}
	return c.write(ctx, tx, key, *l.PersonID, subjectConfirm, Envelope{To: email, Text: letterConfirm(c.BaseURL + path)})
}

// writeForgot sends a link to whoever has the address; nothing to nobody.
func (c *Community) writeForgot(ctx context.Context, tx Store, l Letter, email string) error {
	p, err := c.personByEmail(ctx, email)
	if errors.Is(err, ErrNoRow) {
		p, err = c.personByClaim(ctx, email)
	}
	if errors.Is(err, ErrNoRow) {
		return nil
	}
	if err != nil {
		return err
	}
	path, err := c.letterLink(ctx, tx, p.ID, LinkReset)
	if err != nil {
		return err
	}
	return c.write(ctx, tx, fmt.Sprintf("letter:%d", l.ID), p.ID, subjectPassword, Envelope{To: email, Text: letterForgot(c.BaseURL + path)})
}

// letterLink makes a link that works once, for an hour, instead of earlier ones.
func (c *Community) letterLink(ctx context.Context, tx Store, personID int64, purpose LinkPurpose) (string, error) {
	if err := tx.DropLinks(ctx, personID, purpose); err != nil {
		return "", err
	}
	token, key := secret.NewToken()
	now := c.now()
	err := tx.AddLink(ctx, Link{Key: key, Purpose: purpose, PersonID: &personID, State: LinkOpen, CreatedAt: now, ExpiresAt: now.Add(letterLife)})
	return "/link/" + token, err
}

// write puts a mail into the queue. Its words and any address are sealed: the row
// would otherwise hold a link that opens an account.
func (c *Community) write(ctx context.Context, tx Store, key string, personID int64, subject string, e Envelope) error {
	plain, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write a mail: %w", err)
	}
	sealed, err := c.keys.Seal(string(plain), mailContext)
	if err != nil {
		return fmt.Errorf("seal a mail: %w", err)
	}
	m := Mail{Key: key, PersonID: personID, Subject: subject, Sealed: sealed, State: MailWaiting, CreatedAt: c.now()}
	if err := tx.AddMail(ctx, &m); err != nil {
		return fmt.Errorf("add a mail: %w", err)
	}
	if m.ID == 0 {
		return nil
	}
	if err := tx.AddJob(ctx, Job{Kind: JobMail, Key: fmt.Sprintf("mail:%d", m.ID), SubjectID: m.ID, State: JobReady, RunAt: m.CreatedAt, CreatedAt: m.CreatedAt}); err != nil {
		return fmt.Errorf("queue a mail: %w", err)
	}
	return nil
}
