package adminapi

import (
	"reflect"
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	for name, ok := range map[string]bool{
		"work": true, "sys-usb": true, "a.b_c-1": true, strings.Repeat("a", 31): true,
		"": false, "-x": false, "1a": false, "a b": false, "a\n": false, "a/b": false, "a<b": false, "@default": false, "é": false,
		strings.Repeat("a", 32): false,
	} {
		if _, err := ParseQube(name); (err == nil) != ok {
			t.Errorf("qube %q: %v", name, err)
		}
	}
	for name, ok := range map[string]bool{
		"2-1": true, "2-1.4": true, "dev-video0": true, "": false, "-1": false, "2-1 x": false, "2+1": false, "2:1": false, "2-1'": false,
	} {
		if _, err := ParsePort(name); (err == nil) != ok {
			t.Errorf("port %q: %v", name, err)
		}
	}
}

const webcamLine = `dev-video0:046d:0825:S1:u0e0100 device_id='046d:0825:S1:u0e0100' port_id='dev-video0' devclass='webcam' ` +
	`backend_domain='sys-usb' product='Webcam C270' vendor='Logitech, Inc.' interfaces='u0e0200' parent_port_id='2-1' ` +
	`parent_devclass='usb' _formats='640x480x30 0x0x0 1280x720x30'`

func TestDevices43(t *testing.T) {
	got := parseDevices([]byte(webcamLine+"\n"), "sys-usb", Webcam)
	want := []Device{{Class: Webcam, Backend: "sys-usb", Port: "dev-video0", Camera: true, Label: "Webcam C270",
		Print: fingerprint("046d:0825:S1:u0e0100"), ID: "046d:0825:S1:u0e0100", Parent: "2-1", Formats: []string{"640x480x30", "1280x720x30"}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}

func TestUSB43(t *testing.T) {
	for name, c := range map[string]struct {
		line   string
		camera bool
		id     string
	}{
		"free camera":    {`2-1:1:2::u0e0100 device_id='1:2::u0e0100' interfaces='u030101u0e0100'`, true, "1:2::u0e0100"},
		"attached":       {`2-1:1:2::u0e0100 device_id='1:2::u0e0100' attachment='work' interfaces='u0e0100'`, true, "1:2::u0e0100"},
		"keyboard":       {`2-1:1:2::u03 device_id='1:2::u030101' interfaces='u030101'`, false, "1:2::u030101"},
		"shifted groups": {`2-1:1:2::u03 device_id='1:2' interfaces='u0301u0e01001'`, false, "1:2"},
		"no properties":  {`2-1:1:2::u03`, false, ""},
		// A serial number with spaces; it cannot be sent back.
		"spaces": {`2-1:1:2:a dom0 name b:u0e0100 device_id='1:2:a dom0 name b:u0e0100' interfaces='u0e0100'`, true, ""},
		"plus":   {`2-1:1:2:a+b:u0e device_id='1:2:a+b:u0e0100' interfaces='u0e0100'`, true, ""},
		// Values with more than one reading do not spoil what follows.
		"backslash": {`2-1:1:2::u0e device_id='1:2::u0e0100' name='Cam\' interfaces='u0e0100'`, true, "1:2::u0e0100"},
		"equals":    {`2-1:1:2::u0e device_id='1:2::u0e0100' name='Cam=' interfaces='u0e0100'`, true, "1:2::u0e0100"},
		"made up":   {`2-1:1:2::u0e device_id='1:2::u0e0100' name='x\' interfaces=' interfaces='u0e0100'`, true, "1:2::u0e0100"},
	} {
		got := parseDevices([]byte(c.line+"\n"), "sys-usb", USB)
		if len(got) != 1 || got[0].Camera != c.camera || got[0].ID != c.id || got[0].Port != "2-1" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestDevices42(t *testing.T) {
	text := "2-1 description=Logitech_HD Webcam description=x\n2-2 description=Holtek_Keyboard\n2-3 \n"
	got := parseDevices([]byte(text), "sys-usb", USB)
	if len(got) != 3 || !got[0].Camera || got[1].Camera || got[2].Camera || got[0].ID != "" {
		t.Fatalf("%+v", got)
	}
	if got[0].Label != "Logitech HD Webcam description x" || got[0].Print == got[1].Print {
		t.Errorf("%+v", got)
	}
}

func TestLinesWithoutSenseAreLeftOut(t *testing.T) {
	text := "\n -1 x\n<b>:1 device_id='1'\n" + webcamLine + "\n"
	if got := parseDevices([]byte(text), "sys-usb", Webcam); len(got) != 1 || got[0].Port != "dev-video0" {
		t.Errorf("%+v", got)
	}
}

func TestAttached(t *testing.T) {
	text := "sys-usb+2-1 persistent=no\nsys-usb+2-2 persistent=yes\nsys-usb+2-3:1:2::u0e0100 device_id='1:2::u0e0100' mode='manual'\n-x+1 \nsys-usb\n"
	got := parseAttached([]byte(text))
	want := []Attachment{{"sys-usb", "2-1", false}, {"sys-usb", "2-2", true}, {"sys-usb", "2-3", false}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}

// Whatever comes in, what comes out is safe in a window, a list of arguments
// and a request.
func FuzzDevices(f *testing.F) {
	f.Add(webcamLine)
	f.Add("2-1 description=Logitech_HD Webcam")
	f.Add(`2-1:1:2::u0e name='Cam\' device_id='1:2::u0e0100' attachment='work'`)
	f.Fuzz(func(t *testing.T, untrusted string) {
		for _, class := range []Class{USB, Webcam} {
			for _, d := range parseDevices([]byte(untrusted), "sys-usb", class) {
				if strings.ContainsAny(d.argument()+string(d.Parent), " \x00\n'<>&") || strings.HasPrefix(string(d.Port), "-") {
					t.Errorf("%q: %+v", untrusted, d)
				}
				if strings.Trim(d.Label, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:()-") != "" || len(d.Label) > maxLabel+3 {
					t.Errorf("label %q of %q", d.Label, untrusted)
				}
				for _, format := range d.Formats {
					if !formatPattern.MatchString(format) {
						t.Errorf("format %q", format)
					}
				}
			}
		}
		for _, a := range parseAttached([]byte(untrusted)) {
			if _, err := ParsePort(string(a.Port)); err != nil {
				t.Error(err)
			}
		}
		qubes, _ := parseQubes([]byte(untrusted))
		for _, q := range qubes {
			if _, err := ParseQube(string(q.Name)); err != nil {
				t.Error(err)
			}
		}
	})
}

// Whatever a device says, what qubesd itself says behind it is read as it was
// meant; and plain words of the device are too.
func FuzzProperties(f *testing.F) {
	f.Add("Cam\\", "work")
	f.Add("x' attachment='vault", "=")
	f.Add("x' interfaces=", "x' interfaces=")
	f.Fuzz(func(t *testing.T, name, serial string) {
		if strings.ContainsAny(name+serial, "\n") {
			return // qubesd refuses it
		}
		quote := func(s string) string { return "'" + strings.ReplaceAll(s, "'", `\'`) + "'" }
		got := properties("1:2:" + serial + ":x device_id=" + quote("1:2:"+serial+":x") + " name=" + quote(name) + " interfaces='u0e0100' parent_port_id='2-1'")
		if got["interfaces"] != "u0e0100" || got["parent_port_id"] != "2-1" {
			t.Errorf("%q, %q: %q", name, serial, got)
		}
		if !strings.ContainsAny(name+serial, "'\\") && got["name"] != name {
			t.Errorf("%q, %q: %q", name, serial, got)
		}
	})
}
