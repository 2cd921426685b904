// Package moderation reads what a person wrote and says what it may need:
// how they are (mind), how their body is (body), and what a moderator should
// know about the words (tags), with the reasons for each.
//
// It is text in, [Assessment] out. It holds no database, clock, network or
// mutable global state, gives the same answer for the same text and rules, and
// is safe for concurrent use. It never decides about a person: it orders the
// work of people, and it errs towards being read.
//
// The rules are YAML beside it, in a folder that a clinician and a moderator
// can read. No rule is signed off by a clinician until its signed_off says so.
package moderation

import "slices"

// Band says how soon a person looks: P0 at once, P4 whenever. None means that
// nothing here asks for a moderator.
type Band string

const (
	P0   Band = "P0"
	P1   Band = "P1"
	P2   Band = "P2"
	P3   Band = "P3"
	P4   Band = "P4"
	None Band = "none"
)

// worse reports whether b is more urgent than other.
func (b Band) worse(other Band) bool { return b.rank() < other.rank() }

func (b Band) rank() int {
	switch b {
	case P0:
		return 0
	case P1:
		return 1
	case P2:
		return 2
	case P3:
		return 3
	case P4:
		return 4
	}
	return 5
}

// Disposition says what readers see until a person has looked.
type Disposition string

const (
	Publish Disposition = "publish" // everyone who may read the thread
	Fold    Disposition = "fold"    // shown behind a kind line that opens on a tap
	Hold    Disposition = "hold"    // only the author and moderators
)

// stricter returns whichever of d and other shows less to readers.
func (d Disposition) stricter(other Disposition) Disposition {
	if d == Hold || other == Hold {
		return Hold
	}
	if d == Fold || other == Fold {
		return Fold
	}
	return Publish
}

// Tag names something about a text that people act on. The words are part of
// the public contract.
type Tag string

const (
	TagAbuse              Tag = "abuse"
	TagCoercion           Tag = "coercion"
	TagChildRisk          Tag = "child_risk"
	TagUnder18            Tag = "under_18"
	TagPersonalData       Tag = "personal_data"
	TagMedicalAdvice      Tag = "medical_advice"
	TagMethodDetail       Tag = "method_detail"
	TagConflict           Tag = "conflict"
	TagSpam               Tag = "spam"
	TagMentionPregnancy   Tag = "mention_pregnancy"
	TagMentionLivingChild Tag = "mention_living_child"
	TagMentionBirth       Tag = "mention_birth"
	TagMentionScan        Tag = "mention_scan"
	TagMentionGraphic     Tag = "mention_graphic"
	TagMentionFaith       Tag = "mention_faith"
)

// Mentions are the tags that only help readers choose what to read. They never
// put a post in the queue.
var Mentions = []Tag{
	TagMentionPregnancy, TagMentionLivingChild, TagMentionBirth,
	TagMentionScan, TagMentionGraphic, TagMentionFaith,
}

// Tags are all tags there are.
var Tags = append([]Tag{
	TagAbuse, TagCoercion, TagChildRisk, TagUnder18, TagPersonalData,
	TagMedicalAdvice, TagMethodDetail, TagConflict, TagSpam,
}, Mentions...)

// Finding is one reason: which rule spoke, about which words, and why.
type Finding struct {
	// Category is "mind", "body" or a [Tag].
	Category string `json:"category"`
	// Rule is the id of the rule that matched.
	Rule string `json:"rule"`
	// Start and End are byte offsets into the original text, on rune boundaries.
	Start int `json:"start"`
	End   int `json:"end"`
	// Quote is the original text from Start to End, with bytes that are not
	// UTF-8 replaced.
	Quote string `json:"quote"`
	// Why is one plain sentence for a moderator.
	Why string `json:"why"`
	// Level is what the finding counts for after its context was read: 0–4 for
	// mind, 0–3 for body, 0 for tags.
	Level int `json:"-"`
	// Changed says in plain words what in the context lowered or raised it.
	Changed []string `json:"changed,omitempty"`
	// Cancelled findings matched but their context cleared them. Moderators see
	// them greyed; they count for nothing.
	Cancelled bool `json:"cancelled,omitempty"`
}

