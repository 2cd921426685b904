package site_test

import (
	"bufio"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/internal/site"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
)

// TestLive: an open page hears that something changed, from whichever instance,
// and no word is in what it hears.
func TestLive(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		d := newDesk(t, s, nil)
		other := testkit.NewHouse(t, s, func(o *forum.Options) { o.Assess = harmless }) // another instance on the same database
		d.SignedIn(d.writer).Get("/queue/live").Want(404)
		before := d.SignedIn(d.one).Get("/queue/live").Want(200).Body
		if err := d.Community.Claim(t.Context(), d.one, 1); err != nil {
			t.Fatal(err)
		}
		token, _, err := d.Community.StartSession(t.Context(), d.one.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		listen := func(path string) *bufio.Scanner {
			r, err := http.NewRequestWithContext(t.Context(), "GET", d.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Accept", "text/event-stream")
			r.AddCookie(&http.Cookie{Name: "snowdrop", Value: token})
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = answer.Body.Close() })
			if answer.StatusCode != 200 || answer.Header.Get("Content-Type") != "text/event-stream" {
				t.Fatalf("%d %s", answer.StatusCode, answer.Header.Get("Content-Type"))
			}
			return bufio.NewScanner(answer.Body)
		}
		heard := func(in *bufio.Scanner) string {
			got := make(chan string, 1)
			go func() {
				for in.Scan() {
					if data, ok := strings.CutPrefix(in.Text(), "data: "); ok {
						got <- data
						return
					}
				}
				got <- "over"
			}()
			select {
			case data := <-got:
				return data
			case <-time.After(8 * time.Second):
				t.Fatal("nothing was heard")
			}
			return ""
		}
		list, open := listen("/queue/live"), listen("/queue/live?case=1")
		mark := heard(list)
		if mark+"\n" == before {
			t.Error("a claim changed no mark")
		}
		if got := heard(open); !strings.HasPrefix(got, "1 ") || !strings.HasSuffix(got, " 1") {
			t.Errorf("the case is %q, want one in hand", got)
		}
		if err := other.Community.TakeOver(t.Context(), d.two, 1, "They went."); err != nil {
			t.Fatal(err)
		}
		for got := heard(open); !strings.HasSuffix(got, " 0"); got = heard(open) {
			if got == "over" {
				t.Fatal("the stream ended")
			}
		}
		if got := heard(list); got == mark || strings.Trim(got, "0123456789") != "" {
			t.Errorf("heard %q after %q, want another number", got, mark)
		}
	})
}

// TestStreamsAreBoundedAndEnd: a person cannot hold every connection, and a program
// that stops waits for none of them.
func TestStreamsAreBoundedAndEnd(t *testing.T) {
	t.Parallel()
	h := testkit.NewHouse(t, testkit.Open(t, "sqlite"), calm)
	server, err := site.New(site.Options{Community: h.Community, Site: h.Site, BaseURL: h.URL, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	token, _, err := h.Community.StartSession(t.Context(), h.Person("mod", forum.RoleModerator).ID, "")
	if err != nil {
		t.Fatal(err)
	}
	open := func() *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), "GET", listener.URL+"/queue/live", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", "text/event-stream")
		r.AddCookie(&http.Cookie{Name: "snowdrop", Value: token})
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = answer.Body.Close() })
		return answer
	}
	var streams []*http.Response
	for len(streams) < 8 {
		if streams = append(streams, open()); streams[len(streams)-1].StatusCode != 200 {
			t.Fatalf("stream %d answered %d", len(streams), streams[len(streams)-1].StatusCode)
		}
	}
	if a := open(); a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" {
		t.Errorf("one too many answered %d, Retry-After %q", a.StatusCode, a.Header.Get("Retry-After"))
	}
	server.EndStreams()
	for _, a := range streams {
		if _, err := io.Copy(io.Discard, a.Body); err != nil {
			t.Errorf("a stream did not end well: %v", err)
		}
	}
	if a := open(); a.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("after the end a stream answered %d", a.StatusCode)
	}
}
