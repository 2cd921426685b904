package site

import (
	"net/http"
	"net/url"
	"strings"

	"snowdrop/internal/forum"
	"snowdrop/web"
)

// entry is somebody on the way in.
type entry struct {
	Person int64
	Next   string
	Flash  string
	Shared bool // on a device that others use
	Proven bool // the second factor was given
}

// admit lets somebody in whose password was right, by way of a code or a passkey where
// they have a second factor.
func (s *Server) admit(r *request, in entry) error {
	has, err := s.forum.HasFactor(r.ctx(), in.Person)
	if err != nil {
		return err
	}
	if !has {
		return s.enter(r, in)
	}
	r.session.Values[valueHalf] = half{Person: in.Person, At: r.now, Next: insidePath(in.Next), Shared: in.Shared}
	if err := r.saveSession(); err != nil {
		return err
	}
	return r.redirect("/sign-in/code")
}

// halfIn is who has to give a code; ok is false when nobody has, or it took too long.
func (r *request) halfIn() (h half, ok bool) {
	h, ok = r.session.Values[valueHalf].(half)
	return h, ok && r.now.Sub(h.At) < halfLife
}

func (s *Server) showCode(r *request) error {
	if _, ok := r.halfIn(); !ok {
		return s.signInPage(r, http.StatusOK, web.SignIn{})
	}
	return s.codePage(r, http.StatusOK, nil)
}

func (s *Server) codePage(r *request, status int, faults []web.Fault) error {
	p := web.Code{Faults: faults, Action: "/sign-in/code"}
	h, _ := r.halfIn()
	var err error
	if p.Frame, err = s.frame(r, "Sign in"); err != nil {
		return err
	}
	if p.Passkey, err = s.forum.AskPasskey(r.ctx(), h.Person, r.row().Key); err != nil {
		return err
	}
	if p.App, err = s.forum.HasApp(r.ctx(), h.Person); err != nil {
		return err
	}
	return r.show(status, web.CodePage(p))
}

// prove takes the second step that a form holds: a passkey's answer or a code.
func (s *Server) prove(r *request, personID int64, form url.Values) error {
	if answer := form.Get("passkey"); answer != "" {
		return s.forum.ProveByPasskey(r.ctx(), personID, r.row().Key, answer)
	}
	return s.forum.Prove(r.ctx(), personID, form.Get("code"))
}

func (s *Server) signInCode(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	h, ok := r.halfIn()
	if !ok {
		return s.signInPage(r, http.StatusUnprocessableEntity, web.SignIn{Faults: []web.Fault{{Field: "email", Message: "That took a while, so we start again. Please sign in once more."}}})
	}
	err = s.prove(r, h.Person, form)
	if err == nil {
		return s.enter(r, entry{Person: h.Person, Next: h.Next, Shared: h.Shared, Proven: true})
	}
	status, faults, _, ok := s.rejected(r, err)
	if !ok {
		return err
	}
	return s.codePage(r, status, faults)
}

func (s *Server) showForgot(r *request) error {
	return s.forgotPage(r, http.StatusOK, web.Forgot{Sent: r.query("sent") != ""})
}

func (s *Server) forgotPage(r *request, status int, p web.Forgot) error {
	var err error
	if p.Frame, err = s.frame(r, "New password"); err != nil {
		return err
	}
	return r.show(status, web.ForgotPage(p))
}

func (s *Server) forgot(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	err = s.forum.Forgot(r.ctx(), form.Get("email"), r.gin.ClientIP())
	if err == nil {
		return r.redirect("/forgot?sent=1")
	}
	status, faults, _, ok := s.rejected(r, err)
	if !ok {
		return err
	}
	return s.forgotPage(r, status, web.Forgot{Faults: faults, Email: shown(form.Get("email"))})
}

func (s *Server) confirmEmail(r *request, password string) error {
	err := s.forum.ConfirmEmail(r.ctx(), r.Actor, r.gin.Param("token"), password)
	if err == nil {
		if err := r.flash("Thank you. Your e-mail address is confirmed."); err != nil {
			return err
		}
		if !r.Actor.SignedIn() {
			return r.redirect("/sign-in")
		}
		return r.redirect("/")
	}
	status, faults, _, ok := s.rejected(r, err)
	if !ok && forum.KindOf(err) != forum.NotFound {
		return err
	}
	return s.linkPage(r, status, web.SetPassword{Faults: faults})
}

func (s *Server) showSecurity(r *request) error {
	return s.securityPage(r, http.StatusOK, web.Security{})
}

