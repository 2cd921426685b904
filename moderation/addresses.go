package moderation

import "strings"

var (
	// roads end the name of a street and of little else; roadsToo end many other
	// names as well and count only with capitals.
	roads = newWordSet("road rd street avenue ave terrace lane crescent cres grove gardens gdns mews close drive court ct rise row walk " +
		"boulevard blvd parade cul-de-sac ln wynd vennel brae ginnel snicket alley crt tce ter hwy highway")
	roadsToo = newWordSet("passage hill way place green square gate bank view yard fold end bridge park croft vale dale wharf quay chase copse fields field " +
		"meadow meadows paddock paddocks garth hollow orchard spinney approach broadway common cottages villas buildings mansions " +
		"heights mount side walk st dr pl sq cl lodge hey nook brow loke dell ridge esplanade promenade circus strand causeway " +
		"plain drift straight reach batch mead leys lea links circle st. dr. orchards laurels elms limes oaks pines willows beeches firs hollies larches maltings cedars poplars chestnuts glebe bungalows boulevard broad vista point towers plaza")
	// homes end the name of a building that people live or stay in.
	homes = newWordSet("house cottage farm farmhouse barn lodge hall forge mill dairy rectory vicarage bungalow villa croft court towers tower hotel " +
		"inn travelodge hostel manor mansions grange buildings apartments flats oast bothy stables schoolhouse coachhouse point heights b&b guesthouse " +
		"holiday caravan sands refuge park heights wharf")
	// units stand in front of the number of one home in many.
	units = newWordSet("flat flt apartment apt room rm unit caravan pitch plot chalet lodge maisonette bedsit suite berth mooring studio")
	// dwell says near a street that somebody lives there or can be met there.
	dwell = newWordSet("live lives lived living flat number no house address post letter letters deliver delivered collect collection pick door knock bell " +
		"ring upstairs above opposite home cottage bungalow room moved send sent parcel visit mine ours landlord neighbour neighbours " +
		"cards card based staying stay find")
	// betweenRoad are ordinary words that are part of a street's name in small letters.
	betweenRoad = newWordSet("church park station high mill hill green queen queens king kings garden rose maple oak ash west east north south victoria " +
		"new old the long castle manor school main london grange elm orchard springfield saint st meadow wood cross back upper lower sea chapel " +
		"bridge well water farm field mount prince princess albert george james mary nelson market moor river lake canal cherry holly " +
		"beech birch willow hawthorn lime cedar poplar hazel chestnut sycamore apple lavender swan fox badger robin lark first second third " +
		"fourth fifth bank top low little great sandy stone brick lodge abbey priory cathedral heath beacon park's cemetery barn mews hospital union " +
		"windsor york lancaster derby oxford cambridge bath bristol richmond hope grove primrose bluebell ivy")
	numberSigns = newWordSet("number no nr num hse")
	numbersOnly = newWordSet("back front week weeks day days month months year years hour hours minute minutes am pm mg ml miles mile times people of in on at to the and a " +
		"for is was from by down up per")
)

// streetAddresses finds where somebody lives: "14 Maple Road", "number 32, the blue
// door, Lockgate Terrace", "The Old Forge, Pound Lane, Little Tarrant", "flat 9,
// Elgar House".
func streetAddresses(r *reader) []sighting {
	var out []sighting
	n := len(r.doc.tokens)
	for i, next := 0, 0; i < n; i++ {
		if i < next {
			continue
		}
		t := &r.doc.tokens[i]
		if t.isNum {
			if last, ok := r.numberedStreet(i); ok {
				out = append(out, r.spanOf(i, last, 1))
				next = last + 1
			}
			continue
		}
		switch {
		case t.capital && i > 0 && (roads.has(r.raw(i)) || roadsToo.has(r.raw(i))):
			if from, last, ok := r.livedInStreet(i); ok {
				out = append(out, r.spanOf(from, last, 1))
				next = last + 1
			}
		case units.has(r.raw(i)):
			if last, ok := r.unit(i); ok {
				out = append(out, r.spanOf(i, last, 1))
				next = last + 1
			}
		case t.capital && homes.has(r.raw(i)):
			if from, last, ok := r.namedHome(i); ok {
				out = append(out, r.spanOf(from, last, 1))
				next = last + 1
			}
		}
	}
	return out
}

