package bridge

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"qpay/test/module"
)

// The browsers' manifests name the program where packages put it. That they let
// our extension alone start it, the extension's own tests hold.
func TestManifestsNameTheProgram(t *testing.T) {
	root, err := module.Root()
	must(t, err)
	for _, browser := range []string{"firefox", "chromium"} {
		text, err := os.ReadFile(filepath.Join(root, "desktop", "native-messaging", browser, "qpay.json"))
		must(t, err)
		var got struct{ Name, Type, Path string }
		must(t, json.Unmarshal(text, &got))
		if got.Name != "qpay" || got.Type != "stdio" || got.Path != "/usr/libexec/qpay/qpay-native-host" {
			t.Errorf("%s: %+v", browser, got)
		}
	}
}
