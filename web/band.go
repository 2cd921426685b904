package web

import (
	"snowdrop/internal/forum"
)

// bandWords names a band for moderators.
func bandWords(band string) string {
	switch band {
	case "P0":
		return "Crisis"
	case "P1":
		return "Urgent"
	case "P2":
		return "Safety"
	case "P3":
		return "Care"
	case "P4":
		return "Routine"
	case "PA":
		return "Appeal"
	}
	return band
}

func bandMeans(band string) string {
	switch band {
	case "P0":
		return "Someone’s life may be at risk now"
	case "P1":
		return "Thoughts of suicide, urgent signs of the body, abuse"
	case "P2":
		return "Unkind posts, personal details, advice that could hurt"
	case "P3":
		return "Distress without danger, a missing content note"
	case "P4":
		return "A new member’s first posts, adverts"
	case "PA":
		return "Somebody asks for another look at what we decided"
	}
	return ""
}

// bandTone picks the colour of a band. The word stands beside it.
func bandTone(band string) string {
	switch band {
	case "P0":
		return "red"
	case "P1":
		return "amber"
	case "P2":
		return "plum"
	case "P3":
		return "leaf"
	}
	return ""
}

func actionChoice(a forum.Action) (label, hint string) {
	switch a {
	case forum.ActionKeep:
		return "Keep it", "Readers see it as it is."
	case forum.ActionNote:
		return "Keep it with a content note", "Readers see it with the note chosen below."
	case forum.ActionReachOut:
		return "Keep it and write to the writer", "Readers see it. Your message opens a conversation with the writer, apart from this decision."
	case forum.ActionRedact:
		return "Cover some lines", "Readers see the rest. The writer keeps the full text."
	case forum.ActionAskChange:
		return "Ask the writer to change something", "It goes back to them with all their words. Readers don’t see it until then."
	case forum.ActionFold:
		return "Fold it", "Readers open it with one tap."
	case forum.ActionHold:
		return "Hold it", "Only the writer and moderators see it. The case stays open."
	case forum.ActionRemove:
		return "Take it down", "Readers don’t see it any more. The writer keeps their words."
	case forum.ActionMove:
		return "Move the conversation", "It stands in another topic, whole."
	case forum.ActionLock:
		return "Close the conversation", "Everything stays. Nobody adds to it."
	case forum.ActionSlow:
		return "Slow the conversation down", "Each person can reply once an hour."
	case forum.ActionCorrect:
		return "Add a correction", "It stands with the post, in the name of the team."
	case forum.ActionMidwife:
		return "Ask a midwife", "The case waits for the answer. The post stays as it is."
	case forum.ActionSafeguarding:
		return "Ask a safeguarding lead", "The case waits for them. The post stays as it is."
	case forum.ActionEmergency:
		return "Tell somebody outside, because a life is at risk", "The post is held. Two people agree, then a lead acts."
	case forum.ActionUphold:
		return "What we decided stands", "Whoever asked gets your answer in writing."
	case forum.ActionOverturn:
		return "We were wrong", "Everything that was done is taken back, with an apology."
	}
	return string(a), ""
}

func actionWords(a forum.Action) string {
	switch a {
	case forum.ActionKeep:
		return "Kept"
	case forum.ActionNote:
		return "Kept with a content note"
	case forum.ActionReachOut:
		return "Kept, and wrote to the writer"
	case forum.ActionRedact:
		return "Covered some lines"
	case forum.ActionAskChange:
		return "Asked the writer to change something"
	case forum.ActionFold:
		return "Folded"
	case forum.ActionHold:
		return "Held"
	case forum.ActionRemove:
		return "Taken down"
	case forum.ActionMove:
		return "Moved to another topic"
	case forum.ActionLock:
		return "Closed the conversation"
	case forum.ActionSlow:
		return "Slowed the conversation down"
	case forum.ActionCorrect:
		return "Added a correction"
	case forum.ActionMidwife:
		return "Asked a midwife"
	case forum.ActionSafeguarding:
		return "Asked a safeguarding lead"
	case forum.ActionEmergency:
		return "Told somebody outside"
	case forum.ActionUphold:
		return "Looked again: it stands"
	case forum.ActionOverturn:
		return "Looked again: taken back"
	}
	return string(a)
}

func signalWords(s CaseSignal) string {
	switch s.Kind {
	case forum.SignalReport:
		if s.Door == forum.DoorWorried {
			return "Somebody is worried"
		}
		return "Reported"
	case forum.SignalFinding:
		if s.Cancelled {
			return "Found, then cleared by its context"
		}
		return "Found by triage"
	case forum.SignalHold:
		return "Held by a rule"
	case forum.SignalEdit:
		return "Changed by the writer"
	case forum.SignalNote:
		return "A note by the team"
	case forum.SignalCare:
		return "The writer answered"
	case forum.SignalAppeal:
		return "Somebody asks for another look"
	}
	return string(s.Kind)
}

// BandWords names a band for the tabs of the queue.
func BandWords(b string) string { return bandWords(b) }
