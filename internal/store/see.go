package store

import (
	"gorm.io/gorm"

	"snowdrop/internal/forum"
)

// The conditions below are literals, not parameters: PostgreSQL uses a partial
// index only when it can read its condition in the statement.
const (
	shownPost   = "p.state IN ('public', 'folded')"
	shownThread = "t.state IN ('public', 'folded')"
)

type scope = func(*gorm.DB) *gorm.DB

// visibleTo narrows a query over posts p and threads t to what the actor may
// read. It says the same as forum.CanSee; a test holds the two against each
// other. Every read of posts for somebody goes through it.
func (s *Store) visibleTo(a forum.Actor) scope {
	return func(db *gorm.DB) *gorm.DB {
		db = s.enter(db, a)
		const inSight = shownPost + " AND (p.part = 'opening' OR t.state = 'withdrawn' OR " + shownThread
		switch {
		case a.Moderates():
			return db
		case a.SignedIn():
			db = db.Where("(p.author_id = ? OR "+inSight+" OR t.author_id = ?))", a.ID, a.ID)
			if known := a.Ties.KnownBy; len(known) > 0 {
				db = db.Where("(p.author_id = ? OR t.author_id NOT IN ? AND (p.capacity = 'midwife' OR p.author_id NOT IN ?))", a.ID, known, known)
			}
			return db
		default:
			return db.Where(inSight + ")")
		}
	}
}

// openTo narrows a query over threads t to those whose page the actor may open:
// forum.CanSeeThread as a scope.
func (s *Store) openTo(a forum.Actor) scope {
	return func(db *gorm.DB) *gorm.DB { return opened(a)(s.enter(db, a)) }
}

// opened is openTo for a query that visibleTo has let enter already: saying that
// twice misleads PostgreSQL about how many threads are left.
func opened(a forum.Actor) scope {
	return func(db *gorm.DB) *gorm.DB {
		const open = "(" + shownThread + " OR t.state = 'withdrawn' AND t.comments > 0"
		switch {
		case a.Moderates():
			return db
		case a.SignedIn():
			db = db.Where(open+" OR t.author_id = ?)", a.ID)
			if known := a.Ties.KnownBy; len(known) > 0 {
				db = db.Where("t.author_id NOT IN ?", known)
			}
			return db
		default:
			return db.Where(open + ")")
		}
	}
}

// enter keeps strangers to public threads in public topics. COALESCE keeps
// SQLite from looking each topic up in the index by topic and sorting them all,
// where walking the index by activity finds a page at once.
func (s *Store) enter(db *gorm.DB, a forum.Actor) *gorm.DB {
	if a.SignedIn() {
		return db
	}
	return db.Where("t.audience = 'public' AND COALESCE(t.topic, '') IN ?", s.public)
}
