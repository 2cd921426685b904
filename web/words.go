package web

import (
	"strconv"
	"strings"

	"snowdrop/internal/forum"
)

// several counts things: "1 hour", "3 hours".
func several(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}

func some(n int, thing string) string {
	if n == 0 {
		return ""
	}
	return several(n, thing)
}

var small = []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}

// number says a small number as a word.
func number(n int) string {
	if n >= 0 && n < len(small) {
		return small[n]
	}
	return strconv.Itoa(n)
}

// capital makes the first letter of a sentence large.
func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// list joins things as people say them: "a, b and c".
func list(things []string) string {
	switch n := len(things); n {
	case 0:
		return ""
	case 1:
		return things[0]
	default:
		return strings.Join(things[:n-1], ", ") + " and " + things[n-1]
	}
}

// replies tells how many replies there are.
func replies(n int) string {
	switch n {
	case 0:
		return "No replies yet"
	case 1:
		return "One reply"
	default:
		return capital(number(n)) + " replies"
	}
}

// paragraphs splits plain text at blank lines.
func paragraphs(text string) []string {
	var all []string
	for p := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			all = append(all, p)
		}
	}
	return all
}

// thousands groups the digits of a number: 20,000.
func thousands(n int) string {
	s := strconv.Itoa(n)
	if len(s) < 4 {
		return s
	}
	return s[:len(s)-3] + "," + s[len(s)-3:]
}

func noticeWord(k forum.NoticeKind) string {
	switch k {
	case forum.NoticeReply:
		return "A reply"
	case forum.NoticeMidwife:
		return "A midwife answered"
	case forum.NoticeDecision:
		return "About your post"
	case forum.NoticeReport:
		return "About your report"
	case forum.NoticeCare:
		return "From our team"
	case forum.NoticeAppeal:
		return "About asking again"
	case forum.NoticeStaff:
		return "For the team"
	}
	return ""
}
