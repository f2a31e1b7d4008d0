// Command release is the part of `make packages` that is no packager's: it
// corrects and checks the headers of RPM packages, and collects the licences
// of what is linked. It is installed nowhere.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"qpay/internal/release/notices"
	"qpay/internal/release/rpm"
)

const help = `release correct FILE.rpm...   rewrite the header so that dom0 takes it
release check FILE.rpm...     read it back and compare every digest
release notices PROGRAM...    licences of what is linked, from $GOMODCACHE and $GOROOT`

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "release: error:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 2 {
		return errors.New("use it as:\n" + help)
	}
	switch names := args[1:]; args[0] {
	case "correct":
		return each(names, correct)
	case "check":
		return each(names, check)
	case "notices":
		var text bytes.Buffer
		from := notices.Sources{ModCache: os.Getenv("GOMODCACHE"), GoRoot: os.Getenv("GOROOT")}
		if err := from.Write(&text, names...); err != nil {
			return err
		}
		_, err := os.Stdout.Write(text.Bytes())
		return err
	}
	return fmt.Errorf("no command %q; use it as:\n%s", args[0], help)
}

func each(names []string, do func(string) error) error {
	for _, name := range names {
		if err := do(name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// correct replaces the file in one step, so that none is left half written.
func correct(name string) error {
	before, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	after, err := rpm.Correct(before)
	if err != nil {
		return err
	}
	if err := rpm.Check(after); err != nil {
		return fmt.Errorf("after the correction: %w", err)
	}
	if err := os.WriteFile(name+".new", after, 0o644); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}

func check(name string) error {
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if err := rpm.Check(b); err != nil {
		return err
	}
	fmt.Printf("%s: every digest is right\n", filepath.Base(name))
	return nil
}
