package walletcmds

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// atTerminal runs a command with a terminal on all three of its ends, and
// types the answers.
func (w *wallet) atTerminal(answers string, args ...string) (code int, out string) {
	w.t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	must(w.t, err)
	defer master.Close()
	fd := int(master.Fd())
	must(w.t, unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	must(w.t, err)
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	must(w.t, err)
	c := exec.Command(program(w.t), args...)
	c.Env = append([]string{"HOME=" + w.home, "PATH=/usr/bin:/bin", "TERM=dumb"}, w.env...)
	c.Stdin, c.Stdout, c.Stderr = slave, slave, slave
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	must(w.t, c.Start())
	slave.Close()
	_, err = io.WriteString(master, answers) // the terminal keeps them until they are read
	must(w.t, err)
	all, err := io.ReadAll(master)
	if err != nil && !errors.Is(err, syscall.EIO) { // EIO: the other side is closed
		w.t.Fatal(err)
	}
	_ = c.Wait()
	return c.ProcessState.ExitCode(), string(all)
}
