package qubes

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const openAll = `
* * @tag:qpay-client @default allow target=lightningvm
`

// setting is one machine with lightningvm, personal (enrolled) and untrusted.
type setting struct {
	*Machine
	t      *testing.T
	ctx    context.Context
	report string // folder for what services report
}

func set(t *testing.T, change func(*Options, *ServerOptions)) setting {
	t.Helper()
	if os.Getenv("QPAY_REAL_QREXEC") == "1" {
		t.Skip("these are tests of the stand-in")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	report := t.TempDir()
	opts := Options{Dir: t.TempDir(), Client: clientPath}
	server := ServerOptions{Services: map[string]string{}, Env: []string{"REPORT=" + report}}
	for name := range services {
		server.Services[name] = self
	}
	if change != nil {
		change(&opts, &server)
	}
	m, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	s := setting{m, t, ctx, report}
	s.must(m.WritePolicy("30-test.policy", openAll))
	s.must(m.Server("lightningvm", server))
	s.must(m.AddQube("personal", "qpay-client"))
	s.must(m.AddQube("untrusted"))
	return s
}

func (s setting) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

type result struct {
	out, err string
	rc       int
}

// call makes one call with this on standard input, which then ends.
func (s setting) call(qube, target, service, stdin string) result {
	s.t.Helper()
	var out, errs bytes.Buffer
	cmd := s.Command(s.ctx, qube, "qrexec-client-vm", target, service)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.t.Fatal(err)
	}
	return result{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
}

// begin starts a call that stays open until the pipe is closed or the client
// is killed.
func (s setting) begin(service string) (*exec.Cmd, *os.File, Call) {
	s.t.Helper()
	read, write, err := os.Pipe()
	s.must(err)
	cmd := s.Command(s.ctx, "personal", "qrexec-client-vm", "@default", service)
	cmd.Stdin = read
	s.must(cmd.Start())
	read.Close()
	s.t.Cleanup(func() { write.Close() })
	c, err := s.WaitStarted(s.ctx, "personal", service)
	s.must(err)
	return cmd, write, c
}

// reported waits for what a service reports.
func (s setting) reported(service string) string {
	s.t.Helper()
	for s.ctx.Err() == nil {
		text, err := os.ReadFile(filepath.Join(s.report, service))
		if err == nil {
			return string(text)
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.t.Fatalf("%s reported nothing", service)
	return ""
}

func TestAnswerAndExitCodes(t *testing.T) {
	s := set(t, func(o *Options, so *ServerOptions) {
		so.RPCConfig = map[string]string{"test.Flood": "wait-for-session=maybe\n"}
		so.Services["test.Gone"] = "/nonexistent/program"
	})
	s.must(os.WriteFile(filepath.Join(s.QubeDir("lightningvm"), "qubes-rpc", "test.Text"), nil, 0o600))
	for _, c := range []struct {
		what, target, service, stdin string
		want                         result
	}{
		{"an answer", "@default", "test.Echo", "hello\n", result{"hello\n", "", 0}},
		{"no target", "", "test.Echo", "hello\n", result{"hello\n", "", 0}},
		{"empty argument written out", "@default", "test.Echo+", "hello\n", result{"hello\n", "", 0}},
		{"a qube that is not there", "nosuch", "test.Echo", "hello\n", result{"hello\n", "", 0}},
		{"only the end of input", "@default", "test.Echo", "", result{"", "", 9}},
		{"the service's code and errors", "@default", "test.Exit", "", result{"", "first\nsecond", 7}},
		{"the service is killed", "@default", "test.Killed", "", result{"", "", 137}},
		{"refused", "untrusted", "test.Echo", "hello\n", result{"", "Request refused\n", 126}},
		{"refused by name", "lightningvm", "test.Echo", "hello\n", result{"", "Request refused\n", 126}},
		{"no such service", "@default", "test.Other", "hello\n", result{"", "", 127}},
		{"a link to nothing", "@default", "test.Gone", "hello\n", result{"", "", 127}},
		{"not a program", "@default", "test.Text", "hello\n", result{"", "", 125}},
		{"bad configuration", "@default", "test.Flood", "", result{"", "", 125}},
	} {
		if got := s.call("personal", c.target, c.service, c.stdin); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.what, got, c.want)
		}
	}
	if got := s.call("untrusted", "@default", "test.Echo", "x\n"); got.rc != 126 || got.out != "" {
		t.Errorf("not enrolled: %+v", got)
	}
	log, _ := os.ReadFile(s.Syslog("lightningvm"))
	for _, want := range []string{"test.Exit+-personal[", "]: first\n", "]: second\n"} {
		if !strings.Contains(string(log), want) {
			t.Errorf("no %q in the log: %s", want, log)
		}
	}
}

func TestClientIsStrict(t *testing.T) {
	s := set(t, nil)
	for _, c := range []struct {
		args []string
		rc   int
	}{
		{nil, 2},
		{[]string{"@default"}, 2},
		{[]string{"--help", "test.Echo"}, 2},
		{[]string{"@default", "test.Echo", "cat"}, 255},
		{[]string{"@default", "test.Echo", "./cat"}, 255},
		{[]string{"@default", "test.Echo", "/bin/cat"}, 255},
		{[]string{"@default", "test.Echo+" + strings.Repeat("x", 4000)}, 255},
	} {
		cmd := s.Command(s.ctx, "personal", "qrexec-client-vm", c.args...)
		out, _ := cmd.Output()
		if rc := cmd.ProcessState.ExitCode(); rc != c.rc || len(out) != 0 {
			t.Errorf("%.40q: code %d, want %d; %q", c.args, rc, c.rc, out)
		}
	}
	if calls := s.Calls(); len(calls) != 0 {
		t.Errorf("calls reached the machine: %+v", calls)
	}
}

// Who calls is known by the socket: a client that belongs to another qube, even
// if its program is started from here, calls as that qube; words do not help.
func TestCallerIsTheSocket(t *testing.T) {
	s := set(t, nil)
	s.must(s.AddQube("dom0"))
	cmd := s.Command(s.ctx, "untrusted", "qrexec-client-vm", "@default", "test.Env")
	cmd.Env = append(cmd.Env, "QREXEC_REMOTE_DOMAIN=personal", "USER=personal")
	if err := cmd.Run(); cmd.ProcessState.ExitCode() != 126 {
		t.Errorf("an untrusted qube calls itself personal: %v", err)
	}
	own := filepath.Join(s.QubeDir("untrusted"), "bin", "qrexec-client-vm")
	if err := s.Command(s.ctx, "personal", own, "@default", "test.Env").Run(); err == nil {
		t.Error("the client of untrusted called as personal")
	}
	if got := s.call("dom0", "@default", "test.Env", ""); got.rc != 126 {
		t.Errorf("dom0: %+v", got)
	}
	for i, want := range []string{"untrusted", "untrusted", "dom0"} {
		if c := s.Calls()[i]; c.Qube != want || c.RC != 126 || c.Refused == "" {
			t.Errorf("call %d: %+v", i, c)
		}
	}
}

func TestUnknownQubeOrProgram(t *testing.T) {
	s := set(t, nil)
	if err := s.Command(s.ctx, "nosuch", "true").Run(); err == nil {
		t.Error("ran in a qube that is not there")
	}
	if err := s.Command(s.ctx, "personal", "no-such-program").Run(); !errors.Is(err, exec.ErrNotFound) {
		t.Error(err)
	}
	out, err := s.Command(s.ctx, "personal", "sh", "-c", `command -v qrexec-client-vm; env | grep -c REPORT`).Output()
	if want := filepath.Join(s.QubeDir("personal"), "bin/qrexec-client-vm") + "\n0\n"; string(out) != want {
		t.Errorf("%q, want %q (%v)", out, want, err)
	}
}
