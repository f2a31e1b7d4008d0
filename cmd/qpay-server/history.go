package main

import (
	"os"
	"time"

	"github.com/urfave/cli/v2"

	"qpay/internal/server/hint"
	"qpay/internal/server/history"
)

func historyCommand() *cli.Command {
	asJSON := &cli.BoolFlag{Name: "json", Usage: "print whole records, as JSON"}
	return &cli.Command{
		Name:         "history",
		Usage:        "show the payments that were asked for, newest first",
		OnUsageError: usage,
		Description: `The journal of this qube: who asked for what, and what became of it. Invoices
that were made for a qube are not in it: lnd lists those.

Examples:
  qpay-server history --since 7d --state paid
  qpay-server history --qube personal --limit 20
  qpay-server history --csv > payments.csv
  qpay-server history --window            the newest in a window, as the menu entry does
  qpay-server history --refresh           ask the node about open payments first
  qpay-server history show 9b3c41f0       all about one, with the proof of payment`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "qube", Usage: "what the qube `NAME` asked for"},
			&cli.StringFlag{Name: "since", Usage: "what was asked for since `TIME`: 2026-01-02, 12h, 7d"},
			&cli.StringFlag{Name: "state", Usage: "what is in `STATE`: asked approved sent paid failed unknown denied expired gone"},
			&cli.IntFlag{Name: "limit", Usage: "at most `N`"},
			asJSON,
			&cli.BoolFlag{Name: "csv", Usage: "print CSV, amounts in millisatoshi"},
			&cli.BoolFlag{Name: "window", Usage: "show the newest in a window"},
			&cli.BoolFlag{Name: "refresh", Usage: "ask the node what became of open payments"},
		},
		Action: runHistory,
		Subcommands: []*cli.Command{{
			Name:         "show",
			Usage:        "show all about one payment, with the proof that it was paid",
			ArgsUsage:    "HASH",
			OnUsageError: usage,
			Description: `HASH is a payment hash, or at least its first 8 digits. The preimage proves the
payment: only the payee could give it away, and its SHA-256 is the payment hash.

Examples:
  qpay-server history show 9b3c41f0
  qpay-server history show --json 9b3c41f0`,
			Flags:  []cli.Flag{asJSON},
			Action: runShow,
		}},
	}
}

func runHistory(c *cli.Context) error {
	switch {
	case c.Args().Present():
		return hint.New("history takes no arguments, only flags.", "to see one payment: qpay-server history show HASH")
	case c.Bool("json") && c.Bool("csv"), c.Bool("window") && (c.Bool("json") || c.Bool("csv")):
		return hint.New("--json, --csv and --window exclude each other.", "give one of them")
	case c.Int("limit") < 0 || c.IsSet("limit") && c.Int("limit") == 0:
		return hint.New("--limit wants a number above zero.", "leave it out to see all")
	}
	since, err := history.ParseSince(c.String("since"), time.Now())
	if err != nil {
		return err
	}
	state, err := history.ParseState(c.String("state"))
	if err != nil {
		return err
	}
	home, err := home()
	if err != nil {
		return err
	}
	j, err := history.Open(home)
	if err != nil {
		return err
	}
	var late error // the table is worth showing all the same
	if c.Bool("refresh") {
		late = history.Refresh(c.Context, home, j, os.Stderr)
	}
	rs, err := history.Select(j, history.Filter{Qube: c.String("qube"), Since: since, State: state, Limit: c.Int("limit")})
	if err != nil {
		return err
	}
	print := history.Table
	switch {
	case c.Bool("window"):
		print = showWindow
	case c.Bool("json"):
		print = history.JSON
	case c.Bool("csv"):
		print = history.CSV
	}
	if err := print(c.App.Writer, rs); err != nil {
		return err
	}
	return late
}

func runShow(c *cli.Context) error {
	if c.Args().Len() != 1 {
		return hint.New("show wants one payment hash; options come before it.", "qpay-server history lists them")
	}
	home, err := home()
	if err != nil {
		return err
	}
	j, err := history.Open(home)
	if err != nil {
		return err
	}
	rs, err := history.Find(j, c.Args().First())
	if err != nil {
		return err
	}
	if c.Bool("json") {
		return history.JSON(c.App.Writer, rs)
	}
	return history.Show(c.App.Writer, rs)
}
