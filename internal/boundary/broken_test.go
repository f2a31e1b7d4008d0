package boundary

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// skeleton is a small tree that breaks no rule: each folder of the table, with
// what the lists ask of it.
func skeleton(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "go.mod", "module qpay\n\ngo 1.26.0\n")
	for _, p := range places {
		if !p.soon {
			write(t, dir, strings.TrimSuffix(p.path, "/...")+"/doc.go", source())
		}
	}
	needs := map[string][]string{} // a package may be on several lists
	for _, o := range only {
		for _, by := range o.by {
			needs[by] = append(needs[by], strings.TrimSuffix(o.path, "/..."))
		}
	}
	for by, imports := range needs {
		write(t, dir, by+"/listed.go", source(imports...))
	}
	for path := range mayUnsafe {
		write(t, dir, path, source("unsafe"))
	}
	for path, m := range mayCall {
		name, _, _ := strings.Cut(m.call, ".")
		write(t, dir, path, "package p\nimport \""+name+"\"\nvar f = "+m.call+"\n")
	}
	return dir
}

func source(imports ...string) string {
	text := "package p\n"
	for _, path := range imports {
		text += "import _ \"" + path + "\"\n"
	}
	return text
}

func TestSkeletonIsClean(t *testing.T) { expect(t, skeleton(t)) }

