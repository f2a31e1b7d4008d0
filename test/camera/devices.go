package camera

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

func (m *Machine) list() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(m.qubes)) {
		q := m.qubes[name]
		fmt.Fprintf(&b, "%s class=%s state=%s", name, q.Class, q.State)
		if m.Version != "4.2" {
			b.WriteString(" uuid=00000000-0000-0000-0000-000000000000")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func (m *Machine) device(c Call, q *Qube, class, verb string) Reply {
	listing := map[string]string{"4.2": "List", "4.3": "Attached"}[m.Version]
	switch {
	case verb == "Available":
		return Reply{Data: m.available(c.Dest, class)}
	case verb == listing && class == "pci":
		if q.PCI && m.Version == "4.2" {
			return Reply{Data: "dom0+00_14.0 persistent=yes\n"}
		} else if q.PCI {
			return Reply{Data: "dom0+00_14.0:8086:a0ed::p0c0330 device_id='8086:a0ed::p0c0330' port_id='00_14.0' devclass='pci' backend_domain='dom0' mode='required'\n"}
		}
		return Reply{}
	case verb == listing:
		return Reply{Data: m.attached(c.Dest, class)}
	case class == "pci" || verb != "Attach" && verb != "Detach":
		return Reply{Error: "ProtocolError"}
	}
	m.calls = append(m.calls, c.String())
	return m.change(c, q, class, verb)
}

func (d *Device) id() string {
	return d.Vendor + ":" + d.Product + ":" + d.Serial + ":" + d.Interfaces
}

// shown: the pictures are there while no qube has the whole device.
func (d *Device) shown(class string) (port string, holder *string, ok bool) {
	if class == "webcam" {
		return d.Video, &d.VideoHolder, d.Video != "" && d.Holder == ""
	}
	return d.Port, &d.Holder, true
}

func quote(key, value string) string {
	return " " + key + "='" + strings.ReplaceAll(value, "'", `\'`) + "'"
}

func (m *Machine) available(backend, class string) string {
	var lines []string
	for _, d := range m.devices {
		port, holder, ok := d.shown(class)
		if d.Backend != backend || !ok || m.qubes[backend].State != "Running" {
			continue
		}
		if m.Version == "4.2" {
			lines = append(lines, fmt.Sprintf("%s description=%s_%s\n", port, d.Maker, d.Name))
			continue
		}
		line := port + ":" + d.id() + quote("device_id", d.id()) + quote("port_id", port) + quote("devclass", class) +
			quote("backend_domain", backend) + quote("manufacturer", d.Maker) + quote("name", d.Name) + quote("vendor", "Vendor, Inc.")
		if d.Serial != "" {
			line += quote("serial", d.Serial)
		}
		if *holder != "" {
			line += quote("attachment", *holder)
		}
		if class == "usb" {
			line += quote("interfaces", d.Interfaces)
		} else {
			line += quote("interfaces", "u0e0200") + quote("parent_port_id", d.Port) + quote("parent_devclass", "usb") + quote("_formats", d.Formats)
		}
		lines = append(lines, line+"\n")
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

func (m *Machine) attached(holder, class string) string {
	var lines []string
	for _, d := range m.devices {
		port, has, ok := d.shown(class)
		if *has != holder || !ok {
			continue
		}
		if m.Version == "4.2" {
			lasting := map[bool]string{true: "yes", false: "no"}[d.Lasting]
			lines = append(lines, fmt.Sprintf("%s+%s persistent=%s\n", d.Backend, port, lasting))
		} else {
			lines = append(lines, fmt.Sprintf("%s+%s:%s", d.Backend, port, d.id())+quote("device_id", d.id())+quote("mode", "manual")+"\n")
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// find takes BACKEND+PORT, in 4.3 with +ID, whose colons are written +.
func (m *Machine) find(arg, class string) *Device {
	backend, place, _ := strings.Cut(arg, "+")
	id := ""
	if m.Version != "4.2" {
		place, id, _ = strings.Cut(place, "+")
	}
	for _, d := range m.devices {
		if port, _, ok := d.shown(class); ok && d.Backend == backend && port == place &&
			(id == "" || strings.ReplaceAll(d.id(), ":", "+") == id) {
			return d
		}
	}
	return nil
}

var payload43 = regexp.MustCompile(`^mode='manual' _format='[1-9][0-9]{0,3}x[1-9][0-9]{0,3}x[1-9][0-9]{0,2}'$`)

func (m *Machine) change(c Call, q *Qube, class, verb string) Reply {
	if verb == "Detach" { // by the port alone
		words := strings.SplitN(c.Arg, "+", 3)
		return detach(m.find(strings.Join(words[:min(2, len(words))], "+"), class), c, class)
	}
	d := m.find(c.Arg, class)
	if d == nil {
		return Reply{Error: "ProtocolError"} // "Cannot attach unknown device"
	}
	_, holder, _ := d.shown(class)
	switch {
	case q.Denied:
		return Reply{Error: "PermissionDenied"}
	case q.State == "Halted":
		return Reply{Error: "QubesVMNotRunningError"}
	case *holder != "":
		return Reply{Error: "DeviceAlreadyAttached"}
	case class == "usb" && c.Payload != "":
		return Reply{Error: "QubesException"}
	case class == "webcam" && c.Payload != "" && !payload43.MatchString(c.Payload):
		return Reply{Error: "ProtocolError"}
	case class == "usb" && !q.Proxy:
		return Reply{Error: "USBProxyNotInstalled"}
	case class == "webcam" && q.Features["supported-rpc.qvc.WebcamAttach"] != "1":
		return Reply{Error: "QVCNotInstalled"}
	case q.State != "Running":
		return Reply{Error: "QubesUSBException"}
	}
	*holder = c.Dest
	if class == "usb" {
		d.VideoHolder = "" // what sent the pictures has no device any more
	}
	return Reply{}
}

func detach(d *Device, c Call, class string) Reply {
	if d != nil {
		_, holder, _ := d.shown(class)
		switch {
		case *holder == c.Dest && d.Lasting:
			return Reply{Error: "QubesVMNotHaltedError"}
		case *holder == c.Dest && c.Payload == "":
			*holder = ""
			return Reply{}
		}
	}
	return Reply{Error: "DeviceNotAssigned"}
}
