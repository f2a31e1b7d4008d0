// Package selection tests internal/client/selection with a real X server and a
// real Wayland compositor, and with other programs that own the selections.
package selection

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"qpay/internal/client/selection"
	"qpay/test/desktop"
)

// display is one of the two, with how another program selects and reads.
type display struct {
	t     *testing.T
	ctx   context.Context
	env   []string
	put   map[selection.Selection][]string
	get   map[selection.Selection][]string
	image []string // owns the clipboard, without any text
}

// enter makes the display that of this process.
func (d *display) enter() {
	for _, name := range []string{"DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR"} {
		d.t.Setenv(name, "")
	}
	for _, e := range d.env {
		if name, value, _ := strings.Cut(e, "="); strings.HasSuffix(name, "DISPLAY") || name == "XDG_RUNTIME_DIR" {
			d.t.Setenv(name, value)
		}
	}
}

// own starts a program that owns a selection until the test ends, and waits
// until it does.
func (d *display) own(line []string, text string, s selection.Selection) *exec.Cmd {
	d.t.Helper()
	cmd := exec.Command(line[0], line[1:]...)
	cmd.Env, cmd.Stdin = d.env, strings.NewReader(text)
	must(d.t, cmd.Start())
	d.t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	for strings.HasPrefix(text, "lightning:") {
		if got := d.other(s); got == text {
			break
		}
		select {
		case <-d.ctx.Done():
			d.t.Fatalf("%s does not own the %s", line, s)
		case <-time.After(20 * time.Millisecond):
		}
	}
	return cmd
}

// other is what another program reads.
func (d *display) other(s selection.Selection) string {
	cmd := exec.CommandContext(d.ctx, d.get[s][0], d.get[s][1:]...)
	cmd.Env = d.env
	out, _ := cmd.Output() // fails while there is none
	return string(out)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func skipWithout(t *testing.T, err error) {
	t.Helper()
	if errors.Is(err, desktop.ErrNoTools) && os.Getenv("QPAY_REQUIRE_TOOLS") == "" {
		t.Skip(err)
	}
	must(t, err)
}

func TestX11(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	x, err := desktop.Start(ctx, desktop.Options{})
	skipWithout(t, err)
	t.Cleanup(x.Stop)
	d := &display{t: t, ctx: ctx, env: x.Env(), put: map[selection.Selection][]string{}, get: map[selection.Selection][]string{},
		image: []string{"xclip", "-quiet", "-in", "-t", "image/png", "-selection", "clipboard"}}
	for s, name := range map[selection.Selection]string{selection.Primary: "primary", selection.Secondary: "secondary", selection.Clipboard: "clipboard"} {
		d.put[s] = []string{"xclip", "-quiet", "-in", "-selection", name}
		d.get[s] = []string{"xclip", "-out", "-selection", name}
	}
	d.all()
}

func TestWayland(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	w, err := desktop.StartWayland(ctx)
	skipWithout(t, err)
	t.Cleanup(w.Stop)
	d := &display{t: t, ctx: ctx, env: w.Env(),
		put: map[selection.Selection][]string{
			selection.Primary: {"wl-copy", "--foreground", "--primary"}, selection.Clipboard: {"wl-copy", "--foreground"}},
		get: map[selection.Selection][]string{
			selection.Primary: {"wl-paste", "--no-newline", "--primary"}, selection.Clipboard: {"wl-paste", "--no-newline"}},
		image: []string{"wl-copy", "--foreground", "--type", "image/png"}}
	d.all()
	refused(t, ctx, selection.Secondary, "no secondary selection")
}

func (d *display) all() {
	d.enter()
	for s := range d.put {
		refused(d.t, d.ctx, s, "has no text") // nobody owns it
	}
	for s, line := range d.put {
		text := "lightning:lnbc1 for the " + string(s) + ", caf\u00e9 \u20ac\n"
		d.own(line, text, s)
		if got, err := selection.Read(d.ctx, s); err != nil || got != text {
			d.t.Errorf("%s: %q, %v", s, got, err)
		}
	}
	for s, line := range d.put {
		d.own(line, "lightning:"+strings.Repeat("a", 9000), s)
		refused(d.t, d.ctx, s, "more than 8192 bytes")
		d.writeBack(s)
	}
	d.picture()
	d.hanging()
}

func (d *display) writeBack(s selection.Selection) {
	d.t.Helper()
	preimage := strings.Repeat("0f", 32)
	must(d.t, selection.Write(d.ctx, s, preimage))
	for d.other(s) != preimage {
		select {
		case <-d.ctx.Done():
			d.t.Fatalf("%s: %q, want the preimage", s, d.other(s))
		case <-time.After(20 * time.Millisecond):
		}
	}
	if got, err := selection.Read(d.ctx, s); err != nil || got != preimage {
		d.t.Errorf("%s: %q, %v", s, got, err)
	}
}

// A picture was copied: there is no text to be had.
func (d *display) picture() {
	d.t.Helper()
	d.own(d.image, "\x89PNG\r\n", selection.Clipboard)
	for {
		_, err := selection.Read(d.ctx, selection.Clipboard)
		if err != nil && strings.Contains(err.Error(), "has no text") {
			return
		}
		select {
		case <-d.ctx.Done():
			d.t.Fatal("a picture in the clipboard: ", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// The program that owns the selection hangs: no reader may hang with it.
func (d *display) hanging() {
	d.t.Helper()
	owner := d.own(d.put[selection.Primary], "lightning:x", selection.Primary)
	must(d.t, owner.Process.Signal(syscall.SIGSTOP))
	refused(d.t, d.ctx, selection.Primary, "does not answer")
}

func refused(t *testing.T, ctx context.Context, s selection.Selection, says string) {
	t.Helper()
	got, err := selection.Read(ctx, s)
	var e *selection.Error
	if !errors.As(err, &e) || !strings.Contains(e.Message, says) || e.Hint == "" {
		t.Errorf("%s: %q, %v; want %s", s, got, err, says)
	}
}

func TestNoDisplay(t *testing.T) {
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	refused(t, context.Background(), selection.Clipboard, "no display")
	t.Setenv("DISPLAY", ":4711")
	refused(t, context.Background(), selection.Clipboard, "cannot be used")
}
