package boundary

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// match compares whole path elements: net/http/... is net/http and all below,
// and internal/server/... is not internal/serverless.
func match(pattern, path string) bool {
	above, below := strings.CutSuffix(pattern, "/...")
	return path == above || below && strings.HasPrefix(path, above+"/")
}

func matchAny(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return match(p, path) })
}

// Complaints are all places where the tree under root breaks a rule, in order.
func Complaints(root string) ([]string, error) {
	t, err := readTree(root)
	if err != nil {
		return nil, err
	}
	c := &comparison{tree: t, class: map[string]class{}}
	c.classify()
	for dir := range t {
		c.checkBans(dir)
		c.checkFiles(dir)
	}
	c.checkLean()
	c.checkLists()
	c.checkSizes(root)
	slices.Sort(c.complaints)
	return slices.Compact(c.complaints), nil
}

type comparison struct {
	tree
	class      map[string]class // by folder
	complaints []string
}

func (c *comparison) complain(format string, args ...any) {
	c.complaints = append(c.complaints, fmt.Sprintf(format, args...))
}

// classify gives each folder its class, and each line of the table its folder.
func (c *comparison) classify() {
	used := map[string]bool{}
	for dir := range c.tree {
		var found []class
		for _, p := range places {
			if match(p.path, dir) {
				found = append(found, p.class)
				used[p.path] = true
			}
		}
		switch len(found) {
		case 1:
			c.class[dir] = found[0]
		case 0:
			c.complain("%s: belongs to no class: add it to the table `places` in internal/boundary/rules.go", dir)
		default:
			c.complain("%s: belongs to more than one class: %v", dir, found)
		}
	}
	for _, p := range places {
		if !used[p.path] && !p.soon {
			c.complain("%s: is in the table `places` of internal/boundary/rules.go, but has no Go files", p.path)
		}
	}
}

// checkFiles is what can be said of each file by itself.
func (c *comparison) checkFiles(dir string) {
	for _, f := range c.tree[dir] {
		if f.generated && !slices.Contains(generated, dir) {
			c.complain("%s: says that it is generated, and its folder is not in the table `generated`", f.path)
		}
		if c.class[dir] == harness {
			continue
		}
		if c.class[dir] == shared {
			c.checkShared(f)
		}
		if f.test {
			continue
		}
		for _, call := range f.calls {
			if mayCall[f.path].call != call {
				c.complain("%s: %s starts a program without os/exec", f.path, call)
			}
		}
		for _, number := range f.floats {
			c.complain("%s: %s: %s", f.path, number, noFloats)
		}
		for _, o := range only {
			if i := slices.IndexFunc(f.imports, func(p string) bool { return match(o.path, p) }); i >= 0 && !slices.Contains(o.by, dir) {
				c.complain("%s: imports %s, which is for %s: %s", f.path, f.imports[i], strings.Join(o.by, ", "), o.why)
			}
		}
	}
}

func (c *comparison) checkShared(f file) {
	for _, path := range f.imports {
		inside, ours := strings.CutPrefix(path, module+"/")
		if !f.test && (foreign(path) || ours && c.class[inside] != shared) {
			c.complain("%s: imports %s: %s", f.path, path, sharedOnly)
		}
	}
}

// foreign says whether a path is neither of the standard library, which has no
// dot in its first element, nor ours.
func foreign(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return strings.Contains(first, ".")
}

// checkLists finds who is listed under `only` without need.
func (c *comparison) checkLists() {
	for _, o := range only {
		for _, dir := range o.by {
			needs := func(f file) bool {
				return !f.test && slices.ContainsFunc(f.imports, func(p string) bool { return match(o.path, p) })
			}
			if !slices.ContainsFunc(c.tree[dir], needs) {
				c.complain("%s: may import %s and does not: take it off the list in internal/boundary/rules.go", dir, o.path)
			}
		}
	}
	listed := map[string]func(file) bool{}
	for path := range mayUnsafe {
		listed[path] = func(f file) bool { return slices.Contains(f.imports, "unsafe") }
	}
	for path, m := range mayCall {
		listed[path] = func(f file) bool { return slices.Contains(f.calls, m.call) }
	}
	for path, needs := range listed {
		files := c.tree[filepath.ToSlash(filepath.Dir(path))]
		if !slices.ContainsFunc(files, func(f file) bool { return f.path == path && needs(f) }) {
			c.complain("%s: is an exception that it no longer needs: take it off the list in internal/boundary/rules.go", path)
		}
	}
}
