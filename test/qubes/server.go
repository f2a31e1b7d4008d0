package qubes

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// Session is the state of the GUI login in a qube with services.
type Session int

const (
	SessionUp    Session = iota // somebody is logged in
	SessionLater                // expected: wait-for-session waits for SetSession
	SessionNever                // GUI off: a service that waits for it runs at once
)

// ServerOptions say what a qube with services has.
type ServerOptions struct {
	// Services maps a service to its program. Each becomes a symlink in the
	// qube's own qubes-rpc, by whose name it is run, as the packages have it.
	Services map[string]string
	// ServicesDir and RPCConfigDir are looked into after the qube's own: a
	// stand-in for /etc/qubes-rpc and /etc/qubes/rpc-config, as packaged.
	ServicesDir, RPCConfigDir string
	// RPCConfig maps a service to the text of its configuration.
	RPCConfig map[string]string
	// Env is added to the environment of services: HOME (and with it the
	// working directory), DISPLAY, XDG_…. What a GUI login would set is left
	// out while there is none.
	Env     []string
	Session Session
}

type server struct {
	opts    ServerOptions
	session Session // under the machine's lock
	logMu   sync.Mutex
	log     *os.File
}

// Server makes a qube with services, or gives services to one.
func (m *Machine) Server(name string, opts ServerOptions) error {
	if m.real {
		return nil
	}
	m.mu.Lock()
	there := m.qubes[name] != nil
	m.mu.Unlock()
	if !there {
		if err := m.AddQube(name); err != nil {
			return err
		}
	}
	if err := m.installServices(name, opts); err != nil {
		return err
	}
	log, err := os.OpenFile(m.Syslog(name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.qubes[name].server != nil {
		log.Close()
		return fmt.Errorf("%s has services already", name)
	}
	m.qubes[name].server = &server{opts: opts, session: opts.Session, log: log}
	return nil
}

func (m *Machine) installServices(name string, opts ServerOptions) error {
	for service, program := range opts.Services {
		path, err := filepath.Abs(program)
		if err != nil {
			return err
		}
		if err := os.Symlink(path, filepath.Join(m.QubeDir(name), "qubes-rpc", service)); err != nil {
			return err
		}
	}
	for service, text := range opts.RPCConfig {
		file := filepath.Join(m.QubeDir(name), "rpc-config", service)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// Syslog is the file that gets what services of the qube write to standard
// error, each line behind service, caller and process id.
func (m *Machine) Syslog(name string) string { return filepath.Join(m.QubeDir(name), "syslog") }

// SetSession tells that the GUI login of a qube is there, or not.
func (m *Machine) SetSession(name string, session Session) error {
	if m.real {
		return ErrReal
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	q := m.qubes[name]
	if q == nil || q.server == nil {
		return fmt.Errorf("no qube with services: %q", name)
	}
	q.server.session = session
	m.announce()
	return nil
}

// program finds what to run: the file for service and argument before the one
// for the service.
func (m *Machine) program(target, service, argument string) string {
	return m.find(target, "qubes-rpc", func(o ServerOptions) string { return o.ServicesDir },
		service+argument, service)
}

func (m *Machine) find(target, sub string, extra func(ServerOptions) string, names ...string) string {
	s := m.serverOf(target)
	if s == nil {
		return ""
	}
	for _, name := range names {
		for _, dir := range []string{filepath.Join(m.QubeDir(target), sub), extra(s.opts)} {
			file := filepath.Join(dir, name)
			if info, err := os.Stat(file); dir != "" && err == nil && !info.IsDir() {
				return file
			}
		}
	}
	return ""
}

func (m *Machine) serverOf(name string) *server {
	m.mu.Lock()
	defer m.mu.Unlock()
	if q := m.qubes[name]; q != nil {
		return q.server
	}
	return nil
}
