package forum

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Midwifery is what an operator decides about midwives.
type Midwifery struct {
	Hours      *Hours          // when midwives are there; nil: no promise is made
	Recheck    time.Duration   // between two looks at the public register; 0: 7 days
	Remind     []time.Duration // how long before a registration ends people are told; nil: 30 and 7 days
	AnswerLife time.Duration   // after which an answer is called an older one; 0: a year
	Blocks     []AnswerBlock
}

func (m Midwifery) recheck() time.Duration {
	if m.Recheck > 0 {
		return m.Recheck
	}
	return 7 * 24 * time.Hour
}

func (m Midwifery) remind() []time.Duration {
	if m.Remind != nil {
		return m.Remind
	}
	return []time.Duration{30 * 24 * time.Hour, 7 * 24 * time.Hour}
}

// Old says whether an answer is past the time for which it is taken as current.
func (m Midwifery) Old(written, now time.Time) bool {
	life := m.AnswerLife
	if life <= 0 {
		life = 365 * 24 * time.Hour
	}
	return now.Sub(written) >= life
}

// Field is the field of practice that the register names.
type Field string

// The fields. Nobody answers as a midwife whose entry doesn't say midwife.
const (
	FieldMidwife Field = "midwife"
	FieldBoth    Field = "nurse_midwife"
	FieldOther   Field = "other" // anything without midwife in it
)

// Fields lists them.
var Fields = []Field{FieldMidwife, FieldBoth, FieldOther}

// Midwife says whether the field includes midwife.
func (f Field) Midwife() bool { return f == FieldMidwife || f == FieldBoth }

// Identity is how a member of staff knows that the applicant is the person on the
// register.
type Identity string

// The ways.
const (
	IdentityPhoto Identity = "photo" // photo identity seen in a video call
	IdentityWork  Identity = "work"  // confirmed through the employer
	IdentityMet   Identity = "met"   // known in person
)

// Identities lists them.
var Identities = []Identity{IdentityPhoto, IdentityWork, IdentityMet}

// ApplicationState is where an application is.
type ApplicationState string

// The states.
const (
	ApplicationOpen     ApplicationState = "open"
	ApplicationApproved ApplicationState = "approved"
	ApplicationBlocked  ApplicationState = "blocked" // was approved; the register says no, or it ended
	ApplicationRefused  ApplicationState = "refused" // over; the person may apply again
)

// ApplicationStates lists them.
var ApplicationStates = []ApplicationState{ApplicationOpen, ApplicationApproved, ApplicationBlocked, ApplicationRefused}

var applicationMoves = map[ApplicationState][]ApplicationState{
	ApplicationOpen:     {ApplicationApproved, ApplicationRefused},
	ApplicationApproved: {ApplicationBlocked},
	ApplicationBlocked:  {ApplicationApproved, ApplicationRefused},
}

// May says whether an application may go from s to next.
func (s ApplicationState) May(next ApplicationState) bool {
	return s == next || slices.Contains(applicationMoves[s], next)
}

// Application is a midwife's wish to answer as one. What is sealed is opened for
// a purpose and on record.
type Application struct {
	ID             int64
	PersonID       int64
	State          ApplicationState
	NumberKey      string // keyed hash of the register number: one number, one account
	NumberSealed   []byte
	NameSealed     []byte // as registered
	EmployerSealed []byte
	Field          Field // as the applicant says
	Round          int   // of checks: two different people in each
	CreatedAt      time.Time
	DecidedAt      *time.Time
}

// ApplicationRow is an application with what a list shows.
type ApplicationRow struct {
	Application
	PersonName   string
	Registration RegistrationState // empty: none yet
	ExpiresAt    *time.Time
	RecheckAt    *time.Time
	Checks       int  // in this round
	Twin         bool // another account gave the same number
}

// RegisterCheck is what one member of staff saw on the public register, and when.
type RegisterCheck struct {
	ID            int64
	ApplicationID int64
	Round         int
	ByID          int64
	Seen          RegistrationState
	Field         Field
	Identity      Identity
	Reviewed      bool       // conditions of practice were read and don't touch what is done here
	ExpiresAt     *time.Time // the end of the registration, as seen
	CreatedAt     time.Time
}

// Passes says whether somebody may be a midwife here after what was seen.
// Conditions block until they were reviewed.
func (k RegisterCheck) Passes() bool {
	standing := k.Seen == RegistrationCurrent || k.Seen == RegistrationConditions && k.Reviewed
	return standing && k.Field.Midwife()
}

