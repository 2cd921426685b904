package main

import (
	"errors"
	"fmt"
)

type recordCommand struct {
	Verify recordVerify `cmd:"" help:"Walk the record and name the first entry that was changed, added or taken out."`
}

type recordVerify struct{}

// Run walks the record's chain. Its last line is worth keeping somewhere else:
// who has it can prove that nothing up to there was changed since.
func (recordVerify) Run(s *session) (err error) {
	h, err := open(s.ctx, s.settings, s.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.store.Close()) }()
	v, err := h.community.VerifyRecord(s.ctx)
	if err != nil {
		return err
	}
	if v.Broken != 0 {
		return fmt.Errorf("the record is broken at entry %d: %s", v.Broken, v.Why)
	}
	fmt.Fprintf(s.out, "the record is whole: %d entries\nlast entry %d, hash %s\n", v.Entries, v.Last, v.Hash)
	return nil
}
