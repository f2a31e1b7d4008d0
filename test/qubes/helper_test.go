package qubes

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// services are small service programs. The test binary is all of them: like
// qpay-server, it goes by the name under which it is run.
var services = map[string]func() int{
	"test.Echo":     echo,
	"test.Env":      showEnv,
	"test.Exit":     func() int { fmt.Fprint(os.Stderr, "first\nsecond"); return 7 },
	"test.Killed":   func() int { syscall.Kill(os.Getpid(), syscall.SIGKILL); select {} },
	"test.Witness":  witness,
	"test.Shut":     shut,
	"test.Flood":    flood,
	"test.Busy":     busy,
	"test.Hold":     func() int { io.Copy(io.Discard, os.Stdin); return 0 },
	"test.Writer":   writer,
	"test.Deaf":     func() int { time.Sleep(time.Hour); return 0 },
	"test.Parent":   parent,
	"test.HoldsErr": func() int { time.Sleep(300 * time.Millisecond); return 0 },
}

var clientPath string // the stand-in, built once

func TestMain(t *testing.M) {
	if service := services[filepath.Base(os.Args[0])]; service != nil {
		os.Exit(service())
	}
	os.Exit(runTests(t))
}

func runTests(t *testing.M) int {
	dir, err := os.MkdirTemp("", "qubes-test-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if clientPath, err = BuildClient(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return t.Run()
}

func echo() int {
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil {
		return 9
	}
	fmt.Print(line)
	return 0
}

func showEnv() int {
	for _, setting := range os.Environ() {
		fmt.Println(setting)
	}
	dir, _ := os.Getwd()
	sid, _ := unix.Getsid(0)
	umask := syscall.Umask(0)
	fmt.Printf("cwd=%s\numask=%04o\nleader=%v\nargs=%q\n", dir, umask, sid == os.Getpid(), os.Args)
	for fd := 0; fd < 3; fd++ {
		target, _ := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd))
		kind, _, _ := strings.Cut(target, ":")
		fmt.Printf("fd%d=%s\n", fd, kind)
	}
	return 0
}

// report is the file in which a service tells what it saw, once its caller is
// gone.
func report(format string, args ...any) {
	file := filepath.Join(os.Getenv("REPORT"), filepath.Base(os.Args[0]))
	os.WriteFile(file+".new", fmt.Appendf(nil, format, args...), 0o600)
	os.Rename(file+".new", file)
}

// witness reports how the death of its caller looks: end of input, no signal,
// nothing by poll, EPIPE when it writes.
func witness() int {
	signals := make(chan os.Signal, 9)
	signal.Notify(signals, syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT,
		syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGPIPE, syscall.SIGCONT)
	_, err := io.Copy(io.Discard, os.Stdin)
	time.Sleep(100 * time.Millisecond)
	before := len(signals)
	poll := []unix.PollFd{{Fd: 1, Events: unix.POLLOUT}}
	unix.Poll(poll, 0)
	_, errOut := os.Stdout.WriteString("answer\n")
	_, errErr := os.Stderr.WriteString("complaint\n")
	report("stdin=%v signals=%d poll=%v out=%v err=%v", err, before,
		poll[0].Revents == unix.POLLOUT, errors.Is(errOut, syscall.EPIPE),
		errors.Is(errErr, syscall.EPIPE))
	return 0
}

// shut closes its output, then still reads, then has an exit code.
func shut() int {
	fmt.Print("early\n")
	os.Stdout.Close()
	line, _ := bufio.NewReader(os.Stdin).ReadString('\n')
	report("%s", line)
	return 5
}

func flood() int {
	block := strings.Repeat("x", 1<<16)
	for range 100 {
		if _, err := os.Stdout.WriteString(block); err != nil {
			return 1
		}
	}
	return 3
}

// busy neither reads nor writes, and is to run to its end unaware.
func busy() int {
	for range 500 {
		if _, err := os.Stat(filepath.Join(os.Getenv("REPORT"), "go-on")); err == nil {
			report("done")
			return 0
		}
		time.Sleep(10 * time.Millisecond)
	}
	return 1
}

// writer waits for the end of its input and writes without any precaution.
func writer() int {
	io.Copy(io.Discard, os.Stdin)
	time.Sleep(100 * time.Millisecond)
	fmt.Println("answer")
	return 0
}

// parent leaves a child behind that holds its standard error.
func parent() int {
	program, _ := os.Executable()
	cmd := &exec.Cmd{Path: program, Args: []string{"test.HoldsErr"}, Env: os.Environ(), Stderr: os.Stderr}
	if cmd.Start() != nil {
		return 1
	}
	return 6
}
