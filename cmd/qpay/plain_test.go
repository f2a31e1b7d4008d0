package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"qpay/internal/client/prompt"
)

// hostile is a text that would clear the screen, set the title, go back over
// the line and turn it round.
const hostile = "\x1b[2J\x1b]0;x\a\rqpay: paid 1 sat\u202e\u2066\u200b\u0085\u009b"

// Nothing that was given, answered or read from a page reaches the terminal as
// it is: each command is given the text in every place, and answers that hold it.
func TestNothingRawOnTheTerminal(t *testing.T) {
	bin := t.TempDir()
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", bin)
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	hash := strings.Repeat("0", 64)
	json := strings.NewReplacer("\x1b", `\u001b`, "\a", `\u0007`, "\r", `\r`).Replace(hostile)
	answers := map[string]string{
		"an error":    `{"v":1,"error":{"code":"` + json + `","message":"` + json + `","hint":"` + json + `","payment":"not_sent"}}`,
		"every field": `{"v":1,"methods":["` + json + `"],"alias":"` + json + `","network":"` + json + `","version":"` + json + `","pubkey":"` + json + `","state":"` + json + `","signature":"` + json + `","payment_request":"` + json + `","payment_hash":"` + json + `","valid":true}`,
		"garbage":     hostile,
	}
	key := "02" + strings.Repeat("ab", 32)
	lines := [][]string{
		{hostile}, {"pay", "--comment", hostile, hostile}, {"--" + hostile}, {"--amount", hostile, "x"}, {"--payer", hostile, "x"}, {"lnbc1", "--" + hostile},
		{"--timeout", hostile, "x"}, {"open", hostile}, {"open", "--origin", hostile, "lnbc1"}, {"open", "lightning:" + hostile}, {"open", hostile, hostile},
		{"open", "me@" + hostile}, {"open", "bitcoin:?amount=" + hostile}, {"open", "--" + hostile}, {"handler", hostile}, {"handler"},
		{"invoice", "1", hostile}, {"invoice", hostile}, {"invoice", "--png", hostile + "/x", "1"}, {"invoice", "--expiry", hostile, "1"},
		{"lookup", hash}, {"lookup", hostile}, {"info"}, {"info", hostile}, {"verify", hostile, hostile}, {"verify", "x", "y"}, {"sign", hostile}, {"sign", "-" + hostile},
		{"keysend", hostile, "1"}, {"keysend", key, hostile}, {"keysend", "--record", hostile, key, "1"}, {"keysend", key, "1"}, {"balance"}, {"balance", hostile},
		{"doctor"}, {hostile, "--help"}, {"help", hostile},
	}
	for name, answer := range answers {
		script := "#!/bin/sh\ncat <<'END'\n" + answer + "\nEND\n"
		if err := os.WriteFile(filepath.Join(bin, "qrexec-client-vm"), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
		for _, mime := range []string{"xdg-mime", "gio"} {
			if err := os.WriteFile(filepath.Join(bin, mime), []byte("#!/bin/sh\nprintf '%s' '"+hostile+"'\n"), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		for _, line := range lines {
			for _, flag := range []string{"--json", "--json=false"} {
				said(t, name, append([]string{"qpay", flag}, line...))
			}
		}
	}
}

func said(t *testing.T, name string, line []string) {
	t.Helper()
	var out, errs bytes.Buffer
	term := &terminal{in: strings.NewReader(hostile + "\n"), out: &out, err: &errs, prompt: prompt.Nobody{}}
	term.exit(app(term).RunContext(context.Background(), line))
	for where, text := range map[string]string{"stdout": out.String(), "stderr": errs.String()} {
		if i := strings.IndexFunc(text, func(c rune) bool { return c != '\n' && !unicode.IsGraphic(c) }); i >= 0 {
			t.Errorf("%s: %q: %s has %q", name, line, where, text)
		}
		if strings.Contains(text, "\nqpay: paid") {
			t.Errorf("%s: %q: a line of its own: %q", name, line, text)
		}
	}
}
