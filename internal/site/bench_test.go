package site_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/gin-gonic/gin"

	"snowdrop/internal/forum"
	"snowdrop/internal/site"
	"snowdrop/internal/testkit"
)

// BenchmarkThreadPage measures a page of fifty comments over HTTP on each
// database, beside a floor: Gin sending the same bytes from memory, in the same
// run on the same machine.
func BenchmarkThreadPage(b *testing.B) {
	var page []byte
	for _, dialect := range testkit.Databases() {
		h := testkit.NewHouse(b, testkit.Open(b, dialect), calm)
		a, other := h.Person("asker", forum.RoleMember), h.Person("other", forum.RoleMember)
		post := h.Thread(a, nil)
		for i := range forum.PageSize {
			h.Comment(other, forum.NewComment{ThreadID: post.ThreadID, Body: "Comment number " + strconv.Itoa(i) + ". I went back after three weeks, half days at first. The first morning was the worst of it, and then it was a place where nobody asked me anything for an hour."})
		}
		address := h.URL + "/threads/" + strconv.FormatInt(post.ThreadID, 10)
		page = fetch(b, address)
		b.Run(dialect, func(b *testing.B) { load(b, address) })
	}
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.GET("/", func(c *gin.Context) { c.Data(http.StatusOK, "text/html; charset=utf-8", page) })
	floor := httptest.NewServer(e)
	b.Cleanup(floor.Close)
	b.Run("floor", func(b *testing.B) { load(b, floor.URL+"/") })
}

func load(b *testing.B, address string) {
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			fetch(b, address)
		}
	})
}

func fetch(b *testing.B, address string) []byte {
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, address, nil)
	if err != nil {
		b.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		b.Fatalf("answered %d, %v", answer.StatusCode, err)
	}
	return body
}

// BenchmarkRender measures the small Markdown on a post of usual length.
func BenchmarkRender(b *testing.B) {
	const text = "We lost our baby at *ten* weeks, a week ago today.\n\nMy manager has been kind but keeps asking when I'm back:\n\n- some mornings I think work would help\n- by lunch I can't stop crying\n\n> there is no rush\n\nIs there a normal amount of time?"
	b.ReportAllocs()
	for b.Loop() {
		site.Render(text)
	}
}
