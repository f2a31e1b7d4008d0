// Command qpay-dialog is the window of qpay, in lightningvm: qpay-server starts
// it, writes pages to its standard input and reads events from its standard
// output. It takes no arguments and opens nothing of its own.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"qpay/internal/dialog"
)

// version is set by the linker.
var version = "dev"

func main() {
	runtime.LockOSThread() // GTK stays on this thread
	switch {
	case len(os.Args) == 2 && os.Args[1] == "--version":
		fmt.Println("qpay-dialog", version)
		return
	case len(os.Args) > 1:
		fail("it takes no arguments: qpay-server starts it")
	}
	// A server that died is an error of the next write, not a sudden death.
	signal.Ignore(syscall.SIGPIPE)
	if err := dialog.Run(os.Stdin, os.Stdout); err != nil {
		fail(err)
	}
}

func fail(why any) {
	fmt.Fprintln(os.Stderr, "qpay-dialog: error:", why)
	os.Exit(1)
}
