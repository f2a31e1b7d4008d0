// Package policy is a strict reader of the few forms of Qubes' qrexec policy
// that qpay and the overrides in its manual use. It stands in for Qubes' own
// parser, which is not part of this tree, and is as strict: one malformed file
// makes the whole folder fail.
//
// Read: names, "*", @anyvm, @adminvm and @tag:NAME as source; these, @default,
// @dispvm and @dispvm:NAME as target; allow, ask and deny with their options.
// Not read, and refused as malformed: directives (!include and the like),
// @type:, @dispvm:@tag:, UUIDs.
package policy

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Action is what a rule does with a call.
type Action string

const (
	Allow Action = "allow"
	Ask   Action = "ask"
	Deny  Action = "deny"
)

// Rule is one line of a policy file.
type Rule struct {
	Service  string // or "*"
	Argument string // "+" and the argument, or "*"
	Source   string
	Target   string
	Action   Action

	Redirect string // target=, of allow and ask
	Default  string // default_target=, of ask
	User     string // user=, read but not modelled

	File string
	Line int
}

// Where names the rule as Qubes' messages do.
func (r Rule) Where() string { return fmt.Sprintf("%s:%d", r.File, r.Line) }

// Policy is all rules, in the order in which they are tried.
type Policy []Rule

// fileName is what Qubes permits; another name that ends in .policy makes the
// whole folder fail.
var fileName = regexp.MustCompile(`^[0-9a-z_.-]+$`)

// Load reads a policy.d folder. Names that do not end in .policy, and those
// that begin with a dot, are left out, as Qubes leaves them out.
func Load(dir string) (Policy, error) {
	entries, err := os.ReadDir(dir) // in the order of names
	if err != nil {
		return nil, err
	}
	var all Policy
	for _, entry := range entries {
		name := entry.Name()
		if filepath.Ext(name) != ".policy" || name[0] == '.' || entry.IsDir() {
			continue
		}
		if !fileName.MatchString(name) {
			return nil, fmt.Errorf("%s: a capital or another invalid character in the file's name", name)
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		rules, err := Parse(name, string(text))
		if err != nil {
			return nil, err
		}
		all = append(all, rules...)
	}
	return all, nil
}

// Parse reads one file. The error is "file:line: reason".
func Parse(name, text string) (Policy, error) {
	var rules Policy
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		rule, err := parseLine(line)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, i+1, err)
		}
		rule.File, rule.Line = name, i+1
		rules = append(rules, rule)
	}
	return rules, nil
}