func (s *Server) securityPage(r *request, status int, p web.Security) error {
	var err error
	if p.Frame, err = s.frame(r, ""); err != nil {
		return err
	}
	p.Path = "/me/security"
	if p.Pending, err = s.forum.PendingEmail(r.ctx(), r.Actor); err != nil {
		return err
	}
	sessions, err := s.forum.Sessions(r.ctx(), r.Actor)
	if err != nil {
		return err
	}
	for _, one := range sessions {
		p.Sessions = append(p.Sessions, web.OwnSession{
			Handle: one.Handle(), Device: one.Device, Shared: one.Shared, Here: one.Key == r.row().Key, SeenAt: one.SeenAt, CreatedAt: one.CreatedAt,
		})
	}
	p.Staff = r.whole.Staff()
	return r.show(status, web.SecurityPage(p))
}

// security answers a form of the security page: with a sentence, or with its faults.
func (s *Server) security(r *request, part string, err error, done string) error {
	if err == nil {
		if done != "" {
			if err := r.flash(done); err != nil {
				return err
			}
		}
		return r.redirect("/me/security")
	}
	status, faults, _, ok := s.rejected(r, err)
	if !ok {
		return err
	}
	return s.securityPage(r, status, web.Security{Faults: faults, Part: part})
}

func (s *Server) changeEmail(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	err = s.forum.ChangeEmail(r.ctx(), r.Actor, form.Get("email"), form.Get("password"))
	return s.security(r, "email", err, "We have sent an e-mail to the new address. It counts once you have opened the link in it.")
}

func (s *Server) askLetter(r *request) error {
	return s.security(r, "email", s.forum.AskConfirm(r.ctx(), r.Actor), "We have sent the e-mail again. It can take a minute or two.")
}

func (s *Server) changePassword(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	err = s.forum.ChangePassword(r.ctx(), r.Actor, r.row(), form.Get("present"), form.Get("new"))
	if err == nil {
		err = r.renew(r.whole, false)
	}
	for _, f := range forum.Faults(err) {
		if f.Field == "password" { // the sign-in form's name for it
			err = &forum.Error{Kind: f.Kind, Field: "new", Message: f.Message}
		}
	}
	return s.security(r, "password", err, "Your new password is saved. Every other device was signed out.")
}

func (s *Server) endSessions(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	switch handle := form.Get("session"); handle {
	case "":
		return r.redirect("/me/security")
	case "others":
		err = s.forum.EndOtherSessions(r.ctx(), r.Actor, r.row())
	default:
		err = s.forum.EndOwnSession(r.ctx(), r.Actor, handle)
	}
	return s.security(r, "", err, "Done. It was signed out.")
}

func (s *Server) showFactor(r *request) error {
	return s.factorPage(r, http.StatusOK, web.Factor{Next: insidePath(r.query("next"))})
}

// factorPage shows what the second factor needs now: setting up, being given, or
// nothing. Whoever has a passkey gives it once more before anything is changed.
func (s *Server) factorPage(r *request, status int, p web.Factor) error {
	var err error
	if p.Frame, err = s.frame(r, ""); err != nil {
		return err
	}
	p.Path, p.Asked, p.On = "/me/second-step", r.locked, r.Actor.Factor
	p.Must, p.Takes = s.forum.StaffFactor && r.whole.Staff(), s.forum.TakesPasskeys()
	if p.Passkeys, err = s.forum.Passkeys(r.ctx(), r.Actor); err != nil {
		return err
	}
	if p.App, err = s.forum.HasApp(r.ctx(), r.Actor.ID); err != nil {
		return err
	}
	p.Proven = !r.Actor.ProvenAt.IsZero() && p.Next == "" && (len(p.Passkeys) == 0 || s.forum.Recent(r.Actor))
	if p.On && !p.Proven {
		if p.Passkey, err = s.forum.AskPasskey(r.ctx(), r.Actor.ID, r.row().Key); err != nil {
			return err
		}
		return r.show(status, web.FactorPage(p))
	}
	if !p.On || s.forum.Recent(r.Actor) {
		if p.NewPasskey, err = s.forum.AskNewPasskey(r.ctx(), r.Actor, r.row().Key); err != nil {
			return err
		}
	}
	if p.On {
		if p.Left, err = s.forum.CountRecoveryCodes(r.ctx(), r.Actor); err != nil {
			return err
		}
	}
	if !p.App {
		proposal, err := s.forum.ProposeFactor(r.ctx(), r.Actor)
		if err != nil {
			return err
		}
		p.Secret, p.URL, p.Picture = proposal.Secret, proposal.URL, proposal.Picture
	}
	if p.Name == "" {
		p.Name = deviceName(r.gin.GetHeader("User-Agent"))
	}
	return r.show(status, web.FactorPage(p))
}

