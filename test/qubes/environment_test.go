package qubes

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// environment calls test.Env and returns what it printed as a table.
func (s setting) environment(service string) map[string]string {
	s.t.Helper()
	got := s.call("personal", "@default", service, "")
	if got.rc != 0 {
		s.t.Fatalf("%+v", got)
	}
	env := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(got.out), "\n") {
		key, value, _ := strings.Cut(line, "=")
		env[key] = value
	}
	return env
}

func TestEnvironmentOfServices(t *testing.T) {
	t.Setenv("LEAK", "from the test")
	s := set(t, func(o *Options, so *ServerOptions) {
		so.Env = append(so.Env, "DISPLAY=:9", "DBUS_SESSION_BUS_ADDRESS=unix:path=/x", "XDG_RUNTIME_DIR=/x")
	})
	home := filepath.Join(s.QubeDir("lightningvm"), "home")
	program := filepath.Join(s.QubeDir("lightningvm"), "qubes-rpc", "test.Env")
	want := map[string]string{
		"QREXEC_REMOTE_DOMAIN": "personal", "QREXEC_SERVICE_FULL_NAME": "test.Env+",
		"QREXEC_SERVICE_ARGUMENT": "", "QREXEC_REQUESTED_TARGET_TYPE": "",
		"QREXEC_AGENT_PID": fmt.Sprint(os.Getpid()),
		"HOME":             home, "USER": "user", "LOGNAME": "user", "SHELL": "/bin/sh", "PATH": systemPath,
		"DISPLAY": ":9", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/x", "XDG_RUNTIME_DIR": "/x",
		"REPORT": s.report,
		"cwd":    home, "umask": "0022", "leader": "true", "args": fmt.Sprintf("[%q]", program),
		"fd0": "socket", "fd1": "socket", "fd2": "pipe",
	}
	got := s.environment("test.Env")
	for key, value := range want {
		if have, ok := got[key]; !ok || have != value {
			t.Errorf("%s=%s, want %s", key, have, value)
		}
		delete(got, key)
	}
	if len(got) > 0 {
		t.Errorf("and besides: %v", got)
	}
}

func TestHomeOfServer(t *testing.T) {
	home := t.TempDir()
	s := set(t, func(o *Options, so *ServerOptions) { so.Env = append(so.Env, "HOME="+home) })
	if env := s.environment("test.Env"); env["HOME"] != home || env["cwd"] != home {
		t.Errorf("HOME=%s, in %s", env["HOME"], env["cwd"])
	}
}

// DISPLAY proves no window: it is there without a login, and the bus is not.
func TestEnvironmentWithoutLogin(t *testing.T) {
	s := set(t, func(o *Options, so *ServerOptions) {
		so.Session = SessionNever
		so.Env = append(so.Env, "DISPLAY=:9", "DBUS_SESSION_BUS_ADDRESS=unix:path=/x", "XDG_RUNTIME_DIR=/x")
		so.RPCConfig = map[string]string{"test.Env": "# no safeguard\nwait-for-session=1\n"}
	})
	env := s.environment("test.Env")
	if _, ok := env["DBUS_SESSION_BUS_ADDRESS"]; ok || env["DISPLAY"] != ":0" || env["XDG_RUNTIME_DIR"] != "" {
		t.Errorf("%v", env)
	}
}

func TestArgumentIsChangedSilently(t *testing.T) {
	s := set(t, nil)
	for sent, want := range map[string]string{
		"a@b": "a_b", "a/b": "a_b", "a:b": "a_b", "A=1": "A_1", "é": "__", "a+b": "a+b", "a.b-c_d": "a.b-c_d",
	} {
		env := s.environment("test.Env+" + sent)
		if env["QREXEC_SERVICE_ARGUMENT"] != want || env["QREXEC_SERVICE_FULL_NAME"] != "test.Env+"+want {
			t.Errorf("%s arrived as %s", sent, env["QREXEC_SERVICE_FULL_NAME"])
		}
	}
}

// wait-for-session holds the service back until the login is there.
func TestWaitForSession(t *testing.T) {
	s := set(t, func(o *Options, so *ServerOptions) {
		so.Session = SessionLater
		so.RPCConfig = map[string]string{"test.Echo": "wait-for-session=true\n"}
	})
	done := make(chan result, 1)
	go func() { done <- s.call("personal", "@default", "test.Echo", "hello\n") }()
	c, err := s.Wait(s.ctx, func(c Call) bool { return c.Target != "" })
	s.must(err)
	if got := s.call("personal", "@default", "test.Exit", ""); got.rc != 7 {
		t.Errorf("a service that does not wait: %+v", got)
	}
	select {
	case got := <-done:
		t.Fatalf("ran before the login: %+v", got)
	case <-time.After(200 * time.Millisecond):
	}
	s.must(s.SetSession("lightningvm", SessionUp))
	if got := <-done; got.out != "hello\n" {
		t.Errorf("%+v", got)
	}
	if c = s.Calls()[c.ID-1]; c.Started.IsZero() || c.RC != 0 {
		t.Errorf("%+v", c)
	}
}

func TestConfig(t *testing.T) {
	for text, want := range map[string]string{
		"": "false", "wait-for-session=1": "true", "wait-for-session = true\n": "true",
		"wait-for-session=0\n": "false", "# wait-for-session=1\n": "false", "unknown=1\n": "false",
		"wait-for-session=yes\n": "error", "wait-for-session\n": "error", " wait-for-session=1\n": "error",
		"[section]\n": "error", "wait-for-session=1\nwait-for-session=1\n": "error",
	} {
		wait, err := parseConfig(text)
		got := fmt.Sprint(wait)
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
