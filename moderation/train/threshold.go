package main

import (
	"math"
	"slices"

	"snowdrop/moderation"
	"snowdrop/moderation/corpus"
)

// spare is the share of ordinary posts that the reader may take for each target.
// Together with what the rules take, it is what people can bear to look at for
// nothing: fifteen of a hundred.
var spare = map[string]float64{
	moderation.TargetMind1:        0.004,
	moderation.TargetMind2:        0.01,
	moderation.TargetMind3:        0.022,
	moderation.TargetBody1:        0.006,
	moderation.TargetBody2:        0.006,
	moderation.TargetBody3:        0.001,
	moderation.TargetSafeguarding: 0.012,
	moderation.TargetUnder18:      0.002,
	moderation.TargetAbuse:        0.006,
	moderation.TargetAdvice:       0.004,
	moderation.TargetSpam:         0.003,
	moderation.TargetMethod:       0.002,
}

// worse is the probability from which a post that is bad counts as the worse of two
// levels. Below a half, because the lower level costs more if it is wrong.
const worse = 0.4

// threshold chooses from which probability each target speaks: the one that no
// more ordinary posts reach than may be spared, among those that strangers wrote.
// The training part's own are no measure of it: most of them were written to be
// mistaken for something else.
func (t *training) threshold() {
	for k := range t.weights.Head.Targets {
		h := &t.weights.Head.Targets[k]
		if h.Name == moderation.TargetMindWorse || h.Name == moderation.TargetBodyWorse {
			h.Threshold = worse
			continue
		}
		share, speaks := spare[h.Name]
		if !speaks {
			continue // it only chooses the tag
		}
		var calm []float64
		for i := range t.pool {
			if j := &t.pool[i]; j.ordinary && j.part == corpus.Tuning {
				calm = append(calm, j.heard[k])
			}
		}
		if len(calm) == 0 {
			continue
		}
		slices.Sort(calm)
		slices.Reverse(calm)
		// The next number that 4 digits can say above the first post that must stay silent.
		h.Threshold = math.Floor(calm[int(share*float64(len(calm)))]*1e4+1) / 1e4
	}
}

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
