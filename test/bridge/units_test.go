package bridge

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"qpay/test/module"
)

// tool is a program of systemd's that the test needs.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && os.Getenv("QPAY_REQUIRE_TOOLS") == "" {
		t.Skip(name + " is not installed")
	}
	must(t, err)
	return path
}

func units(t *testing.T) string {
	t.Helper()
	root, err := module.Root()
	must(t, err)
	return filepath.Join(root, "desktop", "systemd")
}

// Both units wait for dom0's word, and the socket listens on loopback alone.
func TestUnitsAreGated(t *testing.T) {
	for _, name := range []string{"qpay-bridge.socket", "qpay-bridge.service"} {
		text, err := os.ReadFile(filepath.Join(units(t), name))
		must(t, err)
		if !strings.Contains(string(text), "\nConditionPathExists=/run/qubes-service/qpay-bridge\n") {
			t.Errorf("%s starts in every qube", name)
		}
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "Listen") && line != "ListenStream=127.0.0.1:9876\n" {
				t.Errorf("%s: %s", name, line)
			}
		}
	}
}

// A lint, no proof: TestUnitsUnderSystemd has them run.
func TestServiceIsConfined(t *testing.T) {
	cmd := exec.Command(tool(t, "systemd-analyze"), "security", "--offline=true", "--threshold=25", filepath.Join(units(t), "qpay-bridge.service"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// activated starts the bridge by a socket that systemd's own tool opened.
func activated(t *testing.T, ctx context.Context, address string) string {
	t.Helper()
	w, _ := start(t)
	cmd := w.Qubes.Command(ctx, "personal", tool(t, "systemd-socket-activate"), "--listen="+address,
		"-E", "XDG_RUNTIME_DIR="+w.Qubes.QubeDir("personal")+"/run", filepath.Join(w.Bin, "qpay"), "bridge", "--quiet")
	var said strings.Builder
	cmd.Stderr = &said
	must(t, cmd.Start())
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		<-ended
		t.Log(said.String())
	})
	return address
}

// free is an address that nobody has at the moment.
func free(t *testing.T, host string) string {
	t.Helper()
	l, err := net.Listen("tcp4", host+":0")
	must(t, err)
	defer l.Close()
	return l.Addr().String()
}

// connect waits until the socket is there.
func connect(t *testing.T, ctx context.Context, address string) net.Conn {
	t.Helper()
	for {
		c, err := net.Dial("tcp", address)
		if err == nil {
			return c
		}
		select {
		case <-ctx.Done():
			t.Fatal(err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// qpay bridge token starts it, and then it answers on systemd's socket.
func TestSocketActivation(t *testing.T) {
	w, ctx := start(t)
	address := activated(t, ctx, free(t, "127.0.0.1"))
	connect(t, ctx, address).Close()
	token, err := w.Qpay(ctx, "personal", "bridge", "--listen", address, "token").Output()
	must(t, err)
	b := &server{url: "http://" + address, token: strings.TrimSpace(string(token))}
	if r := b.post(ctx, "qpay.GetInfo", `{"v":1}`).wait(t); r.status != http.StatusOK {
		t.Errorf("%d %s", r.status, r.body)
	}
}

// A socket that other machines reach is refused, whoever opened it.
func TestSocketForOthersIsRefused(t *testing.T) {
	_, ctx := start(t)
	address := activated(t, ctx, free(t, "0.0.0.0"))
	c := connect(t, ctx, strings.Replace(address, "0.0.0.0", "127.0.0.1", 1))
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if text, err := io.ReadAll(c); len(text) > 0 || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("it answers: %v, %s", err, text)
	}
}

// The units as they are shipped, under a systemd of the user's own in
// namespaces: testdata/units.sh.
func TestUnitsUnderSystemd(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("mounts a /run, a /home and programs of its own, which root alone can")
	}
	w, ctx := start(t)
	for _, name := range []string{"unshare", "setpriv", "systemctl", "ip", "curl"} {
		tool(t, name)
	}
	cmd := exec.CommandContext(ctx, "unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "sh", "testdata/units.sh",
		units(t), filepath.Join(w.Bin, "qpay"), t.TempDir())
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() == 77 || strings.Contains(string(out), "unshare failed") {
		t.Skipf("%s", out)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
