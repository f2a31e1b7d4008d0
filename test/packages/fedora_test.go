package packages

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// fedora is a root in which dnf finds our packages and stand-ins for what
// Fedora and Qubes provide. The programs and the libraries in it are Debian's;
// rpm knows nothing of them, so its database begins empty.
func fedora(t *testing.T) *root {
	t.Helper()
	r := newRoot(t, "trixie")
	r.put("/packages/new", built(t, "qpay-client", ".x86_64.rpm"), built(t, "qpay-server", ".x86_64.rpm"), built(t, "qpay-dom0", ".x86_64.rpm"))
	needed := strings.Fields(r.run("rpm -qp --requires /packages/new/qpay-client*.rpm /packages/new/qpay-server*.rpm | grep '^lib' | sort -u"))
	r.put("/packages/new",
		standin(t, "rpm", "fedora", needed, map[string]string{
			"/usr/lib/systemd/systemd-update-helper": record("systemd"), "/usr/share/licenses/": "", "/usr/share/man/man1/": "", "/etc/xdg/autostart/": ""}),
		standin(t, "rpm", "qubes-core-qrexec-vm", []string{"qubes-core-agent-qrexec"}, map[string]string{
			"/etc/qubes/": "", "/etc/qubes-rpc/": "", "/etc/qubes/rpc-config/": "", "/etc/qubes/post-install.d/": ""}),
		standin(t, "rpm", "qubes-core-dom0", []string{"zenity"}, nil),
		standin(t, "rpm", "qubes-mgmt-salt-dom0", nil, map[string]string{
			"/usr/bin/qubesctl": record("qubesctl"), "/srv/salt/": "", "/srv/salt/_tops/": "", "/srv/salt/_tops/base/": "",
			"/srv/pillar/": "", "/srv/pillar/base/": ""}))
	r.write("/etc/dnf/dnf.conf", "[main]\ngpgcheck=0\ninstall_weak_deps=0\ncachedir=/tmp/dnf\nkeepcache=0\n", 0o644)
	return r
}

// record is a program that writes down how it was called.
// Not into /tmp: rpm gives its scripts one of their own.
func record(name string) string {
	return "#!/bin/sh\necho \"$*\" >>/var/log/" + name + ".log\n"
}

// dnf runs it against a folder of packages.
func (r *root) dnf(folder, what string) string {
	r.t.Helper()
	return r.run("createrepo_c -q " + folder + " && rm -rf /tmp/dnf && dnf -y --releasever=41 --repofrompath=ours," + folder +
		" --repo=ours " + what)
}

// previousRPM makes older packages with other conffiles in /packages/old.
func (r *root) previousRPM() {
	r.t.Helper()
	dir := r.t.TempDir()
	old := filepath.Join(dir, "conffile")
	must(r.t, os.WriteFile(old, []byte("wait-for-session=1\n# of the previous version\n"), 0o644))
	for _, name := range []string{"client", "server", "dom0"} {
		yaml, err := os.ReadFile(filepath.Join(moduleRoot(r.t), "nfpm", name+".yaml"))
		must(r.t, err)
		text := strings.ReplaceAll(string(yaml), "nfpm/files/wait-for-session", old)
		file := filepath.Join(dir, name+".yaml")
		must(r.t, os.WriteFile(file, []byte(text), 0o644))
		cmd := exec.Command(tool(r.t, "nfpm"), "package", "-f", file, "-p", "rpm", "-t", dir)
		cmd.Dir = moduleRoot(r.t)
		cmd.Env = append(os.Environ(), "VERSION=0.0.1", "ARCH=amd64")
		if text, err := cmd.CombinedOutput(); err != nil {
			r.t.Fatalf("%v\n%s", err, text)
		}
	}
	files, err := filepath.Glob(dir + "/*.rpm")
	must(r.t, err)
	r.put("/packages/old", files...)
	r.run("cp /packages/new/fedora*.rpm /packages/new/qubes-*.rpm /packages/old")
}

func TestFedoraInstallUpgradeRemove(t *testing.T) {
	t.Parallel()
	r := fedora(t)
	r.write(journal, "payments", 0o600)
	r.previousRPM()
	r.dnf("/packages/old", "install fedora qubes-core-qrexec-vm")
	before := r.everything()

	r.dnf("/packages/old", "install qpay-client qpay-server")
	r.says("rpm -q qpay-client qpay-server", "qpay-client-0.0.1-1.x86_64\nqpay-server-0.0.1-1.x86_64")
	r.says("rpm -V qpay-client qpay-server", "")
	r.run("echo '# mine' >>" + edited)
	mine := r.run("cat " + edited)

	r.says("cat /var/log/systemd.log", "install-user-units qpay-bridge.socket")

	r.dnf("/packages/new", "upgrade qpay-client qpay-server")
	r.says("cat /var/log/systemd.log", "install-user-units qpay-bridge.socket\nmark-restart-user-units qpay-bridge.service")
	r.run(": >/var/log/systemd.log")
	full := version(t) + "-1.x86_64"
	r.says("rpm -q qpay-client qpay-server", "qpay-client-"+full+"\nqpay-server-"+full)
	r.says("cat "+edited, mine)
	r.says("cat "+untouched, "wait-for-session=1")
	r.says("rpm -V qpay-client qpay-server || true", "S.5....T.  c "+edited)
	r.run("update-desktop-database && mandb -q # as Fedora's file triggers do")
	works(t, r)

	r.dnf("/packages/new", "remove qpay-client qpay-server")
	r.says("cat /var/log/systemd.log", "remove-user-units qpay-bridge.socket")
	r.says("cat "+edited+".rpmsave", mine)
	r.run("rm " + edited + ".rpmsave " + edited + ".rpmnew")
	if left := difference(before, r.everything()); left != "" {
		t.Errorf("not as before the installation:\n%s", left)
	}
	r.says("cat "+journal, "payments")
}

