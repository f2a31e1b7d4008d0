// Package dialog is the window of stage 8, in lightningvm, trusted: it draws the
// pages that qpay-server writes and reports what the person does. It is the only
// package that imports gotk3, and it knows no invoice, no network, no macaroon
// and no file.
//
// GTK has one thread: main locks it, everything here runs on it, and the one
// goroutine that reads pages hands them over by glib.IdleAdd. When Pay may be
// pressed is decided in package rule, which has no toolkit in it.
package dialog

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/gotk3/gotk3/glib"
	"github.com/gotk3/gotk3/gtk"

	"qpay/internal/screen"
)

// Run shows the pages that come from in and writes events to out, until the
// server says that it is over or has gone, or the person has closed the window.
// The calling goroutine must be locked to its thread. An error means that a
// page was refused or that there is no display; no approval came of either.
func Run(in io.Reader, out io.Writer) error {
	// gotk3 drops its references from Go's finalizer goroutine. The last one of
	// a widget would free it beside the GTK thread.
	glib.FinalizerStrategy = func(f glib.Finalizer) { glib.IdleAdd(func() { f() }) }

	// GLib would look the name up in /proc, which the sandbox keeps from it.
	glib.SetPrgname("qpay-dialog")
	// nil, not os.Args: no --display and no --gtk-module, which loads code.
	if err := gtk.InitCheck(nil); err != nil {
		return errors.New("no display to show the question on")
	}
	if err := loadStyle(); err != nil {
		return err
	}
	w, err := newWindow(out)
	if err != nil {
		return err
	}
	go func() {
		r := screen.NewReader(in)
		for {
			p, digest, err := screen.ReadPage(r)
			glib.IdleAdd(func() { w.receive(p, digest, err) })
			if err != nil {
				return
			}
		}
	}()
	gtk.Main()
	return w.err
}

// receive takes what was read from the server.
func (w *window) receive(p screen.Page, digest string, err error) {
	switch {
	case w.over:
	case errors.Is(err, io.EOF):
		w.end(nil)
	case err != nil:
		// Nothing of it is drawn: half a page may lie by what it leaves out.
		w.end(fmt.Errorf("page refused: %w", err))
	case p.Kind == screen.Gone:
		w.end(nil)
	case !known(p.Kind):
		w.end(fmt.Errorf("page refused: no such kind %q", p.Kind))
	default:
		w.show(p, digest)
	}
}

func known(k screen.Kind) bool {
	_, ok := looks[k]
	return ok
}

// answer writes what the person did, once for a page: whatever a second click
// on the same page was meant for, it was not meant twice.
func (w *window) answer(what screen.Happening) {
	p := w.page
	if w.over || p == nil || p.answered {
		return
	}
	p.answered = true
	e := screen.Event{What: what, Digest: p.digest}
	if what == screen.Pay && p.Amount != nil && !p.typed.None {
		e.Amount = &p.typed.Amount
		if !p.Amount.NoFee {
			e.FeeLimit = &p.typed.Fee
		}
	}
	if _, err := screen.WriteLine(w.out, e); err != nil {
		w.end(fmt.Errorf("the server is gone: %w", err))
	}
}

// end closes the window and lets Run return.
func (w *window) end(err error) {
	if w.over {
		return
	}
	w.over, w.err = true, err
	w.stopTimer()
	w.win.Hide()
	gtk.MainQuit()
}

func unixMilli(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}
