package policy

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const shipped = "../../../salt/qpay/files/policy/80-qpay.policy"

// onAsShipped is section 3 of the design: true for allow, false for deny.
var onAsShipped = map[string]bool{
	"qpay.Pay": true, "qpay.MakeInvoice": true, "qpay.LookupInvoice": true,
	"qpay.GetInfo": true, "qpay.VerifyMessage": true,
	"qpay.SignMessage": false, "qpay.Keysend": false, "qpay.GetBalance": false,
}

var qubes = Qubes{
	"lightningvm": nil,
	"personal":    {"qpay-client"},
	"work":        {"qpay-client", "other"},
	"untrusted":   {"other"},
}

// folder makes a policy.d with the shipped file and some of the user's.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	text, err := os.ReadFile(shipped)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := files["80-qpay.policy"]; !ok {
		write(t, dir, "80-qpay.policy", string(text))
	}
	for name, text := range files {
		write(t, dir, name, text)
	}
	return dir
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func load(t *testing.T, files map[string]string) Policy {
	t.Helper()
	p, err := Load(folder(t, files))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// calls is the table of what is let through if the service is on. All else is
// refused, on or off.
var calls = []struct {
	what             string
	source, target   string
	suffix, argument string // behind the service's name; the argument with its +
	reaches          bool
}{
	{"enrolled to @default", "personal", "@default", "", "+", true},
	{"another one", "work", "@default", "", "+", true},
	{"no target", "personal", "", "", "+", true},
	{"a qube that is not there is @default", "personal", "nosuchqube", "", "+", true},
	{"lightningvm by name", "personal", "lightningvm", "", "+", false},
	{"another qube", "personal", "untrusted", "", "+", false},
	{"oneself", "personal", "personal", "", "+", false},
	{"a disposable", "personal", "@dispvm", "", "+", false},
	{"a disposable by its template", "personal", "@dispvm:work", "", "+", false},
	{"a word that is no target", "personal", "@anyvm", "", "+", false},
	{"dom0", "personal", "dom0", "", "+", false},
	{"@adminvm", "personal", "@adminvm", "", "+", false},
	{"an argument", "personal", "@default", "", "+x", false},
	{"an argument to a missing qube", "personal", "nosuchqube", "", "+x", false},
	{"a longer service name", "personal", "@default", "x", "+", false},
	{"not enrolled", "untrusted", "@default", "", "+", false},
	{"not enrolled, by name", "untrusted", "lightningvm", "", "+", false},
	{"not enrolled, missing qube", "untrusted", "nosuchqube", "", "+", false},
	{"not enrolled, argument", "untrusted", "@default", "", "+x", false},
	{"lightningvm itself", "lightningvm", "@default", "", "+", false},
	{"dom0 to @default", "dom0", "@default", "", "+", false},
	{"dom0 to lightningvm", "dom0", "lightningvm", "", "+", false},
}

func TestShippedPolicy(t *testing.T) {
	p := load(t, nil)
	for service, on := range onAsShipped {
		for _, c := range calls {
			d := p.Decide(qubes, Request{
				Service: service + c.suffix, Argument: c.argument, Source: c.source, Target: c.target,
			})
			want := Deny
			if on && c.reaches {
				want = Allow
			}
			if d.Action != want {
				t.Errorf("%s, %s: %s (%s), want %s", service, c.what, d.Action, d.Reason, want)
			}
			if d.Action == Allow && d.Target != "lightningvm" {
				t.Errorf("%s, %s: reaches %q", service, c.what, d.Target)
			}
		}
	}
}

// Each service has its one line and its closing deny, and there is no other.
func TestShippedPolicyHasNothingElse(t *testing.T) {
	p := load(t, nil)
	if len(p) != 2*len(onAsShipped) {
		t.Fatalf("%d rules for %d services", len(p), len(onAsShipped))
	}
	for i := 0; i < len(p); i += 2 {
		open, shut := p[i], p[i+1]
		on, known := onAsShipped[open.Service]
		if !known {
			t.Errorf("%s: %s is no service of the design", open.Where(), open.Service)
		}
		want := Rule{Service: open.Service, Argument: "+", Source: "@tag:qpay-client", Target: "@default",
			Action: Deny, File: open.File, Line: open.Line}
		if on {
			want.Action, want.Redirect = Allow, "lightningvm"
		}
		if open != want {
			t.Errorf("%s: %+v", open.Where(), open)
		}
		want = Rule{Service: open.Service, Argument: "*", Source: "@anyvm", Target: "@anyvm", Action: Deny,
			File: shut.File, Line: open.Line + 1}
		if shut != want {
			t.Errorf("%s: %+v does not close %s", shut.Where(), shut, open.Service)
		}
	}
}

// A later file, be it Qubes' own or another package's, opens nothing.
func TestLaterFileOpensNothing(t *testing.T) {
	p := load(t, map[string]string{"90-default.policy": "* * @anyvm @anyvm allow target=lightningvm\n"})
	for service := range onAsShipped {
		for _, argument := range []string{"+", "+x"} {
			d := p.Decide(qubes, Request{service, argument, "untrusted", "@default"})
			if d.Action != Deny {
				t.Errorf("%s%s: %s by %s", service, argument, d.Action, d.Rule.Where())
			}
		}
	}
}

func TestUntaggedCountsFromTheNextCall(t *testing.T) {
	p := load(t, nil)
	q := Qubes{"lightningvm": nil, "personal": nil}
	call := Request{"qpay.Pay", "+", "personal", "@default"}
	for _, tags := range [][]string{nil, {"qpay-client"}, {"qpay-client2"}} {
		q["personal"] = tags
		want := Deny
		if q.HasTag("personal", "qpay-client") {
			want = Allow
		}
		if d := p.Decide(q, call); d.Action != want {
			t.Errorf("tags %v: %s", tags, d.Action)
		}
	}
}

// Where Qubes' own checker is installed, it reads the file too.
func TestQubesLint(t *testing.T) {
	lint, err := exec.LookPath("qubes-policy-lint")
	if err != nil {
		t.Skip("no qubes-policy-lint here")
	}
	if out, err := exec.Command(lint, shipped).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, strings.TrimSpace(string(out)))
	}
}
