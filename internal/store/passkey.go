package store

import (
	"context"
	"time"

	"gorm.io/gorm/clause"

	"snowdrop/internal/forum"
)

// HasFactor says whether a person has an app that is on, or a passkey.
func (s *Store) HasFactor(ctx context.Context, personID int64) (bool, error) {
	var has bool
	err := s.on(ctx).Raw(`SELECT EXISTS (SELECT 1 FROM second_factors WHERE person_id = ? AND state = 'on')
		OR EXISTS (SELECT 1 FROM passkeys WHERE person_id = ?)`, personID, personID).Scan(&has).Error
	return has, fault("look for a second factor", err)
}

// DropFactors deletes every second factor of a person and the recovery codes.
func (s *Store) DropFactors(ctx context.Context, personID int64) error {
	return s.tx(ctx, func(in *Store) error {
		for _, row := range []any{&forum.SecondFactor{}, &forum.Passkey{}, &forum.Challenge{}, &forum.RecoveryCode{}} {
			if err := in.on(ctx).Where("person_id = ?", personID).Delete(row).Error; err != nil {
				return fault("drop second factors", err)
			}
		}
		return nil
	})
}

// Passkeys lists a person's passkeys, oldest first.
func (s *Store) Passkeys(ctx context.Context, personID int64) ([]forum.Passkey, error) {
	var list []forum.Passkey
	err := s.on(ctx).Where("person_id = ?", personID).Order("id").Find(&list).Error
	return list, fault("list passkeys", err)
}

// AddPasskey stores a new passkey.
func (s *Store) AddPasskey(ctx context.Context, k forum.Passkey) error {
	return must("add a passkey", s.on(ctx).Clauses(nothing).Create(&k), forum.ErrTaken)
}

// UsePasskey notes a signature. The count only goes up, unless the passkey never
// counts.
func (s *Store) UsePasskey(ctx context.Context, id, signatures int64, at time.Time) error {
	return must("use a passkey", s.on(ctx).Model(&forum.Passkey{}).
		Where("id = ? AND (signatures < ? OR signatures = 0 AND 0 = ?)", id, signatures, signatures).
		UpdateColumns(map[string]any{"signatures": signatures, "used_at": micro(at)}), forum.ErrLost)
}

// DropPasskey deletes one of a person's passkeys.
func (s *Store) DropPasskey(ctx context.Context, personID, id int64) error {
	return must("drop a passkey", s.on(ctx).Where("person_id = ? AND id = ?", personID, id).Delete(&forum.Passkey{}), forum.ErrNoRow)
}

// SetChallenge stores what a session's passkey has to sign.
func (s *Store) SetChallenge(ctx context.Context, h forum.Challenge) error {
	instead := clause.OnConflict{
		Columns:   []clause.Column{{Name: "session_key"}, {Name: "kind"}},
		DoUpdates: clause.AssignmentColumns([]string{"person_id", "text", "expires_at"}),
	}
	return fault("store a challenge", s.on(ctx).Clauses(instead).Create(&h).Error)
}

// TakeChallenge deletes a challenge. Of two requests with one answer one wins.
func (s *Store) TakeChallenge(ctx context.Context, sessionKey string, kind forum.ChallengeKind) (forum.Challenge, error) {
	var h forum.Challenge
	if err := s.on(ctx).Where("session_key = ? AND kind = ?", sessionKey, kind).Take(&h).Error; err != nil {
		return h, fault("find a challenge", err)
	}
	return h, must("take a challenge", s.on(ctx).Where("session_key = ? AND kind = ? AND text = ?", sessionKey, kind, h.Text).
		Delete(&forum.Challenge{}), forum.ErrNoRow)
}
