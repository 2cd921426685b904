package store

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"snowdrop/internal/forum"
)

// invention is a made-up community, before it has IDs. Its posts are in order of
// time, so that later ones get higher IDs, as they would in life.
type invention struct {
	plan    BulkPlan
	threads []inventedThread
	posts   []inventedPost
	first   [2]int64 // the first free ID of threads and posts
}

type inventedThread struct {
	created, active   time.Time
	author            int64
	topic, body       int
	kind              forum.ThreadKind
	wants             forum.Wants
	comments, answers int
	planned           int    // how many comments it is to get
	lately            [3]int // posts that replies may belong to
	rooted            int    // how many there have been
}

type inventedPost struct {
	at      int64 // nanoseconds after the plan's From
	author  int64
	thread  int32
	parent  int32 // index of the post it replies to; -1: none
	body    int32
	opening bool
	midwife bool
	folded  bool
}

// mostComments bounds a thread, as far as the plan's numbers allow.
const mostComments = 900

func invent(p BulkPlan) *invention {
	rng := rand.New(rand.NewPCG(p.Seed, p.Seed^0x5d0d))
	m := &invention{plan: p, threads: make([]inventedThread, p.Threads), posts: make([]inventedPost, 0, p.Threads+p.Comments)}
	sizes := skew(rng, p.Threads, p.Comments)
	span := int64(p.Until.Sub(p.From))
	for i := range m.threads {
		// Threads are spread evenly; a comment comes soon after its thread, more
		// often than late.
		at := span * int64(i) / int64(p.Threads)
		m.posts = append(m.posts, inventedPost{thread: int32(i), at: at, opening: true})
		for range sizes[i] {
			u := rng.Float64()
			m.posts = append(m.posts, inventedPost{thread: int32(i), at: at + 1 + int64(u*u*u*float64(span-at-1))})
		}
		m.threads[i].planned = sizes[i]
	}
	slices.SortStableFunc(m.posts, func(a, b inventedPost) int { return cmp.Compare(a.at, b.at) })
	for i := range m.posts {
		if m.posts[i].opening {
			m.open(rng, &m.posts[i])
		} else {
			m.comment(rng, i)
		}
	}
	return m
}

// skew shares comments among threads: the n-th busiest gets about n^-0.8 of what
// the busiest gets, up to mostComments.
func skew(rng *rand.Rand, threads, comments int) []int {
	limit := max(mostComments, 2*comments/threads)
	total := 0.0
	for rank := range threads {
		total += math.Pow(float64(rank+1), -0.8)
	}
	sizes, left := make([]int, threads), comments
	for rank, i := range rng.Perm(threads) {
		sizes[i] = min(limit, left, int(float64(comments)*math.Pow(float64(rank+1), -0.8)/total))
		left -= sizes[i]
	}
	for i := 0; left > 0; i = (i + 1) % threads {
		if sizes[i] < limit {
			sizes[i]++
			left--
		}
	}
	return sizes
}

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

func (m *invention) time(p *inventedPost) time.Time {
	return micro(m.plan.From.Add(time.Duration(p.at)))
}

func (m *invention) open(rng *rand.Rand, p *inventedPost) {
	p.author, p.parent, p.body = pick(rng, m.plan.Authors), -1, int32(rng.IntN(len(m.plan.Bodies)))
	t := &m.threads[p.thread]
	t.created, t.author, t.body = m.time(p), p.author, int(p.body)
	t.active = t.created
	t.topic = rng.IntN(len(m.plan.Topics))
	t.kind, t.wants = pick(rng, forum.ThreadKinds), pick(rng, forum.AllWants)
}

func (m *invention) comment(rng *rand.Rand, i int) {
	p := &m.posts[i]
	t := &m.threads[p.thread]
	p.author, p.parent, p.body = pick(rng, m.plan.Authors), -1, int32(rng.IntN(len(m.plan.Bodies)))
	p.folded = rng.IntN(100) == 0
	switch {
	case t.wants == forum.WantsMidwife && t.comments == min(1, t.planned-1) && len(m.plan.Midwives) > 0:
		p.author, p.midwife = pick(rng, m.plan.Midwives), true
		t.answers++
	case rng.IntN(7) == 0:
		p.author = t.author
	}
	if t.rooted > 0 && rng.IntN(3) == 0 {
		p.parent = int32(t.lately[rng.IntN(min(t.rooted, len(t.lately)))])
	} else {
		t.lately[t.rooted%len(t.lately)] = i
		t.rooted++
	}
	t.comments++
	t.active = m.time(p)
}

func (m *invention) largest() (at, size int) {
	for i, t := range m.threads {
		if t.comments > size {
			at, size = i, t.comments
		}
	}
	return at, size
}

// rows counts the rows of a table, by its place in bulkTables.
func (m *invention) rows(table int) int {
	if table == 0 {
		return len(m.threads)
	}
	return len(m.posts)
}

// row is one row, in the order of bulkColumns.
func (m *invention) row(table, i int) []any {
	if table == 0 {
		t := &m.threads[i]
		return []any{
			m.first[0] + int64(i), m.plan.Topics[t.topic], string(t.kind), string(t.wants), string(forum.AudiencePublic),
			firstWords(m.plan.Bodies[t.body]), t.author, false, string(forum.StatePublic), "", t.comments, t.answers,
			int64(1 + t.comments), t.created, t.active,
		}
	}
	p := &m.posts[i]
	part, capacity, state := forum.PartComment, forum.AsParent, forum.StatePublic
	if p.opening {
		part = forum.PartOpening
	}
	if p.midwife {
		capacity = forum.AsMidwife
	}
	if p.folded {
		state = forum.StateFolded
	}
	var parent any
	if p.parent >= 0 {
		parent = m.first[1] + int64(p.parent)
	}
	return []any{
		m.first[1] + int64(i), m.first[0] + int64(p.thread), parent, string(part), p.author, false, string(capacity),
		m.plan.Bodies[p.body], "", string(state), 1, "", m.time(p),
	}
}

// firstWords makes a title of a body.
func firstWords(body string) string {
	words := strings.Fields(body)
	title := strings.Join(words[:min(len(words), 9)], " ")
	if runes := []rune(title); len(runes) > forum.MaxTitle {
		title = string(runes[:forum.MaxTitle])
	}
	if title == "" {
		title = "Without words"
	}
	return title
}
