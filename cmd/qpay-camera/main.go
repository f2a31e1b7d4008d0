// Command qpay-camera runs in dom0, trusted: it lends the camera to a qube that
// scans a payment code, and takes it back.
package main

import (
	"fmt"
	"os"

	"qpay/internal/dom0/command"
)

// version is set by the build.
var version = "dev"

func main() {
	if os.Geteuid() == 0 && len(os.Args) > 1 && (os.Args[1] == "scan" || os.Args[1] == "restore") {
		// What is lent is noted in the person's home, where the next run looks.
		fmt.Fprintln(os.Stderr, "qpay-camera: error: it runs in your own name, not as root")
		fmt.Fprintln(os.Stderr, "qpay-camera: hint: leave sudo out")
		os.Exit(2)
	}
	os.Exit(command.Main(version, command.Installed(), os.Args, os.Stdout, os.Stderr))
}
