package forum

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"snowdrop/moderation"
)

// Clock is how long a band may wait. It runs while Hours do; the nil Hours is
// wall time.
type Clock struct {
	Look, Decide time.Duration
	Hours        *Hours
}

// warnAt is the share of a clock, in percent, after which people are warned.
const warnAt = 80

// setClock starts the clocks of the case's band. A person who reports something
// about an old post starts them too: nobody could have known before.
func (c *Community) setClock(k *Case, now time.Time) {
	clock := c.Clocks[k.Band]
	k.ClockAt = now
	k.LookBy, k.DecideBy = clock.Hours.Add(now, clock.Look), clock.Hours.Add(now, clock.Decide)
	k.AlarmAt = c.nextAlarm(*k, now)
}

// tighten starts the clocks of a new band and keeps whichever deadline is
// earlier.
func (c *Community) tighten(k *Case, now time.Time) {
	lookBy, decideBy := k.LookBy, k.DecideBy
	c.setClock(k, now)
	k.LookBy, k.DecideBy = earlier(lookBy, k.LookBy), earlier(decideBy, k.DecideBy)
	k.AlarmAt = c.nextAlarm(*k, now.Add(-time.Microsecond))
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// alarm is one moment at which people are told that a case waits.
type alarm struct {
	At     time.Time
	Clock  string // look or decide
	Due    time.Time
	Breach bool
}

// action is how the record names it.
func (a alarm) action() string {
	if a.Breach {
		return "clock.breached"
	}
	return "clock.warned"
}

// alarms lists the four moments of a case, in order.
func (c *Community) alarms(k Case) []alarm {
	clock := c.Clocks[k.Band]
	warn := func(d time.Duration, due time.Time) time.Time {
		return earlier(clock.Hours.Add(k.ClockAt, d/100*warnAt), due)
	}
	all := []alarm{
		{warn(clock.Look, k.LookBy), "look", k.LookBy, false}, {k.LookBy, "look", k.LookBy, true},
		{warn(clock.Decide, k.DecideBy), "decide", k.DecideBy, false}, {k.DecideBy, "decide", k.DecideBy, true},
	}
	slices.SortStableFunc(all, func(a, b alarm) int { return a.At.Compare(b.At) })
	return all
}

// nextAlarm is the first alarm after a moment; nil when there is none.
func (c *Community) nextAlarm(k Case, after time.Time) *time.Time {
	for _, a := range c.alarms(k) {
		if a.At.After(after) {
			at := a.At.UTC().Truncate(time.Microsecond)
			return &at
		}
	}
	return nil
}

// Reading is when a person will honestly have read something.
type Reading struct {
	By      time.Time // within staffed hours; zero when that moment has passed
	Staffed bool      // somebody is there now
	Late    bool      // we promised an earlier time and have not kept it
	Read    bool      // a person has looked already
}

// Reads says when a person will have looked at a case: the time that the band
// promises, counted only while the team is there.
func (c *Community) Reads(k Case) Reading {
	now := c.now()
	r := Reading{Staffed: c.Staffed.Open(now), Read: k.LookedAt != nil, By: c.Staffed.Add(k.ClockAt, c.Clocks[k.Band].Look)}
	if k.LookBy.After(r.By) {
		r.By = k.LookBy
	}
	if r.Late = !r.Read && !now.Before(r.By); r.Late {
		r.By = time.Time{}
	}
	return r
}

// ReadingOf is [Community.Reads] for the writer of a post that waits. ok is false
// when nobody is asked to read it.
func (c *Community) ReadingOf(ctx context.Context, a Actor, postID int64) (r Reading, ok bool, err error) {
	p, err := c.post(ctx, a, postID)
	if err != nil {
		return Reading{}, false, err
	}
	if p.AuthorID != a.ID && !a.Moderates() {
		return Reading{}, false, errNotFound
	}
	k, err := c.store.CaseOfPost(ctx, postID)
	if errors.Is(err, ErrNoRow) || err == nil && !k.State.Live() {
		return Reading{}, false, nil
	}
	if err != nil {
		return Reading{}, false, fmt.Errorf("look up the case of post %d: %w", postID, err)
	}
	return c.Reads(k), true, nil
}

// unattended turns what readers would see at once into something that waits, when
// the band is about a life and nobody is there to look.
func (c *Community) unattended(band moderation.Band, state PostState) PostState {
	if Heavy(band) && !c.Staffed.Open(c.now()) {
		return StateHeld
	}
	return state
}

// tendAtOnce is how many cases one round of Tend looks at.
const tendAtOnce = 200

const (
	// missedAfter is how late an alarm is when nobody can have looked at the
	// clocks meanwhile: the program did not run.
	missedAfter = 2 * time.Minute
	// missedAtOnce is how many cases are told of in one message.
	missedAtOnce = 5000
)

// Tend does what time asks for: it warns people at 80 % of a clock, alarms them at
// 100 %, and opens cases again that waited for long enough. Any number of
// instances may call it at once; each thing happens once.
func (c *Community) Tend(ctx context.Context) error {
	now := c.now()
	if err := c.catchUp(ctx, now); err != nil {
		return err
	}
	due, err := c.store.DueCases(ctx, now, tendAtOnce)
	if err != nil {
		return fmt.Errorf("find cases that are due: %w", err)
	}
	var faults []error
	for _, k := range due {
		err := c.store.Tx(ctx, func(tx Store) error { return c.tend(ctx, tx, k, now) })
		if err != nil && !errors.Is(err, ErrLost) { // somebody else was first, or it changed: the next round sees
			faults = append(faults, fmt.Errorf("tend to case %d: %w", k.ID, err))
		}
	}
	if err := c.tendPeople(ctx); err != nil {
		faults = append(faults, err)
	}
	if len(due) > 0 {
		c.Nudge()
	}
	return errors.Join(faults...)
}

// catchUp tells of alarms that went off while the program did not run: one
// message to each person, however many cases wait. Each alarm is on record as if
// it had rung.
func (c *Community) catchUp(ctx context.Context, now time.Time) error {
	missed, err := c.store.DueCases(ctx, now.Add(-missedAfter), missedAtOnce)
	if err != nil {
		return fmt.Errorf("find alarms that were missed: %w", err)
	}
	missed = slices.DeleteFunc(missed, func(k Case) bool { return k.AlarmAt == nil || k.AlarmAt.After(now.Add(-missedAfter)) })
	if len(missed) < 2 {
		return nil // one case is told of by itself
	}
	// In one order and one transaction: of two instances the first tells of all,
	// and a crash tells of none.
	slices.SortFunc(missed, func(a, b Case) int { return cmp.Compare(a.ID, b.ID) })
	err = c.store.Tx(ctx, func(tx Store) error {
		var all, late []Case // late ones are for the whole team, the rest for the leads
		for _, k := range missed {
			rang, err := c.alarmed(ctx, tx, &k, now)
			if errors.Is(err, ErrLost) {
				continue
			}
			if err != nil {
				return err
			}
			if len(rang) > 0 {
				all = append(all, k)
			}
			if slices.ContainsFunc(rang, func(a alarm) bool { return a.Breach || Heavy(k.Band) }) {
				late = append(late, k)
			}
			for _, a := range rang {
				if err := c.recordAlarm(ctx, tx, k, a); err != nil {
					return err
				}
			}
		}
		return c.tellMissed(ctx, tx, all, late, now)
	})
	if err != nil {
		return fmt.Errorf("tell of alarms that were missed: %w", err)
	}
	c.Nudge()
	return nil
}

// tellMissed writes to each lead about all of the cases, and to each moderator
// about those that are late.
func (c *Community) tellMissed(ctx context.Context, tx Store, all, late []Case, now time.Time) error {
	leads, moderators, err := c.team(ctx, tx)
	if err != nil {
		return err
	}
	if len(leads) == 0 {
		late = all
	}
	for _, id := range slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(leads), moderators...)))) {
		about := late
		if slices.Contains(leads, id) {
			about = all
		}
		if len(about) == 0 {
			continue
		}
		first := slices.MinFunc(about, func(a, b Case) int { return cmp.Compare(a.Band, b.Band) }).Band
		n := Notice{
			Key: fmt.Sprintf("missed:%d:%d", now.UnixMicro(), id), PersonID: id, Kind: NoticeStaff, Path: "/queue",
			Title: fmt.Sprintf("Cases waited while the site was not running (%s)", first),
			Body:  fmt.Sprintf("%d of them need somebody now. The most urgent stand first in the queue.", len(about)),
		}
		if len(about) == 1 {
			n.Title, n.Body = fmt.Sprintf("A case waited while the site was not running (%s)", first), "It needs somebody now."
			n.Path = fmt.Sprintf("/queue/%d", about[0].ID)
		}
		if err := c.tell(ctx, tx, n, subjectStaff, nil); err != nil {
			return err
		}
	}
	return nil
}

