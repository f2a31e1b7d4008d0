// Package frame is what the stand-in qrexec-client-vm and the simulated machine
// say to each other over a unix socket. It has nothing to do with the real
// qrexec's own messages, which no part of qpay ever sees.
package frame

import (
	"encoding/binary"
	"fmt"
	"io"
)

// Kind says what a frame carries.
type Kind byte

const (
	Request  Kind = 'r' // client: target, NUL, service with its argument
	Stdin    Kind = 'i' // client: bytes for the service; none is the end
	Accepted Kind = 'a' // machine: policy lets the call through
	Refused  Kind = 'x' // machine: it does not
	Stdout   Kind = 'o' // machine: bytes of the service; none is the end
	Stderr   Kind = 'e' // machine: likewise, without an end
	Exit     Kind = 'c' // machine: one byte, the last frame
)

// Max is the longest payload.
const Max = 64 << 10

// Write sends one frame in one piece.
func Write(w io.Writer, kind Kind, payload []byte) error {
	if len(payload) > Max {
		return fmt.Errorf("frame of %d bytes", len(payload))
	}
	buf := binary.BigEndian.AppendUint32([]byte{byte(kind)}, uint32(len(payload)))
	_, err := w.Write(append(buf, payload...))
	return err
}

// Read receives one frame.
func Read(r io.Reader) (Kind, []byte, error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	size := binary.BigEndian.Uint32(head[1:])
	if size > Max {
		return 0, nil, fmt.Errorf("frame of %d bytes", size)
	}
	payload := make([]byte, size)
	_, err := io.ReadFull(r, payload)
	return Kind(head[0]), payload, err
}
