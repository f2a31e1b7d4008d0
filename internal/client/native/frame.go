package native

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// MaxMessage bounds a message each way, far below what the browsers allow (from
// 1 MiB to 4 GiB).
const MaxMessage = 64 << 10

// Errors of the framing. After each of them nothing more is read: where the
// next message begins is not known.
var (
	ErrTooLong = errors.New("a message is longer than 64 KiB")
	ErrBroken  = errors.New("the input ended in the middle of a message")
)

// ReadMessage reads one message: its length as 32 bits in the machine's byte
// order, then its bytes. io.EOF means that the browser closed the port.
func ReadMessage(r io.Reader) ([]byte, error) {
	var head [4]byte
	switch _, err := io.ReadFull(r, head[:]); {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, ErrBroken
	case err != nil:
		return nil, err
	}
	size := binary.NativeEndian.Uint32(head[:])
	if size > MaxMessage { // before anything is allocated for it
		return nil, fmt.Errorf("%w: %d bytes", ErrTooLong, size)
	}
	body := make([]byte, size)
	switch _, err := io.ReadFull(r, body); {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, ErrBroken
	case err != nil:
		return nil, err
	}
	return body, nil
}

// WriteMessage writes one message with a single call, so that no other byte
// can come between.
func WriteMessage(w io.Writer, body []byte) error {
	if len(body) > MaxMessage {
		return fmt.Errorf("%w: %d bytes", ErrTooLong, len(body))
	}
	frame := binary.NativeEndian.AppendUint32(make([]byte, 0, 4+len(body)), uint32(len(body)))
	_, err := w.Write(append(frame, body...))
	return err
}
