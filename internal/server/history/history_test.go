package history

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"qpay/internal/money"
	"qpay/internal/server/hint"
	"qpay/internal/server/journal"
	"qpay/internal/server/payment"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestParseSince(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip(err)
	}
	now := time.Date(2026, 3, 30, 12, 0, 0, 0, berlin) // the day after the clocks went forward
	for in, want := range map[string]string{
		"2026-01-02":           "2026-01-02T00:00:00+01:00",
		"2026-01-02T03:04":     "2026-01-02T03:04:00+01:00",
		"2026-01-02 03:04":     "2026-01-02T03:04:00+01:00",
		"2026-01-02T03:04:05Z": "2026-01-02T03:04:05Z",
		"7d":                   "2026-03-23T12:00:00+01:00", // at noon then too
		"2w":                   "2026-03-16T12:00:00+01:00",
		"12h":                  "2026-03-30T00:00:00+02:00",
		"90m":                  "2026-03-30T10:30:00+02:00",
		"0d":                   "2026-03-30T12:00:00+02:00",
	} {
		if got, err := ParseSince(in, now); err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%q: %v %v, want %s", in, got, err, want)
		}
	}
	for _, in := range []string{"yesterday", "-7d", "7", "d", "7y", "99999d", "2026-13-01", "2026-02-30", "01/02/2026", "7 d", "7d\x1b[31m"} {
		if _, err := ParseSince(in, now); err == nil || hint.Of(err) == "" || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%q: %v", in, err)
		}
	}
	if got, err := ParseSince("", now); err != nil || !got.IsZero() {
		t.Error(got, err)
	}
}

// samples are one of each kind, with what an attacker would put in.
func samples(t *testing.T) (*journal.Journal, []journal.Record) {
	t.Helper()
	j, err := journal.Open(filepath.Join(t.TempDir(), "state"))
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for i, s := range []struct {
		qube        string
		description string
		origin      string
		msat        uint64
		steps       []payment.State
	}{
		{"personal", "a coffee", "https://shop.example", 12_345_678, []payment.State{payment.Approved, payment.Sent, payment.Paid}},
		{"work", "=HYPERLINK(\"http://x\")\nsecond line", "", 1, []payment.State{payment.Approved, payment.Sent, payment.Failed}},
		{"untrusted", "\x1b]0;owned\a\u202e \U0001F600 and so on, for longer than any table would show", "@SUM(1)", 0, []payment.State{payment.Denied}},
		{"personal", "", "", 2_100_000_000_000_000_000, []payment.State{payment.Approved, payment.Sent}},
	} {
		preimage := payment.Preimage{byte(i + 1)}
		r := journal.Record{Qube: payment.Qube(s.qube), Hash: preimage.Hash(), Description: s.description, Origin: s.origin, Network: "simnet",
			Destination: strings.Repeat("02ab", 16) + "02", PaymentRequest: "lnsb1example"}
		at := begin.Add(time.Duration(i) * 24 * time.Hour)
		r, err := j.Ask(r, at)
		if err != nil {
			t.Fatal(err)
		}
		for n, state := range s.steps {
			_, err := j.Move(r.ID, state, at.Add(time.Duration(n+1)*time.Second), nil, func(r *journal.Record) {
				switch r.State {
				case payment.Approved:
					r.Amount, r.FeeLimit = money.Msat(s.msat), 123_456
				case payment.Paid:
					r.Learn(payment.Outcome{State: payment.Paid, Preimage: preimage, Amount: r.Amount, Fee: 101_000})
				case payment.Failed:
					r.Reason = payment.NoRoute
				}
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	rs, err := Select(j, Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return j, rs
}

func TestGolden(t *testing.T) {
	local := time.Local
	time.Local = time.UTC
	defer func() { time.Local = local }()
	_, rs := samples(t)
	var table, csv, js, show bytes.Buffer
	for name, err := range map[string]error{"table": Table(&table, rs), "csv": CSV(&csv, rs), "json": JSON(&js, rs), "show": Show(&show, rs)} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, got := range map[string]*bytes.Buffer{"table.txt": &table, "history.csv": &csv, "history.json": &js, "show.txt": &show} {
		if strings.ContainsAny(got.String(), "\x1b\a\u202e\r") {
			t.Errorf("%s: what a terminal obeys is in it", name)
		}
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(want, got.Bytes()) {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
	}
	var back []journal.Record
	if err := json.Unmarshal(js.Bytes(), &back); err != nil || len(back) != len(rs) || back[1].Description != rs[1].Description {
		t.Errorf("JSON changed the text: %v", err)
	}
}

func TestFilter(t *testing.T) {
	j, all := samples(t)
	since := func(s string) time.Time { at, _ := ParseSince(s, time.Now()); return at }
	for _, c := range []struct {
		f    Filter
		want int
	}{
		{Filter{}, 4}, {Filter{Qube: "personal"}, 2}, {Filter{Qube: "person"}, 0}, {Filter{State: payment.Paid}, 1},
		{Filter{Since: since("2026-01-03T00:00:00Z")}, 3}, {Filter{Since: since("2030-01-01")}, 0},
		{Filter{Limit: 3}, 3}, {Filter{Qube: "personal", State: payment.Sent, Limit: 9}, 1},
	} {
		rs, err := Select(j, c.f)
		if err != nil || len(rs) != c.want {
			t.Errorf("%+v: %d records, %v", c.f, len(rs), err)
		}
		if c.f.Limit == 3 && rs[0].ID != all[0].ID {
			t.Error("the limit took away the newest")
		}
	}
	if rs, err := Select(nil, Filter{}); err != nil || rs != nil {
		t.Error(rs, err)
	}
}

func TestFind(t *testing.T) {
	j, all := samples(t)
	h := all[0].Hash.String()
	for _, p := range []string{h, h[:8], strings.ToUpper(h[:20]), " " + h + "\n"} {
		if rs, err := Find(j, p); err != nil || len(rs) != 1 || rs[0].ID != all[0].ID {
			t.Errorf("%q: %v %v", p, rs, err)
		}
	}
	// Two attempts at one invoice, and another hash that begins like it.
	if _, err := j.Ask(journal.Record{Hash: all[0].Hash}, time.Now()); err != nil {
		t.Fatal(err)
	}
	if rs, err := Find(j, h[:8]); err != nil || len(rs) != 2 || rs[0].ID != all[0].ID {
		t.Errorf("%v %v", rs, err)
	}
	near := all[0].Hash
	near[31] ^= 1
	if _, err := j.Ask(journal.Record{Hash: near}, time.Now()); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{"", h[:7], h[:8], "nothexno", h + "0", "00000000"} {
		if _, err := Find(j, p); err == nil || hint.Of(err) == "" {
			t.Errorf("%q: %v", p, err)
		}
	}
}

func TestFalseProofIsCalledSo(t *testing.T) {
	_, rs := samples(t)
	r := rs[3]
	r.Hash[0] ^= 1
	var b bytes.Buffer
	if err := Show(&b, []journal.Record{r}); err != nil || !strings.Contains(b.String(), "NOT the payment hash") {
		t.Errorf("%s %v", &b, err)
	}
}

func TestCell(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "a coffee": "a coffee", "=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@x": "'@x", " =1": "' =1", "＝1": "'＝1", "a=1": "a=1",
		"\t=1": "⟨U+0009⟩=1", "\r=1": "⟨U+000D⟩=1", "\n=1": "⏎=1",
	} {
		if got := cell(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
