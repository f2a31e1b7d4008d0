package command

import (
	"errors"
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"qpay/internal/dom0/camera"
)

const examples = `qpay-camera scan                                  scan a code, and ask what is not clear
qpay-camera scan --qube personal                  in this qube
qpay-camera scan --qube personal --camera sys-usb:2-1 --timeout 90
qpay-camera restore                               take the camera back after a crash

The camera is lent to the qube, which reads the code and asks the wallet to
pay it, as qpay does. Then the camera goes back to where it was. Nothing that
a qube writes reaches dom0 but an exit code, which is passed on.

Exit code:
  0 paid, or nothing left to do   1 failed   2 wrong usage
  3 cancelled here, or refused in the wallet's window
  4 not payable   5 the wallet cannot now   6 tried and failed, no money moved
  7 it may have been paid: do not pay anew   8 the wallet was not reached
  20 no camera in the qube   21 no code in time   22 no scanner installed
  23 scanner closed   24 picture unreadable`

func (r *run) app(version string, stdout io.Writer) *cli.App {
	return &cli.App{
		Name:            "qpay-camera",
		Usage:           "lend the camera to a qube that scans a payment code, and take it back",
		UsageText:       examples,
		Version:         version,
		HideHelpCommand: true,
		Writer:          stdout,
		ErrWriter:       r.stderr,
		OnUsageError:    usageError,
		ExitErrHandler:  func(*cli.Context, error) {}, // main alone exits
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return usage{fmt.Errorf("unknown command %q", c.Args().First())}
			}
			return cli.ShowAppHelp(c)
		},
		Commands: []*cli.Command{{
			Name: "scan", Usage: "lend the camera, scan, take it back", Action: r.scan, OnUsageError: usageError,
			HideHelpCommand: true,
			Flags: []cli.Flag{
				&cli.StringFlag{Name: "qube", Usage: "the `NAME` of the qube that scans and asks for the payment"},
				&cli.StringFlag{Name: "camera", Usage: "the camera's `ID` as in the list, sys-usb:2-1 or sys-usb:dev-video0"},
				&cli.IntFlag{Name: "timeout", Usage: "how many seconds (`S`) the qube looks for a code: 10 to 600, usually 60"},
			},
		}, {
			Name: "restore", Usage: "take the camera back that an earlier scan left behind", Action: r.restore,
			OnUsageError: usageError, HideHelpCommand: true,
			Flags: []cli.Flag{
				&cli.BoolFlag{Name: "wait", Usage: "wait for the end of a scan first, however it ends"},
			},
		}},
	}
}

func (r *run) scan(c *cli.Context) error {
	if c.Args().Present() {
		return usage{fmt.Errorf("scan takes options alone, not %q", c.Args().First())}
	}
	w, err := r.wish(c)
	switch {
	case err != nil && c.NumFlags() > 0:
		return usage{err}
	case err != nil: // the configuration; the menu shows no terminal
		return &camera.Trouble{Text: "The configuration cannot be used: " + err.Error() + ".", Hint: "Mend " + r.Config + " in dom0."}
	}
	s, err := r.session()
	if err != nil {
		return err
	}
	qube, code, err := s.Scan(c.Context, w)
	if err != nil {
		return err
	}
	r.tellOutcome(c.Context, camera.OutcomeOf(qube, code))
	if !camera.Passed(code) {
		code = exitFailed
	}
	return exitError(code)
}

func (r *run) restore(c *cli.Context) error {
	if c.Args().Present() {
		return usage{errors.New("restore takes no arguments")}
	}
	s, err := r.session()
	if err != nil {
		return err
	}
	return s.Restore(c.Context, c.Bool("wait"))
}
