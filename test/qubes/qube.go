package qubes

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"syscall"

	"qpay/test/qubes/policy"
)

// qube is one simulated qube: a caller, and a target once it has services.
type qube struct {
	name     string
	tags     map[string]bool
	listener net.Listener
	server   *server // nil: no service at all
}

var qubeName = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)

// AddQube makes a qube with its own home and its own way to call. "dom0" can be
// added too, as a caller.
func (m *Machine) AddQube(name string, tags ...string) error {
	if m.real {
		return nil
	}
	if !qubeName.MatchString(name) {
		return fmt.Errorf("no name for a qube: %q", name)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed || m.qubes[name] != nil {
		return fmt.Errorf("there is a qube %s already, or the machine is closed", name)
	}
	q := &qube{name: name, tags: map[string]bool{}}
	for _, tag := range tags {
		q.tags[tag] = true
	}
	if err := m.furnish(q); err != nil {
		return err
	}
	m.qubes[name] = q
	m.calls.Add(1)
	go m.accept(q)
	return nil
}

// furnish makes the folders of a qube, its socket and its stand-in client.
func (m *Machine) furnish(q *qube) error {
	dir := m.QubeDir(q.name)
	for _, sub := range []string{"home", "tmp", "run", "bin", "qubes-rpc", "rpc-config"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return err
		}
	}
	if err := install(m.opts.Client, filepath.Join(dir, "bin", "qrexec-client-vm")); err != nil {
		return err
	}
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer folder.Close()
	// By way of the descriptor: a socket's name may have 107 bytes at most.
	q.listener, err = net.Listen("unix", fmt.Sprintf("/proc/self/fd/%d/qrexec.sock", folder.Fd()))
	if err == nil {
		q.listener.(*net.UnixListener).SetUnlinkOnClose(false) // the descriptor's number is another's by then
	}
	return err
}

// install puts a program somewhere by a hard link or, across file systems, as a
// copy. Not as a symlink: it finds its qube by where it lies. No fork may
// happen while it is open for writing, or its start would fail ("text busy").
func install(from, to string) error {
	if os.Link(from, to) == nil {
		return nil
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o700)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// SetTag and ClearTag count from the next call on.
func (m *Machine) SetTag(name, tag string) error   { return m.tag(name, tag, true) }
func (m *Machine) ClearTag(name, tag string) error { return m.tag(name, tag, false) }

func (m *Machine) tag(name, tag string, on bool) error {
	if m.real {
		return ErrReal
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	q := m.qubes[name]
	if q == nil {
		return fmt.Errorf("no qube %q", name)
	}
	q.tags[tag] = on
	return nil
}

// system is the machine as the policy sees it.
type system struct{ m *Machine }

func (s system) Exists(name string) bool {
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	return name == "dom0" || s.m.qubes[name] != nil
}

func (s system) HasTag(name, tag string) bool {
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	q := s.m.qubes[name]
	return q != nil && q.tags[tag]
}

var _ policy.System = system{}
