package store

import (
	"context"

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
