package forum

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Holdings is everything that is stored about a person, as stored.
type Holdings struct {
	Person        Person
	Pending       []PendingAddress
	Threads       []Thread
	Posts         []Post
	Revisions     []Revision
	Drafts        []Draft
	Supports      []Support
	Choices       []Choices
	Ties          []Tie
	EarlierNames  []EarlierName
	Notices       []Notice
	Mails         []Mail
	Reports       []Signal
	Cases         []Case
	Decisions     []Decision
	Appeals       []Appeal
	Measures      []Measure
	Care          []CareMessage
	Applications  []Application
	Registrations []Registration
	Grants        []Grant
	Passkeys      []Passkey
	Devices       []Device
	Sessions      []Session
}

// Fact is one thing that is kept, under the name it has in data.json.
type Fact struct {
	Name  string
	Value any // text, number, bool or time; nil and empty text are left out
}

// Item is one entry of a [Chapter].
type Item []Fact

// MarshalJSON writes an item as one object.
func (i Item) MarshalJSON() ([]byte, error) {
	object := map[string]any{}
	for _, f := range i {
		object[f.Name] = f.Value
	}
	return json.Marshal(object)
}

// Chapter is one kind of thing that is kept.
type Chapter struct {
	Name  string // in data.json
	Title string // in words
	Items []Item
}

// Everything is what is kept about the actor, sealed values opened for them. It has
// nobody else's words and names: what the team wrote to them is there without
// saying who wrote it. It asks for the password, for it is all in one place.
func (c *Community) Everything(ctx context.Context, a Actor, password string) ([]Chapter, error) {
	if !a.SignedIn() {
		return nil, errSignedOut
	}
	if _, err := c.checkOwn(ctx, a, "password", password); err != nil {
		return nil, err
	}
	var h Holdings
	err := c.store.Tx(ctx, func(tx Store) (err error) {
		if h, err = tx.Holdings(ctx, a.ID); err != nil {
			return err
		}
		return tx.AddRecord(ctx, RecordEntry{ActorID: &a.ID, Action: "person.downloaded", Subject: "person", SubjectID: a.ID, CreatedAt: c.now()})
	})
	if err != nil {
		return nil, fmt.Errorf("read what is kept: %w", err)
	}
	return c.chapters(h)
}

