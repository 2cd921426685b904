package store

import (
	"context"
	"fmt"
	"time"

	"snowdrop/internal/forum"
)

// AddDeparture notes that somebody leaves and takes their name out of sight. The
// folded name stays theirs until it is over, so that it can be given back.
func (s *Store) AddDeparture(ctx context.Context, d forum.Departure) error {
	return s.tx(ctx, func(in *Store) error {
		if err := must("note a departure", in.on(ctx).Clauses(nothing).Create(&d), forum.ErrTaken); err != nil {
			return err
		}
		return must("hide a name", in.on(ctx).Model(&forum.Person{}).Where("id = ?", d.PersonID).UpdateColumn("name", forum.Left), forum.ErrNoRow)
	})
}

// Departure finds a departure that is not over.
func (s *Store) Departure(ctx context.Context, personID int64) (forum.Departure, error) {
	var d forum.Departure
	err := s.on(ctx).Where("person_id = ? AND done_at IS NULL", personID).Take(&d).Error
	return d, fault("find a departure", err)
}

// DropDeparture takes a departure back. The row goes first: of this and an erasure
// at the same time one waits for the other, and then finds nothing.
func (s *Store) DropDeparture(ctx context.Context, personID int64) error {
	return s.tx(ctx, func(in *Store) error {
		d, err := in.Departure(ctx, personID)
		if err != nil {
			return err
		}
		if err := must("drop a departure", in.on(ctx).Where("person_id = ? AND done_at IS NULL", personID).Delete(&forum.Departure{}), forum.ErrNoRow); err != nil {
			return err
		}
		return must("give a name back", in.on(ctx).Model(&forum.Person{}).Where("id = ?", personID).UpdateColumn("name", d.Name), forum.ErrNoRow)
	})
}

// DueDepartures lists departures whose time is over.
func (s *Store) DueDepartures(ctx context.Context, now time.Time, limit int) ([]forum.Departure, error) {
	var list []forum.Departure
	err := s.on(ctx).Where("done_at IS NULL AND ends_at <= ?", micro(now)).Order("ends_at, person_id").Limit(limit).Find(&list).Error
	return list, fault("list departures", err)
}

// SafetyCases lists the cases on a person's posts that somebody's safety hangs on.
func (s *Store) SafetyCases(ctx context.Context, personID int64) ([]forum.Case, error) {
	var list []forum.Case
	err := s.on(ctx).Table("cases AS c").Select(columns[forum.Case]("c")).Joins("JOIN posts p ON p.id = c.post_id").
		Where("p.author_id = ? AND (c.band IN ('P0', 'P1') OR EXISTS (SELECT 1 FROM sealed_notes n WHERE n.case_id = c.id))", personID).
		Order("c.id").Find(&list).Error
	return list, fault("list safety cases", err)
}

// AddKeptCopy stores a sealed copy.
func (s *Store) AddKeptCopy(ctx context.Context, k forum.KeptCopy) error {
	return must("keep a copy", s.on(ctx).Clauses(nothing).Create(&k), forum.ErrTaken)
}

// KeptCopies lists the sealed copies about a person.
func (s *Store) KeptCopies(ctx context.Context, personID int64) ([]forum.KeptCopy, error) {
	var list []forum.KeptCopy
	err := s.on(ctx).Where("person_id = ?", personID).Order("id").Find(&list).Error
	return list, fault("list kept copies", err)
}

// Parts of the statements below: the person's posts, the cases on them, and the
// conversations that they began.
const (
	theirPosts   = "(SELECT id FROM posts WHERE author_id = @id)"
	theirCases   = "(SELECT id FROM cases WHERE post_id IN " + theirPosts + ")"
	theirThreads = "(SELECT id FROM threads WHERE author_id = @id)"
)

// eraseAlways is what goes whichever way somebody leaves. Rows that others' rows
// point at stay, without words.
var eraseAlways = []string{
	"DELETE FROM sessions WHERE person_id = @id",
	"DELETE FROM links WHERE person_id = @id",
	"DELETE FROM drafts WHERE person_id = @id",
	"DELETE FROM notices WHERE person_id = @id",
	"DELETE FROM jobs WHERE kind = 'mail' AND subject_id IN (SELECT id FROM mails WHERE person_id = @id)",
	"DELETE FROM mails WHERE person_id = @id",
	"DELETE FROM letters WHERE person_id = @id",
	"DELETE FROM pending_addresses WHERE person_id = @id",
	"DELETE FROM devices WHERE person_id = @id",
	"DELETE FROM recovery_codes WHERE person_id = @id",
	"DELETE FROM second_factors WHERE person_id = @id",
	"DELETE FROM passkeys WHERE person_id = @id",
	"DELETE FROM challenges WHERE person_id = @id",
	"DELETE FROM supports WHERE person_id = @id",
	"DELETE FROM choices WHERE person_id = @id",
	"DELETE FROM ties WHERE by_id = @id OR to_id = @id",
	"DELETE FROM earlier_names WHERE person_id = @id",
	"DELETE FROM trainings WHERE person_id = @id",
	"DELETE FROM question_claims WHERE holder_id = @id",
	"DELETE FROM register_checks WHERE application_id IN (SELECT id FROM applications WHERE person_id = @id)",
	"DELETE FROM applications WHERE person_id = @id",
	"DELETE FROM submissions WHERE post_id IN " + theirPosts,
	"DELETE FROM revisions WHERE post_id IN " + theirPosts,
	"UPDATE signals SET note = '', person_id = NULL WHERE person_id = @id",
	"UPDATE appeals SET note = '', answer = '' WHERE person_id = @id",
	"UPDATE care_messages SET body = '' WHERE person_id = @id",
	"UPDATE decisions SET message = '', note = '' WHERE case_id IN " + theirCases,
	"UPDATE proposals SET form = '{}' WHERE case_id IN " + theirCases,
}

