package main

import (
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
	}})
}
