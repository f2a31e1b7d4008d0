package client

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"qpay/test/browser"
	"qpay/test/module"
)

// Extension is the folder of the built extension for a browser.
func Extension(kind browser.Kind) (string, error) {
	dir := os.Getenv("QPAY_EXTENSION")
	if dir == "" {
		root, err := module.Root()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(root, "out", "extension")
	}
	dir = filepath.Join(dir, string(kind))
	if _, err := os.Stat(filepath.Join(dir, "manifest.json")); err != nil {
		return "", fmt.Errorf("the extension is not built, run make build: %w", err)
	}
	return dir, nil
}

// InstallHost puts the native messaging manifest where a browser looks for it,
// as the package does, but with the host that was built, and for one person.
// The rest of the manifest is the one that the project ships.
func InstallHost(kind browser.Kind, folder, bin string) (file string, err error) {
	root, err := module.Root()
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(filepath.Join(root, "desktop", "native-messaging", string(kind), "qpay.json"))
	if err != nil {
		return "", err
	}
	var manifest map[string]any
	if err := json.Unmarshal(text, &manifest); err != nil {
		return "", err
	}
	manifest["path"] = filepath.Join(bin, "qpay-native-host")
	if text, err = json.Marshal(manifest); err != nil {
		return "", err
	}
	file = filepath.Join(folder, "qpay.json")
	return file, errors.Join(os.MkdirAll(folder, 0o700), os.WriteFile(file, text, 0o600))
}

// ChromiumID is the extension's id as its key fixes it: the first 16 bytes of
// the key's SHA-256, in hex with the letters a to p for digits.
func ChromiumID(folder string) (string, error) {
	text, err := os.ReadFile(filepath.Join(folder, "manifest.json"))
	if err != nil {
		return "", err
	}
	var manifest struct{ Key string }
	if err := json.Unmarshal(text, &manifest); err != nil {
		return "", err
	}
	key, err := base64.StdEncoding.DecodeString(manifest.Key)
	if err != nil || len(key) == 0 {
		return "", fmt.Errorf("the manifest's key: %w", err)
	}
	return chromiumID(key), nil
}

// FolderID is the id that Chromium gives an unpacked extension without a key.
func FolderID(folder string) string { return chromiumID([]byte(folder)) }

func chromiumID(of []byte) string {
	sum := sha256.Sum256(of)
	var id strings.Builder
	for _, b := range sum[:16] {
		id.WriteByte('a' + b>>4)
		id.WriteByte('a' + b&15)
	}
	return id.String()
}
