package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"snowdrop/internal/testkit"
)

// dial opens a bare connection to a server.
func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(address, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// TestSlowClientsAreLetGo holds 200 connections that never finish their first line
// against the real server: pages are served meanwhile, and all of them are closed.
func TestSlowClientsAreLetGo(t *testing.T) {
	t.Parallel()
	address, _ := start(t, environ(t, testkit.Empty(t, "sqlite")))
	var slow []net.Conn
	for i := range 200 {
		c := dial(t, address)
		fmt.Fprintf(c, "GET /help HTTP/1.1\r\nHost: x\r\nX-%d: ", i)
		slow = append(slow, c)
	}
	if code, _ := get(t, http.DefaultClient, address+"/help"); code != http.StatusOK {
		t.Errorf("beside slow clients a page answers %d", code)
	}
	limit := time.Now().Add(15 * time.Second)
	for _, c := range slow {
		if err := c.SetReadDeadline(limit); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(c); err != nil {
			t.Fatalf("a slow client is still connected: %v", err)
		}
	}

	c := dial(t, address)
	fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: x\r\nCookie: %s\r\n\r\n", strings.Repeat("x", 48<<10))
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("48 kB of headers are answered %d", answer.StatusCode)
	}
	_ = answer.Body.Close()
	for what, raw := range map[string]string{
		"two lengths":         "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
		"length and chunks":   "POST /sign-in HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\nContent-Length: 5\r\n\r\nabcde",
		"a space in a header": "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
		"two hosts":           "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
		"no host":             "GET / HTTP/1.1\r\n\r\n",
	} {
		c := dial(t, address)
		fmt.Fprint(c, raw)
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if answer.StatusCode != http.StatusBadRequest && answer.StatusCode != http.StatusNotImplemented {
			t.Errorf("%s is answered %d", what, answer.StatusCode)
		}
		_ = answer.Body.Close()
	}
}

// TestASlowBodyIsLetGo shortens the time that a whole request may take, so that the
// test need not wait for it.
func TestASlowBodyIsLetGo(t *testing.T) {
	srv := newServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err == nil {
			t.Error("a body that never ended was read to its end")
		}
		w.WriteHeader(http.StatusRequestTimeout)
	}), slog.New(slog.DiscardHandler))
	if srv.ReadHeaderTimeout <= 0 || srv.ReadHeaderTimeout > 10*time.Second || srv.ReadTimeout <= 0 || srv.ReadTimeout > time.Minute ||
		srv.WriteTimeout <= 0 || srv.WriteTimeout > 2*time.Minute || srv.IdleTimeout <= 0 || srv.IdleTimeout > 5*time.Minute || srv.MaxHeaderBytes > 64<<10 {
		t.Errorf("the server waits %v, %v, %v and %v, and reads %d bytes of headers", srv.ReadHeaderTimeout, srv.ReadTimeout, srv.WriteTimeout, srv.IdleTimeout, srv.MaxHeaderBytes)
	}
	srv.ReadTimeout, srv.IdleTimeout = 300*time.Millisecond, 300*time.Millisecond
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	c := dial(t, l.Addr().String())
	fmt.Fprint(c, "POST /threads HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nbody=")
	if err := c.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(c); err != nil {
		t.Errorf("a slow body still holds its connection: %v", err)
	}
	if err := srv.Close(); err != nil {
		t.Error(err)
	}
	<-served
}

