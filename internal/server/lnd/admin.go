package lnd

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"google.golang.org/grpc"

	"qpay/internal/server/lnd/lnrpc"
)

// Admin is a connection with a macaroon that may make others: the one way
// around Narrow, for package setup and nothing else. It lives as long as one
// run of qpay-server setup, and its macaroon is written nowhere.
type Admin struct {
	conn   *grpc.ClientConn
	wallet lnrpc.LightningClient
	token  secret
}

// NewAdmin prepares the connection and sends nothing yet. Close clears the
// macaroon that was passed.
func NewAdmin(address string, certificate, macaroon []byte) (*Admin, error) {
	conn, err := dial(address, certificate, secret(macaroon))
	if err != nil {
		return nil, err
	}
	return &Admin{conn: conn, wallet: lnrpc.NewLightningClient(conn), token: macaroon}, nil
}

// Close ends the connection and overwrites the macaroon. The copies that gRPC
// made of it for its headers are the garbage collector's.
func (a *Admin) Close() error {
	clear(a.token)
	return a.conn.Close()
}

// Info asks the node what it is, with the admin macaroon.
func (a *Admin) Info(ctx context.Context) (Info, error) { return look(ctx, a.wallet) }

// Bake makes a macaroon that may call these URIs and nothing else, of the root
// key with this id, which is made if it is not there.
func (a *Admin) Bake(ctx context.Context, uris []string, id uint64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	q := &lnrpc.BakeMacaroonRequest{RootKeyId: id}
	for _, uri := range uris {
		q.Permissions = append(q.Permissions, &lnrpc.MacaroonPermission{Entity: "uri", Action: uri})
	}
	answer, err := a.wallet.BakeMacaroon(ctx, q)
	if err != nil {
		return nil, err
	}
	m, err := hex.DecodeString(answer.GetMacaroon())
	if err != nil {
		return nil, fmt.Errorf("the node's answer: %w", err)
	}
	if got, err := RootKeyID(m); err != nil || got != id {
		return nil, errors.New("the node made a macaroon of another root key than it was told to")
	}
	return m, nil
}

// Delete deletes a root key, and so revokes every macaroon made of it. It
// tells whether there was one.
func (a *Admin) Delete(ctx context.Context, id uint64) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	answer, err := a.wallet.DeleteMacaroonID(ctx, &lnrpc.DeleteMacaroonIDRequest{RootKeyId: id})
	return answer.GetDeleted(), err
}

// secret adds a macaroon to each call, as bearer does, and can be cleared.
type secret []byte

func (s secret) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"macaroon": hex.EncodeToString(s)}, nil
}

// RequireTransportSecurity keeps the macaroon off any line without TLS.
func (secret) RequireTransportSecurity() bool { return true }
