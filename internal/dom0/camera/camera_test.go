package camera

import (
	"strings"
	"testing"

	"qpay/internal/dom0/adminapi"
)

func TestFormat(t *testing.T) {
	for formats, want := range map[string]string{
		"":                                      "",
		"640x480x30":                            "640x480x30",
		"640x480x30 1280x720x30 1920x1080x30":   "1280x720x30",
		"640x480x30 1280x720x10 1280x720x30":    "1280x720x30",
		"320x240x30 640x480x15":                 "640x480x15",
		"1920x1080x5 1920x1080x30 2560x1440x30": "1920x1080x30",
		"640x480x60":                            "", // too fast: its own choice
		"1280x720x60 640x480x30":                "640x480x30",
		"9999x9999x30 1280x720x30 bogus 1x":     "1280x720x30",
	} {
		if got := format(strings.Fields(formats)); got != want {
			t.Errorf("%q: %q, want %q", formats, got, want)
		}
	}
}

// Whatever a qube ends with: one sentence that names it as the one that says so.
func TestOutcomes(t *testing.T) {
	for code := range 256 {
		o := OutcomeOf("work", code)
		if !strings.HasPrefix(o.Text, "The qube work says: ") || !strings.ContainsAny(o.Text[len(o.Text)-1:], ".?") || strings.ContainsAny(o.Text, "<>&%") {
			t.Errorf("%d: %q", code, o.Text)
		}
		if Passed(code) && code >= 100 {
			t.Errorf("%d is passed on", code)
		}
		if code == 7 || code == 77 {
			if !o.Window || !strings.Contains(o.Text, "before you") {
				t.Errorf("%d: %+v", code, o)
			}
		}
	}
}

// Two cameras at once, and pictures that name the port of a keyboard.
func TestMatch(t *testing.T) {
	usb := []adminapi.Device{
		{Class: adminapi.USB, Backend: "sys-usb", Port: "2-1", Camera: true, Print: "a"},
		{Class: adminapi.USB, Backend: "sys-usb", Port: "2-2", Camera: true, Print: "b"},
		{Class: adminapi.USB, Backend: "sys-usb", Port: "2-7", Print: "keyboard"},
	}
	webcams := []adminapi.Device{
		{Class: adminapi.Webcam, Backend: "sys-usb", Port: "dev-video0", Camera: true, Parent: "2-1", Print: "a"},
		{Class: adminapi.Webcam, Backend: "sys-usb", Port: "dev-video2", Camera: true, Parent: "2-7", Print: "b"},
	}
	for _, c := range []struct {
		wished adminapi.Port
		video  bool
		want   string
	}{
		{"", true, "2-2 dev-video0 dev-video2"},
		{"", false, "2-1 2-2"},
		{"2-1", true, "dev-video0"},
		{"2-1", false, "2-1"},
		{"dev-video0", true, "dev-video0"},
		{"dev-video0", false, ""},
		{"2-7", false, "2-7"}, // named by the person
	} {
		var got []string
		for _, d := range match(webcams, usb, c.wished, c.video) {
			got = append(got, string(d.Port))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%q, video %t: %s, want %s", c.wished, c.video, s, c.want)
		}
	}
}
