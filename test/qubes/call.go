package qubes

import (
	"bytes"
	"net"
	"strings"
	"sync"
	"time"

	"qpay/test/qubes/frame"
	"qpay/test/qubes/policy"
)

// Exit codes that qrexec makes itself.
const (
	exitProblem = 125 // bad configuration, or the program cannot be run
	exitRefused = 126
	exitMissing = 127
	exitLost    = 255
)

// maxCalls is how many calls two qubes can have open at once.
const maxCalls = 128

// accept takes the calls of one qube: who calls is known by the socket.
func (m *Machine) accept(q *qube) {
	defer m.calls.Done()
	for {
		conn, err := q.listener.Accept()
		if err != nil {
			return
		}
		m.mu.Lock()
		if m.closed {
			m.mu.Unlock()
			conn.Close()
			return
		}
		c := &call{Call: Call{ID: len(m.record) + 1, Qube: q.name, Begun: time.Now()}, conn: conn}
		m.record = append(m.record, c)
		m.calls.Add(1)
		m.mu.Unlock()
		go m.serve(c)
	}
}

// serve is one call from its request to its end. The record has the end before
// the caller hears of it, so a test that ran a client finds it there.
func (m *Machine) serve(c *call) {
	defer m.calls.Done()
	defer c.conn.Close()
	if !m.readRequest(c) {
		m.end(c, exitRefused, "no request came")
		return
	}
	target, refusal := m.admit(c)
	if refusal != "" {
		m.end(c, exitRefused, refusal)
		frame.Write(c.conn, frame.Refused, nil)
		return
	}
	m.note(c, func() { c.Target = target })
	l := &line{conn: c.conn, gone: make(chan struct{})}
	l.send(frame.Accepted, nil)
	rc := m.run(c, l)
	m.note(c, func() {
		m.open[[2]string{c.Qube, target}]--
		c.Gone = l.isGone()
	})
	m.end(c, rc, "")
	l.send(frame.Stdout, nil)
	if err := l.send(frame.Exit, []byte{byte(rc)}); err != nil {
		m.note(c, func() { c.Gone = true })
	}
}

func (m *Machine) end(c *call, rc int, refusal string) {
	m.note(c, func() { c.RC, c.Refused, c.Ended = rc, refusal, time.Now() })
}

// readRequest also changes what Qubes changes without a word: bytes that may
// not be in a name become "_".
func (m *Machine) readRequest(c *call) bool {
	kind, payload, err := frame.Read(c.conn)
	target, call, ok := bytes.Cut(payload, []byte{0})
	if err != nil || kind != frame.Request || !ok {
		return false
	}
	service, argument, _ := strings.Cut(sanitise(call, "+"), "+")
	m.note(c, func() {
		c.Requested, c.Service, c.Argument = sanitise(target, "@:"), service, "+"+argument
	})
	return true
}

func sanitise(untrusted []byte, extra string) string {
	clean := bytes.Clone(untrusted)
	for i, b := range clean {
		letter := b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9'
		if !letter && !strings.ContainsRune("._-"+extra, rune(b)) {
			clean[i] = '_'
		}
	}
	return string(clean)
}

// admit decides whether the call goes through, and takes a channel for it.
func (m *Machine) admit(c *call) (target, refusal string) {
	if m.faultOf(c.Service).Kind == Refuse {
		return "", "a fault that the test asked for"
	}
	target, refusal = m.decide(policy.Request{
		Service: c.Service, Argument: c.Argument, Source: c.Qube, Target: c.Requested,
	})
	if refusal != "" {
		return "", refusal
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	pair := [2]string{c.Qube, target}
	if m.open[pair] >= maxCalls {
		return "", "no free channel between the two qubes"
	}
	m.open[pair]++
	return target, ""
}

// line is the connection to the caller once the call was let through.
type line struct {
	conn net.Conn
	mu   sync.Mutex
	once sync.Once
	gone chan struct{} // closed when the caller is found to be gone
}

func (l *line) send(kind frame.Kind, payload []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := frame.Write(l.conn, kind, payload)
	if err != nil {
		l.leave()
	}
	return err
}

func (l *line) leave() { l.once.Do(func() { close(l.gone) }) }

func (l *line) isGone() bool {
	select {
	case <-l.gone:
		return true
	default:
		return false
	}
}

// receive passes the caller's input on. Its end and a dead caller look the same
// to the service.
func (l *line) receive(stdin *net.UnixConn) {
	defer stdin.CloseWrite()
	for {
		kind, payload, err := frame.Read(l.conn)
		switch {
		case err != nil:
			l.leave()
			return
		case kind == frame.Stdin && len(payload) == 0:
			stdin.CloseWrite()
		case kind == frame.Stdin:
			stdin.Write(payload) // a service that reads no more loses it
		}
	}
}
