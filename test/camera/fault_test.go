package camera

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// owned is a camera that work has, and a person who lends it.
func (f *fixture) owned() *Device {
	d := Camera("2-1")
	d.Holder = "work"
	f.person(yes)
	return f.Plug(d)
}

// on answers calls of this method with an error, as many times.
func (f *fixture) on(times int, suffix, dest, kind string) {
	f.Hook(func(c Call) *Reply {
		if times == 0 || !strings.HasSuffix(c.Method, suffix) || c.Dest != dest {
			return nil
		}
		times--
		return &Reply{Error: kind, Drop: kind == ""}
	})
}

func TestEachEndHasItsSentence(t *testing.T) {
	cases := map[int]struct {
		exit int
		text string
	}{
		0: {0, "the payment was made"}, 3: {3, "you refused"}, 4: {4, "nothing that can be paid"}, 5: {5, "the wallet cannot pay now"},
		6: {6, "no money moved"}, 7: {7, "may have been paid"}, 8: {8, "was not reached"}, 20: {20, "found no camera"},
		21: {21, "no code was seen in time"}, 22: {22, "scanner is missing"}, 23: {23, "window was closed"}, 24: {24, "cannot be read"},
		1: {1, "did not run, or failed"}, 2: {2, "does not know"}, 126: {1, "refused to run"}, 127: {1, "not installed"}, 255: {1, "could not be run"},
		77: {1, "not known here"},
	}
	both(t, func(f *fixture) {
		f.Plug(Camera("2-1")).Holder = "work"
		for code, want := range cases {
			f.person(yes)
			f.Scan = func() int { return code }
			if text := f.run(want.exit, "scan"); !strings.Contains(text, "The qube personal says: ") || !strings.Contains(text, want.text) {
				f.Errorf("code %d: %s", code, text)
			}
			f.want("sys-usb:2-1=work")
		}
	})
}

func TestUnpluggedDuringTheScan(t *testing.T) {
	both(t, func(f *fixture) {
		d := f.owned()
		f.Scan = func() int { f.Unplug(d); return 21 }
		f.run(1, "scan")
		f.says("work did not get its camera sys-usb:2-1 back")
		f.says("not connected any more")
		f.want()
	})
}

func TestOwnerCannotGetItBack(t *testing.T) {
	both(t, func(f *fixture) {
		f.owned()
		f.on(99, "Attach", "work", "QubesUSBException")
		f.run(1, "scan")
		f.says("The qube work did not get its camera sys-usb:2-1 back.")
		f.want()
	})
}

func TestOwnerShutDownDuringTheScan(t *testing.T) {
	both(t, func(f *fixture) {
		f.owned()
		f.Scan = func() int { f.Do(func(q map[string]*Qube) { q["work"].State = "Halted" }); return 0 }
		f.run(0, "scan")
		f.want()
	})
}

func TestOwnerRemovedDuringTheScan(t *testing.T) {
	both(t, func(f *fixture) {
		f.owned()
		f.Scan = func() int { f.Do(func(q map[string]*Qube) { delete(q, "work") }); return 0 }
		f.run(0, "scan")
		f.want()
	})
}

func TestGivenToSomebodyElseDuringTheScan(t *testing.T) {
	both(t, func(f *fixture) {
		d := f.owned()
		f.Scan = func() int {
			f.Do(func(q map[string]*Qube) { q["vault"].State = "Running"; d.Holder = "vault" })
			return 0
		}
		f.run(0, "scan")
		f.want("sys-usb:2-1=vault")
	})
}

func TestTargetShutDownDuringTheScan(t *testing.T) {
	both(t, func(f *fixture) {
		f.owned()
		f.Scan = func() int { f.Do(func(q map[string]*Qube) { q["personal"].State = "Halted" }); return 255 }
		f.run(1, "scan")
		f.says("could not be run there")
		f.want("sys-usb:2-1=work")
	})
}

