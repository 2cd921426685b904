package moderation

import (
	"strings"
	"testing"
)

// benchText is an ordinary long post, written for this test.
const benchText = `Hi everyone, I have been reading for a while but this is the first time I have written anything. We lost our little boy in March, he was born sleeping at 31 weeks and I still can't quite believe it. Some days I'm fine, I go to work and I make the tea and I even laugh at something on the telly, and then I see a pram outside the shop and it kills me. My husband is brilliant but he doesn't talk about it, he goes out to the shed and I can hear him crying through the wall. People say the strangest things, like everything happens for a reason, or at least you know you can get pregnant. How do you answer that? I found his scan picture in my coat pocket this morning and sat on the stairs for an hour. The bleeding stopped weeks ago and the midwife said my scar is healing well, so I suppose my body has got the message even if my head hasn't. I don't really have a question, I just wanted to say his name somewhere. His name was Theo. Thank you for reading, and love to all of you xx`

func BenchmarkAssess1k(b *testing.B)  { benchAssess(b, strings.Repeat(benchText+" ", 2)[:1000]) }
func BenchmarkAssess20k(b *testing.B) { benchAssess(b, strings.Repeat(benchText+"\n\n", 21)[:20000]) }

func benchAssess(b *testing.B, text string) {
	e := shippedEngine()
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		e.Assess(text)
	}
}

// Hostile texts repeat what begins or continues many rules.
func BenchmarkHostile(b *testing.B) {
	for name, unit := range hostile {
		b.Run(name, func(b *testing.B) { benchAssess(b, strings.Repeat(unit, 20000/len(unit))) })
	}
}

var hostile = map[string]string{
	"i":         "i ",
	"want":      "i want to be with my ",
	"pads":      "pad ",
	"numbers":   "1 2 3 ",
	"digits":    "07",
	"ats":       "a@",
	"quotes":    "\"i \"",
	"spelled":   "s u i c i d e ",
	"zero":      "a\u200b",
	"marks":     "e\u0301\u0301",
	"stretched": "sooooo",
	"unknown":   "qzxvk bleedinq ",
	"hash":      "#iwanttobewithmybaby ",
	"stops":     "no. ",
	"fillers":   "really just so ",
	"soaked":    "soaked through the bed and the blood is pouring and ",
	"postcodes": "AB1 ",
	"starred":   "s*icide ",
	"invalid":   "\xff\xfe",
	"you":       "you are so you are ",
	"hyphens":   "Jo-",
	"houses":    "number 1 Mill Lane, ",
	"spoken":    "oh double seven ",
}

// TestWorkGrowsWithLengthOnly counts the steps of the walk, which wall-clock
// time on a busy machine cannot show: four times the text, four times the steps.
func TestWorkGrowsWithLengthOnly(t *testing.T) {
	const mostStepsPerByte = 60
	for name, unit := range hostile {
		steps := func(size int) int {
			e := shippedEngine()
			return e.read(strings.Repeat(unit, size/len(unit))).match()
		}
		small, large := steps(4000), steps(16000)
		if float64(large) > 4.3*float64(small)+500 {
			t.Errorf("%s: %d steps for 4,000 bytes, %d for 16,000", name, small, large)
		}
		if large > mostStepsPerByte*16000 {
			t.Errorf("%s: %d steps a byte", name, large/16000)
		}
	}
}
