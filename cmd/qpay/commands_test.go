package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"qpay/internal/client/wallet"
	"qpay/internal/wire"
)

// The table of doc/commands.md has every command, and for each the services
// that it calls, with what is true of them.
func TestCommandsDocument(t *testing.T) {
	doc, err := os.ReadFile("../../doc/commands.md")
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile("(?m)^\\| `([a-z]+)(?: --[a-z]+)?` \\| (?:`(qpay\\.[A-Za-z]+)`|all|none) \\| (yes|no) \\| (allow|deny|) ?\\| `(qpay [^`]+)` \\|$")
	documented := map[string][]string{}
	for _, m := range row.FindAllStringSubmatch(string(doc), -1) {
		command, service, dialog, policy, example := m[1], m[2], m[3], m[4], m[5]
		documented[command] = append(documented[command], service)
		if service == "" {
			continue
		}
		if s := wallet.Find(service); s.Window != (dialog == "yes") || s.Shipped != (policy == "allow") {
			t.Errorf("%s: dialog %s, policy %s; the code has %+v", command, dialog, policy, s)
		}
		if command != "pay" && !strings.HasPrefix(example, "qpay "+command+" ") && example != "qpay "+command {
			t.Errorf("%s: the example is %q", command, example)
		}
	}
	for _, v := range append(verbs(), payVerb()) {
		want := strings.Join(v.services, " ")
		if want == strings.Join(wire.Services, " ") {
			want = "" // all
		}
		if got := strings.Join(documented[v.name], " "); got != want || documented[v.name] == nil {
			t.Errorf("%s calls %q, the document says %q", v.name, want, got)
		}
		delete(documented, v.name)
	}
	for name := range documented {
		t.Errorf("the document has %s, the program has not", name)
	}
}

// Each command of the program is one of those that the document is held to.
func TestCommandsAreVerbs(t *testing.T) {
	a := app(&terminal{})
	if len(a.Commands) != len(verbs())+1 {
		t.Errorf("%d commands, %d verbs and pay", len(a.Commands), len(verbs()))
	}
	for _, c := range a.Commands {
		if !c.HideHelpCommand {
			t.Errorf("qpay %s help would show the help", c.Name)
		}
	}
}
