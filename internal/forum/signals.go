package forum

import (
	"context"
	"errors"
	"fmt"
	"time"

	"snowdrop/moderation"
)

// raise puts signals on the post's case and opens, re-opens or raises the case.
// Without a band there is no case to open; an existing one still takes the
// signals.
func (c *Community) raise(ctx context.Context, tx Store, p Post, band moderation.Band, signals []Signal) error {
	now := c.now()
	found, err := tx.CaseOfPost(ctx, p.ID)
	switch {
	case errors.Is(err, ErrNoRow):
		if band == moderation.None || band == "" {
			return nil
		}
		found = Case{PostID: p.ID, Band: band, State: CaseOpen, Version: 1, OpenedAt: now}
		c.setClock(&found, now)
		if err := tx.AddCase(ctx, &found); err != nil {
			return fmt.Errorf("open a case: %w", err)
		}
		if err := c.recordCase(ctx, tx, nil, found.ID, "case.opened", string(band)); err != nil {
			return err
		}
	case err != nil:
		return fmt.Errorf("look up the case of post %d: %w", p.ID, err)
	default:
		if err := c.reopen(ctx, tx, &found, band, now); err != nil {
			return err
		}
	}
	for i := range signals {
		signals[i].CaseID, signals[i].Revision, signals[i].CreatedAt = found.ID, p.Revision, now
	}
	if len(signals) == 0 {
		return nil
	}
	if err := tx.AddSignals(ctx, signals); err != nil {
		return fmt.Errorf("add signals: %w", err)
	}
	return nil
}

// reopen brings a decided case back, and raises the band of a live one. A
// deadline never moves later while the case is live. One that waited is open
// again: an answer has come. Its version grows either way, so that nobody decides
// on what they have not seen.
func (c *Community) reopen(ctx context.Context, tx Store, k *Case, band moderation.Band, now time.Time) error {
	detail, action := string(k.Band), "case.signal"
	switch {
	case !k.State.Live():
		k.State, k.Band, k.OpenedAt, k.DecidedAt = CaseOpen, worse(band, moderation.P4), now, nil
		k.HolderID, k.Lease, k.LeaseUntil = nil, "", nil
		c.setClock(k, now)
		detail, action = string(k.Band), "case.reopened"
	case worse(band, k.Band) != k.Band:
		detail, action = string(k.Band)+" to "+string(band), "case.raised"
		lookBy, decideBy := k.LookBy, k.DecideBy
		k.Band = band
		c.setClock(k, now)
		k.LookBy, k.DecideBy = earlier(lookBy, k.LookBy), earlier(decideBy, k.DecideBy)
	}
	if k.State == CaseWaiting {
		k.State = CaseOpen
	}
	if err := tx.SaveCase(ctx, k); err != nil {
		return fmt.Errorf("re-open case %d: %w", k.ID, err)
	}
	return c.recordCase(ctx, tx, nil, k.ID, action, detail)
}

func (c *Community) setClock(k *Case, now time.Time) {
	clock := c.Clocks[k.Band]
	k.LookBy, k.DecideBy = now.Add(clock.Look), now.Add(clock.Decide)
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func (c *Community) recordCase(ctx context.Context, tx Store, actor *int64, id int64, action, detail string) error {
	if err := tx.AddRecord(ctx, RecordEntry{ActorID: actor, Action: action, Subject: "case", SubjectID: id, Detail: detail, CreatedAt: c.now()}); err != nil {
		return fmt.Errorf("record %s: %w", action, err)
	}
	return nil
}
