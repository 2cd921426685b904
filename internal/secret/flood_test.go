package secret

import (
	"errors"
	"sync"
	"testing"
	"time"
)

// TestAFloodOfSignInsIsBounded counts hashes, not time: 200 at once on a machine
// with many processors.
func TestAFloodOfSignInsIsBounded(t *testing.T) {
	h := NewHasher(64, 3*time.Second)
	var mu sync.Mutex
	now, peak, memory := 0, 0, uint32(0)
	h.work = func(_, _ []byte, c cost, size uint32) []byte {
		mu.Lock()
		now++
		peak, memory = max(peak, now), max(memory, uint32(now)*c.memory)
		mu.Unlock()
		time.Sleep(time.Millisecond)
		mu.Lock()
		now--
		mu.Unlock()
		return make([]byte, size)
	}
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() {
			if _, err := h.Verify(t.Context(), "", "plum gravel teapot"); err != nil && !errors.Is(err, ErrBusy) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	// Twice what is in use may be on the heap before it is collected.
	if peak > mostAtOnce || 2*memory > 300*1024 {
		t.Errorf("%d hashes at once, %d KiB", peak, memory)
	}
}
