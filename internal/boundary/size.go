package boundary

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// counted: hand-written trusted code, without tests.
func (c *comparison) counted(f file) bool {
	return !f.test && !f.generated && slices.Contains(trusted, c.class[f.dir])
}

func (c *comparison) checkSizes(root string) {
	for _, files := range c.tree {
		for _, f := range files {
			_, listed := longFiles[f.path]
			if c.counted(f) && f.lines > maxLines && !listed {
				c.complain("%s: %d lines, over %d: split it, or say why in a note in doc/decisions and add both to longFiles", f.path, f.lines, maxLines)
			}
		}
	}
	for path, note := range longFiles {
		if _, err := os.Stat(filepath.Join(root, note)); err != nil {
			c.complain("%s: longer than %d lines, but there is no %s", path, maxLines, note)
		}
	}
}

// Sizes says how much trusted code there is, one line for each folder and one
// for all.
func Sizes(root string) ([]string, error) {
	t, err := readTree(root)
	if err != nil {
		return nil, err
	}
	c := &comparison{tree: t, class: map[string]class{}}
	c.classify()
	var rows []string
	var lines, code int
	for dir, files := range t {
		var dirLines, dirCode int
		for _, f := range files {
			if c.counted(f) {
				dirLines, dirCode = dirLines+f.lines, dirCode+f.code
			}
		}
		if dirLines > 0 {
			rows = append(rows, fmt.Sprintf("%-28s %5d lines, %5d of code", dir, dirLines, dirCode))
		}
		lines, code = lines+dirLines, code+dirCode
	}
	slices.Sort(rows)
	return append(rows, fmt.Sprintf("%-28s %5d lines, %5d of code", "all trusted Go", lines, code)), nil
}
