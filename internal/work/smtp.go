package work

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/mail"
	"net/netip"
	"net/textproto"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	gomail "github.com/wneessen/go-mail"
	gosmtp "github.com/wneessen/go-mail/smtp"
)

// Both together stay under the lease of a job, so that no other instance finds a
// mail in the state sending that is still being handed over.
const (
	connectWithin  = 20 * time.Second
	handOverWithin = 75 * time.Second
	quitWithin     = 3 * time.Second
)

// SMTP makes a Mailer that hands mail to the server at address,
// smtp://user:password@host:port (587 if left out; STARTTLS) or smtps://… (465).
// from is the sender, as Name <address>.
//
// A user and password go to another machine only over TLS with a certificate
// that is good for its name. Without them TLS is used if the server offers it.
// Errors never repeat the address: it may hold a password.
func SMTP(address, from string) (Mailer, error) {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "smtp" && u.Scheme != "smtps") || u.Hostname() == "" {
		return nil, errors.New("the mail server is not given like smtp://user:password@host:587")
	}
	sender, err := mail.ParseAddress(from)
	if err != nil {
		return nil, errors.New("the sender is not given like Snowdrop <no-reply@example.org>")
	}
	s := &server{
		host: u.Hostname(), port: 587, tls: u.Scheme == "smtps", from: sender,
		local: loopback(u.Hostname()), dial: (&net.Dialer{}).DialContext,
	}
	if s.tls {
		s.port = 465
	}
	if u.Port() != "" {
		if s.port, err = strconv.Atoi(u.Port()); err != nil || s.port < 1 || s.port > 65535 {
			return nil, errors.New("the mail server's port is not a number from 1 to 65535")
		}
	}
	if u.User != nil {
		s.user = u.User.Username()
		s.password, _ = u.User.Password()
	}
	return s, nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

type server struct {
	host           string
	port           int
	tls            bool // from the first byte
	user, password string
	from           *mail.Address
	local          bool // on this machine
	roots          *x509.CertPool
	dial           func(ctx context.Context, network, addr string) (net.Conn, error)
}

func (s *server) Idempotent() bool { return false }

