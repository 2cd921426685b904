package main

import (
	"bytes"
	"slices"
	"testing"

	"snowdrop/moderation"
	"snowdrop/moderation/corpus"
)

// TestTrainingIsDeterministic trains twice on a few posts.
func TestTrainingIsDeterministic(t *testing.T) {
	posts, err := corpus.All()
	if err != nil {
		t.Fatal(err)
	}
	e, err := moderation.Load()
	if err != nil {
		t.Fatal(err)
	}
	more, err := examples(e.WithWeights(nil), "../testdata/breadth.tsv", "../testdata/reader.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var few []corpus.Post
	for i, p := range posts {
		if i%40 == 0 {
			few = append(few, p)
		}
	}
	var out [2][]byte
	var reports [2][]byte
	for i := range out {
		got, err := train(e.WithWeights(nil), slices.Clone(few), more[:200], chosen)
		if err != nil {
			t.Fatal(err)
		}
		if out[i], err = got.weights.Encode(); err != nil {
			t.Fatal(err)
		}
		if reports[i], err = got.report(len(out[i])); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(out[0], out[1]) || !bytes.Equal(reports[0], reports[1]) {
		t.Error("the same posts gave different weights")
	}
}

// TestFrozenIsNotLearnedFrom changes the labels of the frozen part: only the
// recorded hash may change.
func TestFrozenIsNotLearnedFrom(t *testing.T) {
	posts, err := corpus.All()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	posts = slices.DeleteFunc(posts, func(corpus.Post) bool { n++; return n%30 != 0 })
	e, err := moderation.Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(part(posts, corpus.Frozen)) == 0 {
		t.Fatal("no post of the frozen part was drawn")
	}
	var out [2][]byte
	for i := range out {
		got, err := train(e.WithWeights(nil), posts, nil, chosen)
		if err != nil {
			t.Fatal(err)
		}
		got.weights.Head.Corpus = ""
		if out[i], err = got.weights.Encode(); err != nil {
			t.Fatal(err)
		}
		for k := range posts {
			if posts[k].Part() == corpus.Frozen {
				posts[k].Mind, posts[k].Body, posts[k].Text = 4, 3, "changed"
			}
		}
	}
	if !bytes.Equal(out[0], out[1]) {
		t.Error("the frozen part was learned from")
	}
}
