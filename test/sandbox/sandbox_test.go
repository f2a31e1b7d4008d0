package sandbox

import (
	"encoding/json"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"qpay/internal/server/sandbox"
)

// lightningvm makes one, with a server at the port of lnd and one elsewhere.
func lightningvm(t *testing.T) setting {
	t.Helper()
	if abi := sandbox.ABI(); abi < 4 {
		if os.Getenv("QPAY_REQUIRE_TOOLS") != "" {
			t.Fatalf("this kernel's Landlock has version %d; 4 is needed, and nothing would be proved", abi)
		}
		t.Skipf("this kernel's Landlock has version %d; 4 is needed", abi)
	}
	home := t.TempDir()
	s := setting{
		Home:     home,
		State:    filepath.Join(home, ".local", "state", "qpay-server"),
		Config:   filepath.Join(home, ".config", "qpay-server"),
		Allowed:  listen(t, "tcp", "127.0.0.1:0"),
		Other:    listen(t, "tcp", "127.0.0.1:0"),
		Local:    listen(t, "unix", filepath.Join(home, "socket")),
		Abstract: listen(t, "unix", "@qpay-test-"+filepath.Base(home)+t.Name()),
	}
	for path, text := range map[string]string{
		filepath.Join(s.Config, "config.toml"):              "secret",
		filepath.Join(s.Config, "macaroon"):                 "secret",
		filepath.Join(s.State, "journal.db"):                "secret",
		filepath.Join(home, "secret"):                       "secret",
		filepath.Join(home, ".config/gtk-3.0/settings.ini"): "[Settings]",
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func listen(t *testing.T, network, address string) string {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	return l.Addr().String()
}

// within runs this binary in a role and returns what it could do.
func within(t *testing.T, s setting, env ...string) map[string]string {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self())
	cmd.Env = append(os.Environ(), "HOME="+s.Home, "QPAY_TEST_SETTING="+string(text))
	cmd.Env = append(cmd.Env, env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var results map[string]string
	if err := json.Unmarshal(out, &results); err != nil {
		t.Fatalf("%v: %q", err, out)
	}
	return results
}

// only checks that these work, and that all else is refused.
func only(t *testing.T, results map[string]string, works ...string) {
	t.Helper()
	for _, what := range slices.Sorted(maps.Keys(results)) {
		got, want := results[what], "refused"
		if slices.Contains(works, what) {
			want = ""
		}
		if got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	for _, what := range works {
		if _, ok := results[what]; !ok {
			t.Errorf("%s was not tried", what)
		}
	}
}

// drawing is what GTK needs, in both.
var drawing = []string{"read fonts.conf", "read gtk settings", "local socket", "abstract socket"}

// Without a sandbox all of it works: the attempts are real ones.
func TestWithoutSandboxEverythingWorks(t *testing.T) {
	results := within(t, lightningvm(t), role+"=dialog")
	for what, result := range results {
		if result != "" && what != "read parent's env" {
			t.Errorf("%s: %s", what, result)
		}
	}
}

func TestServerOpensItsStateAndLndAlone(t *testing.T) {
	results := within(t, lightningvm(t), role+"=server")
	only(t, results, append(drawing, "read state", "write state", "folder in state", "connect lnd")...)
}

func TestDialogOpensNothingOfTheWalletAndNoNetwork(t *testing.T) {
	t.Run("started by the server", func(t *testing.T) {
		only(t, within(t, lightningvm(t), role+"=server", "QPAY_TEST_THEN=dialog"), drawing...)
	})
	t.Run("by its stage alone", func(t *testing.T) {
		only(t, within(t, lightningvm(t), role+"=stage"), drawing...)
	})
}
