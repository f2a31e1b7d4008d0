package salt

import (
	"fmt"
	"strings"
	"testing"
)

// What the states of Qubes ignore, or stumble over at the second run, the
// stand-in refuses; where they fail without a word, so does it.
var refusedInput = []struct{ what, state string }{
	{"an unknown property", "qvm.prefs: [name: personal, bootmode: x]"},
	{"an unknown keyword", "qvm.tags: [name: personal, adds: [x]]"},
	{"a keyword of another state", "qvm.present: [name: new, memory: 400]"},
	{"an unknown flag", "qvm.exists: [name: personal, flags: [nonsense]]"},
	{"a number as text", "qvm.prefs: [name: personal, memory: '400']"},
	{"a feature that is no text", "qvm.features: [name: personal, set: [x: 1]]"},
	{"a feature that is true", "qvm.features: [name: personal, set: [x: true]]"},
	{"two features in one entry", "qvm.features: [name: personal, set: [{x: '1', y: '1'}]]"},
	{"features as a mapping", "qvm.features: [name: personal, set: {x: '1'}]"},
	{"an empty list", "qvm.service: [name: personal, enable: []]"},
	{"a list without a value", "qvm.tags: [name: personal, add: null, del: ['']]"},
	{"a bare word for a list", "qvm.tags: [name: personal, add: qpay-client]"},
	{"a tag that begins with -", "qvm.tags: [name: personal, add: [-x]]"},
	{"a qube that is no property's", "qvm.prefs: [name: personal, netvm: nowhere]"},
	{"a spelling with a hyphen", "qvm.prefs: [name: personal, default-dispvm: '']"},
	{"a label of no colour", "qvm.present: [name: new, label: pink]"},
	{"no template", "qvm.present: [name: new, template: personal]"},
	{"a clone of nothing", "qvm.clone: [name: new, source: nowhere]"},
	{"an app qube as template", "qvm.exists: [name: personal, flags: [template]]"},
	{"features of a missing qube", "qvm.features: [name: nowhere, enable: [x]]"},
	{"tags of a missing qube", "qvm.tags: [name: nowhere, add: [x]]"},
	{"removing what is in use", "qvm.absent: [name: fedora-42-xfce]"},
	{"a state that is not modelled", "qvm.devices: [name: personal, attach: [x]]"},
}

func TestStandinRefuses(t *testing.T) {
	m := fresh(t)
	var sls strings.Builder
	for i, c := range refusedInput {
		fmt.Fprintf(&sls, "s%02d:\n  %s\n", i, c.state)
	}
	m.write("srv/bad.sls", sls.String())
	r := m.apply("bad").unchanged()
	for i, c := range refusedInput {
		if s := r.find(fmt.Sprintf("s%02d", i)); !s.failed() {
			t.Errorf("%s passes: %s", c.what, s.comment())
		}
	}
	if log := m.log(); log != "" {
		t.Errorf("changed:\n%s", log)
	}
}

// In test mode qvm.prefs writes, and the others do not: as on Qubes.
func TestStandinInTestMode(t *testing.T) {
	m := fresh(t)
	m.write("srv/some.sls", `a: {qvm.prefs: [name: personal, memory: 500]}
b: {qvm.features: [name: personal, set: [x: "1"]]}
c: {qvm.tags: [name: personal, add: [x]]}
d: {qvm.present: [name: new]}
`)
	m.call("state.apply", "some", "test=True")
	if got, want := m.log(), "prefs personal memory=500\n"; got != want {
		t.Errorf("changes %q, want %q", got, want)
	}
}
