package scan

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"qpay/internal/wire"
)

// device stands for a camera: any character device does, since zbarcam is a
// script here. There is no camera where tests run.
const device = "/dev/null"

// seen is what zbarcam writes of a code, by its own form.
func seen(kind, text string) string {
	return "cat <<'EOF'\n<source href='/dev/video0'><index num='1'>\n<symbol type='" + kind +
		"' quality='1'><data><![CDATA[" + text + "]]></data></symbol>\n</index>\nEOF\n"
}

// zbarcam puts a script in the place of zbarcam; it writes its process id and
// its arguments down.
func zbarcam(t *testing.T, script string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	text := "#!/bin/sh\necho $$ > " + dir + "/pid\necho \"$@\" > " + dir + "/args\nexec 2>/dev/null\n" +
		"echo \"<barcodes xmlns='http://zbar.sourceforge.net/2008/barcode'>\"\n" + script
	if err := os.WriteFile(filepath.Join(dir, "zbarcam"), []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	return dir
}

// gone fails if the script is still there: its camera's light would be on.
func gone(t *testing.T, dir string) {
	t.Helper()
	pid, err := os.ReadFile(filepath.Join(dir, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat("/proc/" + strings.TrimSpace(string(pid))); err == nil {
		t.Error("zbarcam is still running")
	}
}

const waits = "exec sleep 600\n"

func TestCamera(t *testing.T) {
	for name, script := range map[string]string{
		"an invoice":        seen("QR-Code", strings.ToUpper(invoice)) + waits,
		"after other codes": seen("QR-Code", "https://example.org") + seen("QR-Code", "lno1pqpsgd") + seen("QR-Code", "lightning:"+invoice) + waits,
		"no QR code first":  seen("EAN-13", "someone@example.org") + seen("QR-Code", invoice) + waits,
		"ends by itself":    seen("QR-Code", invoice),
		"will not go":       "trap '' TERM\n" + seen("QR-Code", invoice) + "while :; do sleep 1; done\n",
	} {
		dir := zbarcam(t, script)
		told := 0
		f, e := Camera(context.Background(), device, func(*wire.Error) { told++ })
		if e != nil || f.Target.Invoice != invoice || told != f.Others {
			t.Errorf("%s: %+v, %v, %d", name, f, e, told)
		}
		gone(t, dir)
		if args, _ := os.ReadFile(filepath.Join(dir, "args")); !strings.Contains(string(args), "--nodbus") || !strings.HasSuffix(string(args), device+"\n") {
			t.Errorf("%s: %s", name, args)
		}
	}
}

func TestPreviewWhereThereIsADisplay(t *testing.T) {
	for _, display := range []string{"", ":9"} {
		t.Setenv("DISPLAY", display)
		t.Setenv("WAYLAND_DISPLAY", "")
		dir := zbarcam(t, seen("QR-Code", invoice))
		if _, e := Camera(context.Background(), device, nil); e != nil {
			t.Error(e)
		}
		args, _ := os.ReadFile(filepath.Join(dir, "args"))
		if strings.Contains(string(args), "--nodisplay") != (display == "") {
			t.Errorf("DISPLAY=%q: %s", display, args)
		}
	}
}

func TestCameraRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		device, script string
		code           wire.Code
	}{
		"no such camera":       {"/dev/video99", waits, wire.NoCamera},
		"a file":               {"/etc/passwd", waits, wire.NoCamera},
		"an option":            {"--help", waits, wire.NoCamera},
		"cannot be opened":     {device, "exit 1\n", wire.NoCamera},
		"the window is closed": {device, "echo '</barcodes>'\n", wire.ScanClosed},
		"nonsense":             {device, "echo '<<<'\nexit 0\n", wire.ScanClosed},
	} {
		zbarcam(t, c.script)
		f, e := Camera(context.Background(), c.device, nil)
		if e == nil || e.Code != c.code || e.Hint == "" || e.Payment != wire.NotSent {
			t.Errorf("%s: %+v, %+v", name, f, e)
		}
	}
}

func TestCameraNotInstalled(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, e := Camera(context.Background(), device, nil); e == nil || e.Code != wire.NoScanner {
		t.Errorf("%+v", e)
	}
}

// The camera is let go of when time runs out, and when the person interrupts.
func TestCameraIsLetGo(t *testing.T) {
	for name, c := range map[string]struct {
		cause error
		code  wire.Code
	}{
		"time":      {context.DeadlineExceeded, wire.ScanTimeout},
		"interrupt": {errors.New("interrupted"), wire.ScanClosed},
	} {
		dir := zbarcam(t, seen("QR-Code", "https://example.org")+waits)
		ctx, cancel := context.WithCancelCause(context.Background())
		_, e := Camera(ctx, device, func(*wire.Error) { cancel(c.cause) })
		if e == nil || e.Code != c.code {
			t.Errorf("%s: %+v", name, e)
		}
		gone(t, dir)
	}
}

// A caller that a person waits for is not held by a camera that says nothing.
func TestCameraWithTimeLimit(t *testing.T) {
	zbarcam(t, waits)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, e := Camera(ctx, device, nil); e == nil || e.Code != wire.ScanTimeout {
		t.Errorf("%+v", e)
	}
}