func expect(t *testing.T, dir string, want ...string) {
	t.Helper()
	got, err := Complaints(dir)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

const (
	whyClient = ": what is trusted stays out of the client"
	whyNode   = ": a client knows no window, no node and no database"
	whyServer = ": the server shares only the bytes with the others"
	whyHTTP   = ": the server has no window and speaks no HTTP"
	whyDialog = ": the dialog knows only what it is to show"
	whyDraw   = ": a fault in drawing text must not reach the network or start a program"
	whyTest   = ": the harness is in no program"
	whySafe   = ": memory safety, and no way in for a debugger"
	whyRandom = ": what is guessed must not matter: use crypto/rand"
	forGTK    = ": imports github.com/gotk3/gotk3/gtk, which is for internal/dialog: one package draws"
)

// forExec names the packages of the list, which grows.
var forExec = ": imports os/exec, which is for " + strings.Join(only[1].by, ", ") + ": " + only[1].why

type files map[string]string

var broken = []struct {
	what  string
	files files
	want  []string
}{
	{"client imports server", files{"internal/client/pay/a.go": source("qpay/internal/server/lnd")},
		[]string{"internal/client/pay/a.go: client code imports qpay/internal/server/lnd" + whyClient}},
	{"behind a build tag", files{"cmd/qpay/a_windows.go": "//go:build never\n\n" + source("qpay/internal/server")},
		[]string{"cmd/qpay/a_windows.go: client code imports qpay/internal/server" + whyClient}},
	{"client's test imports server", files{"internal/client/pay/a_test.go": source("qpay/internal/server")},
		[]string{"internal/client/pay/a_test.go: client code imports qpay/internal/server" + whyClient}},
	{"client imports dialog and screen", files{"cmd/qpay/a.go": source("qpay/internal/dialog", "qpay/internal/screen")},
		[]string{"cmd/qpay/a.go: client code imports qpay/internal/dialog" + whyClient,
			"cmd/qpay/a.go: client code imports qpay/internal/screen" + whyClient}},
	{"client imports grpc, lnd, bbolt, btcd", files{"cmd/qpay/a.go": source("google.golang.org/grpc/credentials",
		"github.com/lightningnetwork/lnd/zpay32", "go.etcd.io/bbolt", "github.com/btcsuite/btcd/chaincfg")},
		[]string{"cmd/qpay/a.go: client code imports github.com/btcsuite/btcd/chaincfg" + whyNode,
			"cmd/qpay/a.go: client code imports github.com/lightningnetwork/lnd/zpay32" + whyNode,
			"cmd/qpay/a.go: client code imports go.etcd.io/bbolt" + whyNode,
			"cmd/qpay/a.go: client code imports google.golang.org/grpc/credentials" + whyNode}},
	{"client reaches server through a shared package", files{
		"internal/wire/a.go":   source("qpay/internal/server/lnd"),
		"internal/client/a.go": source("qpay/internal/wire")},
		[]string{"internal/client: client code reaches qpay/internal/server/lnd by way of internal/wire/a.go" + whyClient,
			"internal/wire/a.go: imports qpay/internal/server/lnd: " + sharedOnly,
			"internal/wire/a.go: shared code imports qpay/internal/server/lnd: shared code depends on nobody"}},
	{"client reaches server through a new package", files{
		"internal/new/a.go":    source("qpay/internal/server"),
		"internal/client/a.go": source("qpay/internal/new")},
		[]string{"internal/client: client code reaches qpay/internal/server by way of internal/new/a.go" + whyClient,
			"internal/new: belongs to no class: add it to the table `places` in internal/boundary/rules.go"}},
	{"server imports client", files{"internal/server/a.go": source("qpay/internal/client/qrexec")},
		[]string{"internal/server/a.go: server code imports qpay/internal/client/qrexec" + whyServer}},
	{"server speaks HTTP", files{"cmd/qpay-server/a.go": source("net/http/httputil")},
		[]string{"cmd/qpay-server/a.go: server code imports net/http/httputil" + whyHTTP}},
	{"server draws", files{"internal/server/ask/a.go": source("github.com/gotk3/gotk3/gtk")},
		[]string{"internal/server/ask/a.go" + forGTK,
			"internal/server/ask/a.go: server code imports github.com/gotk3/gotk3/gtk" + whyHTTP}},
	{"server imports the harness", files{"internal/server/lnd/a.go": source("qpay/test/lnnet")},
		[]string{"internal/server/lnd/a.go: server code imports qpay/test/lnnet" + whyTest}},
	{"server's test does", files{"internal/server/lnd/a_test.go": source("qpay/test/lnnet", "os/exec", "net/http", "math/rand")}, nil},
	{"dialog imports server, network, exec", files{"internal/dialog/a.go": source("qpay/internal/server", "net", "os/exec")},
		[]string{"internal/dialog/a.go" + forExec,
			"internal/dialog/a.go: dialog code imports net" + whyDraw,
			"internal/dialog/a.go: dialog code imports os/exec" + whyDraw,
			"internal/dialog/a.go: dialog code imports qpay/internal/server" + whyDialog}},
	{"another package of the dialog draws", files{"internal/dialog/rule/a.go": source("github.com/gotk3/gotk3/gtk")},
		[]string{"internal/dialog/rule/a.go" + forGTK}},
	{"dialog reaches the network", files{"internal/screen/a.go": source("net/http"), "cmd/qpay-dialog/a.go": source("qpay/internal/screen")},
		[]string{"cmd/qpay-dialog: dialog code reaches net/http by way of internal/screen/a.go" + whyDraw}},
	{"dom0 reads what a qube wrote", files{"internal/dom0/camera/a.go": source("qpay/internal/wire")},
		[]string{"internal/dom0/camera/a.go: dom0 code imports qpay/internal/wire: no byte that a qube wrote reaches dom0"}},
	{"dom0 speaks TCP, and starts programs all over", files{"internal/dom0/adminapi/a.go": source("net", "os/exec")},
		[]string{"internal/dom0/adminapi/a.go" + forExec,
			"internal/dom0/adminapi/a.go: dom0 code imports net: dom0 has no network"}},
	{"shared code imports others", files{"internal/money/a.go": source("github.com/urfave/cli/v2")},
		[]string{"internal/money/a.go: imports github.com/urfave/cli/v2: " + sharedOnly}},
	{"exec in a package not listed", files{"internal/client/uri/a.go": source("os/exec")},
		[]string{"internal/client/uri/a.go" + forExec}},
	{"a program is started without os/exec", files{"internal/server/a.go": "package p\nimport x \"os\"\nvar f = x.StartProcess\n"},
		[]string{"internal/server/a.go: os.StartProcess starts a program without os/exec"}},
	{"another call than its exception, and no need of unsafe", files{
		"internal/server/sandbox/sandbox.go": "package p\nimport \"os\"\nvar f = os.StartProcess\n",
		"internal/server/sandbox/calls.go":   source()},
		[]string{"internal/server/sandbox/calls.go: is an exception that it no longer needs: take it off the list in internal/boundary/rules.go",
			"internal/server/sandbox/sandbox.go: is an exception that it no longer needs: take it off the list in internal/boundary/rules.go",
			"internal/server/sandbox/sandbox.go: os.StartProcess starts a program without os/exec"}},
	{"a listed package no longer needs it", files{"internal/server/ask/listed.go": source()},
		[]string{"internal/server/ask: may import os/exec and does not: take it off the list in internal/boundary/rules.go"}},
	{"the native host links a network and another module", files{"internal/wire/a.go": source("net/http"), "internal/client/native/a.go": source("golang.org/x/term"),
		"cmd/qpay-native-host/a.go": source("qpay/internal/wire", "qpay/internal/client/native")},
		[]string{"cmd/qpay-native-host: links golang.org/x/term by way of internal/client/native/a.go: " + lean[0].why,
			"cmd/qpay-native-host: links net/http by way of internal/wire/a.go: " + lean[0].why}},
	{"unsafe and cgo, in a test too", files{"internal/client/a_test.go": source("unsafe"), "test/x/a.go": source("C")},
		[]string{"internal/client/a_test.go: client code imports unsafe" + whySafe,
			"test/x/a.go: harness code imports C" + whySafe}},
	{"plugin and pprof", files{"cmd/qpay/a.go": source("plugin", "net/http/pprof")},
		[]string{"cmd/qpay/a.go: client code imports net/http/pprof" + whySafe,
			"cmd/qpay/a.go: client code imports plugin" + whySafe}},
	{"math/rand in trusted code", files{"internal/server/a.go": source("math/rand/v2"), "internal/client/a.go": source("math/rand")},
		[]string{"internal/server/a.go: server code imports math/rand/v2" + whyRandom}},
	{"floating point, but not in a test", files{
		"internal/money/a.go":  "package p\nvar btc = 0.5\nfunc f(x float64) {}\n",
		"internal/client/a.go": "package p\nimport \"strconv\"\nvar f = strconv.ParseFloat\n",
		"cmd/qpay/a_test.go":   "package p\nvar f = 1e3\n"},
		[]string{"internal/client/a.go: ParseFloat: " + noFloats,
			"internal/money/a.go: 0.5: " + noFloats,
			"internal/money/a.go: float64: " + noFloats}},
	{"generated stubs", files{"internal/server/lnd/lnrpc/a.pb.go": "// Code generated by x. DO NOT EDIT.\n\n" + source("unsafe") + long}, nil},
	{"generated stubs elsewhere", files{"internal/client/a.go": "// Code generated by x. DO NOT EDIT.\n\n" + source()},
		[]string{"internal/client/a.go: says that it is generated, and its folder is not in the table `generated`"}},
	{"a folder of no class", files{"internal/serverless/a.go": source()},
		[]string{"internal/serverless: belongs to no class: add it to the table `places` in internal/boundary/rules.go"}},
	{"Go code somewhere else", files{"salt/a.go": source()},
		[]string{"salt: belongs to no class: add it to the table `places` in internal/boundary/rules.go"}},
	{"another module and testdata are not ours", files{"tools/go.mod": "module tools\n", "tools/a.go": source("unsafe"),
		"internal/client/testdata/a.go": "not Go at all"}, nil},
	{"a long file", files{"internal/server/a.go": source() + long, "internal/client/a.go": source() + long,
		"internal/server/a_test.go": source() + long},
		[]string{"internal/server/a.go: 401 lines, over 400: split it, or say why in a note in doc/decisions and add both to longFiles"}},
}

var long = strings.Repeat("// x\n", maxLines)

func TestBrokenTrees(t *testing.T) {
	for _, c := range broken {
		t.Run(c.what, func(t *testing.T) {
			dir := skeleton(t)
			for name, text := range c.files {
				write(t, dir, name, text)
			}
			expect(t, dir, c.want...)
		})
	}
}

// A renamed program would leave its rules without anything to hold for.
func TestMissingFolderFails(t *testing.T) {
	dir := skeleton(t)
	if err := os.Rename(filepath.Join(dir, "cmd/qpay"), filepath.Join(dir, "cmd/qpay-client")); err != nil {
		t.Fatal(err)
	}
	expect(t, dir,
		"cmd/qpay-client: belongs to no class: add it to the table `places` in internal/boundary/rules.go",
		"cmd/qpay: is in the table `places` of internal/boundary/rules.go, but has no Go files")
}
