// Package lnd is the end of stage 9, in lightningvm, trusted: the few calls
// that qpay makes to the node, over gRPC with stubs generated from a trimmed
// .proto. The node's certificate is the only root for TLS, and the macaroon is
// refused before use if it allows more than qpay needs.
//
// A payment can be begun with an ask.Approved and nothing else, and it is
// called paid or failed by lnd's own final status and nothing else.
package lnd

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"

	"qpay/internal/server/lnd/lnrpc"
	"qpay/internal/server/lnd/routerrpc"
)

// patience is how long a call that answers at once may take; a node whose
// chain backend hangs does not answer GetInfo at all.
const patience = 8 * time.Second

// Client is the connection to one node.
type Client struct {
	conn   *grpc.ClientConn
	wallet lnrpc.LightningClient
	state  lnrpc.StateClient
	router routerrpc.RouterClient
}

// New prepares a connection to the gRPC address (host:port) of a node, with
// its certificate (PEM) and a macaroon (binary) for these services. It sends
// nothing yet. It fails if the certificate cannot be read or the macaroon
// allows more than the services need.
func New(address string, certificate, macaroon []byte, services []string) (*Client, error) {
	if err := Narrow(macaroon, Allowed(services)); err != nil {
		return nil, err
	}
	conn, err := dial(address, certificate, bearer(hex.EncodeToString(macaroon)))
	if err != nil {
		return nil, err
	}
	return &Client{
		conn:   conn,
		wallet: lnrpc.NewLightningClient(conn),
		state:  lnrpc.NewStateClient(conn),
		router: routerrpc.NewRouterClient(conn),
	}, nil
}

// dial prepares a connection that trusts this certificate alone.
func dial(address string, certificate []byte, token credentials.PerRPCCredentials) (*grpc.ClientConn, error) {
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(certificate) {
		return nil, errors.New("the node's certificate is not in PEM format")
	}
	options := []grpc.DialOption{
		grpc.WithTransportCredentials(credentials.NewTLS(&tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12})),
		grpc.WithNoProxy(), // no variable of the environment redirects the wallet's calls
		grpc.WithContextDialer(plainTCP(address)),
		grpc.WithDisableServiceConfig(),
		grpc.WithDisableRetry(), // whether to repeat a payment is not the library's to decide
		// A line that was cut in silence is noticed. lnd allows a ping every 5 s.
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 20 * time.Second, Timeout: 10 * time.Second}),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(4 << 20)),
	}
	if token != nil {
		options = append(options, grpc.WithPerRPCCredentials(token))
	}
	conn, err := grpc.NewClient("passthrough:///"+address, options...)
	if err != nil {
		return nil, fmt.Errorf("the node's address: %w", err)
	}
	return conn, nil
}

// Close ends the connection. Payments that lnd has taken go on.
func (c *Client) Close() error { return c.conn.Close() }

// bearer adds the macaroon to each call.
type bearer string

func (b bearer) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"macaroon": string(b)}, nil
}

// RequireTransportSecurity keeps the macaroon off any line without TLS.
func (bearer) RequireTransportSecurity() bool { return true }
