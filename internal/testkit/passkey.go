package testkit

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// Device makes and uses passkeys in software, as a phone and its browser do together.
// A test changes its fields to have it lie.
type Device struct {
	T         testing.TB
	Origin    string // the page that the browser says it is on
	RPID      string // empty: the site's own
	Challenge string // empty: the site's own
	Count     uint32 // of signatures; 0 never counts
	Unlocked  bool   // whether the owner unlocked it

	id     []byte
	handle []byte
	key    *ecdsa.PrivateKey
}

// NewDevice is an honest device on a site's page.
func NewDevice(t testing.TB, origin string) *Device {
	return &Device{T: t, Origin: origin, Unlocked: true}
}

var base64url = base64.RawURLEncoding

// asked is what a site asks of a browser.
type asked struct {
	Challenge        string
	RPID             string `json:"rpId"`
	RP               struct{ ID string }
	User             struct{ ID string }
	AllowCredentials []struct{ ID string }
}

func (d *Device) read(options string) asked {
	d.T.Helper()
	var a asked
	if err := json.Unmarshal([]byte(options), &a); err != nil {
		d.T.Fatalf("read what the site asks for: %v in %q", err, options)
	}
	if d.Challenge != "" {
		a.Challenge = d.Challenge
	}
	if d.RPID != "" {
		a.RPID, a.RP.ID = d.RPID, d.RPID
	}
	return a
}

// Make makes a passkey and returns the browser's answer.
func (d *Device) Make(options string) string {
	d.T.Helper()
	a := d.read(options)
	var err error
	if d.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		d.T.Fatal(err)
	}
	if d.handle, err = base64url.DecodeString(a.User.ID); err != nil {
		d.T.Fatal(err)
	}
	d.id = make([]byte, 32)
	_, _ = rand.Read(d.id)
	point, err := d.key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		d.T.Fatal(err)
	}
	// A COSE key: {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
	public := append([]byte{0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32}, point[1:33]...)
	public = append(append(public, 0x22, 0x58, 32), point[33:]...)
	data := d.data(a.RP.ID, 0x40)
	data = append(data, make([]byte, 16)...) // no model
	data = binary.BigEndian.AppendUint16(data, uint16(len(d.id)))
	data = append(append(data, d.id...), public...)
	// {"fmt": "none", "attStmt": {}, "authData": data} in CBOR.
	object := append([]byte{0xa3}, "\x63fmt\x64none\x67attStmt\xa0\x68authData\x58"...)
	object = append(append(object, byte(len(data))), data...)
	return d.answer(map[string]any{
		"clientDataJSON": base64url.EncodeToString(d.client("webauthn.create", a.Challenge)), "attestationObject": base64url.EncodeToString(object),
		"transports": []string{"internal"},
	})
}

// Sign uses the passkey and returns the browser's answer.
func (d *Device) Sign(options string) string {
	d.T.Helper()
	a := d.read(options)
	if d.Count > 0 {
		d.Count++
	}
	client, data := d.client("webauthn.get", a.Challenge), d.data(a.RPID, 0)
	sum := sha256.Sum256(client)
	whole := sha256.Sum256(append(data[:len(data):len(data)], sum[:]...))
	signature, err := d.key.Sign(rand.Reader, whole[:], crypto.SHA256)
	if err != nil {
		d.T.Fatal(err)
	}
	return d.answer(map[string]any{
		"clientDataJSON": base64url.EncodeToString(client), "authenticatorData": base64url.EncodeToString(data),
		"signature": base64url.EncodeToString(signature), "userHandle": base64url.EncodeToString(d.handle),
	})
}

func (d *Device) client(kind, challenge string) []byte {
	text, _ := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": d.Origin, "crossOrigin": false})
	return text
}

// data is what the device signs: whose page, what its owner did, and its count.
func (d *Device) data(rpID string, flags byte) []byte {
	sum := sha256.Sum256([]byte(rpID))
	flags |= 1 // somebody touched it
	if d.Unlocked {
		flags |= 4
	}
	return binary.BigEndian.AppendUint32(append(sum[:], flags), d.Count)
}

func (d *Device) answer(response map[string]any) string {
	id := base64url.EncodeToString(d.id)
	text, _ := json.Marshal(map[string]any{"id": id, "rawId": id, "type": "public-key", "response": response})
	return string(text)
}

// Passkeys gives the browser a device that makes and uses passkeys at once, as if its
// owner unlocked it each time.
func (b *Browser) Passkeys() *Browser {
	b.t.Helper()
	b.call("have a device for passkeys", func(ctx context.Context) error {
		if _, err := chromedp.Call(ctx, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return err
		}
		_, err := chromedp.Call(ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: "ctap2", Transport: "internal", HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
		}})
		return err
	})
	return b
}
