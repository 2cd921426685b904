package secret

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"
)

var (
	// ErrBusy says that too many passwords are being hashed already. Asking again
	// in a moment is fine.
	ErrBusy = errors.New("too many passwords are being hashed")
	// ErrHash says that a stored hash is not one that a Hasher wrote.
	ErrHash = errors.New("not an argon2id hash")
)

// cost is what argon2id is asked to spend: memory in KiB, passes, lanes.
type cost struct {
	memory, passes uint32
	lanes          uint8
}

// today is the cost of new hashes: OWASP's second choice for argon2id, about a
// tenth of a second on a small server.
var today = cost{memory: 19 * 1024, passes: 2, lanes: 1}

// most bounds what a stored hash may ask for, so that a damaged row cannot take
// the machine's memory.
var most = cost{memory: 64 * 1024, passes: 8, lanes: 4}

const (
	saltSize = 16
	hashSize = 32
)

// Hasher hashes passwords with argon2id, a few at a time: every one of them
// takes 19 MiB while it runs, and sixty people may sign in at once.
type Hasher struct {
	slots chan struct{}
	wait  time.Duration
	cost  cost // of new hashes
	work  func(password, salt []byte, c cost, size uint32) []byte
}

// mostAtOnce is the most hashes at a time, however many processors there are: with
// what the garbage collector has yet to notice they take 220 MiB.
const mostAtOnce = 4

// NewHasher makes a Hasher that computes at most atOnce hashes (one to four) at a
// time and lets a caller wait so long for a turn before it answers [ErrBusy].
func NewHasher(atOnce int, wait time.Duration) *Hasher {
	return &Hasher{
		slots: make(chan struct{}, max(min(atOnce, mostAtOnce), 1)),
		wait:  wait,
		cost:  today,
		work: func(password, salt []byte, c cost, size uint32) []byte {
			return argon2.IDKey(password, salt, c.passes, c.memory, c.lanes, size)
		},
	}
}

// least is what argon2id may be asked to spend at the very least.
var least = cost{memory: 8, passes: 1, lanes: 1}

// Cheap makes h's new hashes cost next to nothing, and protect nobody: it is for tests
// that are not about passwords. It takes the test that asks, and a program that serves
// people has none: a test of the imports holds package testing out of it.
func (h *Hasher) Cheap(t interface{ Helper() }) *Hasher {
	t.Helper()
	h.cost = least
	return h
}

// Hash makes a PHC string ($argon2id$v=19$…) with a fresh salt. It answers
// [ErrBusy] or the context's error when no turn came.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltSize)
	rand.Read(salt) // never fails: crypto/rand ends the program instead
	sum, err := h.turn(ctx, password, salt, h.cost, hashSize)
	if err != nil {
		return "", err
	}
	return phc{h.cost, salt, sum}.String(), nil
}

// Verify says whether password is the one behind phc. An empty phc, where no such
// account exists, costs the same time and is false, so that the answer's delay
// does not tell who is a member. Errors: [ErrBusy], the context's, and [ErrHash]
// for a string that no Hasher wrote.
func (h *Hasher) Verify(ctx context.Context, phc, password string) (bool, error) {
	if phc == "" {
		_, err := h.turn(ctx, password, make([]byte, saltSize), h.cost, hashSize)
		return false, err
	}
	p, err := parsePHC(phc)
	if err != nil {
		return false, err
	}
	sum, err := h.turn(ctx, password, p.salt, p.cost, uint32(len(p.sum)))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(sum, p.sum) == 1, nil
}

// turn waits for a slot and computes one hash in it.
func (h *Hasher) turn(ctx context.Context, password string, salt []byte, c cost, size uint32) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	timer := time.NewTimer(h.wait)
	defer timer.Stop()
	select {
	case h.slots <- struct{}{}:
	default:
		select {
		case h.slots <- struct{}{}:
		case <-timer.C:
			return nil, ErrBusy
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	defer func() { <-h.slots }()
	return h.work([]byte(password), salt, c, size), nil
}

// phc is a parsed password hash in the PHC string format.
type phc struct {
	cost
	salt, sum []byte
}

var phcText = base64.RawStdEncoding.Strict()

func (p phc) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		p.memory, p.passes, p.lanes, phcText.EncodeToString(p.salt), phcText.EncodeToString(p.sum))
}

func parsePHC(s string) (phc, error) {
	part := strings.Split(s, "$")
	if len(part) != 6 || part[0] != "" || part[1] != "argon2id" || part[2] != "v="+strconv.Itoa(argon2.Version) {
		return phc{}, ErrHash
	}
	var p phc
	numbers := strings.Split(part[3], ",")
	if len(numbers) != 3 {
		return phc{}, ErrHash
	}
	var value [3]uint32
	for i, field := range []struct {
		name string
		most uint32
	}{{"m=", most.memory}, {"t=", most.passes}, {"p=", uint32(most.lanes)}} {
		digits, ok := strings.CutPrefix(numbers[i], field.name)
		n, err := strconv.ParseUint(digits, 10, 32)
		if !ok || err != nil || n < 1 || n > uint64(field.most) {
			return phc{}, ErrHash
		}
		value[i] = uint32(n)
	}
	p.cost = cost{memory: value[0], passes: value[1], lanes: uint8(value[2])}
	var saltErr, sumErr error
	p.salt, saltErr = phcText.DecodeString(part[4])
	p.sum, sumErr = phcText.DecodeString(part[5])
	if saltErr != nil || sumErr != nil || len(p.salt) < 8 || len(p.salt) > 64 || len(p.sum) < 16 || len(p.sum) > 64 {
		return phc{}, ErrHash
	}
	return p, nil
}
