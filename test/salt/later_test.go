package salt

import (
	"os"
	"strings"
	"testing"
)

// A qube taken off the list loses the tag and the bridge, also one that was
// enrolled by hand; a disposable keeps what it has from its template.
func TestNoLongerListed(t *testing.T) {
	m := fresh(t)
	m.pillar(typical)
	m.apply("qpay").fine()
	for _, name := range []string{"work", "disp1"} {
		m.change(name, func(q *qube) { q.Tags = append(q.Tags, "qpay-client") })
	}
	m.pillar("qpay: {clients: [island]}")
	m.log()
	m.apply("qpay").fine()
	want := `tags personal del qpay-client
features personal service.qpay-bridge unset
tags work del qpay-client
`
	if got := m.log(); got != want {
		t.Errorf("changes:\n%s\nwant:\n%s", got, want)
	}
	m.apply("qpay").fine().unchanged()
}

// One template fails: it is named, with where to look; the others are done,
// and the next run tries only that one again.
func TestBrokenTemplateStopsNoOther(t *testing.T) {
	m := fresh(t)
	m.pillar("qpay: {clients: [personal, work, island]}")
	sound := m.env
	m.env = append(sound, "QPAY_TEST_BROKEN=fedora-42-xfce")
	r := m.apply("qpay")
	failed := strings.Join(r.failures(), "\n")
	if r.code == 0 || len(r.failures()) != 2 || !strings.Contains(failed, "qpay-provision-fedora-42-xfce") ||
		!strings.Contains(failed, "qpay-stamp-fedora-42-xfce") {
		t.Errorf("exit code %d, failed:\n%s", r.code, failed)
	}
	said := r.find("qpay-provision-fedora-42-xfce").Changes["stdout"].(string)
	if !strings.Contains(said, "fedora-42-xfce: not installed") || !strings.Contains(said, "/var/log/qubes/mgmt-fedora-42-xfce.log") {
		t.Errorf("it says %q", said)
	}
	for name, stamp := range map[string]string{"debian-12-xfce": "0.1.0", "island": "0.1.0", "fedora-42-xfce": ""} {
		if got := m.store().Qubes[name].Features["x-qpay-client"]; got != stamp {
			t.Errorf("%s: stamp %q, want %q", name, got, stamp)
		}
	}
	m.log()
	m.env = sound
	m.apply("qpay").fine()
	if got, want := m.log(), "qubesctl fedora-42-xfce qpay.install-client\nfeatures fedora-42-xfce x-qpay-client=0.1.0\n"; got != want {
		t.Errorf("changes:\n%s\nwant:\n%s", got, want)
	}
}

func TestNewVersionInstallsAgain(t *testing.T) {
	m := fresh(t)
	m.pillar(typical)
	m.apply("qpay").fine()
	m.log()
	m.write("srv/qpay/files/packages/version", "0.2.0~rc1\n")
	m.apply("qpay").fine()
	want := `qubesctl qpay-template qpay.install-server
features qpay-template x-qpay-server=0.2.0~rc1
qubesctl fedora-42-xfce qpay.install-client
features fedora-42-xfce x-qpay-client=0.2.0~rc1
qubesctl island qpay.install-client
features island x-qpay-client=0.2.0~rc1
`
	if got := m.log(); got != want {
		t.Errorf("changes:\n%s\nwant:\n%s", got, want)
	}
}

func TestUninstallTwice(t *testing.T) {
	m := fresh(t)
	m.pillar(typical)
	m.apply("qpay").fine()
	m.log()
	// It needs no qube of the pillar.
	m.pillar(typical + "  templates: [gone]\n")
	m.apply("qpay.uninstall").fine()
	want := `tags island del qpay-client
tags personal del qpay-client
features personal service.qpay-bridge unset
qubesctl fedora-42-xfce qpay.remove
features fedora-42-xfce x-qpay-client unset
qubesctl island qpay.remove
features island x-qpay-client unset
qubesctl qpay-template qpay.remove
features qpay-template x-qpay-server unset
`
	if got := m.log(); got != want {
		t.Errorf("changes:\n%s\nwant:\n%s", got, want)
	}
	if _, err := os.Stat(m.path("etc/qubes/policy.d/80-qpay.policy")); !os.IsNotExist(err) {
		t.Errorf("policy: %v", err)
	}
	if m.store().Qubes["lightningvm"].Class != "AppVM" {
		t.Error("the wallet is gone")
	}
	m.apply("qpay.uninstall").fine().unchanged()
	if got := m.log(); got != "" {
		t.Errorf("the second time it changes:\n%s", got)
	}
	// And back: the wallet as it was.
	m.pillar(typical)
	m.apply("qpay").fine()
	if got := m.log(); strings.Contains(got, "lightningvm") {
		t.Errorf("installing again changes the wallet:\n%s", got)
	}
}

// The wallet goes only when the person says so, and the template only if qpay
// made it.
func TestUninstallWithTheWallet(t *testing.T) {
	m := fresh(t)
	m.apply("qpay").fine()
	m.log()
	m.pillar("qpay: {uninstall: {remove_server: true}}")
	m.apply("qpay.uninstall").fine()
	if got, want := m.log(), "remove lightningvm\nremove qpay-template\n"; got != want {
		t.Errorf("changes:\n%s\nwant:\n%s", got, want)
	}
	m.apply("qpay.uninstall").fine().unchanged()

	m.pillar("qpay: {server_template: debian-minimal, uninstall: {remove_server: true}}")
	m.apply("qpay").fine()
	m.apply("qpay.uninstall").fine()
	if q := m.store().Qubes; q["debian-minimal"].Class == "" || q["lightningvm"].Class != "" {
		t.Errorf("left: %v", q)
	}
}

// A broken pillar must not be half understood when things are removed either.
func TestUninstallRefusesWrongPillar(t *testing.T) {
	m := fresh(t)
	m.apply("qpay").fine()
	m.log()
	m.pillar("qpay: {servers: lightningvm}")
	if r := m.apply("qpay.uninstall").unchanged(); r.code == 0 || len(r.failures()) != 1 || m.log() != "" {
		t.Errorf("exit code %d: %s", r.code, r.text)
	}
}
