package spine

import (
	"encoding/json"
	"strings"
	"testing"

	"qpay/internal/wire"
	"qpay/test/qubes"
	"qpay/test/world"
)

// Calls that go wrong on their way. The answer says that the money may have
// moved whenever the service may have run.
func TestCallsThatGoWrong(t *testing.T) {
	w, ctx := start(t)
	t.Cleanup(func() { must(t, w.Qubes.SetFault(world.Service, qubes.Fault{})) })
	// An invoice that is paid is answered without a window.
	paid := invoice(t, ctx, w.Net.Bob, 1_000_000, "")
	payAgain(t, ctx, w, paid, 1_000_000)
	for name, c := range map[string]struct {
		fault qubes.FaultKind
		exit  wire.Exit
		code  wire.Code
	}{
		"nothing goes wrong":   {qubes.None, wire.ExitOK, ""},
		"refused":              {qubes.Refuse, wire.ExitTransport, wire.PolicyRefused},
		"no such service":      {qubes.Missing, wire.ExitTransport, wire.NoService},
		"hangs":                {qubes.Hang, wire.ExitOpen, wire.ClientTimeout},
		"dies in its answer":   {qubes.HalfAnswer, wire.ExitOpen, wire.NoAnswer},
		"junk before":          {qubes.JunkBefore, wire.ExitOpen, wire.NoAnswer},
		"no answer and exit 0": {qubes.NoAnswer, wire.ExitOpen, wire.NoAnswer},
		"junk after":           {qubes.JunkAfter, wire.ExitOK, ""}, // the first line counts
		"a second line":        {qubes.SecondLine, wire.ExitOK, ""},
	} {
		t.Run(name, func(t *testing.T) {
			must(t, w.Qubes.SetFault(world.Service, qubes.Fault{Kind: c.fault}))
			timeout := "1m"
			if c.fault == qubes.Hang {
				timeout = "1s"
			}
			q := qpay(t, ctx, w, "personal", "--json", "--timeout", timeout, paid.PaymentRequest).wait(c.exit)
			if c.exit == wire.ExitOK {
				var a wire.PayAnswer
				must(t, json.Unmarshal(q.out.Bytes(), &a))
				proves(t, a.Preimage, paid)
				return
			}
			q.failure(c.code)
		})
	}
}

// The answer tells nothing of lightningvm that the caller has no use for.
func TestCallersLearnNoPathsOrAddresses(t *testing.T) {
	w, ctx := start(t)
	i := invoice(t, ctx, w.Net.Bob, 1_000_000, "")
	must(t, w.Net.Alice.Hang())
	c := qpay(t, ctx, w, "personal", "--json", i.PaymentRequest)
	says(t, ctx, w, "does not answer")
	press(t, ctx, w, "Cancel")
	c.wait(wire.ExitWallet)
	must(t, w.Net.Alice.Resume())
	must(t, w.Net.Alice.WaitUsable(ctx))
	e := c.failure(wire.NodeUnreachable)
	for _, secret := range []string{w.Home, w.Net.Alice.GRPCAddr, "127.0.0.1", "tcp", ".config"} {
		if strings.Contains(e.Message+e.Hint, secret) || strings.Contains(c.err.String(), secret) {
			t.Errorf("%q is in: %+v\n%s", secret, e, c.err.String())
		}
	}
}
