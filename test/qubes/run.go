package qubes

import (
	"fmt"
	"io"
	"strings"
	"time"

	"qpay/test/qubes/frame"
)

// run does what the target's qrexec-agent does, and returns the exit code.
func (m *Machine) run(c *call, l *line) int {
	std, err := newStdio()
	if err != nil {
		return exitProblem
	}
	defer std.close()
	go l.receive(std.stdin)
	fault := m.faultOf(c.Service)
	switch fault.Kind {
	case Hang:
		<-l.gone
		return exitLost
	case Missing:
		return exitMissing
	}
	program := m.program(c.Target, c.Service, c.Argument)
	if program == "" {
		return exitMissing
	}
	wait, err := m.waitForSession(c.Target, c.Service, c.Argument)
	if err != nil {
		m.serverOf(c.Target).writeLog("qrexec-agent", []byte(err.Error()))
		return exitProblem
	}
	if wait && !m.awaitSession(c.Target) {
		return exitProblem
	}
	proc, err := m.spawn.start(m.command(c, program, std))
	if err != nil {
		return exitProblem
	}
	std.closeTheirs()
	m.note(c, func() { c.proc, c.PID, c.Started = proc, proc.cmd.Process.Pid, time.Now() })
	return fault.code(m.attend(c, l, std, proc, fault))
}

// attend moves bytes until the service has ended and nobody holds its output.
func (m *Machine) attend(c *call, l *line, std *stdio, proc *process, fault Fault) int {
	ended := make(chan struct{}, 2)
	go func() { sendOutput(l, std.stdout, fault); ended <- struct{}{} }()
	go func() { m.sendErrors(c, l, std.stderr); ended <- struct{}{} }()
	over := make(chan struct{})
	defer close(over)
	go func() {
		select {
		case <-l.gone: // no signal to the service: it learns when it writes
			std.stdout.CloseRead()
			std.stderr.Close()
		case <-over:
		}
	}()
	rc := proc.wait()
	std.stdin.CloseWrite()
	<-ended
	<-ended
	return rc
}

func sendOutput(l *line, stdout io.Reader, fault Fault) {
	defer l.send(frame.Stdout, nil)
	if fault.changesOutput() {
		out, _ := io.ReadAll(stdout)
		select {
		case <-time.After(fault.Delay):
		case <-l.gone:
		}
		stdout = strings.NewReader(string(fault.spoil(out)))
	}
	buf := make([]byte, 32<<10)
	for {
		n, err := stdout.Read(buf)
		if n > 0 && l.send(frame.Stdout, buf[:n]) != nil || err != nil {
			return
		}
	}
}

// sendErrors copies standard error to the caller and to the target's log.
func (m *Machine) sendErrors(c *call, l *line, stderr io.Reader) {
	server := m.serverOf(c.Target)
	tag := fmt.Sprintf("%s%s-%s[%d]", c.Service, c.Argument, c.Qube, c.PID)
	var rest []byte
	buf := make([]byte, 32<<10)
	for {
		n, err := stderr.Read(buf)
		if n > 0 {
			rest = append(rest, buf[:n]...)
			if end := strings.LastIndexByte(string(rest), '\n'); end >= 0 {
				server.writeLog(tag, rest[:end])
				rest = rest[end+1:]
			}
			l.send(frame.Stderr, buf[:n])
		}
		if err != nil {
			break
		}
	}
	if len(rest) > 0 {
		server.writeLog(tag, rest)
	}
}

func (s *server) writeLog(tag string, text []byte) {
	s.logMu.Lock()
	defer s.logMu.Unlock()
	for _, row := range strings.Split(string(text), "\n") {
		fmt.Fprintf(s.log, "%s: %s\n", tag, row)
	}
}

// awaitSession waits for the login if one is expected; false if the machine is
// closed meanwhile. A caller that leaves does not end it.
func (m *Machine) awaitSession(target string) bool {
	for {
		m.mu.Lock()
		closed, changed := m.closed, m.changed
		session := m.qubes[target].server.session
		m.mu.Unlock()
		if closed {
			return false
		}
		if session != SessionLater {
			return true
		}
		<-changed
	}
}
