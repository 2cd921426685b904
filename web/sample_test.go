package web

import (
	"html/template"
	"time"

	"github.com/a-h/templ"

	"snowdrop/internal/forum"
	"snowdrop/moderation"
)

// The sample community that the pages are tried with.

var now = time.Date(2026, 11, 18, 22, 10, 0, 0, time.UTC)

func ago(d time.Duration) time.Time { return now.Add(-d) }

var (
	stranger  = forum.Actor{}
	willow    = forum.Actor{ID: 7, Name: "willow_"}
	midwife   = forum.Actor{ID: 8, Name: "Ama, midwife", Roles: []forum.Role{forum.RoleMidwife}, Registered: true}
	moderator = forum.Actor{ID: 9, Name: "Sam", Roles: []forum.Role{forum.RoleModerator}}
)

func frame(a forum.Actor, path string) Frame {
	return Frame{Path: path, Actor: a, Now: now, LeaveURL: "https://www.bbc.co.uk/weather", Unread: 2, Waiting: 11, Search: true, Data: true}
}

var (
	earlyLoss  = forum.Topic{Slug: "early-loss", Title: "Early loss", Description: "Miscarriage before 13 weeks", Audience: forum.AudiencePublic}
	stillbirth = forum.Topic{Slug: "stillbirth", Title: "Stillbirth", Description: "Babies who died from 24 weeks, before or during birth", Audience: forum.AudienceMembers, Note: "Posts here may describe a birth and the days after it."}
	topics     = []forum.Topic{
		earlyLoss,
		{Slug: "late-loss", Title: "Late loss", Description: "Miscarriage from 13 weeks up to 24 weeks", Audience: forum.AudiencePublic},
		stillbirth,
		{Slug: "neonatal-death", Title: "Neonatal death", Description: "Babies who died in their first 28 days", Audience: forum.AudienceMembers},
		{Slug: "ectopic-and-molar", Title: "Ectopic and molar pregnancy", Description: "Also pregnancies of unknown location", Audience: forum.AudiencePublic},
		{Slug: "ending-a-pregnancy", Title: "Ending a pregnancy for medical reasons", Description: "Parents who had to decide, and what came after", Audience: forum.AudienceMembers},
		{Slug: "partners-and-dads", Title: "Partners and dads", Description: "Grieving yourself, and being there for someone else", Audience: forum.AudiencePublic},
		{Slug: "body-and-recovery", Title: "Body and recovery", Description: "Questions about your body after a loss; midwives answer here when they can", Audience: forum.AudiencePublic},
	}
	threads = []ThreadLine{
		{ID: 1, Path: "/threads/1/how-long-did-you-wait", Topic: "Early loss", Title: "How long did you wait before going back to work?", Author: "willow_", Kind: forum.Question, Wants: forum.WantsMidwife, Audience: forum.AudiencePublic, State: forum.StatePublic, Comments: 14, Answers: 1, ActiveAt: ago(12 * time.Minute)},
		{ID: 2, Path: "/threads/2", Topic: "Stillbirth", Title: "His name was Rowan", Author: "a mum in Fife", Kind: forum.Remembrance, Wants: forum.WantsListen, Audience: forum.AudienceMembers, State: forum.StatePublic, Comments: 3, Mentions: forum.Mentions{"mention_birth"}, ActiveAt: ago(5 * time.Hour)},
		{ID: 3, Path: "/threads/3", Topic: "Body and recovery", Title: "Still bleeding after two weeks, is that usual?", Author: forum.Unnamed, Kind: forum.Question, Wants: forum.WantsMidwife, Audience: forum.AudiencePublic, State: forum.StateHeld, Comments: 0, ActiveAt: ago(50 * time.Hour)},
	}
	hours = "Midwives answer here Monday to Friday, 9am to 5pm, when they can."
)

