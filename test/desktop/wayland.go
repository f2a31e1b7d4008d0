package desktop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// Wayland is a Wayland compositor without a screen, sway.
type Wayland struct {
	dir, name string
	cmd       *exec.Cmd
}

// nobody is who runs it where this process is root's: sway refuses to be.
const nobody = 65534

// StartWayland starts one. The context bounds the start only; Stop ends it.
func StartWayland(ctx context.Context) (w *Wayland, err error) {
	for _, tool := range []string{"sway", "wl-copy", "wl-paste"} {
		if _, err := exec.LookPath(tool); err != nil {
			return nil, fmt.Errorf("%w: %s; on Debian: apt-get install sway wl-clipboard", ErrNoTools, tool)
		}
	}
	w = &Wayland{}
	defer func() {
		if err != nil {
			w.Stop()
			w = nil
		}
	}()
	if w.dir, err = os.MkdirTemp("", "wayland"); err != nil {
		return w, err
	}
	conf := filepath.Join(w.dir, "conf")
	if err := os.WriteFile(conf, []byte("xwayland disable\n"), 0o644); err != nil {
		return w, err
	}
	w.cmd = exec.Command("sway", "-c", conf)
	w.cmd.Dir = w.dir
	w.cmd.Env = append(w.Env(), "WLR_BACKENDS=headless", "WLR_RENDERER=pixman", "WLR_LIBINPUT_NO_DEVICES=1")
	w.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if os.Getuid() == 0 {
		w.cmd.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
		if err := os.Chown(w.dir, nobody, nobody); err != nil {
			return w, err
		}
	}
	if err := w.cmd.Start(); err != nil {
		return w, err
	}
	return w, poll(ctx, w.find)
}

// find looks for the socket, and sees that something listens on it.
func (w *Wayland) find() error {
	found, err := filepath.Glob(filepath.Join(w.dir, "wayland-[0-9]"))
	if err != nil || len(found) != 1 {
		return errors.New("sway has no socket yet")
	}
	w.name = filepath.Base(found[0])
	cmd := exec.Command("wl-paste", "--list-types")
	cmd.Env = w.Env()
	out, _ := cmd.CombinedOutput() // nothing is copied yet
	if string(out) != "No selection\n" && string(out) != "Nothing is copied\n" {
		return fmt.Errorf("not there yet: %s", out)
	}
	return nil
}

// Env is the environment of a program that is to run there.
func (w *Wayland) Env() []string {
	env := []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "HOME=" + w.dir, "XDG_RUNTIME_DIR=" + w.dir}
	if w.name != "" {
		env = append(env, "WAYLAND_DISPLAY="+w.name)
	}
	return env
}

// Stop ends it and removes its folder.
func (w *Wayland) Stop() {
	if w.cmd != nil && w.cmd.Process != nil {
		_ = w.cmd.Process.Kill()
		_ = w.cmd.Wait()
	}
	if w.dir != "" {
		_ = os.RemoveAll(w.dir)
	}
}
