package main

import (
	"fmt"
	"os"

	"github.com/urfave/cli/v2"

	"qpay/internal/server/config"
	"qpay/internal/server/hint"
	"qpay/internal/server/payment"
	"qpay/internal/server/quiet"
)

func unmuteCommand() *cli.Command {
	return &cli.Command{
		Name:      "unmute",
		Usage:     "let a qube ask again that was muted in a window, or has to pause",
		ArgsUsage: "QUBE",
		Action:    unmute,
	}
}

func unmute(c *cli.Context) error {
	name := c.Args().First()
	if c.NArg() != 1 || !payment.Qube(name).Valid() {
		return hint.New("unmute takes the name of one qube", "qpay-server unmute personal")
	}
	_, state := config.Folders(os.Getenv("HOME"))
	q, err := quiet.Open(state, 0)
	if err != nil {
		return err
	}
	was, err := q.End(payment.Qube(name))
	switch {
	case err != nil:
		return err
	case was:
		fmt.Fprintf(c.App.Writer, "%s may ask again\n", name)
	default:
		fmt.Fprintf(c.App.Writer, "%s was not muted\n", name)
	}
	return nil
}