var (
	emergency = Helpline{Slug: "emergency-999", Name: "Emergency services", For: "Anyone whose life may be in danger now.", Phone: "999", Hours: "24 hours, every day", Crisis: true}
	nhs111    = Helpline{Slug: "nhs-111", Name: "NHS 111", For: "Anyone who needs medical help now. Choose the mental health option if you need it.", Phone: "111", Hours: "24 hours, every day", Crisis: true, CheckedOn: ago(72 * time.Hour)}
	samaritan = Helpline{Slug: "samaritans", Name: "Samaritans", For: "Anyone who needs someone to listen.", Phone: "116 123", Hours: "24 hours, every day", Crisis: true, CheckedOn: ago(72 * time.Hour)}
	shout     = Helpline{Slug: "shout", Name: "Shout", For: "Anyone who would rather text.", Text: "SHOUT to 85258", Hours: "24 hours, every day", Crisis: true}
	lifeline  = Helpline{Slug: "lifeline-ni", Name: "Lifeline", For: "Anyone in distress in Northern Ireland.", Phone: "0808 808 8000", Hours: "24 hours, every day", Nations: []string{"Northern Ireland"}, Crisis: true}
	sands     = Helpline{Slug: "sands", Name: "Sands", For: "Anyone affected by the death of a baby.", Phone: "0808 164 3332", Web: "sands.org.uk", Hours: "Monday to Friday 10am to 3pm, and Tuesday, Wednesday and Thursday 6pm to 9pm", Conflict: "Sources disagree about the hours."}
	mis       = Helpline{Slug: "miscarriage-uk", Name: "Miscarriage UK", Former: "The Miscarriage Association", For: "Anyone affected by miscarriage, ectopic pregnancy or molar pregnancy.", Phone: "0303 003 6464"}
	tommys    = Helpline{Slug: "tommys", Name: "Tommy's midwives", For: "Anyone who wants to talk with a midwife about a pregnancy or a loss.", Phone: "0800 0147 800", Email: "midwife@tommys.org", Web: "tommys.org", Hours: "Monday to Friday 9am to 5pm"}
	lines     = []Helpline{emergency, nhs111, samaritan, shout, lifeline, sands, mis, tommys}

	bodyCard = CareCard{Slug: "body_emergency", Level: "emergency", Heading: "Call 999 or go to A&E if", Opening: "Your words are saved. Please look after your body first.", Points: []string{
		"your chest hurts, you can't catch your breath, or you cough up blood",
		"you have a fit, feel confused, your speech is slurred, or your skin looks blue or blotchy",
		"you are bleeding and you faint, feel you may pass out, or look very pale",
		"blood soaks through a pad in an hour or less, it won't stop, or you pass large clots and feel faint",
	}, Lines: []Helpline{emergency}, Closing: "Don't drive yourself. Don't wait for a reply here, from a midwife either."}
	urgentCard = CareCard{Slug: "body_urgent", Level: "urgent", Heading: "Call NHS 111, your maternity unit or your early pregnancy unit now if", Points: []string{
		"your temperature is 38°C or more, you are shivering, or your blood smells bad",
		"one calf is hot, red, swollen or painful",
	}, Lines: []Helpline{nhs111}}
	mindCard = CareCard{Slug: "mind_urgent", Level: "urgent", Heading: "Call or text someone now if", Opening: "We're glad you told someone. You don't have to know how bad it is before you call.", Points: []string{
		"you think about dying, or about going to be with your baby now", "you wish you would not wake up",
	}, Lines: []Helpline{samaritan, shout, nhs111, lifeline}, Closing: "If you don't feel safe, call 999 or go to A&E."}
	supportCard = CareCard{Slug: "mind_support", Level: "support", Heading: "Please tell your GP, or someone you trust, if", Points: []string{"everything feels like a struggle"}, Lines: []Helpline{samaritan, sands}}
)

var disclaimer = template.HTML(`<p>This is parents talking with parents, and replies are general, a midwife's too. <strong>If you have a health concern, call your GP, midwife or NHS 111.</strong> <strong>If blood soaks through a pad in an hour, you pass large clots and feel faint, or you have sudden sharp pain in your tummy, call 999 or go to A&amp;E.</strong></p>`)

var articles = []ArticleLine{
	{Slug: "back-to-work", Title: "Going back to work after a loss", Summary: "Fit notes, what to tell people, and the first morning.", Minutes: 4, Reviewed: ago(200 * 24 * time.Hour), Clinician: "A. Midwife, RM"},
	{Slug: "your-body", Title: "What your body may do in the next weeks", Minutes: 6, Overdue: true},
	{Slug: "sleep", Title: "Sleep", Minutes: 2},
}

func opening() *Post {
	return &Post{ID: 11, Author: "willow_", Starter: true, Part: forum.PartOpening, State: forum.StatePublic, Body: "<p>We lost our baby at 10 weeks, a week ago today. My manager has been kind but keeps asking when I'm back. Some mornings I think work would help and by lunch I can't stop crying. I'm also still bleeding a little.</p><p>Is there a normal amount of time? I don't want to let anyone down.</p>", CreatedAt: ago(26 * time.Hour), CanSupport: true, CanReply: true, CanReport: true}
}

func comments() []Post {
	edited := ago(time.Hour)
	return []Post{
		{ID: 12, Author: "Ama, midwife", Midwife: true, Checked: ago(100 * time.Hour), Part: forum.PartComment, State: forum.StatePublic, Body: "<p>I'm so sorry about your baby, willow. There isn't a normal amount of time, and you're not letting anyone down. Time off after a miscarriage counts as pregnancy-related sickness, and your GP can give you a fit note if you need longer than a week.</p><p>Light bleeding can go on for a couple of weeks. If it gets heavier, smells unpleasant or you have a temperature, please call your early pregnancy unit or 111 the same day.</p>", CreatedAt: ago(14 * time.Hour), CanSupport: true, Supported: true, CanReply: true, CanReport: true},
		{ID: 13, Author: "willow_", Starter: true, Reply: true, Part: forum.PartComment, State: forum.StatePublic, Body: "<p>Thank you. I didn't know that.</p>", CreatedAt: ago(13 * time.Hour), EditedAt: &edited, CanSupport: true, CanReply: true, CanReport: true},
		{ID: 14, Author: "a dad in Leeds", Part: forum.PartComment, State: forum.StatePublic, Body: "<p>I went back after three days because I thought I should. I wish someone had told me it was fine not to. Take the time.</p>", CreatedAt: ago(10 * time.Hour), CanSupport: true, CanReply: true, CanReport: true},
		{ID: 15, Author: forum.Unnamed, Part: forum.PartComment, State: forum.StateFolded, Body: "<p>Some days I can't see the point of any of it.</p>", CreatedAt: ago(9 * time.Hour), CanSupport: true, CanReply: true, CanReport: true},
		{ID: 16, Author: "hazel", Part: forum.PartComment, State: forum.StatePublic, Fold: true, Mentions: forum.Mentions{"mention_living_child", "mention_pregnancy"}, Body: "<p>My daughter asked about the baby last week.</p>", CreatedAt: ago(8 * time.Hour), CanReply: true, CanReport: true},
		{ID: 17, Author: "rowan's mum", Reply: true, Parent: &Quote{ID: 3, Author: "hazel", Words: "I took the whole month…", Path: "/threads/1?post=3#post-3"}, Part: forum.PartComment, State: forum.StatePublic, Body: "<p>Me too.</p>", CreatedAt: ago(7 * time.Hour), CanReply: true, CanReport: true},
		{ID: 18, Author: "fern", Reply: true, Parent: &Quote{}, Part: forum.PartComment, State: forum.StatePublic, Old: true, Midwife: true, Lapsed: true, Body: "<p>I hope today is a little softer.</p>", CreatedAt: ago(400 * 24 * time.Hour), CanReply: true, CanReport: true},
	}
}

