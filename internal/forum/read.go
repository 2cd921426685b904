package forum

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// PageSize is how many comments stand on one page of a thread.
const PageSize = 50

// ThreadPage is one page of a thread, as one actor may see it.
type ThreadPage struct {
	Thread   ThreadRow
	Opening  *PostRow // nil when the writer withdrew it
	Comments []PostRow
	// Above is the comment that the first reply on this page belongs to, when
	// that comment stands on the page before.
	Above  *PostRow
	Page   int // from 1
	Pages  int
	Answer int64 // the first midwife answer; 0 when there is none
}

// ThreadPage reads a page of a thread. With post set, it is the page that post
// stands on; page is then ignored.
func (c *Community) ThreadPage(ctx context.Context, a Actor, id int64, page int, post int64) (ThreadPage, error) {
	t, err := c.thread(ctx, a, id)
	if err != nil {
		return ThreadPage{}, err
	}
	v := ThreadPage{Thread: t, Page: max(page, 1), Pages: 1}
	opening, err := c.store.Opening(ctx, a, id)
	switch {
	case err == nil:
		hide(a, &opening)
		v.Opening = &opening
	case !errors.Is(err, ErrNoRow):
		return ThreadPage{}, fmt.Errorf("read the opening of thread %d: %w", id, err)
	}
	n, err := c.store.CountComments(ctx, a, id)
	if err != nil {
		return ThreadPage{}, fmt.Errorf("count the comments of thread %d: %w", id, err)
	}
	v.Pages = max(1, (n+PageSize-1)/PageSize)
	if post != 0 {
		offset, err := c.store.CommentOffset(ctx, a, id, post)
		if err != nil && !errors.Is(err, ErrNoRow) {
			return ThreadPage{}, fmt.Errorf("find post %d: %w", post, err)
		}
		v.Page = offset/PageSize + 1
	}
	if v.Page > v.Pages {
		return ThreadPage{}, errNotFound
	}
	if v.Comments, err = c.store.Comments(ctx, a, id, (v.Page-1)*PageSize, PageSize); err != nil {
		return ThreadPage{}, fmt.Errorf("read the comments of thread %d: %w", id, err)
	}
	for i := range v.Comments {
		hide(a, &v.Comments[i])
	}
	if len(v.Comments) > 0 && v.Comments[0].ParentID != nil {
		above, err := c.store.Post(ctx, a, *v.Comments[0].ParentID)
		switch {
		case err == nil:
			hide(a, &above)
			v.Above = &above
		case !errors.Is(err, ErrNoRow):
			return ThreadPage{}, fmt.Errorf("read what a reply belongs to: %w", err)
		}
	}
	if t.Answers > 0 {
		if v.Answer, err = c.store.FirstAnswer(ctx, a, id); err != nil {
			return ThreadPage{}, fmt.Errorf("find the midwife's answer in thread %d: %w", id, err)
		}
	}
	return v, nil
}

// Post reads one post, as the actor may see it.
func (c *Community) Post(ctx context.Context, a Actor, id int64) (PostRow, error) {
	p, err := c.post(ctx, a, id)
	hide(a, &p)
	return p, err
}

// Threads lists threads, newest activity first.
func (c *Community) Threads(ctx context.Context, a Actor, q ThreadQuery) ([]ThreadRow, error) {
	rows, err := c.store.Threads(ctx, a, q)
	if err != nil {
		return nil, fmt.Errorf("list threads: %w", err)
	}
	hideAll(a, rows)
	return rows, nil
}

// Questions lists the threads that want a midwife and have no answer, oldest
// first.
func (c *Community) Questions(ctx context.Context, a Actor) ([]ThreadRow, error) {
	if !a.Midwife() {
		return nil, errNotFound
	}
	rows, err := c.store.Questions(ctx, a, 200)
	if err != nil {
		return nil, fmt.Errorf("list questions: %w", err)
	}
	hideAll(a, rows)
	return rows, nil
}

// bodyWindow is how long a question about the body waits in the midwives' list.
// Later it is not about the body of today any more; the thread can still ask for
// a midwife by itself.
const bodyWindow = 60 * 24 * time.Hour

