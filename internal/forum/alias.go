package forum

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"snowdrop/moderation"
)

// renameEvery is how often somebody may change their name: others must be able to
// tell who they talk with.
const renameEvery = 30 * 24 * time.Hour

// EarlierName is a name that somebody had, for staff to see.
type EarlierName struct {
	ID        int64
	PersonID  int64
	Name      string
	ChangedAt time.Time
}

// Words that would make a member look like somebody else, as they look to the eye.
// reservedWords count when they are a word of a name; reservedParts are long enough
// to count wherever they stand, with or without spaces between the letters.
var (
	reservedWords = looks("admin", "administrator", "staff", "team", "official", "support", "nhs", "nmc", "dr", "doctor", "nurse", "consultant", "obstetrician",
		"gp", "sands", "mod", "mods", "helpline", "system", "root", "webmaster", "moderation", "safeguarding", "lead")
	reservedParts = looks("midwife", "midwives", "moderator", "snowdrop", "samaritan", "tommys", "gynaecologist", "miscarriageassociation")
)

func looks(words ...string) map[string]string {
	m := map[string]string{}
	for _, w := range words {
		m[moderation.Look(w)] = w
	}
	return m
}

// nameKey is a name as it is compared: folded, and without the marks that nobody
// sees, by which one name could be made to look like another.
func nameKey(name string) string {
	return fold(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, name))
}

// reserved finds the reserved word that a name looks like; empty when there is none.
func reserved(name string) string {
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("-._'’,", r) }) {
		if w, ok := reservedWords[moderation.Look(word)]; ok {
			return w
		}
	}
	whole := moderation.Look(name)
	if w, ok := reservedWords[whole]; ok { // N.H.S.
		return w
	}
	rest := strings.ReplaceAll(whole, moderation.Look("midwifery"), "") // what some people learn
	for part, w := range reservedParts {
		if strings.Contains(rest, part) {
			return w
		}
	}
	return ""
}

// checkName tidies a name and refuses what cannot be one.
func checkName(typed string) (string, error) {
	name, err := checkText("name", "a name", typed, MinName, MaxName)
	if err != nil {
		return name, err
	}
	if strings.ContainsAny(name, "\n\t@<>/\\") {
		return name, invalid("name", "A name can have letters, numbers, spaces, hyphens and dots, but no line breaks or @ signs.")
	}
	if utf8.RuneCountInString(nameKey(name)) < MinName {
		return name, invalid("name", fmt.Sprintf("Please choose a name with %d or more characters that people can see.", MinName))
	}
	if err := checkPlain("name", name); err != nil {
		return name, err
	}
	if w := reserved(name); w != "" {
		return name, invalid("name", "Please choose a name without “"+w+"” in it, so that nobody takes you for one of our team.")
	}
	return name, nil
}

// checkPlain refuses ways to reach somebody outside, and what spans lines.
func checkPlain(field, text string) error {
	if strings.ContainsAny(text, "\n\t") || moderation.Contact(text) {
		return invalid(field, "Please leave out e-mail addresses, phone numbers and web addresses, so that you stay private.")
	}
	return nil
}

// checkAlias is checkName, and asks once about what looks like somebody's full
// name; keep is the answer. but is whose name it is to be; 0 for somebody new.
func (c *Community) checkAlias(ctx context.Context, typed string, keep bool, but int64) (string, error) {
	name, err := checkName(typed)
	if err != nil {
		return name, err
	}
	other, err := c.store.PersonByLook(ctx, moderation.Look(name), but)
	switch {
	case err == nil && other.NameKey == nameKey(name): // that it is taken is answered where it is
		return name, nil
	case err == nil:
		return name, invalid("name", "Somebody here uses a name that looks the same. Please choose another one.")
	case !errors.Is(err, ErrNoRow):
		return name, fmt.Errorf("look up a name: %w", err)
	}
	if !keep && moderation.FullName(name) {
		return name, invalid("keep_name", "This looks like a full name. Other people may recognise you by it. You can change it, or keep it.")
	}
	return name, nil
}

