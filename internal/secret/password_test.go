package secret

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestHashRoundTrip(t *testing.T) {
	h := NewHasher(2, time.Minute)
	for _, password := range []string{"correct horse battery", "", "pä$$wörd ✿", strings.Repeat("x", 1000)} {
		hash, err := h.Hash(t.Context(), password)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
			t.Errorf("hash is %s", hash)
		}
		for try, want := range map[string]bool{password: true, password + "x": false} {
			if got, err := h.Verify(t.Context(), hash, try); got != want || err != nil {
				t.Errorf("Verify(%.20q) = %v, %v; want %v", try, got, err, want)
			}
		}
	}
}

func TestCheapIsForTestsAndSaysSo(t *testing.T) {
	h := NewHasher(1, time.Minute).Cheap(t)
	hash, err := h.Hash(t.Context(), "password")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=8,t=1,p=1$") {
		t.Fatalf("hash is %s, %v", hash, err)
	}
	full := NewHasher(1, time.Minute)
	if full.cost != today {
		t.Errorf("another Hasher costs %v", full.cost)
	}
	for try, want := range map[string]bool{"password": true, "passwords": false} {
		if ok, err := full.Verify(t.Context(), hash, try); ok != want || err != nil {
			t.Errorf("Verify(%q) = %v, %v", try, ok, err)
		}
	}
}

func TestSaltDiffers(t *testing.T) {
	h := NewHasher(1, time.Minute)
	a, _ := h.Hash(t.Context(), "same")
	b, _ := h.Hash(t.Context(), "same")
	if a == b {
		t.Error("the same password gave the same hash twice")
	}
}

// The vector is from the reference implementation's own test.c (argon2id, v=19,
// t=2, m=256, p=1, "password", "somesalt").
func TestReferenceVector(t *testing.T) {
	const vector = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
	h := NewHasher(1, time.Minute)
	if ok, err := h.Verify(t.Context(), vector, "password"); !ok || err != nil {
		t.Errorf("the reference vector: %v, %v", ok, err)
	}
	if ok, err := h.Verify(t.Context(), vector, "Password"); ok || err != nil {
		t.Errorf("another password: %v, %v", ok, err)
	}
}

func TestBadHashes(t *testing.T) {
	h := NewHasher(1, time.Minute)
	for _, hash := range []string{
		"x", "$", "$$$$$", "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
		"$argon2id$v=16$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
		"$argon2id$v=19$m=4294967295,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
		"$argon2id$v=19$m=256,t=0,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
		"$argon2id$v=19$m=256,t=2,p=0$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
		"$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$",
		"$argon2id$v=19$m=256,t=2,p=1$$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
	} {
		if ok, err := h.Verify(t.Context(), hash, "password"); ok || !errors.Is(err, ErrHash) {
			t.Errorf("Verify(%q) = %v, %v", hash, ok, err)
		}
	}
}

// slow stands in for argon2 with one second of pretended time, and counts how
// many run at once.
func slow(h *Hasher) (calls, peak *atomic.Int64) {
	calls, peak = new(atomic.Int64), new(atomic.Int64)
	var running atomic.Int64
	h.work = func(_, _ []byte, _ cost, size uint32) []byte {
		calls.Add(1)
		for now := running.Add(1); ; {
			old := peak.Load()
			if now <= old || peak.CompareAndSwap(old, now) {
				break
			}
		}
		time.Sleep(time.Second)
		running.Add(-1)
		return make([]byte, size)
	}
	return calls, peak
}

func TestNoAccountCostsTheSame(t *testing.T) {
	h := NewHasher(1, time.Minute)
	var costs []cost
	h.work = func(_, _ []byte, c cost, size uint32) []byte {
		costs = append(costs, c)
		return make([]byte, size)
	}
	hash, _ := h.Hash(t.Context(), "password")
	if ok, err := h.Verify(t.Context(), "", "password"); ok || err != nil {
		t.Errorf("Verify without a hash = %v, %v", ok, err)
	}
	if _, err := h.Verify(t.Context(), hash, "password"); err != nil {
		t.Error(err)
	}
	if len(costs) != 3 || costs[1] != costs[2] || costs[1] != today {
		t.Errorf("costs: %v", costs)
	}
}

func TestSixtyAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHasher(2, time.Hour)
		calls, peak := slow(h)
		var all sync.WaitGroup
		for range 60 {
			all.Go(func() {
				if _, err := h.Hash(t.Context(), "password"); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if calls.Load() != 60 || peak.Load() != 2 {
			t.Errorf("%d hashes, %d at once; want 60 and 2", calls.Load(), peak.Load())
		}
	})
}

func TestBusyAfterTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHasher(2, 3*time.Second)
		slow(h)
		start := time.Now()
		var fine, busy atomic.Int64
		var all sync.WaitGroup
		for range 60 {
			all.Go(func() {
				switch _, err := h.Verify(t.Context(), "", "password"); {
				case err == nil:
					fine.Add(1)
				case errors.Is(err, ErrBusy):
					busy.Add(1)
					if waited := time.Since(start); waited != 3*time.Second {
						t.Errorf("busy after %v", waited)
					}
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		// Turns end after one, two and three seconds; the last pair may tie with the wait.
		if n := fine.Load(); n < 6 || n > 8 || n+busy.Load() != 60 {
			t.Errorf("%d fine, %d busy", n, busy.Load())
		}
	})
}

func TestWaitEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHasher(1, time.Hour)
		slow(h)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		go h.Hash(t.Context(), "first")
		synctest.Wait()
		if _, err := h.Hash(ctx, "second"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error is %v", err)
		}
		if _, err := h.Hash(ctx, "third"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error is %v", err)
		}
		time.Sleep(time.Second)
	})
}

func FuzzVerify(f *testing.F) {
	f.Add("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")
	f.Add("$argon2id$v=19$m=8,t=1,p=4$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=,t=,p=$$")
	f.Add("")
	h := NewHasher(1, time.Minute)
	f.Fuzz(func(t *testing.T, hash string) {
		p, err := parsePHC(hash)
		if err == nil && p.memory > 1024 {
			return // well-formed and slow: nothing new to learn
		}
		if ok, _ := h.Verify(t.Context(), hash, "not the password"); ok {
			t.Errorf("%q verifies", hash)
		}
		if err == nil {
			if again, err := parsePHC(p.String()); err != nil || again.cost != p.cost {
				t.Errorf("%q does not come back: %v", hash, err)
			}
		}
	})
}
