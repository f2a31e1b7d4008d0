package main

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// trailing lets the options of pay stand behind an address as well, where
// people write them, and returns the arguments without them. All other commands
// take theirs in front: what stands behind may be a message.
func trailing(c *cli.Context) (texts []string, err error) {
	behind := flag.NewFlagSet("", flag.ContinueOnError)
	behind.SetOutput(io.Discard)
	for _, f := range payFlags() {
		_, isBool := f.(*cli.BoolFlag)
		for _, name := range f.Names() {
			behind.Var(passed{c, f.Names()[0], isBool}, name, "")
		}
	}
	for rest := c.Args().Slice(); len(rest) > 0; {
		switch text := rest[0]; {
		case text == "--":
			return append(texts, rest[1:]...), nil
		case text == "-" || !strings.HasPrefix(text, "-"):
			texts, rest = append(texts, text), rest[1:]
		default:
			end := slices.Index(rest, "--") // which Parse would swallow
			if end < 0 {
				end = len(rest)
			}
			if err := behind.Parse(rest[:end]); err != nil {
				return nil, fmt.Errorf("behind %.40q: %w", c.Args().First(), err)
			}
			rest = slices.Concat(behind.Args(), rest[end:])
		}
	}
	return texts, nil
}

// passed is an option that is handed to the command's own.
type passed struct {
	to     *cli.Context
	name   string
	isBool bool
}

func (p passed) Set(value string) error { return p.to.Set(p.name, value) }
func (p passed) String() string         { return "" }
func (p passed) IsBoolFlag() bool       { return p.isBool }
