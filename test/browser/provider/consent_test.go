package provider

import (
	"strings"
	"testing"

	"qpay/test/browser/client"
	"qpay/test/browser/page"
)

// Asked twice at once: one window, which says who asks. No is no, for a while.
func TestConsentRefused(t *testing.T) {
	each(t, func(f *fixture) {
		origin := pages().Secure("refused.test")
		p := f.visit(origin, "", "<h1>Another shop</h1>")
		before := f.calls("")
		f.notEnabled(p)
		a, b := p.Start("return await webln.enable()"), p.Start("return await webln.enable()")
		f.must(f.c.Consent(f.ctx))
		f.shows(origin)
		if handles, err := f.c.Windows(f.ctx); err != nil || len(handles) != 2 {
			f.Errorf("%d windows, %v", len(handles), err)
		}
		f.must(f.c.Press(f.ctx, client.Refuse))
		f.rejects(a, "RejectionError", "")
		f.rejects(b, "RejectionError", "")
		f.must(f.c.NoConsent(f.ctx))
		f.notEnabled(p)
		f.rejects(p.Start("return await webln.enable()"), "RejectionError", "")
		f.must(f.c.NoConsent(f.ctx))
		if n := f.calls("") - before; n != 0 {
			f.Errorf("%d qrexec calls without consent", n)
		}
	})
}

func TestConsentWindowClosed(t *testing.T) {
	each(t, func(f *fixture) {
		p := f.visit(pages().Secure("closed.test"), "", "")
		j := p.Start("return await webln.enable()")
		f.must(f.c.Consent(f.ctx))
		f.must(f.c.Shut(f.ctx))
		f.must(f.c.Back(f.ctx))
		f.rejects(j, "RejectionError", "")
		f.notEnabled(p)
	})
}

// The page goes away while its question is open: so does the window, and the
// page that comes after it has nothing.
func TestConsentPageLeaves(t *testing.T) {
	each(t, func(f *fixture) {
		p := f.visit(pages().Secure("left.test"), "", "")
		p.Start("return await webln.enable()")
		f.must(f.c.Consent(f.ctx))
		f.must(f.c.Back(f.ctx))
		next := pages().New("", "")
		f.must(f.c.Open(f.ctx, pages().Secure("left.test")+next.Path()))
		f.must(f.c.NoConsent(f.ctx))
		f.notEnabled(next)
	})
}

// Allowed: in this page and the next, and for no other origin of that name.
func TestConsentAllowed(t *testing.T) {
	each(t, func(f *fixture) {
		origin := pages().At("127.0.0.1")
		p := f.visit(origin, "", "")
		f.notEnabled(p)
		f.must(f.c.Grant(f.ctx, p))
		f.must(p.Run(f.ctx, nil, "if (!await webln.isEnabled()) throw Error('not enabled'); await webln.getInfo()"))
		p = f.visit(origin, "", "")
		f.nothing(p.Start("return await webln.enable()"))
		f.notEnabled(f.visit(pages().Secure("127.0.0.1"), "", ""))
	})
}

func (f *fixture) notEnabled(p *page.Page) {
	f.Helper()
	var enabled bool
	f.must(p.Run(f.ctx, &enabled, "return await webln.isEnabled()"))
	if enabled {
		f.Error("it is enabled")
	}
	for _, call := range []string{"sendPayment('lnsb1')", "getInfo()", "makeInvoice(1)", "lnurl('x')"} {
		if e := f.rejects(p.Start("return await webln."+call), "InternalError", "not_enabled"); !strings.Contains(e.Message, "enabled") {
			f.Errorf("%v", e)
		}
	}
}

// shows waits until the extension's window shows a text.
func (f *fixture) shows(text string) {
	f.Helper()
	var shown string
	for !strings.Contains(shown, text) {
		if err := f.ctx.Err(); err != nil {
			f.Fatalf("the window says %q, without %q", shown, text)
		}
		f.must(f.c.Run(f.ctx, "return document.body.innerText", &shown))
	}
}

// A page of https, by another name.
func TestSecurePage(t *testing.T) {
	each(t, func(f *fixture) {
		origin := pages().Secure("shop.test")
		p := f.visit(origin, "", "")
		f.must(f.c.Grant(f.ctx, p))
		i := f.invoice(4)
		j := p.Start("return await webln.sendPayment($1)", i.PaymentRequest)
		f.must(f.w.Says(f.ctx, origin))
		f.deny("Pay 4 sat")
		f.rejects(j, "RejectionError", "denied")
	})
}
