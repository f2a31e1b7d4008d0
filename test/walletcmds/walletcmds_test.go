// Package walletcmds tests the commands that a person runs in lightningvm,
// qpay-server setup, doctor and history: the built program, and a real lnd.
package walletcmds

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"qpay/internal/server/config"
	"qpay/internal/server/lnd"
	"qpay/test/lnnet"
	"qpay/test/module"
)

// patience bounds a test's waits; it is never what a test waits for.
const patience = 3 * time.Minute

var shared struct {
	sync.Once
	net *lnnet.Net
	err error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.net != nil {
		shared.net.Stop()
	}
	os.Exit(code)
}

func network(t *testing.T) (*lnnet.Net, context.Context) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	shared.Do(func() { shared.net, shared.err = lnnet.Start(ctx, lnnet.Options{Nodes: 2}) })
	if errors.Is(shared.err, lnnet.ErrNoTools) && os.Getenv("QPAY_REQUIRE_TOOLS") == "" {
		t.Skip(shared.err)
	}
	must(t, shared.err)
	return shared.net, ctx
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wallet is lightningvm: a home folder.
type wallet struct {
	t    *testing.T
	home string
	env  []string
}

func newWallet(t *testing.T) *wallet { return &wallet{t: t, home: t.TempDir()} }

// result of a command.
type result struct {
	t        *testing.T
	out, err string
	code     int
}

func (w *wallet) run(stdin string, args ...string) result {
	w.t.Helper()
	c := exec.Command(program(w.t), args...)
	c.Env = append([]string{"HOME=" + w.home, "PATH=/usr/bin:/bin", "TZ=UTC"}, w.env...)
	c.Stdin = strings.NewReader(stdin)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		w.t.Fatal(err)
	}
	return result{w.t, out.String(), errs.String(), c.ProcessState.ExitCode()}
}

func program(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("QPAY_BIN")
	if dir == "" {
		root, err := module.Root()
		must(t, err)
		dir = filepath.Join(root, "out", "bin")
	}
	p := filepath.Join(dir, "qpay-server")
	if _, err := os.Stat(p); err != nil {
		t.Fatalf("run make build: %v", err)
	}
	return p
}

// good wants exit code 0, nothing on standard error, and these words.
func (r result) good(words ...string) result {
	r.t.Helper()
	if r.code != 0 || r.err != "" {
		r.t.Fatalf("exit code %d\n%s%s", r.code, r.out, r.err)
	}
	return r.says(words...)
}

func (r result) says(words ...string) result {
	r.t.Helper()
	for _, w := range words {
		if !strings.Contains(r.out, w) {
			r.t.Errorf("no %q in:\n%s", w, r.out)
		}
	}
	return r
}

// bad wants an error with these words, and a hint.
func (r result) bad(words ...string) result {
	r.t.Helper()
	if r.code != 1 || !strings.HasPrefix(r.err, "qpay-server: error: ") || !strings.Contains(r.err, "\nqpay-server: hint: ") ||
		strings.Count(r.err, "\n") != 2 {
		r.t.Errorf("exit code %d, and said:\n%s%s", r.code, r.out, r.err)
	}
	for _, w := range words {
		if !strings.Contains(r.err, w) {
			r.t.Errorf("no %q in:\n%s", w, r.err)
		}
	}
	return r
}

func (w *wallet) folder() string { conf, _ := config.Folders(w.home); return conf }

func (w *wallet) config() config.Config {
	w.t.Helper()
	c, err := config.Load(w.home)
	must(w.t, err)
	return c
}

// files are the names and contents in the configuration's folder.
func (w *wallet) files() map[string]string {
	w.t.Helper()
	all := map[string]string{}
	es, err := os.ReadDir(w.folder())
	must(w.t, err)
	for _, e := range es {
		b, err := os.ReadFile(filepath.Join(w.folder(), e.Name()))
		must(w.t, err)
		all[e.Name()] = string(b)
		if info, _ := e.Info(); info.Mode().Perm() != 0o600 {
			w.t.Errorf("%s has mode %v", e.Name(), info.Mode())
		}
	}
	return all
}

// setUp makes a working wallet of a node.
func (w *wallet) setUp(n *lnnet.Node, more ...string) result {
	w.t.Helper()
	args := append([]string{"setup", "--address", n.GRPCAddr, "--tls-cert", n.TLSCert, "--admin-macaroon", n.AdminMacaroon}, more...)
	return w.run("", args...).good()
}

// exact checks that the macaroon in use allows what the services need and
// nothing else, by its content.
func (w *wallet) exact() {
	w.t.Helper()
	c := w.config()
	allowed := lnd.Allowed(c.Services)
	must(w.t, lnd.Narrow(c.Macaroon, allowed))
	if missing, err := lnd.Lacks(c.Macaroon, allowed); err != nil || len(missing) > 0 {
		w.t.Errorf("the macaroon lacks %v, %v", missing, err)
	}
	if id, err := lnd.RootKeyID(c.Macaroon); err != nil || id == 0 || id != c.RootKeyID {
		w.t.Errorf("root key %d in the macaroon (%v), %d in config.toml", id, err, c.RootKeyID)
	}
}
