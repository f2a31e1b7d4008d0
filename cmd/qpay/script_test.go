package main

import (
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"qpay": main})
}

// The scripts put a qrexec-client-vm of their own on the path, for what a real
// one would not do on request.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata", RequireExplicitExec: true, Setup: func(e *testscript.Env) error {
		e.Setenv("PATH", e.WorkDir+"/bin:"+e.Getenv("PATH"))
		return nil
	}, Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits}, Condition: tool})
}

// exits runs a program and compares its exit code: exits 4 qpay ...
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGUMENT...")
	}
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var e *exec.ExitError
		if !errors.As(err, &e) {
			ts.Fatalf("%v", err)
		}
		got = e.ExitCode()
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("exit code %d, want %s", got, args[0])
	}
}

// tool is the condition [tool:NAME]: required where tools are, see the Makefile.
func tool(cond string) (bool, error) {
	name, ok := strings.CutPrefix(cond, "tool:")
	if !ok {
		return false, errors.New("unknown condition")
	}
	_, err := exec.LookPath(name)
	return err == nil || os.Getenv("QPAY_REQUIRE_TOOLS") != "", nil
}
