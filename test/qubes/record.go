package qubes

import (
	"context"
	"fmt"
	"net"
	"syscall"
	"time"
)

// Call is what happened to one call, so far.
type Call struct {
	ID        int
	Qube      string // the caller
	Requested string // the target that it named
	Target    string // where the call went; empty if it was refused
	Service   string
	Argument  string // begins with "+"

	Begun   time.Time // the call came in
	Started time.Time // the service runs; zero if it never did
	Ended   time.Time // the call is over
	PID     int       // of the service
	RC      int       // what the caller was to see, once Ended is set
	Gone    bool      // the caller left before it had the exit code
	Refused string    // why, for a test's message; the caller never hears it
}

// Running says that the service has been started and the call is not over.
func (c Call) Running() bool { return !c.Started.IsZero() && c.Ended.IsZero() }

// call is a Call with its connection and its process.
type call struct {
	Call
	conn net.Conn
	proc *process
}

// announce wakes all who wait for a change. The lock is held.
func (m *Machine) announce() {
	close(m.changed)
	m.changed = make(chan struct{})
}

// note changes a record under the lock.
func (m *Machine) note(c *call, change func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change()
	m.announce()
}

// Calls is all calls so far, in the order in which they came in.
func (m *Machine) Calls() []Call {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []Call
	for _, c := range m.record {
		all = append(all, c.Call)
	}
	return all
}

// Wait returns the first call for which found is true, as soon as there is one.
func (m *Machine) Wait(ctx context.Context, found func(Call) bool) (Call, error) {
	if m.real {
		return Call{}, ErrReal
	}
	for {
		m.mu.Lock()
		changed := m.changed
		m.mu.Unlock()
		calls := m.Calls()
		for _, c := range calls {
			if found(c) {
				return c, nil
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return Call{}, fmt.Errorf("no such call: %w; there were %+v", ctx.Err(), calls)
		}
	}
}

// WaitStarted waits until a call of the qube to the service is running.
func (m *Machine) WaitStarted(ctx context.Context, qube, service string) (Call, error) {
	return m.Wait(ctx, func(c Call) bool { return c.Qube == qube && c.Service == service && c.Running() })
}

// WaitEnded waits until the call is over, whether or not its caller is still
// there to hear of it.
func (m *Machine) WaitEnded(ctx context.Context, id int) (Call, error) {
	return m.Wait(ctx, func(c Call) bool { return c.ID == id && !c.Ended.IsZero() })
}

// Signal sends a signal to the service of a running call, and to that process
// alone: kill -9 of qpay-server, for example.
func (m *Machine) Signal(id int, sig syscall.Signal) error {
	if m.real {
		return ErrReal
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range m.record {
		if c.ID == id && c.proc != nil {
			return c.proc.signal(sig, false)
		}
	}
	return fmt.Errorf("no service was started for call %d", id)
}
