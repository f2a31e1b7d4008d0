// Package relay is stage 3, in the asking qube, untrusted: requests that other
// programs wrote as JSON, for the native messaging host and the HTTP bridge.
// What they wrote is never passed on: it is read as the request of its service,
// and what was understood is sent.
package relay

import (
	"context"
	"errors"
	"time"

	"qpay/internal/client/wallet"
	"qpay/internal/wire"
)

// Time limits for one answer.
const (
	askingTakes = 15 * time.Minute // a person decides
	answerTakes = time.Minute      // nobody is asked
)

// Call asks a service and returns the answer object of doc/protocol.md without
// a newline. The request is one object of the same document.
func Call(ctx context.Context, service string, untrusted []byte) ([]byte, *wire.Error) {
	call, ok := services[service]
	if !ok {
		return nil, wire.New(wire.BadRequest, "There is no such service.", "see doc/protocol.md for the services")
	}
	return call(ctx, wallet.Find(service), untrusted)
}

// Limit is the time for one call: the one that was asked for, if any, but never
// more than the service may take.
func Limit(service string, asked time.Duration) time.Duration {
	most := answerTakes
	if wallet.Find(service).Window {
		most = askingTakes
	}
	if asked <= 0 {
		return most
	}
	return min(asked, most)
}

type asker func(ctx context.Context, s wallet.Service, untrusted []byte) ([]byte, *wire.Error)

var services = map[string]asker{
	wire.ServicePay:           through[wire.PayRequest](wallet.Proves),
	wire.ServiceMakeInvoice:   through[wire.MakeInvoiceRequest](wallet.Invoice),
	wire.ServiceLookupInvoice: through[wire.LookupInvoiceRequest](wallet.Found),
	wire.ServiceGetInfo:       through[wire.GetInfoRequest, wire.GetInfoAnswer](nil),
	wire.ServiceVerifyMessage: through[wire.VerifyMessageRequest, wire.VerifyMessageAnswer](nil),
	wire.ServiceSignMessage:   through[wire.SignMessageRequest](wallet.Signed),
	wire.ServiceKeysend:       through[wire.KeysendRequest](wallet.Proves),
	wire.ServiceGetBalance:    through[wire.GetBalanceRequest, wire.GetBalanceAnswer](nil),
}

// through asks with a request of type Q for an answer of type A.
func through[Q, A any](sound func(*A) bool) asker {
	return func(ctx context.Context, s wallet.Service, untrusted []byte) ([]byte, *wire.Error) {
		request, err := wire.DecodeRequest[Q](untrusted)
		switch {
		case errors.Is(err, wire.ErrVersion):
			return nil, s.Fail(wire.BadRequest, `The request is not of version 1: "v":1 is missing.`)
		case err != nil:
			return nil, s.Fail(wire.BadRequest, "The request is not the JSON object that doc/protocol.md describes for "+s.Name+".")
		}
		answer, failure := wallet.Call(ctx, s.Name, request, sound)
		if failure != nil {
			return nil, failure
		}
		line, err := wire.EncodeAnswer(answer)
		if err != nil {
			return nil, s.Lost("The answer could not be passed on.")
		}
		return line[:len(line)-1], nil
	}
}
