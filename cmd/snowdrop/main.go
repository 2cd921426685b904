// Command snowdrop runs the Snowdrop forum: a moderated place where parents whose
// baby has died talk with each other and with verified midwives.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"snowdrop/config"
)

// commands is the command line.
type commands struct {
	Config string `help:"Settings file. Every setting is explained in config/snowdrop.example.yaml; environment variables win over the file." placeholder:"snowdrop.yaml" type:"path"`

	Serve   serveCommand   `cmd:"" default:"1" help:"Run the site (also: no command at all)."`
	Demo    demoCommand    `cmd:"" help:"Run the site with a made-up community, to look around."`
	Migrate migrateCommand `cmd:"" help:"Bring the database's schema up to date, or say how it stands."`
	Triage  triageCommand  `cmd:"" help:"Read texts as the site does, say why, or measure how well it does."`
	Account accountCommand `cmd:"" help:"Look after accounts on the server."`
	Secret  secretCommand  `cmd:"" help:"Look after the key that seals e-mail addresses."`
	Record  recordCommand  `cmd:"" help:"Look after the record of what was done."`
}

// session is what every command gets.
type session struct {
	ctx      context.Context
	settings config.Settings
	in       io.Reader
	out      io.Writer // what the command was asked for
	faults   io.Writer // what was wrong with what it was given
	log      *slog.Logger
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "snowdrop:", err)
		os.Exit(1)
	}
}

// errUsage is a command line that cannot be followed; what is wrong was said.
var errUsage = errors.New("the command line cannot be followed; try: snowdrop --help")

// run is the whole program, apart from the process around it.
func run(ctx context.Context, args, environ []string, in io.Reader, out, diagnostics io.Writer) error {
	var c commands
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("snowdrop"), kong.Description("A moderated peer-support forum for parents whose baby has died."),
		kong.Writers(out, diagnostics), kong.Exit(func(code int) { exited = code }), kong.UsageOnError(),
	)
	if err != nil {
		return fmt.Errorf("command line: %w", err)
	}
	if len(args) > 0 && args[0] == "help" {
		args = append([]string{}, append(args[1:], "--help")...)
	}
	chosen, err := parser.Parse(args)
	if exited == 0 {
		return nil // --help was answered
	}
	if err != nil {
		return fmt.Errorf("%w (%w)", err, errUsage)
	}
	settings, err := config.Load(c.Config, c.Config != "", environ)
	if err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	log := slog.New(slog.NewTextHandler(diagnostics, nil))
	return chosen.Run(&session{ctx: ctx, settings: settings, in: in, out: out, faults: diagnostics, log: log})
}
