package uri

import (
	"strings"
	"testing"

	"qpay/internal/money"
)

// bech32 makes a text with its checksum.
func bech32(prefix string, groups []byte) string {
	sum := checksum(prefix, append(append([]byte{}, groups...), 0, 0, 0, 0, 0, 0)) ^ 1
	text := prefix + "1"
	for _, g := range groups {
		text += charset[g : g+1]
	}
	for i := 5; i >= 0; i-- {
		g := sum >> (5 * i) & 31
		text += charset[g : g+1]
	}
	return text
}

// built is an invoice as far as a client looks at it: its prefix, room for the
// rest, its checksum.
func built(prefix string) string { return bech32(prefix, make([]byte, minGroups)) }

// lnurlOf encodes as LUD-01 says.
func lnurlOf(address string) string {
	var groups []byte
	have, bits := uint(0), 0
	for _, c := range []byte(address) {
		have, bits = have<<8|uint(c), bits+8
		for bits >= 5 {
			bits -= 5
			groups = append(groups, byte(have>>bits&31))
		}
		have &= 1<<bits - 1
	}
	if bits > 0 {
		groups = append(groups, byte(have<<(5-bits)&31))
	}
	return bech32("lnurl", groups)
}

func msat(n uint64) *money.Msat {
	m := money.Msat(n)
	return &m
}

func same(a, b *money.Msat) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }

// The examples of the specifications, which are not of our own making.
func TestForeignEncodings(t *testing.T) {
	for text, want := range map[string]string{
		// LUD-01
		"LNURL1DP68GURN8GHJ7UM9WFMXJCM99E3K7MF0V9CXJ0M385EKVCENXC6R2C35XVUKXEFCV5MKVV34X5EKZD3EV56NYD3HXQURZEPEXEJXXEPNXSCRVWFNV9NXZCN9XQ6XYEFHVGCXXCMYXYMNSERXFQ5FNS": "https://service.com/api?q=3fc3645b439ce8e7f2553a69e5267081d96dcd340693afabe04be7b0ccd178df",
		// Electrum
		"LNURL1DP68GURN8GHJ7UM9WFMXJCM99E5K7TELWY7NXENRXVMRGDTZXSENJCM98PJNWXQ96S9":                "https://service.io/?q=3fc3645b439ce8e7",
		"LNURL1DP68GURN8GHJ76NGDAJKU6TRDDJJUER99UH8WETVDSKKKMN0WAHZ7MRWW4EXCUP0D4JK6UR0DAKQHMHNX2": "https://jhoenicke.de/.well-known/lnurlp/mempool",
	} {
		got, e := Parse(text)
		if e != nil || got.Kind != LNURL || got.URL.String() != want {
			t.Errorf("%s: %+v, %v", text, got, e)
		}
		if !strings.EqualFold(lnurlOf(want), text) {
			t.Errorf("our own encoder makes %s of %s", lnurlOf(want), want)
		}
	}
}
