package main

import (
	"errors"
	"fmt"

	"snowdrop/internal/forum"
)

type accountCommand struct {
	Grant  accountGrant  `cmd:"" help:"Give a role to an account, without a second person: the way in when nobody else is left. It goes on record."`
	Take   accountTake   `cmd:"" help:"Take a role back from an account. The last admin stays one. It goes on record."`
	Create accountCreate `cmd:"" help:"Create an account and print a one-time link that sets its password."`
	Rescue accountRescue `cmd:"" help:"For somebody who lost the way in: take the second step away, sign them out everywhere and print a one-time link that sets a new password."`
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

type accountRescue struct {
	Email string `required:"" help:"E-mail address."`
}

// Run gives somebody a new way in.
func (a accountRescue) Run(s *session) (err error) {
	h, err := open(s.ctx, s.settings, s.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.store.Close()) }()
	if _, err := h.store.Migrate(s.ctx); err != nil {
		return err
	}
	path, err := h.community.RescueAccount(s.ctx, a.Email)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s%s\n", s.settings.BaseURL, path)
	s.log.Info("account rescued; the link works once, for seven days")
	return nil
}
