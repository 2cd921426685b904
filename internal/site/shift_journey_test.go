package site_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"snowdrop/internal/forum"
	"snowdrop/internal/testkit"
)

// reported has somebody write a comment and somebody else report it, and says
// where its case is.
func reported(t *testing.T, h *testkit.House, thread forum.Post, writer, reporter forum.Actor, words string) string {
	t.Helper()
	p := h.Comment(writer, forum.NewComment{ThreadID: thread.ThreadID, Body: words})
	if _, err := h.Community.Report(t.Context(), reporter, forum.NewReport{PostID: p.ID, Door: forum.DoorRules, Reason: "unkind"}); err != nil {
		t.Fatal(err)
	}
	k, err := h.Store.CaseOfPost(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("/queue/%d", k.ID)
}

// Two at once: one is told while they type, nothing moves, and nothing typed is
// lost; an edit while the case is claimed is shown side by side.
func TestJourneyOfTwoModerators(t *testing.T) {
	t.Parallel()
	h := journeyHouse(t, testkit.Open(t, "sqlite"), harmless)
	bea, cal := h.Person("Bea", forum.RoleMember), h.Person("Cal", forum.RoleMember)
	path := reported(t, h, h.Thread(bea, nil), cal, bea, "My sister had it much worse.")
	mo := h.Browser().SignIn(h.Person("Mo", forum.RoleModerator)).Visit("/queue")
	ana := h.Browser().SignIn(h.Person("Ana", forum.RoleModerator)).Visit("/queue")
	mo.In(".serve").Press("Next case")
	mo.Arrives(path).SeesText("You have this case until", "Not this one for me", "I need five minutes").Accessible()
	ana.In("[data-case]").SeesText("Mo has this case.") // by itself
	mo.Choose("Take it down").Choose("C2").Fill("Message to the writer", "Words that took me long.").Fill("Note for moderators", "Second time.")

	// The writer changes their words while Mo types.
	writer := h.Browser().SignIn(cal).Visit("/threads/1").Press("Edit your words")
	writer.Fill("Your words", "My sister had it just as hard.").Press("Save changes")
	mo.SeesText("The writer changed their words").Holds("Message to the writer", "Words that took me long.")
	mo.Press("Decide").Answered(409).SeesText("What you saw", "much worse", "What stands there now", "just as hard", "ready to send again")
	mo.Holds("Message to the writer", "Words that took me long.").Accessible()

	// Ana takes it over; Mo's page learns of it and keeps every word.
	ana.Visit(path).SeesText("Mo has this case").Accessible().Fill("Why you take it over", "Mo went to bed.").Press("Take it over").SeesText("You have this case until")
	mo.SeesText("Ana took this over at", "What you typed is kept").Holds("Message to the writer", "Words that took me long.").Accessible()
	mo.Press("Show what changed").SeesText("Mo went to bed.").Holds("Your message to the writer", "Words that took me long.").Holds("Your note for the team", "Second time.").Accessible()
	ana.Choose("Keep it").Press("Decide").Arrives("/queue").SeesText("Decided.")
	mo.Visit(path).SeesText("Earlier decisions", "Kept").Accessible()
}

// What an open page looks up by itself takes no sentence from the page that its
// reader is on the way to.
func TestJourneyOfADecisionThatItsPageHearsOf(t *testing.T) {
	t.Parallel()
	h := journeyHouse(t, testkit.Open(t, "sqlite"), harmless)
	bea, cal := h.Person("Bea", forum.RoleMember), h.Person("Cal", forum.RoleMember)
	path := reported(t, h, h.Thread(bea, nil), cal, bea, "It was the same for my sister.")
	mo := h.Browser().SignIn(h.Person("Mo", forum.RoleModerator)).Visit(path).Press("Take this case").Choose("Keep it")
	looked := make(chan struct{})
	told := sync.OnceFunc(func() { close(looked) })
	h.Around(func(w http.ResponseWriter, r *http.Request, site http.Handler) {
		if r.URL.Path == "/queue" && r.Header.Get("Sec-Fetch-Dest") == "document" {
			select { // the page hears of the decision before the next one is there
			case <-looked:
			case <-r.Context().Done():
			}
		}
		site.ServeHTTP(w, r)
		if strings.HasSuffix(r.URL.Path, "/look") {
			told()
		}
	})
	mo.Press("Decide").Arrives("/queue").SeesText("Decided.")
}

// What changes while a page is on its way to somebody, it shows all the same.
func TestJourneyOfAChangeBeforeThePageListens(t *testing.T) {
	t.Parallel()
	h := journeyHouse(t, testkit.Open(t, "sqlite"), harmless)
	bea, cal, mo := h.Person("Bea", forum.RoleMember), h.Person("Cal", forum.RoleMember), h.Person("Mo", forum.RoleModerator)
	reported(t, h, h.Thread(bea, nil), cal, bea, "It was the same for my sister.")
	changed := make(chan struct{})
	h.Around(func(w http.ResponseWriter, r *http.Request, site http.Handler) {
		if r.URL.Path == "/queue/live" {
			select {
			case <-changed:
			case <-r.Context().Done():
			}
		}
		site.ServeHTTP(w, r)
	})
	ana := h.Browser().SignIn(h.Person("Ana", forum.RoleModerator)).Visit("/queue").SeesText("Take this case")
	if err := h.Community.Claim(t.Context(), mo, 1); err != nil {
		t.Fatal(err)
	}
	close(changed)
	ana.In("[data-case]").SeesText("Mo has this case.")
}

// A decision that needs two: the second one sees nothing of the first.
func TestJourneyOfASecondSigner(t *testing.T) {
	t.Parallel()
	h := journeyHouse(t, testkit.Open(t, "sqlite"), harmless)
	bea, cal := h.Person("Bea", forum.RoleMember), h.Person("Cal", forum.RoleMember)
	path := reported(t, h, h.Thread(bea, nil), cal, bea, "I am a midwife, and you are wrong.")
	mo := h.Browser().SignIn(h.Person("Maxim", forum.RoleModerator)).Visit("/queue")
	mo.In(".serve").Press("Next case")
	mo.Choose("Take it down").Choose("C5").SeesText("This may need a second person").Press("Show what people will read")
	mo.SeesText("What people will read", "This reason asks for a second person").Accessible()
	mo.Press("Decide").Arrives("/queue").SeesText("Somebody else on the team decides too")

	ana := h.Browser().SignIn(h.Person("Ana", forum.RoleModerator)).Visit("/queue").SeesText("Waits for a second person")
	ana.In(".serve").Press("Next case")
	ana.Arrives(path).SeesText("You are the second person").Accessible()
	ana.In(".decide").DoesNotSee("Maxim")
	ana.Choose("Take it down").Choose("C5").Press("Decide").Arrives("/queue").SeesText("Decided.")
	h.Browser().SignIn(cal).Visit("/me/notices").SeesText("We have taken your post down").DoesNotSee("Maxim", "Ana")
	mo.Visit(path).SeesText("Two people agreed.")
}

// An appeal is answered by somebody else, and what was wrong is taken back.
func TestJourneyOfAnAppeal(t *testing.T) {
	t.Parallel()
	h := journeyHouse(t, testkit.Open(t, "sqlite"), harmless)
	bea, cal := h.Person("Bea", forum.RoleMember), h.Person("Cal", forum.RoleMember)
	path := reported(t, h, h.Thread(bea, nil), cal, bea, "It was the same for my sister.")
	mo := h.Browser().SignIn(h.Person("Mo", forum.RoleModerator)).Visit(path).Press("Take this case")
	mo.Choose("Take it down").Choose("C2").Press("Does it mean something for the writer?").Choose("Read only").Fill("Days", "7").Press("Decide").Arrives("/queue")
	list, err := h.Store.Decisions(t.Context(), 1)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d decisions: %v", len(list), err)
	}
	if _, err := h.Community.Appeal(t.Context(), cal, list[0].ID, "I meant it kindly."); err != nil {
		t.Fatal(err)
	}
	mo.Visit(path).SeesText("Somebody asked for another look at what you decided", "I meant it kindly.").Accessible()
	ana := h.Browser().SignIn(h.Person("Ana", forum.RoleModerator)).Visit("/queue").SeesText("Appeal")
	ana.In(".serve").Press("Next case")
	ana.Arrives(path).SeesText("Answer the appeal", "What was decided", "What they say", "I meant it kindly.", "Read only, C2").Accessible()
	ana.Choose("We were wrong").Fill("Your answer to the writer", "You were right to ask. We are sorry.").Press("Decide").Arrives("/queue")
	h.Browser().SignIn(cal).Visit("/me/notices").SeesText("You were right to ask. We are sorry.")
	h.Browser().Visit("/threads/1").SeesText("It was the same for my sister.")
}

