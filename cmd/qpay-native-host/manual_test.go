package main

import (
	"flag"
	"strings"
	"testing"

	"qpay/test/manual"
)

var update = flag.Bool("update", false, "write the man page anew")

// It has no commands to complete: a browser starts it.
func TestManual(t *testing.T) {
	first, rest, _ := strings.Cut(help, "\n")
	_, usage, _ := strings.Cut(first, " - ")
	manual.CheckPage(t, manual.Program{Name: "qpay-native-host", Usage: usage, Text: strings.TrimSpace(rest),
		Flags: []manual.Flag{{Names: []string{"--version"}, Usage: "print the version"}, {Names: []string{"--help"}, Usage: "show help"}},
		See:   []string{"qpay(1)"}}, *update)
}
