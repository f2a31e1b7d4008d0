package main

import (
	"flag"
	"testing"

	"qpay/test/manual"
)

var update = flag.Bool("update", false, "write the man page and the completions anew")

func TestManual(t *testing.T) {
	p := manual.Of(app())
	p.Exits = [][2]string{{"0", "done"}, {"1", "an error, which is told on standard error"}}
	p.Files = [][2]string{
		{"~/.config/qpay-server/config.toml", "what setup wrote: the node, the services, the limits"},
		{"~/.config/qpay-server/macaroon", "allows the services that are switched on, and no more"},
		{"~/.local/state/qpay-server/", "the journal of all requests"},
		{"/etc/qubes-rpc/qpay.*", "links by which Qubes starts the program"},
	}
	p.See = []string{"qpay(1)", "lncli(1)"}
	manual.Check(t, p, *update)
}
