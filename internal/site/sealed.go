package site

import (
	"net/http"
	"slices"
	"strconv"

	"snowdrop/internal/forum"
	"snowdrop/web"
)

func (s *Server) showSealed(r *request) error {
	return s.sealedPage(r, http.StatusOK, web.Sealed{})
}

func (s *Server) sealedPage(r *request, status int, p web.Sealed) error {
	id, err := r.number("case")
	if err != nil {
		return err
	}
	if _, err := s.forum.CaseMark(r.ctx(), r.Actor, id); err != nil {
		return err
	}
	if p.Notes, err = s.forum.SealedNotes(r.ctx(), r.Actor, id); err != nil {
		return err
	}
	if p.Frame, err = s.frame(r, "Sealed notes"); err != nil {
		return err
	}
	p.CaseID, p.Path, p.Purposes = id, casePath(id), forum.SealPurposes
	return r.show(status, web.SealedPage(p))
}

// useSealed writes, signs or reads what is sealed. What was read is on the page
// that answers and nowhere else; the field of a new note is not named body, so
// that it never becomes a draft.
func (s *Server) useSealed(r *request) error {
	id, form, err := r.caseForm()
	if err != nil {
		return err
	}
	p := web.Sealed{Kind: forum.SealedKind(shown(form.Get("kind"))), Typed: shown(form.Get("words"))}
	note, _ := strconv.ParseInt(form.Get("id"), 10, 64)
	if do := form.Get("do"); do == "sign" || do == "read" {
		notes, err := s.forum.SealedNotes(r.ctx(), r.Actor, id)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(notes, func(n forum.SealedNote) bool { return n.ID == note }) {
			return errNowhere // another case's note is not opened from here
		}
	}
	switch form.Get("do") {
	case "seal":
		if _, err = s.forum.Seal(r.ctx(), r.Actor, id, p.Kind, form.Get("words")); err == nil {
			return r.redirect(casePath(id) + "/sealed")
		}
	case "sign":
		if err = s.forum.SignSealed(r.ctx(), r.Actor, note); err == nil {
			return r.redirect(casePath(id) + "/sealed")
		}
	case "read":
		p.Read = note
		p.Words, err = s.forum.ReadSealed(r.ctx(), r.Actor, note, form.Get("purpose"))
	case "address":
		p.Address, err = s.forum.ReadAddress(r.ctx(), r.Actor, id, form.Get("purpose"))
	default:
		err = &forum.Error{Kind: forum.Invalid, Message: "We could not read this form. Please open the page again."}
	}
	if err == nil {
		return s.sealedPage(r, http.StatusOK, p)
	}
	status, faults, _, ok := s.rejected(r, err)
	if !ok {
		return err
	}
	for i := range faults {
		switch faults[i].Field {
		case "body":
			faults[i].Field = "words"
		case "purpose": // there are several on the page
			faults[i].Field = ""
		}
	}
	p.Faults, p.Read = faults, 0
	return s.sealedPage(r, status, p)
}
