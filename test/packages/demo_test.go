package packages

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"qpay/test/lnnet"
	"qpay/test/world"
)

// inside is set where the packages are installed, for the test's own second
// process.
const inside = "QPAY_TEST_INSTALLED"

// A payment from beginning to end, with the programs, links and configuration
// that the packages installed: dpkg installs them in a root of its own, and
// what it installed is laid over this machine's /usr and /etc, in a name space
// that only the second process of this test sees.
func TestPaymentWithInstalledPackages(t *testing.T) {
	if os.Getenv(inside) != "" {
		payment(t)
		return
	}
	r := debian(t, "bookworm")
	r.run(install + "/packages/new/*.deb")
	layer := t.TempDir()
	installed := r.command("dpkg -L qpay-client qpay-server | while read -r f; do [ -d \"$f\" ] && [ ! -L \"$f\" ] || echo \"$f\"; done | sort -u | tar -cf - --no-recursion -T -")
	unpack := exec.Command("tar", "-C", layer, "-xpf", "-")
	pipe, err := installed.StdoutPipe()
	must(t, err)
	unpack.Stdin = pipe
	must(t, installed.Start())
	must(t, unpack.Run())
	must(t, installed.Wait())

	self, err := os.Executable()
	must(t, err)
	const over = `mount -t overlay overlay -o "lowerdir=$1/usr:/usr" /usr
mount -t overlay overlay -o "lowerdir=$1/etc:/etc" /etc
shift
exec "$@"`
	cmd := exec.Command("unshare", "--mount", "--propagation", "private", "sh", "-euc", over, "sh", layer,
		self, "-test.run=^TestPaymentWithInstalledPackages$", "-test.v", "-test.count=1")
	cmd.Env = append(os.Environ(), inside+"=1")
	text, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(text), "--- PASS: TestPaymentWithInstalledPackages") {
		t.Errorf("%v\n%s", err, text)
	}
}

func payment(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	w, err := world.Start(ctx, world.Options{Nodes: 2, Installed: true})
	must(t, err)
	defer w.Stop()
	invoice, err := w.Net.Bob.AddInvoice(ctx, lnnet.InvoiceSpec{Msat: 1_234_000, Memo: "from the packages"})
	must(t, err)

	refused := w.Qpay(ctx, "untrusted", invoice.PaymentRequest)
	if text, err := refused.CombinedOutput(); err == nil {
		t.Fatalf("a qube that is not enrolled has paid:\n%s", text)
	}
	cmd := w.Qpay(ctx, "personal", invoice.PaymentRequest)
	var out, says strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &says
	if path, err := filepath.EvalSymlinks(cmd.Path); err != nil || path != "/usr/bin/qpay" {
		t.Fatalf("the qube runs %s: %v", path, err)
	}
	must(t, cmd.Start())
	must(t, w.Says(ctx, "from the packages"))
	runs(t, "/usr/libexec/qpay/qpay-server", "/usr/libexec/qpay/qpay-dialog")
	must(t, w.Press(ctx, "Pay"))
	must(t, w.Net.Bob.WaitInvoiceState(ctx, invoice.Hash, "SETTLED"))
	must(t, w.Press(ctx, "Close"))
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, says.String())
	}
	if len(strings.TrimSpace(out.String())) != 64 {
		t.Errorf("no preimage, but %q", out.String())
	}
}

// runs fails unless these programs run now.
func runs(t *testing.T, programs ...string) {
	t.Helper()
	links, err := filepath.Glob("/proc/[0-9]*/exe")
	must(t, err)
	running := map[string]bool{}
	for _, link := range links {
		if path, err := os.Readlink(link); err == nil {
			running[path] = true
		}
	}
	for _, p := range programs {
		if !running[p] {
			t.Errorf("%s does not run", p)
		}
	}
}
