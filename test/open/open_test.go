// Package open tests links from end to end: the desktop's own program starts
// qpay for one, a person approves in the wallet's window, a real lnd pays, and
// the desktop is told what became of it.
package open

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"qpay/internal/client/notice"
	"qpay/internal/wire"
	"qpay/test/lnnet"
	"qpay/test/module"
	"qpay/test/world"
)

// patience bounds a test's waits for states; it is never what a test waits for.
const patience = time.Minute

var shared = world.Shared{Options: world.Options{Nodes: 2}}

func TestMain(m *testing.M) { shared.Main(m) }

func start(t *testing.T) (*world.World, context.Context) {
	t.Helper()
	w, ctx := shared.Get(t, patience)
	for _, program := range []string{"gio", "xdg-mime", "notify-send", "zenity"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("QPAY_REQUIRE_TOOLS") == "" {
				t.Skip(err)
			}
			t.Fatal(err)
		}
	}
	must(t, w.Configure(ctx, world.Settings{}))
	return w, ctx
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// command runs a program in the qube personal. All qubes of a test share one
// screen and one session bus.
type command struct {
	t        *testing.T
	cmd      *exec.Cmd
	out, err bytes.Buffer
	ended    chan struct{}
}

func run(t *testing.T, ctx context.Context, w *world.World, env []string, program string, args ...string) *command {
	t.Helper()
	c := &command{t: t, cmd: w.Qubes.Command(ctx, "personal", program, args...), ended: make(chan struct{})}
	c.cmd.Stdout, c.cmd.Stderr = &c.out, &c.err
	c.cmd.Env = append(c.cmd.Env, env...)
	must(t, c.cmd.Start())
	go func() { c.cmd.Wait(); close(c.ended) }()
	t.Cleanup(func() { c.cmd.Process.Kill() })
	return c
}

func (c *command) wait(want wire.Exit) string {
	c.t.Helper()
	select {
	case <-c.ended:
	case <-time.After(patience):
		c.t.Fatalf("it still runs and said:\n%s", c.err.String())
	}
	if got := c.cmd.ProcessState.ExitCode(); got != int(want) {
		c.t.Fatalf("exit code %d, want %d\nstdout %q\nstderr %s", got, want, c.out.String(), c.err.String())
	}
	return c.out.String()
}

// screen is the environment of a program that was started from the desktop.
func screen(w *world.World) []string {
	env := w.Desktop.Env()
	return []string{"DISPLAY=" + value(env, "DISPLAY"), "DBUS_SESSION_BUS_ADDRESS=" + value(env, "DBUS_SESSION_BUS_ADDRESS"), "GIO_USE_VFS=local"}
}

func invoice(t *testing.T, ctx context.Context, w *world.World, msat uint64) lnnet.Invoice {
	t.Helper()
	i, err := w.Net.Bob.AddInvoice(ctx, lnnet.InvoiceSpec{Msat: msat, Memo: "two coffees"})
	must(t, err)
	return i
}

func settled(t *testing.T, ctx context.Context, w *world.World, i lnnet.Invoice, want string) {
	t.Helper()
	if got, _, err := w.Net.Bob.LookupInvoice(ctx, i.Hash); err != nil || got != want {
		t.Errorf("bob says %s, %v; want %s", got, err, want)
	}
}

// install puts the shipped desktop file into the qube's home, as the package
// puts it into the template.
func install(t *testing.T, w *world.World) {
	t.Helper()
	root, err := module.Root()
	must(t, err)
	file, err := os.ReadFile(filepath.Join(root, "desktop", "qpay.desktop"))
	must(t, err)
	apps := filepath.Join(w.Qubes.QubeDir("personal"), "home", ".local", "share", "applications")
	must(t, os.MkdirAll(apps, 0o700))
	must(t, os.WriteFile(filepath.Join(apps, "qpay.desktop"), file, 0o600))
}

// A link is clicked: the desktop finds qpay, qpay asks the wallet, and the
// person is told.
func TestClick(t *testing.T) {
	w, ctx := start(t)
	d := listen(t, w.Desktop.Env())
	install(t, w)
	run(t, ctx, w, nil, "qpay", "handler", "--set").wait(wire.ExitOK)
	i := invoice(t, ctx, w, 12_350_001)
	click := run(t, ctx, w, screen(w), "gio", "open", "lightning:"+i.PaymentRequest)
	must(t, w.Press(ctx, "Pay"))
	must(t, w.Press(ctx, "Close"))
	n := d.next(t, ctx)
	if n.app != "qpay" || n.icon != "qpay" || n.title != "qpay: paid 12 350.001 sat" || n.body != "The fee was 0 sat." || n.urgency != 1 {
		t.Errorf("%+v", n)
	}
	click.wait(wire.ExitOK)
	settled(t, ctx, w, i, "SETTLED")
	d.none(t)
}

func TestDenied(t *testing.T) {
	w, ctx := start(t)
	d := listen(t, w.Desktop.Env())
	i := invoice(t, ctx, w, 1000)
	c := run(t, ctx, w, screen(w), "qpay", "open", "LIGHTNING://"+strings.ToUpper(i.PaymentRequest))
	must(t, w.Press(ctx, "Cancel"))
	if n := d.next(t, ctx); n.title != "qpay: nothing was paid" || !strings.Contains(n.body, "refused") || n.urgency != 1 {
		t.Errorf("%+v", n)
	}
	c.wait(wire.ExitDenied)
	settled(t, ctx, w, i, "OPEN")
}

