package boundary

import (
	"slices"
	"strings"
)

// checkBans goes all ways that begin in a package. What a package on the way
// is itself forbidden is complained of there and not again.
func (c *comparison) checkBans(start string) {
	reached := c.reach(start)
	for _, ban := range bans {
		if !slices.Contains(ban.from, c.class[start]) {
			continue
		}
		for _, f := range reached {
			if f.test && !ban.tests || f.dir != start && slices.Contains(ban.from, c.class[f.dir]) {
				continue
			}
			for _, path := range f.imports {
				if matchAny(ban.to, path) && !(path == "unsafe" && (f.generated || mayUnsafe[f.path] != "")) {
					c.complainOfBan(start, f, path, ban.why)
				}
			}
		}
	}
}

// checkLean goes the same ways from each program that is to stay small.
func (c *comparison) checkLean() {
	for _, l := range lean {
		for _, f := range c.reach(l.program) {
			for _, path := range f.imports {
				ours := strings.HasPrefix(path, module+"/")
				if !f.test && !ours && (foreign(path) || matchAny(l.without, path)) {
					c.complain("%s: links %s by way of %s: %s", l.program, path, f.path, l.why)
				}
			}
		}
	}
}

func (c *comparison) complainOfBan(start string, f file, path, why string) {
	if f.dir == start {
		c.complain("%s: %s code imports %s: %s", f.path, c.class[start], path, why)
	} else {
		c.complain("%s: %s code reaches %s by way of %s: %s", start, c.class[start], path, f.path, why)
	}
}

// reach is all files of the package, and those of the packages of ours that a
// program with it is linked with. It does not go into what is forbidden: that
// has its complaint already.
func (c *comparison) reach(start string) []file {
	files := slices.Clone(c.tree[start])
	seen := map[string]bool{start: true}
	for i := 0; i < len(files); i++ {
		if files[i].test {
			continue
		}
		for _, path := range files[i].imports {
			dir, ours := strings.CutPrefix(path, module+"/")
			if !ours || seen[dir] || forbidden(c.class[start], path) {
				continue
			}
			seen[dir] = true
			for _, f := range c.tree[dir] {
				if !f.test {
					files = append(files, f)
				}
			}
		}
	}
	return files
}

func forbidden(from class, path string) bool {
	for _, ban := range bans {
		if slices.Contains(ban.from, from) && matchAny(ban.to, path) {
			return true
		}
	}
	return false
}