func thread(a forum.Actor) Thread {
	return Thread{
		Frame: frame(a, "/threads/1/how-long-did-you-wait"), Topic: earlyLoss,
		Thread:   forum.Thread{ID: 1, Topic: "early-loss", Kind: forum.Question, Wants: forum.WantsMidwife, Title: "How long did you wait before going back to work?", Mentions: forum.Mentions{"mention_scan"}, Comments: 7, Answers: 1},
		URL:      "/threads/1/how-long-did-you-wait",
		Audience: forum.AudiencePublic, Disclaimer: disclaimer, Opening: opening(), Comments: comments(), Articles: articles,
		Answer: "/threads/1/how-long-did-you-wait#post-12", Pager: Pager{Page: 1, Pages: 3, Path: "/threads/1/how-long-did-you-wait"},
	}
}

func memberThread() Thread {
	t := thread(willow)
	t.Flash = "Your reply is kept. A moderator reads it first."
	t.Cards = []CareCard{mindCard, bodyCard}
	t.Opening.Mine, t.Opening.Supports, t.Opening.CanEdit, t.Opening.CanTake, t.Opening.CanSupport, t.Opening.CanReport = true, 7, true, true, false, false
	held := Post{ID: 19, Author: "willow_", Mine: true, Starter: true, Part: forum.PartComment, State: forum.StateHeld, Reading: &forum.Reading{By: now.Add(2 * time.Hour), Staffed: true}, Body: "<p>I don't think I can do this.</p>", CreatedAt: ago(time.Minute), CanEdit: true, CanTake: true}
	removed := Post{ID: 20, Author: "willow_", Mine: true, Part: forum.PartComment, State: forum.StateRemoved, Body: "<p>My ward was …</p>", CreatedAt: ago(time.Hour)}
	draft := Post{ID: 21, Author: "willow_", Mine: true, Part: forum.PartComment, State: forum.StateDraft, Body: "<p>Ask Dr …</p>", CreatedAt: ago(time.Hour), CanEdit: true}
	withdrawn := Post{ID: 22, Author: "willow_", Mine: true, Part: forum.PartComment, State: forum.StateWithdrawn, Body: "<p>Never mind.</p>", CreatedAt: ago(time.Hour)}
	t.Comments = append(t.Comments, held, removed, draft, withdrawn)
	t.Reply = &CommentForm{Action: "/threads/1/comments", Parent: 14, Answering: &Quote{ID: 14, Author: "a dad in Leeds", Words: "I went back after three days because I thought I should…"}, Body: "You can call me on 07700 900123", Found: []string{"07700 900123"}, Faults: []Fault{{"acknowledged", "There may be a phone number in your words."}}, Draft: 4}
	return t
}

func laterThread() Thread {
	t := thread(midwife)
	t.Path, t.Pager.Page = "/threads/1?page=2", 2
	t.Reply = &CommentForm{Action: "/threads/1/comments", MayAnswer: true, AsMidwife: true}
	t.Thread.Wants = forum.WantsListen
	return t
}

func goneThread() Thread {
	t := thread(stranger)
	t.Opening, t.Comments, t.Articles, t.Answer = nil, t.Comments[:1], nil, ""
	t.Audience, t.Pager = forum.AudienceMembers, Pager{Page: 1, Pages: 1}
	return t
}

func newThread(a forum.Actor, f ThreadForm) NewThread {
	return NewThread{Frame: frame(a, "/threads/new"), Topics: topics, Hours: hours, Form: f}
}

var own = []OwnPost{
	{ID: 11, Path: "/threads/1#post-11", Thread: "How long did you wait before going back to work?", Part: forum.PartOpening, State: forum.StatePublic, Words: "We lost our baby at 10 weeks, a week ago today…", Supports: 7, CreatedAt: ago(26 * time.Hour), EditPath: "/posts/11/edit"},
	{ID: 19, Path: "/threads/1#post-19", Thread: "How long did you wait before going back to work?", Part: forum.PartComment, State: forum.StateHeld, Words: "I don't think I can do this.", CreatedAt: ago(time.Minute)},
}

