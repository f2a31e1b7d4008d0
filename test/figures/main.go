// Command figures measures what a person waits for and what a payment costs in
// memory, with the real programs and a real lnd, and prints a table.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"qpay/test/lnnet"
	"qpay/test/qubes"
	"qpay/test/world"
)

const rounds = 15

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
}

// round is what one request costs.
type round struct {
	shown          time.Duration // from starting qpay to the invoice's text in the window
	server, dialog int           // VmHWM in kB
}

func run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	w, err := world.Start(ctx, world.Options{Nodes: 2})
	if err != nil {
		return err
	}
	defer w.Stop()
	var all []round
	for i := range rounds {
		r, err := one(ctx, w, fmt.Sprintf("figure number %d", i))
		if err != nil {
			return err
		}
		all = append(all, r)
	}
	fmt.Printf("| from `qpay INVOICE` to the invoice in the window | %s |\n", spread(all, "ms", func(r round) int { return int(r.shown.Milliseconds()) }))
	fmt.Printf("| peak memory of qpay-server | %s |\n", spread(all, "kB", func(r round) int { return r.server }))
	fmt.Printf("| peak memory of qpay-dialog | %s |\n", spread(all, "kB", func(r round) int { return r.dialog }))
	return nil
}

func spread(all []round, unit string, of func(round) int) string {
	var n []int
	for _, r := range all {
		n = append(n, of(r))
	}
	slices.Sort(n)
	return fmt.Sprintf("median %d %s (%d to %d, %d rounds)", n[len(n)/2], unit, n[0], n[len(n)-1], len(n))
}

func one(ctx context.Context, w *world.World, memo string) (r round, err error) {
	inv, err := w.Net.Bob.AddInvoice(ctx, lnnet.InvoiceSpec{Msat: 1_000_000, Memo: memo})
	if err != nil {
		return r, err
	}
	cmd := w.Qpay(ctx, "personal", "--quiet", inv.PaymentRequest)
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return r, err
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	p, err := w.Bus.Program(ctx, "qpay-dialog", 0)
	if err != nil {
		return r, err
	}
	if _, err := p.WaitText(ctx, memo); err != nil {
		return r, err
	}
	r.shown = time.Since(begun)
	call, err := w.Qubes.WaitStarted(ctx, "personal", world.Service)
	if err != nil {
		return r, err
	}
	if r.server, r.dialog, err = memory(call); err != nil {
		return r, err
	}
	cmd.Process.Kill()
	return r, w.Desktop.NoWindow(ctx, "Lightning payment - qpay")
}

// memory reads the peaks of the server and of its one child.
func memory(c qubes.Call) (server, dialog int, err error) {
	if server, err = peak(c.PID); err != nil {
		return 0, 0, err
	}
	out, err := exec.Command("pgrep", "-P", fmt.Sprint(c.PID)).Output()
	if err != nil {
		return 0, 0, err
	}
	var child int
	if _, err := fmt.Sscan(string(out), &child); err != nil {
		return 0, 0, err
	}
	dialog, err = peak(child)
	return server, dialog, err
}

func peak(pid int) (kB int, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	_, after, _ := strings.Cut(string(text), "VmHWM:")
	_, err = fmt.Sscan(after, &kB)
	return kB, err
}
