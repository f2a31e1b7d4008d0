package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/urfave/cli/v2"

	"qpay/internal/client/wallet"
	"qpay/internal/wire"
)

// Time limits for one answer.
const (
	askingTakes = 15 * time.Minute // a person decides
	answerTakes = time.Minute      // nobody is asked
	scanTakes   = time.Minute      // a person holds a code before the camera
)

// verb is one command besides pay.
type verb struct {
	name, usage string
	arguments   string // for the usage line
	text        string // examples, and what one should know
	min, max    int    // number of arguments
	services    []string
	clicked     bool // by the desktop, where nobody sees a terminal
	timeout     time.Duration
	flags       []cli.Flag
	run         func(*call) error
}

// call is one use of a verb.
type call struct {
	*cli.Context
	*terminal
	args    []string
	timeout time.Duration
	service string // the verb's first
}

func (v verb) command(t *terminal) *cli.Command {
	return &cli.Command{
		Name: v.name, Usage: v.usage, ArgsUsage: v.arguments, UsageText: v.line() + "\n\n" + v.text,
		Flags: append(commonFlags(v.timeout), v.flags...), OnUsageError: usageError,
		HideHelpCommand: true, // else a message "help" would not be one
		Action: func(c *cli.Context) error {
			t.json, t.quiet = given(c, "json").Bool("json"), given(c, "quiet").Bool("quiet")
			t.clicked = v.clicked
			call := &call{Context: c, terminal: t, args: c.Args().Slice(), timeout: given(c, "timeout").Duration("timeout")}
			if len(v.services) > 0 {
				call.service = v.services[0]
			}
			if err := call.checkUsage(v); err != nil {
				return err
			}
			return v.run(call)
		},
	}
}

// line is the usage line.
func (v verb) line() string { return strings.TrimSpace("qpay " + v.name + " [options] " + v.arguments) }

func (c *call) checkUsage(v verb) error {
	for _, flag := range []string{"amount", "comment", "payer", "primary", "secondary", "clipboard", "write-back"} {
		if given(c.Context, flag) != c.Context {
			return badUsage("see qpay "+v.name+" --help", "--%s is for paying", flag)
		}
	}
	for i, a := range c.args {
		name, _, _ := strings.Cut(strings.TrimLeft(a, "-"), "=")
		if i > 0 && strings.HasPrefix(a, "-") && hasFlag(c.Command, name) {
			return badUsage(c.meant(i), "%q after an argument: options come first", a)
		}
		if !utf8.ValidString(a) {
			return badUsage("", "an argument is not UTF-8")
		}
	}
	hint := v.line()
	switch n := len(c.args); {
	case n < v.min:
		return badUsage(hint, "an argument is missing")
	case n > v.max:
		return badUsage(hint+"; words that belong together need quotes", "too many arguments, the first of them %q", c.args[v.max])
	}
	return nil
}

func hasFlag(c *cli.Command, name string) bool {
	return slices.ContainsFunc(c.Flags, func(f cli.Flag) bool { return slices.Contains(f.Names(), name) })
}

// meant is the command with the argument i, an option, in its place; if that
// needs quotes, or the option may have a value, only advice.
func (c *call) meant(i int) string {
	words := slices.Concat([]string{"qpay", c.Command.Name, c.args[i]}, c.args[:i], c.args[i+1:])
	line := strings.Join(words, " ")
	_, isBool := c.Value(strings.TrimLeft(c.args[i], "-")).(bool)
	if !isBool || strings.ContainsAny(line, "'\"\\$&;|<>()*?!#~`\n\t") || len(strings.Fields(line)) != len(words) {
		return "put it before the first argument"
	}
	return line
}

// ask calls the verb's service, within the time limit.
func ask[Q, A any](c *call, request Q, sound func(*A) bool) (*A, error) {
	ctx, cancel := context.WithTimeout(c.Context.Context, c.timeout)
	defer cancel()
	done := func() {}
	if wallet.Find(c.service).Window {
		done = c.waiting(forApproval)
	}
	answer, failure := wallet.Call(ctx, c.service, request, sound)
	done()
	if failure != nil {
		return nil, c.fail(failure)
	}
	return answer, nil
}

// message is an argument, or standard input if it is "-", byte for byte.
func (c *call) message(i int) (string, error) {
	if c.args[i] != "-" {
		return c.args[i], nil
	}
	text, err := io.ReadAll(io.LimitReader(c.in, wire.MaxRequest))
	switch {
	case err != nil:
		return "", fmt.Errorf("standard input: %w", err)
	case len(text) == wire.MaxRequest:
		return "", badUsage("", "the message on standard input is too long")
	case !utf8.Valid(text):
		return "", badUsage("", "the message on standard input is not UTF-8 text")
	}
	return string(text), nil
}

// usage is a mistake on the command line, with a hint of its own.
type usage struct{ message, hint string }

func (u usage) Error() string { return u.message }

func badUsage(hint, format string, args ...any) error {
	return usage{fmt.Sprintf(format, args...), hint}
}
