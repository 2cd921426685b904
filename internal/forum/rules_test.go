package forum_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/moderation"
)

func TestWithdrawnIsFinalAndEveryOtherStateCanBeOverturned(t *testing.T) {
	t.Parallel()
	for _, from := range forum.PostStates {
		for _, to := range forum.PostStates {
			if want := from == to || from != forum.StateWithdrawn; from.May(to) != want {
				t.Errorf("%s to %s: want %v", from, to, want)
			}
		}
		if from.May("gone") || forum.PostState("gone").May(from) {
			t.Errorf("%s and an unknown state", from)
		}
	}
}

func TestReadersSeePublicAndFoldedPosts(t *testing.T) {
	t.Parallel()
	for _, s := range forum.PostStates {
		if want := s == forum.StatePublic || s == forum.StateFolded; s.Shown() != want {
			t.Errorf("%s: want %v", s, want)
		}
	}
}

func TestCaseMoves(t *testing.T) {
	t.Parallel()
	// Rows and columns: open, claimed, waiting, decided, closed.
	for i, row := range []string{"xx---", "xxxx-", "xxx--", "x--xx", "x---x"} {
		for j, to := range forum.CaseStates {
			if from := forum.CaseStates[i]; from.May(to) != (row[j] == 'x') {
				t.Errorf("%s to %s: %v", from, to, from.May(to))
			}
		}
	}
	for i, s := range forum.CaseStates {
		if s.Live() != (i < 3) {
			t.Errorf("%s live: %v", s, s.Live())
		}
	}
}

func TestWhoSeesWhat(t *testing.T) {
	t.Parallel()
	topics := forum.Topics{{Slug: "open", Audience: forum.AudiencePublic}, {Slug: "closed", Audience: forum.AudienceMembers}}
	stranger, opener, writer, member := forum.Actor{}, forum.Actor{ID: 1}, forum.Actor{ID: 2}, forum.Actor{ID: 3}
	moderator, admin := forum.Actor{ID: 4, Roles: []forum.Role{forum.RoleModerator}}, forum.Actor{ID: 5, Roles: []forum.Role{forum.RoleAdmin}}
	lead, midwife := forum.Actor{ID: 6, Roles: []forum.Role{forum.RoleLead}}, forum.Actor{ID: 7, Roles: []forum.Role{forum.RoleMidwife}, Registered: true}
	const public, held, folded, removed, withdrawn = forum.StatePublic, forum.StateHeld, forum.StateFolded, forum.StateRemoved, forum.StateWithdrawn
	for _, c := range []struct {
		what     string
		who      forum.Actor
		topic    string
		audience forum.Audience
		thread   forum.PostState
		post     forum.PostState
		want     bool
	}{
		{"stranger, public", stranger, "open", forum.AudiencePublic, public, public, true},
		{"stranger, folded", stranger, "open", forum.AudiencePublic, public, folded, true},
		{"stranger, held", stranger, "open", forum.AudiencePublic, public, held, false},
		{"stranger, narrowed thread", stranger, "open", forum.AudienceMembers, public, public, false},
		{"stranger, members' topic", stranger, "closed", forum.AudiencePublic, public, public, false},
		{"stranger, unknown topic", stranger, "gone", forum.AudiencePublic, public, public, false},
		{"stranger with roles and no person", forum.Actor{Roles: moderator.Roles}, "closed", forum.AudiencePublic, public, public, false},
		{"member, members' topic", member, "closed", forum.AudienceMembers, public, public, true},
		{"member, held", member, "open", forum.AudiencePublic, public, held, false},
		{"member, removed", member, "open", forum.AudiencePublic, public, removed, false},
		{"member, withdrawn", member, "open", forum.AudiencePublic, public, withdrawn, false},
		{"member, comment in a held thread", member, "open", forum.AudiencePublic, held, public, false},
		{"member, comment in a withdrawn thread", member, "open", forum.AudiencePublic, withdrawn, public, true},
		{"stranger, comment in a withdrawn thread", stranger, "open", forum.AudiencePublic, withdrawn, public, true},
		{"opener, comment in their held thread", opener, "open", forum.AudiencePublic, held, public, true},
		{"opener, held comment in their thread", opener, "open", forum.AudiencePublic, public, held, false},
		{"writer, own held", writer, "open", forum.AudiencePublic, public, held, true},
		{"writer, own removed", writer, "open", forum.AudiencePublic, public, removed, true},
		{"writer, own in a removed thread", writer, "open", forum.AudiencePublic, removed, withdrawn, true},
		{"moderator, held", moderator, "closed", forum.AudienceMembers, removed, held, true},
		{"lead, withdrawn", lead, "closed", forum.AudienceMembers, withdrawn, withdrawn, true},
		{"admin, held", admin, "open", forum.AudiencePublic, public, held, false},
		{"midwife, held", midwife, "open", forum.AudiencePublic, public, held, false},
	} {
		th := forum.Thread{Topic: c.topic, Audience: c.audience, State: c.thread, AuthorID: opener.ID}
		p := forum.Post{Part: forum.PartComment, State: c.post, AuthorID: writer.ID}
		if got := forum.CanSee(c.who, topics, th, p); got != c.want {
			t.Errorf("%s: %v", c.what, got)
		}
	}
}

