package walletcmds

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"qpay/internal/server/config"
	"qpay/internal/wire"
	"qpay/test/lnnet"
)

func TestSetupByFiles(t *testing.T) {
	net, ctx := network(t)
	w := newWallet(t)
	r := w.setUp(net.Alice).says("simnet", "deletemacaroonid", "setup --revoke")
	c := w.config()
	if c.Network.String() != "simnet" || c.Address != net.Alice.GRPCAddr || !slices.Equal(c.Services, config.Shipped()) {
		t.Errorf("%+v", c)
	}
	if names := slices.Sorted(maps.Keys(w.files())); !slices.Equal(names, []string{"config.toml", "macaroon", "tls.cert"}) {
		t.Errorf("files %v", names)
	}
	if info, _ := os.Stat(w.folder()); info.Mode().Perm() != 0o700 {
		t.Errorf("folder has mode %v", info.Mode())
	}
	if !strings.Contains(r.out, fmt.Sprint(c.RootKeyID)) || !has(t, ctx, net.Alice, c.RootKeyID) {
		t.Errorf("root key %d; said:\n%s", c.RootKeyID, r.out)
	}
	w.exact()
	notStored(t, w, net.Alice)
	refusedElsewhere(t, ctx, net.Alice, c.Macaroon)

	// Again, the same: nothing changes, and no root key is left behind.
	before, keys := w.files(), idsOf(t, ctx, net.Alice)
	w.setUp(net.Alice).says("unchanged")
	if !maps.Equal(before, w.files()) || !slices.Equal(keys, idsOf(t, ctx, net.Alice)) {
		t.Error("a second run changed something")
	}
}

func idsOf(t *testing.T, ctx context.Context, n *lnnet.Node) []uint64 {
	t.Helper()
	ids, err := n.ListMacaroonIDs(ctx)
	must(t, err)
	slices.Sort(ids)
	return ids
}

func has(t *testing.T, ctx context.Context, n *lnnet.Node, id uint64) bool {
	t.Helper()
	return slices.Contains(idsOf(t, ctx, n), id)
}

// notStored looks for the admin macaroon in all that setup wrote.
func notStored(t *testing.T, w *wallet, n *lnnet.Node) {
	t.Helper()
	admin, err := os.ReadFile(n.AdminMacaroon)
	must(t, err)
	err = filepath.WalkDir(w.home, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if strings.Contains(string(b), string(admin[len(admin)-16:])) {
			t.Errorf("the admin macaroon is in %s", path)
		}
		return err
	})
	must(t, err)
}

