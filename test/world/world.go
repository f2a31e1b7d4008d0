// Package world puts the whole of qpay together for tests and the demo: a
// Lightning network, simulated qubes with the project's policy, and a desktop
// for lightningvm, on which the real programs run. Only Qubes itself is a
// stand-in.
package world

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"qpay/internal/server/config"
	"qpay/internal/server/journal"
	"qpay/internal/server/lnd"
	"qpay/internal/wire"
	"qpay/test/atspi"
	"qpay/test/desktop"
	"qpay/test/lnnet"
	"qpay/test/module"
	"qpay/test/qubes"
)

// Service is the qrexec service that pays, Wallet the qube that offers it.
const (
	Service = "qpay.Pay"
	Wallet  = "lightningvm"
)

// windows are the services that show one.
var windows = []string{wire.ServicePay, wire.ServiceMakeInvoice, wire.ServiceSignMessage, wire.ServiceKeysend}

// Options of a world.
type Options struct {
	Nodes int // 2 or 3
	Log   func(string, ...any)
	// Display is the environment of the display to use. If it is nil, a desktop
	// without a screen is started, and Desktop and Bus are there.
	Display []string
	// Installed: the qubes run what is in /usr and /etc, as the packages put it
	// there, and nothing from the build folder.
	Installed bool
}

// World is all of it, running.
type World struct {
	Net     *lnnet.Net
	Qubes   *qubes.Machine
	Desktop *desktop.Desktop // nil on a display of the user's
	Bus     *atspi.Bus       // likewise
	Home    string           // of lightningvm
	Bin     string           // where the programs are

	dir string
}

// Start starts everything; lightningvm is set up for alice, with no qube
// enrolled but personal and work.
func Start(ctx context.Context, o Options) (w *World, err error) {
	if o.Log == nil {
		o.Log = func(string, ...any) {}
	}
	bin, err := programs(o.Installed)
	if err != nil {
		return nil, err
	}
	w = &World{Bin: bin}
	defer func() {
		if err != nil {
			w.Stop()
			w = nil // so that nobody stops it twice
		}
	}()
	if w.dir, err = os.MkdirTemp("", "qpay-world"); err != nil {
		return w, err
	}
	display := o.Display
	if display == nil {
		o.Log("starting a desktop without a screen")
		if display, err = w.startDesktop(ctx); err != nil {
			return w, err
		}
	}
	o.Log("starting a Lightning network of %d nodes on this machine", o.Nodes)
	if w.Net, err = lnnet.Start(ctx, lnnet.Options{Nodes: o.Nodes}); err != nil {
		return w, err
	}
	o.Log("making the qubes lightningvm, personal, work and untrusted")
	if err := w.startQubes(bin, display, o.Installed); err != nil {
		return w, err
	}
	return w, w.Configure(ctx, Settings{})
}

// programs is the folder of the built programs: $QPAY_BIN, or out/bin; or of
// the installed ones.
func programs(installed bool) (string, error) {
	dir := os.Getenv("QPAY_BIN")
	if installed {
		dir = "/usr/bin"
	}
	if dir == "" {
		root, err := module.Root()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(root, "out", "bin")
	}
	if _, err := os.Stat(filepath.Join(dir, "qpay-server")); err != nil {
		return "", fmt.Errorf("the programs are not built, run make build: %w", err)
	}
	return dir, nil
}

func (w *World) startDesktop(ctx context.Context) ([]string, error) {
	var err error
	if w.Desktop, err = desktop.Start(ctx, desktop.Options{}); err != nil {
		return nil, err
	}
	w.Bus, err = atspi.Connect(ctx, w.Desktop.Env())
	return w.Desktop.Env(), err
}

