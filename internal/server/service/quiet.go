package service

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"qpay/internal/server/ask"
	"qpay/internal/server/journal"
	"qpay/internal/server/lnd"
	"qpay/internal/server/payment"
	"qpay/internal/server/signing"
	"qpay/internal/wire"
)

// The services without a window. Each answers at once, with what the node says
// or with what is wrong with it. They end with the caller.

// answerOr gives the answer, or the trouble in its place.
func (s *session) answerOr(answer any, trouble *wire.Error) {
	if trouble != nil {
		s.out.refuse(trouble)
		return
	}
	s.out.result(answer)
}

// serveLookupInvoice answers for the invoices of this qube alone. To any other
// hash there is one answer, so that nobody learns which invoices there are.
func serveLookupInvoice(s *session, _, alive context.Context, q wire.LookupInvoiceRequest) {
	hash, err := payment.ParseHash(q.PaymentHash)
	if err != nil {
		s.out.refuse(badRequest(errors.New("a payment hash has 64 hex digits")))
		return
	}
	none := wire.New(wire.NoInvoice, "No invoice of that payment hash was made for this qube.", "look at the payment hash")
	switch _, err := s.journal.MadeFor(s.Caller, hash); {
	case errors.Is(err, journal.ErrNoRecord):
		s.out.refuse(none)
		return
	case err != nil:
		s.out.refuse(internal("the journal cannot be read"))
		return
	}
	a, err := s.node.LookupInvoice(alive, hash)
	var trouble *wire.Error
	switch {
	case errors.Is(err, lnd.ErrNoInvoice): // deleted at the node
		s.out.refuse(none)
	case errors.As(err, &trouble):
		s.out.refuse(trouble)
	default:
		s.out.result(a)
	}
}

// aliasChars bounds the node's name: lnd's own limit is 32 bytes.
const aliasChars = 64

// serveGetInfo tells what this qube may ask for. That is known without the
// node, so a node that is down only leaves its name out.
func serveGetInfo(s *session, _, alive context.Context, _ wire.GetInfoRequest) {
	a := wire.GetInfoAnswer{Methods: []string{}, Network: s.conf.Network.String(), Version: s.Version}
	for _, service := range s.conf.Services {
		a.Methods = append(a.Methods, strings.TrimPrefix(service, "qpay."))
	}
	if node, trouble := s.node.Up(alive, s.conf.Network); trouble == nil {
		a.Alias = ask.Line(node.Alias, aliasChars)
		if s.conf.ShowKey {
			a.Pubkey = node.Key
		}
	}
	s.out.result(a)
}

// zbase32 is what lnd makes of a signature of 65 bytes.
var zbase32 = regexp.MustCompile(`^[ybndrfg8ejkmcpqxot1uwisza345h769]{104}$`)

func serveVerifyMessage(s *session, _, alive context.Context, q wire.VerifyMessageRequest) {
	switch {
	case q.Message == "" || len(q.Message) > signing.Max:
		s.out.refuse(badRequest(errors.New("a message has 1 to 4096 bytes")))
	case !zbase32.MatchString(q.Signature):
		s.out.refuse(badRequest(errors.New("a signature has 104 characters of zbase32")))
	default:
		s.answerOr(s.node.VerifyMessage(alive, q.Message, q.Signature))
	}
}

func serveGetBalance(s *session, _, alive context.Context, _ wire.GetBalanceRequest) {
	s.answerOr(s.node.Balance(alive))
}
