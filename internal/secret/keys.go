package secret

import (
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

// sealVersion is the first byte of what Seal writes. A later master key or cipher
// gets the next number, and Open learns to read both.
const sealVersion = 1

// ErrSealed says that sealed bytes cannot be opened: damaged, sealed for another
// purpose, or under another master key.
var ErrSealed = errors.New("sealed value cannot be opened")

// Keys are the keys for each use, derived from the one master key. They are safe
// for use by many at once.
type Keys struct {
	seal        cipher.AEAD
	index       []byte
	cookieHash  []byte
	cookieBlock []byte
}

// NewKeys derives the keys from a master key of [MasterSize] random bytes.
func NewKeys(master []byte) (*Keys, error) {
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
	k := &Keys{
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
// of plain shows.
func (k *Keys) Seal(plain, purpose string) ([]byte, error) {
	sealed := make([]byte, 1+chacha20poly1305.NonceSizeX, 1+chacha20poly1305.NonceSizeX+len(plain)+chacha20poly1305.Overhead)
	sealed[0] = sealVersion
	nonce := sealed[1:]
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("make a nonce: %w", err)
	}
	return k.seal.Seal(sealed, nonce, []byte(plain), additional(purpose)), nil
}

// Open reads what Seal wrote for the same purpose; [ErrSealed] otherwise.
func (k *Keys) Open(sealed []byte, purpose string) (string, error) {
	if len(sealed) < 1+chacha20poly1305.NonceSizeX+chacha20poly1305.Overhead || sealed[0] != sealVersion {
		return "", ErrSealed
	}
	nonce, box := sealed[1:1+chacha20poly1305.NonceSizeX], sealed[1+chacha20poly1305.NonceSizeX:]
	plain, err := k.seal.Open(nil, nonce, box, additional(purpose))
	if err != nil {
		return "", ErrSealed
	}
	return string(plain), nil
}

// additional binds version and purpose to the sealed bytes: a register number
// copied into the address column does not open.
func additional(purpose string) []byte {
	return append([]byte{sealVersion}, purpose...)
}

// Index makes the 64 hex digits by which a sealed value is found again: the same
// purpose and value always give the same ones, and nobody without the key can
// try values out. Fold the value first (case, spaces); Index takes it as it is.
func (k *Keys) Index(purpose, value string) string {
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
