package boundary

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// file is one Go file. Paths have slashes and begin at the root.
type file struct {
	path, dir string
	test      bool // _test.go
	generated bool
	imports   []string
	calls     []string // package.Function, as far as the rules name it
	floats    []string // what computes with floating point
	lines     int
	code      int // lines that are neither empty nor a comment's
}

// tree is all Go files of the module, by folder.
type tree map[string][]file

// errEmpty is what makes a wrong root fail, where every rule would hold.
var errEmpty = errors.New("no Go files: the rules would hold for nothing")

// readTree reads the module whose go.mod lies in root. What the go command
// leaves out is left out: other modules, testdata, names with "_" or "." first.
func readTree(root string) (tree, error) {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(string(mod), "module "+module+"\n") {
		return nil, fmt.Errorf("%s is not the module %s", root, module)
	}
	t := tree{}
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil || name == "." {
			return err
		}
		if entry.IsDir() {
			if leftOut(path, entry.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if filepath.Ext(name) != ".go" {
			return nil
		}
		f, err := readFile(path, filepath.ToSlash(name))
		t[f.dir] = append(t[f.dir], f)
		return err
	})
	if err == nil && len(t) == 0 {
		err = fmt.Errorf("%s: %w", root, errEmpty)
	}
	return t, err
}

func leftOut(path, name string) bool {
	if name[0] == '.' || name[0] == '_' || name == "testdata" || name == "node_modules" {
		return true
	}
	_, err := os.Stat(filepath.Join(path, "go.mod"))
	return err == nil
}

func readFile(path, name string) (file, error) {
	f := file{path: name, dir: filepath.ToSlash(filepath.Dir(name)), test: strings.HasSuffix(name, "_test.go")}
	text, err := os.ReadFile(path)
	if err != nil {
		return f, err
	}
	head, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly|parser.ParseComments)
	if err != nil {
		return f, err
	}
	f.generated = ast.IsGenerated(head)
	for _, spec := range head.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return f, err
		}
		f.imports = append(f.imports, path)
	}
	f.lines, f.code = countLines(string(text))
	if f.generated {
		return f, nil
	}
	whole, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
	if err == nil {
		f.calls, f.floats = findCalls(whole), findFloats(whole)
	}
	return f, err
}

func countLines(text string) (lines, code int) {
	for line := range strings.Lines(text) {
		lines++
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			code++
		}
	}
	return lines, code
}

// findCalls finds what the rules call `calls`, under whatever name the package
// was imported.
func findCalls(f *ast.File) []string {
	names := map[string]string{}
	for _, spec := range f.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		names[path] = path // os and syscall: path and name are the same
		if spec.Name != nil {
			names[spec.Name.Name] = path
		}
	}
	var found []string
	ast.Inspect(f, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok {
				call := names[x.Name] + "." + sel.Sel.Name
				if slices.Contains(calls, call) {
					found = append(found, call)
				}
			}
		}
		return true
	})
	return found
}

// findFloats finds the types, constants and functions of floating point that a
// file names.
func findFloats(f *ast.File) []string {
	var found []string
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if slices.Contains(floats, n.Name) {
				found = append(found, n.Name)
			}
		case *ast.BasicLit:
			if n.Kind == token.FLOAT {
				found = append(found, n.Value)
			}
		}
		return true
	})
	return found
}
