package packages

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// root is a Debian of its own: a layer over one of tools/chroots.sh, in memory,
// in name spaces that nobody else sees and without a network. It is gone with
// the test, also if that is killed: its first process ends when its standard
// input does, and takes all others and all mounts along.
type root struct {
	t     *testing.T
	suite string
	dir   string // as the first process sees it
	pid   string // of the first process
}

// firstProcess makes the layer, says so, and waits for its end.
const firstProcess = `
set -eu
mount -t tmpfs tmpfs "$2"
mkdir "$2/upper" "$2/work" "$2/root"
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
mount -t proc proc "$2/root/proc"
mount -t tmpfs tmpfs "$2/root/dev"
for device in null zero full random urandom tty; do
	: >"$2/root/dev/$device"
	mount --bind "/dev/$device" "$2/root/dev/$device"
done
echo ready
exec cat >/dev/null
`

// newRoot enters a fresh root of a suite.
func newRoot(t *testing.T, suite string) *root {
	t.Helper()
	base := baseOf(t, suite)
	dir := t.TempDir()
	cmd := exec.Command("unshare", "--mount", "--pid", "--net", "--ipc", "--fork", "--kill-child",
		"sh", "-c", firstProcess, "sh", base, dir)
	stdin, err := cmd.StdinPipe()
	must(t, err)
	stdout, err := cmd.StdoutPipe()
	must(t, err)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	must(t, cmd.Start())
	t.Cleanup(func() {
		stdin.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("the root's first process: %v\n%s", err, stderr.String())
		}
	})
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "ready\n" {
		io.Copy(io.Discard, stdout)
		t.Fatalf("a root over %s: %v\n%s", base, err, stderr.String())
	}
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", cmd.Process.Pid, cmd.Process.Pid))
	must(t, err)
	return &root{t: t, suite: suite, dir: filepath.Join(dir, "root"), pid: strings.TrimSpace(string(children))}
}

// baseOf is the folder that tools/chroots.sh made.
func baseOf(t *testing.T, suite string) string {
	t.Helper()
	if os.Getuid() != 0 {
		// No tool that could be required: who is not root cannot do it.
		t.Skip("only root can install packages in a root of their own")
	}
	base, err := filepath.EvalSymlinks(filepath.Join(moduleRoot(t), "out/chroots", suite))
	if err != nil {
		missing(t, "no Debian "+suite+" to install in: run tools/chroots.sh")
	}
	return base
}

// path is a file of the root, from outside.
func (r *root) path(name string) string {
	return filepath.Join("/proc", r.pid, "root", r.dir, name)
}

func (r *root) command(script string) *exec.Cmd {
	cmd := exec.Command("nsenter", "--target", r.pid, "--mount", "--pid", "--net", "--ipc",
		"env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
		"LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive", "SYSTEMD_OFFLINE=1", "chroot", r.dir, "sh", "-euc", script)
	cmd.Dir = "/"
	return cmd
}

// run runs a script, which has to succeed, and returns what it says.
func (r *root) run(script string) string {
	r.t.Helper()
	text, err := r.try(script)
	if err != nil {
		r.t.Fatalf("%s: %s: %v\n%s", r.suite, script, err, text)
	}
	return text
}

// try runs a script that may fail.
func (r *root) try(script string) (string, error) {
	text, err := r.command(script).CombinedOutput()
	return strings.TrimSpace(string(text)), err
}

// put copies files into a folder of the root.
func (r *root) put(dir string, files ...string) {
	r.t.Helper()
	must(r.t, os.MkdirAll(r.path(dir), 0o755))
	for _, file := range files {
		text, err := os.ReadFile(file)
		must(r.t, err)
		must(r.t, os.WriteFile(r.path(filepath.Join(dir, filepath.Base(file))), text, 0o644))
	}
}

// write writes a file of the root.
func (r *root) write(name, text string, mode os.FileMode) {
	r.t.Helper()
	must(r.t, os.MkdirAll(filepath.Dir(r.path(name)), 0o755))
	must(r.t, os.WriteFile(r.path(name), []byte(text), mode))
	must(r.t, os.Chmod(r.path(name), mode))
}

// says fails unless the script's output is this.
func (r *root) says(script, want string) {
	r.t.Helper()
	if got := r.run(script); got != want {
		r.t.Errorf("%s: %s:\n%s\nshould say\n%s", r.suite, script, got, want)
	}
}
