// Command qrexec-client-vm stands in for the program of that name, in the
// simulated qubes of test/qubes. It is called as `qrexec-client-vm TARGET
// SERVICE[+ARGUMENT]`, with the request on standard input.
//
// It does not say in which qube it runs: the machine knows that by the socket,
// which lies beside the folder in which this program is installed.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"qpay/test/qubes/frame"
)

// Exit codes of its own, as the real program has them. 126 is a refusal.
const (
	exitUsage   = 2
	exitProblem = 255
	exitRefused = 126
)

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	if code, problem := check(args); problem != "" {
		fmt.Fprintln(os.Stderr, "qrexec-client-vm:", problem)
		return code
	}
	conn, err := dial()
	if err != nil {
		fmt.Fprintln(os.Stderr, "qrexec-client-vm: no simulated machine:", err)
		return exitProblem
	}
	// A reader of our output that is gone must not end the call.
	signal.Ignore(syscall.SIGPIPE)
	if err := frame.Write(conn, frame.Request, []byte(args[0]+"\x00"+args[1])); err != nil {
		fmt.Fprintln(os.Stderr, "qrexec-client-vm:", err)
		return exitProblem
	}
	if kind, _, err := frame.Read(conn); err != nil || kind != frame.Accepted {
		fmt.Fprintln(os.Stderr, "Request refused")
		return exitRefused
	}
	go sendStdin(conn)
	return receive(conn)
}

// check is stricter than the real program: it has no options and runs no local
// program, since qpay uses neither.
func check(args []string) (int, string) {
	switch {
	case len(args) < 2 || strings.HasPrefix(args[0], "-"):
		return exitUsage, "usage: qrexec-client-vm TARGET SERVICE[+ARGUMENT]"
	case len(args) > 2 && !filepath.IsAbs(args[2]):
		return exitProblem, "a local program must be given by its absolute path"
	case len(args) > 2:
		return exitProblem, "the stand-in runs no local program"
	case len(args[1]) > 3000: // the real one hangs, and later calls with it
		return exitProblem, "the argument is too long"
	}
	return 0, ""
}

// dial goes by way of a descriptor of the folder, since the name of a unix
// socket may be 107 bytes long at most.
func dial() (net.Conn, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	dir, err := os.Open(filepath.Dir(filepath.Dir(program)))
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	return net.Dial("unix", fmt.Sprintf("/proc/self/fd/%d/qrexec.sock", dir.Fd()))
}

func sendStdin(conn io.Writer) {
	buf := make([]byte, 32<<10)
	for {
		n, err := os.Stdin.Read(buf)
		if n > 0 && frame.Write(conn, frame.Stdin, buf[:n]) != nil {
			return
		}
		if err != nil {
			frame.Write(conn, frame.Stdin, nil)
			return
		}
	}
}

// receive writes out what comes and returns the service's exit code. Output
// that nobody takes is lost, as in the real one.
func receive(conn io.Reader) int {
	for {
		kind, payload, err := frame.Read(conn)
		switch {
		case err != nil:
			fmt.Fprintln(os.Stderr, "qrexec-client-vm: the connection was lost")
			return exitProblem
		case kind == frame.Stdout && len(payload) == 0:
			os.Stdout.Close()
		case kind == frame.Stdout:
			os.Stdout.Write(payload)
		case kind == frame.Stderr:
			os.Stderr.Write(payload)
		case kind == frame.Exit && len(payload) == 1:
			return int(payload[0])
		}
	}
}
