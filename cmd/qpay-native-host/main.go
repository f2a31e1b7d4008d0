// Command qpay-native-host is started by a browser, in any enrolled qube,
// untrusted: it passes on what the extension asks to the wallet's qube. Its
// standard output belongs to package native alone; words for people go to
// standard error, which the browsers show in their logs.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"qpay/internal/client/native"
	"qpay/internal/client/relay"
)

// Set by the build: the version, and the path of qpay. Without a path it is the
// qpay beside this program.
var (
	version = "dev"
	program = ""
)

const help = `qpay-native-host - what the qpay extension of a browser talks to

The browser starts it by itself, when the first page asks for a payment, and
ends it when the last answer was given. There is nothing to start by hand:

   firefox, chromium                have the extension after qpay-client is installed
   qpay doctor                      says whether this qube may ask the wallet
   qpay --help                      the same requests from a terminal

   qpay-native-host --version       the version
   qpay-native-host --help          this text

Messages on standard input and output are a length of 32 bits and JSON, at most
64 KiB each; doc/webln.md describes them.
`

func main() { os.Exit(run()) }

func run() int {
	switch {
	case len(os.Args) == 2 && os.Args[1] == "--version":
		fmt.Println("qpay-native-host version", version)
		return 0
	case len(os.Args) == 2 && os.Args[1] == "--help":
		fmt.Print(help)
		return 0
	case byHand():
		fmt.Fprint(os.Stderr, help)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	// A browser that is gone shows as a failed write, not as a sudden death.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	host := native.Host{Call: relay.Call, Open: native.Program(qpay()).Open}
	if err := host.Serve(ctx, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "qpay-native-host: error: %v\n", err)
		fmt.Fprintln(os.Stderr, "qpay-native-host: hint: the browser and its extension start this program; see qpay-native-host --help")
		return 1
	}
	return 0
}

// byHand says whether somebody started it on a terminal: browsers use pipes.
func byHand() bool {
	info, err := os.Stdin.Stat()
	return err != nil || info.Mode()&os.ModeCharDevice != 0
}

func qpay() string {
	if program != "" {
		return program
	}
	self, err := os.Executable()
	if err != nil {
		return "qpay" // not found, which is answered
	}
	return filepath.Join(filepath.Dir(self), "qpay")
}
