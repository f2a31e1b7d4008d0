package qubes

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Command prepares a program "in" a client qube. A name without a slash is
// looked up in that qube's PATH. Nothing of this process's environment reaches
// it but the system's PATH; a test may append to Env. Errors appear when the
// command is started, as with exec.Command.
func (m *Machine) Command(ctx context.Context, name, program string, args ...string) *exec.Cmd {
	if m.real {
		return exec.CommandContext(ctx, program, args...)
	}
	env := m.Env(name)
	path, err := lookUp(program, strings.TrimPrefix(env[0], "PATH="))
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Args[0] = program
	cmd.Env = env
	cmd.Dir = filepath.Join(m.QubeDir(name), "home")
	cmd.WaitDelay = 10 * time.Second // a program's child may outlive it and hold its output
	if !(system{m}).Exists(name) {
		err = fmt.Errorf("no qube %q", name)
	}
	if err != nil {
		cmd.Err = err
	}
	return cmd
}

// Env is the environment of a program in a qube, PATH first.
func (m *Machine) Env(name string) []string {
	dir := m.QubeDir(name)
	path := append([]string{filepath.Join(dir, "bin")}, m.opts.PathDirs...)
	path = append(path, systemPath)
	return []string{
		"PATH=" + strings.Join(path, ":"), "HOME=" + filepath.Join(dir, "home"),
		"USER=user", "LOGNAME=user", "SHELL=/bin/sh", "LANG=C.UTF-8",
		"TMPDIR=" + filepath.Join(dir, "tmp"), "XDG_RUNTIME_DIR=" + filepath.Join(dir, "run"),
	}
}

const systemPath = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"

func lookUp(program, path string) (string, error) {
	if strings.Contains(program, "/") {
		return program, nil
	}
	for _, dir := range filepath.SplitList(path) {
		file := filepath.Join(dir, program)
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return file, nil
		}
	}
	return program, fmt.Errorf("%w: %s in %s", exec.ErrNotFound, program, path)
}
