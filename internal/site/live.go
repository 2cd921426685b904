package site

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"snowdrop/internal/forum"
)

// How the open pages of the queue learn that something changed. Every instance
// asks the database for one number every livePoll, as long as somebody listens,
// so that it does not matter which instance a change came in by. What is sent are
// ids and numbers, never words: the page fetches those itself, as who it is.
const (
	livePoll  = time.Second
	liveFor   = 10 * time.Minute // then the browser connects again, and is asked again who it is
	livePulse = 20 * time.Second // a sign of life, so that nothing in between hangs up
	liveMost  = 500              // streams of one instance
	liveEach  = 8                // streams of one person: windows that are open at once
)

// live tells the open streams about the mark of the queue.
type live struct {
	mark func(context.Context) (int64, error)

	mu      sync.Mutex
	streams map[chan int64]int64 // to whom each belongs
	last    int64
	stop    context.CancelFunc // of the poll that runs; nil: none does
	ended   bool
}

var errManyStreams = &forum.Error{Kind: forum.Busy, Message: "Many pages of the queue are open at once. This one is brought up to date when you load it again.", Retry: time.Minute}

// join opens a stream. The channel is closed when the program stops.
func (l *live) join(personID int64) (chan int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	own := 0
	for _, id := range l.streams {
		if id == personID {
			own++
		}
	}
	if l.ended || len(l.streams) >= liveMost || own >= liveEach {
		return nil, errManyStreams
	}
	if l.streams == nil {
		l.streams = map[chan int64]int64{}
	}
	c := make(chan int64, 1)
	l.streams[c] = personID
	if l.stop == nil {
		ctx, stop := context.WithCancel(context.Background())
		l.stop = stop
		go l.poll(ctx)
	}
	return c, nil
}

func (l *live) quit(c chan int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.streams, c)
	if len(l.streams) == 0 && l.stop != nil {
		l.stop()
		l.stop = nil
	}
}

// end closes all streams and lets no new one in.
func (l *live) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	for c := range l.streams {
		delete(l.streams, c)
		close(c)
	}
	if l.stop != nil {
		l.stop()
		l.stop = nil
	}
}

func (l *live) poll(ctx context.Context) {
	tick := time.NewTicker(livePoll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		asked, cancel := context.WithTimeout(ctx, 5*time.Second)
		mark, err := l.mark(asked)
		cancel()
		if err == nil { // else: the next round; a page that matters says itself that the database is away
			l.tell(ctx, mark)
		}
	}
}

func (l *live) tell(ctx context.Context, mark int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if mark == l.last || ctx.Err() != nil {
		return
	}
	l.last = mark
	for c := range l.streams {
		select {
		case <-c: // what was not read yet is old
		default:
		}
		c <- mark
	}
}

// EndStreams closes the streams that wait for news, so that the program can stop.
func (s *Server) EndStreams() { s.live.end() }

// showLive streams the marks of the queue and of one case. Without a reader of
// streams it says the queue's mark once: a page without streams asks now and then.
func (s *Server) showLive(r *request) error {
	if !strings.Contains(r.gin.GetHeader("Accept"), "text/event-stream") || r.gin.Request.Method != http.MethodGet {
		mark, err := s.forum.Mark(r.ctx())
		if err != nil {
			return err
		}
		r.gin.String(http.StatusOK, "%d\n", mark)
		return nil
	}
	c, err := s.live.join(r.Actor.ID)
	if err != nil {
		return err
	}
	defer s.live.quit(c)
	// Only now, so that nothing is missed: what happens after this is told.
	mark, err := s.forum.Mark(r.ctx())
	if err != nil {
		return err
	}
	h := r.gin.Writer.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("No-Gzip-Compression", "1") // a packed stream arrives when it is too late
	h.Set("X-Accel-Buffering", "no")
	out := http.NewResponseController(r.gin.Writer)
	// The server's limits are for pages; a stream has its own.
	_ = out.SetReadDeadline(time.Time{})
	id := r.queryNumber("case")
	send := func(format string, a ...any) bool {
		_ = out.SetWriteDeadline(time.Now().Add(10 * time.Second))
		_, err := fmt.Fprintf(r.gin.Writer, format, a...)
		return err == nil && out.Flush() == nil
	}
	news := func() bool {
		if id == 0 {
			return send("event: queue\ndata: %d\n\n", mark)
		}
		k, err := s.forum.CaseMark(r.ctx(), r.Actor, id)
		if err != nil {
			return false
		}
		mine := 0
		if k.Mine {
			mine = 1
		}
		return send("event: case\ndata: %d %d %d %d\n\n", k.ID, k.Version, k.Revision, mine)
	}
	if !send("retry: 5000\n\n") || !news() {
		return nil
	}
	over, pulse := time.NewTimer(liveFor), time.NewTicker(livePulse)
	defer over.Stop()
	defer pulse.Stop()
	for {
		select {
		case <-r.ctx().Done():
			return nil
		case <-over.C:
			return nil
		case <-pulse.C:
			// A lease runs out without anything being put on record.
			if id != 0 && !news() || !send(": \n\n") {
				return nil
			}
		case m, open := <-c:
			if !open {
				return nil
			}
			if mark = m; !news() {
				return nil
			}
		}
	}
}
