package moderation

import "strings"

// fullNames finds a first and last name together where the words around say
// that it is a person: "my name is …", "midwife …", or a place within a few
// words. A first name alone is how people speak here and is never a finding.
//
// value is 2 where the writer names themselves or a title says so, 1 where only
// the shape of the name and a place nearby do.
func fullNames(r *reader) []sighting {
	var out []sighting
	t := r.doc.tokens
	for i := 0; i+1 < len(t); i++ {
		if t[i+1].brk != breakNone || t[i].isNum || t[i+1].isNum {
			continue
		}
		if !r.lastName(i + 1) {
			continue
		}
		first := r.firstName(i) || r.likelyName(i)
		titled := r.in(i, "title_of_person")
		if !first && !titled {
			continue
		}
		switch {
		case titled && r.namedForBlame(i):
			out = append(out, r.sight(i, i+1, 2))
		case first && (r.in(i-1, "title_of_person") || r.introduces(i)):
			out = append(out, r.sight(i, i+1, 2))
		case first && r.placeNear(i+1):
			out = append(out, r.sight(i, i+1, 1))
		default:
			continue
		}
		i++
	}
	return out
}

// firstName reports a common first name.
func (r *reader) firstName(i int) bool {
	t := r.doc.tokens[i]
	w := r.doc.text[t.start:t.end]
	if len(w) < 2 || len(w) > 12 {
		return false
	}
	_, ok := firstNames[strings.ToLower(w)]
	return ok
}

// likelyName reports two words in capitals in a row that no rule knows and that are
// not the name of a place: a first name that is not on the list, and a last one.
func (r *reader) likelyName(i int) bool {
	t := r.doc.tokens
	for _, n := range []int{i, i + 1} {
		w := r.doc.text[t[n].start:t[n].end]
		if !t[n].capital || t[n].sym >= 0 || len(w) < 3 || w == strings.ToUpper(w) || r.in(n, "not_a_name") {
			return false
		}
	}
	switch r.name(i - 1) {
	case "in", "at", "from", "to", "near":
		return false
	}
	return !r.in(i+1, "place") && !r.in(i+2, "place") && !r.in(i+2, "street")
}

// lastName reports a word that is no word of ours: a capital in front, or in a
// post without capitals, one that no rule knows.
func (r *reader) lastName(i int) bool {
	t := r.doc.tokens[i]
	w := r.doc.text[t.start:t.end]
	if len(w) < 3 || !isLetter(w[0]) {
		return false
	}
	for j := range len(w) {
		if isDigit(w[j]) {
			return false
		}
	}
	if r.in(i, "not_a_name") {
		return false
	}
	return t.capital || t.sym < 0 && t.stem < 0 && !ordinary(w)
}

// ordinary are endings of common words that no rule happens to know, for posts
// written without capitals.
func ordinary(w string) bool {
	w = strings.ToLower(w)
	for _, tail := range []string{"ing", "ed", "ly", "tion", "ness", "ment", "ful", "less", "able", "ous"} {
		if strings.HasSuffix(w, tail) {
			return true
		}
	}
	return len(w) < 4
}

// introduces reports "my name is", "called", "I am" in front of a name.
func (r *reader) introduces(i int) bool {
	for j := i - 1; j >= max(0, i-3); j-- {
		if r.in(j, "introduces") {
			return true
		}
	}
	return false
}

// placeNear reports a hospital, ward, school, employer or "from X" after a name.
func (r *reader) placeNear(i int) bool {
	t := r.doc.tokens
	for j := i + 1; j < len(t) && j <= i+8 && t[j].brk != breakStop; j++ {
		if r.in(j, "place") {
			return true
		}
		if (r.name(j) == "from" || r.name(j) == "in" || r.name(j) == "at") && j+1 < len(t) && t[j+1].capital {
			return true
		}
	}
	for j := i - 2; j >= max(0, i-6); j-- {
		if r.in(j, "place") {
			return true
		}
	}
	return false
}

