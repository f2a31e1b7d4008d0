// Package doctor looks at each thing that must be right before lightningvm can
// pay (trusted). It changes nothing, shows no secret, and needs nothing to be
// right itself.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"qpay/internal/server/config"
	"qpay/internal/server/hint"
	"qpay/internal/server/lnd"
	"qpay/internal/server/sandbox"
)

// Status of one thing. Warn is for what may be right, or will not be soon.
type Status string

const (
	OK   Status = "ok"
	Warn Status = "warn"
	Fail Status = "FAIL"
)

// Finding is one line.
type Finding struct {
	Name   string `json:"name"`
	Status Status `json:"status"`
	Text   string `json:"text"`
	Hint   string `json:"hint,omitempty"`
}

// Place is what is looked at.
type Place struct {
	Home   string
	Dialog string // path of qpay-dialog
	Getenv func(string) string
	Now    func() time.Time
}

// examination is one run.
type examination struct {
	Place
	findings []Finding
	conf     config.Config
	ready    bool // the configuration could be read
}

// Look looks at everything. The order is that in which to mend.
func Look(ctx context.Context, p Place) []Finding {
	x := &examination{Place: p}
	x.configuration()
	x.files()
	x.certificate()
	x.macaroon()
	x.node(ctx)
	x.dialog()
	x.display()
	x.journal()
	x.sandbox(sandbox.ABI())
	return x.findings
}

// Failed tells whether anything must be mended.
func Failed(fs []Finding) bool {
	for _, f := range fs {
		if f.Status == Fail {
			return true
		}
	}
	return false
}

func (x *examination) ok(name, format string, args ...any) {
	x.add(name, OK, fmt.Sprintf(format, args...), "")
}

func (x *examination) warn(name, text, hint string) { x.add(name, Warn, text, hint) }
func (x *examination) fail(name, text, hint string) { x.add(name, Fail, text, hint) }

func (x *examination) add(name string, s Status, text, hint string) {
	x.findings = append(x.findings, Finding{name, s, strings.TrimSuffix(text, "."), hint})
}

// unknown says that a thing could not be looked at, because of another.
func (x *examination) unknown(because string, names ...string) {
	for _, n := range names {
		x.warn(n, "not known: "+because, "")
	}
}

const again = "run qpay-server setup again"

func (x *examination) configuration() {
	folder, _ := config.Folders(x.Home)
	var err error
	x.conf, err = config.Load(x.Home)
	switch {
	case errors.Is(err, config.ErrMissing):
		x.fail("configuration", "there is none in "+folder, "run qpay-server setup")
	case err != nil && x.conf.Network == 0: // config.toml itself
		x.fail("configuration", err.Error(), "mend it; or move "+folder+" away and run qpay-server setup")
	default: // what is wrong with the files it names, the lines about those say
		x.ready = true
		x.ok("configuration", "%s: %s, node %s, %s", folder, x.conf.Network, x.conf.Address, strings.Join(x.conf.Services, " "))
	}
}

func (x *examination) macaroon() {
	if !x.ready || x.conf.Macaroon == nil {
		x.unknown("there is none to look at", "macaroon")
		return
	}
	allowed := lnd.Allowed(x.conf.Services)
	err := lnd.Narrow(x.conf.Macaroon, allowed)
	missing, _ := lnd.Lacks(x.conf.Macaroon, allowed)
	id, _ := lnd.RootKeyID(x.conf.Macaroon)
	switch {
	case errors.Is(err, lnd.ErrBroad):
		x.fail("macaroon", err.Error()+", so qpay does not use it", "make another: qpay-server setup --admin-macaroon FILE")
	case err != nil:
		x.fail("macaroon", err.Error(), "make another: qpay-server setup --admin-macaroon FILE")
	case len(missing) > 0:
		x.fail("macaroon", "it lacks what the services need: "+strings.Join(missing, " "), "make another: qpay-server setup --admin-macaroon FILE")
	case x.conf.RootKeyID != 0 && id != x.conf.RootKeyID:
		x.warn("macaroon", fmt.Sprintf("it is of root key %d, and config.toml says %d, so --revoke would revoke another", id, x.conf.RootKeyID), again)
	default:
		x.ok("macaroon", "%d calls and nothing else; of root key %d", len(allowed), id)
	}
}

// explained splits an error of a call to the node.
func explained(err error) error {
	sentence, advice := lnd.Explain(err)
	return hint.New(sentence, advice)
}
