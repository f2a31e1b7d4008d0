package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"qpay/internal/server/hint"
	"qpay/internal/server/setup"
)

const setupHelp = `Makes a macaroon that allows just what the services need, from the node's admin
macaroon, which is used once and kept nowhere. Whatever is not given stays as it
is. Without the flags that a first setup needs, it asks for them.

Examples:
  qpay-server setup --tls-cert ~/.lnd/tls.cert \
      --admin-macaroon ~/.lnd/data/chain/bitcoin/mainnet/admin.macaroon
  qpay-server setup --lndconnect < uri.txt       all three from one lndconnect:// URI
  qpay-server setup --max-payment-sat 50000      the node has no part in this
  qpay-server setup --service sign_message --admin-macaroon FILE
  qpay-server setup --no-service sign_message --admin-macaroon FILE
  qpay-server setup --revoke --admin-macaroon FILE

Services: make_invoice lookup_invoice get_info verify_message (on as shipped),
          sign_message keysend get_balance (off as shipped)`

func setupCommand() *cli.Command {
	return &cli.Command{
		Name:         "setup",
		Usage:        "tell this qube about its Lightning node and its limits",
		Description:  setupHelp,
		OnUsageError: usage,
		Action:       runSetup,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "address", Usage: "`HOST:PORT` of lnd's rpclisten (127.0.0.1:10009)"},
			&cli.StringFlag{Name: "tls-cert", Usage: "`FILE` with the node's certificate"},
			&cli.StringFlag{Name: "admin-macaroon", Usage: "`FILE` with a macaroon that may make others"},
			&cli.BoolFlag{Name: "lndconnect", Usage: "read address, certificate and admin macaroon from an lndconnect:// URI on standard input"},
			&cli.StringFlag{Name: "network", Usage: "refuse a node that is not on `NETWORK` (what the node says)"},
			&cli.StringSliceFlag{Name: "service", Usage: "switch the service `NAME` on"},
			&cli.StringSliceFlag{Name: "no-service", Usage: "switch the service `NAME` off"},
			&cli.Uint64Flag{Name: "fee-base-sat", DefaultText: "10", Usage: "`SAT` that a payment's fee may always reach"},
			&cli.Uint64Flag{Name: "fee-ppm", DefaultText: "10000, 1 %", Usage: "a fee may reach `PPM` millionths of the amount, where that is more"},
			&cli.Uint64Flag{Name: "max-payment-sat", DefaultText: "1000000", Usage: "offer no payment of more than `SAT`"},
			&cli.BoolFlag{Name: "revoke", Usage: "delete qpay's macaroon, at the node and here"},
		},
	}
}

func runSetup(c *cli.Context) error {
	if c.Args().Present() {
		return hint.New("setup takes no arguments, only flags.", "a secret on a command line can be seen by others: give a file, or --lndconnect")
	}
	home, err := home()
	if err != nil {
		return err
	}
	q := setup.Request{
		Address: c.String("address"), Network: c.String("network"),
		On: c.StringSlice("service"), Off: c.StringSlice("no-service"),
		FeeBaseSat: given(c, "fee-base-sat"), FeePPM: given(c, "fee-ppm"), MaxPaymentSat: given(c, "max-payment-sat"),
	}
	if err := secrets(c, &q); err != nil {
		return err
	}
	if !c.Bool("revoke") && !c.Bool("lndconnect") && term.IsTerminal(int(os.Stdin.Fd())) {
		if err := setup.Ask(home, &q, os.Stdin, c.App.Writer); err != nil {
			return err
		}
	}
	// From here on Ctrl-C ends a call to the node, and what was begun is undone.
	ctx, stop := signal.NotifyContext(c.Context, os.Interrupt, syscall.SIGTERM)
	defer stop()
	if c.Bool("revoke") {
		return setup.Revoke(ctx, home, q, c.App.Writer)
	}
	return setup.Run(ctx, home, q, c.App.Writer)
}

// home is the home folder, below which everything is.
func home() (string, error) {
	h := os.Getenv("HOME")
	if !filepath.IsAbs(h) {
		return "", hint.New("HOME is not an absolute path.", "run this as the user who owns the wallet")
	}
	return h, nil
}

func given(c *cli.Context, flag string) *uint64 {
	if !c.IsSet(flag) {
		return nil
	}
	n := c.Uint64(flag)
	return &n
}

// secrets fills in what comes from files or standard input.
func secrets(c *cli.Context, q *setup.Request) (err error) {
	if c.Bool("lndconnect") {
		if c.IsSet("address") || c.IsSet("admin-macaroon") {
			return hint.New("--lndconnect gives the address and the macaroon already.", "leave out --address and --admin-macaroon")
		}
		if term.IsTerminal(int(os.Stdin.Fd())) {
			fmt.Fprintln(os.Stderr, "Paste the lndconnect:// URI, then Return and Ctrl-D; it will be seen on the screen.")
		}
		uri, err := setup.ReadAll(os.Stdin, "standard input")
		if err != nil {
			return err
		}
		defer clear(uri)
		if q.Address, q.Certificate, q.Admin, err = setup.ParseURI(string(uri)); err != nil {
			return err
		}
		if err := setup.CheckMacaroon(q.Admin); err != nil {
			return err
		}
	}
	if f := c.String("tls-cert"); f != "" {
		if q.Certificate, err = setup.ReadCertificate(f); err != nil {
			return err
		}
	}
	if f := c.String("admin-macaroon"); f != "" {
		q.Admin, err = setup.ReadMacaroon(f)
	}
	return err
}