func queueItems() []QueueItem {
	until := now.Add(8 * time.Minute)
	return []QueueItem{
		{ID: 41, Path: "/queue/41", Band: "P0", State: forum.CaseClaimed, LookBy: ago(time.Minute), DecideBy: now.Add(8 * time.Minute), Looked: true, Mine: true, Holder: "Sam", LeaseUntil: &until, Labels: []string{"May not be safe"}, Why: []string{"Says others would be better off without them.", "Wants to be with their baby."}, Words: []Segment{{Text: "I've said goodbye to my sister tonight. "}, {"They'd all be better off", MarkMatched, "burden to others"}, {Text: ", "}, {"I just want to be with my baby", MarkMatched, "joining the baby"}, {Text: ". I'm "}, {"bleeding", MarkCancelled, "said of last week"}, {Text: " less now."}}, Covered: true, Part: forum.PartComment, PostState: forum.StateHeld, Thread: "Nights are the worst", ThreadPath: "/threads/5#post-77", Topic: "Stillbirth", Author: "hazel", Anonymous: true, Shown: []string{"Call 999 or go to A&E", "Call or text someone now"}, PostedAt: ago(7 * time.Minute)},
		{ID: 42, Path: "/queue/42", Band: "P1", State: forum.CaseOpen, LookBy: now.Add(21 * time.Minute), DecideBy: now.Add(2 * time.Hour), Labels: []string{"Urgent sign of the body"}, Why: []string{"A fever with shivering, days after an operation."}, Words: []Segment{{Text: "5 days after my ERPC and now "}, {"38.6 and shivering", MarkMatched, "fever"}, {Text: ", is that just the anaesthetic?"}}, Part: forum.PartOpening, PostState: forum.StateFolded, Thread: "Fever after an operation", ThreadPath: "/threads/6", Topic: "Body and recovery", Author: "fern", PostedAt: ago(9 * time.Minute)},
		{ID: 43, Path: "/queue/43", Band: "P2", State: forum.CaseClaimed, LookBy: ago(8 * time.Minute), DecideBy: now.Add(3*time.Hour + 10*time.Minute), Holder: "Jo", Labels: []string{"Reported"}, Why: []string{"A reader says this breaks the rules."}, Words: []Segment{{Text: "At least you know you can get pregnant."}}, Covered: true, Part: forum.PartComment, PostState: forum.StatePublic, Thread: "How long did you wait before going back to work?", ThreadPath: "/threads/1#post-30", Topic: "Early loss", Author: "oak", PostedAt: ago(50 * time.Minute)},
		{ID: 44, Path: "/queue/44", Band: "P4", State: forum.CaseOpen, LookBy: ago(8 * time.Minute), DecideBy: now.Add(10 * time.Hour), Why: []string{"A new member’s first post."}, Words: []Segment{{Text: "Hello. I have been reading here for a month."}}, Part: forum.PartOpening, PostState: forum.StateHeld, Thread: "Hello", ThreadPath: "/threads/9", Topic: "Early loss", Author: "moss", PostedAt: ago(2 * time.Hour)},
	}
}

var reasons = []forum.Reason{
	{Code: "W1", Title: "Worry: thoughts of suicide or self-harm", Welfare: true, Author: "We read your post and wanted to check how you are. You've done nothing wrong."},
	{Code: "C1", Title: "Comparing or ranking losses, blaming", Author: "We read your post. Some words in it compare one loss with another. Could you say it another way?"},
}

func rulesPage() Rules {
	rule := forum.RuleRow{Spoke: 12, FalseAlarms: 3}
	rule.ID, rule.Level, rule.Why, rule.Source, rule.File, rule.Line = "mind.example", 2, "Wishes to be with their baby.", "A public source, 2024", "mind.yaml", 12
	rule.Hits, rule.Misses = []string{"a"}, []string{"b", "c"}
	signed := forum.RuleRow{}
	signed.ID, signed.Why, signed.Source, signed.SignedOff, signed.Tags, signed.Weak, signed.Action = "abuse.example", "Cruel words.", "Rules of the forum", "A. Lead, 2026-01-01", append(signed.Tags, "abuse"), true, "hold"
	t := Tried{Words: []Segment{{Text: "I want to "}, {Text: "be with her", Mark: MarkMatched, Why: rule.Why}}, Queued: true, Clock: forum.Clock{Look: 30 * time.Minute, Decide: 2 * time.Hour}, Cards: []string{"Call or text someone now if"}}
	t.Text, t.Assessment.Band, t.Assessment.Mind, t.Assessment.Disposition = "I want to be with her", "P1", 2, "fold"
	t.Assessment.Findings = append(t.Assessment.Findings, moderation.Finding{Category: "mind", Rule: rule.ID, Start: 10, End: 21, Quote: "be with her", Why: rule.Why, Level: 2, Changed: []string{"said as now"}},
		moderation.Finding{Category: "body", Rule: "body.example", Start: 0, End: 1, Quote: "I", Why: "A sign of the body.", Cancelled: true})
	return Rules{
		Frame: frame(moderator, "/rules"), Version: "3d3711f28f3b", Text: t.Text, Tried: &t, Retired: []forum.RuleFigure{{Rule: "mind.gone", Spoke: 1}},
		Groups: []RuleGroup{{"How the writer is", []forum.RuleRow{rule}}, {"Abuse and cruelty", []forum.RuleRow{signed}}},
	}
}

