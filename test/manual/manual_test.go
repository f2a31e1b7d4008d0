package manual

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"qpay/test/module"
)

// sample has all that is hard to write down in one of the languages.
var sample = Of(&cli.App{
	Name: "pay-it", Usage: "it's for 'tests': \\ and %", UsageText: ".first line\n\n  pay-it `x` -- 'y' ~ ^",
	Flags: []cli.Flag{
		&cli.BoolFlag{Name: "json", Aliases: []string{"j"}, Usage: "print 'JSON': yes"},
		&cli.StringFlag{Name: "out", Usage: "write `FILE`"},
		&cli.DurationFlag{Name: "timeout", Usage: "how long"},
		&cli.BoolFlag{Name: "secret", Hidden: true},
	},
	Commands: []*cli.Command{
		{Name: "open", Usage: "open it", ArgsUsage: "FILE"},
		{Name: "history", Usage: "what was", Flags: []cli.Flag{&cli.StringFlag{Name: "since", Usage: "since `TIME`"}},
			Subcommands: []*cli.Command{{Name: "show", Usage: "one of them", Flags: []cli.Flag{&cli.BoolFlag{Name: "all", Usage: "all"}}}}},
		{Name: "inner", Hidden: true},
	},
})

func need(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("QPAY_REQUIRE_TOOLS") != "" {
			t.Fatal("run make deps:", err)
		}
		t.Skip(err)
	}
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// pages are all that is committed, and the sample.
func pages(t *testing.T) map[string]string {
	t.Helper()
	root, err := module.Root()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{"sample": write(t, sample.Page())}
	files, err := filepath.Glob(filepath.Join(root, "doc", "man", "*.1"))
	if err != nil || len(files) < 2 {
		t.Fatalf("%d pages, %v", len(files), err)
	}
	for _, f := range files {
		all[filepath.Base(f)] = f
	}
	return all
}

// mandoc, the strictest reader of man pages, has nothing to complain of.
func TestPagesAreWellFormed(t *testing.T) {
	need(t, "mandoc")
	for name, path := range pages(t) {
		out, err := exec.Command("mandoc", "-T", "lint", "-W", "warning", path).CombinedOutput()
		if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(out)) {
			// A date would have to be kept by hand, or make no two builds alike.
			if !strings.Contains(line, "missing date") {
				t.Errorf("%s: %s", name, line)
			}
		}
	}
}

func TestPageSaysWhatTheDefinitionsSay(t *testing.T) {
	need(t, "mandoc")
	text := output(t, "mandoc", "-T", "utf8", write(t, sample.Page()))
	text = strings.Join(strings.Fields(strings.NewReplacer("\x08", "").Replace(plain(text))), " ")
	for _, want := range []string{"it's for 'tests': \\ and %", ".first line", "pay-it `x` -- 'y' ~ ^", "--json, -j",
		"--out FILE", "--timeout VALUE", "history show", "--since TIME", "PAY-IT(1)"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
	for _, hidden := range []string{"secret", "inner"} {
		if strings.Contains(text, hidden) {
			t.Errorf("%q is hidden", hidden)
		}
	}
}

// plain takes out overstriking, which is how a terminal shows bold letters.
func plain(s string) string {
	var b []rune
	for _, c := range s {
		if c == '\b' && len(b) > 0 {
			b = b[:len(b)-1]
			continue
		}
		b = append(b, c)
	}
	return string(b)
}

// asked is what each shell offers after these words, the last of which is being
// typed.
var asked = []struct {
	words []string
	want  []string // all of these
	not   []string // none of these
}{
	{[]string{""}, []string{"open", "history"}, []string{"inner", "show"}},
	{[]string{"hi"}, []string{"history"}, []string{"open"}},
	{[]string{"--"}, []string{"--json", "--out", "--timeout", "--help", "--version"}, []string{"--secret", "--since"}},
	{[]string{"history", ""}, []string{"show"}, []string{"open"}},
	{[]string{"--json", "history", "--s"}, []string{"--since"}, []string{"--all"}},
	{[]string{"history", "show", "--a"}, []string{"--all"}, []string{"--since"}},
	{[]string{"--timeout", ""}, nil, []string{"open", "--json"}},
}

func TestCompletions(t *testing.T) {
	for shell, ask := range map[string]func(t *testing.T, words []string) string{
		"bash": func(t *testing.T, words []string) string {
			script := "source " + write(t, sample.Bash()) + "\nCOMP_WORDS=(pay-it \"$@\")\nCOMP_CWORD=$#\n_pay_it\nprintf '%s\\n' \"${COMPREPLY[@]}\""
			return output(t, "bash", append([]string{"--norc", "-uec", script, "bash"}, words...)...)
		},
		"zsh": func(t *testing.T, words []string) string {
			// What zsh's own functions would be told is printed instead.
			script := "_describe() { print -l -- ${(P)2} }\n_files() { print FILES }\nCURRENT=$(( $# + 1 ))\nwords=(pay-it \"$@\")\nset --\nsource " + write(t, sample.Zsh())
			return output(t, "zsh", append([]string{"-f", "-c", script, "zsh"}, words...)...)
		},
		"fish": func(t *testing.T, words []string) string {
			return output(t, "fish", "--no-config", "-c", "source "+write(t, sample.Fish())+"; complete -C 'pay-it "+strings.Join(words, " ")+"'")
		},
	} {
		t.Run(shell, func(t *testing.T) {
			need(t, shell)
			for _, a := range asked {
				var offered []string
				last := a.words[len(a.words)-1]
				for line := range strings.Lines(ask(t, a.words)) {
					word := strings.FieldsFunc(line, func(c rune) bool { return strings.ContainsRune(":\t\n ", c) })
					if len(word) > 0 && strings.HasPrefix(word[0], last) {
						offered = append(offered, word[0])
					}
				}
				for _, w := range a.want {
					// fish offers options only once a dash is typed.
					if !slices.Contains(offered, w) {
						t.Errorf("%q: no %s in %q", a.words, w, offered)
					}
				}
				for _, w := range a.not {
					if slices.Contains(offered, w) {
						t.Errorf("%q: %s in %q", a.words, w, offered)
					}
				}
			}
		})
	}
}

// Each committed completion is read by its shell without a complaint.
func TestCommittedCompletionsLoad(t *testing.T) {
	root, err := module.Root()
	if err != nil {
		t.Fatal(err)
	}
	for shell, args := range map[string][]string{"bash": {"--norc", "-n"}, "zsh": {"-f", "-n"}, "fish": {"--no-config", "-n"}} {
		need(t, shell)
		files, err := filepath.Glob(filepath.Join(root, "completions", shell, "*"))
		if err != nil || len(files) < 2 {
			t.Fatalf("%s: %d files, %v", shell, len(files), err)
		}
		for _, f := range files {
			if out, err := exec.Command(shell, append(args, f)...).CombinedOutput(); err != nil || len(out) > 0 {
				t.Errorf("%s: %v\n%s", f, err, out)
			}
		}
	}
}
