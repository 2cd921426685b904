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

		for _, a := range actors {
			listed := map[int64]bool{}
			list, err := s.Threads(t.Context(), a, forum.ThreadQuery{Limit: 1000})
			b.must(err)
			for _, row := range list {
				listed[row.ID] = true
			}
			for _, th := range threads {
				what := fmt.Sprintf("actor %d%v in %s/%s/%s with %d comments", a.ID, a.Roles, th.Topic, th.Audience, th.State, th.Comments)
				want := forum.CanSeeThread(a, topics, th)
				if _, err := s.Thread(t.Context(), a, th.ID); (err == nil) != want || listed[th.ID] != want {
					t.Errorf("%s: thread: rule %v, Thread %v, listed %v", what, want, err, listed[th.ID])
				}
				seen := map[int64]bool{}
				if opening, err := s.Opening(t.Context(), a, th.ID); err == nil {
					seen[opening.ID] = true
				}
				comments, err := s.Comments(t.Context(), a, th.ID, 0, 1000)
				b.must(err)
				if n, err := s.CountComments(t.Context(), a, th.ID); err != nil || n != len(comments) {
					t.Errorf("%s: counted %d of %d comments: %v", what, n, len(comments), err)
				}
				for _, c := range comments {
					seen[c.ID] = true
				}
				for i, p := range posts[th.ID] {
					want := forum.CanSee(a, topics, th, p)
					if seen[p.ID] != want {
						t.Errorf("%s: %s %s by %d: rule %v, scope %v", what, p.State, p.Part, p.AuthorID, want, seen[p.ID])
					}
					if i%5 != int(a.ID)%5 { // one by one for some of them: it is the same scope
						continue
					}
					if _, err := s.Post(t.Context(), a, p.ID); (err == nil) != want {
						t.Errorf("%s: %s %s by %d: rule %v, Post %v", what, p.State, p.Part, p.AuthorID, want, err)
					}
				}
			}
		}
	})
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