// numberedStreet reads a house number, perhaps with a letter, up to four words and
// a kind of street.
func (r *reader) numberedStreet(i int) (last int, ok bool) {
	t := r.doc.tokens
	num := t[i].num
	if num < 1 || num > 9999 || num != float64(int(num)) || !isDigit(r.doc.text[t[i].start]) {
		return 0, false
	}
	if s := int(t[i].start); s > 0 && strings.IndexByte("£$€", r.doc.text[s-1]) >= 0 {
		return 0, false
	}
	k := i + 1
	for k < len(t) && t[k].start < t[i].end { // 27b, 1st
		k++
	}
	if w := r.raw(i); !isDigit(w[len(w)-1]) {
		letters := strings.TrimLeft(w, "0123456789")
		if len(letters) > 1 {
			return 0, false
		}
	} else if k < len(t) && len(r.raw(k)) == 1 && isLetter(r.raw(k)[0]) && t[k].brk == breakNone && r.between(k) == "" {
		k++
	}
	begin := k
	capitalName := false
	for j := k; j < len(t) && j <= begin+4; j++ {
		if j > begin && t[j].brk != breakNone {
			return 0, false
		}
		if j == begin && t[j].brk != breakNone && r.between(j) != ", " {
			return 0, false
		}
		if t[j].isNum && t[j].sym < 0 || j > begin && t[j].start < t[j-1].end {
			if t[j].isNum {
				return 0, false
			}
			continue
		}
		w := r.raw(j)
		strong := roads.has(w)
		weak := !strong && t[j].capital && capitalName && roadsToo.has(w) || r.in(j, "street") && !strong && capitalName && t[j].capital
		the := j == begin+1 && strings.EqualFold(r.raw(begin), "the") && t[j].capital
		if j > begin && (strong || weak || the) && r.nameWords(begin, j) {
			if strong && !t[j].capital && !r.placeName(begin, j) {
				return 0, false
			}
			if the && !roadsToo.has(w) && !roads.has(w) && !homes.has(w) {
				continue
			}
			return r.withTown(j), true
		}
		if strings.EqualFold(w, "the") && j == begin {
			continue
		}
		if t[j].capital {
			capitalName = true
			continue
		}
		if numbersOnly.has(w) {
			return 0, false
		}
	}
	return 0, false
}

// nameWords reports that the words from a to b may be a street's name.
func (r *reader) nameWords(a, b int) bool {
	t := r.doc.tokens
	for k := a; k < b; k++ {
		if !t[k].capital && t[k].sym >= 0 && !betweenRoad.has(r.raw(k)) && !r.in(k, "street_word") && r.raw(k) != "s" && !ownerMark(r.raw(k)) {
			return false
		}
	}
	return true
}

func ownerMark(w string) bool { return strings.HasSuffix(w, "'s") || strings.HasSuffix(w, "’s") }

// placeName reports, for a post without capitals, at least one word of a name.
func (r *reader) placeName(a, b int) bool {
	for k := a; k < b; k++ {
		if !strings.EqualFold(r.raw(k), "the") && !numbersOnly.has(r.raw(k)) {
			return true
		}
	}
	return false
}

// withTown stretches an address over the town behind it: ", Penlow".
func (r *reader) withTown(last int) int {
	t := r.doc.tokens
	if k := last + 1; k < len(t) && t[k].capital && !t[k].isNum && r.between(k) == ", " {
		return k
	}
	return last
}

// livedInStreet reads a street by its name alone, where a town follows and the
// words around say that somebody is to be found there.
func (r *reader) livedInStreet(i int) (from, last int, ok bool) {
	t := r.doc.tokens
	from = i
	for from > 0 && from > i-3 && t[from].brk == breakNone && (t[from-1].capital && !t[from-1].isNum || ownerMark(r.raw(from-1))) {
		gap := r.between(from)
		if gap != " " && gap != "-" && gap != "" {
			break
		}
		from--
	}
	if from == i || roadsToo.has(r.raw(i)) && !roads.has(r.raw(i)) && len(r.raw(i)) < 3 {
		return 0, 0, false
	}
	town := r.townAfter(i)
	before := ""
	if from > 0 {
		before = r.between(from)
	}
	text, s, e := r.doc.text, int(t[from].start), int(t[i].end)
	house := from > 1 && strings.HasPrefix(before, ",") && (t[from-1].capital && homes.has(r.raw(from-1)) || t[from-1].quoted) ||
		from > 1 && strings.Contains(before, "\",") || strings.Contains(before, "”,")
	switch {
	case house:
		// Rose Cottage, Back Lane
		k := from - 1
		for k > 0 && k > from-4 && t[k].brk == breakNone && t[k-1].capital {
			k--
		}
		return k, r.withTown(i), true
	case numberNear(text, s, e):
		return from, r.withTown(i), town || roads.has(r.raw(i))
	case town && dwell.hasNear(text, s, e, 44, 0) && !publicNear.hasNear(text, s, e, 36, 0):
		return from, r.withTown(i), true
	}
	return 0, 0, false
}

