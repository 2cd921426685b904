package site_test

import (
	"fmt"
	"testing"

	"snowdrop/internal/forum"
	"snowdrop/internal/testkit"
	"snowdrop/moderation"
)

// A reader hides what hurts today, looks once, mutes somebody, keeps their words
// from somebody they know, and has the site say their baby's name; all without
// JavaScript.
func TestJourneyOfChoices(t *testing.T) {
	t.Parallel()
	h := journeyHouse(t, testkit.Open(t, "sqlite"), harmless)
	bea, gil := h.Person("Bea", forum.RoleMember), h.Person("Gil", forum.RoleMember)
	h.Thread(bea, func(n *forum.NewThread) {
		n.Title, n.Mentions = "The picture from twelve weeks", forum.Mentions{moderation.TagMentionScan}
	})
	plain := h.Thread(gil, func(n *forum.NewThread) { n.Title = "Back at work" })
	loud := h.Comment(bea, forum.NewComment{ThreadID: plain.ThreadID, Body: "At least you were not far along."})
	b := h.Browser().Script(false).SignIn(gil).Size(360, 800)
	b.Visit("/me").Press("Your choices: what you meet here, people and words").Accessible()
	b.In("fieldset:nth-of-type(4)").Choose("Hide")
	b.Press("Save these choices").SeesText("Saved.").Accessible()
	b.Visit("/").DoesNotSee("The picture from twelve weeks").SeesText("One post is hidden by your choices.").Accessible()
	b.Press("Show it folded").SeesText("This mentions a scan.").DoesNotSee("The picture from twelve weeks").Accessible()
	b.Press("This mentions a scan. Open it").SeesText("The picture from twelve weeks")

	b.Visit(fmt.Sprintf("/threads/%d", plain.ThreadID)).SeesText("At least you")
	b.In(fmt.Sprintf("#post-%d", loud.ID)).Press("More about Bea")
	b.Accessible()
	b.In(fmt.Sprintf("#post-%d", loud.ID)).Press("Mute this person")
	b.SeesText("They’re not told.", "A post by someone you muted.").DoesNotSee("At least you").Accessible()

	b.Visit("/me/choices").Fill("The name they use here", "Bea").Press("Keep my posts from them").SeesText("Bea, whom you know")
	b.Fill("Your baby", "Rowan").Press("Save these words").SeesText("This is about Rowan").Accessible()
	b.Size(1280, 900).Dark(true).Visit("/me/choices").Accessible()
	b.SignIn(bea).Visit(fmt.Sprintf("/threads/%d", plain.ThreadID)).Answered(404)
}
