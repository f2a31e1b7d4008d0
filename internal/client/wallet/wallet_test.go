package wallet

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"qpay/internal/wire"
)

func TestServicesAreAllServices(t *testing.T) {
	if len(Services) != len(wire.Services) {
		t.Fatal("a service is missing")
	}
	for i, s := range Services {
		if s.Name != wire.Services[i] || s.open == "" {
			t.Errorf("%d: %+v", i, s)
		}
	}
}

// What a client says of the shipped policy is what it says.
func TestShippedPolicy(t *testing.T) {
	text, err := os.ReadFile("../../../salt/qpay/files/policy/80-qpay.policy")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range Services {
		rule := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(s.Name) + ` +\+ +@tag:qpay-client +@default +(allow|deny)\b`)
		found := rule.FindSubmatch(text)
		if found == nil || (string(found[1]) == "allow") != s.Shipped {
			t.Errorf("%s: the policy says %s", s.Name, found)
		}
	}
}

// No error of a call that cannot move money speaks of paying, or leaves it
// open whether it moved.
func TestHintsFit(t *testing.T) {
	client := []wire.Code{wire.PolicyRefused, wire.NoService, wire.NoQrexec, wire.NoAnswer, wire.ClientTimeout, wire.Interrupted}
	for _, s := range append(Services, Find("qpay.Unknown")) {
		for _, c := range client {
			e := s.ofCall(wire.New(c, "m", "mend it"))
			open := e.Payment == wire.Unknown
			if k, _ := wire.Find(c); open != (s.Money && k.Payment == wire.Unknown) {
				t.Errorf("%s, %s: %+v", s.Name, c, e)
			}
			if !s.Money && strings.Contains(e.Hint, "paid") || e.Hint == "" {
				t.Errorf("%s, %s: hint %q", s.Name, c, e.Hint)
			}
		}
	}
}

func TestKeysendIsNeverCalledSafe(t *testing.T) {
	s := Find(wire.ServiceKeysend)
	for _, p := range []wire.Payment{wire.InFlight, wire.Unknown, "of_next_year"} {
		e := s.answered(&wire.Error{Code: wire.UnknownCode, Hint: "asking again is safe", Payment: p})
		if strings.Contains(e.Hint, "safe") || !strings.Contains(e.Hint, "pays a second time") {
			t.Errorf("%s: %q", p, e.Hint)
		}
	}
	if e := s.answered(&wire.Error{Hint: "h", Payment: wire.Failed}); e.Hint != "h" {
		t.Errorf("a final failure: %q", e.Hint)
	}
}
