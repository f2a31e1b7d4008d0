package walletcmds

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"qpay/internal/server/config"
	"qpay/internal/server/journal"
	"qpay/internal/server/lnd"
	"qpay/internal/server/payment"
	"qpay/test/lnnet"
)

// withDisplay gives a wallet an X display: all that doctor asks of it is that
// something listens.
func (w *wallet) withDisplay() *wallet {
	w.t.Helper()
	for n := 4000; ; n++ {
		l, err := net.Listen("unix", fmt.Sprintf("@/tmp/.X11-unix/X%d", n))
		if err != nil {
			continue
		}
		w.t.Cleanup(func() { l.Close() })
		w.env = append(w.env, fmt.Sprintf("DISPLAY=:%d", n))
		return w
	}
}

func (w *wallet) doctor(code int, words ...string) result {
	w.t.Helper()
	r := w.run("", "doctor").says(words...)
	if r.code != code || r.err != "" {
		w.t.Errorf("exit code %d, want %d\n%s%s", r.code, code, r.out, r.err)
	}
	return r
}

func TestDoctorWithNothingConfigured(t *testing.T) {
	w := newWallet(t)
	w.env = []string{"DISPLAY=:4321"}
	w.doctor(1, "FAIL  configuration", "hint: run qpay-server setup", "FAIL  display", "ok    journal")
	if es, _ := os.ReadDir(w.home); len(es) > 0 {
		t.Errorf("it made %v", es)
	}
}

func TestDoctorOfWhatSetupMade(t *testing.T) {
	net, ctx := network(t)
	w := newWallet(t).withDisplay()
	w.setUp(net.Alice)
	r := w.doctor(0, "ok    configuration", "ok    files", "ok    certificate", "ok    macaroon", "ok    node", "ok    wallet",
		"ok    network        alice, lnd", "ok    chain", "ok    channels       1 active", "ok    funds          not told",
		"ok    dialog", "ok    display", "ok    journal", "sandbox        ")
	for line := range strings.Lines(r.out) {
		if strings.HasPrefix(line, "warn") && !strings.Contains(line, "sandbox") {
			t.Error(line)
		}
	}
	var found struct {
		OK       bool
		Findings []struct{ Name, Status, Text, Hint string }
	}
	j := w.run("", "doctor", "--json").good()
	must(t, json.Unmarshal([]byte(j.out), &found))
	if !found.OK || len(found.Findings) != strings.Count(r.out, "\n") {
		t.Errorf("%s", j.out)
	}

	w.run("", "setup", "--service", "get_balance", "--admin-macaroon", net.Alice.AdminMacaroon).good()
	b, err := net.Alice.ChannelBalance(ctx)
	must(t, err)
	if b.LocalMsat == 0 {
		t.Fatal("alice has nothing")
	}
	w.doctor(0, "ok    funds", "sat in channels; somewhat less can be sent")

	j2, err := journal.Open(w.state())
	must(t, err)
	open(t, j2, lnnet.Invoice{Hash: strings.Repeat("ab", 32)})
	w.doctor(0, "warn  journal", "1 payments", "history --refresh")
}

func (w *wallet) state() string { _, s := config.Folders(w.home); return s }

// open writes a record of a payment that was sent.
func open(t *testing.T, j *journal.Journal, i lnnet.Invoice) journal.Record {
	t.Helper()
	h, err := payment.ParseHash(i.Hash)
	must(t, err)
	r, err := j.Ask(journal.Record{Qube: "personal", Hash: h, PaymentRequest: i.PaymentRequest, Network: "simnet",
		Destination: strings.Repeat("02", 33), Description: "=cmd|' /C calc'!A0 \x1b[31m\u202e", Amount: 2_000_000}, time.Now())
	must(t, err)
	for _, s := range []payment.State{payment.Approved, payment.Sent} {
		r, err = j.Move(r.ID, s, time.Now(), nil, nil)
		must(t, err)
	}
	return r
}

