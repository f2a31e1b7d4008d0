package lnnet

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// helper is set in a copy of this test binary that plays a test which dies.
const helper = "LNNET_TEST_HELPER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(helper); dir != "" {
		if err := startAndLinger(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// startAndLinger starts a process, lets threads come and go, says whether the
// process lived through that, and waits to be killed.
func startAndLinger(dir string) error {
	p, err := newSpawner().run(dir, "sleep", "/bin/sleep", "600")
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { runtime.LockOSThread() }) // its thread ends with it
	}
	wg.Wait()
	fmt.Println(p.cmd.Process.Pid, p.ended())
	time.Sleep(time.Minute)
	return nil
}

func TestProcessesDieWithTheirParent(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	parent := exec.CommandContext(ctx, os.Args[0])
	parent.Env = append(os.Environ(), helper+"="+t.TempDir())
	out := must[io.ReadCloser](t)(parent.StdoutPipe())
	check(t, parent.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	check(t, err)
	child, ended, _ := strings.Cut(strings.TrimSpace(line), " ")
	if ended != "false" || !alive(child) {
		t.Errorf("the child ended with a thread of its parent: %q", line)
	}
	check(t, parent.Process.Kill())
	_ = parent.Wait() // killed, as it says
	for alive(child) {
		if ctx.Err() != nil {
			t.Fatal("the child lives on")
		}
		time.Sleep(pollEvery)
	}
}

// alive does not count a zombie, which nobody may come to reap in a container.
func alive(pid string) bool {
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	return err == nil && !bytes.Contains(stat, []byte(") Z "))
}

func TestInterruptKillsWhatDoesNotEnd(t *testing.T) {
	s := newSpawner()
	defer s.close()
	// The shell says when its trap is set; SIGINT then means nothing to it.
	p := must[*process](t)(s.run(t.TempDir(), "deaf", "/bin/sh", "-c", `trap "" INT; echo set; sleep 600`))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	check(t, poll(ctx, p, "trap", func(context.Context) error {
		if p.tail() != "set" {
			return os.ErrNotExist
		}
		return nil
	}))
	check(t, p.hang())
	short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	if err := p.interrupt(short); err == nil || !p.ended() {
		t.Errorf("interrupt: %v, ended: %t; want an error and the end", err, p.ended())
	}
	check(t, p.interrupt(ctx)) // nothing is left to stop
}