var peak = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// TestAFloodOfSignInsLeavesPagesServed sends 200 sign-ins at once to the real
// program without rate limits: its memory stays bounded and pages are answered
// meanwhile.
func TestAFloodOfSignInsLeavesPagesServed(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		if testkit.Requires("proc") {
			t.Fatal("there is no /proc to read a peak of memory from")
		}
		t.Skip("there is no /proc to read a peak of memory from")
	}
	binary := program(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	running := exec.CommandContext(ctx, binary, "demo", "--addr", "127.0.0.1:0", "--password", "marked password here")
	running.Env = append(os.Environ(), "SNOWDROP_RATE_LIMITS=off", "SNOWDROP_BASE_URL=http://127.0.0.1:8080")
	out, diagnostics := &output{}, &output{}
	running.Stdout, running.Stderr = out, diagnostics
	if err := running.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { stop(); _ = running.Wait() }()
	listening := regexp.MustCompile(`listening on (http://\S+)`)
	for began := time.Now(); !strings.Contains(out.String(), "admin"); time.Sleep(20 * time.Millisecond) {
		if time.Since(began) > 30*time.Second {
			t.Fatalf("the demo does not start: %s", diagnostics.String())
		}
	}
	address := listening.FindStringSubmatch(out.String())[1]
	page := func() time.Duration {
		began := time.Now()
		if code, _ := get(t, http.DefaultClient, address+"/topics/early-loss"); code != http.StatusOK {
			t.Errorf("a page answers %d", code)
		}
		return time.Since(began)
	}
	var quiet, beside []time.Duration
	for range 40 {
		quiet = append(quiet, page())
	}
	var flood sync.WaitGroup
	var mu sync.Mutex
	answers := map[int]int{}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	began := time.Now()
	for i := range 200 {
		flood.Go(func() {
			form := url.Values{"email": {fmt.Sprintf("MARKEDmail%d@example.org", i)}, "password": {"MARKEDpassword"}, "code": {"314159"}}
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/sign-in", strings.NewReader(form.Encode()))
			if err != nil {
				t.Error(err)
				return
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			answer, err := client.Do(r)
			if err != nil {
				t.Error(err)
				return
			}
			_ = answer.Body.Close()
			mu.Lock()
			answers[answer.StatusCode]++
			mu.Unlock()
		})
	}
	done := make(chan struct{})
	go func() { flood.Wait(); close(done) }()
	for over := false; !over; {
		select {
		case <-done:
			over = true
		default:
			beside = append(beside, page())
		}
	}
	took := time.Since(began)
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", running.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	kilobytes, err := strconv.Atoi(string(bytes.TrimSpace(peak.FindSubmatch(status)[1])))
	if err != nil {
		t.Fatal(err)
	}
	if kilobytes > 300*1000 {
		t.Errorf("at its peak the program held %d kB", kilobytes)
	}
	if answers[http.StatusUnprocessableEntity] == 0 || answers[http.StatusUnprocessableEntity]+answers[http.StatusServiceUnavailable] != 200 {
		t.Errorf("the sign-ins were answered %v", answers)
	}
	slices.Sort(quiet)
	slices.Sort(beside)
	t.Logf("200 sign-ins in %v: %v; peak %d MB; a page: quiet %v (95%%: %v), beside them %v (95%%: %v), %d pages",
		took.Round(time.Millisecond), answers, kilobytes/1000, quiet[len(quiet)/2], quiet[len(quiet)*95/100], beside[len(beside)/2], beside[len(beside)*95/100], len(beside))
}

// TestTheProgramWritesNothingPersonal runs the real program with all that it can
// write to, standard output, standard error and figures, and sends it marked words
// in forms, addresses, headers and broken requests.
func TestTheProgramWritesNothingPersonal(t *testing.T) {
	binary := program(t)
	free, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	figures := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	running := exec.CommandContext(ctx, binary, "serve")
	running.Env = append(os.Environ(), append(environ(t, testkit.Empty(t, "sqlite")), "SNOWDROP_METRICS_ADDR="+figures)...)
	out, diagnostics := &output{}, &output{}
	running.Stdout, running.Stderr = out, diagnostics
	if err := running.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { stop(); _ = running.Wait() }()
	listening := regexp.MustCompile(`listening on (http://\S+)`)
	for began := time.Now(); !listening.MatchString(out.String()); time.Sleep(20 * time.Millisecond) {
		if time.Since(began) > 30*time.Second {
			t.Fatalf("the program does not start: %s", diagnostics.String())
		}
	}
	address := listening.FindStringSubmatch(out.String())[1]
	c := testkit.Browse(t, address)
	form := url.Values{"name": {"MARKEDname"}, "email": {"MARKEDmail@example.org"}, "password": {"MARKED password here"}, "adult": {"1"}, "consent": {"1"}}
	c.Post("/join?x=MARKEDquery", form).Want(200)
	c.Post("/threads", url.Values{"topic": {"early-loss"}, "kind": {"question"}, "wants": {"parents"}, "title": {"MARKEDtitle"}, "body": {"MARKEDbody"}}).Want(200)
	c.Get("/search?q=MARKEDsearch").Want(200)
	c.Get("/link/MARKEDtoken").Want(404)
	c.Get("/MARKEDpath").Want(404)
	c.Post("/sign-in", form).Want(200)
	c.Post("/forgot", form).Want(200)
	for _, raw := range []string{
		"GET /MARKED HTTP/1.1\r\nHost: x\r\nMARKED header: x\r\n\r\n", "MARKED / HTTP/9.9\r\n\r\n", "\x16\x03\x01MARKED\r\n\r\n",
		"POST /sign-in HTTP/1.1\r\nHost: MARKEDhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9999\r\n\r\nemail=MARKED",
		"GET /?a=MARKED;b=MARKED HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
	} {
		bare := dial(t, address)
		fmt.Fprint(bare, raw)
		_ = bare.(*net.TCPConn).CloseWrite()
		if err := bare.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		_, _ = io.ReadAll(bare)
	}
	_, measured := get(t, http.DefaultClient, "http://"+figures+"/metrics")
	if !strings.Contains(diagnostics.String(), "route=/join") || !strings.Contains(measured, `route="/join"`) {
		t.Errorf("the program wrote too little to prove anything: %.2000s", diagnostics.String())
	}
	for where, text := range map[string]string{"standard output": out.String(), "standard error": diagnostics.String(), "the figures": measured} {
		for _, w := range []string{"MARKED", "marked", "example.org", "127.0.0.1:"} {
			if at := strings.Index(text, w); at >= 0 && !(w == "127.0.0.1:" && where != "standard error") {
				t.Errorf("%s holds %q: …%s", where, w, text[max(0, at-200):min(len(text), at+80)])
			}
		}
	}
}
