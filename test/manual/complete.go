package manual

import (
	"fmt"
	"slices"
	"strings"
)

const made = "Made from the program's own definitions by its tests: go test -update."

// words are what may follow at a command: its commands, then its options.
func (p Program) words() (all []string) {
	for _, c := range p.Commands {
		all = append(all, c.Name)
	}
	for _, f := range p.Flags {
		all = append(all, f.Names...)
	}
	return all
}

// valued are the options anywhere that take a value: of files, or of all else.
func (p Program) valued(files bool) (all []string) {
	p.walk(nil, func(_ []string, c Program) {
		for _, f := range c.Flags {
			if f.Value != "" && f.isFile() == files {
				all = append(all, f.Names...)
			}
		}
	})
	slices.Sort(all)
	return slices.Compact(all)
}

// takesFiles says whether completing a file's name makes sense as an argument.
func (p Program) takesFiles() bool { return strings.Contains(p.Synopsis, "FILE") }

// paths are the commands below the program, each with all names that lead to it.
func (p Program) paths() (all [][]string) {
	p.walk(nil, func(path []string, _ Program) {
		if len(path) > 0 {
			all = append(all, path)
		}
	})
	return all
}

// Bash is the completion for bash.
func (p Program) Bash() string {
	f := "_" + strings.ReplaceAll(p.Name, "-", "_")
	var b strings.Builder
	fmt.Fprintf(&b, "# bash completion of %s. %s\n%s() {\n", p.Name, made, f)
	b.WriteString("    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= word words=\n    COMPREPLY=()\n")
	b.WriteString(followPath(p, "\"${COMP_WORDS[@]:1:COMP_CWORD-1}\"", "    "))
	b.WriteString("    case $prev in\n")
	if fs := p.valued(true); len(fs) > 0 {
		fmt.Fprintf(&b, "    %s)\n        mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n        return\n        ;;\n", strings.Join(fs, " | "))
	}
	if fs := p.valued(false); len(fs) > 0 {
		fmt.Fprintf(&b, "    %s) return ;;\n", strings.Join(fs, " | "))
	}
	b.WriteString("    esac\n    case $command in\n")
	p.walk(nil, func(path []string, c Program) {
		fmt.Fprintf(&b, "    '%s') words='%s' ;;\n", leading(path), strings.Join(c.words(), " "))
	})
	b.WriteString("    esac\n    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n}\n")
	fmt.Fprintf(&b, "complete -F %s %s\n", f, p.Name)
	return b.String()
}

// followPath finds in a shell which command the words lead to, in $command.
func followPath(p Program, words, indent string) string {
	paths := p.paths()
	if len(paths) == 0 {
		return ""
	}
	all := make([]string, len(paths))
	for i, path := range paths {
		all[i] = "'" + leading(path) + "'"
	}
	return fmt.Sprintf("%[1]sfor word in %[2]s; do\n%[1]s    case \"$command $word\" in\n%[1]s    %[3]s) command=\"$command $word\" ;;\n%[1]s    esac\n%[1]sdone\n",
		indent, words, strings.Join(all, " | "))
}

func leading(path []string) string {
	if len(path) == 0 {
		return ""
	}
	return " " + strings.Join(path, " ")
}

// Zsh is the completion for zsh.
func (p Program) Zsh() string {
	f := "_" + strings.ReplaceAll(p.Name, "-", "_")
	var b strings.Builder
	fmt.Fprintf(&b, "#compdef %s\n# zsh completion of %s. %s\n%s() {\n    local command= word\n    local -a commands options\n", p.Name, p.Name, made, f)
	b.WriteString(followPath(p, "\"${(@)words[2,CURRENT-1]}\"", "    "))
	b.WriteString("    case ${words[CURRENT-1]} in\n")
	if fs := p.valued(true); len(fs) > 0 {
		fmt.Fprintf(&b, "    %s)\n        _files\n        return\n        ;;\n", strings.Join(fs, "|"))
	}
	if fs := p.valued(false); len(fs) > 0 {
		fmt.Fprintf(&b, "    %s)\n        return\n        ;;\n", strings.Join(fs, "|"))
	}
	b.WriteString("    esac\n    case $command in\n")
	p.walk(nil, func(path []string, c Program) {
		fmt.Fprintf(&b, "    '%s')\n", leading(path))
		list(&b, "commands", c.described(false))
		list(&b, "options", c.described(true))
		b.WriteString("        ;;\n")
	})
	b.WriteString("    esac\n    (( ${#commands} )) && _describe command commands\n    _describe option options\n}\n")
	fmt.Fprintf(&b, "%s \"$@\"\n", f)
	return b.String()
}

func list(b *strings.Builder, name string, items [][2]string) {
	if len(items) == 0 {
		return
	}
	fmt.Fprintf(b, "        %s=(\n", name)
	for _, i := range items {
		fmt.Fprintf(b, "            '%s:%s'\n", i[0], strings.NewReplacer("'", `'\''`, ":", `\:`).Replace(i[1]))
	}
	b.WriteString("        )\n")
}

// described are the commands, or the options, with what they are for.
func (p Program) described(options bool) (all [][2]string) {
	if !options {
		for _, c := range p.Commands {
			all = append(all, [2]string{c.Name, c.Usage})
		}
		return all
	}
	for _, f := range p.Flags {
		for _, n := range f.Names {
			all = append(all, [2]string{n, f.Usage})
		}
	}
	return all
}

// Fish is the completion for fish.
func (p Program) Fish() string {
	f := "__" + strings.ReplaceAll(p.Name, "-", "_") + "_at"
	var b strings.Builder
	fmt.Fprintf(&b, "# fish completion of %s. %s\nfunction %s\n    set -l command ''\n", p.Name, made, f)
	if paths := p.paths(); len(paths) > 0 {
		b.WriteString("    for word in (commandline -opc)[2..-1]\n        switch \"$command $word\"\n            case")
		for _, path := range paths {
			fmt.Fprintf(&b, " '%s'", leading(path))
		}
		b.WriteString("\n                set command \"$command $word\"\n        end\n    end\n")
	}
	b.WriteString("    test \"$command\" = \"$argv[1]\"\nend\n")
	fmt.Fprintf(&b, "complete -c %s -f\n", p.Name)
	p.walk(nil, func(path []string, c Program) {
		at := fmt.Sprintf("complete -c %s -n \"%s '%s'\"", p.Name, f, leading(path))
		for _, sub := range c.Commands {
			fmt.Fprintf(&b, "%s -a %s -d '%s'\n", at, sub.Name, fishText(sub.Usage))
		}
		for _, flag := range c.Flags {
			b.WriteString(at)
			for _, n := range flag.Names {
				if long, ok := strings.CutPrefix(n, "--"); ok {
					b.WriteString(" -l " + long)
				} else {
					b.WriteString(" -s " + strings.TrimPrefix(n, "-"))
				}
			}
			switch {
			case flag.isFile():
				b.WriteString(" -r -F")
			case flag.Value != "":
				b.WriteString(" -x")
			}
			fmt.Fprintf(&b, " -d '%s'\n", fishText(flag.Usage))
		}
		if c.takesFiles() {
			b.WriteString(at + " -F\n")
		}
	})
	return b.String()
}

func fishText(s string) string { return strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) }