func (s *Server) turnOnFactor(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	codes, err := s.forum.TurnOnFactor(r.ctx(), r.Actor, form.Get("present"), form.Get("code"))
	return s.factorAdded(r, codes, err, web.Factor{Next: insidePath(form.Get("next"))}, "The app is set up.")
}

// factorAdded answers a form that added a second factor: with recovery codes when it
// was the first.
func (s *Server) factorAdded(r *request, codes []string, err error, p web.Factor, done string) error {
	if err != nil || len(codes) > 0 {
		return s.factorCodes(r, codes, err, p)
	}
	if err := r.renew(r.whole, true); err != nil {
		return err
	}
	if err := r.flash(done); err != nil {
		return err
	}
	return r.redirect("/me/second-step")
}

func (s *Server) renewCodes(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	codes, err := s.forum.RenewRecoveryCodes(r.ctx(), r.Actor, form.Get("code"))
	return s.factorCodes(r, codes, err, web.Factor{})
}

// factorCodes shows new recovery codes, this once, under a new token.
func (s *Server) factorCodes(r *request, codes []string, err error, p web.Factor) error {
	if err != nil {
		return s.factorFault(r, err, p)
	}
	if err := r.renew(r.whole, true); err != nil {
		return err
	}
	f, err := s.frame(r, "")
	if err != nil {
		return err
	}
	f.Path = "/me/second-step"
	return r.show(http.StatusOK, web.RecoveryPage(web.Recovery{Frame: f, Codes: codes, Next: p.Next}))
}

func (s *Server) factorFault(r *request, err error, p web.Factor) error {
	var status int
	var ok bool
	if status, p.Faults, _, ok = s.rejected(r, err); !ok {
		return err
	}
	return s.factorPage(r, status, p)
}

func (s *Server) proveFactor(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	if err := s.prove(r, r.Actor.ID, form); err != nil {
		return s.factorFault(r, err, web.Factor{Next: insidePath(form.Get("next"))})
	}
	if err := r.renew(r.whole, true); err != nil {
		return err
	}
	if next := insidePath(form.Get("next")); next != "" {
		return r.redirect(next)
	}
	return r.redirect("/me/second-step")
}

func (s *Server) turnOffFactor(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	if err := s.forum.TurnOffFactor(r.ctx(), r.Actor, form.Get("code")); err != nil {
		return s.factorFault(r, err, web.Factor{})
	}
	return s.factorGone(r, "The app is off.")
}

// factorGone says what is left after a second factor was taken away.
func (s *Server) factorGone(r *request, done string) error {
	on, err := s.forum.HasFactor(r.ctx(), r.Actor.ID)
	if err != nil {
		return err
	}
	path := "/me/second-step"
	if !on {
		path, done = "/me/security", "The second step is off. Your password alone signs you in."
	}
	if err := r.flash(done); err != nil {
		return err
	}
	return r.redirect(path)
}

func (s *Server) addPasskey(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	n := forum.NewPasskey{Name: form.Get("name"), Password: form.Get("password"), Answer: form.Get("passkey"), SessionKey: r.row().Key}
	codes, err := s.forum.AddPasskey(r.ctx(), r.Actor, n)
	return s.factorAdded(r, codes, err, web.Factor{Name: shown(n.Name), Next: insidePath(form.Get("next"))}, "The passkey is added.")
}

func (s *Server) removePasskey(r *request) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	if err := s.forum.RemovePasskey(r.ctx(), r.Actor, id); err != nil {
		return s.factorFault(r, err, web.Factor{})
	}
	return s.factorGone(r, "The passkey is taken away. You can delete it on your device too.")
}

// deviceName says in our own words what a browser says of itself; empty when we do
// not know it. Nothing else of the header is ever kept.
func deviceName(agent string) string {
	pick := func(of ...[2]string) string {
		for _, o := range of {
			if strings.Contains(agent, o[0]) {
				return o[1]
			}
		}
		return ""
	}
	browser := pick([2]string{"Edg", "Edge"}, [2]string{"OPR/", "Opera"}, [2]string{"SamsungBrowser", "Samsung Internet"}, [2]string{"Firefox", "Firefox"},
		[2]string{"FxiOS", "Firefox"}, [2]string{"Chrome", "Chrome"}, [2]string{"CriOS", "Chrome"}, [2]string{"Safari", "Safari"})
	system := pick([2]string{"iPhone", "an iPhone"}, [2]string{"iPad", "an iPad"}, [2]string{"Android", "Android"}, [2]string{"Windows", "Windows"},
		[2]string{"Mac OS X", "a Mac"}, [2]string{"CrOS", "a Chromebook"}, [2]string{"Linux", "Linux"})
	switch {
	case browser == "" || system == "":
		return browser + system
	}
	return browser + " on " + system
}
