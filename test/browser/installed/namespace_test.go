// Package installed tests what installing the client package is to be enough
// for: files in their places, browsers that were used before and that nothing
// automates, a page that pays. All of it happens in a mount namespace with
// overlays, so the machine itself stays as it is.
package installed

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"qpay/test/world"
)

var shared = world.Shared{Options: world.Options{Nodes: 2}}

// inside is set in the namespace, to the folder for what is written there.
const inside = "QPAY_TEST_NAMESPACE"

func TestMain(m *testing.M) {
	memory := os.Getenv(inside)
	if os.Getuid() != 0 {
		fmt.Println("skipped: unpacking a package over /usr, even in a namespace, needs root")
		return
	}
	if memory == "" {
		os.Exit(enter())
	}
	if err := overlay(memory, "/usr", "/etc"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	shared.Main(m)
}

// enter runs this program again in a mount namespace of its own.
func enter() int {
	memory, err := os.MkdirTemp("", "qpay-overlay")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.Remove(memory)
	args := []string{"--mount", "--propagation", "private", os.Args[0]}
	cmd := exec.Command("unshare", append(args, os.Args[1:]...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), inside+"="+memory)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return exit.ExitCode()
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// overlay makes folders writable without writing to them. What is written goes
// to memory and is gone with the namespace.
func overlay(memory string, folders ...string) error {
	if err := syscall.Mount("tmpfs", memory, "tmpfs", 0, "mode=0755"); err != nil {
		return fmt.Errorf("a tmpfs in the namespace: %w", err)
	}
	for _, dir := range folders {
		upper, work := filepath.Join(memory, "upper"+dir), filepath.Join(memory, "work"+dir)
		if err := errors.Join(os.MkdirAll(upper, 0o755), os.MkdirAll(work, 0o755)); err != nil {
			return err
		}
		options := fmt.Sprintf("lowerdir=%s,upperdir=%s,workdir=%s", dir, upper, work)
		if err := syscall.Mount("overlay", dir, "overlay", 0, options); err != nil {
			return fmt.Errorf("an overlay on %s: %w", dir, err)
		}
	}
	return nil
}
