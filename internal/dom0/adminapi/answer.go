package adminapi

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"

	"golang.org/x/sys/unix"
)

var (
	// ErrUnreachable: no qubesd, no access to it, or no end of its answer.
	// A change that was asked for may have been made.
	ErrUnreachable = errors.New("qubesd cannot be reached")
	// ErrRefused: qubesd ended the call without a word. It does so for what is
	// forbidden, for a method that it does not have, and for its own mistakes.
	ErrRefused = errors.New("qubesd refused the call")
	// ErrAnswer: an answer that makes no sense.
	ErrAnswer = errors.New("qubesd gave an answer that this program does not understand")
)

// Error is an error by qubesd, by the name of its type alone: its text may
// quote what a qube wrote.
type Error struct{ Type string }

func (e Error) Error() string { return "qubesd said " + e.Type }

// Is lets errors.Is compare types, and treats Qubes 4.3's two words for a
// refusal as 4.2's silence.
func (e Error) Is(target error) bool {
	if target == ErrRefused {
		return e.Type == "PermissionDenied" || e.Type == "ProtocolError"
	}
	t, ok := target.(Error)
	return ok && t.Type == e.Type
}

// The types that are told apart.
var (
	ErrNoQube     = Error{"QubesVMNotFoundError"}
	ErrNotHalted  = Error{"QubesVMNotHaltedError"} // also: a device that is assigned for good
	ErrNotRunning = Error{"QubesVMNotRunningError"}
	ErrNoFeature  = Error{"QubesFeatureNotFoundError"}
	ErrNoProxy    = Error{"USBProxyNotInstalled"}
	ErrNoVideo    = Error{"QVCNotInstalled"}
)

var typePattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,63}$`)

// parseAnswer: "0", NUL, data; or "2", NUL, type, NUL, traceback, NUL, text….
func parseAnswer(untrusted []byte) ([]byte, error) {
	switch {
	case len(untrusted) == 0:
		return nil, ErrRefused
	case bytes.HasPrefix(untrusted, []byte("0\x00")):
		return untrusted[2:], nil
	case bytes.HasPrefix(untrusted, []byte("2\x00")):
		name, _, ended := bytes.Cut(untrusted[2:], []byte{0})
		if !ended || !typePattern.Match(name) {
			return nil, fmt.Errorf("%w: an error without a name", ErrAnswer)
		}
		return nil, Error{string(name)}
	}
	return nil, fmt.Errorf("%w: neither data nor an error", ErrAnswer)
}

// ignoreReset: qubesd aborts the connection of a call that it refuses, which
// may arrive as a reset instead of an empty answer.
func ignoreReset(err error, n int64) error {
	if n == 0 && (errors.Is(err, unix.ECONNRESET) || errors.Is(err, unix.EPIPE)) {
		return nil
	}
	return err
}
