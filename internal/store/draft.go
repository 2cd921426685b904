package store

import (
	"context"
	"time"

	"snowdrop/internal/forum"
)

// AddDraft stores d and gives it its ID.
func (s *Store) AddDraft(ctx context.Context, d *forum.Draft) error {
	return fault("add a draft", s.on(ctx).Create(d).Error)
}

// SaveDraft writes path, fields, UpdatedAt and ExpiresAt of a person's draft.
func (s *Store) SaveDraft(ctx context.Context, d forum.Draft) error {
	return must("save a draft", s.on(ctx).Model(&forum.Draft{}).Where("id = ? AND person_id = ?", d.ID, d.PersonID).
		UpdateColumns(map[string]any{
			"path": d.Path, "fields": d.Fields,
			"updated_at": micro(d.UpdatedAt), "expires_at": micro(d.ExpiresAt),
		}), forum.ErrNoRow)
}

// Draft finds a person's draft.
func (s *Store) Draft(ctx context.Context, personID, id int64) (forum.Draft, error) {
	var d forum.Draft
	err := s.on(ctx).Where("id = ? AND person_id = ?", id, personID).Take(&d).Error
	return d, fault("find a draft", err)
}

// Drafts lists a person's drafts, newest first.
func (s *Store) Drafts(ctx context.Context, personID int64) ([]forum.Draft, error) {
	var list []forum.Draft
	err := s.on(ctx).Where("person_id = ?", personID).Order("id DESC").Find(&list).Error
	return list, fault("list drafts", err)
}

// DropDraft deletes a person's draft; one that is gone already is no error.
func (s *Store) DropDraft(ctx context.Context, personID, id int64) error {
	return fault("drop a draft", s.on(ctx).Where("id = ? AND person_id = ?", id, personID).Delete(&forum.Draft{}).Error)
}

// ClaimDraft gives an unowned draft to a person. Of two who hold the token one wins.
func (s *Store) ClaimDraft(ctx context.Context, claim string, personID int64, expires time.Time) (forum.Draft, error) {
	var d forum.Draft
	err := s.tx(ctx, func(in *Store) error {
		if err := in.on(ctx).Where("claim = ? AND claim <> ''", claim).Take(&d).Error; err != nil {
			return err
		}
		expires = micro(expires)
		d.PersonID, d.Claim, d.ExpiresAt = &personID, "", expires
		return must("give a draft away", in.on(ctx).Model(&forum.Draft{}).Where("id = ? AND claim = ?", d.ID, claim).
			UpdateColumns(map[string]any{"person_id": personID, "claim": "", "expires_at": expires}), forum.ErrNoRow)
	})
	if err != nil {
		return forum.Draft{}, fault("claim a draft", err)
	}
	return d, nil
}
