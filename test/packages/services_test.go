package packages

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"qpay/internal/wire"
)

var services = wire.Services

// windows are the services that ask the person, who has to be logged in.
var windows = []string{wire.ServicePay, wire.ServiceMakeInvoice, wire.ServiceSignMessage, wire.ServiceKeysend}

// The package offers the services that there are, and makes those wait for a
// login that show a window.
func TestServicesOfThePackage(t *testing.T) {
	for _, ending := range []string{"_amd64.deb", ".x86_64.rpm"} {
		r := newRoot(t, "trixie")
		var linked, waiting []string
		for _, f := range filesOf(r, "qpay-server", ending) {
			switch filepath.Dir(f.path) {
			case "/etc/qubes-rpc":
				to := f.link
				if !filepath.IsAbs(to) {
					to = filepath.Join("/etc/qubes-rpc", to)
				}
				if to != "/usr/libexec/qpay/qpay-server" {
					t.Errorf("%s leads to %s", f.path, f.link)
				}
				linked = append(linked, filepath.Base(f.path))
			case "/etc/qubes/rpc-config":
				waiting = append(waiting, filepath.Base(f.path))
			}
		}
		same(t, ending+": services", linked, services)
		same(t, ending+": services that wait for the login", waiting, windows)
	}
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	got, want = slices.Clone(got), slices.Clone(want)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n%s\nshould be\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
