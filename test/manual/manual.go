// Package manual makes the man page and the completions of a program from the
// definitions of its commands, so that they say what the program does. The
// tests of each program hold the files in doc/man and completions against it;
// with -update they write them. qpay-dialog, which qpay-server alone starts, has
// none of its own.
package manual

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// Program is what is told of a program, or of one of its commands.
type Program struct {
	Name     string
	Usage    string // one line
	Synopsis string // arguments, after the options
	Text     string // paragraphs and examples, as --help shows them
	Flags    []Flag
	Commands []Program

	// Of programs alone.
	Exits [][2]string // exit code and its meaning
	Files [][2]string // path and what it is for
	See   []string    // other pages: qpay(1)
}

// Flag is one option.
type Flag struct {
	Names []string // with their dashes
	Value string   // what stands for its value; empty: it takes none
	Usage string
}

// Of reads the definitions of a program. The flags of the help are everywhere
// and not told.
func Of(app *cli.App) Program {
	return Program{Name: app.Name, Usage: app.Usage, Synopsis: app.ArgsUsage, Text: texts(app.UsageText, app.Description),
		Flags:    append(flags(app.Flags), Flag{Names: []string{"--version", "-v"}, Usage: "print the version"}, help),
		Commands: commands(app.Commands)}
}

var help = Flag{Names: []string{"--help", "-h"}, Usage: "show help"}

func commands(all []*cli.Command) (ps []Program) {
	for _, c := range all {
		if !c.Hidden {
			ps = append(ps, Program{Name: c.Name, Usage: c.Usage, Synopsis: c.ArgsUsage, Text: texts(withoutLine(c.UsageText), c.Description),
				Flags: append(flags(c.Flags), help), Commands: commands(c.Subcommands)})
		}
	}
	return ps
}

// withoutLine takes off the usage line, which is in the synopsis.
func withoutLine(text string) string {
	first, rest, _ := strings.Cut(text, "\n")
	if strings.Contains(first, " [options]") {
		return rest
	}
	return text
}

func texts(all ...string) string {
	all = slices.DeleteFunc(all, func(s string) bool { return s == "" })
	return strings.TrimSpace(strings.Join(all, "\n\n"))
}

func flags(all []cli.Flag) (fs []Flag) {
	for _, f := range all {
		if v, ok := f.(cli.VisibleFlag); ok && !v.IsVisible() {
			continue
		}
		doc, ok := f.(cli.DocGenerationFlag)
		if !ok {
			continue
		}
		value, usage := placeholder(doc.GetUsage())
		if !doc.TakesValue() {
			value = ""
		} else if value == "" {
			value = "VALUE"
		}
		if text := doc.GetDefaultText(); doc.TakesValue() && text != "" {
			usage += " (default: " + strings.Trim(text, `"`) + ")"
		}
		fs = append(fs, Flag{Names: dashed(f.Names()), Value: value, Usage: usage})
	}
	return fs
}

// placeholder is the word in backticks, which stands for a value.
func placeholder(usage string) (value, text string) {
	before, rest, found := strings.Cut(usage, "`")
	value, after, closed := strings.Cut(rest, "`")
	if !found || !closed {
		return "", usage
	}
	return value, before + value + after
}

func dashed(names []string) []string {
	var all []string
	for _, n := range names {
		if len(n) == 1 {
			all = append(all, "-"+n)
		} else {
			all = append(all, "--"+n)
		}
	}
	return all
}

// isFile says whether a flag's value is the name of a file.
func (f Flag) isFile() bool {
	return slices.Contains([]string{"FILE", "FOLDER", "DEVICE", "PATH"}, f.Value)
}

// walk visits the program and all its commands, with the names that lead there.
func (p Program) walk(path []string, visit func(path []string, p Program)) {
	visit(path, p)
	for _, c := range p.Commands {
		c.walk(append(slices.Clone(path), c.Name), visit)
	}
}
