package lnd

import (
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"qpay/internal/wire"
)

// The sentences about a node that cannot pay. They go to the caller too, so no
// address, no path and no text of the node is in them; what belongs to the
// person alone is said by qpay-server doctor, in lightningvm.
const hintDoctor = "nothing was paid; run qpay-server doctor in the wallet's qube"

func unreachable() *wire.Error {
	return wire.New(wire.NodeUnreachable, "The Lightning node cannot be reached: it is not running, or the line to it is cut.",
		"nothing was paid; start the node, then try again")
}

func silent() *wire.Error {
	return wire.New(wire.NodeUnreachable, "The Lightning node takes calls but does not answer.",
		"nothing was paid; the node or its connection to the block chain hangs")
}

func notReady(message, hint string) *wire.Error {
	return wire.New(wire.NodeNotReady, message, "nothing was paid; "+hint)
}

func refused(message string) *wire.Error {
	return wire.New(wire.NodeRefused, message, hintDoctor)
}

// tells are the words by which lnd's errors can be told apart: nearly all of
// them have the code Unknown. Compared with "contains", in this order.
var tells = []struct {
	words string
	error *wire.Error
}{
	{"wallet locked", notReady("The node's wallet is locked.", "unlock it, for example with lncli unlock")},
	{"in the process of starting up", notReady("The Lightning node is still starting.", "try again in a moment")},
	{"server shutting down", unreachable()},
	{"macaroon has expired", refused("The node refuses qpay's macaroon: it has expired.")},
	{"permission denied", refused("The node refuses qpay's macaroon: it does not allow this call.")},
	{"verification failed", refused("The node refuses qpay's macaroon: it is not of this node, or was revoked.")},
	{"cannot get macaroon", refused("The node refuses qpay's macaroon: it is not of this node, or was revoked.")},
	{"root key", refused("The node refuses qpay's macaroon: it was revoked.")},
	{"macaroon", refused("The node refuses qpay's macaroon.")},
	{"x509: certificate has expired", refused("The node's TLS certificate has expired.")},
	{"x509", refused("The node shows another TLS certificate than the one that qpay trusts.")},
	{"tls:", refused("No safe connection to the node: the TLS handshake failed.")},
	{"authentication handshake failed", unreachable()},
}

// trouble turns an error of a call that does not pay into a sentence; nil for
// one that lnd made of the call's own content.
func trouble(err error) *wire.Error {
	text := status.Convert(err).Message()
	for _, t := range tells {
		if strings.Contains(text, t.words) {
			return t.error
		}
	}
	switch status.Code(err) {
	case codes.Unavailable:
		return unreachable()
	case codes.DeadlineExceeded, codes.Canceled:
		return silent()
	case codes.Unimplemented:
		return refused("The Lightning node is too old for qpay: it lacks a call.")
	}
	return nil
}

// troubleOr is trouble with a sentence for all the rest.
func troubleOr(err error, rest *wire.Error) *wire.Error {
	if t := trouble(err); t != nil {
		return t
	}
	return rest
}

func unexpected() *wire.Error { return refused("The Lightning node refused a call of qpay's.") }
