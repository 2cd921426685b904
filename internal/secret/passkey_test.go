package secret_test

import (
	"testing"

	"snowdrop/internal/secret"
)

func TestWhereThereArePasskeys(t *testing.T) {
	for address, want := range map[string]bool{
		"https://forum.example.org": true, "https://forum.example.org:8443": true, "https://Forum.Example.org/": true, "http://localhost:8080": true,
		"http://forum.example.org": false, "http://127.0.0.1:8080": false, "https://192.0.2.7": false, "https://[2001:db8::1]": false, "": false, "://": false,
	} {
		if got := secret.NewPasskeys(address) != nil; got != want {
			t.Errorf("passkeys at %q: %v, want %v", address, got, want)
		}
	}
}

// FuzzPasskeyAnswers sends anything as a browser's answer: none is right, and none
// ends the program.
func FuzzPasskeyAnswers(f *testing.F) {
	p := secret.NewPasskeys("https://forum.example.org")
	known := []secret.Passkey{{ID: "AAAA", PublicKey: "pQECAyYgASFYIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIlggAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", Handle: "handle"}}
	f.Add("")
	f.Add(`{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AAAA","signature":"AAAA","userHandle":"aGFuZGxl"}}`)
	f.Add(`{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVglAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABFAAAAAA"}}`)
	f.Fuzz(func(t *testing.T, answer string) {
		if _, err := p.Check(known, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", answer); err == nil {
			t.Error("a signature from nowhere was taken")
		}
		if _, err := p.CheckNew("handle", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", answer); err == nil {
			t.Error("a passkey for an old challenge was taken")
		}
	})
}
