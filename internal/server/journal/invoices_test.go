package journal

import (
	"errors"
	"testing"
	"time"

	"qpay/internal/server/payment"
)

func TestInvoicesBelongToTheirQube(t *testing.T) {
	dir := t.TempDir()
	j, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	made := Invoice{Qube: "personal", Hash: payment.Hash{1}, At: time.Unix(1, 0), Amount: 5, Memo: "m"}
	if err := j.Made(made); err != nil {
		t.Fatal(err)
	}
	if j, err = Open(dir); err != nil { // another process
		t.Fatal(err)
	}
	if got, err := j.MadeFor("personal", made.Hash); err != nil || got.Amount != 5 || got.Memo != "m" || !got.At.Equal(made.At) {
		t.Fatal(got, err)
	}
	for name, c := range map[string]struct {
		qube payment.Qube
		hash payment.Hash
	}{"another qube's": {"work", made.Hash}, "nobody's": {"personal", payment.Hash{2}}, "no qube": {"", made.Hash}} {
		if got, err := j.MadeFor(c.qube, c.hash); !errors.Is(err, ErrNoRecord) || got != (Invoice{}) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if rs, err := j.Select(func(Record) bool { return true }); err != nil || len(rs) != 0 {
		t.Errorf("an invoice is no payment: %v, %v", rs, err)
	}
}