var soon = now.Add(time.Hour)

// appealPage is a case that came back, for the lead who decides between two.
func appealPage() Case {
	c := casePage(&DecisionForm{Lease: "l", Version: 3, Revision: 2, Key: "k", Outcomes: map[int64]forum.Outcome{3: forum.OutcomeMisuse}, Measure: "ban", Lines: []int{3}}, nil)
	c.Appeals = []forum.Appeal{{DueAt: now.Add(100 * time.Hour)}, {Note: "It was my own story.", DueAt: now}}
	c.Appealed = c.Decisions
	c.Proposals = []Proposal{{By: "Jo", At: now, Action: forum.ActionRemove, Reason: "C2", Message: "No.", Note: "Sure", Measures: []forum.NewMeasure{{Kind: forum.MeasureReadOnly, Days: 3}}}, {By: "Kim", At: now, Action: forum.ActionKeep}}
	c.Preview = &forum.Preview{Told: true, Writer: "We looked again.", Measure: "You can read.", Reports: 1, Reporter: "Thank you.", Second: "Nobody is banned by one person alone."}
	return c
}

// keptPage is a case that somebody else took.
func keptPage() Case {
	c := casePage(nil, &Changed{Title: "What changed", Lines: []string{"Jo took this over at 22:04."}, Seen: []Segment{{Text: "A"}}, Now: []Segment{{Text: "B", Mark: MarkMatched}}, Signals: casePage(nil, nil).Signals[:1], Decisions: casePage(nil, nil).Decisions})
	c.CanClaim, c.CanTake, c.Item.Holder, c.Second = false, true, "Jo", true
	c.Faults = []Fault{{"why", "Please write a reason."}}
	c.Kept = &DecisionForm{Action: forum.ActionRemove, Reason: "C1", Message: "My words", Note: "A note", NotSure: true, FalseAlarm: true, Mentions: forum.Mentions{"mention_birth"}, Lines: []int{1}, Outcomes: map[int64]forum.Outcome{3: forum.OutcomeDuplicate}}
	return c
}

func casePage(form *DecisionForm, changed *Changed) Case {
	c := Case{
		Frame: frame(moderator, "/queue/41"), Item: queueItems()[0], Words: queueItems()[0].Words, Edited: true,
		Before: comments()[:1], After: comments()[1:3], Lines: []string{"I've said goodbye to my sister tonight.", "", "They'd all be better off."}, Topics: topics,
		Weak:     []CaseSignal{{Why: "Cannot sleep."}, {Why: "Feels alone."}},
		Consults: []forum.Consult{{Question: "Is this usual?", CreatedAt: ago(time.Hour)}, {Question: "And this?", Answer: "Yes.", CreatedAt: ago(time.Hour)}},
		Care:     []forum.CareRow{{CareMessage: forum.CareMessage{Side: forum.SideTeam, Body: "How are you?", CreatedAt: ago(time.Hour)}, ByName: "Sam"}, {CareMessage: forum.CareMessage{Side: forum.SideWriter, Body: "Better.", CreatedAt: now}}},
		CareForm: CareForm{Key: "c"},
		Choices:  []ActionGroup{{"Readers see it", []ActionChoice{{forum.ActionKeep, "1", false}, {forum.ActionNote, "2", false}}, false}, {"Readers see less", []ActionChoice{{forum.ActionRedact, "5", false}, {forum.ActionRemove, "8", true}}, true}},
		Signals: []CaseSignal{
			{Kind: forum.SignalFinding, Band: "P0", Category: "Mind", Rule: "burden", Why: "Says others would be better off without them.", Revision: 1, CreatedAt: ago(7 * time.Minute)},
			{Kind: forum.SignalFinding, Band: "P1", Category: "Body", Rule: "bleeding", Why: "Bleeding, said of last week.", Cancelled: true, Revision: 1, CreatedAt: ago(7 * time.Minute)},
			{Kind: forum.SignalReport, Band: "P0", Door: forum.DoorWorried, Why: "A reader is worried about this person.", By: "fern", Note: "She hasn't answered my message.", Revision: 2, CreatedAt: ago(2 * time.Minute)},
		},
		Past:      Past{Name: "hazel", Since: ago(21 * 24 * time.Hour), Posts: 6, Cases: 2, Recent: own, Measures: []forum.Measure{{Kind: forum.MeasureWarning, Reason: "C2", State: forum.MeasureStanding, StartsAt: ago(time.Hour), EndsAt: &soon}}, Earlier: []PastCase{{"/queue/3", "Nights", forum.ActionFold, "S2", ago(time.Hour), true}}},
		Decisions: []PastDecision{{Action: forum.ActionNote, Reason: "S1 Untagged sensitive mention", Message: "We put a note on your post.", Note: "Fine otherwise", By: "Jo", Revision: 1, CreatedAt: ago(9 * 24 * time.Hour)}},
		Reasons:   []ReasonChoice{{reasons[0], true}, {reasons[1], false}}, Form: form, CanClaim: true, Changed: changed,
	}
	if form == nil {
		c.Item.Mine, c.Item.Holder = false, ""
	}
	return c
}

