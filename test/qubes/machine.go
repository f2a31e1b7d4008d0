// Package qubes is several "qubes" simulated on one machine, standing in for
// Qubes' qrexec as it was measured: a stand-in qrexec-client-vm, the project's
// own policy file, and the real service programs, run with the environment,
// descriptors, exit codes and endings that qrexec gives them. It is linked into
// no program that qpay ships.
//
//	m, err := qubes.New(qubes.Options{PolicyFiles: []string{shipped}})
//	defer m.Close()
//	m.Server("lightningvm", qubes.ServerOptions{Services: map[string]string{"qpay.Pay": server}})
//	m.AddQube("personal", "qpay-client")
//	out, err := m.Command(ctx, "personal", qpay, invoice).Output()
//
// What holds here as in Qubes:
//   - The caller's name comes from the socket that a call arrives at; each qube
//     has its own. The policy folder is read anew for each call, and tags count
//     from the next call on.
//   - Exit codes: the service's own; 126 refused, also for the 129th call at
//     once between two qubes; 127 no such service; 125 bad configuration.
//   - When the caller dies the service gets no signal: its standard input ends,
//     and its next write to standard output or error fails with EPIPE, of which
//     poll has told nothing before.
//   - The exit code is sent when the service has ended and nobody holds its
//     standard output and error any more, so a child that kept them delays it.
//
// Not modelled: users, disposables, starting a halted qube, `user=` and
// `notify=`, options of qrexec-client-vm, socket services.
//
// With QPAY_REAL_QREXEC=1 in the environment the same tests run in an enrolled
// qube of a real Qubes machine: Command runs the program as it is, so that PATH
// leads to the real qrexec-client-vm, and whatever needs a hold on the other
// side does nothing or returns ErrReal (see Real).
package qubes

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"qpay/test/qubes/policy"
)

// ErrReal is returned by what a real qrexec cannot do. Tests skip on it.
var ErrReal = errors.New("not with a real qrexec (QPAY_REAL_QREXEC)")

// Options say what machine to simulate.
type Options struct {
	// Dir takes everything; it must be empty. If it is not given, a temporary
	// folder is made, and removed by Close.
	Dir string
	// PolicyFiles are copied into the machine's policy.d under their own names.
	// A machine without any refuses every call, as Qubes would.
	PolicyFiles []string
	// Client is the built stand-in (see BuildClient). If empty, New builds it.
	Client string
	// PathDirs come behind the stand-in and before the system's own folders in
	// the PATH of client qubes: where qpay was built.
	PathDirs []string
	// Ask is dom0's question for a rule with "ask". Nil is a machine without
	// anybody to show it: such calls are refused.
	Ask func(Question) bool
	// Grace is how long Close lets services end by themselves once their
	// callers are gone. Zero means two seconds.
	Grace time.Duration
}

// Question is what dom0 asks the person for an "ask" rule.
type Question struct{ Source, Service, Target string }

// Machine is one simulated Qubes machine. Its methods may be called from
// several goroutines.
type Machine struct {
	opts    Options
	dir     string
	madeDir bool
	real    bool
	spawn   *spawner
	calls   sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	changed chan struct{} // closed and made anew at each change: what waiters wait for
	qubes   map[string]*qube
	record  []*call
	faults  map[string]Fault
	open    map[[2]string]int // calls between two qubes
}

// New makes a machine with dom0 and no qubes.
func New(opts Options) (*Machine, error) {
	m := &Machine{
		opts: opts, dir: opts.Dir, changed: make(chan struct{}),
		qubes: map[string]*qube{}, faults: map[string]Fault{}, open: map[[2]string]int{},
		real: os.Getenv("QPAY_REAL_QREXEC") == "1",
	}
	if m.real {
		return m, nil
	}
	if m.opts.Grace == 0 {
		m.opts.Grace = 2 * time.Second
	}
	if err := m.prepare(); err != nil {
		m.removeDir()
		return nil, err
	}
	m.spawn = newSpawner()
	return m, nil
}

func (m *Machine) prepare() (err error) {
	if m.dir == "" {
		if m.dir, err = os.MkdirTemp("", "qubes-"); err != nil {
			return err
		}
		m.madeDir = true
	}
	if m.dir, err = filepath.Abs(m.dir); err != nil {
		return err
	}
	if err := os.MkdirAll(m.PolicyDir(), 0o700); err != nil {
		return err
	}
	for _, file := range m.opts.PolicyFiles {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if err := m.WritePolicy(filepath.Base(file), string(text)); err != nil {
			return err
		}
	}
	if m.opts.Client == "" {
		m.opts.Client, err = BuildClient(m.dir)
	}
	return err
}

// Real says that the calls go through a real qrexec.
func (m *Machine) Real() bool { return m.real }

// Dir is the machine's folder; QubeDir that of one qube, with home, the log of
// its services' standard error (syslog), qubes-rpc and rpc-config.
func (m *Machine) Dir() string                { return m.dir }
func (m *Machine) QubeDir(name string) string { return filepath.Join(m.dir, name) }

// PolicyDir is dom0's policy folder, read anew for each call.
func (m *Machine) PolicyDir() string { return filepath.Join(m.dir, "policy.d") }

// WritePolicy writes one file of it, such as the user's 30-user.policy. What it
// says is judged when a call is made, so that a test can break it.
func (m *Machine) WritePolicy(name, text string) error {
	if m.real {
		return ErrReal
	}
	return os.WriteFile(filepath.Join(m.PolicyDir(), name), []byte(text), 0o600)
}

// decide asks the policy about one call.
func (m *Machine) decide(req policy.Request) (target, refusal string) {
	rules, err := policy.Load(m.PolicyDir())
	if err != nil {
		return "", fmt.Sprintf("the policy does not load: %v", err)
	}
	d := rules.Decide(system{m}, req)
	switch {
	case d.Action == policy.Deny:
		return "", d.Reason
	case d.Action == policy.Ask && m.opts.Ask == nil:
		return "", "nobody there to be asked"
	case d.Action == policy.Ask && !m.opts.Ask(Question{req.Source, req.Service, d.Target}):
		return "", "denied by the user"
	}
	return d.Target, ""
}
