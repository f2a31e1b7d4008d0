package lnd

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc/connectivity"

	"qpay/internal/server/invoice"
	"qpay/internal/server/lnd/lnrpc"
	"qpay/internal/wire"
)

// Node is what is known of a node that can pay.
type Node struct {
	Key   string // its own key, 66 hex digits
	Alias string // text from the node's configuration
}

// Up asks whether the node is there and on the right network: enough for an
// invoice or a signature. The error says in words what is in the way.
func (c *Client) Up(ctx context.Context, want invoice.Network) (Node, *wire.Error) {
	info, trouble := c.info(ctx)
	if trouble != nil {
		return Node{}, trouble
	}
	return node(info), networkTrouble(info, want)
}

// Ready asks whether the node could pay now. The error says in words what is
// in the way. Asked of a node that is RPC_ACTIVE only, or not synchronised,
// or without an active channel, a payment would be taken and fail at once, or
// hang.
func (c *Client) Ready(ctx context.Context, want invoice.Network) (Node, *wire.Error) {
	info, trouble := c.info(ctx)
	if trouble != nil {
		return Node{}, trouble
	}
	return node(info), infoTrouble(info, want)
}

func node(info *lnrpc.GetInfoResponse) Node {
	return Node{Key: info.GetIdentityPubkey(), Alias: info.GetAlias()}
}

// info asks a node that has no state in its way.
func (c *Client) info(ctx context.Context) (*lnrpc.GetInfoResponse, *wire.Error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c.reconnect(ctx)
	s, err := c.state.GetState(ctx, &lnrpc.GetStateRequest{})
	if err != nil {
		return nil, troubleOr(err, unexpected())
	}
	if t := stateTrouble(s.GetState()); t != nil {
		return nil, t
	}
	info, err := c.wallet.GetInfo(ctx, &lnrpc.GetInfoRequest{})
	if err != nil {
		return nil, troubleOr(err, unexpected())
	}
	return info, nil
}

// reconnect tries at once to reach a node that could not be reached before.
// gRPC would otherwise repeat the old error until a pause of its own is over,
// and a person who starts the node and presses Try again would be told that
// it is not running.
func (c *Client) reconnect(ctx context.Context) {
	if c.conn.GetState() != connectivity.TransientFailure {
		return
	}
	c.conn.ResetConnectBackoff()
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	c.conn.WaitForStateChange(ctx, connectivity.TransientFailure)
}

func stateTrouble(s lnrpc.WalletState) *wire.Error {
	switch s {
	case lnrpc.WalletState_SERVER_ACTIVE:
		return nil
	case lnrpc.WalletState_LOCKED:
		return notReady("The node's wallet is locked.", "unlock it, for example with lncli unlock")
	case lnrpc.WalletState_NON_EXISTING:
		return notReady("The node has no wallet yet.", "create one, for example with lncli create")
	}
	return notReady("The Lightning node is still starting.", "try again in a moment")
}

func networkTrouble(info *lnrpc.GetInfoResponse, want invoice.Network) *wire.Error {
	if got, err := invoice.ParseNetwork(network(info)); err != nil || got != want {
		return wire.New(wire.NotConfigured, fmt.Sprintf("The node is on another network than the %s that qpay is set up for.", want),
			hintDoctor)
	}
	return nil
}

func infoTrouble(info *lnrpc.GetInfoResponse, want invoice.Network) *wire.Error {
	if t := networkTrouble(info, want); t != nil {
		return t
	}
	if !info.GetSyncedToChain() {
		return notReady("The node is not up to date with the block chain.", "wait until it is synchronised")
	}
	if info.GetNumActiveChannels() == 0 {
		return notReady("The node has no active channel.", "open one, or wait until a peer is back")
	}
	return nil
}

func network(info *lnrpc.GetInfoResponse) string {
	if len(info.GetChains()) != 1 {
		return ""
	}
	return info.GetChains()[0].GetNetwork()
}

// Agree lets lnd decode the very text that would be paid, and compares: where
// qpay and the node read an invoice differently, nothing is offered. This
// finds another version or network; a fault that both share, it cannot find,
// which is why package invoice has a guard.
func (c *Client) Agree(ctx context.Context, inv invoice.Invoice) *wire.Error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	d, err := c.wallet.DecodePayReq(ctx, &lnrpc.PayReqString{PayReq: inv.PaymentRequest()})
	if err != nil {
		return troubleOr(err, disagree())
	}
	amount, _ := inv.Amount() // lnd says 0 where the invoice has none; the guard takes no 0
	hash, _ := inv.DescriptionHash()
	hashText := ""
	if hash != ([32]byte{}) {
		hashText = fmt.Sprintf("%x", hash)
	}
	description, _ := inv.Description()
	same := d.GetDestination() == fmt.Sprintf("%x", inv.Destination()) &&
		d.GetPaymentHash() == fmt.Sprintf("%x", inv.PaymentHash()) &&
		d.GetNumMsat() >= 0 && uint64(d.GetNumMsat()) == uint64(amount) &&
		d.GetDescription() == description &&
		d.GetDescriptionHash() == hashText &&
		time.Unix(d.GetTimestamp(), 0).Equal(inv.Created()) &&
		time.Unix(d.GetTimestamp()+d.GetExpiry(), 0).Equal(inv.Expires())
	if !same {
		return disagree()
	}
	return nil
}

func disagree() *wire.Error {
	return wire.New(wire.NodeDisagrees, "The Lightning node reads this invoice differently from qpay.",
		"nothing was paid; ask for another invoice, and report this one if it happens again")
}
