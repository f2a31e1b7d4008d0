package bridge

import (
	"bytes"
	"debug/buildinfo"
	"os"
	"path/filepath"
	"testing"
)

// The native host has no other module and no network linked in, the bridge's
// program has both: else the test proves nothing.
func TestNativeHostIsLean(t *testing.T) {
	w, _ := start(t)
	for program, lean := range map[string]bool{"qpay-native-host": true, "qpay": false} {
		path := filepath.Join(w.Bin, program)
		info, err := buildinfo.ReadFile(path)
		must(t, err)
		text, err := os.ReadFile(path)
		must(t, err)
		network := bytes.Contains(text, []byte("net/http.(*")) || bytes.Contains(text, []byte("net.(*"))
		if (len(info.Deps) == 0) != lean || network == lean {
			t.Errorf("%s: %d modules, network %v", program, len(info.Deps), network)
		}
	}
}
