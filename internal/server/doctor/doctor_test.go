package doctor

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"qpay/internal/server/config"
)

var now = time.Date(2026, 5, 6, 12, 0, 0, 0, time.UTC)

func examined(t *testing.T) *examination {
	return &examination{Place: Place{Home: t.TempDir(), Getenv: func(string) string { return "" }, Now: func() time.Time { return now }}, ready: true}
}

func TestCertificateThatEnds(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for left, want := range map[time.Duration]Status{
		-time.Second:                  Fail,
		time.Second:                   Warn,
		30*24*time.Hour - time.Second: Warn,
		30 * 24 * time.Hour:           OK,
		400 * 24 * time.Hour:          OK,
	} {
		c := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: now.Add(left)}
		der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		x := examined(t)
		x.conf.Certificate = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
		x.certificate()
		if f := x.findings[0]; f.Status != want || (f.Hint == "") != (want == OK) {
			t.Errorf("%v left: %+v", left, f)
		}
	}
}

func TestDialog(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, nil, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for path, want := range map[string]Status{
		write("good", 0o755): OK, write("plain", 0o644): Fail, dir: Fail, dir + "/none": Fail, dir + "/good/x": Fail,
	} {
		x := examined(t)
		x.Dialog = path
		x.dialog()
		if x.findings[0].Status != want {
			t.Errorf("%+v", x.findings[0])
		}
	}
}

func TestSandbox(t *testing.T) {
	for _, c := range []struct {
		abi      int
		required bool
		want     Status
	}{{0, true, Fail}, {3, true, Fail}, {0, false, Warn}, {3, false, Warn}, {4, true, OK}, {7, false, OK}} {
		x := examined(t)
		x.conf.Sandboxed = c.required
		x.sandbox(c.abi)
		if f := x.findings[0]; f.Status != c.want {
			t.Errorf("%+v: %+v", c, f)
		}
	}
}

func TestJournalIsNotMade(t *testing.T) {
	x := examined(t)
	x.journal()
	_, state := config.Folders(x.Home)
	if _, err := os.Stat(state); x.findings[0].Status != OK || err == nil {
		t.Errorf("%+v %v", x.findings, err)
	}
}

// Every finding is one line, and what is not right has something to do.
func TestPrint(t *testing.T) {
	fs := Look(t.Context(), Place{Home: t.TempDir(), Dialog: "/none", Getenv: func(string) string { return "" }, Now: time.Now})
	var b bytes.Buffer
	if err := Print(&b, fs); err != nil || strings.Count(b.String(), "\n") != len(fs) || !Failed(fs) {
		t.Errorf("%v\n%s", err, &b)
	}
	for _, f := range fs {
		if f.Status == Fail && f.Hint == "" {
			t.Errorf("no hint: %+v", f)
		}
	}
}
