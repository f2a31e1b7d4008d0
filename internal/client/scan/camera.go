package scan

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"qpay/internal/client/uri"
	"qpay/internal/wire"
)

// Camera shows what the camera sees in a window of zbarcam's until a code can
// be paid. device is such as /dev/video0; empty: the first one. ctx bounds the
// time. others, if not nil, is told of codes that are nothing to pay.
func Camera(ctx context.Context, device string, others func(*wire.Error)) (Found, *wire.Error) {
	device, e := find(device)
	if e != nil {
		return Found{}, e
	}
	args := quiet()
	if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		args = append(args, "--nodisplay")
	}
	cmd := exec.Command("zbarcam", append(args, device)...)
	// A group of its own, so that all of it goes: a camera that stays open
	// keeps its light on.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return Found{}, wire.New(wire.Internal, "The camera's program could not be started.", "nothing was paid")
	}
	if err := cmd.Start(); err != nil {
		return Found{}, noScanner("zbarcam")
	}
	found := make(chan Found, 1)
	go func() {
		defer close(found)
		if f, ok := first(newCodes(out), others); ok {
			found <- f
		}
	}()
	var got *Found
	select {
	case f, ok := <-found:
		if ok {
			got = &f
		}
	case <-ctx.Done():
	}
	ended := end(cmd, got == nil && ctx.Err() == nil)
	switch {
	case got != nil:
		return *got, nil
	case errors.Is(context.Cause(ctx), context.DeadlineExceeded):
		return Found{}, late()
	case ctx.Err() != nil || ended == nil:
		return Found{}, closed()
	}
	return Found{}, brokenCamera(device)
}

// first waits for a code that can be paid.
func first(c codes, others func(*wire.Error)) (f Found, ok bool) {
	for {
		text, err := c.next()
		if err != nil {
			return f, false
		}
		t, e := uri.Parse(text)
		if e == nil {
			f.Target = t
			return f, true
		}
		f.Others++
		if others != nil {
			others(e)
		}
	}
}

// patience is how long zbarcam has to let go of the camera.
const patience = 3 * time.Second

// end waits for the program; unless it ends by itself, it is told to.
func end(cmd *exec.Cmd, byItself bool) error {
	group := -cmd.Process.Pid
	if !byItself {
		syscall.Kill(group, syscall.SIGTERM)
	}
	kill := time.AfterFunc(patience, func() { syscall.Kill(group, syscall.SIGKILL) })
	defer kill.Stop()
	return cmd.Wait()
}

// find looks whether there is a camera at all, since zbarcam does not say.
func find(device string) (string, *wire.Error) {
	if device == "" {
		all, _ := filepath.Glob("/dev/video*") // the pattern is well formed
		if len(all) == 0 {
			return "", noCamera()
		}
		slices.SortFunc(all, func(a, b string) int { return len(a)*100 - len(b)*100 + strings.Compare(a, b) })
		return all[0], nil
	}
	info, err := os.Stat(device)
	if err != nil || info.Mode()&os.ModeCharDevice == 0 || !strings.HasPrefix(filepath.Clean(device), "/dev/") {
		return "", noCamera()
	}
	return filepath.Clean(device), nil
}
