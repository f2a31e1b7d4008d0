package qubes

import "time"

// FaultKind is one way in which a call goes wrong on its way.
type FaultKind int

const (
	None       FaultKind = iota
	Refuse               // 126, as if policy said no
	Missing              // 127, as if the target had no such service
	Hang                 // accepted, but no service starts and no answer comes
	HalfAnswer           // the service runs; half of its output arrives, then 137
	JunkBefore           // the service runs; a line of something else comes first
	JunkAfter            // the same, behind the answer
	NoAnswer             // the service runs; its output is lost, the code is 0
	SecondLine           // the service runs; its output arrives twice
)

// Junk is the line that JunkBefore and JunkAfter put in: what a login script
// might print.
const Junk = "Welcome to lightningvm!\n"

// Fault is set for a service on the machine; no client can choose it. With a
// delay, or where the output is changed, all output is held back until the
// service closes it.
type Fault struct {
	Kind  FaultKind
	Delay time.Duration // between the service's last byte and the caller's first
}

// SetFault makes the following calls of a service fail so. The zero Fault ends it.
func (m *Machine) SetFault(service string, f Fault) error {
	if m.real {
		return ErrReal
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.faults[service] = f
	return nil
}

func (m *Machine) faultOf(service string) Fault {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.faults[service]
}

func (f Fault) changesOutput() bool { return f.Kind > Hang || f.Delay > 0 }

// spoil is the output that the caller gets.
func (f Fault) spoil(out []byte) []byte {
	switch f.Kind {
	case HalfAnswer:
		return out[:len(out)/2]
	case JunkBefore:
		return append([]byte(Junk), out...)
	case JunkAfter:
		return append(out, Junk...)
	case NoAnswer:
		return nil
	case SecondLine:
		return append(out, out...)
	}
	return out
}

// code is the exit code that the caller gets.
func (f Fault) code(rc int) int {
	switch f.Kind {
	case HalfAnswer:
		return 128 + 9
	case NoAnswer:
		return 0
	}
	return rc
}
