package store

import (
	"context"
	"time"

	"snowdrop/internal/forum"
)

// AddSession stores a new session.
func (s *Store) AddSession(ctx context.Context, in forum.Session) error {
	return must("add a session", s.on(ctx).Clauses(nothing).Create(&in), forum.ErrTaken)
}

// Session finds a session, expired or not.
func (s *Store) Session(ctx context.Context, key string) (forum.Session, error) {
	var found forum.Session
	err := s.on(ctx).Where("key = ?", key).Take(&found).Error
	return found, fault("find a session", err)
}

// SaveSession updates data and SeenAt. It never inserts: a request that was
// under way when its session was revoked must not bring it back.
func (s *Store) SaveSession(ctx context.Context, in forum.Session) error {
	return must("save a session", s.on(ctx).Model(&forum.Session{}).Where("key = ?", in.Key).
		UpdateColumns(map[string]any{"data": in.Data, "seen_at": micro(in.SeenAt)}), forum.ErrNoRow)
}

// SeeSession updates SeenAt and leaves data as it is now.
func (s *Store) SeeSession(ctx context.Context, key string, at time.Time) error {
	return must("note that a session was used", s.on(ctx).Model(&forum.Session{}).Where("key = ?", key).
		UpdateColumn("seen_at", micro(at)), forum.ErrNoRow)
}

// EndSession revokes a session; one that is gone already is no error.
func (s *Store) EndSession(ctx context.Context, key string) error {
	return fault("end a session", s.on(ctx).Where("key = ?", key).Delete(&forum.Session{}).Error)
}

// EndSessions revokes a person's sessions except the one with key keep.
func (s *Store) EndSessions(ctx context.Context, personID int64, keep string) error {
	return fault("end a person's sessions", s.on(ctx).
		Where("person_id = ? AND key <> ?", personID, keep).Delete(&forum.Session{}).Error)
}

// SweepExpired deletes what is past its time.
func (s *Store) SweepExpired(ctx context.Context, now time.Time) error {
	now = micro(now)
	yesterday := now.Add(-24 * time.Hour)
	for _, sweep := range []struct {
		row    any
		column string
		before time.Time
	}{
		{&forum.Session{}, "expires_at", now},
		{&forum.Link{}, "expires_at", now},
		{&forum.Challenge{}, "expires_at", now},
		{&forum.Draft{}, "expires_at", now},
		{&forum.Submission{}, "created_at", yesterday},
		{&throttle{}, "start_at", yesterday},
		{&pause{}, "until_at", yesterday},
	} {
		if err := s.on(ctx).Where(sweep.column+" <= ?", sweep.before).Delete(sweep.row).Error; err != nil {
			return fault("sweep what has expired", err)
		}
	}
	return s.sweepDone(ctx, now)
}

// How long jobs and mails are kept once they are over. There is a sweep every
// few minutes, which nobody asks about later.
const (
	keepSweeps = 24 * time.Hour
	keepJobs   = 30 * 24 * time.Hour
	keepMails  = 90 * 24 * time.Hour
)

// sweepDone deletes jobs and mails that have long been over, one way or another.
func (s *Store) sweepDone(ctx context.Context, now time.Time) error {
	err := s.on(ctx).Where("state IN ? AND run_at <= ?", []forum.JobState{forum.JobDone, forum.JobFailed}, now.Add(-keepJobs)).
		Or("state = ? AND kind = ? AND run_at <= ?", forum.JobDone, forum.JobSweep, now.Add(-keepSweeps)).
		Delete(&forum.Job{}).Error
	if err != nil {
		return fault("sweep jobs", err)
	}
	over := []forum.MailState{forum.MailSent, forum.MailFailed, forum.MailDoubtful}
	return fault("sweep mails", s.on(ctx).Where("state IN ? AND created_at <= ?", over, now.Add(-keepMails)).Delete(&forum.Mail{}).Error)
}

// AddLink stores a one-time link.
func (s *Store) AddLink(ctx context.Context, l forum.Link) error {
	return must("add a link", s.on(ctx).Clauses(nothing).Create(&l), forum.ErrTaken)
}

// Link finds a one-time link, in either state.
func (s *Store) Link(ctx context.Context, key string) (forum.Link, error) {
	var l forum.Link
	err := s.on(ctx).Where("key = ?", key).Take(&l).Error
	return l, fault("find a link", err)
}

// UseLink marks a link as used. Of two requests with the same link one wins.
func (s *Store) UseLink(ctx context.Context, key string, now time.Time) error {
	return must("use a link", s.on(ctx).Model(&forum.Link{}).
		Where("key = ? AND state = ? AND expires_at > ?", key, forum.LinkOpen, micro(now)).
		UpdateColumn("state", forum.LinkUsed), forum.ErrNoRow)
}
