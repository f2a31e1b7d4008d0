package packages

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"qpay/internal/release/rpm"
)

// Every .rpm of the build has the header that dom0 takes, and right digests.
func TestHeadersAreThoseThatDom0Takes(t *testing.T) {
	for _, k := range kinds {
		if !strings.HasSuffix(k.ending, ".rpm") {
			continue
		}
		b, err := os.ReadFile(built(t, k.name, k.ending))
		must(t, err)
		if err := rpm.Check(b); err != nil {
			t.Errorf("%s %s: %v", k.name, k.ending, err)
		}
	}
}

// nfpm's own file is one that dom0 refuses. Should a new nfpm write it right,
// the correction can go.
func TestNfpmStillNeedsTheCorrection(t *testing.T) {
	b, err := os.ReadFile(standin(t, "rpm", "plain", nil, nil))
	must(t, err)
	if err := rpm.Check(b); err == nil || !strings.Contains(err.Error(), "tag 100 has the type 6") {
		t.Fatalf("nfpm writes the header another way now: %v", err)
	}
	after, err := rpm.Correct(b)
	must(t, err)
	must(t, rpm.Check(after))
}

// signed signs the build with a key that is made for it, by tools/sign.sh.
func signed(t *testing.T) (dir string) {
	t.Helper()
	for _, program := range []string{"gpg", "rpmsign"} {
		if _, err := exec.LookPath(program); err != nil {
			missing(t, "no "+program)
		}
	}
	built(t, "qpay-dom0", ".x86_64.rpm")
	home, dir := t.TempDir(), filepath.Join(t.TempDir(), "signed")
	must(t, os.Chmod(home, 0o700))
	run := func(name string, args ...string) string {
		cmd := exec.Command(name, args...)
		cmd.Dir = moduleRoot(t)
		cmd.Env = append(os.Environ(), "GNUPGHOME="+home)
		text, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %q: %v\n%s", name, args, err, text)
		}
		return string(text)
	}
	t.Cleanup(func() { run("gpgconf", "--kill", "all") })
	run("gpg", "--batch", "--passphrase", "", "--quick-gen-key", "qpay test <test@example.org>", "ed25519", "sign")
	var key string
	for _, line := range strings.Split(run("gpg", "--batch", "--with-colons", "--list-keys"), "\n") {
		if part := strings.Split(line, ":"); part[0] == "fpr" && key == "" {
			key = part[9]
		}
	}
	run("tools/sign.sh", key, dir)
	return dir
}

// As qubes-receive-updates in dom0 looks at a package: with the rpm of Debian
// 12 (that of Qubes 4.2) and that of Debian 13 (of 4.3).
func TestSignedPackagesAreThoseThatDom0Takes(t *testing.T) {
	dir := signed(t)
	files, err := filepath.Glob(dir + "/*.rpm")
	must(t, err)
	if len(files) != 4 {
		t.Fatalf("%q", files)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		must(t, err)
		if err := rpm.Check(b); err != nil {
			t.Errorf("%s: %v", filepath.Base(file), err)
		}
		if _, err := rpm.Correct(b); err != rpm.ErrSigned {
			t.Errorf("%s would be changed after it was signed: %v", filepath.Base(file), err)
		}
	}
	const look = "rpmkeys -K --define '_pkgverify_level all' --define '_pkgverify_flags 0x0' "
	for _, suite := range suites {
		r := newRoot(t, suite)
		r.put("/signed", append(files, dir+"/RPM-GPG-KEY-qpay")...)
		r.put("/unsigned", built(t, "qpay-client", ".x86_64.rpm"), built(t, "qpay-server", ".x86_64.rpm"))
		if text, err := r.try(look + "/signed/*.rpm"); err == nil {
			t.Errorf("%s: nobody imported the key, and: %s", suite, text)
		}
		r.run("rpmkeys --import /signed/RPM-GPG-KEY-qpay")
		for _, file := range files {
			name := "/signed/" + filepath.Base(file)
			r.says(look+name, name+": digests signatures OK")
		}
		if text, err := r.try(look + "/unsigned/*.rpm"); err == nil {
			t.Errorf("%s: not signed, and: %s", suite, text)
		}
		// The signature is all that was added.
		for _, name := range []string{"qpay-client", "qpay-server"} {
			text := r.run("mkdir -p /bare && cp /signed/" + name + "-*.x86_64.rpm /bare && rpmsign --delsign /bare/" + name + "-*.rpm >/dev/null && sha256sum /bare/" + name + "-*.rpm")
			if bare, _, _ := strings.Cut(text, " "); bare != sum(t, built(t, name, ".x86_64.rpm")) {
				t.Errorf("%s: %s without its signature is another file", suite, name)
			}
		}
		text, err := r.try("f=$(ls /signed/qpay-client-*.x86_64.rpm) && printf x | dd of=$f bs=1 seek=$(($(stat -c %s $f) - 100)) conv=notrunc status=none && " + look + "$f")
		if err == nil {
			t.Errorf("%s: one byte was changed, and: %s", suite, text)
		}
	}
}
