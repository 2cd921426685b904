package forum_test

import (
	"fmt"
	"testing"
	"time"

	"snowdrop/internal/forum"
)

func TestTotalsPointToNobody(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		sam := h.Person("sam", forum.RoleModerator)
		for i := range 9 { // six for C1, three for W1
			p := h.post(h.Person(fmt.Sprint("ana ", i), forum.RoleMember), "FOLDED")
			h.Clock.Move(10 * time.Minute)
			n := h.claim(sam, p.ID)
			n.Action, n.Reason = forum.ActionRemove, "C1"
			if i >= 6 {
				n.Reason = "W1"
			}
			h.must(h.sign(sam, n))
		}
		_, err := h.c.Totals(h.Context(), 2026, time.January)
		h.refused("a month that runs", err, forum.NotFound)
		h.Clock.Move(20 * 24 * time.Hour)
		got, err := h.c.Totals(h.Context(), 2026, time.January)
		if err != nil || got.Decisions.N != 9 || len(got.Reasons) != 2 || !got.Reasons[0].Hidden || !got.Reasons[1].Hidden || got.Reasons[0].N != 0 {
			h.Errorf("six of one and three of another: %+v, %v", got, err)
		}
		if len(got.Looks) != 1 || got.Looks[0].Cases.N != 9 || got.Looks[0].Median != 10*time.Minute || got.Actions[0].N != 9 || got.Appeals.Hidden {
			h.Errorf("%+v", got)
		}
	})
}