// Assessment is the reading of one text.
type Assessment struct {
	// Band is the worst band that any part of the reading asks for.
	Band Band `json:"band"`
	// Mind is 0 (ordinary grief) to 4 (plan, time or goodbye), named after the
	// rungs of the Columbia screener but never to be used as its score.
	Mind int `json:"mind"`
	// Body is 0 (nothing now), 1 (a question for a midwife), 2 (needs care
	// today) or 3 (emergency).
	Body int `json:"body"`
	// Tags are sorted and without repeats; never nil.
	Tags []Tag `json:"tags"`
	// Disposition is what readers see until a person has looked.
	Disposition Disposition `json:"disposition"`
	// Findings are in the order of the text; never nil.
	Findings []Finding `json:"findings"`
	// Rules is a short hash of every rule file that was used and, after a plus,
	// one of the second reader's weights.
	Rules string `json:"-"`
	// heard are the tags that only the second reader asks for. They bring a post
	// before people, but what it alone hears hides nobody's words and does not
	// count as more than P2: it takes kind words for cruel ones now and then.
	heard []Tag
}

// mindBand, bodyBand and tagBand are the bands that each part asks for.
var (
	mindBand = [5]Band{None, P3, P1, P0, P0}
	// Body 1 goes to the midwives' list of questions, not to moderators.
	bodyBand = [4]Band{None, None, P1, P0}
	tagBand  = map[Tag]Band{
		TagAbuse: P1, TagCoercion: P1, TagChildRisk: P1,
		TagPersonalData: P2, TagMethodDetail: P2, TagMedicalAdvice: P2,
		TagUnder18: P2, TagConflict: P2,
		TagSpam: P4,
	}
	tagDisposition = map[Tag]Disposition{
		TagAbuse: Fold, TagCoercion: Fold, TagChildRisk: Fold,
		TagPersonalData: Hold, TagMethodDetail: Hold, TagSpam: Hold,
	}
)

// bandOf is the band that a rule's finding of t asks for: the rule's own, or the
// tag's. "Abuse" is both violence that a writer lives with and an insult among
// members; they do not wait for the same clock.
func (r *Rule) bandOf(t Tag) Band {
	if r.Band != "" {
		return r.Band
	}
	return tagBand[t]
}

// settle fills in Band and Disposition from Mind, Body and Tags. asked holds the
// bands that the rules asked for by tag; a tag that is not there asks for its own.
func (a *Assessment) settle(asked map[Tag]Band) {
	a.Band, a.Disposition = None, Publish
	ask := func(b Band) {
		if b.worse(a.Band) {
			a.Band = b
		}
	}
	ask(mindBand[a.Mind])
	ask(bodyBand[a.Body])
	for _, t := range a.Tags {
		if slices.Contains(a.heard, t) {
			b := tagBand[t]
			if b.worse(P2) {
				b = P2
			}
			ask(b)
			continue
		}
		if b, ok := asked[t]; ok {
			ask(b)
		} else if b, ok := tagBand[t]; ok {
			ask(b)
		}
		if d, ok := tagDisposition[t]; ok {
			a.Disposition = a.Disposition.stricter(d)
		}
	}
	if a.Mind == 2 {
		a.Disposition = a.Disposition.stricter(Fold)
	}
	if a.Band == P0 {
		a.Disposition = Hold
	}
}

// Tagged is the assessment without its readings of mind and body, for words that
// are about somebody else: a midwife who answers "call 999 if you soak a pad in
// an hour" is not bleeding. The tags still count: advice that could hurt,
// personal details and the rest.
func (a Assessment) Tagged() Assessment {
	was, found := a, a.Findings
	a.Mind, a.Body = 0, 0
	a.Findings = []Finding{}
	for _, f := range found {
		if f.Category != "mind" && f.Category != "body" {
			a.Findings = append(a.Findings, f)
		}
	}
	a.settle(nil)
	if was.Mind < 2 && was.Body < 3 {
		// The readings asked for no hold, so something else did, and it stands.
		a.Disposition = a.Disposition.stricter(was.Disposition)
	}
	return a
}
