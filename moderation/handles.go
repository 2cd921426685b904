package moderation

import "strings"

var (
	// networks are services on which people have a name of their own. X is left out:
	// here it is a kiss.
	networks = newWordSet("insta instagram ig snap snapchat sc facebook fb tiktok tik tok twitter twtter telegram whatsapp kik reddit discord threads " +
		"bereal skype messenger linkedin signal viber wechat strava twitch steam psn playstation xbox gamertag roblox minecraft pinterest tumblr " +
		"mastodon bluesky bsky youtube vinted depop wattpad spotify paypal monzo revolut venmo cashapp yubo line substack vsco peanut fortnite onlyfans wink bumble tinder hinge goodreads ravelry etsy ebay")
	// surely are networks whose name means nothing else.
	surely = newWordSet("insta instagram ig snapchat facebook fb tiktok twitter telegram whatsapp kik reddit discord bereal skype linkedin viber wechat strava bsky psn gamertag tumblr")
	// linkWords stand between a network and the name there.
	linkWords = newWordSet("is its im i'm am i me my we're as under at on name named handle user username id account profile page tag called by " +
		"and same also the add find dm follow message search for it's thats that's add: with u r r/ all over too both please pls here hmu")
	// reachWords say that somebody may be reached by an @name near them.
	reachWords = newWordSet("find add dm dms message follow handle messaging username tag inbox pm hmu socials reach")
)

// handles finds ways to be reached elsewhere: "insta @name", "Snap: heidi-hi.1993",
// "lil.tash.xo on tiktok", "u/name", "discord name#1234".
func handles(r *reader) []sighting {
	var out []sighting
	text := r.doc.text
	lastNet, netStart := -1, -1 // where the last network's name ended and began
	sure := false
	var heldS, heldE = -1, -1 // a name that waits for "on tiktok"
	words := 0                // since the name that waits
	for i := 0; i < len(text); {
		c := text[i]
		if byteKinds[c]&(kindLetter|kindDigit) == 0 && c != '@' && c != '_' {
			i++
			continue
		}
		s := i
		if c == '@' {
			i++
			for i < len(text) && text[i] == ' ' && i < s+2 {
				i++
			}
		}
		from := i
		kinds := uint8(0)
		for i < len(text) && (byteKinds[text[i]]&(kindLetter|kindDigit|kindSign) != 0 || text[i] == '\'' && i+1 < len(text) && isLetter(text[i+1])) {
			kinds |= byteKinds[text[i]]
			i++
		}
		e := i
		for e > from && strings.IndexByte(".-#'", text[e-1]) >= 0 {
			e--
		}
		if e <= from {
			i = max(i, s+1)
			continue
		}
		w := text[from:e]
		words++
		switch {
		case c == '@':
			if s > 0 && isWordByte(text[s-1]) {
				break // an address
			}
			spaced := from > s+1
			near := lastNet >= 0 && s-lastNet <= 40
			if spaced && (!near || s-lastNet > 12 || !handleLike(w)) {
				break
			}
			if e-s >= 4 && (near && (sure || handleLike(w)) || reachWords.hasNear(text, s, e, 48, 0) || networks.hasNear(text, e, e, 0, 24) && !spaced) {
				out = append(out, sighting{s, e, -1, -1, 1})
				continue
			}
			if e-s >= 4 && handleLike(w) {
				heldS, heldE, words = s, e, 0
			}
			continue
		case from > 1 && text[from-1] == '/' && text[from-2]|0x20 == 'u' && len(w) >= 3 && (from < 3 || !isWordByte(text[from-3])):
			out = append(out, sighting{from - 2, e, -1, -1, 1})
			continue
		case networks.has(w) || len(w) > 2 && kinds == kindLetter && w[len(w)-2] == '\'' && networks.has(w[:len(w)-2]):
			if heldS >= 0 && words <= 4 && (words <= 3 || surely.has(w)) && joinsName(text[heldE:from]) {
				out = append(out, sighting{heldS, heldE, -1, -1, 1})
				heldS = -1
			}
			lastNet, netStart, sure = e, from, surely.has(strings.TrimSuffix(w, "'s"))
			if pe := profilePath(text, e); pe > 0 {
				out = append(out, sighting{from, pe, -1, -1, 1})
				i = pe
			}
			continue
		case kinds&kindSign != 0 && hashTag(w):
			out = append(out, sighting{from, e, -1, -1, 1})
			continue
		}
		if c == '@' {
			continue
		}
		if kinds == kindLetter || !handleLike(w) {
			if lastNet >= 0 && sure && from-lastNet <= 56 && len(w) >= 9 && plainHandle(text, r, from, e, lastNet) {
				out = append(out, sighting{from, e, -1, -1, 1})
				lastNet = -1
			}
			continue
		}
		if lastNet >= 0 && from-lastNet <= 48 && (sure || from-lastNet <= 16 || ownNetwork(text, netStart)) && onlyLinks(text[lastNet:from], sure) {
			out = append(out, sighting{from, e, -1, -1, 1})
			continue
		}
		heldS, heldE, words = from, e, 0
	}
	return out
}

