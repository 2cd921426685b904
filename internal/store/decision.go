package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"snowdrop/internal/forum"
)

var (
	signalRow   = columns[forum.Signal]("s") + ", COALESCE(a.name, '') AS person_name"
	decisionRow = columns[forum.Decision]("d") + ", a.name AS by_name"
)

// AddSignals stores signals in the order given.
func (s *Store) AddSignals(ctx context.Context, list []forum.Signal) error {
	if len(list) == 0 {
		return nil
	}
	return fault("add signals", s.on(ctx).Create(&list).Error)
}

// Signals lists a case's signals with their reporters' names, oldest first.
func (s *Store) Signals(ctx context.Context, caseID int64) ([]forum.SignalRow, error) {
	var list []forum.SignalRow
	err := s.on(ctx).Table("signals AS s").Select(signalRow).
		Joins("LEFT JOIN people a ON a.id = s.person_id").
		Where("s.case_id = ?", caseID).Order("s.id").Find(&list).Error
	return list, fault("list signals", err)
}

// AddDecision stores d and gives it its ID. When it is taken the transaction
// goes on: the caller may look up whose it was.
func (s *Store) AddDecision(ctx context.Context, d *forum.Decision) error {
	return must("add a decision", s.on(ctx).Clauses(nothing).Create(d), forum.ErrTaken)
}

// DecisionByKey finds the decision that a form made.
func (s *Store) DecisionByKey(ctx context.Context, caseID int64, key string) (forum.Decision, error) {
	var d forum.Decision
	err := s.on(ctx).Where("case_id = ? AND key = ?", caseID, key).Take(&d).Error
	return d, fault("find a decision", err)
}

// Decisions lists a case's decisions with their makers' names, oldest first.
func (s *Store) Decisions(ctx context.Context, caseID int64) ([]forum.DecisionRow, error) {
	var list []forum.DecisionRow
	err := s.on(ctx).Table("decisions AS d").Select(decisionRow).
		Joins("JOIN people a ON a.id = d.by_id").
		Where("d.case_id = ?", caseID).Order("d.id").Find(&list).Error
	return list, fault("list decisions", err)
}

// SettleSignal gives an open signal its outcome.
func (s *Store) SettleSignal(ctx context.Context, id int64, o forum.Outcome, decisionID int64, now time.Time) error {
	return must("settle a signal", s.on(ctx).Model(&forum.Signal{}).Where("id = ? AND outcome = 'open'", id).
		UpdateColumns(map[string]any{"outcome": o, "outcome_at": micro(now), "decision_id": decisionID}), forum.ErrLost)
}

// ReverseDecision marks a decision and its measures as taken back.
func (s *Store) ReverseDecision(ctx context.Context, id int64) error {
	err := s.on(ctx).Model(&forum.Decision{}).Where("id = ?", id).UpdateColumn("state", forum.DecisionReversed).Error
	if err == nil {
		err = s.on(ctx).Model(&forum.Measure{}).Where("decision_id = ?", id).UpdateColumn("state", forum.MeasureReversed).Error
	}
	return fault("take a decision back", err)
}

// CountActed counts standing decisions on a person's posts for a reason.
func (s *Store) CountActed(ctx context.Context, personID int64, reason string, without int64) (int, error) {
	var n int64
	err := s.on(ctx).Table("decisions AS d").Joins("JOIN cases c ON c.id = d.case_id").Joins("JOIN posts p ON p.id = c.post_id").
		Where("p.author_id = ? AND d.reason = ? AND d.state = 'standing' AND d.action IN ('redact', 'ask_change', 'remove') AND c.id <> ?", personID, reason, without).
		Count(&n).Error
	return int(n), fault("count decisions about a person", err)
}

// DecisionsAbout lists the decisions that a person was told of: on posts of
// theirs with a notice, and those with a measure on them.
func (s *Store) DecisionsAbout(ctx context.Context, personID int64) ([]forum.MyDecision, error) {
	var rows []struct {
		forum.Decision
		PostID   int64
		ThreadID int64
		Title    string
		AuthorID int64
		Then     string
		After    string
	}
	const wording = "CASE WHEN p.revision = d.revision + %d THEN p.body ELSE COALESCE((SELECT v.body FROM revisions v WHERE v.post_id = p.id AND v.number = d.revision + %[1]d), '') END"
	err := s.on(ctx).Table("decisions AS d").
		Select(columns[forum.Decision]("d")+`, p.id AS post_id, p.thread_id, t.title, p.author_id, `+
			fmt.Sprintf(wording, 0)+` AS "then", `+fmt.Sprintf(wording, 1)+` AS "after"`).
		Joins("JOIN cases c ON c.id = d.case_id").Joins("JOIN posts p ON p.id = c.post_id").Joins("JOIN threads t ON t.id = p.thread_id").
		Where("(p.author_id = ? AND EXISTS (SELECT 1 FROM notices n WHERE n.key = 'decision:' || d.id AND n.person_id = p.author_id) OR EXISTS (SELECT 1 FROM measures m WHERE m.decision_id = d.id AND m.person_id = ?))", personID, personID).
		Order("d.id DESC").Limit(200).Find(&rows).Error
	list := make([]forum.MyDecision, len(rows))
	for i, r := range rows {
		list[i] = forum.MyDecision{Decision: r.Decision, PostID: r.PostID, ThreadID: r.ThreadID, Title: r.Title, Own: r.AuthorID == personID}
		if list[i].Own {
			list[i].Words = r.Then
		}
		if list[i].Own && r.Action == forum.ActionRedact {
			list[i].Covered = gone(r.Then, r.After)
		}
	}
	return list, fault("list decisions about a person", err)
}

