package lnd

import (
	"context"
	"strings"

	"qpay/internal/money"
	"qpay/internal/server/lnd/lnrpc"
)

// Info is what setup and doctor tell of a node.
type Info struct {
	Key, Alias, Version string // text from the node
	Network             string // by lnd's name
	Synced              bool
	Channels            int // that are active
}

// Info asks what Ready asks, and leaves the judging to the caller.
func (c *Client) Info(ctx context.Context) (Info, error) { return look(ctx, c.wallet) }

func look(ctx context.Context, wallet lnrpc.LightningClient) (Info, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	i, err := wallet.GetInfo(ctx, &lnrpc.GetInfoRequest{})
	if err != nil {
		return Info{}, err
	}
	version, _, _ := strings.Cut(i.GetVersion(), " ") // the rest is "commit=..."
	return Info{Key: i.GetIdentityPubkey(), Alias: i.GetAlias(), Version: version, Network: network(i),
		Synced: i.GetSyncedToChain(), Channels: int(i.GetNumActiveChannels())}, nil
}

// InChannels is what the node has in its channels: more than it can send, by
// the reserves and the fees.
func (c *Client) InChannels(ctx context.Context) (money.Msat, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	b, err := c.wallet.ChannelBalance(ctx, &lnrpc.ChannelBalanceRequest{})
	return money.Msat(b.GetLocalBalance().GetMsat()), err
}

// State asks a node for the state of its wallet, by lnd's name. That needs no
// macaroon, so a broad one or none is in nobody's way.
func State(ctx context.Context, address string, certificate []byte) (string, error) {
	conn, err := dial(address, certificate, nil)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	s, err := lnrpc.NewStateClient(conn).GetState(ctx, &lnrpc.GetStateRequest{})
	return s.GetState().String(), err
}
