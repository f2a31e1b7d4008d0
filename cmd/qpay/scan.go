package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/urfave/cli/v2"

	"qpay/internal/client/pay"
	"qpay/internal/client/prompt"
	"qpay/internal/client/scan"
	"qpay/internal/wire"
)

func scanVerb() verb {
	return verb{
		name: "scan", usage: "read a QR code and do what it asks for",
		text: `qpay scan                          show what the camera sees until there is a code to pay
qpay scan --image shop.png         look for one in a picture; - is standard input
qpay scan --screen                 mark a part of this qube's screen with the mouse
qpay scan --camera /dev/video2     another camera than the first

A QR code is anything that qpay pay takes; others are passed over. What a service
leaves open is asked for, as qpay pay does. --timeout bounds the looking alone.

Exit codes besides those of qpay --help:
  20 no camera   21 nothing seen in time   22 zbarcam or zbarimg is missing
  23 ended by the person   24 the picture or the screen cannot be read`,
		max: 0, timeout: scanTakes, services: []string{wire.ServicePay, wire.ServiceMakeInvoice}, run: runScan,
		flags: []cli.Flag{
			&cli.StringFlag{Name: "image", Usage: "look in the picture `FILE`: PNG, JPEG or GIF"},
			&cli.BoolFlag{Name: "screen", Usage: "look in a part of the screen that you mark"},
			&cli.StringFlag{Name: "camera", Usage: "look through the camera `DEVICE`, such as /dev/video0"},
		},
	}
}

func runScan(c *call) error {
	if !c.inIsTerminal && !c.errIsTerminal { // started by dom0 or the desktop
		c.clicked, c.prompt = true, prompt.FindZenity(os.Getenv)
	}
	ctx, cancel := context.WithTimeout(c.Context.Context, c.timeout)
	text, e := c.scan(ctx, c.Context)
	cancel()
	if e != nil {
		return exitError(c.result(pay.Result{Error: unpaid(e)}))
	}
	if exit := c.pay(c.Context.Context, text, order{timeout: askingTakes}, ""); exit != wire.ExitOK {
		return exitError(exit)
	}
	return nil
}

// scan finds the text of a code that can be paid.
func (t *terminal) scan(ctx context.Context, c *cli.Context) (string, *wire.Error) {
	file, screen, camera := c.String("image"), c.Bool("screen"), c.String("camera")
	var f scan.Found
	var e *wire.Error
	switch {
	case file != "" && screen || file != "" && camera != "" || screen && camera != "":
		return "", wire.New(wire.BadRequest, "Only one of --image, --screen and --camera.", "leave the others out")
	case file != "":
		f, e = t.picture(ctx, file)
	case screen:
		t.say("mark the part of the screen that has the code")
		f, e = scan.Screen(ctx)
	default:
		done := t.waiting("looking for a code to pay; close the camera's window to stop")
		f, e = scan.Camera(ctx, camera, nil)
		done()
	}
	switch {
	case e != nil:
		return "", e
	case f.More > 0:
		t.warn(fmt.Sprintf("the picture has %d more to pay: this is the first that was found", f.More))
	}
	return f.Target.String(), nil
}

func (t *terminal) picture(ctx context.Context, file string) (scan.Found, *wire.Error) {
	var from io.Reader = t.in
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return scan.Found{}, wire.New(wire.BadPicture, fmt.Sprintf("The picture %q cannot be opened.", file), "see that it is there and that you may read it")
		}
		defer f.Close()
		from = f
	}
	return scan.Picture(ctx, from)
}

// scanned reads a code for qpay pay --qr.
func scanned(c *cli.Context, t *terminal) (text string, ok bool, err error) {
	ctx, cancel := context.WithTimeout(c.Context, scanTakes)
	defer cancel()
	text, e := t.scan(ctx, c)
	if e != nil {
		return "", false, exitError(t.result(pay.Result{Error: unpaid(e)}))
	}
	return text, true, nil
}
