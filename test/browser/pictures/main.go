// Command pictures takes pictures of the extension's windows for the manual,
// from the folder of go.mod:
//
//	go run ./test/browser/pictures doc/screenshots
//
// Names after the folder choose pictures.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"qpay/test/browser"
	"qpay/test/browser/client"
	"qpay/test/browser/page"
	"qpay/test/desktop"
	"qpay/test/world"
)

// shops ask; of some windows a picture is taken.
var shops = []struct{ name, file string }{
	{"shop.example", "extension-consent"}, {"news.example", ""},
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: pictures FOLDER [NAME...]")
		os.Exit(2)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 6*time.Minute)
	defer cancel()
	for _, dark := range []bool{false, true} {
		if err := take(ctx, album{os.Args[1], dark, os.Args[2:]}); err != nil {
			fmt.Fprintln(os.Stderr, "pictures: error:", err)
			os.Exit(1)
		}
	}
}

// album is where pictures go, and which.
type album struct {
	folder string
	dark   bool
	names  []string
}

func take(ctx context.Context, a album) error {
	w, err := world.Start(ctx, world.Options{Nodes: 2})
	if err != nil {
		return err
	}
	defer w.Stop()
	pages := page.NewServer()
	defer pages.Close()
	own, err := client.Extension(browser.Chromium)
	if err != nil {
		return err
	}
	// In Chromium a name can stand for this machine with the usual port.
	args := []string{"--host-resolver-rules=MAP *.example " + pages.SecureAddress()}
	if a.dark {
		args = append(args, "--force-dark-mode")
	}
	c, err := client.Start(ctx, client.Options{
		Kind: browser.Chromium, World: w, Pages: pages, Extensions: []string{own}, Args: args, Screen: desktop.Options{Dark: a.dark},
	})
	if err != nil {
		return err
	}
	defer c.Close()
	return visit(ctx, c, a)
}

// visit has the shops ask in turn, and looks at the options last.
func visit(ctx context.Context, c *client.Client, a album) error {
	var options string
	for _, shop := range shops {
		p := c.Pages.New("", "<h1>A shop</h1>")
		if err := c.Visit(ctx, "https://"+shop.name, p); err != nil {
			return err
		}
		p.Start("await webln.enable()")
		if err := c.Consent(ctx); err != nil {
			return err
		}
		if shop.file != "" {
			if err := a.picture(ctx, c.Screen, "qpay: https://"+shop.name+".*", shop.file); err != nil {
				return err
			}
		}
		url, err := c.URL(ctx)
		if err != nil {
			return err
		}
		if err := errors.Join(c.Press(ctx, client.Allow), c.NoConsent(ctx)); err != nil {
			return err
		}
		options = strings.Replace(url, "consent.html", "options.html", 1)
	}
	if err := c.Open(ctx, options); err != nil {
		return err
	}
	if err := a.picture(ctx, c.Screen, ".*qpay.*", "extension-options"); err != nil {
		return err
	}
	p := c.Pages.New("", "<a href='lightning:nonsense' style='position: absolute; inset: 0'>a link</a>")
	if err := errors.Join(c.Visit(ctx, "https://shop.example", p), c.Click(ctx, 50, 50, browser.LeftButton), c.Consent(ctx)); err != nil {
		return err
	}
	return a.picture(ctx, c.Screen, "qpay.*", "extension-notice")
}

func (a album) picture(ctx context.Context, screen *desktop.Desktop, title, name string) error {
	if a.dark {
		name += "-dark"
	}
	if len(a.names) > 0 && !slices.Contains(a.names, name) {
		return nil
	}
	id, err := screen.Window(ctx, title)
	if err != nil {
		return err
	}
	if err := screen.Focus(ctx, id); err != nil {
		return err
	}
	time.Sleep(1500 * time.Millisecond) // the last frame must have been drawn, and Allow be armed again
	fmt.Println(name)
	return screen.ScreenshotWindow(ctx, id, filepath.Join(a.folder, name+".png"))
}