// handleLike reports letters held together by signs or digits as no word is:
// lil.tash.xo, mum_of_2, jess92.
func handleLike(w string) bool {
	if len(w) < 5 || len(w) > 40 || !isLetter(w[0]) && w[0] != '_' {
		return false
	}
	letters, digits, signs := 0, 0, 0
	for i := range len(w) {
		switch c := w[i]; {
		case isLetter(c):
			letters++
		case isDigit(c):
			digits++
		case c == '_', c == '#':
			signs++
		case c == '.':
			if i+1 < len(w) && isLetter(w[i+1]) || isDigit(w[max(0, i+1)%len(w)]) {
				signs++
			}
		case c == '-', c == '\'':
		}
	}
	if strings.Contains(w, "..") || letters < 3 {
		return false
	}
	if dot := strings.LastIndexByte(w, '.'); dot > 0 && signs == 1 && digits == 0 && (mailEnds.has(w[dot+1:]) || isCapital(w[dot+1])) {
		return false // a site, or a full stop without its space
	}
	return signs > 0 || digits > 0
}

// hashTag reports name#1234, as Discord wrote its names.
func hashTag(w string) bool {
	h := strings.IndexByte(w, '#')
	return h >= 3 && len(w)-h == 5 && matchesShape(w[h+1:], "9999")
}

// plainHandle reports a long word that no rule knows right behind "is", "at", a
// colon or the like: "still there, at stillmumtorafe".
func plainHandle(text string, r *reader, from, to, net int) bool {
	for i := from; i < to; i++ {
		if isCapital(text[i]) || !isLetter(text[i]) {
			return false
		}
	}
	before := strings.TrimRight(text[net:from], " ")
	if before == "" {
		return false
	}
	last := before[strings.LastIndexAny(before, " ,.")+1:]
	switch strings.ToLower(last) {
	case "at", "is", "as", "under", "im", "i'm", "handle", "username", "name", ":", "=", "its", "it's":
	default:
		if !strings.HasSuffix(last, ":") { // last is empty behind a comma or full stop
			return false
		}
	}
	return !r.knowsWord(text[from:to])
}

// knowsWord reports a word that a rule or the endings of English know.
func (r *reader) knowsWord(w string) bool {
	if ordinary(w) {
		return true
	}
	if _, ok := r.lex.words[w]; ok {
		return true
	}
	if _, ok := r.lex.real[w]; ok {
		return true
	}
	_, stem := r.lex.lookup([]byte(w))
	return stem >= 0
}

// ownNetwork reports "my" or "on" in front of a network's name.
func ownNetwork(text string, at int) bool {
	return ownWords.hasNear(text, at, at, 16, 0)
}

var ownWords = newWordSet("my on our his her their me add")

// onlyLinks reports that nothing but linking words stands between a network and a
// name.
func onlyLinks(s string, sure bool) bool {
	ok, other := true, 0
	shapes(s, func(i, j int) {
		if !linkWords.has(s[i:j]) && !networks.has(s[i:j]) {
			other++
		}
	})
	if other > 2 || other > 0 && !sure && strings.IndexByte(s, ':') < 0 {
		ok = false
	}
	return ok
}

// joinsName reports that a name and the network behind it belong together.
func joinsName(s string) bool {
	on := len(strings.Trim(s, " \"'”’,:(")) == 0
	shapes(s, func(i, j int) {
		switch strings.ToLower(s[i:j]) {
		case "on", "in", "for", "via", "my", "is", "snap", "same":
			on = true
		}
	})
	return on
}

// profilePath is where the name of a person ends in "facebook dot com slash jo" or
// "facebook.com/jo", whose network ends at i; 0 if there is none.
func profilePath(text string, i int) int {
	rest := text[i:min(len(text), i+80)]
	j, ok := 0, false
	skip := func(words ...string) bool {
		for j < len(rest) && rest[j] == ' ' {
			j++
		}
		for _, w := range words {
			if len(rest) >= j+len(w) && strings.EqualFold(rest[j:j+len(w)], w) {
				j += len(w)
				return true
			}
		}
		return false
	}
	if skip("dot", ".") && skip("com", "me", "co", "gg", "tv", "net") || j == 0 {
		ok = skip("forward slash", "slash", "/")
	}
	if !ok {
		return 0
	}
	for skip("in/", "user/", "add/", "@", "u/", "in slash") {
	}
	for j < len(rest) && rest[j] == ' ' {
		j++
	}
	s := j
	for j < len(rest) && (isLetter(rest[j]) || isDigit(rest[j]) || strings.IndexByte("._-", rest[j]) >= 0) {
		j++
	}
	for j > s && strings.IndexByte("._-", rest[j-1]) >= 0 {
		j--
	}
	if j-s < 3 || strings.EqualFold(rest[s:j], "groups") || strings.EqualFold(rest[s:j], "events") || strings.EqualFold(rest[s:j], "watch") || networks.has(rest[s:j]) {
		return 0
	}
	return i + j
}
