package config

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/caarlos0/env/v11"
	"github.com/goccy/go-yaml"
)

// DefaultFile is the settings file that is read when it exists and none is named.
const DefaultFile = "snowdrop.yaml"

// Settings is how one installation runs. Each field has a key in the settings
// file and an environment variable, which wins; snowdrop.example.yaml explains
// them. After [Load] every field is valid and every default filled in.
//
// Printing Settings, in whatever way, shows no secret and no password.
type Settings struct {
	Addr           string `yaml:"addr" env:"SNOWDROP_ADDR"`                       // listen address, host:port
	BaseURL        string `yaml:"base_url" env:"SNOWDROP_BASE_URL"`               // scheme://host[:port], no slash at the end
	DatabaseURL    string `yaml:"database_url" env:"SNOWDROP_DATABASE_URL"`       // sqlite:PATH or postgres://…
	Secret         string `yaml:"secret" env:"SNOWDROP_SECRET"`                   // 32 bytes in base64; empty: a file in DataDir
	SMTPURL        string `yaml:"smtp_url" env:"SNOWDROP_SMTP_URL"`               // smtp:// or smtps://; empty: files in DataDir
	MailFrom       string `yaml:"mail_from" env:"SNOWDROP_MAIL_FROM"`             // Name <address>
	DataDir        string `yaml:"data_dir" env:"SNOWDROP_DATA_DIR"`               // folder of the secret, the outbox and the SQLite database
	SiteFile       string `yaml:"site_file" env:"SNOWDROP_SITE_FILE"`             // for LoadSite; empty: the shipped site data
	RulesDir       string `yaml:"rules_dir" env:"SNOWDROP_RULES_DIR"`             // folder of own triage rules; empty: only the shipped ones
	RateLimits     Switch `yaml:"rate_limits" env:"SNOWDROP_RATE_LIMITS"`         // off only for load tests
	MetricsAddr    string `yaml:"metrics_addr" env:"SNOWDROP_METRICS_ADDR"`       // host:port; empty: no metrics
	TrustedProxies string `yaml:"trusted_proxies" env:"SNOWDROP_TRUSTED_PROXIES"` // CIDRs with commas; see Proxies
}

// Switch is a setting that is "on" or "off".
type Switch bool

// UnmarshalText takes "on" and "off" and nothing else.
func (s *Switch) UnmarshalText(text []byte) error {
	switch string(text) {
	case "on":
		*s = true
	case "off":
		*s = false
	default:
		return fmt.Errorf("%q is neither on nor off", text)
	}
	return nil
}

// String is "on" or "off".
func (s Switch) String() string {
	if s {
		return "on"
	}
	return "off"
}

// Load reads the settings file at path (empty: [DefaultFile]) and lays the
// environment over it, given as in [os.Environ]. A file that is missing is an
// error only if it was named explicitly. An empty variable counts as not set.
//
// Every fault found is in the error, one a line, each naming its variable. A
// SNOWDROP_ variable that means nothing is a fault, lest a mistyped one leave a
// default in force; SNOWDROP_TEST_ variables are for the tests and let be.
func Load(path string, explicit bool, environ []string) (Settings, error) {
	s := Settings{Addr: "127.0.0.1:8080", DataDir: "data", RateLimits: true}
	if path == "" {
		path = DefaultFile
	}
	data, err := os.ReadFile(path)
	switch {
	case err == nil:
		if err := yaml.UnmarshalWithOptions(data, &s, yaml.Strict()); err != nil {
			// Without the source lines that goccy would quote: one may hold a password.
			return Settings{}, fmt.Errorf("settings file %s: %s", path, yaml.FormatError(err, false, false))
		}
	case explicit || !errors.Is(err, fs.ErrNotExist):
		return Settings{}, fmt.Errorf("read the settings file: %w", err)
	}

	ours, faults := variables(environ)
	if err := env.ParseWithOptions(&s, env.Options{Environment: ours}); err != nil {
		// Every other field is a string and takes anything.
		faults = append(faults, errors.New("SNOWDROP_RATE_LIMITS is neither on nor off"))
	}
	s.fill()
	if err := errors.Join(append(faults, s.validate()...)...); err != nil {
		return Settings{}, err
	}
	return s, nil
}

