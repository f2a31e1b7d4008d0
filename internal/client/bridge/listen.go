package bridge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"sync"
	"syscall"
)

// Default is where the bridge listens if nobody says otherwise.
const Default = "127.0.0.1:9876"

// ErrNotLoopback is the refusal of any other address: there the bridge would
// be open to other machines.
var ErrNotLoopback = errors.New("not 127.0.0.1:PORT or [::1]:PORT")

func loopback(a netip.AddrPort) bool {
	return a.Addr() == netip.AddrFrom4([4]byte{127, 0, 0, 1}) || a.Addr() == netip.IPv6Loopback()
}

// Listen opens a socket on loopback.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	a, err := netip.ParseAddrPort(address)
	if err != nil || !loopback(a) {
		return nil, fmt.Errorf("%q is %w", address, ErrNotLoopback)
	}
	var c net.ListenConfig
	c.SetMultipathTCP(false) // the filters of Landlock and of many firewalls do not see it
	return c.Listen(ctx, "tcp", a.String())
}

// firstSocket is the descriptor of the first socket that systemd passes.
const firstSocket = 3

// Passed takes the sockets that systemd opened, if it did (sd_listen_fds(3)).
// The environment is cleaned, so that no child takes them for its own.
func Passed() ([]net.Listener, error) {
	pid, n := os.Getenv("LISTEN_PID"), os.Getenv("LISTEN_FDS")
	for _, name := range []string{"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"} {
		os.Unsetenv(name)
	}
	if pid != strconv.Itoa(os.Getpid()) {
		return nil, nil // none, or those of another process
	}
	count, err := strconv.Atoi(n)
	if err != nil || count < 1 || count > 8 {
		return nil, fmt.Errorf("systemd passes %q sockets: expected 1 to 8", n)
	}
	var all []net.Listener
	for fd := firstSocket; fd < firstSocket+count; fd++ {
		syscall.CloseOnExec(fd)
		l, err := take(fd)
		if err != nil {
			return nil, fmt.Errorf("socket %d of systemd: %w", fd-firstSocket+1, err)
		}
		all = append(all, l)
	}
	return all, nil
}

func take(fd int) (net.Listener, error) {
	f := os.NewFile(uintptr(fd), "socket of systemd")
	defer f.Close()
	l, err := net.FileListener(f)
	if err != nil {
		return nil, err
	}
	if a, ok := l.Addr().(*net.TCPAddr); !ok || !loopback(a.AddrPort()) {
		l.Close()
		return nil, fmt.Errorf("%v is %w", l.Addr(), ErrNotLoopback)
	}
	return l, nil
}

// limited closes connections over a number, so that whoever opens many and
// says nothing costs no more than that.
type limited struct {
	net.Listener
	room chan struct{}
}

func (l *limited) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		select {
		case l.room <- struct{}{}:
			return &counted{Conn: c, leave: sync.OnceFunc(func() { <-l.room })}, nil
		default:
			c.Close()
		}
	}
}

type counted struct {
	net.Conn
	leave func()
}

func (c *counted) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
