package dialog

import (
	"encoding/json"
	"os"
	"path/filepath"

	"qpay/internal/screen"
	"qpay/test/module"
)

// Golden is a page as the server makes it, from the golden files of package
// ask: what is tested and pictured with it is what a person gets.
func Golden(name string) func() screen.Page {
	return func() (p screen.Page) {
		root, err := module.Root()
		if err == nil {
			var text []byte
			text, err = os.ReadFile(filepath.Join(root, "internal", "server", "ask", "testdata", name+".json"))
			if err == nil {
				err = json.Unmarshal(text, &p)
			}
		}
		if err != nil {
			panic(err) // a file of the tree is missing
		}
		return p
	}
}
