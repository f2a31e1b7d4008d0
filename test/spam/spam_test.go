// Package spam tests what a qube can do to a person by asking again and again:
// the real programs, as in test/spine.
package spam

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"qpay/internal/server/config"
	"qpay/internal/wire"
	"qpay/test/atspi"
	"qpay/test/lnnet"
	"qpay/test/world"
)

const patience = 3 * time.Minute

var shared = world.Shared{Options: world.Options{Nodes: 2}}

func TestMain(m *testing.M) { shared.Main(m) }

func start(t *testing.T, s world.Settings) (*world.World, context.Context) {
	t.Helper()
	w, ctx := shared.Get(t, patience)
	must(t, w.Configure(ctx, s))
	return w, ctx
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func invoice(t *testing.T, ctx context.Context, w *world.World, memo string) string {
	t.Helper()
	i, err := w.Net.Bob.AddInvoice(ctx, lnnet.InvoiceSpec{Msat: 1_000_000, Memo: memo})
	must(t, err)
	return i.PaymentRequest
}

// call is qpay running in a qube; done is closed when it has ended.
type call struct {
	cmd  *exec.Cmd
	out  bytes.Buffer
	done chan struct{}
}

func ask(t *testing.T, ctx context.Context, w *world.World, qube, invoice string) *call {
	t.Helper()
	c := &call{cmd: w.Qpay(ctx, qube, "--json", invoice), done: make(chan struct{})}
	c.cmd.Stdout = &c.out
	must(t, c.cmd.Start())
	go func() { c.cmd.Wait(); close(c.done) }()
	t.Cleanup(func() { c.cmd.Process.Kill(); <-c.done })
	return c
}

// answer waits for it; the code is empty if it was paid.
func (c *call) answer(t *testing.T, ctx context.Context) wire.Error {
	t.Helper()
	select {
	case <-c.done:
	case <-ctx.Done():
		t.Fatal("no answer")
	}
	var r struct{ Error wire.Error }
	if err := json.Unmarshal(c.out.Bytes(), &r); err != nil {
		t.Fatalf("%v: %q", err, c.out.String())
	}
	return r.Error
}

func (c *call) want(t *testing.T, ctx context.Context, code wire.Code, words string) {
	t.Helper()
	e := c.answer(t, ctx)
	if e.Code != code || !strings.Contains(e.Message+e.Hint, words) || e.Payment != wire.NotSent {
		t.Errorf("%+v, want %s, %q", e, code, words)
	}
}

// question waits for a window that asks and shows one of these texts, and
// tells which.
func question(t *testing.T, ctx context.Context, w *world.World, texts ...string) (p *atspi.Program, shown string) {
	t.Helper()
	for {
		look, stop := context.WithTimeout(ctx, time.Second)
		p, err := w.Bus.Program(look, "qpay-dialog", 0)
		if err == nil {
			_, err = p.Wait(look, "question", func(n atspi.Node) bool {
				for _, text := range texts {
					if strings.Contains(n.Text+n.Name, text) {
						shown = text
					}
				}
				return shown != ""
			})
		}
		stop()
		if err == nil {
			return p, shown
		}
		if ctx.Err() != nil {
			t.Fatal("no question: ", err)
		}
	}
}

func press(t *testing.T, ctx context.Context, w *world.World, p *atspi.Program, name string) {
	t.Helper()
	must(t, p.Press(ctx, name))
}

// gone waits until the program has ended.
func gone(ctx context.Context, p *atspi.Program) {
	for {
		if _, err := p.Nodes(ctx); err != nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func noWindow(t *testing.T, ctx context.Context, w *world.World) {
	t.Helper()
	must(t, w.Desktop.NoWindow(ctx, "Lightning payment - qpay"))
}

func TestTwoHundredAtOnceAndAnotherQube(t *testing.T) {
	const many = 200
	w, ctx := start(t, world.Settings{Pause: 1})
	spam, honest := invoice(t, ctx, w, "from the spammer"), invoice(t, ctx, w, "from the other")
	memory := measure(w)
	var calls []*call
	for range many {
		calls = append(calls, ask(t, ctx, w, "personal", spam))
	}
	question(t, ctx, w, "from the spammer")
	other := ask(t, ctx, w, "work", honest)
	for other.cmd.Process == nil || !waits(w, "work") {
		time.Sleep(10 * time.Millisecond)
	}
	dialogs := 0 // of the spammer
	for {
		p, shown := question(t, ctx, w, "from the spammer", "from the other")
		if shown == "from the other" {
			press(t, ctx, w, p, "Cancel")
			break
		}
		dialogs++
		press(t, ctx, w, p, "Cancel")
		gone(ctx, p)
	}
	if dialogs > 2 {
		t.Errorf("the other came after %d dialogs", dialogs)
	}
	other.want(t, ctx, wire.Denied, "refused")
	codes := map[wire.Code]int{}
	for _, c := range calls {
		codes[c.answer(t, ctx).Code]++
	}
	noWindow(t, ctx, w)
	t.Logf("the other came after %d dialogs; answers: %v", dialogs, codes)
	// Qubes itself refuses what is over 128 calls at once.
	if n := codes[wire.Busy] + codes[wire.Denied] + codes[wire.PolicyRefused]; n != many || codes[wire.Denied] > 2 || codes[wire.Busy] < many/4 {
		t.Errorf("answers: %v", codes)
	}
	most := memory()
	t.Logf("at most %d processes of qpay in lightningvm, RSS %d MB, PSS %d MB, %d dialogs", most.processes, most.rss>>20, most.pss>>20, most.dialogs)
	// Measured: 9 to 11 processes, 85 to 111 MB.
	if most.processes > 25 || most.pss > 300<<20 {
		t.Errorf("%d processes, %d MB", most.processes, most.pss>>20)
	}
	if most.dialogs > 2 { // one may still be ending as the next begins
		t.Errorf("%d dialogs at once", most.dialogs)
	}
}

// waits tells whether a call of the qube is running.
func waits(w *world.World, qube string) bool {
	for _, c := range w.Qubes.Calls() {
		if c.Qube == qube && c.Running() {
			return true
		}
	}
	return false
}

func TestPauseGrowsWithEachRefusal(t *testing.T) {
	w, ctx := start(t, world.Settings{Pause: 4})
	t.Cleanup(func() { unmute(t, w, "personal") })
	unmute(t, w, "personal")
	unmute(t, w, "work") // refused by the test before
	text := invoice(t, ctx, w, "again")
	refuse := func() {
		t.Helper()
		c := ask(t, ctx, w, "personal", text)
		p, _ := question(t, ctx, w, "again")
		press(t, ctx, w, p, "Cancel")
		c.want(t, ctx, wire.Denied, "")
		noWindow(t, ctx, w)
	}
	refuse()
	ask(t, ctx, w, "personal", text).want(t, ctx, wire.Busy, "seconds")
	free := ask(t, ctx, w, "work", text) // no other qube pauses
	select {
	case <-free.done:
		t.Fatalf("no question, but an answer: %+v", free.answer(t, ctx))
	case p := <-appears(t, ctx, w, free, "again"):
		press(t, ctx, w, p, "Cancel")
	}
	free.want(t, ctx, wire.Denied, "")
	unmute(t, w, "work")
	for over := false; !over; { // until the first pause is over
		c := ask(t, ctx, w, "personal", text)
		select {
		case <-c.done:
			c.want(t, ctx, wire.Busy, "second")
		case p := <-appears(t, ctx, w, c, "again"):
			press(t, ctx, w, p, "Cancel")
			c.want(t, ctx, wire.Denied, "")
			over = true
		}
	}
	ask(t, ctx, w, "personal", text).want(t, ctx, wire.Busy, "seconds")
	longer(t, w, 4*time.Second)
	noWindow(t, ctx, w)
}

// appears gives the question of a call, unless that ends before.
func appears(t *testing.T, ctx context.Context, w *world.World, c *call, text string) <-chan *atspi.Program {
	found := make(chan *atspi.Program, 1)
	go func() {
		for {
			look, stop := context.WithTimeout(ctx, time.Second)
			p, err := w.Bus.Program(look, "qpay-dialog", 0)
			if err == nil {
				_, err = p.WaitText(look, text)
			}
			stop()
			if err == nil {
				found <- p
				return
			}
			select {
			case <-c.done:
				return
			case <-ctx.Done():
				return
			default:
			}
		}
	}()
	return found
}

// longer checks that the pause of personal was made longer than it was at
// first, however slow this machine is.
func longer(t *testing.T, w *world.World, first time.Duration) {
	t.Helper()
	_, state := config.Folders(w.Home)
	text, err := os.ReadFile(filepath.Join(state, "quiet", "personal"))
	must(t, err)
	var n struct {
		For time.Duration `json:"for_ns"`
	}
	must(t, json.Unmarshal(text, &n))
	if n.For != 2*first {
		t.Errorf("the second pause lasts %v", n.For)
	}
}

func TestMute(t *testing.T) {
	w, ctx := start(t, world.Settings{})
	text := invoice(t, ctx, w, "mute me")
	c := ask(t, ctx, w, "personal", text)
	p, _ := question(t, ctx, w, "mute me")
	press(t, ctx, w, p, "Deny and mute this qube")
	c.want(t, ctx, wire.Muted, "10 minutes")
	noWindow(t, ctx, w)
	ask(t, ctx, w, "personal", text).want(t, ctx, wire.Muted, "qpay-server unmute personal")
	ask(t, ctx, w, "personal", "lnsb1rubbish").answer(t, ctx) // nor a notice
	noWindow(t, ctx, w)
	if out := unmute(t, w, "personal"); out != "personal may ask again\n" {
		t.Errorf("%q", out)
	}
	if out := unmute(t, w, "personal"); out != "personal was not muted\n" {
		t.Errorf("%q", out)
	}
	c = ask(t, ctx, w, "personal", text)
	p, _ = question(t, ctx, w, "mute me")
	press(t, ctx, w, p, "Cancel")
	c.want(t, ctx, wire.Denied, "")
}

// unmute runs qpay-server unmute in lightningvm.
func unmute(t *testing.T, w *world.World, qube string) string {
	t.Helper()
	cmd := exec.Command(filepath.Join(w.Bin, "qpay-server"), "unmute", qube)
	cmd.Env = []string{"HOME=" + w.Home}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}
