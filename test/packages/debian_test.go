package packages

import (
	"path/filepath"
	"strings"
	"testing"
)

const (
	edited    = "/etc/qubes/rpc-config/qpay.Pay"     // a person changed it
	untouched = "/etc/qubes/rpc-config/qpay.Keysend" // nobody did
	change    = "# changed by the person of this machine\n"
	journal   = "/home/user/.local/share/qpay/journal.db" // what a person must never lose
)

// enabled is there where the bridge's socket may start.
const enabled = "/etc/systemd/user/sockets.target.wants/qpay-bridge.socket"

var suites = []string{"bookworm", "trixie"}

// debian is a root with the packages of this build in /packages/new.
func debian(t *testing.T, suite string) *root {
	t.Helper()
	r := newRoot(t, suite)
	r.put("/packages/new", built(t, "qpay-client", "_amd64.deb"), built(t, "qpay-server", "_amd64.deb"))
	qrexec := standin(t, "deb", "qubes-core-qrexec", nil, nil)
	r.put("/packages", qrexec)
	r.run("dpkg -i /packages/" + filepath.Base(qrexec))
	return r
}

const install = "apt-get install -y -q -o Dpkg::Options::=--force-confold "

// previous makes packages of an older version in /packages/old, whose conffiles
// have other texts than the new ones.
func (r *root) previous() {
	r.t.Helper()
	r.run(`mkdir -p /packages/old
for p in /packages/new/*.deb; do
	rm -rf /tmp/p && dpkg-deb -R "$p" /tmp/p
	sed -i 's/^Version: .*/Version: 0.0.1-1/' /tmp/p/DEBIAN/control
	for conffile in $(cat /tmp/p/DEBIAN/conffiles); do
		echo "# of the previous version" >>/tmp/p$conffile
	done
	dpkg-deb --root-owner-group -b /tmp/p /packages/old/$(basename "$p") >/dev/null
done
rm -rf /tmp/p`)
}

// everything is a list of all files but those where dpkg, apt and man-db keep
// their books.
func (r *root) everything() string {
	r.t.Helper()
	return r.run(`find / -xdev -path /proc -prune -o -path /packages -prune -o -path /tmp -prune -o \
		-path /var/lib/dpkg -prune -o -path /var/lib/apt -prune -o -path /var/cache -prune -o -path /var/log -prune -o \
		-path /home -prune -o -path /root -prune -o -print | sort`)
}

func TestDebianInstallUpgradeRemovePurge(t *testing.T) {
	for _, suite := range suites {
		t.Run(suite, func(t *testing.T) {
			t.Parallel()
			r := debian(t, suite)
			r.write(journal, "payments", 0o600)
			r.previous()
			// The caches that the triggers of other packages make are not ours.
			r.run("update-desktop-database; gtk-update-icon-cache -q -f /usr/share/icons/hicolor 2>/dev/null || true")
			before := r.everything()

			r.run(install + "/packages/old/*.deb")
			r.says("dpkg-query -W -f '${Package} ${Version}\n' 'qpay-*'", "qpay-client 0.0.1-1\nqpay-server 0.0.1-1")
			r.run("printf '" + strings.TrimSpace(change) + "\\n' >>" + edited)
			mine := r.run("cat " + edited)

			r.run(install + "/packages/new/*.deb")
			r.says("dpkg-query -W -f '${Package} ${Version} ${db:Status-Status}\n' 'qpay-*'",
				"qpay-client "+version(t)+"-1 installed\nqpay-server "+version(t)+"-1 installed")
			r.says("cat "+edited, mine)
			r.says("cat "+untouched, "wait-for-session=1")
			r.says("dpkg --verify qpay-client qpay-server || true", "??5?????? c "+edited)
			works(t, r)
			r.run("test -L " + enabled)
			r.run("systemctl --global disable qpay-bridge.socket && " + install + "--reinstall /packages/new/*.deb")
			r.run("! test -e " + enabled + " # for what a person has disabled stays so")

			r.run("apt-get remove -y -q qpay-client qpay-server")
			r.says("cat "+edited, mine)
			r.run("! test -e /usr/bin/qpay && ! test -e /etc/qubes-rpc/qpay.Pay && ! test -e /usr/libexec/qpay")
			r.run(install + "/packages/new/*.deb")
			r.says("cat "+edited, mine)
			works(t, r)

			r.run("apt-get purge -y -q qpay-client qpay-server")
			if left := difference(before, r.everything()); left != "" {
				t.Errorf("not as before the installation:\n%s", left)
			}
			r.says("cat "+journal, "payments")
		})
	}
}

