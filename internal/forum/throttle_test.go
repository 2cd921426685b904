package forum_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"snowdrop/internal/forum"
)

func TestFloodsArePausedAndGoOnAfterTheWindow(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, bo := h.Person("ana", forum.RoleMember), h.Person("bo", forum.RoleMember)
		p := h.Thread(bo, nil)
		h.Clock.Move(time.Minute) // into the middle of every window
		for _, c := range []struct {
			what   string
			times  int
			window time.Duration
			do     func(who string) error // by the one who floods, or by another
		}{
			{"post", 30, 10 * time.Minute, func(who string) error {
				a := map[string]forum.Actor{"ana": ana, "bo": bo}[who]
				_, err := h.c.PostComment(h.Context(), a, forum.NewComment{ThreadID: p.ThreadID, Body: "the same"})
				return err
			}},
			{"report", 30, time.Hour, func(who string) error {
				_, err := h.c.Report(h.Context(), ana, forum.NewReport{PostID: p.ID, Door: forum.DoorWorried, Address: who})
				return err
			}},
			{"keep words", 60, time.Hour, func(who string) error {
				_, err := h.c.KeepWords(h.Context(), "/threads", url.Values{"body": {"x"}}, who)
				return err
			}},
			{"join", 30, time.Hour, func(who string) error {
				_, err := h.c.Join(h.Context(), forum.NewPerson{Address: who})
				if forum.KindOf(err) == forum.Invalid {
					return nil
				}
				return err
			}},
			{"sign in to one account", 10, 15 * time.Minute, func(who string) error {
				_, err := h.c.SignIn(h.Context(), who+"@example.org", "wrong password", fmt.Sprint("from ", who, h.Clock.Now()))
				if forum.KindOf(err) == forum.Invalid {
					return nil
				}
				return err
			}},
		} {
			for i := range c.times {
				if err := c.do("ana"); err != nil {
					h.Fatalf("%s: refused the %dth time: %v", c.what, i+1, err)
				}
			}
			err := c.do("ana")
			h.refused(c.what, err, forum.TooMany)
			faults := forum.Faults(err)
			if len(faults) != 1 || faults[0].Retry <= 0 || faults[0].Retry > c.window {
				h.Fatalf("%s: %+v", c.what, faults)
			}
			if err := c.do("bo"); err != nil {
				h.Errorf("%s: somebody else is refused: %v", c.what, err)
			}
			h.Clock.Move(faults[0].Retry - time.Second)
			h.refused(c.what+" a second too early", c.do("ana"), forum.TooMany)
			h.Clock.Move(time.Second)
			if err := c.do("ana"); err != nil {
				h.Errorf("%s: still refused after %v: %v", c.what, faults[0].Retry, err)
			}
			h.Clock.Move(time.Minute)
		}
	}, func(o *forum.Options) { o.Throttled = true })
}