func (w *World) startQubes(bin string, display []string, installed bool) error {
	policy, err := qubes.ShippedPolicy()
	if err != nil {
		return err
	}
	o := qubes.Options{Dir: filepath.Join(w.dir, "qubes"), PolicyFiles: []string{policy}}
	if !installed {
		o.PathDirs = []string{bin}
	}
	if w.Qubes, err = qubes.New(o); err != nil {
		return err
	}
	w.Home = filepath.Join(w.dir, "home")
	services := built(bin)
	if installed {
		services = qubes.ServerOptions{ServicesDir: "/etc/qubes-rpc", RPCConfigDir: "/etc/qubes/rpc-config"}
	}
	services.Env = append(display, "HOME="+w.Home)
	return errors.Join(w.Qubes.Server(Wallet, services), w.Qubes.AddQube("personal", "qpay-client"), w.Qubes.AddQube("work", "qpay-client"),
		w.Qubes.AddQube("untrusted"))
}

// built are lightningvm's services from the build folder, as the package will
// have them.
func built(bin string) qubes.ServerOptions {
	o := qubes.ServerOptions{Services: map[string]string{}, RPCConfig: map[string]string{}}
	for _, s := range wire.Services {
		o.Services[s] = filepath.Join(bin, "qpay-server")
	}
	for _, s := range windows {
		o.RPCConfig[s] = "wait-for-session=1\n"
	}
	return o
}

// Allow writes dom0's 30-user.policy: these services, for every enrolled qube.
// Without any, what the project ships counts alone.
func (w *World) Allow(services ...string) error {
	text := "# written by a test\n"
	for _, s := range services {
		text += s + " + @tag:qpay-client @default allow target=" + Wallet + "\n"
	}
	return w.Qubes.WritePolicy("30-user.policy", text)
}

// Settings are what Configure writes; what is empty is as for alice.
type Settings struct {
	Address, Certificate string // host:port, file
	Macaroon             []byte
	Services             []string // that the macaroon allows, besides paying; nil: as shipped
	More                 string   // lines of config.toml
	Pause                int      // seconds after a refusal; a test refuses more often than a person
}

// Configure writes the configuration of lightningvm, as qpay-server setup
// will: with a macaroon that allows just what is needed.
func (w *World) Configure(ctx context.Context, s Settings) error {
	alice := w.Net.Alice
	if s.Address == "" {
		s.Address = alice.GRPCAddr
	}
	if s.Certificate == "" {
		s.Certificate = alice.TLSCert
	}
	if s.Services == nil {
		s.Services = config.Shipped()
	}
	if s.Macaroon == nil {
		text, err := alice.BakeMacaroon(ctx, lnd.Allowed(s.Services), 7)
		if err != nil {
			return err
		}
		if s.Macaroon, err = hex.DecodeString(text); err != nil {
			return err
		}
	}
	certificate, err := os.ReadFile(s.Certificate)
	if err != nil {
		return err
	}
	conf, state := config.Folders(w.Home)
	text := fmt.Sprintf("network = \"simnet\"\n%s\n[quiet]\npause_seconds = %d\n[node]\naddress = %q\n", s.More, s.Pause, s.Address)
	return errors.Join(os.RemoveAll(conf), os.MkdirAll(conf, 0o700), os.MkdirAll(state, 0o700),
		os.WriteFile(filepath.Join(conf, "config.toml"), []byte(text), 0o600),
		os.WriteFile(filepath.Join(conf, "tls.cert"), certificate, 0o600),
		os.WriteFile(filepath.Join(conf, "macaroon"), s.Macaroon, 0o600))
}

// Journal opens lightningvm's.
func (w *World) Journal() (*journal.Journal, error) {
	_, state := config.Folders(w.Home)
	return journal.Open(state)
}

// Qpay prepares the command in a qube.
func (w *World) Qpay(ctx context.Context, qube string, args ...string) *exec.Cmd {
	return w.Qubes.Command(ctx, qube, "qpay", args...)
}

// Stop ends all that was started.
func (w *World) Stop() {
	if w.Qubes != nil {
		w.Qubes.Close()
	}
	if w.Bus != nil {
		w.Bus.Close()
	}
	if w.Net != nil {
		w.Net.Stop()
	}
	if w.Desktop != nil {
		w.Desktop.Stop()
	}
	if w.dir != "" {
		os.RemoveAll(w.dir)
	}
}
