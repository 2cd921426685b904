package work

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"snowdrop/internal/forum"
)

// mostAttempts is after how many tries a mail is given up: with the waits in
// between, nineteen hours.
const mostAttempts = 8

// mail delivers one mail. Its state is written down before and after the
// hand-over, so that after a crash the state alone tells what is safe to do:
//
//	waiting   nothing has left: try
//	sending   we crashed while handing over: it may have arrived; never again
//	the rest  it is over; only the job was not finished
//
// ctx ends at shutdown, kept when the lease does.
func (r *round) mail(ctx, kept context.Context, job forum.Job) (next, error) {
	m, err := r.store.Mail(kept, job.SubjectID)
	if errors.Is(err, forum.ErrNoRow) {
		return r.done(), nil // its person was erased
	}
	if err != nil {
		return next{}, fmt.Errorf("load the mail: %w", err)
	}
	switch m.State {
	case forum.MailWaiting:
	case forum.MailSending:
		if !r.mailer.Idempotent() {
			return r.settle(kept, m, forum.MailDoubtful, "stage", "crash")
		}
		if lost, err := r.move(kept, &m, forum.MailWaiting); lost || err != nil {
			return r.done(), err
		}
	default:
		r.settled = true // the crash may have come before its case was closed
		return r.done(), nil
	}

	letter, err := r.addresses.Envelope(kept, m)
	if errors.Is(err, forum.ErrNoRow) {
		return r.settle(kept, m, forum.MailFailed, "stage", "address", "cause", "none on file")
	}
	if err != nil {
		// Not the error itself: it might hold the address.
		return r.retry(kept, m, job, &Refusal{Stage: "address", Cause: "it cannot be read", Temporary: true})
	}
	if err := r.connect(ctx); err != nil {
		if ctx.Err() != nil {
			return r.again(0), nil
		}
		return r.retry(kept, m, job, err)
	}
	if lost, err := r.move(kept, &m, forum.MailSending); lost || err != nil {
		return r.done(), err
	}
	err = r.hand.Send(kept, Message{To: letter.To, Subject: m.Subject, Text: letter.Text, ID: messageID(m)})
	if err != nil {
		r.end() // a fresh connection for the next mail
	}
	var refused *Refusal
	switch {
	case err == nil:
		return r.settle(kept, m, forum.MailSent)
	case !errors.As(err, &refused):
		return r.settle(kept, m, forum.MailDoubtful, "stage", "content", "cause", "no reply")
	case refused.Temporary:
		return r.retry(kept, m, job, refused)
	}
	return r.settle(kept, m, forum.MailFailed, about(refused)...)
}

// connect opens the round's connection, once: when the server is down, the other
// mails of the round need not find out one by one.
func (r *round) connect(ctx context.Context) error {
	if r.hand == nil && r.down == nil {
		r.hand, r.down = r.mailer.Open(ctx)
	}
	return r.down
}

// retry puts a mail back to wait for its next try, or gives it up after the last.
func (r *round) retry(ctx context.Context, m forum.Mail, job forum.Job, why error) (next, error) {
	said := append(about(why), "attempt", job.Attempts)
	if job.Attempts >= mostAttempts {
		return r.settle(ctx, m, forum.MailFailed, said...)
	}
	r.log.WarnContext(ctx, "mail put off", append([]any{"mail", m.ID, "person", m.PersonID}, said...)...)
	if m.State == forum.MailSending {
		if lost, err := r.move(ctx, &m, forum.MailWaiting); lost || err != nil {
			return r.done(), err
		}
	}
	return r.again(backoff(job.Attempts)), nil
}

// settle writes down how a mail ended.
func (r *round) settle(ctx context.Context, m forum.Mail, to forum.MailState, said ...any) (next, error) {
	args := append([]any{"mail", m.ID, "person", m.PersonID}, said...)
	switch lost, err := r.move(ctx, &m, to); {
	case err != nil:
		return next{}, err
	case lost:
		r.log.WarnContext(ctx, "mail settled elsewhere meanwhile", append(args, "not_recorded", to)...)
	case to == forum.MailSent:
		r.log.InfoContext(ctx, "mail sent", args...)
	default:
		r.log.ErrorContext(ctx, "mail "+string(to), args...)
	}
	r.settled = true
	return r.done(), nil
}

// move sets the state of a mail; lost means that somebody else did. It tries
// three times: a mail that was sent while the database blinked would otherwise
// end as doubtful. The step to sending is tried once only, because everything
// after it rests on this process having made it.
func (r *round) move(ctx context.Context, m *forum.Mail, to forum.MailState) (lost bool, err error) {
	tries := 3
	if to == forum.MailSending {
		tries = 1
	}
	for try := range tries {
		if try > 0 {
			time.Sleep(time.Duration(try) * 200 * time.Millisecond)
		}
		err = r.store.MoveMail(ctx, m.ID, m.State, to, r.now())
		if errors.Is(err, forum.ErrLost) {
			// After a failed try it may have been we ourselves, unheard.
			if now, readErr := r.store.Mail(ctx, m.ID); try == 0 || readErr != nil || now.State != to {
				return true, nil
			}
			err = nil
		}
		if err == nil {
			m.State = to
			return false, nil
		}
	}
	return false, fmt.Errorf("set mail %d from %s to %s: %w", m.ID, m.State, to, err)
}

// messageID is the same at every try of a mail. The time keeps it apart from a
// mail of the same number in a database that was set up anew.
func messageID(m forum.Mail) string {
	return fmt.Sprintf("mail-%d-%s", m.ID, strconv.FormatInt(m.CreatedAt.UnixMicro(), 36))
}

// about says why in words that are safe to log.
func about(err error) []any {
	var r *Refusal
	if !errors.As(err, &r) {
		return []any{"stage", "connect", "cause", cause(err)}
	}
	said := []any{"stage", r.Stage}
	if r.Code != 0 {
		said = append(said, "code", r.Code, "enhanced", r.Enhanced)
	}
	if r.Cause != "" {
		said = append(said, "cause", r.Cause)
	}
	return said
}
