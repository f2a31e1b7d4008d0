package service

import (
	"context"

	"qpay/internal/server/ask"
	"qpay/internal/server/signing"
	"qpay/internal/wire"
)

// serveSignMessage refuses what must never be signed before anybody is asked,
// and without a window: a person who sees the phrase ten times gives way.
func serveSignMessage(s *session, ctx, alive context.Context, r wire.SignMessageRequest) {
	page, refusal := origin(r.Context)
	if refusal != nil {
		s.out.refuse(refusal)
		return
	}
	if err := signing.Check(r.Message); err != nil {
		s.out.refuse(wire.New(wire.BadMessage, "This text is never signed: it "+err.Error()+".",
			"nothing was paid; ask for another text"))
		return
	}
	if !s.enter(alive) {
		return
	}
	up := func(ctx context.Context) *wire.Error {
		_, trouble := s.node.Up(ctx, s.conf.Network)
		return trouble
	}
	if !s.check(alive, up) {
		return
	}
	q := ask.MessageQuestion{Caller: s.Caller, Origin: page, Message: r.Message}
	approved, end := wait[ask.ApprovedMessage](s, alive, q)
	if end != nil {
		s.out.refuse(end.error)
		return
	}
	signature, trouble := s.node.SignMessage(ctx, approved)
	if trouble != nil {
		s.refuse(ctx, trouble)
		return
	}
	s.out.result(wire.SignMessageAnswer{Signature: signature})
	s.show(ask.Signed(s.Caller, s.out.arrived))
	s.linger()
}