// variables picks the SNOWDROP_ variables and finds those that mean nothing.
func variables(environ []string) (map[string]string, []error) {
	var known []string
	for field := range reflect.TypeFor[Settings]().Fields() {
		known = append(known, field.Tag.Get("env"))
	}
	ours := map[string]string{}
	var faults []error
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		switch {
		case slices.Contains(known, name):
			ours[name] = value
		case strings.HasPrefix(name, "SNOWDROP_") && !strings.HasPrefix(name, "SNOWDROP_TEST_"):
			faults = append(faults, fmt.Errorf("%s is not a setting", name))
		}
	}
	return ours, faults
}

// fill sets the defaults that follow from other settings.
func (s *Settings) fill() {
	if s.BaseURL == "" {
		s.BaseURL = "http://" + s.Addr
		// Nobody can open "every address" in a browser.
		if host, port, err := net.SplitHostPort(s.Addr); err == nil && unspecified(host) {
			s.BaseURL = "http://localhost:" + port
		}
	}
	s.BaseURL = strings.TrimSuffix(s.BaseURL, "/")
	if s.DatabaseURL == "" {
		s.DatabaseURL = "sqlite:" + filepath.ToSlash(filepath.Join(s.DataDir, "snowdrop.db"))
	}
	if s.MailFrom == "" {
		if u, err := url.Parse(s.BaseURL); err == nil {
			host := u.Hostname()
			if strings.Contains(host, ":") {
				host = "localhost" // a mail address cannot hold an IPv6 one that every parser reads
			}
			s.MailFrom = "Snowdrop <no-reply@" + host + ">"
		}
	}
}

// validate finds every fault. None of its errors repeats a value that may hold a
// password; url.Parse's own errors do, so they are not passed on.
func (s *Settings) validate() []error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }

	if !listenable(s.Addr) {
		fault("SNOWDROP_ADDR %q is not host:port, like 127.0.0.1:8080", s.Addr)
	} else if !bool(s.RateLimits) && !Loopback(s.Addr) {
		fault("SNOWDROP_RATE_LIMITS is off, which is for load tests only, but SNOWDROP_ADDR %s is not a loopback address", s.Addr)
	}
	if u, err := url.Parse(s.BaseURL); err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" ||
		u.User != nil || u.Path != "" || u.RawQuery != "" || u.ForceQuery || strings.Contains(s.BaseURL, "#") {
		fault("SNOWDROP_BASE_URL is not like https://forum.example.org, without a path")
	}
	if file, ok := strings.CutPrefix(s.DatabaseURL, "sqlite:"); ok {
		if file == "" || strings.ContainsAny(file, "?\x00") {
			fault("SNOWDROP_DATABASE_URL is not sqlite: and the path of a file")
		}
	} else if u, err := url.Parse(s.DatabaseURL); err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") || u.Opaque != "" {
		fault("SNOWDROP_DATABASE_URL is neither sqlite:PATH nor like postgres://user:password@host:5432/snowdrop")
	}
	if _, err := s.Key(); err != nil {
		faults = append(faults, err)
	}
	if s.SMTPURL != "" {
		if u, err := url.Parse(s.SMTPURL); err != nil || (u.Scheme != "smtp" && u.Scheme != "smtps") || u.Hostname() == "" ||
			!optionalPort(u.Port()) || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
			fault("SNOWDROP_SMTP_URL is not like smtp://user:password@host:587 or smtps://user:password@host:465 (special characters in a password are written %%XX)")
		}
	}
	if a, err := mail.ParseAddress(s.MailFrom); err != nil || strings.ContainsAny(s.MailFrom, "\r\n") || a.Address == "" {
		fault("SNOWDROP_MAIL_FROM %q is not like Snowdrop <no-reply@example.org>", s.MailFrom)
	}
	if s.DataDir == "" {
		fault("SNOWDROP_DATA_DIR is empty")
	}
	if s.MetricsAddr != "" && (!listenable(s.MetricsAddr) || s.MetricsAddr == s.Addr) {
		fault("SNOWDROP_METRICS_ADDR %q is not host:port, or not another one than SNOWDROP_ADDR", s.MetricsAddr)
	}
	for _, network := range s.Proxies() {
		if p, err := netip.ParsePrefix(network); err != nil {
			fault("SNOWDROP_TRUSTED_PROXIES: %q is not a network like 10.0.0.0/8 or 192.0.2.7/32", network)
		} else if p.Bits() == 0 {
			fault("SNOWDROP_TRUSTED_PROXIES: %s trusts everyone, so that anyone may pretend to come from anywhere", network)
		}
	}
	return faults
}

