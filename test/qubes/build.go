package qubes

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"qpay/test/module"
)

// BuildClient builds the stand-in qrexec-client-vm into a folder and returns
// its path. A test with several machines does it once and sets Options.Client.
func BuildClient(dir string) (string, error) {
	root, err := module.Root()
	if err != nil {
		return "", err
	}
	out := filepath.Join(dir, "qrexec-client-vm")
	cmd := exec.Command("go", "build", "-o", out, "./test/qubes/cmd/qrexec-client-vm")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the stand-in client: %w\n%s", err, text)
	}
	return out, nil
}

// ShippedPolicy is the path of the policy file that qpay installs.
func ShippedPolicy() (string, error) {
	root, err := module.Root()
	return filepath.Join(root, "salt/qpay/files/policy/80-qpay.policy"), err
}
