// Command screenshots opens the window with sample pages and writes pictures of
// it for the manual:
//
//	go run ./test/screenshots doc/screenshots
//
// Names after the folder choose pictures. It needs qpay-dialog and the packages
// of test/desktop.
package main

import (
	"context"
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
	page  func() screen.Page
	left  time.Duration // until the invoice expires
	until string        // the name of the button to wait for
	grey  bool          // wait for it to be grey, not sensitive
	typed string
}

var pictures = []picture{
	{name: "loading", page: dialog.LoadingPage, until: "Cancel"},
	{name: "ask-waiting", page: dialog.AskPage, left: 14*time.Minute + 35*time.Second, until: "Pay", grey: true},
	{name: "ask", page: dialog.AskPage, left: 14*time.Minute + 35*time.Second, until: "Pay"},
	{name: "ask-dark", dark: true, page: dialog.AskPage, left: 14*time.Minute + 35*time.Second, until: "Pay"},
	{name: "warning", page: dialog.WarningPage, left: 44 * time.Second, until: "Pay"},
	{name: "warning-dark", dark: true, page: dialog.WarningPage, left: 44 * time.Second, until: "Pay"},
	{name: "amount", page: dialog.AmountPage, left: 52 * time.Minute, until: "Pay 12 350", typed: "12350"},
	{name: "amount-wrong", page: dialog.AmountPage, left: 52 * time.Minute, until: "Pay", grey: true, typed: "1,000"},
	{name: "amount-dark", dark: true, page: dialog.AmountPage, left: 52 * time.Minute, until: "Pay", grey: true},
	{name: "long", page: dialog.FloodPage, left: 50 * time.Hour, until: "Pay"},
	{name: "expired", page: dialog.AskPage, left: time.Second, until: "Expired", grey: true},
	{name: "expired-dark", dark: true, page: dialog.AskPage, left: time.Second, until: "Expired", grey: true},
	{name: "trouble", page: dialog.TroublePage, until: "Try again"},
	{name: "paying", page: dialog.PayingPage, until: "Close"},
	{name: "paying-dark", dark: true, page: dialog.PayingPage, until: "Close"},
	{name: "paid", page: dialog.PaidPage, until: "Close"},
	{name: "paid-dark", dark: true, page: dialog.PaidPage, until: "Close"},
	{name: "failed", page: dialog.FailedPage, until: "Close"},
	{name: "failed-dark", dark: true, page: dialog.FailedPage, until: "Close"},
	{name: "open", page: dialog.OpenPage, until: "Close"},
	{name: "notice", page: dialog.NoticePage, until: "Close"},
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
	page := p.page()
	if p.left != 0 {
		page.Expires = time.Now().Add(p.left).UnixMilli()
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
