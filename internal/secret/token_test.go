package secret

import (
	"encoding/base64"
	"testing"
)

func TestToken(t *testing.T) {
	seen := map[string]bool{}
	for range 100 {
		token, key := NewToken()
		bits, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil || len(bits) != 32 {
			t.Fatalf("token %q: %v", token, err)
		}
		if key != TokenKey(token) || len(key) != 64 {
			t.Errorf("key %q", key)
		}
		if seen[token] {
			t.Error("the same token twice")
		}
		seen[token] = true
	}
	// SHA-256 of "abc", FIPS 180-2.
	if got := TokenKey("abc"); got != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Errorf("TokenKey(abc) = %s", got)
	}
}
