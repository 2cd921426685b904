package forum

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// SeenStates lists what somebody can see on the register.
var SeenStates = []RegistrationState{RegistrationCurrent, RegistrationConditions, RegistrationInterim, RegistrationSuspended, RegistrationLapsed, RegistrationRemoved, RegistrationNotFound}

// RegistrationStates lists all states: what can be seen, and that it ended here.
var RegistrationStates = append(slices.Clone(SeenStates), RegistrationEnded)

// Doubted says that the register no longer vouches for the person, so that what
// they wrote as a midwife counts as nobody's answer. Somebody whose registration
// ran out, or who left, was a midwife when they wrote.
func (s RegistrationState) Doubted() bool {
	switch s {
	case RegistrationSuspended, RegistrationInterim, RegistrationConditions, RegistrationRemoved, RegistrationNotFound:
		return true
	}
	return false
}

// NewCheck is the form of somebody who has looked at the register.
type NewCheck struct {
	ApplicationID int64
	Round         int
	Seen          RegistrationState
	Field         Field
	Identity      Identity
	Reviewed      bool
	Expires       string // YYYY-MM-DD, the last day
}

// expiresMost refuses a slip of the pen: no registration is seen to last longer.
const expiresMost = 4 * 365 * 24 * time.Hour

// expiry reads the last day of a registration or a role. It ends when that day
// does.
func (c *Community) expiry(typed string) (time.Time, error) {
	day, err := time.ParseInLocation(time.DateOnly, typed, c.zone())
	if err != nil {
		return time.Time{}, invalid("expires", "Please write the date as year, month and day, like 2027-03-31.")
	}
	ends := day.AddDate(0, 0, 1).UTC()
	switch now := c.now(); {
	case !ends.After(now):
		return ends, invalid("expires", "This date has passed.")
	case ends.Sub(now) > expiresMost:
		return ends, invalid("expires", "This date is more than four years away. Please look at it again.")
	}
	return ends, nil
}

// CheckRegister notes what one member of staff saw. The second check that passes,
// by somebody else, makes or renews a midwife. One that doesn't pass works at
// once: nobody waits for a second pair of eyes to take a badge off.
func (c *Community) CheckRegister(ctx context.Context, a Actor, n NewCheck) (ApplicationState, error) {
	row, err := c.application(ctx, c.store, a, n.ApplicationID)
	if err != nil {
		return "", err
	}
	k := RegisterCheck{ApplicationID: row.ID, Round: row.Round, ByID: a.ID, Seen: n.Seen, Field: n.Field, Identity: n.Identity, Reviewed: n.Reviewed && n.Seen == RegistrationConditions, CreatedAt: c.now()}
	if err := c.checkCheck(a, row, &k, n); err != nil {
		return "", err
	}
	var state ApplicationState
	err = c.store.Tx(ctx, func(tx Store) error {
		// Whoever raises nothing here loses to whoever has decided meanwhile.
		if err := tx.HoldApplication(ctx, row.ID, n.Round); err != nil {
			return err
		}
		if err := tx.AddRegisterCheck(ctx, &k); err != nil {
			return err
		}
		if err := c.recordMidwife(ctx, tx, &a.ID, row.PersonID, "midwife.checked", fmt.Sprintf("round %d, %s", k.Round, k.Seen)); err != nil {
			return err
		}
		state, err = c.concludeChecks(ctx, tx, a, row, k)
		return err
	})
	switch {
	case errors.Is(err, ErrTaken):
		return "", &Error{Kind: LostRace, Message: "You have checked this already. Somebody else must check too."}
	case errors.Is(err, ErrLost):
		return "", &Error{Kind: LostRace, Message: "Somebody else was faster, and this application has moved on. Please open it again."}
	case err != nil:
		return "", fmt.Errorf("check the register: %w", err)
	}
	c.Nudge()
	return state, nil
}

