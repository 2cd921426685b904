package work

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"snowdrop/internal/forum"
)

const serverName = "mail.example.test"

// desk is a mail server in this process. The functions, when set, decide; the
// counts tell what it saw.
type desk struct {
	mail, rcpt func() error
	data       func(c *smtp.Conn) error // after everything was read
	early      func(c *smtp.Conn)       // before anything is read
	late       func(c *smtp.Conn)       // after the mail was taken, before the reply

	mu       sync.Mutex
	took     []string // whole mails
	to       []string
	hello    string
	secure   bool
	sessions int
	signed   int // tries to sign in
}

type visit struct {
	*desk
	conn *smtp.Conn
	rcpt string
}

func (d *desk) NewSession(c *smtp.Conn) (smtp.Session, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sessions++
	d.hello = c.Hostname()
	_, d.secure = c.TLSConnectionState()
	return &visit{desk: d, conn: c}, nil
}

func (v *visit) AuthMechanisms() []string { return []string{sasl.Plain} }

func (v *visit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.signed++
		if user != "snow" || password != "p@ss/word" {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (v *visit) Mail(string, *smtp.MailOptions) error {
	if v.desk.mail != nil {
		return v.desk.mail()
	}
	return nil
}

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	v.rcpt = to
	if v.desk.rcpt != nil {
		return v.desk.rcpt()
	}
	return nil
}

func (v *visit) Data(r io.Reader) error {
	if v.early != nil {
		v.early(v.conn)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if v.data != nil {
		if err := v.data(v.conn); err != nil {
			return err
		}
	}
	v.mu.Lock()
	v.took, v.to = append(v.took, string(text)), append(v.to, v.rcpt)
	v.mu.Unlock()
	if v.late != nil {
		v.late(v.conn)
	}
	return nil
}

func (v *visit) Reset()        {}
func (v *visit) Logout() error { return nil }

// listen starts the server; setup may change it before. It gives the port.
func (d *desk) listen(t *testing.T, setup func(*smtp.Server)) (port int, listener net.Listener) {
	t.Helper()
	s := smtp.NewServer(d)
	s.Domain = serverName
	s.ErrorLog = log.New(io.Discard, "", 0)
	if setup != nil {
		setup(s)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port = l.Addr().(*net.TCPAddr).Port
	served := l
	if s.TLSConfig != nil && s.Network == "tls" {
		served = tls.NewListener(l, s.TLSConfig)
	}
	go func() { _ = s.Serve(served) }()
	t.Cleanup(func() { s.Close() })
	return port, l
}

// local is a Mailer to a server on the loopback address, without sign-in.
func (d *desk) local(t *testing.T) Mailer {
	t.Helper()
	port, _ := d.listen(t, nil)
	m, err := SMTP(fmt.Sprintf("smtp://127.0.0.1:%d", port), "Snowdrop <no-reply@forum.example.org>")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// remote is a Mailer that believes its server to be on another machine.
func remote(t *testing.T, scheme, user string, port int, roots *x509.CertPool) Mailer {
	t.Helper()
	m, err := SMTP(scheme+"://"+user+serverName, "Snowdrop <no-reply@forum.example.org>")
	if err != nil {
		t.Fatal(err)
	}
	s := m.(*server)
	s.roots = roots
	s.dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if want := map[string]string{"smtp": ":587", "smtps": ":465"}[scheme]; addr != serverName+want {
			t.Errorf("dials %s", addr)
		}
		return (&net.Dialer{}).DialContext(ctx, network, fmt.Sprint("127.0.0.1:", port))
	}
	return m
}

// certificate makes one for serverName and a pool that trusts it.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: serverName}, DNSNames: []string{serverName},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, _ := x509.ParseCertificate(der)
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, pool
}

// send opens, hands one over and closes.
func send(t *testing.T, m Mailer, msg Message) error {
	t.Helper()
	hand, err := m.Open(t.Context())
	if err != nil {
		return err
	}
	err = hand.Send(t.Context(), msg)
	_ = hand.Close()
	return err
}

func TestSMTPMail(t *testing.T) {
	d := &desk{}
	m := d.local(t)
	hand, err := m.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := hand.Send(t.Context(), sample()); err != nil {
			t.Fatal(err)
		}
	}
	if err := hand.Close(); err != nil {
		t.Error(err)
	}
	if len(d.took) != 3 || d.to[0] != "zoe@example.org" || d.sessions != 1 || d.hello != "forum.example.org" {
		t.Fatalf("took %d in %d sessions for %v from %s", len(d.took), d.sessions, d.to, d.hello)
	}
	msg, err := mail.ReadMessage(strings.NewReader(d.took[0]))
	if err != nil {
		t.Fatal(err)
	}
	for header, want := range map[string]string{
		"From": `"Snowdrop" <no-reply@forum.example.org>`, "To": "<zoe@example.org>", "Message-Id": "<mail-7-abc@forum.example.org>",
		"Auto-Submitted": "auto-generated", "User-Agent": "", "X-Mailer": "", "Content-Type": "text/plain; charset=UTF-8",
	} {
		if got := msg.Header.Get(header); got != want {
			t.Errorf("%s is %q, want %q", header, got, want)
		}
	}
	body, _ := io.ReadAll(quotedprintable.NewReader(msg.Body))
	if got := strings.ReplaceAll(string(body), "\r\n", "\n"); strings.TrimSpace(got) != strings.TrimSpace(sample().Text) {
		t.Errorf("body is %q", got)
	}
	if host, _ := os.Hostname(); strings.Contains(d.took[0], host) && host != "localhost" {
		t.Error("the machine's name is in the mail")
	}
}

func TestSTARTTLSAndSignIn(t *testing.T) {
	config, roots := certificate(t)
	for name, c := range map[string]struct {
		scheme, user string
		server       func(*smtp.Server)
		roots        *x509.CertPool
		cause        string // empty: the mail is taken
		code         int
		signed       int
	}{
		"STARTTLS":             {"smtp", "snow:p%40ss%2Fword@", func(s *smtp.Server) { s.TLSConfig = config }, roots, "", 0, 1},
		"TLS at once":          {"smtps", "snow:p%40ss%2Fword@", func(s *smtp.Server) { s.TLSConfig = config; s.Network = "tls" }, roots, "", 0, 1},
		"wrong password":       {"smtp", "snow:wrong@", func(s *smtp.Server) { s.TLSConfig = config }, roots, "", 535, 1},
		"no STARTTLS":          {"smtp", "snow:p%40ss%2Fword@", func(s *smtp.Server) { s.AllowInsecureAuth = true }, roots, "no STARTTLS", 0, 0},
		"unknown certificate":  {"smtp", "snow:p%40ss%2Fword@", func(s *smtp.Server) { s.TLSConfig = config }, x509.NewCertPool(), "certificate", 0, 0},
		"the same, at once":    {"smtps", "snow:p%40ss%2Fword@", func(s *smtp.Server) { s.TLSConfig = config; s.Network = "tls" }, x509.NewCertPool(), "certificate", 0, 0},
		"no user, TLS offered": {"smtp", "", func(s *smtp.Server) { s.TLSConfig = config }, roots, "", 0, 0},
		"no user, no TLS":      {"smtp", "", nil, roots, "", 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			d := &desk{}
			port, _ := d.listen(t, c.server)
			err := send(t, remote(t, c.scheme, c.user, port, c.roots), sample())
			if c.cause == "" && c.code == 0 {
				if wantTLS := name != "no user, no TLS"; err != nil || len(d.took) != 1 || d.secure != wantTLS {
					t.Errorf("%v; took %d, over TLS: %v", err, len(d.took), d.secure)
				}
			} else if r, ok := err.(*Refusal); !ok || !r.Temporary || r.Stage != "connect" || r.Code != c.code || !strings.Contains(r.Cause, c.cause) {
				t.Errorf("error is %#v", err)
			}
			if d.signed != c.signed {
				t.Errorf("%d tries to sign in, want %d", d.signed, c.signed)
			}
			if err != nil && (strings.Contains(err.Error(), "word") && !strings.Contains(err.Error(), "the password is not sent") || strings.Contains(err.Error(), "snow:")) {
				t.Errorf("the error tells: %v", err)
			}
		})
	}
}

