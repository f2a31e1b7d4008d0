package lnnet

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// openChannel connects two nodes and opens a channel, which then waits in the
// mempool. It is tried again until the wallets are in step with the chain.
func (n *Net) openChannel(ctx context.Context, from, to *Node, sat, push int) error {
	if err := from.connect(ctx, to); err != nil {
		return err
	}
	key, err := hex.DecodeString(to.Pubkey)
	if err != nil {
		return err
	}
	in := map[string]any{
		"node_pubkey": key, "local_funding_amount": fmt.Sprint(sat),
		"push_sat": fmt.Sprint(push), "sat_per_vbyte": "2",
	}
	n.links = append(n.links, link{from, to})
	// Under the whole context: an attempt that was given up might still open a
	// channel, and the next one a second.
	return poll(ctx, from.process(), "open a channel to "+to.Name, func(context.Context) error {
		return from.Call(ctx, "POST", "/v1/channels", in, nil)
	})
}

// connect makes one node a peer of another and waits until it says so.
func (n *Node) connect(ctx context.Context, to *Node) error {
	in := map[string]any{"addr": map[string]string{"pubkey": to.Pubkey, "host": to.PeerAddr}}
	return poll(ctx, n.process(), "connect to "+to.Name, func(ctx context.Context) error {
		if n.hasPeer(ctx, to) == nil {
			return nil
		}
		err := n.Call(ctx, "POST", "/v1/peers", in, nil)
		if err != nil && !strings.Contains(err.Error(), "already connected") {
			return err
		}
		return n.hasPeer(ctx, to)
	})
}

func (n *Node) hasPeer(ctx context.Context, to *Node) error {
	var answer struct {
		Peers []struct {
			Pubkey string `json:"pub_key"`
		}
	}
	if err := n.Call(ctx, "GET", "/v1/peers", nil, &answer); err != nil {
		return err
	}
	for _, peer := range answer.Peers {
		if peer.Pubkey == to.Pubkey {
			return nil
		}
	}
	return errors.New("not a peer yet")
}

// WaitUsable waits until this node can pay and be paid: it is in step with the
// chain, each of its channels to a node that is up is active at both ends, and
// it knows the fees of all channels. "Active" alone is not enough: payments sent
// before the fees are known fail with INSUFFICIENT_BALANCE. At last it calls
// ForgetFailures.
func (n *Node) WaitUsable(ctx context.Context) error {
	if err := n.waitSynced(ctx, 0); err != nil {
		return err
	}
	for _, peer := range n.peersUp() {
		if err := n.connect(ctx, peer); err != nil {
			return err
		}
		for _, ends := range [][2]*Node{{n, peer}, {peer, n}} {
			if err := ends[0].waitActive(ctx, ends[1]); err != nil {
				return err
			}
		}
	}
	if err := n.waitGraph(ctx); err != nil {
		return err
	}
	return n.net.ForgetFailures(ctx)
}

// ForgetFailures makes every node that is up forget which routes failed. lnd
// avoids them for an hour, so that a payment to a node which was away fails
// with NO_ROUTE long after it came back.
func (n *Net) ForgetFailures(ctx context.Context) error {
	return n.eachNode(ctx, func(node *Node, ctx context.Context) error {
		if !node.isUsable() {
			return nil
		}
		return node.Call(ctx, "POST", "/v2/router/mc/reset", struct{}{}, nil)
	})
}

// peersUp are the other ends of this node's channels that can be expected to
// answer.
func (n *Node) peersUp() []*Node {
	var up []*Node
	for _, l := range n.net.links {
		other := l.to
		if l.to == n {
			other = l.from
		} else if l.from != n {
			continue
		}
		if other.isUsable() {
			up = append(up, other)
		}
	}
	return up
}

func (n *Node) waitActive(ctx context.Context, peer *Node) error {
	return poll(ctx, n.process(), "channel to "+peer.Name, func(ctx context.Context) error {
		var answer struct {
			Channels []struct {
				Peer string `json:"remote_pubkey"`
			}
		}
		if err := n.Call(ctx, "GET", "/v1/channels?active_only=true", nil, &answer); err != nil {
			return err
		}
		for _, channel := range answer.Channels {
			if channel.Peer == peer.Pubkey {
				return nil
			}
		}
		return errors.New("not active yet")
	})
}

func (n *Node) waitGraph(ctx context.Context) error {
	if len(n.peersUp()) == 0 {
		return nil // nobody tells it
	}
	type policy *struct{}
	return poll(ctx, n.process(), "know all fees", func(ctx context.Context) error {
		var answer struct {
			Edges []struct {
				One policy `json:"node1_policy"`
				Two policy `json:"node2_policy"`
			}
		}
		if err := n.Call(ctx, "GET", "/v1/graph", nil, &answer); err != nil {
			return err
		}
		known := 0
		for _, edge := range answer.Edges {
			if edge.One != nil && edge.Two != nil {
				known++
			}
		}
		if known < len(n.net.links) {
			return fmt.Errorf("%d channels of %d", known, len(n.net.links))
		}
		return nil
	})
}
