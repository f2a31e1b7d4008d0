package service

import (
	"context"

	"qpay/internal/server/ask"
	"qpay/internal/wire"
)

// handler answers the request on a line. alive ends when the caller is gone,
// ctx only with the whole program.
type handler func(s *session, ctx, alive context.Context, line []byte)

// services are all there are, by the names that qrexec calls them.
var services = map[string]struct {
	words  ask.Words
	handle handler
}{
	wire.ServicePay:           {ask.PayWords, reads(servePay)},
	wire.ServiceMakeInvoice:   {ask.InvoiceWords, reads(serveMakeInvoice)},
	wire.ServiceLookupInvoice: {ask.Quiet, reads(serveLookupInvoice)},
	wire.ServiceGetInfo:       {ask.Quiet, reads(serveGetInfo)},
	wire.ServiceVerifyMessage: {ask.Quiet, reads(serveVerifyMessage)},
	wire.ServiceSignMessage:   {ask.SignWords, reads(serveSignMessage)},
	wire.ServiceKeysend:       {ask.KeysendWords, reads(serveKeysend)},
	wire.ServiceGetBalance:    {ask.Quiet, reads(serveGetBalance)},
}

// reads is a handler that reads a request of type Q.
func reads[Q any](serve func(s *session, ctx, alive context.Context, q Q)) handler {
	return func(s *session, ctx, alive context.Context, line []byte) {
		q, err := wire.DecodeRequest[Q](line)
		if err != nil {
			s.out.refuse(badRequest(err))
			return
		}
		serve(s, ctx, alive, q)
	}
}
