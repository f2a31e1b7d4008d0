package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"qpay/internal/money"
	"qpay/internal/server/invoice"
)

// home makes a home folder with a configuration.
func home(t *testing.T, toml string) string {
	t.Helper()
	h := t.TempDir()
	conf, _ := Folders(h)
	if err := os.MkdirAll(conf, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"config.toml": toml, "tls.cert": "certificate", "macaroon": "macaroon"} {
		if err := os.WriteFile(filepath.Join(conf, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

func TestDefaults(t *testing.T) {
	c, err := Load(home(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	if c.Network != invoice.Mainnet || c.Fee != money.DefaultFeeRule || c.MaxPayment != 1_000_000*money.PerSat ||
		c.AskFor != 3*time.Minute || c.Pause != time.Second || !c.Sandboxed || string(c.Macaroon) != "macaroon" || string(c.Certificate) != "certificate" {
		t.Fatalf("%+v", c)
	}
}

func TestRefused(t *testing.T) {
	for toml, want := range map[string]string{
		"network = \"doge\"":                                  "unknown network",
		"[fee_limit]\nppm = 1000001":                          "fee_limit",
		"[fee_limit]\nbase_sat = -1":                          "base_sat",
		"[limits]\nmax_payment_sat = 0":                       "max_payment_sat",
		"[limits]\nmax_payment_sat = 2100000000000001":        "max_payment_sat",
		"[times]\nask_seconds = 0":                            "ask_seconds",
		"[times]\npay_seconds = 604801":                       "pay_seconds",
		"[quiet]\npause_seconds = 61":                         "pause_seconds",
		"[sandbox]\nrequired = 1":                             "required",
		"fee_limit_sat = 1":                                   `unknown key "fee_limit_sat"`,
		"[node]\nmacarron = \"x\"":                            `unknown key "node.macarron"`,
		"network = \"mainnet\"\nnetwork = \"simnet\"":         "network",
		strings.Repeat("#", largest) + "\nnetwork=\"simnet\"": "more than any such file",
	} {
		if _, err := Load(home(t, toml)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, want %q", toml, err, want)
		}
	}
}

func TestFilesOfOthersAreRefused(t *testing.T) {
	for name, spoil := range map[string]func(file string) error{
		"readable by the group": func(f string) error { return os.Chmod(f, 0o640) },
		"writable by others":    func(f string) error { return os.Chmod(f, 0o602) },
		"a folder":              func(f string) error { return errors.Join(os.Remove(f), os.Mkdir(f, 0o700)) },
		"not there":             os.Remove,
	} {
		for _, file := range []string{"config.toml", "tls.cert", "macaroon"} {
			h := home(t, "")
			conf, _ := Folders(h)
			if err := spoil(filepath.Join(conf, file)); err != nil {
				t.Fatal(err)
			}
			if _, err := Load(h); err == nil {
				t.Errorf("%s %s was taken", file, name)
			} else if file == "config.toml" && name == "not there" && !errors.Is(err, ErrMissing) {
				t.Error(err)
			}
		}
	}
	if _, err := Load("relative"); err == nil {
		t.Error("a home that is no absolute path was taken")
	}
}