func TestTargetIsStartedOrUnpaused(t *testing.T) {
	both(t, func(f *fixture) {
		f.Plug(Camera("2-1"))
		for _, state := range []string{"Halted", "Paused"} {
			f.Do(func(q map[string]*Qube) { q["personal"].State = state })
			f.ran = nil
			f.run(0, "scan")
			if len(f.ran) != 2 || strings.Join(f.ran[0].Args[4:], " ") != "personal true" {
				f.Errorf("%s: %v", state, f.ran)
			}
		}
		f.want()
	})
}

func TestTargetDoesNotStart(t *testing.T) {
	both(t, func(f *fixture) {
		f.owned()
		f.Do(func(q map[string]*Qube) { q["personal"].State, q["personal"].Stubborn = "Halted", true })
		f.run(1, "scan")
		f.says("The qube personal could not be started.")
		f.want("sys-usb:2-1=work")
		if len(f.ran) > 0 {
			f.Errorf("ran %v", f.ran)
		}
	})
}

func TestAttachFails(t *testing.T) {
	for kind, hint := range map[string]string{
		"QubesUSBException": "goes back to where it was", "USBProxyNotInstalled": "Install qubes-usb-proxy",
		"QubesVMNotRunningError": "was shut down meanwhile", "PermissionDenied": "devices_denied", "": "devices_denied",
	} {
		t.Run(kind, func(t *testing.T) {
			both(t, func(f *fixture) {
				f.owned()
				f.on(99, "Attach", "personal", kind)
				f.run(1, "scan")
				f.says("The camera sys-usb:2-1 could not be lent to personal.")
				f.says(hint)
				f.want("sys-usb:2-1=work")
				if len(f.ran) > 0 {
					f.Errorf("ran %v", f.ran)
				}
			})
		})
	}
}

func TestDeniedCameraIsNotLent(t *testing.T) {
	both(t, func(f *fixture) {
		f.Do(func(q map[string]*Qube) { q["personal"].Denied = true })
		f.owned()
		f.run(1, "scan")
		f.says("devices_denied")
		f.want("sys-usb:2-1=work")
	})
}

func TestTargetWithoutProxy(t *testing.T) {
	both(t, func(f *fixture) {
		f.Do(func(q map[string]*Qube) { q["personal"].Proxy = false })
		f.owned()
		f.run(1, "scan")
		f.says("Install qubes-usb-proxy in the templates of personal and of sys-usb.")
		f.want("sys-usb:2-1=work")
	})
}

func TestDetachIsTriedAgain(t *testing.T) {
	both(t, func(f *fixture) {
		f.owned()
		f.on(2, "Detach", "personal", "QubesUSBException")
		f.run(0, "scan")
		f.want("sys-usb:2-1=work")
	})
}

// An error of Detach says nothing: whether it was done is asked.
func TestDetachThatFailsAndWorks(t *testing.T) {
	both(t, func(f *fixture) {
		d := f.owned()
		f.Hook(func(c Call) *Reply {
			if strings.HasSuffix(c.Method, "Detach") && c.Dest == "personal" {
				f.Do(func(map[string]*Qube) { d.Holder = "" })
				return &Reply{Error: "QubesUSBException"}
			}
			return nil
		})
		f.run(0, "scan")
		f.want("sys-usb:2-1=work")
	})
}

func TestDetachNeverWorks(t *testing.T) {
	both(t, func(f *fixture) {
		f.owned()
		f.on(99, "Detach", "personal", "QubesUSBException")
		f.run(1, "scan")
		f.says("The qube personal may still have the camera sys-usb:2-1.")
		f.want("sys-usb:2-1=personal")
		if !f.noted() {
			f.Error("the loan was forgotten")
		}
		f.run(1, "scan") // does not go on before that is mended
		f.want("sys-usb:2-1=personal")
		f.Hook(nil)
		f.run(0, "restore")
		f.want("sys-usb:2-1=work")
	})
}

func TestAnotherDeviceAtThePortIsNotLent(t *testing.T) {
	f := setUp(t, "4.3") // 4.2 cannot tell
	f.Plug(Camera("2-1"))
	f.Hook(func(c Call) *Reply {
		if strings.HasSuffix(c.Method, "Attach") {
			f.Plug(Keyboard("2-1"))
		}
		return nil
	})
	f.run(1, "scan")
	f.says("Another device may be at that port now")
	f.want()
}

