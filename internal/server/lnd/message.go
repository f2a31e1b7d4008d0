package lnd

import (
	"context"

	"qpay/internal/money"
	"qpay/internal/server/ask"
	"qpay/internal/server/lnd/lnrpc"
	"qpay/internal/wire"
)

// SignMessage signs an approved text with the node's key. lnd puts its own
// prefix before it, which is what keeps the signature out of other protocols.
func (c *Client) SignMessage(ctx context.Context, a ask.ApprovedMessage) (signature string, trouble *wire.Error) {
	if !a.Valid() {
		return "", unexpected()
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	signed, err := c.wallet.SignMessage(ctx, &lnrpc.SignMessageRequest{Msg: []byte(a.Message())})
	if err != nil {
		return "", troubleOr(err, unexpected())
	}
	return signed.GetSignature(), nil
}

// VerifyMessage asks which node signed a text. lnd calls a signature valid if
// the signer is in its graph; any signature has some key that fits it.
func (c *Client) VerifyMessage(ctx context.Context, message, signature string) (wire.VerifyMessageAnswer, *wire.Error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	v, err := c.wallet.VerifyMessage(ctx, &lnrpc.VerifyMessageRequest{Msg: []byte(message), Signature: signature})
	if err != nil {
		return wire.VerifyMessageAnswer{}, troubleOr(err, unexpected())
	}
	return wire.VerifyMessageAnswer{Valid: v.GetValid(), Pubkey: v.GetPubkey()}, nil
}

// Balance is what the channels hold on this side: the most that can be spent,
// before fees and reserves.
func (c *Client) Balance(ctx context.Context) (wire.GetBalanceAnswer, *wire.Error) {
	b, err := c.InChannels(ctx)
	switch {
	case err != nil:
		return wire.GetBalanceAnswer{}, troubleOr(err, unexpected())
	case b > money.Max:
		return wire.GetBalanceAnswer{}, unexpected()
	}
	return wire.GetBalanceAnswer{Balance: b}, nil
}
