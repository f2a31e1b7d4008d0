package salt

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const typical = `qpay:
  clients: [personal, island]
  bridge: [personal]
  netvm: sys-firewall
`

// What one run does on a fresh machine: every change, and in this order.
const firstRun = `clone debian-12-xfce qpay-template
features qpay-template x-qpay-made=1
create lightningvm qpay-template black memory=400
prefs lightningvm default_dispvm=None
prefs lightningvm audiovm=None
prefs lightningvm include_in_backups=True
prefs lightningvm netvm=sys-firewall
features lightningvm menu-items=qpay-history.desktop qubes-run-terminal.desktop qubes-start.desktop
tags personal add qpay-client
features personal service.qpay-bridge=1
tags island add qpay-client
qubesctl qpay-template qpay.install-server
features qpay-template x-qpay-server=0.1.0
qubesctl fedora-42-xfce qpay.install-client
features fedora-42-xfce x-qpay-client=0.1.0
qubesctl island qpay.install-client
features island x-qpay-client=0.1.0
`

func TestFirstRunThenNothing(t *testing.T) {
	m := fresh(t)
	m.pillar(typical)
	r := m.apply("qpay").fine()
	if got := m.log(); got != firstRun {
		t.Errorf("changes:\n%s\nwant:\n%s", got, firstRun)
	}
	info, err := os.Stat(m.path("etc/qubes/policy.d/80-qpay.policy"))
	if err != nil || info.Mode().Perm() != 0o664 {
		t.Errorf("policy: %v, %v", info, err)
	}
	next := r.find("qpay-next").comment()
	if r.states[len(r.states)-1].ID != "qpay-next" ||
		!strings.Contains(next, "Enrolled: personal, island") || !strings.Contains(next, "fedora-42-xfce, island") {
		t.Errorf("at the end it says %q", next)
	}

	m.apply("qpay").fine().unchanged()
	if got := m.log(); got != "" {
		t.Errorf("the second run changes:\n%s", got)
	}
}

// A fresh machine and no pillar: the wallet is there, nobody may ask it, and
// the person reads what to do.
func TestWithoutPillarNobodyIsEnrolled(t *testing.T) {
	m := fresh(t)
	r := m.apply("qpay").fine()
	s := m.store()
	if s.Qubes["lightningvm"].Template != "qpay-template" {
		t.Errorf("lightningvm: %+v", s.Qubes["lightningvm"])
	}
	if _, set := s.Qubes["lightningvm"].Props["netvm"]; set {
		t.Error("netvm is set, though nobody asked for it")
	}
	for name, q := range s.Qubes {
		if strings.Contains(strings.Join(q.Tags, " "), "qpay") {
			t.Errorf("%s: tags %v", name, q.Tags)
		}
	}
	for _, want := range []string{"Nobody is enrolled yet", "top.enable qpay pillar=true", "qpay-server setup"} {
		if !strings.Contains(r.find("qpay-next").comment(), want) {
			t.Errorf("no word of %q in %q", want, r.find("qpay-next").comment())
		}
	}
	m.log()
	m.apply("qpay").fine().unchanged()
	if got := m.log(); got != "" {
		t.Errorf("the second run changes:\n%s", got)
	}
}

// The example as it is shipped does what no pillar does, and all its keys are
// known: with every comment taken away they pass the checks.
func TestPillarExample(t *testing.T) {
	shipped, err := os.ReadFile(filepath.Join(root, "salt/pillar/qpay/init.sls"))
	if err != nil {
		t.Fatal(err)
	}
	m := fresh(t)
	m.pillar(string(shipped))
	m.apply("qpay.check").fine()

	var all []string
	seen := map[string]bool{}
	for _, line := range strings.Split(string(shipped), "\n") {
		setting, commented := strings.CutPrefix(line, "  # ")
		key, _, isKey := strings.Cut(strings.TrimSpace(setting), ":")
		if commented && isKey && !strings.Contains(key, " ") && key == strings.TrimSpace(strings.ToLower(key)) || strings.HasPrefix(setting, "  ") && commented {
			all = append(all, "  "+setting)
			seen[key] = true
		}
	}
	text := "qpay:\n" + strings.Join(all, "\n") + "\n"
	// server and servers exclude each other; the default template is of the
	// client "work" too, which is no mistake.
	text = strings.Replace(text, "  server: lightningvm\n", "", 1)
	for _, key := range []string{"clients", "templates", "bridge", "services", "server", "servers",
		"server_template", "source", "label", "memory", "netvm", "uninstall"} {
		if !seen[key] {
			t.Errorf("the example does not explain %s", key)
		}
	}
	m.pillar(text)
	m.apply("qpay.check").fine()
}

// What the person changed in Settings stays; what the pillar says is put back.
func TestSettingsOfThePersonStay(t *testing.T) {
	m := fresh(t)
	m.pillar(typical)
	m.apply("qpay").fine()
	m.change("lightningvm", func(q *qube) {
		q.Label, q.Props["memory"], q.Props["netvm"] = "purple", 2000, nil
		q.Features["menu-items"] = "xterm.desktop"
	})
	m.log()
	m.apply("qpay").fine()
	if got, want := m.log(), "prefs lightningvm netvm=sys-firewall\n"; got != want {
		t.Errorf("changes %q, want %q", got, want)
	}
}

// A clone has the features of its source: a source with the client in it must
// not make it look as if the wallet's template had it.
func TestCloneOfAClientsTemplate(t *testing.T) {
	m := fresh(t)
	m.change("debian-12-xfce", func(q *qube) { q.Features["x-qpay-client"] = "0.1.0" })
	m.apply("qpay").fine()
	if f := m.store().Qubes["qpay-template"].Features; f["x-qpay-client"] != "" || f["x-qpay-server"] != "0.1.0" {
		t.Errorf("features of qpay-template: %v", f)
	}
}

// Each part can be applied by itself, and none does anything in a wrong place.
func TestPartsAlone(t *testing.T) {
	m := fresh(t)
	m.pillar(typical)
	for _, part := range []string{"create", "policy", "clients", "provision", "next"} {
		m.apply("qpay." + part).fine()
	}
	m.log()
	m.apply("qpay").fine().unchanged()
	if r := m.apply("qpay.install-server,qpay.install-client,qpay.remove,qpay.signing-key"); !onlyNothing(r) {
		t.Errorf("what is for templates does something in dom0: %s", r.text)
	}
}

// onlyNothing: Salt answers an empty file by one state which says so.
func onlyNothing(r result) bool {
	for _, s := range r.states {
		if len(s.Changes) != 0 || s.ID != "states" {
			return false
		}
	}
	return true
}
