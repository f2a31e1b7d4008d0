package walletcmds

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"qpay/internal/server/journal"
	"qpay/internal/server/payment"
	"qpay/test/lnnet"
)

// A payment that a killed qpay-server left behind is followed to its end.
func TestHistoryRefresh(t *testing.T) {
	net, ctx := network(t)
	w := newWallet(t)
	w.run("", "history").good("TIME")
	w.run("", "history", "--json").good("[]")
	w.run("", "history", "show", "12345678").bad("no payment of that hash")
	w.setUp(net.Alice)
	j, err := journal.Open(w.state())
	must(t, err)

	preimage, hash := lnnet.NewPreimage()
	i, err := net.Bob.AddHoldInvoice(ctx, hash, lnnet.InvoiceSpec{Msat: 2_000_000, Memo: "held"})
	must(t, err)
	open(t, j, i)
	paid := make(chan error, 1)
	go func() { _, err := net.Alice.Pay(ctx, lnnet.PaySpec{PaymentRequest: i.PaymentRequest}); paid <- err }()
	must(t, net.Bob.WaitInvoiceState(ctx, i.Hash, "ACCEPTED"))
	w.run("", "history", "--refresh").good("sent", i.Hash[:8])
	w.run("", "doctor").says("warn  journal")

	must(t, net.Bob.SettleInvoice(ctx, preimage))
	must(t, <-paid)
	w.run("", "history", "--state", "sent").good(i.Hash[:8]) // nobody has looked
	w.run("", "history", "--refresh").good("paid", "2 000 sat", "0 sat")
	w.run("", "history", "--refresh").good("paid") // and a second time
	w.run("", "history", "show", strings.ToUpper(i.Hash[:12])).good(preimage, "SHA-256(preimage) =", i.Hash+",", "proven", i.PaymentRequest)

	_, never := lnnet.NewPreimage()
	open(t, j, lnnet.Invoice{Hash: never})
	r := w.run("", "history", "--refresh")
	if r.code != 0 || !strings.Contains(r.err, never) || !strings.Contains(r.err, "no proof") {
		t.Errorf("%d %s", r.code, r.err)
	}
	if now, err := j.OnTheWay(); err != nil || len(now) != 1 || now[0].State != payment.Sent {
		t.Errorf("%v %v", now, err)
	}

	line, err := lnnet.NewCut(net.Alice.GRPCAddr)
	must(t, err)
	defer line.Close()
	w.run("", "setup", "--address", line.Addr()).good("macaroon  the present one")
	line.Cut()
	w.run("", "history", "--refresh").bad("could not be looked up", "cannot be reached").says("paid", "sent") // the table is there
}

func TestHistoryIsSafeToPrint(t *testing.T) {
	w := newWallet(t)
	j, err := journal.Open(w.state())
	must(t, err)
	_, hash := lnnet.NewPreimage()
	open(t, j, lnnet.Invoice{Hash: hash, PaymentRequest: "lnsb1\x1b]0;x\a"})
	for _, args := range [][]string{{"history"}, {"history", "--json"}, {"history", "--csv"}, {"history", "show", hash}, {"history", "show", "--json", hash}} {
		out := w.run("", args...).good(hash[:8]).out
		if strings.ContainsAny(out, "\x1b\a\u202e\x7f") {
			t.Errorf("%v: %q", args, out)
		}
	}
	rows, err := csv.NewReader(strings.NewReader(w.run("", "history", "--csv").good().out)).ReadAll()
	must(t, err)
	if got := rows[1][len(rows[1])-1]; !strings.HasPrefix(got, "'=cmd|") {
		t.Errorf("a formula: %q", got)
	}
	var rs []journal.Record
	must(t, json.Unmarshal([]byte(w.run("", "history", "--json").good().out), &rs))
	if len(rs) != 1 || !strings.HasSuffix(rs[0].Description, "\x1b[31m\u202e") {
		t.Errorf("JSON changed the text: %+v", rs)
	}
}

func TestHistoryRefuses(t *testing.T) {
	w := newWallet(t)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"history", "--since", "yesterday"}, "no time"},
		{[]string{"history", "--state", "lost"}, "no state"},
		{[]string{"history", "--limit", "0"}, "above zero"},
		{[]string{"history", "--limit", "x"}, "limit"},
		{[]string{"history", "--json", "--csv"}, "exclude"},
		{[]string{"history", "all"}, "no arguments"},
		{[]string{"history", "show"}, "one payment hash"},
		{[]string{"history", "show", "1234"}, "no payment hash"},
		{[]string{"history", "show", "1234567x"}, "no payment hash"},
		{[]string{"history", "show", strings.Repeat("1", 65)}, "no payment hash"},
		{[]string{"history", "--nothing"}, "nothing"},
		{[]string{"doctor", "--nothing"}, "nothing"},
	} {
		w.run("", c.args...).bad(c.want)
	}
	for _, command := range [][]string{{"setup"}, {"doctor"}, {"history"}, {"history", "show"}} {
		w.run("", append(command, "--help")...).good("Examples:")
	}
}
