package store_test

import (
	"testing"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/internal/store"
	"snowdrop/moderation"
)

// now has a whole microsecond, as times that come back from a database have.
var now = time.Date(2026, 11, 21, 9, 30, 0, 123456000, time.UTC)

var moderator = forum.Actor{ID: 1, Roles: []forum.Role{forum.RoleModerator}}

// builder puts rows in place, and ends the test when that fails.
type builder struct {
	*testing.T
	s    *store.Store
	self int64 // who writes unless another is named
}

func begin(t *testing.T, s *store.Store) *builder {
	t.Helper()
	b := &builder{T: t, s: s}
	b.self = b.people("self")[0]
	return b
}

func (b *builder) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *builder) people(names ...string) []int64 {
	b.Helper()
	ids := make([]int64, len(names))
	for i, name := range names {
		p := forum.Person{Name: name, NameKey: name, EmailKey: "key of " + name, EmailSealed: []byte{1}, CreatedAt: now}
		b.must(b.s.AddPerson(b.Context(), &p))
		ids[i] = p.ID
	}
	return ids
}

// thread adds a public thread with its opening post.
func (b *builder) thread(topic string, change ...func(*forum.Thread)) forum.Thread {
	b.Helper()
	t := forum.Thread{
		Topic: topic, Kind: forum.Question, Wants: forum.WantsParents, Audience: forum.AudiencePublic,
		Title: "A title", AuthorID: b.self, State: forum.StatePublic, Version: 1, Pace: forum.PaceOpen, CreatedAt: now, ActiveAt: now,
	}
	for _, c := range change {
		c(&t)
	}
	b.must(b.s.AddThread(b.Context(), &t))
	p := forum.Post{
		ThreadID: t.ID, Part: forum.PartOpening, AuthorID: t.AuthorID, Capacity: forum.AsParent,
		Body: "Opening words.", State: t.State, Revision: 1, CreatedAt: t.CreatedAt,
	}
	b.must(b.s.AddPost(b.Context(), &p))
	return t
}

// comment adds a public comment and has the thread recounted.
func (b *builder) comment(threadID int64, parent *int64, change ...func(*forum.Post)) forum.Post {
	b.Helper()
	p := forum.Post{
		ThreadID: threadID, ParentID: parent, Part: forum.PartComment, AuthorID: b.self, Capacity: forum.AsParent,
		Body: "A comment.", State: forum.StatePublic, Revision: 1, CreatedAt: now,
	}
	for _, c := range change {
		c(&p)
	}
	b.must(b.s.AddPost(b.Context(), &p))
	b.must(b.s.TouchThread(b.Context(), threadID, now))
	return p
}

func (b *builder) kase(postID int64, change ...func(*forum.Case)) forum.Case {
	b.Helper()
	c := forum.Case{PostID: postID, Band: moderation.P2, State: forum.CaseOpen, Version: 1, LookBy: now, DecideBy: now.Add(time.Hour), ClockAt: now, OpenedAt: now}
	for _, do := range change {
		do(&c)
	}
	b.must(b.s.AddCase(b.Context(), &c))
	return c
}

// see reads a thread as a moderator.
func (b *builder) see(threadID int64) forum.ThreadRow {
	b.Helper()
	row, err := b.s.Thread(b.Context(), moderator, threadID)
	b.must(err)
	return row
}
