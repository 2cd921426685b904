package work

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// Message is a mail on its way out.
type Message struct {
	To      string // one bare address
	Subject string
	Text    string // plain text
	ID      string // left side of the Message-ID, the same at every try; a-z, 0-9 and hyphens
}

// Mailer is a way out for mail. Connecting may be tried as often as one likes;
// handing over may not.
type Mailer interface {
	// Open connects and signs in. Nothing of any mail has left after it. Its
	// errors are always worth another try.
	Open(ctx context.Context) (Handover, error)
	// Idempotent says whether handing the same Message.ID over twice still makes
	// one mail.
	Idempotent() bool
}

// Handover is one connection. It is used by one goroutine, for one mail after
// the other, and closed after the first error.
type Handover interface {
	// Send hands a mail over. No error: it was taken. A [*Refusal]: it was not.
	// Any other error: nobody knows.
	Send(ctx context.Context, m Message) error
	Close() error
}

// Refusal says that a mail was certainly not taken. It holds nothing that a
// server said in words: those often repeat the address.
type Refusal struct {
	Stage     string // connect, compose, sender, recipient, data or content
	Code      int    // SMTP reply code; 0 when there was no reply
	Enhanced  string // enhanced status code such as 5.1.1; may be empty
	Cause     string // our own words when there was no reply
	Temporary bool   // worth another try
}

// Error names the stage and the codes, never the address.
func (r *Refusal) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "mail refused at %s", r.Stage)
	for _, more := range []string{code(r.Code), r.Enhanced, r.Cause} {
		if more != "" {
			text.WriteString(" " + more)
		}
	}
	return text.String()
}

func code(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

// composed is a mail in the form of RFC 5322. Its Message-ID and lack of a
// User-Agent keep the machine's name and the library's out of people's inboxes;
// Auto-Submitted keeps out-of-office replies from coming back.
func composed(m Message, from *mail.Address, encoding gomail.Encoding) ([]byte, error) {
	if err := validID(m.ID); err != nil {
		return nil, err
	}
	to, err := mail.ParseAddress(m.To)
	if err != nil || to.Address != m.To {
		return nil, errors.New("the recipient's address is not a bare address")
	}
	if strings.ContainsAny(m.Subject, "\r\n") {
		return nil, errors.New("the subject has more than one line")
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithEncoding(encoding))
	msg.FromMailAddress(from)
	msg.ToMailAddress(to)
	msg.Subject(m.Subject)
	msg.SetDate()
	msg.SetMessageIDWithValue(m.ID + "@" + domain(from))
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	var text bytes.Buffer
	if _, err := msg.WriteTo(&text); err != nil {
		return nil, errors.New("the mail cannot be composed")
	}
	return text.Bytes(), nil
}

func domain(a *mail.Address) string {
	return a.Address[strings.LastIndexByte(a.Address, '@')+1:]
}

// validID lets only such ids pass as are safe in a header and in a file's name.
func validID(id string) error {
	if id == "" || len(id) > 64 || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return errors.New("the mail's id is not made of a-z, 0-9 and hyphens")
	}
	return nil
}
