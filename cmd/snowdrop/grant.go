package main

import (
	"errors"
	"fmt"

	"snowdrop/internal/forum"
)

type accountGrant struct {
	Email string `required:"" help:"E-mail address of the account."`
	Role  string `required:"" enum:"moderator,lead,admin" help:"moderator, lead or admin."`
}

// Run gives the role.
func (a accountGrant) Run(s *session) error {
	return onServer(s, func(h *house) error {
		if err := h.community.ServerGrant(s.ctx, a.Email, forum.Role(a.Role)); err != nil {
			return err
		}
		fmt.Fprintln(s.out, "The account has the role now. Leads and admins are told, and it is on record.")
		return nil
	})
}

type accountTake struct {
	Email string `required:"" help:"E-mail address of the account."`
	Role  string `required:"" enum:"midwife,moderator,lead,admin" help:"midwife, moderator, lead or admin."`
}

// Run takes the role back.
func (a accountTake) Run(s *session) error {
	return onServer(s, func(h *house) error {
		if err := h.community.ServerTake(s.ctx, a.Email, forum.Role(a.Role)); err != nil {
			return err
		}
		fmt.Fprintln(s.out, "The role is taken back, from the next request on. It is on record.")
		return nil
	})
}

// onServer opens the house for one piece of work.
func onServer(s *session, do func(*house) error) (err error) {
	h, err := open(s.ctx, s.settings, s.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.store.Close()) }()
	if _, err := h.store.Migrate(s.ctx); err != nil {
		return err
	}
	return do(h)
}
