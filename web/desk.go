package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"snowdrop/internal/forum"
)

// countWords says how many cases there are; beyond a number nobody needs it
// exactly.
func countWords(n int) string {
	if n >= forum.CountMost {
		return thousands(forum.CountMost) + "+"
	}
	return thousands(n)
}

// waitWords says whom a case waits for.
func waitWords(w forum.WaitFor) string {
	switch w {
	case forum.WaitAuthor:
		return "Waits for the writer"
	case forum.WaitTeam:
		return "Waits for the team to come back to it"
	case forum.WaitMidwife:
		return "Waits for a midwife"
	case forum.WaitSafeguarding:
		return "Waits for a safeguarding lead"
	case forum.WaitSecond:
		return "Waits for a second person"
	case forum.WaitLead:
		return "Two differ: waits for a lead"
	}
	return ""
}

// outcomeWords says what became of a signal.
func outcomeWords(o forum.Outcome) string {
	switch o {
	case forum.OutcomeActed:
		return "Acted on"
	case forum.OutcomeKept:
		return "Looked at"
	case forum.OutcomeCare:
		return "Somebody looks after the writer"
	case forum.OutcomeDuplicate:
		return "Says the same as another"
	case forum.OutcomeMisuse:
		return "Misuse of reports"
	case forum.OutcomeFalseAlarm:
		return "A false alarm"
	}
	return ""
}

// measureWords names a measure.
func measureWords(k forum.MeasureKind) string {
	switch k {
	case forum.MeasureNote:
		return "A word in private"
	case forum.MeasureStrike:
		return "Counted"
	case forum.MeasureWarning:
		return "A warning"
	case forum.MeasureReadOnly:
		return "Read only"
	case forum.MeasureSuspension:
		return "Suspended"
	case forum.MeasureBan:
		return "Banned"
	}
	return string(k)
}

// ladder is the measures to choose from, mildest first.
var ladder = []struct {
	Kind        forum.MeasureKind
	Label, Days string
}{
	{forum.MeasureNote, "A word in private", ""},
	{forum.MeasureWarning, "A warning", ""},
	{forum.MeasureReadOnly, "Read only", "1 to 30 days"},
	{forum.MeasureSuspension, "Suspend", "1 to 90 days"},
	{forum.MeasureBan, "Ban", "0 days: no end"},
}

func ladderLabel(label, days string) string {
	if days == "" {
		return label
	}
	return label + " (" + days + ")"
}

// measureChosen says a measure as somebody chose it.
func measureChosen(m forum.NewMeasure) string {
	if m.Days == 0 {
		return measureWords(m.Kind)
	}
	return measureWords(m.Kind) + ", " + several(m.Days, "day")
}

// pastMeasure says what stands or stood on a person.
func pastMeasure(m forum.Measure, now time.Time) string {
	line := measureWords(m.Kind) + ", " + m.Reason + ", " + day(m.StartsAt)
	switch {
	case m.State == forum.MeasureReversed:
		return line + ". Taken back."
	case m.EndsAt == nil:
		return line + ". No end."
	case m.EndsAt.After(now):
		return line + ". Until " + day(*m.EndsAt) + "."
	}
	return line + ". Over."
}

func hasLine(lines []int, n int) bool { return slices.Contains(lines, n) }

func outcomeField(id int64) string { return fmt.Sprintf("outcome_%d", id) }

func number64(n int64) string { return strconv.FormatInt(n, 10) }

// openReports lists the reports that still wait for an outcome.
func openReports(all []CaseSignal) []CaseSignal {
	var list []CaseSignal
	for _, s := range all {
		if s.Kind == forum.SignalReport && (s.Outcome == forum.OutcomeOpen || s.Outcome == "") {
			list = append(list, s)
		}
	}
	return list
}

// weakWords says many small signs as one line.
func weakWords(weak []CaseSignal) string {
	var whys []string
	for _, s := range weak {
		if !slices.Contains(whys, s.Why) {
			whys = append(whys, s.Why)
		}
	}
	if len(whys) == 1 {
		return whys[0]
	}
	return fmt.Sprintf("%s small signs, which count only together", capital(number(len(whys))))
}

