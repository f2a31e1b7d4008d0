package native

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"qpay/internal/wire"
)

// script is a program in the place of qpay.
func script(t *testing.T, text string) Program {
	t.Helper()
	path := filepath.Join(t.TempDir(), "qpay")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o700); err != nil {
		t.Fatal(err)
	}
	return Program(path)
}

// The text arrives as one argument behind "--", whatever it looks like, and no
// shell reads it.
func TestOpenPassesTheTextAsItIs(t *testing.T) {
	p := script(t, `printf '{"v":1,"args":"%s"}\n' "$#|$1|$2|$3|$4|$5|$6"`)
	for _, text := range []string{"lightning:lnbc1", "--help", "$(id)", "a b;c"} {
		got, e := p.Open(context.Background(), text, "https://a.b")
		if e != nil || string(got) != `{"v":1,"args":"6|open|--json|--origin|https://a.b|--|`+text+`"}` {
			t.Errorf("%q: %s, %+v", text, got, e)
		}
	}
	if got, _ := p.Open(context.Background(), "x", ""); string(got) != `{"v":1,"args":"4|open|--json|--|x||"}` {
		t.Errorf("%s", got)
	}
}

func TestOpenWithoutAProgram(t *testing.T) {
	_, e := Program(filepath.Join(t.TempDir(), "none")).Open(context.Background(), "x", "")
	if e == nil || e.Code != wire.Internal || e.Payment != wire.NotSent {
		t.Errorf("%+v", e)
	}
}

// Who asked is gone: qpay is told so and may close its window first; one that
// does not listen is killed.
func TestOpenEnds(t *testing.T) {
	dir := t.TempDir()
	begun := filepath.Join(dir, "begun")
	polite := script(t, `trap 'echo "{\"v\":1,\"error\":{\"code\":\"not_answered\",\"message\":\"m\",\"hint\":\"h\",\"payment\":\"not_sent\"}}"; exit 3' TERM
>`+begun+`
while :; do sleep 0.01; done`)
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer cancel()
		for range 2000 {
			if _, err := os.Stat(begun); err == nil {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	if _, e := polite.Open(ctx, "x", ""); e == nil || e.Code != wire.NotAnswered || e.Payment != wire.NotSent {
		t.Errorf("%+v", e)
	}
	deaf := script(t, "trap '' TERM\nwhile :; do sleep 0.01; done")
	ctx, cancel = context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if _, e := deaf.Open(ctx, "x", ""); e == nil || e.Code != wire.ClientTimeout || e.Payment != wire.Unknown || !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		t.Errorf("%+v", e)
	}
}

// What a program prints without an end costs no more than a message.
func TestOpenPrintsTooMuch(t *testing.T) {
	_, e := script(t, `head -c 1000000 /dev/zero | tr '\0' x`).Open(context.Background(), "x", "")
	if e == nil || e.Code != wire.NoAnswer || e.Payment != wire.Unknown {
		t.Errorf("%+v", e)
	}
	b := &bounded{left: 10}
	for range 3 {
		if n, err := b.Write([]byte(strings.Repeat("x", 7))); n != 7 || err != nil {
			t.Error(n, err)
		}
	}
	if b.kept.Len() != 10 {
		t.Error(b.kept.Len())
	}
}

// io.Copy, which os/exec uses, asks a writer for ReadFrom first: that of a
// bytes.Buffer would keep everything.
func TestOpenIsBoundedForCopyToo(t *testing.T) {
	b := &bounded{left: 10}
	long := struct{ io.Reader }{strings.NewReader(strings.Repeat("x", 100_000))} // without WriteTo
	if n, err := io.Copy(b, long); n != 100_000 || err != nil {
		t.Error(n, err)
	}
	if b.kept.Len() != 10 || b.left != 0 {
		t.Errorf("%d bytes are kept, %d more would be", b.kept.Len(), b.left)
	}
}
