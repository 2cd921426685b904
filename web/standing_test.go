package web

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"snowdrop/internal/forum"
)

// The pages that tell somebody where they stand, in every state that they have.
func TestStandingPages(t *testing.T) {
	until := now.Add(7 * 24 * time.Hour)
	limited := willow
	limited.Restrictions = []forum.Restriction{{Kind: forum.MeasureSuspension, Until: &until}}
	answered := ago(time.Hour)
	measures := []forum.Measure{{Kind: forum.MeasureStrike, State: forum.MeasureStanding, EndsAt: &until}, {Kind: forum.MeasureSuspension, State: forum.MeasureStanding, EndsAt: &until}, {Kind: forum.MeasureBan, State: forum.MeasureStanding}, {Kind: forum.MeasureWarning, State: forum.MeasureStanding}}
	open := forum.Appeal{State: forum.AppealOpen, DueAt: now.Add(time.Hour), CreatedAt: ago(time.Hour)}
	late, noted, over := open, open, open
	late.DueAt = ago(time.Minute)
	noted.Note = "I meant it kindly."
	over.State, over.Answer, over.AnsweredAt = forum.AppealOverturned, "We got it wrong.", &answered
	var decisions []Decided
	for i, a := range forum.Actions {
		decisions = append(decisions, Decided{ID: int64(i + 1), Own: true, Title: "Nights", Path: "/threads/5", Action: a, Message: "Because.\n\nIt hurts.", Words: "My words", At: ago(time.Hour), Until: until})
	}
	with := func(ap forum.Appeal, change func(*Decided)) {
		d := Decided{ID: int64(len(decisions) + 1), Own: true, Title: "Nights", Action: forum.ActionRemove, Message: "Because.", Words: "My words", At: ago(time.Hour), Measures: measures, Appeal: &ap}
		change(&d)
		decisions = append(decisions, d)
	}
	with(open, func(d *Decided) { d.EditPath, d.CarePath, d.Two = "/posts/1/edit", "/care/1", true })
	with(open, func(d *Decided) { d.Note, d.Faults = "Too long", []Fault{{"body-19", "Too long."}} })
	with(noted, func(d *Decided) { d.Note, d.Faults = "Another", []Fault{{"body-20", "It has a note already."}} })
	with(late, func(d *Decided) { d.Covered = []string{"My ward was 7B."} })
	with(over, func(d *Decided) { d.Reversed = true })
	with(over, func(d *Decided) { d.Own, d.Words, d.Message, d.Action = false, "", "", "" })

	few := forum.Count{Hidden: true}
	totals := forum.Totals{Month: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), Decisions: forum.Count{N: 1234}, Reasons: []forum.Count{{Label: ""}, {Label: "C1", N: 7}, {Label: "L1", Hidden: true}}, Actions: []forum.Count{{Label: "keep", N: 7}}, Looks: []forum.FirstLook{{Band: "P1", Cases: few}, {Band: forum.BandAppeal, Cases: forum.Count{N: 9}, Median: time.Hour}}, Appeals: forum.Count{N: 6}, Overturned: few}
	quiet := forum.Totals{Month: totals.Month, Appeals: few}
	locked := thread(limited)
	locked.Thread.Pace, locked.Closed, locked.Reply = forum.PaceLocked, "It is closed.", &CommentForm{Action: "/threads/1/comments", Body: "My words", Draft: 4}
	locked.Opening.Correction = "It is not so."
	slow := thread(willow)
	slow.Thread.Pace, slow.Reply = forum.PaceSlow, &CommentForm{Action: "/threads/1/comments"}
	shut := thread(stranger)
	shut.Thread.Pace = forum.PaceLocked
	var notices []forum.Notice
	for i, n := range []forum.Notice{
		{Kind: forum.NoticeDecision, Key: "decision:3", Path: "/posts/3/edit", Words: "My words"}, {Kind: forum.NoticeDecision, Key: "decision:4", Path: "/me"}, {Kind: forum.NoticeCare, Path: "/care/3"},
		{Kind: forum.NoticeAppeal, Path: "/me/notices"}, {Kind: forum.NoticeStaff, Path: "/queue/3"}, {Kind: forum.NoticeStaff, Path: "/questions"}, {Kind: forum.NoticeReport, Path: "/me/notices"},
	} {
		n.ID, n.Title, n.Body, n.CreatedAt = int64(i+1), "A title", "Some words.", ago(time.Hour)
		notices = append(notices, n)
	}
	for _, p := range []struct {
		name string
		page templ.Component
	}{
		{"me-decisions", MePage(Me{Frame: frame(limited, "/me"), Decisions: decisions, Earlier: []Decided{{ID: 900, Own: true, Title: "Old", Action: forum.ActionFold, At: ago(900 * time.Hour)}}, Posts: own})},
		{"notices-kinds", NoticesPage(Notices{Frame: frame(willow, "/me/notices"), Notices: notices, Ask: map[int64]time.Time{3: until}})},
		{"care", CareTalkPage(CareTalk{Frame: frame(limited, "/care/3"), CaseID: 3, Cards: []CareCard{mindCard}, Reading: &forum.Reading{By: until}, Messages: []forum.CareRow{{CareMessage: forum.CareMessage{Side: forum.SideTeam, Body: "How are you?", CreatedAt: ago(time.Hour)}}, {CareMessage: forum.CareMessage{Side: forum.SideWriter, Body: "Not well.", CreatedAt: ago(time.Minute)}}}, Form: CareAnswer{Key: "k", Body: "And", Faults: []Fault{{"body", "Too long."}}}})},
		{"openness", OpennessPage(Openness{Frame: frame(stranger, "/openness"), Totals: totals, Months: []time.Time{totals.Month}, Reasons: map[string]string{"C1": "Compares losses"}})},
		{"openness-quiet", OpennessPage(Openness{Frame: frame(stranger, "/openness"), Totals: quiet, Months: []time.Time{quiet.Month}})},
		{"questions-consults", QuestionsPage(Questions{Frame: frame(midwife, "/questions"), Late: "Somebody was earlier.", Kept: "My words", Consults: []Consult{{ID: 3, Asked: "Is it safe?", Thread: "Nights", Words: "<p>Stop the tablets.</p>", Since: ago(time.Hour), Faults: []Fault{{"body-3", "Too long."}}}}, Waiting: []Question{{ThreadLine: threads[2], Since: ago(time.Hour)}}, Body: []Question{{ThreadLine: threads[0], Since: ago(time.Hour), Body: true, Reply: true}, {ThreadLine: threads[1], Since: ago(time.Hour), Body: true}}})},
		{"thread-locked", ThreadPage(locked)}, {"thread-slow", ThreadPage(slow)}, {"thread-shut", ThreadPage(shut)},
	} {
		t.Run(p.name, func(t *testing.T) {
			var out bytes.Buffer
			if err := p.page.Render(context.Background(), &out); err != nil {
				t.Fatal(err)
			}
			root, err := html.Parse(bytes.NewReader(out.Bytes()))
			if err != nil {
				t.Fatal(err)
			}
			checkPage(t, root)
		})
	}
}

// Nobody is promised a time that has passed or a person who is not there.
func TestReadingWords(t *testing.T) {
	for want, r := range map[string]*forum.Reading{
		"":                               nil,
		"still deciding":                 {Read: true, By: now.Add(time.Hour), Staffed: true},
		"We’re sorry":                    {Late: true, Staffed: true},
		"by 23:10 today.":                {By: now.Add(time.Hour), Staffed: true},
		"by 01:10 tomorrow.":             {By: now.Add(3 * time.Hour), Staffed: true},
		"Nobody from our team is here":   {By: now.Add(11 * time.Hour)},
		"by Saturday 21 November, 22:10": {By: now.Add(72 * time.Hour)},
	} {
		got := readingWords(r, now)
		if !strings.Contains(got, want) || (r == nil || r.Late || r.Read) && strings.Contains(got, " by ") && !strings.Contains(got, "by now") {
			t.Errorf("%+v: %q does not say %q", r, got, want)
		}
	}
}
