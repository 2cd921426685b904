package forum

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Seal writes a sealed note on a case. It waits for a second lead.
func (c *Community) Seal(ctx context.Context, a Actor, caseID int64, kind SealedKind, typed string) (int64, error) {
	if !a.Has(RoleLead) {
		return 0, errNotFound
	}
	k, err := c.kase(ctx, a, caseID)
	if err != nil {
		return 0, err
	}
	if kind != SealedEmergency && kind != SealedLawful {
		return 0, invalid("kind", "Please choose what this is about.")
	}
	if k.AuthorID == a.ID {
		return 0, invalid("", BarAuthor.Words())
	}
	text, err := checkText("body", "the note", typed, 1, MaxNote)
	if err != nil {
		return 0, err
	}
	body, err := c.keys.Seal(text, sealedContext)
	if err != nil {
		return 0, fmt.Errorf("seal a note: %w", err)
	}
	n := SealedNote{CaseID: caseID, Kind: kind, Body: body, State: SealedProposed, ByID: a.ID, CreatedAt: c.now()}
	err = c.store.Tx(ctx, func(tx Store) error {
		if err := tx.AddSealed(ctx, &n); err != nil {
			return err
		}
		return c.recordCase(ctx, tx, &a.ID, caseID, "sealed.proposed", fmt.Sprintf("note %d, %s", n.ID, kind))
	})
	if err != nil {
		return 0, fmt.Errorf("keep a sealed note: %w", err)
	}
	return n.ID, nil
}

const sealedContext = "sealed note"

// SignSealed is the second lead's signature. It is never the first one's.
func (c *Community) SignSealed(ctx context.Context, a Actor, id int64) error {
	if !a.Has(RoleLead) {
		return errNotFound
	}
	n, err := c.sealed(ctx, id)
	if err != nil {
		return err
	}
	err = c.store.Tx(ctx, func(tx Store) error {
		if err := tx.SignSealed(ctx, id, a.ID, c.now()); err != nil {
			return err
		}
		return c.recordCase(ctx, tx, &a.ID, n.CaseID, "sealed.signed", fmt.Sprintf("note %d, %s", id, n.Kind))
	})
	if errors.Is(err, ErrLost) {
		return &Error{Kind: LostRace, Message: "This has been signed already, or you wrote it yourself: another lead must sign."}
	}
	if err != nil {
		return fmt.Errorf("sign a sealed note: %w", err)
	}
	return nil
}

func (c *Community) sealed(ctx context.Context, id int64) (SealedNote, error) {
	n, err := c.store.Sealed(ctx, id)
	if errors.Is(err, ErrNoRow) {
		return n, errNotFound
	}
	if err != nil {
		return n, fmt.Errorf("find a sealed note: %w", err)
	}
	return n, nil
}

// SealedNotes lists the sealed notes of a case without their words.
func (c *Community) SealedNotes(ctx context.Context, a Actor, caseID int64) ([]SealedNote, error) {
	if !a.Has(RoleLead) {
		return nil, errNotFound
	}
	list, err := c.store.SealedNotes(ctx, caseID)
	if err != nil {
		return nil, fmt.Errorf("list sealed notes: %w", err)
	}
	for i := range list {
		list[i].Body = nil
	}
	return list, nil
}

// ReadSealed opens a sealed note. That it was read, by whom and for which of
// [SealPurposes] is on record before the words are handed out.
func (c *Community) ReadSealed(ctx context.Context, a Actor, id int64, purpose string) (string, error) {
	if !a.Has(RoleLead) {
		return "", errNotFound
	}
	if err := c.fresh(a); err != nil {
		return "", err
	}
	n, err := c.sealed(ctx, id)
	if err != nil {
		return "", err
	}
	if !slices.Contains(SealPurposes, purpose) {
		return "", invalid("purpose", "Please choose why you need to read this.")
	}
	if err := c.recordCase(ctx, c.store, &a.ID, n.CaseID, "sealed.read", fmt.Sprintf("note %d, %s", id, purpose)); err != nil {
		return "", err
	}
	text, err := c.keys.Open(n.Body, sealedContext)
	if err != nil {
		return "", fmt.Errorf("open sealed note %d: %w", id, err)
	}
	return text, nil
}

// ReadAddress unseals the e-mail address of the writer of a case's post, on
// record like [Community.ReadSealed].
func (c *Community) ReadAddress(ctx context.Context, a Actor, caseID int64, purpose string) (string, error) {
	if !a.Has(RoleLead) {
		return "", errNotFound
	}
	if err := c.fresh(a); err != nil {
		return "", err
	}
	k, err := c.kase(ctx, a, caseID)
	if err != nil {
		return "", err
	}
	if !slices.Contains(SealPurposes, purpose) {
		return "", invalid("purpose", "Please choose why you need to read this.")
	}
	if err := c.recordCase(ctx, c.store, &a.ID, caseID, "address.read", purpose); err != nil {
		return "", err
	}
	return c.anyAddress(ctx, k.AuthorID)
}
