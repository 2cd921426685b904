package site

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"snowdrop/internal/forum"
	"snowdrop/web"
)

func (s *Server) showPeople(r *request) error {
	q := forum.PeopleQuery{Alias: r.query("q"), Role: forum.Role(r.query("role")), Offset: int(min(r.queryNumber("from"), 1<<20))}
	list, more, err := s.forum.People(r.ctx(), r.Actor, q)
	if err != nil {
		return err
	}
	p := web.People{Alias: shown(q.Alias), Role: q.Role, List: list}
	if more {
		next := url.Values{"q": {q.Alias}, "role": {string(q.Role)}, "from": {strconv.Itoa(q.Offset + forum.PeoplePage)}}
		p.Older = "/people?" + next.Encode()
	}
	if p.Requests, err = s.forum.GrantRequests(r.ctx(), r.Actor); err != nil {
		return err
	}
	if p.Frame, err = s.frame(r, "People"); err != nil {
		return err
	}
	return r.show(http.StatusOK, web.PeoplePage(p))
}

func (s *Server) showPerson(r *request) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	return s.personPage(r, http.StatusOK, id, web.Person{})
}

func (s *Server) personPage(r *request, status int, id int64, p web.Person) error {
	var err error
	if p.View, err = s.forum.PersonView(r.ctx(), r.Actor, id); err != nil {
		return err
	}
	for _, role := range []forum.Role{forum.RoleModerator, forum.RoleLead, forum.RoleAdmin} {
		if forum.MayGrant(r.Actor, role) == "" && !slices.ContainsFunc(p.View.Grants, func(g forum.Grant) bool { return g.Role == role }) {
			p.May = append(p.May, role)
		}
	}
	p.Self = id == r.Actor.ID
	if p.Frame, err = s.frame(r, "A person"); err != nil {
		return err
	}
	return r.show(status, web.PersonPage(p))
}

// personForm runs what a form on somebody's page asks for.
func (s *Server) personForm(r *request, do func(id int64, form url.Values) (said string, err error)) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	said, err := do(id, form)
	if err != nil {
		status, faults, _, ok := s.rejected(r, err)
		if !ok {
			return err
		}
		return s.personPage(r, status, id, web.Person{Faults: faults, Role: forum.Role(form.Get("role")), Expires: shown(form.Get("expires"))})
	}
	if err := r.flash(said); err != nil {
		return err
	}
	if id == r.Actor.ID {
		return r.redirect("/me") // they may not look at it any more
	}
	return r.redirect(personPath(id))
}

func personPath(id int64) string { return "/people/" + strconv.FormatInt(id, 10) }

func (s *Server) grantRole(r *request) error {
	return s.personForm(r, func(id int64, form url.Values) (string, error) {
		granted, err := s.forum.GrantRole(r.ctx(), r.Actor, forum.NewGrant{PersonID: id, Role: forum.Role(form.Get("role")), Expires: form.Get("expires")})
		if granted {
			return "They have the role now.", err
		}
		return "Somebody else has to agree. Until then nothing changes.", err
	})
}

func (s *Server) takeRole(r *request) error {
	return s.personForm(r, func(id int64, form url.Values) (string, error) {
		return "The role is taken back.", s.forum.TakeRole(r.ctx(), r.Actor, id, forum.Role(form.Get("role")))
	})
}

func (s *Server) revokeMidwife(r *request) error {
	return s.personForm(r, func(id int64, form url.Values) (string, error) {
		return "The badge is off, and their answers have a new label.", s.forum.RevokeMidwife(r.ctx(), r.Actor, id, forum.RegistrationState(form.Get("why")))
	})
}

// openAddress shows an address in this one answer: it is in no address line, no
// history and no session.
func (s *Server) openAddress(r *request) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	address, err := s.forum.OpenAddress(r.ctx(), r.Actor, id, form.Get("purpose"))
	if err != nil {
		status, faults, _, ok := s.rejected(r, err)
		if !ok {
			return err
		}
		return s.personPage(r, status, id, web.Person{Faults: faults})
	}
	if address == "" {
		address = "There is none that was confirmed."
	}
	return s.personPage(r, http.StatusOK, id, web.Person{Address: address})
}

func (s *Server) signRole(r *request) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	agree := ticked(form, "agree")
	if err := s.forum.SignRole(r.ctx(), r.Actor, id, agree); err != nil {
		return err
	}
	said := "Nothing was changed."
	if agree {
		said = "They have the role now."
	}
	if err := r.flash(said); err != nil {
		return err
	}
	return r.redirect("/people")
}
