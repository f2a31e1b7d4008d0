package lnnet

import (
	"fmt"
	"net"
	"sync"
)

// Cut is a line to a node that a test can cut or stall, a TCP proxy on
// 127.0.0.1. A node's certificate is good for it, too.
type Cut struct {
	target, addr string
	wg           sync.WaitGroup

	mu     sync.Mutex
	listen net.Listener      // nil while the line is cut
	conns  map[net.Conn]bool // both sides of what it carries
	flow   chan struct{}     // closed while bytes may pass
}

// NewCut starts a proxy to the address host:port. The line is whole at first.
func NewCut(target string) (*Cut, error) {
	l, err := listenLow()
	if err != nil {
		return nil, fmt.Errorf("lnnet: cut: %w", err)
	}
	c := &Cut{target: target, addr: l.Addr().String(), conns: map[net.Conn]bool{}, flow: make(chan struct{})}
	close(c.flow)
	c.serve(l)
	return c, nil
}

// Addr is where to connect to instead of the node. It never changes.
func (c *Cut) Addr() string { return c.addr }

// Cut resets all connections and has new ones refused.
func (c *Cut) Cut() {
	c.mu.Lock()
	if c.listen != nil {
		c.listen.Close()
		c.listen = nil
	}
	for conn := range c.conns {
		abort(conn)
	}
	c.open() // what waits in a stall finds its connection closed
	c.mu.Unlock()
	c.wg.Wait()
}

// Stall lets connections stand and be made, but carries no more bytes.
func (c *Cut) Stall() {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.flow:
		c.flow = make(chan struct{})
	default: // stalled already
	}
}

// Heal ends Cut and Stall. Bytes that were stalled arrive late.
func (c *Cut) Heal() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open()
	if c.listen != nil {
		return nil
	}
	l, err := net.Listen("tcp4", c.addr)
	if err != nil {
		return fmt.Errorf("lnnet: heal: %w", err)
	}
	c.serve(l)
	return nil
}

// Close ends the proxy.
func (c *Cut) Close() { c.Cut() }

// open lets bytes pass; mu is held.
func (c *Cut) open() {
	select {
	case <-c.flow:
	default:
		close(c.flow)
	}
}

// wait returns when bytes may pass.
func (c *Cut) wait() {
	c.mu.Lock()
	flow := c.flow
	c.mu.Unlock()
	<-flow
}

// serve accepts until the listener is closed; mu is held or not needed yet.
func (c *Cut) serve(l net.Listener) {
	c.listen = l
	c.wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if c.add(conn, l) {
				c.wg.Go(func() { c.carry(conn, l) })
			}
		}
	})
}

// add takes a connection on, unless the line it came by has been cut.
func (c *Cut) add(conn net.Conn, by net.Listener) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.listen != by {
		abort(conn)
		return false
	}
	c.conns[conn] = true
	return true
}

func (c *Cut) drop(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.conns, conn)
	conn.Close()
}

func (c *Cut) carry(in net.Conn, by net.Listener) {
	defer c.drop(in)
	c.wait()
	out, err := net.Dial("tcp4", c.target)
	if err != nil || !c.add(out, by) {
		return
	}
	defer c.drop(out)
	back := make(chan struct{})
	go func() {
		defer close(back)
		c.copy(in, out)
	}()
	c.copy(out, in)
	<-back
}

// copy carries one direction. When it ends the other one does, too: TLS has no
// use for a line that is open in one direction.
func (c *Cut) copy(to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			c.wait()
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return // io.EOF, or the line was cut
		}
	}
}

// abort closes with a reset, so that the other side knows at once.
func abort(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	conn.Close()
}
