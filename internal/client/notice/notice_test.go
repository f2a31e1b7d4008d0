package notice

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBody(t *testing.T) {
	for in, want := range map[string]string{
		"paid, fee 1 sat": "paid, fee 1 sat",
		`<a href="https://evil.example">your bank</a> & <img src="x"/>`: `&lt;a href="https://evil.example"&gt;your bank&lt;/a&gt; &amp; &lt;img src="x"/&gt;`,
		`\x1b[31m \n \074b\076`: `\\x1b[31m \\n \\074b\\076`,
		"a\nb\x1b\u202ec":       "a?b??c",
	} {
		if got := body(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := body(strings.Repeat("<", 5000)); len(got) > 4*maxText+3 {
		t.Errorf("%d bytes", len(got))
	}
}

func TestWrap(t *testing.T) {
	long := strings.Repeat("a", 100)
	for in, want := range map[string]string{
		"":                              "",
		"one line":                      "one line",
		strings.Repeat("word ", 14):     strings.TrimSpace(strings.Repeat("word ", 12)) + " word\nword",
		"a " + long + " b":              "a\n" + long + "\nb",
		strings.Repeat("\u20ac", width): strings.Repeat("\u20ac", width),
	} {
		if got := wrap(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

// scripted puts a program on the path that writes down its arguments and ends
// with a code.
func scripted(t *testing.T, dir, name, code string) (log string) {
	t.Helper()
	log = filepath.Join(dir, name+".log")
	script := "#!/bin/sh\nprintf '%s\\n' \"$@\" >>" + log + "\nexit " + code + "\n"
	if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return log
}

func written(log string) string {
	text, _ := os.ReadFile(log)
	return string(text)
}

func TestShow(t *testing.T) {
	for name, c := range map[string]struct {
		bus, display, windows bool
		notify, zenity        string // exit codes; empty: not installed
		notified, shown       bool
		err                   error
	}{
		"a notification":                    {true, true, true, "0", "0", true, false, nil},
		"no daemon, so a window":            {true, true, true, "1", "0", true, true, nil},
		"the window is closed by its cross": {true, true, true, "1", "1", true, true, nil},
		"no bus, so a window":               {false, true, true, "0", "0", false, true, nil},
		"no notify-send, so a window":       {true, true, true, "", "0", false, true, nil},
		"no window on a terminal":           {true, true, false, "1", "0", true, false, ErrNobody},
		"no display":                        {true, false, true, "1", "0", true, false, ErrNobody},
		"the window fails":                  {false, true, true, "0", "255", false, true, ErrNobody},
		"nothing installed":                 {true, true, true, "", "", false, false, ErrNobody},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("PATH", dir)
			t.Setenv("XDG_RUNTIME_DIR", dir)
			t.Setenv("DBUS_SESSION_BUS_ADDRESS", map[bool]string{true: "unix:path=/nowhere"}[c.bus])
			t.Setenv("WAYLAND_DISPLAY", "")
			t.Setenv("DISPLAY", map[bool]string{true: ":77"}[c.display])
			var notified, shown string
			if c.notify != "" {
				notified = scripted(t, dir, "notify-send", c.notify)
			}
			if c.zenity != "" {
				shown = scripted(t, dir, "zenity", c.zenity)
			}
			err := Show(context.Background(), Notice{Urgent, "-Not <known>", "may be paid\nor not"}, c.windows)
			if !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
				t.Errorf("%v, want %v", err, c.err)
			}
			if got := written(notified); (got != "") != c.notified || c.notified &&
				got != "--app-name=qpay\n--icon=qpay\n--urgency=critical\n--\n-Not <known>\nmay be paid?or not\n" {
				t.Errorf("notify-send: %q", got)
			}
			if got := written(shown); (got != "") != c.shown || c.shown && !strings.Contains(got, "--warning\n--no-markup\n") {
				t.Errorf("zenity: %q", got)
			}
		})
	}
}