func (c *Community) checkCheck(a Actor, row ApplicationRow, k *RegisterCheck, n NewCheck) error {
	if row.PersonID == a.ID {
		return invalid("", "This is your own application. Two other people look at it.")
	}
	var faults []error
	if !slices.Contains(SeenStates, n.Seen) {
		faults = append(faults, invalid("seen", "Please choose what the register says."))
	}
	if !slices.Contains(Fields, n.Field) && n.Seen != RegistrationNotFound {
		faults = append(faults, invalid("field", "Please choose the field of practice that you saw."))
	}
	if n.Seen == RegistrationNotFound {
		k.Field = FieldOther
	}
	if n.Identity != "" && !slices.Contains(Identities, n.Identity) {
		faults = append(faults, invalid("identity", "Please choose how you know who this is."))
	}
	if k.Passes() {
		if n.Identity == "" {
			faults = append(faults, invalid("identity", "Please choose how you know that this is the person on the register."))
		}
		ends, err := c.expiry(n.Expires)
		if err != nil {
			faults = append(faults, err)
		}
		k.ExpiresAt = &ends
	}
	if err := errors.Join(faults...); err != nil {
		return err
	}
	if row.State == ApplicationRefused {
		return &Error{Kind: LostRace, Message: "This application is over. They can apply again."}
	}
	return nil
}

// concludeChecks draws the conclusion from the checks of a round.
func (c *Community) concludeChecks(ctx context.Context, tx Store, a Actor, row ApplicationRow, k RegisterCheck) (ApplicationState, error) {
	if !k.Passes() {
		why := k.Seen
		if why == RegistrationCurrent || why == RegistrationConditions && k.Reviewed {
			why = RegistrationNotFound // as a midwife they are not on it
		}
		if row.State == ApplicationOpen {
			return ApplicationRefused, c.refuse(ctx, tx, row)
		}
		return ApplicationBlocked, c.block(ctx, tx, &a.ID, row.PersonID, why)
	}
	checks, err := tx.RegisterChecks(ctx, row.ID)
	if err != nil {
		return "", err
	}
	first := slices.IndexFunc(checks, func(o CheckRow) bool { return o.Round == k.Round && o.ByID != k.ByID && o.Passes() })
	if first < 0 {
		return row.State, nil
	}
	ends := earlier(*k.ExpiresAt, *checks[first].ExpiresAt)
	return ApplicationApproved, c.approve(ctx, tx, a, row, ends)
}

func (c *Community) approve(ctx context.Context, tx Store, a Actor, row ApplicationRow, ends time.Time) error {
	now := c.now()
	if err := tx.MoveApplication(ctx, row.ID, row.Round, ApplicationApproved, now); errors.Is(err, ErrTaken) {
		return &Error{Kind: LostRace, Message: "Another account here has this register number. One number belongs to one account. Please find out who is who first."}
	} else if err != nil {
		return err
	}
	recheck := now.Add(c.Midwifery.recheck())
	r := Registration{PersonID: row.PersonID, State: RegistrationCurrent, CheckedBy: &a.ID, CheckedAt: now, ExpiresAt: &ends, RecheckAt: &recheck}
	r.DueAt = c.nextDue(r, now)
	if err := tx.SetRegistration(ctx, r); err != nil {
		return err
	}
	action, title, body := "midwife.renewed", "", ""
	if row.Registration != RegistrationCurrent {
		action, title = "midwife.approved", "You can answer as a midwife"
		body = "Two people on our team have seen you on the register. You choose for each post whether you write as a midwife or as a parent."
		if err := tx.AddGrant(ctx, Grant{PersonID: row.PersonID, Role: RoleMidwife, GrantedBy: &a.ID, CreatedAt: now}); err != nil {
			return err
		}
		if err := tx.RecountAnswers(ctx, row.PersonID, now); err != nil {
			return err
		}
	}
	if err := c.recordMidwife(ctx, tx, &a.ID, row.PersonID, action, fmt.Sprintf("round %d, until %s", row.Round, ends.Format(time.DateOnly))); err != nil {
		return err
	}
	if title == "" {
		return nil
	}
	n := Notice{Key: fmt.Sprintf("midwife:%d:%d", row.ID, row.Round), PersonID: row.PersonID, Kind: NoticeStaff, Title: title, Body: body, Path: "/me/midwife"}
	return c.tell(ctx, tx, n, subjectMessage, nil)
}

