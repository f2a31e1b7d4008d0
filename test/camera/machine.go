// Package camera is a Qubes machine as qpay-camera sees it, for tests: a qubesd
// that speaks the Admin API of 4.2 and of 4.3 on a Unix socket and refuses what
// the real one refuses, cameras that can be plugged in and out, and stand-ins
// for qvm-run and zenity that ask the test what to do.
//
// Formats and errors were read in the sources of qubes-core-admin 4.2.39 and
// 4.3, qubes-app-linux-usb-proxy 1.2.2 and 4.3.6 and qubes-video-companion 4.3.3.
package camera

import (
	"fmt"
	"slices"
	"sync"
)

// Qube is one qube.
type Qube struct {
	Class, State string
	Tags         []string
	Features     map[string]string
	PCI          bool // has a controller
	Proxy        bool // qubes-usb-proxy is installed
	Denied       bool // devices_denied has cameras in it
	Stubborn     bool // never starts
}

// Device is one thing plugged in somewhere.
type Device struct {
	Backend, Port        string
	Vendor, Product      string // ids, four hex digits each
	Serial, Name, Maker  string // its own words
	Interfaces           string
	Holder               string
	Lasting              bool   // assigned to its holder for good
	Video                string // the port of its pictures, with Video Companion: dev-video0
	Formats, VideoHolder string
}

// Camera is one as they mostly are.
func Camera(port string) *Device {
	return &Device{Backend: "sys-usb", Port: port, Vendor: "046d", Product: "0825", Serial: "A1B2C3", Name: "HD Webcam C270",
		Maker: "Logitech", Interfaces: "u0e0100u0e0200u010100", Formats: "640x480x30 1280x720x30 1920x1080x30"}
}

// Keyboard is no camera.
func Keyboard(port string) *Device {
	return &Device{Backend: "sys-usb", Port: port, Vendor: "04d9", Product: "1203", Name: "Keyboard", Maker: "Holtek", Interfaces: "u030101"}
}

// Machine is the whole of it.
type Machine struct {
	Version string // 4.2 or 4.3

	mu      sync.Mutex
	qubes   map[string]*Qube
	devices []*Device
	calls   []string
	hook    func(Call) *Reply
}

// NewMachine has dom0, sys-usb with a controller, an enrolled personal, and work
// and vault, which are not; all but vault run. There is no camera.
func NewMachine(version string) *Machine {
	return &Machine{Version: version, qubes: map[string]*Qube{
		"dom0":      {Class: "AdminVM", State: "Running"},
		"sys-usb":   {Class: "AppVM", State: "Running", PCI: true, Proxy: true},
		"personal":  {Class: "AppVM", State: "Running", Tags: []string{"qpay-client"}, Proxy: true, Features: map[string]string{}},
		"work":      {Class: "AppVM", State: "Running", Proxy: true, Features: map[string]string{}},
		"vault":     {Class: "AppVM", State: "Halted"},
		"debian-12": {Class: "TemplateVM", State: "Halted", Tags: []string{"qpay-client"}},
	}}
}

// Do changes the machine, as a person or the hardware would.
func (m *Machine) Do(change func(qubes map[string]*Qube)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change(m.qubes)
	for _, d := range m.devices { // what does not run has nothing, and lends nothing
		if q := m.qubes[d.Backend]; q == nil || q.State != "Running" {
			d.Holder, d.VideoHolder = "", ""
		}
		if q := m.qubes[d.Holder]; d.Holder != "" && (q == nil || q.State == "Halted") {
			d.Holder = ""
		}
		if q := m.qubes[d.VideoHolder]; d.VideoHolder != "" && (q == nil || q.State == "Halted") {
			d.VideoHolder = ""
		}
	}
}

// Plug plugs a device in; what was at its port is pulled out.
func (m *Machine) Plug(d *Device) *Device {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.devices = slices.DeleteFunc(m.devices, func(o *Device) bool { return o.Backend == d.Backend && o.Port == d.Port })
	m.devices = append(m.devices, d)
	return d
}

// Unplug pulls a device out: whoever had it has it no more.
func (m *Machine) Unplug(d *Device) {
	m.mu.Lock()
	defer m.mu.Unlock()
	d.Holder, d.VideoHolder = "", ""
	m.devices = slices.DeleteFunc(m.devices, func(o *Device) bool { return o == d })
}

// Holders says who has what: "sys-usb:2-1=work".
func (m *Machine) Holders() (list []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, d := range m.devices {
		if d.Holder != "" {
			list = append(list, fmt.Sprintf("%s:%s=%s", d.Backend, d.Port, d.Holder))
		}
		if d.VideoHolder != "" {
			list = append(list, fmt.Sprintf("%s:%s=%s", d.Backend, d.Video, d.VideoHolder))
		}
	}
	slices.Sort(list)
	return list
}

// Changes are the calls that changed something or were to, in order.
func (m *Machine) Changes() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.calls)
}

// Hook sees each call first. What it gives back is the answer, unless nil.
func (m *Machine) Hook(f func(Call) *Reply) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hook = f
}
