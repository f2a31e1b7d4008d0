package ask

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"qpay/internal/screen"
)

// Window is a running qpay-dialog. Its methods are for one goroutine; Events
// may be received from another.
type Window struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	events chan screen.Event
	ended  chan struct{} // closed after the program has ended
}

// fromEnvironment is what a GTK program needs to find the display, the
// accessibility bus, the fonts and the theme. Everything else stays out: GTK
// loads code from GTK_MODULES, GTK_PATH and the like.
var fromEnvironment = []string{"DISPLAY", "XAUTHORITY", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LC_TIME",
	"DBUS_SESSION_BUS_ADDRESS", "AT_SPI_BUS_ADDRESS", "XDG_RUNTIME_DIR"}

func environment(all []string) []string {
	kept := slices.DeleteFunc(slices.Clone(all), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return !slices.Contains(fromEnvironment, name)
	})
	// The Qubes GUI agent serves X11. Settings and files by way of D-Bus would
	// need other programs, and more than the sandbox allows.
	return append(kept, "GDK_BACKEND=x11", "GSETTINGS_BACKEND=memory", "GIO_USE_VFS=local", "PATH=/usr/bin:/bin")
}

// OpenWindow starts the dialog by this command, whose program is an absolute
// path. The window comes up without a page to draw yet. An error means that it
// could not be started; that there is no display shows as Events closing.
func OpenWindow(command []string) (*Window, error) {
	if len(command) == 0 || !filepath.IsAbs(command[0]) {
		return nil, fmt.Errorf("ask: %q has no absolute path", command)
	}
	// No context: the window goes with its stdin, in Close and when this
	// process dies. Its stderr is not the caller's to read.
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env, cmd.Dir = environment(os.Environ()), "/"
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	w := &Window{cmd: cmd, in: in, events: make(chan screen.Event), ended: make(chan struct{})}
	go w.read(out)
	return w, nil
}

// read passes events on until the dialog closes its side or writes rubbish.
func (w *Window) read(out io.Reader) {
	defer close(w.ended)
	defer close(w.events)
	r := screen.NewReader(out)
	for {
		e, err := screen.ReadEvent(r)
		if err != nil {
			return
		}
		w.events <- e // Close takes what nobody else does
	}
}

// Events has what the person does. It is closed when the dialog is gone.
func (w *Window) Events() <-chan screen.Event { return w.events }

// Show draws a page and returns its digest. A dialog that is gone shows as
// Events closing, so the error may be left alone. A page that must not be drawn
// takes the window away: the one before it must not be taken for this one.
func (w *Window) Show(p screen.Page) (digest string, err error) {
	if err := p.Check(); err != nil {
		w.in.Close()
		return "", err
	}
	return screen.WriteLine(w.in, p)
}

// Close ends the dialog and waits until it is gone, if need be by killing it.
func (w *Window) Close() {
	w.in.Close()
	go func() { // the reader must not hang on an event that nobody takes
		for range w.events {
		}
	}()
	stop := time.AfterFunc(2*time.Second, func() { w.cmd.Process.Kill() })
	defer stop.Stop()
	<-w.ended
	w.cmd.Wait()
}
