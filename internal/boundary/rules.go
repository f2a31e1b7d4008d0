// Package boundary is the test of who may import what. It is linked into no
// program. rules.go is the whole of the rules; the rest reads the tree and
// compares.
//
// The files are parsed here, in the test's own process: a test that asks
// `go list` is cached by `go test` and passes on a broken tree. Build tags are
// ignored, so every file counts.
//
// Rules hold for all files but _test.go. Test files are not part of a program,
// so they may import what a test needs (test/…, os/exec, a generator of random
// input); only the bans marked `tests` hold for them too, so that a test never
// ties the client's code to the server's. Tests of both together live in test/.
package boundary

// module is the path that all imports of our own begin with.
const module = "qpay"

// A class is what the code of a package is trusted with.
type class string

const (
	shared  class = "shared"  // the bytes between the programs
	client  class = "client"  // untrusted, in every enrolled qube
	server  class = "server"  // trusted, in lightningvm, holds the macaroon
	dialog  class = "dialog"  // trusted, in lightningvm, has the window alone
	dom0    class = "dom0"    // trusted, in dom0
	check   class = "check"   // in no program that is installed: this package, the making of packages
	harness class = "harness" // not in any program: all of test/
)

// trusted classes have the limits of size, and their lines are counted.
var trusted = []class{shared, server, dialog, dom0}

// places says to which class each folder belongs, exactly one. "/..." is the
// folder and all below. A new package goes into this table. A line that is
// there before its folder is marked soon; a folder that is gone fails, since a
// rule about nothing always holds.
var places = []struct {
	path string
	class
	soon bool
}{
	{"internal/wire", shared, false},
	{"internal/money", shared, false},
	{"internal/screen", shared, false},

	{"cmd/qpay", client, false},
	{"cmd/qpay-native-host", client, false},
	{"internal/client/...", client, false},

	{"cmd/qpay-server", server, false},
	{"internal/server/...", server, false},

	{"cmd/qpay-dialog", dialog, false},
	{"internal/dialog/...", dialog, false},

	{"cmd/qpay-camera", dom0, false},
	{"internal/dom0/...", dom0, false},

	{"internal/boundary", check, false},
	{"internal/release/...", check, false},
	{"test/...", harness, false},
}

// bans: from these classes no way through our own packages leads to these.
var bans = []struct {
	from  []class
	to    []string
	tests bool // for _test.go files too
	why   string
}{
	{[]class{client}, own("internal/server/...", "internal/dialog/...", "internal/screen", "cmd/qpay-server", "cmd/qpay-dialog"), true,
		"what is trusted stays out of the client"},
	{[]class{client}, []string{gtk, "github.com/lightningnetwork/...", "google.golang.org/grpc/...",
		"google.golang.org/protobuf/...", "go.etcd.io/...", "github.com/btcsuite/..."}, true,
		"a client knows no window, no node and no database"},

	{[]class{server}, own("internal/client/...", "internal/dialog/..."), true,
		"the server shares only the bytes with the others"},
	{[]class{server}, []string{gtk, "net/http/..."}, false,
		"the server has no window and speaks no HTTP"},

	{[]class{dialog}, own("internal/server/...", "internal/client/..."), true,
		"the dialog knows only what it is to show"},
	{[]class{dialog}, []string{"net/...", "os/exec", "google.golang.org/grpc/...", "github.com/lightningnetwork/..."}, false,
		"a fault in drawing text must not reach the network or start a program"},

	{[]class{dom0}, own("internal/server/...", "internal/client/...", "internal/dialog/...", "internal/wire"), true,
		"no byte that a qube wrote reaches dom0"},
	{[]class{dom0}, []string{gtk, "net/...", "google.golang.org/grpc/..."}, false, "dom0 has no network"},

	{[]class{shared}, own("internal/server/...", "internal/client/...", "internal/dialog/...", "internal/dom0/..."), true,
		"shared code depends on nobody"},

	{[]class{shared, client, server, dialog, dom0, check}, own("test/..."), false,
		"the harness is in no program"},
	{[]class{shared, server, dialog, dom0}, []string{"math/rand/..."}, false,
		"what is guessed must not matter: use crypto/rand"},
	{[]class{shared, client, server, dialog, dom0, check, harness},
		[]string{"unsafe", "C", "plugin", "net/http/pprof"}, true,
		"memory safety, and no way in for a debugger"},
}

const gtk = "github.com/gotk3/..."

// only: these are imported by these packages and no other, wherever it is in
// cmd/ and internal/. Who is listed and no longer needs it fails too.
var only = []struct {
	path string
	by   []string
	why  string
}{
	{gtk, []string{"internal/dialog"}, "one package draws"},
	{"os/exec", []string{
		"internal/client/native", // qpay open
		"internal/client/qrexec", // qrexec-client-vm
		"internal/client/scan",   // zbarcam, and zbarimg with a picture on its input
		"internal/client/tool",   // the small programs of the desktop, for those below
		"internal/server/ask",    // qpay-dialog
		"internal/dom0/program",  // zenity, qvm-run, its own keeper
	}, "who starts programs is seen at a glance"},
	{module + "/internal/client/tool", []string{
		"internal/client/handler",   // xdg-mime, gio
		"internal/client/notice",    // notify-send, zenity
		"internal/client/prompt",    // zenity
		"internal/client/scan",      // maim, slurp, grim
		"internal/client/selection", // xsel, wl-paste, wl-copy
	}, "who starts programs is seen at a glance"},
}

// lean programs are linked with the standard library alone, and without these.
var lean = []struct {
	program string
	without []string
	why     string
}{
	{"cmd/qpay-native-host", []string{"net/...", "crypto/tls", "text/template", "html/template", "log/..."},
		"the browser starts it for each page's first request: it is small, and has nothing to talk to a network with"},
}

// sharedOnly: besides the standard library, shared code imports shared code.
const sharedOnly = "shared code imports the standard library and shared code alone"

// calls start a program without os/exec.
var calls = []string{"os.StartProcess", "syscall.StartProcess", "syscall.ForkExec", "syscall.Exec"}

// mayCall lists the exceptions: the file, the call, the reason.
var mayCall = map[string]struct{ call, why string }{
	"internal/server/sandbox/sandbox.go": {"syscall.Exec", "the stage before qpay-dialog becomes it"},
}

// mayUnsafe lists hand-written files that import unsafe, with the reason.
var mayUnsafe = map[string]string{
	"internal/server/sandbox/calls.go": "Landlock and seccomp take pointers to structures, and x/sys has no functions for them",
}

// floats are the names of floating point. An amount that went through one may
// have been rounded, so no program uses them for anything.
var floats = []string{"float32", "float64", "complex64", "complex128", "ParseFloat", "FormatFloat", "AppendFloat"}

const noFloats = "no program computes with floating point: amounts are exact"

// generated are the folders whose files may be generated: they are exempt from
// the ban of unsafe and from the limits of size.
var generated = []string{"internal/server/lnd/lnrpc", "internal/server/lnd/routerrpc"}

// maxLines is for one hand-written file of trusted code, tests not counted. A
// longer one is talked over in a decision note, and listed with it.
const maxLines = 400

var longFiles = map[string]string{
	// "internal/server/x/y.go": "doc/decisions/NNN-why.md",
}

func own(paths ...string) []string {
	for i, path := range paths {
		paths[i] = module + "/" + path
	}
	return paths
}
