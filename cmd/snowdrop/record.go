package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"snowdrop/internal/forum"
)

type recordCommand struct {
	Verify recordVerify `cmd:"" help:"Walk the record and name the first entry that was changed, added or taken out."`
}

type recordVerify struct {
	Kept []string `placeholder:"ENTRY:HASH" help:"What a letter kept of an entry. May be given several times."`
}

// Run walks the record's chain. Its last line is worth keeping somewhere else:
// who has it can prove that nothing up to there was changed since.
func (r recordVerify) Run(s *session) (err error) {
	var kept []forum.RecordKept
	for _, text := range r.Kept {
		number, hash, _ := strings.Cut(text, ":")
		entry, err := strconv.ParseInt(number, 10, 64)
		if err != nil || entry < 1 || len(hash) != 64 {
			return fmt.Errorf("--kept %s: want the number of an entry, a colon and a hash of 64 signs", text)
		}
		kept = append(kept, forum.RecordKept{Entry: entry, Hash: hash})
	}
	h, err := open(s.ctx, s.settings, s.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.store.Close()) }()
	v, err := h.community.VerifyRecord(s.ctx, kept...)
	if err != nil {
		return err
	}
	if v.Broken != 0 {
		return fmt.Errorf("the record is broken at entry %d: %s", v.Broken, v.Why)
	}
	fmt.Fprintf(s.out, "the record is whole: %d entries\nlast entry %d, hash %s\n", v.Entries, v.Last, v.Hash)
	return nil
}
