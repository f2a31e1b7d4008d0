package qubes

import (
	"errors"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
)

// spawner starts services from one thread that lives as long as the machine.
// Two things hang on a thread: Linux kills a child with Pdeathsig when the
// *thread* that forked it ends, so services die with this process and not
// before; and a thread can have a umask of its own, which its children inherit.
type spawner struct {
	jobs chan func()
	gone chan struct{}
}

func newSpawner() *spawner {
	s := &spawner{jobs: make(chan func()), gone: make(chan struct{})}
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with this goroutine
		// Where a container forbids this, the whole process gets that umask.
		_ = syscall.Unshare(syscall.CLONE_FS)
		syscall.Umask(0o022)
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

func (s *spawner) close() { close(s.gone) }

// process is a service, from its start to its end.
type process struct {
	cmd *exec.Cmd

	mu   sync.Mutex
	over bool // waited for: its number may be another's by now
}

func (s *spawner) start(cmd *exec.Cmd) (*process, error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	done := make(chan error, 1)
	select {
	case s.jobs <- func() { done <- cmd.Start() }:
		if err := <-done; err != nil {
			return nil, err
		}
		return &process{cmd: cmd}, nil
	case <-s.gone:
		return nil, errors.New("the machine is closed")
	}
}

// wait returns the exit code as qrexec tells it: 128 and the signal for a
// process that was killed.
func (p *process) wait() int {
	waitZombie(p.cmd.Process.Pid)
	p.mu.Lock()
	p.over = true
	p.mu.Unlock()
	p.cmd.Wait()
	status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return p.cmd.ProcessState.ExitCode()
}

// waitZombie waits until the process has ended and leaves it as it is, so that
// its number stays taken and a signal cannot hit a stranger.
func waitZombie(pid int) {
	const pidType, noWait = 1, 0x01000000 // P_PID, WNOWAIT
	for {
		_, _, errno := syscall.Syscall6(syscall.SYS_WAITID, pidType, uintptr(pid), 0,
			syscall.WEXITED|noWait, 0, 0)
		if errno != syscall.EINTR {
			return
		}
	}
}

// signal sends to the process, or with group to all of its session that did
// not make groups of their own.
func (p *process) signal(sig syscall.Signal, group bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		return errors.New("the service has ended")
	}
	pid := p.cmd.Process.Pid
	if group {
		pid = -pid
	}
	return syscall.Kill(pid, sig)
}
