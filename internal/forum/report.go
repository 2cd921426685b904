package forum

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"snowdrop/moderation"
)

// NewReport is the form of somebody who reports a post.
type NewReport struct {
	PostID  int64
	Door    Door
	Reason  string // with DoorRules: one of ReportReasons
	Note    string
	Address string // network address, for throttling only
}

// ReportReason is something a reader can say is wrong with a post.
type ReportReason struct {
	Slug  string
	Title string
	Band  moderation.Band
}

// ReportReasons lists them in the order offered.
var ReportReasons = []ReportReason{
	{"unkind", "It is unkind, or compares or blames", moderation.P2},
	{"personal", "It gives away who somebody is", moderation.P2},
	{"advice", "The medical advice could hurt somebody", moderation.P2},
	{"spam", "It sells or advertises something", moderation.P4},
	{"other", "Something else", moderation.P3},
}

// Report adds a report to the post's case and thanks the reporter. A worry about
// the person is read first and never counts against anyone. The same person
// reporting the same thing again changes nothing. What was decided on already is
// answered at once, until [reportersToReopen] people say the same.
func (c *Community) Report(ctx context.Context, a Actor, n NewReport) (PostRow, error) {
	p, err := c.post(ctx, a, n.PostID)
	if err != nil {
		return PostRow{}, err
	}
	if n.Door != DoorWorried {
		if err := c.mayJoinIn(a); err != nil {
			return PostRow{}, err
		}
	}
	note, noteErr := checkText("note", "your note", n.Note, 0, MaxNote)
	band, category, doorErr := n.band()
	if err := errors.Join(doorErr, noteErr); err != nil {
		return PostRow{}, err
	}
	if err := c.throttle(ctx, "report", n.Address, limitReport); err != nil {
		return PostRow{}, err
	}
	s := Signal{Kind: SignalReport, Band: band, Category: category, Door: n.Door, Note: note, Why: "A reader is worried about this person."}
	if n.Door == DoorRules {
		s.Why = "A reader says this breaks the rules."
	}
	if a.SignedIn() {
		s.PersonID = &a.ID
		if again, err := c.reported(ctx, p.ID, a.ID, n.Door, category); err != nil || again {
			return p, err
		}
	}
	err = c.again(ctx, func(tx Store) error {
		answered, err := c.raise(ctx, tx, p.Post, band, []Signal{s})
		if err != nil {
			return err
		}
		if err := tx.AddRecord(ctx, RecordEntry{ActorID: s.PersonID, Action: "post.reported", Subject: "post", SubjectID: p.ID, Detail: string(n.Door) + " " + category, CreatedAt: c.now()}); err != nil {
			return err
		}
		if s.PersonID == nil {
			return nil
		}
		body := reportReceipt(n.Door)
		if answered {
			body = "A person from our team has looked at this post already and decided what is right for it. If more people tell us the same, we look again."
		}
		return c.tell(ctx, tx, Notice{
			Key: fmt.Sprintf("report:%d:%d:%s:%s:%d", p.ID, a.ID, n.Door, category, c.now().UnixMicro()), PersonID: a.ID, Kind: NoticeReport,
			Title: "Thank you, we have your report", Body: body, Path: "/me/notices",
		}, "", nil)
	})
	if errors.Is(err, ErrLost) || errors.Is(err, ErrTaken) {
		return PostRow{}, &Error{Kind: LostRace, Message: "Somebody else is looking at this post at the same moment. Please press the button once more."}
	}
	if err != nil {
		return PostRow{}, fmt.Errorf("report a post: %w", err)
	}
	return p, nil
}

func reportReceipt(d Door) string {
	if d == DoorWorried {
		return "A person from our team will look at this soon. You don't have to look after this on your own."
	}
	return "A person from our team will look at this and tell you what came of it."
}

func (n NewReport) band() (moderation.Band, string, error) {
	switch n.Door {
	case DoorWorried:
		return moderation.P1, "worried", nil
	case DoorRules:
		i := slices.IndexFunc(ReportReasons, func(r ReportReason) bool { return r.Slug == n.Reason })
		if i < 0 {
			return "", "", invalid("reason", "Please choose what is wrong with the post.")
		}
		return ReportReasons[i].Band, n.Reason, nil
	}
	return "", "", invalid("door", "Please choose whether you are worried about this person, or whether this breaks the rules.")
}

// reported says whether a person's same report stands already: it is open, or it
// was answered with the decision that still holds.
func (c *Community) reported(ctx context.Context, postID, personID int64, d Door, category string) (bool, error) {
	k, err := c.store.CaseOfPost(ctx, postID)
	if errors.Is(err, ErrNoRow) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look up the case of post %d: %w", postID, err)
	}
	signals, err := c.store.Signals(ctx, k.ID)
	if err != nil {
		return false, fmt.Errorf("read the signals of case %d: %w", k.ID, err)
	}
	return slices.ContainsFunc(signals, func(s SignalRow) bool {
		same := s.Kind == SignalReport && s.PersonID != nil && *s.PersonID == personID && s.Door == d && s.Category == category
		return same && (s.Outcome == OutcomeOpen || !k.State.Live() && d != DoorWorried && answered(k, s))
	}), nil
}
