package moderation

import (
	"slices"
	"testing"
)

// reading is what a text must be read as. Negative levels are not checked.
type reading struct {
	text       string
	mind, body int
	tags       []Tag // must all be there
	not        []Tag // must not be there
}

const unchecked = -1

func checkReadings(t *testing.T, table []reading) {
	t.Helper()
	for _, want := range table {
		got := Assess(want.text)
		bad := want.mind >= 0 && got.Mind != want.mind || want.body >= 0 && got.Body != want.body
		for _, tag := range want.tags {
			bad = bad || !slices.Contains(got.Tags, tag)
		}
		for _, tag := range want.not {
			bad = bad || slices.Contains(got.Tags, tag)
		}
		if bad {
			t.Errorf("%q\n got mind %d body %d tags %v\n want mind %d body %d tags %v not %v", want.text, got.Mind, got.Body, got.Tags, want.mind, want.body, want.tags, want.not)
			for _, f := range got.Findings {
				t.Logf("   %s level %d cancelled %v %q %v", f.Rule, f.Level, f.Cancelled, f.Quote, f.Changed)
			}
		}
	}
}

// Ordinary grief is full of death words. None of these may be read as anything.
func TestOrdinaryGriefIsOrdinary(t *testing.T) {
	for _, text := range []string{
		"My baby died on Tuesday and the house is so quiet.",
		"I died that day with him, and a different me walked out of the hospital.",
		"Part of me died when they said there was no heartbeat.",
		"I feel dead inside today.",
		"Seeing her pram in the hall killed me.",
		"I'd kill for a good night's sleep.",
		"We're dying to try again but scared.",
		"I saw a drop dead gorgeous sunset and thought of her.",
		"We had a termination for medical reasons in May, the hardest choice of our lives.",
		"The condition was terminal, they told us at the scan.",
		"I passed a woman with a pram and had to sit down.",
		"There's a family history of blood clots so they are running tests.",
		"My heart is so heavy this week.",
		"It was a really faint line but it was there.",
		"My heart is bleeding for you both.",
		"I'm burning up with anger at the hospital.",
		"I felt so cold towards everyone after.",
		"The pressure at work is awful since I went back.",
		"My temp dropped to 36.3 this morning so I suppose that's another cycle done.",
		"I had knee pads on, gardening in her memory corner.",
		"We spent Saturday passing out leaflets for the remembrance walk.",
		"You've all been a shoulder to cry on since my miscarriage.",
		"He jumped every time the phone rang.",
		"We overdosed on chocolate at Easter and cried.",
		"She's my angel and I'll see her again one day.",
		"I know he is watching over us from heaven 🕯️👼",
		"I lost my sister to suicide years ago and then my daughter, grief is strange.",
		"She was stillborn at 39 weeks, we held her for two days.",
		"Our twins died at 22 weeks. I keep their blankets under my pillow.",
		"I nearly died of embarrassment when I cried at the till.",
		"I could murder a cup of tea.",
		"Grief hits me in waves, some days I am fine.",
		"It is a year today. We let a balloon go and ate cake.",
		"I envy every pregnant woman I see and then feel awful for it.",
		"We scattered his ashes at the beach.",
		"The death certificate came in the post and I could not open it.",
		"My husband went back to work and I don't know how he does it.",
		"People say at least you can get pregnant. It doesn't help.",
		"He was born sleeping at 31 weeks and he was perfect.",
		"I miss him every single day.",
	} {
		a := Assess(text)
		risk := a.Mind > 0 || a.Body > 0
		for _, tag := range a.Tags {
			risk = risk || !slices.Contains(Mentions, tag)
		}
		if risk {
			t.Errorf("%q is read as mind %d body %d %v", text, a.Mind, a.Body, a.Tags)
			for _, f := range a.Findings {
				t.Logf("   %s level %d cancelled %v %q", f.Rule, f.Level, f.Cancelled, f.Quote)
			}
		}
	}
}

func TestContext(t *testing.T) {
	checkReadings(t, []reading{
		// negation never clears a statement about oneself
		{"I don't want to die, I just want it to stop", 2, 0, nil, nil},
		{"I'm not suicidal", 1, 0, nil, nil},
		// past lowers one, never to nothing
		{"I was suicidal back then, I'm safe now", 1, 0, nil, nil},
		{"I wanted to die in 2019", 1, 0, nil, nil},
		{"I'm two years on and I still wish I was dead", 2, 0, nil, nil},
		// a pregnancy that is told as being now ends a story of the last one
		{"In that pregnancy I had flashing lights. Got flashing lights and swollen hands, 33 weeks pregnant", 0, 2, nil, []Tag{TagMedicalAdvice}},
		{"With my first I bled at 20 weeks pregnant", 0, 0, nil, nil},
		// fear does not lower
		{"I'm scared I might do something", 3, 0, nil, nil},
		// now raises
		{"I want to die tonight", 3, 0, nil, nil},
		// a person close to the writer
		{"my husband says he can't go on", 2, 0, nil, nil},
		// protective facts lower one for the rules; the second reader may stay at two
		{"I want to die but my other children keep me here", unchecked, 0, nil, nil},
		// reunion: one day, or now
		{"One day I'll be with her again", 0, 0, nil, nil},
		{"I want to be with her now", 2, 0, nil, nil},
		{"I can't wait to be with my baby again", 2, 0, nil, nil},
		// bodies: now, past, stopped, started again, numbers
		{"the bleeding has stopped and I have no temperature", 0, 0, nil, nil},
		{"bleeding heavily, it stopped on Monday then started again", unchecked, 2, nil, nil},
		{"it's not that heavy but I am going through a pad an hour", unchecked, 3, nil, nil},
		{"with my first I bled so heavily I passed out, that was ten years ago", 0, 0, nil, nil},
		{"I can't breathe when I see prams", unchecked, 0, nil, nil},
		// advice to others is not a sign of the writer's
		{"As long as you do not feel faint, dizzy or have a temperature, rest at home. If you soak a pad an hour go to A&E.", 0, 0, nil, nil},
		// but a question to readers may well be about the writer
		{"Anyone else soaking a pad an hour?", unchecked, 3, nil, nil},
		{"Would you go to A&E if you were going through a pad an hour?", unchecked, 3, nil, nil},
		{"Please can anyone help, blood is pouring and it won't stop", unchecked, 3, nil, nil},
		{"Heavy bleeding, a temperature over 38 or smelly discharge means you should call your unit today.", 0, 0, nil, nil},
		{"they told me to come back if I start soaking a pad an hour", unchecked, 0, nil, nil},
	})
}

// The comments of a public page about miscarriage, in other words.
func TestSeedLikeComments(t *testing.T) {
	checkReadings(t, []reading{
		{"Lost my baby over Christmas at nearly 14 weeks. It came away by itself at home last Thursday. The hospital said bleeding could last three weeks but nothing about clots. It's 5 days on and I'm still passing some quite large clots, what should I expect?", 0, 2, nil, nil},
		{"Recovering from emergency surgery for an ectopic, my 5th loss in a row. I'm slowly loosing all hope, I feel useless because my body is a failure. I've reached rock bottom now and didn't know where else to turn.", 1, 0, nil, nil},
		{"I had a miscarriage at about 6 weeks. We'd seen the heart going strong, then that night I lost it. It was 7 months ago and I still think about it all the time as my due date comes near. Everyone says it was just one of those things. Am I being silly?", 0, 0, nil, nil},
		{"How long do you suggest waiting before we can start trying again? Some say two periods, others six months.", 0, 1, nil, nil},
	})
}
