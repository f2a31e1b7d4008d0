// Package desktop is a desktop for tests and the demo: an X server without a
// screen, a window manager and a session bus with accessibility, all of its own.
// It needs no cgo and no testing package.
//
// The X server runs with -noreset, since it would forget everything when its
// last client leaves, and the pointer is moved into a corner: a fresh server has
// it in the middle with the focus following it, so a window that opens there
// gets the focus by accident.
package desktop

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ErrNoTools means that a program of the desktop is not installed. Tests skip
// on it.
var ErrNoTools = errors.New("desktop tools are missing")

// Packages are the Debian packages that Start and the other calls need.
const Packages = "xvfb openbox dbus at-spi2-core xdotool x11-utils xclip imagemagick " +
	"adwaita-icon-theme librsvg2-common fonts-cantarell fonts-dejavu-core"

// Options of a desktop.
type Options struct {
	Dark          bool // the dark variant of the theme
	Width, Height int  // 0: 1280x800
}

// Desktop is one running desktop.
type Desktop struct {
	dir     string // home, settings and runtime folder; removed by Stop
	display string
	bus     string
	started []*exec.Cmd
	keeper  *keeper
}

// Start starts a desktop. The context bounds the start only; Stop ends it.
func Start(ctx context.Context, o Options) (d *Desktop, err error) {
	if err := findTools(); err != nil {
		return nil, err
	}
	if o.Width == 0 {
		o.Width, o.Height = 1280, 800
	}
	dir, err := os.MkdirTemp("", "desktop")
	if err != nil {
		return nil, err
	}
	d = &Desktop{dir: dir, keeper: newKeeper()}
	defer func() {
		if err != nil {
			d.Stop()
			d = nil
		}
	}()
	if err := d.settings(o); err != nil {
		return d, err
	}
	if err := d.startX(ctx, o); err != nil {
		return d, fmt.Errorf("the X server: %w", err)
	}
	// The bus comes after the display, since it hands its environment to the
	// accessibility service, which wants one.
	if err := d.startBus(ctx); err != nil {
		return d, fmt.Errorf("session bus: %w", err)
	}
	if err := d.start(d.command("openbox", "--sm-disable")); err != nil {
		return d, err
	}
	if err := d.waitWM(ctx); err != nil {
		return d, fmt.Errorf("openbox: %w", err)
	}
	return d, d.Move(ctx, o.Width-1, o.Height-1)
}

func findTools() error {
	var missing []string
	for _, tool := range []string{"Xvfb", "openbox", "dbus-daemon", "xdotool", "xprop", "xev", "xclip", "import"} {
		if _, err := exec.LookPath(tool); err != nil {
			missing = append(missing, tool)
		}
	}
	if missing != nil {
		return fmt.Errorf("%w: %s; on Debian: apt-get install %s", ErrNoTools, strings.Join(missing, ", "), Packages)
	}
	return nil
}

// Env is the environment of a program that is to run on this desktop. It is the
// whole of it: nothing of the caller's takes part, above all no NO_AT_BRIDGE.
func (d *Desktop) Env() []string {
	env := []string{
		"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "HOME=" + d.dir,
		"XDG_RUNTIME_DIR=" + filepath.Join(d.dir, "run"), "GIO_USE_VFS=local", "GSETTINGS_BACKEND=memory",
	}
	if d.display != "" {
		env = append(env, "DISPLAY="+d.display)
	}
	if d.bus != "" {
		env = append(env, "DBUS_SESSION_BUS_ADDRESS="+d.bus)
	}
	return env
}

// Stop ends what Start started, last first, and removes its folder.
func (d *Desktop) Stop() {
	for i := len(d.started) - 1; i >= 0; i-- {
		cmd := d.started[i]
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	d.started = nil
	d.keeper.close()
	_ = os.RemoveAll(d.dir)
}

// settings go to the default place in the home folder, where they also reach a
// program that qpay-server starts with an environment of its own.
func (d *Desktop) settings(o Options) error {
	const gtk = "[Settings]\ngtk-theme-name=Adwaita\ngtk-icon-theme-name=Adwaita\ngtk-font-name=Cantarell 11\n" +
		"gtk-xft-antialias=1\ngtk-xft-hinting=1\ngtk-xft-hintstyle=hintslight\ngtk-xft-rgba=none\n" +
		"gtk-enable-animations=0\ngtk-cursor-blink=0\ngtk-application-prefer-dark-theme=%t\n"
	conf := filepath.Join(d.dir, ".config", "gtk-3.0")
	if err := os.MkdirAll(conf, 0o700); err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(d.dir, "run"), 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(conf, "settings.ini"), fmt.Appendf(nil, gtk, o.Dark), 0o600)
}

// startX lets the server pick a free display number and tell it on a pipe.
func (d *Desktop) startX(ctx context.Context, o Options) error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	cmd := d.command("Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", o.Width, o.Height),
		"-nolisten", "tcp", "-noreset")
	cmd.ExtraFiles = []*os.File{w}
	err = d.start(cmd)
	w.Close()
	if err != nil {
		return err
	}
	number, err := firstLine(ctx, r)
	if err != nil {
		return err
	}
	if _, err := strconv.Atoi(number); err != nil {
		return fmt.Errorf("display number: %w", err)
	}
	d.display = ":" + number
	return nil
}

func (d *Desktop) startBus(ctx context.Context) error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	cmd := d.command("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=3",
		"--address=unix:dir="+filepath.Join(d.dir, "run"))
	cmd.ExtraFiles = []*os.File{w}
	err = d.start(cmd)
	w.Close()
	if err != nil {
		return err
	}
	d.bus, err = firstLine(ctx, r)
	return err
}

// waitWM waits until the window manager has taken over.
func (d *Desktop) waitWM(ctx context.Context) error {
	return poll(ctx, func() error {
		out, err := d.output(ctx, "xprop", "-root", "_NET_SUPPORTING_WM_CHECK")
		if err == nil && !strings.Contains(out, "window id") {
			err = errors.New("not there yet")
		}
		return err
	})
}

func (d *Desktop) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = d.dir, d.Env()
	return cmd
}

func (d *Desktop) start(cmd *exec.Cmd) error {
	if err := d.keeper.start(cmd); err != nil {
		return fmt.Errorf("start %s: %w", cmd.Args[0], err)
	}
	d.started = append(d.started, cmd)
	return nil
}

// firstLine reads one line, and gives up when the context ends.
func firstLine(ctx context.Context, r *os.File) (string, error) {
	stop := context.AfterFunc(ctx, func() { r.Close() })
	defer stop()
	line, err := bufio.NewReader(io.LimitReader(r, 4096)).ReadString('\n')
	if err != nil {
		return "", errors.Join(err, ctx.Err())
	}
	return strings.TrimSpace(line), nil
}

// poll tries until it works or the context ends.
func poll(ctx context.Context, try func() error) error {
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ctx.Err(), err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
