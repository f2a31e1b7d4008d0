package payment

import (
	"encoding/json"
	"testing"
)

var all = []State{Asked, Approved, Sent, Paid, Failed, Unknown, Denied, Expired, Gone}

// Every pair of states: these arrows and no other.
func TestMoves(t *testing.T) {
	allowed := map[[2]State]bool{
		{Asked, Approved}: true, {Asked, Denied}: true, {Asked, Expired}: true, {Asked, Gone}: true,
		{Approved, Sent}: true, {Approved, Gone}: true,
		{Sent, Paid}: true, {Sent, Failed}: true, {Sent, Unknown}: true,
		{Unknown, Paid}: true, {Unknown, Failed}: true,
	}
	for _, from := range all {
		for _, to := range all {
			got, err := from.Move(to)
			if want := allowed[[2]State{from, to}]; (err == nil) != want {
				t.Errorf("%s to %s: allowed %v, want %v", from, to, err == nil, want)
			}
			if err != nil && got != from {
				t.Errorf("%s to %s was refused and gave %s", from, to, got)
			}
		}
	}
}

func TestAnUnknownPaymentIsNeverFinal(t *testing.T) {
	for _, s := range all {
		if s.Final() && s.Open() {
			t.Errorf("%s is final and open", s)
		}
	}
	if Sent.Final() || Unknown.Final() || !Paid.Final() || !Failed.Final() {
		t.Error("finality is wrong")
	}
}

func TestPreimage(t *testing.T) {
	var p Preimage
	const want = "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925" // SHA-256 of 32 zero bytes
	if got := p.Hash().String(); got != want {
		t.Fatal(got)
	}
	text, err := json.Marshal(p.Hash())
	if err != nil || string(text) != `"`+want+`"` {
		t.Fatalf("%s, %v", text, err)
	}
	var h Hash
	if err := json.Unmarshal(text, &h); err != nil || h != p.Hash() {
		t.Fatal(h, err)
	}
	for _, bad := range []string{"", "00", want + "00", want[:63] + "g"} {
		if _, err := ParseHash(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