// What is not right, one at a time.
func TestDoctorFinds(t *testing.T) {
	n, ctx := network(t)
	bake := func(t *testing.T, uris []string) string {
		text, err := n.Alice.BakeMacaroon(ctx, uris, 8)
		must(t, err)
		b, err := hex.DecodeString(text)
		must(t, err)
		return string(b)
	}
	admin, err := os.ReadFile(n.Alice.AdminMacaroon)
	must(t, err)
	edit := func(old, new string) func(*testing.T, *wallet) {
		return func(t *testing.T, w *wallet) {
			path := filepath.Join(w.folder(), "config.toml")
			text := strings.Replace(w.files()["config.toml"], old, new, 1)
			must(t, os.WriteFile(path, []byte(text), 0o600))
		}
	}
	write := func(name string, content func(*testing.T) string) func(*testing.T, *wallet) {
		return func(t *testing.T, w *wallet) {
			must(t, os.WriteFile(filepath.Join(w.folder(), name), []byte(content(t)), 0o600))
		}
	}
	text := func(s string) func(*testing.T) string { return func(*testing.T) string { return s } }
	down := fmt.Sprintf("address = %q", "127.0.0.1:1")
	for name, c := range map[string]struct {
		spoil func(*testing.T, *wallet)
		want  []string
		code  int
	}{
		"an unknown key":        {edit("[limits]", "[limits]\nmin = 1"), []string{"FAIL  configuration", `"limits.min"`, "warn  macaroon"}, 1},
		"config for all":        {mode("config.toml", 0o644), []string{"FAIL  configuration", "chmod 600"}, 1},
		"macaroon for all":      {mode("macaroon", 0o640), []string{"FAIL  files", "chmod 600"}, 1},
		"folder for all":        {mode("", 0o755), []string{"FAIL  files", "chmod 700"}, 1},
		"no macaroon":           {remove("macaroon"), []string{"FAIL  files", "no such file", "qpay-server setup", "ok    node"}, 1},
		"no certificate":        {remove("tls.cert"), []string{"FAIL  files", "warn  node"}, 1},
		"garbled certificate":   {write("tls.cert", text("x")), []string{"FAIL  certificate"}, 1},
		"an admin macaroon":     {write("macaroon", text(string(admin))), []string{"FAIL  macaroon", "allows more", "ok    node", "warn  channels"}, 1},
		"a garbled macaroon":    {write("macaroon", text("x")), []string{"FAIL  macaroon", "binary form"}, 1},
		"a macaroon too narrow": {write("macaroon", func(t *testing.T) string { return bake(t, lnd.Allowed(nil)) }), []string{"FAIL  macaroon", "lacks", "AddInvoice"}, 1},
		"another root key":      {write("macaroon", func(t *testing.T) string { return bake(t, lnd.Allowed(config.Shipped())) }), []string{"warn  macaroon", "root key 8"}, 0},
		"a node that is down":   {edit(fmt.Sprintf("address = %q", n.Alice.GRPCAddr), down), []string{"FAIL  node", "127.0.0.1:1", "connection refused", "warn  chain"}, 1},
		"another node":          {edit(fmt.Sprintf("address = %q", n.Alice.GRPCAddr), fmt.Sprintf("address = %q", n.Bob.GRPCAddr)), []string{"FAIL  node", "another TLS certificate"}, 1},
		"another network":       {edit(`network = "simnet"`, `network = "mainnet"`), []string{"FAIL  network", "on simnet, not on mainnet"}, 1},
		"no display":            {func(_ *testing.T, w *wallet) { w.env = []string{"DISPLAY=:4321"} }, []string{"FAIL  display", ":4321"}, 1},
		"a garbled journal": {func(t *testing.T, w *wallet) {
			must(t, os.MkdirAll(w.state(), 0o700))
			must(t, os.WriteFile(filepath.Join(w.state(), "journal.db"), []byte(strings.Repeat("x", 20_000)), 0o600))
		}, []string{"FAIL  journal", "backup"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWallet(t).withDisplay()
			w.setUp(n.Alice)
			c.spoil(t, w)
			w.doctor(c.code, c.want...)
		})
	}
}

// A node whose connections stand and carry nothing costs seconds, not minutes.
func TestDoctorOfANodeThatHangs(t *testing.T) {
	n, _ := network(t)
	line, err := lnnet.NewCut(n.Alice.GRPCAddr)
	must(t, err)
	t.Cleanup(line.Close)
	w := newWallet(t).withDisplay()
	w.setUp(n.Alice, "--address", line.Addr())
	line.Stall()
	begin := time.Now()
	w.doctor(1, "FAIL  node", "hint", "warn  channels")
	if took := time.Since(begin); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
}

func mode(name string, m os.FileMode) func(*testing.T, *wallet) {
	return func(t *testing.T, w *wallet) { must(t, os.Chmod(filepath.Join(w.folder(), name), m)) }
}

func remove(name string) func(*testing.T, *wallet) {
	return func(t *testing.T, w *wallet) { must(t, os.Remove(filepath.Join(w.folder(), name))) }
}
