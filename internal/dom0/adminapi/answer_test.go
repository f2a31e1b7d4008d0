package adminapi

import (
	"bytes"
	"context"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestAnswer(t *testing.T) {
	for _, c := range []struct {
		untrusted, data string
		err             error
	}{
		{"0\x00", "", nil},
		{"0\x00a\x00b", "a\x00b", nil},
		{"", "", ErrRefused}, // 4.2 refuses without a word
		{"2\x00PermissionDenied\x00\x00text\x00", "", ErrRefused},
		{"2\x00ProtocolError\x00\x00text\x00", "", ErrRefused},
		{"2\x00QubesVMNotFoundError\x00trace\x00No %s\x00x\x00", "", ErrNoQube},
		{"2\x00", "", ErrAnswer},
		{"2\x00QubesException", "", ErrAnswer}, // cut off
		{"2\x00<b>\x00\x00\x00", "", ErrAnswer},
		{"1\x00event\x00", "", ErrAnswer},
		{"0", "", ErrAnswer},
		{"00", "", ErrAnswer},
	} {
		data, err := parseAnswer([]byte(c.untrusted))
		if string(data) != c.data || !errors.Is(err, c.err) {
			t.Errorf("%q: %q, %v", c.untrusted, data, err)
		}
	}
}

// The text of an error may quote a qube; it goes nowhere.
func TestErrorTextIsDropped(t *testing.T) {
	_, err := parseAnswer([]byte("2\x00QubesUSBException\x00evil trace\x00evil text\x00evil word\x00"))
	if err == nil || strings.Contains(err.Error(), "evil") || !strings.Contains(err.Error(), "QubesUSBException") {
		t.Error(err)
	}
}

func FuzzAnswer(f *testing.F) {
	for _, s := range []string{"", "0\x00x", "2\x00QubesException\x00\x00text\x00", "1\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, untrusted []byte) {
		data, err := parseAnswer(untrusted)
		if err == nil && !bytes.Equal(append([]byte("0\x00"), data...), untrusted) {
			t.Errorf("%q became %q", untrusted, data)
		}
		if err != nil && strings.ContainsAny(err.Error(), "\n\x1b<>&\x00") {
			t.Errorf("%q", err)
		}
	})
}

// serve answers one call with f.
func serve(t *testing.T, f func(net.Conn)) *Client {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		f(conn)
		conn.Close()
	}()
	return &Client{Socket: socket}
}

func TestRequestIsWhatQubesdReads(t *testing.T) {
	got := make(chan string, 1)
	c := serve(t, func(conn net.Conn) {
		var b bytes.Buffer
		_, _ = b.ReadFrom(conn) // the end of the request, not of the connection
		got <- b.String()
		_, _ = conn.Write([]byte("0\x00"))
	})
	d := Device{Class: Webcam, Backend: "sys-usb", Port: "dev-video0", ID: "046d:0825::u0e0100"}
	if err := c.Attach(t.Context(), d, "work", "640x480x30"); err != nil {
		t.Fatal(err)
	}
	want := "admin.vm.device.webcam.Attach+sys-usb+dev-video0+046d+0825++u0e0100 dom0 name work\x00mode='manual' _format='640x480x30'"
	if s := <-got; s != want {
		t.Errorf("got %q", s)
	}
}

func TestAnswerWithoutEndIsCutOff(t *testing.T) {
	c := serve(t, func(conn net.Conn) {
		for {
			if _, err := conn.Write(bytes.Repeat([]byte("0\x00work"), 4096)); err != nil {
				return
			}
		}
	})
	if _, err := c.Qubes(t.Context()); !errors.Is(err, ErrUnreachable) {
		t.Error(err)
	}
}

func TestSilentQubesdIsLeft(t *testing.T) {
	c := serve(t, func(conn net.Conn) { var b bytes.Buffer; _, _ = b.ReadFrom(conn); <-t.Context().Done() })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.Qubes(ctx); !errors.Is(err, ErrUnreachable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

func TestWordsThatWouldShiftTheRequest(t *testing.T) {
	c := Client{Socket: "/nonexistent"}
	for _, arg := range []string{"a b", "a\x00b"} {
		if _, err := c.call(t.Context(), quick, "work", "admin.vm.tag.Get", arg, ""); err == nil || errors.Is(err, ErrUnreachable) {
			t.Errorf("%q: %v", arg, err)
		}
	}
	if err := c.Attach(t.Context(), Device{Class: USB, Backend: "a", Port: "1"}, "work", "1x1x1"); err == nil || errors.Is(err, ErrUnreachable) {
		t.Errorf("a format for a USB device: %v", err)
	}
	if err := c.Attach(t.Context(), Device{Class: Webcam, Backend: "a", Port: "1"}, "work", "1x1x1' frontend_domain='vault"); err == nil || errors.Is(err, ErrUnreachable) {
		t.Errorf("a format with a property in it: %v", err)
	}
}