// A whole small shift with the keys alone: three cases, a rest, a hand-over and
// the end.
func TestJourneyOfAShiftByKeyboard(t *testing.T) {
	t.Parallel()
	h := journeyHouse(t, testkit.Open(t, "sqlite"), harmless)
	bea, cal := h.Person("Bea", forum.RoleMember), h.Person("Cal", forum.RoleMember)
	thread := h.Thread(bea, nil)
	for _, words := range []string{"The first reply.", "The second reply.", "The third reply.", "The fourth reply."} {
		reported(t, h, thread, cal, bea, words)
	}
	b := h.Browser().SignIn(h.Person("Mo", forum.RoleModerator)).Visit("/queue")
	b.Press("?").SeesText("They rest while you type").Accessible().Press("Escape")
	b.Press("n").Arrives("/queue/1").SeesText("The first reply.")
	b.Press("1").Press("o").Type("n 8 d p: none of these fires while somebody types")
	b.Holds("Note for moderators", "n 8 d p: none of these fires while somebody types")
	b.Press("Escape").TabTo("I am not sure").Press("d").Press("Enter").Arrives("/queue").SeesText("Decided.")

	b.Press("n").Arrives("/queue/2").Press("8").Press("r").Press("C").Press("2").TabTo("Decide").Press("v").SeesText("What people will read").Press("d").Press("Enter").Arrives("/queue").SeesText("Decided.")

	b.Press("n").Arrives("/queue/3").Press("p").Arrives("/queue").SeesText("Somebody else looks at that one").Arrives("/queue")
	b.Press("n").Arrives("/queue/4").Press("b").Arrives("/queue/shift").SeesText("Take your time").Accessible()
	b.Press("n").Arrives("/queue/4").Press("q").Arrives("/queue").SeesText("You hold 1 case")
	b.TabTo("Your shift").Press("Enter").Arrives("/queue/shift").TabTo("For whoever is next").Type("Number four reads worse than it is.").TabTo("End my shift").Press("Enter")
	b.Arrives("/queue/shift").SeesText("Thank you", "Before you go").Accessible()
	if list, err := h.Store.Decisions(t.Context(), 2); err != nil || len(list) != 1 || list[0].Action != forum.ActionRemove || list[0].Reason != "C2" {
		t.Errorf("the second case: %+v, %v", list, err)
	}
	lead := h.Browser().SignIn(h.Person("Lea", forum.RoleLead)).Visit("/queue/4").SeesText("Number four reads worse than it is.")
	lead.Visit("/queue/shifts").SeesText("Mo", "4 cases", "Over").Accessible()
}

// The desk works without scripts, and on a phone.
func TestJourneyOfADeskWithoutScript(t *testing.T) {
	t.Parallel()
	h := journeyHouse(t, testkit.Open(t, "sqlite"), harmless)
	bea, cal := h.Person("Bea", forum.RoleMember), h.Person("Cal", forum.RoleMember)
	reported(t, h, h.Thread(bea, nil), cal, bea, "One line.\nA name on a line.")
	b := h.Browser().Script(false).Size(360, 740).SignIn(h.Person("Mo", forum.RoleModerator)).Visit("/queue")
	b.In(".serve").Press("Next case")
	b.Arrives("/queue/1").Choose("Cover some lines").Choose("A name on a line.").Choose("P2").Press("Show what people will read").SeesText("What people will read").Accessible()
	b.Press("Write to Cal").Fill("A few words to them", "Thinking of you.").Press("Send these words").SeesText("Mo, for the team", "Thinking of you.")
	b.Press("Decide").Arrives("/queue").SeesText("Decided.").Accessible()
	h.Browser().Visit("/threads/1").SeesText("One line.", "has covered this line").DoesNotSee("A name on a line")
}
