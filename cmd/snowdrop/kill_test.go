package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/internal/testkit"
)

// moderator is a browser at the real program's queue.
type moderator struct {
	base, token  string
	acknowledged map[int64]string // the key of each decision that was answered with success, by case
	tried        map[int64]string // of each that was sent
	todo         []int64          // cases
}

var hidden = regexp.MustCompile(`name="(lease|version|revision)" value="([^"]*)"`)

// send answers the status and the page, or where it leads; an error when the
// program was killed.
func (m *moderator) send(ctx context.Context, method, path string, form url.Values) (int, string, error) {
	r, err := http.NewRequestWithContext(ctx, method, m.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, "", err
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.AddCookie(&http.Cookie{Name: "snowdrop", Value: m.token})
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = answer.Body.Close() }()
	page, err := io.ReadAll(answer.Body)
	if to := answer.Header.Get("Location"); to != "" {
		page = []byte(to)
	}
	return answer.StatusCode, string(page), err
}

// work decides case after case until the program is gone.
func (m *moderator) work(ctx context.Context) error {
	for len(m.todo) > 0 {
		id := m.todo[0]
		path := fmt.Sprintf("/queue/%d", id)
		status, _, err := m.send(ctx, "POST", path+"/claim", url.Values{})
		if err != nil {
			return nil
		}
		key := m.tried[id]
		if status == http.StatusConflict && key == "" {
			return fmt.Errorf("case %d is claimed: %d, though nothing was decided", id, status)
		}
		_, page, err := m.send(ctx, "GET", path, nil)
		if err != nil {
			return nil
		}
		form := url.Values{"action": {"remove"}, "reason": {"C1"}}
		if id%3 == 0 {
			form.Set("action", "keep")
		}
		for _, field := range hidden.FindAllStringSubmatch(page, -1) {
			form.Set(field[1], field[2])
		}
		if key == "" {
			key = fmt.Sprintf("kill-%d", id)
			m.tried[id] = key
		}
		form.Set("key", key)
		status, page, err = m.send(ctx, "POST", path+"/decisions", form)
		if err != nil {
			return nil
		}
		if status != http.StatusSeeOther || !strings.HasPrefix(page, "/queue") {
			return fmt.Errorf("the decision on case %d was answered %d: %s", id, status, page[:min(200, len(page))])
		}
		m.acknowledged[id] = key
		m.todo = m.todo[1:]
	}
	return nil
}

// TestDecisionsSurviveBeingKilled kills the real program again and again while a
// moderator decides. Afterwards every decision that was acknowledged is there,
// none happened twice, each told its writer once, and the record is whole.
func TestDecisionsSurviveBeingKilled(t *testing.T) {
	t.Parallel()
	const kills, cases = 22, 150
	binary := program(t)
	database := testkit.URL(t, "sqlite")
	h := testkit.NewHouse(t, testkit.Connect(t, database), func(o *forum.Options) { o.Now = time.Now })
	ana, sam := h.Person("ana", forum.RoleMember), h.Person("sam", forum.RoleModerator)
	token, _, err := h.Community.BeginSession(t.Context(), forum.NewSession{PersonID: sam.ID, Proven: true})
	if err != nil {
		t.Fatal(err)
	}
	m := &moderator{token: token, acknowledged: map[int64]string{}, tried: map[int64]string{}}
	for i := range cases {
		p, err := h.Community.PostThread(t.Context(), ana, forum.NewThread{Topic: "early-loss", Kind: forum.Question, Wants: forum.WantsParents, Title: fmt.Sprint("Thread ", i), Body: "We lost our baby."})
		if err != nil {
			t.Fatal(err)
		}
		k, err := h.Store.CaseOfPost(t.Context(), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		m.todo = append(m.todo, k.ID)
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	m.base = "http://" + address
	env := append(os.Environ(), append(environ(t, database), "SNOWDROP_ADDR="+address, "SNOWDROP_BASE_URL="+m.base, "SNOWDROP_SECRET="+base64.StdEncoding.EncodeToString(make([]byte, 32)))...)
	for range kills {
		program := exec.CommandContext(t.Context(), binary, "serve")
		program.Env = env
		if err := program.Start(); err != nil {
			t.Fatal(err)
		}
		for tries := 0; ; tries++ {
			if status, _, err := m.send(t.Context(), "GET", "/healthz", nil); err == nil && status == http.StatusOK {
				break
			}
			if tries > 1000 {
				t.Fatal("the program does not start")
			}
			time.Sleep(10 * time.Millisecond)
		}
		worked := make(chan error, 1)
		go func() { worked <- m.work(t.Context()) }()
		time.Sleep(time.Duration(5+rand.IntN(80)) * time.Millisecond)
		if err := program.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = program.Wait() // it was killed
		if err := <-worked; err != nil {
			t.Fatal(err)
		}
	}
	if len(m.acknowledged) == 0 {
		t.Fatal("nothing was ever decided")
	}
	t.Logf("%d decisions acknowledged, %d sent", len(m.acknowledged), len(m.tried))
	told := map[string]int{}
	notices, err := h.Store.Notices(t.Context(), ana, 10*cases)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range notices {
		told[n.Key]++
	}
	decisions := 0
	for id, key := range m.tried {
		list, err := h.Store.Decisions(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) > 1 || len(list) == 0 && m.acknowledged[id] != "" {
			t.Errorf("case %d, acknowledged %q, has %d decisions", id, m.acknowledged[id], len(list))
		}
		k, err := h.Store.Case(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range list {
			decisions++
			want := map[forum.Action]forum.PostState{forum.ActionRemove: forum.StateRemoved, forum.ActionKeep: forum.StatePublic}[d.Action]
			if d.Key != key || told[fmt.Sprintf("decision:%d", d.ID)] != 1 || k.PostState != want || k.State == forum.CaseClaimed {
				t.Errorf("decision %+v: told %d times, post %s, case %s", d.Decision, told[fmt.Sprintf("decision:%d", d.ID)], k.PostState, k.State)
			}
		}
	}
	if len(told) != decisions {
		t.Errorf("%d decisions, but %d notices", decisions, len(told))
	}
	out, err := command(t, environ(t, database), "record", "verify")
	if err != nil || !strings.Contains(out, "the record is whole") {
		t.Errorf("%s: %v", out, err)
	}
}
