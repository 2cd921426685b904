package forum

import (
	"context"
	"fmt"
	"time"
)

// Limit is how often something may be done in a window of time.
type Limit struct {
	Times  int
	Window time.Duration
}

// The limits. They stop floods, not people: a parent who mistypes a password
// five times is still let in. Reading, help and care cards have none.
var (
	limitSignInAddress = Limit{60, 15 * time.Minute}
	limitSignInAccount = Limit{10, 15 * time.Minute}
	limitJoin          = Limit{30, time.Hour}
	limitPost          = Limit{30, 10 * time.Minute}
	limitReport        = Limit{30, time.Hour}
	limitKeep          = Limit{60, time.Hour} // words kept for somebody who is not signed in
)

// throttle counts one use of what by whom and refuses when it is one too many.
// Whom is kept only as a keyed hash: addresses are personal data.
func (c *Community) throttle(ctx context.Context, what, whom string, l Limit) error {
	if !c.Throttled {
		return nil
	}
	now := c.now()
	start := now.Truncate(l.Window)
	n, err := c.store.Throttle(ctx, what+":"+c.keys.Index("throttle", whom), start)
	if err != nil {
		return fmt.Errorf("count uses of %s: %w", what, err)
	}
	if n > l.Times {
		wait := start.Add(l.Window).Sub(now)
		return &Error{Kind: TooMany, Retry: wait,
			Message: fmt.Sprintf("That was tried many times in a short while, so we have paused it. Your words are safe. Please try again in %s.", minutes(wait))}
	}
	return nil
}

func minutes(d time.Duration) string {
	if d <= time.Minute {
		return "a minute"
	}
	return fmt.Sprintf("%d minutes", int((d+time.Minute-1)/time.Minute))
}
