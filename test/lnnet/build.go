package lnnet

import (
	"context"
	"fmt"
)

// Capacities in satoshi. alice gives bob some, so that he can pay, too.
const (
	aliceFunds = 5_000_000
	alicePush  = 1_000_000
	bobGets    = 10_000_000 // on chain, for his own channel
	bobFunds   = 4_000_000
)

// build is the whole way from nothing to a network that pays.
func (n *Net) build(ctx context.Context, nodes int) error {
	n.log("starting btcd")
	if _, err := n.startChain(ctx); err != nil {
		return err
	}
	fields := []**Node{&n.Alice, &n.Bob, &n.Carol}[:nodes]
	jobs := []func(context.Context) error{
		func(ctx context.Context) error { return n.chain.generate(ctx, segwitBlocks) },
	}
	for i, name := range []string{"alice", "bob", "carol"}[:nodes] {
		node, err := n.newNode(name)
		if err != nil {
			return err
		}
		*fields[i] = node
		jobs = append(jobs, node.create)
	}
	n.log("mining %d blocks, starting %d lnd", segwitBlocks, nodes)
	if err := together(ctx, jobs...); err != nil {
		return err
	}
	if err := n.fund(ctx); err != nil {
		return err
	}
	if err := n.connectAll(ctx); err != nil {
		return err
	}
	for _, node := range n.Nodes() {
		node.setUsable()
	}
	n.log("waiting for channels and fees to be known")
	if err := n.eachNode(ctx, (*Node).WaitUsable); err != nil {
		return err
	}
	n.log("ready")
	return nil
}

func (n *Node) create(ctx context.Context) error {
	if err := n.start(ctx, stateNoWallet); err != nil {
		return err
	}
	if err := n.createWallet(ctx); err != nil {
		return err
	}
	n.net.log("%s has a wallet", n.Name)
	return nil
}

func (n *Net) fund(ctx context.Context) error {
	if err := n.Alice.checkMiningAddress(ctx); err != nil {
		return err
	}
	n.log("mining %d blocks for alice", ripeBlocks)
	if err := n.chain.generate(ctx, ripeBlocks); err != nil {
		return err
	}
	return n.eachNode(ctx, func(node *Node, ctx context.Context) error {
		return node.waitSynced(ctx, segwitBlocks+ripeBlocks)
	})
}

func (n *Net) connectAll(ctx context.Context) error {
	n.log("opening a channel from alice to bob")
	if err := n.openChannel(ctx, n.Alice, n.Bob, aliceFunds, alicePush); err != nil {
		return err
	}
	if n.Carol != nil {
		if err := n.fundBob(ctx); err != nil {
			return err
		}
		n.log("opening a channel from bob to carol")
		if err := n.openChannel(ctx, n.Bob, n.Carol, bobFunds, 0); err != nil {
			return err
		}
	}
	if err := n.chain.waitMempool(ctx, 1); err != nil {
		return err
	}
	return n.chain.generate(ctx, 6) // from six on a channel is announced
}

// fundBob sends him coins of alice and confirms them, with her channel.
func (n *Net) fundBob(ctx context.Context) error {
	var answer struct{ Address string }
	if err := n.Bob.Call(ctx, "GET", "/v1/newaddress?type=WITNESS_PUBKEY_HASH", nil, &answer); err != nil {
		return err
	}
	in := map[string]any{"addr": answer.Address, "amount": fmt.Sprint(bobGets), "sat_per_vbyte": "2"}
	if err := n.Alice.Call(ctx, "POST", "/v1/transactions", in, nil); err != nil {
		return err
	}
	if err := n.chain.waitMempool(ctx, 2); err != nil {
		return err
	}
	return n.chain.generate(ctx, 1)
}

// AddNode starts one more lnd: it has a wallet and is in step with the chain,
// but knows nobody and has no channel. Its name has one to six small letters.
func (n *Net) AddNode(ctx context.Context, name string) (*Node, error) {
	if _, err := entropy(name); err != nil {
		return nil, fmt.Errorf("lnnet: %w", err)
	}
	for _, node := range n.Nodes() {
		if node.Name == name {
			return nil, fmt.Errorf("lnnet: there is a node %s already", name)
		}
	}
	node, err := n.newNode(name)
	if err != nil {
		return nil, fmt.Errorf("lnnet: %w", err)
	}
	if err := node.create(ctx); err != nil {
		return nil, fmt.Errorf("lnnet: %w", err)
	}
	if err := node.waitSynced(ctx, segwitBlocks+ripeBlocks); err != nil {
		return nil, fmt.Errorf("lnnet: %w", err)
	}
	node.setUsable()
	return node, nil
}

func (n *Net) eachNode(ctx context.Context, do func(*Node, context.Context) error) error {
	var jobs []func(context.Context) error
	for _, node := range n.Nodes() {
		jobs = append(jobs, func(ctx context.Context) error { return do(node, ctx) })
	}
	return together(ctx, jobs...)
}
