package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"snowdrop/internal/forum"
)

// AddMeasure stores m and gives it its ID.
func (s *Store) AddMeasure(ctx context.Context, m *forum.Measure) error {
	return fault("add a measure", s.on(ctx).Create(m).Error)
}

// Measures lists the measures on a person, newest first.
func (s *Store) Measures(ctx context.Context, personID int64) ([]forum.Measure, error) {
	var list []forum.Measure
	err := s.on(ctx).Where("person_id = ?", personID).Order("id DESC").Find(&list).Error
	return list, fault("list measures", err)
}

// AddCare stores m and gives it its ID, unless its key is there.
func (s *Store) AddCare(ctx context.Context, m *forum.CareMessage) error {
	return fault("add a care message", s.on(ctx).Clauses(nothing).Create(m).Error)
}

// CareThread lists the messages of a case with their writers' names.
func (s *Store) CareThread(ctx context.Context, caseID int64) ([]forum.CareRow, error) {
	var list []forum.CareRow
	err := s.on(ctx).Table("care_messages AS m").Select(columns[forum.CareMessage]("m")+", a.name AS by_name").
		Joins("JOIN people a ON a.id = m.by_id").Where("m.case_id = ?", caseID).Order("m.id").Find(&list).Error
	return list, fault("list care messages", err)
}

// AddConsult stores q and gives it its ID.
func (s *Store) AddConsult(ctx context.Context, q *forum.Consult) error {
	return fault("add a question", s.on(ctx).Create(q).Error)
}

// Consults lists the questions about a case, oldest first.
func (s *Store) Consults(ctx context.Context, caseID int64) ([]forum.Consult, error) {
	var list []forum.Consult
	err := s.on(ctx).Where("case_id = ?", caseID).Order("id").Find(&list).Error
	return list, fault("list questions", err)
}

// OpenConsults lists the open questions, oldest first.
func (s *Store) OpenConsults(ctx context.Context, personID int64) ([]forum.ConsultRow, error) {
	var list []forum.ConsultRow
	err := s.on(ctx).Table("consults AS q").Select(columns[forum.Consult]("q")+", p.body, t.title AS thread_title").
		Joins("JOIN cases c ON c.id = q.case_id").Joins("JOIN posts p ON p.id = c.post_id").Joins("JOIN threads t ON t.id = p.thread_id").
		Where("q.state = 'open' AND p.author_id <> ?", personID).Order("q.id").Limit(100).Find(&list).Error
	return list, fault("list open questions", err)
}

// AnswerConsult writes a question's answer, once.
func (s *Store) AnswerConsult(ctx context.Context, id, by int64, answer string, now time.Time) error {
	return must("answer a question", s.on(ctx).Model(&forum.Consult{}).Where("id = ? AND state = 'open'", id).
		UpdateColumns(map[string]any{"state": forum.ConsultAnswered, "answer": answer, "answered_by": by, "answered_at": micro(now)}), forum.ErrNoRow)
}

// AddShift begins a shift, unless one is open.
func (s *Store) AddShift(ctx context.Context, sh *forum.Shift) error {
	return fault("begin a shift", s.on(ctx).Clauses(nothing).Create(sh).Error)
}

func (s *Store) shifts(ctx context.Context) *gorm.DB {
	return s.on(ctx).Table("shifts AS s").Select(columns[forum.Shift]("s") + `, a.name AS person_name,
		(SELECT count(*) FROM exposures e WHERE e.shift_id = s.id) AS cases,
		(SELECT count(*) FROM exposures e WHERE e.shift_id = s.id AND e.band IN ('P0', 'P1')) AS heavy`).
		Joins("JOIN people a ON a.id = s.person_id")
}

// OpenShift finds a person's shift that is not over.
func (s *Store) OpenShift(ctx context.Context, personID int64) (forum.ShiftRow, error) {
	var row forum.ShiftRow
	err := s.shifts(ctx).Where("s.person_id = ? AND s.state <> 'over'", personID).Take(&row).Error
	return row, fault("find a shift", err)
}

// SetShift moves a shift to a state.
func (s *Store) SetShift(ctx context.Context, id int64, to forum.ShiftState, now time.Time) error {
	changes := map[string]any{"state": to}
	if to == forum.ShiftOver {
		changes["ended_at"] = micro(now)
	}
	return fault("move a shift", s.on(ctx).Model(&forum.Shift{}).Where("id = ?", id).UpdateColumns(changes).Error)
}

// CountServed counts one more case of a shift.
func (s *Store) CountServed(ctx context.Context, id int64, sinceCare int, now time.Time) error {
	return fault("count a case of a shift", s.on(ctx).Model(&forum.Shift{}).Where("id = ?", id).
		UpdateColumns(map[string]any{"served": gorm.Expr("served + 1"), "since_care": sinceCare, "seen_at": micro(now)}).Error)
}

// AddExposure counts a case of a shift, once, and that the shift goes on.
func (s *Store) AddExposure(ctx context.Context, e forum.Exposure) error {
	if err := s.on(ctx).Clauses(nothing).Create(&e).Error; err != nil {
		return fault("count a case that somebody saw", err)
	}
	return fault("note that a shift goes on", s.on(ctx).Model(&forum.Shift{}).Where("id = ?", e.ShiftID).UpdateColumn("seen_at", micro(e.CreatedAt)).Error)
}

// Shifts lists the shifts since a moment, newest first.
func (s *Store) Shifts(ctx context.Context, since time.Time) ([]forum.ShiftRow, error) {
	var list []forum.ShiftRow
	err := s.shifts(ctx).Where("s.began_at >= ?", micro(since)).Order("s.id DESC").Limit(500).Find(&list).Error
	return list, fault("list shifts", err)
}

// SetTraining clears a person for the bands that ask for it, or takes that back.
func (s *Store) SetTraining(ctx context.Context, t forum.Training, on bool) error {
	if on {
		return fault("note training", s.on(ctx).Clauses(nothing).Create(&t).Error)
	}
	return fault("take training back", s.on(ctx).Where("person_id = ?", t.PersonID).Delete(&forum.Training{}).Error)
}

// AddSealed stores n and gives it its ID.
func (s *Store) AddSealed(ctx context.Context, n *forum.SealedNote) error {
	return fault("add a sealed note", s.on(ctx).Create(n).Error)
}

// Sealed finds a sealed note.
func (s *Store) Sealed(ctx context.Context, id int64) (forum.SealedNote, error) {
	var n forum.SealedNote
	err := s.on(ctx).Where("id = ?", id).Take(&n).Error
	return n, fault("find a sealed note", err)
}

// SealedNotes lists the sealed notes of a case, oldest first.
func (s *Store) SealedNotes(ctx context.Context, caseID int64) ([]forum.SealedNote, error) {
	var list []forum.SealedNote
	err := s.on(ctx).Where("case_id = ?", caseID).Order("id").Find(&list).Error
	return list, fault("list sealed notes", err)
}

// SignSealed is the second signature on a sealed note.
func (s *Store) SignSealed(ctx context.Context, id, by int64, now time.Time) error {
	return must("sign a sealed note", s.on(ctx).Model(&forum.SealedNote{}).Where("id = ? AND state = 'proposed' AND by_id <> ?", id, by).
		UpdateColumns(map[string]any{"state": forum.SealedSigned, "second_id": by, "signed_at": micro(now)}), forum.ErrLost)
}
