package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"snowdrop/config"
	"snowdrop/internal/forum"
	"snowdrop/internal/secret"
	"snowdrop/internal/site"
	"snowdrop/internal/store"
	"snowdrop/internal/work"
	"snowdrop/moderation"
	"snowdrop/web/articles"
)

// house is the program's rooms, wired together.
type house struct {
	settings  config.Settings
	site      *config.Site
	store     *store.Store
	community *forum.Community
	hasher    *secret.Hasher
	runner    *work.Runner
	log       *slog.Logger
}

// open wires the rooms. The caller closes the store.
func open(ctx context.Context, settings config.Settings, log *slog.Logger) (*house, error) {
	h := &house{settings: settings, log: log, hasher: secret.NewHasher(runtime.NumCPU(), 3*time.Second)}
	var err error
	if h.site, err = config.LoadSite(settings.SiteFile); err != nil {
		return nil, err
	}
	masters, err := settings.Keys()
	if err == nil && masters == nil {
		masters, err = secret.LoadAll(secretFile(settings))
	}
	if err != nil {
		return nil, fmt.Errorf("master key: %w", err)
	}
	keys, err := secret.NewKeys(masters[0], masters[1:]...)
	if err != nil {
		return nil, err
	}
	engine, err := loadRules(settings.RulesDir)
	if err != nil {
		return nil, err
	}
	written, err := articles.All()
	if err != nil {
		return nil, err
	}
	options := site.ForumOptions(h.site, written)
	options.BaseURL, options.Throttled = settings.BaseURL, bool(settings.RateLimits)
	options.StaffFactor = true
	options.Assess, options.Rules = engine.Assess, engine.Rules()
	options.Nudge = func() {
		if h.runner != nil {
			h.runner.Nudge()
		}
	}
	mailer := work.Files(filepath.Join(settings.DataDir, "outbox"))
	if settings.SMTPURL != "" {
		if mailer, err = work.SMTP(settings.SMTPURL, settings.MailFrom); err != nil {
			return nil, err
		}
	}
	if h.store, err = store.Open(ctx, settings.DatabaseURL, store.Options{Public: options.Topics.Public(), Log: log}); err != nil {
		return nil, err
	}
	h.community = forum.New(h.store, keys, h.hasher, log, options)
	h.runner = work.New(h.store, h.community, mailer, log, time.Now, work.Options{Tend: h.tend, Sweep: h.sweep})
	return h, nil
}

// secretFile is where the master key is kept when no setting holds it.
func secretFile(s config.Settings) string { return filepath.Join(s.DataDir, "secret") }

// tend is what time asks for: the queue's clocks, and letters that were asked for.
func (h *house) tend(ctx context.Context) error {
	return errors.Join(h.community.Tend(ctx), h.community.WriteLetters(ctx))
}

// sweep is what every sweep is the time for: what is past its time is erased, and
// once a day the end of the record is kept elsewhere.
func (h *house) sweep(ctx context.Context) error {
	return errors.Join(h.community.Forget(ctx), h.community.KeepRecord(ctx))
}

// reseal brings what is sealed up to the present key. Instances that start together
// share the work.
func (h *house) reseal(ctx context.Context) error {
	changed, shut, err := h.community.Reseal(ctx)
	if changed > 0 || shut > 0 {
		h.log.Info("sealed values brought up to the present key", "changed", changed, "not_opened", shut)
	}
	return err
}

// shippedRules are the rules that came with the program, compiled once.
var shippedRules = sync.OnceValues(func() (*moderation.Engine, error) { return moderation.Load() })

// loadRules compiles and checks the triage rules: the shipped ones and, over them,
// those in folder. A folder without rules is a mistake, not an empty wish.
func loadRules(folder string) (*moderation.Engine, error) {
	if folder == "" {
		engine, err := shippedRules()
		if err != nil {
			return nil, fmt.Errorf("triage rules: %w", err)
		}
		return engine, nil
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("SNOWDROP_RULES_DIR: %w", err)
	}
	if !slices.ContainsFunc(entries, func(e os.DirEntry) bool { return filepath.Ext(e.Name()) == ".yaml" }) {
		return nil, fmt.Errorf("SNOWDROP_RULES_DIR: there is no .yaml file in %s", folder)
	}
	engine, err := moderation.Load(os.DirFS(folder))
	if err != nil {
		return nil, fmt.Errorf("triage rules with those in %s: %w", folder, err)
	}
	return engine, nil
}

// serve listens and serves until ctx ends, then shuts down in order: no new
// requests, the ones in hand are finished, then the job in hand, then the
// database. ready is called once requests are answered.
func (h *house) serve(ctx context.Context, demo bool, ready func(address string)) (err error) {
	o := site.Options{
		Community: h.community, Site: h.site, BaseURL: h.settings.BaseURL, Proxies: h.settings.Proxies(), Demo: demo, Log: h.log, Ready: h.store.Ping,
	}
	if h.settings.MetricsAddr != "" {
		m := newMetrics(h)
		o.Observe = m.observe
		stop, err := m.serve(ctx, h.settings.MetricsAddr)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, stop()) }()
	}
	server, err := site.New(o)
	if err != nil {
		return err
	}
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", h.settings.Addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	return h.serveOn(ctx, l, server, ready)
}

// newServer bounds how long and how large a request may be, so that nobody holds a
// connection for nothing.
func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

func (h *house) serveOn(ctx context.Context, l net.Listener, handler http.Handler, ready func(address string)) error {
	srv := newServer(handler, h.log)
	if live, ok := handler.(interface{ EndStreams() }); ok {
		srv.RegisterOnShutdown(live.EndStreams) // pages that wait for news would keep the program waiting
	}
	working, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	worked := make(chan error, 1)
	go func() { worked <- h.runner.Run(working) }()
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	ready(l.Addr().String())

	var fault error
	select {
	case <-ctx.Done():
	case fault = <-served:
	}
	// The context that ended asks to stop; the requests in hand get their own time.
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	if err := srv.Shutdown(patience); err != nil {
		fault = errors.Join(fault, fmt.Errorf("finish the requests in hand: %w", err))
	}
	stopWork()
	if err := <-worked; err != nil {
		fault = errors.Join(fault, fmt.Errorf("finish the job in hand: %w", err))
	}
	if errors.Is(fault, http.ErrServerClosed) {
		return nil
	}
	return fault
}
