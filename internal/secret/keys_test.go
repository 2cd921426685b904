package secret

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

func keys(t testing.TB, seed byte) *Keys {
	t.Helper()
	k, err := NewKeys(bytes.Repeat([]byte{seed}, MasterSize))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestMasterSize(t *testing.T) {
	for _, size := range []int{0, 16, 31, 33} {
		if _, err := NewKeys(make([]byte, size)); err == nil {
			t.Errorf("a master key of %d bytes was taken", size)
		}
	}
}

func TestSealRoundTrip(t *testing.T) {
	k := keys(t, 1)
	for _, plain := range []string{"", "mia@example.org", "zoë@exämple.org", strings.Repeat("long ", 1000)} {
		sealed, err := k.Seal(plain, "email")
		if err != nil {
			t.Fatal(err)
		}
		if plain != "" && bytes.Contains(sealed, []byte(plain)) {
			t.Error("sealed bytes show the plain ones")
		}
		if got, err := k.Open(sealed, "email"); got != plain || err != nil {
			t.Errorf("Open = %q, %v; want %q", got, err, plain)
		}
		again, _ := k.Seal(plain, "email")
		if bytes.Equal(sealed, again) {
			t.Error("sealing twice gave the same bytes")
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	k := keys(t, 1)
	sealed, _ := k.Seal("mia@example.org", "email")
	if _, err := k.Open(sealed, "register"); !errors.Is(err, ErrSealed) {
		t.Errorf("another purpose: %v", err)
	}
	if _, err := keys(t, 2).Open(sealed, "email"); !errors.Is(err, ErrSealed) {
		t.Errorf("another master key: %v", err)
	}
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		if _, err := k.Open(bad, "email"); !errors.Is(err, ErrSealed) {
			t.Errorf("byte %d changed: %v", i, err)
		}
		if _, err := k.Open(sealed[:i], "email"); !errors.Is(err, ErrSealed) {
			t.Errorf("cut at %d: %v", i, err)
		}
	}
	if _, err := k.Open(append(bytes.Clone(sealed), 0), "email"); !errors.Is(err, ErrSealed) {
		t.Errorf("one byte more: %v", err)
	}
}

func TestIndex(t *testing.T) {
	k := keys(t, 1)
	a := k.Index("email", "mia@example.org")
	if len(a) != 64 || a != k.Index("email", "mia@example.org") {
		t.Errorf("index %q is not stable", a)
	}
	for name, other := range map[string]string{
		"another value":   k.Index("email", "mia@example.com"),
		"another purpose": k.Index("register", "mia@example.org"),
		"another cut":     k.Index("emailmia", "@example.org"),
		"another key":     keys(t, 2).Index("email", "mia@example.org"),
	} {
		if other == a {
			t.Errorf("%s gives the same index", name)
		}
	}
}

// These values are in databases: if one changes, sealed addresses are lost and
// nobody can sign in. A change needs a new version byte instead.
func TestDerivationStays(t *testing.T) {
	k := keys(t, 7)
	if got, want := k.Index("email", "mia@example.org"), "0682eb55c8e2548b8ee55971113900ec4580315297ee695fba10bb76f180b9f7"; got != want {
		t.Errorf("index is %s, was %s", got, want)
	}
	sealed, err := hex.DecodeString("01b8c25d8dd494cbbf5d9b62561551668b3d3b10bde1cfd0340e6bbe6e82051c" +
		"f92dc33d9947eb4ac64331776ca1f7c6b17fbaaffeefa6d4")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := k.Open(sealed, "email"); got != "mia@example.org" || err != nil {
		t.Errorf("Open = %q, %v", got, err)
	}
}

func TestCookieKeys(t *testing.T) {
	hash, block := keys(t, 1).Cookie()
	if len(hash) != 64 || len(block) != 32 {
		t.Fatalf("sizes %d and %d", len(hash), len(block))
	}
	if bytes.Equal(hash[:32], block) || bytes.Equal(hash[:32], bytes.Repeat([]byte{1}, 32)) {
		t.Error("keys are not kept apart")
	}
	k := keys(t, 1)
	first, _ := k.Cookie()
	first[0] ^= 1
	if second, _ := k.Cookie(); !bytes.Equal(second, hash) {
		t.Error("a caller changed the key")
	}
}

func FuzzOpen(f *testing.F) {
	k := keys(f, 1)
	sealed, _ := k.Seal("mia@example.org", "email")
	f.Add(sealed, "register")
	f.Add([]byte{}, "email")
	f.Add(make([]byte, 41), "email")
	f.Fuzz(func(t *testing.T, data []byte, purpose string) {
		if plain, err := k.Open(data, purpose); err == nil && !bytes.Equal(data, sealed) {
			t.Errorf("opened %q as %q", data, plain)
		}
	})
}
