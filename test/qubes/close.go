package qubes

import (
	"os"
	"syscall"
	"time"
)

// Close takes all callers' connections away, lets the services end, kills those
// that do not, and waits for them.
func (m *Machine) Close() error {
	m.mu.Lock()
	if m.closed || m.real {
		m.mu.Unlock()
		return nil
	}
	m.closed = true
	for _, q := range m.qubes {
		q.listener.Close()
	}
	for _, c := range m.record {
		c.conn.Close()
	}
	m.announce()
	m.mu.Unlock()

	ended := make(chan struct{})
	go func() { m.calls.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(m.opts.Grace):
		m.killUntil(ended)
	}
	m.spawn.close()
	for _, q := range m.qubes {
		if q.server != nil {
			q.server.log.Close()
		}
	}
	return m.removeDir()
}

func (m *Machine) removeDir() error {
	if m.madeDir {
		return os.RemoveAll(m.dir)
	}
	return nil
}

// killUntil ends the sessions of all services that still run. It does so again
// and again, since one may just have been starting.
func (m *Machine) killUntil(ended <-chan struct{}) {
	for {
		m.mu.Lock()
		for _, c := range m.record {
			if c.proc != nil {
				c.proc.signal(syscall.SIGKILL, true)
			}
		}
		m.mu.Unlock()
		select {
		case <-ended:
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
}
