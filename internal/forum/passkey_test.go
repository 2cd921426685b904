package forum_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/internal/testkit"
)

// named gives the site a name: no browser makes passkeys at an address by number.
func named(o *forum.Options) { o.BaseURL = strings.Replace(o.BaseURL, "127.0.0.1", "localhost", 1) }

const here = "this session"

// addPasskey has somebody add a passkey, as their first second factor or with one that
// was given just now.
func (h *house) addPasskey(a forum.Actor) (*testkit.Device, []string) {
	h.Helper()
	d := testkit.NewDevice(h.T, h.URL)
	codes, err := h.makePasskey(a, d, nil)
	h.must(err)
	return d, codes
}

func (h *house) makePasskey(a forum.Actor, d *testkit.Device, change func(*forum.NewPasskey)) ([]string, error) {
	h.Helper()
	h.Clock.Move(time.Second) // a mail a moment
	options, err := h.c.AskNewPasskey(h.Context(), a, here)
	h.must(err)
	n := forum.NewPasskey{Name: "my phone", Password: testkit.Password, Answer: d.Make(options), SessionKey: here}
	if change != nil {
		change(&n)
	}
	return h.c.AddPasskey(h.Context(), a, n)
}

// askPasskey is what a page asks of somebody's passkey.
func (h *house) askPasskey(a forum.Actor) string {
	h.Helper()
	options, err := h.c.AskPasskey(h.Context(), a.ID, here)
	h.must(err)
	return options
}

func (h *house) prove(a forum.Actor, answer string) error {
	return h.c.ProveByPasskey(h.Context(), a.ID, here, answer)
}

func TestAPasskeyIsASecondFactor(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana := h.Person("ana", forum.RoleMember)
		if got := h.askPasskey(ana); got != "" {
			h.Errorf("asked for a passkey that nobody has: %s", got)
		}
		d, codes := h.addPasskey(ana)
		has, err := h.c.HasFactor(h.Context(), ana.ID)
		if len(codes) != 10 || !has || err != nil || !h.actor(ana.ID).Factor {
			h.Errorf("%d recovery codes; has %v, %v", len(codes), has, err)
		}
		answer := d.Sign(h.askPasskey(ana))
		won := 0
		for _, err := range together(8, func(int) error { return h.prove(ana, answer) }) {
			if err == nil {
				won++
			}
		}
		if won != 1 {
			h.Errorf("one answer worked %d times", won)
		}
		h.askPasskey(ana)
		h.refused("an answer to an earlier page", h.prove(ana, answer), forum.Invalid)
		another := h.c.With(h.Store, h.c.Options) // another copy of the program: nothing is kept in memory
		h.must(another.ProveByPasskey(h.Context(), ana.ID, here, d.Sign(h.askPasskey(ana))))
		h.must(h.c.Prove(h.Context(), ana.ID, codes[0]))
		h.refused("a code without an app", h.c.Prove(h.Context(), ana.ID, "123456"), forum.Invalid)

		ana.ProvenAt = h.Clock.Now()
		second, none := h.addPasskey(ana)
		h.must(h.prove(ana, second.Sign(h.askPasskey(ana))))
		h.must(h.prove(ana, d.Sign(h.askPasskey(ana))))
		list, err := h.c.Passkeys(h.Context(), ana)
		if len(none) != 0 || err != nil || len(list) != 2 || list[0].Name != "my phone" || list[0].UsedAt == nil {
			h.Errorf("%d more recovery codes, passkeys %+v, %v", len(none), list, err)
		}
		h.must(h.c.RemovePasskey(h.Context(), ana, list[0].ID))
		h.refused("a passkey that was taken away", h.prove(ana, d.Sign(h.askPasskey(ana))), forum.Invalid)
		h.must(h.prove(ana, second.Sign(h.askPasskey(ana))))
		if n := h.mailsTo(ana); n != 3 {
			h.Errorf("%d mails, want one for each passkey that came or went", n)
		}
		h.Clock.Move(time.Second)
		h.must(h.c.RemovePasskey(h.Context(), ana, list[1].ID))
		if n, err := h.c.CountRecoveryCodes(h.Context(), ana); n != 0 || err != nil || h.actor(ana.ID).Factor {
			h.Errorf("after the last one %d recovery codes, %v", n, err)
		}
		h.refused("a recovery code after the last one", h.c.Prove(h.Context(), ana.ID, codes[1]), forum.Invalid)
		want := []string{"passkey.added", "factor.recovered", "passkey.added", "passkey.removed", "passkey.removed"}
		got := slices.DeleteFunc(h.recorded("person", ana.ID), func(e string) bool { return strings.HasPrefix(e, "role.") })
		if !slices.Equal(got, want) {
			h.Errorf("on record: %q", got)
		}
	}, named)
}

