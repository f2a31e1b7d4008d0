// Package camera lends a camera to a qube, has `qpay scan` run there, and takes
// the camera back whatever happens (dom0, trusted).
//
// The qube sends nothing back but an exit code of its choice, so what the
// person is told about it names the qube as the one that says so.
//
// Two rules hold for the camera. What will have to be undone is on the disk
// before the first change (package state), and a second process, the keeper,
// waits for the lock on that file, which the kernel frees however this process
// ends. And what to undo is never concluded from what was done: qubesd is asked
// who has the camera now.
package camera

import (
	"context"
	"fmt"
	"time"

	"qpay/internal/dom0/adminapi"
	"qpay/internal/dom0/state"
)

// Tag is what enrols a qube. It is the policy's word for "may ask to pay".
const Tag = "qpay-client"

// Dialogs are the windows that the person sees.
type Dialogs interface {
	Ask(ctx context.Context, text, yes, no string) error
	Warn(ctx context.Context, text string) error
	Choose(ctx context.Context, text string, columns []string, rows [][]string) (int, error)
	Busy(ctx context.Context, text string) (context.Context, func())
}

// Session is one run of the program.
type Session struct {
	API     adminapi.Client
	Dialogs Dialogs
	Folder  string // of the state
	Say     func(string)

	// Run runs a command in a qube and gives back its exit code, and nothing
	// else of it. Keep starts the keeper.
	Run  func(ctx context.Context, q adminapi.Qube, words ...string) (int, error)
	Keep func() (stop func(), err error)

	Times
}

// Times are how long things may take.
type Times struct {
	Settle time.Duration // until a device shows up again, or an unfinished attachment is made
	Margin time.Duration // after the time of the scan, until the camera is taken back
	Pay    time.Duration // after the scan, until nobody waits for its end any more
}

// Usual are the times of the installed program. Qubes waits up to 5 seconds for
// a device; qpay waits up to 15 minutes for a payment.
var Usual = Times{Settle: 8 * time.Second, Margin: 15 * time.Second, Pay: 16 * time.Minute}

// Wish is what the command line asks for. Empty fields leave the choice to the
// person.
type Wish struct {
	Qube    adminapi.Qube
	Backend adminapi.Qube // of the camera
	Port    adminapi.Port
	Timeout time.Duration
}

// Trouble is a sentence for the person, with a hint.
type Trouble struct {
	Text, Hint string
	Err        error // for the terminal
	stuck      bool  // the loan is still there
}

func (t *Trouble) Error() string {
	if t.Err != nil {
		return t.Text + " (" + t.Err.Error() + ")"
	}
	return t.Text
}

// Window is the text for a window.
func (t *Trouble) Window() string {
	if t.Hint == "" {
		return t.Text
	}
	return t.Text + "\n\n" + t.Hint
}

func (t *Trouble) Unwrap() error { return t.Err }

func trouble(err error, hint, format string, a ...any) *Trouble {
	return &Trouble{Text: fmt.Sprintf(format, a...), Hint: hint, Err: err}
}

// Scan is the whole of it. The number is the exit code of qpay scan.
func (s *Session) Scan(ctx context.Context, w Wish) (adminapi.Qube, int, error) {
	store, err := state.Open(s.Folder, false)
	if err != nil {
		return "", 0, openTrouble(err)
	}
	l := &loan{s: s, store: store}
	defer l.close()
	if err := s.leftover(ctx, store); err != nil {
		return "", 0, err
	}
	target, err := s.target(ctx, w.Qube)
	if err != nil {
		return target, 0, err
	}
	d, err := s.pick(ctx, w, target)
	if err != nil {
		return target, 0, err
	}
	if err := s.wake(ctx, target); err != nil {
		return target, 0, err
	}
	if d.Owner != target {
		if err := l.lend(ctx, d, target); err != nil {
			return target, 0, l.giveBackAfter(err)
		}
	}
	code, err := s.scan(ctx, w, target, l)
	return target, code, err
}

// scan runs qpay scan. When its time for reading a code is over, the camera
// goes back, while the payment may go on: the person may think as long as the
// invoice lives.
func (s *Session) scan(ctx context.Context, w Wish, target adminapi.Qube, l *loan) (int, error) {
	type end struct {
		code int
		err  error
	}
	ended := make(chan end, 1)
	ctx, cancel := context.WithTimeout(ctx, w.Timeout+s.Pay)
	defer cancel()
	go func() {
		code, err := s.Run(ctx, target, "qpay", "scan", "--timeout", fmt.Sprintf("%ds", int(w.Timeout.Seconds())))
		ended <- end{code, err}
	}()
	var e end
	over := time.NewTimer(w.Timeout + s.Margin)
	defer over.Stop()
	select {
	case e = <-ended:
	case <-over.C:
		if err := l.giveBack(); err != nil {
			return 0, err
		}
		e = <-ended
	}
	if e.err != nil {
		e.err = unknownEnd(target, e.err)
	}
	return e.code, l.giveBackAfter(e.err)
}

// Restore undoes what a run left behind. With wait it first waits for the end
// of a run that is under way: that is the keeper.
func (s *Session) Restore(ctx context.Context, wait bool) error {
	store, err := state.Open(s.Folder, wait)
	if err != nil {
		return openTrouble(err)
	}
	defer store.Close()
	return s.leftover(ctx, store)
}
