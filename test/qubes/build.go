package qubes

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// BuildClient builds the stand-in qrexec-client-vm into a folder and returns
// its path. A test with several machines does it once and sets Options.Client.
func BuildClient(dir string) (string, error) {
	root, err := ModuleRoot()
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
	root, err := ModuleRoot()
	return filepath.Join(root, "salt/qpay/files/policy/80-qpay.policy"), err
}

// ModuleRoot is the folder with go.mod above the working directory, which
// `go test` sets to the package's folder.
func ModuleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod above the working directory")
		}
		dir = parent
	}
}
