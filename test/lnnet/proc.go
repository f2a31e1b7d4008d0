package lnnet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// grace is what a daemon gets between SIGINT and SIGKILL.
const grace = 15 * time.Second

// spawner starts processes that die with this one. Linux sends that signal
// (Pdeathsig) when the *thread* that forked ends, and Go ends threads as it
// likes, so one goroutine keeps one thread for as long as the network lives.
type spawner struct {
	jobs chan func()
	gone chan struct{}
}

func newSpawner() *spawner {
	s := &spawner{jobs: make(chan func()), gone: make(chan struct{})}
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with this goroutine
		for {
			select {
			case job := <-s.jobs:
				job()
			case <-s.gone:
				return
			}
		}
	}()
	return s
}

func (s *spawner) close() {
	select {
	case <-s.gone:
	default:
		close(s.gone)
	}
}

func (s *spawner) start(cmd *exec.Cmd) error {
	done := make(chan error, 1)
	select {
	case s.jobs <- func() { done <- cmd.Start() }:
		return <-done
	case <-s.gone:
		return errors.New("the network was stopped")
	}
}

// process is one daemon, from its start to its end.
type process struct {
	name string
	log  string // file with its output
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
	err  error         // how; to be read after done
}

// run starts a daemon in a process group of its own, so that Ctrl-C in a
// terminal reaches this program alone, which then stops all in order. The
// environment is empty but for a home of its own: no setting, proxy or file of
// the user takes part.
func (s *spawner) run(dir, name, program string, args ...string) (*process, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	p := &process{name: name, log: filepath.Join(dir, name+".out"), done: make(chan struct{})}
	out, err := os.OpenFile(p.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close() // the child has its own
	p.cmd = exec.Command(program, args...)
	p.cmd.Dir, p.cmd.Env = dir, []string{"HOME=" + dir}
	p.cmd.Stdout, p.cmd.Stderr = out, out
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := s.start(p.cmd); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// signal is nil for a process that has ended: there is nothing left to stop.
func (p *process) signal(sig os.Signal) error {
	err := p.cmd.Process.Signal(sig)
	if err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("signal %s: %w", p.name, err)
	}
	return nil
}

// interrupt asks a process to end and waits until it has. One that is still
// there after the grace, or when the context ends, is killed, and that is an error.
func (p *process) interrupt(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	// A hung process takes SIGINT only after SIGCONT.
	if err := errors.Join(p.resume(), p.signal(os.Interrupt)); err != nil {
		return err
	}
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
		return errors.Join(fmt.Errorf("%s had to be killed: %w", p.name, ctx.Err()), p.kill())
	}
}

func (p *process) kill() error {
	if err := p.signal(os.Kill); err != nil {
		return err
	}
	<-p.done
	return nil
}

// hang returns when the process has stopped: a signal is not obeyed at once.
func (p *process) hang() error {
	if err := p.signal(syscall.SIGSTOP); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	return poll(ctx, p, "stop on SIGSTOP", func(context.Context) error {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
		if err != nil {
			return err
		}
		// "pid (name) state …", and the name may hold brackets itself.
		if i := bytes.LastIndexByte(stat, ')'); i < 0 || !bytes.HasPrefix(stat[i:], []byte(") T")) {
			return errors.New("still running")
		}
		return nil
	})
}

func (p *process) resume() error { return p.signal(syscall.SIGCONT) }

// tail is the end of a daemon's output, for an error message.
func (p *process) tail() string {
	const most = 1500
	out, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return string(bytes.TrimSpace(out[max(0, len(out)-most):]))
}
