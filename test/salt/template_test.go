package salt

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// template is a Debian of its own, to run the parts for templates in: a layer
// in memory over the one that tools/chroots.sh made, in name spaces that nobody
// else sees and without a network. Its first process ends when its standard
// input does, also if the test is killed, and takes every mount along.
type template struct {
	m   *machine
	dir string // the root, as the first process sees it
	pid string // of the first process
}

const firstProcess = `
set -eu
mount -t tmpfs tmpfs "$2"
mkdir "$2/upper" "$2/work" "$2/root"
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
cd "$2/root"
mount -t proc proc proc
mount -t tmpfs tmpfs dev
for device in null zero full random urandom; do
	: >"dev/$device"
	mount --bind "/dev/$device" "dev/$device"
done
mkdir -p salt/lib srv/salt
mount --bind "$3" salt/lib
mount --bind "$4" srv/salt
mount -o remount,bind,ro srv/salt
echo ready
exec cat >/dev/null
`

// saltInside is salt-call with the Salt of the host: the same Python, its
// modules bound into the root.
const saltInside = `cd /; exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
PYTHONPATH=/salt/lib PYTHONWARNINGS=ignore PYTHONDONTWRITEBYTECODE=1 \
python3 -c 'from salt.scripts import salt_call; salt_call()' --local -c /salt/etc --id=template --out=json --log-level=quiet `

// newTemplate is a template whose packages come from a repository with
// stand-ins for those that Qubes has and Debian has not, or has larger.
func newTemplate(t *testing.T, m *machine) *template {
	t.Helper()
	if os.Getuid() != 0 {
		need(t, "installing in a Debian of its own needs to be root")
	}
	base, err := filepath.EvalSymlinks(filepath.Join(root, "out/chroots/bookworm"))
	if err != nil {
		need(t, "no Debian to install in: run tools/chroots.sh")
	}
	lib, err := filepath.Glob(filepath.Join(m.venv, "lib/python3.*/site-packages"))
	m.must(err)
	python := filepath.Base(filepath.Dir(lib[0]))
	if _, err := os.Stat(filepath.Join(base, "usr/bin", python)); err != nil {
		need(t, "Salt is there for "+python+", which the Debian to install in has not")
	}
	dir := t.TempDir()
	cmd := exec.Command("unshare", "--mount", "--pid", "--net", "--fork", "--kill-child",
		"sh", "-c", firstProcess, "sh", base, dir, lib[0], m.path("srv"))
	stdin, err := cmd.StdinPipe()
	m.must(err)
	stdout, err := cmd.StdoutPipe()
	m.must(err)
	var errs strings.Builder
	cmd.Stderr = &errs
	m.must(cmd.Start())
	t.Cleanup(func() {
		stdin.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("the first process: %v: %s", err, errs.String())
		}
	})
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "ready\n" {
		t.Fatalf("a layer over %s: %v", base, err)
	}
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", cmd.Process.Pid))
	m.must(err)
	v := &template{m: m, dir: filepath.Join(dir, "root"), pid: strings.TrimSpace(string(children))}
	v.run(`mkdir -p /salt/etc /repo
printf 'file_client: local\nroot_dir: /salt\nfile_roots: {base: [/srv/salt]}\nenable_fqdns_grains: False\n' >/salt/etc/minion
cd /repo
for name in qubes-core-qrexec qubes-core-agent-networking zbar-tools xsel; do
	mkdir -p "$name/DEBIAN"
	printf 'Package: %s\nVersion: 1\nArchitecture: all\nMaintainer: a test <test@example.org>\nDescription: stand-in\n' "$name" >"$name/DEBIAN/control"
	dpkg-deb --build "$name" . >/dev/null
done
dpkg-scanpackages . >Packages 2>/dev/null
rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/*
echo 'deb [trusted=yes] file:/repo ./' >/etc/apt/sources.list`)
	return v
}

// enter is the command that runs a script in the template.
func (v *template) enter(script string) []string {
	return []string{"nsenter", "--target", v.pid, "--mount", "--pid", "--net", "chroot", v.dir, "sh", "-euc", script}
}

func (v *template) run(script string) string {
	v.m.t.Helper()
	words := v.enter(script)
	out, err := exec.Command(words[0], words[1:]...).CombinedOutput()
	if err != nil {
		v.m.t.Fatalf("%s: %v: %s", script, err, out)
	}
	return strings.TrimSpace(string(out))
}

// apply is what qubesctl --targets does inside.
func (v *template) apply(name string) result {
	v.m.t.Helper()
	words := v.enter(saltInside + "state.apply " + name)
	cmd := exec.Command(words[0], words[1:]...)
	out, _ := cmd.Output()
	return v.m.parse(name, string(out), cmd.ProcessState.ExitCode())
}

// status is dpkg's word of a package, and its version.
func (v *template) status(name string) string {
	v.m.t.Helper()
	return v.run("dpkg-query -W -f '${db:Status-Status} ${Version}' " + name + " 2>/dev/null || echo none")
}

// bundle puts the packages that were built where qpay-dom0 has them.
func bundle(t *testing.T, m *machine) {
	t.Helper()
	for _, name := range []string{"qpay-client", "qpay-server"} {
		found, err := filepath.Glob(filepath.Join(root, "out/pkg", name+"_*_amd64.deb"))
		m.must(err)
		if len(found) != 1 {
			need(t, "no "+name+" in out/pkg: run make packages")
		}
		m.copy(found[0], "srv/qpay/files/packages/"+name+".deb")
	}
}

