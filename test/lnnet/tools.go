package lnnet

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"qpay/test/module"
)

// ErrNoTools means that btcd or lnd has not been built. Tests skip on it.
var ErrNoTools = errors.New(`btcd, lnd and lncli are not built: run "make tools"`)

// tools are the programs of the network. lnd must have been built with the tags
// `integration` (a wallet that opens at once) and `invoicesrpc` (hold invoices).
type tools struct{ btcd, lnd, lncli string }

// findTools looks in the folder $QPAY_TOOLS, or else in out/tools of the module
// around the working directory, which `go test` sets to the package's folder.
func findTools() (tools, error) {
	dir := os.Getenv("QPAY_TOOLS")
	if dir == "" {
		root, err := module.Root()
		if err != nil {
			return tools{}, fmt.Errorf("%w (%w)", ErrNoTools, err)
		}
		dir = filepath.Join(root, "out", "tools")
	}
	t := tools{btcd: filepath.Join(dir, "btcd"), lnd: filepath.Join(dir, "lnd"), lncli: filepath.Join(dir, "lncli")}
	for _, path := range []string{t.btcd, t.lnd, t.lncli} {
		if info, err := os.Stat(path); err != nil {
			return tools{}, fmt.Errorf("%w (%w)", ErrNoTools, err)
		} else if info.IsDir() || info.Mode()&0o111 == 0 {
			return tools{}, fmt.Errorf("%w (%s is not a program)", ErrNoTools, path)
		}
	}
	return t, nil
}