func TestLoopbackServer(t *testing.T) {
	config, _ := certificate(t)
	d := &desk{}
	port, _ := d.listen(t, func(s *smtp.Server) { s.TLSConfig = config })
	m, err := SMTP(fmt.Sprintf("smtp://snow:p%%40ss%%2Fword@127.0.0.1:%d", port), "no-reply@forum.example.org")
	if err != nil {
		t.Fatal(err)
	}
	if err := send(t, m, sample()); err != nil || !d.secure || d.signed != 1 {
		t.Errorf("%v, over TLS: %v", err, d.secure)
	}
}

func reply(code int, a, b, c int) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{a, b, c}, Message: "<zoe@example.org> is not welcome"}
}

func TestRefusals(t *testing.T) {
	say := func(err error) func() error { return func() error { return err } }
	for name, c := range map[string]struct {
		desk *desk
		want Refusal
	}{
		"mailbox full":     {&desk{rcpt: say(reply(452, 4, 2, 2))}, Refusal{Stage: "recipient", Code: 452, Enhanced: "4.2.2", Temporary: true}},
		"no such mailbox":  {&desk{rcpt: say(reply(550, 5, 1, 1))}, Refusal{Stage: "recipient", Code: 550, Enhanced: "5.1.1"}},
		"sender refused":   {&desk{mail: say(reply(553, 5, 7, 1))}, Refusal{Stage: "sender", Code: 553, Enhanced: "5.7.1"}},
		"sign in first":    {&desk{mail: say(reply(530, 5, 7, 0))}, Refusal{Stage: "sender", Code: 530, Enhanced: "5.7.0", Temporary: true}},
		"content refused":  {&desk{data: func(*smtp.Conn) error { return reply(554, 5, 6, 0) }}, Refusal{Stage: "content", Code: 554, Enhanced: "5.6.0"}},
		"greylisted late":  {&desk{data: func(*smtp.Conn) error { return reply(451, 4, 7, 1) }}, Refusal{Stage: "content", Code: 451, Enhanced: "4.7.1", Temporary: true}},
		"service closing":  {&desk{mail: say(reply(421, 4, 3, 2))}, Refusal{Stage: "sender", Code: 421, Enhanced: "4.3.2", Temporary: true}},
		"without enhanced": {&desk{rcpt: say(&smtp.SMTPError{Code: 550, EnhancedCode: smtp.NoEnhancedCode, Message: "zoe@example.org 5.1.1"})}, Refusal{Stage: "recipient", Code: 550}},
	} {
		err := send(t, c.desk.local(t), sample())
		if r, ok := err.(*Refusal); !ok || *r != c.want {
			t.Errorf("%s: %#v", name, err)
		}
		if len(c.desk.took) != 0 || err != nil && strings.Contains(err.Error(), "zoe") {
			t.Errorf("%s: took %d, error %v", name, len(c.desk.took), err)
		}
	}
}

