package forum_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
	"snowdrop/moderation"
)

// house is a community on one database, whose triage does what marker words say
// and whose members' first posts need not wait.
type house struct {
	*testing.T
	*testkit.House
	c *forum.Community
}

// each runs a test on every database.
func each(t *testing.T, run func(h *house), change ...func(*forum.Options)) {
	t.Helper()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, func(o *forum.Options) {
			o.Assess, o.HoldFirstPosts, o.Reasons = assess, 0, reasons
			o.Staffed, o.Clocks = nil, maps.Clone(o.Clocks) // somebody is always there
			for b, c := range o.Clocks {
				c.Hours = nil
				o.Clocks[b] = c
			}
			for _, c := range change {
				c(o)
			}
		})
		run(&house{T: t, House: h, c: h.Community})
	})
}

var reasons = []forum.Reason{
	{Code: "C1", Author: "Please put it more gently."},
	{Code: "W1", Author: "We wanted to check how you are.", Reporter: "Somebody is looking after this.", Welfare: true},
}

// assess reads marker words instead of rules.
func assess(text string) moderation.Assessment {
	a := moderation.Assessment{Band: moderation.None, Disposition: moderation.Publish}
	find := func(word, category string) bool {
		found := false
		for at := 0; ; found = true {
			i := strings.Index(text[at:], word)
			if i < 0 {
				return found
			}
			a.Findings = append(a.Findings, moderation.Finding{Category: category, Rule: category + ".test", Start: at + i, End: at + i + len(word), Quote: word, Why: "A marker."})
			at += i + len(word)
		}
	}
	switch {
	case strings.Contains(text, "PANIC"):
		panic(text)
	case strings.Contains(text, "SLOW"):
		time.Sleep(500 * time.Millisecond)
	case find("GOODBYE", "mind"):
		a.Band, a.Mind, a.Disposition = moderation.P0, 4, moderation.Hold
	case find("FOLDED", "abuse"):
		a.Band, a.Tags, a.Disposition = moderation.P1, []moderation.Tag{moderation.TagAbuse}, moderation.Fold
	case find("DETAIL", "personal_data"):
		a.Band, a.Tags, a.Disposition = moderation.P2, []moderation.Tag{moderation.TagPersonalData}, moderation.Hold
	case find("WATCHED", "mind"):
		a.Band, a.Mind = moderation.P3, 1
	}
	return a
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// refused says that err has to be of a kind that a person is told about.
func (h *house) refused(what string, err error, want forum.ErrorKind) {
	h.Helper()
	if err == nil || forum.KindOf(err) != want {
		h.Errorf("%s: kind %v of %v, want kind %v", what, forum.KindOf(err), err, want)
	}
}

// sign decides and returns the error alone.
func (h *house) sign(a forum.Actor, n forum.NewDecision) error {
	_, err := h.c.Decide(h.Context(), a, n)
	return err
}

// fields are the form fields that err finds fault with.
func fields(err error) string {
	var all []string
	for _, f := range forum.Faults(err) {
		all = append(all, f.Field)
	}
	return strings.Join(all, " ")
}

// together runs do n times at once and returns the errors.
func together(n int, do func(i int) error) []error {
	errs, done, begin := make([]error, n), make(chan int), make(chan struct{})
	for i := range n {
		go func() {
			<-begin
			errs[i] = do(i)
			done <- i
		}()
	}
	close(begin)
	for range n {
		<-done
	}
	return errs
}

// row is a post as the store has it.
func (h *house) row(id int64) forum.PostRow {
	h.Helper()
	row, err := h.Store.Post(h.Context(), forum.Actor{ID: -1, Roles: []forum.Role{forum.RoleModerator}}, id)
	h.must(err)
	return row
}

func (h *house) caseOf(postID int64) forum.Case {
	h.Helper()
	k, err := h.Store.CaseOfPost(h.Context(), postID)
	h.must(err)
	return k
}

// written lists a person's posts in every state.
func (h *house) written(a forum.Actor) []forum.PostRow {
	h.Helper()
	rows, err := h.c.Mine(h.Context(), a)
	h.must(err)
	return rows
}

// notices are a person's notices of some kinds (all, if none are named), oldest first.
func (h *house) notices(a forum.Actor, kinds ...forum.NoticeKind) []forum.Notice {
	h.Helper()
	all, err := h.c.Notices(h.Context(), a)
	h.must(err)
	slices.Reverse(all)
	return slices.DeleteFunc(all, func(n forum.Notice) bool { return len(kinds) > 0 && !slices.Contains(kinds, n.Kind) })
}

// mails are all mails that wait, oldest first.
func (h *house) mails() []forum.Mail {
	h.Helper()
	now := h.Clock.Now()
	jobs, err := h.Store.TakeJobs(h.Context(), now, now, 10_000) // leased for no time: the next call finds them again
	h.must(err)
	var all []forum.Mail
	for _, j := range jobs {
		m, err := h.Store.Mail(h.Context(), j.SubjectID)
		h.must(err)
		all = append(all, m)
	}
	return all
}

func (h *house) mailsTo(a forum.Actor) int {
	h.Helper()
	n := 0
	for _, m := range h.mails() {
		if m.PersonID == a.ID {
			n++
		}
	}
	return n
}

// recorded lists what the record says of a subject, oldest first.
func (h *house) recorded(subject string, id int64) []string {
	h.Helper()
	rows, err := h.Store.Record(h.Context(), 0, 10_000)
	h.must(err)
	var all []string
	for _, r := range rows {
		if r.Subject == subject && r.SubjectID == id {
			all = append([]string{strings.TrimSpace(r.Action + " " + r.Detail)}, all...)
		}
	}
	return all
}

// snapshot is everything that a use case on a post could change.
type snapshot struct {
	Post      forum.PostRow
	Case      forum.Case
	Signals   []forum.SignalRow
	Decisions []forum.DecisionRow
	Revisions []forum.Revision
	Posts     []forum.PostRow
	Thread    forum.ThreadRow
	Notices   []forum.Notice
	Mails     int
	Record    []forum.RecordRow
}

func (h *house) snapshot(postID int64, people ...forum.Actor) snapshot {
	h.Helper()
	s := snapshot{Post: h.row(postID), Mails: len(h.mails())}
	var err error
	if s.Case, err = h.Store.CaseOfPost(h.Context(), postID); err == nil {
		s.Signals, err = h.Store.Signals(h.Context(), s.Case.ID)
		h.must(err)
		s.Decisions, err = h.Store.Decisions(h.Context(), s.Case.ID)
		h.must(err)
	}
	s.Revisions, err = h.Store.Revisions(h.Context(), postID)
	h.must(err)
	moderator := forum.Actor{ID: -1, Roles: []forum.Role{forum.RoleModerator}}
	s.Thread, err = h.Store.Thread(h.Context(), moderator, s.Post.ThreadID)
	h.must(err)
	s.Posts, err = h.Store.Comments(h.Context(), moderator, s.Post.ThreadID, 0, 10_000)
	h.must(err)
	for _, p := range people {
		s.Notices = append(s.Notices, h.notices(p)...)
	}
	s.Record, err = h.Store.Record(h.Context(), 0, 10_000)
	h.must(err)
	return s
}

// claim has a moderator claim the case of a post and returns the form that they
// see then.
func (h *house) claim(a forum.Actor, postID int64) forum.NewDecision {
	h.Helper()
	k := h.caseOf(postID)
	h.must(h.c.Claim(h.Context(), a, k.ID))
	v, err := h.c.CasePage(h.Context(), a, k.ID)
	h.must(err)
	if !v.Mine || v.Lease == "" {
		h.Fatalf("claimed, but the page says %v, %q", v.Mine, v.Lease)
	}
	return forum.NewDecision{CaseID: k.ID, Lease: v.Lease, Version: v.Case.Version, Revision: v.Case.Revision, Key: "key-1", Action: forum.ActionKeep}
}

// decide has a moderator claim and decide.
func (h *house) decide(a forum.Actor, postID int64, action forum.Action) {
	h.Helper()
	n := h.claim(a, postID)
	n.Key, n.Action = "v"+string(rune('0'+n.Version%10))+string(action), action
	if action != forum.ActionKeep {
		n.Reason = "C1"
	}
	if action == forum.ActionNote {
		n.Mentions = forum.Mentions{moderation.TagMentionScan}
	}
	h.must(h.sign(a, n))
}

func (h *house) report(a forum.Actor, postID int64, door forum.Door, reason string) {
	h.Helper()
	_, err := h.c.Report(h.Context(), a, forum.NewReport{PostID: postID, Door: door, Reason: reason})
	h.must(err)
}
