package scan

import (
	"context"
	"errors"
	"os"
	"strings"

	"qpay/internal/client/tool"
	"qpay/internal/wire"
)

// Screen lets the person mark a part of this qube's screen and looks for
// something to pay in it: by slurp and grim under Wayland, by maim under X11.
// ImageMagick's import is not used: it holds up the whole X server meanwhile,
// Qubes' own agent, which draws the windows, among its clients.
func Screen(ctx context.Context) (Found, *wire.Error) {
	var shot string
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
	return Picture(ctx, strings.NewReader(shot))
}

func wayland(ctx context.Context) (string, *wire.Error) {
	region, e := output(ctx, "slurp")
	if e != nil {
		return "", e
	}
	return output(ctx, "grim", "-g", strings.TrimSpace(region), "-")
}

// output runs a program of the desktop's. That it ends with an error means that
// the person gave up.
func output(ctx context.Context, name string, args ...string) (string, *wire.Error) {
	out, err := tool.Output(ctx, maxFile, name, args...)
	switch {
	case errors.Is(err, tool.ErrMissing):
		return "", noScanner(name)
	case errors.Is(err, tool.ErrTooLong):
		return "", tooLarge()
	case context.Cause(ctx) == context.DeadlineExceeded:
		return "", late()
	case err != nil:
		return "", closed()
	}
	return out, nil
}
