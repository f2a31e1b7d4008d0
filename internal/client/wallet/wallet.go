// Package wallet is stage 4, in the asking qube, untrusted: one question to a
// service of the wallet's qube and its answer, for every verb of qpay. Its
// errors are *wire.Error with hints that fit the service that was called.
package wallet

import (
	"context"
	"errors"

	"qpay/internal/client/qrexec"
	"qpay/internal/wire"
)

// Call asks a service once. sound, if not nil, says whether the fields of the
// answer make sense; an answer where they do not is none. Exactly one of
// answer and error is nil.
func Call[Q, A any](ctx context.Context, service string, request Q, sound func(*A) bool) (*A, *wire.Error) {
	s := Find(service)
	line, err := wire.Encode(request)
	if err != nil {
		return nil, s.Fail(wire.Internal, "The request could not be made.")
	}
	if len(line) > wire.MaxRequest {
		return nil, s.Fail(wire.BadRequest, "The request is too long.")
	}
	text, err := qrexec.Call(ctx, service, line)
	var e *wire.Error
	switch {
	case errors.As(err, &e):
		return nil, s.ofCall(e)
	case err != nil:
		return nil, s.Fail(wire.Internal, "The request could not be made.")
	}
	answer, err := wire.DecodeAnswer[A](text)
	switch {
	case errors.As(err, &e):
		return nil, s.answered(e)
	case err != nil, sound != nil && !sound(&answer):
		return nil, s.ofCall(wire.New(wire.NoAnswer, "The answer from the wallet's qube was not understood.", ""))
	}
	return &answer, nil
}
