package provider

import (
	"testing"

	"qpay/test/lnurl"
)

// From the page to a service by https and back: the service's invoice is bob's.
func TestLNURL(t *testing.T) {
	each(t, func(f *fixture) {
		service.Add("anna", lnurl.User{Min: 11_000, Max: 11_000, Metadata: `[["text/plain","Two cups of coffee"]]`})
		service.Add("closed", lnurl.User{Plain: `{"status":"ERROR","reason":"closed on Sundays"}`})
		p := f.page("", "")
		j := p.Start("return await webln.lnurl($1)", f.code("anna"))
		f.must(f.w.Says(f.ctx, pages().Origin()))
		f.must(f.w.Says(f.ctx, "Two cups of coffee"))
		f.approve("Pay 11 sat")
		if got := f.object(j, "status"); got["status"] != "OK" {
			f.Errorf("%v", got)
		}
		if state, paid, err := f.w.Net.Bob.LookupInvoice(f.ctx, service.LastHash()); err != nil || state != "SETTLED" || paid != 11_000 {
			f.Errorf("bob's invoice: %s, %d, %v", state, paid, err)
		}

		before := f.calls("")
		j = p.Start("return await webln.lnurl($1)", f.code("closed"))
		got := f.object(j, "status", "reason")
		if got["status"] != "ERROR" || got["reason"] != `The service refused: "closed on Sundays".` {
			f.Errorf("%v", got)
		}
		if n := f.calls("") - before; n != 0 {
			f.Errorf("%d qrexec calls for a service that says no", n)
		}

		j = p.Start("return await webln.lnurl($1)", f.code("anna"))
		f.deny("Pay 11 sat")
		f.rejects(j, "RejectionError", "denied")
	})
}

// code is the LNURL of one whom the service knows.
func (f *fixture) code(user string) string {
	f.Helper()
	text, err := lnurl.Code("https://" + lnurl.Host + "/u/" + user)
	f.must(err)
	return text
}
