package tool

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestOutput(t *testing.T) {
	ctx := context.Background()
	if out, err := Output(ctx, 5, "echo", "-n", "$HOME"); err != nil || out != "$HOME" {
		t.Errorf("%q, %v", out, err)
	}
	if out, err := Output(ctx, 4, "echo", "-n", "$HOME"); !errors.Is(err, ErrTooLong) || out != "" {
		t.Errorf("one byte too long: %q, %v", out, err)
	}
	if _, err := Output(ctx, 4, "cat", "/dev/zero"); !errors.Is(err, ErrTooLong) {
		t.Errorf("without end: %v", err)
	}
	if _, err := Output(ctx, 4, "no-such-program-of-any-name"); !errors.Is(err, ErrMissing) {
		t.Errorf("missing: %v", err)
	}
	var f *Failed
	_, err := Output(ctx, 4, "sh", "-c", "printf 'why\\033\\nmore' >&2; exit 3")
	if !errors.As(err, &f) || f.Code != 3 || f.Says != "why\x1b" || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("failed: %v", err)
	}
}

// A program that hangs, or whose child holds the output, ends with the context.
func TestHangingProgram(t *testing.T) {
	for _, script := range []string{"sleep 1000", "sleep 1000 & exit 0"} {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		ended := make(chan error, 1)
		go func() {
			_, err := Output(ctx, 4, "sh", "-c", script)
			ended <- err
		}()
		select {
		case err := <-ended:
			if err == nil {
				t.Errorf("%s: no error", script)
			}
		case <-time.After(time.Minute):
			t.Errorf("%s: still runs", script)
		}
		cancel()
	}
}

// A child that keeps a selection outlives the call, and is not waited for.
func TestFeedDoesNotWaitForChildren(t *testing.T) {
	begun := time.Now()
	if err := Feed(context.Background(), "text\n", "sh", "-c", `read x; test "$x" = text || exit 1; sleep 30 & exit 0`); err != nil {
		t.Error(err)
	}
	if time.Since(begun) > 20*time.Second {
		t.Error("waited for the child")
	}
}
