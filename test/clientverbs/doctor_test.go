package clientverbs

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"qpay/internal/wire"
	"qpay/test/world"
)

// report is what the doctor says: the state of each check, and who switched
// off what is not on.
func report(t *testing.T, ctx context.Context, w *world.World, qube string, want wire.Exit) map[string]string {
	t.Helper()
	all := map[string]string{}
	for line := range strings.Lines(qpay(t, ctx, w, qube, "doctor", "--json").wait(want)) {
		var c struct{ Check, State, By string }
		must(t, json.Unmarshal([]byte(line), &c))
		all[c.Check] = strings.TrimSpace(c.State + " " + c.By)
	}
	must(t, w.NoWindow(ctx))
	return all
}

func compare(t *testing.T, got, want map[string]string) {
	t.Helper()
	for check, state := range want {
		if got[check] != state {
			t.Errorf("%s: %q, want %q", check, got[check], state)
		}
	}
	for check, state := range got {
		if want[check] == "" {
			t.Errorf("%s: %q, not expected", check, state)
		}
	}
}

// all is the report where each service is on but these.
func all(but map[string]string) map[string]string {
	r := map[string]string{"links": "off desktop", "qubes": "ok", "enrolled": "ok", "wallet": "ok"}
	for _, s := range wire.Services {
		r[s] = "ok"
	}
	for s, state := range but {
		r[s] = state
	}
	return r
}

func TestDoctor(t *testing.T) {
	w, ctx := start(t)
	off := []string{wire.ServiceSignMessage, wire.ServiceKeysend, wire.ServiceGetBalance}
	by := func(who string) map[string]string {
		r := map[string]string{}
		for _, s := range off {
			r[s] = "off " + who
		}
		return r
	}
	t.Run("as shipped", func(t *testing.T) {
		before := len(w.Qubes.Calls())
		compare(t, report(t, ctx, w, "personal", wire.ExitOK), all(by("wallet")))
		for _, c := range w.Qubes.Calls()[before:] {
			if c.Refused != "" || slices.Contains(off, c.Service) {
				t.Errorf("%s was called: %s", c.Service, c.Refused)
			}
		}
	})
	t.Run("on in the wallet alone", func(t *testing.T) {
		switchOn(t, ctx, w)
		compare(t, report(t, ctx, w, "personal", wire.ExitOK), all(by("dom0")))
	})
	t.Run("all on", func(t *testing.T) {
		allOn(t, ctx, w)
		compare(t, report(t, ctx, w, "personal", wire.ExitOK), all(nil))
	})
	t.Run("not enrolled", func(t *testing.T) {
		compare(t, report(t, ctx, w, "untrusted", wire.ExitTransport), map[string]string{"links": "off desktop", "qubes": "ok", "enrolled": "fail dom0"})
	})
	t.Run("not set up", func(t *testing.T) {
		must(t, w.Configure(ctx, world.Settings{More: "[nonsense]\n"}))
		compare(t, report(t, ctx, w, "personal", wire.ExitWallet), map[string]string{"links": "off desktop", "qubes": "ok", "enrolled": "ok", "wallet": "fail"})
	})
}