var article = forum.Article{Slug: "back-to-work", Title: "Going back to work after a loss", Summary: "Fit notes, what to tell people, and the first morning.", Minutes: 4, Sources: []string{"NHS, Miscarriage: afterwards, 2025"}, LastReviewed: ago(200 * 24 * time.Hour), NextReview: now.Add(100 * 24 * time.Hour)}

// pages is every page by a name, with what it must bear.
func pages() []struct {
	Name string
	Page templ.Component
} {
	twenty := 22
	overdue := article
	overdue.NextReview, overdue.Guarded = ago(24*time.Hour), true
	homeFrame := frame(stranger, "/")
	homeFrame.Index, homeFrame.Description, homeFrame.Canonical = true, "A quiet place for parents whose baby has died.", "https://snowdrop.example/"
	demo := frame(moderator, "/")
	demo.Demo = true
	cards := make([]TopicCard, 0, len(topics))
	for i, t := range topics {
		c := TopicCard{Topic: t}
		if i%3 != 2 {
			c.Active = ago(time.Duration(i+1) * 5 * time.Hour)
		}
		cards = append(cards, c)
	}
	all := []struct {
		Name string
		Page templ.Component
	}{
		{"home", HomePage(Home{Frame: homeFrame, Topics: cards, Recent: threads[:2], Hours: hours})},
		{"home-demo", HomePage(Home{Frame: demo, Topics: cards, Recent: threads, Hours: hours})},
		{"topic", TopicPage(Topic{Frame: frame(stranger, "/topics/early-loss"), Topic: earlyLoss, Threads: threads, Older: "/topics/early-loss?after=3"})},
		{"topic-members", TopicPage(Topic{Frame: frame(willow, "/topics/stillbirth"), Topic: stillbirth, Newest: "/topics/stillbirth"})},
		{"search", SearchPage(Search{Frame: frame(stranger, "/search"), Topics: topics})},
		{"search-found", SearchPage(Search{Frame: frame(willow, "/search?q=work"), Query: "work", Topics: topics, Asked: true, Results: threads[:1]})},
		{"search-none", SearchPage(Search{Frame: frame(willow, "/search?q=zz"), Query: "zz", Topics: topics, Asked: true})},
		{"thread", ThreadPage(thread(stranger))},
		{"thread-member", ThreadPage(memberThread())},
		{"thread-later", ThreadPage(laterThread())},
		{"thread-gone", ThreadPage(goneThread())},
		{"new", NewThreadPage(newThread(willow, ThreadForm{Topic: "early-loss", Kind: forum.Question, Wants: forum.WantsMidwife}))},
		{"new-faults", NewThreadPage(newThread(willow, ThreadForm{Body: "Our baby died at Leeds General, call 07700 900123", Found: []string{"Leeds General", "07700 900123"}, Mentions: forum.Mentions{"mention_birth"}, Audience: forum.AudienceMembers, Draft: 9, Faults: []Fault{{"title", "Please give it a short heading."}, {"topic", "Please choose a topic."}, {"kind", "Please say what it is."}, {"wants", "Please say what would help."}, {"acknowledged", "There may be personal details in your words."}}}))},
		{"edit", EditPostPage(EditPost{Frame: frame(willow, "/posts/21/edit"), PostID: 21, Part: forum.PartOpening, State: forum.StateDraft, Asked: "Could you leave out the name of the ward?", Back: "/threads/1#post-21", Form: EditForm{Title: "My title", Body: "My words", Revision: 2}})},
		{"withdraw", WithdrawPage(Withdraw{Frame: frame(willow, "/posts/11/withdraw"), PostID: 11, Part: forum.PartOpening, Words: "<p>We lost our baby.</p>", Replies: 3, Back: "/threads/1"})},
		{"report", ReportPage(Report{Frame: frame(stranger, "/posts/15/report"), PostID: 15, Author: "hazel", Words: "<p>Some days I can't see the point.</p>", Back: "/threads/1#post-15"})},
		{"report-faults", ReportPage(Report{Frame: frame(willow, "/posts/15/report"), PostID: 15, Author: "hazel", Words: "<p>Words</p>", Back: "/threads/1", Door: forum.DoorRules, Faults: []Fault{{"reason", "Please choose how."}, {"", "Something about the whole."}}})},
		{"reported", ReportedPage(Reported{Frame: frame(willow, "/posts/15/report"), Door: forum.DoorWorried, Back: "/threads/1", Lines: []Helpline{samaritan}})},
		{"join", JoinPage(Join{Frame: frame(stranger, "/join"), Next: "/threads/1"})},
		{"join-faults", JoinPage(Join{Frame: frame(stranger, "/join"), Name: "x", Email: "no", Faults: []Fault{{"name", "Please choose a name of 2 to 40 characters."}, {"email", "Please check the address."}, {"password", "Please choose a longer one."}, {"adult", "Snowdrop is for people of 18 and older."}, {"consent", "We need your consent."}}})},
		{"sign-in", SignInPage(SignIn{Frame: frame(stranger, "/sign-in"), Kept: true, AskCode: true, Next: "/threads/1", Faults: []Fault{{"", "The address or the password isn’t right."}}})},
		{"set-password", SetPasswordPage(SetPassword{Frame: frame(stranger, "/link/x"), Action: "/link/x", Purpose: forum.LinkSetPassword, Name: "Ama"})},
		{"first-admin", SetPasswordPage(SetPassword{Frame: frame(stranger, "/link/x"), Action: "/link/x", Purpose: forum.LinkFirstAdmin})},
		{"dead-link", SetPasswordPage(SetPassword{Frame: frame(stranger, "/link/x"), Dead: true})},
		{"me", MePage(Me{Frame: frame(willow, "/me"), Posts: own, Drafts: 1, Since: ago(1000 * time.Hour)})},
		{"notices", NoticesPage(Notices{Frame: frame(willow, "/me/notices"), Notices: []forum.Notice{
			{Kind: forum.NoticeDecision, Title: "Could you change something in your post?", Body: "We read your post.\n\nCould you leave out the name of the ward?", Words: "My words.\n\nMore words.", Path: "/posts/21/edit", State: forum.NoticeUnread, CreatedAt: ago(time.Hour)},
			{Kind: forum.NoticeReply, Title: "Somebody replied to you", Path: "/threads/1", State: forum.NoticeRead, CreatedAt: ago(30 * time.Hour)},
		}})},
		{"drafts", DraftsPage(Drafts{Frame: frame(willow, "/me/drafts"), Drafts: []DraftLine{{ID: 4, Path: "/threads/new?draft=4", Where: "A new conversation", Words: "I wanted to ask…", UpdatedAt: ago(time.Hour), ExpiresAt: now.Add(700 * time.Hour)}}})},
		{"articles", ArticlesPage(Articles{Frame: frame(stranger, "/articles"), Articles: articles})},
		{"article", ArticlePage(Article{Frame: frame(stranger, "/articles/back-to-work"), Article: article, Body: "<p>There is no right time.</p><h2>Fit notes</h2><ul><li>Your GP can write one.</li><li>You don't have to say why.</li></ul><p>It can be as long as you need.</p>", More: articles[1:]})},
		{"article-guarded", ArticlePage(Article{Frame: frame(stranger, "/articles/trying"), Article: overdue, Body: "<p>Hidden</p>"})},
		{"help", HelpPage(Help{Frame: frame(stranger, "/help"), Weeks: &twenty, Cards: []CareCard{bodyCard, urgentCard, mindCard, supportCard}, Lines: lines, Local: []LocalService{{Area: "Northampton", Name: "Maternity unit", Phone: "01604 523529", When: "Day and night"}}})},
		{"queue", QueuePage(Queue{Frame: frame(moderator, "/queue"), Tabs: []Tab{{"All", "", "/queue", 1004, true}, {"P0", "Crisis", "/queue?band=P0", 1, false}, {"P1", "Urgent", "/queue?band=P1", 1, false}, {"P2", "Safety", "/queue?band=P2", 1, false}, {"P3", "Care", "/queue?band=P3", 0, false}, {"P4", "Routine", "/queue?band=P4", 1, false}}, Cases: queueItems(), More: "/queue?page=2", Held: []HeldCase{{ID: 41, Path: "/queue/41", Band: "P0", DecideBy: now.Add(8 * time.Minute)}}})},
		{"queue-empty", QueuePage(Queue{Frame: frame(moderator, "/queue")})},
		{"case", CasePage(casePage(&DecisionForm{Lease: "l", Version: 3, Revision: 2, Key: "k", Spoke: true}, nil))},
		{"case-lost", CasePage(casePage(&DecisionForm{Lease: "l", Version: 3, Revision: 2, Key: "k", Action: forum.ActionNote, Reason: "W1", Message: "We wanted to check how you are.", Faults: []Fault{{"mentions", "Please choose the content note to put on the post."}}}, &Changed{Title: "Nothing was decided", Ready: true, Lines: []string{"The writer changed their words at 22:04.", "Jo took this case at 22:06."}}))},
		{"case-appeal", CasePage(appealPage())},
		{"case-kept", CasePage(keptPage())},
		{"rest", RestPage(Shift{Frame: frame(moderator, "/queue/rest"), On: true, Cases: 40, Heavy: 8})},
		{"shift", ShiftPage(Shift{Frame: frame(moderator, "/queue/shift"), On: true, BeganAt: ago(3 * time.Hour), Cases: 12, Heavy: 3, Rest: true, Held: []HeldCase{{ID: 41, Path: "/queue/41", Band: "P0", DecideBy: now.Add(8 * time.Minute)}}, Faults: []Fault{{"note", "Too long."}}})},
		{"shift-paused", ShiftPage(Shift{Frame: frame(moderator, "/queue/shift"), Paused: true, BeganAt: ago(3 * time.Hour), Cases: 12, Lines: []Helpline{samaritan, shout}})},
		{"shift-ended", ShiftPage(Shift{Frame: frame(moderator, "/queue/shift"), Ended: true, Lines: []Helpline{samaritan}})},
		{"shifts", ShiftsPage(Shifts{Frame: frame(moderator, "/queue/shifts"), Since: ago(100 * time.Hour), Limit: forum.ShiftLimit{Cases: 40, Heavy: 8}, Trained: []string{"P0"}, Team: []forum.Actor{moderator, {ID: 4, Name: "Lea", Roles: []forum.Role{forum.RoleLead}}, {ID: 5, Name: "Tim", Trained: true}}, Load: []Load{{"Sam", 2, 30, 4}}, Rows: []forum.ShiftRow{{Shift: forum.Shift{State: forum.ShiftPaused, BeganAt: ago(time.Hour)}, PersonName: "Sam", Cases: 9, Heavy: 2}}})},
		{"sealed", SealedPage(Sealed{Frame: frame(moderator, "/queue/41/sealed"), CaseID: 41, Path: "/queue/41", Purposes: []string{"emergency", "lawful_request"}, Address: "a@example.org", Read: 2, Words: "Told the police.", Faults: []Fault{{"words", "Please write."}}, Notes: []forum.SealedNote{{ID: 1, ByID: 4, Kind: forum.SealedEmergency, State: forum.SealedProposed, CreatedAt: now}, {ID: 2, Kind: forum.SealedLawful, State: forum.SealedSigned, CreatedAt: now}}})},
		{"post-note", PostNotePage(PostNote{Frame: frame(moderator, "/posts/15/note"), PostID: 15, Author: "hazel", Words: "<p>Words</p>", Back: "/threads/1", Form: StaffNote{Words: "x", Band: "P2", Faults: []Fault{{"band", "Please choose."}, {"note", "Please write."}}}})},
		{"case-open", CasePage(casePage(nil, nil))},
		{"questions", QuestionsPage(Questions{Frame: frame(midwife, "/questions"), Hours: hours, Waiting: []Question{{ThreadLine: threads[2], Since: ago(51 * time.Hour)}, {ThreadLine: threads[0], Since: ago(40 * time.Minute)}}})},
		{"rules", RulesPage(rulesPage())},
		{"rules-faulty", RulesPage(Rules{Frame: frame(moderator, "/rules"), Faults: []Fault{{"text", "Please write the text."}}})},
		{"record", RecordPage(Record{Frame: frame(moderator, "/record"), Older: "/record?below=3", Entries: []forum.RecordRow{{RecordEntry: forum.RecordEntry{ID: 4, Action: "case.decided", Subject: "case", SubjectID: 41, Detail: "keep", CreatedAt: now, ActorID: &moderator.ID}, ActorName: "Sam"}, {RecordEntry: forum.RecordEntry{ID: 3, Action: "post.held", Subject: "post", SubjectID: 19, CreatedAt: now}}}})},
		{"safety", SafetyPage(Safety{Frame: frame(stranger, "/safety"), FirstPosts: 3, Hours: hours, Clocks: []BandClock{{"P0", forum.Clock{Look: 5 * time.Minute, Decide: 15 * time.Minute}}, {"P1", forum.Clock{Look: 30 * time.Minute, Decide: 2 * time.Hour}}}})},
		{"privacy", PrivacyPage(Privacy{Frame: frame(stranger, "/privacy"), Contact: "hello@snowdrop.example", Keeping: Keeping{Leave: 14 * 24 * time.Hour, Safety: 730 * 24 * time.Hour, Notices: 365 * 24 * time.Hour, Revisions: 365 * 24 * time.Hour, Devices: 365 * 24 * time.Hour, Reports: 365 * 24 * time.Hour}})},
		{"choices", ChoicesPage(Choices{Frame: frame(willow, "/me/choices"), Topics: []forum.Topic{earlyLoss}, Ties: []forum.TieRow{
			{Tie: forum.Tie{ID: 1, Kind: forum.TieMute, CreatedAt: now}, Name: "hazel"}, {Tie: forum.Tie{ID: 2, Kind: forum.TieKnow, CreatedAt: now}, Name: "birch"},
			{Tie: forum.Tie{ID: 3, Kind: forum.TieMute, ThreadID: 7, CreatedAt: now}, Name: forum.Unnamed},
		}, Faults: []Fault{{"alias", "Nobody here uses this name."}}, Alias: "hasel"})},
		{"know", KnowPage(Know{Frame: frame(willow, "/posts/3/know"), PostID: 3, Author: "hazel", Back: "/threads/1"})},
		{"rename", RenamePage(Rename{Frame: frame(willow, "/me/name"), Name: "Amy Beavis", Faults: []Fault{{"keep_name", "This looks like a full name."}}})},
		{"data", DataPage(DataForm{Frame: frame(willow, "/me/data"), Faults: []Fault{{"password", "This is not your present password."}}})},
		{"leave", DeparturePage(Departure{Frame: frame(willow, "/me/leave"), EndsAt: now, KeptUntil: now, Faults: []Fault{{"mode", "Please choose."}}})},
		{"leave-asked", DeparturePage(Departure{Frame: frame(willow, "/me/leave"), Leaving: true, Mode: forum.RemoveWords, EndsAt: now})},
		{"goodbye", GoodbyePage(Departure{Frame: frame(stranger, "/"), EndsAt: now})},
		{"accessibility", AccessibilityPage(Accessibility{Frame: frame(stranger, "/accessibility")})},
		{"leaving", LeavingPage(Leaving{Frame: frame(stranger, "/leaving")})},
	}
	for _, status := range []int{403, 404, 409, 413, 418, 429, 500, 503} {
		all = append(all, struct {
			Name string
			Page templ.Component
		}{"problem-" + thousands(status), ProblemPage(Problem{Frame: frame(stranger, "/threads/1"), Status: status, Safe: status == 429, Retry: time.Duration(status-418) * time.Second, RequestID: "abc", Words: map[bool]string{true: "My words"}[status == 409]})})
	}
	return all
}