func (c *Community) chapters(h Holdings) ([]Chapter, error) {
	var faults error
	open := func(sealed []byte, purpose string) string {
		if len(sealed) == 0 {
			return ""
		}
		plain, err := c.keys.Open(sealed, purpose)
		if err != nil && faults == nil {
			faults = fmt.Errorf("open what is sealed: %w", err)
		}
		return plain
	}
	var list []Chapter
	add := func(name, title string, items []Item) {
		if len(items) > 0 {
			list = append(list, Chapter{name, title, items})
		}
	}
	p := h.Person
	account := Item{{"name", p.Name}, {"address", open(p.EmailSealed, "email")}, {"address_state", string(p.EmailState)}, {"joined", p.CreatedAt}, {"consent_to_health_data", when(p.ConsentAt)}}
	for _, w := range h.Pending {
		account = append(account, Fact{"address_to_confirm", open(w.EmailSealed, "email")})
	}
	add("account", "Your account", []Item{account})
	titles, posts := map[int64]string{}, map[int64]int64{}
	for _, t := range h.Threads {
		titles[t.ID] = t.Title
	}
	add("posts", "What you wrote", each(h.Posts, func(p Post) Item {
		title := ""
		if p.Part == PartOpening {
			title = titles[p.ThreadID]
		}
		return Item{{"id", p.ID}, {"page", fmt.Sprintf("/threads/%d", p.ThreadID)}, {"title", title}, {"words", p.Body}, {"state", string(p.State)},
			{"without_name", p.Anonymous}, {"as", string(p.Capacity)}, {"mentions", joinWords(p.Mentions)}, {"counts_as_mentioning", joinWords(p.Matters.Tags())}, {"help_shown", joinWords(p.Care)}, {"written", p.CreatedAt}, {"changed", when(p.EditedAt)}}
	}))
	add("earlier_wordings", "Earlier wordings", each(h.Revisions, func(r Revision) Item {
		return Item{{"post", r.PostID}, {"number", r.Number}, {"title", r.Title}, {"words", r.Body}, {"written", r.CreatedAt}}
	}))
	add("drafts", "Drafts", each(h.Drafts, func(d Draft) Item {
		form, err := d.Form()
		if err != nil && faults == nil {
			faults = err
		}
		i := Item{{"for", d.Path}, {"saved", d.UpdatedAt}, {"kept_until", d.ExpiresAt}}
		for _, name := range []string{"title", "body", "words", "note", "answer", "message"} {
			i = append(i, Fact{name, strings.Join(form[name], "\n")})
		}
		return i
	}))
	add("with_you", "Posts you said “With you” to", each(h.Supports, func(s Support) Item { return Item{{"post", s.PostID}, {"when", s.CreatedAt}} }))
	add("choices", "What you chose", each(h.Choices, func(c Choices) Item {
		return Item{{"hidden", joinWords(c.Hides.Tags())}, {"folded", joinWords(c.Folds.Tags())}, {"topics_followed", joinWords(c.Follows)}, {"topics_left_out", joinWords(c.Leaves)},
			{"your_word_for_your_baby", c.Baby}, {"your_word_for_your_loss", c.Loss}, {"when", c.UpdatedAt}}
	}))
	// Whom it is about stays out of the file, as everybody else's name does.
	add("people", "People you muted or know", each(h.Ties, func(t Tie) Item { return Item{{"kind", string(t.Kind)}, {"when", t.CreatedAt}} }))
	add("earlier_names", "Names you had here", each(h.EarlierNames, func(n EarlierName) Item { return Item{{"name", n.Name}, {"until", n.ChangedAt}} }))
	add("notices", "Notices", each(h.Notices, func(n Notice) Item {
		i := Item{{"kind", string(n.Kind)}, {"page", n.Path}, {"when", n.CreatedAt}}
		switch n.Kind {
		case NoticeReply, NoticeMidwife, NoticeStaff: // these quote what others called their conversations, or name them
			return i
		}
		return append(i, Fact{"title", n.Title}, Fact{"message", n.Body}, Fact{"your_words", n.Words})
	}))
	add("mails", "E-mails we sent you", each(h.Mails, func(m Mail) Item {
		return Item{{"subject", m.Subject}, {"state", string(m.State)}, {"written", m.CreatedAt}, {"sent", when(m.SentAt)}}
	}))
	add("reports", "What you reported", each(h.Reports, func(s Signal) Item {
		return Item{{"why", string(s.Door)}, {"reason", s.Category}, {"your_words", s.Note}, {"outcome", string(s.Outcome)}, {"when", s.CreatedAt}}
	}))
	for _, k := range h.Cases {
		posts[k.ID] = k.PostID
	}
	add("looks", "Posts of yours that our team looked at", each(h.Cases, func(k Case) Item {
		return Item{{"post", k.PostID}, {"urgency", string(k.Band)}, {"state", string(k.State)}, {"opened", k.OpenedAt}, {"decided", when(k.DecidedAt)}}
	}))
	add("decisions", "What we decided", each(h.Decisions, func(d Decision) Item {
		return Item{{"id", d.ID}, {"post", posts[d.CaseID]}, {"action", string(d.Action)}, {"reason", d.Reason}, {"message", d.Message}, {"state", string(d.State)}, {"when", d.CreatedAt}}
	}))
	add("appeals", "What you asked us to look at again", each(h.Appeals, func(p Appeal) Item {
		return Item{{"decision", p.DecisionID}, {"your_words", p.Note}, {"state", string(p.State)}, {"answer", p.Answer}, {"when", p.CreatedAt}, {"answered", when(p.AnsweredAt)}}
	}))
	add("measures", "What counted for your account", each(h.Measures, func(m Measure) Item {
		return Item{{"kind", string(m.Kind)}, {"reason", m.Reason}, {"state", string(m.State)}, {"from", m.StartsAt}, {"until", when(m.EndsAt)}}
	}))
	add("care", "Words between you and our team", each(h.Care, func(m CareMessage) Item {
		return Item{{"from", map[Side]string{SideTeam: "our team", SideWriter: "you"}[m.Side]}, {"words", m.Body}, {"when", m.CreatedAt}}
	}))
	add("midwife", "Answering as a midwife", append(each(h.Applications, func(m Application) Item {
		return Item{{"state", string(m.State)}, {"name", open(m.NameSealed, registeredName)}, {"register_number", open(m.NumberSealed, registerNumber)},
			{"employer", open(m.EmployerSealed, employerName)}, {"field", string(m.Field)}, {"asked", m.CreatedAt}, {"decided", when(m.DecidedAt)}}
	}), each(h.Registrations, func(r Registration) Item {
		return Item{{"register", string(r.State)}, {"checked", r.CheckedAt}, {"ends", when(r.ExpiresAt)}}
	})...))
	add("roles", "Your roles", each(h.Grants, func(g Grant) Item {
		return Item{{"role", string(g.Role)}, {"since", g.CreatedAt}, {"until", when(g.ExpiresAt)}}
	}))
	add("passkeys", "Your passkeys", each(h.Passkeys, func(k Passkey) Item {
		return Item{{"name", open(k.NameSealed, passkeyContext)}, {"credential", k.Credential}, {"public_key", k.PublicKey}, {"added", k.CreatedAt}, {"last_used", when(k.UsedAt)}}
	}))
	add("devices", "Devices you signed in with", each(h.Devices, func(d Device) Item { return Item{{"device", d.Name}, {"last_used", d.SeenAt}} }))
	add("sessions", "Where you are signed in", each(h.Sessions, func(s Session) Item {
		return Item{{"device", s.Device}, {"since", s.CreatedAt}, {"last_used", s.SeenAt}, {"ends", s.ExpiresAt}}
	}))
	return list, faults
}

// when is a time that may be missing, without a typed nil.
func when(t *time.Time) any {
	if t == nil {
		return nil
	}
	return *t
}

func each[T any](rows []T, item func(T) Item) []Item {
	items := make([]Item, len(rows))
	for i, row := range rows {
		for _, f := range item(row) {
			if f.Value != nil && f.Value != "" {
				items[i] = append(items[i], f)
			}
		}
	}
	return items
}
