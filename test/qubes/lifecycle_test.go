package qubes

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// A dead caller: the input ends, no signal, poll tells nothing, writing fails.
func TestCallerKilled(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM} {
		s := set(t, nil)
		cmd, _, c := s.begin("test.Witness")
		s.must(cmd.Process.Signal(sig))
		cmd.Wait()
		want := "stdin=<nil> signals=0 poll=true out=true err=true"
		if got := s.reported("test.Witness"); got != want {
			t.Errorf("%v: %s, want %s", sig, got, want)
		}
		c, err := s.WaitEnded(s.ctx, c.ID)
		s.must(err)
		if !c.Gone || c.RC != 0 {
			t.Errorf("%v: %+v", sig, c)
		}
	}
}

// To the service a half-close looks the same, but its answer arrives.
func TestHalfClose(t *testing.T) {
	s := set(t, nil)
	if got := s.call("personal", "@default", "test.Witness", ""); got.out != "answer\n" || got.err != "complaint\n" {
		t.Errorf("%+v", got)
	}
	want := "stdin=<nil> signals=0 poll=true out=false err=false"
	if got := s.reported("test.Witness"); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// A service that does not ignore SIGPIPE dies of its answer to nobody.
func TestSIGPIPE(t *testing.T) {
	s := set(t, nil)
	cmd, _, c := s.begin("test.Writer")
	s.must(cmd.Process.Kill())
	cmd.Wait()
	c, err := s.WaitEnded(s.ctx, c.ID)
	s.must(err)
	if c.RC != 128+int(syscall.SIGPIPE) {
		t.Errorf("%+v", c)
	}
}

// A service that neither reads nor writes runs to its end unaware.
func TestServiceRunsOn(t *testing.T) {
	s := set(t, nil)
	cmd, _, c := s.begin("test.Busy")
	s.must(cmd.Process.Kill())
	cmd.Wait()
	s.must(os.WriteFile(filepath.Join(s.report, "go-on"), nil, 0o600))
	if got := s.reported("test.Busy"); got != "done" {
		t.Error(got)
	}
	c, err := s.WaitEnded(s.ctx, c.ID)
	s.must(err)
	if c.RC != 0 || !c.Gone {
		t.Errorf("%+v", c)
	}
}

// Output closed early: the client has its end at once, input still flows, and
// the exit code arrives.
func TestServiceClosesOutput(t *testing.T) {
	s := set(t, nil)
	cmd := s.Command(s.ctx, "personal", "qrexec-client-vm", "@default", "test.Shut")
	in, err := cmd.StdinPipe()
	s.must(err)
	out, err := cmd.StdoutPipe()
	s.must(err)
	s.must(cmd.Start())
	text, err := io.ReadAll(out) // until the client closes it, which runs on
	if string(text) != "early\n" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	io.WriteString(in, "later\n")
	if got := s.reported("test.Shut"); got != "later\n" {
		t.Errorf("%q", got)
	}
	cmd.Wait()
	if rc := cmd.ProcessState.ExitCode(); rc != 5 {
		t.Errorf("code %d", rc)
	}
}

// The client's reader is gone: the output is drained and lost, the service
// notices nothing.
func TestReaderGone(t *testing.T) {
	s := set(t, nil)
	cmd := s.Command(s.ctx, "personal", "qrexec-client-vm", "@default", "test.Flood")
	out, err := cmd.StdoutPipe()
	s.must(err)
	in, err := cmd.StdinPipe()
	s.must(err)
	s.must(cmd.Start())
	bufio.NewReader(io.LimitReader(out, 1)).ReadByte()
	out.Close()
	cmd.Wait()
	in.Close()
	if rc := cmd.ProcessState.ExitCode(); rc != 3 {
		t.Errorf("code %d", rc)
	}
	if c := s.Calls()[0]; c.RC != 3 || c.Gone {
		t.Errorf("%+v", c)
	}
}

// A child that keeps standard error holds the exit code back.
func TestChildHoldsStandardError(t *testing.T) {
	s := set(t, nil)
	begun := time.Now()
	got := s.call("personal", "@default", "test.Parent", "")
	if got.rc != 6 || time.Since(begun) < 300*time.Millisecond {
		t.Errorf("%+v after %v", got, time.Since(begun))
	}
}

func TestSignalTheService(t *testing.T) {
	s := set(t, nil)
	cmd, _, c := s.begin("test.Hold")
	s.must(s.Signal(c.ID, syscall.SIGKILL))
	cmd.Wait()
	if rc := cmd.ProcessState.ExitCode(); rc != 137 {
		t.Errorf("code %d", rc)
	}
	if s.Signal(c.ID, syscall.SIGKILL) == nil {
		t.Error("signalled a service that has ended")
	}
}

// Close ends what does not end by itself.
func TestClose(t *testing.T) {
	s := set(t, func(o *Options, so *ServerOptions) { o.Grace = 50 * time.Millisecond })
	cmd, _, c := s.begin("test.Deaf")
	s.must(s.Close())
	cmd.Wait()
	if rc := cmd.ProcessState.ExitCode(); rc != 255 {
		t.Errorf("code %d", rc)
	}
	if c = s.Calls()[c.ID-1]; c.RC != 137 || syscall.Kill(c.PID, 0) == nil {
		t.Errorf("%+v still runs", c)
	}
}

// With 128 calls open between two qubes, one more is refused; the others, and
// another qube, are not concerned.
func TestCallsAtOnce(t *testing.T) {
	s := set(t, nil)
	s.must(s.AddQube("work", "qpay-client"))
	read, write, err := os.Pipe()
	s.must(err)
	defer write.Close()
	done := make(chan error, maxCalls)
	for range maxCalls {
		cmd := s.Command(s.ctx, "personal", "qrexec-client-vm", "@default", "test.Hold")
		cmd.Stdin = read
		go func() { done <- cmd.Run() }()
	}
	_, err = s.Wait(s.ctx, func(Call) bool {
		running := 0
		for _, c := range s.Calls() {
			if c.Running() {
				running++
			}
		}
		return running == maxCalls
	})
	s.must(err)
	if got := s.call("personal", "@default", "test.Echo", "x\n"); got.rc != 126 || got.out != "" {
		t.Errorf("one more: %+v", got)
	}
	if got := s.call("work", "@default", "test.Echo", "x\n"); got.rc != 0 {
		t.Errorf("another qube: %+v", got)
	}
	write.Close()
	read.Close()
	for range maxCalls {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if got := s.call("personal", "@default", "test.Echo", "x\n"); got.rc != 0 {
		t.Errorf("afterwards: %+v", got)
	}
}