func TestAStrangerIsNotTheWriterOfAPostWhoseWriterIsHidden(t *testing.T) {
	t.Parallel()
	topics := forum.Topics{{Slug: "open", Audience: forum.AudiencePublic}}
	hidden := forum.Thread{Topic: "open", Audience: forum.AudiencePublic, State: forum.StateHeld}
	if forum.CanSee(forum.Actor{}, topics, hidden, forum.Post{Part: forum.PartComment, State: forum.StateHeld}) || forum.CanSeeThread(forum.Actor{}, topics, hidden) {
		t.Error("a stranger sees what is held")
	}
}

func TestActors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what                                  string
		a                                     forum.Actor
		signedIn, staff, moderates, isMidwife bool
	}{
		{"stranger", forum.Actor{}, false, false, false, false},
		{"member", forum.Actor{ID: 1}, true, false, false, false},
		{"registered, but no midwife here", forum.Actor{ID: 1, Registered: true}, true, false, false, false},
		{"midwife", forum.Actor{ID: 1, Roles: []forum.Role{forum.RoleMidwife}, Registered: true}, true, true, false, true},
		{"suspended midwife", forum.Actor{ID: 1, Roles: []forum.Role{forum.RoleMidwife}}, true, true, false, false},
		{"moderator", forum.Actor{ID: 1, Roles: []forum.Role{forum.RoleModerator}}, true, true, true, false},
		{"lead", forum.Actor{ID: 1, Roles: []forum.Role{forum.RoleLead}}, true, true, true, false},
		{"admin", forum.Actor{ID: 1, Roles: []forum.Role{forum.RoleAdmin}}, true, true, false, false},
	} {
		if c.a.SignedIn() != c.signedIn || c.a.Has(forum.RoleMember) != c.signedIn || c.a.Staff() != c.staff || c.a.Moderates() != c.moderates || c.a.Midwife() != c.isMidwife {
			t.Errorf("%s: %+v", c.what, c.a)
		}
	}
}

