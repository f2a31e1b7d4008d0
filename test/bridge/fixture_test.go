// Package bridge tests the two ways by which other programs ask, from end to
// end: qpay bridge over HTTP and qpay-native-host over pipes, each the built
// program in a simulated qube, with the real qpay-server and qpay-dialog in
// lightningvm and a real lnd. What a person does is done through AT-SPI.
package bridge

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"qpay/internal/wire"
	"qpay/test/lnnet"
	"qpay/test/world"
)

// patience bounds a test's waits for states; it is never what a test waits for.
const patience = 2 * time.Minute

var shared = world.Shared{Options: world.Options{Nodes: 2}}

func TestMain(m *testing.M) { shared.Main(m) }

func start(t *testing.T) (*world.World, context.Context) {
	t.Helper()
	w, ctx := shared.Get(t, patience)
	must(t, w.Allow())
	must(t, w.Configure(ctx, world.Settings{}))
	return w, ctx
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// asker is one of the two ways: it sends a request, and the function that it
// returns waits for the answer.
type asker func(service, request string) (wait func() []byte)

// ways are both of them, in a qube.
var ways = map[string]func(t *testing.T, ctx context.Context, w *world.World, qube string) asker{
	"HTTP bridge": func(t *testing.T, ctx context.Context, w *world.World, qube string) asker {
		b := startBridge(t, ctx, w, qube)
		return func(service, request string) func() []byte {
			r := b.post(ctx, service, request)
			return func() []byte { return r.wait(t).body }
		}
	},
	"native host": func(t *testing.T, ctx context.Context, w *world.World, qube string) asker {
		h := startHost(t, ctx, w, qube)
		n := 0
		return func(service, request string) func() []byte {
			n++
			h.send(fmt.Sprintf(`{"id":%d,"service":%q,"request":%s}`, n, service, request))
			return func() []byte {
				m := h.receive()
				if m.ID != n {
					t.Fatalf("the answer is for %d, not %d", m.ID, n)
				}
				if m.Error != nil {
					text, err := json.Marshal(map[string]any{"v": wire.Version, "error": m.Error})
					must(t, err)
					return text
				}
				return m.Answer
			}
		}
	},
}

// inBothWays runs a test with each.
func inBothWays(t *testing.T, qube string, test func(t *testing.T, ctx context.Context, w *world.World, ask asker)) {
	for name, open := range ways {
		t.Run(name, func(t *testing.T) {
			w, ctx := start(t)
			test(t, ctx, w, open(t, ctx, w, qube))
		})
	}
}

func invoice(t *testing.T, ctx context.Context, w *world.World, sat uint64) lnnet.Invoice {
	t.Helper()
	i, err := w.Net.Bob.AddInvoice(ctx, lnnet.InvoiceSpec{Msat: sat * 1000, Memo: "two coffees"})
	must(t, err)
	return i
}

func payment(i lnnet.Invoice) string {
	return fmt.Sprintf(`{"v":1,"invoice":%q,"context":{"origin":"https://shop.example"}}`, i.PaymentRequest)
}

// fails is the error that an answer must be.
func fails(t *testing.T, answer []byte, code wire.Code, payment wire.Payment) *wire.Error {
	t.Helper()
	var a struct{ Error *wire.Error }
	if err := json.Unmarshal(answer, &a); err != nil || a.Error == nil || a.Error.Code != code || a.Error.Payment != payment {
		t.Fatalf("%v: %s, want %s and %s", err, answer, code, payment)
	}
	if a.Error.Message == "" || a.Error.Hint == "" {
		t.Errorf("no sentence or no hint: %s", answer)
	}
	return a.Error
}
