package site_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"snowdrop/internal/forum"
	"snowdrop/internal/testkit"
)

// FuzzForms: whatever bytes come as a form, the answer is a page that people can
// use, never a fault of ours.
func FuzzForms(f *testing.F) {
	h := testkit.NewHouse(f, testkit.Open(f, "sqlite"), calm)
	a := h.Person("writer", forum.RoleMember)
	h.Thread(a, nil)
	client := h.SignedIn(a)
	paths := []string{"/threads", "/threads/1/comments", "/posts/1/edit", "/posts/1/report", "/posts/1/support", "/me/drafts", "/join", "/sign-in"}
	for i := range paths {
		f.Add(byte(i), []byte("topic=early-loss&kind=story&wants=listen&title=A&body=B"))
		f.Add(byte(i), []byte("body=%00%ff&title=%C3%28&mentions=%00&parent=-1&draft=99999999999999999999"))
		f.Add(byte(i), []byte("%zz=1&&&=;body=\xff\xfe&path=/threads"))
		f.Add(byte(i), []byte("path=/threads/1/comments&body=x&draft=1&door=rules&reason=%00&on=2&email=a%00b&name=%E2%80%AE"))
	}
	f.Fuzz(func(t *testing.T, which byte, body []byte) {
		r, err := http.NewRequestWithContext(t.Context(), "POST", h.URL+paths[int(which)%len(paths)], strings.NewReader(string(body)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		if p := client.For(t).Send(r); !slices.Contains([]int{200, 404, 409, 413, 422, 429}, p.Status) {
			t.Errorf("%s with %q answered %d", r.URL.Path, body, p.Status)
		}
	})
}

// TestWhatAModeratorAskedStandsBesideTheWords follows a post that goes back to
// its writer and returns.
func TestWhatAModeratorAskedStandsBesideTheWords(t *testing.T) {
	t.Parallel()
	h := testkit.NewHouse(t, testkit.Open(t, "sqlite"), calm)
	a, m := h.Person("writer", forum.RoleMember), h.Person("mod", forum.RoleModerator)
	post := h.Thread(a, nil)
	if _, err := h.Community.Report(t.Context(), forum.Actor{}, forum.NewReport{PostID: post.ID, Door: forum.DoorRules, Reason: "personal"}); err != nil {
		t.Fatal(err)
	}
	mod := h.SignedIn(m)
	mod.Post("/queue/1/claim", nil).Want(200).Submit("/queue/1/decisions", "action", "ask_change", "reason", "P1", "message", "Please take out the name of your hospital.").Want(200)
	writer := h.SignedIn(a)
	writer.Get("/me/drafts").Want(200).Says("We lost our baby two weeks ago")
	p := writer.Get("/posts/1/edit").Want(200).Says("Please take out the name of your hospital.")
	p.Submit("/posts/1/edit", "body", "We lost our baby two weeks ago.", "audience", "members").Want(200).Says("moderator reads")
	mod.Get("/queue/1").Want(200).Says("Earlier wordings", "I do not know when to go back")
	mod.Post("/queue/1/claim", nil).Want(200).Submit("/queue/1/decisions", "action", "keep").Want(200)
	h.Client().Get("/threads/1").Want(404) // narrowed to members
	h.SignedIn(m).Get("/threads/1").Want(200)
}