func (c *Community) refuse(ctx context.Context, tx Store, row ApplicationRow) error {
	if err := tx.MoveApplication(ctx, row.ID, row.Round, ApplicationRefused, c.now()); err != nil {
		return err
	}
	if err := c.recordMidwife(ctx, tx, nil, row.PersonID, "midwife.refused", ""); err != nil {
		return err
	}
	n := Notice{
		Key: fmt.Sprintf("midwife:%d:%d", row.ID, row.Round), PersonID: row.PersonID, Kind: NoticeStaff, Path: "/me/midwife",
		Title: "About your application", Body: "We couldn't confirm your entry on the register. Please look at what you gave us and apply again. You can go on writing here as a parent.",
	}
	return c.tell(ctx, tx, n, subjectMessage, nil)
}

// RevokeMidwife takes the badge off somebody, from the next request on and
// wherever they are signed in. One person is enough.
func (c *Community) RevokeMidwife(ctx context.Context, a Actor, personID int64, why RegistrationState) error {
	if !a.Keeps() {
		return errNotFound
	}
	if why == RegistrationCurrent || !slices.Contains(RegistrationStates, why) {
		return invalid("why", "Please choose why.")
	}
	r, err := c.store.Registration(ctx, personID)
	if errors.Is(err, ErrNoRow) {
		return errNotFound
	}
	if err != nil {
		return fmt.Errorf("find a registration: %w", err)
	}
	if r.State == why {
		return nil
	}
	for range 3 { // a check that ends at the same moment must not keep the badge on
		if err = c.store.Tx(ctx, func(tx Store) error { return c.block(ctx, tx, &a.ID, personID, why) }); !errors.Is(err, ErrLost) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("revoke a midwife: %w", err)
	}
	c.Nudge()
	return nil
}

// block ends what somebody may do as a midwife. by is nil when time did it.
func (c *Community) block(ctx context.Context, tx Store, by *int64, personID int64, why RegistrationState) error {
	now := c.now()
	app, err := tx.ApplicationOf(ctx, personID)
	switch {
	case errors.Is(err, ErrNoRow): // vouched for on the server
	case err != nil:
		return err
	case app.State == ApplicationApproved || app.State == ApplicationBlocked:
		if err := tx.MoveApplication(ctx, app.ID, app.Round, ApplicationBlocked, now); err != nil {
			return err
		}
	}
	if err := tx.SetRegistration(ctx, Registration{PersonID: personID, State: why, CheckedBy: by, CheckedAt: now}); err != nil {
		return err
	}
	if err := tx.DropGrant(ctx, personID, RoleMidwife); err != nil && !errors.Is(err, ErrNoRow) {
		return err
	}
	if err := tx.DropQuestionClaims(ctx, personID); err != nil {
		return err
	}
	if err := tx.RecountAnswers(ctx, personID, now); err != nil {
		return err
	}
	if err := c.recordMidwife(ctx, tx, by, personID, "midwife.revoked", string(why)); err != nil {
		return err
	}
	p, err := tx.Person(ctx, personID)
	if err != nil {
		return err
	}
	n, err := tx.CountAnswersBy(ctx, personID)
	if err != nil {
		return err
	}
	body := fmt.Sprintf("Their answers have a new label: %d in all. ", n)
	if why.Doubted() {
		body += "The questions they answered are in the midwives' list again. Please look at what they wrote."
	} else {
		body += "They were a verified midwife when they wrote them."
	}
	key := fmt.Sprintf("revoked:%d:%d", personID, now.UnixMicro())
	if err := c.tellKeepers(ctx, tx, personID, key, p.Name+" is no longer a midwife here ("+RegistrationWords(why)+")", body, fmt.Sprintf("/people/%d", personID)); err != nil {
		return err
	}
	return c.tell(ctx, tx, Notice{
		Key: key + ":self", PersonID: personID, Kind: NoticeStaff, Path: "/me/midwife",
		Title: "You can't answer as a midwife for now", Body: "The reason we noted: " + RegistrationWords(why) + ". You can go on writing here as a parent. If this is wrong, please write to us, and we look again.",
	}, subjectMessage, nil)
}

var registrationWords = map[RegistrationState]string{
	RegistrationCurrent: "current", RegistrationSuspended: "suspended", RegistrationInterim: "an interim order",
	RegistrationConditions: "conditions of practice", RegistrationLapsed: "the registration ran out", RegistrationRemoved: "removed from the register",
	RegistrationNotFound: "not found on the register as a midwife", RegistrationEnded: "they stopped answering as a midwife",
}

// RegistrationWords says a state in a few words.
func RegistrationWords(s RegistrationState) string { return registrationWords[s] }

