package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

const goodSecret = "c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0IDMyIGI="

// settings loads from a file with this text (none if empty) and these variables.
func settings(t *testing.T, file string, environ ...string) (Settings, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "snowdrop.yaml")
	if file != "" {
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return Load(path, file != "", environ)
}

func TestSettingsDefaults(t *testing.T) {
	got, err := settings(t, "", "HOME=/nowhere", "SNOWDROP_TEST_POSTGRES=x", "SNOWDROP_SMTP_URL=")
	if err != nil {
		t.Fatal(err)
	}
	want := Settings{
		Addr: "127.0.0.1:8080", BaseURL: "http://127.0.0.1:8080", DatabaseURL: "sqlite:data/snowdrop.db",
		MailFrom: "Snowdrop <no-reply@127.0.0.1>", DataDir: "data", RateLimits: true,
	}
	if got != want {
		t.Errorf("got\n%v\nwant\n%v", got, want)
	}
	if key, err := got.Key(); key != nil || err != nil {
		t.Errorf("Key() = %v, %v", key, err)
	}
}

func TestDerivedDefaults(t *testing.T) {
	for _, c := range []struct{ environ, base, from, database string }{
		{"SNOWDROP_ADDR=:9000", "http://localhost:9000", "Snowdrop <no-reply@localhost>", "sqlite:data/snowdrop.db"},
		{"SNOWDROP_ADDR=0.0.0.0:80", "http://localhost:80", "Snowdrop <no-reply@localhost>", "sqlite:data/snowdrop.db"},
		{"SNOWDROP_ADDR=[::1]:8080", "http://[::1]:8080", "Snowdrop <no-reply@localhost>", "sqlite:data/snowdrop.db"},
		{"SNOWDROP_BASE_URL=https://forum.example.org/", "https://forum.example.org", "Snowdrop <no-reply@forum.example.org>", "sqlite:data/snowdrop.db"},
		{"SNOWDROP_DATA_DIR=/srv/snowdrop", "http://127.0.0.1:8080", "Snowdrop <no-reply@127.0.0.1>", "sqlite:/srv/snowdrop/snowdrop.db"},
	} {
		got, err := settings(t, "", c.environ)
		if err != nil || got.BaseURL != c.base || got.MailFrom != c.from || got.DatabaseURL != c.database {
			t.Errorf("%s: %v\n%v", c.environ, err, got)
		}
	}
}

func TestEnvironmentWins(t *testing.T) {
	got, err := settings(t, "addr: 127.0.0.1:1111\nrate_limits: off\nsecret: "+goodSecret+"\n",
		"SNOWDROP_ADDR=127.0.0.1:2222", "SNOWDROP_DATABASE_URL=postgres://snow:p%40ss@db:5432/snowdrop?sslmode=require",
		"SNOWDROP_TRUSTED_PROXIES=10.0.0.0/8, 2001:db8::/32")
	if err != nil {
		t.Fatal(err)
	}
	if got.Addr != "127.0.0.1:2222" || bool(got.RateLimits) || !slices.Equal(got.Proxies(), []string{"10.0.0.0/8", "2001:db8::/32"}) {
		t.Errorf("got\n%v", got)
	}
	if key, err := got.Key(); len(key) != 32 || err != nil {
		t.Errorf("Key(): %d bytes, %v", len(key), err)
	}
}

