package site_test

import (
	"fmt"
	"strings"
	"testing"

	"snowdrop/internal/forum"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
	"snowdrop/moderation"
)

// A writer's post waits, is taken down and costs them the right to write; they
// are told why, ask again in one tap, and everything is taken back.
func TestJourneyOfAWriterWhoAsksAgain(t *testing.T) {
	t.Parallel()
	testkit.EachLong(t, func(t *testing.T, s *store.Store) {
		h := journeyHouse(t, s, harmless)
		mo, kim := h.Person("Mo", forum.RoleModerator), h.Person("Kim", forum.RoleModerator)
		lea, cy := h.Person("Lea", forum.RoleLead), h.Person("Cy", forum.RoleModerator)
		thread := h.Thread(h.Person("Bea", forum.RoleMember), nil)
		place := fmt.Sprintf("/threads/%d", thread.ThreadID)
		ned := h.Person("Ned", forum.RoleMember)

		writer := h.Browser().SignIn(ned).Size(360, 740).Visit(place)
		writer.Fill("Your words", "You should just get over it.\n\nThat is what they told me.").Press("Post reply").Answered(200)
		writer.SeesText("Only you can see this yet", "Your words are safe", "A person will have read it by").Accessible()
		stranger := h.Browser().Visit(place).DoesNotSee("get over it")
		writer.Visit("/me").SeesText("A moderator reads it first", "A person will have read it by").Accessible()
		post := postID(t, h, ned)

		decide(t, h, mo, kim, post, func(n *forum.NewDecision) {
			n.Action, n.Reason, n.Message = forum.ActionRemove, "C2", "It can hurt somebody who has just lost their baby."
			n.Measures = []forum.NewMeasure{{PersonID: ned.ID, Kind: forum.MeasureSuspension, Days: 7}}
		})
		writer.Visit("/").SeesText("You can read here, but not write, until", "You can still tell us when you’re worried").Press("Notices").SeesText("We have taken your post down", "It can hurt somebody").Accessible()
		writer.Press("Why, and what you can do now")
		writer.HasInView("article.decided").SeesText("We took your post down", "Which words", "It can hurt somebody", "A moderator, not a program.", "Ask somebody else to look again, until").Accessible()
		writer.Press("Your text is here").Holds("Your words, to keep or to copy", "You should just get over it.\n\nThat is what they told me.").Accessible()
		writer.Press("Ask somebody else to look again").Arrives("/me").SeesText("Thank you for asking", "You asked for another look", "writes to you by").Accessible()
		writer.Press("Add something, if you like").Accessible()
		writer.Fill("For whoever looks again", "I only told what was said to me.").Press("Add this").SeesText("You added:", "I only told what was said to me.").Accessible()
		writer.Visit(place).SeesText("not reply for now").FindsNo("form[data-keep]").Accessible()

		decide(t, h, lea, cy, post, func(n *forum.NewDecision) { n.Action = forum.ActionOverturn })
		writer.Visit("/me/notices").SeesText("You were right to ask, and we are sorry").Accessible()
		writer.Press("See it on your page").SeesText("Taken back", "This holds no more", "you were right to ask").DoesNotSee("but not write").Accessible()
		stranger.Visit(place).SeesText("That is what they told me.").Accessible()
		writer.Visit(place).SeesText("That is what they told me.").DoesNotSee("Only you can see this", "Taken down").Fill("Your words", "Thank you.").Press("Post reply").SeesText("Thank you.")
	})
}

func postID(t *testing.T, h *testkit.House, a forum.Actor) int64 {
	t.Helper()
	rows, err := h.Community.Mine(t.Context(), a)
	if err != nil || len(rows) == 0 {
		t.Fatalf("%d posts, %v", len(rows), err)
	}
	return rows[0].ID
}

// The team asks how somebody is. They answer, and see at once whom to call.
func TestJourneyOfCare(t *testing.T) {
	t.Parallel()
	h := journeyHouse(t, testkit.Open(t, "sqlite"), func(text string) moderation.Assessment {
		a := harmless(text)
		if strings.Contains(text, "not wake up") {
			a.Band, a.Mind, a.Disposition = moderation.P1, 2, moderation.Fold
		}
		return a
	})
	ned, mo := h.Person("Ned", forum.RoleMember), h.Person("Mo", forum.RoleModerator)
	post := h.Thread(ned, nil)
	worry(t, h, post.ID)
	decide(t, h, mo, mo, post.ID, func(n *forum.NewDecision) {
		n.Action, n.Reason, n.Message = forum.ActionReachOut, "W2", "We read your post.\n\nHow are you tonight?"
	})
	b := h.Browser().SignIn(ned).Size(360, 740).Visit("/me/notices").SeesText("How are you tonight?").Accessible()
	b.Press("Read it and write back").Arrives("/care/").SeesText("Only you and our team can read this", "Somebody from our team", "How are you tonight?").FindsNo("[data-care]").Accessible()
	b.Forget()
	b.Fill("Your words", "I would rather not wake up.").Press("Send to our team").Arrives("/sign-in").SeesText("Your words are safe")
	b.Fill("E-mail address", "Ned@example.org").Fill("Password", testkit.Password)
	b.In("main").Press("Sign in")
	b.Arrives("/care/").Holds("Your words", "I would rather not wake up.").Press("Send to our team")
	b.Arrives("/care/").SeesText("Your words are with our team", "Your answer is with us").HasInView("[data-care=urgent] h2").Accessible()
	b.Script(false).Visit(b.Path()).Fill("Your words", "I called them.").Press("Send to our team").SeesText("I called them.").Holds("Your words", "").Accessible()
}

// A moderator asks, a midwife answers; another one is a moment later.
func TestJourneyOfAConsult(t *testing.T) {
	t.Parallel()
	h := journeyHouse(t, testkit.Open(t, "sqlite"), harmless)
	mo := h.Person("Mo", forum.RoleModerator)
	kay, ivy := h.Person("Kay", forum.RoleMidwife), h.Person("Ivy", forum.RoleMidwife)
	post := h.Thread(h.Person("Bea", forum.RoleMember), func(n *forum.NewThread) { n.Body = "Stop the tablets at once.\n\n- all of them" })
	worry(t, h, post.ID)
	decide(t, h, mo, mo, post.ID, func(n *forum.NewDecision) { n.Action, n.Question = forum.ActionMidwife, "Is that safe to say?" })
	one := h.Browser().SignIn(kay).Visit("/me/notices").SeesText("A moderator asks for a midwife's eye").Press("See the question")
	one.Arrives("/questions").SeesText("Moderators ask", "Is that safe to say?", "Stop the tablets at once.", "Parents ask").Accessible()
	two := h.Browser().SignIn(ivy).Size(360, 740).Visit("/questions").Fill("What you think", "My other answer.")
	one.Fill("What you think", "No. Call the GP first.").Press("Send to the moderators").Arrives("/questions").SeesText("Thank you. The moderators have your answer.").DoesNotSee("Is that safe")
	two.Press("Send to the moderators").Answered(409).SeesText("Your words are safe", "Somebody else has answered this already").Holds("What you wrote, to keep or to copy", "My other answer.").Accessible()
	h.Browser().Visit("/openness").SeesText("Our moderation in numbers", "Nothing was decided in this month").Accessible().Press("Show this month").Arrives("/openness?month=").Accessible()
}
