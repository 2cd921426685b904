package forum

import (
	"context"
	"fmt"
	"time"
)

// Limit is how often something may be done in a window of time. Who goes over it
// waits for the window to end; who does so again and again waits longer each time.
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
	limitKnow          = Limit{20, time.Hour} // names that are tried
	limitSearch        = Limit{60, 5 * time.Minute}
	limitCode          = Limit{6, 15 * time.Minute} // of a second factor: a million codes, three of them right
	limitForgot        = Limit{20, time.Hour}       // by who asks
	limitLetterAccount = Limit{6, time.Hour}        // by the account that asks
	limitLetter        = Limit{4, time.Hour}        // by the address that gets them
)

// mostPause is the longest that anybody is made to wait. The owner of an account
// that somebody else keeps trying gets in earlier, by a link in a mail.
const mostPause = time.Hour

// strikesFade is how long after a pause it still makes the next one longer.
const strikesFade = 6 * time.Hour

// throttle counts one use of what by whom and refuses when it is one too many.
// Whom is kept only as a keyed hash: addresses are personal data.
func (c *Community) throttle(ctx context.Context, what, whom string, l Limit) error {
	if !c.Throttled {
		return nil
	}
	key := what + ":" + c.keys.Index("throttle", whom)
	now := c.now()
	strikes, until, err := c.store.Pause(ctx, key)
	if err != nil {
		return fmt.Errorf("look for a pause of %s: %w", what, err)
	}
	if now.Before(until) {
		return tooMany(until.Sub(now))
	}
	start := now.Truncate(l.Window)
	n, err := c.store.Throttle(ctx, key, start)
	if err != nil {
		return fmt.Errorf("count uses of %s: %w", what, err)
	}
	if n <= l.Times {
		return nil
	}
	if now.Sub(until) > strikesFade {
		strikes = 0
	}
	strikes++
	until = start.Add(l.Window).Add(longer(l.Window, strikes))
	if err := c.store.SetPause(ctx, key, strikes, until); err != nil {
		return fmt.Errorf("pause %s: %w", what, err)
	}
	return tooMany(until.Sub(now))
}

// longer is what a pause lasts beyond the end of its window: nothing the first
// time, then one window, three, seven and so on.
func longer(window time.Duration, strikes int) time.Duration {
	return min(window*time.Duration(1<<min(strikes-1, 10)-1), mostPause)
}

func tooMany(wait time.Duration) error {
	return &Error{Kind: TooMany, Retry: wait,
		Message: fmt.Sprintf("That was tried many times in a short while, so we have paused it. Your words are safe. Please try again in %s.", minutes(wait))}
}

// MaySearch counts one search by an actor, or by an address when nobody is signed
// in.
func (c *Community) MaySearch(ctx context.Context, a Actor, address string) error {
	if a.SignedIn() {
		address = fmt.Sprint("person ", a.ID)
	}
	return c.throttle(ctx, "search", address, limitSearch)
}

func minutes(d time.Duration) string {
	if d <= time.Minute {
		return "a minute"
	}
	return fmt.Sprintf("%d minutes", int((d+time.Minute-1)/time.Minute))
}
