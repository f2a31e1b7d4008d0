package provider

import (
	"testing"

	"qpay/test/browser"
	"qpay/test/browser/client"
)

// Forgotten in the options, an origin may not ask any more: not even from a
// page that was enabled and is still open.
func TestForget(t *testing.T) {
	each(t, func(f *fixture) {
		origin := pages().Secure("forgotten.test")
		p := f.visit(origin, "", "")
		f.must(f.c.Grant(f.ctx, p))
		f.must(p.Run(f.ctx, nil, "await webln.getInfo()"))
		tab, err := f.c.NewTab(f.ctx)
		f.must(err)
		f.must(f.c.Switch(f.ctx, tab))
		f.must(f.c.Open(f.ctx, f.own()+"/window/options.html"))
		f.shows(origin)
		f.shows("The wallet answers.")
		f.must(f.c.Press(f.ctx, `button[aria-label="Forget `+origin+`"]`))
		for shown := true; shown; {
			f.must(f.ctx.Err())
			f.must(f.c.Run(f.ctx, "return document.body.innerText.includes(arguments[0])", &shown, origin))
		}
		f.must(f.c.Alone(f.ctx))
		f.notEnabled(p)
	})
}

// own is where the extension's pages are.
func (f *fixture) own() string {
	f.Helper()
	if f.c.Kind == browser.Firefox {
		var host string
		f.must(f.c.Chrome(f.ctx, "return WebExtensionPolicy.getByID('webln@qpay').mozExtensionHostname", &host))
		return "moz-extension://" + host
	}
	folder, err := client.Extension(f.c.Kind)
	f.must(err)
	id, err := client.ChromiumID(folder)
	f.must(err)
	return "chrome-extension://" + id
}