// BodyQuestions lists the posts that readers see in which triage saw a question
// about the body, and after which no midwife has answered, oldest first.
func (c *Community) BodyQuestions(ctx context.Context, a Actor) ([]PostRow, error) {
	if !a.Midwife() {
		return nil, errNotFound
	}
	rows, err := c.store.BodyQuestions(ctx, a, c.now().Add(-bodyWindow), 200)
	if err != nil {
		return nil, fmt.Errorf("list questions about the body: %w", err)
	}
	for i := range rows {
		hide(a, &rows[i])
	}
	return rows, nil
}

// LastActive says when each topic last saw something the actor may read.
func (c *Community) LastActive(ctx context.Context, a Actor) (map[string]time.Time, error) {
	active, err := c.store.LastActive(ctx, a)
	if err != nil {
		return nil, fmt.Errorf("read when topics were last active: %w", err)
	}
	return active, nil
}

// Mine lists a person's own posts in every state, newest first: the place where
// words are never lost.
func (c *Community) Mine(ctx context.Context, a Actor) ([]PostRow, error) {
	rows, err := c.store.PostsBy(ctx, a.ID, 200)
	if err != nil {
		return nil, fmt.Errorf("list a person's posts: %w", err)
	}
	for i := range rows {
		hide(a, &rows[i])
	}
	return rows, nil
}

// thread and post read a row without hiding names; what they return must not
// reach a page before hide has seen it.
func (c *Community) thread(ctx context.Context, a Actor, id int64) (ThreadRow, error) {
	t, err := c.store.Thread(ctx, a, id)
	if errors.Is(err, ErrNoRow) {
		return ThreadRow{}, errNotFound
	}
	if err != nil {
		return ThreadRow{}, fmt.Errorf("read thread %d: %w", id, err)
	}
	hideThread(a, &t)
	return t, nil
}

func (c *Community) post(ctx context.Context, a Actor, id int64) (PostRow, error) {
	p, err := c.store.Post(ctx, a, id)
	if errors.Is(err, ErrNoRow) {
		return PostRow{}, errNotFound
	}
	if err != nil {
		return PostRow{}, fmt.Errorf("read post %d: %w", id, err)
	}
	return p, nil
}

// hide takes the name off a post whose writer asked not to be named. Staff who
// moderate still see it, and so does the writer.
// It also notes how the actor meets the post, which only its writer's name tells.
func hide(a Actor, p *PostRow) {
	p.Meeting = Meet(a, p.Post)
	p.ThreadMeeting = MeetThread(a, Thread{ID: p.ThreadID, AuthorID: p.ThreadAuthor, Anonymous: p.ThreadAnonymous, Matters: p.ThreadMatters})
	if p.Anonymous && !a.Moderates() && !(a.SignedIn() && a.ID == p.AuthorID) {
		p.AuthorName, p.AuthorID = Unnamed, 0
	}
	if p.AuthorID != a.ID || !a.SignedIn() {
		p.Supports, p.Care, p.BodyLevel = 0, nil, 0 // for the writer alone
	}
	if !a.Moderates() && a.barred(p.ThreadAuthor) { // the thread is not there for them: only their own words are
		p.ThreadState, p.ThreadTitle = StateWithdrawn, withdrawnTitle
	}
	if !a.Moderates() && !(a.SignedIn() && a.ID == p.ThreadAuthor) {
		p.ThreadAuthor = 0 // may have asked not to be named
		if p.ThreadState == StateWithdrawn {
			p.ThreadTitle = withdrawnTitle
		}
	}
}

const withdrawnTitle = "Withdrawn by its writer"

func hideThread(a Actor, t *ThreadRow) {
	t.Meeting = MeetThread(a, t.Thread)
	if t.Anonymous && !a.Moderates() && !(a.SignedIn() && a.ID == t.AuthorID) {
		t.AuthorName, t.AuthorID = Unnamed, 0
	}
	if t.State == StateWithdrawn && !a.Moderates() && !(a.SignedIn() && t.AuthorID == a.ID) {
		t.Title, t.AuthorName, t.AuthorID, t.Mentions = withdrawnTitle, Unnamed, 0, nil
	}
}

func hideAll(a Actor, rows []ThreadRow) {
	for i := range rows {
		hideThread(a, &rows[i])
	}
}