// alarmed sets the case's next alarm and lists those that have gone off.
func (c *Community) alarmed(ctx context.Context, tx Store, k *Case, now time.Time) (rang []alarm, err error) {
	was := *k.AlarmAt
	k.AlarmAt = c.nextAlarm(*k, now)
	if err := tx.SetAlarm(ctx, k.ID, was, k.AlarmAt); err != nil {
		return nil, err
	}
	for _, a := range c.alarms(*k) {
		if !a.At.Before(was) && !a.At.After(now) && (a.Clock != "look" || k.LookedAt == nil) {
			rang = append(rang, a)
		}
	}
	return rang, nil
}

func (c *Community) tend(ctx context.Context, tx Store, k Case, now time.Time) error {
	if k.AlarmAt != nil && !k.AlarmAt.After(now) {
		rang, err := c.alarmed(ctx, tx, &k, now)
		if err != nil {
			return err
		}
		for _, a := range rang {
			if err := c.ring(ctx, tx, k, a); err != nil {
				return err
			}
		}
	}
	if k.State == CaseWaiting && k.WaitUntil != nil && !k.WaitUntil.After(now) {
		return c.waited(ctx, tx, k)
	}
	return nil
}

// ring puts an alarm on record and tells people: of what is urgent or late the
// whole team, of the rest the leads.
func (c *Community) ring(ctx context.Context, tx Store, k Case, a alarm) error {
	title := "A case needs somebody soon"
	if a.Breach {
		title = "A case has waited too long"
	}
	if err := c.recordAlarm(ctx, tx, k, a); err != nil {
		return err
	}
	body := "Nobody has looked at it yet."
	if a.Clock == "decide" {
		body = "Nothing has been decided yet."
	}
	key := fmt.Sprintf("clock:%d:%s:%s:%d", k.ID, a.Clock, a.action(), a.Due.UnixMicro())
	return c.tellTeam(ctx, tx, k, key, fmt.Sprintf("%s (%s)", title, k.Band), body, !a.Breach && !Heavy(k.Band))
}