// Everything that a wrong answer to a page can be.
func TestAWrongPasskeyIsRefused(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, bo := h.Person("ana", forum.RoleMember), h.Person("bo", forum.RoleMember)
		mine, _ := h.addPasskey(ana)
		theirs, _ := h.addPasskey(bo)
		for what, c := range map[string]struct {
			answer func(d testkit.Device) string
			want   forum.ErrorKind
		}{
			"from another site":      {func(d testkit.Device) string { d.Origin = "http://evil.example"; return d.Sign(h.askPasskey(ana)) }, forum.Invalid},
			"from another port":      {func(d testkit.Device) string { d.Origin = "http://localhost:1"; return d.Sign(h.askPasskey(ana)) }, forum.Invalid},
			"for another site":       {func(d testkit.Device) string { d.RPID = "evil.example"; return d.Sign(h.askPasskey(ana)) }, forum.Invalid},
			"to another challenge":   {func(d testkit.Device) string { d.Challenge = strings.Repeat("A", 43); return d.Sign(h.askPasskey(ana)) }, forum.Invalid},
			"without unlocking":      {func(d testkit.Device) string { d.Unlocked = false; return d.Sign(h.askPasskey(ana)) }, forum.Invalid},
			"by another's passkey":   {func(testkit.Device) string { return theirs.Sign(h.askPasskey(ana)) }, forum.Invalid},
			"to another's challenge": {func(d testkit.Device) string { a := d.Sign(h.askPasskey(bo)); h.askPasskey(ana); return a }, forum.Invalid},
			"asked of another":       {func(d testkit.Device) string { return d.Sign(h.askPasskey(bo)) }, forum.LostRace},
			"after ten minutes": {func(d testkit.Device) string {
				a := d.Sign(h.askPasskey(ana))
				h.Clock.Move(10 * time.Minute)
				return a
			}, forum.LostRace},
			"in another session": {func(d testkit.Device) string {
				h.askPasskey(ana)
				h.must(h.prove(ana, mine.Sign(h.askPasskey(ana)))) // takes this session's
				options, err := h.c.AskPasskey(h.Context(), ana.ID, "another session")
				h.must(err)
				return d.Sign(options)
			}, forum.LostRace},
			"with another signature": {func(d testkit.Device) string {
				return strings.Replace(d.Sign(h.askPasskey(ana)), `"signature":"ME`, `"signature":"MF`, 1)
			}, forum.Invalid},
			"the one that made it": {func(d testkit.Device) string { return d.Make(h.askNew(ana, h.askPasskey(ana))) }, forum.Invalid},
			"nonsense":             {func(testkit.Device) string { h.askPasskey(ana); return `{"id":"AA","type":"public-key"}` }, forum.Invalid},
			"nothing":              {func(testkit.Device) string { h.askPasskey(ana); return "" }, forum.Invalid},
			"too much":             {func(testkit.Device) string { h.askPasskey(ana); return strings.Repeat(" ", 1<<20) }, forum.Invalid},
		} {
			h.refused("a signature "+what, h.prove(ana, c.answer(*mine)), c.want)
		}
		h.must(h.prove(ana, mine.Sign(h.askPasskey(ana)))) // and the real one still works

		cal := h.Person("cal", forum.RoleMember)
		for what, c := range map[string]struct {
			lie    func(d *testkit.Device)
			change func(n *forum.NewPasskey)
			want   forum.ErrorKind
			field  string
		}{
			"from another site":        {func(d *testkit.Device) { d.Origin = "http://evil.example" }, nil, forum.Invalid, "passkey"},
			"for another site":         {func(d *testkit.Device) { d.RPID = "evil.example" }, nil, forum.Invalid, "passkey"},
			"to another challenge":     {func(d *testkit.Device) { d.Challenge = strings.Repeat("A", 43) }, nil, forum.Invalid, "passkey"},
			"without unlocking":        {func(d *testkit.Device) { d.Unlocked = false }, nil, forum.Invalid, "passkey"},
			"without the password":     {nil, func(n *forum.NewPasskey) { n.Password = "wrong" }, forum.Invalid, "password"},
			"without a name":           {nil, func(n *forum.NewPasskey) { n.Name = " " }, forum.Invalid, "name"},
			"in another session":       {nil, func(n *forum.NewPasskey) { n.SessionKey = "another session" }, forum.LostRace, "passkey"},
			"that is somebody's":       {nil, func(n *forum.NewPasskey) { n.Answer = h.copyOf(bo, n.Answer) }, forum.Invalid, "passkey"},
			"with nothing in the form": {nil, func(n *forum.NewPasskey) { n.Answer = "" }, forum.Invalid, "passkey"},
		} {
			d := testkit.NewDevice(h.T, h.URL)
			if c.lie != nil {
				c.lie(d)
			}
			_, err := h.makePasskey(cal, d, c.change)
			h.refused("a passkey made "+what, err, c.want)
			if fields(err) != c.field {
				h.Errorf("made %s: fault with %q, want %q", what, fields(err), c.field)
			}
		}
		if h.actor(cal.ID).Factor {
			h.Error("one of them was taken")
		}
	}, named)
}

