package site

import (
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"snowdrop/internal/forum"
	"snowdrop/web"
)

// searchPage is how many posts are found at most, the best.
const searchPage = 50

// showSearch looks for words in what the reader may read. Nothing about it is
// for search engines, and the tab's title is silent about what was looked for.
func (s *Server) showSearch(r *request) error {
	f, err := s.frame(r, "")
	if err != nil {
		return err
	}
	p := web.Search{Frame: f, Query: forum.SearchWords(r.query("q"))}
	for _, t := range s.forum.Topics {
		if t.Audience != forum.AudiencePublic && !r.Actor.SignedIn() {
			continue
		}
		p.Topics = append(p.Topics, t)
		if t.Slug == r.query("topic") {
			p.Topic = t.Slug
		}
	}
	if p.Asked = p.Query != ""; p.Asked {
		if err := s.forum.MaySearch(r.ctx(), r.Actor, r.gin.ClientIP()); err != nil {
			return err
		}
		// The topic as it was asked for: a members' topic finds nothing for a stranger.
		found, err := s.forum.Search(r.ctx(), r.Actor, forum.SearchQuery{Words: p.Query, Topic: r.query("topic"), Limit: searchPage, Sieve: r.sieve()})
		if err != nil {
			return err
		}
		if r.Actor.Chosen().Hides != 0 && !r.looking() {
			gone, err := s.forum.Search(r.ctx(), r.Actor, forum.SearchQuery{Words: p.Query, Topic: r.query("topic"), Limit: forum.MostHidden, Sieve: forum.SieveHidden})
			if err != nil {
				return err
			}
			p.Hidden = web.Hidden{N: len(gone), Path: r.look()}
		}
		for _, row := range found {
			p.Results = append(p.Results, s.foundLine(r, row, p.Query))
		}
	}
	return r.show(http.StatusOK, web.SearchPage(p))
}

// foundLine is a post in the list of what was found. Words that the post's page
// folds away are not shown here either.
func (s *Server) foundLine(r *request, p forum.PostRow, asked string) web.ThreadLine {
	topic, _ := s.forum.Topics.Find(p.Topic)
	line := web.ThreadLine{
		ID: p.ThreadID, Path: postPath(p.ThreadID, p.ID), Topic: topic.Title, Title: p.ThreadTitle, Author: p.AuthorName, Found: true,
		Audience: s.audience(forum.Thread{Topic: p.Topic, Audience: p.Audience}), Mentions: p.Mentions, State: p.State, ActiveAt: p.CreatedAt,
	}
	if p.Capacity == forum.AsMidwife {
		line.Answers = 1
	}
	if p.Meeting != forum.MeetOpen {
		line.Matters = p.Matters
	}
	if p.ThreadMeeting != forum.MeetOpen {
		line.Matters |= p.ThreadMatters
	}
	if line.Matters == 0 && !folded(r.Actor, p) {
		line.Excerpt = around(plain(p.Body), asked, 280)
	}
	return line
}

// folded says whether a post is shown as one line that the reader may open.
func folded(a forum.Actor, p forum.PostRow) bool {
	mine := a.SignedIn() && p.AuthorID == a.ID
	return !mine && (p.State == forum.StateFolded || p.Meeting == forum.MeetFolded || p.Meeting == forum.MeetMuted || p.Meeting == forum.MeetHidden)
}

// around is the part of a plain text, at most most characters long, that holds
// the first place where it has the longest of the words that were asked for; the
// text's beginning where it has none.
func around(text, asked string, most int) string {
	wanted := strings.FieldsFunc(bare(asked), between)
	at, best := 0, 0
	for start := 0; start < len(text); {
		word := text[start:]
		if end := strings.IndexFunc(word, between); end >= 0 {
			word = word[:end]
		}
		if score := alike(bare(word), wanted); score > best {
			at, best = start, score
		}
		start += max(len(word), 1)
		for start < len(text) && !utf8.RuneStart(text[start]) {
			start++
		}
	}
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	// A third of it before the word, so that one sees how it was meant.
	before := []rune(text[:at])
	if len(before) <= most/3 {
		return shorten(text, most)
	}
	before = before[len(before)-most/3:]
	if i := slices.Index(before, ' '); i >= 0 {
		before = before[i+1:]
	}
	return "… " + shorten(string(before)+text[at:], most)
}

func between(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.Is(unicode.Mn, r)
}

// bare is a text in small letters without accents.
func bare(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(strings.ToLower(text)))
}

// alike says how well a word is one of those wanted: longer ones count for more,
// other forms of one for less; 0 is not at all.
func alike(word string, wanted []string) int {
	best := 0
	for _, w := range wanted {
		switch n := min(len(word), len(w)); {
		case word == w:
			best = max(best, 100+len(w))
		case n >= 3 && sameStart(word, w) >= max(3, n-1):
			best = max(best, n)
		}
	}
	return best
}

func sameStart(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && (a[n] == b[n] || a[n] == 'y' && b[n] == 'i' || a[n] == 'i' && b[n] == 'y') {
		n++
	}
	return n
}
