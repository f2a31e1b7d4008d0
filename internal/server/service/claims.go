package service

import (
	"errors"
	"fmt"

	"qpay/internal/server/ask"
	"qpay/internal/server/metadata"
	"qpay/internal/wire"
)

// originMax bounds the claimed origin, in bytes; what is longer is no origin.
const originMax = 2000

// claims is what the qube says of its own request, within bounds.
func claims(c *wire.Context) (wire.Context, *wire.Error) {
	switch {
	case c == nil:
		return wire.Context{}, nil
	case len(c.Origin) > originMax:
		return wire.Context{}, badRequest(fmt.Errorf("an origin of %d bytes", len(c.Origin)))
	case len(c.Address) > wire.MaxAddress:
		return wire.Context{}, badRequest(fmt.Errorf("an address of %d bytes", len(c.Address)))
	case len(c.Metadata)+len(c.PayerData) > wire.MaxMetadata:
		return wire.Context{}, badRequest(fmt.Errorf("metadata of %d bytes", len(c.Metadata)+len(c.PayerData)))
	}
	return *c, nil
}

// origin is the web page that the qube claims to ask for, of a request to which
// no LNURL can lead.
func origin(untrusted *wire.Context) (string, *wire.Error) {
	c, refusal := claims(untrusted)
	if refusal == nil && (c.Address != "" || c.Metadata != "" || c.PayerData != "") {
		refusal = badRequest(errors.New("a context with an address or with metadata, for which this service has no use"))
	}
	return c.Origin, refusal
}

// claim takes what the qube says of a payment and holds it against the invoice.
func (p *pay) claim() *wire.Error {
	c, refusal := claims(p.request.Context)
	if refusal != nil {
		return refusal
	}
	text, err := metadata.Read(c, p.inv)
	switch {
	case errors.Is(err, metadata.ErrMismatch):
		return wire.New(wire.BadMetadata, "The text that came with this invoice is not the one that its payee has signed.",
			"nothing was paid; the service is broken, or the text or the invoice was exchanged on the way: do not pay it")
	case err != nil:
		return badRequest(err)
	}
	p.claims = ask.Claims{Origin: c.Origin, Address: c.Address, Text: text, Amount: p.request.Amount}
	p.request.Context = nil // from here on only claims
	return nil
}
