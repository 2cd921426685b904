package store_test

import (
	"fmt"
	"testing"

	"snowdrop/internal/forum"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
)

// TestTheScopeIsTheRule holds the query scopes against forum.CanSee and
// forum.CanSeeThread: every actor, topic, audience, state of the thread, state
// and writer of the post, named or not.
func TestTheScopeIsTheRule(t *testing.T) {
	t.Parallel()
	topics := forum.Topics{{Slug: "tfmr", Audience: forum.AudienceMembers}, {Slug: "unknown"}}
	for _, slug := range testkit.Public {
		topics = append(topics, forum.Topic{Slug: slug, Audience: forum.AudiencePublic})
	}
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		b := begin(t, s)
		ids := b.people("opener", "writer", "reader", "moderator", "lead", "admin", "midwife")
		opener, writer, reader := ids[0], ids[1], ids[2]
		actors := []forum.Actor{
			{}, {ID: opener}, {ID: writer}, {ID: reader},
			{ID: ids[3], Roles: []forum.Role{forum.RoleModerator}},
			{ID: ids[4], Roles: []forum.Role{forum.RoleLead}},
			{ID: ids[5], Roles: []forum.Role{forum.RoleAdmin}},
			{ID: ids[6], Roles: []forum.Role{forum.RoleMidwife}, Registered: true},
			{ID: reader, Ties: forum.Ties{KnownBy: []int64{opener}}}, {ID: reader, Ties: forum.Ties{KnownBy: []int64{writer, 999}}},
			{ID: writer, Ties: forum.Ties{KnownBy: []int64{opener}}}, {ID: opener, Ties: forum.Ties{KnownBy: []int64{writer}}},
			{ID: ids[3], Roles: []forum.Role{forum.RoleModerator}, Ties: forum.Ties{KnownBy: []int64{opener, writer}}},
			{ID: ids[6], Roles: []forum.Role{forum.RoleMidwife}, Registered: true, Ties: forum.Ties{KnownBy: []int64{opener}}},
			{Roles: []forum.Role{forum.RoleModerator}}, // roles without a person: still a stranger
		}

		var threads []forum.Thread
		posts := map[int64][]forum.Post{} // by thread
		for i, topic := range []string{"early-loss", "tfmr", "gone"} {
			for _, audience := range []forum.Audience{forum.AudiencePublic, forum.AudienceMembers} {
				for j, state := range forum.PostStates {
					silent := i == 0 && audience == forum.AudiencePublic
					for _, empty := range []bool{false, true}[:1+btoi(silent)] {
						th := b.thread(topic, func(t *forum.Thread) {
							t.AuthorID, t.Audience, t.State, t.Anonymous = opener, audience, state, j%2 == 0
						})
						opening, err := s.Opening(t.Context(), moderator, th.ID)
						b.must(err)
						posts[th.ID] = append(posts[th.ID], opening.Post)
						for k, commentState := range forum.PostStates {
							for _, author := range []int64{opener, writer} {
								if empty {
									continue
								}
								p := forum.Post{
									ThreadID: th.ID, Part: forum.PartComment, AuthorID: author, Anonymous: k%2 == 0,
									Capacity: forum.AsParent, Body: "x", State: commentState, Revision: 1, CreatedAt: now,
								}
								b.must(s.AddPost(t.Context(), &p))
								posts[th.ID] = append(posts[th.ID], p)
							}
						}
						b.must(s.TouchThread(t.Context(), th.ID, now))
						threads = append(threads, b.see(th.ID).Thread)
					}
				}
			}
		}

		for i, a := range actors {
			listed, visible := map[int64]bool{}, map[int64]bool{}
			list, err := s.Threads(t.Context(), a, forum.ThreadQuery{Limit: 1000})
			b.must(err)
			for _, row := range list {
				listed[row.ID] = true
			}
			all, err := s.Visible(t.Context(), a)
			b.must(err)
			for _, id := range all {
				visible[id] = true
			}
			for j, th := range threads {
				what := fmt.Sprintf("actor %d%v in %s/%s/%s with %d comments", a.ID, a.Roles, th.Topic, th.Audience, th.State, th.Comments)
				if want := forum.CanSeeThread(a, topics, th); listed[th.ID] != want {
					t.Errorf("%s: thread: rule %v, scope %v", what, want, listed[th.ID])
				}
				for _, p := range posts[th.ID] {
					if want := forum.CanSee(a, topics, th, p); visible[p.ID] != want {
						t.Errorf("%s: %s %s by %d: rule %v, scope %v", what, p.State, p.Part, p.AuthorID, want, visible[p.ID])
					}
				}
				// That every read goes through the scope is tried on some of them.
				if (i+j)%5 == 0 {
					readsAgree(t, s, what, a, th.ID, listed[th.ID], posts[th.ID], visible)
				}
			}
		}
	})
}

// readsAgree holds the reads of one thread against what the scopes let through.
func readsAgree(t *testing.T, s *store.Store, what string, a forum.Actor, thread int64, open bool, posts []forum.Post, visible map[int64]bool) {
	if _, err := s.Thread(t.Context(), a, thread); (err == nil) != open {
		t.Errorf("%s: Thread: %v", what, err)
	}
	seen := map[int64]bool{}
	if opening, err := s.Opening(t.Context(), a, thread); err == nil {
		seen[opening.ID] = true
	}
	comments, err := s.Comments(t.Context(), a, thread, 0, 1000)
	n, countErr := s.CountComments(t.Context(), a, thread)
	if err != nil || countErr != nil || n != len(comments) {
		t.Errorf("%s: counted %d of %d comments: %v, %v", what, n, len(comments), err, countErr)
	}
	for _, c := range comments {
		seen[c.ID] = true
	}
	for i, p := range posts {
		if seen[p.ID] != visible[p.ID] {
			t.Errorf("%s: %s %s by %d: listed %v", what, p.State, p.Part, p.AuthorID, seen[p.ID])
		}
		if i%4 != 0 {
			continue
		}
		if _, err := s.Post(t.Context(), a, p.ID); (err == nil) != visible[p.ID] {
			t.Errorf("%s: %s %s by %d: Post: %v", what, p.State, p.Part, p.AuthorID, err)
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
