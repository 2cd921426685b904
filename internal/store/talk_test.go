package store_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"snowdrop/internal/forum"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
	"snowdrop/moderation"
)

func TestThreadLists(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		ctx, b := t.Context(), begin(t, s)
		var ids []int64
		for i, topic := range []string{"early-loss", "late-loss", "early-loss", "tfmr", "early-loss"} {
			th := b.thread(topic, func(th *forum.Thread) {
				th.ActiveAt = now.Add(time.Duration(i/2) * time.Microsecond) // 0 and 1 tie, 2 and 3 tie
				th.Mentions = forum.Mentions{"mention_scan", "mention_birth"}
			})
			ids = append(ids, th.ID)
		}
		list := func(q forum.ThreadQuery) []int64 {
			t.Helper()
			q.Limit = max(q.Limit, 1)
			rows, err := s.Threads(ctx, forum.Actor{ID: b.self}, q)
			b.must(err)
			var got []int64
			for _, r := range rows {
				if r.AuthorName != "self" || !slices.Equal(r.Mentions, []moderation.Tag{"mention_scan", "mention_birth"}) {
					t.Errorf("row %+v", r)
				}
				got = append(got, r.ID)
			}
			return got
		}
		for _, c := range []struct {
			what string
			q    forum.ThreadQuery
			want []int64
		}{
			{"all", forum.ThreadQuery{Limit: 9}, []int64{ids[4], ids[3], ids[2], ids[1], ids[0]}},
			{"a topic", forum.ThreadQuery{Limit: 9, Topic: "early-loss"}, []int64{ids[4], ids[2], ids[0]}},
			{"without two", forum.ThreadQuery{Limit: 9, Without: []string{"early-loss", "tfmr"}}, []int64{ids[1]}},
			{"a page", forum.ThreadQuery{Limit: 2}, []int64{ids[4], ids[3]}},
			{"the next", forum.ThreadQuery{Limit: 2, Before: now.Add(time.Microsecond), BeforeID: ids[3]}, []int64{ids[2], ids[1]}},
		} {
			if diff := cmp.Diff(c.want, list(c.q)); diff != "" {
				t.Errorf("%s (- want):\n%s", c.what, diff)
			}
		}
		for _, c := range []struct {
			actor forum.Actor
			want  map[string]time.Time
		}{
			{forum.Actor{}, map[string]time.Time{"early-loss": now.Add(2 * time.Microsecond), "late-loss": now}},
			{forum.Actor{ID: b.self}, map[string]time.Time{"early-loss": now.Add(2 * time.Microsecond), "late-loss": now, "tfmr": now.Add(time.Microsecond)}},
		} {
			got, err := s.LastActive(ctx, c.actor)
			b.must(err)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("last active for %d (- want):\n%s", c.actor.ID, diff)
			}
		}
	})
}

func TestLastActiveWithoutThreads(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		if got, err := s.LastActive(t.Context(), forum.Actor{}); err != nil || len(got) != 0 {
			t.Errorf("got %v: %v", got, err)
		}
	})
}

