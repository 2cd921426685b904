package store_test

import (
	"database/sql"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm/schema"

	"snowdrop/internal/forum"
	"snowdrop/internal/testkit"
	"snowdrop/moderation"
)

// facts is what a migrated schema says, in words that both databases share.
type facts struct {
	Columns    map[string]string // table.column → kind, with " null" when it may be
	Sets       map[string]string // table.column → the values that its CHECK allows
	Checks     []string          // named constraints
	Unique     []string          // table(columns) where condition
	Indexes    []string          // names
	References []string          // table.column → table
}

// enums are the columns with a CHECK, and the domain's values for each.
var enums = map[string]string{
	"grants.role":              set(forum.Roles[1:]...),
	"registrations.state":      set(forum.RegistrationStates...),
	"links.purpose":            set(forum.LinkSetPassword, forum.LinkFirstAdmin, forum.LinkConfirm, forum.LinkReset),
	"people.email_state":       set(forum.EmailUnconfirmed, forum.EmailConfirmed),
	"letters.kind":             set(forum.LetterConfirm, forum.LetterForgot),
	"second_factors.state":     set(forum.FactorProposed, forum.FactorOn),
	"recovery_codes.state":     set(forum.CodeOpen, forum.CodeUsed),
	"challenges.kind":          set(forum.ChallengeAdd, forum.ChallengeProve),
	"links.state":              set(forum.LinkOpen, forum.LinkUsed),
	"threads.kind":             set(forum.ThreadKinds...),
	"threads.wants":            set(forum.AllWants...),
	"threads.audience":         set(forum.AudiencePublic, forum.AudienceMembers),
	"threads.state":            set(forum.PostStates...),
	"posts.part":               set(forum.PartOpening, forum.PartComment),
	"posts.capacity":           set(forum.AsParent, forum.AsMidwife),
	"posts.state":              set(forum.PostStates...),
	"cases.band":               set(forum.Bands...),
	"cases.state":              set(forum.CaseStates...),
	"signals.kind":             set(forum.SignalKinds...),
	"signals.band":             set(append([]moderation.Band{moderation.None}, forum.Bands...)...),
	"signals.door":             set("", forum.DoorWorried, forum.DoorRules),
	"decisions.action":         set(forum.Actions...),
	"cases.wait_for":           set(forum.WaitFors...),
	"signals.outcome":          set(forum.Outcomes...),
	"decisions.band":           set(forum.Bands...),
	"decisions.state":          set(forum.DecisionStanding, forum.DecisionReversed),
	"proposals.state":          set(forum.ProposalStates...),
	"appeals.state":            set(forum.AppealStates...),
	"measures.kind":            set(forum.MeasureKinds...),
	"measures.state":           set(forum.MeasureStanding, forum.MeasureReversed),
	"care_messages.side":       set(forum.SideTeam, forum.SideWriter),
	"consults.state":           set(forum.ConsultOpen, forum.ConsultAnswered),
	"shifts.state":             set(forum.ShiftOn, forum.ShiftPaused, forum.ShiftOver),
	"exposures.band":           set(forum.Bands...),
	"sealed_notes.kind":        set(forum.SealedEmergency, forum.SealedLawful),
	"sealed_notes.state":       set(forum.SealedProposed, forum.SealedSigned),
	"threads.pace":             set(forum.PaceOpen, forum.PaceSlow, forum.PaceLocked),
	"notices.kind":             set(forum.NoticeReply, forum.NoticeMidwife, forum.NoticeDecision, forum.NoticeReport, forum.NoticeCare, forum.NoticeAppeal, forum.NoticeStaff),
	"notices.state":            set(forum.NoticeUnread, forum.NoticeRead),
	"applications.state":       set(forum.ApplicationStates...),
	"applications.field":       set(forum.FieldMidwife, forum.FieldBoth),
	"register_checks.seen":     set(forum.SeenStates...),
	"register_checks.field":    set(forum.Fields...),
	"register_checks.identity": set(append([]forum.Identity{""}, forum.Identities...)...),
	"grant_requests.role":      set(forum.RoleModerator, forum.RoleLead, forum.RoleAdmin),
	"grant_requests.state":     set(forum.GrantOpen, forum.GrantSigned, forum.GrantRefused),
	"second_opinions.kind":     set(forum.OpinionKinds...),
	"mails.state":              set(forum.MailWaiting, forum.MailSending, forum.MailSent, forum.MailFailed, forum.MailDoubtful),
	"ties.kind":                set(forum.TieKinds...),
	"departures.mode":          set(forum.LeaveModes...),
	"jobs.kind":                set(forum.JobMail, forum.JobSweep, forum.JobClock),
	"jobs.state":               set(forum.JobReady, forum.JobRunning, forum.JobDone, forum.JobFailed),
}

// throttle has no struct in the domain: the forum never sees its rows.
type throttle struct {
	Key     string `gorm:"primaryKey"`
	StartAt time.Time
	Uses    int
}