func TestDom0InstallUpgradeRemove(t *testing.T) {
	t.Parallel()
	r := fedora(t)
	r.previousRPM()
	r.dnf("/packages/new", "install fedora qubes-core-dom0 qubes-mgmt-salt-dom0")
	before := r.everything()
	r.dnf("/packages/old", "install qpay-dom0")
	r.says("rpm -q qpay-dom0", "qpay-dom0-0.0.1-1.x86_64")
	const pillar = "/srv/pillar/base/qpay/init.sls"
	r.run("echo '# mine' >>" + pillar)
	mine := r.run("cat " + pillar)
	r.run("ln -s /srv/salt/qpay/init.top /srv/salt/_tops/base/qpay.top; : >/var/log/qubesctl.log")
	r.dnf("/packages/new", "upgrade qpay-dom0")
	r.says("rpm -V qpay-dom0 || true", "S.5....T.  c "+pillar)
	r.says("cat "+pillar, mine)
	r.says("cat /var/log/qubesctl.log", "saltutil.clear_cache\nsaltutil.sync_all refresh=true")
	// An upgrade leaves what was enabled enabled.
	r.says("readlink -e /srv/salt/_tops/base/qpay.top", "/srv/salt/qpay/init.top")
	r.run("rm /srv/salt/_tops/base/qpay.top")
	r.says("qpay-camera --version | cut -d' ' -f1", "qpay-camera")
	r.says("gzip -dc /usr/share/man/man1/qpay-camera.1.gz | grep -c '^.TH QPAY'", "1")
	// What the formula gives to the templates are the packages of this build.
	for _, p := range []string{"qpay-client.deb _amd64.deb", "qpay-client.rpm .x86_64.rpm", "qpay-server.deb _amd64.deb", "qpay-server.rpm .x86_64.rpm"} {
		name, ending, _ := strings.Cut(p, " ")
		carried, _, _ := strings.Cut(r.run("sha256sum /srv/salt/qpay/files/packages/"+name), " ")
		if want := sum(t, built(t, strings.Split(name, ".")[0], ending)); carried != want {
			t.Errorf("qpay-dom0 carries another %s than was built", name)
		}
	}
	// As `qubesctl top.enable` leaves it: links that would lead nowhere.
	r.run("ln -s /srv/salt/qpay/init.top /srv/salt/_tops/base/qpay.top && ln -s /srv/salt/other/init.top /srv/salt/_tops/base/other.top")
	r.run("mkdir -p /srv/pillar/_tops/base && ln -s /srv/pillar/base/qpay/init.top /srv/pillar/_tops/base/qpay.top")
	r.run(": >/var/log/qubesctl.log")
	r.dnf("/packages/new", "remove qpay-dom0")
	r.says("cat /var/log/qubesctl.log", "top.disable qpay\ntop.disable qpay pillar=true")
	r.says("ls /srv/salt/_tops/base", "other.top") // and not ours
	r.run("rm /srv/salt/_tops/base/other.top")
	r.says("find /srv -xtype l", "") // no link leads nowhere
	r.run("rm -r /srv/pillar/_tops")
	r.says("cat "+pillar+".rpmsave", mine)
	r.run("rm -f " + pillar + ".rpmsave " + pillar + ".rpmnew && find /srv/pillar/base/qpay -depth -type d -empty -delete")
	if left := difference(before, r.everything()); left != "" {
		t.Errorf("not as before the installation:\n%s", left)
	}
}

// What the packages need, offer and run.
func TestRelationsAreThoseListed(t *testing.T) {
	r := newRoot(t, "trixie")
	for _, k := range kinds {
		path := built(t, k.name, k.ending)
		if strings.HasSuffix(k.ending, ".deb") {
			d := readDeb(t, path)
			var text strings.Builder
			for _, field := range []string{"Architecture", "Section", "Depends", "Recommends", "Provides", "Conflicts"} {
				if d.fields[field] != "" {
					text.WriteString(field + ": " + d.fields[field] + "\n")
				}
			}
			golden(t, k.name+k.ending+".relations", text.String())
			continue
		}
		r.put("/packages", path)
		text := r.run("cd /packages && for what in requires recommends provides conflicts obsoletes scripts; do echo \"== $what\"; rpm -qp --$what " +
			filepath.Base(path) + "; done")
		golden(t, k.name+k.ending+".relations", strings.ReplaceAll(text, version(t), "VERSION")+"\n")
	}
}

// What qpay-dialog links is what the .rpm requires, all libraries and the
// newest of each's interfaces.
func TestFedoraDependenciesAreThoseOfTheDialog(t *testing.T) {
	r := newRoot(t, "bookworm")
	r.put("/packages", built(t, "qpay-server", ".x86_64.rpm"), filepath.Join(moduleRoot(t), "out/stage/amd64/qpay-dialog"))
	r.run("chmod +x /packages/qpay-dialog")
	needs := r.run("echo /packages/qpay-dialog | /usr/lib/rpm/elfdeps --requires | grep -v -e GLIBC_ -e rtld | sort")
	has := r.run("rpm -qp --requires /packages/*.rpm | grep '^lib' | grep -v GLIBC_ | sort -u")
	if needs != has {
		t.Errorf("the dialog needs\n%s\nthe package requires\n%s", needs, has)
	}
	newest := r.run("echo /packages/qpay-dialog | /usr/lib/rpm/elfdeps --requires | grep GLIBC_ | sort -V | tail -n 1")
	if got := r.run("rpm -qp --requires /packages/*.rpm | grep GLIBC_"); got != newest {
		t.Errorf("the dialog needs %s, the package requires %s", newest, got)
	}
}
