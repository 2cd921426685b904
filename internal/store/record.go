package store

import (
	"context"

	"gorm.io/gorm"

	"snowdrop/internal/forum"
)

var recordRow = columns[forum.RecordEntry]("r") + ", COALESCE(a.name, '') AS actor_name"

// AddRecord appends to the record, when the transaction ends that it is called
// in. The database refuses every change to what is in it.
func (s *Store) AddRecord(ctx context.Context, e forum.RecordEntry) error {
	if s.pending == nil {
		return s.tx(ctx, func(in *Store) error { return in.AddRecord(ctx, e) })
	}
	*s.pending = append(*s.pending, e)
	return nil
}

// chain appends the entries of a transaction to the record. Whoever is at it
// holds the one row that is the end of the chain until the transaction is over.
// Nothing is locked after it, so that no two transactions wait for each other.
func (s *Store) chain(ctx context.Context) error {
	entries := *s.pending
	if len(entries) == 0 {
		return nil
	}
	*s.pending = nil
	err := s.on(ctx).Model(&forum.RecordHead{}).Where("id = 1").UpdateColumn("entry_id", gorm.Expr("entry_id + ?", len(entries))).Error
	if err != nil {
		return fault("hold the end of the record", err)
	}
	head, err := s.RecordHead(ctx)
	if err != nil {
		return err
	}
	last := head.EntryID - int64(len(entries))
	if head.Hash == "" && last > 0 { // the first entry of the chain speaks for all before there was one
		if head.Hash, err = s.chainOlder(ctx, last); err != nil {
			return err
		}
	}
	for i := range entries {
		last++
		entries[i].ID, entries[i].CreatedAt = last, micro(entries[i].CreatedAt)
		entries[i].Hash = forum.Chain(head.Hash, entries[i])
		head.Hash = entries[i].Hash
	}
	if err := s.on(ctx).CreateInBatches(&entries, 500).Error; err != nil {
		return fault("append to the record", err)
	}
	return fault("move the end of the record", s.on(ctx).Model(&forum.RecordHead{}).Where("id = 1").UpdateColumn("hash", head.Hash).Error)
}

// chainOlder is the hash over the entries from before there was a chain.
func (s *Store) chainOlder(ctx context.Context, last int64) (hash string, err error) {
	for at := int64(0); at < last; {
		list, err := s.RecordAfter(ctx, at, 1000)
		if err != nil || len(list) == 0 {
			return hash, err
		}
		for _, e := range list {
			if e.ID <= last {
				hash = forum.Chain(hash, e)
			}
			at = e.ID
		}
	}
	return hash, nil
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

// RecordHead reads the end of the chain.
func (s *Store) RecordHead(ctx context.Context) (forum.RecordHead, error) {
	var head forum.RecordHead
	err := s.on(ctx).Where("id = 1").Take(&head).Error
	return head, fault("read the end of the record", err)
}

// RecordAfter lists the record, oldest first.
func (s *Store) RecordAfter(ctx context.Context, above int64, limit int) ([]forum.RecordEntry, error) {
	var list []forum.RecordEntry
	err := s.on(ctx).Where("id > ?", above).Order("id").Limit(limit).Find(&list).Error
	return list, fault("read the record", err)
}
