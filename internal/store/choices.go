package store

import (
	"context"

	"gorm.io/gorm/clause"

	"snowdrop/internal/forum"
)

// SetChoices stores some columns of a person's choices. The others are taken from c
// only when the person had none.
func (s *Store) SetChoices(ctx context.Context, c forum.Choices, columns ...string) error {
	again := clause.OnConflict{Columns: []clause.Column{{Name: "person_id"}}, DoUpdates: clause.AssignmentColumns(append(columns, "updated_at"))}
	return fault("store choices", s.on(ctx).Clauses(again).Create(&c).Error)
}

// AddTie stores a tie, and stops the mails that are waiting about the posts that it
// is about.
func (s *Store) AddTie(ctx context.Context, t forum.Tie) error {
	return s.tx(ctx, func(in *Store) error {
		if err := in.on(ctx).Clauses(nothing).Create(&t).Error; err != nil {
			return fault("add a tie", err)
		}
		// To whoever is not to be told any more, of what the other one wrote.
		who := "(n.person_id = @by AND p.author_id = @to OR n.person_id = @to AND p.author_id = @by) AND NOT p.anonymous"
		switch {
		case t.Kind == forum.TieKnow:
			who = "n.person_id = @to AND (p.author_id = @by OR t.author_id = @by)"
		case t.ThreadID != 0:
			who = "n.person_id = @by AND p.author_id = @to AND p.anonymous AND p.thread_id = @thread"
		}
		return fault("stop mails", in.on(ctx).Exec(`UPDATE mails SET state = 'failed' WHERE state = 'waiting' AND key IN (
			SELECT n.key FROM notices n JOIN posts p ON p.id = n.post_id JOIN threads t ON t.id = p.thread_id WHERE p.capacity <> 'midwife' AND (`+who+`))`,
			map[string]any{"by": t.ByID, "to": t.ToID, "thread": t.ThreadID}).Error)
	})
}

// DropTie deletes a tie of its maker.
func (s *Store) DropTie(ctx context.Context, byID, id int64) error {
	return must("drop a tie", s.on(ctx).Where("id = ? AND by_id = ?", id, byID).Delete(&forum.Tie{}), forum.ErrNoRow)
}

// TiesBy lists the ties that a person made, the latest first, with no name for
// those who wrote without one.
func (s *Store) TiesBy(ctx context.Context, personID int64) ([]forum.TieRow, error) {
	var rows []forum.TieRow
	err := s.on(ctx).Table("ties AS r").Select(columns[forum.Tie]("r")+", CASE WHEN r.thread_id = 0 THEN a.name ELSE ? END AS name", forum.Unnamed).
		Joins("JOIN people a ON a.id = r.to_id").Where("r.by_id = ?", personID).Order("r.id DESC").Find(&rows).Error
	return rows, fault("list ties", err)
}

// ties reads what the ties by and about a person come to.
func (s *Store) ties(ctx context.Context, personID int64) (t forum.Ties, err error) {
	var rows []forum.Tie
	if err := s.on(ctx).Where("by_id = ? OR to_id = ?", personID, personID).Order("id").Find(&rows).Error; err != nil {
		return t, fault("read ties", err)
	}
	for _, r := range rows {
		switch {
		case r.ByID == personID && r.Kind == forum.TieMute && r.ThreadID == 0:
			t.Muted = append(t.Muted, r.ToID)
		case r.ByID == personID && r.Kind == forum.TieMute:
			t.Unnamed = append(t.Unnamed, forum.Nook{ThreadID: r.ThreadID, PersonID: r.ToID})
		case r.ToID == personID && r.Kind == forum.TieMute && r.ThreadID == 0:
			t.MutedBy = append(t.MutedBy, r.ByID)
		case r.ToID == personID && r.Kind == forum.TieKnow:
			t.KnownBy = append(t.KnownBy, r.ByID)
		}
	}
	return t, nil
}

// PersonByLook finds somebody else's account with a name that looks the same.
func (s *Store) PersonByLook(ctx context.Context, look string, but int64) (forum.Person, error) {
	var p forum.Person
	err := s.on(ctx).Where("look = ? AND id <> ?", look, but).Order("id").Limit(1).Take(&p).Error
	return p, fault("find a person by the look of their name", err)
}

// WithoutLook lists people the look of whose name was not worked out yet.
func (s *Store) WithoutLook(ctx context.Context, limit int) ([]forum.Person, error) {
	var list []forum.Person
	err := s.on(ctx).Where("look = ''").Order("id").Limit(limit).Find(&list).Error
	return list, fault("list people by the look of their names", err)
}

// SetLook notes what somebody's name looks like, if it is still this one.
func (s *Store) SetLook(ctx context.Context, p forum.Person) error {
	return fault("note the look of a name", s.on(ctx).Model(&forum.Person{}).Where("id = ? AND name_key = ?", p.ID, p.NameKey).UpdateColumn("look", p.Look).Error)
}

// SetName gives a person another name and keeps the earlier one; forum.ErrTaken
// when somebody has it. It may fail on the unique index, which ends a PostgreSQL
// transaction.
func (s *Store) SetName(ctx context.Context, p forum.Person, earlier forum.EarlierName) error {
	return s.tx(ctx, func(in *Store) error {
		if err := in.on(ctx).Create(&earlier).Error; err != nil {
			return fault("keep an earlier name", err)
		}
		return must("set a name", in.on(ctx).Model(&forum.Person{}).Where("id = ?", p.ID).
			UpdateColumns(map[string]any{"name": p.Name, "name_key": p.NameKey, "look": p.Look}), forum.ErrNoRow)
	})
}

// EarlierNames lists the names that a person had, the latest first.
func (s *Store) EarlierNames(ctx context.Context, personID int64) ([]forum.EarlierName, error) {
	var list []forum.EarlierName
	err := s.on(ctx).Where("person_id = ?", personID).Order("id DESC").Find(&list).Error
	return list, fault("list earlier names", err)
}
