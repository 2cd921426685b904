package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"snowdrop/internal/forum"
)

// replaced is an insert that takes the place of the row with the same key.
func replaced(key string, columns ...string) clause.OnConflict {
	return clause.OnConflict{Columns: []clause.Column{{Name: key}}, DoUpdates: clause.AssignmentColumns(columns)}
}

// SetAddress gives a person a confirmed address. It may fail on the unique index,
// which ends a PostgreSQL transaction.
func (s *Store) SetAddress(ctx context.Context, personID int64, key string, sealed []byte) error {
	return must("set an address", s.on(ctx).Model(&forum.Person{}).Where("id = ?", personID).
		UpdateColumns(map[string]any{"email_key": key, "email_sealed": sealed, "email_state": forum.EmailConfirmed}), forum.ErrNoRow)
}

// SetPending stores the address that a person is to confirm.
func (s *Store) SetPending(ctx context.Context, p forum.PendingAddress) error {
	return fault("store a pending address", s.on(ctx).Clauses(replaced("person_id", "email_key", "email_sealed", "created_at")).Create(&p).Error)
}

// Pending finds the address that a person is to confirm.
func (s *Store) Pending(ctx context.Context, personID int64) (forum.PendingAddress, error) {
	var p forum.PendingAddress
	err := s.on(ctx).Where("person_id = ?", personID).Take(&p).Error
	return p, fault("find a pending address", err)
}

// DropPending forgets the address that a person was to confirm.
func (s *Store) DropPending(ctx context.Context, personID int64) error {
	return fault("drop a pending address", s.on(ctx).Where("person_id = ?", personID).Delete(&forum.PendingAddress{}).Error)
}

// PersonByPending finds the latest unconfirmed account with a pending address.
func (s *Store) PersonByPending(ctx context.Context, emailKey string) (forum.Person, error) {
	var p forum.Person
	err := s.on(ctx).Table("people AS p").Select(columns[forum.Person]("p")).
		Joins("JOIN pending_addresses w ON w.person_id = p.id").
		Where("w.email_key = ? AND p.email_state = ?", emailKey, forum.EmailUnconfirmed).
		Order("w.created_at DESC, p.id DESC").Limit(1).Take(&p).Error
	return p, fault("find a person by a pending address", err)
}

// AddLetter stores a letter that was asked for.
func (s *Store) AddLetter(ctx context.Context, l forum.Letter) error {
	return fault("add a letter", s.on(ctx).Create(&l).Error)
}

// Letters lists letters that are to be written, oldest first.
func (s *Store) Letters(ctx context.Context, limit int) ([]forum.Letter, error) {
	var list []forum.Letter
	err := s.on(ctx).Order("id").Limit(limit).Find(&list).Error
	return list, fault("list letters", err)
}

// TakeLetter deletes a letter. Of two who try one wins.
func (s *Store) TakeLetter(ctx context.Context, id int64) error {
	return must("take a letter", s.on(ctx).Where("id = ?", id).Delete(&forum.Letter{}), forum.ErrNoRow)
}

// Sessions lists a person's sessions, the latest used first.
func (s *Store) Sessions(ctx context.Context, personID int64) ([]forum.Session, error) {
	var list []forum.Session
	err := s.on(ctx).Where("person_id = ?", personID).Order("seen_at DESC, key").Find(&list).Error
	return list, fault("list sessions", err)
}

// RenewSession is one statement: whoever holds the old key has nothing after it.
func (s *Store) RenewSession(ctx context.Context, old string, in forum.Session) error {
	return must("renew a session", s.on(ctx).Model(&forum.Session{}).Where("key = ?", old).UpdateColumns(map[string]any{
		"key": in.Key, "person_id": in.PersonID, "data": in.Data, "idle": in.Idle, "created_at": micro(in.CreatedAt), "seen_at": micro(in.SeenAt),
		"expires_at": micro(in.ExpiresAt), "device": in.Device, "roles": in.Roles, "shared": in.Shared, "proven_at": microOrNil(in.ProvenAt),
	}), forum.ErrNoRow)
}

// SeeDevice notes that a person signed in with a device.
func (s *Store) SeeDevice(ctx context.Context, d forum.Device) (known, some bool, err error) {
	var names []string
	err = s.tx(ctx, func(in *Store) error {
		if err := in.on(ctx).Model(&forum.Device{}).Where("person_id = ?", d.PersonID).Pluck("name", &names).Error; err != nil {
			return fault("list devices", err)
		}
		again := clause.OnConflict{Columns: []clause.Column{{Name: "person_id"}, {Name: "name"}}, DoUpdates: clause.AssignmentColumns([]string{"seen_at"})}
		return fault("note a device", in.on(ctx).Clauses(again).Create(&d).Error)
	})
	for _, name := range names {
		known = known || name == d.Name
	}
	return known, len(names) > 0, err
}

// DropLinks marks a person's open links of some purposes as used.
func (s *Store) DropLinks(ctx context.Context, personID int64, purposes ...forum.LinkPurpose) error {
	return fault("drop links", s.on(ctx).Model(&forum.Link{}).
		Where("person_id = ? AND state = ? AND purpose IN ?", personID, forum.LinkOpen, purposes).UpdateColumn("state", forum.LinkUsed).Error)
}

