package policy

import (
	"strings"
	"testing"
)

const (
	denyPay = "qpay.Pay * @anyvm @anyvm deny\n"
	askPay  = "qpay.Pay + @tag:qpay-client @default ask target=lightningvm default_target=lightningvm\n"
	balance = "qpay.GetBalance + personal @default allow target=lightningvm\n"
)

// What the person writes wins, in each place where Qubes tells people to write.
func TestUsersFileWins(t *testing.T) {
	pay := Request{"qpay.Pay", "+", "personal", "@default"}
	for _, c := range []struct {
		file, text string
		call       Request
		want       Action
	}{
		{"30-user.policy", denyPay, pay, Deny},
		{"50-config-qpay.policy", denyPay, pay, Deny},
		{"50-user.policy", denyPay, pay, Deny},
		{"85-user.policy", denyPay, pay, Allow}, // behind ours: too late
		{"30-user.policy", askPay, pay, Ask},
		{"30-user.policy", balance, Request{"qpay.GetBalance", "+", "personal", "@default"}, Allow},
		{"30-user.policy", balance, Request{"qpay.GetBalance", "+", "work", "@default"}, Deny},
		{"30-user.policy", balance, Request{"qpay.GetBalance", "+x", "personal", "@default"}, Deny},
		{"30-user.policy.rpmnew", denyPay, pay, Allow}, // such names are not read
		{".30-user.policy", denyPay, pay, Allow},
	} {
		d := load(t, map[string]string{c.file: c.text}).Decide(qubes, c.call)
		if d.Action != c.want {
			t.Errorf("%s %q: %s, want %s (%s)", c.file, c.text, d.Action, c.want, d.Reason)
		}
		if d.Action != Deny && d.Target != "lightningvm" {
			t.Errorf("%s %q: target %q", c.file, c.text, d.Target)
		}
	}
}

// Why the file is called 80-: under another name the user's deny is not reached.
func TestNumberOfTheFileMatters(t *testing.T) {
	ours := "qpay.Pay + @tag:qpay-client @default allow target=lightningvm\n"
	pay := Request{"qpay.Pay", "+", "personal", "@default"}
	for name, want := range map[string]Action{
		"30-qpay.policy": Allow, "50-qpay.policy": Allow, "80-qpay.policy": Deny,
	} {
		files := map[string]string{name: ours, "50-user.policy": denyPay}
		if d := load(t, files).Decide(qubes, pay); d.Action != want {
			t.Errorf("%s: %s, want %s", name, d.Action, want)
		}
	}
}

var malformed = []struct{ line, complaint string }{
	{"qpay.Pay + @anyvm @default allow target=lightningvm # why", "invalid option"},
	{"qpay.Pay + @anyvm @default deny # why", "invalid option"},
	{"qpay.Pay + @anyvm @default", "number of fields"},
	{"qpay.Pay @anyvm @default deny", "number of fields"},
	{"qpay.Pay @anyvm @default allow target=lightningvm", "does not start with +"},
	{"qpay.Pay x @anyvm @default deny", "does not start with +"},
	{"qpay.Pay +a/b @anyvm @default deny", "invalid characters"},
	{"qpay.Pay+ + @anyvm @default deny", "invalid characters"},
	{"qpay/Pay + @anyvm @default deny", "invalid characters"},
	{"* + @anyvm @anyvm deny", "only argument *"},
	{"qpay.Pay + @anyvm @default permit", "invalid action"},
	{"qpay.Pay + @anyvm @default Allow target=lightningvm", "invalid action"},
	{"qpay.Pay + @anyvm @default ask,default_target=lightningvm", "invalid action"},
	{"qpay.Pay + @anyvm @default allow", "must specify target="},
	{"qpay.Pay + @anyvm @default allow target=@default", "invalid target token"},
	{"qpay.Pay + @anyvm @default allow target=@anyvm", "invalid target token"},
	{"qpay.Pay + @anyvm @default allow target=", "invalid target token"},
	{"qpay.Pay + @anyvm @default allow target=a target=b", "given twice"},
	{"qpay.Pay + @anyvm @default allow target=a default_target=a", "invalid option for allow"},
	{"qpay.Pay + @anyvm @default deny target=a", "invalid option for deny"},
	{"qpay.Pay + @anyvm @default allow target=a color=red", "invalid option"},
	{"qpay.Pay + @anyvm @default allow target=a notify=true", "only yes or no"},
	{"qpay.Pay + @default @default deny", "invalid source token"},
	{"qpay.Pay + @tag: @default deny", "invalid source token"},
	{"qpay.Pay + @nonsense @default deny", "invalid source token"},
	{"qpay.Pay + @anyvm $default deny", ""}, // odd, but a name to Qubes too
	{"!include include/qpay", "directives"},
}

// One malformed line, in a file of its own, takes the whole folder down.
func TestMalformedFileFailsTheFolder(t *testing.T) {
	for _, c := range malformed {
		_, err := Load(folder(t, map[string]string{"30-user.policy": "# mine\n" + c.line + "\n"}))
		switch {
		case c.complaint == "" && err != nil:
			t.Errorf("%q: %v", c.line, err)
		case c.complaint != "" && (err == nil || !strings.Contains(err.Error(), c.complaint)):
			t.Errorf("%q: %v, want %q", c.line, err, c.complaint)
		case c.complaint != "" && !strings.HasPrefix(err.Error(), "30-user.policy:2: "):
			t.Errorf("%q: %v does not say where", c.line, err)
		}
	}
	if _, err := Load(folder(t, map[string]string{"30-User.policy": ""})); err == nil {
		t.Error("a capital in the file's name was taken")
	}
}

func TestDecideEdges(t *testing.T) {
	for _, c := range []struct {
		rule string
		call Request
		want Action
	}{
		// A redirect to a qube that is not there reaches nobody.
		{"s + @anyvm @default allow target=gone", Request{"s", "+", "work", "@default"}, Deny},
		{"s + @anyvm @default allow target=work", Request{"s", "+", "work", "@default"}, Deny}, // itself
		{"s + @anyvm @default allow target=@dispvm", Request{"s", "+", "work", "@default"}, Deny},
		{"s + @anyvm @anyvm allow", Request{"s", "+", "work", "@default"}, Deny}, // no target at all
		{"s + @anyvm @anyvm allow", Request{"s", "+", "work", "personal"}, Allow},
		{"s + @anyvm @anyvm allow", Request{"s", "+", "dom0", "personal"}, Deny},
		{"s + @anyvm @anyvm allow", Request{"s", "+", "work", "dom0"}, Deny},
		{"s + * * allow", Request{"s", "+", "dom0", "personal"}, Allow},
		{"s + @adminvm personal allow", Request{"s", "+", "dom0", "personal"}, Allow},
		{"s + @anyvm @tag:other allow", Request{"s", "+", "personal", "untrusted"}, Allow},
		{"s * @anyvm personal allow autostart=no notify=yes user=root", Request{"s", "+x", "work", "personal"}, Allow},
		{"* * work personal allow", Request{"other", "+x", "work", "personal"}, Allow},
		{"s + @anyvm @default ask", Request{"s", "+", "work", "@default"}, Deny},
	} {
		p, err := Parse("30-test.policy", c.rule)
		if err != nil {
			t.Errorf("%q: %v", c.rule, err)
			continue
		}
		if d := p.Decide(qubes, c.call); d.Action != c.want {
			t.Errorf("%q, %+v: %s (%s), want %s", c.rule, c.call, d.Action, d.Reason, c.want)
		}
	}
}
