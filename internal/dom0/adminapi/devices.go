package adminapi

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Device is one device as its backend, the qube where it is plugged in, offers it.
type Device struct {
	Class   Class
	Backend Qube
	Port    Port

	// For a list: what the device says of itself. Who has it is asked by
	// Attached, whose answer holds none of the device's words before its place.
	Camera bool
	Label  string

	// Print changes when another device is plugged in at the same port.
	Print string

	// 4.3 only.
	ID      string   // sent back, so that qubesd refuses another device; "" if it cannot be
	Parent  Port     // of a webcam: the USB device with the lens
	Formats []string // of a webcam: 640x480x30, …
}

func (d Device) String() string { return string(d.Backend) + ":" + string(d.Port) }

// Same tells whether both are the same place; what is plugged in there may be
// another device meanwhile, which Print tells.
func (d Device) Same(o Device) bool {
	return d.Class == o.Class && d.Backend == o.Backend && d.Port == o.Port
}

// Classes are the classes of devices that this Qubes has.
func (c *Client) Classes(ctx context.Context) ([]Class, error) {
	data, err := c.call(ctx, quick, Dom0, "admin.deviceclass.List", "", "")
	var classes []Class
	for _, name := range strings.Fields(string(data)) {
		classes = append(classes, Class(name))
	}
	return classes, err
}

// Devices are those of a class that a qube offers.
func (c *Client) Devices(ctx context.Context, backend Qube, class Class) ([]Device, error) {
	data, err := c.call(ctx, quick, backend, "admin.vm.device."+string(class)+".Available", "", "")
	if err != nil {
		return nil, err
	}
	return parseDevices(data, backend, class), nil
}

// parseDevices leaves out lines that it does not understand: a device that
// writes nonsense must not hide the others.
func parseDevices(untrusted []byte, backend Qube, class Class) []Device {
	var devices []Device
	for line := range bytes.Lines(untrusted) {
		d := Device{Backend: backend, Class: class}
		if d.parse(strings.TrimSuffix(string(line), "\n")) == nil {
			devices = append(devices, d)
		}
	}
	return devices
}

func (d *Device) parse(untrusted string) (err error) {
	head, rest, _ := strings.Cut(untrusted, " ")
	port, _, modern := strings.Cut(head, ":")
	if d.Port, err = ParsePort(port); err != nil {
		return err
	}
	if modern {
		d.parse43(rest)
		return nil
	}
	// 4.2: "2-1 description=…", the words of the device to the end of the line.
	_, description, _ := strings.Cut(" "+rest, " description=")
	d.Label, d.Print = label(description), fingerprint(description)
	d.Camera = soundsLikeCamera(description)
	return nil
}

func soundsLikeCamera(untrusted string) bool {
	lower := strings.ToLower(untrusted)
	return strings.Contains(lower, "cam") || strings.Contains(lower, "video")
}

// parse43: "2-1:ID key='value' …". The id is not quoted and may hold spaces.
func (d *Device) parse43(untrusted string) {
	values := properties(untrusted)
	id := values["device_id"]
	d.ID, d.Print = parseID(id), fingerprint(id)
	d.Camera = d.Class == Webcam || isVideo(values["interfaces"])
	d.Label = label(firstKnown(values["product"], values["name"], values["manufacturer"]))
	if port, err := ParsePort(values["parent_port_id"]); err == nil && values["parent_devclass"] == string(USB) {
		d.Parent = port
	}
	for _, f := range strings.Fields(values["_formats"]) {
		if formatPattern.MatchString(f) {
			d.Formats = append(d.Formats, f)
		}
	}
}

const keys = `(device_id|port_id|devclass|backend_domain|vendor|product|manufacturer|name|serial|attachment|interfaces|` +
	`parent_port_id|parent_devclass|_formats)='`

var (
	keyPattern  = regexp.MustCompile(`(?:^|' )` + keys)
	nextPattern = regexp.MustCompile(`^' ` + keys)
)

// properties splits key='value' pairs. A ' within a value is written \', but a
// backslash stays as it is, so a value that ends in one, or in =, has more than
// one reading. The words of a device may thus spoil each other, which are its
// own; the last value of a key counts, and qubesd writes its own words last.
func properties(untrusted string) map[string]string {
	values := map[string]string{}
	begin := strings.Index(untrusted, "device_id='")
	if begin < 0 {
		return values
	}
	rest, key := untrusted[begin:], ""
	for {
		at := keyPattern.FindStringSubmatchIndex(rest)
		if at == nil {
			values[key] = plain(strings.TrimSuffix(rest, "'"))
			return values
		}
		values[key] = plain(rest[:at[0]])
		key = rest[at[2]:at[3]]
		// The quote that opens a value may close a shorter one before.
		if end := at[1]; nextPattern.MatchString(rest[end-1:]) {
			rest = rest[end-1:]
		} else {
			rest = rest[end:]
		}
	}
}

func plain(value string) string { return strings.ReplaceAll(value, `\'`, `'`) }

// isVideo: interfaces are groups of seven characters; u0e is USB's video class.
func isVideo(interfaces string) bool {
	for group := range slices.Chunk([]byte(interfaces), 7) {
		if bytes.HasPrefix(group, []byte("u0e")) {
			return true
		}
	}
	return false
}

func firstKnown(words ...string) string {
	for _, w := range words {
		if w != "" && w != "unknown" {
			return w
		}
	}
	return ""
}

// Find looks up a device again, by its place.
func (c *Client) Find(ctx context.Context, d Device) (Device, bool, error) {
	devices, err := c.Devices(ctx, d.Backend, d.Class)
	if err != nil {
		return Device{}, false, fmt.Errorf("looking for %s: %w", d, err)
	}
	for _, found := range devices {
		if found.Same(d) {
			return found, true, nil
		}
	}
	return Device{}, false, nil
}
