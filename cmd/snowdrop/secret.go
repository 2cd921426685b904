package main

import (
	"errors"
	"fmt"

	"snowdrop/internal/secret"
)

type secretCommand struct {
	Rotate secretRotate `cmd:"" help:"Seal everything anew under a new key. Stop the site first. It can be interrupted and run again."`
}

type secretRotate struct{}

// Run makes a new master key, seals everything under it, and puts the old one aside.
// With the key in the settings the operator has put the new one before the old
// already.
func (secretRotate) Run(s *session) (err error) {
	given, err := s.settings.Keys()
	if err != nil {
		return err
	}
	path := secretFile(s.settings)
	if given == nil {
		keys, err := secret.LoadAll(path)
		if err != nil {
			return err
		}
		if len(keys) == 1 { // more: an earlier run was interrupted, and goes on
			if err := secret.AddKey(path); err != nil {
				return err
			}
		}
	} else if len(given) == 1 {
		return errors.New("put a new key before the present one in SNOWDROP_SECRET, with a comma in between, restart every instance, and run this again")
	}
	h, err := open(s.ctx, s.settings, s.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.store.Close()) }()
	if _, err := h.store.Migrate(s.ctx); err != nil {
		return err
	}
	changed, shut, err := h.community.Reseal(s.ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "sealed anew: %d\n", changed)
	if shut > 0 {
		return fmt.Errorf("%d values cannot be opened with any of the keys; all keys are kept", shut)
	}
	if given != nil {
		fmt.Fprintln(s.out, "now take every key but the first out of SNOWDROP_SECRET and restart")
		return nil
	}
	if err := secret.DropOlder(path); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "the old key is in %s.old: keep it as long as backups from before, apart from them\n", path)
	return nil
}