// namedForBlame reports a titled surname with a workplace near it: Dr Harding at
// the Royal.
func (r *reader) namedForBlame(i int) bool { return r.placeNear(i + 1) }

// firstNames are common first names in the UK. The list decides nothing alone.
var firstNames = func() map[string]struct{} {
	m := map[string]struct{}{}
	for n := range strings.FieldsSeq(`
		aaron abbie abdul abigail adam adrian ahmed aisha alan alex alexander alexandra ali alice alison amanda amelia
		amina amy andrea andrew angela ann anna anne anthony ashley ava barbara becky ben benjamin beth bethany bridget
		callum carl carol caroline catherine charlotte cheryl chloe chris christine christopher claire clare colin connor
		craig daisy daniel danielle darren dave david dawn dean deborah debbie declan denise diane donna dorothy duncan
		eilidh elaine eleanor elizabeth ella ellie emily emma erin ethan eva evie farah fatima fiona fran frances gareth
		gary gemma geoff george georgia gillian gordon graham grant hannah harriet harry hayley heather heidi helen
		henry holly ian imogen iona isla isobel ivan jack jackie jacob jacqueline jade jake james jamie jan jane janet
		janice jason jean jemma jenna jennifer jenny jessica jill jo joan joanna joanne joe john jonathan jordan joseph
		josh joshua joyce judith julia julie karen kate katherine kathleen kathryn katie kayleigh keith kelly kenneth
		kerry kevin kieran kim kirsty kyle laura lauren leah leanne lee leon lesley lewis liam linda lindsay lisa liz
		lorraine louise lucy luke lydia lynn lynne maisie malcolm marc marcus margaret maria marie mark martin mary
		matt matthew maureen megan mel melanie melissa michael michelle mike millie mohammed mohammad molly morgan
		muhammad nadia natalie natasha nathan neil niamh nick nicola nicole nigel nina oliver olivia omar owen pamela
		patricia patrick paul paula pauline pete peter philip phillip phoebe poppy priya rachael rachel raj rebecca
		rhiannon richard rob robert robin roger ros rosie roy russell ruth ryan sally sam samantha samuel sandra sara
		sarah scott sean shannon sharon shaun sheila shirley sian simon siobhan sonia sophia sophie stacey stephanie
		stephen steve steven stuart sue susan suzanne sylvia tamsin tanya tara teresa tessa thomas tim timothy tina tom
		tony tracey tracy valerie vanessa victoria vikki wayne wendy william yasmin yvonne zara zoe
		adele agnes aileen alana albert alec alfie alistair amir anika anita anjali annabel annette archie ariana arthur
		ashleigh asha aurora bailey barry beatrice bella bernadette beverley bilal bonnie bradley brandon brenda brian
		bronwyn bruce bryony caitlin cameron carly carmen carolyn cathy cerys chantelle charlene charles charlie chelsea
		cherie cindy clara clive corinne courtney danny daphne darcy demi derek dominic doreen doris dylan edith edward
		eileen elena elisa elliot elsie esther fern florence francesca freddie freya gail gavin gerald geraldine giles gina
		glenn gloria greg gwen hamza harvey hugh hugo ibrahim imran ingrid irene isaac isabel isabelle isaiah jacqui janet
		janine jasmine jeanette jeremy jerome jessie joel josephine josie judy justin kara karl kate kathy katrina kayla
		keira kelsey kiran kirsten kyra lara layla leila lena leonard leroy logan lola lorna louis luca lucas lucia mabel
		maggie mandy maya meera mia millicent miriam mohamed moira mona muriel nadine naomi natalia nikki noah norah norma
		oscar paige pam patsy penelope philippa pippa polly rajesh ravi reece reuben rhian rita roisin ronan rosalind
		rosemary rowan roxanne rupert sabrina sadia saira sanjay saoirse seth shabana shane sheena simone sinead sonya
		sunita susannah tabitha tanisha tariq thea theo theresa tiffany toby trevor trisha tyler usman vera veronica vicky
		vincent vivien wilfred winifred xavier yusuf zainab zachary`) {
		m[n] = struct{}{}
	}
	return m
}()
