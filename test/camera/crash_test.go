package camera

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"qpay/internal/dom0/state"
)

// held is a scan that lasts until it is let go.
func (f *fixture) held() (begun <-chan struct{}, letGo func()) {
	b, e := make(chan struct{}, 9), make(chan struct{})
	f.Cleanup(func() {
		select {
		case <-e:
		default:
			close(e)
		}
	})
	f.Scan = func() int { b <- struct{}{}; <-e; return 0 }
	return b, func() { close(e) }
}

func (p *program) signal(s syscall.Signal) {
	p.f.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.f.Fatal(err)
	}
}

func (f *fixture) backWithWork() bool {
	return strings.Join(f.Holders(), " ") == "sys-usb:2-1=work" && !f.noted()
}

func TestSignalsTakeTheCameraBack(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(s.String(), func(t *testing.T) {
			both(t, func(f *fixture) {
				f.owned()
				begun, _ := f.held()
				p := f.start("scan")
				<-begun
				p.signal(s)
				if text := p.wait(1); !strings.Contains(text, "error: The scan was stopped.") || len(f.warned) > 0 {
					f.Errorf("%s%v", text, f.warned)
				}
				f.want("sys-usb:2-1=work")
			})
		})
	}
}

func TestKilledDuringTheScan(t *testing.T) {
	both(t, func(f *fixture) {
		f.owned()
		begun, _ := f.held()
		p := f.start("scan")
		<-begun
		f.want("sys-usb:2-1=personal")
		p.signal(syscall.SIGKILL)
		p.wait(-1)
		f.until("the keeper", f.backWithWork)
		f.until("its end", func() bool { return len(f.processes()) == 0 })
	})
}

// All that runs in a terminal gets what ends it.
func TestKilledWithItsGroup(t *testing.T) {
	both(t, func(f *fixture) {
		f.owned()
		begun, _ := f.held()
		p := f.start("scan")
		<-begun
		if err := syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL); err != nil {
			f.Fatal(err)
		}
		p.wait(-1)
		f.until("the keeper", f.backWithWork)
		f.until("its end", func() bool { return len(f.processes()) == 0 })
	})
}

// kill all at once, as a logout may: the program, what it started, the keeper.
// First all are stopped, or one saw the end of another.
func (f *fixture) killAll() {
	pids := f.processes()
	for _, s := range []syscall.Signal{syscall.SIGSTOP, syscall.SIGKILL} {
		for _, pid := range pids {
			if n, err := strconv.Atoi(pid); err == nil {
				_ = syscall.Kill(n, s)
			}
		}
	}
}

func TestKeeperKilledToo(t *testing.T) {
	for _, next := range []string{"restore", "scan"} {
		t.Run(next, func(t *testing.T) {
			both(t, func(f *fixture) {
				f.owned()
				begun, _ := f.held()
				p := f.start("scan")
				<-begun
				f.killAll()
				p.wait(-1)
				f.until("their end", func() bool { return len(f.processes()) == 0 })
				f.want("sys-usb:2-1=personal")
				f.Scan = func() int { return 0 }
				if next == "scan" {
					f.person(func(w window) told { f.want("sys-usb:2-1=work"); return told{} })
				}
				f.run(0, next)
				f.want("sys-usb:2-1=work")
			})
		})
	}
}

// killedIn kills the program while qubesd works on a call, which is then done
// or not: after the keeper has seen that it was not done yet.
func killedIn(f *fixture, verb, dest string, done bool) {
	f.owned()
	working, looked := make(chan struct{}), make(chan struct{})
	var call, look sync.Once
	f.Hook(func(c Call) (r *Reply) {
		switch {
		case strings.HasSuffix(c.Method, verb) && c.Dest == dest:
			call.Do(func() {
				close(working)
				<-looked
				if done {
					f.Handle(c)
				}
				r = &Reply{Drop: true}
			})
		case c.Method == "admin.vm.device.usb.List" || c.Method == "admin.vm.device.usb.Attached":
			select {
			case <-working:
				answer := f.Handle(c)
				if answer.Error == "" && c.Dest == dest {
					look.Do(func() { close(looked) })
				}
				return &answer
			default:
			}
		}
		return r
	})
	p := f.start("scan")
	<-working
	p.signal(syscall.SIGKILL)
	p.wait(-1)
	f.until("the keeper", f.backWithWork)
	f.until("its end", func() bool { return len(f.processes()) == 0 })
}