// askNew is what a page asks of a new passkey, answering another page's challenge.
func (h *house) askNew(a forum.Actor, other string) string {
	h.Helper()
	options, err := h.c.AskNewPasskey(h.Context(), a, here)
	h.must(err)
	return strings.Replace(options, challengeIn(options), challengeIn(other), 1)
}

func challengeIn(options string) string {
	_, rest, _ := strings.Cut(options, `"challenge":"`)
	found, _, _ := strings.Cut(rest, `"`)
	return found
}

// copyOf is an answer that names a passkey which another person has: here it is that
// person who adds the same one first.
func (h *house) copyOf(a forum.Actor, answer string) string {
	h.Helper()
	rows, err := h.Store.Passkeys(h.Context(), a.ID)
	h.must(err)
	_, rest, _ := strings.Cut(answer, `"id":"`)
	id, _, _ := strings.Cut(rest, `"`)
	k := rows[0]
	k.ID, k.Credential = 0, id
	h.must(h.Store.AddPasskey(h.Context(), k))
	return answer
}

func TestACopiedPasskeyIsTold(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana := h.Person("ana", forum.RoleMember)
		d := testkit.NewDevice(h.T, h.URL)
		d.Count = 5
		_, err := h.makePasskey(ana, d, nil)
		h.must(err)
		copied := *d
		h.must(h.prove(ana, d.Sign(h.askPasskey(ana))))
		before := h.mailsTo(ana)
		h.refused("a count that does not go on", h.prove(ana, copied.Sign(h.askPasskey(ana))), forum.Invalid)
		if h.mailsTo(ana) != before+1 || !slices.Contains(h.recorded("person", ana.ID), "passkey.refused") {
			h.Errorf("nobody was told: %q", h.recorded("person", ana.ID))
		}
		h.must(h.prove(ana, d.Sign(h.askPasskey(ana)))) // the real one goes on
	}, named)
}

func TestAnAppBesideAPasskey(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		mo := h.Person("mo", forum.RoleModerator)
		d, codes := h.addPasskey(mo)
		list, err := h.c.Passkeys(h.Context(), mo)
		h.must(err)
		p, err := h.c.ProposeFactor(h.Context(), mo)
		h.must(err)
		_, err = h.c.TurnOnFactor(h.Context(), mo, testkit.Password, h.code(p.Secret))
		h.refused("an app without the passkey", err, forum.Unproven)
		_, err = h.makePasskey(mo, testkit.NewDevice(h.T, h.URL), nil)
		h.refused("a second passkey without the first", err, forum.Unproven)
		h.refused("taking it away without it", h.c.RemovePasskey(h.Context(), mo, list[0].ID), forum.Unproven)
		h.must(h.prove(mo, d.Sign(h.askPasskey(mo))))
		mo.ProvenAt = h.Clock.Now()
		h.refused("staff take the last one away", h.c.RemovePasskey(h.Context(), mo, list[0].ID), forum.Invalid)
		again, err := h.c.TurnOnFactor(h.Context(), mo, testkit.Password, h.code(p.Secret))
		if err != nil || len(again) != 0 {
			h.Errorf("%d more recovery codes, %v", len(again), err)
		}
		h.must(h.c.Prove(h.Context(), mo.ID, codes[0]))
		h.refused("somebody else takes it away", h.c.RemovePasskey(h.Context(), h.Person("bo", forum.RoleMember), list[0].ID), forum.NotFound)
		fresh, err := h.c.RenewRecoveryCodes(h.Context(), mo, "")
		if err != nil || len(fresh) != 10 {
			h.Errorf("new codes right after the passkey: %d, %v", len(fresh), err)
		}
		h.must(h.c.TurnOffFactor(h.Context(), mo, ""))
		if n, _ := h.c.CountRecoveryCodes(h.Context(), mo); n != 10 || !h.actor(mo.ID).Factor {
			h.Errorf("%d recovery codes without the app", n)
		}
		h.must(err)
		p, err = h.c.ProposeFactor(h.Context(), mo)
		h.must(err)
		_, err = h.c.TurnOnFactor(h.Context(), mo, testkit.Password, h.code(p.Secret))
		h.must(err)
		h.must(h.c.RemovePasskey(h.Context(), mo, list[0].ID))
		h.refused("staff turn the last one off", h.c.TurnOffFactor(h.Context(), mo, fresh[0]), forum.Invalid)
		h.refused("no code without a passkey", func() error { _, err := h.c.RenewRecoveryCodes(h.Context(), mo, ""); return err }(), forum.Invalid)
	}, named, func(o *forum.Options) { o.StaffFactor = true })
}

