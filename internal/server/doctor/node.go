package doctor

import (
	"context"
	"fmt"

	"qpay/internal/server/ask"
	"qpay/internal/server/hint"
	"qpay/internal/server/invoice"
	"qpay/internal/server/lnd"
	"qpay/internal/wire"
)

// node asks the node, as far as it answers. Its state needs no macaroon; the
// rest is not asked with one that is broad.
func (x *examination) node(ctx context.Context) {
	rest := []string{"wallet", "network", "chain", "channels", "funds"}
	if !x.ready || x.conf.Certificate == nil {
		x.unknown("there is no certificate to know it by", append([]string{"node"}, rest...)...)
		return
	}
	state, err := lnd.State(ctx, x.conf.Address, x.conf.Certificate)
	if err != nil {
		e := explained(err)
		x.fail("node", x.conf.Address+": "+e.Error(), hint.Of(e))
		x.unknown("the node did not answer", rest...)
		return
	}
	x.ok("node", "%s answers", x.conf.Address)
	if !x.wallet(state) {
		x.unknown("the wallet is not ready", rest[1:]...)
		return
	}
	c, err := lnd.New(x.conf.Address, x.conf.Certificate, x.conf.Macaroon, x.conf.Services)
	if err != nil {
		x.unknown("the macaroon is not used", rest[1:]...)
		return
	}
	defer c.Close()
	info, err := c.Info(ctx)
	if err != nil {
		e := explained(err)
		x.fail(rest[1], e.Error(), hint.Of(e))
		x.unknown("the node did not tell", rest[2:]...)
		return
	}
	x.info(info)
	x.funds(ctx, c)
}

func (x *examination) wallet(state string) bool {
	switch state {
	case "SERVER_ACTIVE":
		x.ok("wallet", "unlocked and ready")
		return true
	case "LOCKED":
		x.fail("wallet", "it is locked", "unlock it, for example with lncli unlock")
	case "NON_EXISTING":
		x.fail("wallet", "the node has none yet", "create one, for example with lncli create")
	default:
		x.fail("wallet", "the node is still starting", "try again in a moment")
	}
	return false
}

func (x *examination) info(i lnd.Info) {
	who := fmt.Sprintf("%s, lnd %s", ask.Line(i.Alias, 40), ask.Line(i.Version, 20))
	if n, err := invoice.ParseNetwork(i.Network); err != nil || n != x.conf.Network {
		x.fail("network", fmt.Sprintf("%s is on %s, not on %s", who, ask.Line(i.Network, 20), x.conf.Network), "give the right node: qpay-server setup --address HOST:PORT")
	} else {
		x.ok("network", "%s is on %s", who, n)
	}
	if i.Synced {
		x.ok("chain", "the node is up to date")
	} else {
		x.fail("chain", "the node is not up to date with the block chain", "wait until it is synchronised")
	}
	if i.Channels > 0 {
		x.ok("channels", "%d active", i.Channels)
	} else {
		x.fail("channels", "none is active", "open one, or wait until a peer is back")
	}
}

// funds are told by a macaroon that may, which is the one of GetBalance.
func (x *examination) funds(ctx context.Context, c *lnd.Client) {
	if !x.conf.On(wire.ServiceGetBalance) {
		x.ok("funds", "not told: get_balance is switched off, so the macaroon may not ask")
		return
	}
	sum, err := c.InChannels(ctx)
	switch {
	case err != nil:
		e := explained(err)
		x.fail("funds", e.Error(), hint.Of(e))
	case sum == 0:
		x.warn("funds", "there is nothing in the channels to send", "receive something, or open a channel")
	default:
		x.ok("funds", "%s in channels; somewhat less can be sent", sum)
	}
}
