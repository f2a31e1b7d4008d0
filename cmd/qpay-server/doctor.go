package main

import (
	"os"
	"path/filepath"
	"time"

	"github.com/urfave/cli/v2"

	"qpay/internal/server/doctor"
)

func doctorCommand() *cli.Command {
	return &cli.Command{
		Name:         "doctor",
		Usage:        "look at each thing that must be right before this qube can pay",
		OnUsageError: usage,
		Description: `One line for each thing: ok, warn or FAIL, and a hint where it is not right.
What can be sent is told where get_balance is switched on: else the macaroon may
not ask. Nothing is changed, and no secret is shown. The exit code is 1 if anything FAILs.

Examples:
  qpay-server doctor
  qpay-server doctor --json | jq '.findings[] | select(.status != "ok")'`,
		Flags:  []cli.Flag{&cli.BoolFlag{Name: "json", Usage: "print one JSON object"}},
		Action: runDoctor,
	}
}

func runDoctor(c *cli.Context) error {
	home, err := home()
	if err != nil {
		return err
	}
	findings := doctor.Look(c.Context, doctor.Place{
		Home: home, Dialog: filepath.Join(libexec, "qpay-dialog"), Getenv: os.Getenv, Now: time.Now,
	})
	show := doctor.Print
	if c.Bool("json") {
		show = doctor.PrintJSON
	}
	if err := show(c.App.Writer, findings); err != nil {
		return err
	}
	if doctor.Failed(findings) {
		return cli.Exit("", 1) // all is said
	}
	return nil
}
