package desktop

import (
	"os/exec"
	"runtime"
	"syscall"
)

// keeper starts processes that die with this one, also when a test panics or is
// killed. Linux sends that signal when the *thread* that forked ends, and Go
// ends threads as it likes, so one goroutine keeps one thread.
type keeper struct{ jobs chan func() }

func newKeeper() *keeper {
	k := &keeper{jobs: make(chan func())}
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with this goroutine
		for job := range k.jobs {
			job()
		}
	}()
	return k
}

func (k *keeper) start(cmd *exec.Cmd) error {
	done := make(chan error, 1)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	k.jobs <- func() { done <- cmd.Start() }
	return <-done
}

func (k *keeper) close() { close(k.jobs) }
