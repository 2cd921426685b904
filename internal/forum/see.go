package forum

import "slices"

// CanSee says whether the actor may read the post, which stands in thread t.
// It is the one rule; internal/store holds the same rule as a query scope, and a
// test over actors and states holds the two against each other.
//
//   - A members' thread, or a thread in a members' topic, is for people who are
//     signed in.
//   - Readers see public and folded posts.
//   - The writer sees their own post in every state: words are never lost to
//     the one who wrote them.
//   - Moderators see every state.
//   - Somebody who is known from life (see [Tie]) sees nothing that the one who
//     said so wrote as a parent, nor others' words in a thread which that one began.
//     What is written as a midwife is the team's work, and stays.
//   - A comment is read only in a thread whose opening readers see, or was
//     withdrawn by its writer: taking back one's own words does not erase other
//     people's.
func CanSee(a Actor, ts Topics, t Thread, p Post) bool {
	if !mayEnter(a, ts, t) {
		return false
	}
	if a.Moderates() || a.SignedIn() && p.AuthorID == a.ID {
		return true
	}
	if a.barred(t.AuthorID) || p.Capacity != AsMidwife && a.barred(p.AuthorID) {
		return false
	}
	if !p.State.Shown() {
		return false
	}
	return p.Part == PartOpening || t.State.Shown() || t.State == StateWithdrawn || a.SignedIn() && t.AuthorID == a.ID
}

// CanSeeThread says whether the actor may open the thread's page: they may see
// its opening, or its opening was withdrawn and comments remain.
func CanSeeThread(a Actor, ts Topics, t Thread) bool {
	if !mayEnter(a, ts, t) {
		return false
	}
	if a.Moderates() || a.SignedIn() && t.AuthorID == a.ID {
		return true
	}
	return !a.barred(t.AuthorID) && (t.State.Shown() || t.State == StateWithdrawn && t.Comments > 0)
}

// barred says whether somebody knows the actor from life.
func (a Actor) barred(by int64) bool { return slices.Contains(a.Ties.KnownBy, by) }

func mayEnter(a Actor, ts Topics, t Thread) bool {
	if a.SignedIn() {
		return true
	}
	topic, known := ts.Find(t.Topic)
	return known && topic.Audience == AudiencePublic && t.Audience == AudiencePublic
}
