package provider

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"qpay/test/browser"
	"qpay/test/browser/client"
	"qpay/test/browser/page"
)

// other is another wallet's extension, which runs before ours.
const other = `'use strict'
window.webln = { name: 'the other', enable: async () => {} }
window.first = typeof window.qpay`

const otherManifest = `{"manifest_version": 3, "name": "other", "version": "1",
"content_scripts": [{"matches": ["*://*/*"], "js": ["page.js"], "run_at": "document_start", "world": "MAIN"}]}`

// fresh starts a browser of its own.
func fresh(t *testing.T, kind browser.Kind, extensions ...string) *fixture {
	t.Helper()
	w, ctx := shared.Get(t, patience)
	c, err := client.Start(ctx, client.Options{Kind: kind, World: w, Pages: pages(), Names: foreign, Extensions: extensions})
	if errors.Is(err, browser.ErrNoTools) && os.Getenv("QPAY_REQUIRE_TOOLS") == "" {
		t.Skip(err)
	}
	f := &fixture{t, ctx, w, c}
	f.must(err)
	t.Cleanup(c.Close)
	return f
}

// Without the extension there is no webln: or all the other tests prove nothing.
func TestControl(t *testing.T) {
	for _, kind := range browser.Kinds {
		t.Run(string(kind), func(t *testing.T) {
			f := fresh(t, kind)
			p := f.visit(pages().Origin(), "", "")
			var got string
			f.must(p.Run(f.ctx, &got, absent))
			if got != "undefined,undefined" {
				f.Errorf("without the extension there is %s", got)
			}
		})
	}
}

// otherWallet is a folder with that extension. Chromium makes an id of the
// folder's name; it is below another one.
func otherWallet(t *testing.T, below string) string {
	t.Helper()
	base, dir := t.TempDir(), ""
	for n := 0; dir == "" || client.FolderID(dir) >= below; n++ {
		dir = filepath.Join(base, strconv.Itoa(n))
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"manifest.json": otherManifest, "page.js": other} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A provider that is there already stays: ours is window.qpay.
func TestOtherWallet(t *testing.T) {
	t.Run("firefox", func(t *testing.T) {
		in(t, browser.Firefox, func(f *fixture) {
			// Which of two extensions comes first is chance. This comes before both.
			f.must(f.c.Chrome(f.ctx, `
				gBrowser.selectedBrowser.messageManager.loadFrameScript('data:application/javascript,' + encodeURIComponent(arguments[0]), false)`, nil, early))
			p := pages().New("", "")
			f.must(f.c.Visit(f.ctx, pages().Origin(), p))
			f.keepsOther(p)
		})
	})
	t.Run("chromium", func(t *testing.T) {
		own, err := client.Extension(browser.Chromium)
		if err != nil {
			t.Fatal(err)
		}
		id, err := client.ChromiumID(own)
		if err != nil {
			t.Fatal(err)
		}
		f := fresh(t, browser.Chromium, own, otherWallet(t, id)) // the lower id comes first
		f.keepsOther(f.visit(pages().Origin(), "", ""))
	})
}

// early runs in Firefox itself, once, before anything else runs in the page.
const early = `addEventListener('DOMWindowCreated', (event) => {
	const w = event.target.defaultView
	if (w === content) w.eval("window.webln = { name: 'the other' }; window.first = typeof window.qpay")
}, { once: true })`

func (f *fixture) keepsOther(p *page.Page) {
	f.Helper()
	var got []any
	f.must(p.Run(f.ctx, &got, "return [first, webln.name, typeof qpay.enable, webln === qpay, typeof await qpay.isEnabled()]"))
	if want := []any{"undefined", "the other", "function", false, "boolean"}; !slices.Equal(got, want) {
		f.Errorf("%v, want %v", got, want)
	}
}