func TestSuggest(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC)
	later := now.Add(time.Hour)
	articles := []forum.Article{
		{Slug: "all", NextReview: later},
		{Slug: "overdue", NextReview: now.Add(-time.Second), Words: []string{"bleeding"}, Topics: []string{"early"}},
		{Slug: "topic", NextReview: later, Topics: []string{"early"}},
		{Slug: "word", NextReview: later, Topics: []string{"late"}, Words: []string{"bleeding", "sick note"}},
		{Slug: "kind", NextReview: later, Kinds: []forum.ThreadKind{forum.Story}},
		{Slug: "guarded", NextReview: later, Topics: []string{"tfmr"}, Words: []string{"bleeding"}, Guarded: true},
		{Slug: "apostrophe", NextReview: later, Topics: []string{"late"}, Words: []string{"won't talk", "daughter-in-law"}},
	}
	for _, c := range []struct {
		what, topic, text string
		kind              forum.ThreadKind
		want              string
	}{
		{"topic first, then those for all", "early", "", forum.Question, "topic all kind"},
		{"kind breaks the tie", "early", "", forum.Story, "topic kind all"},
		{"a word beats the topic, an overdue article stays out", "early", "Still BLEEDING, after ten days", forum.Question, "word topic all"},
		{"several words in a row", "early", "They want a sick\nnote.", forum.Question, "word topic all"},
		{"only whole words", "early", "nosebleeding", forum.Question, "topic all kind"},
		{"guarded only in its topic", "tfmr", "bleeding", forum.Question, "guarded word all"},
		{"guarded never elsewhere", "other", "bleeding", forum.Question, "word all kind"},
		{"a phone's apostrophe", "early", "He won’t talk", forum.Question, "apostrophe topic all"},
		{"a hyphen", "early", "my daughter-in-law said", forum.Question, "apostrophe topic all"},
		{"another topic's articles stay out", "late", "", forum.Remembrance, "word apostrophe all"},
	} {
		var got []string
		for _, a := range forum.Suggest(articles, c.topic, c.kind, c.text, now) {
			got = append(got, a.Slug)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.what, got, c.want)
		}
	}
}

func TestWordsAreReadAsTheyWereStored(t *testing.T) {
	t.Parallel()
	for _, want := range []forum.Mentions{nil, {moderation.TagMentionScan}, moderation.Mentions} {
		stored, err := want.Value()
		if err != nil {
			t.Fatal(err)
		}
		got := forum.Mentions{"old"}
		for _, src := range []any{stored, []byte(stored.(string))} {
			if err := got.Scan(src); err != nil || !slices.Equal(got, want) {
				t.Errorf("%v from %T: %v, %v", want, src, got, err)
			}
		}
	}
	var cards forum.Cards
	stored, _ := forum.Cards{"body_urgent", "mind_support"}.Value()
	if err := cards.Scan(stored); err != nil || !slices.Equal(cards, forum.Cards{"body_urgent", "mind_support"}) {
		t.Error(cards, err)
	}
	for _, src := range []any{nil, 7} {
		if err := cards.Scan(src); err == nil {
			t.Errorf("read words from %T", src)
		}
	}
}

func TestErrorsAreFoundHoweverTheyAreWrapped(t *testing.T) {
	t.Parallel()
	name := &forum.Error{Kind: forum.Invalid, Field: "name", Message: "n"}
	email := &forum.Error{Kind: forum.Invalid, Field: "email", Message: "e"}
	lost := &forum.Error{Kind: forum.LostRace}
	plain := errors.New("plain")
	for i, c := range []struct {
		err    error
		kind   forum.ErrorKind
		fields string
	}{
		{nil, forum.Internal, ""},
		{plain, forum.Internal, ""},
		{name, forum.Invalid, "name"},
		{lost, forum.LostRace, "-"},
		{fmt.Errorf("do it: %w", name), forum.Invalid, "name"},
		{errors.Join(nil, name, nil, email), forum.Invalid, "name email"},
		{fmt.Errorf("outer: %w", errors.Join(plain, fmt.Errorf("a: %w", email), errors.Join(name))), forum.Invalid, "email name"},
		{fmt.Errorf("%w and %w", name, email), forum.Invalid, "name email"},
		{fmt.Errorf("deadlock: %w", plain), forum.Internal, ""},
	} {
		var fields []string
		for _, f := range forum.Faults(c.err) {
			fields = append(fields, f.Field+map[bool]string{true: "-"}[f.Field == ""])
		}
		if forum.KindOf(c.err) != c.kind || strings.Join(fields, " ") != c.fields {
			t.Errorf("%d: kind %v, fields %v", i, forum.KindOf(c.err), fields)
		}
	}
}