// CheckRow is a check with the name of who made it.
type CheckRow struct {
	RegisterCheck
	ByName string
}

// NewApplication is the form of a midwife who applies.
type NewApplication struct {
	Name     string // as on the register
	Number   string // NMC PIN
	Employer string
	Field    Field
}

// Details are the opened seals of an application.
type Details struct{ Name, Number, Employer string }

// pin is the form of an NMC PIN: two digits, a letter, four digits, a letter
// (Nursing and Midwifery Council).
var pin = regexp.MustCompile(`^[0-9]{2}[A-Z][0-9]{4}[A-Z]$`)

// CheckPIN folds a register number as people type it, and refuses what can't be one.
func CheckPIN(typed string) (string, error) {
	number := strings.ToUpper(strings.Join(strings.FieldsFunc(typed, func(r rune) bool { return r == ' ' || r == '-' || r == '\u00a0' }), ""))
	if !pin.MatchString(number) {
		return "", invalid("number", "Please write your NMC PIN as two digits, a letter, four digits and a letter, like 01A2345N.")
	}
	return number, nil
}

const (
	registerNumber = "register number"
	registeredName = "registered name"
	employerName   = "employer"
)

var limitApply = Limit{5, 24 * time.Hour}

// Apply asks for a midwife's badge. It says the same whether or not the number is
// known here; staff see that two accounts gave one number, and only one of them
// can ever be approved.
func (c *Community) Apply(ctx context.Context, a Actor, n NewApplication) error {
	if !a.SignedIn() {
		return errSignedOut
	}
	if err := c.mayWrite(a); err != nil {
		return err
	}
	name, nameErr := checkText("name", "your name as it is on the register", n.Name, 3, 120)
	number, numberErr := CheckPIN(n.Number)
	employer, employerErr := checkText("employer", "where you work", n.Employer, 2, 120)
	faults := []error{nameErr, numberErr, employerErr}
	switch {
	case !slices.Contains(Fields, n.Field):
		faults = append(faults, invalid("field", "Please choose what the register says."))
	case !n.Field.Midwife():
		faults = append(faults, invalid("field", "Only somebody whose register entry says midwife can answer as a midwife. You can still write here as a parent."))
	}
	if err := errors.Join(faults...); err != nil {
		return err
	}
	if err := c.throttle(ctx, "apply", fmt.Sprint(a.ID), limitApply); err != nil {
		return err
	}
	now := c.now()
	app := Application{PersonID: a.ID, State: ApplicationOpen, Field: n.Field, Round: 1, NumberKey: c.keys.Index(registerNumber, fold(number)), CreatedAt: now}
	for _, s := range []struct {
		into          *[]byte
		plain, reason string
	}{{&app.NumberSealed, number, registerNumber}, {&app.NameSealed, name, registeredName}, {&app.EmployerSealed, employer, employerName}} {
		sealed, err := c.keys.Seal(s.plain, s.reason)
		if err != nil {
			return fmt.Errorf("seal an application: %w", err)
		}
		*s.into = sealed
	}
	err := c.store.Tx(ctx, func(tx Store) error {
		if err := tx.AddApplication(ctx, &app); err != nil {
			return err
		}
		if err := c.recordMidwife(ctx, tx, &a.ID, a.ID, "midwife.applied", ""); err != nil {
			return err
		}
		return c.tellKeepers(ctx, tx, a.ID, fmt.Sprintf("applied:%d", app.ID), "A midwife has applied", "Two people check the register.", midwifePath(app.ID))
	})
	if errors.Is(err, ErrTaken) {
		return &Error{Kind: LostRace, Message: "We have your application already. Two people on our team look at it."}
	}
	if err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	c.Nudge()
	return nil
}

func midwifePath(application int64) string { return fmt.Sprintf("/midwives/%d", application) }

// MyApplication is the newest application of a person, with what staff said of it;
// ok is false when there is none.
func (c *Community) MyApplication(ctx context.Context, a Actor) (row ApplicationRow, ok bool, err error) {
	if !a.SignedIn() {
		return row, false, errSignedOut
	}
	row, err = c.store.ApplicationOf(ctx, a.ID)
	if errors.Is(err, ErrNoRow) {
		return row, false, nil
	}
	if err != nil {
		return row, false, fmt.Errorf("find an application: %w", err)
	}
	return row, true, nil
}

// Keeps says whether the actor looks after people: leads and admins.
func (a Actor) Keeps() bool { return a.Has(RoleLead) || a.Has(RoleAdmin) }