// pause has none either.
type pause struct {
	Key     string `gorm:"primaryKey"`
	Strikes int
	UntilAt time.Time
}

var rows = []any{
	forum.PendingAddress{}, forum.Letter{}, forum.Device{}, forum.SecondFactor{}, forum.RecoveryCode{}, forum.Passkey{}, forum.Challenge{}, pause{},
	forum.Person{}, forum.Grant{}, forum.Registration{}, forum.Session{}, forum.Link{}, throttle{},
	forum.Thread{}, forum.Post{}, forum.Revision{}, forum.Support{}, forum.Submission{}, forum.Draft{},
	forum.Case{}, forum.Signal{}, forum.Decision{}, forum.RecordEntry{}, forum.RecordHead{},
	forum.Proposal{}, forum.Appeal{}, forum.Measure{}, forum.CareMessage{}, forum.Consult{}, forum.Pass{},
	forum.Shift{}, forum.Exposure{}, forum.Training{}, forum.SealedNote{},
	forum.Application{}, forum.RegisterCheck{}, forum.GrantRequest{}, forum.QuestionClaim{}, forum.Answer{}, forum.SecondOpinion{},
	forum.Departure{}, forum.KeptCopy{}, forum.Choices{}, forum.Tie{}, forum.EarlierName{},
	forum.Notice{}, forum.Mail{}, forum.Job{},
}

func TestTheSchemasAgree(t *testing.T) {
	t.Parallel()
	onSQLite := sqliteFacts(t)
	onPostgres := postgresFacts(t)
	if diff := cmp.Diff(onSQLite, onPostgres); diff != "" {
		t.Errorf("the two databases differ (- SQLite, + PostgreSQL):\n%s", diff)
	}
	if diff := cmp.Diff(structFacts(t), onSQLite.Columns); diff != "" {
		t.Errorf("the domain and the columns differ (- structs, + SQLite):\n%s", diff)
	}
	if diff := cmp.Diff(enums, onSQLite.Sets); diff != "" {
		t.Errorf("the domain and the CHECK constraints differ (- domain, + SQLite):\n%s", diff)
	}
	for _, want := range []string{
		"people(name_key)", "people(email_key)", "posts(thread_id) where part = 'opening'", "cases(post_id)",
		"decisions(case_id, key)", "decisions(case_id, case_version)", "proposals(case_id, key)", "appeals(decision_id, person_id)", "care_messages(key)",
		"applications(person_id) where state <> 'refused'", "register_checks(application_id, round, by_id)", "grant_requests(person_id, role) where state = 'open'",
		"ties(by_id, to_id, kind, thread_id)", "shifts(person_id) where state <> 'over'", "passkeys(credential)", "jobs(key)", "notices(key)", "mails(key)",
	} {
		if !slices.Contains(onSQLite.Unique, want) {
			t.Errorf("%s is not unique", want)
		}
	}
}

func set[S ~string](values ...S) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = string(v)
	}
	return sorted(words)
}

func sorted(words []string) string {
	slices.Sort(words)
	return strings.Join(words, "|")
}

