package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
)

// found lists what a search finds, in its order.
func (b *builder) found(a forum.Actor, words, topic string) []int64 {
	b.Helper()
	rows, err := b.s.Search(b.Context(), a, forum.SearchQuery{Words: words, Topic: topic, Limit: 50})
	if err != nil {
		b.Fatalf("search for %.40q: %v", words, err)
	}
	var ids []int64
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	return ids
}

// finds says what a search has to find, in this order.
func (b *builder) finds(a forum.Actor, words string, want ...int64) {
	b.Helper()
	if got := b.found(a, words, ""); !slices.Equal(got, want) {
		b.Errorf("%+v searched for %.40q and found %v, not %v", a, words, got, want)
	}
}

func (b *builder) opening(threadID int64) forum.Post {
	b.Helper()
	row, err := b.s.Opening(b.Context(), moderator, threadID)
	b.must(err)
	return row.Post
}

func body(text string) func(*forum.Post) { return func(p *forum.Post) { p.Body = text } }

func TestSearchFindsWords(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		b := begin(t, s)
		th := b.thread("early-loss", func(t *forum.Thread) { t.Title = "Letters from the registrar" })
		say := func(text string) int64 { return b.comment(th.ID, nil, body(text)).ID }
		opening := b.opening(th.ID).ID
		nurse := say("The nurse was kind. Siobhán, she was called.")
		nursing := say("I had been nursing her for a day.")
		cafe := say("We met in a CAFÉ by the hospital—it helped❤")
		glued := say("Her mum/dad cried.Nobody rang us back, re: the baby’s post-mortem.")
		welsh := say("Mae'r tŷ yn dawel. Ysbyty: lle oer.")
		greek := say("Η Ελένη μας.")
		for words, want := range map[string][]int64{
			"nurse":                          {nurse, nursing},
			"NURSING":                        {nurse, nursing},
			"cafe":                           {cafe},
			"Café":                           {cafe},
			"cafe\u0301":                     {cafe},
			"siobhan":                        {nurse},
			"helped":                         {cafe},
			"hospital":                       {cafe},
			"dad":                            {glued},
			"nobody":                         {glued},
			"baby":                           {glued},
			"baby's":                         {glued},
			"“post-mortem”":                  {glued},
			"how was it in the CAFÉ":         {cafe}, // common words need not be there
			"ty":                             {welsh},
			"ysbyty oer":                     {welsh},
			"Ελένη":                          {greek},
			"letter registrars":              {opening},
			"letters opening words":          {opening}, // some in the title, some in the body
			"nurse cafe":                     nil,       // all of the words
			"the":                            nil,       // too common to look for
			"stillborn":                      nil,
			"nobody ' OR 1=1 --":             nil,
			`"nobody" AND NOT (mum) * ^ : +`: {glued},
		} {
			got := b.found(forum.Actor{}, words, "")
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%q found %v, not %v", words, got, want)
			}
		}
	})
}

func TestSearchPutsTheBestFirstAndThenTheNewest(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		b := begin(t, s)
		long := strings.Repeat("We sat in the garden for many evenings and said little. ", 6)
		th := b.thread("early-loss", func(t *forum.Thread) { t.Title = "Planting snowdrops" })
		other := b.thread("late-loss")
		opening := b.opening(th.ID).ID
		once := b.comment(th.ID, nil, body(long+"Snowdrops came up."), at(3)).ID
		often := b.comment(th.ID, nil, body("Snowdrops. A snowdrop, and another snowdrop."), at(2)).ID
		older := b.comment(other.ID, nil, body(long+"Snowdrops came up."), at(1)).ID
		b.finds(forum.Actor{}, "snowdrop", opening, often, once, older)
		if got := b.found(forum.Actor{}, "snowdrop", "late-loss"); !slices.Equal(got, []int64{older}) {
			t.Errorf("in one topic: %v", got)
		}
		if got := b.found(forum.Actor{}, "snowdrop", "no-such-topic"); len(got) != 0 {
			t.Errorf("in no topic: %v", got)
		}
		rows, err := s.Search(t.Context(), forum.Actor{}, forum.SearchQuery{Words: "snowdrop", Limit: 2, Offset: 1})
		if err != nil || len(rows) != 2 || rows[0].ID != often || rows[1].ID != once || rows[0].ThreadTitle != "Planting snowdrops" || rows[0].AuthorName != "self" {
			t.Errorf("a part of it: %+v, %v", rows, err)
		}
	})
}

func at(hours int) func(*forum.Post) {
	return func(p *forum.Post) { p.CreatedAt = now.Add(time.Duration(hours) * time.Hour) }
}