// eraseWords is what goes when the words go too. Others' conversations stay: a post
// that was taken back leaves a gap that says so.
var eraseWords = []string{
	"UPDATE signals SET why = '', note = '', start = 0, \"end\" = 0 WHERE case_id IN " + theirCases,
	"UPDATE decisions SET undo = '{}' WHERE case_id IN " + theirCases,
	"UPDATE consults SET question = '', answer = '' WHERE case_id IN " + theirCases,
	"UPDATE notices SET words = '', body = '' WHERE kind = 'staff' AND path IN (SELECT '/queue/' || id FROM cases WHERE post_id IN " + theirPosts + ")",
	"UPDATE cases SET state = 'closed', version = version + 1, holder_id = NULL, lease = '', lease_until = NULL, wait_for = '', wait_until = NULL, alarm_at = NULL, decided_at = COALESCE(decided_at, @now) WHERE state <> 'closed' AND post_id IN " + theirPosts,
	"UPDATE posts SET body = '', mentions = '', care = '', correction = '', body_level = 0, suggested = 0, matters = 0, state = 'withdrawn', revision = revision + 1 WHERE author_id = @id",
	"UPDATE threads SET title = @title, mentions = '', matters = 0, state = 'withdrawn' WHERE author_id = @id",
}

// Erase does what a departure asks for. The first statement decides who does it.
func (s *Store) Erase(ctx context.Context, d forum.Departure, now time.Time) error {
	return s.tx(ctx, func(in *Store) error {
		db := in.on(ctx)
		if in.kind == onSQLite { // overwrite what is deleted; it holds for this connection
			if err := db.Exec("PRAGMA secure_delete = ON").Error; err != nil {
				return fault("ask for real deletion", err)
			}
		}
		err := must("end a departure", db.Model(&forum.Departure{}).Where("person_id = ? AND done_at IS NULL AND mode = ? AND ends_at <= ?", d.PersonID, d.Mode, micro(now)).
			UpdateColumns(map[string]any{"done_at": micro(now), "name": ""}), forum.ErrLost)
		if err != nil {
			return err
		}
		var threads []int64 // whose titles stand in others' notices, or whose comments change
		if err := db.Model(&forum.Post{}).Where("author_id = ?", d.PersonID).Distinct().Pluck("thread_id", &threads).Error; err != nil {
			return fault("list threads", err)
		}
		statements := eraseAlways
		if d.Mode == forum.RemoveWords {
			statements = append(statements[:len(statements):len(statements)], eraseWords...)
		}
		for _, text := range statements {
			if err := db.Exec(text, map[string]any{"id": d.PersonID, "now": micro(now), "title": forum.TakenBack}).Error; err != nil {
				return fault("erase", err)
			}
		}
		if d.Mode == forum.RemoveWords {
			var begun []int64
			if err := db.Raw("SELECT id FROM threads WHERE author_id = ?", d.PersonID).Scan(&begun).Error; err != nil {
				return fault("list threads", err)
			}
			for _, id := range begun {
				if err := db.Exec("UPDATE notices SET body = '' WHERE kind IN ('reply', 'midwife') AND path LIKE ?", fmt.Sprintf("/threads/%d?%%", id)).Error; err != nil {
					return fault("erase", err)
				}
			}
			for _, id := range threads {
				if err := in.TouchThread(ctx, id, now); err != nil {
					return err
				}
			}
		}
		// The row stays, empty: others' replies and the record hang on its number. No
		// folded name has brackets, and no keyed hash either.
		nobody := fmt.Sprintf("(left %d)", d.PersonID)
		return must("empty an account", db.Model(&forum.Person{}).Where("id = ?", d.PersonID).UpdateColumns(map[string]any{
			"name": forum.Left, "name_key": nobody, "look": nobody, "email_key": nobody, "email_sealed": []byte{}, "email_state": forum.EmailUnconfirmed,
			"password_hash": "", "consent_at": nil,
		}), forum.ErrNoRow)
	})
}