func structFacts(t *testing.T) map[string]string {
	columns := map[string]string{}
	for _, row := range rows {
		parsed, err := schema.Parse(row, &sync.Map{}, schema.NamingStrategy{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range parsed.Fields {
			kind := map[schema.DataType]string{schema.Int: "integer", schema.Uint: "integer", schema.String: "text", schema.Bool: "boolean", schema.Time: "time", schema.Bytes: "bytes"}[f.GORMDataType]
			if f.FieldType.Kind() == reflect.Pointer {
				kind += " null"
			}
			columns[parsed.Table+"."+f.DBName] = kind
		}
	}
	return columns
}

var (
	quoted    = regexp.MustCompile(`'([^']*)'`)
	enumCheck = regexp.MustCompile(`CHECK \((\w+) IN \(('[^)]*)\)\)`)
	named     = regexp.MustCompile(`CONSTRAINT (\w+) CHECK`)
)

func values(text string) string {
	var words []string
	for _, m := range quoted.FindAllStringSubmatch(text, -1) {
		words = append(words, m[1])
	}
	return sorted(words)
}

// query collects rows of texts from either database.
func query(t *testing.T, db *sql.DB, text string, args ...any) [][]string {
	t.Helper()
	found, err := db.QueryContext(t.Context(), text, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = found.Close() }()
	names, _ := found.Columns()
	var all [][]string
	for found.Next() {
		cells, into := make([]sql.NullString, len(names)), make([]any, len(names))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := found.Scan(into...); err != nil {
			t.Fatal(err)
		}
		line := make([]string, len(names))
		for i, c := range cells {
			line[i] = c.String
		}
		all = append(all, line)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func (f *facts) add(table, column, kind, null string) {
	if null == "YES" || null == "0" {
		kind += " null"
	}
	f.Columns[table+"."+column] = kind
}

func (f *facts) done() facts {
	slices.Sort(f.Checks)
	slices.Sort(f.Unique)
	slices.Sort(f.Indexes)
	slices.Sort(f.References)
	return *f
}

func sqliteFacts(t *testing.T) facts {
	db := raw(t, testkit.URL(t, "sqlite"))
	f := facts{Columns: map[string]string{}, Sets: map[string]string{}}
	kinds := map[string]string{"INTEGER": "integer", "TEXT": "text", "BOOLEAN": "boolean", "DATETIME": "time", "BLOB": "bytes"}
	for _, table := range query(t, db, `SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'goose%' AND name NOT LIKE 'post_search%'`) {
		name := table[0]
		key := map[string]string{} // place in the primary key → column
		for _, c := range query(t, db, `SELECT name, type, "notnull", pk FROM pragma_table_info(?)`, name) {
			if c[3] == "1" && c[1] == "INTEGER" {
				c[2] = "1" // an INTEGER PRIMARY KEY is never null
			}
			f.add(name, c[0], kinds[c[1]], c[2])
			if c[3] != "0" {
				key[c[3]] = c[0]
			}
		}
		var columns []string
		for _, place := range slices.Sorted(maps.Keys(key)) {
			columns = append(columns, key[place])
		}
		f.Unique = append(f.Unique, fmt.Sprintf("%s(%s)", name, strings.Join(columns, ", ")))
		for _, m := range enumCheck.FindAllStringSubmatch(table[1], -1) {
			f.Sets[name+"."+m[1]] = values(m[2])
		}
		for _, m := range named.FindAllStringSubmatch(table[1], -1) {
			f.Checks = append(f.Checks, m[1])
		}
		for _, r := range query(t, db, `SELECT "from", "table" FROM pragma_foreign_key_list(?)`, name) {
			f.References = append(f.References, name+"."+r[0]+" → "+r[1])
		}
	}
	unique := regexp.MustCompile(`CREATE UNIQUE INDEX \w+ ON (\w+) (\([^)]*\))(?: WHERE (.*))?$`)
	for _, index := range query(t, db, `SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL`) {
		f.Indexes = append(f.Indexes, index[0])
		if m := unique.FindStringSubmatch(index[1]); m != nil {
			f.Unique = append(f.Unique, withCondition(m[1]+m[2], m[3]))
		}
	}
	return f.done()
}

func postgresFacts(t *testing.T) facts {
	db := raw(t, testkit.URL(t, "postgres"))
	f := facts{Columns: map[string]string{}, Sets: map[string]string{}}
	kinds := map[string]string{"bigint": "integer", "integer": "integer", "text": "text", "boolean": "boolean", "timestamp with time zone": "time", "bytea": "bytes"}
	for _, c := range query(t, db, `SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns
			WHERE table_schema = 'public' AND table_name NOT LIKE 'goose%' AND table_name NOT IN ('post_search', 'searchable_posts')`) {
		f.add(c[0], c[1], kinds[c[2]], c[3])
	}
	for _, c := range query(t, db, `SELECT c.conrelid::regclass, c.conname, c.contype::text, pg_get_constraintdef(c.oid),
			(SELECT string_agg(a.attname, ',') FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)),
			COALESCE(NULLIF(c.confrelid, 0)::regclass::text, '')
			FROM pg_constraint c WHERE c.connamespace = 'public'::regnamespace AND c.conrelid::regclass::text NOT LIKE 'goose%' AND c.conrelid <> 'post_search'::regclass`) {
		table, name, kind, text, column, other := c[0], c[1], c[2], c[3], c[4], c[5]
		switch {
		case kind == "f":
			f.References = append(f.References, table+"."+column+" → "+other)
		case kind == "c" && strings.HasSuffix(name, "_"+column+"_check"):
			if set := values(text); set != "" { // a range is no set
				f.Sets[table+"."+column] = set
			}
		case kind == "c":
			f.Checks = append(f.Checks, name)
		}
	}
	unique := regexp.MustCompile(`ON public\.(\w+) USING btree (\([^)]*\))(?: WHERE \((.*)\))?$`)
	for _, index := range query(t, db, `SELECT i.indexrelid::regclass, pg_get_indexdef(i.indexrelid), i.indisunique::text, i.indisprimary::text
			FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
			WHERE c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'goose%' AND c.relname NOT LIKE 'post_search%'`) {
		if index[3] != "true" {
			f.Indexes = append(f.Indexes, index[0])
		}
		if index[2] == "true" {
			m := unique.FindStringSubmatch(index[1])
			f.Unique = append(f.Unique, withCondition(m[1]+m[2], strings.ReplaceAll(m[3], "::text", "")))
		}
	}
	return f.done()
}

func withCondition(on, condition string) string {
	if condition == "" {
		return on
	}
	return on + " where " + condition
}

// raw opens a database beside the Store.
func raw(t *testing.T, address string) *sql.DB {
	t.Helper()
	driver := "pgx"
	if path, isFile := strings.CutPrefix(address, "sqlite:"); isFile {
		driver, address = "sqlite", path
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}
