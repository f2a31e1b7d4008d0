package bridge

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"strconv"
	"syscall"
	"testing"
)

func itoa(n int) string { return strconv.Itoa(n) }

func isReset(err error) bool { return errors.Is(err, syscall.ECONNRESET) }

func TestListenRefusesAllButLoopback(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", "[::]:0", ":0", "127.0.0.2:0", "192.168.1.1:0", "localhost:0", "127.0.0.1", "127.1:0",
		"[::1%lo]:0", "[::ffff:127.0.0.1]:0", "127.0.0.1:65536", "127.0.0.1:http", "unix:/x", "", "evil.test:0"} {
		if l, err := Listen(context.Background(), address); !errors.Is(err, ErrNotLoopback) {
			t.Errorf("%q: %v", address, err)
			if l != nil {
				l.Close()
			}
		}
	}
}

func TestListenOnLoopback(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		l, err := Listen(context.Background(), address)
		if errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT) {
			continue // a machine without IPv6
		}
		if err != nil {
			t.Fatal(address, err)
		}
		l.Close()
	}
}

// take is what Passed does with each descriptor; the rest is tested with
// systemd itself in test/bridge.
func TestPassedSocketsAreLoopback(t *testing.T) {
	for address, want := range map[string]bool{"127.0.0.1:0": true, "127.0.0.2:0": false, "0.0.0.0:0": false} {
		l, err := net.Listen("tcp4", address)
		if err != nil {
			t.Fatal(err)
		}
		got, err := take(descriptor(t, l.(*net.TCPListener)))
		if (err == nil) != want || err != nil && !errors.Is(err, ErrNotLoopback) {
			t.Errorf("%s: %v", address, err)
		}
		if got != nil {
			got.Close()
		}
		l.Close()
	}
	u, err := net.Listen("unix", t.TempDir()+"/s")
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	if _, err := take(descriptor(t, u.(*net.UnixListener))); !errors.Is(err, ErrNotLoopback) {
		t.Errorf("a local socket: %v", err)
	}
	null, err := syscall.Open(os.DevNull, syscall.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := take(null); err == nil {
		t.Error("/dev/null was taken for a socket")
	}
}

func descriptor(t *testing.T, l interface{ File() (*os.File, error) }) int {
	t.Helper()
	f, err := l.File()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fd, err := syscall.Dup(int(f.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	return fd
}

func TestPassedToAnother(t *testing.T) {
	for _, c := range []struct {
		pid, fds string
		wrong    bool
	}{
		{"", "", false}, {"1", "1", false}, {strconv.Itoa(os.Getpid()), "0", true}, {strconv.Itoa(os.Getpid()), "x", true},
		{strconv.Itoa(os.Getpid()), "9", true}, {strconv.Itoa(os.Getpid()), "-1", true},
	} {
		t.Setenv("LISTEN_PID", c.pid)
		t.Setenv("LISTEN_FDS", c.fds)
		all, err := Passed()
		if len(all) != 0 || (err != nil) != c.wrong {
			t.Errorf("%+v: %v, %v", c, all, err)
		}
		if os.Getenv("LISTEN_FDS") != "" {
			t.Error("a child would see them")
		}
	}
}

func TestLoopbackIsTwoAddresses(t *testing.T) {
	if loopback(netip.MustParseAddrPort("127.0.0.2:1")) || !loopback(netip.MustParseAddrPort("[::1]:1")) {
		t.Error("loopback")
	}
}
