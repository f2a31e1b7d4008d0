package camera

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestFreeCameraIsLentAndTakenBack(t *testing.T) {
	both(t, func(f *fixture) {
		f.Plug(Keyboard("2-7"))
		f.Plug(Camera("2-1"))
		f.Scan = func() int {
			f.want("sys-usb:2-1=personal")
			if !f.noted() {
				f.Error("nothing is noted while the camera is lent")
			}
			return 0
		}
		f.run(0, "scan")
		f.want()
		want := []string{"--quiet", "--no-autostart", "--no-shell", "--", "personal", "qpay", "scan", "--timeout", "60s"}
		if len(f.ran) != 1 || !slices.Equal(f.ran[0].Args, want) {
			f.Errorf("qvm-run was called with %v", f.ran)
		}
	})
}

func TestLoanIsNotedBeforeEachChange(t *testing.T) {
	both(t, func(f *fixture) {
		f.Plug(Camera("2-1")).Holder = "work"
		f.Hook(func(c Call) *Reply {
			if strings.HasSuffix(c.Method, "tach") {
				text, _ := os.ReadFile(f.loanFile())
				if !strings.Contains(string(text), `"port": "2-1"`) {
					f.Errorf("%s, and noted was only %q", c, text)
				}
			}
			return nil
		})
		f.person(yes)
		f.run(0, "scan")
		f.want("sys-usb:2-1=work")
		var verbs []string
		for _, c := range f.Changes() {
			words := strings.Fields(c)
			verbs = append(verbs, words[0]+" "+words[1])
		}
		if !slices.Equal(verbs, []string{"device.usb.Detach work", "device.usb.Attach personal", "device.usb.Detach personal", "device.usb.Attach work"}) {
			f.Errorf("changes: %v", verbs)
		}
	})
}

func TestOwnCameraIsLeftAlone(t *testing.T) {
	both(t, func(f *fixture) {
		f.Plug(Camera("2-1")).Holder = "personal"
		f.run(0, "scan")
		f.want("sys-usb:2-1=personal")
		if c := f.Changes(); len(c) > 0 {
			f.Errorf("changes: %v", c)
		}
	})
}

func TestCameraOfAnotherQubeIsAskedFor(t *testing.T) {
	both(t, func(f *fixture) {
		f.Plug(Camera("2-1")).Holder = "work"
		f.person(func(w window) told {
			if !strings.Contains(w.text(), "sys-usb:2-1 is in use by the qube work") {
				f.Errorf("asked: %q", w.text())
			}
			return told{Code: 1}
		})
		f.run(3, "scan")
		f.want("sys-usb:2-1=work")
		if c := f.Changes(); len(c) > 0 || len(f.ran) > 0 {
			f.Errorf("changes after No: %v %v", c, f.ran)
		}
	})
}

func TestSwitchedOffCameraIsRetried(t *testing.T) {
	both(t, func(f *fixture) {
		f.person(func(w window) told {
			if !strings.Contains(w.text(), "There is no camera.") {
				f.Errorf("asked: %q", w.text())
			}
			return told{}
		})
		f.person(func(window) told { f.Plug(Camera("2-1")); return told{} })
		f.run(0, "scan")
		f.want()
		f.person(no)
		f.Do(func(q map[string]*Qube) { q["sys-usb"].State = "Halted" })
		f.run(3, "scan")
	})
}

func TestSeveralCamerasAreChosenFrom(t *testing.T) {
	both(t, func(f *fixture) {
		f.Plug(Camera("2-1"))
		evil := Camera("3-2.4")
		evil.Name = "--text=<b>Cam</b> attachment='x\\"
		f.Plug(evil).Holder = "work"
		f.person(func(w window) told {
			rows := w.rows(3)
			if len(rows) != 2 || rows[0][1] != "sys-usb:2-1" || rows[1][1] != "sys-usb:3-2.4" || rows[1][2] != "work" {
				f.Errorf("rows: %q", rows)
			}
			if strings.ContainsAny(strings.Join(rows[1], ""), "<>'\\") {
				f.Errorf("markup: %q", rows[1])
			}
			return told{Out: "1\n"}
		})
		f.person(yes)
		f.Scan = func() int { f.want("sys-usb:3-2.4=personal"); return 0 }
		f.run(0, "scan")
		f.want("sys-usb:3-2.4=work")
	})
}

