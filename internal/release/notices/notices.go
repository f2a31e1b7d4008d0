// Package notices collects the licences of what is linked into the programs,
// which have to travel with them. What is linked, the programs themselves say;
// the texts are in Go's module cache, from which they were built.
package notices

import (
	"debug/buildinfo"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

// Sources are where the texts lie.
type Sources struct {
	ModCache string // go env GOMODCACHE
	GoRoot   string // go env GOROOT
}

// Write writes the notices of all modules that are linked into the programs,
// sorted, each once.
func (s Sources) Write(out io.Writer, programs ...string) error {
	modules := map[string]string{} // name and version, folder
	for _, program := range programs {
		info, err := buildinfo.ReadFile(program)
		if err != nil {
			return fmt.Errorf("%s: %w", program, err)
		}
		modules["Go's standard library"] = s.GoRoot
		for _, m := range info.Deps {
			if m.Replace != nil {
				m = m.Replace
			}
			modules[m.Path+" "+m.Version] = filepath.Join(s.ModCache, escape(m.Path)+"@"+escape(m.Version))
		}
	}
	if len(modules) == 0 {
		return errors.New("no programs to speak of")
	}
	var names []string
	for name := range modules {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if err := writeOne(out, name, modules[name]); err != nil {
			return err
		}
	}
	return nil
}

func writeOne(out io.Writer, name, folder string) error {
	files, err := licences(folder)
	if err != nil {
		return fmt.Errorf("licence of %s: %w", name, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(folder, file))
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "==== %s: %s\n\n%s\n\n", name, file, strings.TrimSpace(string(text)))
	}
	return nil
}

// licences are the names of a module's licence files.
func licences(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		for _, known := range []string{"LICENSE", "LICENCE", "COPYING", "NOTICE", "PATENTS"} {
			if e.Type().IsRegular() && strings.HasPrefix(name, known) {
				found = append(found, e.Name())
				break
			}
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s has none", folder)
	}
	return found, nil
}

// escape spells a module's path as the cache does: capitals by "!".
func escape(path string) string {
	var b strings.Builder
	for _, r := range path {
		if unicode.IsUpper(r) {
			b.WriteByte('!')
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}
