package manual

import (
	"fmt"
	"strings"
)

// Page is the man page, in the macros of man(7).
func (p Program) Page() string {
	var b strings.Builder
	fmt.Fprintf(&b, ".\\\" Made from the program's own definitions by its tests: go test -update.\n")
	fmt.Fprintf(&b, ".TH %s 1 \"\" qpay \"qpay manual\"\n", strings.ToUpper(roff(p.Name)))
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", roff(p.Name), roff(p.Usage))
	b.WriteString(".SH SYNOPSIS\n")
	p.walk([]string{p.Name}, func(path []string, c Program) {
		if len(path) > 1 {
			b.WriteString(".br\n")
		}
		if len(c.Commands) > 0 && c.Synopsis == "" && len(path) == 1 {
			fmt.Fprintf(&b, ".B %s\n.I command\n[\\fIoptions\\fR]\n", roff(p.Name))
		} else {
			fmt.Fprintf(&b, ".B %s\n[\\fIoptions\\fR] %s\n", roff(strings.Join(path, " ")), roff(c.Synopsis))
		}
	})
	if p.Text != "" {
		b.WriteString(".SH DESCRIPTION\n" + block(p.Text))
	}
	b.WriteString(".SH OPTIONS\n" + options(p.Flags))
	if len(p.Commands) > 0 {
		b.WriteString(".SH COMMANDS\n")
	}
	for _, c := range p.Commands {
		c.walk([]string{c.Name}, func(path []string, c Program) {
			name := strings.Join(path, " ")
			fmt.Fprintf(&b, ".SS %s\n%s.\n", quoted(strings.TrimSpace(name+" "+c.Synopsis)), roff(sentence(c.Usage)))
			if c.Text != "" {
				b.WriteString(".PP\n" + block(c.Text))
			}
			b.WriteString(options(c.Flags))
		})
	}
	table(&b, "EXIT STATUS", p.Exits)
	table(&b, "FILES", p.Files)
	if len(p.See) > 0 {
		fmt.Fprintf(&b, ".SH SEE ALSO\n%s\n", roff(strings.Join(p.See, ", ")))
	}
	return b.String()
}

func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func table(b *strings.Builder, title string, rows [][2]string) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(b, ".SH %s\n", title)
	for _, r := range rows {
		fmt.Fprintf(b, ".TP\n.B %s\n%s\n", roff(r[0]), roff(r[1]))
	}
}

func options(fs []Flag) string {
	var b strings.Builder
	for _, f := range fs {
		names := make([]string, len(f.Names))
		for i, n := range f.Names {
			names[i] = "\\fB" + roff(n) + "\\fR"
		}
		line := strings.Join(names, ", ")
		if f.Value != "" {
			line += " \\fI" + roff(f.Value) + "\\fR"
		}
		fmt.Fprintf(&b, ".TP\n%s\n%s\n", line, roff(sentence(f.Usage)))
	}
	return b.String()
}

// block shows a text of --help line by line, as it is: its examples are
// aligned.
func block(text string) string {
	var b strings.Builder
	b.WriteString(".nf\n")
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \n")
		if line == "" {
			b.WriteString(".sp\n") // an empty line is bad style to mandoc
			continue
		}
		b.WriteString(roff(line) + "\n")
	}
	b.WriteString(".fi\n")
	return b.String()
}

// roff keeps a text from being read as commands of the formatter.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "…", `\[u2026]`, "~", `\(ti`, "^", `\(ha`, "`", `\(ga`).Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}

func quoted(s string) string { return `"` + strings.ReplaceAll(roff(s), `"`, `\(dq`) + `"` }
