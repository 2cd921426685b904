package secret

import (
	"crypto/rand"
	"encoding/base32"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
)

// A code from an app is six digits, new every 30 seconds (RFC 6238). SHA-1 is what
// every app can do, and safe in this use.
const totpStep = 30

var (
	totpOptions = hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}
	base32Text  = base32.StdEncoding.WithPadding(base32.NoPadding)
)

// NewTOTP makes the secret of an app that makes codes: 160 random bits in base32.
func NewTOTP() string {
	bits := make([]byte, 20)
	rand.Read(bits) // never fails: crypto/rand ends the program instead
	return base32Text.EncodeToString(bits)
}

// TOTPAddress is what an app reads from a picture or a link.
func TOTPAddress(secret, name string) string {
	return "otpauth://totp/" + url.PathEscape("Snowdrop:"+name) + "?" + url.Values{"secret": {secret}, "issuer": {"Snowdrop"}}.Encode()
}

// TOTP is the code of a secret at a moment.
func TOTP(secret string, at time.Time) (string, error) {
	return hotp.GenerateCodeCustom(secret, uint64(at.Unix()/totpStep), totpOptions)
}

// MatchTOTP says which 30 seconds a code belongs to: the present ones, or those
// just before or after, since clocks differ. Spaces in the code do not matter.
func MatchTOTP(secret, code string, now time.Time) (step int64, ok bool) {
	code = strings.Join(strings.Fields(code), "")
	if len(code) != 6 {
		return 0, false
	}
	for step = now.Unix()/totpStep + 1; step >= now.Unix()/totpStep-1; step-- {
		if same, err := hotp.ValidateCustom(code, uint64(step), secret, totpOptions); err == nil && same {
			return step, true
		}
	}
	return 0, false
}

// recoverySize is the length of a recovery code without its hyphens: 120 bits, so
// that a plain hash keeps it (OWASP ASVS 5.0, 6.5.2 asks for 112).
const recoverySize = 24

// NewRecoveryCode makes a code that stands in for an app once, and the key that it
// is stored under.
func NewRecoveryCode() (code, key string) {
	bits := make([]byte, recoverySize*5/8)
	rand.Read(bits) // never fails: crypto/rand ends the program instead
	plain := strings.ToLower(base32Text.EncodeToString(bits))
	var pieces []string
	for piece := range slices.Chunk([]byte(plain), 4) {
		pieces = append(pieces, string(piece))
	}
	return strings.Join(pieces, "-"), TokenKey(plain)
}

// RecoveryKey is the key of a recovery code that somebody types; ok is false for
// what is none.
func RecoveryKey(typed string) (key string, ok bool) {
	plain := strings.ToLower(strings.NewReplacer("-", "", " ", "", "\t", "").Replace(typed))
	if len(plain) != recoverySize {
		return "", false
	}
	return TokenKey(plain), true
}

// Picture is a text as a square code for a camera: rows of dark and light. nil when
// the text is too long for one.
func Picture(text string) [][]bool {
	var code barcode.Barcode
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil
	}
	size := code.Bounds()
	rows := make([][]bool, size.Dy())
	for y := range rows {
		rows[y] = make([]bool, size.Dx())
		for x := range rows[y] {
			red, _, _, _ := code.At(x, y).RGBA()
			rows[y][x] = red == 0
		}
	}
	return rows
}
