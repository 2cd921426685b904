package forum

import (
	"strings"
)

// MaxSpeech is how long words of one's own may be, in characters.
const MaxSpeech = 40

// Speech is the words that the site uses to one person for their baby and their
// loss. What is a word of the lists below stands with "your" in front of it, and
// everything else, such as a name, as it was typed.
type Speech struct{ Baby, Loss string }

// BabyWords and LossWords are offered; the first of each is the house's.
var (
	BabyWords = []string{"baby", "son", "daughter", "child", "little one", "twins", "babies", "pregnancy"}
	LossWords = []string{"loss", "miscarriage", "stillbirth", "ectopic pregnancy", "molar pregnancy", "ending of the pregnancy"}
)

// Speech is how the site speaks to the actor.
func (a Actor) Speech() Speech { return Speech{Baby: a.Choices.Baby, Loss: a.Choices.Loss} }

// Say puts the words into one of the site's own sentences, where it has
// {{baby}} ("your baby") or {{loss}} ("your loss"). Other people's words never
// go through it.
func (s Speech) Say(sentence string) string {
	if !strings.Contains(sentence, "{{") {
		return sentence
	}
	baby, loss := phrase(s.Baby, BabyWords), phrase(s.Loss, LossWords)
	return strings.NewReplacer("{{baby}}", baby, "{{loss}}", loss, "{{Baby}}", initial(baby), "{{Loss}}", initial(loss)).Replace(sentence)
}

func phrase(word string, known []string) string {
	if word == "" {
		word = known[0]
	}
	for _, w := range known {
		if strings.EqualFold(w, word) {
			return "your " + w
		}
	}
	return word
}

// initial makes the first letter large.
func initial(s string) string {
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}

func checkSpeech(field, typed string) (string, error) {
	word, err := checkText(field, "this", typed, 0, MaxSpeech)
	if err != nil || word == "" {
		return word, err
	}
	word = strings.Join(strings.Fields(word), " ")
	return word, checkPlain(field, word)
}
