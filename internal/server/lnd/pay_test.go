package lnd

import (
	"context"
	"errors"
	"io"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"qpay/internal/server/ask"
	"qpay/internal/server/invoice"
	"qpay/internal/server/lnd/lnrpc"
	"qpay/internal/server/payment"
	"qpay/internal/wire"
)

func TestPayRefusesUnapproved(t *testing.T) {
	// No connection at all: it must not even be looked at.
	_, err := (&Client{}).Pay(context.Background(), ask.Approved{}, 0, nil)
	if !errors.Is(err, ErrNotApproved) {
		t.Fatal(err)
	}
}

// Nor is anything else done that nobody approved.
func TestOthersRefuseUnapproved(t *testing.T) {
	c, ctx := &Client{}, context.Background()
	if _, err := c.Keysend(ctx, ask.ApprovedKeysend{}, 0, nil); !errors.Is(err, ErrNotApproved) {
		t.Error(err)
	}
	if inv, trouble := c.AddInvoice(ctx, ask.ApprovedInvoice{}, invoice.Simnet, Node{}); trouble == nil || inv.PaymentRequest() != "" {
		t.Error(trouble)
	}
	if signature, trouble := c.SignMessage(ctx, ask.ApprovedMessage{}); trouble == nil || signature != "" {
		t.Error(trouble)
	}
}

// script is a stream with given messages and the error at its end.
type script struct {
	messages []*lnrpc.Payment
	end      error
}

func (s *script) Recv() (*lnrpc.Payment, error) {
	if len(s.messages) == 0 {
		return nil, s.end
	}
	m := s.messages[0]
	s.messages = s.messages[1:]
	return m, nil
}

func TestOnlyTheFinalStatusDecides(t *testing.T) {
	proof := payment.Preimage{1}
	zeros := payment.Preimage{}.String()
	message := func(s lnrpc.Payment_PaymentStatus, preimage string, why lnrpc.PaymentFailureReason) *lnrpc.Payment {
		return &lnrpc.Payment{PaymentHash: proof.Hash().String(), Status: s, PaymentPreimage: preimage, FailureReason: why, ValueMsat: 5, FeeMsat: 1}
	}
	const (
		none    = lnrpc.PaymentFailureReason_FAILURE_REASON_NONE
		timeout = lnrpc.PaymentFailureReason_FAILURE_REASON_TIMEOUT
		noRoute = lnrpc.PaymentFailureReason_FAILURE_REASON_NO_ROUTE
	)
	inFlight := message(lnrpc.Payment_IN_FLIGHT, zeros, none)
	for name, c := range map[string]struct {
		messages []*lnrpc.Payment
		end      error
		want     payment.State
		fails    bool
	}{
		"paid":                               {[]*lnrpc.Payment{inFlight, message(lnrpc.Payment_SUCCEEDED, proof.String(), none)}, nil, payment.Paid, false},
		"paid, with a failure reason":        {[]*lnrpc.Payment{message(lnrpc.Payment_SUCCEEDED, proof.String(), timeout)}, nil, payment.Paid, false},
		"in flight, with a failure reason":   {[]*lnrpc.Payment{message(lnrpc.Payment_IN_FLIGHT, zeros, timeout)}, io.EOF, payment.Unknown, true},
		"failed":                             {[]*lnrpc.Payment{inFlight, message(lnrpc.Payment_FAILED, zeros, noRoute)}, nil, payment.Failed, false},
		"the line is cut":                    {[]*lnrpc.Payment{inFlight}, status.Error(codes.Unavailable, "cut"), payment.Unknown, true},
		"ends without a word":                {nil, io.EOF, payment.Unknown, true},
		"refused without a status":           {nil, status.Error(codes.Unknown, "invoice expired"), payment.Unknown, true},
		"not known, which is no proof":       {nil, status.Error(codes.NotFound, "payment isn't initiated"), payment.Unknown, true},
		"success with a wrong proof":         {[]*lnrpc.Payment{message(lnrpc.Payment_SUCCEEDED, zeros, none)}, io.EOF, payment.Unknown, true},
		"success of another payment":         {[]*lnrpc.Payment{{PaymentHash: zeros, Status: lnrpc.Payment_SUCCEEDED, PaymentPreimage: proof.String()}}, io.EOF, payment.Unknown, true},
		"success with a negative amount":     {[]*lnrpc.Payment{{PaymentHash: proof.Hash().String(), Status: lnrpc.Payment_SUCCEEDED, PaymentPreimage: proof.String(), ValueMsat: -1}}, io.EOF, payment.Unknown, true},
		"a status of some later lnd version": {[]*lnrpc.Payment{message(17, zeros, none)}, io.EOF, payment.Unknown, true},
	} {
		o, err := final(&script{c.messages, c.end}, proof.Hash(), func(payment.Outcome) {})
		if o.State != c.want || (err != nil) != c.fails {
			t.Errorf("%s: %s, %v; want %s", name, o.State, err, c.want)
		}
		if o.State == payment.Paid && (o.Preimage != proof || o.Amount != 5 || o.Fee != 1) {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

func TestTroubleInWords(t *testing.T) {
	for text, want := range map[string]wire.Code{
		"wallet locked, unlock it to enable full RPC access":                                 wire.NodeNotReady,
		"the RPC server is in the process of starting up, but not yet ready to accept calls": wire.NodeNotReady,
		"permission denied": wire.NodeRefused,
		"verification failed: signature mismatch after caveat verification": wire.NodeRefused,
		"cannot determine data format of binary-encoded macaroon":           wire.NodeRefused,
		"expected 1 macaroon, got 0":                                        wire.NodeRefused,
		"connection error: desc = \"transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate signed by unknown authority\"": wire.NodeRefused,
		"connection error: desc = \"transport: Error while dialing: dial tcp 127.0.0.1:1: connect: connection refused\"":                                            wire.NodeUnreachable,
	} {
		code := codes.Unknown
		if want == wire.NodeUnreachable {
			code = codes.Unavailable
		}
		got := trouble(status.Error(code, text))
		if got == nil || got.Code != want || got.Payment != wire.NotSent || got.Hint == "" {
			t.Errorf("%q: %+v", text, got)
		}
	}
	if got := trouble(status.Error(codes.Unknown, "checksum failed")); got != nil {
		t.Errorf("lnd's word about an invoice was taken for %v", got)
	}
	if got := trouble(status.FromContextError(context.DeadlineExceeded).Err()); got.Code != wire.NodeUnreachable {
		t.Error(got)
	}
}
