package main

import (
	"context"
	"errors"

	"github.com/urfave/cli/v2"

	"qpay/internal/client/selection"
)

// selections are flags, in the order of the help.
var selections = []struct {
	flag, short string
	which       selection.Selection
}{
	{"primary", "p", selection.Primary},
	{"secondary", "s", selection.Secondary},
	{"clipboard", "c", selection.Clipboard},
}

func selectionFlags() (flags []cli.Flag) {
	for _, s := range selections {
		flags = append(flags, &cli.BoolFlag{Name: s.flag, Aliases: []string{s.short}, Usage: "pay what is in the " + string(s.which)})
	}
	flags = append(flags, &cli.BoolFlag{Name: "qr", Aliases: []string{"q"}, Usage: "pay what the camera sees, as qpay scan does"})
	return append(flags, &cli.BoolFlag{Name: "write-back", Usage: "then put the preimage there"})
}

// selected reads the selection that was asked for, if one was. It is a text of
// its own: neither "-" nor an option in it means anything.
func selected(c *cli.Context, t *terminal, texts []string) (text string, ok bool, err error) {
	var which selection.Selection
	qr := given(c, "qr").Bool("qr")
	for _, s := range selections {
		switch on := given(c, s.flag).Bool(s.flag); {
		case on && which != "":
			return "", false, badUsage("", "only one of --primary, --secondary and --clipboard")
		case on && qr:
			return "", false, badUsage("leave one of them out", "--qr, and --%s as well", s.flag)
		case on:
			which = s.which
		}
	}
	back := given(c, "write-back").Bool("write-back")
	switch {
	case which == "" && back:
		return "", false, badUsage("", "--write-back is for --primary, --secondary and --clipboard")
	case qr && len(texts) > 0:
		return "", false, badUsage("leave one of them out", "an invoice was given, and --qr as well")
	case qr:
		return scanned(c, t)
	case which == "":
		return "", false, nil
	case len(texts) > 0:
		return "", false, badUsage("leave one of them out", "an invoice was given, and the %s as well", which)
	}
	text, err = selection.Read(c.Context, which)
	if err != nil {
		return "", false, unselected(err)
	}
	if back {
		t.paid = func(preimage string) { t.writeBack(c.Context, which, preimage) }
	}
	return text, true, nil
}

// writeBack comes after the payment, so that its failure is a warning.
func (t *terminal) writeBack(ctx context.Context, which selection.Selection, preimage string) {
	if err := selection.Write(context.WithoutCancel(ctx), which, preimage); err != nil {
		t.warn("it was paid, but the preimage is not in the " + string(which) + ": " + err.Error())
		return
	}
	t.say("the preimage is in the %s", which)
}

func unselected(err error) error {
	var e *selection.Error
	if errors.As(err, &e) {
		return badUsage(e.Hint+"; nothing was paid", "%s", e.Message)
	}
	return err
}
