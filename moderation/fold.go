package moderation

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// foldRune appends what a reader takes r for: lower case, without accents,
// full-width or mathematical styling, and with the look-alikes of other scripts
// as the Latin letter they imitate. Runes that nobody sees append nothing.
func foldRune(dst []byte, r rune) []byte {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return append(dst, byte(r))
	}
	if invisible(r) {
		return dst
	}
	if c, ok := lookAlikes[r]; ok {
		return append(dst, c)
	}
	var buf [utf8.UTFMax]byte
	n := utf8.EncodeRune(buf[:], r)
	if d := norm.NFKD.Properties(buf[:n]).Decomposition(); d != nil {
		for len(d) > 0 {
			part, size := utf8.DecodeRune(d)
			d = d[size:]
			switch {
			case unicode.Is(unicode.Mn, part):
			case part < utf8.RuneSelf:
				dst = foldRune(dst, part)
			default:
				if c, ok := lookAlikes[part]; ok {
					dst = append(dst, c)
				} else {
					dst = utf8.AppendRune(dst, unicode.ToLower(part))
				}
			}
		}
		return dst
	}
	return utf8.AppendRune(dst, unicode.ToLower(r))
}

// invisible reports runes that take no room on the screen and are used, on
// purpose or by a keyboard, inside words: joiners, marks, selectors, soft
// hyphens and accents written on their own.
func invisible(r rune) bool {
	switch {
	case r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E,
		r >= 0x2060 && r <= 0x2064, r >= 0x2066 && r <= 0x206F,
		r == 0xFEFF, r == 0x00AD, r == 0x034F, r == 0x061C,
		r == 0x115F, r == 0x1160, r == 0x17B4, r == 0x17B5, r == 0x180E, r == 0x3164,
		r >= 0xFE00 && r <= 0xFE0F, r >= 0x1F3FB && r <= 0x1F3FF,
		r >= 0xE0000 && r <= 0xE01EF:
		return true
	}
	return r >= 0x0300 && unicode.Is(unicode.Mn, r)
}

// lookAlikes are letters of other scripts that are drawn like a Latin one, and
// punctuation that keyboards straighten or curl on their own.
var lookAlikes = map[rune]byte{
	'а': 'a', 'в': 'b', 'с': 'c', 'ԁ': 'd', 'е': 'e', 'ё': 'e', 'һ': 'h', 'н': 'h',
	'і': 'i', 'ї': 'i', 'ј': 'j', 'к': 'k', 'ӏ': 'l', 'м': 'm', 'о': 'o', 'р': 'p',
	'ԛ': 'q', 'ѕ': 's', 'т': 't', 'у': 'y', 'ѵ': 'v', 'ԝ': 'w', 'х': 'x', 'п': 'n',
	'А': 'a', 'В': 'b', 'С': 'c', 'Е': 'e', 'Ё': 'e', 'Н': 'h', 'І': 'i', 'Ј': 'j',
	'К': 'k', 'М': 'm', 'О': 'o', 'Р': 'p', 'Ѕ': 's', 'Т': 't', 'У': 'y', 'Х': 'x',
	'Ү': 'y', 'ү': 'y', 'Ԍ': 'g', 'Ӏ': 'l', 'ɡ': 'g', 'ɑ': 'a', 'ı': 'i', 'ʏ': 'y',
	'ᴀ': 'a', 'ʙ': 'b', 'ᴄ': 'c', 'ᴅ': 'd', 'ᴇ': 'e', 'ɢ': 'g', 'ʜ': 'h', 'ɪ': 'i',
	'ᴊ': 'j', 'ᴋ': 'k', 'ʟ': 'l', 'ᴍ': 'm', 'ɴ': 'n', 'ᴏ': 'o', 'ᴘ': 'p', 'ʀ': 'r',
	'ꜱ': 's', 'ᴛ': 't', 'ᴜ': 'u', 'ᴠ': 'v', 'ᴡ': 'w', 'ᴢ': 'z',
	'α': 'a', 'β': 'b', 'γ': 'y', 'ε': 'e', 'η': 'n', 'ι': 'i', 'κ': 'k', 'ν': 'v',
	'ο': 'o', 'ρ': 'p', 'σ': 'o', 'τ': 't', 'υ': 'u', 'χ': 'x', 'ω': 'w',
	'Α': 'a', 'Β': 'b', 'Ε': 'e', 'Ζ': 'z', 'Η': 'h', 'Ι': 'i', 'Κ': 'k', 'Μ': 'm',
	'Ν': 'n', 'Ο': 'o', 'Ρ': 'p', 'Τ': 't', 'Υ': 'y', 'Χ': 'x',
	'ø': 'o', 'Ø': 'o', 'ł': 'l', 'Ł': 'l', 'đ': 'd', 'Đ': 'd', 'ħ': 'h', 'ŧ': 't',
	'‘': '\'', '’': '\'', 'ʼ': '\'', '`': '\'', '´': '\'', '′': '\'', '＇': '\'',
	'‐': '-', '‑': '-', '−': '-',
	'⁄': '/', '∗': '*', '•': ',', '·': '.',
}
