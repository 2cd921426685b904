package forum

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// Chain is the hash of an entry: SHA-256, in hex, over the hash of the entry
// before it and everything the entry says, in one form that never changes.
func Chain(before string, e RecordEntry) string {
	text, err := json.Marshal([]any{"snowdrop record 1", before, e.ID, e.ActorID, e.Action, e.Subject, e.SubjectID, e.Detail, e.CreatedAt.UnixMicro()})
	if err != nil {
		panic(err) // numbers and texts only
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// RecordHead is the end of the chain. Whoever keeps a copy of it elsewhere can
// prove that nothing up to there was changed since.
type RecordHead struct {
	ID      int64  // always 1: there is one chain
	EntryID int64  // the last entry
	Hash    string // and its hash; empty until the first entry is chained
	Began   int64  // entries up to here are older than the chain; its first one is chained to all of them
}

// RecordCheck is what a walk over the record found.
type RecordCheck struct {
	Entries int64
	Last    int64  // the last entry's number
	Hash    string // and its hash: worth keeping somewhere else
	Broken  int64  // the first entry that does not fit; 0 when all do
	Why     string // in a sentence
}

// recordWalk is how many entries are read at a time.
const recordWalk = 1000

// RecordKept is what somebody keeps elsewhere of the record: an entry, and the hash
// it had.
type RecordKept struct {
	Entry int64
	Hash  string
}

// KeepRecord sends the end of the record to each administrator, once a day (UTC),
// so that a copy of it lies in letter boxes that nobody on this computer can
// change. Call it as often as you like.
func (c *Community) KeepRecord(ctx context.Context) error {
	admins, err := c.store.People(ctx, RoleAdmin)
	if err != nil {
		return fmt.Errorf("list the administrators: %w", err)
	}
	head, err := c.store.RecordHead(ctx)
	if err != nil {
		return fmt.Errorf("read the end of the record: %w", err)
	}
	if head.Hash == "" {
		return nil
	}
	day := c.now().UTC().Format(time.DateOnly)
	for _, id := range admins {
		err := c.store.Tx(ctx, func(tx Store) error {
			return c.write(ctx, tx, fmt.Sprintf("record:%s:%d", day, id), id, subjectRecord, Envelope{Text: letterRecord(head)})
		})
		if err != nil {
			return fmt.Errorf("send the end of the record: %w", err)
		}
	}
	return nil
}

// VerifyRecord walks the record from its beginning and names the first entry that
// does not follow from the one before it, or that is not what was kept of it
// elsewhere: who can write to the whole database can also make a new chain that
// fits. It is for whoever runs the server.
func (c *Community) VerifyRecord(ctx context.Context, kept ...RecordKept) (RecordCheck, error) {
	var v RecordCheck
	head, err := c.store.RecordHead(ctx)
	if err != nil {
		return v, fmt.Errorf("read the end of the record: %w", err)
	}
	broken := func(id int64, why string) (RecordCheck, error) {
		v.Broken, v.Why = id, why
		return v, nil
	}
	for v.Last < head.EntryID {
		list, err := c.store.RecordAfter(ctx, v.Last, recordWalk)
		if err != nil {
			return v, fmt.Errorf("read the record: %w", err)
		}
		if len(list) == 0 {
			return broken(v.Last+1, fmt.Sprintf("entries %d to %d are gone", v.Last+1, head.EntryID))
		}
		for _, e := range list {
			if e.ID > head.EntryID {
				break // written since we began
			}
			hash := Chain(v.Hash, e)
			switch {
			case e.ID > head.Began && v.Last >= head.Began && e.ID != v.Last+1:
				return broken(v.Last+1, fmt.Sprintf("entry %d is gone", v.Last+1))
			case e.ID <= head.Began && e.Hash != "", e.ID > head.Began && e.Hash != hash:
				return broken(e.ID, fmt.Sprintf("entry %d, or one just before it, is not what was written", e.ID))
			}
			for _, k := range kept {
				if k.Entry == e.ID && k.Hash != hash {
					return broken(e.ID, fmt.Sprintf("entry %d, or one before it, was changed after its hash was kept", e.ID))
				}
			}
			v.Entries, v.Last, v.Hash = v.Entries+1, e.ID, hash
		}
		if len(list) < recordWalk && v.Last < head.EntryID {
			return broken(v.Last+1, fmt.Sprintf("entries %d to %d are gone", v.Last+1, head.EntryID))
		}
	}
	for _, k := range kept {
		if k.Entry > v.Last {
			return broken(v.Last+1, fmt.Sprintf("entry %d was kept elsewhere, and the record ends before it", k.Entry))
		}
	}
	if head.Hash != "" && head.Hash != v.Hash {
		return broken(v.Last, fmt.Sprintf("entry %d is not what the end of the record says", v.Last))
	}
	return v, nil
}

// SealedKind is what a sealed note is about.
type SealedKind string

// The kinds.
const (
	SealedEmergency SealedKind = "emergency" // somebody outside was told, because a life was at risk
	SealedLawful    SealedKind = "lawful"    // a court or an authority asked
)

// SealedState is whether a second lead has signed.
type SealedState string

// The states.
const (
	SealedProposed SealedState = "proposed"
	SealedSigned   SealedState = "signed"
)

// SealedNote is what was asked for or done outside the forum. It is kept
// encrypted, for leads alone, and takes two of them. Every reading is on record.
type SealedNote struct {
	ID        int64
	CaseID    int64
	Kind      SealedKind
	Body      []byte // encrypted
	State     SealedState
	ByID      int64
	SecondID  *int64
	CreatedAt time.Time
	SignedAt  *time.Time
}

// SealPurposes are why sealed data may be read.
var SealPurposes = []string{"emergency", "request", "review"}
