// Package lnnet is a Lightning network for tests and for `make demo`: one btcd
// and two or three lnd on loopback, with real channels, routing fees and hold
// invoices, whose nodes a test can stop, kill, hang, lock and restart.
//
// It is linked into no program that qpay ships, and imports the standard
// library alone: the daemons are separate programs (see Tools), steered through
// btcd's JSON-RPC and lnd's REST.
//
// Three rules hold in the whole package. Everything listens on 127.0.0.1. Only
// processes that were started here are ever signalled, by their handle. Nothing
// sleeps to be right: states are polled until they are there or the context ends.
package lnnet

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// Options say what network to start. The zero value is two nodes in a
// temporary folder with the usual fees.
type Options struct {
	// Nodes is 2 (alice, bob; the default) or 3 (alice, bob, carol).
	Nodes int
	// Dir takes all state and logs. If it is empty or missing it is made, and
	// removed again by Stop; an existing folder must be empty and is kept.
	Dir string
	// Fees is what every node asks for forwarding; zero means DefaultFees.
	Fees Fees
	// Log, if set, hears one line for each step. Steps run at the same time.
	Log func(format string, args ...any)
}

// Fees is what a node asks for forwarding a payment.
type Fees struct {
	BaseMsat uint64 // for each payment, in thousandths of a satoshi
	PPM      uint64 // in millionths of the amount forwarded
}

// DefaultFees costs 101,000 msat for 100,000 sat over one hop.
func DefaultFees() Fees { return Fees{BaseMsat: 1000, PPM: 1000} }

// For is the fee of one hop that forwards so much, rounded down as lnd does.
func (f Fees) For(msat uint64) uint64 { return f.BaseMsat + msat*f.PPM/1_000_000 }

// Net is a running network. Its methods and those of its nodes may be called
// from several goroutines, but for those that start and stop the same node.
type Net struct {
	Alice, Bob *Node
	Carol      *Node // nil in a network of two
	Dir        string
	Fees       Fees

	tools   tools
	log     func(string, ...any)
	madeDir bool
	ports   *ports
	procs   *spawner
	chain   *chain
	links   []link

	mu    sync.Mutex
	nodes []*Node // in the order they were started
}

// link is a channel that the network opened.
type link struct{ from, to *Node }

// Start brings a network up. It returns when payments go through: all channels
// are active and every node knows the fees of every channel. The context bounds
// the start alone, the network then runs until Stop or the end of this process.
// It returns ErrNoTools if the daemons have not been built.
func Start(ctx context.Context, o Options) (*Net, error) {
	n, err := prepare(o)
	if err != nil {
		return nil, fmt.Errorf("lnnet: %w", err)
	}
	if err := n.build(ctx, max(o.Nodes, 2)); err != nil {
		return nil, errors.Join(fmt.Errorf("lnnet: start: %w", err), n.Stop())
	}
	return n, nil
}

func prepare(o Options) (*Net, error) {
	if o.Nodes != 0 && o.Nodes != 2 && o.Nodes != 3 {
		return nil, fmt.Errorf("%d nodes: there are networks of 2 and of 3", o.Nodes)
	}
	n := &Net{Fees: o.Fees, log: o.Log}
	if n.Fees == (Fees{}) {
		n.Fees = DefaultFees()
	}
	if n.log == nil {
		n.log = func(string, ...any) {}
	}
	var err error
	if n.tools, err = findTools(); err != nil {
		return nil, err
	}
	if n.ports, err = claimPorts(); err != nil {
		return nil, err
	}
	if n.Dir, n.madeDir, err = makeDir(o.Dir); err != nil {
		return nil, errors.Join(err, n.ports.release())
	}
	n.procs = newSpawner()
	return n, nil
}

// makeDir refuses a folder with something in it: an older wallet would not
// answer to the fixed seeds, and Stop must not remove what is not its own.
func makeDir(dir string) (path string, made bool, err error) {
	if dir == "" {
		path, err = os.MkdirTemp("", "lnnet-")
		return path, err == nil, err
	}
	if path, err = filepath.Abs(dir); err != nil {
		return "", false, err
	}
	entries, err := os.ReadDir(path)
	if errors.Is(err, os.ErrNotExist) {
		return path, true, os.MkdirAll(path, 0o700)
	}
	if err == nil && len(entries) > 0 {
		err = fmt.Errorf("state folder %s is not empty", path)
	}
	return path, false, err
}

// Nodes are all nodes, in the order they were started.
func (n *Net) Nodes() []*Node {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.nodes)
}

// Mine makes so many blocks. A test may want the time locks of a payment to run
// out; a network that runs for hours needs a block now and then, because lnd
// calls itself unsynced when the newest one is two hours old.
func (n *Net) Mine(ctx context.Context, blocks int) error {
	return n.chain.generate(ctx, blocks)
}

// HangChain stops btcd in its tracks (SIGSTOP): connections stay open and
// nothing answers. lnd's GetInfo then hangs as well.
func (n *Net) HangChain() error { return n.chain.proc.hang() }

// ResumeChain ends HangChain.
func (n *Net) ResumeChain() error { return n.chain.proc.resume() }

// Stop ends everything that was started, newest first, and removes the state
// folder if Start made it. Calling it again does nothing.
func (n *Net) Stop() error {
	var errs []error
	if n.chain != nil {
		// A node that waits for a hung btcd would not hear its own SIGINT.
		errs = append(errs, n.chain.proc.resume())
	}
	nodes := n.Nodes()
	slices.Reverse(nodes)
	for _, node := range nodes {
		errs = append(errs, node.Stop(context.Background()))
	}
	if n.chain != nil {
		errs = append(errs, n.chain.proc.interrupt(context.Background()))
	}
	n.procs.close()
	errs = append(errs, n.ports.release())
	if n.madeDir {
		errs = append(errs, os.RemoveAll(n.Dir))
	}
	return errors.Join(errs...)
}
