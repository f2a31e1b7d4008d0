package doctor

import (
	"context"
	"errors"
	"strings"

	"qpay/internal/wire"
)

// zeroHash is the hash of no invoice.
var zeroHash = strings.Repeat("0", 64)

// probe asks a service something that changes nothing. There is no error if
// the service refused just the probe, since then it is on.
func (d Doctor) probe(ctx context.Context, service string) ([]byte, *wire.Error) {
	line, err := wire.Encode(question(service))
	if err != nil {
		return nil, wire.New(wire.Internal, "The request could not be made.", "")
	}
	text, err := d.Send(ctx, service, line)
	var e *wire.Error
	if err == nil {
		_, err = wire.DecodeAnswer[struct{}](text)
	}
	switch {
	case err == nil:
		return text, nil
	case !errors.As(err, &e):
		return nil, garbled()
	case expected(e.Code):
		return text, nil
	}
	bare := *e
	bare.Payment = wire.NotSent // a probe asks for no payment
	return nil, &bare
}

func garbled() *wire.Error {
	return &wire.Error{Code: wire.NoAnswer, Payment: wire.NotSent,
		Message: "The answer from the wallet's qube was not understood.", Hint: "see that the versions of qpay in the two qubes fit"}
}

// question is what a service is probed with. Where a window could open, it is
// an object without a version, which no server takes for a request.
func question(service string) any {
	switch service {
	case wire.ServiceGetInfo:
		return wire.GetInfoRequest{V: wire.Version}
	case wire.ServiceGetBalance:
		return wire.GetBalanceRequest{V: wire.Version}
	case wire.ServiceVerifyMessage:
		return wire.VerifyMessageRequest{V: wire.Version}
	case wire.ServiceLookupInvoice:
		return wire.LookupInvoiceRequest{V: wire.Version, PaymentHash: zeroHash}
	}
	return struct{}{}
}

// expected are the codes that only a service that is on gives to a probe.
func expected(c wire.Code) bool {
	return c == wire.BadRequest || c == wire.BadMessage || c == wire.NoInvoice
}

// anyPasses says whether policy lets through one of the services that open no
// window: a qube may be enrolled although GetInfo is switched off for it.
func (d Doctor) anyPasses(ctx context.Context) bool {
	for _, s := range []string{wire.ServiceVerifyMessage, wire.ServiceLookupInvoice, wire.ServicePay} {
		if _, e := d.probe(ctx, s); e == nil || e.Code != wire.PolicyRefused {
			return true
		}
	}
	return false
}

// wallets says whether an error shows that the call reached the wallet's qube.
func wallets(e *wire.Error) bool {
	switch e.Code {
	case wire.PolicyRefused, wire.NoQrexec, wire.NoAnswer, wire.ClientTimeout, wire.Interrupted:
		return false
	}
	return true
}
