package invoice

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"qpay/internal/money"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcutil/bech32"
	"github.com/lightningnetwork/lnd/zpay32"
)

type bolt11 struct {
	ID       string
	Network  string
	Valid    bool
	Invoice  string
	Expect   expect
	CaughtBy string `json:"caught_by"`
}

type expect struct {
	Payee           string
	PaymentHash     string  `json:"payment_hash"`
	PaymentSecret   string  `json:"payment_secret"`
	Amount          *uint64 `json:"amount_msat"`
	Description     *string
	DescriptionHash *string `json:"description_hash"`
	Timestamp       int64
	Expiry          int64
	CLTV            *uint16 `json:"min_final_cltv_expiry"`
	Features        []int
	HighS           bool `json:"high_s"`
	Fallback        string
	RouteHints      [][]hop `json:"route_hints"`
	Metadata        string
}

type hop struct {
	Pubkey  string
	Channel string `json:"short_channel_id"`
	Base    uint32 `json:"fee_base_msat"`
	PPM     uint32 `json:"fee_proportional_millionths"`
	Delta   uint16 `json:"cltv_expiry_delta"`
}

func vectors(t testing.TB) []bolt11 {
	raw, err := os.ReadFile("testdata/bolt11.json")
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Vectors []bolt11 }
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	return all.Vectors
}

func vector(t testing.TB, id string) bolt11 {
	for _, v := range vectors(t) {
		if v.ID == id {
			return v
		}
	}
	t.Fatalf("no example %s", id)
	return bolt11{}
}

func network(t testing.TB, name string) Network {
	n, err := ParseNetwork(name)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// All 26 examples of BOLT 11: 16 valid, 10 invalid.
func TestExamples(t *testing.T) {
	count := map[bool]int{}
	for _, v := range vectors(t) {
		count[v.Valid]++
		t.Run(v.ID, func(t *testing.T) {
			inv, err := Parse(v.Invoice, network(t, v.Network))
			if v.Valid {
				if err != nil {
					t.Fatal(err)
				}
				checkOwn(t, inv, v)
				checkTheirs(t, v)
				return
			}
			want := reasons[v.ID]
			checkRefused(t, err, want.code, want.rule)
		})
	}
	if count[true] != 16 || count[false] != 10 {
		t.Errorf("%d valid and %d invalid examples, want 16 and 10", count[true], count[false])
	}
}

// reasons for the invalid examples. The first four lack a payment secret too,
// so their reason depends on our order of looking.
var reasons = map[string]struct {
	code Code
	rule Rule
}{
	"bad-checksum":              {Malformed, RuleChecksum},
	"no-separator":              {Malformed, RuleBech32},
	"mixed-case":                {Malformed, RuleCase},
	"too-short":                 {Malformed, RuleLength},
	"unknown-even-feature-100":  {Unsupported, RuleFeatures},
	"signature-not-recoverable": {BadSignature, RuleSignature},
	"unknown-multiplier":        {Malformed, RulePrefix},
	"sub-millisatoshi":          {Malformed, RuleAmount},
	"no-payment-secret":         {Unsupported, RuleSecret},
	"high-s-with-n":             {BadSignature, RuleSignature},
}

// checkOwn compares what the guard read.
func checkOwn(t *testing.T, inv Invoice, v bolt11) {
	w := v.Expect
	equal(t, "request", inv.PaymentRequest(), v.Invoice)
	equal(t, "network", inv.Network().String(), v.Network)
	payee, hash := inv.Destination(), inv.PaymentHash()
	equal(t, "payee", hex.EncodeToString(payee[:]), w.Payee)
	equal(t, "n", inv.DestinationGiven(), false)
	equal(t, "hash", hex.EncodeToString(hash[:]), w.PaymentHash)
	equal(t, "secret", hex.EncodeToString(inv.secret[:]), w.PaymentSecret)
	amount, ok := inv.Amount()
	optional(t, "amount", amount, ok, (*money.Msat)(w.Amount))
	text, ok := inv.Description()
	optional(t, "description", text, ok, w.Description)
	h, ok := inv.DescriptionHash()
	optional(t, "description hash", hex.EncodeToString(h[:]), ok, w.DescriptionHash)
	equal(t, "timestamp", inv.Created().Unix(), w.Timestamp)
	equal(t, "expiry", inv.Expiry(), time.Duration(w.Expiry)*time.Second)
	equal(t, "expires", inv.Expires().Unix(), w.Timestamp+w.Expiry)
	if equal(t, "c", inv.given.has(fieldC), w.CLTV != nil); w.CLTV == nil {
		equal(t, "default c", inv.FinalCLTVDelta(), 24)
	} else {
		equal(t, "c", inv.FinalCLTVDelta(), *w.CLTV)
	}
	features, signature := rawParts(t, v.Invoice)
	equal(t, "features", fmt.Sprint(features), fmt.Sprint(w.Features))
	equal(t, "high S", signature.IsOverHalfOrder(), w.HighS)
}

// rawParts gives what Invoice does not keep: the features and S.
func rawParts(t *testing.T, request string) (set []int, s btcec.ModNScalar) {
	_, data, err := split(request)
	if err != nil {
		t.Fatal(err)
	}
	end := len(data) - signatureGroups
	for at := timestampGroups; at < end && set == nil; {
		n := int(number(data[at+1 : at+3]))
		for bit := 0; data[at] == field9 && bit < 5*n; bit++ {
			if features(data[at+3 : at+3+n]).has(bit) {
				set = append(set, bit)
			}
		}
		at += 3 + n
	}
	sig, _ := bech32.ConvertBits(data[end:], 5, 8, false)
	s.SetByteSlice(sig[32:64])
	return set, s
}

// checkTheirs compares what is left to lnd.
func checkTheirs(t *testing.T, v bolt11) {
	z, err := zpay32.Decode(v.Invoice, network(t, v.Network).params())
	if err != nil {
		t.Fatal(err)
	}
	fallback := ""
	if z.FallbackAddr != nil {
		fallback = z.FallbackAddr.EncodeAddress()
	}
	equal(t, "fallback", fallback, v.Expect.Fallback)
	equal(t, "metadata", hex.EncodeToString(z.Metadata), v.Expect.Metadata)
	var hints [][]hop
	for _, route := range z.RouteHints {
		var hops []hop
		for _, h := range route {
			id := h.ChannelID
			channel := fmt.Sprintf("%dx%dx%d", id>>40, id>>16&0xffffff, id&0xffff)
			hops = append(hops, hop{hex.EncodeToString(h.NodeID.SerializeCompressed()), channel,
				h.FeeBaseMSat, h.FeeProportionalMillionths, h.CLTVExpiryDelta})
		}
		hints = append(hints, hops)
	}
	equal(t, "route hints", fmt.Sprint(hints), fmt.Sprint(v.Expect.RouteHints))
	var set []int
	for bit := range z.Features.Features() {
		set = append(set, int(bit))
	}
	slices.Sort(set)
	equal(t, "features of zpay32", fmt.Sprint(set), fmt.Sprint(v.Expect.Features))
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func optional[T comparable](t *testing.T, what string, got T, ok bool, want *T) {
	t.Helper()
	if ok != (want != nil) || ok && got != *want {
		t.Errorf("%s: %v, %v, want %v", what, got, ok, want)
	}
}