// Open connects. Every error is a temporary [*Refusal], a refused password
// included: an operator can mend it.
//
// go-mail heeds a context while it dials only, and leaves the connection open
// when the greeting or the sign-in fails; so Open closes it itself.
func (s *server) Open(given context.Context) (Handover, error) {
	config := &tls.Config{ServerName: s.host, RootCAs: s.roots, MinVersion: tls.VersionTLS12}
	// A relay on this machine seldom has a certificate for the name localhost,
	// and there is nobody in between.
	config.InsecureSkipVerify = s.local

	var (
		conn net.Conn
		stop func() bool
	)
	options := []gomail.Option{
		gomail.WithPort(s.port),
		gomail.WithTimeout(connectWithin),
		gomail.WithHELO(domain(s.from)), // and not the machine's own name
		gomail.WithTLSConfig(config),
		gomail.WithTLSPolicy(s.policy()),
		gomail.WithDialContextFunc(func(ctx context.Context, network, addr string) (net.Conn, error) {
			dialled, err := s.dial(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			conn = dialled
			stop = context.AfterFunc(given, func() { dialled.Close() })
			if !s.tls {
				return conn, nil
			}
			over := tls.Client(conn, config)
			return over, over.HandshakeContext(ctx)
		}),
	}
	if s.user != "" {
		options = append(options, gomail.WithUsername(s.user), gomail.WithPassword(s.password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin, gomail.SMTPAuthCramMD5))
	}
	// A client a connection: go-mail keeps the chosen sign-in method in it.
	client, err := gomail.NewClient(s.host, options...)
	if err != nil {
		return nil, &Refusal{Stage: "connect", Cause: "the settings do not fit", Temporary: true}
	}
	link, err := client.DialToSMTPClientWithContext(given)
	if stop != nil && !stop() {
		err = given.Err()
	}
	if err != nil {
		if conn != nil {
			conn.Close()
		}
		r := refusal("connect", err)
		r.Temporary = true
		return nil, r
	}
	return &connection{link: link, from: s.from}, nil
}

func (s *server) policy() gomail.TLSPolicy {
	switch {
	case s.tls:
		return gomail.NoTLS // it is there already
	case s.user != "" && !s.local:
		return gomail.TLSMandatory
	}
	return gomail.TLSOpportunistic
}

type connection struct {
	link   *gosmtp.Client
	from   *mail.Address
	broken bool // in the middle of a mail, or after an error
}

// Send goes through the commands one by one, and not through go-mail's own Send:
// that one calls a lost connection permanent, and a mail that was taken failed
// when the reset after it fails.
func (c *connection) Send(ctx context.Context, m Message) error {
	c.broken = true
	text, err := composed(m, c.from, gomail.EncodingQP)
	if err != nil {
		return &Refusal{Stage: "compose", Cause: err.Error()}
	}
	within := handOverWithin
	if end, ok := ctx.Deadline(); ok {
		within = min(within, time.Until(end))
	}
	if err := c.link.UpdateDeadline(within); err != nil {
		return &Refusal{Stage: "sender", Cause: "connection lost", Temporary: true}
	}
	if err := c.link.Mail(c.from.Address); err != nil {
		return refusal("sender", err)
	}
	if err := c.link.Rcpt(m.To); err != nil {
		return refusal("recipient", err)
	}
	content, err := c.link.Data()
	if err != nil {
		return refusal("data", err)
	}
	// From here on a reply decides, and without one nobody knows.
	if _, err := content.Write(text); err != nil {
		return errInDoubt
	}
	if err := content.Close(); err != nil {
		if r := refusal("content", err); r.Code >= 400 && r.Code < 600 {
			return r
		}
		return errInDoubt
	}
	c.broken = false
	return nil
}

var errInDoubt = errors.New("the mail server did not say whether it took the mail")

// Close says goodbye, unless something went wrong: QUIT would then end a message
// in the middle, and a server might take the half of it.
func (c *connection) Close() error {
	if c.broken || c.link.UpdateDeadline(quitWithin) != nil {
		return c.link.Close()
	}
	if err := c.link.Quit(); err != nil {
		return c.link.Close()
	}
	return nil
}

var enhanced = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}\b`)

// refusal reads an error from before the end of the content, when nothing can
// have been taken yet. Only 5xx is for good; and not 530 to 538, by which a
// server asks for TLS or a sign-in: that is about us, not about this mail.
func refusal(stage string, err error) *Refusal {
	r := &Refusal{Stage: stage, Temporary: true}
	var reply *textproto.Error
	if !errors.As(err, &reply) {
		r.Cause = cause(err)
		return r
	}
	r.Code, r.Enhanced = reply.Code, enhanced.FindString(reply.Msg)
	aboutUs := reply.Code >= 530 && reply.Code <= 538
	r.Temporary = reply.Code < 500 || reply.Code > 599 || aboutUs
	return r
}

// cause puts an error that is no reply into our own words.
func cause(err error) string {
	var (
		slow      net.Error
		name      *net.DNSError
		untrusted *tls.CertificateVerificationError
	)
	switch {
	case errors.Is(err, context.Canceled):
		return "shutting down"
	case errors.As(err, &name):
		return "host not found"
	case errors.As(err, &slow) && slow.Timeout():
		return "timed out"
	case errors.As(err, &untrusted):
		return "certificate not trusted"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, net.ErrClosed):
		return "connection lost"
	case strings.HasPrefix(err.Error(), "STARTTLS mode"):
		return "no STARTTLS, and the password is not sent without it"
	case strings.Contains(err.Error(), "AUTH"):
		return "no way to sign in that we know"
	}
	return fmt.Sprintf("failed (%T)", err)
}