func TestLostConnections(t *testing.T) {
	// Before DATA nothing can have been taken.
	d := &desk{}
	m := d.local(t)
	hand, err := m.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	hand.(*connection).link.Close()
	var r *Refusal
	if err := hand.Send(t.Context(), sample()); !errors.As(err, &r) || !r.Temporary {
		t.Errorf("before DATA: %#v", err)
	}
	// After it nobody knows, whether the server read the mail or not.
	for name, d := range map[string]*desk{
		"before the content": {early: func(c *smtp.Conn) { c.Conn().Close() }},
		"after the content":  {late: func(c *smtp.Conn) { c.Conn().Close() }},
	} {
		if err := send(t, d.local(t), sample()); err == nil || errors.As(err, &r) && err == error(r) {
			t.Errorf("%s: %#v", name, err)
		}
	}
	// A server that says nothing more.
	release := make(chan struct{})
	silent := &desk{data: func(*smtp.Conn) error { <-release; return nil }}
	m = silent.local(t)
	if hand, err = m.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := hand.Send(ctx, sample()); err != errInDoubt {
		t.Errorf("silence: %#v", err)
	}
	_ = hand.Close()
	close(release)
}

// A mail that breaks off must not be ended by our goodbye: a server would take
// the half of it.
func TestBrokenOffMailIsNotEnded(t *testing.T) {
	d := &desk{}
	m := d.local(t)
	hand, err := m.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := hand.(*connection)
	c.broken = true // as Send leaves it when it does not come back
	for _, err := range []error{c.link.Mail("no-reply@forum.example.org"), c.link.Rcpt("zoe@example.org")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	content, err := c.link.Data()
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(content, "Subject: half\r\n\r\nHal")
	_ = hand.Close()
	time.Sleep(50 * time.Millisecond)
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.took) != 0 {
		t.Errorf("half a mail was taken: %q", d.took)
	}
}