func (c *Community) recordAlarm(ctx context.Context, tx Store, k Case, a alarm) error {
	return c.recordCase(ctx, tx, nil, k.ID, a.action(), fmt.Sprintf("%s %s", k.Band, a.Clock))
}

// waited opens a case again whose wait is over. Where two decided differently a
// lead is still waited for.
func (c *Community) waited(ctx context.Context, tx Store, k Case) error {
	awaited := k.WaitFor
	k.State, k.WaitUntil = CaseOpen, nil
	if awaited != WaitSecond && awaited != WaitLead {
		k.WaitFor = WaitNobody
	}
	if err := tx.SaveCase(ctx, &k); err != nil {
		return err
	}
	if err := c.recordCase(ctx, tx, nil, k.ID, "case.waited", "for "+string(awaited)); err != nil {
		return err
	}
	if awaited == WaitTeam || awaited == WaitAuthor {
		return nil
	}
	return c.tellTeam(ctx, tx, k, fmt.Sprintf("waited:%d:%d", k.ID, k.Version), fmt.Sprintf("A case still waits for an answer (%s)", k.Band), "Nobody answered in time, so it is open again.", true)
}

// tellTeam writes to everybody who reviews cases, or to the leads alone; to
// everybody when there is no lead.
func (c *Community) tellTeam(ctx context.Context, tx Store, k Case, key, title, body string, leadsOnly bool) error {
	team, moderators, err := c.team(ctx, tx)
	if err != nil {
		return err
	}
	if !leadsOnly || len(team) == 0 {
		team = append(team, moderators...)
	}
	slices.Sort(team)
	for _, id := range slices.Compact(team) {
		n := Notice{Key: fmt.Sprintf("%s:%d", key, id), PersonID: id, Kind: NoticeStaff, Title: title, Body: body, Path: fmt.Sprintf("/queue/%d", k.ID)}
		if err := c.tell(ctx, tx, n, subjectStaff, nil); err != nil {
			return err
		}
	}
	return nil
}

func (c *Community) team(ctx context.Context, tx Store) (leads, moderators []int64, err error) {
	leads, err = tx.People(ctx, RoleLead)
	if err == nil {
		moderators, err = tx.People(ctx, RoleModerator)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("list the team: %w", err)
	}
	return leads, moderators, nil
}