func weakList(weak []CaseSignal) []string {
	var whys []string
	for _, s := range weak {
		if !slices.Contains(whys, s.Why) {
			whys = append(whys, s.Why)
		}
	}
	return whys
}

// shiftState says where a shift is.
func shiftState(s forum.ShiftRow) string {
	switch s.State {
	case forum.ShiftOn:
		return "At it"
	case forum.ShiftPaused:
		return "Having a rest"
	}
	return "Over"
}

// lineWords is a line of a post that can be covered, or what stands for an empty
// one.
func lineWords(line string) string {
	if r := []rune(line); len(r) > 160 {
		return string(r[:160]) + " …"
	}
	return line
}

// actionLabel is an action as it is offered.
func actionLabel(a forum.Action) string {
	label, _ := actionChoice(a)
	return label
}

// choices lists what was chosen in a form, by field, without what was written.
func choices(d DecisionForm) [][2]string {
	all := [][2]string{
		{"version", number64(d.Version)}, {"revision", strconv.Itoa(d.Revision)}, {"key", d.Key}, {"action", string(d.Action)}, {"reason", d.Reason},
		{"topic", d.Topic}, {"measures", d.Measure}, {"days", d.Days}, {"misuse", d.Misuse}, {"misuse_days", d.MisuseDays},
	}
	for _, m := range d.Mentions {
		all = append(all, [2]string{"mentions", string(m)})
	}
	for _, n := range d.Lines {
		all = append(all, [2]string{"lines", "line-" + strconv.Itoa(n)})
	}
	for id, o := range d.Outcomes {
		all = append(all, [2]string{outcomeField(id), string(o)})
	}
	if d.FalseAlarm {
		all = append(all, [2]string{"false_alarm", "1"})
	}
	if d.NotSure {
		all = append(all, [2]string{"not_sure", "1"})
	}
	slices.SortFunc(all, func(a, b [2]string) int { return strings.Compare(a[0]+a[1], b[0]+b[1]) })
	return all
}

// caseMark is the mark of the case as the page shows it: what the stream sends
// when something changes.
func caseMark(p Case) string {
	mine := 0
	if p.Item.Mine {
		mine = 1
	}
	return fmt.Sprintf("%d %d %d %d", p.Item.ID, p.Item.Version, p.Item.Revision, mine)
}

// leaseLasts is how long a lease lasts without a sign of life, in seconds.
func leaseLasts(c QueueItem) string {
	if c.Band == "P0" {
		return strconv.Itoa(int(forum.CrisisLeaseTime / time.Second))
	}
	return strconv.Itoa(int(forum.LeaseTime / time.Second))
}

// leaseEvery is how often the page renews it: often enough that two signs of life
// may go astray.
func leaseEvery(c QueueItem) string {
	if c.Band == "P0" {
		return "45"
	}
	return "120"
}

// chosenIn says whether an action of this group is chosen.
func chosenIn(g ActionGroup, a forum.Action) bool {
	return slices.ContainsFunc(g.Actions, func(c ActionChoice) bool { return c.Action == a })
}

// rulesVersions lists the versions of the rules that found something.
func rulesVersions(lists ...[]CaseSignal) string {
	var all []string
	for _, l := range lists {
		for _, s := range l {
			if s.Rules != "" && !slices.Contains(all, s.Rules) {
				all = append(all, s.Rules)
			}
		}
	}
	return list(all)
}

// reportLabel names one report of several.
func reportLabel(n int, by string) string {
	if by == "" {
		return fmt.Sprintf("Report %d, by somebody without an account", n)
	}
	return fmt.Sprintf("Report %d, by %s", n, by)
}

// sealedWords says what a sealed note is about.
func sealedWords(k forum.SealedKind) string {
	if k == forum.SealedLawful {
		return "A court or an authority asked"
	}
	return "Somebody outside was told, because a life was at risk"
}

// sealedWhy says why something sealed is read.
func sealedWhy(p string) string {
	switch p {
	case "emergency":
		return "An emergency"
	case "request":
		return "A lawful request"
	case "review":
		return "To check what was done"
	}
	return capital(p)
}
