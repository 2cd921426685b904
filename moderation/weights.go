package moderation

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
)

// Weights are what the second reader has learned, as train writes them.
type Weights struct {
	Head WeightsHead
	// Features holds the hashes of the features it knows, in order.
	Features []uint32
	// Values holds, for each feature in turn, its weight for each target. Sixteen
	// bits, because one rule may weigh as much as a hundred words: in eight, the
	// words would be rounded away beside it.
	Values []int16
}

// WeightsHead says what the weights were learned from and when they speak.
type WeightsHead struct {
	Version int             `json:"version"`
	Corpus  string          `json:"corpus"` // SHA-256 of the corpus
	Rules   string          `json:"rules"`  // of the rules at the time
	Targets []WeightsTarget `json:"targets"`
}

// WeightsTarget is one question that the reader answers with a number from 0 to 1.
type WeightsTarget struct {
	Name string `json:"name"`
	// Slope and Offset turn the sum of the weights into a calibrated probability.
	Slope  float64 `json:"slope"`
	Offset float64 `json:"offset"`
	// Threshold is the probability from which the reader speaks; above 1, never.
	Threshold float64 `json:"threshold"`
}

const weightsVersion = 2

// Names of targets. A number is the level from which a post counts.
const (
	TargetMind1        = "mind1"
	TargetMind2        = "mind2"
	TargetMind3        = "mind3"
	TargetBody1        = "body1"
	TargetBody2        = "body2"
	TargetBody3        = "body3"
	TargetSafeguarding = "safeguarding" // coercion or child_risk
	TargetCoercion     = "coercion"     // which of the two: these only choose the tag
	TargetChildRisk    = "child_risk"
	TargetUnder18      = "under_18"
	TargetAbuse        = "abuse"
	TargetAdvice       = "medical_advice"
	TargetSpam         = "spam"
	TargetMethod       = "method_detail"
	TargetMindWorse    = "mind_worse" // danger, of posts with a wish to be dead; chooses the level
	TargetBodyWorse    = "body_worse" // an emergency, of posts that need care today; chooses the level
)

// Targets are the questions in the order of the weights.
var Targets = []string{
	TargetMind1, TargetMind2, TargetMind3, TargetBody1, TargetBody2, TargetBody3, TargetSafeguarding,
	TargetCoercion, TargetChildRisk, TargetUnder18, TargetAbuse, TargetAdvice, TargetSpam, TargetMethod,
	TargetMindWorse, TargetBodyWorse,
}

const targetCount = 16 // as many as a row of weights holds

// sums holds one number for each target.
type sums [targetCount]int32

// Encode writes w as reader.bin holds it: a line of JSON, then the features as
// differences, then the weights, all as variable-length numbers.
func (w *Weights) Encode() ([]byte, error) {
	head, err := json.Marshal(w.Head)
	if err != nil {
		return nil, fmt.Errorf("encode the head of the weights: %w", err)
	}
	out := append(head, '\n')
	out = binary.AppendUvarint(out, uint64(len(w.Features)))
	last := uint32(0)
	for _, f := range w.Features {
		out = binary.AppendUvarint(out, uint64(f-last))
		last = f
	}
	for _, v := range w.Values {
		out = binary.AppendVarint(out, int64(v))
	}
	return out, nil
}

// DecodeWeights reads what [Weights.Encode] wrote.
func DecodeWeights(data []byte) (*Weights, error) {
	head, rest, ok := bytes.Cut(data, []byte{'\n'})
	if !ok {
		return nil, errors.New("weights: no head")
	}
	var w Weights
	if err := json.Unmarshal(head, &w.Head); err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	if w.Head.Version != weightsVersion || len(w.Head.Targets) != targetCount {
		return nil, fmt.Errorf("weights: version %d with %d targets", w.Head.Version, len(w.Head.Targets))
	}
	for i, t := range w.Head.Targets {
		if t.Name != Targets[i] {
			return nil, fmt.Errorf("weights: target %d is %q, not %q", i, t.Name, Targets[i])
		}
	}
	next := func() (uint64, error) {
		v, n := binary.Uvarint(rest)
		if n <= 0 {
			return 0, errors.New("weights: cut short")
		}
		rest = rest[n:]
		return v, nil
	}
	n, err := next()
	if err != nil || n > uint64(len(rest)) {
		return nil, errors.New("weights: cut short")
	}
	w.Features = make([]uint32, n)
	last := uint32(0)
	for i := range w.Features {
		d, err := next()
		if err != nil {
			return nil, err
		}
		last += uint32(d)
		w.Features[i] = last
	}
	if n*targetCount > uint64(len(rest)) {
		return nil, errors.New("weights: cut short")
	}
	w.Values = make([]int16, n*targetCount)
	for i := range w.Values {
		v, size := binary.Varint(rest)
		if size <= 0 || v != int64(int16(v)) {
			return nil, fmt.Errorf("weights: value %d is cut short or too large", i)
		}
		w.Values[i], rest = int16(v), rest[size:]
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("weights: %d bytes too many", len(rest))
	}
	return &w, nil
}
