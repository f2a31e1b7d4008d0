package browser

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// process is a browser or its driver, in a process group of its own, so that
// its helpers end with it.
type process struct {
	cmd  *exec.Cmd
	over chan struct{} // closed when it has ended
}

func start(o Options, name string, args ...string) (*process, error) {
	log, err := os.OpenFile(o.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.Command(name, args...)
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = o.Env, o.Dir, log, log
	for _, kv := range o.Env {
		if home, ok := strings.CutPrefix(kv, "HOME="); ok {
			cmd.Dir = home
		}
	}
	if err := starter.start(cmd); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, over: make(chan struct{})}
	go func() { _ = cmd.Wait(); close(p.over) }()
	return p, nil
}

// kill ends the whole group, helpers included.
func (p *process) kill() { p.signal(syscall.SIGKILL) }

// end asks for the end as a person does who logs out, and does not wait for ever.
func (p *process) end() {
	p.signal(syscall.SIGTERM)
	select {
	case <-p.over:
	case <-time.After(20 * time.Second):
	}
	p.kill()
}

func (p *process) signal(sig syscall.Signal) {
	_ = syscall.Kill(-p.cmd.Process.Pid, sig)
	if sig == syscall.SIGKILL {
		<-p.over
	}
}

// starter starts programs that die with this process, also when a test panics.
// Linux sends that signal when the *thread* that forked ends, so one goroutine
// keeps one thread.
var starter keeper

type keeper struct {
	once sync.Once
	jobs chan func()
}

func (k *keeper) start(cmd *exec.Cmd) error {
	k.once.Do(func() {
		k.jobs = make(chan func())
		go func() {
			runtime.LockOSThread() // never unlocked
			for job := range k.jobs {
				job()
			}
		}()
	})
	done := make(chan error, 1)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	k.jobs <- func() { done <- cmd.Start() }
	return <-done
}
