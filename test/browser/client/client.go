// Package client is a qube with a browser in it, for tests: the real extension
// and the real native host, in the environment of a simulated qube, on a screen
// of its own beside lightningvm's.
package client

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"qpay/test/browser"
	"qpay/test/browser/page"
	"qpay/test/desktop"
	"qpay/test/world"
)

// Qube is where the browsers run.
const Qube = "personal"

// Client is one browser, running.
type Client struct {
	*browser.Browser
	Pages  *page.Server
	Screen *desktop.Desktop
	World  *world.World
	Host   string // the native messaging manifest

	dir string
	tab string // where pages are opened
}

// Options of a client.
type Options struct {
	Kind  browser.Kind
	World *world.World
	Pages *page.Server
	Names []string // more names of this machine
	// Extensions are folders; Start does not add ours.
	Extensions []string
	Args       []string // more arguments of the browser
	Env        []string // more of its environment
	Screen     desktop.Options
}

// Start starts a browser.
func Start(ctx context.Context, o Options) (c *Client, err error) {
	c = &Client{Pages: o.Pages, World: o.World}
	defer func() {
		if err != nil {
			c.Close()
			c = nil
		}
	}()
	if c.dir, err = os.MkdirTemp("", "qpay-"+string(o.Kind)); err != nil {
		return c, err
	}
	if c.Screen, err = desktop.Start(ctx, o.Screen); err != nil {
		return c, err
	}
	env := append(Environment(o.World, c.Screen), o.Env...)
	options := browser.Options{Kind: o.Kind, Env: env, Dir: c.dir, Names: o.Names, Extensions: o.Extensions, Args: o.Args}
	folder := filepath.Join(options.ChromiumProfile(), "NativeMessagingHosts")
	if o.Kind == browser.Firefox {
		folder = filepath.Join(o.World.Qubes.QubeDir(Qube), "home", ".mozilla", "native-messaging-hosts")
	}
	if c.Host, err = InstallHost(o.Kind, folder, o.World.Bin); err != nil {
		return c, err
	}
	if c.Browser, err = browser.Start(ctx, options); err != nil {
		return c, err
	}
	c.tab, err = c.Window(ctx)
	return c, err
}

// Environment is that of a program in the qube, on a screen of its own.
func Environment(w *world.World, screen *desktop.Desktop) []string {
	env := w.Qubes.Env(Qube)
	for _, kv := range screen.Env() {
		if key, _, _ := strings.Cut(kv, "="); key == "DISPLAY" || key == "DBUS_SESSION_BUS_ADDRESS" {
			env = append(env, kv)
		}
	}
	return env
}

// Close ends it.
func (c *Client) Close() {
	if c.Browser != nil {
		c.Browser.Close()
	}
	if c.Screen != nil {
		c.Screen.Stop()
	}
	if c.dir != "" {
		os.RemoveAll(c.dir)
	}
}

// Visit opens a page at an origin in the one tab, and closes every other window.
func (c *Client) Visit(ctx context.Context, origin string, p *page.Page) error {
	if err := c.Alone(ctx); err != nil {
		return err
	}
	return c.Open(ctx, origin+p.Path())
}

// Alone closes all windows but the one tab, and makes that the current one.
func (c *Client) Alone(ctx context.Context) error {
	handles, err := c.Windows(ctx)
	for _, h := range handles {
		if h == c.tab {
			continue
		}
		if c.Switch(ctx, h) == nil { // it may close by itself
			_ = c.Shut(ctx)
		}
	}
	return errors.Join(err, c.Switch(ctx, c.tab))
}

// Back makes the tab the current window again.
func (c *Client) Back(ctx context.Context) error { return c.Switch(ctx, c.tab) }

// Own says whether an address is a page of the extension.
func Own(url string) bool {
	return strings.HasPrefix(url, "moz-extension://") || strings.HasPrefix(url, "chrome-extension://")
}

// Consent waits for the extension's window that asks about an origin.
func (c *Client) Consent(ctx context.Context) error {
	_, err := c.WaitWindow(ctx, "a page of the extension", Own)
	return err
}

// NoConsent waits until no window of the extension is left.
func (c *Client) NoConsent(ctx context.Context) error {
	for {
		handles, err := c.Windows(ctx)
		if err != nil {
			return err
		}
		if len(handles) == 1 {
			return c.Back(ctx)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d windows are open: %w", len(handles), ctx.Err())
		case <-time.After(30 * time.Millisecond):
		}
	}
}

// Grant has the page ask, and answers yes with a click in the extension's window.
func (c *Client) Grant(ctx context.Context, p *page.Page) error {
	j := p.Start("return await webln.enable()")
	if err := c.Consent(ctx); err != nil {
		return err
	}
	if err := c.Press(ctx, Allow); err != nil {
		return err
	}
	r, err := j.Wait(ctx)
	if err == nil && r.Error != nil {
		err = errors.New(r.Error.String())
	}
	return errors.Join(err, c.NoConsent(ctx))
}

// The buttons of the consent window. Allow is grey at first.
const (
	Allow  = "#allow:enabled"
	Refuse = "#refuse"
)
