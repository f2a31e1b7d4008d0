package main

import (
	"io"

	"qpay/internal/screen"
	"qpay/internal/server/ask"
	"qpay/internal/server/hint"
	"qpay/internal/server/journal"
	"qpay/internal/server/sandbox"
)

// showWindow shows the journal in the program that also asks, confined in the
// same way, until the person closes it.
func showWindow(_ io.Writer, rs []journal.Record) error {
	w, err := ask.OpenWindow([]string{sandbox.Self, dialogStage})
	if err != nil {
		return err
	}
	defer w.Close()
	if _, err := w.Show(ask.History(rs)); err != nil {
		return err
	}
	for e := range w.Events() {
		if e.What == screen.Close || e.What == screen.Deny {
			return nil
		}
	}
	return hint.New("the window could not be shown.", "is there a display? qpay-server history without --window needs none")
}