// gone lists the lines of a text that are not in the one after it.
func gone(before, after string) []string {
	var lines []string
	old, now := strings.Split(before, "\n"), strings.Split(after, "\n")
	for i, line := range old {
		if i < len(now) && line != now[i] {
			lines = append(lines, line)
		}
	}
	return lines
}

// DecisionsBetween lists the decisions of a stretch of time, for counting.
func (s *Store) DecisionsBetween(ctx context.Context, from, until time.Time) ([]forum.TotalsRow, error) {
	var rows []forum.TotalsRow
	err := s.on(ctx).Table("decisions AS d").Select("d.band, d.action, d.reason, d.opened_at, d.looked_at, d.created_at").
		Where("d.created_at >= ? AND d.created_at < ?", micro(from), micro(until)).Find(&rows).Error
	return rows, fault("list decisions of a time", err)
}

// AddProposal stores p and gives it its ID.
func (s *Store) AddProposal(ctx context.Context, p *forum.Proposal) error {
	return must("add a proposal", s.on(ctx).Clauses(nothing).Create(p), forum.ErrTaken)
}

// ProposalByKey finds the proposal that a form made.
func (s *Store) ProposalByKey(ctx context.Context, caseID int64, key string) (forum.Proposal, error) {
	var p forum.Proposal
	err := s.on(ctx).Where("case_id = ? AND key = ?", caseID, key).Take(&p).Error
	return p, fault("find a proposal", err)
}

// Proposals lists a case's open and differing proposals.
func (s *Store) Proposals(ctx context.Context, caseID int64) ([]forum.Proposal, error) {
	var list []forum.Proposal
	err := s.on(ctx).Where("case_id = ? AND state IN ('open', 'differs')", caseID).Order("id").Find(&list).Error
	return list, fault("list proposals", err)
}

// SetProposals moves a case's proposals from one state to another.
func (s *Store) SetProposals(ctx context.Context, caseID int64, from, to forum.ProposalState) error {
	return fault("move proposals", s.on(ctx).Model(&forum.Proposal{}).Where("case_id = ? AND state = ?", caseID, from).UpdateColumn("state", to).Error)
}

// AddAppeal stores a and gives it its ID.
func (s *Store) AddAppeal(ctx context.Context, a *forum.Appeal) error {
	return must("add an appeal", s.on(ctx).Clauses(nothing).Create(a), forum.ErrTaken)
}

// OpenAppeals lists a case's open appeals, oldest first.
func (s *Store) OpenAppeals(ctx context.Context, caseID int64) ([]forum.Appeal, error) {
	var list []forum.Appeal
	err := s.on(ctx).Where("case_id = ? AND state = 'open'", caseID).Order("id").Find(&list).Error
	return list, fault("list appeals", err)
}

// AppealsBy lists a person's appeals.
func (s *Store) AppealsBy(ctx context.Context, personID int64) ([]forum.Appeal, error) {
	var list []forum.Appeal
	err := s.on(ctx).Where("person_id = ?", personID).Order("id DESC").Find(&list).Error
	return list, fault("list a person's appeals", err)
}

// AnswerAppeal writes an appeal's answer, once.
func (s *Store) AnswerAppeal(ctx context.Context, a forum.Appeal) error {
	return must("answer an appeal", s.on(ctx).Model(&forum.Appeal{}).Where("id = ? AND state = 'open'", a.ID).
		UpdateColumns(map[string]any{"state": a.State, "answer": a.Answer, "answered_by": a.AnsweredBy, "answered_at": microOrNil(a.AnsweredAt)}), forum.ErrLost)
}

// SetAppealNote adds a note to an open appeal that has none.
func (s *Store) SetAppealNote(ctx context.Context, id int64, note string) error {
	return must("add a note to an appeal", s.on(ctx).Model(&forum.Appeal{}).Where("id = ? AND state = 'open' AND note = ''", id).
		UpdateColumn("note", note), forum.ErrNoRow)
}

// AppealsBetween lists what became of the appeals filed in a stretch of time.
func (s *Store) AppealsBetween(ctx context.Context, from, until time.Time) ([]forum.AppealState, error) {
	var list []forum.AppealState
	err := s.on(ctx).Table("appeals AS a").Where("a.created_at >= ? AND a.created_at < ?", micro(from), micro(until)).Pluck("a.state", &list).Error
	return list, fault("list appeals of a time", err)
}

// RuleFigures counts by rule what it found in cases and how often that was a
// false alarm. A wording counts once, however often the rule spoke in it.
func (s *Store) RuleFigures(ctx context.Context) ([]forum.RuleFigure, error) {
	var list []forum.RuleFigure
	err := s.on(ctx).Raw(`SELECT w.rule, COUNT(*) AS spoke, SUM(w.mistaken) AS false_alarms FROM (
			SELECT s.rule, MAX(CASE WHEN d.id IS NULL THEN 0 ELSE 1 END) AS mistaken
			FROM signals s LEFT JOIN decisions d ON d.case_id = s.case_id AND d.revision = s.revision AND d.false_alarm
			WHERE s.kind = 'finding' AND NOT s.cancelled AND s.rule <> ''
			GROUP BY s.rule, s.case_id, s.revision) w
		GROUP BY w.rule ORDER BY w.rule`).Scan(&list).Error
	return list, fault("count what rules found", err)
}