// due is one moment at which somebody is told something about a registration.
type due struct {
	At   time.Time
	What string // recheck, expires, ended
}

func (c *Community) dues(r Registration) []due {
	var all []due
	if r.RecheckAt != nil {
		all = append(all, due{*r.RecheckAt, "recheck"})
	}
	if r.ExpiresAt != nil {
		for _, before := range c.Midwifery.remind() {
			all = append(all, due{r.ExpiresAt.Add(-before), "expires"})
		}
		all = append(all, due{*r.ExpiresAt, "ended"})
	}
	slices.SortStableFunc(all, func(a, b due) int { return a.At.Compare(b.At) })
	return all
}

func (c *Community) nextDue(r Registration, after time.Time) *time.Time {
	for _, d := range c.dues(r) {
		if d.At.After(after) {
			return &d.At
		}
	}
	return nil
}

// tendPeople does what time asks for among people: reminders about registrations,
// registrations and roles that end. Each happens once, however many instances ask.
func (c *Community) tendPeople(ctx context.Context) error {
	now := c.now()
	list, err := c.store.DueRegistrations(ctx, now, tendAtOnce)
	if err != nil {
		return fmt.Errorf("find registrations that are due: %w", err)
	}
	var faults []error
	for _, r := range list {
		err := c.store.Tx(ctx, func(tx Store) error { return c.tendRegistration(ctx, tx, r, now) })
		if err != nil && !errors.Is(err, ErrLost) {
			faults = append(faults, fmt.Errorf("tend to the registration of person %d: %w", r.PersonID, err))
		}
	}
	ended, err := c.store.EndedGrants(ctx, now, tendAtOnce)
	if err != nil {
		return errors.Join(append(faults, fmt.Errorf("find roles that have ended: %w", err))...)
	}
	for _, g := range ended {
		err := c.store.Tx(ctx, func(tx Store) error {
			if err := tx.DropGrant(ctx, g.PersonID, g.Role); err != nil {
				return err
			}
			return c.recordMidwife(ctx, tx, nil, g.PersonID, "role.ended", string(g.Role))
		})
		if err != nil && !errors.Is(err, ErrNoRow) {
			faults = append(faults, fmt.Errorf("end a role of person %d: %w", g.PersonID, err))
		}
	}
	return errors.Join(faults...)
}

func (c *Community) tendRegistration(ctx context.Context, tx Store, r Registration, now time.Time) error {
	was := *r.DueAt
	if err := tx.SetDue(ctx, r.PersonID, was, c.nextDue(r, now)); err != nil {
		return err
	}
	p, err := tx.Person(ctx, r.PersonID)
	if err != nil {
		return err
	}
	path := fmt.Sprintf("/people/%d", r.PersonID)
	if app, err := tx.ApplicationOf(ctx, r.PersonID); err == nil {
		path = midwifePath(app.ID)
	}
	for _, d := range c.dues(r) {
		if d.At.Before(was) || d.At.After(now) {
			continue
		}
		key := fmt.Sprintf("registration:%d:%s:%d", r.PersonID, d.What, d.At.UnixMicro())
		switch d.What {
		case "ended":
			return c.block(ctx, tx, nil, r.PersonID, RegistrationLapsed)
		case "recheck":
			err = c.tellKeepers(ctx, tx, r.PersonID, key, "Time to look at the register again", p.Name+" was checked last on "+r.CheckedAt.In(c.zone()).Format("2 January 2006")+". Two people look again.", path)
		case "expires":
			day := r.ExpiresAt.In(c.zone()).AddDate(0, 0, -1).Format("2 January 2006")
			if err = c.tellKeepers(ctx, tx, r.PersonID, key, "A midwife's registration ends soon", p.Name+", on "+day+". Two people look at the register again, or the badge comes off then.", path); err == nil {
				err = c.tell(ctx, tx, Notice{
					Key: key + ":self", PersonID: r.PersonID, Kind: NoticeStaff, Path: "/me/midwife", Title: "Your registration ends soon",
					Body: "As far as we know it ends on " + day + ". Once the register shows a later date, we look again. You don't have to send us anything.",
				}, subjectMessage, nil)
			}
		}
		if err != nil {
			return err
		}
		if err := c.recordMidwife(ctx, tx, nil, r.PersonID, "midwife.reminded", d.What); err != nil {
			return err
		}
	}
	return nil
}
