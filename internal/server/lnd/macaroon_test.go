package lnd

import (
	"errors"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// op is one permission: an entity and its actions.
type op struct {
	entity  string
	actions []string
}

// bake makes a macaroon as lnd does, but for the signature, which only lnd can
// judge.
func bake(ops ...op) []byte {
	id := []byte{3}
	id = protowire.AppendTag(id, 1, protowire.BytesType)
	id = protowire.AppendBytes(id, []byte("nonce"))
	id = protowire.AppendTag(id, 2, protowire.BytesType)
	id = protowire.AppendBytes(id, []byte("7"))
	for _, o := range ops {
		var m []byte
		m = protowire.AppendTag(m, 1, protowire.BytesType)
		m = protowire.AppendString(m, o.entity)
		for _, a := range o.actions {
			m = protowire.AppendTag(m, 2, protowire.BytesType)
			m = protowire.AppendString(m, a)
		}
		id = protowire.AppendTag(id, 3, protowire.BytesType)
		id = protowire.AppendBytes(id, m)
	}
	b := []byte{2}
	field := func(kind byte, data []byte) {
		b = protowire.AppendVarint(append(b, kind), uint64(len(data)))
		b = append(b, data...)
	}
	field(1, []byte("lnd"))
	field(2, id)
	b = append(b, 0, 0)
	field(6, make([]byte, 32))
	return b
}

func TestNarrow(t *testing.T) {
	for name, c := range map[string]struct {
		macaroon []byte
		want     error
	}{
		"just what is needed":             {bake(op{"uri", always}), nil},
		"less than is needed":             {bake(op{"uri", always[:1]}), nil},
		"one call more":                   {bake(op{"uri", append([]string{"/lnrpc.Lightning/SendCoins"}, always...)}), ErrBroad},
		"lnd's admin macaroon":            {bake(op{"offchain", []string{"read", "write"}}), ErrBroad},
		"a broad one behind a narrow one": {bake(op{"uri", always}, op{"macaroon", []string{"generate"}}), ErrBroad},
		"nothing":                         {nil, errMacaroon},
		"hexadecimal text":                {[]byte("0201036c6e64"), errMacaroon},
		"format 1":                        {[]byte("0021location lnd"), errMacaroon},
		"a length beyond the end":         {[]byte{2, 2, 200, 3, 1}, errMacaroon},
		"a length of 2^63":                {[]byte{2, 2, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1, 3}, errMacaroon},
	} {
		if err := Narrow(c.macaroon, always); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// A macaroon that is cut anywhere is never taken for a narrow one with calls
// that it has not.
func FuzzNarrow(f *testing.F) {
	f.Add(bake(op{"uri", always}))
	f.Add(bake(op{"offchain", []string{"read"}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		_ = Narrow(b, always) // no panic, no endless loop
	})
}
