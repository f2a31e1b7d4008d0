package provider

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"qpay/test/module"
)

// The library that sites use, as it comes from its package: requestProvider
// finds ours, enables it and hands it out.
func TestClientLibrary(t *testing.T) {
	tools := os.Getenv("QPAY_TOOLS")
	if tools == "" {
		root, err := module.Root()
		if err != nil {
			t.Fatal(err)
		}
		tools = filepath.Join(root, "out", "tools")
	}
	text, err := os.ReadFile(filepath.Join(tools, "js", "node_modules", "webln", "dist", "webln.min.js"))
	if err != nil {
		if os.Getenv("QPAY_REQUIRE_TOOLS") == "" {
			t.Skip(err)
		}
		t.Fatal(err)
	}
	each(t, func(f *fixture) {
		pages().Handle("/webln.js", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/javascript")
			w.Write(text)
		})
		p := f.visit(pages().Origin(), "<script src=/webln.js></script>", "")
		i := f.invoice(16)
		j := p.Start(`
			const provider = await WebLN.requestProvider()
			const info = await provider.getInfo()
			const { preimage } = await provider.sendPayment($1)
			return { alias: info.node.alias, preimage, same: provider === webln }`, i.PaymentRequest)
		f.approve("Pay 16 sat")
		got := f.object(j, "alias", "preimage", "same")
		f.settled(i, got["preimage"])
		if got["alias"] != "alice" || got["same"] != true {
			f.Errorf("%v", got)
		}
		// In a page that is not secure there is none to be found.
		p = f.visit(pages().At("evil.test"), "<script src=/webln.js></script>", "")
		var missing bool
		f.must(p.Run(f.ctx, &missing, "return WebLN.requestProvider().then(() => false, (e) => e instanceof WebLN.MissingProviderError)"))
		if !missing {
			f.Error("no MissingProviderError")
		}
	})
}