// call makes a REST call with a macaroon.
func call(t *testing.T, ctx context.Context, n *lnnet.Node, macaroon []byte, method, path, body string) (int, string) {
	t.Helper()
	cert, err := os.ReadFile(n.TLSCert)
	must(t, err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(cert)
	q, err := http.NewRequestWithContext(ctx, method, "https://"+n.RESTAddr+path, strings.NewReader(body))
	must(t, err)
	q.Header.Set("Grpc-Metadata-macaroon", hex.EncodeToString(macaroon))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Do(q)
	must(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	must(t, err)
	return resp.StatusCode, string(text)
}

// refusedElsewhere tries what a stolen macaroon would be used for.
func refusedElsewhere(t *testing.T, ctx context.Context, n *lnnet.Node, macaroon []byte) {
	t.Helper()
	if code, text := call(t, ctx, n, macaroon, "GET", "/v1/getinfo", ""); code != 200 {
		t.Fatalf("GetInfo: %d %s", code, text)
	}
	for _, c := range [][3]string{
		{"POST", "/v1/transactions", `{"addr":"x","amount":"1"}`}, // SendCoins
		{"POST", "/v1/channels", `{}`},
		{"GET", "/v1/balance/blockchain", ""},
		{"GET", "/v1/balance/channels", ""},
		{"GET", "/v1/payments", ""},
		{"DELETE", "/v1/payments?all_payments=true", ""},
		{"POST", "/v1/macaroon", `{"permissions":[{"entity":"uri","action":"/lnrpc.Lightning/SendCoins"}]}`},
		{"GET", "/v1/macaroon/ids", ""},
		{"GET", "/v1/channels/backup", ""},
		{"POST", "/v1/signmessage", `{"msg":"eA=="}`},
		{"GET", "/v1/newaddress", ""},
		{"POST", "/v1/stop", `{}`},
	} {
		if code, text := call(t, ctx, n, macaroon, c[0], c[1], c[2]); code == 200 || !strings.Contains(text, "permission denied") {
			t.Errorf("%s %s: %d %s", c[0], c[1], code, text)
		}
	}
}

// uri is the lndconnect URI of a node.
func uri(t *testing.T, n *lnnet.Node) string {
	t.Helper()
	cert, err := os.ReadFile(n.TLSCert)
	must(t, err)
	admin, err := os.ReadFile(n.AdminMacaroon)
	must(t, err)
	b, _ := pem.Decode(cert)
	enc := base64.RawURLEncoding
	return "lndconnect://" + n.GRPCAddr + "?cert=" + enc.EncodeToString(b.Bytes) + "&macaroon=" + enc.EncodeToString(admin)
}

func TestSetupByURI(t *testing.T) {
	net, _ := network(t)
	w := newWallet(t)
	w.run(uri(t, net.Alice)+"\n", "setup", "--lndconnect", "--service", "qpay.GetBalance", "--max-payment-sat", "777", "--fee-base-sat", "3", "--fee-ppm", "5").
		good("qpay.GetBalance", "777 sat", "3 sat or 5 ppm")
	c := w.config()
	if !c.On(wire.ServiceGetBalance) || c.MaxPayment != 777_000 || c.Fee.Base != 3000 || c.Fee.PPM != 5 {
		t.Errorf("%+v", c)
	}
	w.exact()
	notStored(t, w, net.Alice)
}

func TestSetupAgainChangesOnlyWhatIsAsked(t *testing.T) {
	net, ctx := network(t)
	w := newWallet(t)
	w.setUp(net.Alice)
	path := filepath.Join(w.folder(), "config.toml")
	b, err := os.ReadFile(path)
	must(t, err)
	mine := strings.Replace(string(b), "[limits]\n", "[limits] # mine\n# a comment of mine\n", 1) + "[times]\nask_seconds = 99\n"
	must(t, os.WriteFile(path, []byte(mine), 0o600))
	old := w.config()

	w.run("", "setup", "--max-payment-sat", "5").good() // no node and no admin macaroon needed
	if got := w.files()["config.toml"]; got != strings.Replace(mine, "max_payment_sat = 1000000", "max_payment_sat = 5", 1) {
		t.Errorf("config.toml:\n%s", got)
	}
	before := w.files()
	w.run("", "setup", "--service", "sign_message").bad("less than these services need", "--admin-macaroon")
	w.run("", "setup", "--no-service", "make_invoice").bad("more than these services need")
	if !maps.Equal(before, w.files()) {
		t.Error("a refused change was made")
	}

	w.run("", "setup", "--service", "sign_message", "--admin-macaroon", net.Alice.AdminMacaroon).good("is revoked")
	now := w.config()
	if !now.On(wire.ServiceSignMessage) || now.AskFor != old.AskFor || now.MaxPayment != 5000 || now.RootKeyID == old.RootKeyID {
		t.Errorf("%+v", now)
	}
	w.exact()
	if has(t, ctx, net.Alice, old.RootKeyID) || !has(t, ctx, net.Alice, now.RootKeyID) {
		t.Errorf("root keys %v; old %d, new %d", idsOf(t, ctx, net.Alice), old.RootKeyID, now.RootKeyID)
	}
	if code, _ := call(t, ctx, net.Alice, old.Macaroon, "GET", "/v1/getinfo", ""); code == 200 {
		t.Error("the old macaroon still works")
	}
	if len(w.files()) != 3 {
		t.Errorf("files %v", slices.Sorted(maps.Keys(w.files())))
	}
	// Keysend needs no other call than paying does, so no other macaroon.
	w.run("", "setup", "--service", "keysend").good()
	if c := w.config(); !c.On(wire.ServiceKeysend) || c.RootKeyID != now.RootKeyID {
		t.Errorf("%+v", c)
	}
	if !strings.Contains(w.files()["config.toml"], "# a comment of mine") {
		t.Error("a comment was lost")
	}
}

func TestRevoke(t *testing.T) {
	net, ctx := network(t)
	w := newWallet(t)
	w.setUp(net.Alice)
	c := w.config()
	w.run("", "setup", "--revoke").bad("admin macaroon", fmt.Sprintf("deletemacaroonid %d", c.RootKeyID))
	w.run("", "setup", "--revoke", "--admin-macaroon", net.Bob.AdminMacaroon).bad("of another node")
	if _, there := w.files()["macaroon"]; !there || !has(t, ctx, net.Alice, c.RootKeyID) {
		t.Fatal("a revocation that was refused did something")
	}
	w.run("", "setup", "--revoke", "--admin-macaroon", net.Alice.AdminMacaroon).good("deleted at the node")
	if _, there := w.files()["macaroon"]; there || has(t, ctx, net.Alice, c.RootKeyID) {
		t.Error("still there")
	}
	if code, _ := call(t, ctx, net.Alice, c.Macaroon, "GET", "/v1/getinfo", ""); code == 200 {
		t.Error("the macaroon still works")
	}
	w.run("", "setup", "--revoke", "--admin-macaroon", net.Alice.AdminMacaroon).bad("revoked already")
	w.run("", "setup", "--admin-macaroon", net.Alice.AdminMacaroon).good() // and back
	w.exact()

	// Revoked at the node behind setup's back: it says so, and mends it.
	must(t, net.Alice.DeleteMacaroonID(ctx, w.config().RootKeyID))
	w.run("", "doctor").says("FAIL  network", "was revoked")
	w.run("", "setup", "--network", "simnet").bad("the node refuses the present macaroon")
	w.run("", "setup", "--admin-macaroon", net.Alice.AdminMacaroon).good("any more")
	w.exact()
}

// Each error leaves everything as it was.
func TestSetupRefuses(t *testing.T) {
	net, ctx := network(t)
	a := net.Alice
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	narrow, err := a.BakeMacaroon(ctx, []string{"/lnrpc.Lightning/GetInfo"}, 9)
	must(t, err)
	narrowBytes, err := hex.DecodeString(narrow)
	must(t, err)
	line, err := lnnet.NewCut(a.GRPCAddr)
	must(t, err)
	t.Cleanup(line.Close)
	line.Cut()
	before := idsOf(t, ctx, a)
	given := func(address, cert, macaroon string, more ...string) []string {
		return append([]string{"setup", "--address", address, "--tls-cert", cert, "--admin-macaroon", macaroon}, more...)
	}
	for name, c := range map[string]struct {
		args  []string
		stdin string
		want  string
	}{
		"no address that is one":      {args: given("nowhere", a.TLSCert, a.AdminMacaroon), want: "not HOST:PORT"},
		"a node that is down":         {args: given(line.Addr(), a.TLSCert, a.AdminMacaroon), want: "connection refused"},
		"REST instead of gRPC":        {args: given(a.RESTAddr, a.TLSCert, a.AdminMacaroon), want: "gRPC"},
		"another node's certificate":  {args: given(a.GRPCAddr, net.Bob.TLSCert, a.AdminMacaroon), want: "another TLS certificate"},
		"no certificate":              {args: given(a.GRPCAddr, file("text", "text"), a.AdminMacaroon), want: "no certificate"},
		"a key for a certificate":     {args: given(a.GRPCAddr, filepath.Join(a.Dir, "tls.key"), a.AdminMacaroon), want: "PRIVATE KEY"},
		"a file that is not there":    {args: given(a.GRPCAddr, dir+"/none", a.AdminMacaroon), want: "no such file"},
		"a folder":                    {args: given(a.GRPCAddr, a.TLSCert, dir), want: "not a plain file"},
		"a macaroon in hex":           {args: given(a.GRPCAddr, a.TLSCert, file("hex", narrow)), want: "binary form"},
		"another node's macaroon":     {args: given(a.GRPCAddr, a.TLSCert, net.Bob.AdminMacaroon), want: "of another node"},
		"a macaroon that may not":     {args: given(a.GRPCAddr, a.TLSCert, file("narrow", string(narrowBytes))), want: "may not make others"},
		"another network":             {args: given(a.GRPCAddr, a.TLSCert, a.AdminMacaroon, "--network", "mainnet"), want: "is on simnet"},
		"no network":                  {args: given(a.GRPCAddr, a.TLSCert, a.AdminMacaroon, "--network", "doge"), want: "no network"},
		"no service":                  {args: given(a.GRPCAddr, a.TLSCert, a.AdminMacaroon, "--service", "steal"), want: "no service"},
		"paying switched off":         {args: given(a.GRPCAddr, a.TLSCert, a.AdminMacaroon, "--no-service", "qpay.Pay"), want: "always on"},
		"on and off":                  {args: given(a.GRPCAddr, a.TLSCert, a.AdminMacaroon, "--service", "keysend", "--no-service", "keysend"), want: "on and off"},
		"a limit of nothing":          {args: given(a.GRPCAddr, a.TLSCert, a.AdminMacaroon, "--max-payment-sat", "0"), want: "--max-payment-sat"},
		"more than all of the amount": {args: given(a.GRPCAddr, a.TLSCert, a.AdminMacaroon, "--fee-ppm", "1000001"), want: "--fee-ppm"},
		"a limit that is no number":   {args: []string{"setup", "--fee-ppm", "1%"}, want: "fee-ppm"},
		"a flag that is not":          {args: []string{"setup", "--nothing"}, want: "nothing"},
		"an argument":                 {args: []string{"setup", uri(t, a)}, want: "takes no arguments"},
		"nothing given":               {args: []string{"setup"}, want: "certificate is needed"},
		"no admin macaroon":           {args: []string{"setup", "--address", a.GRPCAddr, "--tls-cert", a.TLSCert}, want: "admin macaroon is needed"},
		"an empty URI":                {args: []string{"setup", "--lndconnect"}, want: "lndconnect"},
		"a URI without macaroon":      {args: []string{"setup", "--lndconnect"}, stdin: "lndconnect://127.0.0.1:1?cert=AA", want: "one macaroon"},
		"too much":                    {args: []string{"setup", "--lndconnect"}, stdin: strings.Repeat("x", 70000), want: "more than"},
		"two ways":                    {args: []string{"setup", "--lndconnect", "--address", "h:1"}, want: "leave out"},
		"revoking what is not":        {args: []string{"setup", "--revoke", "--admin-macaroon", a.AdminMacaroon}, want: "nothing to revoke"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWallet(t)
			r := w.run(c.stdin, c.args...).bad(c.want)
			if es, _ := os.ReadDir(w.folder()); len(es) > 0 {
				t.Errorf("left %v", es)
			}
			admin, _ := os.ReadFile(a.AdminMacaroon)
			if text := r.out + r.err; strings.Contains(text, base64.RawURLEncoding.EncodeToString(admin)[20:60]) {
				t.Errorf("repeats a secret:\n%s", text)
			}
		})
	}
	if now := idsOf(t, ctx, a); !slices.Equal(before, now) {
		t.Errorf("root keys %v, before %v", now, before)
	}
}

func TestSetupOfANodeThatIsLocked(t *testing.T) {
	net, ctx := network(t)
	w := newWallet(t)
	must(t, net.Bob.RestartLocked(ctx))
	t.Cleanup(func() { must(t, net.Bob.Unlock(context.Background())) })
	w.run("", "setup", "--address", net.Bob.GRPCAddr, "--tls-cert", net.Bob.TLSCert, "--admin-macaroon", net.Bob.AdminMacaroon).
		bad("locked", "lncli unlock")
}

// A disk that is full, or a folder that may not be written: the old set works.
func TestSetupThatCannotWrite(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Log("as root: by a folder in the way")
	}
	net, ctx := network(t)
	w := newWallet(t)
	w.setUp(net.Alice)
	before, keys := w.config(), idsOf(t, ctx, net.Alice)
	inTheWay := filepath.Join(w.folder(), "macaroon.2") // where the new one would go
	must(t, os.MkdirAll(filepath.Join(inTheWay, "x"), 0o700))
	r := w.run("", "setup", "--service", "sign_message", "--admin-macaroon", net.Alice.AdminMacaroon)
	if r.code != 1 || !strings.Contains(r.err, "cannot be written") {
		t.Errorf("%d %s%s", r.code, r.out, r.err)
	}
	must(t, os.RemoveAll(inTheWay))
	if now := w.config(); now.RootKeyID != before.RootKeyID || !slices.Equal(now.Services, before.Services) {
		t.Errorf("%+v", now)
	}
	if now := idsOf(t, ctx, net.Alice); !slices.Equal(keys, now) {
		t.Errorf("root keys %v, before %v", now, keys)
	}
	if len(w.files()) != 3 {
		t.Errorf("files %v", slices.Sorted(maps.Keys(w.files())))
	}
	w.exact()
}

// At a terminal, what is missing is asked for.
func TestSetupAsks(t *testing.T) {
	net, _ := network(t)
	w := newWallet(t)
	answers := fmt.Sprintf("%s\n%s\n%s\ny\nn\nn\n", net.Alice.GRPCAddr, net.Alice.TLSCert, net.Alice.AdminMacaroon)
	code, out := w.atTerminal(answers, "setup")
	if code != 0 || !strings.Contains(out, "Address of the node") || !strings.Contains(out, "next      qpay-server doctor") {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	if c := w.config(); !c.On(wire.ServiceSignMessage) || c.On(wire.ServiceKeysend) {
		t.Errorf("%+v", c)
	}
	w.exact()
	if code, out := w.atTerminal("", "setup", "--max-payment-sat", "9"); code != 0 || strings.Contains(out, "?") {
		t.Errorf("exit code %d: asked although nothing is missing\n%s", code, out)
	}
}
