package provider

import (
	"testing"
	"time"

	"qpay/test/browser/page"
	"qpay/test/lnnet"
)

// Ten calls at once. Each answer has to reach the one who asked: every invoice
// that this page is told to be paid has its own preimage, and what was refused
// or found no room is an error of that call alone.
func TestParallel(t *testing.T) {
	each(t, func(f *fixture) {
		p := f.page("", "")
		type asked struct {
			i lnnet.Invoice
			j *page.Job
		}
		var pays []asked
		for n := range 4 {
			i := f.invoice(uint64(40 + n))
			pays = append(pays, asked{i, p.Start("return await webln.sendPayment($1)", i.PaymentRequest)})
		}
		good := p.Start("return await webln.getInfo()")
		bad := p.Start("return await webln.sendPayment({})")
		sig := p.Start("return await webln.verifyMessage('l', 'x')")
		balance := p.Start("return await webln.getBalance()")
		enabled := p.Start("return await webln.isEnabled()")
		enable := p.Start("return await webln.enable()")

		f.object(good, "node", "version", "supports", "methods")
		f.rejects(bad, "InvalidDataError", "")
		f.rejects(sig, "InvalidDataError", "")
		if r, err := balance.Wait(f.ctx); err != nil || r.Error != nil {
			f.Error(r.Error, err)
		}
		if r, err := enabled.Wait(f.ctx); err != nil || string(r.Value) != "true" {
			f.Error(r, err)
		}
		f.nothing(enable)

		// lightningvm shows one, lets one wait and refuses the others at once.
		ended := func() (n int) {
			for _, a := range pays {
				if !a.j.Pending() {
					n++
				}
			}
			return n
		}
		for ended() < 2 {
			f.must(f.ctx.Err())
			time.Sleep(20 * time.Millisecond)
		}
		f.approve("Pay")
		f.approve("Pay")
		paid, refused := 0, 0
		for n, a := range pays {
			r, err := a.j.Wait(f.ctx)
			f.must(err)
			if r.Error == nil {
				f.settled(a.i, f.object(a.j, "preimage")["preimage"])
				paid++
				continue
			}
			f.Logf("payment %d: %v", n, r.Error)
			f.rejects(a.j, "InternalError", "busy")
			f.unpaid(a.i)
			refused++
		}
		if paid != 2 || refused != 2 {
			f.Errorf("%d paid, %d refused", paid, refused)
		}
	})
}
