package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
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
	}, Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "post": post}, Condition: tool})
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

// post sends a body to the bridge whose address is in the file url, with the
// token in the file token, and prints status and answer: post PATH BODY
func post(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: post PATH BODY")
	}
	q, err := http.NewRequest("POST", strings.TrimSpace(ts.ReadFile("url"))+args[0], strings.NewReader(args[1]))
	ts.Check(err)
	q.Header.Set("Authorization", "Bearer "+strings.TrimSpace(ts.ReadFile("token")))
	q.Header.Set("Content-Type", "application/json")
	r, err := http.DefaultClient.Do(q)
	ts.Check(err)
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "%d %s\n", r.StatusCode, text)
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
