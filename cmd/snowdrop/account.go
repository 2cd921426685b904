package main

import (
	"errors"
	"fmt"

	"snowdrop/internal/forum"
)

type accountCommand struct {
	Create accountCreate `cmd:"" help:"Create an account and print a one-time link that sets its password."`
}

type accountCreate struct {
	Email string `required:"" help:"E-mail address."`
	Name  string `required:"" help:"Name shown on the site, 2 to 40 characters."`
	Role  string `required:"" enum:"member,midwife,moderator,lead,admin" help:"member, midwife, moderator, lead or admin. Making somebody a midwife here says that you have checked the register yourself."`
}

// Run creates the account.
func (a accountCreate) Run(s *session) (err error) {
	h, err := open(s.ctx, s.settings, s.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.store.Close()) }()
	if _, err := h.store.Migrate(s.ctx); err != nil {
		return err
	}
	path, err := h.community.CreateAccount(s.ctx, forum.NewAccount{Name: a.Name, Email: a.Email, Role: forum.Role(a.Role)})
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s%s\n", s.settings.BaseURL, path)
	s.log.Info("account created; the link works once, for seven days", "role", a.Role)
	return nil
}
