package camera

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"qpay/test/atspi"
	"qpay/test/desktop"
)

// windows is a fixture with a desktop, and with the real zenity.
type windows struct {
	*fixture
	ctx context.Context
	d   *desktop.Desktop
	bus *atspi.Bus
}

func withWindows(t *testing.T, version string) *windows {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	zenity, err := exec.LookPath("zenity")
	var d *desktop.Desktop
	if err == nil {
		d, err = desktop.Start(ctx, desktop.Options{Width: 800, Height: 600})
	}
	switch {
	case err == nil:
	case os.Getenv("QPAY_REQUIRE_TOOLS") == "1":
		t.Fatal(err)
	case errors.Is(err, desktop.ErrNoTools), errors.Is(err, exec.ErrNotFound):
		t.Skip(err)
	default:
		t.Fatal(err)
	}
	t.Cleanup(d.Stop)
	bus, err := atspi.Connect(ctx, d.Env())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(bus.Close)
	f := setUp(t, version)
	if err := errors.Join(os.Remove(filepath.Join(f.dir, "zenity")), os.Symlink(zenity, filepath.Join(f.dir, "zenity"))); err != nil {
		t.Fatal(err)
	}
	f.env = slices.DeleteFunc(d.Env(), func(kv string) bool { return strings.HasPrefix(kv, "HOME=") })
	return &windows{f, ctx, d, bus}
}

// shows waits for a zenity that shows this text, and takes its picture where
// QPAY_PICTURES names a folder.
func (w *windows) shows(text, picture string) *atspi.Program {
	w.Helper()
	var p *atspi.Program
	seen := ""
	defer func() {
		if w.Failed() {
			w.Log(seen)
		}
	}()
	w.until("the window with "+text, func() bool {
		ctx, cancel := context.WithTimeout(w.ctx, time.Second)
		defer cancel()
		var err error
		if p, err = w.bus.Program(ctx, "zenity", 0); err != nil {
			return false
		}
		seen = p.List(ctx)
		return strings.Contains(seen, text)
	})
	if folder := os.Getenv("QPAY_PICTURES"); folder != "" && picture != "" {
		id, err := w.d.Window(w.ctx, "Scan a payment code")
		if err == nil {
			err = w.d.Focus(w.ctx, id)
		}
		if err == nil {
			err = w.d.ScreenshotWindow(w.ctx, id, filepath.Join(folder, picture+".png"))
		}
		if err != nil {
			w.Error(err)
		}
	}
	return p
}

func (w *windows) press(p *atspi.Program, button string) {
	w.Helper()
	if err := p.Press(w.ctx, button); err != nil {
		w.Fatal(err)
	}
}

// take goes to a row by the keyboard.
func (w *windows) take(downs int) {
	w.Helper()
	id, err := w.d.Window(w.ctx, "Scan a payment code")
	if err == nil {
		err = w.d.Focus(w.ctx, id)
	}
	for range downs {
		err = errors.Join(err, w.d.Key(w.ctx, "Down"))
	}
	if err = errors.Join(err, w.d.Key(w.ctx, "Return")); err != nil {
		w.Fatal(err)
	}
}

func TestRealWindows(t *testing.T) {
	for _, version := range []string{"4.2", "4.3"} {
		t.Run(version, func(t *testing.T) {
			w := withWindows(t, version)
			w.Do(func(q map[string]*Qube) {
				q["vault"].Tags, q["vault"].State, q["vault"].Proxy = []string{"qpay-client"}, "Running", true
			})
			evil := Camera("3-2")
			evil.Name = "<b>Safe</b>Cam --ok-label=x"
			w.Scan = func() int { w.want("sys-usb:3-2=vault"); return 22 }
			p := w.start("scan")

			w.shows("Which qube is to scan", "camera-qube")
			w.take(2)
			none := w.shows("There is no camera.", "camera-none")
			w.Plug(Camera("2-1"))
			w.Plug(evil).Holder = "work"
			w.press(none, "Retry")
			list := w.shows("Which camera?", "camera-choose")
			if text := list.List(w.ctx); !strings.Contains(text, "sys-usb:3-2") || !strings.Contains(text, "Safe") || strings.Contains(text, "<b>") {
				w.Errorf("shown:\n%s", text)
			}
			w.take(2)
			w.press(w.shows("is in use by the qube work", "camera-ask"), "Take it for the scan")
			w.press(w.shows("its scanner is missing", "camera-end"), "OK")
			p.wait(22)
			w.want("sys-usb:3-2=work")
		})
	}
}

func TestRealWindowClosedIsNo(t *testing.T) {
	w := withWindows(t, "4.3")
	w.Plug(Camera("2-1")).Holder = "work"
	p := w.start("scan")
	w.shows("is in use by the qube work", "")
	id, err := w.d.Window(w.ctx, "Scan a payment code")
	if err == nil {
		err = errors.Join(w.d.Focus(w.ctx, id), w.d.CloseWindow(w.ctx))
	}
	if err != nil {
		w.Fatal(err)
	}
	p.wait(3)
	w.want("sys-usb:2-1=work")
}

// Enter, pressed by habit, takes no camera away.
func TestRealWindowEnterIsNo(t *testing.T) {
	w := withWindows(t, "4.3")
	w.Plug(Camera("2-1")).Holder = "work"
	p := w.start("scan")
	w.shows("is in use by the qube work", "")
	w.take(0)
	p.wait(3)
	w.want("sys-usb:2-1=work")
}

func TestRealBusyWindowCancels(t *testing.T) {
	w := withWindows(t, "4.3")
	w.Plug(Camera("2-1"))
	w.Do(func(q map[string]*Qube) { q["personal"].State = "Halted" })
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	w.Hook(func(c Call) *Reply {
		if c.Method == "admin.vm.Start" {
			<-release
		}
		return nil
	})
	p := w.start("scan")
	w.press(w.shows("Starting the qube personal", "camera-start"), "Cancel")
	p.wait(3)
	w.want()
}