func TestMissingFile(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, err := Load("", false, nil); err != nil {
		t.Errorf("no default file: %v", err)
	}
	if _, err := Load("other.yaml", true, nil); err == nil || !strings.Contains(err.Error(), "other.yaml") {
		t.Errorf("a named file that is missing: %v", err)
	}
	if err := os.WriteFile(DefaultFile, []byte("addr: 127.0.0.1:3333\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := Load("", false, nil); err != nil || got.Addr != "127.0.0.1:3333" {
		t.Errorf("default file: %v, %v", got.Addr, err)
	}
}

func TestRefusedSettings(t *testing.T) {
	for _, environ := range []string{
		"SNOWDROP_ADDR=8080", "SNOWDROP_ADDR=localhost", "SNOWDROP_ADDR=localhost:http", "SNOWDROP_ADDR=h:70000", "SNOWDROP_ADDR=http://x:80",
		"SNOWDROP_BASE_URL=forum.example.org", "SNOWDROP_BASE_URL=ftp://x", "SNOWDROP_BASE_URL=https://x/forum", "SNOWDROP_BASE_URL=https://x?a=b",
		"SNOWDROP_BASE_URL=https://x?", "SNOWDROP_BASE_URL=https://x#", "SNOWDROP_BASE_URL=https://hunter2@x", "SNOWDROP_BASE_URL=https://",
		"SNOWDROP_DATABASE_URL=sqlite:", "SNOWDROP_DATABASE_URL=mysql://u:hunter2@h/d", "SNOWDROP_DATABASE_URL=postgres://u:hunter2@h:port/d",
		"SNOWDROP_DATABASE_URL=data/snowdrop.db", "SNOWDROP_DATABASE_URL=sqlite:a.db?mode=memory", "SNOWDROP_DATABASE_URL=postgres:hunter2",
		"SNOWDROP_SECRET=hunter2", "SNOWDROP_SECRET=aHVudGVyMg==", "SNOWDROP_SECRET=" + goodSecret + "hunter2",
		"SNOWDROP_SMTP_URL=smtp://u:hunter2@:25", "SNOWDROP_SMTP_URL=http://u:hunter2@h", "SNOWDROP_SMTP_URL=smtp://u:hunter2@h:x",
		"SNOWDROP_SMTP_URL=smtp://u:hunter2%@h", "SNOWDROP_SMTP_URL=mail.example.org:25", "SNOWDROP_SMTP_URL=smtp://h/path", "SNOWDROP_SMTP_URL=smtp://h:0",
		"SNOWDROP_MAIL_FROM=Snowdrop", "SNOWDROP_MAIL_FROM=a@b, c@d", "SNOWDROP_MAIL_FROM=x <a@b>\r\nBcc: c@d",
		"SNOWDROP_RATE_LIMITS=false", "SNOWDROP_RATE_LIMITS=0", "SNOWDROP_RATE_LIMITS=Off",
		"SNOWDROP_METRICS_ADDR=9090", "SNOWDROP_METRICS_ADDR=127.0.0.1:8080",
		"SNOWDROP_TRUSTED_PROXIES=10.0.0.1", "SNOWDROP_TRUSTED_PROXIES=0.0.0.0/0", "SNOWDROP_TRUSTED_PROXIES=10.0.0.0/8,x",
		"SNOWDROP_ADRR=127.0.0.1:80", "SNOWDROP_=x", "SNOWDROP_CONFIG=x",
	} {
		name, _, _ := strings.Cut(environ, "=")
		_, err := settings(t, "", environ)
		switch {
		case err == nil:
			t.Errorf("%s was taken", environ)
		case !strings.Contains(err.Error(), name):
			t.Errorf("%s: the error does not name it: %v", environ, err)
		case strings.Contains(err.Error(), "hunter2"):
			t.Errorf("%s: the error shows the password: %v", environ, err)
		}
	}
}

func TestRateLimitsOffOnlyOnLoopback(t *testing.T) {
	for addr, fine := range map[string]bool{
		"127.0.0.1:8080": true, "127.9.9.9:1": true, "[::1]:8080": true, "localhost:8080": true, "[::ffff:127.0.0.1]:80": true,
		":8080": false, "0.0.0.0:8080": false, "[::]:8080": false, "192.0.2.1:8080": false, "forum.example.org:80": false, "localhost.evil.test:80": false,
	} {
		_, err := settings(t, "", "SNOWDROP_RATE_LIMITS=off", "SNOWDROP_ADDR="+addr)
		if (err == nil) != fine {
			t.Errorf("off at %s: %v", addr, err)
		}
		if _, err := settings(t, "", "SNOWDROP_ADDR="+addr); err != nil {
			t.Errorf("on at %s: %v", addr, err)
		}
	}
}

func TestEveryFaultIsNamed(t *testing.T) {
	_, err := settings(t, "", "SNOWDROP_ADDR=x", "SNOWDROP_SECRET=x", "SNOWDROP_NOPE=x", "SNOWDROP_RATE_LIMITS=x")
	if err == nil {
		t.Fatal("no error")
	}
	for _, name := range []string{"SNOWDROP_ADDR", "SNOWDROP_SECRET", "SNOWDROP_NOPE", "SNOWDROP_RATE_LIMITS"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is missing in: %v", name, err)
		}
	}
}

func TestFileFaultsShowNoPassword(t *testing.T) {
	for _, file := range []string{
		"smtp_url: smtp://u:hunter2@h\nadrr: x\n",
		"smtp_url: smtp://u:hunter2@h\nsmtp_url: smtp://u:hunter2@h\n",
		"secret: hunter2\n  x: [\n",
		"secret: [hunter2]\n",
		"rate_limits: true\nsecret: hunter2\n",
	} {
		_, err := settings(t, file)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", file, err)
		}
	}
}

func TestSettingsPrintNoSecret(t *testing.T) {
	s, err := settings(t, "", "SNOWDROP_SECRET="+goodSecret, "SNOWDROP_SMTP_URL=smtp://tokenuser:hunter2@mail.example.org:587",
		"SNOWDROP_DATABASE_URL=postgres://snow:hunter2@db/snowdrop?password=hunter2")
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "settings", s)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "settings", &s)
	js, err := json.Marshal(struct{ S Settings }{s})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		s.String(), fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s %q", s, s, s, s, s), fmt.Sprintf("%+v", &s),
		fmt.Sprintf("%+v", struct{ S Settings }{s}), log.String(), string(js),
	} {
		if strings.Contains(text, goodSecret) || strings.Contains(text, "hunter2") || strings.Contains(text, "tokenuser") {
			t.Errorf("shows a secret: %s", text)
		}
		if !strings.Contains(text, "mail.example.org:587") {
			t.Errorf("shows too little: %s", text)
		}
	}
}

// The example is the documentation: it names every setting and variable, and
// loads to exactly the defaults.
func TestExampleSettings(t *testing.T) {
	text, err := os.ReadFile("snowdrop.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var keys map[string]any
	if err := yaml.Unmarshal(text, &keys); err != nil {
		t.Fatal(err)
	}
	fields := reflect.TypeFor[Settings]()
	for field := range fields.Fields() {
		key, variable := field.Tag.Get("yaml"), field.Tag.Get("env")
		if _, ok := keys[key]; !ok {
			t.Errorf("the example lacks %s", key)
		}
		if !strings.Contains(string(text), "# "+variable+": ") {
			t.Errorf("the example does not explain %s", variable)
		}
		if variable != "SNOWDROP_"+strings.ToUpper(key) {
			t.Errorf("key %s and variable %s have different names", key, variable)
		}
	}
	if len(keys) != fields.NumField() {
		t.Errorf("the example has %d keys, Settings has %d", len(keys), fields.NumField())
	}
	example, err := Load("snowdrop.example.yaml", true, nil)
	if err != nil {
		t.Fatal(err)
	}
	if defaults, _ := settings(t, ""); example != defaults {
		t.Errorf("the example is not the default:\n%v\ndefault:\n%v", example, defaults)
	}
}
