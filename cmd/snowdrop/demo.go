package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/internal/store"
)

type demoCommand struct {
	Addr     string `help:"Listen address." placeholder:"127.0.0.1:8080"`
	Password string `help:"Password of every demo account. Default: a random one, printed."`
	Database string `help:"Database to fill, sqlite:PATH or postgres://…; it must hold no people. Default: a fresh SQLite file in a temporary folder."`
	Threads  int    `help:"Generate so many more threads, for load tests."`
	Comments int    `help:"Generate so many more comments, for load tests."`
}

// Run fills a database with the sample community and runs the site on it.
func (d demoCommand) Run(s *session) (err error) {
	if d.Addr != "" {
		s.settings.Addr = d.Addr
	}
	if d.Addr != "" && os.Getenv("SNOWDROP_BASE_URL") == "" {
		s.settings.BaseURL = "http://" + d.Addr
	}
	folder, err := os.MkdirTemp("", "snowdrop-demo-")
	if err != nil {
		return fmt.Errorf("make a temporary folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	s.settings.DataDir = folder
	s.settings.DatabaseURL = "sqlite:" + filepath.Join(folder, "snowdrop.db")
	if d.Database != "" {
		s.settings.DatabaseURL = d.Database
	}
	if d.Password == "" {
		d.Password = strings.ToLower(rand.Text()[:16])
	}
	s.settings.SMTPURL = "" // nobody in the demo has a real address

	// What is made up sends hundreds of mails; they would push the accounts out of sight.
	h, err := open(s.ctx, s.settings, slog.New(slog.NewTextHandler(s.faults, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.store.Close()) }()
	h.community.StaffFactor = false // people who look around have no app with the demo's codes
	if _, err := h.store.Migrate(s.ctx); err != nil {
		return err
	}
	n, err := h.store.CountPeople(s.ctx)
	if err != nil {
		return err
	}
	if n > 0 {
		return fmt.Errorf("this database already holds %d people; the demo only fills an empty one", n)
	}
	people, err := h.populate(s.ctx, d.Password)
	if err != nil {
		return fmt.Errorf("fill the demo: %w", err)
	}
	if err := h.generate(s.ctx, d, people); err != nil {
		return fmt.Errorf("generate a large community: %w", err)
	}
	return h.serve(s.ctx, true, func(address string) {
		fmt.Fprintf(s.out, "listening on http://%s\n\nThis is a demo: the people and their words are made up.\n\n", address)
		w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "role\te-mail\tpassword")
		for _, r := range forum.Roles {
			i := slices.IndexFunc(people, func(p demoPerson) bool { return p.Role == r })
			fmt.Fprintf(w, "%s\t%s\t%s\n", r, people[i].email(), d.Password)
		}
		_ = w.Flush() // a closed standard output is no reason to stop serving
	})
}

// generate adds a large made-up community for load tests.
func (h *house) generate(ctx context.Context, d demoCommand, people []demoPerson) error {
	if d.Threads <= 0 && d.Comments <= 0 {
		return nil
	}
	var authors []int64
	for _, p := range people {
		if p.Role == forum.RoleMember {
			authors = append(authors, p.id)
		}
	}
	samples, err := demoWords()
	if err != nil {
		return err
	}
	var topics []string
	for _, t := range h.community.Topics {
		topics = append(topics, t.Slug)
	}
	began := time.Now()
	result, err := h.store.Bulk(ctx, store.BulkPlan{
		Threads: max(d.Threads, 1), Comments: d.Comments, Authors: authors, Topics: topics, Bodies: samples, Until: time.Now(),
	})
	if err != nil {
		return err
	}
	took := time.Since(began)
	h.log.Info("generated", "threads", result.Threads, "comments", result.Comments, "took", took.Round(time.Millisecond),
		"comments_per_second", int(float64(result.Comments)/took.Seconds()))
	return nil
}
