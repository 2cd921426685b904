package store

import (
	"context"

	"snowdrop/internal/forum"
)

var recordRow = columns[forum.RecordEntry]("r") + ", COALESCE(a.name, '') AS actor_name"

// AddRecord appends to the record. The database refuses every change to what is
// in it.
func (s *Store) AddRecord(ctx context.Context, e forum.RecordEntry) error {
	return fault("append to the record", s.on(ctx).Create(&e).Error)
}

// Record lists the record, newest first.
func (s *Store) Record(ctx context.Context, below int64, limit int) ([]forum.RecordRow, error) {
	query := s.on(ctx).Table("record_entries AS r").Select(recordRow).
		Joins("LEFT JOIN people a ON a.id = r.actor_id")
	if below > 0 {
		query = query.Where("r.id < ?", below)
	}
	var rows []forum.RecordRow
	err := query.Order("r.id DESC").Limit(limit).Find(&rows).Error
	return rows, fault("list the record", err)
}