// TestSearchFindsWhatOneMayRead has the same word in a post of every state, in
// every kind of thread, and holds what each actor finds against forum.CanSee.
func TestSearchFindsWhatOneMayRead(t *testing.T) {
	t.Parallel()
	topics := forum.Topics{{Slug: "early-loss", Audience: forum.AudiencePublic}, {Slug: "tfmr", Audience: forum.AudienceMembers}}
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		b := begin(t, s)
		ids := b.people("opener", "writer", "reader", "moderator", "admin")
		opener, writer := ids[0], ids[1]
		type place struct {
			thread forum.Thread
			posts  []forum.Post
		}
		var places []place
		for _, topic := range []string{"early-loss", "tfmr"} {
			for _, audience := range []forum.Audience{forum.AudiencePublic, forum.AudienceMembers} {
				for _, state := range forum.PostStates {
					th := b.thread(topic, func(t *forum.Thread) {
						t.AuthorID, t.Audience, t.State, t.Title = opener, audience, state, "About the heron"
					})
					posts := []forum.Post{b.opening(th.ID)}
					for _, commentState := range forum.PostStates {
						posts = append(posts, b.comment(th.ID, nil, body("A heron."), func(p *forum.Post) { p.AuthorID, p.State = writer, commentState }))
					}
					places = append(places, place{b.see(th.ID).Thread, posts})
				}
			}
		}
		for _, a := range []forum.Actor{
			{}, {ID: opener}, {ID: writer}, {ID: ids[2]},
			{ID: ids[3], Roles: []forum.Role{forum.RoleModerator}}, {ID: ids[4], Roles: []forum.Role{forum.RoleAdmin}},
			{Roles: []forum.Role{forum.RoleAdmin}},
		} {
			rows, err := s.Search(t.Context(), a, forum.SearchQuery{Words: "heron", Limit: 1000})
			b.must(err)
			got := map[int64]bool{}
			for _, r := range rows {
				got[r.ID] = true
			}
			n := 0
			for _, at := range places {
				for _, p := range at.posts {
					want := forum.CanSee(a, topics, at.thread, p) && forum.CanSeeThread(a, topics, at.thread) &&
						p.State != forum.StateRemoved && p.State != forum.StateWithdrawn
					if got[p.ID] != want {
						t.Errorf("actor %d%v in %s/%s/%s: %s %s: found %v", a.ID, a.Roles, at.thread.Topic, at.thread.Audience, at.thread.State, p.State, p.Part, got[p.ID])
					}
					if want {
						n++
					}
				}
			}
			if n != len(got) {
				t.Errorf("actor %d%v found %d posts, not %d", a.ID, a.Roles, len(got), n)
			}
		}
	})
}

func TestSearchForgetsWhatIsNoLongerSaid(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		ctx, b := t.Context(), begin(t, s)
		own := forum.Actor{ID: b.self}
		th := b.thread("early-loss", func(t *forum.Thread) { t.Title = "Robins" })
		opening, comment := b.opening(th.ID), b.comment(th.ID, nil, body("A wren."))
		b.finds(moderator, "robin", opening.ID)
		b.finds(moderator, "wren", comment.ID)

		later := now.Add(time.Minute)
		opening.Body, opening.EditedAt = "About blackbirds.", &later
		b.must(s.EditPost(ctx, opening, 1, ""))
		b.finds(moderator, "opening")
		b.finds(forum.Actor{}, "robin blackbird", opening.ID)
		opening.Body = "About finches."
		b.must(s.EditPost(ctx, opening, 2, "Swallows"))
		for _, a := range []forum.Actor{{}, own, moderator} {
			b.finds(a, "robin")
			b.finds(a, "blackbird")
			b.finds(a, "swallow finch", opening.ID)
		}
		comment.Body, comment.EditedAt = "An owl.", &later
		b.must(s.EditPost(ctx, comment, 1, ""))
		b.finds(moderator, "wren")
		b.finds(forum.Actor{}, "owl", comment.ID)

		move := func(p forum.Post, from, to forum.PostState) { b.must(s.MovePost(ctx, p.ID, from, to, now)) }
		move(comment, forum.StatePublic, forum.StateHeld)
		b.finds(forum.Actor{}, "owl")
		b.finds(own, "owl", comment.ID)
		move(comment, forum.StateHeld, forum.StateRemoved)
		b.finds(own, "owl")
		b.finds(moderator, "owl")
		move(comment, forum.StateRemoved, forum.StatePublic)
		b.finds(forum.Actor{}, "owl", comment.ID)
		move(opening, forum.StatePublic, forum.StateWithdrawn)
		for _, a := range []forum.Actor{{}, own, moderator} {
			b.finds(a, "swallow")
			b.finds(a, "finch")
			b.finds(a, "owl", comment.ID)
		}
		b.must(s.EditPost(ctx, opening, 3, "Magpies")) // whatever happens to it, it stays out
		b.finds(moderator, "magpie")
	})
}

func TestSearchTakesAnything(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		b := begin(t, s)
		th := b.thread("early-loss")
		var every strings.Builder
		for r := rune(1); r < 0x3000; r++ {
			every.WriteRune(r)
			if r%7 == 0 {
				every.WriteByte(' ')
			}
		}
		// Whatever is asked may also be written.
		for _, odd := range append(strings.Fields(every.String()), `"`, `""`, `"a`, "a\x00b", "\x00", "'; DROP TABLE posts; --", "NEAR(a b)", "a AND", "OR", "NOT", "-a", "a*", "^a", "title:a", "{a b}:c",
			"a & | ! <-> b", `\`, "%", "_", "👩‍👧", "❤️", "\xff\xfe", "a\xc3", "!!!???", "   ", "", "\u0301", "a\u200bb", strings.Repeat("x", 10_000), strings.Repeat("ab ", 3_333), strings.Repeat("(", 10_000),
			strings.Repeat("ﷺ", 3_000), every.String()) {
			b.found(forum.Actor{}, odd, "")
			b.found(moderator, odd, "early-loss")
		}
		long := strings.Repeat("ﷺb ", forum.MaxBody/3)
		for _, odd := range []string{every.String(), strings.Repeat("x", forum.MaxBody), strings.Repeat("é\u0301", forum.MaxBody/3), long, "<script>&nbsp;</script>"} {
			id := b.comment(th.ID, nil, body(odd+" kingfisher")).ID
			if got := b.found(forum.Actor{}, "kingfisher", ""); !slices.Contains(got, id) {
				t.Errorf("a post of %.20q is not found: %v", odd, got)
			}
		}
	})
}
