// Package hint has errors for the person at a terminal in lightningvm
// (trusted): a sentence, and what to do about it. Unlike a wire.Error they may
// name paths and addresses, since no caller ever sees them.
package hint

import "errors"

type hinted struct{ message, hint string }

func (h *hinted) Error() string { return h.message }

// New makes an error of a sentence and a hint.
func New(message, hint string) error { return &hinted{message, hint} }

// Of finds the hint of an error, empty if it has none.
func Of(err error) string {
	var h *hinted
	if errors.As(err, &h) {
		return h.hint
	}
	return ""
}
