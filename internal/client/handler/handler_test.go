package handler

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// home is a home folder with qpay.desktop, the shipped one, and another wallet.
func home(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	apps := filepath.Join(dir, ".local", "share", "applications")
	if err := os.MkdirAll(apps, 0o700); err != nil {
		t.Fatal(err)
	}
	ours, err := os.ReadFile("../../../desktop/" + Desktop)
	if err != nil {
		t.Fatal(err)
	}
	other := "[Desktop Entry]\nType=Application\nName=Other\nExec=true %u\nMimeType=x-scheme-handler/lightning;\n"
	must(t, os.WriteFile(filepath.Join(apps, Desktop), ours, 0o600))
	must(t, os.WriteFile(filepath.Join(apps, "other.desktop"), []byte(other), 0o600))
	must(t, os.Mkdir(filepath.Join(dir, "bin"), 0o700))
	must(t, os.WriteFile(filepath.Join(dir, "bin", "qpay"), []byte("#!/bin/sh\n"), 0o700)) // gio wants to see it
	t.Setenv("HOME", dir)
	t.Setenv("PATH", filepath.Join(dir, "bin")+":"+os.Getenv("PATH"))
	for _, name := range []string{"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_DATA_DIRS", "XDG_CURRENT_DESKTOP", "DESKTOP_SESSION"} {
		t.Setenv(name, "")
	}
	return dir
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			if os.Getenv("QPAY_REQUIRE_TOOLS") != "" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
}

// only leaves just some programs on the path.
func only(t *testing.T, programs ...string) {
	t.Helper()
	dir := t.TempDir()
	for _, p := range programs {
		path, err := exec.LookPath(p)
		must(t, err)
		must(t, os.Symlink(path, filepath.Join(dir, p)))
	}
	t.Setenv("PATH", dir)
}

// The real programs of the desktop, in a home of the test's own.
func TestSet(t *testing.T) {
	needs(t, "xdg-mime", "gio")
	dir := home(t)
	ctx := context.Background()
	choose(t, dir, "other.desktop")
	all, err := All(ctx)
	if err != nil || len(all) != len(Schemes) || all[0] != (Handler{"lightning", "other.desktop", false}) {
		t.Fatalf("%+v, %v", all, err)
	}
	must(t, Set(ctx))
	if all, err = All(ctx); err != nil || slices.ContainsFunc(all, func(h Handler) bool { return !h.Ours || h.Program != Desktop }) {
		t.Errorf("%+v, %v", all, err)
	}
	for _, scheme := range Schemes {
		for _, ask := range [][]string{{"xdg-mime", "query", "default", mime(scheme)}, {"env", "LC_ALL=C", "gio", "mime", mime(scheme)}} {
			out, err := exec.Command(ask[0], ask[1:]...).CombinedOutput()
			if err != nil || !strings.Contains(string(out), Desktop) {
				t.Errorf("%s: %s %v", ask, out, err)
			}
		}
	}
	must(t, Set(ctx)) // again: nothing changes
}

func choose(t *testing.T, dir, program string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Join(dir, ".config"), 0o700))
	must(t, os.WriteFile(filepath.Join(dir, ".config", "mimeapps.list"),
		[]byte("[Default Applications]\nx-scheme-handler/lightning="+program+"\n"), 0o600))
}

func TestSetByGIOAlone(t *testing.T) {
	needs(t, "gio")
	home(t)
	only(t, "gio", "env", "true")
	t.Setenv("PATH", os.Getenv("PATH")+":"+filepath.Join(os.Getenv("HOME"), "bin"))
	must(t, Set(context.Background()))
	if all, err := All(context.Background()); err != nil || !all[0].Ours || !all[2].Ours {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestRefused(t *testing.T) {
	needs(t, "xdg-mime", "gio")
	dir := home(t)
	ctx := context.Background()
	says := func(what string, err error, text string) {
		t.Helper()
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(e.Message, text) || e.Hint == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
	bin := filepath.Join(dir, "bin")
	scripted := func(text string) {
		must(t, os.WriteFile(filepath.Join(bin, "xdg-mime"), []byte("#!/bin/sh\n"+text+"\n"), 0o700))
	}
	scripted(`printf 'no\033[2J good\n' >&2; exit 4`)
	says("it fails", Set(ctx), `xdg-mime failed and says "no?[2J good"`)
	scripted("exit 0")
	says("it does nothing", Set(ctx), "still opened by no program")
	must(t, os.Remove(filepath.Join(bin, "xdg-mime")))
	must(t, os.Remove(filepath.Join(dir, ".local", "share", "applications", Desktop)))
	says("qpay is not installed", Set(ctx), "qpay.desktop is not installed")
	t.Setenv("PATH", bin)
	_, err := All(ctx)
	says("no program", err, "neither xdg-mime nor gio")
}

// The desktop file offers just the schemes that this package sets.
func TestDesktopFile(t *testing.T) {
	needs(t, "desktop-file-validate")
	file := "../../../desktop/" + Desktop
	out, err := exec.Command("desktop-file-validate", file).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("%v %s", err, out)
	}
	text, err := os.ReadFile(file)
	must(t, err)
	want := "MimeType="
	for _, s := range Schemes {
		want += mime(s) + ";"
	}
	if !strings.Contains(string(text), "\n"+want+"\n") || !strings.Contains(string(text), "\nExec=qpay open %u\n") {
		t.Errorf("not as the package says: %s", text)
	}
}
