// Package sandbox takes from qpay-server and qpay-dialog, both in lightningvm,
// both trusted, what they have no use for, so that a fault in one of them gives
// away as little as can be. There are two sandboxes, one within the other:
//
//   - Server.Enter, after the configuration was read: the state folder and the
//     port of lnd, besides what the dialog needs, since a program that is
//     started within a sandbox inherits it. Neither config.toml nor the
//     macaroon can be opened again.
//   - Dialog, between the two programs (qpay-server dialog-stage): what GTK
//     reads to draw, and no network. It is a stage of its own, since the dialog
//     is built with cgo and cannot restrict its threads itself.
//
// Files and TCP are restricted by Landlock, what kinds of sockets there are by
// a seccomp filter (sockets.go). Nobody gets new privileges, and no memory goes
// into a core dump. What is not covered: Landlock's network rules are by port,
// so the server could reach another host at lnd's port; and a socket with a
// name in the file system can be connected to.
package sandbox

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// ErrKernel means that this kernel has no Landlock, or one that knows nothing
// of TCP (before Linux 6.7), and the configuration asks for it.
var ErrKernel = errors.New("sandbox: this kernel's Landlock is missing or too old")

// Self is the running program, even if it was replaced meanwhile.
const Self = "/proc/self/exe"

// Server says what a qpay-server still needs once it is configured.
type Server struct {
	StateFolder string
	Address     string // host:port of lnd
	Dialog      string // the program qpay-dialog
	Home        string
	Required    bool // refuse to go on where the kernel cannot do it
}

// Enter restricts this process for good. It makes the state folder, and reads
// the time zone, which cannot be read later.
func (s Server) Enter() error {
	if err := os.MkdirAll(s.StateFolder, 0o700); err != nil {
		return err
	}
	_ = time.Now().Local().String()
	abi := ABI()
	if s.Required && abi < network {
		return fmt.Errorf("%w: version %d", ErrKernel, abi)
	}
	if err := basics(everyThread); err != nil {
		return s.unlessOptional(err)
	}
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return err
	}
	return s.unlessOptional(s.enter(abi))
}

func (s Server) enter(abi int) error {
	port, err := portOf(s.Address)
	if err != nil {
		return err
	}
	r, err := newRuleset(abi, true) // the dialog must be ended if it hangs
	if err != nil {
		return err
	}
	r.paths(drawing(s.Home), read)
	r.paths(loaders(), run)
	r.paths([]string{os.DevNull}, write)
	if err := errors.Join(r.path(s.StateFolder, write), r.path(Self, run), r.connect(port)); err != nil {
		return err
	}
	r.paths([]string{s.Dialog}, run) // where it is missing, that shows when it is started
	return errors.Join(r.enforce(everyThread), onlySockets(true))
}

// unlessOptional lets a server go on that could not be restricted, if the
// configuration allows that.
func (s Server) unlessOptional(err error) error {
	if !s.Required {
		return nil
	}
	return err
}

func portOf(address string) (uint16, error) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return 0, fmt.Errorf("sandbox: the node's address: %w", err)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("sandbox: the node's port: %w", err)
	}
	return uint16(n), nil
}

// basics are the same for both. A limit of 1 and not 0: with 0 the kernel
// still hands the memory to a program that collects core dumps.
func basics(in threads) error {
	err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{Cur: 1, Max: 1})
	return errors.Join(err, in("no_new_privs", unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1))
}

// Dialog becomes the program, with the rules for the dialog in force. It
// returns only if that failed; a kernel without Landlock is no failure here,
// since Server.Enter has judged it.
func Dialog(program, home string, env []string) error {
	if !filepath.IsAbs(program) {
		return fmt.Errorf("sandbox: %q is not an absolute path", program)
	}
	runtime.LockOSThread() // the thread that execs is the one that goes on
	defer runtime.UnlockOSThread()
	if err := basics(thisThread); err != nil {
		return err
	}
	r, err := newRuleset(ABI(), false)
	if err != nil {
		return err
	}
	r.paths(drawing(home), read)
	r.paths(loaders(), run)
	if err := errors.Join(r.path(program, run), r.enforce(thisThread), onlySockets(false)); err != nil {
		return err
	}
	return syscall.Exec(program, []string{program}, env)
}