func TestCameraByOptionAndConfiguration(t *testing.T) {
	both(t, func(f *fixture) {
		f.Plug(Camera("2-1"))
		plain := Camera("2-2")
		plain.Name, plain.Interfaces = "C270", "uff0000" // nothing says that this is one
		f.Plug(plain)
		f.Scan = func() int { f.want("sys-usb:2-2=personal"); return 0 }
		f.run(0, "scan", "--camera", "sys-usb:2-2", "--qube", "personal", "--timeout", "20")
		if err := os.WriteFile(filepath.Join(f.dir, "camera.toml"), []byte("qube = \"personal\"\ncamera = \"sys-usb:2-2\"\n"), 0o600); err != nil {
			f.Fatal(err)
		}
		f.run(0, "scan")
		f.person(func(w window) told {
			if !strings.Contains(w.text(), "sys-usb:2-9 is not there") {
				f.Errorf("asked: %q", w.text())
			}
			return told{Code: 1}
		})
		f.run(3, "scan", "--camera", "sys-usb:2-9")
		f.want()
	})
}

// A qube without hardware could show the scanner an invoice of its own.
func TestCameraOfAQubeWithoutHardwareIsNotOffered(t *testing.T) {
	both(t, func(f *fixture) {
		f.withVideo()
		fake := Camera("1-1")
		fake.Backend, fake.Video = "work", "dev-video0"
		f.Plug(fake)
		f.person(no)
		f.run(3, "scan")
		if c := f.Changes(); len(c) > 0 {
			f.Errorf("changes: %v", c)
		}
	})
}

func TestUnsendableIdIsLeftOut(t *testing.T) {
	f := setUp(t, "4.3")
	d := Camera("2-1")
	d.Serial = "1 dom0 name vault"
	f.Plug(d)
	f.Scan = func() int { f.want("sys-usb:2-1=personal"); return 0 }
	f.run(0, "scan")
	f.want()
	for _, c := range f.Changes() {
		if !strings.HasSuffix(c, "personal sys-usb+2-1") {
			f.Errorf("call: %s", c)
		}
	}
}

func TestCameraForGoodIsNotTaken(t *testing.T) {
	both(t, func(f *fixture) {
		d := Camera("2-1")
		d.Lasting = true
		f.Plug(d).Holder = "work"
		f.person(yes)
		f.run(1, "scan")
		f.says("assigned to work for good")
		f.want("sys-usb:2-1=work")
	})
}

func TestWrongUsage(t *testing.T) {
	f := setUp(t, "4.3")
	for _, args := range [][]string{{"scan", "--qube", "-x"}, {"scan", "--qube", "a b"}, {"scan", "--camera", "sys-usb"},
		{"scan", "--camera", "sys-usb:../x"}, {"scan", "--timeout", "9"}, {"scan", "--timeout", "601"}, {"scan", "personal"},
		{"scam"}, {"scan", "--bogus"}, {"restore", "now"}} {
		if text := f.run(2, args...); !strings.Contains(text, "hint: see qpay-camera --help") {
			f.Errorf("%v: %s", args, text)
		}
	}
}

func TestWrongConfiguration(t *testing.T) {
	for text, want := range map[string]string{"cube = \"personal\"\n": `unknown key "cube"`, "qube = \"-x\"\n": "no name of a qube",
		"timeout = 5\n": "10 to 600", "camera = \"sys-usb\"\n": "no name of a port", "qube": "camera.toml"} {
		f := setUp(t, "4.3")
		f.Plug(Camera("2-1"))
		if err := os.WriteFile(filepath.Join(f.dir, "camera.toml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		f.run(1, "scan")
		f.says(want)
		if c := f.Changes(); len(c) > 0 {
			t.Errorf("changes: %v", c)
		}
	}
}

func TestQubesThatMayNotPay(t *testing.T) {
	both(t, func(f *fixture) {
		f.Plug(Camera("2-1"))
		f.run(1, "scan", "--qube", "work")
		f.says("The qube work may not ask for payments.")
		f.run(1, "scan", "--qube", "debian-12")
		f.says("The qube debian-12 may not ask for payments.")
		f.run(1, "scan", "--qube", "nobody")
		f.says("There is no qube nobody.")
		f.Do(func(q map[string]*Qube) { q["personal"].Tags = nil })
		f.run(1, "scan")
		f.says("No qube may ask for payments yet.")
		f.want()
	})
}

func TestQubeIsChosenFromTheEnrolled(t *testing.T) {
	both(t, func(f *fixture) {
		f.Plug(Camera("2-1"))
		f.Do(func(q map[string]*Qube) { q["vault"].Tags = []string{"qpay-client"} })
		f.person(func(w window) told {
			rows := w.rows(2)
			if len(rows) != 2 || rows[0][1] != "personal" || rows[1][1] != "vault" || rows[1][2] != "not running" {
				f.Errorf("rows: %q", rows)
			}
			return told{Out: "0|0\n"}
		})
		f.Scan = func() int { f.want("sys-usb:2-1=personal"); return 0 }
		f.run(0, "scan")
		f.person(func(window) told { return told{Out: "\n"} }) // OK, and nothing chosen
		f.run(3, "scan")
		f.want()
	})
}
