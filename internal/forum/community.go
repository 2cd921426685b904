package forum

import (
	"log/slog"
	"time"

	"snowdrop/internal/secret"
	"snowdrop/moderation"
)

// Community is the forum in use: the rules, with what they need to work.
type Community struct {
	store    Store
	keys     *secret.Keys
	hasher   *secret.Hasher
	passkeys *secret.Passkeys // nil where no browser makes any
	log      *slog.Logger
	Options
}

// Options is what an operator decides, and what tests replace.
type Options struct {
	Topics         Topics
	Reasons        []Reason
	Clocks         map[moderation.Band]Clock
	Staffed        *Hours            // when somebody is there for what is urgent; nil: always
	Reserve        Reserve           // a share of every shift
	ShiftLimit     ShiftLimit        // after how much a moderator is asked to rest
	MostSpam       int               // how many adverts may be decided on together; 0: none
	MailHours      *Hours            // when mail is sent that can wait until the morning; nil: always
	TrainedOnly    []moderation.Band // bands for people who were trained for them; leads always are
	StrikeLife     time.Duration     // how long a strike, a note or a warning counts
	Midwifery      Midwifery
	Retention      Retention
	Articles       []Article
	Rules          []moderation.Rule // those that Assess reads with, for staff to see
	HoldFirstPosts int               // how many posts of a new member a moderator reads first
	BaseURL        string            // the public address, for links in mail and what passkeys are bound to
	Throttled      bool              // false only for load tests
	StaffFactor    bool              // staff pages open only after a second factor; false only in the demo and in tests

	// Assess reads a text. TriageLimit is how long it may take before the post is
	// held for human eyes.
	Assess      func(text string) moderation.Assessment
	TriageLimit time.Duration

	// Now is the clock. Nudge, if set, is called after mail was written, so that
	// it leaves at once rather than at the next round.
	Now   func() time.Time
	Nudge func()
}

// New puts a community together. Assess, TriageLimit and Now have working
// defaults.
func New(store Store, keys *secret.Keys, hasher *secret.Hasher, log *slog.Logger, o Options) *Community {
	if o.Assess == nil {
		o.Assess = moderation.Assess
	}
	if o.TriageLimit == 0 {
		o.TriageLimit = 50 * time.Millisecond
	}
	if o.StrikeLife == 0 {
		o.StrikeLife = 180 * 24 * time.Hour
	}
	if o.Retention.Leave == 0 {
		o.Retention.Leave = 14 * 24 * time.Hour
	}
	if o.Retention.Safety == 0 {
		o.Retention.Safety = 2 * 365 * 24 * time.Hour
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Nudge == nil {
		o.Nudge = func() {}
	}
	return &Community{store: store, keys: keys, hasher: hasher, passkeys: secret.NewPasskeys(o.BaseURL), log: log, Options: o}
}

// now is the time in the precision that both databases keep.
func (c *Community) now() time.Time { return c.Now().UTC().Truncate(time.Microsecond) }

// reason finds a reason code in the site data.
func (c *Community) reason(code string) (Reason, bool) {
	for _, r := range c.Reasons {
		if r.Code == code {
			return r, true
		}
	}
	return Reason{}, false
}

// With is the same community on another store, such as a transaction, and with
// other options.
func (c *Community) With(store Store, o Options) *Community {
	return New(store, c.keys, c.hasher, c.log, o)
}
