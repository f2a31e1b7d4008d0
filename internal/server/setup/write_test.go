package setup

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"qpay/internal/server/config"
)

func TestEdit(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "[node]\nmacaroon = \"b\"\n"},
		{"[node]\nmacaroon = \"a\"\n", "[node]\nmacaroon = \"b\"\n"},
		{"[node]\n  macaroon='a' # mine", "[node]\n  macaroon=\"b\" # mine\n"},
		{"[node]\n[limits]\nmacaroon = 1\n", "[node]\nmacaroon = \"b\"\n[limits]\nmacaroon = 1\n"},
		{"[node]\naddress = \"x\"\n\n# about limits\n[limits]\n", "[node]\naddress = \"x\"\nmacaroon = \"b\"\n\n# about limits\n[limits]\n"},
		{"macaroon = \"top\"\n", "macaroon = \"top\"\n\n[node]\nmacaroon = \"b\"\n"},
		{"[ node ] # mine\n# macaroon = \"c\"\n", "[ node ] # mine\nmacaroon = \"b\"\n# macaroon = \"c\"\n"},
		{"[[node]]\nmacaroon = 1\n", "[[node]]\nmacaroon = 1\n\n[node]\nmacaroon = \"b\"\n"},
	} {
		if got := edit(c.text, setting{"node", "macaroon", `"b"`}); got != c.want {
			t.Errorf("%q became\n%q, want\n%q", c.text, got, c.want)
		}
	}
	if got := edit("[node]\n", setting{"", "network", `"x"`}); got != "network = \"x\"\n[node]\n" {
		t.Errorf("%q", got)
	}
}

// The text of a first setup is what the defaults are.
func TestFreshIsTheDefaults(t *testing.T) {
	got, err := config.Parse("/f", []byte(fresh))
	want, err2 := config.Parse("/f", nil)
	if err != nil || err2 != nil || got.MaxPayment != want.MaxPayment || got.Fee != want.Fee || got.Network != want.Network ||
		got.Address != want.Address || !slices.Equal(got.Services, want.Services) || got.MacaroonFile != want.MacaroonFile {
		t.Errorf("%+v\n%+v %v %v", got, want, err, err2)
	}
}

// made is a home folder with a configuration of these contents.
func made(t *testing.T) (home string, j *job) {
	t.Helper()
	home = t.TempDir()
	folder, _ := config.Folders(home)
	unlock, err := lock(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(unlock)
	j = &job{folder: folder, certificate: []byte("certificate"), macaroon: []byte("macaroon"), say: &bytes.Buffer{}}
	if j.was, err = readPresent(folder); err != nil {
		t.Fatal(err)
	}
	j.want = j.was.conf
	if _, err := j.write(); err != nil {
		t.Fatal(err)
	}
	return home, j
}

func next(t *testing.T, j *job) *job {
	t.Helper()
	n := &job{folder: j.folder, say: j.say, certificate: []byte("new certificate"), macaroon: []byte("new macaroon")}
	var err error
	if n.was, err = readPresent(j.folder); err != nil {
		t.Fatal(err)
	}
	n.want = n.was.conf
	return n
}

// A crash at any moment leaves the old set or the new one: every file that is
// written before config.toml has a name that config.toml does not use.
func TestOldSetHoldsUntilConfigIsReplaced(t *testing.T) {
	home, j := made(t)
	n := next(t, j)
	for _, f := range n.replacements() {
		if err := place(f.path, f.content); err != nil {
			t.Fatal(err)
		}
	}
	// here it crashes
	c, err := config.Load(home)
	if err != nil || string(c.Macaroon) != "macaroon" || string(c.Certificate) != "certificate" {
		t.Fatalf("%q %q %v", c.Macaroon, c.Certificate, err)
	}
	for i := range 3 { // and what is left over is in nobody's way
		n := next(t, j)
		n.macaroon = append(n.macaroon, byte(i))
		if _, err := n.write(); err != nil {
			t.Fatal(err)
		}
		c, err := config.Load(home)
		if err != nil || string(c.Macaroon) != string(n.macaroon) || string(c.Certificate) != "new certificate" {
			t.Fatalf("%q %q %v", c.Macaroon, c.Certificate, err)
		}
		if es, _ := os.ReadDir(j.folder); len(es) != 3 {
			t.Errorf("files %v", es)
		}
	}
}

func TestConfigThatCannotBeEditedIsLeftAlone(t *testing.T) {
	home, j := made(t)
	path := filepath.Join(j.folder, "config.toml")
	text := "node = { address = \"h:1\" }\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	n := next(t, j)
	if _, err := n.write(); err == nil || !strings.Contains(err.Error(), "cannot change") {
		t.Error(err)
	}
	if b, _ := os.ReadFile(path); string(b) != text {
		t.Errorf("%q", b)
	}
	if _, err := config.Load(home); err != nil {
		t.Error(err)
	}
}

func TestOneSetupAtATime(t *testing.T) {
	_, j := made(t)
	if _, err := lock(j.folder); err == nil || !strings.Contains(err.Error(), "Another") {
		t.Error(err)
	}
}

func TestFoldersAndFilesArePrivate(t *testing.T) {
	home := t.TempDir()
	folder, _ := config.Folders(home)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	unlock, err := lock(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	path := filepath.Join(folder, "macaroon")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := place(path, []byte("new")); err != nil {
		t.Fatal(err)
	}
	for p, want := range map[string]os.FileMode{folder: 0o700 | os.ModeDir, path: 0o600} {
		if info, err := os.Stat(p); err != nil || info.Mode() != want {
			t.Errorf("%s: %v %v", p, info.Mode(), err)
		}
	}
	if err := place(filepath.Join(folder, "none", "x"), nil); err == nil {
		t.Error("written into a folder that is not there")
	}
}

func TestQuestions(t *testing.T) {
	home := t.TempDir()
	q := Request{Certificate: []byte("c"), Admin: []byte("m")}
	var out bytes.Buffer
	if err := Ask(home, &q, strings.NewReader("\nyes\nn\n\n"), &out); err != nil {
		t.Fatal(err)
	}
	if q.Address != "127.0.0.1:10009" || !slices.Equal(q.On, []string{"sign_message"}) {
		t.Errorf("%+v\n%s", q, &out)
	}
	for answers, want := range map[string]string{
		"":                          "No answer",
		"nowhere\n":                 "not HOST:PORT",
		"\n/none\n":                 "cannot be read",
		"h:1\n" + home + "/x\n":     "cannot be read",
		"h:1\n~/none/tls.cert\n\n ": filepath.Join(home, "none"), // no shell reads it
	} {
		if err := Ask(home, &Request{}, strings.NewReader(answers), &out); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", answers, err, want)
		}
	}
	made, _ := made(t)
	q = Request{}
	if err := Ask(made, &q, strings.NewReader(""), &out); err != nil || q.Address != "" {
		t.Errorf("asked although there is a configuration: %v", err)
	}
}
