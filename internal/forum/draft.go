package forum

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"time"

	"snowdrop/internal/secret"
)

// How long words that are not posted are kept.
const (
	draftLife = 30 * 24 * time.Hour
	keptLife  = 24 * time.Hour // for somebody who has not signed in yet
)

// draftPath is a form whose words can be kept.
var draftPath = regexp.MustCompile(`^/threads$|^/threads/[1-9][0-9]{0,17}/comments$|^/posts/[1-9][0-9]{0,17}/edit$|^/care/[1-9][0-9]{0,17}$|^/me/decisions/[1-9][0-9]{0,17}/note$|^/questions/[1-9][0-9]{0,17}/answer$`)

// maxDraft bounds a kept form, in bytes: a full body in the widest script.
const maxDraft = 120_000

// KeepWords keeps a form for somebody whose session had ended. The token claims
// it after they sign in.
func (c *Community) KeepWords(ctx context.Context, path string, form url.Values, address string) (token string, err error) {
	if err := c.throttle(ctx, "keep", address, limitKeep); err != nil {
		return "", err
	}
	d, err := c.draft(path, form, keptLife)
	if err != nil {
		return "", err
	}
	token, d.Claim = secret.NewToken()
	if err := c.store.AddDraft(ctx, &d); err != nil {
		return "", fmt.Errorf("keep words: %w", err)
	}
	return token, nil
}

// ClaimWords gives kept words to the person who signed in. ok is false when
// there are none.
func (c *Community) ClaimWords(ctx context.Context, personID int64, token string) (d Draft, ok bool, err error) {
	d, err = c.store.ClaimDraft(ctx, secret.TokenKey(token), personID, c.now().Add(draftLife))
	if errors.Is(err, ErrNoRow) {
		return Draft{}, false, nil
	}
	if err != nil {
		return Draft{}, false, fmt.Errorf("claim kept words: %w", err)
	}
	return d, true, nil
}

// SaveDraft saves a form as a draft: a new one, or over the draft with the id.
func (c *Community) SaveDraft(ctx context.Context, a Actor, id int64, path string, form url.Values) (int64, error) {
	if !a.SignedIn() {
		return 0, errSignedOut
	}
	d, err := c.draft(path, form, draftLife)
	if err != nil {
		return 0, err
	}
	d.PersonID = &a.ID
	if id != 0 {
		d.ID = id
		err := c.store.SaveDraft(ctx, d)
		if err == nil {
			return id, nil
		}
		if !errors.Is(err, ErrNoRow) {
			return 0, fmt.Errorf("save a draft: %w", err)
		}
		d.ID = 0 // posted or thrown away in another tab: keep the words anew
	}
	if err := c.store.AddDraft(ctx, &d); err != nil {
		return 0, fmt.Errorf("save a draft: %w", err)
	}
	return d.ID, nil
}

func (c *Community) draft(path string, form url.Values, life time.Duration) (Draft, error) {
	if !draftPath.MatchString(path) {
		return Draft{}, errNotFound
	}
	fields, err := json.Marshal(form)
	if err != nil {
		return Draft{}, fmt.Errorf("keep a form: %w", err)
	}
	if len(fields) > maxDraft {
		return Draft{}, invalid("body", "This is longer than we can keep as a draft. Please copy your words somewhere safe.")
	}
	now := c.now()
	return Draft{Path: path, Fields: string(fields), CreatedAt: now, UpdatedAt: now, ExpiresAt: now.Add(life)}, nil
}

// Form reads back the form that a draft holds.
func (d Draft) Form() (url.Values, error) {
	var form url.Values
	if err := json.Unmarshal([]byte(d.Fields), &form); err != nil {
		return nil, fmt.Errorf("read draft %d: %w", d.ID, err)
	}
	return form, nil
}

// Draft reads one of a person's drafts.
func (c *Community) Draft(ctx context.Context, a Actor, id int64) (Draft, error) {
	d, err := c.store.Draft(ctx, a.ID, id)
	if errors.Is(err, ErrNoRow) {
		return Draft{}, errNotFound
	}
	if err != nil {
		return Draft{}, fmt.Errorf("read a draft: %w", err)
	}
	return d, nil
}

// Drafts lists a person's drafts, newest first.
func (c *Community) Drafts(ctx context.Context, a Actor) ([]Draft, error) {
	ds, err := c.store.Drafts(ctx, a.ID)
	if err != nil {
		return nil, fmt.Errorf("list drafts: %w", err)
	}
	return ds, nil
}

// DropDraft throws a draft away; one that is gone already is no error.
func (c *Community) DropDraft(ctx context.Context, a Actor, id int64) error {
	if err := c.store.DropDraft(ctx, a.ID, id); err != nil && !errors.Is(err, ErrNoRow) {
		return fmt.Errorf("drop a draft: %w", err)
	}
	return nil
}
