package scan

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"strings"

	"qpay/internal/wire"
)

// Screen lets the person mark a part of this qube's screen and looks for
// something to pay in it: by slurp and grim under Wayland, by maim under X11.
// ImageMagick's import is not used: it holds up the whole X server meanwhile,
// Qubes' own agent, which draws the windows, among its clients.
func Screen(ctx context.Context) (Found, *wire.Error) {
	var shot []byte
	var e *wire.Error
	switch {
	case os.Getenv("WAYLAND_DISPLAY") != "":
		shot, e = wayland(ctx)
	case os.Getenv("DISPLAY") != "":
		shot, e = output(ctx, "maim", "--select", "--hidecursor", "--quiet")
	default:
		return Found{}, badPicture("There is no screen here.")
	}
	if e != nil {
		return Found{}, e
	}
	return Picture(ctx, bytes.NewReader(shot))
}

func wayland(ctx context.Context) ([]byte, *wire.Error) {
	region, e := output(ctx, "slurp")
	if e != nil {
		return nil, e
	}
	return output(ctx, "grim", "-g", strings.TrimSpace(string(region)), "-")
}

// output runs a program of the desktop's. That it ends with an error means that
// the person gave up.
func output(ctx context.Context, name string, args ...string) ([]byte, *wire.Error) {
	cmd := exec.CommandContext(ctx, name, args...)
	out, err := cmd.Output()
	switch {
	case err != nil && cmd.ProcessState == nil:
		return nil, noScanner(name)
	case context.Cause(ctx) == context.DeadlineExceeded:
		return nil, late()
	case err != nil:
		return nil, closed()
	}
	return out, nil
}
