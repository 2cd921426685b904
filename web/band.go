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
	case forum.ActionAskChange:
		return "Ask the writer to change something", "It goes back to them with all their words. Readers don’t see it until then."
	case forum.ActionHold:
		return "Hold it", "Only the writer and moderators see it. The case stays open."
	case forum.ActionRemove:
		return "Take it down", "Readers don’t see it any more. The writer keeps their words."
	}
	return string(a), ""
}

func actionWords(a forum.Action) string {
	switch a {
	case forum.ActionKeep:
		return "Kept"
	case forum.ActionNote:
		return "Kept with a content note"
	case forum.ActionAskChange:
		return "Asked the writer to change something"
	case forum.ActionHold:
		return "Held"
	case forum.ActionRemove:
		return "Taken down"
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
	}
	return string(s.Kind)
}
