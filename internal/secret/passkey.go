package secret

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// Passkeys asks browsers for passkeys and for their signatures, and checks what they
// answer (Web Authentication, level 3). Every answer is to a challenge that the
// caller keeps, and hands out for checking once.
type Passkeys struct{ site *webauthn.WebAuthn }

// NewPasskeys is for the site at a public address. It is nil where no browser makes a
// passkey: at an address by number, or without https except on localhost.
func NewPasskeys(address string) *Passkeys {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Hostname() != "localhost" {
		return nil
	}
	site, err := webauthn.New(&webauthn.Config{
		RPID: strings.ToLower(u.Hostname()), RPDisplayName: "Snowdrop", RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementPreferred, UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil
	}
	return &Passkeys{site}
}

// Passkey is what a site knows of one. Nothing in it lets anybody sign.
type Passkey struct {
	ID         string // base64url
	PublicKey  string // COSE, base64url
	Handle     string // what its owner's device knows the account by: at most 64 bytes that say nothing of the person
	Transports []string
	Signatures uint32 // as it counts them itself; many always say 0
	Synced     bool   // its owner's devices may share it
}

// What a browser's answer can be worth.
var (
	// ErrPasskey is an answer that does not fit, for whatever reason.
	ErrPasskey = errors.New("not the passkey's answer to this")
	// ErrCopied is a right answer whose count went back: somebody may have a copy.
	ErrCopied = errors.New("the passkey may have been copied")
)

// maxAnswer is the longest answer that is read. Real ones are below 4 KiB.
const maxAnswer = 64 << 10

// AskNew is what a browser needs to make a passkey for an account, as JSON, and the
// challenge that it has to answer. Devices that hold one of known make none.
func (p *Passkeys) AskNew(handle, name string, known []Passkey) (options, challenge string, err error) {
	o, err := newOwner(handle, name, known)
	if err != nil {
		return "", "", err
	}
	exclude := make([]protocol.CredentialDescriptor, len(o.keys))
	for i, k := range o.keys {
		exclude[i] = k.Descriptor()
	}
	asked, session, err := p.site.BeginRegistration(o, webauthn.WithExclusions(exclude))
	if err != nil {
		return "", "", fmt.Errorf("ask for a new passkey: %w", err)
	}
	text, err := json.Marshal(asked.Response)
	return string(text), session.Challenge, err
}

// CheckNew reads the answer to [Passkeys.AskNew]. The error is [ErrPasskey].
func (p *Passkeys) CheckNew(handle, challenge, answer string) (Passkey, error) {
	if len(answer) > maxAnswer {
		return Passkey{}, ErrPasskey
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
	if err != nil {
		return Passkey{}, fmt.Errorf("%w: %w", ErrPasskey, err)
	}
	made, err := p.site.CreateCredential(owner{handle: []byte(handle)}, webauthn.SessionData{
		Challenge: challenge, UserID: []byte(handle), UserVerification: protocol.VerificationRequired, CredParams: webauthn.CredentialParametersDefault(),
	}, parsed)
	if err != nil {
		return Passkey{}, fmt.Errorf("%w: %w", ErrPasskey, err)
	}
	k := Passkey{
		ID: base64url.EncodeToString(made.ID), PublicKey: base64url.EncodeToString(made.PublicKey), Handle: handle,
		Signatures: made.Authenticator.SignCount, Synced: made.Flags.BackupEligible,
	}
	for _, t := range made.Transport {
		k.Transports = append(k.Transports, string(t))
	}
	return k, nil
}

// Ask is what a browser needs for a signature by one of known, as JSON, and the
// challenge that it has to sign.
func (p *Passkeys) Ask(known []Passkey) (options, challenge string, err error) {
	o, err := newOwner("", "", known)
	if err != nil {
		return "", "", err
	}
	asked, session, err := p.site.BeginLogin(o)
	if err != nil {
		return "", "", fmt.Errorf("ask for a passkey: %w", err)
	}
	text, err := json.Marshal(asked.Response)
	return string(text), session.Challenge, err
}

// Check reads the answer to [Passkeys.Ask] and says which of known gave it, with its
// new count. The error is [ErrPasskey] or [ErrCopied].
func (p *Passkeys) Check(known []Passkey, challenge, answer string) (Passkey, error) {
	if len(answer) > maxAnswer {
		return Passkey{}, ErrPasskey
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if err != nil {
		return Passkey{}, fmt.Errorf("%w: %w", ErrPasskey, err)
	}
	id := base64url.EncodeToString(parsed.RawID)
	for _, k := range known {
		if k.ID != id {
			continue
		}
		o, err := newOwner(k.Handle, "", []Passkey{k})
		if err != nil {
			return Passkey{}, err
		}
		used, err := p.site.ValidateLogin(o, webauthn.SessionData{
			Challenge: challenge, UserID: o.handle, AllowedCredentialIDs: [][]byte{o.keys[0].ID}, UserVerification: protocol.VerificationRequired,
		}, parsed)
		if err != nil {
			return Passkey{}, fmt.Errorf("%w: %w", ErrPasskey, err)
		}
		if used.Authenticator.CloneWarning {
			return k, ErrCopied
		}
		k.Signatures = used.Authenticator.SignCount
		return k, nil
	}
	return Passkey{}, ErrPasskey
}

var base64url = base64.RawURLEncoding

// owner is an account with its passkeys, as the library wants it.
type owner struct {
	handle []byte
	name   string
	keys   []webauthn.Credential
}

func newOwner(handle, name string, known []Passkey) (owner, error) {
	o := owner{handle: []byte(handle), name: name}
	for _, k := range known {
		id, idErr := base64url.DecodeString(k.ID)
		public, keyErr := base64url.DecodeString(k.PublicKey)
		if err := errors.Join(idErr, keyErr); err != nil {
			return owner{}, fmt.Errorf("read a stored passkey: %w", err)
		}
		c := webauthn.Credential{ID: id, PublicKey: public, Flags: webauthn.CredentialFlags{BackupEligible: k.Synced}}
		c.Authenticator.SignCount = k.Signatures
		for _, t := range k.Transports {
			c.Transport = append(c.Transport, protocol.AuthenticatorTransport(t))
		}
		o.keys = append(o.keys, c)
	}
	return o, nil
}

func (o owner) WebAuthnID() []byte                         { return o.handle }
func (o owner) WebAuthnName() string                       { return o.name }
func (o owner) WebAuthnDisplayName() string                { return o.name }
func (o owner) WebAuthnCredentials() []webauthn.Credential { return o.keys }
