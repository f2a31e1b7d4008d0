package packages

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What Debian's and Fedora's own linters say about the packages: nothing, but
// for what nfpm/lintian and nfpm/rpmlint.toml explain.
func TestLintianHasNothingToSay(t *testing.T) {
	r := newRoot(t, "trixie")
	for _, k := range kinds {
		if strings.HasSuffix(k.ending, ".deb") {
			r.put("/packages", built(t, k.name, k.ending))
		}
	}
	text, err := r.try("cd /packages && lintian --allow-root --tag-display-limit 0 --fail-on error,warning *.deb")
	if err != nil || text != "" {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestRpmlintHasNothingToSay(t *testing.T) {
	r := newRoot(t, "trixie")
	for _, k := range kinds {
		if strings.HasSuffix(k.ending, ".rpm") {
			r.put("/packages", built(t, k.name, k.ending))
		}
	}
	r.put("/packages", filepath.Join(moduleRoot(t), "nfpm/rpmlint.toml"))
	text := r.run("cd /packages && rpmlint -c rpmlint.toml *.rpm")
	if !strings.Contains(text, " 0 errors, 0 warnings") {
		t.Error(text)
	}
}

// The scores of the units, as far as they can be had without starting them. It
// counts settings that have no effect in a user's unit, so it is a lint and no
// proof.
func TestUnitsAreConfined(t *testing.T) {
	units, err := filepath.Glob(filepath.Join(moduleRoot(t), "desktop/systemd/*.service"))
	must(t, err)
	for _, suite := range suites {
		r := newRoot(t, suite)
		for _, unit := range units {
			r.put("/units", unit)
			// In tenths.
			r.run("systemd-analyze security --offline=true --threshold=20 /units/" + filepath.Base(unit))
		}
	}
}

func TestMetainfoIsValid(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(moduleRoot(t), "desktop/*.metainfo.xml"))
	must(t, err)
	r := newRoot(t, "bookworm")
	for _, file := range files {
		r.put("/metainfo", file)
		r.run("appstreamcli validate --no-net /metainfo/" + filepath.Base(file))
	}
}

func TestMaintainerScriptsAreShell(t *testing.T) {
	scripts, err := filepath.Glob(filepath.Join(moduleRoot(t), "nfpm/*/*.sh"))
	must(t, err)
	if len(scripts) == 0 {
		t.Fatal("no scripts: nothing was looked at")
	}
	r := newRoot(t, "bookworm")
	for _, script := range scripts {
		text, err := os.ReadFile(script)
		must(t, err)
		if !strings.HasPrefix(string(text), "#!/bin/sh\n") {
			t.Errorf("%s does not say that sh runs it", script)
		}
		r.put("/scripts", script)
		r.run("dash -n /scripts/" + filepath.Base(script))
	}
}
