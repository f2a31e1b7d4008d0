package lnnet

import (
	"context"
	"fmt"
	"strconv"
)

// BakeMacaroon makes a macaroon, in hex, that may call these URIs alone, as
// "/lnrpc.Lightning/GetInfo". DeleteMacaroonID with the same root key revokes it.
func (n *Node) BakeMacaroon(ctx context.Context, uris []string, rootKeyID uint64) (string, error) {
	permissions := make([]map[string]string, len(uris))
	for i, uri := range uris {
		permissions[i] = map[string]string{"entity": "uri", "action": uri}
	}
	in := map[string]any{"permissions": permissions, "root_key_id": fmt.Sprint(rootKeyID)}
	var made struct{ Macaroon string }
	err := n.Call(ctx, "POST", "/v1/macaroon", in, &made)
	return made.Macaroon, err
}

// ListMacaroonIDs are the root keys in use; 0 is that of the admin macaroon.
func (n *Node) ListMacaroonIDs(ctx context.Context) ([]uint64, error) {
	var answer struct {
		IDs []string `json:"root_key_ids"`
	}
	if err := n.Call(ctx, "GET", "/v1/macaroon/ids", nil, &answer); err != nil {
		return nil, err
	}
	ids := make([]uint64, len(answer.IDs))
	for i, id := range answer.IDs {
		var err error
		if ids[i], err = strconv.ParseUint(id, 10, 64); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// DeleteMacaroonID revokes every macaroon that was made from a root key.
func (n *Node) DeleteMacaroonID(ctx context.Context, rootKeyID uint64) error {
	return n.Call(ctx, "DELETE", fmt.Sprintf("/v1/macaroon/%d", rootKeyID), nil, nil)
}
