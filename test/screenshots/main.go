// Command screenshots opens the window with the golden pages of package ask and
// writes pictures of it for the manual; from the folder of go.mod:
//
//	go run ./test/screenshots doc/screenshots
//
// Names after the folder choose pictures. It needs qpay-dialog and the packages
// of test/desktop.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"qpay/internal/screen"
	"qpay/test/atspi"
	"qpay/test/desktop"
	"qpay/test/dialog"
)

// picture is one file: a page, and what is done before the picture is taken.
type picture struct {
	name  string
	dark  bool
	page  string        // the golden file, without .json
	left  time.Duration // until the invoice expires
	until string        // the name of the button to wait for
	grey  bool          // wait for it to be grey, not sensitive
	typed string
}

// pages are the golden files of package ask, so that the pictures show what
// qpay-server says.
const pages = "internal/server/ask/testdata"

const (
	quarter = 14*time.Minute + 35*time.Second
	soon    = 44 * time.Second
)

var pictures = []picture{
	{name: "loading", page: "loading", until: "Cancel"},
	{name: "ask", page: "ask-website", left: quarter, until: "Pay"},
	{name: "ask-dark", dark: true, page: "ask-website", left: quarter, until: "Pay"},
	{name: "ask-waiting", page: "ask", left: quarter, until: "Pay", grey: true},
	{name: "ask-amount", page: "ask-amount", left: quarter, until: "Pay 12 350", typed: "12350"},
	{name: "ask-amount-dark", dark: true, page: "ask-amount", left: quarter, until: "Pay", grey: true},
	{name: "ask-amount-wrong", page: "ask-amount", left: quarter, until: "Pay", grey: true, typed: "1,000"},
	{name: "ask-hostile", page: "ask-hostile", left: soon, until: "Pay"},
	{name: "ask-hostile-dark", dark: true, page: "ask-hostile", left: soon, until: "Pay"},
	{name: "ask-long", page: "ask-long", left: quarter, until: "Pay"},
	{name: "ask-doubt", page: "ask-doubt", left: quarter, until: "Pay"},
	{name: "ask-hash", page: "ask-hash", left: quarter, until: "Pay"},
	{name: "ask-verified", page: "ask-verified", left: quarter, until: "Pay"},
	{name: "ask-claimed", page: "ask-claimed", left: quarter, until: "Pay"},
	{name: "ask-trick", page: "ask-trick", left: quarter, until: "Pay"},
	{name: "ask-expired", page: "ask", left: time.Second, until: "Expired", grey: true},
	{name: "ask-expired-dark", dark: true, page: "ask", left: time.Second, until: "Expired", grey: true},
	{name: "trouble", page: "trouble", until: "Try again"},
	{name: "paying", page: "paying", until: "Close"},
	{name: "paying-dark", dark: true, page: "paying", until: "Close"},
	{name: "under-way", page: "under-way", until: "Close"},
	{name: "unknown", page: "unknown", until: "Close"},
	{name: "paid", page: "paid", until: "Close"},
	{name: "paid-dark", dark: true, page: "paid", until: "Close"},
	{name: "failed", page: "failed", until: "Close"},
	{name: "failed-dark", dark: true, page: "failed", until: "Close"},
	{name: "already-paid", page: "already-paid", until: "Close"},
	{name: "expired", page: "expired", until: "Close"},
	{name: "wrong", page: "wrong", until: "Close"},
	{name: "mismatch", page: "mismatch", until: "Close"},
	{name: "invoice", page: "invoice", until: "Request 12 350 sat"},
	{name: "invoice-bounds", page: "invoice-bounds", until: "Request", grey: true},
	{name: "invoice-any", page: "invoice-any", until: "Request"},
	{name: "invoice-withdraw", page: "invoice-withdraw", until: "Request", grey: true},
	{name: "invoice-made", page: "invoice-made", until: "Close"},
	{name: "sign", page: "sign", until: "Sign"},
	{name: "sign-long", page: "sign-long", until: "Sign"},
	{name: "signed", page: "signed", until: "Close"},
	{name: "keysend", page: "keysend-data", until: "Pay 12 350 sat"},
	{name: "history", page: "history", until: "Close"},
	{name: "history-dark", dark: true, page: "history", until: "Close"},
	{name: "keysend-again", page: "keysend-again", until: "Pay 12 350 sat"},
}

// read makes a page of a golden file, with times that are about now.
func (p picture) read() (page screen.Page, err error) {
	text, err := os.ReadFile(filepath.Join(pages, p.page+".json"))
	if err == nil {
		err = json.Unmarshal(text, &page)
	}
	page.Expires = 0
	if p.left != 0 {
		page.Expires = time.Now().Add(p.left).UnixMilli()
	}
	if page.Since != 0 {
		page.Since = time.Now().Add(-12 * time.Second).UnixMilli()
	}
	return page, err
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: screenshots FOLDER [NAME...]")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "screenshots: error:", err)
		os.Exit(1)
	}
}

func run(folder string, names []string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	for _, dark := range []bool{false, true} {
		if err := theme(ctx, dark, folder, names); err != nil {
			return err
		}
	}
	return nil
}

func theme(ctx context.Context, dark bool, folder string, names []string) error {
	d, err := desktop.Start(ctx, desktop.Options{Dark: dark})
	if err != nil {
		return err
	}
	defer d.Stop()
	bus, err := atspi.Connect(ctx, d.Env())
	if err != nil {
		return err
	}
	defer bus.Close()
	for _, p := range pictures {
		if p.dark != dark || len(names) > 0 && !slices.Contains(names, p.name) {
			continue
		}
		if err := p.take(ctx, d, bus, filepath.Join(folder, p.name+".png")); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		fmt.Println(p.name)
	}
	return nil
}

func (p picture) take(ctx context.Context, d *desktop.Desktop, bus *atspi.Bus, file string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	w, err := dialog.Open(d)
	if err != nil {
		return err
	}
	defer w.Close()
	page, err := p.read()
	if err != nil {
		return err
	}
	if _, err := w.Show(page); err != nil {
		return err
	}
	tree, err := w.Tree(ctx, bus)
	if err != nil {
		return err
	}
	if p.typed != "" {
		if err := tree.SetText(ctx, "Amount in satoshi", p.typed); err != nil {
			return err
		}
	}
	if _, err := tree.WaitButton(ctx, p.until, !p.grey); err != nil {
		return err
	}
	id, err := d.Window(ctx, dialog.Title)
	if err != nil {
		return err
	}
	time.Sleep(300 * time.Millisecond) // the last frame must have been drawn
	return d.ScreenshotWindow(ctx, id, file)
}
