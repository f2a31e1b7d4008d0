package native

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"syscall"
	"time"

	"qpay/internal/client/wallet"
	"qpay/internal/wire"
)

// Program is the path of qpay, which knows what a link or a selected text is,
// so that there is one parser for that.
type Program string

// lastWords is how long qpay may take to end its call after it was told to.
const lastWords = 5 * time.Second

// Open has qpay open a text that a page at origin gave, and returns the object
// that it printed. If ctx ends, qpay is told to end its call and may say what
// became of it.
func (p Program) Open(ctx context.Context, text, origin string) ([]byte, *wire.Error) {
	args := []string{"open", "--json"}
	if origin != "" {
		args = append(args, "--origin", origin)
	}
	cmd := exec.CommandContext(ctx, string(p), append(args, "--", text)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = lastWords
	out := &bounded{left: MaxMessage / 2}
	cmd.Stdout = out
	if err := cmd.Start(); err != nil {
		return nil, wire.New(wire.Internal, "The program qpay could not be started.", "nothing was paid; install qpay-client anew")
	}
	cmd.Wait() // the exit code says no more than the line does
	return printed(out.kept.Bytes(), cmd.ProcessState.ExitCode(), ctx.Err())
}

// printed reads what qpay printed: one object, which may be an error. qpay
// leaves the version out of some.
func printed(line []byte, exit int, ended error) ([]byte, *wire.Error) {
	line = bytes.TrimSpace(line)
	head := struct {
		V     int
		Error *wire.Error
	}{V: wire.Version}
	if json.Unmarshal(line, &head) == nil && head.V == wire.Version && line[0] == '{' {
		if head.Error != nil {
			return nil, head.Error
		}
		return line, nil
	}
	var e *wire.Error
	careful := wallet.Find("")
	switch {
	case exit == int(wire.ExitUsage) && len(line) == 0:
		return nil, wire.New(wire.BadRequest, "This qpay does not open links.", "nothing was paid; qpay and qpay-native-host are of different versions")
	case errors.Is(ended, context.DeadlineExceeded):
		e = careful.Lost("No answer came in time.")
		e.Code = wire.ClientTimeout
		return nil, e
	}
	return nil, careful.Lost("The program qpay ended without an answer.")
}

// bounded keeps the first bytes of what a program prints. What is too long is
// cut, and then is no JSON. The buffer is not embedded: its ReadFrom would go
// past the bound.
type bounded struct {
	kept bytes.Buffer
	left int
}

func (b *bounded) Write(p []byte) (int, error) {
	n := min(len(p), b.left)
	b.left -= n
	b.kept.Write(p[:n])
	return len(p), nil
}

var _ io.Writer = (*bounded)(nil)
