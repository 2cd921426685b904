package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
	"snowdrop/moderation"
)

// TestTheListsAreTheRule holds the query scopes against forum.Meet, and against
// forum.CanSee for people who are known from life: every choice, mute and tie,
// with writers named and not, parents and midwives, in every list.
func TestTheListsAreTheRule(t *testing.T) {
	t.Parallel()
	topics := forum.Topics{{Slug: "early-loss", Audience: forum.AudiencePublic}}
	scan, faith := forum.MattersOf([]moderation.Tag{moderation.TagMentionScan}), forum.MattersOf([]moderation.Tag{moderation.TagMentionFaith})
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		b := begin(t, s)
		ids := b.people("reader", "one", "two", "three")
		reader, writers := ids[0], ids
		var threads []forum.Thread
		posts := map[int64][]forum.Post{}
		for i, opener := range writers {
			for j, matters := range []forum.Matters{0, scan, scan | faith} {
				th := b.thread("early-loss", func(t *forum.Thread) {
					t.AuthorID, t.Anonymous, t.Matters, t.ActiveAt = opener, (i+j)%2 == 0, matters, now.Add(time.Duration(i*3+j)*time.Second)
				})
				for k, writer := range writers {
					for l, as := range []forum.Capacity{forum.AsParent, forum.AsParent, forum.AsMidwife} {
						p := forum.Post{
							ThreadID: th.ID, Part: forum.PartComment, AuthorID: writer, Anonymous: l == 1, Capacity: as, Body: "a heron", State: forum.StatePublic, Revision: 1, CreatedAt: now,
							Matters: []forum.Matters{0, scan, faith}[(k+j+l)%3],
						}
						b.must(s.AddPost(t.Context(), &p))
						posts[th.ID] = append(posts[th.ID], p)
					}
				}
				b.must(s.TouchThread(t.Context(), th.ID, now))
				row := b.see(th.ID).Thread
				threads = append(threads, row)
			}
		}
		nook := forum.Nook{ThreadID: threads[4].ID, PersonID: ids[2]}
		var actors []forum.Actor
		for _, hides := range []forum.Matters{0, scan, faith, scan | faith} {
			for _, ties := range []forum.Ties{
				{}, {Muted: ids[1:2]}, {MutedBy: ids[1:3]}, {KnownBy: ids[2:3]}, {Muted: ids[1:2], MutedBy: ids[1:3]}, {Unnamed: []forum.Nook{nook}},
				{Muted: ids[3:4], MutedBy: ids[1:2], KnownBy: ids[2:3], Unnamed: []forum.Nook{nook, {ThreadID: 999, PersonID: ids[1]}}},
			} {
				for _, roles := range [][]forum.Role{nil, {forum.RoleModerator}} {
					actors = append(actors, forum.Actor{ID: reader, Roles: roles, Ties: ties, Choices: forum.Choices{PersonID: reader, Hides: hides, Folds: scan}})
				}
			}
		}
		actors = append(actors, forum.Actor{})
		for _, a := range actors {
			what := fmt.Sprintf("%v hides %d, %+v", a.Roles, a.Choices.Hides, a.Ties)
			var want, hidden, unmuted []int64
			for _, th := range threads {
				switch m := forum.MeetThread(a, th); {
				case !forum.CanSeeThread(a, topics, th):
				case m.Listed():
					want = append(want, th.ID)
					unmuted = append(unmuted, th.ID)
				case m == forum.MeetHidden:
					hidden = append(hidden, th.ID)
					unmuted = append(unmuted, th.ID)
				}
			}
			for sieve, want := range map[forum.Sieve][]int64{forum.SieveListed: want, forum.SieveHidden: hidden, forum.SieveMuted: unmuted} {
				if sieve == forum.SieveHidden && a.Chosen().Hides == 0 {
					continue
				}
				list, err := s.Threads(t.Context(), a, forum.ThreadQuery{Limit: 1000, Sieve: sieve})
				b.must(err)
				var got []int64
				for _, row := range list {
					got = append(got, row.ID)
				}
				slices.Sort(got)
				if !slices.Equal(got, want) {
					t.Errorf("%s: sieve %d: rule %v, scope %v", what, sieve, want, got)
				}
			}
			found := map[int64]bool{}
			rows, err := s.Search(t.Context(), a, forum.SearchQuery{Words: "heron", Limit: 1000})
			b.must(err)
			for _, row := range rows {
				found[row.ID] = true
			}
			for _, th := range threads {
				present := map[int64]bool{}
				comments, err := s.Comments(t.Context(), a, th.ID, 0, 1000)
				b.must(err)
				for _, c := range comments {
					present[c.ID] = true
				}
				if n, err := s.CountComments(t.Context(), a, th.ID); err != nil || n != len(comments) {
					t.Errorf("%s: counted %d of %d comments, %v", what, n, len(comments), err)
				}
				if row, err := s.Thread(t.Context(), a, th.ID); err == nil && row.Comments != len(comments) {
					t.Errorf("%s: the thread says it has %d comments, there are %d", what, row.Comments, len(comments))
				}
				for _, p := range posts[th.ID] {
					see, meet := forum.CanSee(a, topics, th, p), forum.Meet(a, p)
					if want := see && meet != forum.MeetAbsent; present[p.ID] != want {
						t.Errorf("%s: %s by %d in a thread by %d: rule %v, among comments %v", what, p.Capacity, p.AuthorID, th.AuthorID, want, present[p.ID])
					}
					if want := see && forum.CanSeeThread(a, topics, th) && meet.Listed() && forum.MeetThread(a, th).Listed(); found[p.ID] != want {
						t.Errorf("%s: %s by %d in a thread by %d: rule %v, found %v", what, p.Capacity, p.AuthorID, th.AuthorID, want, found[p.ID])
					}
					if _, err := s.Post(t.Context(), a, p.ID); (err == nil) != see {
						t.Errorf("%s: post %d: rule %v, %v", what, p.ID, see, err)
					}
				}
			}
		}
	})
}

