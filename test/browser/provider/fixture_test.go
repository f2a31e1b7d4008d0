// Package provider tests window.webln in the real Firefox and the real
// Chromium: a page calls, and between it and lnd stands no stand-in but the one
// for Qubes. What a person does is done as one: clicks through the browser's
// driver and the X server, and through AT-SPI in lightningvm's window.
package provider

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"qpay/internal/wire"
	"qpay/test/browser"
	"qpay/test/browser/client"
	"qpay/test/browser/page"
	"qpay/test/lnnet"
	"qpay/test/lnurl"
	"qpay/test/world"
)

// patience bounds a test's waits for states; it is never what a test waits for.
const patience = 90 * time.Second

var (
	shared  = world.Shared{Options: world.Options{Nodes: 2}}
	pages   = sync.OnceValue(page.NewServer)
	running = map[browser.Kind]*client.Client{} // one of each: a start takes seconds
	service *lnurl.Service                      // that all names lead those browsers' qpay to
)

// foreign are names that lead here and are not localhost.
var foreign = []string{"evil.test", "shop.test", "refused.test", "closed.test", "left.test", "framed.test", "links.test", "forgotten.test"}

func TestMain(m *testing.M) {
	shared.Main(m, func() {
		for _, c := range running {
			c.Close()
		}
		if service != nil {
			service.Stop()
		}
		pages().Close()
	})
}

const allOn = "[services]\nsign_message = true\nkeysend = true\nget_balance = true\n"

// off are the services that are off as shipped.
var off = []string{wire.ServiceSignMessage, wire.ServiceKeysend, wire.ServiceGetBalance}

// fixture is what a test has.
type fixture struct {
	*testing.T
	ctx context.Context
	w   *world.World
	c   *client.Client
}

// each runs a test in both browsers, with everything switched on in the wallet.
func each(t *testing.T, test func(f *fixture)) {
	t.Helper()
	for _, kind := range browser.Kinds {
		t.Run(string(kind), func(t *testing.T) { in(t, kind, test) })
	}
}

// in runs a test in one of them.
func in(t *testing.T, kind browser.Kind, test func(f *fixture)) {
	t.Helper()
	w, ctx := shared.Get(t, patience)
	f := &fixture{t, ctx, w, nil}
	f.must(w.Allow(off...))
	f.configure("")
	f.c = open(f, kind)
	test(f)
	f.must(w.NoWindow(ctx))
}

// open gives the browser, with localhost as an origin that may ask.
func open(f *fixture, kind browser.Kind) *client.Client {
	f.Helper()
	if c := running[kind]; c != nil {
		return c
	}
	own, err := client.Extension(kind)
	f.must(err)
	if service == nil {
		service, err = lnurl.Start(f.w.Net.Bob, filepath.Join(f.w.Qubes.QubeDir(client.Qube), "ca.pem"))
		f.must(err)
	}
	c, err := client.Start(f.ctx, client.Options{Kind: kind, World: f.w, Pages: pages(), Names: foreign, Extensions: []string{own},
		Env: []string{service.Switch()}})
	if errors.Is(err, browser.ErrNoTools) && os.Getenv("QPAY_REQUIRE_TOOLS") == "" {
		f.Skip(err)
	}
	f.must(err)
	running[kind] = c
	p := pages().New("", "<h1>A shop</h1>")
	f.must(c.Visit(f.ctx, pages().Origin(), p))
	f.must(c.Grant(f.ctx, p))
	return c
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) configure(more string) {
	f.Helper()
	f.must(f.w.Configure(f.ctx, world.Settings{Services: wire.Services, More: allOn + more}))
}

// page opens a page that localhost serves, and enables it.
func (f *fixture) page(head, body string) *page.Page {
	f.Helper()
	p := f.visit(pages().Origin(), head, body)
	f.must(p.Run(f.ctx, nil, "await webln.enable()"))
	return p
}

// visit opens a page at any origin.
func (f *fixture) visit(origin, head, body string) *page.Page {
	f.Helper()
	p := pages().New(head, body)
	f.must(f.c.Visit(f.ctx, origin, p))
	return p
}

// object is what a promise resolved to: its names are exactly these.
func (f *fixture) object(j *page.Job, names ...string) map[string]any {
	f.Helper()
	r, err := j.Wait(f.ctx)
	f.must(err)
	if r.Error != nil {
		f.Fatal(r.Error)
	}
	var o map[string]any
	f.must(json.Unmarshal(r.Value, &o))
	slices.Sort(names)
	if got := slices.Sorted(maps.Keys(o)); !slices.Equal(got, names) {
		f.Fatalf("the result has %v, want %v", got, names)
	}
	return o
}

// nothing is a promise that resolves to undefined.
func (f *fixture) nothing(j *page.Job) {
	f.Helper()
	r, err := j.Wait(f.ctx)
	f.must(err)
	if r.Error != nil || !r.Nothing {
		f.Fatalf("%v, %s; want undefined", r.Error, r.Value)
	}
}

// rejects is a promise that is rejected with a real Error of this name; code
// may be empty.
func (f *fixture) rejects(j *page.Job, name, code string) *page.Error {
	f.Helper()
	r, err := j.Wait(f.ctx)
	f.must(err)
	e := r.Error
	if e == nil {
		f.Fatalf("it resolved: %s", r.Value)
	}
	if e.Name != name || code != "" && e.Code != code {
		f.Fatalf("want %s (%s), got %v", name, code, e)
	}
	if !e.Error || e.Message == "" {
		f.Errorf("no Error with a sentence: %+v", e)
	}
	return e
}

// approve presses a button of lightningvm's window and closes what it then says.
func (f *fixture) approve(button string) {
	f.Helper()
	f.must(f.w.Press(f.ctx, button))
	f.must(f.w.Press(f.ctx, "Close"))
}

// deny refuses in lightningvm's window, once that asks: with this button, grey
// or not.
func (f *fixture) deny(button string) {
	f.Helper()
	f.must(f.w.Says(f.ctx, button))
	f.must(f.w.Press(f.ctx, "Cancel"))
	f.must(f.w.NoWindow(f.ctx))
}

// invoice is one of bob's.
func (f *fixture) invoice(sat uint64) lnnet.Invoice {
	f.Helper()
	i, err := f.w.Net.Bob.AddInvoice(f.ctx, lnnet.InvoiceSpec{Msat: sat * 1000, Memo: "1 cup of coffee"})
	f.must(err)
	return i
}

// settled is an invoice that bob was paid, with this preimage.
func (f *fixture) settled(i lnnet.Invoice, preimage any) {
	f.Helper()
	f.must(f.w.Net.Bob.WaitInvoiceState(f.ctx, i.Hash, "SETTLED"))
	p, err := f.w.Net.Alice.Payment(f.ctx, i.Hash)
	f.must(err)
	if p.Preimage != preimage {
		f.Errorf("preimage %v, lnd has %s", preimage, p.Preimage)
	}
}

// unpaid is an invoice that lnd never heard of.
func (f *fixture) unpaid(i lnnet.Invoice) {
	f.Helper()
	if p, err := f.w.Net.Alice.Payment(f.ctx, i.Hash); !errors.Is(err, lnnet.ErrNoPayment) {
		f.Errorf("lnd has the payment %+v, %v", p, err)
	}
}

// calls is how many qrexec calls there were, of a service or of all.
func (f *fixture) calls(service string) (n int) {
	for _, c := range f.w.Qubes.Calls() {
		if strings.HasPrefix(c.Service, service) {
			n++
		}
	}
	return n
}
