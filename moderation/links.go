package moderation

import "strings"

// links finds web addresses. Those of known charities and public bodies have
// value 0, others 1.
func links(r *reader) []sighting {
	var out []sighting
	text := r.doc.text
	for i := 0; i < len(text); {
		// Words of an address run from space to space, with a dot or slash inside.
		sign := strings.IndexAny(text[i:], "./")
		if sign < 0 {
			break
		}
		j := i + sign
		i += strings.LastIndexAny(text[i:j], " \n\t") + 1
		for j < len(text) && text[j] != ' ' && text[j] != '\n' && text[j] != '\t' {
			j++
		}
		if w := strings.ToLower(strings.Trim(text[i:j], "().,;:!?\"'<>[]")); j-i > 5 && len(w) > 5 && isLink(w) {
			value := 1.0
			if r.knownHost(w) {
				value = 0
			}
			s := i + strings.Index(strings.ToLower(text[i:j]), w)
			if s >= i && s+len(w) <= j {
				out = append(out, sighting{s, s + len(w), -1, -1, value})
			}
		}
		i = j + 1
	}
	return out
}

func isLink(w string) bool {
	if strings.Contains(w, "@") {
		return false
	}
	if strings.HasPrefix(w, "http://") || strings.HasPrefix(w, "https://") || strings.HasPrefix(w, "www.") {
		return true
	}
	host, _, _ := strings.Cut(w, "/")
	dot := strings.LastIndexByte(host, '.')
	if dot < 3 {
		return false
	}
	switch host[dot+1:] {
	case "com", "net", "org", "info", "biz", "shop", "store", "online", "xyz", "ly", "me", "site", "co", "uk", "io", "link", "club", "top":
	default:
		return false
	}
	for i := range dot {
		if !isLetter(host[i]) && !isDigit(host[i]) && host[i] != '-' && host[i] != '.' {
			return false
		}
	}
	return true
}

func (r *reader) knownHost(w string) bool {
	w = strings.TrimPrefix(strings.TrimPrefix(w, "https://"), "http://")
	host, _, _ := strings.Cut(w, "/")
	for host != "" {
		if r.known[host] {
			return true
		}
		_, rest, ok := strings.Cut(host, ".")
		if !ok {
			return false
		}
		host = rest
	}
	return false
}
