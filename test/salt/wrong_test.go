package salt

import (
	"os"
	"strings"
	"testing"
)

// Each pillar has several mistakes at once; each gets its own sentence, which
// names it, and nothing is done.
var wrong = []struct {
	name, pillar string
	sentences    []string
}{
	{"form", `qpay:
  client: [personal]                # a key that does not exist
  netvm:                            # empty: nothing, or none?
  clients: personal                 # no list
  templates: ["$(reboot)", "a b"]   # would reach a root shell
  bridge: [personal, personal]
  server: "-x"
  source: "debian\n"                # a newline behind a good name
  label: pink
  memory: "400"
  services: {Pray: allow, Keysend: yes, Pay: maybe}
  uninstall: {remove: true, remove_server: "yes"}
`, []string{
		`qpay has an unknown key, "client"; there are server, servers`,
		`qpay:netvm is empty`,
		`qpay:clients must be a list of qubes, like [personal, work], not "personal"`,
		`qpay:templates: "$(reboot)" is no name of a qube`,
		`qpay:templates: "a b" is no name`,
		`qpay:bridge: "personal" is there twice`,
		`qpay:server: "-x" is no name`,
		`qpay:source: "debian\n" is no name`,
		`qpay:label must be one of red, `,
		`qpay:memory must be a number of MB from 200 to 65536, without quotes, not "400"`,
		`there is no service "Pray"; there are Pay, MakeInvoice`,
		`qpay:services:Keysend must be one of allow, ask, deny, not true`,
		`qpay:services:Pay must be one of allow, ask, deny, not "maybe"`,
		`qpay:uninstall has an unknown key, "remove"`,
		`qpay:uninstall:remove_server must be true or false, not "yes"`,
	}},
	{"text for keys", `qpay: personal`, []string{`qpay in the pillar must have keys, like "clients: [personal]", not "personal"`}},
	{"meaning", `qpay:
  server: lightningvm
  servers: [savings, personal]
  clients: [personal, work]
  bridge: [untrusted]
  server_template: work
`, []string{
		`qpay:server and qpay:servers are both there`,
		`qpay:clients: personal is a wallet; it cannot ask itself`,
		`qpay:bridge: untrusted is not in qpay:clients`,
		`qpay:server_template: work is a wallet or a client as well`,
	}},
	{"this machine", `qpay:
  clients: [persona, disp1, fedora-42-xfce, dom0]
  templates: [debian-13, personal]
  source: personal
  netvm: debian-minimal
  server: sys-firewall
`, []string{
		`qpay:clients: there is no qube persona`,
		`qpay:clients: disp1 is of class DispVM; enrol app qubes, standalones, and disposable templates`,
		`qpay:clients: fedora-42-xfce is of class TemplateVM`,
		`qpay:clients: dom0 is of class AdminVM`,
		`qpay:templates: there is no qube debian-13`,
		`qpay:templates: personal is of class AppVM; only templates and standalones keep`,
		`qpay:source: personal is of class AppVM; it must be a template`,
		`qpay:netvm: debian-minimal is of class TemplateVM; name a qube that provides network`,
		`sys-firewall is there, on the template fedora-42-xfce: set qpay:server_template`,
	}},
	{"client on the wallets' template", `qpay:
  clients: [personal]
  server_template: fedora-42-xfce
`, []string{`fedora-42-xfce is the template of the wallets; no client may be on it`}},
}

func TestWrongPillarIsNamedAndNothingDone(t *testing.T) {
	for _, c := range wrong {
		t.Run(c.name, func(t *testing.T) {
			m := fresh(t)
			m.pillar(c.pillar)
			refused(t, m, c.sentences)
		})
	}
}

// refused: exactly these sentences, and no change.
func refused(t *testing.T, m *machine, sentences []string) {
	t.Helper()
	r := m.apply("qpay").unchanged()
	got := r.failures()
	if r.code == 0 || len(got) != len(r.states) {
		t.Errorf("exit code %d, %d failures of %d states", r.code, len(got), len(r.states))
	}
	all := strings.Join(got, "\n")
	for _, want := range sentences {
		if !strings.Contains(all, want) {
			t.Errorf("nothing says %q in:\n%s", want, all)
		}
	}
	if len(got) != len(sentences) {
		t.Errorf("%d sentences, want %d:\n%s", len(got), len(sentences), all)
	}
	if log := m.log(); log != "" {
		t.Errorf("changed:\n%s", log)
	}
	if _, err := os.Stat(m.path("etc/qubes/policy.d/80-qpay.policy")); err == nil {
		t.Error("the policy was written")
	}
}

func TestMachineNotReady(t *testing.T) {
	m := fresh(t)
	m.must(os.Remove(m.path("srv/qpay/files/packages/version")))
	s := m.store()
	s.Prefs = map[string]string{}
	m.qubes(s)
	refused(t, m, []string{
		"this machine has no default template: name one to be cloned in qpay:source",
		"no management qube, without which Salt reaches no template: run sudo qubesctl state.sls qvm.default-mgmt-dvm",
		"the packages for the templates are missing",
	})
}

func TestQubesCannotBeListed(t *testing.T) {
	m := fresh(t)
	m.must(os.Remove(m.path("bin/qvm-ls")))
	m.must(os.Symlink("/bin/false", m.path("bin/qvm-ls")))
	refused(t, m, []string{"qvm-ls does not list the qubes"})
}

// A wallet that was made by hand is taken as it is, if its template is named.
func TestWalletMadeByHand(t *testing.T) {
	m := fresh(t)
	m.pillar("qpay: {server: vault, server_template: debian-minimal}")
	s := m.store()
	s.Qubes["vault"] = qube{Class: "AppVM", Template: "debian-minimal"}
	m.qubes(s)
	m.apply("qpay").fine()
	want := `prefs vault default_dispvm=None
prefs vault audiovm=None
prefs vault include_in_backups=True
features vault menu-items=qpay-history.desktop qubes-run-terminal.desktop qubes-start.desktop
qubesctl debian-minimal qpay.install-server
features debian-minimal x-qpay-server=0.1.0
`
	if got := m.log(); got != want {
		t.Errorf("changes:\n%s\nwant:\n%s", got, want)
	}
	if text := m.read("etc/qubes/policy.d/80-qpay.policy"); strings.Contains(text, "lightningvm") {
		t.Errorf("the policy speaks of another wallet:\n%s", text)
	}
}
