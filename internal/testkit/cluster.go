package testkit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// keepCluster is held open while this process lives: the shell that minds the
// server reads its end, and stops the server when we are gone, however we went.
//
//lint:ignore U1000 held open on purpose, never read
var keepCluster io.WriteCloser

// The shell's $1 is the folder of the server's programs, $2 our own. The server
// listens on a socket in there and nowhere else; nothing in it outlives a crash.
const mindCluster = `
"$1/initdb" --pgdata="$2/data" --username=postgres --auth=trust --encoding=UTF8 --no-locale --no-sync >"$2/log" 2>&1 || exit 1
"$1/postgres" -D "$2/data" -k "$2" -h '' -c fsync=off -c full_page_writes=off -c synchronous_commit=off >>"$2/log" 2>&1 </dev/null &
server=$!
cat >/dev/null
kill -INT "$server"
wait "$server"
rm -rf "$2"/*
rmdir "$2" 2>/dev/null
`

// startCluster starts a private PostgreSQL from the installed server programs
// and returns its address.
func startCluster() (string, error) {
	programs, err := serverPrograms()
	if err != nil {
		return "", err
	}
	folder, err := os.MkdirTemp("", "snowdrop-pg-")
	if err != nil {
		return "", fmt.Errorf("make a folder: %w", err)
	}
	command := []string{"/bin/sh", "-c", mindCluster, "sh", programs, folder}
	if os.Geteuid() == 0 { // the server refuses to run as root
		if err := giveTo("postgres", folder); err != nil {
			return "", err
		}
		command = append([]string{"setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"}, command...)
	}
	minder := exec.Command(command[0], command[1:]...)
	if keepCluster, err = minder.StdinPipe(); err != nil {
		return "", fmt.Errorf("mind the server: %w", err)
	}
	if err := minder.Start(); err != nil {
		return "", fmt.Errorf("start the server: %w", err)
	}
	address := "postgres://postgres@/postgres?connect_timeout=10&host=" + folder
	gone := make(chan error, 1)
	go func() { gone <- minder.Wait() }()
	for range 300 {
		select {
		case err := <-gone:
			log, _ := os.ReadFile(filepath.Join(folder, "log"))
			return "", fmt.Errorf("start the server: %w\n%s", err, log)
		case <-time.After(100 * time.Millisecond):
		}
		if conn, err := pgx.Connect(context.Background(), address); err == nil {
			return address, conn.Close(context.Background())
		}
	}
	return "", errors.New("start the server: it took longer than 30 seconds")
}

// serverPrograms finds the folder that holds initdb and postgres, the newest one
// if there are several.
func serverPrograms() (string, error) {
	folders, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.Sort(folders)
	slices.Reverse(folders)
	if found, err := exec.LookPath("initdb"); err == nil {
		folders = append([]string{filepath.Dir(found)}, folders...)
	}
	for _, folder := range folders {
		_, initErr := os.Stat(filepath.Join(folder, "initdb"))
		_, serverErr := os.Stat(filepath.Join(folder, "postgres"))
		if initErr == nil && serverErr == nil {
			return folder, nil
		}
	}
	return "", errors.New("no initdb and postgres are installed")
}

func giveTo(name, folder string) error {
	to, err := user.Lookup(name)
	if err != nil {
		return fmt.Errorf("find user %s: %w", name, err)
	}
	uid, uidErr := strconv.Atoi(to.Uid)
	gid, gidErr := strconv.Atoi(to.Gid)
	if err := errors.Join(uidErr, gidErr, os.Chown(folder, uid, gid)); err != nil {
		return fmt.Errorf("give a folder to user %s: %w", name, err)
	}
	return nil
}
