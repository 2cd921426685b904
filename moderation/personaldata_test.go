package moderation

import (
	"slices"
	"testing"
)

// All of these are invented. Telephone numbers are from the ranges that Ofcom and
// others keep for drama, or are not in use.
func TestPersonalDataAsPeopleWriteIt(t *testing.T) {
	alone := shippedEngine().WithWeights(nil) // the rules alone
	for _, text := range []string{
		// telephone numbers
		"bell me, 07700 nine double oh one four two",
		"my mob's seven seven hundred, nine hundred, two one oh, nought in front",
		"o seven seven double o, nine double o, three six one",
		"07700.900.418 any time after tea",
		"tel: 01632/960173",
		"(0113) 496 0417 and ask for Bev",
		"on whatsapp its 7700 900 664",
		"00353 85 555 0123",
		"+1 (416) 555-0172 if you are over here",
		"text 613-555-0147, Ottawa",
		"0491 571 804 is my Aussie one",
		"+61 2 5550 1234",
		"my Polish number 48 555 012 345, please call",
		"０７７００ ９００ ２１９",
		"077OO 9OO 831",
		"oh seven seven oh oh nine hundred five two six x",
		"phone me on 01632 nine six oh, two double one",
		"ring us 98765 43210, Pune",
		// e-mails
		"find me at kelly dot marsden at gmail",
		"k.marsden[at]example[dot]com",
		"mail: jo_hart AT outlook DOT com",
		"its beth hyphen roe at hotmail dot co dot uk",
		"sam.roe@gmail, you know the rest",
		"write to helen full stop roe at example full stop org",
		// addresses and postcodes
		"We're at 12a Brackenfell Close now",
		"post to 3 The Orchards, Little Wenlow",
		"no 9 Tannery Yard, Hexholme",
		"Apartment 14, Mariner's Court, Saltby",
		"Wren Cottage, Pound Lane, Upper Dray",
		"send it c/o Hollybank Farm, Skirl Lane, Dunmoor",
		"sat nav wants ws13 9vk",
		"BFPO 801 finds us",
		"Sunnyside, 2 Kirk Wynd, Auchterlee",
		"i live at 44 beckside road bradley",
		"55 Fairview Avenue, Apt 3, Columbus, OH 43004",
		"caravan 12, Seaview Holiday Park",
		// names
		"it was Sister Philippa Groundwater on ward 9 who laughed",
		"my son's bully is Kyle Brathwaite-Hume, year 6 at Fellgate Primary",
		"the man who hit us is Darren Oxenholme, he works at Brightwell Tyres",
		"I'm Josephine Arkwright from Clitheroe",
		"the midwife was called Sinéad Ní Fhearghail, in Tralee",
		"Dr P. Vandermolen at Ferrybridge surgery refused me",
		"the landlord, Mr Terence Oglethorpe, shouted at us",
		"remembering Baby Hetherington at Lanewood cemetery on Sunday",
		// numbers of offices
		"her CHI is 0112894417",
		"hospital no: T4471902",
		"my MRN 00482917",
		"crime number 42/10983/24",
		"inquest ref HC-2231-24",
		"his reg is yk19 zzo",
		"white Corsa, P482 ZOV",
		// handles
		"ig: mama.of.angels_",
		"add me on snap, tashaa_92",
		"I'm little_robin88 on Insta",
		"reddit user u/nightfeedsnomore",
		"discord robin#0042",
		"tiktok is @the.empty.cot",
		"find me on facebook.com/joan.arkwright.9",
		"my twitter handle's sadderdad1979",
	} {
		if a := alone.Assess(text); !slices.Contains(a.Tags, TagPersonalData) {
			t.Errorf("not found: %q", text)
		}
	}
}

func TestWhatIsNoPersonalData(t *testing.T) {
	for _, text := range []string{
		"gettin sleepy now. sorry every1 x",
		"We lost Sam at 36+4, he was 2.815 kg and 48 cm",
		"Samaritans are on 116 123, Sands 0808 164 3332",
		"call 111 or 999, don't wait",
		"bpm was 140, 152, 148, 160, 155 all night",
		"hcg 1200 2400 4800 9600",
		"10 9 8 7 6 5 4 3 2 1 and he was gone",
		"two four six eight, who do we appreciate",
		"score was 3-2, then 21-15, 21-19",
		"on 12.03.2021 at 14.30 she was born, and 13.03.2021 at 02.10 she died",
		"I took 5mg at 10, 2.5mg at 14.00 and 7.5mg at 22.30",
		"we sang hymn 423 and hymn 128 in room 4",
		"temperature 38.4, then 39.1, then 37.9",
		"Dr Patel was so kind to us all the way through",
		"Thank you Sarah and Mike, and Dr Ahmed too",
		"the walk down the drive was the longest road of my life",
		"3 days on the ward, then home by the back lane",
		"we scattered her on the hill at St Ives",
		"there is a bench in Green Park by the bridge",
		"reading C. S. Lewis, and Joan Didion on the bus",
		"she looks like Mary Berry, we were at the church hall",
		"look at the dot in the middle of the scan",
		"we met at work. Me and him.",
		"he's at peace. Net result is I'm not",
		"the signal on the monitor went from 140 to 90",
		"I saw it on Facebook and cried",
		"threads like this one keep me going at 3am",
		"I was in room 7 for two days",
		"level B12 was low and vitamin D3 too",
		"day 12 of my cycle, 14 days past transfer, grade 4AB",
		"£1,200 for the stone and £350 for the plot",
		"my case was number one on their list in 2019",
		"it is the 5th of June, court is at 10",
		"born on 3 March 2022 at 4.15, gone by 6",
		"the number 42 bus to Leeds was late",
		"A1 service from ward staff",
		"his name is Oliver James and he was perfect",
		"I lost my twins at 19 weeks 5 days at the Royal",
		"five pads in two hours, then three in one",
		"IVF round 4: 12 eggs, 9 mature, 7 fertilised, 2 blasts",
	} {
		a := Assess(text)
		for _, f := range a.Findings {
			if f.Category == string(TagPersonalData) && !f.Cancelled {
				t.Errorf("%s finds %q in %q", f.Rule, f.Quote, text)
			}
		}
	}
}
