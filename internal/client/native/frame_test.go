package native

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func framed(size uint32, body string) []byte {
	return append(binary.NativeEndian.AppendUint32(nil, size), body...)
}

func TestReadMessage(t *testing.T) {
	long := strings.Repeat("x", MaxMessage)
	for name, c := range map[string]struct {
		in   []byte
		want string
		err  error
	}{
		"one":                  {framed(2, "{}"), "{}", nil},
		"empty":                {framed(0, ""), "", nil},
		"the longest":          {framed(MaxMessage, long), long, nil},
		"one byte more":        {framed(MaxMessage+1, long+"x"), "", ErrTooLong},
		"four gigabytes":       {framed(0xffffffff, ""), "", ErrTooLong},
		"the port was closed":  {nil, "", io.EOF},
		"half a length":        {framed(2, "")[:3], "", ErrBroken},
		"length without bytes": {framed(2, ""), "", ErrBroken},
		"half a message":       {framed(2, "{"), "", ErrBroken},
	} {
		got, err := ReadMessage(iotest.OneByteReader(bytes.NewReader(c.in)))
		if string(got) != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}

// What was too long is not read: what follows might be anything.
func TestTooLongIsNotReadOn(t *testing.T) {
	in := bytes.NewReader(framed(MaxMessage+1, "more"))
	if _, err := ReadMessage(in); !errors.Is(err, ErrTooLong) || in.Len() != len("more") {
		t.Errorf("%v, %d bytes left", err, in.Len())
	}
}

func TestLengthIsNotBelieved(t *testing.T) {
	in := framed(0xffffffff, "")
	if n := testing.AllocsPerRun(10, func() { ReadMessage(bytes.NewReader(in)) }); n > 10 {
		t.Errorf("%v allocations", n)
	}
}

func TestWriteMessageInOneCall(t *testing.T) {
	var calls int
	err := WriteMessage(writer(func(p []byte) (int, error) {
		calls++
		if !bytes.Equal(p, framed(2, "{}")) {
			t.Errorf("%q", p)
		}
		return len(p), nil
	}), []byte("{}"))
	if err != nil || calls != 1 {
		t.Error(err, calls)
	}
	if err := WriteMessage(io.Discard, make([]byte, MaxMessage+1)); !errors.Is(err, ErrTooLong) {
		t.Error(err)
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

// What is read is within the bounds and is what was written; what is left
// over begins where the message ended.
func FuzzReadMessage(f *testing.F) {
	f.Add(framed(2, "{}"))
	f.Add(framed(0xffffffff, ""))
	f.Add(framed(MaxMessage+1, ""))
	f.Fuzz(func(t *testing.T, in []byte) {
		r := bytes.NewReader(in)
		body, err := ReadMessage(r)
		if err != nil {
			if body != nil {
				t.Error("a message besides the error")
			}
			return
		}
		if len(body) > MaxMessage || cap(body) > MaxMessage+4096 {
			t.Errorf("%d bytes, room for %d", len(body), cap(body))
		}
		var out bytes.Buffer
		if err := WriteMessage(&out, body); err != nil || !bytes.Equal(out.Bytes(), in[:len(in)-r.Len()]) {
			t.Errorf("%v, %q", err, out.Bytes())
		}
	})
}
