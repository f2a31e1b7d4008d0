// Command qpay-server runs in lightningvm, trusted. qrexec starts it by a
// link in /etc/qubes-rpc, once for each request; a person starts it by its own
// name.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"qpay/internal/server/config"
	"qpay/internal/server/hint"
	"qpay/internal/server/payment"
	"qpay/internal/server/sandbox"
	"qpay/internal/server/service"
)

// Set by the build. libexec is where the programs of this package are
// installed, as a --libexecdir elsewhere.
var (
	version = "dev"
	libexec = "/usr/libexec/qpay"
)

func main() {
	// A caller that is gone must cost the answer, never the payment.
	signal.Ignore(syscall.SIGPIPE)
	if strings.HasPrefix(filepath.Base(os.Args[0]), "qpay.") {
		os.Args = []string{"qpay-server", "serve"} // by the link; an argument has no meaning
	}
	if len(os.Args) == 2 && os.Args[1] == dialogStage {
		err := sandbox.Dialog(dialog(), os.Getenv("HOME"), os.Environ())
		fmt.Fprintf(os.Stderr, "qpay-server: error: %v\n", err)
		os.Exit(1)
	}
	if err := app().Run(os.Args); err != nil {
		fmt.Fprintf(os.Stderr, "qpay-server: error: %v\n", err)
		if advice := hint.Of(err); advice != "" {
			fmt.Fprintf(os.Stderr, "qpay-server: hint: %s\n", advice)
		}
		os.Exit(1)
	}
}

// dialogStage is the hidden command between this program and qpay-dialog: it
// gives up everything but what the dialog needs, and becomes it.
const dialogStage = "dialog-stage"

func dialog() string { return filepath.Join(libexec, "qpay-dialog") }

func confine(c config.Config) error {
	return sandbox.Server{
		StateFolder: c.StateFolder,
		Address:     c.Address,
		Dialog:      dialog(),
		Home:        os.Getenv("HOME"),
		Required:    c.Sandboxed,
	}.Enter()
}

func app() *cli.App {
	return &cli.App{
		Name:            "qpay-server",
		Usage:           "Lightning payments that other qubes ask for and a person approves",
		Version:         version,
		HideHelpCommand: true,
		Description: "Runs in the qube that holds the wallet. Qubes starts it for each request by\n" +
			"the links /etc/qubes-rpc/qpay.*; the command serve is for that alone.",
		Commands: []*cli.Command{{
			Name:   "serve",
			Usage:  "answer one request on standard input, as qrexec starts it",
			Action: serve,
		},
			setupCommand(),
			doctorCommand(),
			historyCommand(),
			unmuteCommand(),
		},
		OnUsageError: usage,
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return fmt.Errorf("unknown command %q; see qpay-server --help", c.Args().First())
			}
			return cli.ShowAppHelp(c)
		},
	}
}

// usage says what is wrong with the command line, and not the whole help.
func usage(c *cli.Context, err error, _ bool) error {
	return hint.New(err.Error(), "see "+c.App.Name+" --help, or --help after a command")
}

func serve(c *cli.Context) error {
	name, argument, _ := strings.Cut(os.Getenv("QREXEC_SERVICE_FULL_NAME"), "+")
	caller := payment.Qube(os.Getenv("QREXEC_REMOTE_DOMAIN"))
	switch {
	case name == "" || !caller.Valid():
		return errors.New("serve is started by qrexec, which says who calls; see qpay-server --help")
	case argument != "":
		return errors.New("a service argument, which no qpay service takes") // policy refuses it too
	}
	service.Call{
		Caller:  caller,
		Service: name,
		In:      os.Stdin,
		Out:     os.Stdout,
		Home:    os.Getenv("HOME"),
		Dialog:  []string{sandbox.Self, dialogStage},
		Confine: confine,
		Version: version,
		Now:     time.Now,
	}.Serve(context.Background())
	return nil
}
