package store

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm/clause"

	"snowdrop/internal/forum"
)

// AddPerson stores p and gives it its ID.
func (s *Store) AddPerson(ctx context.Context, p *forum.Person) error {
	if p.EmailSealed == nil {
		p.EmailSealed = []byte{} // nil would be NULL
	}
	if p.EmailState == "" {
		p.EmailState = forum.EmailConfirmed
	}
	return must("add a person", s.on(ctx).Clauses(nothing).Create(p), forum.ErrTaken)
}

// Person finds a person.
func (s *Store) Person(ctx context.Context, id int64) (forum.Person, error) {
	return s.person(ctx, "id", id)
}

// PersonByEmail finds a person by the keyed hash of their address.
func (s *Store) PersonByEmail(ctx context.Context, emailKey string) (forum.Person, error) {
	return s.person(ctx, "email_key", emailKey)
}

// PersonByName finds a person by their folded alias.
func (s *Store) PersonByName(ctx context.Context, nameKey string) (forum.Person, error) {
	return s.person(ctx, "name_key", nameKey)
}

func (s *Store) person(ctx context.Context, column string, key any) (forum.Person, error) {
	var p forum.Person
	err := s.on(ctx).Where(clause.Eq{Column: column, Value: key}).Take(&p).Error
	return p, fault("find a person", err)
}

// CountPeople counts everybody with an account.
func (s *Store) CountPeople(ctx context.Context) (int64, error) {
	var n int64
	err := s.on(ctx).Model(&forum.Person{}).Count(&n).Error
	return n, fault("count people", err)
}

// People lists who was granted a role, in order of their accounts.
func (s *Store) People(ctx context.Context, r forum.Role) ([]int64, error) {
	var ids []int64
	err := s.on(ctx).Model(&forum.Grant{}).Where("role = ?", r).Order("person_id").Pluck("person_id", &ids).Error
	return ids, fault("list who has a role", err)
}

// SetPassword replaces a person's password hash.
func (s *Store) SetPassword(ctx context.Context, personID int64, hash string) error {
	return must("set a password", s.on(ctx).Model(&forum.Person{}).Where("id = ?", personID).
		UpdateColumn("password_hash", hash), forum.ErrNoRow)
}

// SetConsent notes when a person consented.
func (s *Store) SetConsent(ctx context.Context, personID int64, at time.Time) error {
	return must("note consent", s.on(ctx).Model(&forum.Person{}).Where("id = ?", personID).
		UpdateColumn("consent_at", micro(at)), forum.ErrNoRow)
}

// AddGrant gives a person a role.
func (s *Store) AddGrant(ctx context.Context, g forum.Grant) error {
	return fault("grant a role", s.on(ctx).Clauses(nothing).Create(&g).Error)
}

// SetRegistration stores the outcome of the latest register check.
func (s *Store) SetRegistration(ctx context.Context, r forum.Registration) error {
	replace := clause.OnConflict{
		Columns:   []clause.Column{{Name: "person_id"}},
		DoUpdates: clause.AssignmentColumns([]string{"state", "checked_by", "checked_at", "expires_at", "recheck_at", "due_at"}),
	}
	return fault("store a register check", s.on(ctx).Clauses(replace).Create(&r).Error)
}

// Actor loads a person with their roles, from the widest to the narrowest, and
// whether their registration stands.
func (s *Store) Actor(ctx context.Context, personID int64) (forum.Actor, error) {
	var rows []struct {
		ID      int64
		Name    string
		Role    forum.Role
		State   forum.RegistrationState
		Trained bool
		Measure int64
		Kind    forum.MeasureKind
		EndsAt  *time.Time
		Email   forum.EmailState
		Factor  bool
		Ends    *time.Time // the role
		Until   *time.Time // the registration
		Tied    bool
		Chooser int64
		forum.Choices
	}
	err := s.on(ctx).Table("people AS a").
		Select(`a.id, a.name, COALESCE(g.role, '') AS role, COALESCE(r.state, '') AS state, tr.person_id IS NOT NULL AS trained,
			COALESCE(m.id, 0) AS measure, COALESCE(m.kind, '') AS kind, m.ends_at,
			a.email_state AS email, f.person_id IS NOT NULL OR EXISTS (SELECT 1 FROM passkeys k WHERE k.person_id = a.id) AS factor, g.expires_at AS ends, r.expires_at AS until,
			EXISTS (SELECT 1 FROM ties x WHERE x.by_id = a.id) OR EXISTS (SELECT 1 FROM ties x WHERE x.to_id = a.id) AS tied,
			COALESCE(c.person_id, 0) AS chooser, COALESCE(c.hides, 0) AS hides, COALESCE(c.folds, 0) AS folds,
			COALESCE(c.follows, '') AS follows, COALESCE(c.leaves, '') AS leaves, COALESCE(c.baby, '') AS baby, COALESCE(c.loss, '') AS loss`).
		Joins("LEFT JOIN grants g ON g.person_id = a.id").
		Joins("LEFT JOIN registrations r ON r.person_id = a.id").
		Joins("LEFT JOIN second_factors f ON f.person_id = a.id AND f.state = 'on'").
		Joins("LEFT JOIN choices c ON c.person_id = a.id").
		Joins("LEFT JOIN trainings tr ON tr.person_id = a.id").
		Joins("LEFT JOIN measures m ON m.person_id = a.id AND m.state = 'standing' AND m.kind IN ('read_only', 'suspension', 'ban')").
		Where("a.id = ?", personID).Order("m.id").Scan(&rows).Error
	if err == nil && len(rows) == 0 {
		err = forum.ErrNoRow
	}
	if err != nil {
		return forum.Actor{}, fault("load an actor", err)
	}
	actor := forum.Actor{ID: rows[0].ID, Name: rows[0].Name, Registered: rows[0].State == forum.RegistrationCurrent, Trained: rows[0].Trained}
	actor.Unconfirmed, actor.Factor = rows[0].Email == forum.EmailUnconfirmed, rows[0].Factor
	actor.Choices, actor.Choices.PersonID = rows[0].Choices, rows[0].Chooser
	if rows[0].Tied {
		if actor.Ties, err = s.ties(ctx, personID); err != nil {
			return forum.Actor{}, err
		}
	}
	measured := int64(0)
	for _, r := range rows { // one row for each role and each measure
		if r.Role != "" && !slices.Contains(actor.Roles, r.Role) {
			actor.Roles = append(actor.Roles, r.Role)
			if r.Ends != nil {
				actor.Endings = append(actor.Endings, forum.Ending{Role: r.Role, At: *r.Ends})
			}
			if r.Role == forum.RoleMidwife && r.Until != nil {
				actor.Endings = append(actor.Endings, forum.Ending{Role: r.Role, At: *r.Until})
			}
		}
		if r.Measure > measured {
			measured = r.Measure
			actor.Restrictions = append(actor.Restrictions, forum.Restriction{Kind: r.Kind, Until: r.EndsAt})
		}
	}
	slices.SortFunc(actor.Roles, func(a, b forum.Role) int {
		return slices.Index(forum.Roles, a) - slices.Index(forum.Roles, b)
	})
	return actor, nil
}