// newer gives the package of that name another version, as a new qpay-dom0
// would bring it.
func (v *template) newer(name string) {
	v.m.t.Helper()
	v.run(`rm -rf /new && cp /srv/salt/qpay/files/packages/` + name + `.deb /old.deb && dpkg-deb -R /old.deb /new &&
sed -i 's/^Version: .*/Version: 99.0-1/' /new/DEBIAN/control && dpkg-deb -Znone --build /new /new.deb >/dev/null`)
	from := filepath.Join("/proc", v.pid, "root", v.dir, "new.deb")
	v.m.copy(from, "srv/qpay/files/packages/"+name+".deb")
}

func TestTemplateParts(t *testing.T) {
	for _, c := range []struct{ part, name, other, file string }{
		{"install-client", "qpay-client", "qpay-server", "/usr/bin/qpay"},
		{"install-server", "qpay-server", "qpay-client", "/usr/libexec/qpay/qpay-server"},
	} {
		t.Run(c.part, func(t *testing.T) {
			m := fresh(t)
			bundle(t, m)
			v := newTemplate(t, m)
			v.apply("qpay." + c.part).fine()
			if got := v.status(c.name); !strings.HasPrefix(got, "installed ") {
				t.Errorf("%s: %s", c.name, got)
			}
			if got := v.status("qubes-core-qrexec"); got != "installed 1" {
				t.Errorf("its dependency: %s", got)
			}
			v.run("test -x " + c.file + " && " + c.file + " --version")
			v.apply("qpay." + c.part).fine().unchanged()

			v.newer(c.name)
			r := v.apply("qpay." + c.part).fine()
			if got := v.status(c.name); got != "installed 99.0-1" || len(r.changed()) != 1 {
				t.Errorf("after the new version: %s, changed %v", got, r.changed())
			}
			v.apply("qpay." + c.part).fine().unchanged()

			// What is for dom0 does nothing here.
			if r := v.apply("qpay"); len(r.changed()) != 0 || !onlyNothing(r) {
				t.Errorf("qpay does something in a template: %s", r.text)
			}
			v.apply("qpay.remove").fine()
			if got := v.status(c.name); strings.HasPrefix(got, "installed") {
				t.Errorf("after remove: %s", got)
			}
			v.apply("qpay.remove").fine().unchanged()
		})
	}
}

// From the one command in dom0 down to installed packages: the template of the
// wallets was cloned from one that had the client, which has to go.
func TestFromOneCommandToPackages(t *testing.T) {
	m := fresh(t)
	bundle(t, m)
	m.pillar("qpay: {clients: [work]}")
	wallets, clients := newTemplate(t, m), newTemplate(t, m)
	wallets.apply("qpay.install-client").fine()

	script := "#!/bin/sh\ncase $1 in\n"
	for name, v := range map[string]*template{"qpay-template": wallets, "debian-12-xfce": clients} {
		script += fmt.Sprintf("%s) set -- nsenter --target %s --mount --pid --net chroot %s sh -euc %q'state.apply '\"$2\" ;;\n",
			name, v.pid, v.dir, "@salt@")
	}
	script += "*) exit 1 ;;\nesac\nexec \"$@\"\n"
	script = strings.ReplaceAll(script, `"@salt@"`, `"$(cat "$0.salt")"`)
	m.write("inside", script)
	m.write("inside.salt", saltInside+" ")
	m.must(os.Chmod(m.path("inside"), 0o755))
	m.env = append(m.env, "QPAY_TEST_INSIDE="+m.path("inside"))

	m.apply("qpay").fine()
	for _, c := range []struct {
		v         *template
		has, lack string
	}{{wallets, "qpay-server", "qpay-client"}, {clients, "qpay-client", "qpay-server"}} {
		if got := c.v.status(c.has); !strings.HasPrefix(got, "installed ") {
			t.Errorf("%s: %s", c.has, got)
		}
		if got := c.v.status(c.lack); strings.HasPrefix(got, "installed") {
			t.Errorf("%s: %s", c.lack, got)
		}
	}
	m.log()
	m.apply("qpay").fine().unchanged()
	if got := m.log(); got != "" {
		t.Errorf("the second run changes:\n%s", got)
	}

	// A template without its packages: named, with Salt's reason, no stamp.
	clients.run("rm -f /repo/*.deb; : >/repo/Packages; dpkg --purge --force-all qpay-client qubes-core-qrexec")
	m.change("debian-12-xfce", func(q *qube) { delete(q.Features, "x-qpay-client") })
	r := m.apply("qpay")
	said := fmt.Sprint(r.find("qpay-provision-debian-12-xfce").Changes["stdout"])
	if r.code == 0 || !strings.Contains(said, "debian-12-xfce: not installed") || !strings.Contains(said, "held broken packages") {
		t.Errorf("exit code %d, it says %s", r.code, said)
	}
	if stamp := m.store().Qubes["debian-12-xfce"].Features["x-qpay-client"]; stamp != "" {
		t.Errorf("stamped %q all the same", stamp)
	}
	m.apply("qpay.uninstall").fine()
	if got := wallets.status("qpay-server"); strings.HasPrefix(got, "installed") {
		t.Errorf("after uninstall: %s", got)
	}
}