func TestAnotherDeviceAtThePortIsNotGivenToTheOwner(t *testing.T) {
	both(t, func(f *fixture) {
		f.owned()
		f.Scan = func() int { f.Plug(Keyboard("2-1")); return 21 }
		f.run(1, "scan")
		f.says("Another device is at sys-usb:2-1 now.")
		f.want()
	})
}

func TestAnotherDeviceWhileItIsTakenAway(t *testing.T) {
	both(t, func(f *fixture) {
		f.owned()
		f.Hook(func(c Call) *Reply {
			if !strings.HasSuffix(c.Method, "Detach") {
				return nil
			}
			r := f.Handle(c)
			f.Plug(Keyboard("2-1"))
			return &r
		})
		f.run(1, "scan")
		f.says("Another device is at sys-usb:2-1 now.")
		f.want()
	})
}

func TestUsbQubeDiesDuringTheScan(t *testing.T) {
	both(t, func(f *fixture) {
		f.owned()
		f.Scan = func() int { f.Do(func(q map[string]*Qube) { q["sys-usb"].State = "Halted" }); return 21 }
		f.run(1, "scan")
		f.says("work did not get its camera sys-usb:2-1 back")
		f.want()
	})
}

// After suspend all USB devices are plugged in anew and belong to nobody.
func TestSuspendDuringTheScan(t *testing.T) {
	both(t, func(f *fixture) {
		d := f.owned()
		f.Scan = func() int { f.Unplug(d); f.Plug(Camera("2-1")); return 21 }
		f.run(21, "scan")
		f.want("sys-usb:2-1=work")
	})
}

func TestQubesdIsDown(t *testing.T) {
	both(t, func(f *fixture) {
		f.Plug(Camera("2-1"))
		socket := filepath.Join(f.dir, "qubesd.sock")
		if err := os.Rename(socket, socket+".away"); err != nil {
			f.Fatal(err)
		}
		f.run(1, "scan")
		f.says("qubesd in dom0 does not answer.")
		f.want()
	})
}

func TestQubesdGoesDownDuringTheScan(t *testing.T) {
	both(t, func(f *fixture) {
		f.owned()
		socket := filepath.Join(f.dir, "qubesd.sock")
		f.Scan = func() int {
			if err := os.Rename(socket, socket+".away"); err != nil {
				f.Error(err)
			}
			return 0
		}
		f.run(1, "scan")
		f.says("The qube personal may still have the camera sys-usb:2-1.")
		if err := os.Rename(socket+".away", socket); err != nil {
			f.Fatal(err)
		}
		if text := f.run(0, "restore"); !strings.Contains(text, "was taken back") {
			f.Error(text)
		}
		f.want("sys-usb:2-1=work")
	})
}

func TestAnswersThatAreNone(t *testing.T) {
	for name, data := range map[string]string{"no name": "1 class=AppVM\n", "an option": "-x class=AppVM state=Running\n", "empty": "\n"} {
		t.Run(name, func(t *testing.T) {
			f := setUp(t, "4.3")
			f.Hook(func(c Call) *Reply {
				if c.Method == "admin.vm.List" {
					return &Reply{Data: data}
				}
				return nil
			})
			f.run(1, "scan")
			f.says("qubesd in dom0 does not answer")
		})
	}
}

// The way without a question needs no window; one with a question changes
// nothing without it.
func TestZenityIsMissing(t *testing.T) {
	both(t, func(f *fixture) {
		if err := os.Remove(filepath.Join(f.dir, "zenity")); err != nil {
			f.Fatal(err)
		}
		d := f.Plug(Camera("2-1"))
		f.run(0, "scan")
		f.want()
		f.Do(func(map[string]*Qube) { d.Holder = "work" })
		if text := f.run(1, "scan"); !strings.Contains(text, "is zenity installed") {
			f.Error(text)
		}
		f.want("sys-usb:2-1=work")
	})
}
