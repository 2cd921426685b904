package store

import (
	"context"
	"slices"
	"strings"

	"gorm.io/gorm"

	"snowdrop/internal/forum"
)

// listed narrows a query to what the actor meets in lists: forum.Meet as a scope,
// for rows of posts under the alias p and of threads under t. A test holds the two
// together. It adds nothing for those who chose nothing.
func listed(a forum.Actor, sieve forum.Sieve, rows ...string) scope {
	return func(db *gorm.DB) *gorm.DB {
		hides := a.Chosen().Hides
		var hidden []string
		var matters []any
		for _, row := range rows {
			if muted, args := mutedIn(a, row); muted != "" {
				db = db.Where("("+exempt(row)+" OR NOT ("+muted+"))", append([]any{a.ID}, args...)...)
			}
			hidden = append(hidden, "(NOT ("+exempt(row)+") AND "+row+".matters & ? <> 0)")
			matters = append(matters, a.ID, int(hides))
		}
		switch {
		case sieve == forum.SieveMuted, hides == 0 && sieve == forum.SieveListed:
			return db
		case sieve == forum.SieveHidden:
			return db.Where("("+strings.Join(hidden, " OR ")+")", matters...)
		}
		return db.Where("NOT ("+strings.Join(hidden, " OR ")+")", matters...)
	}
}

// exempt is what is neither muted nor hidden: one's own words, and a midwife's.
func exempt(row string) string {
	if row == "p" {
		return "p.author_id = ? OR p.capacity = 'midwife'"
	}
	return row + ".author_id = ?"
}

// mutedIn is what mutes keep out of lists; empty when nothing does. The numbers
// stand in the statement where PostgreSQL and SQLite read a list of pairs alike.
func mutedIn(a forum.Actor, row string) (text string, args []any) {
	var parts []string
	named := a.Ties.Muted
	if !a.Moderates() {
		named = slices.Concat(named, a.Ties.MutedBy)
	}
	if len(named) > 0 {
		parts = append(parts, "(NOT "+row+".anonymous AND "+row+".author_id IN ?)")
		args = append(args, named)
	}
	if len(a.Ties.Unnamed) > 0 {
		place := map[string]string{"p": "p.thread_id", "t": "t.id"}[row]
		var nooks []string
		for _, n := range a.Ties.Unnamed {
			nooks = append(nooks, place+" = ? AND "+row+".author_id = ?")
			args = append(args, n.ThreadID, n.PersonID)
		}
		parts = append(parts, row+".anonymous AND ("+strings.Join(nooks, " OR ")+")")
	}
	return strings.Join(parts, " OR "), args
}

// absent lists those whose posts are forum.MeetAbsent for the actor.
func absent(a forum.Actor) []int64 {
	if a.Moderates() {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(a.Ties.MutedBy), func(id int64) bool { return slices.Contains(a.Ties.Muted, id) })
}

// present narrows a query over posts p to those that are not forum.MeetAbsent.
func present(a forum.Actor) scope {
	return func(db *gorm.DB) *gorm.DB {
		if gone := absent(a); len(gone) > 0 {
			return db.Where("(p.capacity = 'midwife' OR p.anonymous OR p.author_id NOT IN ?)", gone)
		}
		return db
	}
}

// told narrows a query over notices to those that the actor would still be told of.
func (s *Store) told(ctx context.Context, a forum.Actor) scope {
	return func(db *gorm.DB) *gorm.DB {
		if len(a.Ties.KnownBy)+len(a.Ties.Muted)+len(a.Ties.MutedBy)+len(a.Ties.Unnamed) == 0 && a.Chosen().Hides == 0 {
			return db
		}
		post := func() *gorm.DB {
			return s.on(ctx).Table("posts AS p").Select("1").Joins("JOIN threads t ON t.id = p.thread_id").Where("p.id = notices.post_id")
		}
		if known := a.Ties.KnownBy; len(known) > 0 && !a.Moderates() {
			db = db.Where("(notices.post_id IS NULL OR NOT EXISTS (?))", post().Where("(t.author_id IN ? OR p.capacity <> 'midwife' AND p.author_id IN ?)", known, known))
		}
		return db.Where("(notices.post_id IS NULL OR EXISTS (?) OR EXISTS (?))", post().Where("p.capacity = 'midwife'"), post().Scopes(listed(a, forum.SieveListed, "p", "t")))
	}
}

// discount takes what the actor may not see, or does not meet, off the number of
// comments of threads: the number would tell. It costs nothing for those whom
// nobody muted or knows.
func (s *Store) discount(ctx context.Context, a forum.Actor, rows []forum.ThreadRow) error {
	known, gone := a.Ties.KnownBy, absent(a)
	if len(known)+len(gone) == 0 || len(rows) == 0 || a.Moderates() {
		return nil
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	var counts []struct {
		ThreadID int64
		N        int
	}
	err := s.on(ctx).Table("posts AS p").Select("p.thread_id, count(*) AS n").
		Where("p.thread_id IN ? AND p.part = 'comment' AND p.capacity <> 'midwife' AND "+shownPost, ids).
		Where("(p.author_id IN ? OR NOT p.anonymous AND p.author_id IN ?)", known, gone).
		Group("p.thread_id").Scan(&counts).Error
	if err != nil {
		return fault("count what somebody does not see", err)
	}
	for _, c := range counts {
		rows[slices.Index(ids, c.ThreadID)].Comments -= c.N
	}
	return nil
}
