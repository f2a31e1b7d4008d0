package doctor

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"qpay/internal/server/config"
	"qpay/internal/server/journal"
)

// soon is how long before its end a certificate is complained of.
const soon = 30 * 24 * time.Hour

// files looks at who may open what. config.toml that others may open is the
// configuration's failure already.
func (x *examination) files() {
	if !x.ready {
		x.unknown("there is no configuration", "files")
		return
	}
	folder, state := config.Folders(x.Home)
	for _, f := range []string{folder, state} {
		info, err := os.Stat(f)
		if errors.Is(err, fs.ErrNotExist) && f == state {
			continue // nothing was asked for yet
		}
		if err != nil {
			x.fail("files", err.Error(), again)
			return
		}
		if info.Mode().Perm()&0o077 != 0 {
			x.fail("files", "others may open the folder "+f, "chmod 700 "+f)
			return
		}
	}
	var err error
	for _, s := range []struct {
		path string
		to   *[]byte
	}{{x.conf.CertificateFile, &x.conf.Certificate}, {x.conf.MacaroonFile, &x.conf.Macaroon}} {
		b, e := config.ReadPrivate(s.path)
		if e != nil {
			b, err = nil, errors.Join(err, e)
		}
		*s.to = b
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		x.fail("files", oneLine(err), "run qpay-server setup --admin-macaroon FILE")
	case err != nil:
		x.fail("files", oneLine(err), "they must be yours alone: chmod 600")
	default:
		x.ok("files", "yours alone: config.toml, %s, %s", filepath.Base(x.conf.CertificateFile), filepath.Base(x.conf.MacaroonFile))
	}
}

func (x *examination) certificate() {
	const hint = "give the node's present one: qpay-server setup --tls-cert FILE"
	if !x.ready || x.conf.Certificate == nil {
		x.unknown("there is none to look at", "certificate")
		return
	}
	b, _ := pem.Decode(x.conf.Certificate)
	if b == nil || b.Type != "CERTIFICATE" {
		x.fail("certificate", x.conf.CertificateFile+" holds no certificate in PEM format", hint)
		return
	}
	c, err := x509.ParseCertificate(b.Bytes)
	if err != nil {
		x.fail("certificate", x.conf.CertificateFile+" cannot be read as a certificate", hint)
		return
	}
	const renew = "let lnd make another (delete its tls.cert and tls.key, restart it), then qpay-server setup --tls-cert FILE"
	end := c.NotAfter.Local().Format(time.DateOnly)
	switch left := c.NotAfter.Sub(x.Now()); {
	case left < 0:
		x.fail("certificate", "it expired on "+end, renew)
	case left < soon:
		x.warn("certificate", fmt.Sprintf("it expires on %s, in %d days", end, left/(24*time.Hour)), renew)
	default:
		x.ok("certificate", "good until %s", end)
	}
}

func (x *examination) journal() {
	_, state := config.Folders(x.Home)
	if _, err := os.Stat(filepath.Join(state, "journal.db")); errors.Is(err, fs.ErrNotExist) {
		x.ok("journal", "none yet in %s", state)
		return
	}
	j, err := journal.Open(state)
	if err == nil {
		var open []journal.Record
		if open, err = j.OnTheWay(); err == nil && len(open) > 0 {
			x.warn("journal", fmt.Sprintf("readable; %d payments without a final outcome", len(open)), "qpay-server history --refresh asks the node about them")
			return
		}
	}
	if err != nil {
		x.fail("journal", oneLine(err), "it remembers what is paid: restore "+state+" from a backup rather than delete it")
		return
	}
	x.ok("journal", "readable; no open payment")
}
