package service

import (
	"fmt"
	"strings"
	"testing"

	"qpay/internal/money"
	"qpay/internal/server/config"
	"qpay/internal/wire"
)

// Every service of the protocol is answered here, and no other.
func TestEveryServiceHasAHandler(t *testing.T) {
	for _, name := range wire.Services {
		if services[name].handle == nil {
			t.Errorf("%s has none", name)
		}
	}
	if len(services) != len(wire.Services) {
		t.Errorf("%d services, the protocol has %d", len(services), len(wire.Services))
	}
}

func TestRecords(t *testing.T) {
	many := map[string]string{}
	for i := range recordsMax + 1 {
		many[fmt.Sprint(70000+i)] = ""
	}
	for name, c := range map[string]struct {
		records map[string]string
		code    wire.Code // empty: taken
	}{
		"none":                      {nil, ""},
		"the first number":          {map[string]string{"65536": "00"}, ""},
		"the last number":           {map[string]string{"18446744073709551615": ""}, ""},
		"as much as may be":         {map[string]string{"65536": strings.Repeat("00", 512), "65537": strings.Repeat("00", 512)}, ""},
		"a byte more":               {map[string]string{"65536": strings.Repeat("00", 512), "65537": strings.Repeat("00", 513)}, wire.BadRequest},
		"too many":                  {many, wire.BadRequest},
		"the preimage's number":     {map[string]string{"5482373484": "00"}, wire.BadDestination},
		"a number of the protocol":  {map[string]string{"65535": "00"}, wire.BadDestination},
		"zero":                      {map[string]string{"0": "00"}, wire.BadDestination},
		"the preimage's, disguised": {map[string]string{"05482373484": "00"}, wire.BadRequest},
		"hexadecimal":               {map[string]string{"0x10000": "00"}, wire.BadRequest},
		"more than 64 bits":         {map[string]string{"18446744073709551616": "00"}, wire.BadRequest},
		"negative":                  {map[string]string{"-1": "00"}, wire.BadRequest},
		"no number":                 {map[string]string{"": "00"}, wire.BadRequest},
		"half a byte":               {map[string]string{"65536": "0"}, wire.BadRequest},
		"not hex":                   {map[string]string{"65536": "zz"}, wire.BadRequest},
	} {
		all, refusal := records(c.records)
		switch {
		case c.code == "" && (refusal != nil || len(all) != len(c.records)):
			t.Errorf("%s: %v", name, refusal)
		case c.code != "" && (refusal == nil || refusal.Code != c.code || refusal.Payment != wire.NotSent):
			t.Errorf("%s: %+v", name, refusal)
		}
	}
}

func TestInvoiceQuestion(t *testing.T) {
	s := &session{conf: config.Config{}}
	m := func(m money.Msat) *money.Msat { return &m }
	for name, c := range map[string]struct {
		r    wire.MakeInvoiceRequest
		good bool
	}{
		"nothing given":           {wire.MakeInvoiceRequest{}, true},
		"fixed":                   {wire.MakeInvoiceRequest{Amount: m(1)}, true},
		"all there is":            {wire.MakeInvoiceRequest{Amount: m(money.Max)}, true},
		"one bound":               {wire.MakeInvoiceRequest{Min: m(5)}, true},
		"both the same":           {wire.MakeInvoiceRequest{Min: m(5), Max: m(5), Default: m(5)}, true},
		"a year":                  {wire.MakeInvoiceRequest{Expiry: 31536000}, true},
		"fixed to nothing":        {wire.MakeInvoiceRequest{Amount: m(0)}, false},
		"more than there is":      {wire.MakeInvoiceRequest{Amount: m(money.Max + 1)}, false},
		"a bound over all":        {wire.MakeInvoiceRequest{Max: m(money.Max + 1)}, false},
		"nothing at most":         {wire.MakeInvoiceRequest{Max: m(0)}, false},
		"crossed bounds":          {wire.MakeInvoiceRequest{Min: m(6), Max: m(5)}, false},
		"a minimum over all":      {wire.MakeInvoiceRequest{Min: m(money.Max + 1)}, false},
		"a default out of bounds": {wire.MakeInvoiceRequest{Max: m(5), Default: m(6)}, false},
		"a default of nothing":    {wire.MakeInvoiceRequest{Default: m(0)}, false},
		"fixed, and a default":    {wire.MakeInvoiceRequest{Amount: m(5), Default: m(5)}, false},
		"more than a year":        {wire.MakeInvoiceRequest{Expiry: 31536001}, false},
		"a long memo":             {wire.MakeInvoiceRequest{Memo: strings.Repeat("a", 640)}, false},
		"a long origin":           {wire.MakeInvoiceRequest{Context: &wire.Context{Origin: strings.Repeat("a", 2001)}}, false},
	} {
		if q, refusal := s.invoiceQuestion(c.r); (refusal == nil) != c.good {
			t.Errorf("%s: %v, %+v", name, refusal, q)
		}
	}
}
