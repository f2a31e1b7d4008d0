// Package scan tests reading a code from a real screen: a picture in a window,
// a region marked with a real pointer, and zbar's own program.
package scan

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"qpay/internal/client/picture"
	"qpay/internal/client/scan"
	"qpay/internal/wire"
	"qpay/test/desktop"
)

// patience bounds a test's waits for states; it is never what a test waits for.
const patience = time.Minute

func start(t *testing.T) (*desktop.Desktop, context.Context) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	d, err := desktop.Start(ctx, desktop.Options{})
	if errors.Is(err, desktop.ErrNoTools) && os.Getenv("QPAY_REQUIRE_TOOLS") == "" {
		t.Skip(err)
	}
	must(t, err)
	t.Cleanup(d.Stop)
	for _, v := range d.Env() {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
	t.Setenv("WAYLAND_DISPLAY", "")
	return d, ctx
}

// show opens a window with a code and says where it is.
func show(t *testing.T, ctx context.Context, d *desktop.Desktop, text string) desktop.Rect {
	t.Helper()
	code, err := picture.New(text)
	must(t, err)
	file, err := os.Create(filepath.Join(t.TempDir(), "code.png"))
	must(t, err)
	must(t, code.WritePNG(file))
	must(t, file.Close())
	cmd := exec.CommandContext(ctx, "display", "-title", "a code", file.Name())
	must(t, cmd.Start())
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	id, err := d.Window(ctx, "a code")
	must(t, err)
	r, err := d.Geometry(ctx, id)
	must(t, err)
	return r
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

type result struct {
	scan.Found
	err *wire.Error
}

// look scans the screen and does what a person would until that is over.
// Nothing shows when the pointer is grabbed, so a person tries again as well.
func look(t *testing.T, ctx context.Context, do func()) result {
	t.Helper()
	done := make(chan result, 1)
	go func() {
		f, e := scan.Screen(ctx)
		done <- result{f, e}
	}()
	for {
		do()
		select {
		case r := <-done:
			return r
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func TestScreen(t *testing.T) {
	d, ctx := start(t)
	r := show(t, ctx, d, "someone@example.org")
	found := look(t, ctx, func() {
		must(t, d.Move(ctx, r.X, r.Y))
		must(t, d.MouseDown(ctx))
		must(t, d.Move(ctx, r.X+r.W, r.Y+r.H))
		must(t, d.MouseUp(ctx))
	})
	if found.err != nil || found.Target.Address != "someone@example.org" {
		t.Errorf("%+v", found)
	}
}

func TestPartOfTheScreenWithoutACode(t *testing.T) {
	d, ctx := start(t)
	found := look(t, ctx, func() {
		must(t, d.Move(ctx, 10, 10))
		must(t, d.MouseDown(ctx))
		must(t, d.Move(ctx, 200, 200))
		must(t, d.MouseUp(ctx))
	})
	if found.err == nil || found.err.Code != wire.NoPaymentText {
		t.Errorf("%+v", found)
	}
}

func TestScreenInTime(t *testing.T) {
	_, ctx := start(t)
	ctx, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	if _, e := scan.Screen(ctx); e == nil || e.Code != wire.ScanTimeout {
		t.Errorf("%+v", e)
	}
}
