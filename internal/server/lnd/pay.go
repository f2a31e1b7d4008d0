package lnd

import (
	"context"
	"errors"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"qpay/internal/money"
	"qpay/internal/server/ask"
	"qpay/internal/server/lnd/lnrpc"
	"qpay/internal/server/lnd/routerrpc"
	"qpay/internal/server/payment"
)

// ErrNotApproved means that Pay was called with an Approved that no person
// made. Nothing was sent.
var ErrNotApproved = errors.New("lnd: a payment that nobody approved")

// ErrNotKnown means that lnd has no record of a payment hash. That is no proof
// that nothing was sent: a request may be waiting inside lnd, or its record
// may have been deleted.
var ErrNotKnown = errors.New("lnd: no payment of that hash")

// maxParts is lnd's own default for the command line: a payment may be split.
const maxParts = 16

// stream is what both calls return.
type stream interface {
	Recv() (*lnrpc.Payment, error)
}

// Pay sends an approved payment and reports each state to progress, until lnd
// has a final status. An error means that the outcome is not known: lnd may
// have taken the payment, and Track has to find out. ctx should not end before
// the payment does; attempts is how long lnd may go on making new ones.
func (c *Client) Pay(ctx context.Context, a ask.Approved, attempts time.Duration, progress func(payment.Outcome)) (payment.Outcome, error) {
	if !a.Valid() {
		return payment.Outcome{}, ErrNotApproved
	}
	q := &routerrpc.SendPaymentRequest{
		PaymentRequest: a.PaymentRequest(),
		TimeoutSeconds: int32(attempts / time.Second), // at most 7 days, by config
		FeeLimitMsat:   int64(a.FeeLimit()),           // at most 21 million bitcoin
		MaxParts:       maxParts,
	}
	if amount, ok := a.AmountToSet(); ok {
		q.AmtMsat = int64(amount) // lnd refuses it for an invoice that has an amount
	}
	s, err := c.router.SendPaymentV2(ctx, q)
	if err != nil {
		return payment.Outcome{State: payment.Unknown}, err
	}
	return final(s, a.Hash(), progress)
}

// Track asks lnd about a payment that was sent, and follows it until it is
// final. ErrNotKnown where lnd has no record of it; any other error means that
// lnd could not be asked.
func (c *Client) Track(ctx context.Context, h payment.Hash, progress func(payment.Outcome)) (payment.Outcome, error) {
	s, err := c.router.TrackPaymentV2(ctx, &routerrpc.TrackPaymentRequest{PaymentHash: h[:]})
	if err != nil {
		return payment.Outcome{State: payment.Unknown}, err
	}
	return final(s, h, progress)
}

// final reads to the first final status. Only the status decides: a failure
// reason may be there while a payment is in flight, and stays on one that then
// succeeds.
func final(s stream, h payment.Hash, progress func(payment.Outcome)) (payment.Outcome, error) {
	for {
		p, err := s.Recv()
		if status.Code(err) == codes.NotFound {
			return payment.Outcome{State: payment.Unknown}, ErrNotKnown
		}
		if err != nil { // also io.EOF: a stream may end without a final status
			return payment.Outcome{State: payment.Unknown}, err
		}
		o, err := outcome(p, h)
		if err != nil {
			return payment.Outcome{State: payment.Unknown}, err
		}
		progress(o)
		if o.State.Final() {
			return o, nil
		}
	}
}

// outcome reads one message. A success whose preimage does not fit is not
// called paid: it is no proof, and the caller could not use it.
func outcome(p *lnrpc.Payment, h payment.Hash) (payment.Outcome, error) {
	if p.GetPaymentHash() != h.String() {
		return payment.Outcome{}, errors.New("lnd: an answer about another payment")
	}
	switch p.GetStatus() {
	case lnrpc.Payment_SUCCEEDED:
		preimage, err := payment.ParsePreimage(p.GetPaymentPreimage())
		if err != nil || preimage.Hash() != h || p.GetValueMsat() < 0 || p.GetFeeMsat() < 0 {
			return payment.Outcome{}, errors.New("lnd: says that it is paid, and the proof is wrong")
		}
		return payment.Outcome{State: payment.Paid, Preimage: preimage,
			Amount: money.Msat(p.GetValueMsat()), Fee: money.Msat(p.GetFeeMsat())}, nil
	case lnrpc.Payment_FAILED:
		return payment.Outcome{State: payment.Failed, Reason: reasons[p.GetFailureReason()]}, nil
	}
	return payment.Outcome{State: payment.Sent}, nil
}

var reasons = map[lnrpc.PaymentFailureReason]payment.Reason{
	lnrpc.PaymentFailureReason_FAILURE_REASON_TIMEOUT:                   payment.TimedOut,
	lnrpc.PaymentFailureReason_FAILURE_REASON_NO_ROUTE:                  payment.NoRoute,
	lnrpc.PaymentFailureReason_FAILURE_REASON_ERROR:                     payment.RouteError,
	lnrpc.PaymentFailureReason_FAILURE_REASON_INCORRECT_PAYMENT_DETAILS: payment.IncorrectDetails,
	lnrpc.PaymentFailureReason_FAILURE_REASON_INSUFFICIENT_BALANCE:      payment.Insufficient,
	lnrpc.PaymentFailureReason_FAILURE_REASON_CANCELED:                  payment.Cancelled,
}
