package installed

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"qpay/test/browser"
	"qpay/test/browser/client"
	"qpay/test/browser/page"
	"qpay/test/desktop"
	"qpay/test/lnnet"
	"qpay/test/module"
	"qpay/test/world"
)

const patience = 3 * time.Minute

// fixture is what a test has.
type fixture struct {
	*testing.T
	ctx     context.Context
	w       *world.World
	pages   *page.Server
	screen  *desktop.Desktop
	options browser.Options
}

func start(t *testing.T, kind browser.Kind) *fixture {
	t.Helper()
	w, ctx := shared.Get(t, patience)
	f := &fixture{T: t, ctx: ctx, w: w, pages: page.NewServer()}
	t.Cleanup(f.pages.Close)
	var err error
	f.screen, err = desktop.Start(ctx, desktop.Options{})
	f.must(err)
	t.Cleanup(f.screen.Stop)
	f.options = browser.Options{Kind: kind, Env: client.Environment(w, f.screen), Dir: t.TempDir()}
	return f
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// install unpacks the client's package, as dpkg does, over this namespace, and
// takes its files away after the test: the other browser must not have it yet.
func (f *fixture) install() {
	f.Helper()
	root, err := module.Root()
	f.must(err)
	built, err := filepath.Glob(filepath.Join(root, "out", "pkg", "qpay-client_*_amd64.deb"))
	f.must(err)
	if len(built) != 1 {
		f.Fatalf("%d packages of the client in out/pkg: run make packages", len(built))
	}
	if text, err := exec.CommandContext(f.ctx, "dpkg-deb", "--extract", built[0], "/").CombinedOutput(); err != nil {
		f.Fatalf("dpkg-deb: %v\n%s", err, text)
	}
	list, err := exec.CommandContext(f.ctx, "sh", "-c", `dpkg-deb --fsys-tarfile "$1" | tar -t`, "sh", built[0]).Output()
	f.must(err)
	paths := strings.Fields(string(list))
	slices.Reverse(paths)
	f.Cleanup(func() {
		for _, path := range paths {
			os.Remove(filepath.Join("/", path)) // folders of others are not empty, and stay
		}
	})
}

// run starts the browser with a page at an origin, until the end of use.
func (f *fixture) run(origin string, use func(p *page.Page)) {
	f.Helper()
	p := f.pages.New("<script>window.early = typeof window.webln</script>", "<h1>A shop</h1>")
	b, err := browser.Watch(f.options, origin+p.Path())
	if errors.Is(err, browser.ErrNoTools) && os.Getenv("QPAY_REQUIRE_TOOLS") == "" {
		f.Skip(err)
	}
	f.must(err)
	defer b.End()
	use(p)
}

// early is what the first script of the page saw.
func (f *fixture) early(p *page.Page) (got string) {
	f.Helper()
	f.must(p.Run(f.ctx, &got, "return early"))
	return got
}

// pays has the page be allowed, by keys in the extension's window, and pay.
func (f *fixture) pays() {
	f.Helper()
	for try := 1; ; try++ {
		origin := f.pages.At(fmt.Sprintf("try%d.localhost", try))
		done := false
		f.run(origin, func(p *page.Page) {
			if got := f.early(p); got != "object" {
				f.Fatalf("the page has %s for webln", got)
			}
			enabled := p.Start("await webln.enable()")
			id, err := f.screen.Window(f.ctx, ".*qpay: "+origin+".*")
			f.must(err)
			f.must(f.screen.Focus(f.ctx, id))
			// Allow is grey for a second, which no one can see from here. Where it was
			// too early the next try takes another origin and waits longer.
			time.Sleep(time.Duration(try) * 1500 * time.Millisecond)
			f.must(f.screen.Key(f.ctx, "Tab", "Return"))
			soon, cancel := context.WithTimeout(f.ctx, 5*time.Second)
			defer cancel()
			if r, err := enabled.Wait(soon); err != nil || r.Error != nil {
				if try == 4 {
					f.Fatal(r.Error, err)
				}
				return
			}
			i, err := f.w.Net.Bob.AddInvoice(f.ctx, lnnet.InvoiceSpec{Msat: 18_000})
			f.must(err)
			j := p.Start("return (await webln.sendPayment($1)).preimage", i.PaymentRequest)
			f.must(f.w.Says(f.ctx, origin))
			f.must(f.w.Press(f.ctx, "Pay 18 sat"))
			r, err := j.Wait(f.ctx)
			f.must(err)
			f.must(f.w.Press(f.ctx, "Close"))
			paid, err := f.w.Net.Alice.Payment(f.ctx, i.Hash)
			if err != nil || r.Error != nil || string(r.Value) != `"`+paid.Preimage+`"` {
				f.Errorf("%v, %s; lnd has %+v, %v", r.Error, r.Value, paid, err)
			}
			done = true
		})
		if done {
			return
		}
	}
}

// A profile that exists notices the files while it runs, so that the next
// start has webln. The documentation says that Firefox has to be started twice.
func TestFirefox(t *testing.T) {
	f := start(t, browser.Firefox)
	f.run(f.pages.Origin(), func(p *page.Page) {
		if got := f.early(p); got != "undefined" {
			f.Fatalf("webln is %s before anything was installed", got)
		}
		// Before that the next start is one of a new profile to Firefox.
		f.written("extensions.json", `"addons"`)
		f.written("prefs.js", "extensions.lastAppBuildId")
	})
	f.install()
	f.run(f.pages.Origin(), func(p *page.Page) {
		t.Logf("first start: webln is %s", f.early(p))
		f.written("extensions.json", `"webln@qpay"`)
	})
	f.pays()
}

// written waits until Firefox has written something into a file of its profile.
func (f *fixture) written(name, what string) {
	f.Helper()
	for text := ""; !strings.Contains(text, what); {
		if f.ctx.Err() != nil {
			f.Fatalf("%s never had %s", name, what)
		}
		time.Sleep(50 * time.Millisecond)
		b, _ := os.ReadFile(filepath.Join(f.options.Dir, "firefox", name))
		text = string(b)
	}
}

func TestChromium(t *testing.T) {
	f := start(t, browser.Chromium)
	f.run(f.pages.Origin(), func(p *page.Page) {
		if got := f.early(p); got != "undefined" {
			f.Fatalf("webln is %s before anything was installed", got)
		}
	})
	f.install()
	f.pays() // at the first start
}
