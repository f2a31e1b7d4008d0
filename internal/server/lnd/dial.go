package lnd

import (
	"context"
	"errors"
	"net"
	"time"
)

// lookUpWithin bounds the search for a host's addresses.
const lookUpWithin = 4 * time.Second

// plainTCP makes the one way to the node. A name is looked up here and now,
// since the sandbox that comes later lets nobody ask. MPTCP is off: Landlock's
// rules do not see it, and the sandbox refuses it.
func plainTCP(address string) func(context.Context, string) (net.Conn, error) {
	hosts, port, err := lookUp(address)
	d := &net.Dialer{}
	d.SetMultipathTCP(false)
	return func(ctx context.Context, _ string) (net.Conn, error) {
		failed := err
		for _, host := range hosts {
			conn, e := d.DialContext(ctx, "tcp", net.JoinHostPort(host, port))
			if e == nil {
				return conn, nil
			}
			failed = errors.Join(failed, e)
		}
		return nil, failed
	}
}

func lookUp(address string) (hosts []string, port string, err error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, "", err
	}
	if net.ParseIP(host) != nil {
		return []string{host}, port, nil
	}
	ctx, stop := context.WithTimeout(context.Background(), lookUpWithin)
	defer stop()
	hosts, err = net.DefaultResolver.LookupHost(ctx, host)
	return hosts, port, err
}
