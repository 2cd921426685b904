package forum_test

import (
	"strings"
	"testing"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/internal/secret"
	"snowdrop/internal/testkit"
)

// enrol turns a second factor on and returns its secret and recovery codes.
func (h *house) enrol(a forum.Actor) (string, []string) {
	h.Helper()
	p, err := h.c.ProposeFactor(h.Context(), a)
	h.must(err)
	codes, err := h.c.TurnOnFactor(h.Context(), a, testkit.Password, h.code(p.Secret))
	h.must(err)
	return p.Secret, codes
}

func (h *house) code(text string) string {
	h.Helper()
	code, err := secret.TOTP(text, h.Clock.Now())
	h.must(err)
	return code
}

func TestASecondFactorWorksOnceACode(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana := h.Person("ana", forum.RoleMember)
		h.refused("a code without a factor", h.c.Prove(h.Context(), ana.ID, "123456"), forum.Invalid)
		one, err := h.c.ProposeFactor(h.Context(), ana)
		h.must(err)
		if again, err := h.c.ProposeFactor(h.Context(), ana); err != nil || again.Secret != one.Secret || len(one.Picture) < 21 {
			h.Errorf("the page opened again shows another key: %v", err)
		}
		if has, err := h.c.HasFactor(h.Context(), ana.ID); has || err != nil {
			h.Errorf("on before it was proven: %v", err)
		}
		_, err = h.c.TurnOnFactor(h.Context(), ana, testkit.Password, "000000")
		h.refused("a wrong first code", err, forum.Invalid)
		text, codes := h.enrol(ana)
		if len(codes) != 10 || !h.actor(ana.ID).Factor {
			h.Errorf("%d recovery codes, %+v", len(codes), h.actor(ana.ID))
		}
		h.refused("the code that turned it on", h.c.Prove(h.Context(), ana.ID, h.code(text)), forum.Invalid)
		h.Clock.Move(30 * time.Second)
		code := h.code(text)
		h.must(h.c.Prove(h.Context(), ana.ID, code[:3]+" "+code[3:]))
		h.refused("the same code again", h.c.Prove(h.Context(), ana.ID, code), forum.Invalid)
		h.Clock.Move(time.Hour)
		h.refused("an old code", h.c.Prove(h.Context(), ana.ID, code), forum.Invalid)
		if plain := strings.ReplaceAll(codes[3], "-", ""); len(plain) != 24 { // 5 bits each
			h.Errorf("a recovery code of %d signs", len(plain))
		}
		h.must(h.c.Prove(h.Context(), ana.ID, codes[3]))
		h.refused("a recovery code again", h.c.Prove(h.Context(), ana.ID, codes[3]), forum.Invalid)
		if n, _ := h.c.CountRecoveryCodes(h.Context(), ana); n != 9 {
			h.Errorf("%d recovery codes left", n)
		}
		won := 0
		for _, err := range together(8, func(int) error { return h.c.Prove(h.Context(), ana.ID, codes[4]) }) {
			if err == nil {
				won++
			}
		}
		if won != 1 {
			h.Errorf("a recovery code worked %d times", won)
		}
		h.must(h.c.TurnOffFactor(h.Context(), h.actor(ana.ID), codes[5]))
		if h.actor(ana.ID).Factor {
			h.Error("still on")
		}
	})
}

func TestCodesCannotBeTriedOut(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana := h.Person("ana", forum.RoleMember)
		_, codes := h.enrol(ana)
		for range 5 {
			h.refused("a wrong code", h.c.Prove(h.Context(), ana.ID, "000000"), forum.Invalid)
		}
		h.refused("one too many", h.c.Prove(h.Context(), ana.ID, codes[0]), forum.TooMany)
	}, func(o *forum.Options) { o.Throttled = true })
}

func TestStaffWorkWaitsForTheSecondFactor(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		for _, role := range forum.Roles[1:] {
			a := h.Person("a-"+string(role), role)
			_, plain, err := h.c.StartSession(h.Context(), a.ID, "")
			h.must(err)
			if as, locked := h.c.Within(a, plain); !locked || as.Staff() || as.Midwife() || !as.SignedIn() {
				h.Errorf("%s without a second factor: %+v, locked %v", role, as, locked)
			}
			_, proven, err := h.c.BeginSession(h.Context(), forum.NewSession{PersonID: a.ID, Proven: true})
			h.must(err)
			if as, locked := h.c.Within(a, proven); locked || !as.Has(role) || as.ProvenAt.IsZero() {
				h.Errorf("%s with a second factor: %+v, locked %v", role, as, locked)
			}
			_, codes := h.enrol(a)
			h.refused("staff turn it off", h.c.TurnOffFactor(h.Context(), a, codes[0]), forum.Invalid)
		}
	}, func(o *forum.Options) { o.StaffFactor = true })
}

func TestWhatIsSealedAsksAgain(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		lead := h.Person("lead", forum.RoleLead)
		p := h.Thread(h.Person("ana", forum.RoleMember), nil)
		h.report(h.Person("bo", forum.RoleMember), p.ID, forum.DoorWorried, "")
		id := h.caseOf(p.ID).ID
		for _, c := range []struct {
			ago  time.Duration
			want forum.ErrorKind
		}{{15 * time.Minute, forum.Unproven}, {14 * time.Minute, forum.Internal}} {
			lead.ProvenAt = h.Clock.Now().Add(-c.ago)
			_, err := h.c.ReadAddress(h.Context(), lead, id, forum.SealPurposes[0])
			if (err == nil) != (c.want == forum.Internal) || err != nil && forum.KindOf(err) != c.want {
				h.Errorf("%v after the code: %v", c.ago, err)
			}
		}
	}, func(o *forum.Options) { o.StaffFactor = true })
}

func TestAnOperatorGivesAWayIn(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ada := h.Person("ada", forum.RoleAdmin)
		h.enrol(ada)
		token, _, err := h.c.StartSession(h.Context(), ada.ID, "")
		h.must(err)
		if _, err := h.c.RescueAccount(h.Context(), "nobody@example.org"); forum.KindOf(err) != forum.Invalid {
			h.Errorf("nobody: %v", err)
		}
		path, err := h.c.RescueAccount(h.Context(), "Ada@example.org")
		h.must(err)
		if _, ok, _ := h.c.Session(h.Context(), token); ok || h.actor(ada.ID).Factor {
			h.Error("the old ways in still work")
		}
		n := forum.NewPerson{Password: "plum gravel", Consent: true}
		if _, err := h.c.FollowLink(h.Context(), tokenOf(h, path), n); fields(err) != "password" {
			h.Errorf("eleven characters for staff: %v", err)
		}
		n.Password = "plum gravel teapot"
		_, err = h.c.FollowLink(h.Context(), tokenOf(h, path), n)
		h.must(err)
	})
}
