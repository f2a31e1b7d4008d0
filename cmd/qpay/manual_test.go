package main

import (
	"flag"
	"testing"

	"qpay/test/manual"
)

var update = flag.Bool("update", false, "write the man page and the completions anew")

func TestManual(t *testing.T) {
	p := manual.Of(app(&terminal{}))
	p.See = []string{"qpay-server(1)", "zbarcam(1)"}
	manual.Check(t, p, *update)
}
