package picture

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// requests: the shortest, usual and longest there are.
func requests() []string {
	short := "lnbc1pjluejdpp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq0"
	return []string{short, short + strings.Repeat("qpzry9x8", 30), short + strings.Repeat("qpzry9x8", 160)}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// seen is the code that a reader sees on a terminal: with colours each half
// block is dark on white, without them light on dark.
func seen(t *testing.T, text string, colours bool) Code {
	t.Helper()
	var c Code
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if colours {
			bare, begins := strings.CutPrefix(line, blackOnWhite)
			var ends bool
			if line, ends = strings.CutSuffix(bare, reset); !begins || !ends {
				t.Fatalf("colours missing in %q", line)
			}
		}
		var top, bottom []bool
		for _, r := range line {
			top = append(top, (r == '█' || r == '▀') == colours)
			bottom = append(bottom, (r == '█' || r == '▄') == colours)
		}
		c = append(c, top, bottom)
	}
	return c
}

func TestBlocksShowTheCode(t *testing.T) {
	for _, request := range requests() {
		c, err := New(request)
		must(t, err)
		for _, colours := range []bool{true, false} {
			got := seen(t, c.Blocks(colours), colours)
			for y := range got {
				for x := range got[y] {
					if want := y < len(c) && c[y][x]; got[y][x] != want {
						t.Fatalf("colours %v: module %d, %d is %v", colours, x, y, got[y][x])
					}
				}
			}
		}
	}
}

func TestQuietZone(t *testing.T) {
	c, err := New(requests()[0])
	must(t, err)
	for i := range c {
		for j := range 4 {
			last := len(c) - 1 - j
			if c[j][i] || c[last][i] || c[i][j] || c[i][last] {
				t.Fatal("dark in the quiet zone")
			}
		}
	}
}

func TestUsualInvoiceFitsATerminal(t *testing.T) {
	c, err := New(requests()[1])
	must(t, err)
	if c.Width() > 80 {
		t.Errorf("%d columns for %d characters", c.Width(), len(requests()[1]))
	}
}

func TestTooLong(t *testing.T) {
	if _, err := New(strings.Repeat("q", 5000)); err != errTooLong {
		t.Error(err)
	}
}

// A reader that is not ours reads both kinds of picture.
func TestDecodes(t *testing.T) {
	if _, err := exec.LookPath("zbarimg"); err != nil {
		if os.Getenv("QPAY_REQUIRE_TOOLS") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	for _, request := range requests() {
		c, err := New(request)
		must(t, err)
		path := filepath.Join(t.TempDir(), "code.png")
		for name, c := range map[string]Code{"png": c, "terminal": seen(t, c.Blocks(true), true)} {
			var b bytes.Buffer
			c = c[:len(c[0])] // a terminal has a line more
			must(t, c.WritePNG(&b))
			must(t, os.WriteFile(path, b.Bytes(), 0o600))
			out, err := exec.Command("zbarimg", "-q", "--raw", path).Output() // standard error has its trouble with dbus
			if got := strings.TrimSpace(string(out)); err != nil || got != strings.ToUpper(request) {
				t.Errorf("%s: %q, %v; want %q", name, got, err, strings.ToUpper(request))
			}
		}
	}
}

func TestFile(t *testing.T) {
	c, err := New(requests()[0])
	must(t, err)
	path := filepath.Join(t.TempDir(), "a.png")
	f, err := Create(path, false)
	must(t, err)
	must(t, os.WriteFile(path, []byte("came meanwhile"), 0o600))
	if err := f.Save(c); err == nil {
		t.Error("overwrote what came meanwhile")
	}
	f.Close()
	f, err = Create(path, true)
	must(t, err)
	must(t, f.Save(c))
	f.Close()
	written, err := os.Open(path)
	must(t, err)
	defer written.Close()
	img, err := png.Decode(written)
	must(t, err)
	if img.Bounds() != image.Rect(0, 0, len(c)*scale, len(c)*scale) {
		t.Error(img.Bounds())
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("left over: %v, %v", left, err)
	}
}
