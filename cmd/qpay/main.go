// Command qpay runs in any enrolled qube, untrusted: it asks the wallet's qube
// for payments, invoices and signatures. Results alone go to standard output,
// everything else to standard error.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"qpay/internal/wire"
)

// version is set by the build.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	t := newTerminal(os.Stdin, os.Stdout, os.Stderr)
	err := app(t).RunContext(ctx, os.Args)
	code := t.exit(err)
	t.tell(ctx)
	os.Exit(int(code))
}

// exitError carries an exit code out of the command, after all was said.
type exitError wire.Exit

func (e exitError) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// exit turns the error of a command into the exit code, and says what was not
// said before.
func (t *terminal) exit(err error) wire.Exit {
	var code exitError
	switch {
	case err == nil:
		return wire.ExitOK
	case errors.As(err, &code):
		return wire.Exit(code)
	}
	hint := "see qpay --help"
	var u usage
	if errors.As(err, &u) && u.hint != "" {
		hint = u.hint
	}
	e := wire.New(wire.BadRequest, err.Error(), hint)
	if t.clicked {
		return wire.ExitFor(t.told(struct {
			Error *wire.Error `json:"error"`
		}{e}, e))
	}
	t.errorAndHint(e.Message, e.Hint)
	return wire.ExitUsage
}