// Key is the master key, 32 bytes; nil when none is set and the one in the data
// folder is to be used.
func (s Settings) Key() ([]byte, error) {
	keys, err := s.Keys()
	if len(keys) == 0 {
		return nil, err
	}
	return keys[0], err
}

// Keys is Key with the older ones after it, which are given with commas while
// `snowdrop secret rotate` has not finished with them.
func (s Settings) Keys() ([][]byte, error) {
	if s.Secret == "" {
		return nil, nil
	}
	var keys [][]byte
	for text := range strings.SplitSeq(s.Secret, ",") {
		key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
		if err != nil || len(key) != 32 {
			return nil, errors.New("SNOWDROP_SECRET is not 32 bytes in base64, as from: openssl rand -base64 32")
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// Proxies lists the networks whose X-Forwarded-For is believed; nil: nobody's.
func (s Settings) Proxies() []string {
	var networks []string
	for network := range strings.SplitSeq(s.TrustedProxies, ",") {
		if network = strings.TrimSpace(network); network != "" {
			networks = append(networks, network)
		}
	}
	return networks
}

// Loopback says whether a listen address is reachable from this machine only.
func Loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

func unspecified(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "" || err == nil && ip.IsUnspecified()
}

// listenable says whether addr is host:port with a numeric port; 0 means any.
func listenable(addr string) bool {
	host, port, err := net.SplitHostPort(addr)
	if err != nil || strings.ContainsAny(host, "/ @") {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

func optionalPort(port string) bool {
	n, err := strconv.ParseUint(port, 10, 16)
	return port == "" || err == nil && n > 0
}

// shown pairs each variable with a value that is safe to print.
func (s Settings) shown() []slog.Attr {
	var attrs []slog.Attr
	v := reflect.ValueOf(s)
	for i := range v.NumField() {
		value := fmt.Sprint(v.Field(i).Interface())
		switch v.Type().Field(i).Name {
		case "Secret":
			if value != "" {
				value = "(set)"
			}
		case "DatabaseURL", "SMTPURL":
			value = bare(value)
		}
		attrs = append(attrs, slog.String(v.Type().Field(i).Tag.Get("env"), value))
	}
	return attrs
}

// bare leaves of a URL what names no one: no user (some mail services use one
// token as both user and password) and no query (PostgreSQL takes a password there).
func bare(raw string) string {
	if raw == "" || strings.HasPrefix(raw, "sqlite:") {
		return raw
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return "(set)"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// String lists the settings by variable, without secrets.
func (s Settings) String() string {
	var lines []string
	for _, a := range s.shown() {
		lines = append(lines, a.Key+"="+a.Value.String())
	}
	return strings.Join(lines, "\n")
}

// GoString is String, for %#v.
func (s Settings) GoString() string { return s.String() }

// LogValue gives a log the settings without secrets.
func (s Settings) LogValue() slog.Value { return slog.GroupValue(s.shown()...) }

// MarshalJSON writes the settings without secrets.
func (s Settings) MarshalJSON() ([]byte, error) {
	all := map[string]string{}
	for _, a := range s.shown() {
		all[a.Key] = a.Value.String()
	}
	return json.Marshal(all)
}
