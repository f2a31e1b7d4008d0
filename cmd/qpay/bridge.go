package main

import (
	"context"
	"errors"
	"net"
	"os"
	"time"

	"github.com/urfave/cli/v2"

	"qpay/internal/client/bridge"
	"qpay/internal/client/relay"
	"qpay/internal/wire"
)

func bridgeVerb() verb {
	return verb{
		name: "bridge", usage: "serve the same over HTTP on loopback, for programs that cannot start qpay", arguments: "[token]",
		text: `qpay bridge                          listen on 127.0.0.1:9876, until it is stopped
qpay bridge --listen '[::1]:9876'    on another port or loopback address
qpay bridge token                    the token of the bridge that runs

   echo "Authorization: Bearer $(qpay bridge token)" |
   curl http://127.0.0.1:9876/v1/pay -H @- -H 'Content-Type: application/json' \
      -d '{"v":1,"invoice":"lnbc2500u1..."}'

The token is new at each start. Requests of web pages are refused: pages have
window.webln, by the browser extension. doc/bridge.md and GET /v1/openapi.json
describe the rest. To have it started when it is needed, in dom0:
qvm-service QUBE qpay-bridge on, then restart the qube.`,
		max: 1, timeout: askingTakes, services: wire.Services, run: runBridge,
		flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "listen", Usage: "where to listen, `ADDRESS` 127.0.0.1:PORT or [::1]:PORT; may be given twice", DefaultText: bridge.Default},
		},
	}
}

func runBridge(c *call) error {
	switch {
	case len(c.args) == 0:
		return serveBridge(c)
	case c.args[0] != "token":
		return badUsage("qpay bridge, or qpay bridge token", "%q is no command of the bridge", c.args[0])
	}
	token, err := bridge.ReadToken()
	if errors.Is(err, bridge.ErrNoToken) {
		token, err = c.wakeBridge()
	}
	if err != nil {
		c.errorAndHint(err.Error(), "start it with qpay bridge, or with systemctl --user start qpay-bridge")
		return exitError(wire.ExitInternal)
	}
	c.print(struct {
		Token string `json:"token"`
	}{token}, token)
	return nil
}

// wakes is how long systemd may take to start the bridge.
const wakes = 5 * time.Second

// wakeBridge has systemd start the bridge by a connection to its socket, if it
// has one, and waits for the token.
func (c *call) wakeBridge() (string, error) {
	ctx, cancel := context.WithTimeout(c.Context.Context, wakes)
	defer cancel()
	for _, address := range c.addresses() {
		var d net.Dialer
		conn, err := d.DialContext(ctx, "tcp", address)
		if err != nil {
			return "", bridge.ErrNoToken
		}
		defer conn.Close()
	}
	for tick := time.NewTicker(50 * time.Millisecond); ; {
		token, err := bridge.ReadToken()
		if !errors.Is(err, bridge.ErrNoToken) {
			tick.Stop()
			return token, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return "", bridge.ErrNoToken
		}
	}
}

func (c *call) addresses() []string {
	if given := c.StringSlice("listen"); len(given) > 0 {
		return given
	}
	return []string{bridge.Default}
}

func serveBridge(c *call) error {
	listeners, err := c.sockets()
	if err != nil {
		return err
	}
	defer func() {
		for _, l := range listeners {
			l.Close()
		}
	}()
	token, err := bridge.NewToken()
	switch {
	case errors.Is(err, bridge.ErrRunning):
		c.errorAndHint(err.Error(), "use that one: qpay bridge token")
		return exitError(wire.ExitInternal)
	case err != nil:
		c.errorAndHint("the token could not be made: "+err.Error(), "the bridge needs the user's own XDG_RUNTIME_DIR, as a login session has it")
		return exitError(wire.ExitInternal)
	}
	defer token.Remove()
	var urls []string
	for _, l := range listeners {
		urls = append(urls, "http://"+l.Addr().String())
	}
	c.print(struct {
		Listening []string `json:"listening"`
	}{urls}, urls...)
	c.say("the bridge is ready; qpay bridge token prints its token")
	b := bridge.Bridge{Call: relay.Call, Token: token.Text, Timeout: c.timeout, Log: c.terminal.err}
	if err := b.Serve(c.Context.Context, listeners...); err != nil {
		c.errorAndHint("the bridge ended: "+err.Error(), "start it anew")
		return exitError(wire.ExitInternal)
	}
	return nil
}

// sockets are those that systemd passes, else those to listen on.
func (c *call) sockets() (all []net.Listener, err error) {
	all, err = bridge.Passed()
	if err == nil && len(all) > 0 {
		if c.IsSet("listen") {
			err = errors.New("--listen: systemd has opened the sockets already")
		}
		return all, err
	}
	for _, address := range c.addresses() {
		if err != nil {
			break
		}
		var l net.Listener
		if l, err = bridge.Listen(c.Context.Context, address); err == nil {
			all = append(all, l)
		}
	}
	switch {
	case err == nil:
		return all, nil
	case errors.Is(err, bridge.ErrNotLoopback):
		return all, badUsage("for another machine's programs, install qpay there", "--listen: %v", err)
	case errors.Is(err, os.ErrPermission):
		return all, badUsage("ports below 1024 are for root", "--listen: %v", err)
	}
	c.errorAndHint(err.Error(), "another program has the port, or the bridge runs already: qpay bridge token")
	return all, exitError(wire.ExitInternal)
}
