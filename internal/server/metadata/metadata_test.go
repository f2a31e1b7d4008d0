package metadata

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/ecdsa"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/lightningnetwork/lnd/lnwire"
	"github.com/lightningnetwork/lnd/zpay32"

	"qpay/internal/server/invoice"
	"qpay/internal/wire"
)

// made gives an invoice with the hash of a text, or with a description if it
// is nil.
func made(t testing.TB, hash *[32]byte) invoice.Invoice {
	t.Helper()
	what := zpay32.Description("1 cup of coffee")
	if hash != nil {
		what = zpay32.DescriptionHash(*hash)
	}
	z, err := zpay32.NewInvoice(&chaincfg.MainNetParams, [32]byte{1}, time.Unix(1_700_000_000, 0), what,
		zpay32.PaymentAddr([32]byte{2}), zpay32.Amount(1000),
		zpay32.Features(lnwire.NewFeatureVector(lnwire.NewRawFeatureVector(8, 14), lnwire.Features)))
	if err != nil {
		t.Fatal(err)
	}
	key, _ := btcec.PrivKeyFromBytes(bytes.Repeat([]byte{3}, 32))
	text, err := z.Encode(zpay32.MessageSigner{SignCompact: func(m []byte) ([]byte, error) {
		return ecdsa.SignCompact(key, chainhash.HashB(m), true), nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	inv, err := invoice.Parse(text, invoice.Mainnet)
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

func of(text string) *[32]byte {
	h := sha256.Sum256([]byte(text))
	return &h
}

const coffee = `[["text/plain","coffee"]]`

func TestRead(t *testing.T) {
	text := wire.Texts{Short: "coffee"}
	for what, c := range map[string]struct {
		context wire.Context
		hash    *[32]byte
		want    Text
		err     error
	}{
		"nothing said":                  {wire.Context{Origin: "https://x.example"}, of(coffee), Text{}, nil},
		"nothing said, no hash":         {wire.Context{}, nil, Text{}, nil},
		"the hash fits":                 {wire.Context{Metadata: coffee}, of(coffee), Text{text, true, true}, nil},
		"the hash fits, payer data":     {wire.Context{Metadata: coffee, PayerData: `{"name":"a"}`}, of(coffee + `{"name":"a"}`), Text{text, true, true}, nil},
		"no hash: a claim":              {wire.Context{Metadata: coffee}, nil, Text{text, true, false}, nil},
		"another text":                  {wire.Context{Metadata: `[["text/plain","beer"]]`}, of(coffee), Text{}, ErrMismatch},
		"the same text, another space":  {wire.Context{Metadata: coffee + " "}, of(coffee), Text{}, ErrMismatch},
		"payer data that is not hashed": {wire.Context{Metadata: coffee, PayerData: `{}`}, of(coffee), Text{}, ErrMismatch},
		"payer data left out":           {wire.Context{Metadata: coffee}, of(coffee + `{"name":"a"}`), Text{}, ErrMismatch},
		"payer data alone":              {wire.Context{PayerData: coffee}, of(coffee), Text{}, ErrUnreadable},
		"no metadata, though it fits":   {wire.Context{Metadata: "coffee"}, of("coffee"), Text{}, ErrUnreadable},
	} {
		got, err := Read(c.context, made(t, c.hash))
		if !errors.Is(err, c.err) || got != c.want {
			t.Errorf("%s: %+v, %v", what, got, err)
		}
	}
}

// Nothing but the hashed text is ever called committed.
func FuzzRead(f *testing.F) {
	f.Add(coffee, "")
	f.Add(`[["text/plain","beer"]]`, `{}`)
	hashed, described := made(f, of(coffee)), made(f, nil)
	f.Fuzz(func(t *testing.T, metadata, payer string) {
		c := wire.Context{Metadata: metadata, PayerData: payer}
		if got, err := Read(c, hashed); got.Given && (err != nil || metadata+payer != coffee) {
			t.Fatalf("%q, %q: %+v, %v", metadata, payer, got, err)
		}
		if got, _ := Read(c, described); got.Committed {
			t.Fatalf("%q, %q: committed to by an invoice without a hash", metadata, payer)
		}
	})
}
