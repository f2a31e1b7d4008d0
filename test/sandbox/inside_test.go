// Package sandbox tests from inside what qpay-server and qpay-dialog cannot do
// any more. The programs that try it are this test binary, started anew; the
// shipped programs have no switch for it.
package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"qpay/internal/server/sandbox"
)

// role tells a started test binary what it is; the rest is in the setting.
const role = "QPAY_TEST_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "server":
		inServer()
	case "stage":
		os.Setenv(role, "dialog")
		fmt.Fprintln(os.Stderr, sandbox.Dialog(self(), os.Getenv("HOME"), os.Environ()))
		os.Exit(1)
	case "dialog":
		report(attempts(load()))
	default:
		os.Exit(m.Run())
	}
}

func self() string { path, _ := os.Executable(); return path }

// setting is one lightningvm: what there is to reach.
type setting struct {
	Home, State, Config   string
	Allowed, Other, Local string // addresses: of lnd, of another server, of a local socket
	Abstract              string
}

func load() (s setting) {
	if err := json.Unmarshal([]byte(os.Getenv("QPAY_TEST_SETTING")), &s); err != nil {
		panic(err)
	}
	return s
}

// inServer enters the server's sandbox, tries, and starts the dialog's stage
// from within it, as qpay-server does.
func inServer() {
	s := load()
	err := sandbox.Server{StateFolder: s.State, Address: s.Allowed, Dialog: self(), Home: s.Home, Required: true}.Enter()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if os.Getenv("QPAY_TEST_THEN") == "" {
		report(attempts(s))
	}
	cmd := exec.Command(sandbox.Self)
	cmd.Env = append(os.Environ(), role+"=stage")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		os.Exit(2)
	}
	os.Exit(0)
}

func report(results map[string]string) {
	_ = json.NewEncoder(os.Stdout).Encode(results)
	os.Exit(0)
}

// attempts tries everything; "" is success.
func attempts(s setting) map[string]string {
	socket := func(family, kind, protocol int) error {
		fd, err := unix.Socket(family, kind, protocol)
		if err == nil {
			unix.Close(fd)
		}
		return err
	}
	try := map[string]error{
		"read config":        read(filepath.Join(s.Config, "config.toml")),
		"read macaroon":      read(filepath.Join(s.Config, "macaroon")),
		"read hostname":      read("/etc/hostname"),
		"read passwd":        read("/etc/passwd"),
		"read home":          read(filepath.Join(s.Home, "secret")),
		"list home":          list(s.Home),
		"read parent's env":  read(fmt.Sprintf("/proc/%d/environ", os.Getppid())),
		"write home":         os.WriteFile(filepath.Join(s.Home, "new"), nil, 0o600),
		"write elsewhere":    os.WriteFile(filepath.Join(filepath.Dir(s.Home), "new"), nil, 0o600),
		"read state":         read(filepath.Join(s.State, "journal.db")),
		"write state":        os.WriteFile(filepath.Join(s.State, "new"), []byte("x"), 0o600),
		"folder in state":    os.MkdirAll(filepath.Join(s.State, "queue"), 0o700),
		"program in state":   program(filepath.Join(s.State, "program")),
		"read fonts.conf":    read("/etc/fonts/fonts.conf"),
		"read gtk settings":  read(filepath.Join(s.Home, ".config", "gtk-3.0", "settings.ini")),
		"write gtk settings": os.WriteFile(filepath.Join(s.Home, ".config", "gtk-3.0", "settings.ini"), nil, 0o600),
		"connect lnd":        connect("tcp", s.Allowed),
		"connect other":      connect("tcp", s.Other),
		"connect by MPTCP":   mptcp(s.Other),
		"bind":               bind("127.0.0.1:0"),
		"send UDP":           socket(unix.AF_INET, unix.SOCK_DGRAM, 0),
		"raw socket":         socket(unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_ICMP),
		"netlink socket":     socket(unix.AF_NETLINK, unix.SOCK_RAW, 0),
		"io_uring":           uring(),
		"local socket":       connect("unix", s.Local),
		"abstract socket":    connect("unix", s.Abstract),
		"exec true":          exec.Command("/bin/true").Run(),
		"exec shell":         exec.Command("/bin/sh", "-c", "true").Run(),
	}
	results := map[string]string{}
	for what, err := range try {
		results[what] = ""
		switch {
		case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EPERM), errors.Is(err, syscall.EACCES):
			results[what] = "refused"
		case err != nil:
			results[what] = err.Error()
		}
	}
	return results
}

func read(path string) error { _, err := os.ReadFile(path); return err }

func list(path string) error { _, err := os.ReadDir(path); return err }

// program writes a program and runs it.
func program(path string) error {
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"), 0o700); err != nil {
		return err
	}
	return exec.Command(path).Run()
}

func connect(network, address string) error {
	c, err := net.Dial(network, address)
	if err == nil {
		c.Close()
	}
	return err
}

func mptcp(address string) error {
	var d net.Dialer
	d.SetMultipathTCP(true)
	c, err := d.Dial("tcp", address)
	if err == nil {
		c.Close()
	}
	return err
}

func bind(address string) error {
	var c net.ListenConfig
	c.SetMultipathTCP(false)
	l, err := c.Listen(context.Background(), "tcp", address)
	if err == nil {
		l.Close()
	}
	return err
}

func uring() error {
	_, _, errno := unix.Syscall(unix.SYS_IO_URING_SETUP, 1, 0, 0)
	if errno == unix.EFAULT {
		return nil // the kernel took the call and missed its arguments
	}
	return errno
}