func TestCommentsInReadingOrder(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		ctx, b := t.Context(), begin(t, s)
		th := b.thread("early-loss")
		one := b.comment(th.ID, nil)
		two := b.comment(th.ID, nil)
		hidden := b.comment(th.ID, &one.ID, func(p *forum.Post) { p.State = forum.StateRemoved })
		reply := b.comment(th.ID, &one.ID, func(p *forum.Post) { p.Capacity = forum.AsMidwife })
		other := b.comment(b.thread("early-loss").ID, nil)
		want := []int64{one.ID, reply.ID, two.ID}
		var got []int64
		for offset := range 4 {
			page, err := s.Comments(ctx, forum.Actor{}, th.ID, offset, 1)
			b.must(err)
			for _, p := range page {
				got = append(got, p.ID)
				if n, err := s.CommentOffset(ctx, forum.Actor{}, th.ID, p.ID); err != nil || n != offset {
					t.Errorf("post %d stands at %d, not %d: %v", p.ID, n, offset, err)
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("order (- want):\n%s", diff)
		}
		for _, id := range []int64{hidden.ID, other.ID, 99} {
			_, err := s.CommentOffset(ctx, forum.Actor{}, th.ID, id)
			wants(t, "offset of what is not there", err, forum.ErrNoRow)
		}
		if id, err := s.FirstAnswer(ctx, forum.Actor{}, th.ID); err != nil || id != reply.ID {
			t.Errorf("first answer %d: %v", id, err)
		}
		if id, err := s.FirstAnswer(ctx, forum.Actor{}, other.ThreadID); err != nil || id != 0 {
			t.Errorf("first answer where there is none: %d, %v", id, err)
		}
		row := b.see(th.ID)
		if row.Comments != 3 || row.Answers != 1 || row.Version != 5 {
			t.Errorf("counters of %+v", row.Thread)
		}
	})
}

func TestPostRow(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		ctx, b := t.Context(), begin(t, s)
		reader := b.people("reader")[0]
		th := b.thread("early-loss")
		edited := now.Add(time.Minute)
		p := b.comment(th.ID, nil, func(p *forum.Post) {
			p.Anonymous, p.Mentions, p.Care, p.EditedAt = true, forum.Mentions{"mention_faith"}, forum.Cards{"urgent", "sands"}, &edited
		})
		version := b.see(th.ID).Version
		support := forum.Support{PersonID: reader, PostID: p.ID, CreatedAt: now}
		for range 2 {
			b.must(s.SetSupport(ctx, support, true))
		}
		want := forum.PostRow{
			Post: p, AuthorName: "self", Topic: "early-loss", ThreadTitle: "A title", ThreadAuthor: b.self,
			ThreadState: forum.StatePublic, Audience: forum.AudiencePublic,
		}
		check := func(actor int64, supported bool, supports int) {
			t.Helper()
			got, err := s.Post(ctx, forum.Actor{ID: actor}, p.ID)
			b.must(err)
			want.Supported, want.Supports = supported, supports
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("row (- want):\n%s", diff)
			}
		}
		check(reader, true, 0) // how many is for the writer alone
		check(b.self, false, 1)
		check(0, false, 0)
		for range 2 {
			b.must(s.SetSupport(ctx, support, false))
		}
		check(b.self, false, 0)
		if got := b.see(th.ID).Version; got != version+2 {
			t.Errorf("two changes of support took the version from %d to %d", version, got)
		}
		wants(t, "support nothing", s.SetSupport(ctx, forum.Support{PersonID: reader, PostID: 99, CreatedAt: now}, true), forum.ErrNoRow)

		b.comment(th.ID, nil, func(p *forum.Post) { p.State = forum.StateHeld })
		mine, err := s.PostsBy(ctx, b.self, 2)
		b.must(err)
		if len(mine) != 2 || mine[0].State != forum.StateHeld || mine[1].ID != p.ID {
			t.Errorf("own posts %+v", mine)
		}
		if n, err := s.CountShown(ctx, b.self); err != nil || n != 2 {
			t.Errorf("%d posts are shown: %v", n, err)
		}
	})
}