// The payee keeps the payment waiting, and the browser that started qpay ends
// it: the person is told all the same, by a notification that stays.
func TestEndedOnItsWay(t *testing.T) {
	w, ctx := start(t)
	d := listen(t, w.Desktop.Env())
	preimage, hash := lnnet.NewPreimage()
	i, err := w.Net.Bob.AddHoldInvoice(ctx, hash, lnnet.InvoiceSpec{Msat: 2000, Memo: "later"})
	must(t, err)
	c := run(t, ctx, w, screen(w), "qpay", "open", i.PaymentRequest)
	must(t, w.Press(ctx, "Pay"))
	must(t, w.Net.Bob.WaitInvoiceState(ctx, hash, "ACCEPTED"))
	must(t, c.cmd.Process.Signal(syscall.SIGTERM))
	n := d.next(t, ctx)
	if n.urgency != 2 || n.title != "qpay: it may have been paid" && n.title != "qpay: the payment is on its way" ||
		!strings.Contains(n.body, "same invoice again") {
		t.Errorf("%+v", n)
	}
	c.wait(wire.ExitOpen)
	must(t, w.Net.Bob.SettleInvoice(ctx, preimage))
	must(t, w.Press(ctx, "Close"))
}

// As QR codes and the browser hand it over.
func TestBitcoinLinkInCapitals(t *testing.T) {
	w, ctx := start(t)
	d := listen(t, w.Desktop.Env())
	i := invoice(t, ctx, w, 5000)
	link := "BITCOIN:?AMOUNT=0.00000005&LIGHTNING=" + strings.ToUpper(i.PaymentRequest)
	c := run(t, ctx, w, screen(w), "qpay", "open", "--json", "--origin", "https://shop.example", "--", link)
	must(t, w.Says(ctx, "https://shop.example"))
	must(t, w.Press(ctx, "Pay"))
	must(t, w.Press(ctx, "Close"))
	line := strings.TrimSuffix(c.wait(wire.ExitOK), "\n")
	a, err := wire.DecodeAnswer[wire.PayAnswer]([]byte(line))
	if err != nil || a.PaymentHash != i.Hash || a.Amount != 5000 {
		t.Errorf("%s, %v", line, err)
	}
	settled(t, ctx, w, i, "SETTLED")
	d.none(t) // the program that asked with --json tells
	wrong := run(t, ctx, w, screen(w), "qpay", "open", "--json", strings.Replace(link, "0.00000005", "0.00000006", 1))
	var answer struct {
		V     int
		Error *wire.Error
	}
	must(t, json.Unmarshal([]byte(wrong.wait(wire.ExitInvoice)), &answer))
	if answer.V != 1 || answer.Error.Code != wire.BadLink || answer.Error.Message != "The link says 6 sat and its invoice 5 sat." {
		t.Errorf("%+v", answer.Error)
	}
}

// What was copied is paid, and the preimage goes back only on request.
func TestClipboard(t *testing.T) {
	w, ctx := start(t)
	i := invoice(t, ctx, w, 3000)
	must(t, w.Desktop.Copy(ctx, " lightning:"+i.PaymentRequest+"\n"))
	c := run(t, ctx, w, screen(w), "qpay", "-c", "--write-back")
	must(t, w.Press(ctx, "Pay"))
	must(t, w.Press(ctx, "Close"))
	preimage := strings.TrimSpace(c.wait(wire.ExitOK))
	if got, err := w.Desktop.Clipboard(ctx); err != nil || got != preimage || len(preimage) != 64 {
		t.Errorf("the clipboard has %q, want %s; %v", got, preimage, err)
	}
	settled(t, ctx, w, i, "SETTLED")
}

// Without a notification service there is a window.
func TestWindow(t *testing.T) {
	w, ctx := start(t)
	env := append(screen(w), "DBUS_SESSION_BUS_ADDRESS=")
	c := run(t, ctx, w, env, "qpay", "open", "bitcoin:175tWpb8K1S7NmH4Zx6rewF9WQrcZv245W?amount=20.3")
	id, err := w.Desktop.Window(ctx, "qpay")
	must(t, err)
	if dir := os.Getenv("QPAY_PICTURES"); dir != "" {
		must(t, w.Desktop.ScreenshotWindow(ctx, id, filepath.Join(dir, "zenity.png")))
	}
	must(t, w.Desktop.Focus(ctx, id))
	must(t, w.Desktop.CloseWindow(ctx))
	c.wait(wire.ExitInvoice)
	if !strings.Contains(c.err.String(), "no Lightning instruction") || strings.Contains(c.err.String(), "warning") {
		t.Error(c.err.String())
	}
}

// What the real notify-send hands to the service: no markup of a payee's, no
// escape that it would undo, and no option.
func TestNotificationText(t *testing.T) {
	w, ctx := start(t)
	d := listen(t, w.Desktop.Env())
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", value(w.Desktop.Env(), "DBUS_SESSION_BUS_ADDRESS"))
	must(t, notice.Show(ctx, notice.Notice{Level: notice.Urgent, Title: "--help <b>title</b> \\n",
		Text: "<a href=\"https://evil.example\">bank</a> & \\n \\x1b[31m \\074 \x1b[31m\nsecond\u202e"}, false))
	want := notification{"qpay", "qpay", `--help <b>title</b> \n`,
		`&lt;a href="https://evil.example"&gt;bank&lt;/a&gt; &amp; \n \x1b[31m \074 ?[31m?second?`, 2}
	if n := d.next(t, ctx); n != want {
		t.Errorf("%+v\nwant %+v", n, want)
	}
}
