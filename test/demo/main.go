// Command demo pays one real invoice from one simulated qube to another: a
// Lightning network on this machine, the real qpay, qpay-server and
// qpay-dialog. On a display a person decides; without one, the demo clicks by
// itself and leaves a picture of each step in out/demo.
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"qpay/internal/money"
	"qpay/test/lnnet"
	"qpay/test/qubes"
	"qpay/test/world"
)

const (
	price = 12_350 * money.PerSat
	memo  = "1 cup of coffee"
	// toDecide is how long the demo waits for a person, and for everything else.
	toDecide = 10 * time.Minute
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, toDecide)
	defer cancel()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		cancel()
		os.Exit(1)
	}
}

func say(format string, args ...any) { fmt.Printf("demo: "+format+"\n", args...) }

func run(ctx context.Context) error {
	display := display()
	if display == nil {
		say("no display here: using one without a screen, and clicking through the accessibility interface")
	}
	w, err := world.Start(ctx, world.Options{Nodes: 3, Log: say, Display: display})
	if err != nil {
		return err
	}
	defer w.Stop()
	inv, err := w.Net.Carol.AddInvoice(ctx, lnnet.InvoiceSpec{Msat: uint64(price), Memo: memo})
	if err != nil {
		return err
	}
	say("carol asks for %s; lightningvm pays from alice's node, by way of bob's", price)
	fmt.Printf("\n[user@personal ~]$ qpay %s\n", inv.PaymentRequest)
	cmd := w.Qpay(ctx, "personal", inv.PaymentRequest)
	var preimage bytes.Buffer
	cmd.Stdout, cmd.Stderr = &preimage, os.Stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	if w.Desktop != nil {
		if err := click(ctx, w); err != nil {
			cmd.Process.Kill()
			return errors.Join(err, cmd.Wait())
		}
	} else {
		say("look for the window \"Lightning payment - qpay\": Pay can be pressed after three seconds")
	}
	err = cmd.Wait()
	fmt.Print(preimage.String(), "\n")
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return fmt.Errorf("qpay ended with exit code %d: nothing was paid, if you pressed Cancel", exit.ExitCode())
	} else if err != nil {
		return err
	}
	if err := check(ctx, w, inv, strings.TrimSpace(preimage.String())); err != nil {
		return err
	}
	if w.Desktop == nil {
		say("the window has the proof too; close it to end the demo")
	}
	_, err = w.Qubes.Wait(ctx, func(c qubes.Call) bool { return !c.Ended.IsZero() })
	return err
}

// display is the environment of the user's display, nil if there is none.
func display() (env []string) {
	if os.Getenv("DISPLAY") == "" {
		return nil
	}
	for _, name := range []string{"DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "LANG", "LC_ALL"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// check holds what came back against what the other side knows.
func check(ctx context.Context, w *world.World, inv lnnet.Invoice, preimage string) error {
	b, err := hex.DecodeString(preimage)
	if err != nil {
		return fmt.Errorf("no preimage: %w", err)
	}
	sum := sha256.Sum256(b)
	if hex.EncodeToString(sum[:]) != inv.Hash {
		return fmt.Errorf("SHA-256 of the preimage is %x, the payment hash %s", sum, inv.Hash)
	}
	say("SHA-256 of the preimage is the payment hash, %s", inv.Hash)
	state, got, err := w.Net.Carol.LookupInvoice(ctx, inv.Hash)
	if err != nil || state != "SETTLED" || got != uint64(price) {
		return fmt.Errorf("carol's node says %s, %d msat, %w", state, got, err)
	}
	say("carol's node has the money: %s, %s", state, money.Msat(got))
	return nil
}

// click does what a person does, and takes a picture of each step.
func click(ctx context.Context, w *world.World) error {
	out := filepath.Join("out", "demo")
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	step := func(n int, text string) error {
		file := filepath.Join(out, fmt.Sprintf("step-%d.png", n))
		say("%s (%s)", text, file)
		return w.Desktop.Screenshot(ctx, file)
	}
	p, err := w.Bus.Program(ctx, "qpay-dialog", 0)
	if err != nil {
		return err
	}
	if _, err := p.WaitText(ctx, memo); err != nil {
		return err
	}
	if err := step(1, "the window asks; Pay is not armed yet"); err != nil {
		return err
	}
	if _, err := p.WaitButton(ctx, "Pay", true); err != nil {
		return err
	}
	if err := step(2, "the window had the focus for three seconds: Pay is armed"); err != nil {
		return err
	}
	if err := p.Press(ctx, "Pay"); err != nil {
		return err
	}
	if _, err := p.WaitText(ctx, "Paid "+price.String()); err != nil {
		return err
	}
	if err := step(3, "paid"); err != nil {
		return err
	}
	return p.Press(ctx, "Close")
}
