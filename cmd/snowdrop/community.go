package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"snowdrop/internal/forum"
	"snowdrop/moderation"
)

//go:embed demo/*.yaml
var demoFiles embed.FS

// demoPerson is somebody in the demo.
type demoPerson struct {
	Name string     `yaml:"name"`
	Role forum.Role `yaml:"role"`
	id   int64
}

var notInAddress = regexp.MustCompile(`[^a-z0-9]+`)

// email is an address that can never be delivered to (RFC 2606).
func (p demoPerson) email() string {
	return strings.Trim(notInAddress.ReplaceAllString(strings.ToLower(p.Name), "."), ".") + "@example.org"
}

// demoThread is a thread of the demo, as written in its file.
type demoThread struct {
	Topic    string           `yaml:"topic"`
	Kind     forum.ThreadKind `yaml:"kind"`
	Wants    forum.Wants      `yaml:"wants"`
	Title    string           `yaml:"title"`
	Audience forum.Audience   `yaml:"audience"`
	Ago      string           `yaml:"ago"` // before now
	Post     demoPost         `yaml:",inline"`
	Comments []demoComment    `yaml:"comments"`
}

type demoPost struct {
	By        string           `yaml:"by"`
	Anonymous bool             `yaml:"anonymous"`
	Mentions  []moderation.Tag `yaml:"mentions"`
	Held      bool             `yaml:"held"` // a new member's post that waits for a moderator
	Report    *demoReport      `yaml:"report"`
	Body      string           `yaml:"body"`
}

type demoComment struct {
	After   string        `yaml:"after"` // after the thread was written
	Midwife bool          `yaml:"midwife"`
	Post    demoPost      `yaml:",inline"`
	Replies []demoComment `yaml:"replies"`
}

type demoReport struct {
	By     string     `yaml:"by"`
	Door   forum.Door `yaml:"door"`
	Reason string     `yaml:"reason"`
	Note   string     `yaml:"note"`
}

var daysHours = regexp.MustCompile(`^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?$`)

// span reads a length of time like 34d4h30m.
func span(text string) (time.Duration, error) {
	m := daysHours.FindStringSubmatch(text)
	if m == nil || text == "" {
		return 0, fmt.Errorf("%q is not a length of time like 3d4h", text)
	}
	var total time.Duration
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute} {
		if m[i+1] != "" {
			n, err := strconv.Atoi(m[i+1])
			if err != nil {
				return 0, fmt.Errorf("%q: %w", text, err)
			}
			total += time.Duration(n) * unit
		}
	}
	return total, nil
}

