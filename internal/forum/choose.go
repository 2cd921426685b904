package forum

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// mostTies is how many people somebody can mute and know, together.
const mostTies = 500

// ChooseMatters stores what the actor hides and folds. What is in both is hidden.
func (c *Community) ChooseMatters(ctx context.Context, a Actor, hides, folds Matters) error {
	return c.choose(ctx, a, func(to *Choices) { to.Hides, to.Folds = hides&AllMatters, folds&AllMatters&^hides }, "hides", "folds")
}

// ChooseTopic follows a topic, leaves it out of the front page, or neither.
func (c *Community) ChooseTopic(ctx context.Context, a Actor, topic string, follow, leave bool) error {
	if _, known := c.Topics.Find(topic); !known {
		return errNotFound
	}
	set := func(list Slugs, on bool) Slugs {
		list = slices.DeleteFunc(slices.Clone(list), func(s string) bool {
			_, known := c.Topics.Find(s)
			return s == topic || !known
		})
		if on {
			list = append(list, topic)
		}
		return list
	}
	return c.choose(ctx, a, func(to *Choices) {
		to.Follows, to.Leaves = set(to.Follows, follow), set(to.Leaves, leave && !follow)
	}, "follows", "leaves")
}

// ChooseSpeech stores the words that the site uses to the actor; empty ones are the
// house's.
func (c *Community) ChooseSpeech(ctx context.Context, a Actor, baby, loss string) error {
	baby, babyErr := checkSpeech("baby", baby)
	loss, lossErr := checkSpeech("loss", loss)
	if err := errors.Join(babyErr, lossErr); err != nil {
		return err
	}
	return c.choose(ctx, a, func(to *Choices) { to.Baby, to.Loss = baby, loss }, "baby", "loss")
}

func (c *Community) choose(ctx context.Context, a Actor, change func(*Choices), columns ...string) error {
	if !a.SignedIn() {
		return errSignedOut
	}
	to := a.Chosen()
	change(&to)
	to.PersonID, to.UpdatedAt = a.ID, c.now()
	if err := c.store.SetChoices(ctx, to, columns...); err != nil {
		return fmt.Errorf("store choices: %w", err)
	}
	return nil
}

// Ties lists whom the actor muted and knows, the latest first.
func (c *Community) Ties(ctx context.Context, a Actor) ([]TieRow, error) {
	rows, err := c.store.TiesBy(ctx, a.ID)
	if err != nil {
		return nil, fmt.Errorf("list ties: %w", err)
	}
	return rows, nil
}

var (
	errOwnPost   = invalid("", "These are your own words.")
	errByMidwife = invalid("", "Midwives’ answers stay where everybody finds them, so this person can’t be muted here. If something in the answer is wrong, please report it.")
)

// Mute keeps a post's writer away from the actor, and the actor from them. They are
// never told. Of somebody without a name the actor learns nothing: see [Tie].
func (c *Community) Mute(ctx context.Context, a Actor, postID int64) (PostRow, error) {
	p, err := c.other(ctx, a, postID)
	if err != nil {
		return PostRow{}, err
	}
	t := Tie{ByID: a.ID, ToID: p.AuthorID, Kind: TieMute}
	if p.Anonymous {
		t.ThreadID = p.ThreadID
	}
	if err := c.tie(ctx, a, t); err != nil {
		return PostRow{}, err
	}
	hide(a, &p)
	return p, nil
}

// KnowWriter is [Community.Know] for the writer of a post that carries a name.
func (c *Community) KnowWriter(ctx context.Context, a Actor, postID int64, mute bool) error {
	p, err := c.other(ctx, a, postID)
	if err != nil {
		return err
	}
	if p.Anonymous {
		return invalid("", "This was written without a name, so we can’t do that here. If you know the name they use, write it on the page with your choices.")
	}
	return c.know(ctx, a, p.AuthorID, mute)
}

// other reads somebody else's post that was not written as a midwife, with its
// writer.
func (c *Community) other(ctx context.Context, a Actor, postID int64) (PostRow, error) {
	if !a.SignedIn() {
		return PostRow{}, errSignedOut
	}
	p, err := c.post(ctx, a, postID)
	switch {
	case err != nil:
		return PostRow{}, err
	case p.AuthorID == a.ID:
		return PostRow{}, errOwnPost
	case p.Capacity == AsMidwife:
		return PostRow{}, errByMidwife
	}
	return p, nil
}

// Know keeps all that the actor writes from somebody they know from life, by the
// name they use here; with mute, also the other way round. Nobody is told.
func (c *Community) Know(ctx context.Context, a Actor, alias string, mute bool) error {
	if !a.SignedIn() {
		return errSignedOut
	}
	if err := c.throttle(ctx, "know", fmt.Sprint(a.ID), limitKnow); err != nil {
		return err
	}
	name, err := checkText("alias", "the name they use here", alias, 1, MaxName)
	if err != nil {
		return err
	}
	p, err := c.store.PersonByName(ctx, nameKey(name))
	if errors.Is(err, ErrNoRow) {
		return invalid("alias", "Nobody here uses this name. Please check how it is written.")
	}
	if err != nil {
		return fmt.Errorf("look up a name: %w", err)
	}
	return c.know(ctx, a, p.ID, mute)
}

func (c *Community) know(ctx context.Context, a Actor, personID int64, mute bool) error {
	if personID == a.ID {
		return invalid("alias", "This is your own name.")
	}
	if err := c.tie(ctx, a, Tie{ByID: a.ID, ToID: personID, Kind: TieKnow}); err != nil || !mute {
		return err
	}
	return c.tie(ctx, a, Tie{ByID: a.ID, ToID: personID, Kind: TieMute})
}

func (c *Community) tie(ctx context.Context, a Actor, t Tie) error {
	if len(a.Ties.Muted)+len(a.Ties.Unnamed) >= mostTies {
		return invalid("", "Your list is full. Please take somebody off it first.")
	}
	t.CreatedAt = c.now()
	if err := c.store.AddTie(ctx, t); err != nil {
		return fmt.Errorf("add a tie: %w", err)
	}
	return nil
}

// Untie takes back a mute, or that the actor knows somebody.
func (c *Community) Untie(ctx context.Context, a Actor, id int64) error {
	if !a.SignedIn() {
		return errSignedOut
	}
	if err := c.store.DropTie(ctx, a.ID, id); err != nil && !errors.Is(err, ErrNoRow) {
		return fmt.Errorf("drop a tie: %w", err)
	}
	return nil
}
