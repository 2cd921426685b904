package forum_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"snowdrop/internal/forum"
)

// Once a day the end of the record goes to each administrator, and what they keep
// proves later that nothing before was changed.
func TestTheEndOfTheRecordIsKeptElsewhere(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ada, bo := h.Person("ada", forum.RoleAdmin), h.Person("bo", forum.RoleMember)
		p := h.post(bo, "Plain")
		h.report(bo, p.ID, forum.DoorWorried, "")
		for range 3 {
			h.must(h.c.KeepRecord(h.Context()))
		}
		mails := h.mails()
		var kept string
		for _, m := range mails {
			e := must(h.c.Envelope(h.Context(), m))
			if line, ok := strings.CutPrefix(lastLine(e.Text), "To compare, on the server: snowdrop record verify --kept "); ok {
				if kept != "" || m.PersonID != ada.ID {
					h.Errorf("a second letter, or to somebody else: %d", m.PersonID)
				}
				kept = line
			}
		}
		var k forum.RecordKept
		if _, err := fmt.Sscanf(strings.ReplaceAll(kept, ":", " "), "%d %s", &k.Entry, &k.Hash); err != nil {
			h.Fatalf("%q: %v", kept, err)
		}
		h.Clock.Move(24 * time.Hour)
		h.must(h.c.KeepRecord(h.Context()))
		if n := len(h.mails()); n != len(mails)+1 {
			h.Errorf("%d letters on the next day", n-len(mails))
		}
		h.report(bo, h.post(bo, "Another").ID, forum.DoorWorried, "")
		for what, c := range map[string]struct {
			kept   forum.RecordKept
			broken bool
		}{
			"as kept":        {k, false},
			"another hash":   {forum.RecordKept{Entry: k.Entry, Hash: strings.Repeat("0", 64)}, true},
			"past its end":   {forum.RecordKept{Entry: k.Entry + 1000, Hash: k.Hash}, true},
			"another's hash": {forum.RecordKept{Entry: k.Entry + 1, Hash: k.Hash}, true},
		} {
			if v := must(h.c.VerifyRecord(h.Context(), c.kept)); (v.Broken != 0) != c.broken || (v.Why != "") != c.broken {
				h.Errorf("%s: %+v", what, v)
			}
		}
	})
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}