// SecondFactor finds a person's second factor, in either state.
func (s *Store) SecondFactor(ctx context.Context, personID int64) (forum.SecondFactor, error) {
	var f forum.SecondFactor
	err := s.on(ctx).Where("person_id = ?", personID).Take(&f).Error
	return f, fault("find a second factor", err)
}

// SetSecondFactor stores a person's second factor instead of an earlier one.
func (s *Store) SetSecondFactor(ctx context.Context, f forum.SecondFactor) error {
	return fault("store a second factor", s.on(ctx).Clauses(replaced("person_id", "secret_sealed", "state", "last_step", "created_at")).Create(&f).Error)
}

// DropSecondFactor deletes a person's app that makes codes.
func (s *Store) DropSecondFactor(ctx context.Context, personID int64) error {
	return fault("drop a second factor", s.on(ctx).Where("person_id = ?", personID).Delete(&forum.SecondFactor{}).Error)
}

// UseStep notes a step whose code was used. Of two requests with one code one wins.
func (s *Store) UseStep(ctx context.Context, personID, step int64) error {
	return must("use a code", s.on(ctx).Model(&forum.SecondFactor{}).Where("person_id = ? AND last_step < ?", personID, step).
		UpdateColumn("last_step", step), forum.ErrNoRow)
}

// SetRecoveryCodes replaces all of a person's recovery codes.
func (s *Store) SetRecoveryCodes(ctx context.Context, personID int64, keys []string) error {
	rows := make([]forum.RecoveryCode, len(keys))
	for i, key := range keys {
		rows[i] = forum.RecoveryCode{PersonID: personID, Key: key, State: forum.CodeOpen}
	}
	return s.tx(ctx, func(in *Store) error {
		if err := in.on(ctx).Where("person_id = ?", personID).Delete(&forum.RecoveryCode{}).Error; err != nil {
			return fault("drop recovery codes", err)
		}
		return fault("store recovery codes", in.on(ctx).Create(&rows).Error)
	})
}

// UseRecoveryCode marks a recovery code as used. Of two requests with it one wins.
func (s *Store) UseRecoveryCode(ctx context.Context, personID int64, key string) error {
	return must("use a recovery code", s.on(ctx).Model(&forum.RecoveryCode{}).
		Where("person_id = ? AND key = ? AND state = ?", personID, key, forum.CodeOpen).UpdateColumn("state", forum.CodeUsed), forum.ErrNoRow)
}

// CountRecoveryCodes counts the recovery codes that a person has left.
func (s *Store) CountRecoveryCodes(ctx context.Context, personID int64) (int, error) {
	var n int64
	err := s.on(ctx).Model(&forum.RecoveryCode{}).Where("person_id = ? AND state = ?", personID, forum.CodeOpen).Count(&n).Error
	return int(n), fault("count recovery codes", err)
}

// pause is how long a key that went over its limit has to wait.
type pause struct {
	Key     string `gorm:"primaryKey"`
	Strikes int
	UntilAt time.Time
}

// Pause reads a key's pause.
func (s *Store) Pause(ctx context.Context, key string) (int, time.Time, error) {
	var found []pause
	err := s.on(ctx).Where("key = ?", key).Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return 0, time.Time{}, fault("find a pause", err)
	}
	return found[0].Strikes, found[0].UntilAt, nil
}

// SetPause stores a key's pause. Of two that are set at once the longer one stays.
func (s *Store) SetPause(ctx context.Context, key string, strikes int, until time.Time) error {
	return fault("set a pause", s.on(ctx).Exec(`INSERT INTO pauses (key, strikes, until_at) VALUES (?, ?, ?)
		ON CONFLICT (key) DO UPDATE SET strikes = excluded.strikes, until_at = excluded.until_at
		WHERE pauses.until_at < excluded.until_at`, key, strikes, micro(until)).Error)
}

// SealedRows lists sealed values that do not begin with mark. The names in c are
// our own.
func (s *Store) SealedRows(ctx context.Context, c forum.SealedColumn, mark []byte, after int64, limit int) ([]forum.SealedRow, error) {
	index := "''"
	if c.Index != "" {
		index = c.Index
	}
	var rows []forum.SealedRow
	err := s.on(ctx).Table(c.Table).Select(fmt.Sprintf("%s AS id, %s AS value, %s AS key", c.ID, c.Column, index)).
		Where(fmt.Sprintf("%s > ? AND length(%s) > 0 AND substr(%s, 1, %d) <> ?", c.ID, c.Column, c.Column, len(mark)), after, mark).
		Order(c.ID).Limit(limit).Scan(&rows).Error
	return rows, fault("list sealed values", err)
}

// Reseal replaces one sealed value, and what it is found by, if nobody else has
// changed it meanwhile.
func (s *Store) Reseal(ctx context.Context, c forum.SealedColumn, was, is forum.SealedRow) error {
	changes := map[string]any{c.Column: is.Value}
	if c.Index != "" {
		changes[c.Index] = is.Key
	}
	return must("seal anew", s.on(ctx).Table(c.Table).Where(c.ID+" = ? AND "+c.Column+" = ?", was.ID, was.Value).UpdateColumns(changes), forum.ErrLost)
}
