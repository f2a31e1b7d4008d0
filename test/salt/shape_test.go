package salt

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The checks of `make check` see what they are there for.
func TestChecksSeeBrokenFormula(t *testing.T) {
	if _, err := os.Stat(filepath.Join(root, "out/salt/bin/salt-lint")); err != nil {
		need(t, "no salt-lint: run make deps")
	}
	guard := "{%- if grains['id'] == 'dom0' %}"
	for _, c := range []struct{ name, file, old, new, says string }{
		{"nothing", "", "", "", ""},
		{"top without state", "qpay/init.top", "- qpay", "- qpay.creat", "names qpay.creat, which does not exist"},
		{"pillar top without pillar", "pillar/qpay/init.top", "- qpay", "- qpay.all", "names qpay.all"},
		{"pillar for every qube", "pillar/qpay/init.top", "  dom0:", "  '*':", "not for dom0 alone"},
		{"include of nothing", "qpay/init.sls", "- .policy", "- .polices", "includes .polices"},
		{"no guard", "qpay/create.sls", guard, "{%- if true %}", "qpay/create.sls does not begin with"},
		{"guard of the wrong place", "qpay/remove.sls", "{%- if grains['nodename'] != 'dom0' %}", guard, "qpay/remove.sls does not begin"},
		{"guard that ends early", "qpay/policy.sls", "{%- endif %}\n{%- endif %}", "{%- endif %}", "closes 1"},
		{"nested run with dom0", "qpay/provision.sls", "--skip-dom0 ", "", "nested qubesctl"},
		{"nested run over all", "qpay/uninstall.sls", "--targets={{ name }}", "--templates", "nested qubesctl"},
		{"a dry run that writes", "qpay/next.sls", "once:", "once, with test=True:", "no dry run"},
		{"a key", "qpay/files/policy/80-qpay.policy", "# qpay", "# -----BEGIN PRIVATE KEY-----", "looks like a secret"},
		{"a macaroon", "pillar/qpay/init.sls", "qpay:", "macaroon: 0201036c6e6402f801030a10b3bf6906c1937139ac0684ac4417139d1201301a\nqpay:", "looks like a secret"},
		{"a stray file", "qpay/admin.macaroon", "", "x", "do not belong to the formula"},
		{"a mode without quotes", "qpay/policy.sls", "'0664'", "664", "policy.sls"},
		{"a pillar that is no yaml", "pillar/qpay/init.sls", "clients: []", "clients: [", "syntax error"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if out, err := exec.Command("cp", "-r", filepath.Join(root, "salt")+"/.", dir).CombinedOutput(); err != nil {
				t.Fatal(string(out))
			}
			if c.file != "" {
				edit(t, filepath.Join(dir, c.file), c.old, c.new)
			}
			out, err := exec.Command(filepath.Join(root, "tools/salt/check.sh"), dir).CombinedOutput()
			if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(string(out), c.says)) {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}

// A highstate concerns dom0 alone, and so do the settings.
func TestTopsAreForDom0(t *testing.T) {
	m := fresh(t)
	m.copy(filepath.Join(root, "salt/qpay/init.top"), "srv/top.sls")
	m.pillar(typical)
	for id, sees := range map[string]bool{"dom0": true, "fedora-42-xfce": false} {
		top, _ := m.callAs(id, "state.show_top")
		pillar, _ := m.callAs(id, "pillar.items")
		if strings.Contains(top, `"qpay"`) != sees || strings.Contains(pillar, "island") != sees {
			t.Errorf("%s: top %s pillar %s", id, top, pillar)
		}
	}
}

// Fedora has the rpm, and the key to check it with if it came along. The
// installing itself is only tested in Debian.
func TestFedoraParts(t *testing.T) {
	for _, key := range []bool{false, true} {
		t.Run(fmt.Sprintf("key %v", key), func(t *testing.T) {
			m := fresh(t)
			m.write("salt/minion", strings.Replace(m.read("salt/minion"), "nodename: dom0", "nodename: fedora-42-xfce, os_family: RedHat", 1))
			if key {
				m.write("srv/qpay/files/packages/RPM-GPG-KEY-qpay", "a key")
			}
			for _, part := range []string{"client", "server"} {
				text, _ := m.callAs("fedora-42-xfce", "state.show_low_sls", "qpay.install-"+part)
				if !strings.Contains(text, "salt://qpay/files/packages/qpay-"+part+".rpm") || strings.Contains(text, ".deb") ||
					strings.Contains(text, "rpmkeys --import") != key || strings.Contains(text, "skip_verify") {
					t.Errorf("%s: %s", part, text)
				}
			}
		})
	}
}

// edit replaces the first old, which has to be there; a new file if it is empty.
func edit(t *testing.T, path, old, text string) {
	t.Helper()
	content := text
	if old != "" {
		before, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(before), old) {
			t.Fatalf("%s: no %q: %v", path, old, err)
		}
		content = strings.Replace(string(before), old, text, 1)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
