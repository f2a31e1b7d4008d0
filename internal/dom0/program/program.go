// Package program starts the few other programs that qpay-camera needs (dom0,
// trusted): zenity, qvm-run, and itself as the keeper. It is the only package of
// dom0 that imports os/exec. Paths are absolute and fixed; no argument goes
// through a shell.
package program

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// grace is how long a program may take to end when it is asked to.
const grace = 5 * time.Second

// Run runs a program to its end and gives back its exit code. It reads in and
// writes to out; where they are nil, and for its errors always, it has
// /dev/null. When the context ends, so does the program.
func Run(ctx context.Context, path string, args []string, in *os.File, out io.Writer) (int, error) {
	// The program is to end with this one, which the kernel ties to the thread
	// that started it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd := exec.CommandContext(ctx, path, args...)
	if in != nil {
		cmd.Stdin = in
	}
	cmd.Stdout = out
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = grace
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return 0, ctx.Err()
	case errors.As(err, &exit) && exit.Exited():
		return exit.ExitCode(), nil
	case err != nil:
		return 0, fmt.Errorf("%s: %w", path, err)
	}
	return 0, nil
}

// Keep starts this program once more, in a session of its own so that neither
// a closed terminal nor a logout ends both. stop ends it.
func Keep(args ...string) (stop func(), err error) {
	cmd := exec.Command("/proc/self/exe", args...)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the keeper: %w", err)
	}
	return func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}, nil
}
