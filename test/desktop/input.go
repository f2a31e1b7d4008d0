package desktop

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// Everything in this file is real input: it goes through the X server as from a
// keyboard and a mouse, not as a message to the program (which GTK ignores).

// Key presses and releases keys, such as "Return", "alt+p", "Escape".
func (d *Desktop) Key(ctx context.Context, keys ...string) error {
	return d.xdotool(ctx, append([]string{"key", "--delay", "20"}, keys...)...)
}

// KeyDown holds a key, which the X server repeats until KeyUp.
func (d *Desktop) KeyDown(ctx context.Context, key string) error {
	return d.xdotool(ctx, "keydown", key)
}

// KeyUp lets go of it.
func (d *Desktop) KeyUp(ctx context.Context, key string) error { return d.xdotool(ctx, "keyup", key) }

// Type types text into whatever has the focus.
func (d *Desktop) Type(ctx context.Context, text string) error {
	return d.xdotool(ctx, "type", "--delay", "20", text)
}

// Move moves the pointer.
func (d *Desktop) Move(ctx context.Context, x, y int) error {
	return d.xdotool(ctx, "mousemove", "--sync", strconv.Itoa(x), strconv.Itoa(y))
}

// Click moves the pointer there and clicks as often as is said, 60 ms apart.
func (d *Desktop) Click(ctx context.Context, x, y, times int) error {
	return d.xdotool(ctx, "mousemove", strconv.Itoa(x), strconv.Itoa(y),
		"click", "--repeat", strconv.Itoa(times), "--delay", "60", "1")
}

// MouseDown and MouseUp are the halves of a click where the pointer is.
func (d *Desktop) MouseDown(ctx context.Context) error { return d.xdotool(ctx, "mousedown", "1") }

// MouseUp lets go of the button.
func (d *Desktop) MouseUp(ctx context.Context) error { return d.xdotool(ctx, "mouseup", "1") }

// Window waits for a visible window with exactly this title and gives its id.
func (d *Desktop) Window(ctx context.Context, title string) (id string, err error) {
	err = poll(ctx, func() error {
		id, err = d.visible(ctx, title)
		if err == nil && id == "" {
			err = fmt.Errorf("no window %q", title)
		}
		return err
	})
	return id, err
}

// NoWindow waits until no window with this title is left.
func (d *Desktop) NoWindow(ctx context.Context, title string) error {
	return poll(ctx, func() error {
		id, err := d.visible(ctx, title)
		if err == nil && id != "" {
			err = fmt.Errorf("window %q is still there", title)
		}
		return err
	})
}

func (d *Desktop) visible(ctx context.Context, title string) (string, error) {
	out, err := d.output(ctx, "xdotool", "search", "--onlyvisible", "--name", "^"+title+"$")
	if err != nil && out == "" {
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.ExitCode() == 1 { // xdotool's "nothing found"
			return "", nil
		}
		return "", err
	}
	ids := strings.Fields(out)
	if len(ids) == 0 {
		return "", nil
	}
	return ids[len(ids)-1], nil
}

// Focus gives a window the focus, as the window manager does on a click.
func (d *Desktop) Focus(ctx context.Context, id string) error {
	return d.xdotool(ctx, "windowactivate", "--sync", id)
}

// CloseWindow asks the window that has the focus to close, through the window
// manager, as the cross in its title bar does, and waits until it is gone. On a
// busy machine the window manager may learn of the focus after the key: then the
// key is pressed again, as a person would.
func (d *Desktop) CloseWindow(ctx context.Context) error {
	id, err := d.output(ctx, "xdotool", "getactivewindow")
	if err != nil {
		return err
	}
	for {
		if err := d.Key(ctx, "alt+F4"); err != nil {
			return err
		}
		soon, cancel := context.WithTimeout(ctx, 5*time.Second)
		err := poll(soon, func() error {
			if _, err := d.output(soon, "xwininfo", "-id", strings.TrimSpace(id)); err != nil {
				return nil
			}
			return errors.New("the window is still there")
		})
		cancel()
		if err == nil || ctx.Err() != nil {
			return err
		}
	}
}

// Other opens a window of another program in the upper left corner, which can
// take the focus away, and gives its id. Stop ends it.
func (d *Desktop) Other(ctx context.Context) (id string, err error) {
	if err := d.start(d.command("xev", "-geometry", "150x150+10+40")); err != nil {
		return "", err
	}
	return d.Window(ctx, "Event Tester")
}

// Rect is a place on the screen.
type Rect struct{ X, Y, W, H int }

// Geometry is where a window is, without its border.
func (d *Desktop) Geometry(ctx context.Context, id string) (r Rect, err error) {
	out, err := d.output(ctx, "xwininfo", "-id", id)
	if err != nil {
		return r, err
	}
	for line := range strings.Lines(out) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		n, _ := strconv.Atoi(strings.TrimSpace(value))
		switch key {
		case "Absolute upper-left X":
			r.X = n
		case "Absolute upper-left Y":
			r.Y = n
		case "Width":
			r.W = n
		case "Height":
			r.H = n
		}
	}
	if r.W == 0 {
		return r, fmt.Errorf("xwininfo has no size of %s", id)
	}
	return r, nil
}

// Copy puts a text into the clipboard, by a program that keeps it until Stop.
func (d *Desktop) Copy(ctx context.Context, text string) error {
	cmd := d.command("xclip", "-quiet", "-in", "-selection", "clipboard")
	cmd.Stdin = strings.NewReader(text)
	if err := d.start(cmd); err != nil {
		return err
	}
	return poll(ctx, func() error {
		got, err := d.Clipboard(ctx)
		if err == nil && got != text {
			err = fmt.Errorf("the clipboard has %q", got)
		}
		return err
	})
}

// Clipboard is the text that a program has put there.
func (d *Desktop) Clipboard(ctx context.Context) (string, error) {
	return d.output(ctx, "xclip", "-out", "-selection", "clipboard")
}

func (d *Desktop) xdotool(ctx context.Context, args ...string) error {
	_, err := d.output(ctx, "xdotool", args...)
	return err
}

func (d *Desktop) output(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = d.dir, d.Env()
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%s %s: %w %s", name, strings.Join(args, " "), err, strings.TrimSpace(errs.String()))
	}
	return string(out), err
}
