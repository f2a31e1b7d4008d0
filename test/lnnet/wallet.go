package lnnet

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Password opens the wallet of every node.
const Password = "password"

// States of lnd, as GET /v1/state says.
const (
	stateNoWallet = "NON_EXISTING"
	stateLocked   = "LOCKED"
	stateRPC      = "RPC_ACTIVE"
	stateServer   = "SERVER_ACTIVE"
)

// State is what lnd says of itself: NON_EXISTING, LOCKED, UNLOCKED, RPC_ACTIVE,
// SERVER_ACTIVE or WAITING_TO_START.
func (n *Node) State(ctx context.Context) (string, error) {
	var answer struct{ State string }
	err := n.Call(ctx, "GET", "/v1/state", nil, &answer)
	return answer.State, err
}

func (n *Node) isState(ctx context.Context, want ...string) error {
	state, err := n.State(ctx)
	if err != nil {
		return err
	}
	for _, w := range want {
		if state == w {
			return nil
		}
	}
	return fmt.Errorf("state is %s, not %s", state, strings.Join(want, " or "))
}

var nodeName = regexp.MustCompile(`^[a-z]{1,6}$`)

// entropy is the seed of a node's wallet, always the same: alice's first
// address, and with it miningAddr, follows from hers.
func entropy(name string) ([]byte, error) {
	if !nodeName.MatchString(name) {
		return nil, fmt.Errorf("node name %q: one to six small letters are expected", name)
	}
	return []byte(name + strings.Repeat("-", 6-len(name)) + "0123456789"), nil
}

// createWallet makes the wallet of a new node and learns its macaroon and key.
func (n *Node) createWallet(ctx context.Context) error {
	seed, err := entropy(n.Name)
	if err != nil {
		return err
	}
	var words struct {
		Words []string `json:"cipher_seed_mnemonic"`
	}
	path := "/v1/genseed?seed_entropy=" + base64.URLEncoding.EncodeToString(seed)
	if err := n.Call(ctx, "GET", path, nil, &words); err != nil {
		return err
	}
	var made struct {
		Macaroon []byte `json:"admin_macaroon"`
	}
	in := map[string]any{"wallet_password": []byte(Password), "cipher_seed_mnemonic": words.Words}
	if err := n.Call(ctx, "POST", "/v1/initwallet", in, &made); err != nil {
		return err
	}
	// From the answer, not from the file, which might be seen half written.
	n.mu.Lock()
	n.macaroon = hex.EncodeToString(made.Macaroon)
	n.mu.Unlock()
	return poll(ctx, n.process(), "know itself", func(ctx context.Context) error {
		if err := n.isState(ctx, stateRPC, stateServer); err != nil {
			return err
		}
		info, err := n.info(ctx)
		n.Pubkey = info.Pubkey
		return err
	})
}

// Unlock opens the wallet after RestartLocked and waits as WaitUsable does.
func (n *Node) Unlock(ctx context.Context) error {
	in := map[string]any{"wallet_password": []byte(Password)}
	if err := n.Call(ctx, "POST", "/v1/unlockwallet", in, nil); err != nil {
		return err
	}
	if err := n.waitSynced(ctx, 0); err != nil {
		return err
	}
	n.setUsable()
	return n.WaitUsable(ctx)
}

type nodeInfo struct {
	Pubkey string `json:"identity_pubkey"`
	Synced bool   `json:"synced_to_chain"`
	Height int    `json:"block_height"`
}

func (n *Node) info(ctx context.Context) (info nodeInfo, err error) {
	return info, n.Call(ctx, "GET", "/v1/getinfo", nil, &info)
}

// waitSynced asks for SERVER_ACTIVE as well: before that lnd takes a payment
// and fails it at once.
func (n *Node) waitSynced(ctx context.Context, height int) error {
	return poll(ctx, n.process(), "sync", func(ctx context.Context) error {
		if err := n.isState(ctx, stateServer); err != nil {
			return err
		}
		info, err := n.info(ctx)
		if err != nil {
			return err
		}
		if !info.Synced || info.Height < height {
			return fmt.Errorf("height %d of %d, synced: %t", info.Height, height, info.Synced)
		}
		return nil
	})
}

// checkMiningAddress makes sure that the mined coins are alice's.
func (n *Node) checkMiningAddress(ctx context.Context) error {
	var answer struct{ Address string }
	if err := n.Call(ctx, "GET", "/v1/newaddress?type=WITNESS_PUBKEY_HASH", nil, &answer); err != nil {
		return err
	}
	if answer.Address != miningAddr {
		return errors.New("the first address of alice is " + answer.Address + ", but btcd mines to " + miningAddr)
	}
	return nil
}
