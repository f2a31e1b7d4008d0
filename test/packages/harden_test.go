package packages

import (
	"debug/elf"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// program opens one of what `make packages` packed.
func program(t *testing.T, arch, name string) *elf.File {
	t.Helper()
	path := filepath.Join(moduleRoot(t), "out/stage", arch, name)
	if _, err := os.Stat(path); err != nil {
		missing(t, "no "+path+": run make packages")
	}
	f, err := elf.Open(path)
	must(t, err)
	t.Cleanup(func() { f.Close() })
	return f
}

func segment(f *elf.File, kind elf.ProgType) *elf.Prog {
	for _, p := range f.Progs {
		if p.Type == kind {
			return p
		}
	}
	return nil
}

// No memory is both written and run, in any program.
func noWritableCode(t *testing.T, name string, f *elf.File) {
	t.Helper()
	if stack := segment(f, elf.PT_GNU_STACK); stack == nil || stack.Flags&elf.PF_X != 0 {
		t.Errorf("%s: its stack can be run", name)
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_LOAD && p.Flags&elf.PF_W != 0 && p.Flags&elf.PF_X != 0 {
			t.Errorf("%s: a segment is both writable and executable", name)
		}
	}
}

// The static programs take nothing from the qube that they run in: no loader,
// no library. Go 1.26 makes position-independent ones without cgo only with a
// loader (doc/packages.md).
func TestStaticProgramsAreStatic(t *testing.T) {
	arches, err := filepath.Glob(filepath.Join(moduleRoot(t), "out/stage/*64"))
	must(t, err)
	for _, arch := range arches {
		entries, err := os.ReadDir(arch)
		must(t, err)
		for _, e := range entries {
			if e.Name() == "qpay-dialog" {
				continue
			}
			f := program(t, filepath.Base(arch), e.Name())
			noWritableCode(t, e.Name(), f)
			if segment(f, elf.PT_INTERP) != nil || segment(f, elf.PT_DYNAMIC) != nil {
				t.Errorf("%s/%s is not static", filepath.Base(arch), e.Name())
			}
		}
	}
	if len(arches) != 2 {
		missing(t, "no programs of two kinds of machine: run make packages")
	}
}

// The one program with C in it: position-independent, all relocations resolved
// and made read-only before it starts, with stack protector and fortify.
func TestDialogIsHardened(t *testing.T) {
	f := program(t, "amd64", "qpay-dialog")
	noWritableCode(t, "qpay-dialog", f)
	if f.Type != elf.ET_DYN || segment(f, elf.PT_INTERP) == nil {
		t.Errorf("no position-independent program, but %v", f.Type)
	}
	if segment(f, elf.PT_GNU_RELRO) == nil {
		t.Error("no RELRO")
	}
	if !slices.ContainsFunc(dynamic(t, f, elf.DT_FLAGS), func(v uint64) bool { return elf.DynFlag(v)&elf.DF_BIND_NOW != 0 }) {
		t.Error("not BIND_NOW: RELRO is not full")
	}
	if !slices.ContainsFunc(dynamic(t, f, elf.DT_FLAGS_1), func(v uint64) bool { return elf.DynFlag1(v)&elf.DF_1_PIE != 0 }) {
		t.Error("not marked PIE")
	}
	for _, tag := range []elf.DynTag{elf.DT_RPATH, elf.DT_RUNPATH, elf.DT_TEXTREL} {
		if got := dynamic(t, f, tag); len(got) > 0 {
			t.Errorf("it has %v", tag)
		}
	}
	symbols, err := f.ImportedSymbols()
	must(t, err)
	fortified := false
	canary := false
	for _, s := range symbols {
		fortified = fortified || strings.HasPrefix(s.Name, "__") && strings.HasSuffix(s.Name, "_chk")
		canary = canary || s.Name == "__stack_chk_fail"
	}
	if !canary {
		t.Error("no stack protector")
	}
	if !fortified {
		t.Error("no fortified function")
	}
}

func dynamic(t *testing.T, f *elf.File, tag elf.DynTag) []uint64 {
	t.Helper()
	values, err := f.DynValue(tag)
	must(t, err)
	return values
}