func TestKilledInTheMiddleOfAChange(t *testing.T) {
	for _, c := range []struct{ verb, dest string }{{"Detach", "work"}, {"Attach", "personal"}, {"Detach", "personal"}, {"Attach", "work"}} {
		for _, done := range []bool{true, false} {
			t.Run(c.verb+" "+c.dest+" "+strconv.FormatBool(done), func(t *testing.T) {
				both(t, func(f *fixture) { killedIn(f, c.verb, c.dest, done) })
			})
		}
	}
}

func TestSecondScanIsRefused(t *testing.T) {
	both(t, func(f *fixture) {
		f.owned()
		begun, letGo := f.held()
		p := f.start("scan")
		<-begun
		f.run(1, "scan")
		f.says("Another scan is under way.")
		f.run(1, "restore")
		f.want("sys-usb:2-1=personal")
		letGo()
		p.wait(0)
		f.want("sys-usb:2-1=work")
		f.person(yes)
		f.Scan = func() int { return 0 }
		f.run(0, "scan") // at once: the first one's keeper is not in the way
		f.want("sys-usb:2-1=work")
	})
}

func TestCancelWhileLending(t *testing.T) {
	both(t, func(f *fixture) {
		f.owned()
		started := make(chan int, 1)
		f.Hook(func(c Call) *Reply {
			if strings.HasSuffix(c.Method, "Detach") && c.Dest == "work" {
				pid := <-started
				f.until("the window", f.pressCancel)
				// Its end has to be noticed before the call ends; the keeper stays.
				f.until("its end", func() bool { return children(pid) == 1 })
			}
			return nil
		})
		p := f.start("scan")
		started <- p.cmd.Process.Pid
		p.wait(3)
		f.want("sys-usb:2-1=work")
		if len(f.ran) > 0 {
			f.Errorf("ran %v", f.ran)
		}
	})
}

func children(pid int) (n int) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		text, _ := os.ReadFile(name)
		_, rest, _ := strings.Cut(string(text), ") ")
		if words := strings.Fields(rest); len(words) > 1 && words[1] == strconv.Itoa(pid) {
			n++
		}
	}
	return n
}

// The person thinks about the payment for long: the camera does not wait.
func TestCameraGoesBackBeforeALongPaymentEnds(t *testing.T) {
	both(t, func(f *fixture) {
		f.short()
		f.owned()
		begun, letGo := f.held()
		p := f.start("scan", "--timeout", "10")
		<-begun
		f.until("the camera", f.backWithWork)
		f.until("the lock", func() bool {
			store, err := state.Open(filepath.Dir(f.loanFile()), false)
			if err == nil {
				store.Close()
			}
			return err == nil
		})
		f.person(yes)
		f.Scan = func() int { f.want("sys-usb:2-1=personal"); return 23 }
		f.run(23, "scan", "--timeout", "600") // another scan meanwhile
		letGo()
		p.wait(0)
		f.want("sys-usb:2-1=work")
	})
}

func TestLoanFromBeforeARebootIsForgotten(t *testing.T) {
	both(t, func(f *fixture) {
		f.Plug(Camera("2-1")).Holder = "personal"
		f.note(`{"boot":"another","target":"personal","done":true,"lent":{"class":"usb","backend":"sys-usb","port":"2-1","print":""}}`)
		f.run(0, "restore")
		f.want("sys-usb:2-1=personal")
		if c := f.Changes(); len(c) > 0 {
			f.Errorf("changes: %v", c)
		}
	})
}

func TestForeignLoanFileStopsEverything(t *testing.T) {
	for name, text := range map[string]string{"no JSON": "x", "a bad name": `{"target":"-x"}`, "a bad class": `{"target":"a","lent":{"class":"pci","backend":"a","port":"1"}}`} {
		t.Run(name, func(t *testing.T) {
			f := setUp(t, "4.3")
			f.Plug(Camera("2-1"))
			f.note(text)
			f.run(1, "scan")
			f.says("What an earlier scan lent cannot be read.")
			f.want()
			f.loose = true
		})
	}
}

func (f *fixture) note(text string) {
	f.Helper()
	if err := os.MkdirAll(filepath.Dir(f.loanFile()), 0o700); err != nil {
		f.Fatal(err)
	}
	if err := os.WriteFile(f.loanFile(), []byte(text), 0o600); err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) short() {
	f.Helper()
	if err := os.WriteFile(filepath.Join(f.dir, "short"), nil, 0o600); err != nil {
		f.Fatal(err)
	}
}
