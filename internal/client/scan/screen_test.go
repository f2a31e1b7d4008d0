package scan

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"qpay/internal/wire"
)

// underWayland puts scripts in the place of slurp and grim, and a code on the
// screen. The compositors that have what slurp and grim need are not run here.
func underWayland(t *testing.T, slurp string) {
	t.Helper()
	zbar(t)
	dir := t.TempDir()
	picture := file(t, drawn(t, invoice))
	shot, err := os.Create(filepath.Join(dir, "shot.png"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := picture.WriteTo(shot); err != nil {
		t.Fatal(err)
	}
	for name, script := range map[string]string{
		"slurp": slurp,
		"grim":  `[ "$*" = "-g 10,20 30x40 -" ] || exit 3; cat ` + shot.Name(),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	t.Setenv("WAYLAND_DISPLAY", "wayland-9")
}

func TestScreenUnderWayland(t *testing.T) {
	underWayland(t, "echo '10,20 30x40'")
	if f, e := Screen(context.Background()); e != nil || f.Target.Invoice != invoice {
		t.Errorf("%+v, %v", f, e)
	}
}

func TestScreenGivenUp(t *testing.T) {
	underWayland(t, "echo 'selection cancelled' >&2; exit 1")
	if f, e := Screen(context.Background()); e == nil || e.Code != wire.ScanClosed {
		t.Errorf("%+v, %v", f, e)
	}
}

func TestNoScreen(t *testing.T) {
	t.Setenv("WAYLAND_DISPLAY", "")
	t.Setenv("DISPLAY", "")
	if f, e := Screen(context.Background()); e == nil || e.Code != wire.BadPicture {
		t.Errorf("%+v, %v", f, e)
	}
}
