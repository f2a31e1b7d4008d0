package lnnet

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"sync"
)

// Node is one lnd. Its addresses and paths stay the same over its restarts.
type Node struct {
	Name          string
	GRPCAddr      string // host:port on 127.0.0.1, as RESTAddr and PeerAddr
	RESTAddr      string
	PeerAddr      string // where other nodes connect to
	Dir           string
	TLSCert       string // path of the certificate, PEM
	AdminMacaroon string // path of the macaroon that may do everything
	Pubkey        string // hex

	net *Net

	mu       sync.Mutex
	proc     *process
	usable   bool // started, unlocked and not hung, so its channels can be active
	http     *http.Client
	macaroon string // hex; empty until the wallet exists
}

// newNode reserves addresses and does not start anything.
func (n *Net) newNode(name string) (*Node, error) {
	dir := filepath.Join(n.Dir, name)
	node := &Node{
		Name: name, Dir: dir, net: n,
		TLSCert:       filepath.Join(dir, "tls.cert"),
		AdminMacaroon: filepath.Join(dir, "data", "chain", "bitcoin", "simnet", "admin.macaroon"),
	}
	for _, addr := range []*string{&node.GRPCAddr, &node.RESTAddr, &node.PeerAddr} {
		var err error
		if *addr, err = n.ports.addr(); err != nil {
			return nil, err
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.nodes = append(n.nodes, node)
	return node, nil
}

func (n *Node) args() []string {
	c := n.net.chain
	return []string{
		"--lnddir=" + n.Dir, "--alias=" + n.Name, "--debuglevel=info",
		"--bitcoin.simnet", "--bitcoin.node=btcd", "--btcd.rpchost=" + c.rpc,
		"--btcd.rpcuser=" + rpcUser, "--btcd.rpcpass=" + rpcPass, "--btcd.rpccert=" + c.cert,
		"--rpclisten=" + n.GRPCAddr, "--restlisten=" + n.RESTAddr, "--listen=" + n.PeerAddr,
		"--nobootstrap", "--bitcoin.defaultchanconfs=1", "--maxpendingchannels=5",
		fmt.Sprintf("--bitcoin.basefee=%d", n.net.Fees.BaseMsat),
		fmt.Sprintf("--bitcoin.feerate=%d", n.net.Fees.PPM),
		// All that lnd batches or puts off, it does at once; a peer that was
		// away is looked for again soon.
		"--trickledelay=50", "--gossip.sub-batch-delay=5ms", "--db.batch-commit-interval=10ms",
		"--caches.rpc-graph-cache-duration=100ms", "--minbackoff=200ms", "--maxbackoff=1s",
		// What a real node may have switched on and qpay must cope with.
		"--accept-keysend", "--accept-amp", "--rpcmiddleware.enable",
		"--keep-failed-payment-attempts",
	}
}

// start runs lnd until its REST answers with the state that is wanted: a new
// node has no wallet (NON_EXISTING), an old one is LOCKED.
func (n *Node) start(ctx context.Context, want string) error {
	if p := n.process(); p != nil && !p.ended() {
		return fmt.Errorf("%s is running already", n.Name)
	}
	p, err := n.net.procs.run(n.Dir, n.Name, n.net.tools.lnd, n.args()...)
	if err != nil {
		return err
	}
	n.mu.Lock()
	n.proc = p
	n.mu.Unlock()
	return poll(ctx, p, "come up", func(ctx context.Context) error {
		client, err := pinnedClient(n.TLSCert)
		if err != nil {
			return err
		}
		n.mu.Lock()
		n.http = client
		n.mu.Unlock()
		return n.isState(ctx, want)
	})
}

// Stop ends the node in good order (SIGINT) and waits for it. If it is still
// there after 15 seconds, or when the context ends, it is killed, which is an error.
func (n *Node) Stop(ctx context.Context) error {
	return n.end(func(p *process) error { return p.interrupt(ctx) })
}

// Kill ends the node as a crash would (SIGKILL) and waits for it.
func (n *Node) Kill() error { return n.end((*process).kill) }

func (n *Node) end(how func(*process) error) error {
	p := n.process()
	if p == nil {
		return nil
	}
	err := how(p)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.usable = false
	if n.http != nil {
		n.http.CloseIdleConnections() // a later call must not try a dead one
	}
	return err
}

// Hang freezes the node (SIGSTOP): connections are accepted by the kernel and
// nothing answers. It returns when the node has stopped.
func (n *Node) Hang() error {
	return n.thaw(false, (*process).hang)
}

// Resume ends Hang. Peers that gave up meanwhile come back by themselves;
// WaitUsable waits for that.
func (n *Node) Resume() error {
	return n.thaw(true, (*process).resume)
}

func (n *Node) thaw(usable bool, do func(*process) error) error {
	p := n.process()
	if p == nil || p.ended() {
		return fmt.Errorf("%s is not running", n.Name)
	}
	if err := do(p); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.usable = usable
	return nil
}

// Running says whether the process is there; it may be locked or hang.
func (n *Node) Running() bool {
	p := n.process()
	return p != nil && !p.ended()
}

// Restart stops the node if it runs and starts it at the same addresses with
// the same folder. It returns when the node is usable as WaitUsable says.
func (n *Node) Restart(ctx context.Context) error {
	if err := n.RestartLocked(ctx); err != nil {
		return err
	}
	return n.Unlock(ctx)
}

// RestartLocked is Restart that leaves the wallet locked.
func (n *Node) RestartLocked(ctx context.Context) error {
	if n.Pubkey == "" {
		return errors.New(n.Name + " has no wallet yet")
	}
	if err := n.Stop(ctx); err != nil {
		return err
	}
	return n.start(ctx, stateLocked)
}

func (n *Node) process() *process {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.proc
}

func (n *Node) access() (*http.Client, string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.http, n.macaroon
}

func (n *Node) isUsable() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.usable
}

func (n *Node) setUsable() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.usable = true
}
