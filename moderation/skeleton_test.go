package moderation

import "testing"

func TestLook(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"midwife", "rnidwife", true}, {"midwife", "M1dw1fe", true}, {"midwife", "мidwifе", true}, {"midwife", "ｍｉｄｗｉｆｅ", true}, {"midwife", "mid-wife", true},
		{"midwife", "m i d w i f e", true}, {"midwife", "midw\u200bife", true}, {"moderator", "m0derat0r", true}, {"admin", "àdmîn", true}, {"willow", "vvillow", true},
		{"willow", "willovv", true}, {"Willow Tree", "willowtree", true}, {"anna", "ana", true},
		{"willow", "maple", false}, {"rose2", "rose3", false}, {"ben", "den", false}, {"sam", "sal", false},
	} {
		if (Look(c.a) == Look(c.b)) != c.same {
			t.Errorf("%q (%s) and %q (%s): want the same look: %v", c.a, Look(c.a), c.b, Look(c.b), c.same)
		}
	}
}

func TestContact(t *testing.T) {
	for text, want := range map[string]bool{
		"willow": false, "mum of 2": false, "rose 2019": false, "a.b": false, "Mrs. T": false, "": false,
		"ana@example.org": true, "07700 900123": true, "+44 7700 900 123": true, "www.x.y": true, "example.com": true, "https://e.org": true, "call me 0 7 7 0 0 9 0": true,
	} {
		if Contact(text) != want {
			t.Errorf("%q: want %v", text, want)
		}
	}
}

func TestFullName(t *testing.T) {
	for alias, want := range map[string]bool{
		"Amy Beavis": true, "amy beavis": true, "Sarah O'Neill": true, "Mary Jane Watson": true, "James Smith-Jones": true,
		"willow": false, "Amy": false, "Amy B": false, "Emma's mum": false, "Grace mum": false, "a dad in the north": false, "Amy 2019": false, "Rowan's dad": false, "Lucy and Tom": false,
	} {
		if FullName(alias) != want {
			t.Errorf("%q: want %v", alias, want)
		}
	}
}
