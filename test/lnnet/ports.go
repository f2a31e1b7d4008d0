package lnnet

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
)

// Ports are taken from below 32768, where Linux begins to hand out ports for
// outgoing connections. A port from the kernel (":0") would lie above, and while
// a node is down a stranger's connection could take it, so that the node could
// not come back to its address; a client could even connect to itself there.
const (
	firstPort  = 20000
	lastPort   = 28000
	blockPorts = 32    // one network: a claim, two for btcd, three for each lnd
	firstCut   = 28000 // single ports for Cut
	lastCut    = 32000
	portTries  = 200
)

// ports is a block that belongs to one network. Its first port is listened on
// for as long as the network lives: the kernel then keeps two networks apart,
// also those of test binaries that run at the same time.
type ports struct {
	claim net.Listener
	next  int
	end   int
}

func claimPorts() (*ports, error) {
	for range portTries {
		base := firstPort + blockPorts*rand.IntN((lastPort-firstPort)/blockPorts)
		claim, err := net.Listen("tcp4", loopback(base))
		if err != nil {
			continue // another network's
		}
		return &ports{claim: claim, next: base + 1, end: base + blockPorts}, nil
	}
	return nil, errors.New("no free block of ports")
}

// addr is the next address of the block that nobody listens on.
func (p *ports) addr() (string, error) {
	for p.next < p.end {
		addr := loopback(p.next)
		p.next++
		probe, err := net.Listen("tcp4", addr)
		if err != nil {
			continue
		}
		return addr, probe.Close()
	}
	return "", errors.New("the network's block of ports is used up")
}

func (p *ports) release() error {
	if err := p.claim.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// listenLow listens on a random port below those of outgoing connections.
func listenLow() (net.Listener, error) {
	var last error
	for range portTries {
		l, err := net.Listen("tcp4", loopback(firstCut+rand.IntN(lastCut-firstCut)))
		if err == nil {
			return l, nil
		}
		last = err
	}
	return nil, fmt.Errorf("no free port: %w", last)
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
