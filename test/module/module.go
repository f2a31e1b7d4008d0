// Package module finds this module's folder, for tests that need its files.
package module

import (
	"errors"
	"os"
	"path/filepath"
)

// Root is the folder with go.mod above the working directory, which `go test`
// sets to the package's folder.
func Root() (string, error) {
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
