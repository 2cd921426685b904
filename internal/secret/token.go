package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
)

// NewToken makes 256 random bits for a session or a one-time link, as 43
// characters that need no escaping in an address, and the key it is stored under.
// Only the key is stored: who reads the database cannot use what is in it.
func NewToken() (token, key string) {
	bits := make([]byte, 32)
	rand.Read(bits) // never fails: crypto/rand ends the program instead
	token = base64.RawURLEncoding.EncodeToString(bits)
	return token, TokenKey(token)
}

// TokenKey is the key of a token that somebody presents: hex SHA-256. A fast hash
// is right here, because nobody can guess 256 random bits.
func TokenKey(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
