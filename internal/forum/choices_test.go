package forum_test

import (
	"slices"
	"strings"
	"testing"

	"snowdrop/internal/forum"
	"snowdrop/moderation"
)

// TestMattersAreStoredAsTheyWere holds the bits to their places: they are in the
// database.
func TestMattersAreStoredAsTheyWere(t *testing.T) {
	t.Parallel()
	want := []moderation.Tag{"mention_pregnancy", "mention_living_child", "mention_birth", "mention_scan", "mention_graphic", "mention_faith"}
	if !slices.Equal(moderation.Mentions[:len(want)], want) {
		t.Fatalf("%v: the bits in the database mean something else now", moderation.Mentions)
	}
	for i, tag := range want {
		if m := forum.MattersOf([]moderation.Tag{tag, "abuse"}); m != 1<<i || !slices.Equal(m.Tags(), forum.Mentions{tag}) {
			t.Errorf("%s: %d, %v", tag, m, m.Tags())
		}
	}
}

func TestMeet(t *testing.T) {
	t.Parallel()
	const scan, graphic forum.Matters = 8, 16
	me := forum.Actor{ID: 1}
	with := func(change func(*forum.Actor)) forum.Actor {
		a := me
		change(&a)
		return a
	}
	hides := with(func(a *forum.Actor) { a.Choices = forum.Choices{PersonID: 1, Hides: scan} })
	mutes := with(func(a *forum.Actor) { a.Ties.Muted = []int64{2} })
	muted := with(func(a *forum.Actor) { a.Ties.MutedBy = []int64{2} })
	both := with(func(a *forum.Actor) { a.Ties.Muted, a.Ties.MutedBy = []int64{2}, []int64{2} })
	nook := with(func(a *forum.Actor) { a.Ties.Unnamed = []forum.Nook{{ThreadID: 7, PersonID: 2}} })
	staff := with(func(a *forum.Actor) { a.Roles, a.Ties.MutedBy = []forum.Role{forum.RoleModerator}, []int64{2} })
	by := func(change func(*forum.Post)) forum.Post {
		p := forum.Post{ThreadID: 7, AuthorID: 2, Capacity: forum.AsParent}
		if change != nil {
			change(&p)
		}
		return p
	}
	plain := by(nil)
	unnamed := by(func(p *forum.Post) { p.Anonymous = true })
	elsewhere := by(func(p *forum.Post) { p.Anonymous, p.ThreadID = true, 8 })
	answer := by(func(p *forum.Post) { p.Capacity = forum.AsMidwife })
	scanned := by(func(p *forum.Post) { p.Matters = scan })
	hard := by(func(p *forum.Post) { p.Matters = graphic })
	own := by(func(p *forum.Post) { p.AuthorID, p.Matters = 1, scan|graphic })
	scannedAnswer := by(func(p *forum.Post) { p.Capacity, p.Matters = forum.AsMidwife, scan })
	for _, c := range []struct {
		what string
		a    forum.Actor
		p    forum.Post
		want forum.Meeting
	}{
		{"nothing chosen", me, plain, forum.MeetOpen},
		{"a stranger meets graphic detail folded", forum.Actor{}, hard, forum.MeetFolded},
		{"and so does a member", me, hard, forum.MeetFolded},
		{"a stranger is not the writer of a post without one", forum.Actor{}, forum.Post{Matters: graphic}, forum.MeetFolded},
		{"chosen to show", with(func(a *forum.Actor) { a.Choices.PersonID = 1 }), hard, forum.MeetOpen},
		{"hidden", hides, scanned, forum.MeetHidden},
		{"a midwife's answer is folded at the most", hides, scannedAnswer, forum.MeetFolded},
		{"one's own words", hides, own, forum.MeetOpen},
		{"muted", mutes, plain, forum.MeetMuted},
		{"muted by name is not muted without", mutes, unnamed, forum.MeetOpen},
		{"a midwife's answer is not muted", mutes, answer, forum.MeetOpen},
		{"muted by the writer", muted, plain, forum.MeetAbsent},
		{"muted by the writer, who wrote without a name", muted, unnamed, forum.MeetOpen},
		{"a midwife who muted", muted, answer, forum.MeetOpen},
		{"staff are not kept away", staff, plain, forum.MeetOpen},
		{"both: the fold stays", both, plain, forum.MeetMuted},
		{"muted without a name, here", nook, unnamed, forum.MeetMuted},
		{"… not with the name", nook, plain, forum.MeetOpen},
		{"… nor elsewhere", nook, elsewhere, forum.MeetOpen},
	} {
		if got := forum.Meet(c.a, c.p); got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}

func TestSpeech(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ baby, loss, want string }{
		{"", "", "Your baby, your baby. Your loss."},
		{"Rowan", "", "Rowan, Rowan. Your loss."},
		{"twins", "Stillbirth", "Your twins, your twins. Your stillbirth."},
		{"our girl", "the day she died", "Our girl, our girl. The day she died."},
		{"{{loss}}", "{{baby}}", "{{loss}}, {{loss}}. {{baby}}."}, // put in once, not read again
	} {
		if got := (forum.Speech{Baby: c.baby, Loss: c.loss}).Say("{{Baby}}, {{baby}}. {{Loss}}."); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
	if s := "Nothing to {put} in."; (forum.Speech{}).Say(s) != s {
		t.Error("a sentence without a place for words has changed")
	}
}

// TestAliases tries what can be a name and what can't.
func TestAliases(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		join := func(name string, keep bool) error {
			_, err := h.c.Join(h.Context(), forum.NewPerson{Name: name, KeepName: keep, Email: strings.Map(letter, name) + "x@example.org", Password: "plum gravel teapot", Adult: true, Consent: true, Address: name})
			return err
		}
		for _, name := range []string{"willow", "a dad in the north", "Emma's mum", "Sandy", "Adminton", "ステラ", "Rowan’s dad"} {
			if err := join(name, false); err != nil {
				h.Errorf("%q: %v", name, err)
			}
		}
		for name, field := range map[string]string{
			"admin": "name", "The Admin": "name", "Mıdwife Ann": "name", "mid-wife": "name", "M0derator": "name", "мoderаtor": "name", "N.H.S.": "name", "NHS helper": "name", "Sands team": "name",
			"Tommy's": "name", "Tommys mum": "name", "Samaritans": "name", "sn0wdrop": "name", "Dr Jones": "name", "rnidwife": "name", "D0ct0r": "name",
			"ana@example.org": "name", "07700 900123": "name", "see www.x.org": "name", "willow.com": "name",
			"vvillow": "name", "W1LLOW": "name", "wil-low": "name", "Amy Beavis": "keep_name",
		} {
			err := join(name, false)
			if faults := forum.Faults(err); len(faults) != 1 || faults[0].Field != field {
				h.Errorf("%q: %v", name, err)
			}
		}
		if err := join("Amy Beavis", true); err != nil {
			h.Errorf("a full name that is to be kept: %v", err)
		}
	})
}

func letter(r rune) rune {
	if r >= 'a' && r <= 'z' {
		return r
	}
	return -1
}
