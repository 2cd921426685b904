package main

import (
	"math"
	"slices"

	"snowdrop/moderation"
	"snowdrop/moderation/corpus"
)

// worth is what one more post found counts, against worthNeeded for each false
// alarm: on an ordinary post 1, on another post that needs people anyway 0.3.
const worthNeeded = 1.0

// missShare is what a post of the training part counts that the reader finds:
// about how many such posts the rules miss where they were not written on them.
const missShare = 0.4

// leastSure is the probability below which the reader never speaks: what it says
// more often than not is wrong teaches people not to listen.
const leastSure = 0.58

// heardAs reports whether rules or reader say target k of a post: a level is said
// by the higher ones too.
func heardAs(j *judged, k int, thresholds []float64) bool {
	last := k
	if k < 6 {
		last = k/3*3 + 2
	}
	for t := k; t <= last; t++ {
		if j.heard[t] >= thresholds[t] {
			return true
		}
	}
	return label(j.rules, moderation.Targets[k])
}

// flagged is any reading that asks for people.
func flagged(j *judged, thresholds []float64) bool {
	if !ordinary(j.rules) {
		return true
	}
	for k, p := range j.heard {
		if moderation.Targets[k] != moderation.TargetCoercion && moderation.Targets[k] != moderation.TargetChildRisk && p >= thresholds[k] {
			return true
		}
	}
	return false
}

// threshold chooses from which probability each target speaks: step by step the
// one that finds most for its false alarms, while the bounds hold.
func (t *training) threshold() {
	n := len(moderation.Targets)
	now := slices.Repeat([]float64{2}, n)
	now[2], now[5] = t.certain(2), t.certain(5)
	for {
		best, bestAt, bestTo := float64(worthNeeded), -1, 0.0
		for k, name := range moderation.Targets {
			if k == 2 || k == 5 || name == moderation.TargetCoercion || name == moderation.TargetChildRisk || silent(name) {
				continue
			}
			var levels []float64
			for i := range t.pool {
				if j := &t.pool[i]; j.heard[k] < now[k] && label(j.Post, name) {
					levels = append(levels, j.heard[k])
				}
			}
			slices.Sort(levels)
			slices.Reverse(levels)
			for _, to := range levels[:min(len(levels), 40)] {
				to = math.Floor(to*1e4) / 1e4
				if to < leastSure {
					break
				}
				next := slices.Clone(now)
				next[k] = to
				if worth := t.worth(k, now, next); worth > best && t.within(now, next) {
					best, bestAt, bestTo = worth, k, to
				}
			}
		}
		if bestAt < 0 {
			break
		}
		now[bestAt] = bestTo
	}
	for k := range now {
		t.weights.Head.Targets[k].Threshold = now[k]
	}
}

// silent says that the reader does not speak for a target: on long ordinary posts
// it took kindness for abuse and "fourteen years" for an age more often than it
// found either, and both hide or move a parent's words.
func silent(name string) bool {
	return name == moderation.TargetAbuse || name == moderation.TargetUnder18
}

// certain is the probability from which the reader alone may say mind 3 or body
// 3: above that of every post two levels lower, and at least nine in ten right.
func (t *training) certain(k int) float64 {
	name, lower := moderation.Targets[k], moderation.Targets[k-1]
	var levels []float64
	floor := 0.5
	for i := range t.pool {
		if j := &t.pool[i]; label(j.Post, name) {
			levels = append(levels, j.heard[k])
		} else if !label(j.Post, lower) {
			floor = max(floor, j.heard[k])
		}
	}
	slices.Sort(levels)
	for _, at := range levels {
		at = math.Floor(at*1e4) / 1e4
		if at <= floor {
			continue
		}
		right, wrong := 0, 0
		for i := range t.pool {
			if j := &t.pool[i]; j.heard[k] >= at {
				if label(j.Post, name) {
					right++
				} else {
					wrong++
				}
			}
		}
		if right >= 9*wrong {
			return at
		}
	}
	return 2
}

// worth compares what next finds and now does not with its false alarms.
func (t *training) worth(k int, now, next []float64) float64 {
	found, wrong := 0.0, 0.0
	for i := range t.pool {
		j := &t.pool[i]
		if heardAs(j, k, now) || !heardAs(j, k, next) {
			continue
		}
		switch {
		case label(j.Post, moderation.Targets[k]):
			found += one(j.part == corpus.Tuning) + one(j.part == corpus.Training)*missShare
		case j.ordinary:
			wrong++
		default:
			wrong += 0.3
		}
	}
	return found / (wrong + 0.5)
}

// bounds are the largest shares of some posts that may be flagged in any way,
// with a reading of mind, and with body 3.
type bounds struct{ any, mind, emergency float64 }

var (
	griefBounds = bounds{0.12, 0.04, 0.01}
	// Past bleeding and mentions are harder than grief.
	ordinaryBounds = bounds{0.14, 0.05, 0.03}
	// addedBounds are for what the reader adds to the rules in cross-validation.
	addedBounds = bounds{0.04, 0.015, 0.004}
)

// within reports whether the bounds hold, or are no worse than they were.
func (t *training) within(now, next []float64) bool {
	grief := func(j *judged) bool { return j.part == corpus.Tuning && griefOnly(j.Post) }
	calm := func(j *judged) bool { return j.part == corpus.Tuning && j.ordinary }
	learned := func(j *judged) bool { return j.part == corpus.Training && j.ordinary }
	never := slices.Repeat([]float64{2}, len(now))
	return t.below(grief, griefBounds, now, next, false, never) && t.below(calm, ordinaryBounds, now, next, false, never) &&
		t.below(learned, addedBounds, now, next, true, never)
}

func (t *training) below(among func(*judged) bool, most bounds, now, next []float64, added bool, never []float64) bool {
	var all float64
	var was, is bounds
	for i := range t.pool {
		j := &t.pool[i]
		if !among(j) {
			continue
		}
		all++
		count := func(to *bounds, thresholds []float64, sign float64) {
			to.any += sign * one(flagged(j, thresholds))
			to.mind += sign * one(heardAs(j, 0, thresholds))
			to.emergency += sign * one(heardAs(j, 5, thresholds))
		}
		count(&was, now, 1)
		count(&is, next, 1)
		if added {
			count(&was, never, -1)
			count(&is, never, -1)
		}
	}
	ok := func(was, is, most float64) bool { return is <= was || is <= most*all }
	return ok(was.any, is.any, most.any) && ok(was.mind, is.mind, most.mind) && ok(was.emergency, is.emergency, most.emergency)
}

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