// ChangeName gives the actor another name. The one before is kept for staff.
func (c *Community) ChangeName(ctx context.Context, a Actor, typed string, keep bool) error {
	if !a.SignedIn() {
		return errSignedOut
	}
	if _, leaving, err := c.Leaving(ctx, a); err != nil {
		return err
	} else if leaving {
		return invalid("name", "You asked to leave, so your name is hidden. Stay first, then change it.")
	}
	name, err := c.checkAlias(ctx, typed, keep, a.ID)
	if err != nil {
		return err
	}
	if name == a.Name {
		return nil
	}
	earlier, err := c.store.EarlierNames(ctx, a.ID)
	if err != nil {
		return fmt.Errorf("list earlier names: %w", err)
	}
	now := c.now()
	if len(earlier) > 0 {
		if next := earlier[0].ChangedAt.Add(renameEvery); now.Before(next) {
			return &Error{Kind: TooMany, Field: "name", Retry: next.Sub(now), Message: "You have changed your name lately. You can do so once in 30 days, so that people here know who they talk with."}
		}
	}
	p := Person{ID: a.ID, Name: name, NameKey: nameKey(name), Look: moderation.Look(name)}
	err = c.store.Tx(ctx, func(tx Store) error {
		if err := tx.SetName(ctx, p, EarlierName{PersonID: a.ID, Name: a.Name, ChangedAt: now}); err != nil {
			return err
		}
		return tx.AddRecord(ctx, RecordEntry{ActorID: &a.ID, Action: "person.renamed", Subject: "person", SubjectID: a.ID, CreatedAt: now})
	})
	if errors.Is(err, ErrTaken) {
		return invalid("name", "Somebody here already uses this name. Please choose another one.")
	}
	if err != nil {
		return fmt.Errorf("change a name: %w", err)
	}
	return nil
}

// fillLooks works out the look of names that were there before looks were kept.
func (c *Community) fillLooks(ctx context.Context) error {
	people, err := c.store.WithoutLook(ctx, 500)
	if err != nil {
		return fmt.Errorf("list names: %w", err)
	}
	for _, p := range people {
		if p.Look = moderation.Look(p.Name); p.Look == "" || strings.HasPrefix(p.NameKey, "(") {
			p.Look = p.NameKey // nobody's
		}
		if err := c.store.SetLook(ctx, p); err != nil {
			return fmt.Errorf("note the look of a name: %w", err)
		}
	}
	return nil
}

// expire removes accounts that never confirmed their address and wrote nothing.
func (c *Community) expire(ctx context.Context, now time.Time) error {
	if c.Retention.Unconfirmed <= 0 {
		return nil
	}
	people, err := c.store.Unconfirmed(ctx, now.Add(-c.Retention.Unconfirmed), forgetAtOnce)
	if err != nil {
		return fmt.Errorf("list accounts without an address: %w", err)
	}
	var failed error
	for _, p := range people {
		d := Departure{PersonID: p.ID, Mode: LeaveWords, Name: p.Name, AskedAt: now, EndsAt: now}
		err := c.store.Tx(ctx, func(tx Store) error {
			if wrote, err := tx.PostsBy(ctx, p.ID, 1); err != nil || len(wrote) > 0 {
				return errors.Join(err, ErrLost)
			}
			if err := tx.AddDeparture(ctx, d); err != nil {
				return err
			}
			if err := tx.Erase(ctx, d, now); err != nil {
				return err
			}
			return tx.AddRecord(ctx, RecordEntry{Action: "person.expired", Subject: "person", SubjectID: p.ID, Detail: "address never confirmed", CreatedAt: now})
		})
		if err != nil && !slices.ContainsFunc([]error{ErrLost, ErrTaken}, func(e error) bool { return errors.Is(err, e) }) {
			failed = errors.Join(failed, fmt.Errorf("remove person %d: %w", p.ID, err))
		}
	}
	return failed
}
