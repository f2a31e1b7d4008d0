package camera

import (
	"slices"
	"strings"
	"testing"
)

// withVideo installs Video Companion in sys-usb and personal.
func (f *fixture) withVideo() {
	f.Do(func(q map[string]*Qube) { q["personal"].Features["supported-rpc.qvc.WebcamAttach"] = "1" })
}

func videoCamera() *Device {
	d := Camera("2-1")
	d.Video = "dev-video0"
	return d
}

func TestPicturesAreLentRatherThanTheDevice(t *testing.T) {
	f := setUp(t, "4.3")
	f.withVideo()
	f.Plug(videoCamera())
	f.Scan = func() int { f.want("sys-usb:dev-video0=personal"); return 0 }
	f.run(0, "scan")
	f.want()
	want := []string{
		"device.webcam.Attach personal sys-usb+dev-video0+046d+0825+A1B2C3+u0e0100u0e0200u010100 mode='manual' _format='1280x720x30'",
		"device.webcam.Detach personal sys-usb+dev-video0",
	}
	if got := f.Changes(); !slices.Equal(got, want) {
		f.Errorf("changes: %q", got)
	}
	f.run(0, "scan", "--camera", "sys-usb:2-1") // by the port of the device too
	if got := f.Changes(); !slices.Equal(got, append(want, want...)) {
		f.Errorf("changes: %q", got)
	}
}

func TestDeviceIsLentWithoutVideoCompanion(t *testing.T) {
	f := setUp(t, "4.3")
	f.Plug(videoCamera())
	f.Scan = func() int { f.want("sys-usb:2-1=personal"); return 0 }
	f.run(0, "scan")
	f.want()
}

// The feature stays for a while after the package is gone.
func TestDeviceIsLentWhereVideoCompanionIsGone(t *testing.T) {
	f := setUp(t, "4.3")
	f.withVideo()
	f.Plug(videoCamera())
	f.Hook(func(c Call) *Reply {
		if c.Method == "admin.vm.device.webcam.Attach" {
			return &Reply{Error: "QVCNotInstalled"}
		}
		return nil
	})
	f.Scan = func() int { f.want("sys-usb:2-1=personal"); return 0 }
	f.run(0, "scan")
	f.want()
}

// Pictures whose qube says that they are of the keyboard.
func TestDeviceThatPicturesNameIsNotLentUnlessItIsTheSame(t *testing.T) {
	f := setUp(t, "4.3")
	f.withVideo()
	f.Plug(Keyboard("2-7"))
	f.Plug(videoCamera())
	f.Hook(func(c Call) *Reply {
		switch c.Method {
		case "admin.vm.device.webcam.Available":
			r := f.Handle(c)
			r.Data = strings.ReplaceAll(r.Data, "parent_port_id='2-1'", "parent_port_id='2-7'")
			return &r
		case "admin.vm.device.webcam.Attach":
			return &Reply{Error: "QVCNotInstalled"}
		}
		return nil
	})
	f.run(1, "scan", "--camera", "sys-usb:dev-video0")
	f.says("Install qubes-video-companion in the template of personal.")
	f.want()
	for _, c := range f.Changes() {
		if strings.Contains(c, "usb.Attach") {
			f.Errorf("change: %s", c)
		}
	}
}

func TestOwnerOfTheDeviceGetsItBackAfterPicturesWereLent(t *testing.T) {
	f := setUp(t, "4.3")
	f.withVideo()
	f.Plug(videoCamera()).Holder = "work"
	f.person(yes)
	f.Scan = func() int { f.want("sys-usb:dev-video0=personal"); return 0 }
	f.run(0, "scan")
	f.want("sys-usb:2-1=work")
}

func TestOwnerOfThePicturesGetsThemBack(t *testing.T) {
	f := setUp(t, "4.3")
	f.withVideo()
	f.Do(func(q map[string]*Qube) { q["work"].Features["supported-rpc.qvc.WebcamAttach"] = "1" })
	f.Plug(videoCamera()).VideoHolder = "work"
	f.person(yes)
	f.Scan = func() int { f.want("sys-usb:dev-video0=personal"); return 0 }
	f.run(0, "scan")
	f.want("sys-usb:dev-video0=work")
}

// The pictures cannot be lent, and lending the device ends those of work.
func TestPicturesOfAnotherQubeAreAskedForAndGivenBack(t *testing.T) {
	f := setUp(t, "4.3")
	f.Do(func(q map[string]*Qube) { q["work"].Features["supported-rpc.qvc.WebcamAttach"] = "1" })
	f.Plug(videoCamera()).VideoHolder = "work"
	f.person(yes)
	f.Scan = func() int { f.want("sys-usb:2-1=personal"); return 0 }
	f.run(0, "scan")
	f.want("sys-usb:dev-video0=work")
}