var publicNear = newWordSet("church chapel hospital clinic surgery shop cafe station hall library cemetery crematorium school pub salon parlour bakery group meeting centre bus stop road pharmacy chemist registry")

// numberNear reports "number 32" or "no. 5" near a street.
func numberNear(text string, s, e int) bool {
	found := false
	look := func(at int, part string) {
		shapes(part, func(i, j int) {
			if found || !numberSigns.has(part[i:j]) {
				return
			}
			k := j
			for k < len(part) && (part[k] == ' ' || part[k] == '.') {
				k++
			}
			d := k
			for d < len(part) && isDigit(part[d]) {
				d++
			}
			found = d > k && d-k <= 4
		})
	}
	look(s, text[max(0, s-48):s])
	look(e, text[e:min(len(text), e+48)])
	return found
}

// townAfter reports ", Todmarsh", "in Selby" or a postcode behind a street.
func (r *reader) townAfter(i int) bool {
	t := r.doc.tokens
	k := i + 1
	if k >= len(t) {
		return false
	}
	gap := r.between(k)
	if w := r.raw(k); (strings.EqualFold(w, "in") || strings.EqualFold(w, "near")) && gap == " " && k+1 < len(t) {
		return t[k+1].capital && t[k+1].sym < 0
	}
	if !t[k].capital || t[k].isNum {
		return false
	}
	return gap == ", " || gap == " " && t[k].sym < 0
}

// unit reads "flat 9, Elgar House", "room 14, Hotel Beaumaris", "pitch 41, Golden
// Sands": a number within a building that is named before or behind it.
func (r *reader) unit(i int) (last int, ok bool) {
	t := r.doc.tokens
	k := i + 1
	if k >= len(t) {
		return 0, false
	}
	if numberSigns.has(r.raw(k)) && k+1 < len(t) {
		k++
	}
	w := r.raw(k)
	if !(t[k].isNum && isDigit(w[0])) && !(len(w) == 1 && isCapital(w[0]) && w != "I" && w != "A") {
		return 0, false
	}
	for k+1 < len(t) && t[k+1].start < t[k].end {
		k++
	}
	strict := !strings.EqualFold(r.raw(i), "flat") && !strings.EqualFold(r.raw(i), "apartment") && !strings.EqualFold(r.raw(i), "apt") && !strings.EqualFold(r.raw(i), "flt")
	// Behind: a name in capitals of a building.
	names := 0
	for j := k + 1; j < len(t) && j <= k+5; j++ {
		gap := r.between(j)
		if gap != " " && gap != ", " && gap != "-" {
			break
		}
		if !t[j].capital {
			if names == 0 && j == k+1 && (strings.EqualFold(r.raw(j), "at") || strings.EqualFold(r.raw(j), "the") || strings.EqualFold(r.raw(j), "in")) {
				continue
			}
			break
		}
		names++
		if homes.has(r.raw(j)) || !strict && names == 2 && t[j].sym < 0 {
			return j, names > 1 || !homes.has(r.raw(j)) || j+1 < len(t) && t[j+1].capital
		}
	}
	// Before: "at the Travelodge by junction 22, room 118".
	for j := i - 1; j >= 0 && j > i-9 && t[j+1].brk != breakStop; j-- {
		if t[j].capital && stays.has(r.raw(j)) {
			return k, true
		}
	}
	return 0, false
}

var stays = newWordSet("travelodge hotel inn hostel hilton ibis novotel marriott ramada b&b lodge guesthouse ronald premier house court sands caravan tower")

// namedHome reads "Rose Cottage, Kirkby Overdale" where a street follows or the
// words around ask for letters.
func (r *reader) namedHome(i int) (from, last int, ok bool) {
	t := r.doc.tokens
	from = i
	for from > 0 && from > i-3 && t[from].brk == breakNone && t[from-1].capital && !t[from-1].isNum {
		if gap := r.between(from); gap != " " && gap != "-" {
			break
		}
		from--
	}
	if from == i || i+2 >= len(t) || r.between(i+1) != ", " || !t[i+1].capital {
		return 0, 0, false
	}
	for k := i + 1; k < len(t) && k <= i+4; k++ {
		if k > i+1 && t[k].brk != breakNone || !t[k].capital && !ownerMark(r.raw(k)) {
			break
		}
		if k > i+1 && t[k].capital && (roads.has(r.raw(k)) || roadsToo.has(r.raw(k))) {
			return from, r.withTown(k), true
		}
	}
	text := r.doc.text
	if letterWords.hasNear(text, int(t[from].start), int(t[i].end), 48, 60) {
		return from, r.withTown(i), true
	}
	return 0, 0, false
}

var letterWords = newWordSet("address letters write post send parcel live lives deliver cards")
