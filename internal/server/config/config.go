// Package config reads what lightningvm was told about its node and its limits
// (trusted). All of it lies in one folder of the person who owns the wallet,
// ~/.config/qpay-server, and is refused if anybody else could read or change
// it. Nothing is taken from the environment but HOME, which qrexec sets.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/BurntSushi/toml"

	"qpay/internal/money"
	"qpay/internal/server/invoice"
)

// ErrMissing means that there is no configuration at all.
var ErrMissing = errors.New("lightningvm is not set up yet")

// Config is the whole of it. The zero value is of no use: Load fills it in.
type Config struct {
	Network      invoice.Network
	Address      string        // host:port of lnd's gRPC
	Certificate  []byte        // PEM; the only root for the node's TLS
	Macaroon     []byte        // of qpay's own, see package lnd
	Fee          money.FeeRule // the fee limit of each payment
	MaxPayment   money.Msat    // above it nothing is offered
	AskFor       time.Duration // how long a question stays on the screen
	PayFor       time.Duration // how long lnd makes new attempts
	AnswerWithin time.Duration // after sending: the caller gets in_flight then
	FollowFor    time.Duration // after sending: how long one process follows
	Pause        time.Duration // after the first refusal; 0: none
	Sandboxed    bool          // refuse to run where the kernel has no sandbox
	StateFolder  string        // journal and queue
	Services     []string      // the qrexec services that are switched on
	ShowKey      bool          // GetInfo tells the node's public key

	// For setup and doctor.
	RootKeyID                     uint64 // of the macaroon, at the node; 0 if setup did not bake it
	CertificateFile, MacaroonFile string // absolute paths
}

// file is config.toml. Amounts are whole satoshis, times whole seconds.
type file struct {
	Network string `toml:"network"`
	Node    struct {
		Address     string `toml:"address"`
		Certificate string `toml:"tls_cert"`
		Macaroon    string `toml:"macaroon"`
		RootKeyID   uint64 `toml:"root_key_id"`
	} `toml:"node"`
	Fee struct {
		BaseSat uint64 `toml:"base_sat"`
		PPM     uint64 `toml:"ppm"`
	} `toml:"fee_limit"`
	Limits struct {
		MaxPaymentSat uint64 `toml:"max_payment_sat"`
	} `toml:"limits"`
	Quiet struct {
		Pause uint32 `toml:"pause_seconds"`
	} `toml:"quiet"`
	Sandbox struct {
		Required bool `toml:"required"`
	} `toml:"sandbox"`
	Services services `toml:"services"`
	Times    struct {
		Ask    uint32 `toml:"ask_seconds"`
		Pay    uint32 `toml:"pay_seconds"`
		Answer uint32 `toml:"answer_seconds"`
		Follow uint32 `toml:"follow_seconds"`
	} `toml:"times"`
}

// defaults hold for whatever config.toml leaves out.
func defaults() (f file) {
	f.Network = "mainnet"
	f.Node.Address = "127.0.0.1:10009"
	f.Node.Certificate = "tls.cert"
	f.Node.Macaroon = "macaroon"
	f.Fee.BaseSat = uint64(money.DefaultFeeRule.Base / money.PerSat)
	f.Fee.PPM = money.DefaultFeeRule.PPM
	f.Limits.MaxPaymentSat = 1_000_000
	f.Quiet.Pause = 1
	f.Sandbox.Required = true
	f.Services = services{MakeInvoice: true, LookupInvoice: true, GetInfo: true, VerifyMessage: true}
	f.Times.Ask, f.Times.Pay, f.Times.Answer, f.Times.Follow = 180, 60, 90, 3600
	return f
}

// Folders are the two places below the home folder.
func Folders(home string) (conf, state string) {
	return filepath.Join(home, ".config", "qpay-server"), filepath.Join(home, ".local", "state", "qpay-server")
}

// Load reads the configuration of the person whose home folder it is. It
// returns ErrMissing if there is none, and else an error that names the file
// and what is wrong with it: for the person, never for a caller.
func Load(home string) (Config, error) {
	if !filepath.IsAbs(home) {
		return Config{}, errors.New("HOME is not an absolute path")
	}
	folder, state := Folders(home)
	text, err := private(filepath.Join(folder, "config.toml"))
	if errors.Is(err, fs.ErrNotExist) {
		return Config{}, ErrMissing
	} else if err != nil {
		return Config{}, err
	}
	c, err := Parse(folder, text)
	if err != nil {
		return Config{}, err
	}
	c.StateFolder = state
	return c, c.readSecrets()
}

// Parse reads the text of config.toml in folder, and none of the files that
// it names.
func Parse(folder string, text []byte) (Config, error) {
	f := defaults()
	meta, err := toml.Decode(string(text), &f)
	if err != nil {
		return Config{}, fmt.Errorf("config.toml: %w", err)
	}
	if rest := meta.Undecoded(); len(rest) > 0 {
		return Config{}, fmt.Errorf("config.toml: unknown key %q", rest[0].String())
	}
	c, err := f.check()
	if err != nil {
		return Config{}, fmt.Errorf("config.toml: %w", err)
	}
	c.CertificateFile, c.MacaroonFile = within(folder, f.Node.Certificate), within(folder, f.Node.Macaroon)
	return c, nil
}

func (f file) check() (c Config, err error) {
	if c.Network, err = invoice.ParseNetwork(f.Network); err != nil {
		return c, err
	}
	if c.MaxPayment, err = money.FromSat(f.Limits.MaxPaymentSat); err != nil || c.MaxPayment == 0 {
		return c, errors.New("max_payment_sat: want 1 to 2100000000000000")
	}
	if c.Fee.Base, err = money.FromSat(f.Fee.BaseSat); err != nil || f.Fee.PPM > 1_000_000 {
		return c, errors.New("fee_limit: want base_sat up to 2100000000000000 and ppm up to 1000000")
	}
	c.Fee.PPM = f.Fee.PPM
	c.Address, c.RootKeyID = f.Node.Address, f.Node.RootKeyID
	c.Sandboxed = f.Sandbox.Required
	if f.Quiet.Pause > 60 {
		return c, errors.New("pause_seconds: want 0 to 60")
	}
	c.Pause = time.Duration(f.Quiet.Pause) * time.Second
	c.Services, c.ShowKey = f.Services.names(), f.Services.ShowKey
	for _, d := range []struct {
		name    string
		seconds uint32
		to      *time.Duration
	}{{"ask_seconds", f.Times.Ask, &c.AskFor}, {"pay_seconds", f.Times.Pay, &c.PayFor},
		{"answer_seconds", f.Times.Answer, &c.AnswerWithin}, {"follow_seconds", f.Times.Follow, &c.FollowFor}} {
		if d.seconds < 1 || d.seconds > 7*24*3600 {
			return c, fmt.Errorf("%s: want 1 second to 7 days", d.name)
		}
		*d.to = time.Duration(d.seconds) * time.Second
	}
	return c, nil
}

func (c *Config) readSecrets() (err error) {
	if c.Certificate, err = private(c.CertificateFile); err != nil {
		return err
	}
	c.Macaroon, err = private(c.MacaroonFile)
	return err
}

func within(folder, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(folder, name)
}
