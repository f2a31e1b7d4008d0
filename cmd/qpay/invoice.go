package main

import (
	"context"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"qpay/internal/client/picture"
	"qpay/internal/client/receive"
	"qpay/internal/client/wallet"
	"qpay/internal/wire"
)

func invoiceVerb() verb {
	return verb{
		name: "invoice", usage: "ask for an invoice, to be paid", arguments: "AMOUNT|any [MEMO]",
		text: `qpay invoice 1000 'two coffees'         an invoice over 1 000 sat
qpay invoice --qr --wait 1000           show it, and wait until it is paid
qpay invoice --min 100 --max 5000 any   the person chooses the amount
qpay invoice --png tip.png any tip      the payer chooses; a picture to print

Only the payment request goes to standard output. With --wait and --json a
second object follows it when the invoice is paid, has expired or is cancelled.`,
		min: 1, max: 2, timeout: askingTakes, run: invoice,
		services: []string{wire.ServiceMakeInvoice, wire.ServiceLookupInvoice},
		flags: []cli.Flag{
			&cli.DurationFlag{Name: "expiry", Usage: "how long it can be paid, such as 24h", DefaultText: "an hour"},
			&cli.StringFlag{Name: "min", Usage: "the least `SAT` that the person may choose; AMOUNT is then a suggestion"},
			&cli.StringFlag{Name: "max", Usage: "the most `SAT`, likewise"},
			&cli.BoolFlag{Name: "qr", Usage: "show a QR code on the terminal (standard error)"},
			&cli.StringFlag{Name: "png", Usage: "write the QR code to `FILE`"},
			&cli.BoolFlag{Name: "force", Usage: "overwrite the file of --png"},
			&cli.BoolFlag{Name: "wait", Usage: "wait until it is paid; --timeout then bounds that too"},
		},
	}
}

// walletExpiry is what the wallet gives an invoice that asks for nothing else.
const walletExpiry = time.Hour

func invoice(c *call) error {
	q, err := invoiceRequest(c)
	if err != nil {
		return err
	}
	file, err := pngFile(c)
	if err != nil {
		return err
	}
	if file != nil {
		defer file.Close()
	}
	a, err := ask(c, q, wallet.Invoice)
	if err != nil {
		return err
	}
	c.print(a, a.PaymentRequest)
	err = c.draw(a.PaymentRequest, file)
	if c.Bool("wait") && c.Err() == nil {
		if waited := c.wait(a.PaymentHash, q.Expiry); waited != nil {
			return waited
		}
	}
	return err
}

// pngFile sees before anybody is asked that the picture can be written.
func pngFile(c *call) (*picture.File, error) {
	if !c.IsSet("png") {
		if c.Bool("force") {
			return nil, badUsage("", "--force is for --png")
		}
		return nil, nil
	}
	f, err := picture.Create(c.String("png"), c.Bool("force"))
	if err != nil {
		return nil, badUsage("no invoice was asked for", "--png: %v", err)
	}
	return f, nil
}

// draw makes the pictures. The invoice exists already, so that a failure here
// does not end what comes after.
func (c *call) draw(request string, file *picture.File) error {
	if !c.Bool("qr") && file == nil {
		return nil
	}
	code, err := picture.New(request)
	if err == nil && c.Bool("qr") {
		c.show(code)
	}
	if err == nil && file != nil {
		err = file.Save(code)
	}
	if err != nil {
		c.errorAndHint("the picture could not be made: "+err.Error(), "the invoice was made; it is on standard output")
		return exitError(wire.ExitInternal)
	}
	return nil
}

func invoiceRequest(c *call) (q wire.MakeInvoiceRequest, err error) {
	q.V = wire.Version
	amount, err := openAmount(c.args[0])
	if err != nil {
		return q, err
	}
	if len(c.args) > 1 {
		if q.Memo, err = memo(c.args[0], c.args[1]); err != nil {
			return q, err
		}
	}
	if q.Expiry, err = expiry(c); err != nil {
		return q, err
	}
	if q.Min, err = bound(c, "min"); err != nil {
		return q, err
	}
	if q.Max, err = bound(c, "max"); err != nil {
		return q, err
	}
	if q.Min == nil && q.Max == nil {
		q.Amount = amount
		return q, nil
	}
	q.Default = amount
	return q, inRange(q.Min, q.Default, q.Max)
}

// wait waits until the invoice is paid.
func (c *call) wait(hash string, expiry uint32) error {
	lasts := time.Duration(expiry) * time.Second
	if expiry == 0 {
		lasts = walletExpiry
	}
	ctx := c.Context.Context
	if given(c.Context, "timeout").IsSet("timeout") {
		limited, cancel := context.WithTimeout(ctx, c.timeout)
		defer cancel()
		ctx = limited
	}
	return c.await(ctx, hash, lasts)
}

// await asks the wallet until an invoice that it made is paid.
func (t *terminal) await(ctx context.Context, hash string, lasts time.Duration) error {
	w := receive.Wait{Expiry: lasts, Progress: func(s string) { t.say("%s", s) }, Pause: receive.Pause, Now: time.Now,
		Lookup: func(ctx context.Context) (*wire.LookupInvoiceAnswer, *wire.Error) {
			ctx, cancel := context.WithTimeout(ctx, answerTakes)
			defer cancel()
			return wallet.Call(ctx, wire.ServiceLookupInvoice, wire.LookupInvoiceRequest{V: wire.Version, PaymentHash: hash}, wallet.Found)
		}}
	a, failure := w.Paid(ctx)
	if failure != nil {
		failure.Hint = strings.ReplaceAll(failure.Hint, "HASH", hash)
		return t.failWith(struct {
			Hash string `json:"payment_hash"`
			*wire.LookupInvoiceAnswer
			Error *wire.Error `json:"error"`
		}{hash, a, failure}, failure)
	}
	if t.json {
		t.print(a)
	}
	t.say("paid: received %s", a.Paid)
	return nil
}