// Unconfirmed lists people who joined before a moment, never confirmed their
// address, wrote nothing, and are not leaving or gone.
func (s *Store) Unconfirmed(ctx context.Context, before time.Time, limit int) ([]forum.Person, error) {
	var list []forum.Person
	err := s.on(ctx).Where("email_state = 'unconfirmed' AND created_at <= ?", micro(before)).
		Where("NOT EXISTS (SELECT 1 FROM posts p WHERE p.author_id = people.id) AND NOT EXISTS (SELECT 1 FROM departures d WHERE d.person_id = people.id) AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.person_id = people.id)").
		Order("created_at, id").Limit(limit).Find(&list).Error
	return list, fault("list accounts without an address", err)
}

// Forget deletes what is past its time.
func (s *Store) Forget(ctx context.Context, r forum.Retention, now time.Time) error {
	db := s.on(ctx)
	for _, rule := range []struct {
		life time.Duration
		text string
	}{
		{r.Notices, "DELETE FROM notices WHERE created_at <= @before"},
		{r.Revisions, "DELETE FROM revisions WHERE created_at <= @before"},
		{r.Devices, "DELETE FROM devices WHERE seen_at <= @before"},
		{r.Reports, "UPDATE signals SET note = '' WHERE kind = 'report' AND note <> '' AND case_id IN (SELECT id FROM cases WHERE state = 'closed' AND decided_at <= @before)"},
	} {
		if rule.life <= 0 {
			continue
		}
		if err := db.Exec(rule.text, map[string]any{"before": micro(now.Add(-rule.life))}).Error; err != nil {
			return fault("delete what is past its time", err)
		}
	}
	return s.tx(ctx, func(in *Store) error {
		ended := in.on(ctx).Model(&forum.KeptCopy{}).Select("case_id").Where("ends_at <= ?", micro(now))
		if err := in.on(ctx).Where("case_id IN (?)", ended).Delete(&forum.SealedNote{}).Error; err != nil {
			return fault("delete sealed notes", err)
		}
		return fault("delete kept copies", in.on(ctx).Where("ends_at <= ?", micro(now)).Delete(&forum.KeptCopy{}).Error)
	})
}

// Compact takes deleted words out of what is left on the disk: out of the search
// index, which marks them only, and on SQLite out of the file that is written
// ahead. On PostgreSQL autovacuum does it.
func (s *Store) Compact(ctx context.Context) error {
	if s.kind == onPostgres {
		return nil
	}
	if err := s.on(ctx).Exec("INSERT INTO post_search (post_search) VALUES ('optimize')").Error; err != nil {
		return fault("compact the search index", err)
	}
	return fault("empty the write-ahead file", s.on(ctx).Exec("PRAGMA wal_checkpoint(TRUNCATE)").Error)
}

// Holdings reads everything that is stored about a person.
func (s *Store) Holdings(ctx context.Context, personID int64) (h forum.Holdings, err error) {
	if h.Person, err = s.Person(ctx, personID); err != nil {
		return h, err
	}
	const cases = "case_id IN (SELECT c.id FROM cases c JOIN posts p ON p.id = c.post_id WHERE p.author_id = ?)"
	for _, read := range []struct {
		into  any
		where string
	}{
		{&h.Pending, "person_id = ?"},
		{&h.Threads, "author_id = ?"},
		{&h.Posts, "author_id = ?"},
		{&h.Revisions, "post_id IN (SELECT id FROM posts WHERE author_id = ?)"},
		{&h.Drafts, "person_id = ?"},
		{&h.Supports, "person_id = ?"},
		{&h.Choices, "person_id = ?"},
		{&h.Ties, "by_id = ?"},
		{&h.EarlierNames, "person_id = ?"},
		{&h.Notices, "person_id = ?"},
		{&h.Mails, "person_id = ?"},
		{&h.Reports, "kind = 'report' AND person_id = ?"},
		{&h.Decisions, cases},
		{&h.Cases, "post_id IN (SELECT id FROM posts WHERE author_id = ?)"},
		{&h.Appeals, "person_id = ?"},
		{&h.Measures, "person_id = ?"},
		{&h.Care, "person_id = ?"},
		{&h.Applications, "person_id = ?"},
		{&h.Registrations, "person_id = ?"},
		{&h.Grants, "person_id = ?"},
		{&h.Passkeys, "person_id = ?"},
		{&h.Devices, "person_id = ?"},
		{&h.Sessions, "person_id = ?"},
	} {
		if err := s.on(ctx).Where(read.where, personID).Find(read.into).Error; err != nil {
			return h, fault("read what is kept about a person", err)
		}
	}
	return h, nil
}
