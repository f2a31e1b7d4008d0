// Package qrexec is stage 4, in the asking qube, untrusted: one call of a qpay
// service in the wallet's qube by qrexec-client-vm. It names no target but
// @default, since dom0's policy says where the call goes, and puts nothing
// into the service argument.
package qrexec

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os/exec"
	"syscall"
	"time"

	"qpay/internal/wire"
)

// program is Qubes' own, looked up in PATH.
const program = "qrexec-client-vm"

// lastWords is how long the wallet may still answer after a cancel: it closes
// its window and says so, unless the payment was approved already.
const lastWords = 3 * time.Second

// Call sends a request line to a service and returns the answer line, without
// the newline. It holds the call's standard input open for as long as it
// waits: to the service its end means that nobody waits any more.
//
// The error is a *wire.Error that says whether the service may have run, in its
// word for the money; what that means for the service, package wallet knows. If
// ctx ends first, the code is client_timeout or interrupted.
func Call(ctx context.Context, service string, request []byte) ([]byte, error) {
	// Not CommandContext: a cancelled call still listens for the last words.
	cmd := exec.Command(program, "@default", service)
	// A group of its own: Ctrl-C on the terminal is for qpay, which then asks
	// the wallet to close its window.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, wire.New(wire.NoQrexec, "Qubes' program qrexec-client-vm could not be started.",
			"run qpay in a qube of Qubes OS that has qubes-core-qrexec")
	}
	go in.Write(request) // its failure shows as the end of the answer
	answer := make(chan line, 1)
	go func() {
		b, err := wire.ReadLine(bufio.NewReader(out), wire.MaxAnswer)
		answer <- line{b, err}
	}()
	got, cancelled := wait(ctx, answer, in)
	return finish(cmd, got, cancelled)
}

type line struct {
	text []byte
	err  error
}

// errSilent means that no line came in the time that was left.
var errSilent = errors.New("no answer yet")

// wait waits for the line. If ctx ends first, it closes the input, which tells
// the service that nobody waits, and waits a little for what it says to that.
func wait(ctx context.Context, answer <-chan line, in io.Closer) (got line, cancelled error) {
	defer in.Close()
	select {
	case got = <-answer:
		return got, nil
	case <-ctx.Done():
	}
	in.Close()
	select {
	case got = <-answer:
		return got, context.Cause(ctx)
	case <-time.After(lastWords):
		return line{err: errSilent}, context.Cause(ctx)
	}
}

// finish ends the program, which else stays for as long as the wallet's window
// does, and judges what came.
func finish(cmd *exec.Cmd, got line, cancelled error) ([]byte, error) {
	if got.err == nil {
		cmd.Process.Kill()
		cmd.Wait()
		return got.text, nil
	}
	if errors.Is(got.err, errSilent) || !errors.Is(got.err, io.EOF) {
		cmd.Process.Kill() // hangs, or sends what is no line
	}
	cmd.Wait()
	if cancelled != nil {
		return nil, notWaited(cancelled)
	}
	return nil, noLine(cmd.ProcessState.ExitCode(), got.err)
}

// Installed says whether Qubes' program is there.
func Installed() bool {
	_, err := exec.LookPath(program)
	return err == nil
}

func notWaited(cause error) *wire.Error {
	if errors.Is(cause, context.DeadlineExceeded) {
		return wire.New(wire.ClientTimeout, "No answer came in time.", "")
	}
	return wire.New(wire.Interrupted, "Interrupted before an answer came.", "")
}

// noLine judges a call that ended without an answer. 126 and 127 are qrexec's
// own and say that the service never ran; after anything else it may have.
func noLine(code int, err error) *wire.Error {
	if errors.Is(err, io.EOF) {
		switch code {
		case 126:
			return wire.New(wire.PolicyRefused, "Qubes refused the call: this qube is not enrolled, the service is switched off, or too many calls are open.", "")
		case 127:
			return wire.New(wire.NoService, "The wallet's qube does not offer this service.",
				"install qpay-server in the template of the wallet's qube")
		}
	}
	return wire.New(wire.NoAnswer, "The wallet's qube ended the call without a whole answer.", "")
}
