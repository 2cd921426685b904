package secret

import (
	"bytes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"
)

// MasterSize is the length of the master key in bytes.
const MasterSize = 32

// The first byte of a sealed value says how it is laid out: 1 is nonce and box; 2
// has the id of its key in between. Seal writes the second, Open reads both.
const (
	sealBare  = 1
	sealKeyed = 2
	idSize    = 4
)

// ErrSealed says that sealed bytes cannot be opened: damaged, sealed for another
// purpose, or under another master key.
var ErrSealed = errors.New("sealed value cannot be opened")

// Keys are the keys for each use, derived from the master key. Keys from older
// master keys still open and find what was sealed under them; nothing new is. They
// are safe for use by many at once.
type Keys struct {
	derived
	older []derived
}

type derived struct {
	id          []byte // tells master keys apart and says nothing about them
	seal        cipher.AEAD
	index       []byte
	cookieHash  []byte
	cookieBlock []byte
}

// NewKeys derives the keys from a master key of [MasterSize] random bytes, and
// from those it replaced, the latest first.
func NewKeys(master []byte, older ...[]byte) (*Keys, error) {
	now, err := newDerived(master)
	if err != nil {
		return nil, err
	}
	k := &Keys{derived: *now}
	for _, m := range older {
		before, err := newDerived(m)
		if err != nil {
			return nil, err
		}
		k.older = append(k.older, *before)
	}
	return k, nil
}

func newDerived(master []byte) (*derived, error) {
	if len(master) != MasterSize {
		return nil, fmt.Errorf("the master key has %d bytes, not %d", len(master), MasterSize)
	}
	var failed error
	derive := func(use string, size int) []byte {
		// No salt: the master key is uniformly random, and the use keeps keys apart.
		key, err := hkdf.Key(sha256.New, master, nil, "snowdrop "+use, size)
		if err != nil {
			failed = fmt.Errorf("derive the %s key: %w", use, err)
		}
		return key
	}
	sealKey := derive("seal 1", chacha20poly1305.KeySize)
	k := &derived{
		id:          derive("key id", idSize),
		index:       derive("index 1", sha256.Size),
		cookieHash:  derive("cookie hash 1", 64),
		cookieBlock: derive("cookie block 1", 32),
	}
	if failed != nil {
		return nil, failed
	}
	var err error
	if k.seal, err = chacha20poly1305.NewX(sealKey); err != nil {
		return nil, fmt.Errorf("make the cipher: %w", err)
	}
	return k, nil
}

// Seal encrypts plain so that only Open with the same purpose reads it. The same
// words sealed twice look different; find them by [Keys.Index]. Only the length
// of plain shows, and which master key it was.
func (k *Keys) Seal(plain, purpose string) ([]byte, error) {
	head := k.Mark()
	sealed := make([]byte, len(head)+chacha20poly1305.NonceSizeX, len(head)+chacha20poly1305.NonceSizeX+len(plain)+chacha20poly1305.Overhead)
	copy(sealed, head)
	nonce := sealed[len(head):]
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("make a nonce: %w", err)
	}
	return k.seal.Seal(sealed, nonce, []byte(plain), additional(head, purpose)), nil
}

// Mark is how everything begins that is sealed under the present master key; what
// begins otherwise is to be sealed anew after a change of keys.
func (k *Keys) Mark() []byte { return append([]byte{sealKeyed}, k.id...) }

// Open reads what Seal wrote for the same purpose, under any of the master keys;
// [ErrSealed] otherwise.
func (k *Keys) Open(sealed []byte, purpose string) (string, error) {
	if len(sealed) == 0 {
		return "", ErrSealed
	}
	head := sealed[:1]
	if sealed[0] == sealKeyed && len(sealed) > 1+idSize {
		head = sealed[:1+idSize]
	}
	rest := sealed[len(head):]
	if len(rest) < chacha20poly1305.NonceSizeX+chacha20poly1305.Overhead {
		return "", ErrSealed
	}
	nonce, box := rest[:chacha20poly1305.NonceSizeX], rest[chacha20poly1305.NonceSizeX:]
	for _, d := range append([]derived{k.derived}, k.older...) {
		if sealed[0] != sealBare && !bytes.Equal(head, append([]byte{sealKeyed}, d.id...)) {
			continue
		}
		if plain, err := d.seal.Open(nil, nonce, box, additional(head, purpose)); err == nil {
			return string(plain), nil
		}
	}
	return "", ErrSealed
}

// additional binds layout, key and purpose to the sealed bytes: a register number
// copied into the address column does not open.
func additional(head []byte, purpose string) []byte {
	return append(append([]byte{}, head...), purpose...)
}

// Index makes the 64 hex digits by which a sealed value is found again: the same
// purpose and value always give the same ones, and nobody without the key can
// try values out. Fold the value first (case, spaces); Index takes it as it is.
func (k *Keys) Index(purpose, value string) string { return k.derived.indexOf(purpose, value) }

// Indexes is Index under every master key, the present one first: what was stored
// before a change of keys is still found.
func (k *Keys) Indexes(purpose, value string) []string {
	all := []string{k.Index(purpose, value)}
	for _, d := range k.older {
		all = append(all, d.indexOf(purpose, value))
	}
	return all
}

func (k *derived) indexOf(purpose, value string) string {
	mac := hmac.New(sha256.New, k.index)
	// The purpose's length goes first, so that no other cut of the same letters
	// gives the same digits.
	var size [8]byte
	binary.BigEndian.PutUint64(size[:], uint64(len(purpose)))
	mac.Write(size[:])
	mac.Write([]byte(purpose))
	mac.Write([]byte(value))
	return hex.EncodeToString(mac.Sum(nil))
}

// Cookie gives the keys for signed and encrypted cookies: 64 bytes for the
// HMAC and 32 for AES-256, copies that the caller may keep.
func (k *Keys) Cookie() (hash, block []byte) {
	return append([]byte(nil), k.cookieHash...), append([]byte(nil), k.cookieBlock...)
}

// SealBefore seals as the program did before sealed values carried the name of
// their key. It is for tests of the move.
func SealBefore(master []byte, plain, purpose string) ([]byte, error) {
	k, err := newDerived(master)
	if err != nil {
		return nil, err
	}
	head := []byte{sealBare}
	nonce := make([]byte, chacha20poly1305.NonceSizeX)
	rand.Read(nonce) // never fails: crypto/rand ends the program instead
	return k.seal.Seal(append(head, nonce...), nonce, []byte(plain), additional(head, purpose)), nil
}