// TestChoicesAreKept stores choices, ties and names, and has them leave with their
// owner.
func TestChoicesAreKept(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		ctx, b := t.Context(), begin(t, s)
		ids := b.people("ana", "bea", "cal")
		ana, bea, cal := ids[0], ids[1], ids[2]
		c := forum.Choices{PersonID: ana, Folds: 16, Baby: "Rowan", UpdatedAt: now}
		b.must(s.SetChoices(ctx, c, "baby"))
		c.Hides, c.Folds, c.Follows, c.Baby = 1, 2, forum.Slugs{"a", "b"}, "nothing"
		b.must(s.SetChoices(ctx, c, "hides", "follows"))
		for range 2 {
			b.must(s.AddTie(ctx, forum.Tie{ByID: ana, ToID: bea, Kind: forum.TieMute, CreatedAt: now}))
		}
		b.must(s.AddTie(ctx, forum.Tie{ByID: ana, ToID: bea, Kind: forum.TieMute, ThreadID: 7, CreatedAt: now}))
		b.must(s.AddTie(ctx, forum.Tie{ByID: cal, ToID: ana, Kind: forum.TieKnow, CreatedAt: now}))
		a, err := s.Actor(ctx, ana)
		if err != nil || a.Choices.Hides != 1 || a.Choices.Folds != 16 || a.Choices.Baby != "Rowan" || !slices.Equal(a.Choices.Follows, forum.Slugs{"a", "b"}) ||
			!slices.Equal(a.Ties.Muted, []int64{bea}) || !slices.Equal(a.Ties.KnownBy, []int64{cal}) || !slices.Equal(a.Ties.Unnamed, []forum.Nook{{ThreadID: 7, PersonID: bea}}) || a.Ties.MutedBy != nil {
			t.Errorf("%+v, %v", a, err)
		}
		if other, err := s.Actor(ctx, bea); err != nil || !slices.Equal(other.Ties.MutedBy, []int64{ana}) || other.Ties.Muted != nil || other.Chosen().Folds != forum.DefaultChoices.Folds {
			t.Errorf("%+v, %v", other, err)
		}
		rows, err := s.TiesBy(ctx, ana)
		if err != nil || len(rows) != 2 || rows[0].Name != forum.Unnamed || rows[1].Name != "bea" {
			t.Errorf("%+v, %v", rows, err)
		}
		wants(t, "somebody else's tie", s.DropTie(ctx, bea, rows[0].ID), forum.ErrNoRow)
		b.must(s.DropTie(ctx, ana, rows[0].ID))
		p, err := s.Person(ctx, ana)
		b.must(err)
		p.Name, p.NameKey, p.Look = "anne", "anne", "ane"
		b.must(s.SetName(ctx, p, forum.EarlierName{PersonID: ana, Name: "ana", ChangedAt: now}))
		if found, err := s.PersonByLook(ctx, "ane", bea); err != nil || found.ID != ana {
			t.Errorf("%+v, %v", found, err)
		}
		_, err = s.PersonByLook(ctx, "ane", ana)
		wants(t, "one's own look", err, forum.ErrNoRow)
		p.Name, p.NameKey = "bea", "bea"
		wants(t, "a name that is taken", s.SetName(ctx, p, forum.EarlierName{PersonID: ana, Name: "anne", ChangedAt: now}), forum.ErrTaken)
		if h, err := s.Holdings(ctx, ana); err != nil || len(h.Choices) != 1 || len(h.Ties) != 1 || len(h.EarlierNames) != 1 {
			t.Errorf("%+v, %v", h, err)
		}
		d := forum.Departure{PersonID: ana, Mode: forum.LeaveWords, Name: "anne", AskedAt: now, EndsAt: now}
		b.must(s.AddDeparture(ctx, d))
		b.must(s.Erase(ctx, d, now))
		if h, err := s.Holdings(ctx, ana); err != nil || len(h.Choices)+len(h.Ties)+len(h.EarlierNames) != 0 {
			t.Errorf("after leaving: %+v, %v", h, err)
		}
		if rows, err := s.TiesBy(ctx, cal); err != nil || len(rows) != 0 {
			t.Errorf("a tie to somebody who left: %+v, %v", rows, err)
		}
	})
}