func TestPasskeysCannotBeTriedOut(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana := h.Person("ana", forum.RoleMember)
		d, _ := h.addPasskey(ana)
		for range 5 {
			h.askPasskey(ana)
			h.refused("nonsense", h.prove(ana, "{}"), forum.Invalid)
		}
		h.refused("one too many", h.prove(ana, d.Sign(h.askPasskey(ana))), forum.TooMany)
	}, named, func(o *forum.Options) { o.Throttled = true })
}

func TestPasskeysGoWithTheAccount(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ada, ana := h.Person("ada", forum.RoleAdmin), h.Person("ana", forum.RoleMember)
		for _, a := range []forum.Actor{ada, ana} {
			h.addPasskey(a)
			h.askPasskey(a)
		}
		chapters, err := h.c.Everything(h.Context(), ana, testkit.Password)
		h.must(err)
		if !slices.ContainsFunc(chapters, func(c forum.Chapter) bool {
			return c.Name == "passkeys" && len(c.Items) == 1 && c.Items[0][0].Value == "my phone"
		}) {
			h.Errorf("not among what is kept: %+v", chapters)
		}
		_, err = h.c.RescueAccount(h.Context(), "ada@example.org")
		h.must(err)
		h.must(h.Store.AddDeparture(h.Context(), forum.Departure{PersonID: ana.ID, Mode: forum.LeaveWords, Name: "ana", AskedAt: h.Clock.Now(), EndsAt: h.Clock.Now()}))
		h.must(h.Store.Erase(h.Context(), forum.Departure{PersonID: ana.ID, Mode: forum.LeaveWords}, h.Clock.Now()))
		for _, a := range []forum.Actor{ada, ana} {
			rows, err := h.Store.Passkeys(h.Context(), a.ID)
			_, gone := h.Store.TakeChallenge(h.Context(), here, forum.ChallengeProve)
			if len(rows) != 0 || err != nil || gone == nil {
				h.Errorf("%s still has %d passkeys (%v), challenge %v", a.Name, len(rows), err, gone)
			}
		}
	}, named)
}

func TestOldChallengesAreSwept(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana := h.Person("ana", forum.RoleMember)
		h.addPasskey(ana)
		for _, c := range []struct {
			after time.Duration
			want  error
		}{{9 * time.Minute, nil}, {10 * time.Minute, forum.ErrNoRow}} {
			h.askPasskey(ana)
			h.Clock.Move(c.after)
			h.must(h.Store.SweepExpired(h.Context(), h.Clock.Now()))
			if _, err := h.Store.TakeChallenge(h.Context(), here, forum.ChallengeProve); !errors.Is(err, c.want) {
				h.Errorf("after %v: %v, want %v", c.after, err, c.want)
			}
		}
	}, named)
}

func TestNoPasskeysAtAnAddressByNumber(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana := h.Person("ana", forum.RoleMember)
		options, err := h.c.AskNewPasskey(h.Context(), ana, here)
		if options != "" || err != nil {
			h.Errorf("offered %q, %v", options, err)
		}
		_, err = h.c.AddPasskey(h.Context(), ana, forum.NewPasskey{Name: "x", Password: testkit.Password, SessionKey: here})
		h.refused("adding one", err, forum.Invalid)
		h.refused("proving by one", h.prove(ana, "{}"), forum.Invalid)
	})
}