func TestServerThatIsNotThere(t *testing.T) {
	d := &desk{}
	port, l := d.listen(t, nil)
	l.Close()
	m, _ := SMTP(fmt.Sprintf("smtp://127.0.0.1:%d", port), "no-reply@forum.example.org")
	if r, ok := send(t, m, sample()).(*Refusal); !ok || !r.Temporary || r.Cause != "connection refused" {
		t.Errorf("refusal is %+v", r)
	}
	// One that accepts and never greets: shutdown does not wait for it.
	mute, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	m, _ = SMTP("smtp://"+mute.Addr().String(), "no-reply@forum.example.org")
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := m.Open(ctx); err == nil || time.Since(start) > 5*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}

func TestSMTPAddresses(t *testing.T) {
	for _, address := range []string{"", "mail.example.org", "http://u:hunter2@h", "smtp://u:hunter2@:25", "smtp://u:hunter2@h:99999", "smtp://u:hunter2%@h"} {
		if _, err := SMTP(address, "a@example.org"); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("SMTP(%q): %v", address, err)
		}
	}
	if _, err := SMTP("smtp://h", "nobody"); err == nil {
		t.Error("a sender without an address was taken")
	}
}

// The runner and a real server together: 451 then 250, 550, and a connection
// that drops after DATA.
func TestRunnerWithServer(t *testing.T) {
	tries := 0
	greylist := &desk{rcpt: func() error {
		if tries++; tries == 1 {
			return reply(451, 4, 7, 1)
		}
		return nil
	}}
	for name, c := range map[string]struct {
		desk    *desk
		want    forum.MailState
		arrived int
	}{
		"451 then 250": {greylist, forum.MailSent, 1},
		"550":          {&desk{rcpt: func() error { return reply(550, 5, 1, 1) }}, forum.MailFailed, 0},
		"drop":         {&desk{late: func(c *smtp.Conn) { c.Conn().Close() }}, forum.MailDoubtful, 1},
	} {
		b := newBench(c.desk.local(t))
		b.store.addMail(1, noon)
		for range 3 {
			if _, err := b.Once(t.Context()); err != nil {
				t.Error(err)
			}
			b.clock.add(10 * time.Minute)
		}
		c.desk.mu.Lock()
		if b.store.state(1) != c.want || len(c.desk.took) != c.arrived {
			t.Errorf("%s: mail %s, arrived %d times", name, b.store.state(1), len(c.desk.took))
		}
		c.desk.mu.Unlock()
		if bytes.Contains(b.lines.Bytes(), []byte("@")) || bytes.Contains(b.lines.Bytes(), []byte("welcome")) {
			t.Errorf("%s: log %s", name, b.lines)
		}
	}
}
