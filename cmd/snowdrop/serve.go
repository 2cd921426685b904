package main

import (
	"errors"
	"fmt"
)

type serveCommand struct{}

// Run runs the site until it is told to stop.
func (serveCommand) Run(s *session) (err error) {
	h, err := open(s.ctx, s.settings, s.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.store.Close()) }()
	applied, err := h.store.Migrate(s.ctx)
	if err != nil {
		return err
	}
	for _, name := range applied {
		s.log.Info("schema migration applied", "name", name)
	}
	if err := h.reseal(s.ctx); err != nil {
		return err
	}
	link, err := h.community.FirstAdminLink(s.ctx)
	if err != nil {
		return err
	}
	return h.serve(s.ctx, false, func(address string) {
		fmt.Fprintf(s.out, "listening on http://%s\n", address)
		if link != "" {
			fmt.Fprintf(s.out, "There are no people yet. Open this link once, within a day, to create the first administrator:\n%s%s\n", s.settings.BaseURL, link)
		}
	})
}