// Applications lists those who wait for a check first, then those due for another
// look, then the others.
func (c *Community) Applications(ctx context.Context, a Actor) ([]ApplicationRow, error) {
	if !a.Keeps() {
		return nil, errNotFound
	}
	rows, err := c.store.Applications(ctx, c.now(), 500)
	if err != nil {
		return nil, fmt.Errorf("list applications: %w", err)
	}
	for i := range rows {
		rows[i].unseal()
	}
	return rows, nil
}

// unseal takes off what only [Community.OpenApplication] hands out.
func (r *ApplicationRow) unseal() {
	r.NumberKey, r.NumberSealed, r.NameSealed, r.EmployerSealed = "", nil, nil, nil
}

// Application reads an application and its checks, newest first.
func (c *Community) Application(ctx context.Context, a Actor, id int64) (ApplicationRow, []CheckRow, error) {
	row, err := c.application(ctx, c.store, a, id)
	if err != nil {
		return row, nil, err
	}
	row.unseal()
	checks, err := c.store.RegisterChecks(ctx, id)
	if err != nil {
		return row, nil, fmt.Errorf("list the checks of application %d: %w", id, err)
	}
	return row, checks, nil
}

func (c *Community) application(ctx context.Context, s Store, a Actor, id int64) (ApplicationRow, error) {
	if !a.Keeps() {
		return ApplicationRow{}, errNotFound
	}
	row, err := s.Application(ctx, id)
	if errors.Is(err, ErrNoRow) {
		return row, errNotFound
	}
	if err != nil {
		return row, fmt.Errorf("find application %d: %w", id, err)
	}
	return row, nil
}

// PurposeRegister is why an application is opened, beside [SealPurposes]: to look
// the person up on the public register.
const PurposeRegister = "register"

// OpenApplication unseals number, name and employer. That it was opened, by whom
// and why is on record before anything is handed out.
func (c *Community) OpenApplication(ctx context.Context, a Actor, id int64, purpose string) (Details, error) {
	row, err := c.application(ctx, c.store, a, id)
	if err != nil {
		return Details{}, err
	}
	if err := c.fresh(a); err != nil {
		return Details{}, err
	}
	if row.PersonID == a.ID {
		return Details{}, invalid("purpose", "This is your own application. Two other people look at it.")
	}
	if purpose != PurposeRegister && !slices.Contains(SealPurposes, purpose) {
		return Details{}, invalid("purpose", "Please choose why you need to read this.")
	}
	if err := c.recordMidwife(ctx, c.store, &a.ID, row.PersonID, "midwife.opened", purpose); err != nil {
		return Details{}, err
	}
	var d Details
	for _, s := range []struct {
		into    *string
		sealed  []byte
		purpose string
	}{{&d.Number, row.NumberSealed, registerNumber}, {&d.Name, row.NameSealed, registeredName}, {&d.Employer, row.EmployerSealed, employerName}} {
		if *s.into, err = c.keys.Open(s.sealed, s.purpose); err != nil {
			return Details{}, fmt.Errorf("open application %d: %w", id, err)
		}
	}
	return d, nil
}

// recordMidwife puts a step on record: about whom, never the number or the name.
func (c *Community) recordMidwife(ctx context.Context, tx Store, by *int64, personID int64, action, detail string) error {
	if err := tx.AddRecord(ctx, RecordEntry{ActorID: by, Action: action, Subject: "person", SubjectID: personID, Detail: detail, CreatedAt: c.now()}); err != nil {
		return fmt.Errorf("put %s on record: %w", action, err)
	}
	return nil
}

const subjectPeople = "Something on our site waits for you"

// tellKeepers tells every lead and admin, except the one it is about.
func (c *Community) tellKeepers(ctx context.Context, tx Store, about int64, key, title, body, path string) error {
	var all []int64
	for _, r := range []Role{RoleLead, RoleAdmin} {
		some, err := tx.People(ctx, r)
		if err != nil {
			return fmt.Errorf("list leads and admins: %w", err)
		}
		all = append(all, some...)
	}
	slices.Sort(all)
	for _, id := range slices.Compact(all) {
		if id == about {
			continue
		}
		n := Notice{Key: fmt.Sprintf("%s:%d", key, id), PersonID: id, Kind: NoticeStaff, Title: title, Body: body, Path: path}
		if err := c.tell(ctx, tx, n, subjectPeople, nil); err != nil {
			return err
		}
	}
	return nil
}