func readDemo() (people []demoPerson, threads []demoThread, err error) {
	names, err := fs.Glob(demoFiles, "demo/*.yaml")
	if err != nil {
		return nil, nil, fmt.Errorf("list the demo's files: %w", err)
	}
	for _, name := range names {
		data, err := demoFiles.ReadFile(name)
		if err != nil {
			return nil, nil, fmt.Errorf("read %s: %w", name, err)
		}
		if name == "demo/people.yaml" {
			err = yaml.UnmarshalWithOptions(data, &people, yaml.Strict())
		} else {
			var some []demoThread
			err = yaml.UnmarshalWithOptions(data, &some, yaml.Strict())
			threads = append(threads, some...)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return people, threads, nil
}

// demoWords is the bodies of all demo posts, to generate more from.
func demoWords() ([]string, error) {
	_, threads, err := readDemo()
	if err != nil {
		return nil, err
	}
	var bodies []string
	for _, t := range threads {
		bodies = append(bodies, t.Post.Body)
		for _, c := range t.Comments {
			bodies = append(bodies, c.Post.Body)
		}
	}
	return bodies, nil
}

// stage plays the demo's conversations in the order they were written, through
// the forum's own use cases, with a clock that stands where each was written.
type stage struct {
	actors  map[string]forum.Actor
	open    *forum.Community // posts go through at once
	strict  *forum.Community // posts of new members wait
	store   forum.Store
	now     time.Time // when the demo starts
	moment  time.Time // the stage's clock
	reviews int       // cases decided so far
	reports []event   // what readers told us about, lately
	read    bool      // everybody has read their older notices
}

// event is one thing that happens on the stage.
type event struct {
	at time.Time
	do func(context.Context) error
}

// reviewedAfter is how old a post must be for its case to have been decided by
// the time the demo starts. Younger ones are work for the queue.
const reviewedAfter = 8 * time.Hour

// noticesRead is how old a notice must be for its reader to have read it.
const noticesRead = 36 * time.Hour

// reportedLately is how long before the demo starts its reports came in, at the
// most: a report is work for the queue, however old the post.
const reportedLately = 25 * time.Minute

// whole is a transaction whose inner transactions set no savepoint, to save their
// time: a fault anywhere ends the demo, so there is nothing to go back to.
type whole struct{ forum.Store }

// Tx runs do as part of the whole.
func (w whole) Tx(_ context.Context, do func(forum.Store) error) error { return do(w) }

func (h *house) populate(ctx context.Context, password string) ([]demoPerson, error) {
	people, threads, err := readDemo()
	if err != nil {
		return nil, err
	}
	hash, err := h.hasher.Hash(ctx, password)
	if err != nil {
		return nil, fmt.Errorf("hash the demo's password: %w", err)
	}
	// One transaction for all: the database is either empty or whole.
	err = h.store.Tx(ctx, func(outer forum.Store) error {
		tx := whole{outer}
		st := &stage{actors: map[string]forum.Actor{}, store: tx, now: time.Now()}
		o := h.community.Options
		o.Now, o.Nudge, o.Throttled, o.HoldFirstPosts = func() time.Time { return st.moment }, nil, false, 0
		o.TriageLimit = 10 * time.Second // nobody waits for these posts
		o.Staffed = nil                  // nor do they: in the story somebody was there, day and night
		st.open = h.community.With(tx, o)
		o.HoldFirstPosts = 10_000
		st.strict = h.community.With(tx, o)
		st.moment = st.now.Add(-200 * 24 * time.Hour)
		for i := range people {
			p := &people[i]
			made, err := st.open.CreateAccountWithHash(ctx, forum.NewAccount{Name: p.Name, Email: p.email(), Role: p.Role}, hash)
			if err != nil {
				return fmt.Errorf("create %s: %w", p.Name, err)
			}
			p.id = made.ID
			if st.actors[p.Name], err = st.open.Actor(ctx, made.ID); err != nil {
				return err
			}
			st.moment = st.moment.Add(37 * time.Minute)
		}
		return st.play(ctx, threads)
	})
	return people, err
}

func (st *stage) play(ctx context.Context, threads []demoThread) error {
	var events []event
	for i := range threads {
		some, err := st.events(&threads[i])
		if err != nil {
			return fmt.Errorf("%s: %w", threads[i].Title, err)
		}
		events = append(events, some...)
	}
	if err := st.run(ctx, events); err != nil {
		return err
	}
	return st.run(ctx, st.reports)
}

func (st *stage) run(ctx context.Context, events []event) error {
	slices.SortStableFunc(events, func(a, b event) int { return a.at.Compare(b.at) })
	for _, e := range events {
		if !st.read && st.now.Sub(e.at) < noticesRead {
			st.read = true
			for _, a := range st.actors {
				if err := st.open.ReadNotices(ctx, a); err != nil {
					return err
				}
			}
		}
		st.moment = e.at
		if err := e.do(ctx); err != nil {
			return err
		}
	}
	return nil
}

// events lists what happens in a thread.
func (st *stage) events(t *demoThread) ([]event, error) {
	ago, err := span(t.Ago)
	if err != nil {
		return nil, err
	}
	began := st.now.Add(-ago)
	var threadID int64
	events := []event{{began, func(ctx context.Context) error {
		actor, c := st.on(t.Post)
		p, err := c.PostThread(ctx, actor, forum.NewThread{
			Topic: t.Topic, Kind: t.Kind, Wants: t.Wants, Audience: t.Audience, Title: t.Title, Body: t.Post.Body,
			Mentions: t.Post.Mentions, Anonymous: t.Post.Anonymous, Acknowledged: "1",
		})
		if err != nil {
			return fmt.Errorf("%q by %s: %w", t.Title, t.Post.By, err)
		}
		threadID = p.ThreadID
		return st.followUp(ctx, t.Post, p, len(t.Comments) > 0)
	}}}
	var add func(c *demoComment, parent *int64) error
	add = func(c *demoComment, parent *int64) error {
		after, err := span(c.After)
		if err != nil {
			return fmt.Errorf("comment by %s: %w", c.Post.By, err)
		}
		id := new(int64)
		events = append(events, event{began.Add(after), func(ctx context.Context) error {
			actor, forumNow := st.on(c.Post)
			n := forum.NewComment{ThreadID: threadID, Body: c.Post.Body, Mentions: c.Post.Mentions, Anonymous: c.Post.Anonymous, AsMidwife: c.Midwife, Acknowledged: "1"}
			if parent != nil {
				n.ParentID = *parent
			}
			p, err := forumNow.PostComment(ctx, actor, n)
			if err != nil {
				return fmt.Errorf("comment in %q by %s: %w", t.Title, c.Post.By, err)
			}
			*id = p.ID
			return st.followUp(ctx, c.Post, p, len(c.Replies) > 0)
		}})
		for i := range c.Replies {
			if err := add(&c.Replies[i], id); err != nil {
				return err
			}
		}
		return nil
	}
	for i := range t.Comments {
		if err := add(&t.Comments[i], nil); err != nil {
			return nil, err
		}
	}
	return events, nil
}

func (st *stage) on(p demoPost) (forum.Actor, *forum.Community) {
	if p.Held {
		return st.actors[p.By], st.strict
	}
	return st.actors[p.By], st.open
}

// followUp is what others did about a post: a report, or, for an older one that
// triage stopped, a moderator who read it and let it stand. A post that others
// answered must have been read before they could.
func (st *stage) followUp(ctx context.Context, d demoPost, p forum.Post, answered bool) error {
	if d.Report != nil {
		st.reports = append(st.reports, event{later(st.moment.Add(6*time.Minute), st.now.Add(-reportedLately)), func(ctx context.Context) error {
			n := forum.NewReport{PostID: p.ID, Door: d.Report.Door, Reason: d.Report.Reason, Note: d.Report.Note}
			if _, err := st.open.Report(ctx, st.actors[d.Report.By], n); err != nil {
				return fmt.Errorf("report of post by %s: %w", d.By, err)
			}
			return nil
		}})
		if p.State.Shown() || !answered {
			return nil
		}
	}
	if d.Held || st.now.Sub(st.moment) < reviewedAfter && (p.State.Shown() || !answered) {
		return nil
	}
	found, err := st.store.CaseOfPost(ctx, p.ID)
	if errors.Is(err, forum.ErrNoRow) {
		return nil
	}
	if err != nil {
		return err
	}
	moderator := st.actors[[]string{"Sam", "Priya"}[st.reviews%2]]
	st.reviews++
	st.moment = st.moment.Add(9 * time.Minute)
	if err := st.open.Claim(ctx, moderator, found.ID); err != nil {
		return fmt.Errorf("review a demo post: %w", err)
	}
	k, err := st.store.Case(ctx, found.ID)
	if err != nil {
		return err
	}
	_, err = st.open.Decide(ctx, moderator, forum.NewDecision{
		CaseID: k.ID, Lease: k.Lease, Version: k.Version, Revision: k.Revision, Key: "demo-" + strconv.FormatInt(k.ID, 10), Action: forum.ActionKeep,
	})
	return err
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