// works looks at what is installed, on any distribution.
func works(t *testing.T, r *root) {
	t.Helper()
	r.says("qpay --version", "qpay version "+version(t))
	r.says("qpay-server --version", "qpay-server version "+version(t))
	r.says("/usr/libexec/qpay/qpay-dialog --version", "qpay-dialog "+version(t))
	for _, service := range services {
		// By the link it is the service, and it says that Qubes did not start it.
		r.says("/etc/qubes-rpc/"+service+" 2>&1 || true", "qpay-server: error: serve is started by qrexec, which says who calls; see qpay-server --help")
	}
	r.run("desktop-file-validate /usr/share/applications/qpay*.desktop")
	r.says("xdg-mime query default x-scheme-handler/lightning", "qpay.desktop")
	for _, program := range []string{"qpay", "qpay-server"} {
		if page := r.run("man -w " + program); page != "/usr/share/man/man1/"+program+".1.gz" {
			t.Errorf("the manual page of %s is %q", program, page)
		}
		if page := r.run("man " + program + " 2>&1"); !strings.Contains(page, "SYNOPSIS") {
			t.Errorf("the manual page of %s does not open:\n%s", program, page)
		}
	}
	completes(t, r)
}

// completes lets the shells load what is installed for them, as they do when
// somebody presses the tabulator, and complete "qpay inv" and "qpay-server doc".
func completes(t *testing.T, r *root) {
	t.Helper()
	for _, c := range []struct{ program, begun, whole string }{{"qpay", "inv", "invoice"}, {"qpay-server", "doc", "doctor"}} {
		bash := r.run("bash -c '. /usr/share/bash-completion/bash_completion; _comp_load " + c.program + " 2>/dev/null || __load_completion " + c.program +
			"; complete -p " + c.program + "'")
		if !strings.Contains(bash, " "+c.program) {
			t.Errorf("bash has no completion of %s: %s", c.program, bash)
		}
		fish := r.run("fish -c 'complete -C \"" + c.program + " " + c.begun + "\"'")
		if !strings.HasPrefix(fish, c.whole) {
			t.Errorf("fish completes %s %s to %q", c.program, c.begun, fish)
		}
		r.says("zsh -fc 'fpath+=(/usr/share/zsh/site-functions); autoload -Uz compinit; compinit -u -D; echo $_comps["+c.program+"]'", "_"+c.program)
	}
}

// What qpay-dialog links is what the package depends on.
func TestDebianDependenciesAreThoseOfTheDialog(t *testing.T) {
	r := debian(t, "bookworm")
	r.run(install + "/packages/new/*.deb")
	text := r.run(`mkdir -p /tmp/d/debian && cd /tmp/d
printf 'Source: x\n\nPackage: x\nArchitecture: any\n' >debian/control
dpkg-shlibdeps -O -e /usr/libexec/qpay/qpay-dialog 2>/dev/null`)
	has := map[string]bool{}
	for _, d := range strings.Split(readDeb(t, built(t, "qpay-server", "_amd64.deb")).fields["Depends"], ", ") {
		first, _, _ := strings.Cut(d, " | ") // the second is Debian 13's name
		has[first] = true
	}
	for _, d := range strings.Split(strings.TrimPrefix(text, "shlibs:Depends="), ", ") {
		if !has[d] {
			t.Errorf("qpay-server does not depend on %s", d)
		}
		delete(has, d)
	}
	delete(has, "qubes-core-qrexec")
	for d := range has {
		t.Errorf("qpay-server depends on %s, which the dialog does not link", d)
	}
}

func TestDebianRelationsOfTheClient(t *testing.T) {
	for _, ending := range []string{"_amd64.deb", "_arm64.deb"} {
		d := readDeb(t, built(t, "qpay-client", ending))
		if got := d.fields["Depends"]; got != "qubes-core-qrexec, init-system-helpers (>= 1.62)" {
			t.Errorf("%s depends on %q: the programs are static", ending, got)
		}
	}
}
