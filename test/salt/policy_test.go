package salt

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"qpay/internal/wire"
	"qpay/test/qubes/policy"
)

const written = "etc/qubes/policy.d/80-qpay.policy"

// What Salt writes without a pillar is, byte for byte, the file that the
// documentation and the other tests of the policy read.
func TestPolicyAsShipped(t *testing.T) {
	m := fresh(t)
	m.apply("qpay.policy").fine()
	shipped, err := os.ReadFile(filepath.Join(root, "salt/qpay/files/policy/80-qpay.policy"))
	m.must(err)
	if got := m.read(written); got != string(shipped) {
		t.Errorf("Salt writes\n%s\nthe shipped file is\n%s", got, shipped)
	}
}

var tagged = policy.Qubes{
	"lightningvm": nil, "savings": nil, "untrusted": nil,
	"personal": {"qpay-client"}, "work": {"qpay-client"},
}

// decide asks the written policy about each service, for one caller.
func decide(t *testing.T, p policy.Policy, source, target, argument string) map[string]policy.Decision {
	t.Helper()
	all := map[string]policy.Decision{}
	for _, service := range wire.Services {
		all[service] = p.Decide(tagged, policy.Request{Service: service, Argument: argument, Source: source, Target: target})
	}
	return all
}

// nobodyElse: whatever the pillar switches on, it is for enrolled qubes, by
// @default, with an empty argument.
func nobodyElse(t *testing.T, p policy.Policy) {
	t.Helper()
	for _, call := range [][3]string{
		{"untrusted", "@default", "+"}, {"untrusted", "lightningvm", "+"}, {"lightningvm", "@default", "+"},
		{"personal", "lightningvm", "+"}, {"personal", "savings", "+"}, {"personal", "work", "+"},
		{"personal", "dom0", "+"}, {"personal", "@dispvm", "+"}, {"personal", "@default", "+x"}, {"dom0", "@default", "+"},
	} {
		for service, d := range decide(t, p, call[0], call[1], call[2]) {
			if d.Action != policy.Deny {
				t.Errorf("%s%s from %s to %s: %s", service, call[2], call[0], call[1], d.Action)
			}
		}
	}
}

func TestPolicyByPillar(t *testing.T) {
	m := fresh(t)
	m.pillar("qpay: {server: savings, services: {Pay: ask, SignMessage: allow, GetInfo: deny}}")
	m.apply("qpay.policy").fine()
	p, err := policy.Load(m.path("etc/qubes/policy.d"))
	m.must(err)
	nobodyElse(t, p)
	want := map[string]policy.Action{
		"qpay.Pay": policy.Ask, "qpay.MakeInvoice": policy.Allow, "qpay.LookupInvoice": policy.Allow,
		"qpay.GetInfo": policy.Deny, "qpay.VerifyMessage": policy.Allow,
		"qpay.SignMessage": policy.Allow, "qpay.Keysend": policy.Deny, "qpay.GetBalance": policy.Deny,
	}
	for service, d := range decide(t, p, "personal", "@default", "+") {
		if d.Action != want[service] || d.Action != policy.Deny && d.Target != "savings" {
			t.Errorf("%s: %s to %q, want %s", service, d.Action, d.Target, want[service])
		}
	}
	m.apply("qpay.policy").fine().unchanged()
}

// With several wallets dom0 asks which, where a window will open. The first
// rule decides; those after it only say what there is to choose from.
func TestPolicyOfSeveralWallets(t *testing.T) {
	m := fresh(t)
	m.pillar("qpay: {servers: [lightningvm, savings], clients: [personal], netvm: none, services: {GetInfo: ask, GetBalance: deny}}")
	m.apply("qpay").fine()
	p, err := policy.Load(m.path("etc/qubes/policy.d"))
	m.must(err)
	nobodyElse(t, p)
	rules := map[string][]policy.Rule{}
	for _, r := range p {
		rules[r.Service] = append(rules[r.Service], r)
	}
	for _, service := range []string{"qpay.Pay", "qpay.MakeInvoice"} {
		r := rules[service]
		if len(r) != 4 || r[0].Action != policy.Ask || r[0].Redirect != "" ||
			r[1].Redirect != "lightningvm" || r[2].Redirect != "savings" || r[3].Action != policy.Deny {
			t.Errorf("%s: %+v", service, r)
		}
	}
	d := decide(t, p, "personal", "@default", "+")
	for service, action := range map[string]policy.Action{"qpay.GetInfo": policy.Ask, "qpay.LookupInvoice": policy.Allow} {
		if d[service].Action != action || d[service].Target != "lightningvm" {
			t.Errorf("%s: %+v", service, d[service])
		}
	}
	for _, wallet := range []string{"lightningvm", "savings"} {
		q := m.store().Qubes[wallet]
		if netvm, set := q.Props["netvm"]; q.Template != "qpay-template" || !set || netvm != nil {
			t.Errorf("%s: %+v", wallet, q)
		}
	}
	// Where Qubes' own checker is installed, it reads both forms.
	if lint, err := exec.LookPath("qubes-policy-lint"); err == nil {
		if out, err := exec.Command(lint, m.path(written)).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	}
}

// A policy that the checker refuses never gets its name: one bad file would
// switch off the policy of the whole machine.
func TestMalformedPolicyIsNotWritten(t *testing.T) {
	m := fresh(t)
	m.append("srv/qpay/files/policy/80-qpay.policy.jinja", "\nqpay.Pay * @anyvm @anyvm allow # a comment behind a rule\n")
	if r := m.apply("qpay.policy"); r.code == 0 {
		t.Error("Salt reports success")
	}
	if _, err := os.Stat(m.path(written)); !os.IsNotExist(err) {
		t.Errorf("the file is there: %v", err)
	}
}

// What a person reads and may type is what is shipped: the whole of it in the
// manual, the lines of one service in the README.
func TestManualHasThePolicy(t *testing.T) {
	shipped := rulesIn(t, "salt/qpay/files/policy/80-qpay.policy", "", "")
	manual := rulesIn(t, "doc/qubes.md", "<!-- policy -->\n```\n", "```")
	if len(shipped) != 2*len(wire.Services) || !slices.Equal(manual, shipped) {
		t.Errorf("doc/qubes.md has\n%s\nthe policy\n%s", strings.Join(manual, "\n"), strings.Join(shipped, "\n"))
	}
	readme := rulesIn(t, "README.md", "for paying\n\n```\n", "```")
	if !slices.Equal(readme, shipped[:2]) {
		t.Errorf("README.md has\n%s", strings.Join(readme, "\n"))
	}
}

// rulesIn are the rules between two marks of a file, with single spaces.
func rulesIn(t *testing.T, name, from, to string) (rules []string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	if from != "" {
		_, text, _ = strings.Cut(text, from)
		text, _, _ = strings.Cut(text, to)
	}
	for _, line := range strings.Split(text, "\n") {
		if line != "" && line[0] != '#' {
			rules = append(rules, strings.Join(strings.Fields(line), " "))
		}
	}
	return rules
}
