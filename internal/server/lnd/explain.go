package lnd

import (
	"fmt"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"qpay/internal/wire"
)

// Explain puts an error of a call into words for the person in lightningvm,
// who may read what the other errors of this package keep from a caller.
func Explain(err error) (sentence, hint string) {
	text := status.Convert(err).Message()
	if strings.Contains(text, "ALPN") || strings.Contains(text, "unexpected HTTP status") { // lnd's REST, with the same certificate
		return "What listens at this address does not speak gRPC.", "give the address of lnd's rpclisten (port 10009), not of its restlisten (8080)"
	}
	if status.Code(err) == codes.Canceled {
		return "Interrupted before the node answered.", "try again"
	}
	t := trouble(err)
	if t == nil {
		return fmt.Sprintf("The node refused a call: %.200q.", text), "see the node's log"
	}
	if d := detail(text); d != "" {
		return strings.TrimSuffix(t.Message, ".") + " (" + d + ").", hintFor(t)
	}
	return t.Message, hintFor(t)
}

// detail is the part of an error's text that says what the sentence leaves
// out. The words are Go's, but for names in another's certificate.
func detail(text string) string {
	for _, begin := range []string{"x509: ", "tls: ", "dial tcp "} {
		if i := strings.LastIndex(text, begin); i >= 0 {
			return strings.Trim(fmt.Sprintf("%.200q", strings.Trim(text[i:], `"`)), `"`)
		}
	}
	return ""
}

func hintFor(t *wire.Error) string {
	switch {
	case t.Code == wire.NodeUnreachable && t.Message == silent().Message:
		return "look at the node's log; its connection to the block chain may hang"
	case t.Code == wire.NodeUnreachable:
		return "see that lnd runs, and that this is the address of its rpclisten"
	case t.Code == wire.NodeRefused && strings.Contains(t.Message, "TLS"):
		return "give the tls.cert that the node has now: qpay-server setup --tls-cert FILE"
	case t.Code == wire.NodeRefused && strings.Contains(t.Message, "macaroon"):
		return "make a new one: qpay-server setup --admin-macaroon FILE"
	}
	return strings.TrimPrefix(t.Hint, "nothing was paid; ")
}

// MacaroonRefused tells whether the node refused the macaroon, and not the
// call or the connection.
func MacaroonRefused(err error) bool {
	t := trouble(err)
	return t != nil && t.Code == wire.NodeRefused && strings.Contains(t.Message, "macaroon")
}

// NoSuchKey tells whether the node has no root key of the id that was to be
// deleted.
func NoSuchKey(err error) bool {
	return strings.Contains(status.Convert(err).Message(), "doesn't exist")
}