func TestMovePost(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		ctx, b := t.Context(), begin(t, s)
		later := now.Add(time.Hour)
		th := b.thread("early-loss", func(th *forum.Thread) { th.State, th.Wants = forum.StateHeld, forum.WantsMidwife })
		opening, err := s.Opening(ctx, moderator, th.ID)
		b.must(err)
		answer := b.comment(th.ID, nil, func(p *forum.Post) { p.State, p.Capacity = forum.StateHeld, forum.AsMidwife })
		check := func(what string, state forum.PostState, comments, answers int, active time.Time) {
			t.Helper()
			got := b.see(th.ID)
			if got.State != state || got.Comments != comments || got.Answers != answers || !got.ActiveAt.Equal(active) {
				t.Errorf("%s: %+v", what, got.Thread)
			}
		}
		check("held", forum.StateHeld, 0, 0, now)
		b.must(s.MovePost(ctx, opening.ID, forum.StateHeld, forum.StatePublic, later))
		check("opening shown", forum.StatePublic, 0, 0, later)
		if q, err := s.Questions(ctx, forum.Actor{ID: b.self}, 5); err != nil || len(q) != 1 {
			t.Errorf("questions %+v: %v", q, err)
		}
		later = later.Add(time.Hour)
		b.must(s.MovePost(ctx, answer.ID, forum.StateHeld, forum.StateFolded, later))
		check("answer shown", forum.StatePublic, 1, 1, later)
		if q, err := s.Questions(ctx, forum.Actor{ID: b.self}, 5); err != nil || len(q) != 0 {
			t.Errorf("questions after an answer %+v: %v", q, err)
		}
		b.must(s.MovePost(ctx, answer.ID, forum.StateFolded, forum.StatePublic, later.Add(time.Hour)))
		b.must(s.MovePost(ctx, answer.ID, forum.StatePublic, forum.StateRemoved, later.Add(time.Hour)))
		check("answer removed", forum.StatePublic, 0, 0, later)
		version := b.see(th.ID).Version
		wants(t, "a late move", s.MovePost(ctx, answer.ID, forum.StatePublic, forum.StateHeld, later), forum.ErrLost)
		if got := b.see(th.ID).Version; got != version {
			t.Errorf("a lost move took the version from %d to %d", version, got)
		}

		notes := forum.Mentions{"mention_scan"}
		b.must(s.SetMentions(ctx, opening.ID, notes))
		b.must(s.SetAudience(ctx, th.ID, forum.AudienceMembers))
		if got := b.see(th.ID); !slices.Equal(got.Mentions, notes) || got.Audience != forum.AudienceMembers || got.Version != version+2 {
			t.Errorf("thread %+v", got.Thread)
		}
		wants(t, "notes on nothing", s.SetMentions(ctx, 99, notes), forum.ErrNoRow)
		wants(t, "touch nothing", s.TouchThread(ctx, 99, now), forum.ErrNoRow)
	})
}

func TestEditPost(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		ctx, b := t.Context(), begin(t, s)
		th := b.thread("early-loss")
		row, err := s.Opening(ctx, moderator, th.ID)
		b.must(err)
		p := row.Post
		for i, words := range []string{"Second words.", "Third words."} {
			at := now.Add(time.Duration(i+1) * time.Minute)
			p.Body, p.EditedAt, p.Mentions, p.Care = words, &at, forum.Mentions{"mention_birth"}, forum.Cards{"urgent"}
			wants(t, "edit", s.EditPost(ctx, p, i+1, words+" Title."), nil)
			wants(t, "edit what changed", s.EditPost(ctx, p, i+1, ""), forum.ErrLost)
		}
		row, err = s.Opening(ctx, moderator, th.ID)
		b.must(err)
		p.Revision = 3
		if diff := cmp.Diff(p, row.Post); diff != "" || row.ThreadTitle != "Third words. Title." || !slices.Equal(b.see(th.ID).Mentions, p.Mentions) {
			t.Errorf("title %q, thread %+v, post (- want):\n%s", row.ThreadTitle, b.see(th.ID).Thread, diff)
		}
		got, err := s.Revisions(ctx, p.ID)
		b.must(err)
		want := []forum.Revision{
			{PostID: p.ID, Number: 1, Title: "A title", Body: "Opening words.", CreatedAt: now},
			{PostID: p.ID, Number: 2, Title: "Second words. Title.", Body: "Second words.", Mentions: p.Mentions, CreatedAt: now.Add(time.Minute)},
		}
		for i := range got {
			got[i].ID = 0
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("revisions (- want):\n%s", diff)
		}
	})
}

