package world

import (
	"context"
	"fmt"
	"time"

	"qpay/test/atspi"
)

// What a person does in lightningvm. One dialog may follow another meanwhile,
// so each look is short and a new one begins until ctx ends.

// look tries something with the dialog that is there, until it works.
func (w *World) look(ctx context.Context, what string, try func(context.Context, *atspi.Program) error) error {
	for {
		look, stop := context.WithTimeout(ctx, time.Second)
		p, err := w.Bus.Program(look, "qpay-dialog", 0)
		if err == nil {
			err = try(look, p)
		}
		stop()
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil && p != nil:
			return fmt.Errorf("%s: %w\n%s", what, err, p.List(context.Background()))
		case ctx.Err() != nil:
			return fmt.Errorf("%s: %w", what, err)
		}
	}
}

// Press presses a button of the dialog once it is sensitive.
func (w *World) Press(ctx context.Context, name string) error {
	return w.look(ctx, "press "+name, func(ctx context.Context, p *atspi.Program) error {
		n, err := p.WaitButton(ctx, name, true)
		if err != nil {
			return err
		}
		return n.Press(ctx)
	})
}

// HasButton waits until the dialog has a button, sensitive or not.
func (w *World) HasButton(ctx context.Context, name string, sensitive bool) error {
	return w.look(ctx, "button "+name, func(ctx context.Context, p *atspi.Program) error {
		_, err := p.WaitButton(ctx, name, sensitive)
		return err
	})
}

// Says waits until the dialog shows a text.
func (w *World) Says(ctx context.Context, text string) error {
	return w.look(ctx, "the window says "+text, func(ctx context.Context, p *atspi.Program) error {
		_, err := p.WaitText(ctx, text)
		return err
	})
}

// Type sets the amount that is asked for.
func (w *World) Type(ctx context.Context, sat string) error {
	return w.look(ctx, "type "+sat, func(ctx context.Context, p *atspi.Program) error {
		return p.SetText(ctx, "Amount in satoshi", sat)
	})
}

// NoWindow waits until no dialog is on the screen.
func (w *World) NoWindow(ctx context.Context) error {
	return w.Desktop.NoWindow(ctx, "Lightning payment - qpay")
}
