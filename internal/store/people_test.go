package store_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"snowdrop/internal/forum"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
)

// wants fails unless err is (nil: is not) the expected one.
func wants(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) || want == nil && err != nil {
		t.Errorf("%s: got error %v, want %v", what, err, want)
	}
}

func TestPeople(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		consent := now.Add(time.Nanosecond).In(time.FixedZone("", 3600))
		ana := forum.Person{Name: "Ana", NameKey: "ana", EmailKey: "e1", EmailSealed: []byte{0, 1}, PasswordHash: "h", ConsentAt: &consent, CreatedAt: now.Add(time.Nanosecond)}
		wants(t, "add", s.AddPerson(ctx, &ana), nil)
		for _, p := range []forum.Person{{NameKey: "ana", EmailKey: "e2"}, {NameKey: "bea", EmailKey: "e1"}} {
			// In a transaction, which has to live on afterwards.
			wants(t, "taken", s.Tx(ctx, func(tx forum.Store) error {
				wants(t, "add a double", tx.AddPerson(ctx, &p), forum.ErrTaken)
				_, err := tx.CountPeople(ctx)
				return err
			}), nil)
		}
		got, err := s.Person(ctx, ana.ID)
		wants(t, "find", err, nil)
		if diff := cmp.Diff(ana, got); diff != "" || !got.CreatedAt.Equal(now) || got.CreatedAt.Location() != time.UTC {
			t.Errorf("stored person differs, or is not in UTC microseconds:\n%s", diff)
		}
		wants(t, "password", s.SetPassword(ctx, ana.ID, "h2"), nil)
		wants(t, "consent", s.SetConsent(ctx, ana.ID, now.Add(time.Hour)), nil)
		wants(t, "nobody's password", s.SetPassword(ctx, 99, "h"), forum.ErrNoRow)
		byMail, err := s.PersonByEmail(ctx, "e1")
		wants(t, "by address", err, nil)
		byName, err := s.PersonByName(ctx, "ana")
		wants(t, "by name", err, nil)
		if diff := cmp.Diff(byMail, byName); diff != "" || byMail.PasswordHash != "h2" || !byMail.ConsentAt.Equal(now.Add(time.Hour)) {
			t.Errorf("by address %+v, by name %+v", byMail, byName)
		}
		_, err = s.PersonByEmail(ctx, "e9")
		wants(t, "unknown address", err, forum.ErrNoRow)
		if n, err := s.CountPeople(ctx); n != 1 || err != nil {
			t.Errorf("counted %d people: %v", n, err)
		}
	})
}

func TestActor(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		id := begin(t, s).self
		load := func(want forum.Actor) {
			t.Helper()
			got, err := s.Actor(ctx, id)
			wants(t, "load", err, nil)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("actor (- want):\n%s", diff)
			}
		}
		load(forum.Actor{ID: id, Name: "self"})
		for _, r := range []forum.Role{forum.RoleLead, forum.RoleMidwife, forum.RoleMidwife} {
			wants(t, "grant", s.AddGrant(ctx, forum.Grant{PersonID: id, Role: r, CreatedAt: now}), nil)
		}
		roles := []forum.Role{forum.RoleMidwife, forum.RoleLead}
		load(forum.Actor{ID: id, Name: "self", Roles: roles})
		for _, state := range []forum.RegistrationState{forum.RegistrationCurrent, forum.RegistrationSuspended} {
			wants(t, "register", s.SetRegistration(ctx, forum.Registration{PersonID: id, State: state, CheckedAt: now}), nil)
			load(forum.Actor{ID: id, Name: "self", Roles: roles, Registered: state == forum.RegistrationCurrent})
		}
		_, err := s.Actor(ctx, 99)
		wants(t, "nobody", err, forum.ErrNoRow)
	})
}

func TestSessions(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		id := begin(t, s).self
		for _, key := range []string{"a", "b", "c"} {
			wants(t, "add", s.AddSession(ctx, forum.Session{Key: key, PersonID: &id, Data: "{}", Idle: 2 * time.Hour, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(12 * time.Hour)}), nil)
		}
		a, err := s.Session(ctx, "a")
		wants(t, "find", err, nil)
		a.Data, a.SeenAt = `{"x":1}`, now.Add(time.Minute)
		wants(t, "save", s.SaveSession(ctx, a), nil)
		if got, err := s.Session(ctx, "a"); err != nil || !cmp.Equal(a, got) {
			t.Errorf("saved %+v, found %+v: %v", a, got, err)
		}
		wants(t, "end", s.EndSession(ctx, "a"), nil)
		wants(t, "end again", s.EndSession(ctx, "a"), nil)
		wants(t, "a revoked session is saved", s.SaveSession(ctx, a), forum.ErrNoRow)
		_, err = s.Session(ctx, "a")
		wants(t, "a revoked session is found", err, forum.ErrNoRow)
		wants(t, "end the others", s.EndSessions(ctx, id, "b"), nil)
		_, err = s.Session(ctx, "c")
		wants(t, "another session", err, forum.ErrNoRow)
		_, err = s.Session(ctx, "b")
		wants(t, "the kept session", err, nil)
	})
}