func TestSubmissions(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		ctx, b := t.Context(), begin(t, s)
		th := b.thread("early-loss")
		first, second := b.comment(th.ID, nil), b.comment(th.ID, nil)
		add := func(what string, post int64, at time.Time, want int64) {
			t.Helper()
			if got, err := s.AddSubmission(ctx, "key", post, at, at.Add(-time.Hour)); err != nil || got != want {
				t.Errorf("%s: %d is held by %d: %v", what, want, got, err)
			}
		}
		add("the first", first.ID, now, 0)
		add("again", second.ID, now.Add(time.Minute), first.ID)
		add("after an hour", second.ID, now.Add(time.Hour), 0)
		add("again", first.ID, now.Add(time.Hour), second.ID)
		b.must(s.DropSubmissions(ctx, second.ID))
		add("after it was dropped", first.ID, now.Add(time.Hour), 0)
	})
}

func TestCountersAreRightWhenManyPostAtOnce(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		b := begin(t, s)
		th := b.thread("early-loss")
		const writers, each = 8, 5
		var all sync.WaitGroup
		for range writers {
			all.Go(func() {
				for range each {
					err := s.Tx(t.Context(), func(tx forum.Store) error {
						p := forum.Post{ThreadID: th.ID, Part: forum.PartComment, AuthorID: b.self, Capacity: forum.AsParent, State: forum.StatePublic, Revision: 1, CreatedAt: now}
						if err := tx.AddPost(t.Context(), &p); err != nil {
							return err
						}
						return tx.TouchThread(t.Context(), th.ID, now)
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if got := b.see(th.ID); got.Comments != writers*each || got.Version != 1+writers*each {
			t.Errorf("%d comments, version %d", got.Comments, got.Version)
		}
	})
}

func TestDrafts(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		ctx, b := t.Context(), begin(t, s)
		other := b.people("other")[0]
		d := forum.Draft{PersonID: &b.self, Path: "/threads", Fields: `{"body":["x"]}`, CreatedAt: now, UpdatedAt: now, ExpiresAt: now.Add(time.Hour)}
		b.must(s.AddDraft(ctx, &d))
		d.Fields, d.UpdatedAt = "{}", now.Add(time.Minute)
		b.must(s.SaveDraft(ctx, d))
		if got, err := s.Draft(ctx, b.self, d.ID); err != nil || !cmp.Equal(d, got) {
			t.Errorf("saved %+v, found %+v: %v", d, got, err)
		}
		stolen := d
		stolen.PersonID = &other
		wants(t, "save another's", s.SaveDraft(ctx, stolen), forum.ErrNoRow)
		_, err := s.Draft(ctx, other, d.ID)
		wants(t, "read another's", err, forum.ErrNoRow)
		wants(t, "drop another's", s.DropDraft(ctx, other, d.ID), nil)

		b.must(s.AddDraft(ctx, &forum.Draft{Claim: "token", Path: "/threads/1/comments", Fields: "{}", CreatedAt: now, UpdatedAt: now, ExpiresAt: now}))
		claimed, err := s.ClaimDraft(ctx, "token", b.self, now.Add(time.Hour))
		if err != nil || *claimed.PersonID != b.self || claimed.Claim != "" || !claimed.ExpiresAt.Equal(now.Add(time.Hour)) {
			t.Errorf("claimed %+v: %v", claimed, err)
		}
		for _, token := range []string{"token", "", "none"} {
			_, err := s.ClaimDraft(ctx, token, other, now)
			wants(t, "claim "+token, err, forum.ErrNoRow)
		}
		if list, err := s.Drafts(ctx, b.self); err != nil || len(list) != 2 || !cmp.Equal(list[0], claimed) || !cmp.Equal(list[1], d) {
			t.Errorf("drafts %+v: %v", list, err)
		}
		wants(t, "drop", s.DropDraft(ctx, b.self, d.ID), nil)
		_, err = s.Draft(ctx, b.self, d.ID)
		wants(t, "read what was dropped", err, forum.ErrNoRow)
	})
}