func TestLinksWorkOnce(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		for key, ends := range map[string]time.Time{"open": now.Add(time.Hour), "late": now} {
			wants(t, "add", s.AddLink(ctx, forum.Link{Key: key, Purpose: forum.LinkFirstAdmin, State: forum.LinkOpen, CreatedAt: now, ExpiresAt: ends}), nil)
		}
		wants(t, "use", s.UseLink(ctx, "open", now), nil)
		for _, key := range []string{"open", "late", "none"} {
			wants(t, "use "+key, s.UseLink(ctx, key, now), forum.ErrNoRow)
		}
		if l, err := s.Link(ctx, "open"); err != nil || l.State != forum.LinkUsed {
			t.Errorf("link %+v: %v", l, err)
		}
	})
}

func TestSweepExpired(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		ctx, b := t.Context(), begin(t, s)
		post := b.comment(b.thread("early-loss").ID, nil)
		for key, at := range map[string]time.Time{"past": now.Add(-time.Second), "present": now.Add(time.Second)} {
			b.must(s.AddSession(ctx, forum.Session{Key: key, ExpiresAt: at}))
			b.must(s.AddLink(ctx, forum.Link{Key: key, Purpose: forum.LinkFirstAdmin, State: forum.LinkOpen, ExpiresAt: at}))
			b.must(s.AddDraft(ctx, &forum.Draft{Claim: key, ExpiresAt: at}))
			_, err := s.AddSubmission(ctx, key, post.ID, at.Add(-24*time.Hour), now.AddDate(-1, 0, 0))
			b.must(err)
			_, err = s.Throttle(ctx, key, at.Add(-24*time.Hour))
			b.must(err)
		}
		b.must(s.SweepExpired(ctx, now))
		for key, want := range map[string]error{"past": forum.ErrNoRow, "present": nil} {
			_, err := s.Session(ctx, key)
			wants(t, key+" session", err, want)
			_, err = s.Link(ctx, key)
			wants(t, key+" link", err, want)
			_, err = s.ClaimDraft(ctx, key, b.self, now)
			wants(t, key+" draft", err, want)
			held, err := s.AddSubmission(ctx, key, post.ID, now, now.AddDate(-1, 0, 0))
			if err != nil || (held == 0) != (key == "past") {
				t.Errorf("%s submission: %d, %v", key, held, err)
			}
		}
		if n, err := s.Throttle(ctx, "past", now.Add(-24*time.Hour-time.Second)); n != 1 || err != nil {
			t.Errorf("past throttle: %d, %v", n, err)
		}
		if n, err := s.Throttle(ctx, "present", now.Add(-24*time.Hour+time.Second)); n != 2 || err != nil {
			t.Errorf("present throttle: %d, %v", n, err)
		}
	})
}

func TestThrottleCountsExactly(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		const callers, calls = 8, 15
		seen := make([]bool, callers*calls+1)
		var mutex sync.Mutex
		var all sync.WaitGroup
		for range callers {
			all.Go(func() {
				for range calls {
					n, err := s.Throttle(t.Context(), "post:7", now)
					mutex.Lock()
					if err != nil || n < 1 || n > callers*calls || seen[n] {
						t.Errorf("count %d, again or out of range: %v", n, err)
					} else {
						seen[n] = true
					}
					mutex.Unlock()
				}
			})
		}
		all.Wait()
		if n, err := s.Throttle(t.Context(), "post:7", now.Add(time.Hour)); n != 1 || err != nil {
			t.Errorf("the next window starts at %d: %v", n, err)
		}
	})
}

func TestSweepOfWhatIsOver(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for _, dialect := range testkit.Databases() {
		t.Run(dialect, func(t *testing.T) {
			address := testkit.URL(t, dialect)
			s := testkit.Connect(t, address)
			ctx, b := t.Context(), begin(t, s)
			var want []string
			for _, c := range []struct {
				kind  forum.JobKind
				state forum.JobState
				age   time.Duration
				kept  bool
			}{
				{forum.JobMail, forum.JobDone, 30*day - time.Second, true},
				{forum.JobMail, forum.JobDone, 30 * day, false},
				{forum.JobMail, forum.JobFailed, 30 * day, false},
				{forum.JobMail, forum.JobReady, 99 * day, true},
				{forum.JobMail, forum.JobRunning, 99 * day, true},
				{forum.JobSweep, forum.JobDone, day - time.Second, true},
				{forum.JobSweep, forum.JobDone, day, false},
				{forum.JobSweep, forum.JobFailed, 2 * day, true},
				{forum.JobSweep, forum.JobReady, 2 * day, true},
			} {
				j := job(fmt.Sprint(c.kind, c.state, c.age), now.Add(-c.age))
				j.Kind, j.State = c.kind, c.state
				b.must(s.AddJob(ctx, j))
				if c.kept {
					want = append(want, j.Key)
				}
			}
			for _, state := range []forum.MailState{forum.MailWaiting, forum.MailSending, forum.MailSent, forum.MailFailed, forum.MailDoubtful} {
				for _, age := range []time.Duration{90*day - time.Second, 90 * day} {
					m := forum.Mail{Key: fmt.Sprint(state, age), PersonID: b.self, State: state, CreatedAt: now.Add(-age)}
					b.must(s.AddMail(ctx, &m))
					if age < 90*day || state == forum.MailWaiting || state == forum.MailSending {
						want = append(want, m.Key)
					}
				}
			}
			b.must(s.SweepExpired(ctx, now))
			var got []string
			for _, row := range query(t, raw(t, address), "SELECT key FROM jobs UNION ALL SELECT key FROM mails") {
				got = append(got, row[0])
			}
			slices.Sort(want)
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("what the sweep left (- want):\n%s", diff)
			}
		})
	}
}
